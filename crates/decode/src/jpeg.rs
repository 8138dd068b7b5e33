//! JPEG, by zune-jpeg.
//!
//! In fast mode the luma plane is taken as it lies in the file, without any colour work. Files that hold no such
//! plane (RGB, CMYK, odd sampling) are decoded to colours first.

use model::{HashMode, IncompleteReason};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::Sink;
use crate::orientation::Orientation;
use crate::raster::{Collector, Layout, Raster};
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed, unsupported};
use crate::request::Request;

/// Scans of a progressive file; more are an attack on the clock (hundreds of passes over one picture).
const MAX_SCANS: usize = 100;

/// Reads the one picture of a JPEG file.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let frame = FrameHeader::find(bytes)?;
    check_pixels(frame.width.into(), frame.height.into(), &request.limits)?;
    let refuse = |error: DecodeErrors| frame.refusal(bytes, &error);

    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MAX_SCANS);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    // Harmless oddities between headers are passed over; a picture that is not all there is refused, which the
    // decoder does only in strict mode.
    decoder.decode_headers().map_err(refuse)?;
    let (width, height) = decoder.dimensions().unwrap_or((0, 0));
    check_pixels(width as u64, height as u64, &request.limits)?;

    let stored = match (decoder.input_colorspace(), frame.components.len()) {
        // Adobe's mark for "no transform" means CMYK of four components and RGB of three.
        (Some(ColorSpace::CMYK), 3) => ColorSpace::RGB,
        (Some(space), _) => space,
        (None, _) => return Err(malformed("no colour space")),
    };
    let wanted = match (stored, request.mode) {
        (ColorSpace::Luma, _) => ColorSpace::Luma,
        (ColorSpace::YCbCr, HashMode::Fast) if frame.has_whole_luma() => ColorSpace::Luma,
        (ColorSpace::YCbCr | ColorSpace::RGB, _) => ColorSpace::RGB,
        (ColorSpace::CMYK | ColorSpace::YCCK, _) => stored,
        _ => {
            return Err(unsupported(format!(
                "jpeg of {} components",
                frame.components.len()
            )));
        }
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted).set_strict_mode(true));
    let mut pixels = vec![0; width * height * wanted.num_components()];
    decoder.decode_into(&mut pixels).map_err(refuse)?;

    let orientation = decoder
        .exif()
        .map_or(Orientation::Upright, |exif| Orientation::from_exif(exif));
    let (raster, compat) = match wanted {
        ColorSpace::Luma => (Raster::grey(width, height, pixels), Compat::Colours),
        ColorSpace::RGB => (Raster::rgb(width, height, pixels), Compat::Colours),
        _ => {
            let ink = ink_of(pixels, wanted == ColorSpace::YCCK);
            separations(&ink, width, height, request.mode)
        }
    };
    sink(Reading {
        orientation,
        compat,
        ..Reading::first(raster)
    });
    Ok(())
}

/// Width × height of a JPEG stream, as it declares them.
pub(crate) fn declared_pixels(bytes: &[u8]) -> Result<u64, IncompleteReason> {
    FrameHeader::find(bytes).map(|frame| u64::from(frame.width) * u64::from(frame.height))
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
fn separations(ink: &[u8], width: usize, height: usize, mode: HashMode) -> (Raster, Compat) {
    let product = |colour: u8, black: u8| ((u32::from(colour) * u32::from(black) + 127) / 255) as u8;
    let mut seen = Collector::new(mode, Layout::Rgb, width, height);
    let mut taken = Collector::new(mode, Layout::Rgb, width, height);
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

/// What the headers before the first scan say.
struct FrameHeader {
    width: u16,
    height: u16,
    /// Horizontal and vertical sampling of each component.
    components: Vec<(u8, u8)>,
    /// Where the entropy-coded data begins, or a little before.
    scan: usize,
}

impl FrameHeader {
    /// Walks the segments up to the first scan.
    fn find(bytes: &[u8]) -> Result<Self, IncompleteReason> {
        let mut found: Option<Self> = None;
        let mut at = 2;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(skip) = rest
                .windows(2)
                .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))
            else {
                return Err(IncompleteReason::Truncated);
            };
            let marker = rest[skip + 1];
            at += skip + 2;
            // Restart marks and the start mark stand alone.
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                continue;
            }
            if marker == 0xd9 {
                return Err(malformed("ends before its picture"));
            }
            let length = match bytes.get(at..at + 2) {
                Some(pair) => usize::from(u16::from_be_bytes([pair[0], pair[1]])),
                None => return Err(IncompleteReason::Truncated),
            };
            let Some(body) = bytes.get(at + 2..(at + length).max(at + 2)) else {
                return Err(IncompleteReason::Truncated);
            };
            match (marker, found) {
                (0xda, Some(header)) => return Ok(Self { scan: at, ..header }),
                (0xda, None) => return Err(malformed("a scan before the frame header")),
                (0xc0..=0xcf, before) if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    if before.is_some() {
                        return Err(malformed("two frame headers"));
                    }
                    found = Some(Self::read(marker, body)?);
                }
                (_, before) => found = before,
            }
            at += length.max(2);
        }
    }

    fn read(marker: u8, body: &[u8]) -> Result<Self, IncompleteReason> {
        let kind = match marker {
            0xc0..=0xc2 => None,
            0xc3 => Some("lossless"),
            0xc9..=0xcb | 0xcd..=0xcf => Some("arithmetic coding"),
            _ => Some("hierarchical"),
        };
        if let Some(kind) = kind {
            return Err(unsupported(format!("jpeg ({kind})")));
        }
        let [precision, a, b, c, d, _, components @ ..] = body else {
            return Err(malformed("short frame header"));
        };
        if *precision != 8 {
            return Err(unsupported(format!("jpeg ({precision} bits)")));
        }
        Ok(Self {
            height: u16::from_be_bytes([*a, *b]),
            width: u16::from_be_bytes([*c, *d]),
            components: components
                .as_chunks::<3>()
                .0
                .iter()
                .map(|[_, s, _]| (s >> 4, s & 15))
                .collect(),
            scan: 0,
        })
    }

    /// Whether the luma plane has the size of the picture and lies as the decoder expects it: it reads luma alone
    /// correctly for these samplings (see the test over all of them), and other ones are rare.
    fn has_whole_luma(&self) -> bool {
        matches!(self.components[..], [(1, 1) | (2, 1) | (2, 2), (1, 1), (1, 1)])
    }

    /// What an error means: without an end mark after the scan the file was cut off, else it is broken.
    fn refusal(&self, bytes: &[u8], error: &DecodeErrors) -> IncompleteReason {
        let ends = bytes[self.scan..].windows(2).any(|pair| pair == [0xff, 0xd9]);
        if ends {
            malformed(error)
        } else {
            IncompleteReason::Truncated
        }
    }
}
