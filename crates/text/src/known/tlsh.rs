//! The signal `text_tlsh`: TLSH with 128 buckets, a window of 5 bytes and a checksum of one byte, over the UTF-8 of the
//! text as it came. Equal, digit for digit, to `tlsh.hash` of py-tlsh, which python-threatexchange uses.
//!
//! Source: Oliver, Cheng, Chen, *TLSH – A Locality Sensitive Hash* (CTC 2013), and Trend Micro's implementation.

use std::fmt;
use std::str::FromStr;

use model::TextTlsh;
use thiserror::Error;

use super::tlsh_tables::{LENGTHS, PEARSON};

const BUCKETS: usize = 128;
const CODE: usize = BUCKETS / 4;
/// Shorter texts have no TLSH.
const SHORTEST: usize = 50;

/// A TLSH.
///
/// ```
/// use basira_text::known::Tlsh;
/// let text = "The rook league meets every Tuesday in the reading room, and newcomers are welcome.";
/// let hash = Tlsh::of(text).unwrap();
/// assert_eq!(hash.to_string().parse(), Ok(hash));
/// assert_eq!(hash.distance(&hash), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tlsh {
    checksum: u8,
    /// Class of the length.
    length: u8,
    /// Quartiles of the counts, as shares of the third, 4 bits each.
    ratios: [u8; 2],
    code: [u8; CODE],
}

/// Why a text is not the written form of a TLSH.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a TLSH is `T1` and 70 hex digits; write it as `tlsh.hash` of py-tlsh does")]
pub struct TlshError;

impl Tlsh {
    /// The distance up to which python-threatexchange calls two texts a match.
    pub const MATCH: u32 = 30;

    /// The TLSH of a text. None if it is shorter than 50 bytes or too uniform to have one.
    pub fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() < SHORTEST {
            return None;
        }
        let (counts, checksum) = count(bytes);
        let mut sorted = [0; BUCKETS];
        sorted.copy_from_slice(&counts[..BUCKETS]);
        let used = sorted.iter().filter(|count| **count > 0).count();
        // No more is put in order than the quartiles need.
        let (low, middle, high) = sorted.select_nth_unstable(BUCKETS / 2 - 1);
        let quartile = [
            *low.select_nth_unstable(BUCKETS / 4 - 1).1,
            *middle,
            *high.select_nth_unstable(BUCKETS / 4 - 1).1,
        ];
        if quartile[2] == 0 || used <= BUCKETS / 2 {
            return None;
        }
        let mut code = [0; CODE];
        for (byte, four) in code.iter_mut().zip(counts.chunks(4)) {
            for (place, count) in four.iter().enumerate() {
                let above = quartile.iter().filter(|limit| *limit < count).count();
                *byte |= (above as u8) << (place * 2);
            }
        }
        let ratio = |part: u32| (u64::from(part) * 100 / u64::from(quartile[2]) % 16) as u8;
        Some(Self {
            checksum,
            length: LENGTHS.partition_point(|longest| (*longest as usize) < bytes.len()) as u8,
            ratios: [ratio(quartile[0]), ratio(quartile[1])],
            code,
        })
    }

    /// The distance of two texts without their lengths, as `tlsh.diffxlen`: 0 for the same, up to 30 for a match by the
    /// measure of python-threatexchange.
    pub fn distance(&self, other: &Self) -> u32 {
        let ratios = self.ratios.iter().zip(other.ratios).map(|(one, other)| {
            let apart = u32::from(one.abs_diff(other));
            let apart = apart.min(16 - apart);
            if apart <= 1 { apart } else { (apart - 1) * 12 }
        });
        let codes = self.code.iter().zip(other.code).map(|(one, other)| {
            let pair = |byte: u8, place: u8| byte >> (place * 2) & 3;
            (0..4)
                .map(|place| match pair(*one, place).abs_diff(pair(other, place)) {
                    3 => 6,
                    apart => u32::from(apart),
                })
                .sum::<u32>()
        });
        u32::from(self.checksum != other.checksum) + ratios.sum::<u32>() + codes.sum::<u32>()
    }
}

/// Counts the triples of bytes in every window of five.
fn count(bytes: &[u8]) -> ([u32; 256], u8) {
    let map = |salt: u8, x: u8, y: u8, z: u8| {
        let mixed = |state: u8, byte: u8| PEARSON[usize::from(state ^ byte)];
        mixed(mixed(mixed(salt, x), y), z)
    };
    let mut counts = [0_u32; 256];
    let mut checksum = 0;
    for window in bytes.windows(5) {
        let [a, b, c, d, e] = [window[4], window[3], window[2], window[1], window[0]];
        checksum = map(1, a, b, checksum);
        for (salt, x, y) in [
            (49, b, c),
            (12, b, d),
            (178, c, d),
            (166, c, e),
            (84, b, e),
            (230, d, e),
        ] {
            counts[usize::from(map(salt, a, x, y))] += 1;
        }
    }
    (counts, checksum)
}

