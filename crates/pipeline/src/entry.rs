//! From media to a bank entry, with the warnings that a curator should read.

mod given;
mod texts;

use std::fmt;

use decode::{Decoded, Request, decode};
use fingerprint::film::Track;
use fingerprint::sound::Shifted;
use fingerprint::{grey, window};
use jiff::Timestamp;
use model::{
    BankKind, EntryId, EntrySignal, Incomplete, IncompleteReason, Label, Provenance, Quality, Signal,
    SignalType, Tlp, Trust,
};
use store::{EntryText, EntryTrack, Keep, NewEntry, Thumbnail, Windows};
use thiserror::Error;

pub use given::{Given, GivenError, GivenText};

use crate::banks::{Banks, BanksError};
use crate::examine::ALLOW_RADIUS;
use crate::robust::WORK_SIDE;
use crate::texts::ALIKE;

/// What a curator decides about an entry, media or signals apart.
#[derive(Debug, Clone)]
pub struct EntryDetails {
    /// Labels.
    pub labels: Vec<Label>,
    /// A remark for people.
    pub note: Option<String>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// How far it is trusted.
    pub trust: Trust,
    /// Who may be told.
    pub tlp: Tlp,
    /// When it stops to be matched.
    pub expires: Option<Timestamp>,
    /// Whether nothing may be kept of the picture but its signals.
    pub hash_only: bool,
}

/// Why media made no entry.
#[derive(Debug, Error)]
pub enum EntryMediaError {
    /// Something about the file could not be looked at; an entry made of the rest would promise too much.
    #[error("{}: {}; repair the file or add its digests by hand with --signal sha256=…", .0.part, .0.reason)]
    Incomplete(Incomplete),
}

/// Something a curator should know about a new entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// The picture has too little structure: only its digests will ever match.
    LowQuality {
        /// Its quality.
        quality: Quality,
    },
    /// The picture is all but one tone: its hash says nothing.
    Flat,
    /// The picture or the text is near an allow entry, which will suppress matches of what is nearer to that.
    NearAllow {
        /// The allow entry.
        entry: EntryId,
        /// Bits that differ, or the distance of TLSH.
        distance: u32,
    },
    /// A signal added by hand, whose quality is not known.
    UnknownQuality,
    /// A text of a few words: only the same file will match.
    ShortText,
    /// More texts than an entry may have.
    ManyTexts {
        /// How many are in the entry.
        kept: usize,
    },
    /// A kind of media that is not decoded: only its digests are banked.
    DigestsOnly {
        /// The kind.
        kind: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LowQuality { quality } => write!(
                out,
                "low quality ({} of 100, {} is needed): only the same file will match, not copies of the picture",
                quality.get(),
                Quality::USABLE.get()
            ),
            Self::Flat => write!(
                out,
                "flat: the picture has one tone; only the same file will match"
            ),
            Self::NearAllow { entry, distance } => write!(
                out,
                "near allow entry {entry} (distance {distance}): copies that are nearer to it will be suppressed"
            ),
            Self::DigestsOnly { kind } => {
                write!(
                    out,
                    "{kind} is not decoded: only the same file will match, not copies of what it shows"
                )
            }
            Self::ShortText => write!(
                out,
                "short: a text of fewer than {} words is like many others; only the same file will match",
                text::known::SHORTEST
            ),
            Self::ManyTexts { kept } => write!(
                out,
                "more texts than one entry may have: the first {kept} will match, the others not; add them one by one"
            ),
            Self::UnknownQuality => {
                write!(
                    out,
                    "its quality is not known: a hash of a flat picture would match many others"
                )
            }
        }
    }
}

/// Makes an entry of a media file's bytes: digests, PDQ of all its pictures, what its films, recordings and texts are
/// compared by, and, unless hash-only, thumbnail and windows of the first picture, or else the texts.
///
/// # Errors
/// [`EntryMediaError`] when the file cannot be looked at in full.
pub fn from_media(
    bytes: &[u8],
    request: &Request,
    details: EntryDetails,
) -> Result<(NewEntry, Vec<Warning>), EntryMediaError> {
    from_whole(&decode(bytes, request), details)
}

/// As [`from_media`], of a file that was decoded before.
///
/// # Errors
/// As [`from_media`].
pub fn from_whole(
    decoded: &Decoded,
    details: EntryDetails,
) -> Result<(NewEntry, Vec<Warning>), EntryMediaError> {
    let undecoded = |gap: &&Incomplete| !matches!(gap.reason, IncompleteReason::Unsupported { .. });
    if let Some(gap) = decoded.incomplete.iter().find(undecoded) {
        return Err(EntryMediaError::Incomplete(gap.clone()));
    }
    Ok(from_decoded(decoded, details))
}

/// Makes an entry of what was decoded; what is incomplete in it must have been looked at before.
pub fn from_decoded(decoded: &Decoded, details: EntryDetails) -> (NewEntry, Vec<Warning>) {
    let mut warnings = Vec::new();
    for gap in &decoded.incomplete {
        if let IncompleteReason::Unsupported { kind } = &gap.reason {
            warnings.push(Warning::DigestsOnly { kind: kind.clone() });
        }
    }
    let hash_only = details.hash_only;
    let mut signals = signals(decoded, &mut warnings);
    let mut tracks = tracks(decoded);
    let texts = texts::bank(decoded, &mut signals, &mut tracks, &mut warnings);
    let mut entry = from_signals(signals, details);
    entry.media = Some(decoded.digests.sha256);
    entry.tracks = tracks;
    if !hash_only {
        entry.keep = match decoded.pictures.is_empty() && !texts.is_empty() {
            true => Keep::Texts(texts),
            false => keep(decoded),
        };
    }
    (entry, warnings)
}

