//! A thread that does the same again and again, until it is dropped.

use std::fmt::Display;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::bell::Bell;

/// How long after a round that failed the next one begins.
const PAUSE: Duration = Duration::from_secs(2);

/// The thread; when it is dropped, the round that is under way is its last.
#[derive(Debug)]
pub(crate) struct Rounds {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Rounds {
    /// Begins. `pause` lies between two rounds; `trouble` says in the log what a round that failed means.
    ///
    /// # Errors
    /// That the system gives no thread.
    pub(crate) fn start<E: Display>(
        name: &str,
        pause: Duration,
        trouble: &'static str,
        mut round: impl FnMut() -> Result<(), E> + Send + 'static,
    ) -> std::io::Result<Self> {
        let bell = Arc::new(Bell::default());
        let listening = Arc::clone(&bell);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            while !listening.is_stopped() {
                let pause = match round() {
                    Ok(()) => pause,
                    Err(error) => {
                        tracing::error!(%error, "{trouble}");
                        PAUSE
                    }
                };
                listening.pause(pause);
            }
        })?;
        Ok(Self {
            bell,
            thread: Some(thread),
        })
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        self.bell.stop();
        if let Some(thread) = self.thread.take() {
            // What ended it was seen on standard error.
            let _ = thread.join();
        }
    }
}
