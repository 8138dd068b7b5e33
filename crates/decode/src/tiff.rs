//! TIFF and BigTIFF, by the `tiff` crate. Further pages are sampled like the frames of an animation.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use ::tiff::decoder::{BufferLayoutPreference, ChunkType, Decoder};
use ::tiff::tags::Tag;
use ::tiff::{ColorType, TiffError};
use model::IncompleteReason;

use crate::Sink;
use crate::canvas::sampled;
use crate::ifd::{Directory, Structure, chain};
use crate::jpeg;
use crate::orientation::{self, Orientation};
use crate::raster::Raster;
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed, unsupported};
use crate::request::{Limits, Request};
use crate::tiff_pixels::{Page, Samples};

type Source<'a> = Decoder<Cursor<&'a [u8]>>;

/// Pages that are counted; a longer file is an attack on the clock.
const MAX_PAGES: usize = 10_000;
const PHOTOMETRIC: u16 = 262;
const COMPRESSION: u16 = 259;
const PALETTE: u16 = 3;
const BLACK_IS_ZERO: u16 = 1;
const NO_COMPRESSION: u16 = 1;
const JPEG_COMPRESSION: u16 = 7;

fn refuse(error: TiffError) -> IncompleteReason {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => IncompleteReason::Truncated,
        TiffError::UnsupportedError(error) => unsupported(format!("tiff ({error})")),
        error => malformed(error),
    }
}

/// Reads the first page of a TIFF file, and sampled later ones.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let (structure, first) = Structure::open(bytes).ok_or(IncompleteReason::Truncated)?;
    let pages = chain(structure, first, MAX_PAGES);
    if pages.is_empty() {
        return Err(IncompleteReason::Truncated);
    }
    let readable = with_palettes_as_grey(bytes, structure, &pages);
    let mut decoder = Decoder::new(Cursor::new(&readable[..])).map_err(refuse)?;
    for number in sampled(pages.len() as u32, request.limits.max_frames) {
        let directory = pages[number as usize];
        if number > 0 {
            decoder.seek_to_image(number as usize).map_err(refuse)?;
        }
        let page = read_page(&mut decoder, bytes, structure, directory, request)?;
        let orientation = structure
            .short(directory, orientation::TAG)
            .map_or(Orientation::Upright, |(number, _)| {
                Orientation::from_number(number)
            });
        let turned = |raster: Raster| match orientation {
            Orientation::Upright => raster,
            orientation => raster.upright(orientation),
        };
        let (raster, compat) = page.rasters();
        // Unlike in other formats, Pillow applies the orientation too.
        sink(if number == 0 {
            Reading {
                compat: match compat {
                    Compat::Other(taken) => Compat::Other(turned(taken)),
                    compat => compat,
                },
                ..Reading::first(turned(raster))
            }
        } else {
            Reading::later(number, turned(raster))
        });
    }
    Ok(())
}

/// The decoder refuses palettes: it is told that their indices are grey.
fn with_palettes_as_grey<'a>(
    bytes: &'a [u8],
    structure: Structure<'_>,
    pages: &[Directory],
) -> Cow<'a, [u8]> {
    let mut bytes = Cow::Borrowed(bytes);
    for page in pages {
        if let Some((PALETTE, at)) = structure.short(*page, PHOTOMETRIC) {
            let grey = if structure.is_little_endian() {
                BLACK_IS_ZERO.to_le_bytes()
            } else {
                BLACK_IS_ZERO.to_be_bytes()
            };
            bytes.to_mut()[at..at + 2].copy_from_slice(&grey);
        }
    }
    bytes
}