impl From<&Tlsh> for TextTlsh {
    /// In the order in which the digits are written.
    fn from(hash: &Tlsh) -> Self {
        let mut bytes = [0; Self::LEN];
        bytes[0] = hash.checksum.rotate_left(4);
        bytes[1] = hash.length.rotate_left(4);
        bytes[2] = hash.ratios[0] << 4 | hash.ratios[1];
        for (byte, code) in bytes[3..].iter_mut().zip(hash.code.iter().rev()) {
            *byte = *code;
        }
        Self::new(bytes)
    }
}

impl From<&TextTlsh> for Tlsh {
    fn from(value: &TextTlsh) -> Self {
        let bytes = value.bytes();
        let mut code = [0; CODE];
        for (byte, written) in code.iter_mut().zip(bytes[3..].iter().rev()) {
            *byte = *written;
        }
        Self {
            checksum: bytes[0].rotate_left(4),
            length: bytes[1].rotate_left(4),
            ratios: [bytes[2] >> 4, bytes[2] & 15],
            code,
        }
    }
}

impl fmt::Display for Tlsh {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("T1")?;
        let value = TextTlsh::from(self);
        let mut bytes = value.bytes().iter();
        bytes.try_for_each(|byte| write!(out, "{byte:02X}"))
    }
}

impl FromStr for Tlsh {
    type Err = TlshError;

    fn from_str(text: &str) -> Result<Self, TlshError> {
        let digits = text.strip_prefix("T1").ok_or(TlshError)?.as_bytes();
        if digits.len() != 70 {
            return Err(TlshError);
        }
        let mut bytes = [0; TextTlsh::LEN];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            for digit in pair {
                let value = match digit {
                    b'0'..=b'9' => digit - b'0',
                    b'A'..=b'F' => digit - b'A' + 10,
                    _ => return Err(TlshError),
                };
                *byte = *byte << 4 | value;
            }
        }
        Ok(Self::from(&TextTlsh::new(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with py-tlsh 5.0.0: `tlsh.hash(text.encode())`.
    #[test]
    fn known_answers() {
        let texts = [
            "The rook league meets every Tuesday in the reading room, and newcomers are welcome.".to_owned(),
            "The rook league meets every Wednesday in the reading room, and newcomers are welcome.".to_owned(),
            "اجتمع أعضاء نادي القلعة في قاعة المطالعة القديمة بعد الظهر وتحدثوا عن البطولة القادمة".to_owned(),
            "اجتمع أعضاء نادي القلعة في قاعة المطالعة الجديدة بعد الظهر وتحدثوا عن البطولة القادمة".to_owned(),
            "اجتمع أعضاء نادي القلعة في قاعة المطالعة القديمة بعد الظهر وتحدثوا عن البطولة القادمة. The rook league meets every Tuesday in the reading room, and newcomers are welcome. ".repeat(40),
        ];
        let hashes = [
            "T15BA02203332808AF33203080F0ACC38C2FB08FC2202030C22C00803032B88BC233BCA8",
            "T19EA01103222808AB23202A80AA8C838C2FB08E88202030C2280080B032A88A8223AC88",
            "T16EC04C661E1045750E0B4C4E90C6714CB9B7FE93070AFD7084D71500A9C352A871D53A",
            "T161C04C661E1045710E0BCC4AD0C6715DB9B7FE970609FD7098D71900A9C251A871D53A",
            "T1AE12A7632B1046760B160C4DE0CDA24CBFB3EF830705BDB058C61010B9C242E433DD3A",
        ];
        let hashed = texts.map(|text| Tlsh::of(&text).unwrap());
        assert_eq!(hashed.map(|hash| hash.to_string()), hashes);
        for (one, other, distance) in [
            (0, 1, 37),
            (0, 2, 305),
            (0, 3, 303),
            (0, 4, 289),
            (1, 2, 295),
            (1, 3, 290),
            (1, 4, 287),
            (2, 3, 16),
            (2, 4, 160),
            (3, 4, 168),
        ] {
            assert_eq!(hashed[one].distance(&hashed[other]), distance);
        }
    }

    #[test]
    fn what_is_no_tlsh_is_refused() {
        let hash = Tlsh::of(&"The rook league meets on Tuesday. ".repeat(3))
            .unwrap()
            .to_string();
        assert_eq!(hash.len(), 72);
        for text in [
            "",
            "T1",
            &hash[2..],
            &hash.to_lowercase(),
            &format!("{hash}0"),
            &hash.replace('T', "X"),
        ] {
            assert_eq!(text.parse::<Tlsh>(), Err(TlshError), "{text}");
        }
        assert_eq!(Tlsh::of(&"a".repeat(500)), None, "too uniform");
        assert_eq!(Tlsh::of(&"abcde fghij klmno ".repeat(2)), None, "too short");
    }
}
