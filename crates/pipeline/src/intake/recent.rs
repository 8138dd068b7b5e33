//! What was decoded lately: the same bytes are posted again and again, and need to be decoded once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use decode::Decoded;
use model::Sha256;

/// Decoded items, the oldest forgotten first.
#[derive(Debug)]
pub(super) struct Recent {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_digest: HashMap<Sha256, Arc<Decoded>>,
    order: VecDeque<Sha256>,
    bytes: usize,
}

impl Recent {
    /// Keeps about so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    pub(super) fn get(&self, sha256: &Sha256) -> Option<Arc<Decoded>> {
        self.lock().by_digest.get(sha256).cloned()
    }

    /// Keeps what was decoded in full; what is incomplete may have been so by chance (time, memory), and is decoded again.
    pub(super) fn put(&self, decoded: &Arc<Decoded>) {
        let size = size(decoded);
        if !decoded.incomplete.is_empty() || size > self.most {
            return;
        }
        let sha256 = decoded.digests.sha256;
        let mut kept = self.lock();
        if kept.by_digest.insert(sha256, Arc::clone(decoded)).is_some() {
            return;
        }
        kept.order.push_back(sha256);
        kept.bytes += size;
        while kept.bytes > self.most {
            let Some(oldest) = kept.order.pop_front() else {
                break;
            };
            if let Some(gone) = kept.by_digest.remove(&oldest) {
                kept.bytes -= self::size(&gone);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A panic in between leaves a decoding too many or too few in the count, which forgets early or late.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes of memory it takes.
fn size(decoded: &Decoded) -> usize {
    let pictures = decoded.pictures.iter().map(|part| 3_000 + part.grey.data.len());
    let texts = decoded.texts.iter().map(|text| text.text.len());
    let films = decoded
        .films
        .iter()
        .map(|film| film.tracks.whole.frames.len() * 200);
    let sounds = decoded
        .sounds
        .iter()
        .flat_map(|sound| &sound.variants)
        .map(|heard| 4 * heard.words.len());
    let prints = decoded
        .prints
        .iter()
        .map(|part| part.print.size() + 64 * part.words.len());
    4_096
        + decoded.members.len() * 256
        + pictures
            .chain(texts)
            .chain(films)
            .chain(sounds)
            .chain(prints)
            .sum::<usize>()
}
