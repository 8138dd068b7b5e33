//! What the command line prints with `--json`: one object a line, stable names, documented here and in the handbook.

use decode::sandbox::Protection;
use decode::{Decoded, FilmPart, MemberPart, SoundPart, TextPart, TextSource};
use fingerprint::film::vpdq::{self, VpdqFrame};
use fingerprint::sound::Shift;
use model::{
    HashMode, Incomplete, IncompleteReason, Match, Md5, PartName, PdqHash, Quality, Sha1, Sha256, SignalType,
    Variant, Verdict,
};
use serde::{Deserialize, Serialize};

mod texts;

pub use texts::{PassagesRow, TextSignalRow, TextSignalsRow};

use crate::examine::Examined;

/// One perceptual signal of a picture.
#[derive(Debug, Clone, Serialize)]
pub struct SignalRow {
    /// The signal type.
    #[serde(rename = "type")]
    pub kind: SignalType,
    /// 64 hex digits.
    pub value: PdqHash,
    /// 0 to 100; below 50 the value is not compared.
    pub quality: Quality,
    /// Which reading of the picture.
    pub variant: Variant,
    /// How it was computed.
    pub mode: HashMode,
    /// The part of the file: `picture`, `frame:3`.
    pub part: PartName,
}

/// The signal of a film or a recording.
#[derive(Debug, Clone, Serialize)]
pub struct TrackRow {
    /// The signal type.
    #[serde(rename = "type")]
    pub kind: SignalType,
    /// As peers exchange it: for `vpdq` a JSON list of `"hash,quality,seconds"`, for `chromaprint` what `fpcalc -raw`
    /// prints.
    pub value: String,
    /// Frames or words in it.
    pub length: usize,
    /// The part of the file: `film`, `clip.mp4 › sound`.
    pub part: PartName,
}

impl TrackRow {
    fn film(film: &FilmPart) -> Self {
        let frames: Vec<VpdqFrame> = film
            .tracks
            .whole
            .frames
            .iter()
            .map(|frame| VpdqFrame {
                hash: frame.hash,
                quality: frame.quality,
                time: f64::from(frame.time) / 1000.0,
            })
            .collect();
        Self {
            kind: SignalType::Vpdq,
            value: vpdq::write(&frames),
            length: frames.len(),
            part: film.name.clone(),
        }
    }

    fn sound(sound: &SoundPart) -> impl Iterator<Item = Self> {
        let heard = sound.variants.iter().filter(|it| it.shift == Shift::NONE);
        heard.map(|track| Self {
            kind: SignalType::Chromaprint,
            value: track
                .words
                .iter()
                .map(u32::to_string)
                .collect::<Vec<_>>()
                .join(","),
            length: track.words.len(),
            part: sound.name.clone(),
        })
    }
}

/// A member of an archive, an attachment, an embedded file.
#[derive(Debug, Clone, Serialize)]
pub struct MemberRow {
    /// Where it lies.
    pub part: PartName,
    /// What its content says that it is.
    pub kind: &'static str,
    /// Its size, unpacked.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Sha256,
}

/// A text in the file.
#[derive(Debug, Clone, Serialize)]
pub struct TextRow {
    /// Where it was found.
    pub part: PartName,
    /// How it was read.
    pub source: TextSource,
    /// The text.
    pub text: String,
}

/// Something that was not looked at.
#[derive(Debug, Clone, Serialize)]
pub struct IncompleteRow {
    /// The part.
    pub part: PartName,
    /// Why: a code, and after a colon the particulars.
    pub reason: String,
}

impl From<&Incomplete> for IncompleteRow {
    fn from(gap: &Incomplete) -> Self {
        Self {
            part: gap.part.clone(),
            reason: gap.reason.to_string(),
        }
    }
}

/// The line of `basira hash`.
#[derive(Debug, Clone, Serialize)]
pub struct HashRow {
    /// The path as it was given.
    pub path: String,
    /// Digests of the whole file; absent when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// MD5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<Md5>,
    /// SHA-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha1: Option<Sha1>,
    /// Perceptual signals of pictures.
    pub signals: Vec<SignalRow>,
    /// Perceptual signals of films and recordings; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackRow>,
    /// Members, each before what lies in it; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRow>,
    /// Texts; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextRow>,
    /// What texts are compared by, also those in documents; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub text_signals: Vec<TextSignalsRow>,
    /// How well decoding was protected; absent when the file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Protection>,
    /// What was not looked at; absent when there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<IncompleteRow>,
}

