//! `clauses.toml` and `grounds.toml`: what actions rest on, in the words of both languages.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::doc::{Fields, Reader};
use crate::diagnostic::{Code, Diagnostic};
use crate::id::NameError;
use crate::set::{Bilingual, SourceFile};

/// Reads a table of names with their texts.
pub(super) fn read<T: FromStr<Err = NameError> + Ord>(
    file: &SourceFile,
    table: &'static str,
    into: &mut BTreeMap<T, Bilingual>,
) -> Vec<Diagnostic> {
    let mut reader = Reader::new(file);
    if let Some(root) = reader.table() {
        let mut root = reader.fields(root.get_ref(), root.span());
        if let Some(item) = root.need(&mut reader, table, "{ … }")
            && let Some(entries) = reader.table_of(item)
        {
            for (key, at, item) in entries.all() {
                let name = match key.parse::<T>() {
                    Ok(name) => name,
                    Err(error) => {
                        let said = error.to_string();
                        let (message, help) = said.split_once(": ").unwrap_or((&said, "choose another name"));
                        reader.report(Code::BadName, at, message, help);
                        continue;
                    }
                };
                let Some(fields) = reader.table_of(item) else {
                    continue;
                };
                if let Some(texts) = bilingual(&mut reader, fields) {
                    into.insert(name, texts);
                }
            }
        }
        root.finish(&mut reader);
    }
    reader.out
}

/// A text in both languages, neither of them empty.
pub(super) fn bilingual<'a>(reader: &mut Reader<'a>, mut fields: Fields<'_, 'a>) -> Option<Bilingual> {
    let mut text = |reader: &mut Reader<'a>, language: &'static str, example: &str| {
        let item = fields.need(reader, language, example)?;
        let text = reader.text(item)?;
        if text.text.trim().is_empty() || text.text.len() > 4000 {
            reader.report(
                Code::OutOfRange,
                item.span(),
                "an empty or very long text",
                "write what people are to read, in at most 4000 bytes",
            );
            return None;
        }
        Some(text.text)
    };
    let en = text(reader, "en", "\"…\"");
    let ar = text(reader, "ar", "\"…\"");
    fields.finish(reader);
    Some(Bilingual { en: en?, ar: ar? })
}
