//! What threads listen to that wait for work, and for the end of it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Rings when there may be work. Each kind of work has a bell of its own: whoever waits at one for something else would
/// sleep through it.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    /// How often it has rung, so that nothing is missed between looking for work and waiting for it.
    times: u64,
    stopped: bool,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, Rung> {
        // A number and a flag are always whole.
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that there may be work. All who wait look for it; who finds none waits on.
    pub(crate) fn ring(&self) {
        self.lock().times += 1;
        self.changed.notify_all();
    }

    /// Says that all shall end.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// How often it has rung; `None` when all shall end.
    pub(crate) fn heard(&self) -> Option<u64> {
        let rung = self.lock();
        (!rung.stopped).then_some(rung.times)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.heard().is_none()
    }

    /// Waits until it has rung since `heard`, all shall end, or `most` has passed.
    pub(crate) fn wait(&self, heard: u64, most: Duration) {
        let rung = self.lock();
        drop(
            self.changed
                .wait_timeout_while(rung, most, |rung| rung.times == heard && !rung.stopped),
        );
    }

    /// Waits for `most`, unless all shall end.
    pub(crate) fn pause(&self, most: Duration) {
        let rung = self.lock();
        drop(self.changed.wait_timeout_while(rung, most, |rung| !rung.stopped));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_rang_before_waiting_is_not_missed_and_all_who_wait_hear_it() {
        let bell = Bell::default();
        let heard = bell.heard().unwrap();
        bell.ring();
        let begun = Instant::now();
        bell.wait(heard, LONG);
        let heard = bell.heard().unwrap();
        std::thread::scope(|scope| {
            let waiting: Vec<_> = (0..4).map(|_| scope.spawn(|| bell.wait(heard, LONG))).collect();
            bell.ring();
            waiting.into_iter().for_each(|thread| thread.join().unwrap());
            let pausing = scope.spawn(|| bell.pause(LONG));
            bell.ring();
            bell.stop();
            pausing.join().unwrap();
        });
        assert!(begun.elapsed() < LONG);
        assert_eq!(bell.heard(), None);
    }
}
