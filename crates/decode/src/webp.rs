//! WebP, by the `image-webp` crate.
//!
//! The container is walked here and every picture in it is handed to the decoder alone, in a minimal container of its
//! own: so each frame can be counted and composed like those of other formats, and leftovers (a flag for metadata
//! that was stripped, chunks out of order) do not matter.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};
use model::IncompleteReason;

use crate::Sink;
use crate::canvas::{Budget, Canvas, Disposal, Place, sampled};
use crate::orientation::Orientation;
use crate::raster::{Collector, Layout, Raster};
use crate::reading::Reading;
use crate::refusal::{check_pixels, malformed};
use crate::request::Request;

/// Memory that the decoder may take at once beside what it returns.
const OWN_BYTES: usize = 64 << 20;

/// Reads the picture of a WebP file, and sampled frames where it is animated.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let file = Container::walk(bytes)?;
    let orientation = file.exif.map_or(Orientation::Upright, Orientation::from_exif);
    if let Some((width, height)) = file.canvas {
        check_pixels(width as u64, height as u64, &request.limits)?;
    }
    if file.frames.is_empty() {
        let picture = file.still.decode(request)?;
        if file
            .canvas
            .is_some_and(|canvas| canvas != (picture.width, picture.height))
        {
            return Err(malformed("a picture of another size than it says"));
        }
        let raster = picture.raster();
        sink(Reading {
            orientation,
            ..Reading::first(raster)
        });
        return Ok(());
    }
    let (width, height) = file.canvas.ok_or_else(|| malformed("frames without a canvas"))?;
    let mut canvas = Canvas::new(width, height);
    let mut budget = Budget::new(&request.limits);
    let wanted = sampled(file.frames.len() as u32, request.limits.max_frames);
    let last = wanted.last().map_or(0, |last| *last as usize);
    for (number, frame) in (0u32..).zip(&file.frames[..=last]) {
        let place = frame.place;
        check_pixels(place.width as u64, place.height as u64, &request.limits)?;
        budget.take(place.pixels())?;
        let picture = frame.picture.decode(request)?;
        if (picture.width, picture.height) != (place.width, place.height) {
            return Err(malformed("a frame of another size than it says"));
        }
        // The first frame replaces the canvas, as in libwebp: colours under full transparency stay.
        canvas.draw(place, &picture.rgba(), frame.over && number > 0, frame.disposal);
        if wanted.binary_search(&number).is_ok() {
            budget.take(width as u64 * height as u64)?;
            let raster = canvas.raster();
            sink(if number == 0 {
                Reading {
                    orientation,
                    ..Reading::first(raster)
                }
            } else {
                Reading {
                    orientation,
                    ..Reading::later(number, raster)
                }
            });
        }
    }
    if file.cut {
        Err(IncompleteReason::Truncated)
    } else {
        Ok(())
    }
}

fn refuse(error: DecodingError) -> IncompleteReason {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            IncompleteReason::Truncated
        }
        DecodingError::NotEnoughInitData => IncompleteReason::Truncated,
        error => malformed(error),
    }
}

/// One still picture as chunks of a file.
#[derive(Debug, Clone, Copy, Default)]
struct Picture<'a> {
    lossless: Option<&'a [u8]>,
    lossy: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
}

struct Decoded {
    width: usize,
    height: usize,
    layout: Layout,
    pixels: Vec<u8>,
}

impl<'a> Picture<'a> {
    fn take(&mut self, name: &[u8; 4], body: &'a [u8]) {
        let slot = match name {
            b"VP8L" => &mut self.lossless,
            b"VP8 " => &mut self.lossy,
            b"ALPH" => &mut self.alpha,
            _ => return,
        };
        slot.get_or_insert(body);
    }

