//! Generated benign media and edits, for tests, benches and the demonstration.
//!
//! Three nouns to know. A [`Picture`] is pixels in memory; [`photo`] and [`negatives`] make them from a seed.
//! An [`Edit`] is what people do to a picture before they post it again. A [`Format`] writes a picture as the
//! bytes of a file; [`special`] writes the odd ones. With the feature `bad`, `bad` breaks files of every kind.
//!
//! Everything is a pure function of its arguments and gives the same bytes on every machine.
//!
//! ```
//! use basira_testkit::{Edit, Format, photo};
//! let original = photo(7, 320, 240);
//! let edited = Edit::CaptionTop.apply(&original, 1);
//! assert!(edited.height > original.height);
//! let file: Vec<u8> = Format::Jpeg.encode(&edited);
//! assert_eq!(file[..2], [0xff, 0xd8]);
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "bad")]
pub mod bad;
#[cfg(feature = "bad")]
pub mod containers;
mod database;
pub mod demo;
pub mod draw;
mod edits;
pub mod encode;
pub mod font;
mod math;
pub mod negatives;
pub mod pdf;
mod photo;
mod picture;
pub mod policies;
mod prng;
pub mod reporting;
mod resample;
mod screen;
pub mod sound;
pub mod special;

pub use database::schema_url;
pub use demo::{DemoFile, Expect, demo_bank, demo_folder};
pub use edits::Edit;
pub use encode::Format;
pub use photo::photo;
pub use picture::{BLACK, Picture, Rgb, WHITE};
pub use prng::{Prng, derive};
