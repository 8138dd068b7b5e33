//! Bytes of an upload to typed signals and thumbnails: the only room in which a media parser may run.
//!
//! Three nouns to know. A [`Request`] says how to hash and how much may be spent. [`decode`] takes the bytes of one
//! file and returns a [`Decoded`]: its digests, its kind, its pictures and what could not be looked at. A
//! [`PicturePart`] is one picture in it, with its hashes and a small grey thumbnail.
//!
//! The function is what runs inside the [`sandbox`]: bytes in, a capped value out, no path, no state, no network.
//!
//! ```
//! use basira_decode::{FileKind, Request, decode};
//! use model::HashMode;
//! let decoded = decode(b"no picture", &Request::new(HashMode::Fast));
//! assert_eq!(decoded.kind, FileKind::Plain);
//! assert!(decoded.pictures.is_empty() && decoded.incomplete.is_empty());
//! ```
//!
//! # How a picture is read
//!
//! *Canonical* is what a person sees. The EXIF orientation is applied; CMYK, YCCK and palettes become RGB; 16 bits
//! become 8; transparency is flattened onto white, because that is what a browser shows by default, and onto black
//! where white leaves nothing to hash and black leaves more (white lettering on nothing). The first frame of an
//! animation is the part `picture`; later ones (and further pages of a TIFF) are `frame:N`, sampled evenly with the
//! last one among them, fully composed.
//!
//! *Compat* is what python-threatexchange 1.2.17 and HMA hash, through Pillow 13 and pdqhash 0.2.8, listed only where
//! it differs. They ignore orientation and transparency, take the first three channels of CMYK for RGB, the indices
//! of a palette for luma, and 0 and 1 for the luma of a bilevel picture (whose quality is then 0).
//!
//! # What is not decoded
//!
//! AVIF and HEIC are recognised and reported as incomplete. For AVIF, `rav1d` 1.1 (which can be built without its
//! assembly) and `avif-parse` are the candidates: the decoder holds much `unsafe` code, so it shall come with the
//! sandbox, behind a feature. For HEIC, `heifer` is safe Rust and was first released weeks ago: too young for hostile
//! files. Arithmetic-coded, lossless and 12-bit JPEG, JPEG with luma coarser than colour, CIE Lab, floating-point and
//! fax-3 TIFF are unsupported. rar is recognised, and not read yet. Of PDF, what its layers hide is not read, scripts and
//! forms in XML neither; a line of text is taken to run the way in which most of its letters do. Film and sound are
//! decoded by FFmpeg, in a second profile of the [`sandbox`], where it is installed; text in pictures is read there by
//! Tesseract, where [`Request::ocr`] asks for it. A file that is no media at all has its digests and nothing to complete.
#![deny(unsafe_code)]
#![deny(missing_docs)]

mod archive;
mod bmp;
mod bmp_rle;
mod canvas;
mod decoder;
mod document;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod gif;
mod ifd;
mod jpeg;
mod jpeg_bits;
mod jpeg_header;
mod jpeg_scaled;
mod jpeg_scan;
mod kind;
mod legible;
mod magic;
mod opening;
mod orientation;
mod png;
mod png_plain;
mod png_row;
mod raster;
mod reading;
mod refusal;
mod request;
pub mod sandbox;
mod step;
mod svg;
mod tiff;
mod tiff_pixels;
mod webp;

use fingerprint::digest::Digests;
use model::{Incomplete, Leaf, Place};

pub use decoder::Decoder;
pub use kind::{Archive, Document, FileKind};
pub use request::{
    Contents, Decoded, FilmPart, Frames, Limits, MemberPart, PictureHash, PicturePart, PrintPart, ReportPart,
    Request, SoundPart, TextPart, TextSource,
};

pub use step::{Step, Watch};
pub use text::report;

use opening::Opening;
use reading::Reading;
use sandbox::{Handed, Tools};

/// Digests and decodes one file in the calling process. It never panics and never fails: a file that cannot be read has
/// its digests, and the reason among what is incomplete. Film, sound and text in pictures need a [`sandbox::Sandbox`].
///
/// Files of strangers belong into a [`sandbox::Sandbox`]; this is for tests, benches and generated files.
pub fn decode(bytes: &[u8], request: &Request) -> Decoded {
    let mut gaps = Vec::new();
    let mut contents = contents(bytes, bytes.len() as u64, request, &mut |handed| {
        let (part, kind) = match handed {
            Handed::Members(_) => return,
            Handed::Media { place, .. } => (place.part(Leaf::File), "film or sound without a sandbox"),
            Handed::Picture { .. } => (
                Place::item().part(Leaf::Text),
                "text in pictures without a sandbox",
            ),
        };
        let reason = refusal::unsupported(kind);
        gaps.push(Incomplete { part, reason });
    });
    gaps.dedup();
    contents.incomplete.extend(gaps);
    Decoded {
        digests: Digests::of(bytes),
        contents,
        posture: sandbox::Posture::NONE,
    }
}

/// Decodes a file of `size` bytes, all of which are there unless that is more than [`Limits::max_bytes`]. Members that
/// another program must decode are shown to `tools`.
pub(crate) fn contents(bytes: &[u8], size: u64, request: &Request, tools: &mut Tools<'_>) -> Contents {
    Opening::open(bytes, size, request, tools)
}

/// Where a decoder puts the pictures that it finds, one by one.
type Sink<'a> = dyn FnMut(Reading) + 'a;
