//! The second factor: codes that follow from a secret and the time (TOTP, RFC 6238, with SHA-1, six digits and steps of 30
//! seconds, which is what every app for it can do), and codes for whoever has lost theirs.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use model::Sha256;
use sha1::Sha1;
use store::secret_digest;
use subtle::ConstantTimeEq;

use crate::problem::Problem;

/// Bytes of a secret, as RFC 4226 advises.
pub(crate) const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps by which a clock may be wrong.
const SKEW: i64 = 1;
/// Recovery codes that somebody gets.
const CODES: usize = 10;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
pub(crate) fn new_secret() -> Result<[u8; SECRET], Problem> {
    let mut secret = [0; SECRET];
    getrandom::fill(&mut secret).map_err(Problem::internal)?;
    Ok(secret)
}

/// The step of time whose code this is; `None` when it is none that is near. An empty secret, which is one that could not
/// be read, has no code.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).map(western).collect();
    if secret.len() < SECRET || code.len() != 6 {
        return None;
    }
    let step = now.as_second().div_euclid(STEP);
    let mut found = None;
    for step in step - SKEW..=step + SKEW {
        // All are compared, whichever it is.
        if bool::from(self::code(secret, step)?.as_bytes().ct_eq(code.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// The digits of Arabic and Persian keyboards as those of ASCII.
fn western(c: char) -> char {
    let digit = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return c,
    };
    char::from_digit(digit, 10).unwrap_or(c)
}

fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[digest.len() - 1] & 0x0f);
    let four: [u8; 4] = digest.get(at..at + 4)?.try_into().ok()?;
    Some(format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    ))
}

/// Bytes in base32 (RFC 4648), without padding; `bytes` is a whole number of five.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits[3..3 + five.len()].copy_from_slice(five);
        let number = u64::from_be_bytes(bits);
        for at in (0..8).rev() {
            text.push(char::from(BASE32[(number >> (5 * at)) as usize & 31]));
        }
    }
    text
}

/// A secret as [`base32`] wrote it.
pub(crate) fn from_base32(text: &str) -> Option<[u8; SECRET]> {
    let mut secret = [0; SECRET];
    if text.len() != SECRET / 5 * 8 {
        return None;
    }
    for (eight, five) in text.as_bytes().chunks(8).zip(secret.chunks_mut(5)) {
        let mut number = 0_u64;
        for digit in eight {
            number = (number << 5) | BASE32.iter().position(|known| known == digit)? as u64;
        }
        five.copy_from_slice(&number.to_be_bytes()[3..]);
    }
    Some(secret)
}

/// Codes that take the place of the second factor, each once: 80 random bits each.
pub(crate) fn recovery_codes() -> Result<Vec<String>, Problem> {
    (0..CODES)
        .map(|_| {
            let code = &base32(&new_secret()?)[..16];
            Ok([&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-"))
        })
        .collect()
}

/// What a recovery code is known by.
pub(crate) fn recovery_digest(code: &str) -> Sha256 {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret_digest(&code.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8; 20] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_specification() {
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                step_of(SECRET, expected, at(second)),
                Some(second / 30),
                "{second}"
            );
        }
    }

    #[test]
    fn a_code_is_good_near_its_time_and_in_any_digits() {
        for (second, good) in [(59, true), (89, true), (29, true), (90, false), (120, false)] {
            assert_eq!(step_of(SECRET, "287082", at(second)).is_some(), good, "{second}");
        }
        assert!(step_of(SECRET, "٢٨٧ ٠٨٢", at(59)).is_some());
        assert!(step_of(SECRET, "287083", at(59)).is_none());
        assert!(step_of(&[], "287082", at(59)).is_none());
    }

    #[test]
    fn a_secret_is_read_as_it_was_written() {
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(from_base32(&base32(SECRET)), Some(*SECRET));
        for wrong in ["", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQ"] {
            assert_eq!(from_base32(wrong), None);
        }
    }

    #[test]
    fn recovery_codes_differ_and_may_be_typed_in_any_case() {
        let codes = recovery_codes().unwrap();
        let set: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(set.len(), CODES);
        let typed = codes[0].to_lowercase().replace('-', " ");
        assert_eq!(recovery_digest(&typed), recovery_digest(&codes[0]));
    }
}
