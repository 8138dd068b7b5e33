//! Several formats in one file, as A. Albertini's "mitra" makes them: one after the other, one in a remark of the other, or
//! one in a place that the other does not read.

use super::{Made, damage};
use crate::containers::{gzip, tar, zip};
use crate::{Prng, encode, photo};

/// A file that is two or three things, sometimes damaged as well.
pub(super) fn polyglot([pictures, archives, documents, pdfs]: [&[Vec<u8>]; 4], random: &mut Prng) -> Made {
    let picture = photo(u64::from(random.int(0, 9)), 40, 30);
    let jpeg = encode::jpeg(&picture, 80);
    let gif = encode::gif(std::slice::from_ref(&picture));
    let pdf = random.pick(pdfs).clone();
    let (how, bytes) = match random.int(0, 11) {
        0 => (
            "an archive behind a picture",
            [&random.pick(pictures)[..], &random.pick(archives)[..]].concat(),
        ),
        1 => (
            "a PDF behind a picture",
            [&random.pick(pictures)[..], &pdf].concat(),
        ),
        2 => (
            "a document behind an archive",
            [&random.pick(archives)[..], &random.pick(documents)[..]].concat(),
        ),
        3 => (
            "a page in a remark of a JPEG",
            in_jpeg(&jpeg, b"<html><body><p>a page</p></body></html><!--"),
        ),
        4 => ("a PDF in a remark of a JPEG", in_jpeg(&jpeg, &pdf)),
        5 => (
            "a zip in a remark of a JPEG",
            in_jpeg(&jpeg, &zip(&[("a.png", &encode::png(&picture))])),
        ),
        6 => ("a PDF in a remark of a GIF", in_gif(&gif, &pdf)),
        7 => (
            "a page in a remark of a GIF",
            in_gif(&gif, b"<!doctype html><html><body>a page"),
        ),
        8 => (
            "a zip in a stream of a PDF",
            [
                &pdf[..pdf.len() / 2],
                &random.pick(archives)[..],
                &pdf[pdf.len() / 2..],
            ]
            .concat(),
        ),
        9 => (
            "a PDF in the remark of a zip",
            in_zip(&zip(&[("a.jpg", &jpeg)]), &pdf),
        ),
        10 => {
            // The name of the first member of a tar is the beginning of the file.
            let mut bytes = tar(&[("x", &jpeg), ("b.pdf", &pdf)]);
            let mark = *random.pick(&[
                &b"GIF89a"[..],
                b"%PDF-1.4",
                b"\xff\xd8\xff\xfe",
                b"\x1f\x8b\x08\x08",
                b"BM",
            ]);
            bytes[..mark.len()].copy_from_slice(mark);
            ("a tar that begins as something else", bytes)
        }
        _ => {
            let tar = tar(&[("a.jpg", &jpeg)]);
            (
                "a packed tar behind a tar",
                [&tar[..], &gzip(&tar, 9), &zip(&[("a.gif", &gif)])].concat(),
            )
        }
    };
    match random.chance(0.3) {
        true => damage::damage(bytes, pictures, random),
        false => (how, bytes),
    }
}

/// A JPEG with a remark (ISO 10918-1, B.2.4.5) right after its beginning.
fn in_jpeg(jpeg: &[u8], remark: &[u8]) -> Vec<u8> {
    let remark = &remark[..remark.len().min(0xffff - 2)];
    let length = (remark.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xfe], &length, remark, &jpeg[2..]].concat()
}

/// A GIF with a remark (GIF89a, 24) before its first frame.
fn in_gif(gif: &[u8], remark: &[u8]) -> Vec<u8> {
    // Behind the header is a table of colours, where the highest bit of the flags says so.
    let flags = gif[10];
    let table = if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    };
    let (head, rest) = gif.split_at(13 + table);
    let mut bytes = head.to_vec();
    bytes.extend([0x21, 0xfe]);
    for piece in remark.chunks(255) {
        bytes.push(piece.len() as u8);
        bytes.extend(piece);
    }
    bytes.push(0);
    bytes.extend(rest);
    bytes
}

/// A zip with a remark at its end; its length are the last two bytes of a zip without one.
fn in_zip(zip: &[u8], remark: &[u8]) -> Vec<u8> {
    let remark = &remark[..remark.len().min(0xffff)];
    let length = (remark.len() as u16).to_le_bytes();
    [&zip[..zip.len() - 2], &length, remark].concat()
}
