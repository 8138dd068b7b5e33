//! Sound to fingerprints, and fingerprints to aligned matches.
//!
//! Samples are mono, 16 bits, 11025 a second ([`RATE`]). A [`Printer`] makes Chromaprint's words of
//! them, one each 0.124 s, as the sound is and as it would be at other pitches and tempos: a [`Shifted`] each. A
//! [`SoundIndex`] holds the variants of banked recordings, and finds in a query where they occur: a [`SoundMatch`].
//!
//! Changed pitch is looked for on the side of the query, in fourteen variants; a recording is banked in two. That is a
//! seventh of the memory that it takes the other way round, and words from elsewhere can be banked as they are.
//!
//! ```
//! use basira_fingerprint::sound::{ENOUGH, Printer, SoundIndex, bank_shifts, query_shifts};
//! use testkit::sound::{Sound, SoundEdit, pcm};
//!
//! let recording = Sound::Chant.make(1, 20.0);
//! let mut bank = Printer::new(&bank_shifts());
//! bank.push(&pcm(&recording));
//! let mut index = SoundIndex::new();
//! index.insert(7, &bank.finish())?;
//!
//! let mut query = Printer::new(&query_shifts());
//! query.push(&pcm(&SoundEdit::Speed(1.05).apply(&recording, 1)));
//! let found = index.find(&query.finish(), ENOUGH);
//! assert_eq!(found.matches[0].key, 7);
//! assert!((found.matches[0].tempo - 1.05).abs() < 0.01);
//! # Ok::<(), basira_fingerprint::sound::Unfit>(())
//! ```

mod bytes;
mod classify;
mod fft;
mod find;
mod index;
mod line;
mod lively;
mod print;
mod shift;

pub use bytes::ShiftedError;
pub use find::{ENOUGH, Found, SoundMatch, Span};
pub use index::{SoundIndex, Unfit};
pub use print::Printer;
pub use shift::{Shift, ShiftError, Shifted, bank_shifts, query_shifts};

/// Samples a second of the sound that is printed.
pub const RATE: u32 = 11_025;
/// Samples from one word to the next: a third of a frame.
pub const HOP: f64 = 1365.0;
/// Samples that a word is made of: twenty frames of 4096, each a hop after the last.
pub const WORD_SPAN: f64 = 19.0 * HOP + 4096.0;
