//! Codes by which somebody without an account asks after what they have sent, or appeals. A code has 120 random bits, so
//! that nobody guesses another's; of it only the digest is kept.

use model::Sha256;

use crate::StoreError;
use crate::api_key::{Secret, secret_digest};

/// Random bytes of a code: 24 characters of five bits.
const BYTES: usize = 15;

/// What a code is good for: one for the one thing is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To ask after a report.
    Report,
    /// To ask after an appeal.
    Appeal,
    /// To appeal against a decision.
    Decision,
}

/// Digits of Crockford's base 32: none that is taken for another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new code, and its digest.
pub(crate) fn new(purpose: Purpose) -> Result<(Secret, Sha256), StoreError> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).map_err(StoreError::Random)?;
    let text = written(&random);
    let digest = digest(purpose, &text);
    Ok((Secret::new(text), digest))
}

/// The digest of a code as somebody has typed it: capitals, blanks and hyphens do not matter, nor do letters and digits that
/// look alike, nor which digits a keyboard has.
pub(crate) fn digest(purpose: Purpose, typed: &str) -> Sha256 {
    let known: String = typed
        .chars()
        .take(200)
        .filter_map(|c| match c {
            'o' | 'O' => Some('0'),
            'i' | 'I' | 'l' | 'L' => Some('1'),
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
            '٠'..='٩' => char::from_digit(u32::from(c) - u32::from('٠'), 10),
            '۰'..='۹' => char::from_digit(u32::from(c) - u32::from('۰'), 10),
            _ => None,
        })
        .collect();
    let purpose = match purpose {
        Purpose::Report => "report",
        Purpose::Appeal => "appeal",
        Purpose::Decision => "decision",
    };
    secret_digest(&format!("basira code for a {purpose}\n{known}"))
}

/// Six groups of four.
fn written(random: &[u8; BYTES]) -> String {
    let mut text = String::with_capacity(29);
    for (number, piece) in random.chunks_exact(5).enumerate() {
        let bits = piece
            .iter()
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for digit in 0..8 {
            if digit % 4 == 0 && (number, digit) != (0, 0) {
                text.push('-');
            }
            let at = (bits >> (35 - 5 * digit)) & 31;
            text.push(char::from(DIGITS[at as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_in_groups_and_differ() {
        assert_eq!(written(&[0; BYTES]), "0000-0000-0000-0000-0000-0000");
        assert_eq!(written(&[255; BYTES]), "zzzz-zzzz-zzzz-zzzz-zzzz-zzzz");
        let mut bytes = [0; BYTES];
        bytes[4] = 1;
        bytes[14] = 33;
        assert_eq!(written(&bytes), "0000-0001-0000-0000-0000-0011");
        let (one, digest_one) = new(Purpose::Report).unwrap();
        let (two, digest_two) = new(Purpose::Report).unwrap();
        assert_ne!(one.reveal(), two.reveal());
        assert_ne!(digest_one, digest_two);
        assert_eq!(digest(Purpose::Report, one.reveal()), digest_one);
    }

    #[test]
    fn a_code_is_read_as_people_type_it_and_for_its_purpose_alone() {
        let known = digest(Purpose::Report, "0a1b-2345");
        for typed in ["OAIB 2345", " 0a1b2345 ", "oalb-٢٣٤٥", "0A1B-۲۳۴۵"] {
            assert_eq!(digest(Purpose::Report, typed), known, "{typed}");
        }
        assert_ne!(digest(Purpose::Appeal, "0a1b-2345"), known);
        assert_ne!(digest(Purpose::Report, "0a1b-2346"), known);
    }
}