/// Makes an entry of signals in their text form, of a quality that is known or not.
pub fn from_given(given: Vec<Given>, quality: Option<Quality>, details: EntryDetails) -> NewEntry {
    let (mut signals, mut tracks, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    for one in given {
        match one {
            Given::Signal(signal) => signals.push(EntrySignal { signal, quality }),
            Given::Track(track) => tracks.push(track),
            Given::Text(given) => {
                // An entry with more signals than fit is refused by the store.
                if let Ok(ordinal) = u8::try_from(signals.len()) {
                    let text = given.text;
                    texts.push(EntryText { ordinal, text });
                }
                signals.push(EntrySignal {
                    signal: given.signal,
                    quality: None,
                });
                tracks.extend(given.passages);
            }
        }
    }
    let keeps = !details.hash_only && !texts.is_empty();
    let mut entry = NewEntry {
        tracks,
        ..from_signals(signals, details)
    };
    if keeps {
        entry.keep = Keep::Texts(texts);
    }
    entry
}

/// Makes an entry of signals that are already there.
pub fn from_signals(signals: Vec<EntrySignal>, details: EntryDetails) -> NewEntry {
    NewEntry {
        signals,
        labels: details.labels,
        note: details.note,
        provenance: details.provenance,
        trust: details.trust,
        human_confirmed: false,
        tlp: details.tlp,
        expires: details.expires,
        disabled_until: None,
        metadata: None,
        media: None,
        tracks: Vec::new(),
        keep: if details.hash_only {
            Keep::HashOnly
        } else {
            Keep::Picture {
                thumbnail: None,
                windows: None,
            }
        },
    }
}

fn signals(decoded: &Decoded, warnings: &mut Vec<Warning>) -> Vec<EntrySignal> {
    let digests = decoded.digests.signals().map(|signal| EntrySignal {
        signal,
        quality: None,
    });
    let mut all: Vec<EntrySignal> = digests.to_vec();
    for part in &decoded.pictures {
        for hash in &part.hashes {
            let signal = EntrySignal {
                signal: Signal::Pdq(hash.pdq.hash()),
                quality: Some(hash.pdq.quality()),
            };
            if all.iter().all(|known| known.signal != signal.signal) && all.len() < store::MAX_SIGNALS {
                all.push(signal);
            }
        }
    }
    let best = decoded
        .pictures
        .iter()
        .flat_map(|part| &part.hashes)
        .map(|hash| hash.pdq.quality())
        .max();
    match best {
        Some(quality) if quality.get() == 0 => warnings.push(Warning::Flat),
        Some(quality) if !quality.is_usable() => warnings.push(Warning::LowQuality { quality }),
        _ => {}
    }
    all
}

/// What films and recordings leave behind: with and without bars, at two pitches.
fn tracks(decoded: &Decoded) -> Vec<EntryTrack> {
    let films = decoded.films.iter().flat_map(|film| film.tracks.each());
    let track = |track: &Track| EntryTrack {
        kind: SignalType::Vpdq,
        bytes: track.to_bytes(),
    };
    let heard = decoded.sounds.iter().flat_map(|sound| &sound.variants);
    let sound = |variant: &Shifted| EntryTrack {
        kind: SignalType::Chromaprint,
        bytes: variant.to_bytes(),
    };
    films.map(track).chain(heard.map(sound)).collect()
}

/// What is kept of the first picture.
fn keep(decoded: &Decoded) -> Keep {
    let Some(part) = decoded.pictures.first() else {
        return Keep::Picture {
            thumbnail: None,
            windows: None,
        };
    };
    let grey = &part.grey;
    let small = grey::shrink(&grey.data, grey.width as usize, grey.height as usize, WORK_SIDE);
    let hashes = window::entry_windows()
        .iter()
        .map(|region| window::hash(small.view(), region))
        .map(|print| (print.hash(), print.quality()))
        .collect();
    // The sides fit 16 bits and the windows their limit, as both are made here; a refusal keeps nothing.
    Keep::Picture {
        thumbnail: Thumbnail::new(small.width as u16, small.height as u16, small.data).ok(),
        windows: Windows::new(window::ENTRY_WINDOWS_VERSION, hashes).ok(),
    }
}

/// Whether a new entry of known content is near an allow entry, which counts at `now`: a picture, or a text.
///
/// # Errors
/// [`BanksError`].
pub fn near_allow(entry: &NewEntry, banks: &Banks, now: Timestamp) -> Result<Option<Warning>, BanksError> {
    for signal in &entry.signals {
        let near = match &signal.signal {
            Signal::Pdq(hash) => banks.near_hash(hash, ALLOW_RADIUS),
            Signal::TextTlsh(hash) => banks.near_tlsh(hash, ALIKE),
            same @ Signal::RawText(_) => banks.with_signal(same)?.into_iter().map(|id| (id, 0)).collect(),
            // What is the same to the bit is not suppressed.
            _ => continue,
        };
        for (id, distance) in near {
            if banks
                .known(id, now)?
                .is_some_and(|known| known.bank.kind == BankKind::Allow)
            {
                return Ok(Some(Warning::NearAllow { entry: id, distance }));
            }
        }
    }
    Ok(None)
}
