//! Fixed-size fingerprints and their text forms.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not the hex form of a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HexError {
    /// The text has the wrong number of characters.
    #[error(
        "needs {want} hex digits, has {got} characters; check for a missing part, a space or a line break"
    )]
    Length {
        /// Hex digits that this fingerprint has.
        want: usize,
        /// Characters found.
        got: usize,
    },
    /// A character is no hex digit.
    #[error("character {position} ({found:?}) is not a hex digit (0-9, a-f)")]
    Digit {
        /// Position of the character, counted from 1.
        position: usize,
        /// The character found.
        found: char,
    },
}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], HexError> {
    if let Some((position, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_hexdigit()) {
        // A wrong length is the likelier cause to name when the stray character is only white space.
        if !found.is_whitespace() {
            return Err(HexError::Digit {
                position: position + 1,
                found,
            });
        }
    }
    let got = text.chars().count();
    if got != 2 * N {
        return Err(HexError::Length { want: 2 * N, got });
    }
    let mut bytes = [0u8; N];
    for (position, digit) in text.chars().enumerate() {
        let value = digit.to_digit(16).ok_or(HexError::Digit {
            position: position + 1,
            found: digit,
        })?;
        bytes[position / 2] = bytes[position / 2] << 4 | value as u8;
    }
    Ok(bytes)
}

macro_rules! fingerprint {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Number of bytes.
            pub const LEN: usize = $len;

            /// Takes the bytes, in the order in which the hex form prints them.
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes, in the order in which the hex form prints them.
            pub const fn bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Takes a slice of exactly [`Self::LEN`] bytes, `None` otherwise.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Reads the hex form: exactly twice [`Self::LEN`] digits of either case, nothing around them.
            ///
            /// # Errors
            /// [`HexError`] names the wrong length or the first character that is no hex digit.
            pub fn from_hex(text: &str) -> Result<Self, HexError> {
                parse_hex(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, concat!(stringify!($name), "({})"), self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_hex(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

fingerprint!(
    /// SHA-256 (FIPS 180-4) of a whole blob: its identity.
    Sha256,
    32
);
fingerprint!(
    /// SHA-1 (FIPS 180-4) of a whole blob: partners still share it; never *exact* for automation.
    Sha1,
    20
);
fingerprint!(
    /// MD5 (RFC 1321) of a whole blob: partners still share it; never *exact* for automation.
    Md5,
    16
);
fingerprint!(
    /// A PDQ hash: 256 bits, printed as 64 hex digits, the highest bit (frequency 15, 15) first.
    ///
    /// Source: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Facebook 2019.
    PdqHash,
    32
);

fingerprint!(
    /// SHA-256 of what a text signal compares: of a text the words under K2 with a space between each two, of a link, a
    /// handle or an address that takes money its one form, all as UTF-8. The text cannot be read from it.
    TextDigest,
    32
);
fingerprint!(
    /// A TLSH of a text, as its 70 hex digits.
    ///
    /// Source: Oliver, Cheng, Chen, *TLSH – A Locality Sensitive Hash* (CTC 2013).
    TextTlsh,
    35
);

impl PdqHash {
    /// Number of bits.
    pub const BITS: u32 = 256;

    /// Whether bit `k` is set: `k = 16 * row + column` of the 16×16 frequencies, weight 2^k in the number that
    /// the hex form prints.
    ///
    /// # Panics
    /// If `k` is 256 or more.
    pub const fn bit(&self, k: usize) -> bool {
        self.0[31 - k / 8] >> (k % 8) & 1 == 1
    }

    /// The hash with bit `k` flipped (see [`Self::bit`]).
    ///
    /// # Panics
    /// If `k` is 256 or more.
    #[must_use]
    pub const fn with_flipped(mut self, k: usize) -> Self {
        self.0[31 - k / 8] ^= 1 << (k % 8);
        self
    }

    /// Number of bits in which two hashes differ, 0 to 256.
    pub fn distance(&self, other: &Self) -> u32 {
        let (a, b) = (self.0.as_chunks::<8>().0, other.0.as_chunks::<8>().0);
        a.iter()
            .zip(b)
            .map(|(a, b)| (u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b)).count_ones())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_upper_case_is_folded() {
        let text = "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789";
        assert_eq!(PdqHash::from_hex(text).unwrap().to_string(), text.to_lowercase());
    }

    #[test]
    fn bad_hex_is_refused_with_its_reason() {
        let good = "0".repeat(32);
        assert_eq!(
            Md5::from_hex(&format!("{good}\n")),
            Err(HexError::Length { want: 32, got: 33 })
        );
        assert_eq!(Md5::from_hex(""), Err(HexError::Length { want: 32, got: 0 }));
        assert_eq!(
            Md5::from_hex(&good.replacen('0', "x", 1)),
            Err(HexError::Digit {
                position: 1,
                found: 'x'
            })
        );
        assert_eq!(
            Md5::from_hex(&format!(" {}", &good[1..])),
            Err(HexError::Digit {
                position: 1,
                found: ' '
            })
        );
        assert!(Md5::from_hex("٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠").is_err());
    }

    #[test]
    fn bits_are_numbered_from_the_low_end() {
        let one = PdqHash::new([0; 32]).with_flipped(0);
        assert!(one.to_string().ends_with('1'));
        assert!(one.bit(0) && !one.bit(1));
        assert_eq!(one.distance(&PdqHash::new([0xff; 32])), 255);
        assert!(
            PdqHash::new([0; 32])
                .with_flipped(255)
                .to_string()
                .starts_with('8')
        );
    }
}
