//! What a track of pictures leaves behind, and its bytes.

use model::{PdqHash, Quality};
use thiserror::Error;

/// One frame of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Milliseconds since the beginning.
    pub time: u32,
    /// Quality of the hash.
    pub quality: Quality,
    /// Hash of the frame, without the bars of a letterbox that the film has.
    pub hash: PdqHash,
    /// Hash of the mirrored frame.
    pub mirrored: PdqHash,
}

/// What a track of pictures leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track {
    /// Kept frames in the order of their times.
    pub frames: Vec<Frame>,
    /// Milliseconds from the first frame to the last, kept or not.
    pub duration: u32,
    /// Frames that were seen.
    pub seen: u32,
}

/// Why bytes are no track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TrackError {
    /// They do not have the length of any track.
    #[error("not a track: {0} bytes")]
    Length(usize),
    /// Times go back, or beyond the end.
    #[error("not a track: its times are not in order")]
    Order,
    /// A quality beyond 100.
    #[error("not a track: its quality is out of range")]
    Quality,
}

/// Bytes of a frame: time, quality, two hashes.
const FRAME: usize = 4 + 1 + 32 + 32;
/// Bytes before the frames: duration, frames seen.
const HEAD: usize = 8;

impl Track {
    /// The track as bytes, little-endian, to be stored or sent.
    ///
    /// ```
    /// use basira_fingerprint::film::Track;
    /// let track = Track::default();
    /// assert_eq!(Track::from_bytes(&track.to_bytes()), Ok(track));
    /// assert!(Track::from_bytes(b"no track").is_ok() && Track::from_bytes(b"none").is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD + FRAME * self.frames.len());
        out.extend(self.duration.to_le_bytes());
        out.extend(self.seen.to_le_bytes());
        for frame in &self.frames {
            out.extend(frame.time.to_le_bytes());
            out.push(frame.quality.get());
            out.extend(frame.hash.bytes());
            out.extend(frame.mirrored.bytes());
        }
        out
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`TrackError`] for what no track looks like.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TrackError> {
        let length = TrackError::Length(bytes.len());
        let (duration, rest) = bytes.split_first_chunk::<4>().ok_or(length)?;
        let (seen, rest) = rest.split_first_chunk::<4>().ok_or(length)?;
        let (frames, []) = rest.as_chunks::<FRAME>() else {
            return Err(length);
        };
        let mut last = 0;
        let frames = frames.iter().map(|bytes| {
            let frame = frame(bytes)?;
            if frame.time < last {
                return Err(TrackError::Order);
            }
            last = frame.time;
            Ok(frame)
        });
        Ok(Self {
            frames: frames.collect::<Result<_, _>>()?,
            duration: u32::from_le_bytes(*duration),
            seen: u32::from_le_bytes(*seen),
        })
    }
}

fn frame(bytes: &[u8; FRAME]) -> Result<Frame, TrackError> {
    let length = TrackError::Length(bytes.len());
    let (time, rest) = bytes.split_first_chunk::<4>().ok_or(length)?;
    let (quality, rest) = rest.split_first().ok_or(length)?;
    let (hash, rest) = rest.split_first_chunk::<32>().ok_or(length)?;
    let (mirrored, _) = rest.split_first_chunk::<32>().ok_or(length)?;
    Ok(Frame {
        time: u32::from_le_bytes(*time),
        quality: Quality::new(*quality).map_err(|_| TrackError::Quality)?,
        hash: PdqHash::new(*hash),
        mirrored: PdqHash::new(*mirrored),
    })
}

/// Quality that a frame has at least to be compared, and so to be kept of a banked film. A picture needs more, as it is
/// alone.
pub(super) const LEAST_QUALITY: Quality = Quality::saturating(10);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_are_a_track_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(track) = Track::from_bytes(&bytes) {
                prop_assert_eq!(track.to_bytes(), bytes);
            }
        }
    }
}