impl HashRow {
    /// The row of a decoded file.
    pub fn of(path: String, decoded: &Decoded) -> Self {
        let digests = decoded.digests;
        let signals = decoded.pictures.iter().flat_map(|part| {
            part.hashes.iter().map(|hash| SignalRow {
                kind: SignalType::Pdq,
                value: hash.pdq.hash(),
                quality: hash.pdq.quality(),
                variant: hash.variant,
                mode: hash.mode,
                part: part.name.clone(),
            })
        });
        Self {
            path,
            sha256: Some(digests.sha256),
            md5: Some(digests.md5),
            sha1: Some(digests.sha1),
            signals: signals.collect(),
            tracks: decoded
                .films
                .iter()
                .map(TrackRow::film)
                .chain(decoded.sounds.iter().flat_map(TrackRow::sound))
                .collect(),
            members: decoded.members.iter().map(member).collect(),
            texts: decoded.texts.iter().map(text).collect(),
            text_signals: decoded.prints.iter().filter_map(TextSignalsRow::of).collect(),
            sandbox: Some(decoded.posture.protection()),
            incomplete: decoded.incomplete.iter().map(IncompleteRow::from).collect(),
        }
    }

    /// The row of a file that could not be read.
    pub fn unreadable(path: String, gap: &Incomplete) -> Self {
        Self {
            path,
            sha256: None,
            md5: None,
            sha1: None,
            signals: Vec::new(),
            tracks: Vec::new(),
            members: Vec::new(),
            texts: Vec::new(),
            text_signals: Vec::new(),
            sandbox: None,
            incomplete: vec![gap.into()],
        }
    }
}

fn member(member: &MemberPart) -> MemberRow {
    MemberRow {
        part: member.name.clone(),
        kind: member.kind.name(),
        bytes: member.bytes,
        sha256: member.digests.sha256,
    }
}

fn text(text: &TextPart) -> TextRow {
    TextRow {
        part: text.name.clone(),
        source: text.source,
        text: text.text.clone(),
    }
}

/// What is kept of a matched file, in a scan and on its way to every output.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileResult {
    /// The verdict.
    pub verdict: Verdict,
    /// SHA-256, where the file could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Size in bytes.
    pub bytes: u64,
    /// How well decoding was protected, where the file could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Protection>,
    /// What was not looked at.
    pub incomplete: Vec<(PartName, IncompleteReason)>,
    /// Best first.
    pub matches: Vec<Match>,
}

impl FileResult {
    /// The result of an examined file.
    pub fn of(examined: Examined, bytes: u64) -> Self {
        Self {
            verdict: examined.verdict,
            sha256: Some(examined.decoded.digests.sha256),
            bytes,
            sandbox: Some(examined.decoded.posture.protection()),
            incomplete: examined
                .incomplete
                .into_iter()
                .map(|gap| (gap.part, gap.reason))
                .collect(),
            matches: examined.matches,
        }
    }

    /// The result of a file that could not be read.
    pub fn unreadable(why: String) -> Self {
        let gap = (PartName::file(), IncompleteReason::Unreadable { why });
        Self {
            verdict: Verdict::Incomplete,
            sha256: None,
            bytes: 0,
            sandbox: None,
            incomplete: vec![gap],
            matches: Vec::new(),
        }
    }

    /// What was not looked at.
    pub fn gaps(&self) -> impl Iterator<Item = Incomplete> + '_ {
        self.incomplete.iter().map(|(part, reason)| Incomplete {
            part: part.clone(),
            reason: reason.clone(),
        })
    }
}

/// The line of `basira match` and `basira scan`.
#[derive(Debug, Clone, Serialize)]
pub struct MatchRow<'a> {
    /// The path as it was given or found.
    pub path: &'a str,
    /// The verdict.
    pub verdict: Verdict,
    /// SHA-256, where the file could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// How well decoding was protected, where the file could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Protection>,
    /// What was not looked at.
    pub incomplete: Vec<IncompleteRow>,
    /// Best first.
    pub matches: &'a [Match],
}

impl<'a> MatchRow<'a> {
    /// The row of a result.
    pub fn of(path: &'a str, result: &'a FileResult) -> Self {
        Self {
            path,
            verdict: result.verdict,
            sha256: result.sha256,
            sandbox: result.sandbox,
            incomplete: result.gaps().map(|gap| IncompleteRow::from(&gap)).collect(),
            matches: &result.matches,
        }
    }
}
