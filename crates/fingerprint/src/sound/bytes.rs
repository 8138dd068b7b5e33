//! A variant as bytes, to be stored or sent.

use thiserror::Error;

use super::shift::{Shift, Shifted};

/// Why bytes are no variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a variant of a sound: {0} bytes")]
pub struct ShiftedError(pub usize);

impl Shifted {
    /// Pitch and tempo as 64-bit floats, then the words; all little-endian.
    ///
    /// ```
    /// use basira_fingerprint::sound::{Shift, Shifted};
    /// let variant = Shifted { shift: Shift::NONE, words: vec![1, 2, 3] };
    /// assert_eq!(Shifted::from_bytes(&variant.to_bytes()), Ok(variant));
    /// assert!(Shifted::from_bytes(b"none").is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let shift = [self.shift.pitch(), self.shift.tempo()];
        let words = self.words.iter().flat_map(|word| word.to_le_bytes());
        shift
            .into_iter()
            .flat_map(f64::to_le_bytes)
            .chain(words)
            .collect()
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`ShiftedError`] for what no variant looks like.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShiftedError> {
        let wrong = ShiftedError(bytes.len());
        let (pitch, rest) = bytes.split_first_chunk::<8>().ok_or(wrong)?;
        let (tempo, rest) = rest.split_first_chunk::<8>().ok_or(wrong)?;
        let (words, []) = rest.as_chunks::<4>() else {
            return Err(wrong);
        };
        Ok(Self {
            shift: Shift::new(f64::from_le_bytes(*pitch), f64::from_le_bytes(*tempo)).map_err(|_| wrong)?,
            words: words.iter().map(|word| u32::from_le_bytes(*word)).collect(),
        })
    }
}
