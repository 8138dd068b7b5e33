//! Windows bitmaps, read here: the format is small, and peers see palette indices in it.
//!
//! Source: Microsoft's "Bitmap Storage" (BITMAPCOREHEADER to BITMAPV5HEADER).

use model::IncompleteReason;

use crate::Sink;
use crate::bmp_rle;
use crate::raster::{Collector, Layout, Raster};
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed, unsupported};
use crate::request::Request;

/// Reads the picture of a BMP file.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let header = Header::read(bytes)?;
    check_pixels(header.width as u64, header.height as u64, &request.limits)?;
    let stored = bytes.get(header.offset..).ok_or(IncompleteReason::Truncated)?;
    let (width, height) = (header.width, header.height);
    let reading = match header.coding {
        Coding::Palette { depth, compressed } => {
            let palette = header.palette(bytes, depth);
            let indices = if compressed {
                bmp_rle::indices(stored, depth, width, height).ok_or(IncompleteReason::Truncated)?
            } else {
                packed_indices(rows(stored, &header, depth.into())?, depth, width)
            };
            let mut seen = Collector::new(Layout::Rgb, width, height);
            for row in indices.chunks_exact(width) {
                let row: Vec<u8> = row
                    .iter()
                    .flat_map(|index| palette[usize::from(*index)])
                    .collect();
                seen.push(&row);
            }
            // Pillow drops a palette that says nothing, and then sees bits or grey, which are the indices too.
            Reading {
                compat: Compat::Other(Raster::grey(width, height, indices)),
                ..Reading::first(seen.finish())
            }
        }
        Coding::Masked { bits, masks } => {
            let has_alpha = masks[3].bits > 0;
            let layout = if has_alpha { Layout::Rgba } else { Layout::Rgb };
            let mut seen = Collector::new(layout, width, height);
            let used = if has_alpha { &masks[..] } else { &masks[..3] };
            let step = usize::from(bits / 8);
            let mut line = Vec::with_capacity(width * used.len());
            for row in rows(stored, &header, bits.into())? {
                line.clear();
                for pixel in row.chunks_exact(step).take(width) {
                    let mut value = [0; 4];
                    value[..step].copy_from_slice(pixel);
                    let value = u32::from_le_bytes(value);
                    line.extend(used.iter().map(|mask| mask.of(value)));
                }
                seen.push(&line);
            }
            Reading::first(seen.finish())
        }
    };
    sink(reading);
    Ok(())
}

/// The stored rows from the upper one down.
fn rows<'a>(
    stored: &'a [u8],
    header: &Header,
    bits: usize,
) -> Result<impl Iterator<Item = &'a [u8]> + use<'a>, IncompleteReason> {
    let stride = (header.width * bits).div_ceil(32) * 4;
    let height = header.height;
    // Some writers leave out the padding of the last row.
    let needed = stride * (height - 1) + (header.width * bits).div_ceil(8);
    if stored.len() < needed {
        return Err(IncompleteReason::Truncated);
    }
    let upside_down = !header.top_down;
    Ok((0..height).map(move |y| {
        let y = if upside_down { height - 1 - y } else { y };
        let row = &stored[y * stride..];
        &row[..stride.min(row.len())]
    }))
}

fn packed_indices<'a>(rows: impl Iterator<Item = &'a [u8]>, depth: u8, width: usize) -> Vec<u8> {
    let per_byte = usize::from(8 / depth);
    let mask = ((1u16 << depth) - 1) as u8;
    rows.flat_map(|row| {
        (0..width).map(move |x| row[x / per_byte] >> (8 - usize::from(depth) * (x % per_byte + 1)) & mask)
    })
    .collect()
}

/// One channel within a pixel of 16, 24 or 32 bits.
#[derive(Debug, Clone, Copy, Default)]
struct Mask {
    shift: u32,
    bits: u32,
}

impl Mask {
    fn new(mask: u32) -> Self {
        if mask == 0 {
            return Self::default();
        }
        let shift = mask.trailing_zeros();
        Self {
            shift,
            bits: (mask >> shift).trailing_ones(),
        }
    }

