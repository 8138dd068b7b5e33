//! Passages: which parts of two texts are the same.
//!
//! A text's words, three at a time, are hashed; of every two hashes in a row the least is kept (*winnowing*:
//! Schleimer, Wilkerson, Aiken, SIGMOD 2003). A banked text is what was kept. Of a text that is looked at all hashes are
//! compared, so that nothing depends on where it begins. Hashes that agree propose *chains*: places in both texts that
//! go on together. A few words that were changed do not break one.
//!
//! Numbers are no words here: dates, scores and the numbers of sections stand in texts that have nothing else in common. Nor is
//! what stands in a link, which is compared by itself.
//! Words are compared as K4 of K3: without dots, after repairs. Three words without dots are still told apart, and a
//! text written without dots is found.

use std::ops::Range;

use thiserror::Error;

use super::chain::chain;
use super::one_pass::Words;
use super::order::in_order;
use crate::Reading;
use crate::keys::{TextTooLong, rasm};
use crate::words::{Kind, kinds};

/// Words of a shingle.
pub(super) const SHINGLE: usize = 3;
/// Of so many shingles in a row at least one is kept.
const WINDOW: usize = 2;
/// A banked text has at least so many words; shorter ones are compared as a whole.
pub const SHORTEST: usize = 8;
/// Kept hashes are at most so many words apart.
const STEP: u32 = 3;
/// Hashes are 48 bits.
const HASH_BITS: u32 = 48;
const HASH: u64 = (1 << HASH_BITS) - 1;

/// The passages of a banked text: what is kept of it, and its number of words. The text cannot be read from it.
///
/// ```
/// use basira_text::Reading;
/// use basira_text::known::{Passages, Probe};
/// let statement = "the rook league will meet on tuesday at noon in the old reading room of the town library";
/// let banked = Passages::of(&Reading::of(statement)?).unwrap();
/// let post = Reading::of("They say: The Rook League will meet on Tuesday at noon in the OLD reading room! I doubt it.")?;
/// let found = banked.compare(&Probe::of(&post)).unwrap();
/// assert!(found.of_banked() > 0.6 && found.of_text() > 0.6);
/// assert!(post.original()[found.passages[0].span.clone()].starts_with("The Rook League will meet"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passages {
    words: u32,
    /// Hashes and the places of their first words, in order.
    kept: Vec<(u64, u32)>,
}

/// Why bytes are not passages.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("these are not the passages of a text ({why}); make them again from the text")]
pub struct PassagesError {
    /// What is wrong with them.
    pub why: &'static str,
}

const VERSION: u8 = 1;
const HEADER: usize = 5;
const ROW: usize = 7;

impl Passages {
    /// The passages of a text. None if it has fewer than [`SHORTEST`] words.
    pub fn of(reading: &Reading<'_>) -> Option<Self> {
        Probe::of(reading).passages()
    }

    /// Number of words of the text, without numbers.
    pub const fn words(&self) -> u32 {
        self.words
    }

    /// Number of shingles that are kept.
    pub const fn shingles(&self) -> usize {
        self.kept.len()
    }

    /// The kept hashes, each with the place of its first word.
    pub(super) fn kept(&self) -> &[(u64, u32)] {
        &self.kept
    }

