//! From decoded pixels to hashes and a thumbnail: the same for every format.

use fingerprint::grey::{self, GreyPicture};
use fingerprint::pdq::{self, Pdq};
use fingerprint::sample::{Kernel, resample_rgb};
use model::{HashMode, Leaf, PartName, Variant};

use crate::orientation::Orientation;
use crate::raster::{Pixels, Raster};
use crate::request::{PictureHash, PicturePart, Request};

/// What python-threatexchange 1.2.17 hashes for a file, through Pillow and pdqhash: never turned, and colours taken
/// as they lie in Pillow's array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compat {
    /// The colours of the raster; its transparency is ignored.
    Colours,
    /// Other pixels: palette indices, ink, bits.
    Other(Raster),
    /// Nothing: it reads only the first picture of a file, or refuses this one.
    Nothing,
}

/// One picture as a decoder found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) leaf: Leaf,
    pub(crate) raster: Raster,
    pub(crate) orientation: Orientation,
    pub(crate) compat: Compat,
    /// The picture in all its pixels, where `raster` was shrunk and its letters shall be read.
    pub(crate) detail: Option<Raster>,
}

impl Reading {
    /// The first picture of a file, upright, that peers read as it is.
    pub(crate) fn first(raster: Raster) -> Self {
        Self {
            leaf: Leaf::Picture,
            raster,
            orientation: Orientation::Upright,
            compat: Compat::Colours,
            detail: None,
        }
    }

    /// A later frame or page, which peers do not read.
    pub(crate) fn later(number: u32, raster: Raster) -> Self {
        Self {
            leaf: Leaf::Frame(number),
            raster,
            orientation: Orientation::Upright,
            compat: Compat::Nothing,
            detail: None,
        }
    }
}

/// PDQ's weights of red, green and blue.
const WEIGHTS: [f32; 3] = [0.299, 0.587, 0.114];
const WHITE: u8 = 255;
const BLACK: u8 = 0;

/// Pixels of a picture that is hashed exactly in every mode: it costs next to nothing, and with few pixels under the
/// filter more bits hang on rounding.
const SMALL: usize = 512 * 512;

/// Colours are weighted within the filter, in fast mode too: that is faster than to make a luma plane, and loses
/// nothing by rounding to 8 bits. Only JPEG has such a plane already. While colours are read, `read` is told how far.
fn pdq_of(raster: &Raster, mode: HashMode, read: impl FnMut(usize)) -> Pdq {
    if let (Some(from), Pixels::Grey(pixels)) = (raster.shrunk_from, &raster.pixels) {
        return pdq::fast_shrunk(pixels, from.width, from.height, from.cell);
    }
    let (width, height) = (raster.width, raster.height);
    let exact = mode == HashMode::Exact || width * height <= SMALL || width.min(height) < pdq::MIN_SIDE;
    match &raster.pixels {
        Pixels::Rgb(pixels) if exact => pdq::exact_rgb_beside(pixels, width, height, read),
        Pixels::Grey(pixels) if exact => pdq::exact_grey(pixels, width, height),
        Pixels::Rgb(pixels) => {
            let (rows, columns) = (Kernel::pdq(height), Kernel::pdq(width));
            pdq::of_samples(&resample_rgb(pixels, width, &rows, &columns, WEIGHTS, read))
        }
        Pixels::Grey(pixels) => pdq::fast(pixels, width, height),
    }
}

/// The upright picture, its hash and its thumbnail.
struct Canonical {
    size: (usize, usize),
    pdq: Pdq,
    grey: GreyPicture,
}

/// `flat` has no transparency and is not yet turned.
fn canonical(flat: &Raster, orientation: Orientation, request: &Request) -> Canonical {
    let turned = (orientation != Orientation::Upright).then(|| flat.upright(orientation));
    let upright = turned.as_ref().unwrap_or(flat);
    let (pdq, grey) = pdq_and_thumbnail(upright, request);
    Canonical {
        size: upright.size(),
        pdq,
        grey,
    }
}

/// The hash, and the picture in grey as a thumbnail. Of a large colour picture only the kept pixels are weighted, and both
/// are made at once, as to read it from memory takes longer than to work on it.
fn pdq_and_thumbnail(raster: &Raster, request: &Request) -> (Pdq, GreyPicture) {
    let (width, height) = (raster.width, raster.height);
    let most = request.limits.thumb_side.max(1) as usize;
    if let Pixels::Rgb(pixels) = &raster.pixels
        && let Some(mut shrinking) = grey::shrink_rgb(pixels, width, height, most, WEIGHTS)
    {
        let pdq = pdq_of(raster, request.mode, |there| shrinking.go_on(there));
        return (pdq, shrinking.finish());
    }
    let grey = grey::shrink(&raster.to_luma(), width, height, most);
    (pdq_of(raster, request.mode, |_| ()), grey)
}

/// Transparency is flattened onto white, as a browser shows it on a light page; where that leaves nothing to hash (a
/// white logo), onto black, if black leaves more.
fn canonical_of(reading: &Reading, request: &Request) -> Canonical {
    let Reading {
        raster, orientation, ..
    } = reading;
    if raster.alpha.is_none() {
        return canonical(raster, *orientation, request);
    }
    let on_white = canonical(&raster.on(WHITE), *orientation, request);
    if on_white.pdq.quality().is_usable() {
        return on_white;
    }
    let on_black = canonical(&raster.on(BLACK), *orientation, request);
    if on_black.pdq.quality() > on_white.pdq.quality() {
        on_black
    } else {
        on_white
    }
}

/// The hash that peers compute, where their pixels are not the canonical ones.
fn compat_of(reading: &Reading, mode: HashMode) -> Option<Pdq> {
    match &reading.compat {
        Compat::Nothing => None,
        Compat::Other(raster) => Some(pdq_of(raster, mode, |_| ())),
        Compat::Colours => {
            let differs = reading.orientation != Orientation::Upright || reading.raster.alpha.is_some();
            differs.then(|| pdq_of(&reading.raster, mode, |_| ()))
        }
    }
}

/// Hashes one picture, which is called `name`.
pub(crate) fn part(reading: &Reading, name: PartName, request: &Request) -> PicturePart {
    let mode = request.mode;
    let canonical = canonical_of(reading, request);
    let compat = compat_of(reading, mode).filter(|compat| {
        (compat.hash(), compat.quality()) != (canonical.pdq.hash(), canonical.pdq.quality())
    });
    let hash = |variant, pdq| PictureHash { variant, mode, pdq };
    let mut hashes = vec![hash(Variant::Canonical, canonical.pdq)];
    hashes.extend(compat.map(|pdq| hash(Variant::Compat, pdq)));
    PicturePart {
        name,
        // The decoders' own dimensions are 32 bits at most.
        width: canonical.size.0 as u32,
        height: canonical.size.1 as u32,
        hashes,
        grey: canonical.grey,
    }
}
