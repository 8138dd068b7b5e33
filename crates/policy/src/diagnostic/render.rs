//! A diagnostic as a text for a terminal: the line, a caret below the place, what to do.

use std::fmt;

use super::Diagnostic;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// Whether a character is written from right to left (Hebrew, Arabic and their supplements and presentation forms).
fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Whether a character takes no room of its own: marks and formatting.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}'
        | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{8d3}'..='\u{8ff}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a character would change the terminal or the order of what is printed: it is shown as `U+…`.
fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The runs of a text that are written from right to left, in bytes: first to last such letter, with what is between
/// them (spaces, marks) but no quotation mark, bracket or sign.
fn runs(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    let mut open = false;
    for (place, c) in text.char_indices() {
        if is_rtl(c) {
            let end = place + c.len_utf8();
            match runs.last_mut() {
                Some(run) if open => run.end = end,
                _ => runs.push(place..end),
            }
            open = true;
        } else if !(c == ' ' || is_mark(c)) {
            open = false;
        }
    }
    runs
}

/// A text with every Arabic or Hebrew run between FSI and PDI (U+2068, U+2069), so that what stands beside it stays in
/// its place, and with control characters shown instead of obeyed.
pub fn isolate(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let runs = runs(text);
    let mut next = runs.iter().peekable();
    for (place, c) in text.char_indices() {
        if next.peek().is_some_and(|run| run.start == place) {
            out.push(FIRST_STRONG_ISOLATE);
        }
        match c {
            '\t' => out.push_str("    "),
            '\n' => out.push(c),
            c if is_control(c) => out.push_str(&format!("U+{:04X}", c as u32)),
            c => out.push(c),
        }
        if next.peek().is_some_and(|run| run.end == place + c.len_utf8()) {
            out.push(POP_ISOLATE);
            next.next();
        }
    }
    out
}

/// How many columns a text takes when [isolated](isolate).
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\t' => 4,
            c if is_control(c) => format!("U+{:04X}", c as u32).len(),
            c if is_mark(c) => 0,
            _ => 1,
        })
        .sum()
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.span.line.to_string();
        let margin = " ".repeat(number.len());
        // Within a run letters go from right to left: a caret can only name the whole run.
        let mut within = self.within.clone();
        for run in runs(&self.line) {
            if run.start < within.end && within.start < run.end {
                within = within.start.min(run.start)..within.end.max(run.end);
            }
        }
        let before = width(self.line.get(..within.start).unwrap_or_default());
        let marked = width(self.line.get(within).unwrap_or_default()).max(1);
        writeln!(
            out,
            "{}[{}]: {}",
            self.severity,
            self.code,
            isolate(&self.message)
        )?;
        writeln!(
            out,
            "{margin}--> {}:{}:{}",
            isolate(&self.file),
            self.span.line,
            self.span.column
        )?;
        writeln!(out, "{margin} |")?;
        writeln!(out, "{number} | {}", isolate(&self.line))?;
        writeln!(out, "{margin} | {}{}", " ".repeat(before), "^".repeat(marked))?;
        write!(out, "{margin} = help: {}", isolate(&self.help))
    }
}
