//! TIFF and BigTIFF, by the `tiff` crate. Further pages are sampled like the frames of an animation.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use ::tiff::decoder::Decoder;
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
    decoder.read_image_bytes(&mut data).map_err(refuse)?;
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
