//! Films: what a track of pictures leaves behind, and where two tracks show the same.
//!
//! A [`Track`] is the hashes of frames with their times. A [`Tracker`] makes one from frames as they are decoded. Of a
//! banked film every frame that differs from the one before is kept; of an upload one frame a second is enough, since
//! each of them then meets its like in the bank, whatever the phase (`hostile.md` B.3). One frame proves nothing: title
//! cards, black and studio pictures are shared by films that share nothing else. [`align`] looks for many that agree on
//! one line in time.

pub mod align;
mod mark;
mod track;
mod tracker;
pub mod vpdq;

pub use track::{Frame, Track, TrackError};
pub use tracker::{Keep, Tracker, Tracks};
