//! The signal `raw_text`: the same text.

use model::TextDigest;
use sha2::{Digest, Sha256};

use crate::Reading;
use crate::words::words;

/// The digest of a text's words under K2, or none if it has no words. What lies between words is not compared:
/// punctuation, quotes and line breaks change whenever a text is copied.
///
/// ```
/// use basira_text::{Reading, known::raw_text};
/// let digest = |text| raw_text(&Reading::of(text).unwrap());
/// assert_eq!(digest("إنّ «الشطرنج» لعبة"), digest("ان الشـطـرنج لعبه!"));
/// assert_ne!(digest("إن الشطرنج لعبة"), digest("إن الشطرنج رياضة"));
/// assert_eq!(digest("…"), None);
/// ```
pub fn raw_text(reading: &Reading<'_>) -> Option<TextDigest> {
    let text = reading.folded().text();
    let mut state = Sha256::new();
    let mut some = false;
    for word in words(text) {
        if some {
            state.update(b" ");
        }
        state.update(&text[word]);
        some = true;
    }
    some.then(|| TextDigest::new(state.finalize().into()))
}

/// The digest of the one form of a link, a handle or an address that takes money, which is a
/// [`Key`](crate::find::Key)'s value.
///
/// ```
/// use basira_text::{find::url_keys, known::digest_of};
/// let digest = |address| digest_of(&url_keys(address).unwrap()[0].value);
/// assert_eq!(digest("HTTP://www.Example.com:80/a?utm_source=x#top"), digest("https://example.com/a"));
/// ```
pub fn digest_of(value: &str) -> TextDigest {
    TextDigest::new(Sha256::digest(value.as_bytes()).into())
}
