//! The decision of an item: what is known of it, under all that is in use, with the counters of the hour.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use model::Sha256;
use policy::{Caps, ENGINE, Facts, Outcome, PolicyId, Snapshot, Suppression, Truth, decide_facts};
use serde::{Deserialize, Serialize};
use store::{Item, NewDecision, Rates, Store, StoreError};
use thiserror::Error;

use super::chosen::{actions, review};
use super::crowd::{self, Crowd};
use super::lanes::{InUse, Lanes, LanesError};
use super::snapshot::{Unseen, links, picture, snapshot, unread};
use crate::banks::Banks;
use crate::examine::Examined;

/// For how long pictures are remembered.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// Why an item was not decided.
#[derive(Debug, Error)]
pub enum DecidingError {
    /// What is known of it could not be gathered.
    #[error(transparent)]
    Unseen(#[from] Unseen),
    /// What is in use could not be read.
    #[error(transparent)]
    Lanes(#[from] LanesError),
    /// The counters could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something of it has no text form.
    #[error("a decision cannot be written down: {0}")]
    Form(#[from] serde_json::Error),
}

/// What a decision rests on, as it is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The signals.
    pub snapshot: Snapshot,
    /// The counters.
    pub caps: Caps,
}

/// What was done in the current hour.
#[derive(Debug, Default)]
struct Hour {
    number: i64,
    caps: Caps,
}

impl Hour {
    /// Begins anew when another hour has begun.
    fn at(&mut self, now: Timestamp) -> &mut Caps {
        let number = now.as_microsecond().div_euclid(HOUR);
        if number != self.number {
            let brake = self.caps.brake;
            self.number = number;
            self.caps = Caps {
                brake,
                ..Caps::default()
            };
        }
        &mut self.caps
    }
}

/// Decides items.
#[derive(Debug)]
pub struct Deciding {
    banks: Arc<Banks>,
    lanes: RwLock<Arc<Lanes>>,
    hour: Mutex<Hour>,
    crowd: Mutex<Crowd>,
    /// What texts did since it was written down last. It is many small numbers an item, and written now and then.
    pending: Mutex<HashMap<Sha256, Rates>>,
}

impl Deciding {
    /// Deciding by what is in use.
    ///
    /// # Errors
    /// [`DecidingError`]; what is in use does not pass the check, for one.
    pub fn new(banks: Arc<Banks>, now: Timestamp) -> Result<Self, DecidingError> {
        let store = banks.store();
        let lanes = Lanes::make(store, &store.deployed_policies()?, now)?;
        let mut hour = Hour::default();
        let caps = hour.at(now);
        for it in store.policy_hours(now)? {
            let Some(file) = store.policy_file(&it.hash)? else {
                continue;
            };
            caps.items = caps.items.max(it.rates.items);
            caps.all += it.rates.acted;
            if let Ok(id) = file.policy.parse::<PolicyId>() {
                *caps.by_policy.entry(id).or_default() += it.rates.acted;
            }
        }
        Ok(Self {
            lanes: RwLock::new(lanes),
            hour: Mutex::new(hour),
            crowd: Mutex::new(Crowd::of(store.pictures_since(now - WEEK, crowd::MOST)?)),
            pending: Mutex::default(),
            banks,
        })
    }

    fn store(&self) -> &Store {
        self.banks.store()
    }

    /// What is in use now. What was deployed since and does not pass the check leaves in use what was, and is told.
    ///
    /// # Errors
    /// [`DecidingError::Store`].
    pub fn lanes(&self, now: Timestamp) -> Result<Arc<Lanes>, DecidingError> {
        let revision = self.store().policy_revision()?;
        let kept = Arc::clone(&self.lanes.read().unwrap_or_else(PoisonError::into_inner));
        if kept.revision == revision {
            return Ok(kept);
        }
        match Lanes::make(self.store(), &self.store().deployed_policies()?, now) {
            Ok(made) => {
                *self.lanes.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&made);
                Ok(made)
            }
            Err(LanesError::Store(error)) => Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "what was deployed cannot be used; what was in use before decides on");
                Ok(kept)
            }
        }
    }

    /// Decides an item that was matched.
    ///
    /// # Errors
    /// [`DecidingError`].
    pub fn decide(
        &self,
        item: &Item,
        examined: &Examined,
        now: Timestamp,
    ) -> Result<NewDecision, DecidingError> {
        let near = picture(examined).map(|picture| lock(&self.crowd).note(now, picture));
        let links = links(examined);
        let snapshot = snapshot(item, examined, &links, near, &self.banks, now)?;
        let decision = self.decide_snapshot(snapshot, now)?;
        Ok(NewDecision { links, ..decision })
    }

    /// Decides an item that could not be looked at: no more is known than what the platform and people say of it.
    ///
    /// # Errors
    /// [`DecidingError`].
    pub fn decide_unread(&self, item: &Item, now: Timestamp) -> Result<NewDecision, DecidingError> {
        let snapshot = unread(item, &self.banks, now)?;
        self.decide_snapshot(snapshot, now)
    }

    /// Decides what is known of an item.
    ///
    /// # Errors
    /// [`DecidingError`].
    pub fn decide_snapshot(&self, snapshot: Snapshot, now: Timestamp) -> Result<NewDecision, DecidingError> {
        let lanes = self.lanes(now)?;
        let facts = Facts::of(&snapshot);
        let lane = lanes.of(&snapshot.subject.sha256);
        let (caps, live) = {
            // One after the other, so that a cap is met exactly.
            let mut hour = lock(&self.hour);
            let caps = hour.at(now);
            let before = caps.clone();
            let live = lane
                .live
                .as_ref()
                .map(|it| decide_facts(&it.set, &it.stages, &facts, caps));
            caps.items += 1;
            let acting: BTreeMap<&PolicyId, ()> = live
                .iter()
                .flat_map(Outcome::restrictive)
                .map(|it| (&it.policy, ()))
                .collect();
            for id in acting.into_keys() {
                *caps.by_policy.entry(id.clone()).or_default() += 1;
                caps.all += 1;
            }
            (before, live)
        };
        // In the same pass, on the same facts and counters; it has no effects.
        let shadow = lane
            .shadow
            .as_ref()
            .map(|it| decide_facts(&it.set, &it.stages, &facts, &caps));
        let mut rates = HashMap::new();
        for (in_use, outcome) in [(&lane.live, &live), (&lane.shadow, &shadow)] {
            if let (Some(in_use), Some(outcome)) = (in_use, outcome) {
                count(in_use, outcome, &mut rates);
            }
        }
        let written = self.account(rates);
        Ok(NewDecision {
            policies: lane.live.as_ref().map(|it| it.hash),
            engine: ENGINE.to_string(),
            given: serde_json::to_string(&Given { snapshot, caps })?,
            outcome: serde_json::to_string(&live)?,
            shadow: match (&lane.shadow, &shadow) {
                (Some(it), Some(outcome)) => Some((it.hash, serde_json::to_string(outcome)?)),
                _ => None,
            },
            rates: written,
            actions: match (&lane.live, &live) {
                (Some(in_use), Some(outcome)) => actions(in_use, outcome),
                _ => Vec::new(),
            },
            review: live.as_ref().and_then(review),
            links: Vec::new(),
        })
    }

    /// Keeps what need not be written at once; gives what is to be written with the decision, for caps rest on it.
    fn account(&self, rates: HashMap<Sha256, Rates>) -> Vec<(Sha256, Rates)> {
        let mut written = Vec::new();
        let mut pending = lock(&self.pending);
        for (text, it) in rates {
            if it.acted > 0 || it.held > 0 {
                let rates = Rates {
                    acted: it.acted,
                    held: it.held,
                    ..Rates::default()
                };
                written.push((text, rates));
            }
            let sum = pending.entry(text).or_default();
            sum.items += it.items;
            sum.matched += it.matched;
            sum.unknown += it.unknown;
            sum.failed += it.failed;
        }
        written
    }

    /// Writes down what texts did; to be called now and then, and at the end.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`]; it is written the next time then.
    pub fn write_down(&self, now: Timestamp) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut *lock(&self.pending));
        if pending.is_empty() {
            return Ok(());
        }
        let rates: Vec<(Sha256, Rates)> = pending.iter().map(|(text, it)| (*text, *it)).collect();
        self.store().count_policies(rates, now).inspect_err(|_| {
            let mut kept = lock(&self.pending);
            for (text, it) in pending {
                let sum = kept.entry(text).or_default();
                sum.items += it.items;
                sum.matched += it.matched;
                sum.unknown += it.unknown;
                sum.failed += it.failed;
            }
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Numbers are always whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What every text did at one item.
fn count(in_use: &InUse, outcome: &Outcome, rates: &mut HashMap<Sha256, Rates>) {
    for result in outcome.results.iter().filter(|result| result.applies) {
        let Some(text) = in_use.text(result.version) else {
            continue;
        };
        let mine = |why: fn(&Suppression) -> bool| {
            let held = outcome.suppressed.iter();
            held.filter(|it| it.policy == result.policy)
                .any(|it| why(&it.why))
        };
        let acted = outcome.restrictive().any(|it| it.policy == result.policy);
        let it = rates.entry(text).or_default();
        it.items += 1;
        it.matched += u64::from(result.when == Truth::True);
        it.unknown += u64::from(result.when == Truth::Unknown);
        it.failed += u64::from(mine(|why| matches!(why, Suppression::Budget {})));
        it.acted += u64::from(acted);
        it.held += u64::from(mine(|why| {
            matches!(why, Suppression::Cap {} | Suppression::Brake {})
        }));
    }
}
