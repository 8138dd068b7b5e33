//! What is no text, told before anything is read: in bytes of an unknown kind words, links and addresses stand by chance.

use std::ops::Range;

/// Bytes that are judged together.
const BLOCK: usize = 4096;
/// Of so many bytes of a block one may be a control that no text has, and two always may. In random bytes one of nine is.
const RARE: usize = 32;
/// The same where all else is UTF-8, which random bytes never are: controls between letters are there to hide them, and keys
/// drop them.
const HIDING: usize = 2;
/// Letters that a block may cut, at its beginning and at its end.
const CUT: usize = 2;

/// How two bytes are one unit of UTF-16.
pub(super) type Unit = fn([u8; 2]) -> u16;

/// The stretches of a file that can be text, in order; `wide` is of UTF-16, where every other byte may be 0.
pub(super) fn texts(bytes: &[u8], wide: Option<Unit>) -> Vec<Range<usize>> {
    let mut texts: Vec<Range<usize>> = Vec::new();
    for (number, block) in bytes.chunks(BLOCK).enumerate() {
        if is_binary(block, wide) {
            continue;
        }
        let start = number * BLOCK;
        let end = start + block.len();
        match texts.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => texts.push(start..end),
        }
    }
    texts
}

fn is_binary(block: &[u8], wide: Option<Unit>) -> bool {
    let controls = match wide {
        Some(unit) => {
            let units = block.chunks_exact(2).map(|two| unit([two[0], two[1]]));
            2 * units
                .filter(|unit| u8::try_from(*unit).is_ok_and(is_control) || *unit >= 0xfffe)
                .count()
        }
        None => block.iter().filter(|byte| is_control(**byte)).count(),
    };
    if controls <= 2 {
        return false;
    }
    let utf_8 = || {
        let broken = block.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty());
        broken.take(CUT + 1).count() <= CUT
    };
    controls * RARE > block.len() && (controls * HIDING > block.len() || wide.is_some() || !utf_8())
}

/// The bytes that make a file binary for browsers (WHATWG, *MIME Sniffing*, 4).
const fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=0x08 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn texts_are_told_from_bytes() {
        let arabic = "نادي الشطرنج يجتمع كل ثلاثاء\n".repeat(1000);
        let (windows, ..) = encoding_rs::WINDOWS_1256.encode(&arabic);
        for text in [arabic.as_bytes(), &windows, b"a\tb\r\n\x0c\x1b[1m", b"", b"a\0b"] {
            let whole = texts(text, None);
            assert!(whole.iter().map(ExactSizeIterator::len).sum::<usize>() == text.len());
            assert!(whole.len() <= 1);
        }
        let wide: Vec<u8> = arabic.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let is_whole = |texts: &[Range<usize>], length| texts.len() == 1 && texts[0] == (0..length);
        assert!(is_whole(&texts(&wide, Some(u16::from_le_bytes)), wide.len()));
        assert_eq!(texts(&random(100_000), None), []);
        assert_eq!(texts(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0", None), []);
        let hidden = "ش\0ط\x01ر\0ن\0ج ".repeat(1000);
        assert!(is_whole(&texts(hidden.as_bytes(), None), hidden.len()));
    }

    #[test]
    fn what_stands_between_texts_is_left_out() {
        let text = "The rook league meets on Tuesday.\n".repeat(1000);
        let mut file = text.as_bytes()[..2 * BLOCK].to_vec();
        file.extend(random(3 * BLOCK));
        file.extend(&text.as_bytes()[..BLOCK + 7]);
        assert_eq!(texts(&file, None), [0..2 * BLOCK, 5 * BLOCK..6 * BLOCK + 7]);
    }
}
