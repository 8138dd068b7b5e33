//! Pixels and bytes to signals.
//!
//! Three nouns to know. A [`grey::Grey`] is a view of 8-bit luma. [`pdq::Pdq`] is what PDQ makes of a picture:
//! hash, quality and the frequencies from which all eight dihedral hashes follow. A [`sample::Kernel`] is one axis
//! of a sparse, separable resampling: PDQ's filter, a window's, or a thumbnail's.
//!
//! ```
//! use basira_fingerprint::pdq;
//! let luma: Vec<u8> = (0..100 * 80).map(|i| ((i % 100) * (i / 100) % 251) as u8).collect();
//! let print = pdq::fast(&luma, 100, 80);
//! assert_eq!(print.hash(), print.dihedral()[0]);
//! ```
#![deny(unsafe_code)]
#![deny(missing_docs)]

pub mod digest;
pub mod film;
pub mod grey;
pub mod layout;
pub mod pdq;
pub mod rank;
mod reference;
pub mod sample;
mod simd;
pub mod sound;
pub mod turn;
pub mod verify;
pub mod window;

pub use simd::neighbours;
