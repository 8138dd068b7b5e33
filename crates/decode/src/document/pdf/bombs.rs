//! Streams that swell. `hayro` unpacks a stream whole, and whatever it comes to; so all of them are unpacked here first,
//! in small pieces that are thrown away, and counted.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro::hayro_syntax::object::{Object, Stream};
use hayro::hayro_syntax::{Filter, Pdf};
use model::IncompleteReason;

use crate::opening::Opening;
use crate::refusal::malformed;

/// What begins the content of a stream (ISO 32000-2, 7.3.8.1).
const STREAM: &[u8] = b"stream";
/// How much longer than the file all attempts to unpack what is no stream may read.
const ATTEMPTS: u64 = 4;

/// The file, in which streams that unpack to more than may come out of an item are made unreadable. What is hidden from
/// this by a chain of filters or a cipher meets [`check_chains`], and in the end the memory that a worker may have.
pub(super) fn defused(bytes: &[u8], opening: &mut Opening<'_>) -> Vec<u8> {
    let mut data = bytes.to_vec();
    let is_encrypted = find(bytes, b"/Encrypt").is_some();
    let (mut at, mut wasted, mut is_damaged) = (0, 0, false);
    while let Some(next) = find(&bytes[at..], STREAM) {
        let keyword = at + next;
        at = keyword + STREAM.len();
        let content = match &bytes[at..] {
            [b'\r', b'\n', ..] => at + 2,
            [b'\r' | b'\n', ..] => at + 1,
            _ => continue,
        };
        if bytes[..keyword].ends_with(b"end") || wasted > ATTEMPTS * bytes.len() as u64 {
            continue;
        }
        let (limit, named) = (opening.most_unpacked(), opening.unpacked_limit());
        let measured = measure(&bytes[content..], limit);
        opening.add_unpacked(measured.out.min(limit));
        if measured.out > limit {
            opening.gap(IncompleteReason::Unpacked { limit: named });
            // No block of Deflate begins like that, nor does a file of zlib.
            let end = data.len().min(content + 64);
            data[content..end].fill(0xff);
        }
        if measured.is_whole {
            at = content + measured.read as usize;
        } else {
            wasted += measured.read;
            is_damaged |= measured.is_zlib && measured.out <= limit;
        }
    }
    // What is encrypted can look like anything.
    if is_damaged && !is_encrypted {
        opening.gap(malformed("a stream in it is damaged"));
    }
    // The table of objects and what follows it come last in every version of a file (7.5).
    if find_last(bytes, b"startxref") < find_last(bytes, b"endobj") {
        opening.gap(IncompleteReason::Truncated);
    } else if !leads_to_table(bytes) {
        opening.gap(malformed("its table of objects is not where it says"));
    }
    data
}

/// Refuses a document with streams that were packed more than once, or by what [`defused`] does not measure, if they
/// could swell beyond what may come out of an item.
pub(super) fn check_chains(pdf: &Pdf, opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    for object in pdf.objects() {
        let Object::Stream(stream) = object else {
            continue;
        };
        let (limit, named) = (opening.most_unpacked(), opening.unpacked_limit());
        let out = swollen(&stream, limit);
        opening.add_unpacked(out.min(limit));
        if out > limit {
            return Err(IncompleteReason::Unpacked { limit: named });
        }
    }
    Ok(())
}

/// Bytes that a stream may become, as far as [`defused`] did not count them, up to a little more than `limit`.
fn swollen(stream: &Stream<'_>, limit: u64) -> u64 {
    let filters = stream.filters();
    let swells = |filter: &Filter| {
        matches!(
            filter,
            Filter::FlateDecode | Filter::LzwDecode | Filter::RunLengthDecode
        )
    };
    let mut left = filters.iter().filter(|filter| swells(filter)).count();
    let mut data = stream.raw_data();
    let is_as_seen = matches!(data, Cow::Borrowed(_)) && filters.first() == Some(&Filter::FlateDecode);
    if left == 0 || left == 1 && is_as_seen {
        return 0;
    }
    let mut out = 0;
    for filter in &filters {
        left -= usize::from(swells(filter));
        let unpacked = match filter {
            Filter::FlateDecode => inflated(&data, limit),
            Filter::AsciiHexDecode => Some(from_hex(&data)),
            Filter::Ascii85Decode => Some(from_85(&data)),
            // Nobody packs again what these made of something packed.
            Filter::LzwDecode | Filter::RunLengthDecode if left > 0 => None,
            Filter::LzwDecode => return lzw_length(&data),
            Filter::RunLengthDecode => return runs_length(&data),
            Filter::Crypt => continue,
            // What follows is a picture, with a size of its own.
            Filter::CcittFaxDecode | Filter::Jbig2Decode | Filter::DctDecode | Filter::JpxDecode => break,
        };
        let Some(unpacked) = unpacked else {
            return limit.saturating_add(1);
        };
        out = unpacked.len() as u64;
        data = Cow::Owned(unpacked);
    }
    out
}

