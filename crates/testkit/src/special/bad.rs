//! Bad files by number: mutations of valid ones, files that lie about themselves, bombs, and two formats in one file.
//! All of generated benign pictures.

use super::png::{SIGNATURE, chunk, header, stored};
use crate::special;
use crate::{Format, Picture, Prng, encode, photo};

/// A bad file and how it was made.
#[derive(Debug, Clone)]
pub struct BadFile {
    /// How it was made, in a few words.
    pub how: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Valid small files of every kind that is decoded, to be broken.
pub fn valid_files() -> Vec<Vec<u8>> {
    let picture = photo(4, 40, 30);
    let frames: Vec<Picture> = (0..3).map(|seed| photo(seed, 24, 18)).collect();
    let mut files: Vec<Vec<u8>> = Format::ALL.iter().map(|format| format.encode(&picture)).collect();
    files.extend([
        special::jpeg_progressive(&picture, 80),
        special::jpeg_cmyk(&picture, 80),
        special::jpeg_ycck(&picture, 80),
        special::jpeg_oriented(&picture, 80, 6),
        special::png_palette(&picture),
        special::png_bilevel(&picture),
        special::png_16_bit(&picture),
        special::png_grey_alpha(&picture),
        special::png_interlaced(&picture),
        special::apng(&frames),
        encode::gif(&frames),
    ]);
    files
}

/// Makes bad files, the same for the same number each time.
#[derive(Debug)]
pub struct BadFiles {
    valid: Vec<Vec<u8>>,
    bombs: Vec<BadFile>,
}

impl Default for BadFiles {
    fn default() -> Self {
        Self {
            valid: valid_files(),
            bombs: bombs(),
        }
    }
}

impl BadFiles {
    /// The bad file of that number. Every fortieth is a bomb.
    pub fn get(&self, number: u64) -> BadFile {
        let mut random = Prng::new(number, 0x0062_6164);
        if number.is_multiple_of(40) {
            return self.bombs[(number / 40) as usize % self.bombs.len()].clone();
        }
        let mut bytes = random.pick(&self.valid).clone();
        let at = |random: &mut Prng, length: usize| random.int(0, length.max(1) as u32 - 1) as usize;
        let how = match random.int(0, 7) {
            0 => {
                for _ in 0..random.int(1, 24) {
                    let place = at(&mut random, bytes.len());
                    bytes[place] ^= 1 << random.int(0, 7);
                }
                "bits flipped"
            }
            1 => {
                for _ in 0..random.int(1, 8) {
                    let place = at(&mut random, bytes.len());
                    bytes[place] = *random.pick(&[0, 1, 0x7f, 0x80, 0xfe, 0xff]);
                }
                "extreme bytes"
            }
            2 => {
                bytes.truncate(at(&mut random, bytes.len()));
                "cut off"
            }
            3 => {
                let (from, length) = (at(&mut random, bytes.len()), random.int(1, 64) as usize);
                let to = (from + length).min(bytes.len());
                bytes.drain(from..to);
                "a piece missing"
            }
            4 => {
                let (from, length) = (at(&mut random, bytes.len()), random.int(1, 64) as usize);
                let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
                let to = at(&mut random, bytes.len());
                bytes.splice(to..to, piece);
                "a piece twice"
            }
            5 => {
                // Lengths and dimensions are mostly words of four bytes.
                let place = at(&mut random, bytes.len().saturating_sub(4));
                let word = *random.pick(&[0u32, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff]);
                for (byte, new) in bytes[place..].iter_mut().zip(word.to_be_bytes()) {
                    *byte = new;
                }
                "an extreme word"
            }
            6 => {
                let other = random.pick(&self.valid).clone();
                bytes.truncate(at(&mut random, bytes.len()));
                bytes.extend(&other[at(&mut random, other.len())..]);
                "two halves"
            }
            _ => {
                let other = random.pick(&self.valid);
                bytes.extend(other);
                "two files in one"
            }
        };
        BadFile { how, bytes }
    }
}

/// Small files that ask for much.
fn bombs() -> Vec<BadFile> {
    let bomb = |how, bytes| BadFile { how, bytes };
    let picture = photo(9, 64, 48);
    let mut all: Vec<BadFile> = Format::ALL
        .iter()
        .map(|format| bomb("65,000 pixels wide and high", special::huge(*format)))
        .collect();
    all.extend([
        bomb(
            "a large canvas and many frames",
            special::frame_bomb(4_000, 4_000, 20_000),
        ),
        bomb("very many frames", special::frame_bomb(16, 16, 200_000)),
        bomb("many scans", many_scans(&picture, 3_000)),
        bomb(
            "a text that inflates to 50 MB",
            inflating_chunk(b"zTXt", b"Comment\0\0"),
        ),
        bomb(
            "a colour profile that inflates to 50 MB",
            inflating_chunk(b"iCCP", b"profile\0\0"),
        ),
        bomb("pixels that inflate without end", endless_pixels()),
        bomb("a canvas of a hundred million pixels", large_canvas()),
    ]);
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

/// Zlib data that inflate to so many zeros: blocks of a fixed code, 258 zeros in two bytes or so.
fn zeros(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.bytes.extend([0x78, 0x9c]);
    // The last block, fixed codes; a literal zero, then copies of length 258 at distance 1.
    bits.low(0b011, 3);
    bits.high(0b0011_0000, 8);
    for _ in 0..length / 258 {
        // Length 258 is code 285, 8 bits: 11000101; distance 1 is code 0, 5 bits.
        bits.high(0b1100_0101, 8);
        bits.high(0, 5);
    }
    bits.high(0, 7);
    let mut bytes = bits.finish();
    // The checksum of nothing in particular; readers that stop at their limit never come to it.
    bytes.extend([0; 4]);
    bytes
}

/// Bits of a deflate stream.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u8,
    count: u8,
}

impl Bits {
    fn bit(&mut self, bit: bool) {
        self.held |= u8::from(bit) << self.count;
        self.count += 1;
        if self.count == 8 {
            self.bytes.push(self.held);
            (self.held, self.count) = (0, 0);
        }
    }

    /// The lowest bit first.
    fn low(&mut self, value: u32, count: u32) {
        (0..count).for_each(|k| self.bit(value >> k & 1 == 1));
    }

    /// The highest bit first, as codes are.
    fn high(&mut self, value: u32, count: u32) {
        (0..count).rev().for_each(|k| self.bit(value >> k & 1 == 1));
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.bit(false);
        }
        self.bytes
    }
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