fn read_page(
    decoder: &mut Source<'_>,
    bytes: &[u8],
    structure: Structure<'_>,
    directory: Directory,
    request: &Request,
) -> Result<Page, IncompleteReason> {
    let (width, height) = decoder.dimensions().map_err(refuse)?;
    check_pixels(width.into(), height.into(), &request.limits)?;
    let colour = decoder.colortype().map_err(refuse)?;
    let is_palette = structure.short(directory, PHOTOMETRIC).map(|(value, _)| value) == Some(PALETTE);
    let compression = structure
        .short(directory, COMPRESSION)
        .map_or(NO_COMPRESSION, |(value, _)| value);
    let samples = match colour {
        ColorType::Gray(_) if is_palette => Samples::Palette(palette(decoder)?),
        ColorType::Gray(_) => Samples::Grey,
        ColorType::Multiband { num_samples: 2, .. } if !is_palette => Samples::GreyAlpha,
        ColorType::RGB(_) => Samples::Rgb,
        ColorType::RGBA(_) => Samples::Rgba,
        ColorType::CMYK(_) => Samples::Cmyk,
        ColorType::YCbCr(_) => Samples::YCbCr {
            peers_see_rgb: compression != NO_COMPRESSION,
        },
        other => return Err(unsupported(format!("tiff ({other:?})"))),
    };
    let depth = colour.bit_depth();
    let fits = matches!(
        (&samples, depth),
        (Samples::Grey | Samples::Palette(_), 1 | 2 | 4) | (_, 8 | 16)
    );
    let unsigned = decoder
        .find_tag_unsigned_vec::<u16>(Tag::SampleFormat)
        .map_err(refuse)?;
    if !fits || unsigned.is_some_and(|formats| formats.iter().any(|format| *format != 1)) {
        return Err(unsupported(format!("tiff ({colour:?})")));
    }
    if compression == JPEG_COMPRESSION {
        check_jpeg_chunks(decoder, bytes, &request.limits)?;
    }
    let extra = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)
        .map_err(refuse)?;
    let layout = decoder.image_buffer_layout().map_err(refuse)?;
    // No sample layout that is read here has more than 8 bytes a pixel.
    if layout.complete_len as u64 > 8 * u64::from(width) * u64::from(height) {
        return Err(malformed("more samples a pixel than it says"));
    }
    let mut data = vec![0; layout.complete_len];
    if layout.planes > 1 && decoder.get_chunk_type() == ChunkType::Tile {
        read_tiles_of_planes(decoder, &layout, &mut data, &request.limits)?;
    } else {
        decoder.read_image_bytes(&mut data).map_err(refuse)?;
    }
    Ok(Page {
        width: width as usize,
        height: height as usize,
        samples,
        depth,
        extra: extra.and_then(|extra| extra.first().copied()),
        planes: layout.planes.max(1),
        big_endian: !structure.is_little_endian(),
        data,
    })
}

/// Reads the tiles of every plane. The decoder itself takes the lowest tiles of all planes but the first for whole ones
/// where the picture ends within them, and panics; so each tile is read by itself, and cut here.
fn read_tiles_of_planes(
    decoder: &mut Source<'_>,
    layout: &BufferLayoutPreference,
    data: &mut [u8],
    limits: &Limits,
) -> Result<(), IncompleteReason> {
    let (width, height) = decoder.dimensions().map_err(refuse)?;
    let (across, down) = decoder.chunk_dimensions();
    let plane_stride = layout.plane_stride.map_or(data.len(), usize::from);
    let row_bytes = plane_stride / (height as usize).max(1);
    // A sample has 8 or 16 bits, as only grey and palettes, which have one plane, have fewer.
    let sample = row_bytes / (width as usize).max(1);
    let (across, down) = (across.max(1), down.max(1));
    let (columns, rows) = (width.div_ceil(across), height.div_ceil(down));
    check_pixels(across.min(width).into(), down.into(), limits)?;
    for (plane, data) in data.chunks_exact_mut(plane_stride).enumerate() {
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let number = (plane as u32 * rows + row) * columns + column;
            let of_tile = decoder.image_chunk_buffer_layout(number).map_err(refuse)?;
            let mut tile = vec![0; of_tile.len];
            decoder.read_chunk_bytes(number, &mut tile).map_err(refuse)?;
            let (left, top) = ((column * across) as usize * sample, (row * down) as usize);
            let stride = of_tile.row_stride.map_or(tile.len(), usize::from);
            let below = data.chunks_exact_mut(row_bytes.max(1)).skip(top);
            for (into, from) in below.zip(tile.chunks_exact(stride.max(1))) {
                let into = into.get_mut(left..).unwrap_or_default();
                let bytes = into.len().min(from.len());
                into[..bytes].copy_from_slice(&from[..bytes]);
            }
        }
    }
    Ok(())
}

/// RGB of every index: 16 bits a channel in the file, all reds first.
fn palette(decoder: &mut Source<'_>) -> Result<Vec<[u8; 3]>, IncompleteReason> {
    let stored = decoder
        .find_tag_unsigned_vec::<u16>(Tag::ColorMap)
        .map_err(refuse)?
        .ok_or_else(|| malformed("a palette picture without a palette"))?;
    let size = stored.len() / 3;
    let channel = |of: usize, index: usize| (stored[of * size + index] >> 8) as u8;
    let mut palette = vec![[0; 3]; 256];
    for (index, entry) in palette.iter_mut().enumerate().take(size) {
        *entry = [channel(0, index), channel(1, index), channel(2, index)];
    }
    Ok(palette)
}

