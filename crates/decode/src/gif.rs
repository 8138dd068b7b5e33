//! GIF, by the `gif` crate, as palette indices: people see the palette's colours, peers the indices.

use std::io::Cursor;

use ::gif::{ColorOutput, DecodeOptions, Decoder, DecodingError, DisposalMethod, Frame, MemoryLimit};
use model::IncompleteReason;

use crate::Sink;
use crate::canvas::{Budget, Canvas, Disposal, Place, sampled};
use crate::raster::Raster;
use crate::reading::{Compat, Reading};
use crate::refusal::{check_pixels, malformed};
use crate::request::Request;

type Source<'a> = Decoder<Cursor<&'a [u8]>>;

fn refuse(error: DecodingError) -> IncompleteReason {
    match error {
        DecodingError::UnexpectedEof => IncompleteReason::Truncated,
        error => malformed(error),
    }
}

fn open(bytes: &[u8], skip: bool) -> Result<Source<'_>, IncompleteReason> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.skip_frame_decoding(skip);
    // Frames are checked against the limits before their buffers are made.
    options.set_memory_limit(MemoryLimit::Unlimited);
    options.allow_unknown_blocks(true);
    options.read_info(Cursor::new(bytes)).map_err(refuse)
}

/// Steps to the next frame. A file that ends between frames has ended, with or without its end mark.
fn next<'d>(decoder: &'d mut Source<'_>) -> Result<Option<&'d Frame<'static>>, IncompleteReason> {
    match decoder.next_frame_info() {
        Ok(frame) => Ok(frame),
        Err(DecodingError::UnexpectedEof) => Ok(None),
        Err(error) => Err(refuse(error)),
    }
}

/// The number of frames that are begun, without decoding them: what is wrong with one shows when it is read.
fn count(bytes: &[u8]) -> Result<u32, IncompleteReason> {
    let mut decoder = open(bytes, true)?;
    let mut frames = 0;
    while let Ok(Some(_)) = decoder.next_frame_info() {
        frames += 1;
    }
    Ok(frames)
}

fn place_of(frame: &Frame<'_>) -> Place {
    Place {
        left: frame.left.into(),
        top: frame.top.into(),
        width: frame.width.into(),
        height: frame.height.into(),
    }
}

/// Reads the first frame of a GIF file, and sampled later ones.
pub(crate) fn read(bytes: &[u8], request: &Request, sink: &mut Sink<'_>) -> Result<(), IncompleteReason> {
    let mut decoder = open(bytes, false)?;
    let Some(first) = next(&mut decoder)?.map(place_of) else {
        // Nothing but a header: if the first frame was begun, it was cut off.
        return Err(IncompleteReason::Truncated);
    };
    // A first frame that leaves the screen enlarges it, as in Pillow.
    let width = usize::from(decoder.width()).max(first.left + first.width);
    let height = usize::from(decoder.height()).max(first.top + first.height);
    check_pixels(width as u64, height as u64, &request.limits)?;

    let wanted = sampled(count(bytes)?.max(1), request.limits.max_frames);
    let last = wanted.last().copied().unwrap_or(0);
    let mut canvas = Canvas::new(width, height);
    let mut budget = Budget::new(&request.limits);
    for number in 0..=last {
        if number > 0 && next(&mut decoder)?.is_none() {
            break;
        }
        let Some(frame) = decoder.current_frame_info() else {
            break;
        };
        let (place, transparent) = (place_of(frame), frame.transparent);
        let disposal = match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Disposal::Keep,
            DisposalMethod::Background => Disposal::Clear,
            DisposalMethod::Previous => Disposal::Restore,
        };
        check_pixels(place.pixels().max(1), 1, &request.limits)?;
        budget.take(place.pixels())?;
        let mut indices = vec![0; place.width * place.height];
        decoder.read_into_buffer(&mut indices).map_err(refuse)?;
        let colours = colours(decoder.palette().map_err(refuse)?, transparent);
        let rgba: Vec<u8> = indices
            .iter()
            .flat_map(|index| colours[usize::from(*index)])
            .collect();
        canvas.draw(place, &rgba, true, disposal);
        if wanted.binary_search(&number).is_err() {
            continue;
        }
        budget.take(width as u64 * height as u64)?;
        let raster = canvas.raster();
        sink(if number == 0 {
            let taken = on_screen(&indices, place, (width, height), transparent.unwrap_or(0));
            Reading {
                compat: Compat::Other(Raster::grey(width, height, taken)),
                ..Reading::first(raster)
            }
        } else {
            Reading::later(number, raster)
        });
    }
    Ok(())
}

/// RGBA of every index.
fn colours(palette: &[u8], transparent: Option<u8>) -> Vec<[u8; 4]> {
    let mut colours = vec![[0, 0, 0, 255]; 256];
    for (colour, [r, g, b]) in colours.iter_mut().zip(palette.as_chunks::<3>().0) {
        *colour = [*r, *g, *b, 255];
    }
    if let Some(index) = transparent {
        colours[usize::from(index)] = [0; 4];
    }
    colours
}

/// The indices of the first frame on a screen filled with one index.
fn on_screen(indices: &[u8], place: Place, (width, height): (usize, usize), ground: u8) -> Vec<u8> {
    let mut screen = vec![ground; width * height];
    if place.width > 0 {
        let rows = screen.chunks_exact_mut(width).skip(place.top);
        for (row, source) in rows.zip(indices.chunks_exact(place.width)) {
            row[place.left..place.left + place.width].copy_from_slice(source);
        }
    }
    screen
}
