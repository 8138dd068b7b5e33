//! Small files that ask for much.

use super::deflate::zeros;
use super::{Made, archives, documents, films, pdf};
use crate::special::png::{SIGNATURE, chunk, header, stored};
use crate::{Format, Picture, photo, special};

/// All of them.
pub(super) fn all() -> Vec<Made> {
    let picture = photo(9, 64, 48);
    let mut all: Vec<Made> = Format::ALL
        .iter()
        .map(|format| ("65,000 pixels wide and high", special::huge(*format)))
        .collect();
    all.extend([
        (
            "a large canvas and many frames",
            special::frame_bomb(4_000, 4_000, 20_000),
        ),
        ("very many frames", special::frame_bomb(16, 16, 200_000)),
        ("many scans", many_scans(&picture, 3_000)),
        (
            "a text that inflates to 50 MB",
            inflating_chunk(b"zTXt", b"Comment\0\0"),
        ),
        (
            "a colour profile that inflates to 50 MB",
            inflating_chunk(b"iCCP", b"profile\0\0"),
        ),
        ("pixels that inflate without end", endless_pixels()),
        ("a canvas of a hundred million pixels", large_canvas()),
    ]);
    all.extend(archives::bombs());
    all.extend(documents::bombs());
    all.extend(pdf::bombs());
    all.extend(films::bombs());
    all
}

/// A progressive JPEG whose last scan comes again and again.
fn many_scans(picture: &Picture, times: usize) -> Vec<u8> {
    let bytes = special::jpeg_progressive(picture, 80);
    let scan = bytes
        .windows(2)
        .rposition(|pair| pair == [0xff, 0xda])
        .unwrap_or(bytes.len());
    let end = bytes.len().saturating_sub(2).max(scan);
    let mut out = bytes[..end].to_vec();
    for _ in 0..times {
        out.extend(&bytes[scan..end]);
    }
    out.extend([0xff, 0xd9]);
    out
}

fn inflating_chunk(kind: &[u8; 4], beginning: &[u8]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    chunk(&mut bytes, b"IHDR", &header(8, 8, false));
    chunk(&mut bytes, kind, &[beginning, &zeros(50 << 20)].concat());
    chunk(&mut bytes, b"IDAT", &stored(&[0; 8 * (8 * 3 + 1)]));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

/// A small picture with far more pixel data than it has pixels.
fn endless_pixels() -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    chunk(&mut bytes, b"IHDR", &header(64, 64, false));
    chunk(&mut bytes, b"IDAT", &zeros(400 << 20));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

/// As many pixels as are allowed by default, all black, in 150 kB.
fn large_canvas() -> Vec<u8> {
    let (width, height) = (10_000, 9_999);
    let mut bytes = SIGNATURE.to_vec();
    chunk(&mut bytes, b"IHDR", &header(width, height, false));
    chunk(
        &mut bytes,
        b"IDAT",
        &zeros((3 * width as usize + 1) * height as usize + 258),
    );
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}
