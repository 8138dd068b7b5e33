//! The first half of K3: words whose letters were pulled apart are put together again.

use std::ops::Range;

use super::chars::{is_arabic, is_letter, is_of_word, is_plain_arabic};
use super::edit::Edit;

/// What stands between two fragments of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// So many spaces.
    Spaces(usize),
    /// A sign that also ends sentences or joins words, with spaces around it or not.
    Ordinary(char, bool),
    /// Another sign.
    Sign(char, bool),
}

/// Letters in the order of an alphabet are a list, or stand for what differs (`a.b.c.d`).
const ALPHABETS: [&str; 3] = [
    "abcdefghijklmnopqrstuvwxyz",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ",
];

/// News agencies whose letters are written apart.
const AGENCIES: [&str; 6] = ["كونا", "وافا", "سانا", "بترا", "اينا", "وامع"];

impl Separator {
    /// So many letters a fragment may have. Signs that never stand within words may leave two together.
    const fn longest(self) -> usize {
        match self {
            Self::Sign(_, false) => 2,
            _ => 1,
        }
    }

    /// A sign that is in no word, so that one of them is enough.
    const fn is_foreign(self) -> bool {
        matches!(self, Self::Sign('*' | '~' | '^' | '`', false))
    }
}

#[derive(Clone)]
struct Fragment {
    span: Range<usize>,
    letters: usize,
    arabic: bool,
}

/// Fragments with the same separator between them.
struct Run {
    separator: Option<Separator>,
    start: usize,
    fragments: usize,
    letters: usize,
    last: Fragment,
    cuts: Vec<Range<usize>>,
}

impl Run {
    fn begin(fragment: Fragment) -> Self {
        Self {
            separator: None,
            start: fragment.span.start,
            fragments: 1,
            letters: fragment.letters,
            last: fragment,
            cuts: Vec::new(),
        }
    }

    fn add(&mut self, separator: Separator, gap: Range<usize>, fragment: Fragment) {
        self.separator = Some(separator);
        self.fragments += 1;
        self.letters += fragment.letters;
        self.cuts.push(gap);
        self.last = fragment;
    }
}

/// Finds words that were pulled apart: what must be cut, and where the words are.
pub(super) fn find(text: &str, edits: &mut Vec<Edit>, spans: &mut Vec<Range<usize>>) {
    // Nothing goes on over the end of a line.
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if may_be_apart(line) {
            find_in(text, at..end, edits, spans);
        }
        at = end;
    }
}

/// Fragments of a line in a row, each so short that together they could be a word pulled apart.
pub(crate) struct Fragments {
    chain: usize,
    before: usize,
    spaced: bool,
}

impl Fragments {
    /// At the beginning of a line.
    pub(crate) const fn new() -> Self {
        Self {
            chain: 0,
            before: usize::MAX,
            spaced: false,
        }
    }

    /// A space stands between the last fragment and the next.
    pub(crate) const fn space(&mut self) {
        self.spaced = true;
    }

    /// A fragment of so many letters has ended. Whether there are three in a row of one letter each, or of two with something
    /// other than a space between them.
    pub(crate) const fn end(&mut self, letters: usize) -> bool {
        let longest = if self.spaced { 1 } else { 2 };
        self.chain = match (letters <= longest, self.before <= longest) {
            (true, true) => self.chain + 1,
            _ => (letters <= 2) as usize,
        };
        (self.before, self.spaced) = (letters, false);
        self.chain == 3
    }
}

/// Whether anything in a line could be a word pulled apart, told by its bytes: a sign that is in no word, or [`Fragments`].
fn may_be_apart(line: &str) -> bool {
    let bytes = line.as_bytes();
    let (mut at, mut letters) = (0, 0);
    let mut fragments = Fragments::new();
    loop {
        let (of_word, length) = match bytes.get(at) {
            Some(b'*' | b'~' | b'^' | b'`') => return true,
            Some(byte) if byte.is_ascii() => (byte.is_ascii_alphanumeric(), 1),
            Some(_) if is_plain_arabic(bytes, at) => (true, 2),
            Some(_) => {
                let c = line[at..].chars().next().unwrap_or('\0');
                (is_of_word(c), c.len_utf8())
            }
            None => (false, 0),
        };
        if of_word {
            letters += 1;
        } else if letters > 0 {
            if fragments.end(letters) {
                return true;
            }
            letters = 0;
        }
        if length == 0 {
            return false;
        }
        if letters == 0 && bytes[at] == b' ' {
            fragments.space();
        }
        at += length;
    }
}

