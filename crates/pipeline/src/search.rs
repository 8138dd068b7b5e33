//! Search over the texts of items: what an item is found by, and what a question asks for.

use std::collections::BTreeSet;
use std::io::{self, Write};

use decode::{Decoded, FileKind};
use store::{Item, MOST_ASKED, Store, StoreError};
use text::search_words;

/// Words of an item by which it is found, the first ones of each of its texts.
const MOST: usize = 400;
/// Bytes of a plain text that are read for its words, and of a file that is looked at for them at all.
const BEGINNING: usize = 256 << 10;
const LARGEST: u64 = 16 << 20;

/// What an item is found by. Texts that were guessed from pictures are among them: a search proposes. A plain text is read
/// here, for no decoder gives it; that takes no parser. Pages (HTML) are not found yet.
pub(crate) fn words_of(store: &Store, item: &Item, decoded: &Decoded) -> Result<Vec<i64>, StoreError> {
    let mut words = BTreeSet::new();
    for part in &decoded.texts {
        words.extend(search_words(&part.text, MOST));
        if words.len() >= MOST {
            break;
        }
    }
    if decoded.kind == FileKind::Plain && item.size <= LARGEST {
        let mut beginning = Beginning(Vec::new());
        store.copy_blob(&item.sha256, &mut beginning)?;
        words.extend(search_words(beginning.text(), MOST));
    }
    Ok(words
        .iter()
        .take(MOST)
        .map(|word| store.search_key(word))
        .collect())
}

/// What a question asks for: each of its words, the first ones.
pub fn question(store: &Store, text: &str) -> Vec<i64> {
    let words = search_words(text, MOST_ASKED);
    words.iter().map(|word| store.search_key(word)).collect()
}

/// Keeps the beginning of what is written to it.
struct Beginning(Vec<u8>);

impl Beginning {
    /// The beginning, as far as it is text in UTF-8; the empty text where it is none.
    fn text(&self) -> &str {
        match std::str::from_utf8(&self.0) {
            Ok(text) => text,
            // It was cut within a letter.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&self.0[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => "",
        }
    }
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = BEGINNING - self.0.len();
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_text_is_kept_and_of_other_bytes_nothing() {
        let mut beginning = Beginning(Vec::new());
        let text = "شطرنج ".repeat(40_000);
        assert_eq!(beginning.write(text.as_bytes()).unwrap(), text.len());
        assert_eq!(beginning.write(b"more").unwrap(), 4);
        assert_eq!(beginning.0.len(), BEGINNING);
        assert!(text.starts_with(beginning.text()) && beginning.text().len() + 4 > BEGINNING);
        assert_eq!(Beginning(b"chess \xff\xfe league".to_vec()).text(), "");
    }
}
