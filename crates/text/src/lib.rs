//! Arabic-first reading: known texts, terms, language and context, found however a text is dressed up.
//!
//! Four nouns to know. A [`Reading`] is a text with four *keys* made for comparison, each of which knows where its
//! characters came from. A *known text* is a digest, a TLSH or the *passages* of a text in a bank. A *term* is a name in
//! a registry, found as a whole word with what Arabic joins to it. A *cue* is what shows that a text reports on
//! something.
//!
//! ```
//! use basira_text::Reading;
//! // Stretched, vowelled, and with an alef that is a Latin l.
//! let reading = Reading::of("بطولة الشّـطـرنج في المدlرس")?;
//! assert_eq!(reading.repaired().text(), "بطوله الشطرنج في المدارس");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`find`] finds what moves an audience and its money: links, invites, handles, payment addresses. [`page`] takes the
//! bytes of a page or of pasted text apart into title, authors, publisher, date and body, and cuts injected code out.
//!
//! Nothing here decides, fetches or runs anything. Terms rank, context lowers automation, and neither clears a match.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod context;
pub mod find;
pub mod keys;
pub mod known;
pub mod language;
pub mod page;
pub mod report;
mod search;
pub mod terms;
mod words;

pub use keys::{Key, KeyLevel, LONGEST_TEXT, Reading, Repair, RepairKind, TextTooLong};
pub use search::{MOST_SEARCHED, is_search_word, page_words, search_words};