    /// Bytes to store: a version, the number of words (4 bytes, little-endian), and for each kept hash its 6 bytes and
    /// how many words it is from the one before.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.kept.len() * ROW);
        bytes.push(VERSION);
        bytes.extend(self.words.to_le_bytes());
        let mut before = 0;
        for (hash, at) in &self.kept {
            bytes.extend(&hash.to_le_bytes()[..6]);
            // Winnowing keeps one of every few, so that a step fits.
            bytes.push((at - before) as u8);
            before = *at;
        }
        bytes
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`PassagesError`] for anything that [`to_bytes`](Self::to_bytes) does not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PassagesError> {
        let wrong = |why| PassagesError { why };
        let (header, rows) = bytes.split_at_checked(HEADER).ok_or(wrong("too short"))?;
        let [VERSION, a, b, c, d] = *header else {
            return Err(wrong("of another version"));
        };
        if rows.is_empty() || rows.len() % ROW != 0 {
            return Err(wrong("cut off"));
        }
        let words = u32::from_le_bytes([a, b, c, d]);
        let mut at = 0;
        let mut kept = Vec::with_capacity(rows.len() / ROW);
        for (index, row) in rows.chunks_exact(ROW).enumerate() {
            let mut hash = [0; 8];
            hash[..6].copy_from_slice(&row[..6]);
            let step = u32::from(row[6]);
            if (index > 0 && step == 0) || step > STEP {
                return Err(wrong("out of order"));
            }
            at += step;
            kept.push((u64::from_le_bytes(hash), at));
        }
        if (words as usize) < SHORTEST || at as usize + SHINGLE > words as usize {
            return Err(wrong("of another length"));
        }
        Ok(Self { words, kept })
    }

    /// Compares this banked text with a text that is looked at. None if no passage is the same.
    pub fn compare(&self, probe: &Probe) -> Option<PassageMatch> {
        let banked = in_order(self.kept.iter().copied(), HASH_BITS, |row| row.0);
        let looked_at = probe.hashes.iter().copied().zip(0..probe.hashes.len() as u32);
        let looked_at = in_order(looked_at, HASH_BITS, |row| row.0);
        // Both are gone through in order: looking one up in the other would wait for memory at each step in long texts.
        let mut found = Vec::new();
        let mut rows = banked.as_slice();
        for (hash, at) in looked_at {
            let less = rows.iter().take_while(|(other, _)| *other < hash).count();
            rows = &rows[less..];
            let same = rows.iter().take_while(|(other, _)| *other == hash);
            found.extend(same.take(super::index::REPEATS).map(|(_, banked)| (at, *banked)));
        }
        let bits = u32::BITS - probe.words().leading_zeros();
        let agreements = in_order(found.iter().copied(), bits, |row| u64::from(row.0));
        drop((banked, found));
        chain(&agreements, self.words, probe)
    }
}

/// A text that is looked at: the hashes of all of its shingles, and where its words are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probe {
    hashes: Vec<u64>,
    /// Where each word is in the original.
    spans: Vec<Range<u32>>,
}

impl Probe {
    /// Makes a text ready to be compared.
    pub fn of(reading: &Reading<'_>) -> Self {
        let mut words = Words::default();
        words.by_keys(reading, |span| span);
        Self::of_words(words)
    }

    /// The same of a text of which nothing else is asked, without its keys where it needs none: several times as fast.
    ///
    /// # Errors
    /// As [`Reading::of`].
    pub fn of_text(text: &str) -> Result<Self, TextTooLong> {
        Words::of(text).map(Self::of_words)
    }

    pub(super) fn of_words(words: Words) -> Self {
        Self {
            hashes: shingles(&words.hashes),
            spans: words.spans,
        }
    }

    /// Hashes that a text of so many words has: one for every three in a row.
    pub(super) const fn hashes_of(words: usize) -> usize {
        (words + 1).saturating_sub(SHINGLE)
    }

    /// From its parts, if they fit together: a hash for every three words in a row, of 48 bits each.
    pub(super) fn from_parts(hashes: Vec<u64>, spans: Vec<Range<u32>>) -> Option<Self> {
        let fit = hashes.len() == Self::hashes_of(spans.len())
            && hashes.iter().all(|hash| *hash <= HASH)
            && spans.iter().all(|span| span.start <= span.end);
        fit.then_some(Self { hashes, spans })
    }

    /// Where each word is.
    pub(super) fn spans(&self) -> &[Range<u32>] {
        &self.spans
    }

    /// The passages that the same text is banked under. None if it has fewer than [`SHORTEST`] words.
    pub fn passages(&self) -> Option<Passages> {
        (self.spans.len() >= SHORTEST && !self.hashes.is_empty()).then(|| Passages {
            words: self.words(),
            kept: winnow(&self.hashes),
        })
    }

    /// Number of words, without numbers.
    pub fn words(&self) -> u32 {
        self.spans.len() as u32
    }

    pub(super) fn hashes(&self) -> &[u64] {
        &self.hashes
    }
}

