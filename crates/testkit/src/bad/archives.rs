//! Archives: valid ones, ones that lie about themselves, and ones that unpack to far more than they are.

use super::Made;
use super::deflate::{raw_zeros, zeros};
use crate::containers::{Member, bzip2, gzip, seven, tar, xz, zip, zstd};

/// Bytes that unpack from most bombs: more than a member may have.
const MUCH: usize = 24 << 20;

/// Small valid archives of every kind, some within others.
pub fn valid_archives(picture: &[u8]) -> Vec<Vec<u8>> {
    let members: &[Member<'_>] = &[("a/b.png", picture), ("notes.txt", b"a text of the league")];
    let (zipped, taped) = (zip(members), tar(members));
    vec![
        seven(members),
        gzip(picture, 6),
        gzip(&taped, 9),
        bzip2(picture),
        bzip2(&taped),
        xz(picture),
        xz(&taped),
        zstd(picture),
        zstd(&taped),
        seven(&[("in.zip", &zipped)]),
        zip(&[("in.tar", &taped), ("in.zip", &zipped)]),
        tar(&[("in.7z", &seven(members)), ("in.xz", &xz(picture))]),
        overlapping(3),
        quoting(3, 1000),
        zipped,
        taped,
    ]
}

/// Archives that lie about themselves.
pub(super) fn forged(picture: &[u8]) -> Vec<Made> {
    let taped = tar(&[("a.png", picture), ("b.txt", b"text")]);
    let sized = |size: &[u8]| {
        let mut bytes = taped.clone();
        tar_field(&mut bytes, 124, size);
        bytes
    };
    let kind = |kind: u8, size: &[u8]| {
        let mut bytes = taped.clone();
        tar_field(&mut bytes, 124, size);
        tar_field(&mut bytes, 156, &[kind]);
        bytes
    };
    let mut sparse = kind(b'S', b"00000001000\0");
    // GNU's sparse header: pieces from byte 386, the size when unpacked at 483.
    tar_field(&mut sparse, 386, b"77777777000\x0000000001000\0");
    tar_field(&mut sparse, 483, b"77777777777\0");
    let whole = zip(&[("a.png", picture)]);
    vec![
        ("a tar member of 8 GB", sized(b"77777777777\0")),
        (
            "a tar member of 2^62 bytes",
            sized(&[0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]),
        ),
        ("a tar member of less than nothing", sized(&[0xff; 12])),
        ("a long name of 8 GB", kind(b'L', b"77777777777\0")),
        ("a tar header of its own of 8 GB", kind(b'x', b"77777777777\0")),
        (
            "a global tar header that is a picture",
            kind(b'g', b"00000000200\0"),
        ),
        ("a sparse tar member of 8 GB", sparse),
        ("sizes for zip64 without zip64", patched(&whole, 20, &[0xff; 8])),
        ("a zip64 member of 2^63 bytes", zip64()),
        (
            "a zip directory at 4 GB",
            end_patched(&whole, 16, &[0xff, 0xff, 0xff, 0xfe]),
        ),
        (
            "a zip of 65,534 members in one",
            end_patched(&whole, 8, &[0xfe, 0xff, 0xfe, 0xff]),
        ),
        (
            "a zip member that is packed as nobody knows",
            patched(&whole, 10, &[77, 0]),
        ),
        ("a 7z whose header is of 2^60 bytes", seven_header(1 << 60)),
        ("a 7z whose header is of 200 MB", seven_header(200 << 20)),
        ("a Zstandard window of 2^41 bytes", zstd_runs(0xff, 4)),
        (
            "gzip in gzip, 40 times",
            (0..40).fold(picture.to_vec(), |inner, _| gzip(&inner, 1)),
        ),
        (
            "zip in zip, 30 times",
            (0..30).fold(picture.to_vec(), |inner, _| zip(&[("inner", &inner)])),
        ),
        (
            "names that are paths, controls and very long",
            zip(&[
                ("../../etc/passwd", picture),
                ("/\u{202e}gnp.\u{7}exe", picture),
                (&"long/".repeat(6_000), picture),
            ]),
        ),
    ]
}

/// Archives that unpack to far more than they are.
pub(super) fn bombs() -> Vec<Made> {
    let nothing = vec![0; MUCH];
    let mut nested = zip(&[("0", &nothing)]);
    for _ in 0..4 {
        let names: Vec<String> = (0..16).map(|number| number.to_string()).collect();
        let members: Vec<Member<'_>> = names.iter().map(|name| (name.as_str(), &nested[..])).collect();
        nested = zip(&members);
    }
    let many: Vec<String> = (0..20_000).map(|number| number.to_string()).collect();
    let many: Vec<Member<'_>> = many.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    vec![
        ("a gzip bomb", gzip(&nothing, 9)),
        ("a gzip bomb in a gzip bomb", gzip(&gzip(&nothing, 9), 9)),
        ("a bzip2 bomb", bzip2(&nothing)),
        ("an xz bomb", xz(&nothing)),
        ("a 7z bomb", seven(&[("0", &nothing)])),
        ("a Zstandard bomb of 2 GB", zstd_runs(0x38, 16_000)),
        ("sixteen zips in each of sixteen zips, four times", nested),
        ("2,000 members that are one", overlapping(2_000)),
        ("200 members that quote each other", quoting(200, 1 << 20)),
        ("20,000 members of a zip", zip(&many)),
        ("20,000 members of a packed tar", gzip(&tar(&many), 9)),
    ]
}

