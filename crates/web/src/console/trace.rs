//! What policies say of an item, as it was recorded when it was decided, in the words of the page.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{ItemId, Sha256};
use pipeline::policies::{InUse, Recorded, RecordedError};
use pipeline::report::Lang;
use policy::{ExplainFor, Language};
use store::{Store, StoreError};

use crate::app::App;

/// Sets that are kept ready: one has decided many items, and to check one takes longer than to explain.
const MOST: usize = 8;

/// Sets that decisions rest on, by the digests of their lists.
#[derive(Debug, Default)]
pub(crate) struct Sets(Mutex<HashMap<Sha256, Arc<InUse>>>);

impl Sets {
    /// One of them; `None` when it does not pass the check of this program.
    fn get(&self, store: &Store, hash: &Sha256) -> Option<Arc<InUse>> {
        // What is done while it is held leaves it whole.
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept().get(hash) {
            return Some(Arc::clone(found));
        }
        let read = Arc::new(InUse::read(store, hash).ok()?);
        let mut kept = kept();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(*hash, Arc::clone(&read));
        Some(read)
    }
}

/// The explanation of the newest decision of policies about an item; nothing where none was in use, or where the record was
/// erased.
pub(super) fn explained(app: &App, item: ItemId, lang: Lang) -> Result<Vec<Vec<String>>, StoreError> {
    let store = app.intake.store();
    let recorded = match Recorded::of(store, item) {
        Ok(recorded) => recorded,
        Err(RecordedError::Store(error)) => return Err(error),
        // What was altered, or written by another program, explains nothing.
        Err(_) => return Ok(Vec::new()),
    };
    let in_use = recorded
        .in_use()
        .and_then(|hash| app.console.sets.get(store, &hash));
    let explained = in_use.and_then(|it| recorded.explain_by(&it, ExplainFor::Reviewer, language(lang)));
    Ok(explained.map(|it| it.paragraphs).unwrap_or_default())
}

/// The language of a page as policies are explained in it.
pub(super) const fn language(lang: Lang) -> Language {
    match lang {
        Lang::En => Language::En,
        Lang::Ar => Language::Ar,
    }
}
