//! Reading: what stands in a text, a page or a caption, in Arabic first and in English.
//!
//! [`find`] finds what moves an audience and its money: links, invites, handles, payment addresses. [`page`] takes the
//! bytes of a page or of pasted text apart into title, authors, publisher, date and body, and cuts injected code out.
//!
//! Nothing here decides, fetches or runs anything, and every span is one of bytes in what was given.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod find;
pub mod page;
