//! What is asked of the room, and what leaves it: plain data, capped, ready to cross a process boundary.

use fingerprint::digest::Digests;
use fingerprint::grey::GreyPicture;
use fingerprint::pdq::Pdq;
use model::{HashMode, Incomplete, PartName, Variant};

use crate::FileKind;
use crate::sandbox::Posture;

/// How much may be spent on one file. Whatever lies beyond is reported as incomplete, never left out in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Width × height that a picture may declare; checked before its pixels are allocated.
    pub max_pixels: u64,
    /// Bytes that a file may have to be decoded; it is digested in any case.
    pub max_bytes: u64,
    /// Frames of an animation (or pages of a TIFF) that are sampled, the first included. At least 1.
    pub max_frames: u32,
    /// Longer side of the grey thumbnail, in pixels. At least 1.
    pub thumb_side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 100_000_000,
            max_bytes: 256 << 20,
            max_frames: 8,
            // What windows are cut from; whoever wants to see more decodes again.
            thumb_side: 256,
        }
    }
}

/// What is asked of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// How PDQ is computed.
    pub mode: HashMode,
    /// How much may be spent.
    pub limits: Limits,
}

impl Request {
    /// A request in that mode with the default limits.
    pub fn new(mode: HashMode) -> Self {
        Self {
            mode,
            limits: Limits::default(),
        }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The three digests of the whole file; always there.
    pub digests: Digests,
    /// What the content (never the name) says the file is.
    pub kind: FileKind,
    /// The pictures in it: the first one, then sampled later frames. Empty where nothing could be decoded.
    pub parts: Vec<PicturePart>,
    /// What could not be looked at, and why. Empty means that everything was.
    pub incomplete: Vec<Incomplete>,
    /// What protected its decoding.
    pub posture: Posture,
}

impl Decoded {
    /// A file with those digests and contents, decoded in that posture.
    pub fn of(digests: Digests, contents: Contents, posture: Posture) -> Self {
        let Contents {
            kind,
            parts,
            incomplete,
        } = contents;
        Self {
            digests,
            kind,
            parts,
            incomplete,
            posture,
        }
    }
}

/// What decoding finds in a file: all that a worker says. Digests are not among it, since an exact match rests on them:
/// they are taken where no decoder can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// See [`Decoded::kind`].
    pub kind: FileKind,
    /// See [`Decoded::parts`].
    pub parts: Vec<PicturePart>,
    /// See [`Decoded::incomplete`].
    pub incomplete: Vec<Incomplete>,
}

/// One picture of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct PicturePart {
    /// Its name within the file: `picture`, `frame:3`.
    pub name: PartName,
    /// Width in pixels, orientation applied.
    pub width: u32,
    /// Height in pixels, orientation applied.
    pub height: u32,
    /// Its hashes: the canonical one first, then the compat one where it differs.
    pub hashes: Vec<PictureHash>,
    /// The canonical picture in grey, its longer side at most [`Limits::thumb_side`].
    pub grey: GreyPicture,
}

/// One hash of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureHash {
    /// Which reading of the picture it was made from.
    pub variant: Variant,
    /// How it was computed.
    pub mode: HashMode,
    /// Hash, quality and what the turned and mirrored forms follow from.
    pub pdq: Pdq,
}