/// A stretch of both texts that is the same, but for a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it is in the original of the text that was looked at, in bytes.
    pub span: Range<usize>,
    /// Its words there.
    pub words: Range<u32>,
    /// Its words in the banked text.
    pub banked: Range<u32>,
    /// Kept shingles that agree.
    pub agree: u32,
}

/// What two texts have in common. 84 % of a banked statement with nothing around it is a re-post; 4 % of it in an
/// article is a quotation.
#[derive(Clone, Debug, PartialEq)]
pub struct PassageMatch {
    /// The passages, in the order of the text that was looked at.
    pub passages: Vec<Passage>,
    /// Words of the text looked at that are in a passage, and all of its words.
    pub covered: (u32, u32),
    /// The same of the banked text.
    pub covered_banked: (u32, u32),
}

impl PassageMatch {
    /// The share of the text looked at that is in a passage, 0 to 1.
    pub fn of_text(&self) -> f64 {
        f64::from(self.covered.0) / f64::from(self.covered.1.max(1))
    }

    /// The share of the banked text that is in a passage, 0 to 1.
    pub fn of_banked(&self) -> f64 {
        f64::from(self.covered_banked.0) / f64::from(self.covered_banked.1.max(1))
    }
}

/// The bytes of a link that a text begins with.
fn link_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let scheme = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let begins = bytes[scheme..].starts_with(b"://") || bytes.starts_with(b"www.");
    let goes_on = |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>');
    begins.then(|| bytes.iter().take_while(goes_on).count())
}

/// The words of a text that are compared, as K3 has them, and their places in the original.
pub(super) fn words_of(reading: &Reading<'_>, mut each: impl FnMut(&str, Range<usize>)) {
    let key = reading.repaired();
    let text = key.text();
    let mut source = key.sources_in_order();
    let mut link = 0;
    for (word, _) in kinds(text).filter(|(_, kind)| *kind != Kind::Digits) {
        if word.start < link {
            continue;
        }
        if let Some(length) = link_length(&text[word.start..]) {
            link = word.start + length;
            continue;
        }
        each(&text[word.clone()], source(word));
    }
}

/// The hash of a word. Stored, and so never to change: FNV-1a (RFC 9923) over the letters without dots.
pub(super) fn word_hash(word: &str) -> u64 {
    word.chars()
        .fold(FNV, |hash, c| hashed(hash, u64::from(rasm(c) as u32)))
}

/// The hash of no letter.
pub(super) const FNV: u64 = 0xCBF2_9CE4_8422_2325;

/// With one more letter.
#[inline]
pub(super) const fn hashed(hash: u64, letter: u64) -> u64 {
    (hash ^ letter).wrapping_mul(0x0000_0100_0000_01B3)
}

/// A hash for every three words in a row.
fn shingles(words: &[u64]) -> Vec<u64> {
    words
        .windows(SHINGLE)
        .map(|three| {
            three.iter().fold(0x9E37_79B9_7F4A_7C15_u64, |hash, word| {
                // The finaliser of SplitMix64, so that the order of words counts and every bit of each.
                let mixed = (hash.rotate_left(23) ^ word).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                (mixed ^ mixed >> 29).wrapping_mul(0x94D0_49BB_1331_11EB)
            }) >> 16
                & HASH
        })
        .collect()
}

/// The least of every window; the first and the last always, so that a whole text is covered as a whole.
fn winnow(hashes: &[u64]) -> Vec<(u64, u32)> {
    let mut kept: Vec<(u64, u32)> = vec![(hashes[0], 0)];
    for (start, window) in hashes.windows(WINDOW).enumerate() {
        // Of equal ones the rightmost, so that a text of one word is kept once a window.
        let least = window.iter().enumerate().rev().min_by_key(|(_, hash)| **hash);
        if let Some((index, hash)) = least {
            let at = (start + index) as u32;
            if kept.last().is_none_or(|(_, last)| *last < at) {
                kept.push((*hash, at));
            }
        }
    }
    let last = hashes.len() - 1;
    if kept.last().is_none_or(|(_, at)| (*at as usize) < last) {
        kept.push((hashes[last], last as u32));
    }
    kept
}
