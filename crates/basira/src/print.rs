//! Printing: JSON lines, tables, and text from outside made harmless.

use std::io::{self, StdoutLock, Write};

use comfy_table::{ContentArrangement, Table, presets};
use model::{Leaf, Match, Trust, Verdict, clock};
use pipeline::wire::FileResult;
use serde::Serialize;

/// Standard output. Its errors say what could not be written, and nothing panics as with `println!`.
pub(crate) struct Out(StdoutLock<'static>);

/// Takes standard output for this thread.
pub(crate) fn out() -> Out {
    Out(io::stdout().lock())
}

fn named(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write to standard output: {error}"))
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(named)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(named)
    }
}

/// An error and its causes in one line. A cause is left out where the text before it has named it already.
pub(crate) fn explain(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |said, cause| {
        let cause = cause.to_string();
        if said.is_empty() {
            cause
        } else if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

/// Writes one JSON object and a line end.
pub(crate) fn json_line(out: &mut impl Write, row: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.write_all(b"\n")
}

/// A table without vertical lines, as wide as the terminal at most.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

/// Text from outside for a terminal: control and direction characters are shown as escapes.
pub(crate) fn plain(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .flat_map(|c| {
            if hidden(c) {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// The word for a verdict, with a sign that does not need colour.
pub(crate) const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "● match",
        Verdict::NoMatch => "  no match",
        Verdict::Incomplete => "? incomplete",
    }
}

/// What a person should know about a match beside its method.
pub(crate) fn remark(found: &Match) -> String {
    let mut words = Vec::new();
    words.extend(place(found));
    if found.trust != Trust::Active {
        words.push(found.trust.name().to_owned());
    }
    if found.human_confirmed {
        words.push("confirmed".to_owned());
    }
    if let Some(allow) = &found.suppressed_by {
        words.push(format!(
            "suppressed by {}/{} at {}",
            allow.bank, allow.entry, allow.distance
        ));
    }
    words.join(", ")
}

/// Where in the file a match lies, where that is not the file or its picture: `clip.mp4 › 00:41–01:12`,
/// `booklet.pdf › page 2`.
fn place(found: &Match) -> Option<String> {
    let (place, leaf) = found.part.split();
    let times = found
        .segment
        .map(|it| format!("{}–{}", clock(it.query.0), clock(it.query.1)));
    let place = (place.depth() > 0).then(|| place.part(Leaf::File).to_string());
    let leaf = match leaf {
        Leaf::File | Leaf::Picture | Leaf::Film | Leaf::Sound => None,
        Leaf::Page(number) => Some(format!("page {number}")),
        leaf => Some(leaf.to_string()),
    };
    let steps: Vec<String> = [place, leaf, times].into_iter().flatten().collect();
    (!steps.is_empty()).then(|| plain(&steps.join(" › ")))
}

/// Adds the rows of one file: one for each match, or one that says that there is none.
pub(crate) fn add_result(table: &mut Table, path: &str, result: &FileResult) {
    let word = verdict_word(result.verdict);
    let mut first = Some(plain(path));
    for found in &result.matches {
        let entry = format!("{}/{}", found.bank, found.entry);
        let row = [
            first.take().unwrap_or_default(),
            word.to_owned(),
            entry,
            found.method.to_string(),
            remark(found),
        ];
        table.add_row(row);
    }
    for gap in result.gaps() {
        let what = format!("{}: {}", gap.part, plain(&gap.reason.to_string()));
        table.add_row([
            first.take().unwrap_or_default(),
            word.to_owned(),
            String::new(),
            String::new(),
            what,
        ]);
    }
    if let Some(path) = first {
        table.add_row([path, word.to_owned(), String::new(), String::new(), String::new()]);
    }
}

/// Header of the tables that [`add_result`] fills.
pub(crate) const RESULT_HEADER: [&str; 5] = ["file", "verdict", "bank/entry", "how@bits", "remarks"];

/// Whether the reader of our output has gone, which nobody need be told.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}
