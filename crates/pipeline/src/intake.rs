//! Items in: taken in durably, worked on by threads, each with one outcome.
//!
//! Three nouns to know. The [`Intake`] takes items in and tells whoever waits when one is finished. [`Workers`] lease
//! items from the store, decode and match them, and note the outcome; what fails three times is put aside. A
//! [`Process`] is the work on one item; the one of the service is [`Matching`]. A [`LookBack`] compares entries that are
//! added with what was seen before.

mod look_back;
mod matching;
mod recent;
mod workers;

pub use look_back::{LookBack, Progress};
pub use matching::{Matching, decode_bytes};
pub use workers::{Process, Worked, Workers, WorkersError};

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::webhook::Outbox;
use model::{ItemId, ItemState};
use store::{Arrived, NewItem, Store, StoreError, Submission};

/// Told once when an item is finished or put aside.
pub type Waiter = Box<dyn FnOnce() + Send>;

/// Where items come in.
#[derive(Clone)]
pub struct Intake {
    store: Arc<Store>,
    bell: Arc<Bell>,
    outbox: Arc<Outbox>,
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Intake(..)")
    }
}

/// What workers and waiters listen to.
#[derive(Default)]
struct Bell {
    state: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Default)]
struct Rung {
    /// How often work has come, so that none is missed between looking for it and waiting for it.
    times: u64,
    stopped: bool,
    waiters: HashMap<ItemId, Vec<Waiter>>,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Rung> {
        // What is done while it is held leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) {
        self.lock().times += 1;
        self.changed.notify_one();
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Waits until work has come since `heard`, or for `most`; gives how often it has.
    fn wait(&self, heard: u64, most: Duration) -> u64 {
        let rung = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(rung, most, |rung| rung.times == heard && !rung.stopped);
        waited.unwrap_or_else(PoisonError::into_inner).0.times
    }

    fn finished(&self, item: ItemId) {
        let waiters = self.lock().waiters.remove(&item);
        for waiter in waiters.into_iter().flatten() {
            waiter();
        }
    }
}

impl Intake {
    /// An intake into this store.
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            bell: Arc::default(),
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
            self.bell.ring();
        }
        Ok(submission)
    }

    /// Tells `waiter` once the item is finished or put aside: at once if it is.
    ///
    /// # Errors
    /// As [`Store::item`]; the waiter is dropped then.
    pub fn when_finished(&self, submission: &Submission, waiter: Waiter) -> Result<(), StoreError> {
        let id = submission.item.id;
        self.bell.lock().waiters.entry(id).or_default().push(waiter);
        // It may have been finished before the waiter was there.
        let item = self.store.item(submission.item.receipt)?;
        if item.is_none_or(|item| matches!(item.state, ItemState::Done | ItemState::Aside)) {
            self.bell.finished(id);
        }
        Ok(())
    }

    /// Items that somebody waits for.
    pub fn waited_for(&self) -> usize {
        self.bell.lock().waiters.len()
    }
}