/// The decoder gives its JPEG streams whatever size they ask for; so they are looked at before it does.
fn check_jpeg_chunks(
    decoder: &mut Source<'_>,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(), IncompleteReason> {
    for tag in [Tag::StripOffsets, Tag::TileOffsets] {
        let offsets = decoder.find_tag_unsigned_vec::<u64>(tag).map_err(refuse)?;
        for offset in offsets.unwrap_or_default() {
            let stream = usize::try_from(offset).ok().and_then(|at| bytes.get(at..));
            let found = jpeg::declared_pixels(stream.ok_or(IncompleteReason::Truncated)?)?;
            check_pixels(found, 1, limits)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::HashMode;

    use super::*;
    use crate::raster::Pixels;

    /// RGB of 8 or 16 bits a sample, little-endian and not compressed, in tiles of 16 by 16, one plane after the other.
    /// `colour` tells the high byte of a sample.
    fn tiles_of_planes(
        width: u32,
        height: u32,
        bits: u16,
        colour: impl Fn(usize, u32, u32) -> u8,
    ) -> Vec<u8> {
        let (columns, rows) = (width.div_ceil(16), height.div_ceil(16));
        let count = 3 * columns * rows;
        let tile_bytes = 16 * 16 * u32::from(bits / 8);
        let mut tiles = Vec::new();
        for (plane, row, column) in (0..3).flat_map(|plane| {
            (0..rows).flat_map(move |row| (0..columns).map(move |column| (plane, row, column)))
        }) {
            for (y, x) in (0..16).flat_map(|y| (0..16).map(move |x| (y, x))) {
                let value = colour(plane, 16 * column + x, 16 * row + y);
                tiles.extend(vec![value; usize::from(bits / 8)]);
            }
        }
        // The directory, what does not fit into it, the tiles.
        let entries = 11;
        let after = 8 + 2 + 12 * entries + 4;
        let (depths_at, offsets_at) = (after, after + 6);
        let sizes_at = offsets_at + 4 * count;
        let tiles_at = sizes_at + 4 * count;
        let mut file = b"II*\0\x08\0\0\0".to_vec();
        file.extend((entries as u16).to_le_bytes());
        let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(count.to_le_bytes());
            file.extend(value.to_le_bytes());
        };
        let (short, long) = (3, 4);
        entry(256, long, 1, width);
        entry(257, long, 1, height);
        entry(258, short, 3, depths_at);
        entry(COMPRESSION, short, 1, 1);
        entry(PHOTOMETRIC, short, 1, 2);
        entry(277, short, 1, 3);
        entry(284, short, 1, 2);
        entry(322, long, 1, 16);
        entry(323, long, 1, 16);
        entry(324, long, count, offsets_at);
        entry(325, long, count, sizes_at);
        file.extend([0; 4]);
        file.extend([bits; 3].map(u16::to_le_bytes).concat());
        (0..count).for_each(|tile| file.extend((tiles_at + tile * tile_bytes).to_le_bytes()));
        (0..count).for_each(|_| file.extend(tile_bytes.to_le_bytes()));
        file.extend(tiles);
        file
    }

    #[test]
    fn tiles_of_planes_are_read_where_the_picture_ends_within_them() {
        let colour = |plane: usize, x: u32, y: u32| (90 * plane as u32 + 5 * x + 3 * y) as u8;
        for (width, height, bits) in [(20, 22, 8), (20, 22, 16), (32, 16, 8), (5, 40, 16), (16, 17, 8)] {
            let bytes = tiles_of_planes(width, height, bits, colour);
            let mut seen = Vec::new();
            read(&bytes, &Request::new(HashMode::Exact), &mut |reading| {
                seen.push(reading)
            })
            .unwrap();
            let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
            let want: Vec<u8> = pixels
                .flat_map(|(x, y)| [0, 1, 2].map(|plane| colour(plane, x, y)))
                .collect();
            assert_eq!(
                seen[0].raster.pixels,
                Pixels::Rgb(want),
                "{width} by {height}, {bits} bits"
            );
            // Cut at any place it is told to be incomplete.
            for length in (0..bytes.len()).step_by(97) {
                assert!(read(&bytes[..length], &Request::new(HashMode::Exact), &mut |_| {}).is_err());
            }
        }
    }
}
