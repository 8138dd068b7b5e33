//! JPEG, by zune-jpeg; in fast mode a large plain one by our own scaled reading.
//!
//! Otherwise in fast mode the luma plane is taken as it lies in the file, without any colour work. Files that hold no
//! such plane (RGB, CMYK, odd sampling) are decoded to colours first.

use model::{HashMode, IncompleteReason};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Sink;
use crate::jpeg_header::{Header, Reads};
use crate::jpeg_scaled::{self, Cell};
use crate::jpeg_scan::Scan;
use crate::orientation::Orientation;
use crate::raster::{Collector, Layout, Raster, Shrunk};
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed, unsupported};
use crate::request::Request;

/// Scans of a progressive file; more are an attack on the clock (hundreds of passes over one picture).
const MAX_SCANS: usize = 100;

/// Reads the one picture of a JPEG file.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let header = Header::find(bytes)?;
    check_pixels(header.width.into(), header.height.into(), &request.limits)?;
    match header.reading()? {
        Reads::Whole => match scaled(bytes, &header, request) {
            Some(reading) if request.ocr => {
                let whole = decode(bytes, &header, request);
                let (detail, outcome) = match whole {
                    Ok(whole) => (Some(whole.raster), Ok(())),
                    Err(reason) => (None, Err(reason)),
                };
                sink(Reading { detail, ..reading });
                outcome?;
            }
            Some(reading) => sink(reading),
            None => sink(decode(bytes, &header, request)?),
        },
        // The colours of a rare file are left aside: PDQ needs luma only.
        Reads::LumaScan => {
            let orientation = decode_headers(bytes, &header)?
                .exif()
                .map(|exif| Orientation::from_exif(exif));
            let grey = header.luma_scan(bytes)?;
            sink(Reading {
                orientation: orientation.unwrap_or_default(),
                ..decode(&grey, &Header::find(&grey)?, request)?
            });
        }
    }
    Ok(())
}

fn options() -> DecoderOptions {
    DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MAX_SCANS)
}

/// What an error means: without an end mark after the scan the file was cut off, else it is broken.
fn refuse(bytes: &[u8], header: &Header, error: &DecodeErrors) -> IncompleteReason {
    if header.has_end(bytes) {
        malformed(error)
    } else {
        IncompleteReason::Truncated
    }
}

/// Pixels that shrinking leaves on the longer side: with fewer, the hash drifts (on 438 real pictures by 0.88 bits on
/// average with 256, by 0.69 with 512), and nothing is won.
const LEAST_SIDE: usize = 512;

/// A large plain picture in fast mode, shrunk while it is decoded; `None` for any other, and for one in which anything
/// is not as it should be.
fn scaled(bytes: &[u8], header: &Header, request: &Request) -> Option<Reading> {
    let (width, height) = (usize::from(header.width), usize::from(header.height));
    if request.mode != HashMode::Fast {
        return None;
    }
    let least = LEAST_SIDE.max(request.limits.thumb_side as usize);
    let cell = Cell::for_picture(width, height, least)?;
    let headers = decode_headers(bytes, header).ok()?;
    if !matches!(headers.input_colorspace()?, ColorSpace::Luma | ColorSpace::YCbCr) {
        return None;
    }
    let orientation = headers.exif().map(|exif| Orientation::from_exif(exif));
    let orientation = orientation.unwrap_or_default();
    // Turned pictures begin with the cut cells; that only the last may be cut keeps the filter simple.
    let whole_cells = width % cell.side() == 0 && height % cell.side() == 0;
    if orientation != Orientation::Upright && !whole_cells {
        return None;
    }
    let means = jpeg_scaled::means(&Scan::find(bytes, header)?, cell)?;
    let small = |side: usize| side.div_ceil(cell.side());
    Some(Reading {
        orientation,
        ..Reading::first(Raster {
            shrunk_from: Some(Shrunk {
                width,
                height,
                cell: cell.side(),
            }),
            ..Raster::grey(small(width), small(height), means)
        })
    })
}

/// Boxed, for it is large: every copy on the stack is a dozen pages that a fresh process has to get first.
#[inline(never)]
fn decode_headers<'a>(
    bytes: &'a [u8],
    header: &Header,
) -> Result<Box<JpegDecoder<ZCursor<&'a [u8]>>>, IncompleteReason> {
    let mut decoder = Box::new(JpegDecoder::new_with_options(ZCursor::new(bytes), options()));
    decoder
        .decode_headers()
        .map_err(|error| refuse(bytes, header, &error))?;
    Ok(decoder)
}