/// The same within a stretch.
fn find_in(text: &str, place: Range<usize>, edits: &mut Vec<Edit>, spans: &mut Vec<Range<usize>>) {
    let mut run: Option<Run> = None;
    let mut chars = text[place.clone()]
        .char_indices()
        .map(|(at, c)| (place.start + at, c))
        .peekable();
    while let Some((start, c)) = chars.next() {
        if !is_of_word(c) {
            continue;
        }
        let mut fragment = Fragment {
            span: start..start + c.len_utf8(),
            letters: 1,
            arabic: is_arabic(c),
        };
        let mut letters_only = is_letter(c);
        while let Some((at, c)) = chars.next_if(|(_, c)| is_of_word(*c)) {
            fragment.span.end = at + c.len_utf8();
            fragment.letters += 1;
            fragment.arabic &= is_arabic(c);
            letters_only &= is_letter(c);
        }
        let last = run.take();
        if letters_only {
            run = Some(match last {
                None => Run::begin(fragment),
                Some(last) => extend(text, last, fragment, edits, spans),
            });
        } else if let Some(last) = last {
            finish(text, &last, edits, spans);
        }
    }
    if let Some(last) = run {
        finish(text, &last, edits, spans);
    }
}

/// The run with one more fragment, or what begins with that fragment if they do not belong together.
fn extend(
    text: &str,
    mut run: Run,
    fragment: Fragment,
    edits: &mut Vec<Edit>,
    spans: &mut Vec<Range<usize>>,
) -> Run {
    let gap = run.last.span.end..fragment.span.start;
    let Some(separator) = separator(&text[gap.clone()]) else {
        finish(text, &run, edits, spans);
        return Run::begin(fragment);
    };
    let short = fragment.letters <= separator.longest() && run.last.letters <= separator.longest();
    if short && run.separator.is_none_or(|last| last == separator) {
        run.add(separator, gap, fragment);
        return run;
    }
    finish(text, &run, edits, spans);
    if short {
        // The last fragment may begin another word: `و ك.ت.ا.ب`.
        let mut next = Run::begin(run.last);
        next.add(separator, gap, fragment);
        return next;
    }
    let arabic = run.last.arabic && fragment.arabic;
    if separator.is_foreign() && arabic && run.last.letters + fragment.letters >= 4 {
        spans.push(run.last.span.start..fragment.span.end);
        edits.push(Edit::cut(gap));
    }
    Run::begin(fragment)
}

fn separator(gap: &str) -> Option<Separator> {
    if gap.len() > 24 || gap.contains('\n') {
        return None;
    }
    let inner = gap.trim_matches(' ');
    if inner.is_empty() {
        return Some(Separator::Spaces(gap.len()));
    }
    if inner.contains(char::is_whitespace) || inner.chars().count() > 3 {
        return None;
    }
    let spaced = inner.len() != gap.len();
    let mut kinds = inner.chars().map(|c| match c {
        '.' | '·' | '•' | '․' | '…' => Some(Separator::Ordinary('.', spaced)),
        '-' | '‐' | '‑' | '–' | '—' | '_' => Some(Separator::Ordinary('-', spaced)),
        ',' | '،' | '/' | ':' | ';' | '؛' => Some(Separator::Ordinary(c, spaced)),
        '*' | '~' | '^' | '`' | '|' | '+' | '!' | '?' | '؟' => Some(Separator::Sign(c, spaced)),
        // Quotes and brackets, and what is in code and formats.
        c if c.is_ascii() => None,
        // Emoji and other pictures: which one does not matter.
        _ => Some(Separator::Sign('☺', spaced)),
    });
    let first = kinds.next().flatten()?;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

/// The gates: what would also be ordinary writing is left alone.
fn finish(text: &str, run: &Run, edits: &mut Vec<Edit>, spans: &mut Vec<Range<usize>>) {
    let pulled_apart = match run.separator {
        None => false,
        // Three single letters are an abbreviation; four hardly ever are.
        Some(Separator::Spaces(spaces)) => spaces <= 3 && run.fragments >= 4,
        Some(Separator::Ordinary(..)) => run.fragments >= 4,
        Some(sign) => run.fragments >= 3 || (sign.is_foreign() && run.letters >= 4 && run.last.arabic),
    };
    if !pulled_apart {
        return;
    }
    let span = run.start..run.last.span.end;
    let word: String = text[span.clone()].chars().filter(|c| is_letter(*c)).collect();
    if AGENCIES.contains(&word.as_str()) || ALPHABETS.iter().any(|letters| letters.starts_with(&word)) {
        return;
    }
    edits.extend(run.cuts.iter().cloned().map(Edit::cut));
    spans.push(span);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A line that is passed over has nothing that was pulled apart.
        #[test]
        fn the_short_way_finds_the_same(text in "([ابجدهوز]{1,2}|[ac-g]{1,2}|[ .*☺\\-\n,/é]|xyz|1){0,24}") {
            let (mut edits, mut spans) = (Vec::new(), Vec::new());
            find(&text, &mut edits, &mut spans);
            let (mut all_edits, mut all_spans) = (Vec::new(), Vec::new());
            find_in(&text, 0..text.len(), &mut all_edits, &mut all_spans);
            prop_assert_eq!((edits, spans), (all_edits, all_spans));
        }
    }
}
