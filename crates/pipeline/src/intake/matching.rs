//! The work of the service on an item: its bytes decoded apart, and matched.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Instant;

use decode::{Decoded, Decoder, Frames, Request};
use jiff::Timestamp;
use model::{EntryId, Sha256};
use store::{Item, NewDecision, Seen, Store};

use super::climb::{self, ClimbLimits, Climbs};
use super::look_back::missed;
use super::recent::Recent;
use super::workers::{Process, Worked};
use crate::banks::Banks;
use crate::examine::match_decoded;
use crate::file::decode_open;
use crate::likeness::alike_of;
use crate::policies::Deciding;
use crate::robust::Tier;
use crate::search::words_of;
use crate::texts;
use crate::wire::FileResult;

/// Bytes of decoded items that are kept for the case that the same bytes come again.
const RECENT: usize = 64 << 20;

/// Decodes and matches items.
#[derive(Debug)]
pub struct Matching {
    banks: Arc<Banks>,
    decoder: Arc<Decoder>,
    request: Request,
    tier: Tier,
    recent: Recent,
    climbs: Climbs,
    deciding: Option<Arc<Deciding>>,
}

impl Matching {
    /// Matching with these banks, by this decoder and tier.
    pub fn new(banks: Arc<Banks>, decoder: Arc<Decoder>, request: Request, tier: Tier) -> Self {
        Self {
            banks,
            decoder,
            request,
            tier,
            recent: Recent::new(RECENT),
            climbs: Climbs::new(ClimbLimits::default()),
            deciding: None,
        }
    }

    /// The same, which decides every item by policies, too.
    #[must_use]
    pub fn with_policies(mut self, deciding: Arc<Deciding>) -> Self {
        self.deciding = Some(deciding);
        self
    }

    /// The same, which tells of climbs by other limits.
    #[must_use]
    pub fn with_climb_limits(mut self, limits: ClimbLimits) -> Self {
        self.climbs = Climbs::new(limits);
        self
    }

    /// Tells people when this source comes near an entry again and again. The item is finished whatever becomes of it.
    fn watch(&self, item: &Item, near: &[(EntryId, u32)]) {
        for (entry, distance) in near.iter().take(MOST_NEAR) {
            let climb = self.climbs.note(&item.source, *entry, *distance, Instant::now());
            let Some(climb) = climb else { continue };
            let now = Timestamp::now();
            let told = self.banks.known_content(*entry, now).and_then(|known| {
                if known.is_some() {
                    climb::count();
                    let about = [
                        ("misses", climb.misses),
                        ("falls", climb.falls),
                        ("nearest", climb.nearest),
                    ];
                    self.banks.store().note_climb(&item.source, *entry, &about, now)?;
                }
                Ok(())
            });
            if let Err(error) = told {
                tracing::error!(
                    entry = entry.0,
                    %error,
                    "a source comes near an entry again and again, which could not be told"
                );
            }
        }
    }

    fn decode(&self, sha256: &Sha256, request: &Request) -> Result<Decoded, String> {
        let decoded = decode_blob(self.banks.store(), sha256, &self.decoder, request)?;
        decoded.ok_or_else(|| "its bytes are not kept any more".to_owned())
    }
}

/// A blob, decoded; `None` when it is not kept (any more).
///
/// # Errors
/// Why not, in words for the log.
pub fn decode_blob(
    store: &Store,
    sha256: &Sha256,
    decoder: &Decoder,
    request: &Request,
) -> Result<Option<Decoded>, String> {
    let mut file = nameless().map_err(|error| error.to_string())?;
    let found = store
        .copy_blob(sha256, &mut file)
        .map_err(|error| error.to_string())?;
    if !found {
        return Ok(None);
    }
    let decoded = decode_nameless(file, decoder, request).map_err(|error| error.to_string())?;
    if decoded.digests.sha256 != *sha256 {
        return Err("its bytes changed on their way to the decoder".to_owned());
    }
    Ok(Some(decoded))
}

