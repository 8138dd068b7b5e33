//! How many files and sockets the program may have open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::accept::Limits;

/// Descriptors that are not for connections: the store's files, workers, webhooks, and connections that are on their way
/// out.
const OTHERS: u64 = 512;
/// The least that is left for connections.
const FEWEST: u64 = 64;

impl Limits {
    /// The same, with no more connections than there are descriptors for; the system is asked for as many as it gives.
    #[must_use]
    pub fn within_descriptors(mut self) -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let wanted = self.connections as u64 + OTHERS;
        let raised = maximum.map_or(wanted, |most| wanted.min(most));
        let mut have = current;
        if current.is_some_and(|current| current < raised) {
            let limit = Rlimit {
                current: Some(raised),
                maximum,
            };
            // Where that is refused, it stays as it is.
            if setrlimit(Resource::Nofile, limit).is_ok() {
                have = Some(raised);
            }
        }
        if let Some(have) = have {
            let for_connections = have.saturating_sub(OTHERS).max(FEWEST);
            self.connections = self
                .connections
                .min(usize::try_from(for_connections).unwrap_or(usize::MAX));
        }
        self
    }
}
