//! Items in: taken in durably, worked on by threads, each with one outcome.
//!
//! Three nouns to know. The [`Intake`] takes items in and tells whoever waits when one is finished. [`Workers`] lease
//! items from the store, decode and match them, and note the outcome; what fails three times is put aside. A
//! [`Process`] is the work on one item; the one of the service is [`Matching`]. A [`LookBack`] compares entries that are
//! added with what was seen before.

mod climb;
mod look_back;
mod matching;
mod recent;
mod reversal;
mod workers;

pub use climb::{ClimbLimits, climbs_seen};
pub use look_back::{LookBack, Progress};
pub use matching::{Matching, decode_blob, decode_bytes};
pub use workers::{Process, Worked, Workers, WorkersError};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{ItemId, ItemState};
use store::{Arrived, NewItem, Store, StoreError, Submission};

use crate::bell::Bell;
use crate::traces;
use crate::webhook::Outbox;

/// Told once when an item is finished or put aside.
pub type Waiter = Box<dyn FnOnce() + Send>;

/// Where items come in.
#[derive(Clone)]
pub struct Intake {
    store: Arc<Store>,
    /// Rings when an item waits.
    bell: Arc<Bell>,
    waiters: Arc<Waiters>,
    outbox: Arc<Outbox>,
}

/// Who waits for an item to be finished.
type Waiters = Mutex<HashMap<ItemId, Vec<Waiter>>>;

impl std::fmt::Debug for Intake {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Intake(..)")
    }
}

impl Intake {
    /// An intake into this store.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            bell: Arc::default(),
            waiters: Arc::default(),
            outbox: Arc::default(),
        }
    }

    /// The store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Where what webhooks are told of items waits.
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Takes an item in; it is on the disk when this returns, and workers have heard of it.
    ///
    /// # Errors
    /// As [`Store::submit`].
    pub fn submit(&self, arrived: &Arrived, new: NewItem) -> Result<Submission, StoreError> {
        let submission = self.store.submit(arrived, new)?;
        if !submission.known {
            traces::brought(submission.item.receipt);
            self.bell.ring();
        }
        Ok(submission)
    }

    /// Tells `waiter` once the item is finished or put aside: at once if it is.
    ///
    /// # Errors
    /// As [`Store::item`]; the waiter is told nevertheless, when workers have finished the item.
    pub fn when_finished(&self, submission: &Submission, waiter: Waiter) -> Result<(), StoreError> {
        let id = submission.item.id;
        self.waiters().entry(id).or_default().push(waiter);
        // It may have been finished before the waiter was there.
        let item = self.store.item(submission.item.receipt)?;
        if item.is_none_or(|item| matches!(item.state, ItemState::Done | ItemState::Aside)) {
            self.finished(id);
        }
        Ok(())
    }

    /// Items that somebody waits for.
    pub fn waited_for(&self) -> usize {
        self.waiters().len()
    }

    /// Tells whoever waits for it.
    fn finished(&self, item: ItemId) {
        let waiters = self.waiters().remove(&item);
        for waiter in waiters.into_iter().flatten() {
            waiter();
        }
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<ItemId, Vec<Waiter>>> {
        // What is done while it is held leaves it whole.
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
