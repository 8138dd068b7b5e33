//! Which language a text is in, with *unknown* allowed. For routing to somebody who reads it, never for policy.
//!
//! Languages in the Arabic script are told by their own letters and words, others by trigrams (the crate `whatlang`).
//! Arabic written in Latin letters and digits (*Arabizi*) is told by words and by digits within words.

mod arabic_script;
mod arabizi;
mod codes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use crate::keys::{Reading, is_letter};
use crate::words::{Kind, kind, words};

/// A language, or that it cannot be told.
///
/// ```
/// use basira_text::{Reading, language::Language};
/// let of = |text| Language::of(&Reading::of(text).unwrap()).to_string();
/// assert_eq!(of("اجتمع أعضاء النادي في قاعة المطالعة"), "ar");
/// assert_eq!(of("اعضای باشگاه در کتابخانه جمع شدند"), "fa");
/// assert_eq!(of("The members of the club met in the reading room"), "en");
/// assert_eq!(of("ana mesh 3aref ya3ni eh el match da"), "ar-Latn");
/// assert_eq!(of("12:30"), "und");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// It cannot be told: too short, no words, or nothing that tells.
    Unknown,
    /// Arabic written in Latin letters.
    Arabizi,
    /// A language, by its ISO 639 code: two letters where there are, else three.
    Known(&'static str),
}

impl Language {
    /// The language of most of a text.
    pub fn of(reading: &Reading<'_>) -> Self {
        told(reading).0
    }

    /// The tag of BCP 47: `ar`, `ar-Latn` for Arabizi, `und` for unknown.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Unknown => "und",
            Self::Arabizi => "ar-Latn",
            Self::Known(code) => code,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.tag())
    }
}

/// A stretch of a text in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it is in the original, in bytes.
    pub span: Range<usize>,
    /// Its language.
    pub language: Language,
    /// Its letters.
    pub letters: usize,
}

/// The stretches of a text in one language, in order. A line is cut where the script changes for more than two words. Of
/// more than 512 stretches the shorter ones are unknown: telling one takes much longer than reading it.
pub fn segments(reading: &Reading<'_>) -> Vec<Segment> {
    told(reading).1
}

/// The language of most of a text, and the stretches in one language.
pub(crate) fn told(reading: &Reading<'_>) -> (Language, Vec<Segment>) {
    let clean = reading.clean();
    let text = clean.text();
    let mut out: Vec<Segment> = Vec::new();
    let mut counts: Vec<(Language, usize)> = Vec::new();
    let runs = runs(text);
    let longest = longest(&runs);
    for (run, is_told) in runs.into_iter().zip(longest) {
        let part = &text[run.clone()];
        let letters = letters_of(part);
        let language = if is_told {
            let language = identify(part);
            match counts.iter_mut().find(|(other, _)| *other == language) {
                Some((_, count)) => *count += letters,
                None => counts.push((language, letters)),
            }
            language
        } else {
            Language::Unknown
        };
        let span = clean.source(run);
        match out.last_mut() {
            Some(last) if last.language == language => {
                last.span.end = span.end;
                last.letters += letters;
            }
            _ => out.push(Segment {
                span,
                language,
                letters,
            }),
        }
    }
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    let known = counts
        .into_iter()
        .filter(|(language, _)| *language != Language::Unknown);
    let most = known
        .max_by_key(|(_, count)| *count)
        // A few words that are told do not tell the rest.
        .filter(|(_, count)| count * 4 >= total)
        .map_or(Language::Unknown, |(language, _)| language);
    (most, out)
}

fn letters_of(text: &str) -> usize {
    text.chars().filter(|c| is_letter(*c)).count()
}

/// For each run whether it is one of the 512 longest; of those that are as long, the first.
fn longest(runs: &[Range<usize>]) -> Vec<bool> {
    const MOST: usize = 512;
    if runs.len() <= MOST {
        return vec![true; runs.len()];
    }
    let mut lengths: Vec<usize> = runs.iter().map(ExactSizeIterator::len).collect();
    let (_, least, _) = lengths.select_nth_unstable_by(MOST - 1, |one, other| other.cmp(one));
    let least = *least;
    let mut room = MOST - runs.iter().filter(|run| run.len() > least).count();
    let is_one = |run: &Range<usize>| {
        let equal = run.len() == least && room > 0;
        room -= usize::from(equal);
        run.len() > least || equal
    };
    runs.iter().map(is_one).collect()
}

/// Words of one script in a row; one or two words of another stay with what is around them.
fn runs(text: &str) -> Vec<Range<usize>> {
    const FEW: usize = 2;
    let mut runs: Vec<(Range<usize>, bool, usize)> = Vec::new();
    let mut line_end = 0;
    for word in words(text) {
        let first = text[word.clone()].chars().next().and_then(kind);
        if first == Some(Kind::Digits) {
            continue;
        }
        let arabic = first == Some(Kind::Arabic);
        let new_line = word.start >= line_end;
        if new_line {
            line_end = text[word.start..]
                .find('\n')
                .map_or(text.len(), |at| word.start + at);
        }
        match runs.last_mut() {
            Some((span, script, count)) if *script == arabic && !new_line => {
                span.end = word.end;
                *count += 1;
            }
            _ => runs.push((word, arabic, 1)),
        }
    }
    let mut merged: Vec<(Range<usize>, bool, usize)> = Vec::new();
    for run in runs {
        match merged.last_mut() {
            Some((span, script, count)) if run.2 <= FEW || *script == run.1 => {
                span.end = run.0.end;
                *count += run.2;
            }
            Some(last) if last.2 <= FEW => *last = (last.0.start..run.0.end, run.1, last.2 + run.2),
            _ => merged.push(run),
        }
    }
    merged.into_iter().map(|(span, ..)| span).collect()
}

/// The language of a stretch of K1. A part of a long one tells.
fn identify(text: &str) -> Language {
    const ENOUGH: usize = 4096;
    let mut end = text.len().min(ENOUGH);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let arabic = text.chars().filter(|c| crate::keys::is_arabic(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 3 {
        return Language::Unknown;
    }
    if arabic * 2 >= letters {
        return arabic_script::identify(text);
    }
    if arabizi::is_arabizi(text) {
        return Language::Arabizi;
    }
    match whatlang::detect(text) {
        Some(info) if info.is_reliable() => Language::Known(codes::short(info.lang().code())),
        _ => codes::common_words(text),
    }
}
