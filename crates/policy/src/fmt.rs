//! `basira policy fmt`: one order of keys, one way of spaces, all comments kept.

use toml_edit::{DocumentMut, Item, Table};

use crate::diagnostic::{Code, Diagnostic};
use crate::set::SourceFile;

/// The order of keys in a policy file.
const ORDER: &[&str] = &[
    "schema",
    "id",
    "title",
    "owner",
    "clause",
    "legal",
    "applies_to",
    "on_unknown",
    "automation",
    "review_by",
    "queue",
    "let",
    "when",
    "unless",
    "then",
    "limits",
    "test",
];

/// The file as it should look: keys of the first level in the order of the handbook, one space around `=`, no white space
/// at the ends of lines, one empty line before each table, one newline at the end. Comments and conditions stay as they
/// are.
///
/// # Errors
/// A [`Diagnostic`] when it is no TOML.
pub fn format(file: &SourceFile) -> Result<String, Diagnostic> {
    let mut document: DocumentMut = file.text.parse().map_err(|error: toml_edit::TomlError| {
        let at = error.span().unwrap_or(0..0);
        let message = format!("no TOML: {}", error.message().replace('\n', "; "));
        Diagnostic::new(
            Code::Toml,
            &file.name,
            &file.text,
            at,
            message,
            "see https://toml.io",
        )
    })?;
    let root = document.as_table_mut();
    let place = |key: &str| {
        ORDER
            .iter()
            .position(|known| *known == key)
            .unwrap_or(ORDER.len())
    };
    root.sort_values_by(|a, _, b, _| place(a.get()).cmp(&place(b.get())));
    spaces(root, 0);
    Ok(lines(&document.to_string()))
}

fn spaces(table: &mut Table, depth: usize) {
    for (mut key, item) in table.iter_mut() {
        key.leaf_decor_mut().set_suffix(" ");
        key.dotted_decor_mut().clear();
        match item {
            Item::Value(value) => value.decor_mut().set_prefix(" "),
            Item::Table(inner) if depth < 8 => spaces(inner, depth + 1),
            Item::ArrayOfTables(tables) if depth < 8 => {
                tables.iter_mut().for_each(|table| spaces(table, depth + 1))
            }
            _ => {}
        }
    }
}

/// Without white space at the ends of lines, without runs of empty lines; texts over several lines stay as they are.
fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside: Option<&str> = None;
    let mut empty = 0;
    let mut last = "";
    for line in text.lines() {
        let was_inside = inside.is_some();
        for quote in ["'''", "\"\"\""] {
            if inside.is_none_or(|open| open == quote) && line.matches(quote).count() % 2 == 1 {
                inside = if inside.is_some() { None } else { Some(quote) };
            }
        }
        if was_inside {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let line = line.trim_end();
        if line.is_empty() {
            empty += 1;
            continue;
        }
        let after_comment = last.starts_with('#');
        if !out.is_empty() && (empty > 0 || (line.starts_with('[') && !after_comment)) {
            out.push('\n');
        }
        empty = 0;
        last = line;
        out.push_str(line);
        out.push('\n');
    }
    out
}
