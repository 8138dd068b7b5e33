//! PNG and APNG, by the `png` crate. It hands over rows as they are stored; what they mean is worked out here, because
//! peers see other things in them (palette indices, bits) than people do.

use std::io::{Cursor, ErrorKind};

use ::png::{
    BitDepth, BlendOp, DecodeOptions, Decoder, DecodingError, DisposeOp, FrameControl, Info, Limits, Reader,
    Transformations,
};
use model::IncompleteReason;

use crate::Sink;
use crate::canvas::{Budget, Canvas, Disposal, Place, sampled};
use crate::orientation::Orientation;
use crate::png_plain;
use crate::png_row::RowReader;
use crate::raster::{Collector, Layout, Raster};
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed};
use crate::request::Request;

type Source<'a> = Reader<Cursor<&'a [u8]>>;

/// Bytes that the decoder may allocate for itself: rows, and ancillary chunks that it must hold.
const OWN_BYTES: usize = 64 << 20;

fn refuse(error: DecodingError) -> IncompleteReason {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            IncompleteReason::Truncated
        }
        error => malformed(error),
    }
}

fn open(bytes: &[u8]) -> Decoder<Cursor<&[u8]>> {
    let mut options = DecodeOptions::default();
    // Pillow and browsers show pictures whose data have a wrong checksum; what people can see is hashed.
    options.set_ignore_checksums(true);
    // Texts and colour profiles are of no use here, and are where a small chunk inflates to a large one.
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits { bytes: OWN_BYTES });
    decoder.set_transformations(Transformations::IDENTITY);
    decoder
}

/// Reads the picture of a PNG file, and sampled frames where it is animated.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let mut decoder = open(bytes);
    let header = decoder.read_header_info().map_err(refuse)?;
    check_pixels(header.width.into(), header.height.into(), &request.limits)?;
    let mut reader = decoder.read_info().map_err(refuse)?;
    let rows = RowReader::new(reader.info());

    let (raster, compat) = match plain(bytes, &reader, &rows) {
        Some(pictures) => pictures,
        None => still(&mut reader, &rows)?,
    };
    let orientation = reader
        .info()
        .exif_metadata
        .as_ref()
        .map_or(Orientation::Upright, |exif| Orientation::from_exif(exif));
    let animation = Animation::of(&reader);
    sink(Reading {
        orientation,
        compat: compat.map_or(Compat::Colours, Compat::Other),
        ..Reading::first(raster)
    });
    match animation {
        Some(animation) => animation.read(bytes, &rows, request, sink),
        None => Ok(()),
    }
}

/// Collects the default picture, and the one that peers see in it where that is another, from the stored rows.
struct Pictures<'a> {
    rows: &'a RowReader,
    width: usize,
    seen: Collector,
    taken: Option<Collector>,
    line: Vec<u8>,
}

impl<'a> Pictures<'a> {
    fn new(rows: &'a RowReader, info: &Info<'_>) -> Self {
        let (width, height) = (info.width as usize, info.height as usize);
        Self {
            rows,
            width,
            seen: Collector::new(rows.layout(), width, height),
            taken: rows
                .has_compat()
                .then(|| Collector::new(Layout::Grey, width, height)),
            line: Vec::new(),
        }
    }

    fn take(&mut self, stored: &[u8]) {
        self.seen
            .push(self.rows.expand(stored, self.width, &mut self.line));
        if let Some(taken) = &mut self.taken {
            taken.push(self.rows.compat(stored, self.width, &mut self.line));
        }
    }

    fn finish(self) -> (Raster, Option<Raster>) {
        (self.seen.finish(), self.taken.map(Collector::finish))
    }
}

/// The pictures of a plain file, read in a shorter way; `None` for any other, and for one in which anything is not as it
/// should be.
fn plain(bytes: &[u8], reader: &Source<'_>, rows: &RowReader) -> Option<(Raster, Option<Raster>)> {
    let info = reader.info();
    // The first frame of an animation may be smaller than the picture.
    let animated = info.animation_control.is_some() || info.frame_control.is_some();
    if info.bit_depth != BitDepth::Eight || info.interlaced || animated {
        return None;
    }
    let size = (info.width as usize, info.height as usize);
    if rows.are_pixels() {
        let pixels = png_plain::pixels(bytes, size, info.bytes_per_pixel())?;
        let raster = match rows.layout() {
            Layout::Grey => Raster::grey,
            _ => Raster::rgb,
        };
        return Some((raster(size.0, size.1, pixels), None));
    }
    let mut pictures = Pictures::new(rows, info);
    png_plain::rows(bytes, size, info.bytes_per_pixel(), |stored| {
        pictures.take(stored)
    })?;
    Some(pictures.finish())
}