/// What Deflate holds, unless that is more than `limit`.
fn inflated(data: &[u8], limit: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let _ = ZlibDecoder::new(data)
        .take(limit.saturating_add(1))
        .read_to_end(&mut out);
    (out.len() as u64 <= limit).then_some(out)
}

/// Whether the table of objects, or the stream that is one, begins where the end of the file says (7.5.5). What stands
/// before the header is not always counted.
fn leads_to_table(bytes: &[u8]) -> bool {
    let header = find(&bytes[..bytes.len().min(2048)], b"%PDF-").unwrap_or(0);
    let end = find_last(bytes, b"startxref").map_or(bytes.len(), |at| at + b"startxref".len());
    let digits = bytes[end..]
        .trim_ascii_start()
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let start = digits
        .take(12)
        .fold(0, |start, digit| 10 * start + usize::from(digit - b'0'));
    [start, start + header].into_iter().any(|at| {
        let table = bytes.get(at..).unwrap_or_default();
        let table = table[..table.len().min(64)].trim_ascii_start();
        table.starts_with(b"xref") || table.first().is_some_and(u8::is_ascii_digit)
    })
}

/// Bytes from hexadecimal digits (7.4.2).
fn from_hex(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|byte| **byte != b'>');
    let digits: Vec<u8> = digits
        .filter_map(|digit| char::from(*digit).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
        .collect()
}

/// Bytes from digits of base 85 (7.4.3).
fn from_85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut group, mut held) = (0u32, 0);
    for byte in data {
        match byte {
            b'~' => break,
            b'z' if held == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                held += 1;
                if held == 5 {
                    out.extend(group.to_be_bytes());
                    (group, held) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if held > 1 {
        for _ in held..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(&group.to_be_bytes()[..held - 1]);
    }
    out
}

/// Bytes that run lengths hold (7.4.5).
fn runs_length(data: &[u8]) -> u64 {
    let (mut at, mut out) = (0, 0);
    while let Some(length) = data.get(at).filter(|length| **length != 128) {
        let literal = usize::from(*length) + 1;
        let (held, run) = if *length < 128 {
            (literal, literal)
        } else {
            (1, 258 - literal)
        };
        out += run as u64;
        at += 1 + held;
    }
    out
}

/// Bytes that LZW of 12 bits at most holds (7.4.4): only the lengths of its strings are kept.
fn lzw_length(data: &[u8]) -> u64 {
    const CLEAR: u32 = 256;
    const END: u32 = 257;
    let (mut lengths, mut width, mut last, mut out) = (Vec::<u64>::new(), 9, 0, 0u64);
    let (mut bits, mut held) = (0u32, 0);
    for byte in data {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = bits >> held & ((1 << width) - 1);
        bits &= (1 << held) - 1;
        let length = match code {
            CLEAR => {
                lengths.clear();
                (width, last) = (9, 0);
                continue;
            }
            END => break,
            0..CLEAR => 1,
            code => lengths.get(code as usize - 258).copied().unwrap_or(last + 1),
        };
        out = out.saturating_add(length);
        if last > 0 && lengths.len() < 4096 - 258 {
            lengths.push(last + 1);
        }
        last = length;
        width = match lengths.len() + 258 {
            ..511 => 9,
            511..1023 => 10,
            1023..2047 => 11,
            _ => 12,
        };
    }
    out
}

/// What unpacking came to.
struct Measured {
    out: u64,
    read: u64,
    is_whole: bool,
    is_zlib: bool,
}

/// Unpacks zlib (RFC 1950) or bare Deflate, as `hayro` tries both, to a little more than `limit`.
fn measure(data: &[u8], limit: u64) -> Measured {
    // Of all methods and checks of a zlib header, these are what compressors write (2.2).
    let is_zlib = matches!(data, [0x48 | 0x58 | 0x68 | 0x78, second, ..]
        if (u16::from(data[0]) << 8 | u16::from(*second)).is_multiple_of(31) && second & 0x20 == 0);
    let mut zlib = ZlibDecoder::new(data);
    let outcome = count(&mut zlib, limit);
    if is_zlib || outcome.1 {
        return Measured {
            out: outcome.0,
            read: zlib.total_in(),
            is_whole: outcome.1,
            is_zlib,
        };
    }
    let mut bare = DeflateDecoder::new(data);
    let (out, is_whole) = count(&mut bare, limit);
    Measured {
        out,
        read: bare.total_in() + zlib.total_in(),
        // Anything can look like a few bytes of it.
        is_whole: is_whole && out > limit,
        is_zlib,
    }
}

/// Counts what comes out, and whether all of it did.
fn count(mut packed: impl Read, limit: u64) -> (u64, bool) {
    let mut buffer = [0; 16 << 10];
    let mut out = 0;
    loop {
        match packed.read(&mut buffer) {
            Ok(0) => return (out, true),
            Ok(read) => out += read as u64,
            Err(_) => return (out, false),
        }
        if out > limit {
            return (out, false);
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn find_last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}
