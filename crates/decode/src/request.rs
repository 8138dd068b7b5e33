//! What is asked of the room, and what leaves it: plain data, capped, ready to cross a process boundary.

use fingerprint::digest::Digests;
use fingerprint::film::Tracks;
use fingerprint::grey::GreyPicture;
use fingerprint::pdq::Pdq;
use fingerprint::sound::Shifted;
use model::{HashMode, Incomplete, PartName, Variant};
use serde::{Deserialize, Serialize};
use text::known::TextPrint;
use text::report::Report;

use crate::FileKind;
use crate::sandbox::Posture;

/// Gaps that are listed of one item; the first ones.
pub(crate) const MOST_GAPS: usize = 200;
/// Bytes of all reports of one item, as they cross to the supervisor.
pub(crate) const MOST_REPORTED: usize = 32 << 20;
/// Bytes of the prints of all texts of one item, as they cross to the supervisor: about eight for each word.
pub(crate) const MOST_PRINTED: usize = 64 << 20;
/// Bytes of the words by which all texts of one item are searched.
pub(crate) const MOST_WORDS: usize = 256 << 10;
/// Films and sounds of one item that are decoded; each costs processes.
pub(crate) const MOST_MEDIA: u32 = 100;

/// How much may be spent on one file. Whatever lies beyond is reported as incomplete, never left out in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Width × height that a picture may declare; checked before its pixels are allocated.
    pub max_pixels: u64,
    /// Bytes that a file may have to be decoded; it is digested in any case.
    pub max_bytes: u64,
    /// Frames of an animation (or pages of a TIFF) that are sampled, the first included. At least 1.
    pub max_frames: u32,
    /// Longer side of the grey thumbnail, in pixels. At least 1.
    pub thumb_side: u32,
    /// Pictures of an item that are hashed, over all of its members and pages.
    pub max_pictures: u32,
    /// Pages of documents in an item that are looked at, over all of its members.
    pub max_pages: u32,
    /// Members of an item that are opened, at any depth.
    pub max_members: u32,
    /// Members within members.
    pub max_depth: u32,
    /// Bytes that one member may have when it is unpacked.
    pub max_member: u64,
    /// Bytes that may come out of an item in all.
    pub max_unpacked: u64,
    /// Bytes of text, as UTF-8, that are taken from an item.
    pub max_text: u64,
    /// Seconds of a film or a recording that are looked at.
    pub max_seconds: u32,
    /// Frames of a film that are kept.
    pub max_film_frames: u32,
    /// Pictures of an item in which text is looked for; each costs another program's seconds.
    pub max_ocr: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pixels: 100_000_000,
            max_bytes: 256 << 20,
            max_frames: 8,
            // What windows are cut from; whoever wants to see more decodes again.
            thumb_side: 256,
            max_pictures: 1_000,
            max_pages: 500,
            max_members: 10_000,
            max_depth: 5,
            max_member: 100 << 20,
            max_unpacked: 400 << 20,
            max_text: 16 << 20,
            max_seconds: 4 * 3600,
            max_film_frames: 200_000,
            max_ocr: 50,
        }
    }
}

/// Which frames of a film are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frames {
    /// One a second, of an upload: each meets its like among the distinct ones of a bank.
    OneASecond,
    /// All that differ from the one before: for a bank, and of an upload where banked films have few frames.
    Distinct,
}

/// What is asked of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// How PDQ is computed.
    pub mode: HashMode,
    /// Which frames of films are kept.
    pub frames: Frames,
    /// Whether sounds are heard in the pitches and tempos of a bank instead of those of an upload.
    pub banked: bool,
    /// Whether text is looked for in pictures, by Tesseract. Needs a [`Sandbox`](crate::sandbox::Sandbox).
    pub ocr: bool,
    /// Whether texts are read: what they say of themselves, their language and context, what leads somewhere.
    pub read: bool,
    /// Whether texts are made ready to be compared with known ones.
    pub compare: bool,
    /// How much may be spent.
    pub limits: Limits,
}

impl Request {
    /// A request in that mode with the default limits.
    pub fn new(mode: HashMode) -> Self {
        Self {
            mode,
            frames: Frames::OneASecond,
            banked: false,
            ocr: false,
            read: false,
            compare: false,
            limits: Limits::default(),
        }
    }

