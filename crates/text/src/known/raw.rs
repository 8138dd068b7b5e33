//! The signal `raw_text`: the same text.

use model::Sha256;
use sha2::{Digest, Sha256 as Sha256State};

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
pub fn raw_text(reading: &Reading<'_>) -> Option<Sha256> {
    let text = reading.folded().text();
    let mut state = Sha256State::new();
    let mut some = false;
    for word in words(text) {
        if some {
            state.update(b" ");
        }
        state.update(&text[word]);
        some = true;
    }
    some.then(|| Sha256::new(state.finalize().into()))
}
