//! Words, sentences, lines and quotations of a text, by their places in the original.

use std::ops::Range;

use crate::keys::Reading;
use crate::words::words;

/// Shorter quotations are names or scare quotes.
const QUOTED: usize = 3;
/// A line of so many words may be a label, a date, a headline.
const LABEL: usize = 12;
/// Words of a name before a colon.
const NAME: usize = 4;

pub(super) struct Layout {
    /// Where each word begins.
    words: Vec<usize>,
    /// Where each sentence ends.
    sentences: Vec<usize>,
    /// Each line that is not empty.
    lines: Vec<Line>,
    /// What stands between quotation marks and is longer than a name, with its words.
    quotations: Vec<Range<usize>>,
    quoted_words: usize,
}

struct Line {
    span: Range<usize>,
    words: usize,
    /// A number from 1900 to 2099 is in it.
    year: bool,
    /// The name before a colon with which it begins.
    turn: Option<(Range<usize>, String)>,
}

impl Layout {
    pub(super) fn of(reading: &Reading<'_>) -> Self {
        let clean = reading.clean();
        let text = clean.text();
        let place = |at: usize| clean.source(at..at).start;
        let starts: Vec<Range<usize>> = words(text).collect();
        let mut layout = Self {
            words: starts.iter().map(|word| place(word.start)).collect(),
            sentences: Vec::new(),
            lines: Vec::new(),
            quotations: Vec::new(),
            quoted_words: 0,
        };
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let from = starts.partition_point(|word| word.start < start);
            let until = starts.partition_point(|word| word.start < end);
            if from < until {
                layout.line(text, &starts[from..until], start..end, &place);
            }
            start = end;
        }
        layout
    }

    fn line(
        &mut self,
        text: &str,
        words: &[Range<usize>],
        span: Range<usize>,
        place: &impl Fn(usize) -> usize,
    ) {
        let line = &text[span.clone()];
        // Where a quotation began, and the sign that ends it.
        let mut open: Option<(usize, char)> = None;
        let mut rest = line.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let at = span.start + at;
            let next = rest.peek().map(|(_, c)| *c);
            match c {
                '!' | '?' | '؟' | '\n' | '؛' => self.sentences.push(place(at + c.len_utf8())),
                // Not within a number or an address.
                '.' if next.is_none_or(|next| !next.is_alphanumeric()) => self.sentences.push(place(at + 1)),
                '"' | '[' | ']' => match open {
                    None if c != ']' => open = Some((at + 1, if c == '[' { ']' } else { c })),
                    Some((start, close)) if close == c => {
                        open = None;
                        let count = words.partition_point(|word| word.start < at)
                            - words.partition_point(|word| word.start < start);
                        if count >= QUOTED {
                            self.quotations.push(place(start)..place(at));
                            self.quoted_words += count;
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        self.sentences.push(place(span.end));
        let number = |word: &Range<usize>| {
            text[word.clone()]
                .parse::<u32>()
                .is_ok_and(|year| (1900..2100).contains(&year))
        };
        let turn = line
            .find(':')
            .filter(|colon| !line[*colon..].starts_with("://"))
            .and_then(|colon| {
                let named = words.iter().filter(|word| word.end <= span.start + colon).count();
                let rest = words.len() - named;
                let name = line[..colon].trim().to_owned();
                ((1..=NAME).contains(&named) && rest >= 2)
                    .then(|| (place(span.start)..place(span.start + colon), name))
            });
        self.lines.push(Line {
            span: place(span.start)..place(span.end),
            words: words.len(),
            year: words.iter().any(number),
            turn,
        });
    }

    /// Number of words.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }

    /// The word at a place, counted from 0.
    pub(super) fn word_at(&self, at: usize) -> usize {
        self.words.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The sentence at a place, counted from 0.
    pub(super) fn sentence_at(&self, at: usize) -> usize {
        self.sentences.partition_point(|end| *end <= at)
    }

    fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.span.end <= at)
    }

    pub(super) fn same_paragraph(&self, one: usize, other: usize) -> bool {
        self.line_at(one) == self.line_at(other)
    }

    /// Whether a word labels a part of a document: in a short line, near its beginning.
    pub(super) fn is_label(&self, span: &Range<usize>) -> bool {
        self.lines.get(self.line_at(span.start)).is_some_and(|line| {
            let before =
                self.word_at(span.start) - self.word_at(line.span.start).min(self.word_at(span.start));
            before <= 1 && (line.words <= LABEL || line.turn.is_some())
        })
    }

    /// Short lines with a year: date lines.
    pub(super) fn dates(&self) -> impl Iterator<Item = Range<usize>> {
        self.lines
            .iter()
            .filter(|line| line.year && line.words <= LABEL && self.lines.len() > 1)
            .map(|line| line.span.clone())
    }

    /// Names before a colon at the beginning of lines, if a name comes again: questions and answers.
    pub(super) fn turns(&self) -> impl Iterator<Item = Range<usize>> {
        let mut names: Vec<&str> = self
            .lines
            .iter()
            .filter_map(|line| Some(line.turn.as_ref()?.1.as_str()))
            .collect();
        names.sort_unstable();
        let again: Vec<String> = names
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].to_owned())
            .collect();
        self.lines.iter().filter_map(move |line| {
            let (span, name) = line.turn.as_ref()?;
            again.binary_search(name).is_ok().then(|| span.clone())
        })
    }

    pub(super) fn quotations(&self) -> &[Range<usize>] {
        &self.quotations
    }

    /// Number of words within quotations.
    pub(super) fn quoted_words(&self) -> usize {
        self.quoted_words
    }

    pub(super) fn is_quoted(&self, at: usize) -> bool {
        let next = self.quotations.partition_point(|quotation| quotation.end <= at);
        self.quotations
            .get(next)
            .is_some_and(|quotation| quotation.start <= at)
    }

    /// Whether hardly a word is outside of quotations.
    pub(super) fn is_quotation_only(&self) -> bool {
        self.words() > 0 && self.quoted_words * 10 >= self.words() * 8
    }
}
