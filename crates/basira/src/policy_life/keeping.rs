//! What a service does for policies beside requests: some decisions are made again at each start, and what goes quiet or
//! wild is taken out of effect.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use pipeline::policies::{Watch, replay_all};
use store::{Store, StoreError};

/// Decisions that are made again at each start.
const SAMPLE: u32 = 200;

/// Makes some decisions again, chosen at random, and says what came out otherwise.
pub(crate) fn replay_sample(store: &Store) {
    let replayed = replay_all(store, Timestamp::MIN, Some(SAMPLE), || ControlFlow::Continue(()));
    match replayed {
        Ok(it) if it.different == 0 => {
            tracing::info!(
                decisions = it.decisions,
                same = it.same,
                "decisions were made again"
            );
        }
        Ok(it) => {
            let (decision, why) = it.first_different.first().cloned().unwrap_or_default();
            tracing::error!(
                decisions = it.decisions,
                different = it.different,
                decision,
                why,
                "decisions come out otherwise than they were recorded; basira policy replay --all lists them"
            );
        }
        Err(error) => tracing::error!(%error, "decisions could not be made again"),
    }
}

/// Looks whether a policy went quiet or wild; one that did goes on in the shadow, which is noted and told.
pub(crate) fn look(watch: &Mutex<Watch>, store: &Store, now: Timestamp) -> Result<(), StoreError> {
    // What it remembers is one number.
    let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
    for alarm in watch.look(store, now)? {
        tracing::error!(
            policy = alarm.policy,
            text = %alarm.text,
            why = alarm.why,
            "a policy was taken out of effect, and goes on in the shadow"
        );
    }
    Ok(())
}
