//! Four texts to compare, each with the way back to the original.
//!
//! | | | undoes |
//! |---|---|---|
//! | K1 | [`Reading::clean`] | vowels, stretching, invisible characters, presentation forms, digits of every script |
//! | K2 | [`Reading::folded`] | letters that are searched as one: hamza, ة and ه, ى and ي, Persian ک; case and accents |
//! | K3 | [`Reading::repaired`] | words pulled apart, look-alikes, digits for letters, repeats: behind gates |
//! | K4 | [`Reading::rasm`] | dots, only where a text has none |
//!
//! Lossless first: a match names the key that it needed, and the later ones weigh less.

mod chars;
mod clean;
mod edit;
mod fold;
mod join;
mod map;
mod rasm;
mod repair;
mod swap;

#[cfg(test)]
mod tests;

use std::ops::Range;

use thiserror::Error;

#[cfg(test)]
pub(crate) use chars::is_of_word;
pub(crate) use chars::{is_arabic, is_arabic_mark, is_letter, is_plain_arabic};
pub(crate) use fold::arabic as letter_of_k2;
pub(crate) use join::Fragments;
pub use map::Key;
pub(crate) use rasm::rasm;
pub use repair::{Repair, RepairKind};

/// Texts of so many bytes are read; longer ones are to be cut by the caller, who knows where.
pub const LONGEST_TEXT: usize = 256 << 20;

/// A text that is too long to be read in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the text has {bytes} bytes and at most {LONGEST_TEXT} are read at once; read it in parts")]
pub struct TextTooLong {
    /// Its length.
    pub bytes: usize,
}

/// Which key something was found under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyLevel {
    /// K1: what a reader sees.
    Clean,
    /// K2: what a search engine takes for the same.
    Folded,
    /// K3: after repairs.
    Repaired,
    /// K4: without dots.
    Rasm,
}

impl KeyLevel {
    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "k1",
            Self::Folded => "k2",
            Self::Repaired => "k3",
            Self::Rasm => "k4",
        }
    }
}

/// A text with its keys.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    original: &'a str,
    clean: Key,
    folded: Key,
    repaired: repair::Repaired,
    dotless: Vec<Range<usize>>,
    rasm: Option<Key>,
}

impl<'a> Reading<'a> {
    /// Makes the keys of a text, in time and memory linear in its length.
    ///
    /// # Errors
    /// [`TextTooLong`] beyond 256 MiB.
    pub fn of(original: &'a str) -> Result<Self, TextTooLong> {
        let bytes = original.len();
        if bytes > LONGEST_TEXT {
            return Err(TextTooLong { bytes });
        }
        let clean = clean::clean(original);
        let folded = fold::fold(&clean);
        let dotless = rasm::dotless(&clean);
        let repaired = repair::repair(original, &folded, &dotless);
        let rasm = (!dotless.is_empty()).then(|| rasm::key(repaired.key.as_ref().unwrap_or(&folded)));
        Ok(Self {
            original,
            clean,
            folded,
            repaired,
            dotless,
            rasm,
        })
    }

    /// The text as it came.
    pub const fn original(&self) -> &'a str {
        self.original
    }

    /// K1: the text without what nobody sees.
    pub const fn clean(&self) -> &Key {
        &self.clean
    }

    /// K2: the text as a search engine compares it.
    pub const fn folded(&self) -> &Key {
        &self.folded
    }

    /// K3: the text with its words repaired. The same as K2 where there was nothing to repair.
    pub fn repaired(&self) -> &Key {
        self.repaired.key.as_ref().unwrap_or(&self.folded)
    }

    /// Whether K3 differs from K2.
    pub const fn is_repaired(&self) -> bool {
        self.repaired.key.is_some()
    }

    /// Each place of the original where K3 differs from K2, in bytes and in order.
    pub(crate) fn changed(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let places = self.repaired.changed.iter();
        places.map(|place| place.start as usize..place.end as usize)
    }

    /// The words that were repaired. Many of them are ordinary play or political speech: they say that somebody did not
    /// want to be read by software, and nothing more.
    pub fn repairs(&self) -> &[Repair] {
        &self.repaired.repairs
    }

    /// K4: the text without dots, if a part of it was written so.
    pub const fn rasm(&self) -> Option<&Key> {
        self.rasm.as_ref()
    }

    /// The stretches of the original without dots, in order.
    pub fn dotless(&self) -> &[Range<usize>] {
        &self.dotless
    }
}

/// K2 of a short text, such as a term.
pub(crate) fn folded_text(text: &str) -> String {
    fold::fold(&clean::clean(text)).text().to_owned()
}

/// K2 of one word.
pub(crate) fn folded_word(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_word(word, &mut folded);
    folded
}

/// The same, where one `String` serves many words. Most words need no more than a look at each letter.
pub(crate) fn fold_word(word: &str, folded: &mut String) {
    folded.clear();
    for c in word.chars() {
        match c {
            ' '..='~' => folded.push(c.to_ascii_lowercase()),
            '\u{621}'..='\u{63A}' | '\u{641}'..='\u{64A}' | '\u{671}'..='\u{674}' | '\u{679}'..='\u{6D3}' => {
                folded.push(fold::arabic(c));
            }
            '\u{64B}'..='\u{652}' => {}
            chars::TATWEEL if folded.ends_with(chars::is_letter) => {}
            _ => {
                folded.clear();
                folded.push_str(&folded_text(word));
                return;
            }
        }
    }
}

/// The letters of K3 in a text of K2: only what is folded letter by letter, without the repairs of words.
pub(crate) fn loans_folded(text: &str) -> String {
    text.chars().map(repair::loan).collect()
}
