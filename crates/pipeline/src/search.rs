//! Search over the texts of items: what an item is found by, and what a question asks for.

use decode::Contents;
use store::{MOST_ASKED, Store};
use text::search_words;

/// Words of an item by which it is found, the first ones of each of its texts.
const MOST: usize = 400;

/// What an item with these contents is found by. Texts that were guessed from pictures are among them: a search proposes.
pub fn words_of(store: &Store, contents: &Contents) -> Vec<i64> {
    let mut words = std::collections::BTreeSet::new();
    for part in &contents.texts {
        words.extend(search_words(&part.text, MOST));
        if words.len() >= MOST {
            break;
        }
    }
    words
        .iter()
        .take(MOST)
        .map(|word| store.search_key(word))
        .collect()
}

/// What a question asks for: each of its words, the first ones.
pub fn question(store: &Store, text: &str) -> Vec<i64> {
    let words = search_words(text, MOST_ASKED);
    words.iter().map(|word| store.search_key(word)).collect()
}
