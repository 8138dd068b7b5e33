//! Connections for readings: idle ones are kept, and of a server's not more are opened than it may give.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::StoreError;
use crate::db::Session;

/// Idle connections that are kept; more are opened when more threads read at once.
const IDLE: usize = 8;

/// Connections to a server that read at once: as it comes, PostgreSQL has 100 for everybody.
const OF_SERVER: usize = 16;

/// The connections of a store that read.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    state: Mutex<State>,
    given_back: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<Session>,
    /// Connections that are in use.
    busy: usize,
}

/// Counts as a connection in use until it is dropped.
struct Busy<'a>(&'a Readers);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.given_back.notify_one();
    }
}

impl Readers {
    /// Reads with an idle connection, or a new one. Where a server has given as many as it may, this waits for one that is
    /// given back; after `wait` it asks for one more all the same, as whoever waits may have one itself.
    pub(crate) fn with<T>(
        &self,
        of_server: bool,
        wait: Duration,
        open: impl FnOnce() -> Result<Session, StoreError>,
        read: impl FnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let full = |state: &mut State| of_server && state.idle.is_empty() && state.busy >= OF_SERVER;
        let waited = self.given_back.wait_timeout_while(self.state(), wait, full);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.busy += 1;
        let idle = state.idle.pop();
        drop(state);
        let busy = Busy(self);
        let mut session = match idle {
            Some(session) => session,
            None => open()?,
        };
        // A failed reading leaves a sound connection; one that panics takes it along.
        let value = read(&mut session);
        let mut state = self.state();
        if state.idle.len() < IDLE {
            state.idle.push(session);
        }
        drop(state);
        drop(busy);
        value
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while it is held leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn open() -> Result<Session, StoreError> {
        let connection = rusqlite::Connection::open_in_memory().map_err(crate::db::Error::from)?;
        Ok(Session::Sqlite(connection))
    }

    #[test]
    fn a_server_gives_so_many_connections_and_whoever_waits_gets_the_next() {
        let readers = Readers::default();
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 * OF_SERVER {
                scope.spawn(|| {
                    readers.with(true, Duration::from_secs(60), open, |_| {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(5));
                        now.fetch_sub(1, Ordering::SeqCst);
                        Ok(())
                    })
                });
            }
        });
        assert!(most.into_inner() <= OF_SERVER);
        let state = readers.state();
        assert_eq!((state.busy, state.idle.len()), (0, IDLE));
    }

    #[test]
    fn whoever_reads_within_a_reading_is_not_kept_waiting_for_ever() {
        fn nested(readers: &Readers, depth: usize) -> Result<usize, StoreError> {
            readers.with(true, Duration::from_millis(1), open, |_| match depth {
                0 => Ok(0),
                _ => nested(readers, depth - 1).map(|count| count + 1),
            })
        }
        assert_eq!(nested(&Readers::default(), OF_SERVER + 2).unwrap(), OF_SERVER + 2);
    }
}