/// The default picture, and the one that peers see in it where that is another.
fn still(reader: &mut Source<'_>, rows: &RowReader) -> Result<(Raster, Option<Raster>), IncompleteReason> {
    let mut pictures = Pictures::new(rows, reader.info());
    let mut take = |stored: &[u8]| pictures.take(stored);
    if reader.info().interlaced {
        let size = reader
            .output_buffer_size()
            .ok_or_else(|| malformed("too large"))?;
        let mut stored = vec![0; size];
        let output = reader.next_frame(&mut stored).map_err(refuse)?;
        stored.chunks_exact(output.line_size).for_each(take);
    } else {
        // Not until there are no more: the end of the data may be missing where the picture is not.
        for _ in 0..reader.info().height {
            let row = reader.next_row().map_err(refuse)?;
            take(row.ok_or(IncompleteReason::Truncated)?.data());
        }
    }
    Ok(pictures.finish())
}

/// The frames of an APNG.
struct Animation {
    width: usize,
    height: usize,
    frames: u32,
    /// Whether the default picture is the first frame; else it is shown only where animation is not understood.
    default_is_first: bool,
}

impl Animation {
    fn of(reader: &Source<'_>) -> Option<Self> {
        let info = reader.info();
        let default_is_first = info.frame_control.is_some();
        let frames = info.animation_control?.num_frames;
        (frames > u32::from(default_is_first)).then_some(Self {
            width: info.width as usize,
            height: info.height as usize,
            frames,
            default_is_first,
        })
    }

    /// Reads the file again from its beginning, composing every frame up to the last sampled one. The default picture
    /// has number 0 in any case, as peers count.
    fn read(
        &self,
        bytes: &[u8],
        rows: &RowReader,
        request: &Request,
        sink: &mut Sink<'_>,
    ) -> Result<(), IncompleteReason> {
        let mut reader = open(bytes).read_info().map_err(refuse)?;
        let mut stored = vec![
            0;
            reader
                .output_buffer_size()
                .ok_or_else(|| malformed("too large"))?
        ];
        let mut canvas = Canvas::new(self.width, self.height);
        let mut budget = Budget::new(&request.limits);
        let total = self.frames.saturating_add(u32::from(!self.default_is_first));
        let wanted = sampled(total, request.limits.max_frames);
        for number in 0..=wanted.last().copied().unwrap_or(0) {
            if number > 0 {
                reader.next_frame_info().map_err(refuse)?;
            }
            let control = reader.info().frame_control;
            let output = reader.next_frame(&mut stored).map_err(refuse)?;
            let Some(control) = control else { continue };
            let place = place_of(&control);
            budget.take(place.pixels())?;
            let frame = rgba(&stored, output.line_size, place, rows);
            let disposal = match control.dispose_op {
                DisposeOp::None => Disposal::Keep,
                DisposeOp::Background => Disposal::Clear,
                // There is nothing to go back to before the first frame.
                DisposeOp::Previous if number == 0 => Disposal::Clear,
                DisposeOp::Previous => Disposal::Restore,
            };
            canvas.draw(place, &frame, control.blend_op == BlendOp::Over, disposal);
            if number > 0 && wanted.binary_search(&number).is_ok() {
                budget.take(self.width as u64 * self.height as u64)?;
                sink(Reading::later(number, canvas.raster()));
            }
        }
        Ok(())
    }
}

fn place_of(control: &FrameControl) -> Place {
    Place {
        left: control.x_offset as usize,
        top: control.y_offset as usize,
        width: control.width as usize,
        height: control.height as usize,
    }
}

/// A frame's stored rows as RGBA.
fn rgba(stored: &[u8], line_size: usize, place: Place, rows: &RowReader) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 * place.width * place.height);
    let mut line = Vec::new();
    for stored in stored.chunks_exact(line_size.max(1)).take(place.height) {
        let row = rows.expand(stored, place.width, &mut line);
        match rows.layout() {
            Layout::Grey => out.extend(row.iter().flat_map(|v| [*v, *v, *v, 255])),
            Layout::GreyAlpha => out.extend(row.as_chunks().0.iter().flat_map(|[v, a]| [*v, *v, *v, *a])),
            Layout::Rgb => out.extend(row.as_chunks().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255])),
            Layout::Rgba => out.extend_from_slice(row),
        }
    }
    out
}

/// Reads the default picture in both ways, and holds one against the other; whether it was read in the short way.
///
/// # Panics
/// If the ways differ: only what the general decoder reads may be read in the short way, and must look the same.
#[cfg(any(test, fuzzing))]
pub(crate) fn check_plain(bytes: &[u8]) -> bool {
    let mut decoder = open(bytes);
    let pixels = |info: &Info<'_>| u64::from(info.width) * u64::from(info.height);
    if !decoder
        .read_header_info()
        .is_ok_and(|info| pixels(info) <= 1 << 22)
    {
        return false;
    }
    let Ok(mut reader) = decoder.read_info() else {
        return false;
    };
    let rows = RowReader::new(reader.info());
    let Some(short) = plain(bytes, &reader, &rows) else {
        return false;
    };
    assert_eq!(still(&mut reader, &rows), Ok(short));
    true
}

#[cfg(test)]
#[path = "png_tests.rs"]
mod tests;
