//! The one path: bytes, decoded, fingerprinted, matched, judged, reported.
//!
//! Three nouns to know. [`banks::Banks`] is the store with its live indexes. [`examine::examine`] takes the bytes of
//! one item along the path and gives an [`examine::Examined`]: its verdict and its matches. [`scan::run`] does that
//! for folders, with several threads, and records what it finds.
//!
//! The matching itself is pure and lives in [`robust`]; everything else here joins rooms together.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod banking;
pub mod banks;
mod bell;
pub mod curate;
pub mod entry;
pub mod examine;
pub mod file;
pub mod gates;
pub mod hma;
pub mod import;
pub mod intake;
mod likeness;
mod overheard;
pub mod policies;
pub mod report;
pub mod review;
pub mod robust;
mod rounds;
pub mod scan;
pub mod search;
mod texts;
pub mod traces;
mod tracks;
pub mod webhook;
pub mod wire;