fn decode(bytes: &[u8], header: &Header, request: &Request) -> Result<Reading, IncompleteReason> {
    let mut decoder = decode_headers(bytes, header)?;
    let (width, height) = decoder.dimensions().unwrap_or((0, 0));
    check_pixels(width as u64, height as u64, &request.limits)?;

    let components = header.components.len();
    let stored = match (decoder.input_colorspace(), components) {
        // Adobe's mark for "no transform" means CMYK of four components and RGB of three.
        (Some(ColorSpace::CMYK), 3) => ColorSpace::RGB,
        (Some(space), _) => space,
        (None, _) => return Err(malformed("no colour space")),
    };
    let wanted = match (stored, request.mode) {
        (ColorSpace::Luma, _) => ColorSpace::Luma,
        (ColorSpace::YCbCr, HashMode::Fast) if header.luma_decodes_alone() => ColorSpace::Luma,
        (ColorSpace::YCbCr | ColorSpace::RGB, _) => ColorSpace::RGB,
        (ColorSpace::CMYK | ColorSpace::YCCK, _) => stored,
        _ => return Err(unsupported(format!("jpeg ({components} components)"))),
    };
    // Harmless oddities between headers were passed over; a picture that is not all there is refused, which the
    // decoder does only in strict mode.
    decoder.set_options(options().jpeg_set_out_colorspace(wanted).set_strict_mode(true));
    let mut pixels = vec![0; width * height * wanted.num_components()];
    decoder
        .decode_into(&mut pixels)
        .map_err(|error| refuse(bytes, header, &error))?;

    let (raster, compat) = match wanted {
        ColorSpace::Luma => (Raster::grey(width, height, pixels), Compat::Colours),
        ColorSpace::RGB => (Raster::rgb(width, height, pixels), Compat::Colours),
        _ => {
            let ink = ink_of(pixels, wanted == ColorSpace::YCCK);
            separations(&ink, width, height)
        }
    };
    Ok(Reading {
        orientation: decoder
            .exif()
            .map_or(Orientation::Upright, |exif| Orientation::from_exif(exif)),
        compat,
        ..Reading::first(raster)
    })
}

/// Width × height of a JPEG stream, as it declares them.
pub(crate) fn declared_pixels(bytes: &[u8]) -> Result<u64, IncompleteReason> {
    Header::find(bytes).map(|header| u64::from(header.width) * u64::from(header.height))
}

/// CMYK as Adobe stores it (0 is full ink), from YCCK where it is that.
fn ink_of(mut pixels: Vec<u8>, is_ycck: bool) -> Vec<u8> {
    if is_ycck {
        for [y, cb, cr, _] in pixels.as_chunks_mut::<4>().0 {
            let [luma, blue, red] = [*y, *cb, *cr].map(f32::from);
            let (blue, red) = (blue - 128.0, red - 128.0);
            let complement = |colour: f32| 255 - (colour + 0.5).clamp(0.0, 255.0) as u8;
            *y = complement(luma + 1.402 * red);
            *cb = complement(luma - 0.344_136 * blue - 0.714_136 * red);
            *cr = complement(luma + 1.772 * blue);
        }
    }
    pixels
}

/// The picture of CMYK stored inverted, and what peers take for its colours: the ink of its first three channels.
fn separations(ink: &[u8], width: usize, height: usize) -> (Raster, Compat) {
    let product = |colour: u8, black: u8| ((u32::from(colour) * u32::from(black) + 127) / 255) as u8;
    let mut seen = Collector::new(Layout::Rgb, width, height);
    let mut taken = Collector::new(Layout::Rgb, width, height);
    let (ink, _) = ink.as_chunks::<4>();
    for row in ink.chunks(width.max(1)) {
        let colours: Vec<u8> = row
            .iter()
            .flat_map(|[c, m, y, k]| [c, m, y].map(|ink| product(*ink, *k)))
            .collect();
        let inks: Vec<u8> = row
            .iter()
            .flat_map(|[c, m, y, _]| [255 - c, 255 - m, 255 - y])
            .collect();
        seen.push(&colours);
        taken.push(&inks);
    }
    (seen.finish(), Compat::Other(taken.finish()))
}