    /// The channel in 8 bits: rounded up from fewer, the upper ones of more.
    fn of(self, pixel: u32) -> u8 {
        let most = ((1u64 << self.bits) - 1) as u32;
        match self.bits {
            0 => 0,
            1..=8 => ((pixel >> self.shift & most) * 255 / most) as u8,
            bits => (pixel >> self.shift >> (bits - 8)) as u8,
        }
    }
}

/// How pixels are stored.
enum Coding {
    Palette { depth: u8, compressed: bool },
    Masked { bits: u16, masks: [Mask; 4] },
}

struct Header {
    width: usize,
    height: usize,
    top_down: bool,
    coding: Coding,
    /// Where the pixels begin.
    offset: usize,
    palette_at: usize,
    /// Colours of the palette as the header says; 0 is as many as there can be.
    palette_size: usize,
    /// Bytes of a palette entry.
    palette_step: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, IncompleteReason> {
        let four = |at: usize| {
            let quad = bytes.get(at..at + 4).and_then(|quad| quad.try_into().ok());
            quad.map(u32::from_le_bytes).ok_or(IncompleteReason::Truncated)
        };
        let two = |at: usize| {
            let pair = bytes.get(at..at + 2).and_then(|pair| pair.try_into().ok());
            pair.map(u16::from_le_bytes).ok_or(IncompleteReason::Truncated)
        };
        let size = four(14)? as usize;
        let after = 14 + size;
        let (width, height, bits, compression, palette_size) = if size == 12 {
            (i32::from(two(18)?), i32::from(two(20)?), two(24)?, 0, 0)
        } else {
            let colours = four(46)? as usize;
            (four(18)? as i32, four(22)? as i32, two(28)?, four(30)?, colours)
        };
        if width <= 0 || height == 0 {
            return Err(malformed("a side of 0 pixels"));
        }
        let plain = |red: u32, green: u32, blue: u32| [red, green, blue, 0].map(Mask::new);
        let mut palette_at = after;
        let coding = match (bits, compression) {
            (1 | 2 | 4 | 8, 0) => Coding::Palette {
                depth: bits as u8,
                compressed: false,
            },
            (8, 1) | (4, 2) => Coding::Palette {
                depth: bits as u8,
                compressed: true,
            },
            (16, 0) => Coding::Masked {
                bits,
                masks: plain(0x7c00, 0x3e0, 0x1f),
            },
            (24 | 32, 0) => Coding::Masked {
                bits,
                masks: plain(0xff_0000, 0xff00, 0xff),
            },
            (16 | 32, 3 | 6) => {
                // The masks lie in the larger headers, or follow the small one, at the same place.
                let has_alpha = size >= 56 || compression == 6;
                palette_at = palette_at.max(if has_alpha { 70 } else { 66 });
                let alpha = if has_alpha { four(66)? } else { 0 };
                let found = [four(54)?, four(58)?, four(62)?, alpha];
                let masks = if found == [0; 4] {
                    plain(0xff_0000, 0xff00, 0xff)
                } else {
                    found.map(Mask::new)
                };
                Coding::Masked { bits, masks }
            }
            (_, 4) => return Err(unsupported("bmp (jpeg inside)")),
            (_, 5) => return Err(unsupported("bmp (png inside)")),
            _ => {
                return Err(malformed(format!(
                    "{bits} bits a pixel with compression {compression}"
                )));
            }
        };
        Ok(Self {
            width: width as usize,
            height: height.unsigned_abs() as usize,
            top_down: height < 0,
            coding,
            offset: four(10)? as usize,
            palette_at,
            palette_size,
            palette_step: if size == 12 { 3 } else { 4 },
        })
    }

    /// RGB of every index; black where the file has no entry.
    fn palette(&self, bytes: &[u8], depth: u8) -> Vec<[u8; 3]> {
        let most = 1usize << depth;
        let size = if self.palette_size == 0 {
            most
        } else {
            self.palette_size.min(most)
        };
        let stored = bytes.get(self.palette_at..).unwrap_or_default();
        let mut palette = vec![[0; 3]; 256];
        for (entry, colour) in palette
            .iter_mut()
            .zip(stored.chunks_exact(self.palette_step).take(size))
        {
            *entry = [colour[2], colour[1], colour[0]];
        }
        palette
    }
}