    /// The same, with texts that can be compared with known ones.
    pub const fn with_texts(self) -> Self {
        Self {
            compare: true,
            ..self
        }
    }

    /// The same, with texts that are read too: policies ask for their language and context.
    pub const fn with_reading(self) -> Self {
        Self { read: true, ..self }
    }

    /// The same, as it is asked of what goes into a bank: banks are few and uploads many, so that a bank keeps every frame
    /// that differs, and an upload needs one a second.
    pub const fn for_bank(self) -> Self {
        Self {
            frames: Frames::Distinct,
            banked: true,
            ..self
        }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The three digests of the whole file; always there.
    pub digests: Digests,
    /// What was found in it.
    pub contents: Contents,
    /// What protected its decoding.
    pub posture: Posture,
}

impl std::ops::Deref for Decoded {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        &self.contents
    }
}

/// What decoding finds in a file: all that a worker says. The digests of the file are not among it, since an exact match
/// rests on them: they are taken where no decoder can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Contents {
    /// What the content (never the name) says the file is.
    pub kind: FileKind,
    /// The pictures in it: the first one, then sampled later frames; pages and embedded pictures. Empty where nothing
    /// could be decoded.
    pub pictures: Vec<PicturePart>,
    /// The texts in it.
    pub texts: Vec<TextPart>,
    /// The members in it that could be unpacked, each before what lies in it.
    pub members: Vec<MemberPart>,
    /// The films in it.
    pub films: Vec<FilmPart>,
    /// The sounds in it.
    pub sounds: Vec<SoundPart>,
    /// What was read in its texts, where [`Request::read`] asked for it.
    pub reports: Vec<ReportPart>,
    /// What its texts are compared by, where [`Request::compare`] asked for it.
    pub prints: Vec<PrintPart>,
    /// What could not be looked at, and why. Empty means that everything was.
    pub incomplete: Vec<Incomplete>,
}

impl Contents {
    /// A file of that kind in which nothing was found.
    pub const fn nothing(kind: FileKind) -> Self {
        Self {
            kind,
            pictures: Vec::new(),
            texts: Vec::new(),
            members: Vec::new(),
            films: Vec::new(),
            sounds: Vec::new(),
            reports: Vec::new(),
            prints: Vec::new(),
            incomplete: Vec::new(),
        }
    }
}

/// The text of a file or a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// Where it was found; of a text that was guessed, the picture.
    pub name: PartName,
    /// The text, as it stands there.
    pub text: String,
    /// How it was read.
    pub source: TextSource,
}

/// How a text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    /// It stands in the file as text.
    Document,
    /// It was guessed from a picture, and is only good for comparisons that forgive.
    Ocr,
}

/// What was read in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// Where it was found. Spans are of bytes of that file; of a part that is a text, of bytes of that text.
    pub name: PartName,
    /// What was read.
    pub report: Report,
}

/// What a text is compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintPart {
    /// Where it was found. Spans are of bytes of that file; of a part that is a text, of bytes of that text.
    pub name: PartName,
    /// The print.
    pub print: TextPrint,
    /// The words by which it is searched. None of what goes into a bank, and none of what is no text.
    pub words: Vec<String>,
}

/// A member of an archive, an attachment, an embedded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPart {
    /// Where it was found.
    pub name: PartName,
    /// What its content says that it is.
    pub kind: FileKind,
    /// Its size, unpacked.
    pub bytes: u64,
    /// Its digests. They were taken by the process that unpacked it, and so never make a match *exact*.
    pub digests: Digests,
}

/// A track of pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmPart {
    /// Where it was found.
    pub name: PartName,
    /// Hashes of its frames.
    pub tracks: Tracks,
}

/// A track of sound.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundPart {
    /// Where it was found.
    pub name: PartName,
    /// What was heard, as it is and as it would be at other pitches and tempos: those of a bank, or of a query.
    pub variants: Vec<Shifted>,
}

/// One picture of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct PicturePart {
    /// Where it was found: `picture`, `frame:3`, `album.zip › 1.png › picture`.
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
