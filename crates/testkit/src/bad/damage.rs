//! Damage to valid files, of the kinds that zzuf and other fuzzers do.

use super::Made;
use crate::Prng;

/// One of the files, damaged.
pub(super) fn damaged(valid: &[Vec<u8>], random: &mut Prng) -> Made {
    let bytes = random.pick(valid).clone();
    damage(bytes, valid, random)
}

/// A file, damaged, perhaps with the help of another.
pub(super) fn damage(mut bytes: Vec<u8>, valid: &[Vec<u8>], random: &mut Prng) -> Made {
    let at = |random: &mut Prng, length: usize| random.int(0, length.max(1) as u32 - 1) as usize;
    let how = match random.int(0, 9) {
        0 => {
            for _ in 0..random.int(1, 24) {
                let place = at(random, bytes.len());
                bytes[place] ^= 1 << random.int(0, 7);
            }
            "bits flipped"
        }
        1 => {
            for _ in 0..random.int(1, 8) {
                let place = at(random, bytes.len());
                bytes[place] = *random.pick(&[0, 1, 0x7f, 0x80, 0xfe, 0xff]);
            }
            "extreme bytes"
        }
        2 => {
            bytes.truncate(at(random, bytes.len()));
            "cut off"
        }
        3 => {
            let (from, length) = (at(random, bytes.len()), random.int(1, 64) as usize);
            let to = (from + length).min(bytes.len());
            bytes.drain(from..to);
            "a piece missing"
        }
        4 => {
            let (from, length) = (at(random, bytes.len()), random.int(1, 64) as usize);
            let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
            let to = at(random, bytes.len());
            bytes.splice(to..to, piece);
            "a piece twice"
        }
        5 => {
            // Lengths and dimensions are mostly words of four bytes.
            let place = at(random, bytes.len().saturating_sub(4));
            let word = *random.pick(&[0u32, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff]);
            for (byte, new) in bytes[place..].iter_mut().zip(word.to_be_bytes()) {
                *byte = new;
            }
            "an extreme word"
        }
        6 => {
            // What zzuf does: each bit of the file turns with the same small probability.
            let ratio = *random.pick(&[0.0005, 0.004, 0.03]);
            for byte in &mut bytes {
                *byte ^= (0..8).fold(0, |mask, bit| mask | u8::from(random.chance(ratio)) << bit);
            }
            "a share of all bits flipped"
        }
        7 => {
            // Numbers that are written as digits: sizes in tar, PDF and XML.
            let digits: Vec<usize> = (0..bytes.len())
                .filter(|at| bytes[*at].is_ascii_digit())
                .collect();
            for _ in 0..random.int(1, 4).min(digits.len() as u32) {
                bytes[*random.pick(&digits)] = *random.pick(b"0179-");
            }
            "other digits"
        }
        8 => {
            let other = random.pick(valid).clone();
            bytes.truncate(at(random, bytes.len()));
            bytes.extend(&other[at(random, other.len())..]);
            "two halves"
        }
        _ => {
            let other = random.pick(valid);
            bytes.extend(other);
            "two files in one"
        }
    };
    (how, bytes)
}