    /// Width and height as the bit stream says, for the header of a container with transparency.
    fn lossy_size(body: &[u8]) -> Option<(u32, u32)> {
        let side = |at: usize| {
            Some(u32::from(
                u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?) & 0x3fff,
            ))
        };
        Some((side(6)?, side(8)?))
    }

    fn decode(&self, request: &Request) -> Result<Decoded, IncompleteReason> {
        let mut chunks = Vec::new();
        match (self.lossless, self.lossy) {
            (Some(body), _) => push_chunk(&mut chunks, b"VP8L", body),
            (None, Some(body)) => {
                if let Some(alpha) = self.alpha {
                    let (width, height) = Self::lossy_size(body).ok_or(IncompleteReason::Truncated)?;
                    check_pixels(width.into(), height.into(), &request.limits)?;
                    let mut header = vec![0x10, 0, 0, 0];
                    header.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
                    header.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
                    push_chunk(&mut chunks, b"VP8X", &header);
                    push_chunk(&mut chunks, b"ALPH", alpha);
                }
                push_chunk(&mut chunks, b"VP8 ", body);
            }
            (None, None) => return Err(malformed("no picture in it")),
        }
        let mut file = b"RIFF".to_vec();
        file.extend_from_slice(&(chunks.len() as u32 + 4).to_le_bytes());
        file.extend_from_slice(b"WEBP");
        file.append(&mut chunks);

        let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(refuse)?;
        decoder.set_memory_limit(OWN_BYTES);
        let (width, height) = decoder.dimensions();
        check_pixels(width.into(), height.into(), &request.limits)?;
        let layout = if decoder.has_alpha() {
            Layout::Rgba
        } else {
            Layout::Rgb
        };
        let mut pixels = vec![
            0;
            decoder
                .output_buffer_size()
                .ok_or_else(|| malformed("too large"))?
        ];
        decoder.read_image(&mut pixels).map_err(refuse)?;
        Ok(Decoded {
            width: width as usize,
            height: height as usize,
            layout,
            pixels,
        })
    }
}

impl Decoded {
    fn raster(&self) -> Raster {
        let mut collector = Collector::new(self.layout, self.width, self.height);
        collector.push(&self.pixels);
        collector.finish()
    }

    fn rgba(self) -> Vec<u8> {
        if self.layout == Layout::Rgba {
            return self.pixels;
        }
        let (pixels, _) = self.pixels.as_chunks::<3>();
        pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect()
    }
}

fn push_chunk(out: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
    if body.len() % 2 == 1 {
        out.push(0);
    }
}

struct Frame<'a> {
    place: Place,
    over: bool,
    disposal: Disposal,
    picture: Picture<'a>,
}

impl<'a> Frame<'a> {
    fn read(body: &'a [u8]) -> Result<Self, IncompleteReason> {
        let Some((header, chunks)) = body.split_first_chunk::<16>() else {
            return Err(malformed("short frame header"));
        };
        let three = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], 0]) as usize;
        let mut picture = Picture::default();
        for (name, body, _) in Chunks(chunks) {
            picture.take(name, body);
        }
        Ok(Self {
            place: Place {
                left: 2 * three(0),
                top: 2 * three(3),
                width: three(6) + 1,
                height: three(9) + 1,
            },
            over: header[15] & 2 == 0,
            disposal: if header[15] & 1 == 1 {
                Disposal::Clear
            } else {
                Disposal::Keep
            },
            picture,
        })
    }
}

/// What is in a file, in the order of its chunks.
struct Container<'a> {
    canvas: Option<(usize, usize)>,
    still: Picture<'a>,
    frames: Vec<Frame<'a>>,
    exif: Option<&'a [u8]>,
    /// Whether the file ends before its last chunk does.
    cut: bool,
}

impl<'a> Container<'a> {
    fn walk(bytes: &'a [u8]) -> Result<Self, IncompleteReason> {
        let Some((header, chunks)) = bytes.split_first_chunk::<12>() else {
            return Err(IncompleteReason::Truncated);
        };
        let said = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        // What lies behind the end that the header gives does not belong to the picture.
        let chunks = &chunks[..said.saturating_sub(4).min(chunks.len())];
        let mut file = Self {
            canvas: None,
            still: Picture::default(),
            frames: Vec::new(),
            exif: None,
            cut: false,
        };
        for (name, body, whole) in Chunks(chunks) {
            file.cut |= !whole;
            match (name, body) {
                // A cut picture is not half looked at; frames before it are whole.
                (b"VP8 " | b"VP8L" | b"ALPH" | b"ANMF", _) if !whole => break,
                (b"VP8X", [_, _, _, _, a, b, c, d, e, f, ..]) => {
                    let side = |x: u8, y: u8, z: u8| u32::from_le_bytes([x, y, z, 0]) as usize + 1;
                    file.canvas = Some((side(*a, *b, *c), side(*d, *e, *f)));
                }
                (b"EXIF", body) => {
                    file.exif.get_or_insert(body);
                }
                (b"ANMF", body) => file.frames.push(Frame::read(body)?),
                _ => file.still.take(name, body),
            }
        }
        let nothing = file.frames.is_empty() && file.still.lossy.is_none() && file.still.lossless.is_none();
        if nothing && (file.cut || said > bytes.len()) {
            return Err(IncompleteReason::Truncated);
        }
        Ok(file)
    }
}

/// The chunks of a stretch of a RIFF file: name, body and whether the body is all there.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8], bool);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_first_chunk::<4>()?;
        let (size, rest) = rest.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size) as usize;
        let body = &rest[..size.min(rest.len())];
        self.0 = rest.get(size + size % 2..).unwrap_or_default();
        Some((name, body, body.len() == size))
    }
}
