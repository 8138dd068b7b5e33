//! The pictures in a document, each once, whatever pages show it.

use std::collections::BTreeSet;

use hayro::hayro_interpret::{Image, ImageData, LumaData};
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::Stream;
use hayro::hayro_syntax::object::dict::keys::{MASK, SMASK};
use model::IncompleteReason;

use crate::opening::Opening;
use crate::raster::Raster;
use crate::reading::{Compat, Reading};
use crate::refusal::malformed;

/// Pictures that were looked at.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Numbers of their objects, and of those that are part of another picture.
    objects: BTreeSet<u32>,
    /// Pictures within what a page says to draw, which are no objects.
    inline: u32,
}

impl Taken {
    /// Marks a picture; its name where it is new.
    pub(super) fn begin(&mut self, stream: &Stream<'_>) -> Option<String> {
        // What has no number of its own has 0, which no object has.
        let number = stream.obj_id().obj_number;
        if number == 0 {
            self.inline += 1;
            return Some(format!("inline {}", self.inline));
        }
        let masks = [SMASK, MASK]
            .into_iter()
            .filter_map(|key| stream.dict().get_ref(key));
        self.objects.extend(masks.map(|mask| mask.obj_number));
        self.objects.insert(number).then(|| format!("image {number}"))
    }

    /// Says why a picture is not looked at.
    pub(super) fn leave(
        &mut self,
        image: &Image<'_, '_>,
        reason: IncompleteReason,
        opening: &mut Opening<'_>,
    ) {
        if let Some(name) = self.begin(stream(image)) {
            opening.member_gap(&name, reason);
        }
    }

    /// Hashes a picture. Its size was checked.
    pub(super) fn take(&mut self, image: &Image<'_, '_>, opening: &mut Opening<'_>) {
        let Some(name) = self.begin(stream(image)) else {
            return;
        };
        let raster = match image {
            Image::Raster(raster) if is_file(raster.stream()) => {
                return opening.member(&name, &raster.stream().raw_data()[..]);
            }
            Image::Raster(raster) => {
                let mut taken = None;
                raster.with_rgba(|colours, alpha| taken = Some(from_colours(colours, alpha)), None);
                taken
            }
            Image::Stencil(stencil) => {
                let mut taken = None;
                stencil.with_stencil(|ink, _| taken = Some(from_ink(&ink)), None);
                taken
            }
        };
        match raster {
            Some(raster) => opening.embedded(&name, &reading(raster)),
            None => opening.member_gap(&name, malformed("the picture cannot be decoded")),
        }
    }
}

fn stream<'i>(image: &'i Image<'_, '_>) -> &'i Stream<'i> {
    match image {
        Image::Stencil(stencil) => stencil.stream(),
        Image::Raster(raster) => raster.stream(),
    }
}

/// Whether a stream is a JPEG file as it is: it can be a copy of one, byte by byte.
pub(super) fn is_file(stream: &Stream<'_>) -> bool {
    stream.filters()[..] == [Filter::DctDecode]
}

/// A picture that only programs for PDF read.
pub(super) fn reading(raster: Raster) -> Reading {
    Reading {
        compat: Compat::Nothing,
        ..Reading::first(raster)
    }
}

fn from_colours(colours: ImageData, alpha: Option<LumaData>) -> Raster {
    let (width, height) = (colours.width() as usize, colours.height() as usize);
    let raster = match colours {
        ImageData::Rgb(rgb) => Raster::rgb(width, height, rgb.data),
        ImageData::Luma(luma) => Raster::grey(width, height, luma.data),
    };
    let alpha = alpha
        .map(|alpha| fitted(alpha, width, height))
        .filter(|alpha| alpha.iter().any(|alpha| *alpha != u8::MAX));
    Raster { alpha, ..raster }
}

/// What a stencil lets through, as black on white: nearly always ink on paper.
fn from_ink(ink: &LumaData) -> Raster {
    let paper = ink.data.iter().map(|ink| u8::MAX - ink).collect();
    Raster::grey(ink.width as usize, ink.height as usize, paper)
}

/// A mask in the size of its picture.
fn fitted(mask: LumaData, width: usize, height: usize) -> Vec<u8> {
    let (from_width, from_height) = (mask.width as usize, mask.height as usize);
    if (from_width, from_height) == (width, height) {
        return mask.data;
    }
    let rows = (0..height).map(|row| row * from_height / height);
    rows.flat_map(|row| {
        let row = &mask.data[row * from_width..];
        (0..width).map(move |column| row[column * from_width / width])
    })
    .collect()
}
