//! Review: which items are put before people, how soon, and what becomes of their decisions.
//!
//! Two nouns to know. [`review_of`] says of a result whether people must look at it, and why: it ranks, and decides nothing.
//! [`Settling`] lets decisions take effect when the time has passed in which they can be undone.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use model::{CaseReason, Match, Method, Priority, Queue, Severity, Verdict};
use store::{Alike, Review, Store, StoreError};

use crate::rounds::Rounds;
use crate::webhook::Outbox;
use crate::wire::FileResult;

/// How often it is looked for decisions whose time has come.
const LOOK: Duration = Duration::from_millis(500);

/// From this priority of a submission on, its platform says that it is urgent.
const URGENT: u8 = 8;

/// How an item is put before people; `None` when all of it was looked at in vain.
///
/// The severity of a match follows from the best that counts: *critical* where the bytes are those of an entry that a
/// person has confirmed, *high* where they are those of another or a person has confirmed the entry, else *medium*. What
/// could not be looked at is *low*. An urgent submission is one step higher.
pub fn review_of(result: &FileResult, priority: Priority) -> Option<Review> {
    let best = result.matches.iter().find(|found| found.counts());
    let (queue, mut severity, mut reasons) = match (result.verdict, best) {
        (Verdict::NoMatch, _) => return None,
        (Verdict::Match, Some(best)) => {
            let (severity, reasons) = of_match(best);
            (Queue::Match, severity, reasons)
        }
        (Verdict::Match | Verdict::Incomplete, _) => {
            (Queue::Incomplete, Severity::Low, vec![CaseReason::NotLookedAt])
        }
    };
    if queue == Queue::Match && !result.incomplete.is_empty() {
        reasons.push(CaseReason::NotLookedAt);
    }
    if priority.get() >= URGENT {
        severity = severity.raised();
        reasons.push(CaseReason::Urgent);
    }
    Some(Review {
        queue,
        entry: best.map(|best| best.entry),
        severity,
        reasons,
        alike: Alike::default(),
    })
}

fn of_match(best: &Match) -> (Severity, Vec<CaseReason>) {
    if best.is_exact() {
        return (Severity::Critical, vec![CaseReason::Exact]);
    }
    let is_equal = matches!(best.method, Method::Equal(_));
    let how = if is_equal {
        CaseReason::SameBytes
    } else {
        CaseReason::Near
    };
    let mut reasons = vec![how];
    if best.human_confirmed {
        reasons.push(CaseReason::Confirmed);
    }
    let severity = match is_equal || best.human_confirmed {
        true => Severity::High,
        false => Severity::Medium,
    };
    (severity, reasons)
}

/// The thread that lets decisions take effect, until it is dropped.
#[derive(Debug)]
pub struct Settling {
    _rounds: Rounds,
}

impl Settling {
    /// Begins to settle what is due, also what became due while nobody ran.
    ///
    /// # Errors
    /// That the system gives no thread.
    pub fn start(store: &Arc<Store>, outbox: &Arc<Outbox>) -> std::io::Result<Self> {
        let (store, outbox) = (Arc::clone(store), Arc::clone(outbox));
        let trouble = "decisions cannot take effect, and are tried again";
        let round = move || {
            let now = Timestamp::now();
            store.end_incidents(now)?;
            store.settle_asked(now)?;
            while store.end_actions(now)? > 0 {
                outbox.ring();
            }
            settle_due(&store, &outbox, now).map(drop)
        };
        let rounds = Rounds::start("settling", LOOK, trouble, round)?;
        Ok(Self { _rounds: rounds })
    }
}

/// Lets every decision take effect that is due at `now`; gives how many did.
///
/// # Errors
/// As [`Store::settle_decisions`]; those that took effect by then stay so.
pub fn settle_due(store: &Store, outbox: &Outbox, now: Timestamp) -> Result<usize, StoreError> {
    let mut settled = 0;
    loop {
        match store.settle_decisions(now)? {
            0 => break,
            more => settled += more,
        }
        outbox.ring();
    }
    Ok(settled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EntryId, IncompleteReason, PartName, SignalType, Trust};

    fn found(method: &str, confirmed: bool) -> Match {
        Match {
            bank: "league".parse().unwrap(),
            entry: EntryId(4),
            kind: SignalType::Sha256,
            method: method.parse().unwrap(),
            distance: 0,
            segment: None,
            spans: Vec::new(),
            covered: None,
            quality: None,
            part: PartName::file(),
            trust: Trust::Active,
            human_confirmed: confirmed,
            suppressed_by: None,
        }
    }

    fn result(verdict: Verdict, matches: Vec<Match>) -> FileResult {
        FileResult {
            verdict,
            sha256: None,
            bytes: 1,
            sandbox: None,
            incomplete: Vec::new(),
            matches,
        }
    }

    #[test]
    fn the_severity_follows_from_the_best_match_that_counts() {
        let equal = Method::Equal(SignalType::Sha256).to_string();
        let severity = |matches, priority| {
            let review = review_of(&result(Verdict::Match, matches), priority).unwrap();
            (review.severity, review.reasons)
        };
        let calm = Priority::default();
        assert_eq!(
            severity(vec![found(&equal, true)], calm),
            (Severity::Critical, vec![CaseReason::Exact])
        );
        assert_eq!(
            severity(vec![found(&equal, false)], calm),
            (Severity::High, vec![CaseReason::SameBytes])
        );
        let shadow = Match {
            trust: Trust::Shadow,
            ..found(&equal, true)
        };
        assert_eq!(
            severity(vec![shadow, found(&equal, false)], Priority::new(9).unwrap()),
            (
                Severity::Critical,
                vec![CaseReason::SameBytes, CaseReason::Urgent]
            )
        );
    }

    #[test]
    fn what_was_looked_at_in_vain_needs_nobody_and_what_was_not_does() {
        let calm = Priority::default();
        assert_eq!(review_of(&result(Verdict::NoMatch, Vec::new()), calm), None);
        let mut gap = result(Verdict::Incomplete, Vec::new());
        gap.incomplete
            .push((PartName::file(), IncompleteReason::Encrypted));
        let review = review_of(&gap, calm).unwrap();
        assert_eq!(
            (review.queue, review.severity),
            (Queue::Incomplete, Severity::Low)
        );
        assert_eq!(review.entry, None);
    }
}