/// Writes into the first header of a tar, and its checksum anew.
fn tar_field(bytes: &mut [u8], at: usize, field: &[u8]) {
    bytes[at..at + field.len()].copy_from_slice(field);
    bytes[148..156].fill(b' ');
    let sum: u32 = bytes[..512].iter().map(|byte| u32::from(*byte)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// The first place of a mark.
fn find(bytes: &[u8], mark: &[u8]) -> usize {
    let found = bytes.windows(mark.len()).position(|window| window == mark);
    found.unwrap_or_default()
}

/// A zip with other bytes in the first row of its directory, and the same in the member's own header, where they lie two bytes
/// earlier.
fn patched(zip: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = zip.to_vec();
    let row = find(zip, b"PK\x01\x02") + at;
    bytes[row..row + with.len()].copy_from_slice(with);
    bytes[at - 2..at - 2 + with.len()].copy_from_slice(with);
    bytes
}

/// A zip with other bytes in the end of its directory.
fn end_patched(zip: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = zip.to_vec();
    let end = find(zip, b"PK\x05\x06") + at;
    bytes[end..end + with.len()].copy_from_slice(with);
    bytes
}

/// A member of a zip as its headers tell it (PKWARE's note, 4.3.7 and 4.3.12).
struct Row {
    name: String,
    crc: u32,
    packed: u32,
    size: u32,
    extra: Vec<u8>,
}

impl Row {
    /// What both headers have in common: version, flags, method (deflate), time, CRC, sizes, lengths.
    fn middle(&self) -> Vec<u8> {
        let mut bytes = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        for word in [self.crc, self.packed, self.size] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend((self.extra.len() as u16).to_le_bytes());
        bytes
    }

    fn local(&self) -> Vec<u8> {
        [
            b"PK\x03\x04",
            &self.middle()[..],
            self.name.as_bytes(),
            &self.extra,
        ]
        .concat()
    }

    fn listed(&self, at: u32) -> Vec<u8> {
        let mut bytes = b"PK\x01\x02\x14\0".to_vec();
        bytes.extend(self.middle());
        // No remark, first disk, no attributes.
        bytes.extend([0; 10]);
        bytes.extend(at.to_le_bytes());
        bytes.extend(self.name.as_bytes());
        bytes.extend(&self.extra);
        bytes
    }
}

/// The end of a zip: its directory and where that lies (4.3.16).
fn finish(mut bytes: Vec<u8>, directory: &[Vec<u8>]) -> Vec<u8> {
    let at = bytes.len() as u32;
    let rows = (directory.len() as u16).to_le_bytes();
    let directory = directory.concat();
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([rows, rows].concat());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(at.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn crc(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

/// A zip whose directory lists one member again and again.
fn overlapping(times: usize) -> Vec<u8> {
    let packed = raw_zeros(258 * 4_000);
    let mut row = Row {
        name: "00000".to_owned(),
        crc: crc(&vec![0; 258 * 4_000 + 1]),
        packed: packed.len() as u32,
        size: 258 * 4_000 + 1,
        extra: Vec::new(),
    };
    let bytes = [row.local(), packed].concat();
    let directory: Vec<Vec<u8>> = (0..times)
        .map(|number| {
            row.name = format!("{number:05}");
            row.listed(0)
        })
        .collect();
    finish(bytes, &directory)
}

/// A zip whose members overlap as in D. Fifield's "A better zip bomb" (WOOT 2019): each quotes the header of the next one
/// and goes on with its content.
fn quoting(members: usize, kernel: usize) -> Vec<u8> {
    let length = kernel / 258 * 258 + 1;
    let mut content = vec![0; length];
    let mut packed = raw_zeros(length);
    // From the last member to the first; what was written is reversed in pieces at the end.
    let (mut pieces, mut rows) = (Vec::new(), Vec::new());
    let mut kernel = Some(std::mem::take(&mut packed));
    let mut packed_length = 0u32;
    for number in (0..members).rev() {
        let piece = kernel.take().unwrap_or_default();
        packed_length += piece.len() as u32;
        if !piece.is_empty() {
            pieces.push(piece);
        }
        let row = Row {
            name: format!("{number:04}"),
            crc: crc(&content),
            packed: packed_length,
            size: content.len() as u32,
            extra: Vec::new(),
        };
        let local = row.local();
        // A stored block that is not the last: its length, and the same with all bits turned.
        let count = local.len() as u16;
        let mut quote = vec![0];
        quote.extend(count.to_le_bytes());
        quote.extend((!count).to_le_bytes());
        packed_length += (quote.len() + local.len()) as u32;
        content = [&local[..], &content].concat();
        pieces.push(local);
        pieces.push(quote);
        rows.push(row);
    }
    // Nobody quotes the first one.
    pieces.pop();
    pieces.reverse();
    rows.reverse();
    let bytes = pieces.concat();
    let step = rows.first().map_or(0, |row| row.local().len() + 5);
    let directory: Vec<Vec<u8>> = rows
        .iter()
        .enumerate()
        .map(|(number, row)| row.listed((number * step) as u32))
        .collect();
    finish(bytes, &directory)
}

/// A zip whose member says by zip64 (4.5.3) that it has 2^63 bytes.
fn zip64() -> Vec<u8> {
    let packed = raw_zeros(258 * 10);
    let mut extra = vec![1, 0, 16, 0];
    extra.extend((1u64 << 63).to_le_bytes());
    extra.extend((packed.len() as u64).to_le_bytes());
    let row = Row {
        name: "large".to_owned(),
        crc: 0,
        packed: u32::MAX,
        size: u32::MAX,
        extra,
    };
    finish([row.local(), packed].concat(), &[row.listed(0)])
}

/// A 7z with nothing but the announcement of a header.
fn seven_header(size: u64) -> Vec<u8> {
    let mut start = [0u64, size].map(u64::to_le_bytes).concat();
    start.extend([0; 4]);
    let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    bytes.extend(crc(&start).to_le_bytes());
    bytes.extend(start);
    bytes.extend(zeros(1000));
    bytes
}

/// A Zstandard frame (RFC 8878, 3.1.1) of blocks that are one byte 128 KiB times each.
fn zstd_runs(window: u8, blocks: usize) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0, window];
    for block in 1..=blocks {
        let header = u32::from(block == blocks) | 1 << 1 | (128 << 10) << 3;
        bytes.extend(&header.to_le_bytes()[..3]);
        bytes.push(0);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn members_that_overlap_are_sound_all_the_same() {
        for bytes in [overlapping(3), quoting(3, 1000)] {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            assert_eq!(archive.len(), 3);
            for number in 0..3 {
                let mut content = Vec::new();
                archive
                    .by_index(number)
                    .unwrap()
                    .read_to_end(&mut content)
                    .unwrap();
                assert!(content.len() > 700);
            }
        }
    }

    #[test]
    fn runs_are_a_sound_frame() {
        let bytes = zstd_runs(0x38, 3);
        let mut content = Vec::new();
        ruzstd::decoding::StreamingDecoder::new(&bytes[..])
            .unwrap()
            .read_to_end(&mut content)
            .unwrap();
        assert_eq!(content.len(), 3 * (128 << 10));
    }
}