/// Bytes, decoded.
///
/// # Errors
/// What the system says; that the sandbox does not work.
pub fn decode_bytes(bytes: &[u8], decoder: &Decoder, request: &Request) -> io::Result<Decoded> {
    let mut file = nameless()?;
    file.write_all(bytes)?;
    decode_nameless(file, decoder, request)
}

fn decode_nameless(mut file: File, decoder: &Decoder, request: &Request) -> io::Result<Decoded> {
    file.seek(SeekFrom::Start(0))?;
    let (decoded, _) = decode_open(file, &mut Vec::new(), decoder, request, &mut |_| ())?;
    Ok(decoded)
}

/// A file in memory, so that the bytes of an item are in the clear on no disk.
#[cfg(target_os = "linux")]
fn nameless() -> io::Result<File> {
    Ok(rustix::fs::memfd_create("item", rustix::fs::MemfdFlags::CLOEXEC)?.into())
}

/// A file without a name.
#[cfg(not(target_os = "linux"))]
fn nameless() -> io::Result<File> {
    tempfile::tempfile()
}

/// Entries that one item is noted to be near.
const MOST_NEAR: usize = 16;

/// Pictures of an item that are kept for looking back.
const MOST_SEEN: usize = 256;

/// What an item is known by later.
fn seen(decoded: &Decoded) -> Seen {
    let hashes = decoded.pictures.iter().flat_map(|part| &part.hashes);
    let usable = hashes.filter(|hash| hash.pdq.quality().is_usable());
    Seen {
        sha256: decoded.digests.sha256,
        md5: decoded.digests.md5,
        sha1: decoded.digests.sha1,
        pictures: usable
            .map(|hash| (hash.pdq.hash(), hash.pdq.quality()))
            .take(MOST_SEEN)
            .collect(),
        texts: texts::seen(decoded),
    }
}

impl Process for Matching {
    fn process(&self, item: &Item) -> Result<Worked, String> {
        let matched_at = self.banks.seq();
        let mut request = self.request;
        if self.banks.has_sparse_films() {
            request.frames = Frames::Distinct;
        }
        let dense = request.frames == Frames::Distinct;
        // What was decoded for a bank without sparse films has too few frames for one with them.
        let kept = self
            .recent
            .get(&item.sha256)
            .filter(|kept| !dense || kept.films.is_empty());
        let decoded = match kept {
            Some(decoded) => decoded,
            None => {
                let decoded = Arc::new(self.decode(&item.sha256, &request)?);
                self.recent.put(&decoded);
                decoded
            }
        };
        let now = Timestamp::now();
        let mut examined = match_decoded((*decoded).clone(), &self.banks, self.tier, now)
            .map_err(|error| error.to_string())?;
        self.watch(item, &std::mem::take(&mut examined.near));
        let decision = match &self.deciding {
            None => None,
            Some(deciding) => Some(
                deciding
                    .decide(item, &examined, now)
                    .map_err(|error| error.to_string())?,
            ),
        };
        let words = words_of(self.banks.store(), &decoded);
        Ok(Worked {
            alike: alike_of(&examined, &self.banks),
            decision,
            result: FileResult::of(examined, item.size),
            seen: Some(seen(&decoded)),
            matched_at,
            words,
        })
    }

    fn put_aside(&self, item: &Item) -> Option<NewDecision> {
        let decided = self.deciding.as_ref()?.decide_unread(item, Timestamp::now());
        decided
            .inspect_err(|error| tracing::error!(%error, "an item that was put aside was not decided"))
            .ok()
    }

    fn noted(&self, worked: &Worked) {
        let Some(seen) = &worked.seen else { return };
        // An entry that came while the item was worked on: its look-back may have been before the item was seen.
        let caught_up = missed(&self.banks, seen, worked.matched_at).and_then(|hits| {
            if !hits.is_empty() {
                self.banks.store().note_look_back(hits, None, Timestamp::now())?;
            }
            Ok(())
        });
        if let Err(error) = caught_up {
            tracing::error!(%error, "an item was not compared with entries that came meanwhile");
        }
    }
}
