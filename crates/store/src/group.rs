//! Group commit: writes that wait for each other's flush share one.
//!
//! A commit costs a flush of the disk, whatever is in it. So each write is put into a queue, and whoever gets the
//! connection next runs all that wait, each in a savepoint of its own, and commits them together. A write that fails
//! rolls back alone; a commit that fails fails for all of them.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use crate::StoreError;
use crate::db::{Session, Transaction};

/// Writes that are committed together at most; the others wait for the next turn.
const MOST: usize = 512;

/// Gives an engine's error its meaning, in the transaction of that name.
type Meaning<'a> = &'a dyn Fn(StoreError, &'static str) -> StoreError;

/// A write that waits, with its type hidden.
trait Waiting: Send {
    /// Runs the write within its savepoint; its failure, in `meaning`'s words, where it failed.
    fn run(&mut self, transaction: &Transaction<'_>, meaning: Meaning<'_>) -> Result<(), &StoreError>;

    /// Tells whoever waits what became of it.
    fn settle(self: Box<Self>, failure: Option<&StoreError>);
}

struct Write<T, F> {
    name: &'static str,
    body: Option<F>,
    value: Option<Result<T, StoreError>>,
    answer: SyncSender<Result<T, StoreError>>,
}

impl<T, F> Waiting for Write<T, F>
where
    T: Send,
    F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, transaction: &Transaction<'_>, meaning: Meaning<'_>) -> Result<(), &StoreError> {
        if let Some(body) = self.body.take() {
            self.value = Some(body(transaction).map_err(|error| meaning(error, self.name)));
        }
        match &self.value {
            Some(Err(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn settle(self: Box<Self>, failure: Option<&StoreError>) {
        let outcome = match (self.value, failure) {
            // A failure of its own says more than that of the group.
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(value)), None) => Ok(value),
            (Some(Ok(_)), Some(failure)) => Err(failure.for_another()),
            (None, failure) => Err(failure.map_or_else(StoreError::not_run, StoreError::for_another)),
        };
        // Nobody waits any more when the waiting thread has ended.
        let _ = self.answer.send(outcome);
    }
}

/// The queue of writes.
#[derive(Default)]
pub(crate) struct Group {
    waiting: Mutex<Vec<Box<dyn Waiting>>>,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Group(..)")
    }
}

impl Group {
    /// Puts a write into the queue; its outcome comes out of the receiver.
    pub(crate) fn enqueue<T, F>(&self, name: &'static str, body: F) -> Receiver<Result<T, StoreError>>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, outcome) = sync_channel(1);
        let write = Write {
            name,
            body: Some(body),
            value: None,
            answer,
        };
        self.queue().push(Box::new(write));
        outcome
    }

    /// Runs and commits what waits. The caller holds the connection, so that one leader works at a time.
    pub(crate) fn lead(&self, session: &mut Session, meaning: Meaning<'_>) {
        let mut writes = {
            let mut queue = self.queue();
            let count = queue.len().min(MOST);
            queue.drain(..count).collect::<Vec<_>>()
        };
        let failure = commit(session, &mut writes, meaning)
            .err()
            .map(|error| meaning(error, "commit"));
        for write in writes {
            write.settle(failure.as_ref());
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Vec<Box<dyn Waiting>>> {
        // Pushing and draining leave the list whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn commit(
    session: &mut Session,
    writes: &mut [Box<dyn Waiting>],
    meaning: Meaning<'_>,
) -> Result<(), StoreError> {
    session.write(|transaction| {
        // One that is alone can as well take the whole transaction with it.
        if let [write] = writes {
            return write
                .run(transaction, meaning)
                .map_err(|error| error.for_another());
        }
        for write in writes {
            transaction.execute_batch("SAVEPOINT one")?;
            if let Err(error) = write.run(transaction, meaning) {
                if transaction.is_given_up() {
                    // With it the writes before are gone.
                    return Err(error.for_another());
                }
                transaction.roll_back_to("one")?;
            }
            transaction.execute_batch("RELEASE one")?;
        }
        Ok(())
    })
}
