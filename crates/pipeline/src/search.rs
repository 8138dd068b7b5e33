//! Search over the texts of items: what an item is found by, and what a question asks for.

use std::collections::BTreeSet;

use decode::{Decoded, TextSource};
use store::{MOST_ASKED, Store};
use text::{MOST_SEARCHED, search_words};

/// What an item is found by: the words of its pages, texts and documents, as the worker has read them in whatever encoding, then
/// those of texts that were guessed from its pictures, for a search proposes.
pub(crate) fn words_of(store: &Store, decoded: &Decoded) -> Vec<i64> {
    let read = decoded.prints.iter().flat_map(|part| &part.words);
    let mut words: BTreeSet<String> = read.take(MOST_SEARCHED).cloned().collect();
    let guessed = decoded.texts.iter().filter(|part| part.source == TextSource::Ocr);
    for part in guessed {
        words.extend(search_words(&part.text, MOST_SEARCHED - words.len()));
    }
    words.iter().map(|word| store.search_key(word)).collect()
}

/// What a question asks for: each of its words, the first ones.
pub fn question(store: &Store, text: &str) -> Vec<i64> {
    let words = search_words(text, MOST_ASKED);
    words.iter().map(|word| store.search_key(word)).collect()
}
