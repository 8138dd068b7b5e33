//! Decisions: made as drafts, undone while they are, settled when their time has passed, reversed afterwards.

use jiff::{SignedDuration, Timestamp};
use model::{DecisionId, DecisionState, DecisionStep, LookKind, Queue, Severity};

use super::duplicate::{follow, take_over};
use super::lease::refuse_held;
use super::open::refresh_state;
use super::read::{confirming, covered, one, one_decision};
use super::ruled::{drop_ruling, let_go_if_decided};
use super::{CaseDecision, NewCaseDecision, tell};
use crate::change::take_numbers;
use crate::db::{Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::tally::{self, Tally};
use crate::{ReviewError, Store, StoreError, decision, quality};

/// Drafts that are settled in one transaction.
const MOST: u32 = 64;
/// Within which time a threat to life is to be decided by two people (Regulation (EU) 2021/784, Art. 14(5): promptly).
const CLOCK: SignedDuration = SignedDuration::from_hours(1);

impl Store {
    /// Decides about a group, as a draft: nothing leaves before [`NewCaseDecision::settles_at`]. It covers the members with
    /// those bytes and no other. What seals takes effect at once; what needs two waits for the second, under a clock.
    ///
    /// # Errors
    /// [`ReviewError::CaseHeld`], [`ReviewError::NothingToDecide`], [`ReviewError::NoCase`] also of the other case of a
    /// duplicate, [`ReviewError::DuplicateOfItself`], [`ReviewError::NoAction`], [`ReviewError::StrayAction`],
    /// [`ReviewError::NotToBank`], [`StoreError::DiskFull`].
    pub fn decide(&self, new: &NewCaseDecision, now: Timestamp) -> Result<CaseDecision, StoreError> {
        let new = new.clone();
        self.share("decide", move |transaction| decide(transaction, &new, now))
    }

    /// Undoes a draft: nothing of it has left, and nothing will.
    ///
    /// # Errors
    /// [`ReviewError::NoDecision`]; [`ReviewError::Step`] when it has taken effect or was undone; [`StoreError::DiskFull`].
    pub fn undo_decision(
        &self,
        id: DecisionId,
        by: &str,
        now: Timestamp,
    ) -> Result<CaseDecision, StoreError> {
        let by = by.to_owned();
        self.share("undo_decision", move |transaction| {
            let confirming = confirming(transaction, id)?;
            let decision = undo(transaction, id, &by, now)?;
            // What rests on it goes with it; it was made later, so that nothing of it has left either.
            for confirming in confirming {
                undo(transaction, confirming.id, &by, now)?;
            }
            Ok(decision)
        })
    }

    /// Lets drafts take effect whose time has come; gives how many did. Who could not decide has the case seen by somebody
    /// else; all other decisions are told to the platform.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Row`].
    pub fn settle_decisions(&self, now: Timestamp) -> Result<usize, StoreError> {
        let due = self.read("due_decisions", |connection| {
            let mut statement = connection.prepare_cached(
                "-- due_decisions\nSELECT id FROM case_decision WHERE state = 'draft' AND settles_at <= $1
                    AND (needs_two = 0 OR seconded_by IS NOT NULL)
                 ORDER BY settles_at, id LIMIT $2",
            )?;
            Ok(statement.query_all(params![now.as_microsecond(), MOST], |row| row.get::<i64>(0))?)
        })?;
        if due.is_empty() {
            return Ok(0);
        }
        self.share("settle_decisions", move |transaction| {
            let mut settled = 0;
            for id in due {
                // It may have been undone since.
                if one_decision(transaction, DecisionId(id))?.state == DecisionState::Draft {
                    settle(transaction, DecisionId(id), now)?;
                    settled += 1;
                }
            }
            Ok(settled)
        })
    }

    /// Reverses a decision that has taken effect, and what confirms it for near copies: the platform is told that it does not
    /// hold, and the group waits for another.
    ///
    /// # Errors
    /// [`ReviewError::NoDecision`]; [`ReviewError::Step`] of a draft, which is undone instead; [`StoreError::DiskFull`].
    pub fn reverse_decision(
        &self,
        id: DecisionId,
        by: &str,
        now: Timestamp,
    ) -> Result<CaseDecision, StoreError> {
        let by = by.to_owned();
        self.share("reverse_decision", move |transaction| {
            reverse(transaction, id, &by, now)
        })
    }

    /// When the next draft takes effect.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn next_settling(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read("next_settling", |connection| {
            let sql = "-- next_settling\nSELECT MIN(settles_at) FROM case_decision WHERE state = 'draft'";
            let next: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| row.get(0))?;
            Ok(next.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
        })
    }
}

/// Reverses a decision that has taken effect, and what confirms it for near copies, and tells the platform.
pub(crate) fn reverse(
    transaction: &Transaction<'_>,
    id: DecisionId,
    by: &str,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    let confirming = confirming(transaction, id)?;
    let decision = reverse_one(transaction, id, by, now)?;
    for confirming in confirming {
        match confirming.state {
            DecisionState::Draft => undo(transaction, confirming.id, by, now)?,
            _ => reverse_one(transaction, confirming.id, by, now)?,
        };
    }
    Ok(decision)
}

fn undo(
    transaction: &Transaction<'_>,
    id: DecisionId,
    by: &str,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    let decision = step(transaction, id, DecisionStep::Undo, now)?;
    set_free(transaction, &decision)?;
    note_step(transaction, LogKind::DecisionUndone, &decision, by, now)?;
    Ok(decision)
}

fn reverse_one(
    transaction: &Transaction<'_>,
    id: DecisionId,
    by: &str,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    // Whoever was told that its action has ended has undone it.
    let is_undone = one_decision(transaction, id)?.state == DecisionState::Ended;
    let decision = step(transaction, id, DecisionStep::Reverse, now)?;
    for item in covered(transaction, id)?.iter().filter(|_| !is_undone) {
        tell::reversed(transaction, &decision, item, now)?;
    }
    decision::withdraw(transaction, &decision.sha256, now)?;
    set_free(transaction, &decision)?;
    drop_ruling(transaction, &decision.sha256)?;
    follow(transaction, decision.case, now)?;
    let outcome = decision.ruling.outcome().name();
    tally::add(transaction, Tally::Reversed, outcome, now)?;
    note_step(transaction, LogKind::DecisionReversed, &decision, by, now)?;
    Ok(decision)
}

/// Notes in the log what somebody did to a decision.
pub(super) fn note_step(
    transaction: &Transaction<'_>,
    kind: LogKind,
    decision: &CaseDecision,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = ids(decision);
    let body = [("case", &*about.0), ("decision", &*about.1), ("by", by)];
    log::append(transaction, now, kind, &body)
}

fn ids(decision: &CaseDecision) -> (String, String) {
    (decision.case.0.to_string(), decision.id.0.to_string())
}

fn decide(
    transaction: &Transaction<'_>,
    new: &NewCaseDecision,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    refuse_held(transaction, new.case, new.person, now)?;
    if let Some(other) = new.ruling.duplicate_of() {
        if other == new.case {
            return Err(ReviewError::DuplicateOfItself.into());
        }
        one(transaction, other)?;
    }
    let outcome = new.ruling.outcome();
    match (outcome.has_action(), &new.action) {
        (true, None) => return Err(ReviewError::NoAction.into()),
        (false, Some(_)) => return Err(ReviewError::StrayAction.into()),
        _ => {}
    }
    if new.bank.is_some() && !outcome.has_action() {
        return Err(ReviewError::NotToBank.into());
    }
    let id = take_numbers(transaction, "case_decision", 1)?;
    let covered = transaction
        .prepare_cached(
            "-- cover\nUPDATE case_member SET decision = $1
             WHERE review_case = $2 AND sha256 = $3 AND decision IS NULL",
        )?
        .execute(params![id, new.case.0, &new.sha256.bytes()[..]])?;
    if covered == 0 {
        return Err(ReviewError::NothingToDecide.into());
    }
    let decision = CaseDecision {
        id: DecisionId(id),
        case: new.case,
        sha256: new.sha256,
        ruling: new.ruling,
        note: new.note.clone(),
        person: new.person,
        state: DecisionState::Draft,
        decided_at: now,
        settles_at: new.settles_at,
        ended_at: None,
        action: new.action.clone(),
        confirms: None,
        bank: new.bank,
        entry: None,
        needs_two: outcome.needs_two(),
        seconded_by: None,
    };
    insert(transaction, &decision)?;
    if outcome.needs_two() {
        let due = now.saturating_add(CLOCK).unwrap_or(Timestamp::MAX);
        transaction.execute(
            "-- start_clock\nUPDATE review_case SET severity = $1, due_at = COALESCE(due_at, $2) WHERE id = $3",
            params![Severity::Critical.level(), due.as_microsecond(), new.case.0],
        )?;
    }
    refresh_state(transaction, new.case)?;
    let_go_if_decided(transaction, new.case)?;
    let body = [
        ("case", &*new.case.0.to_string()),
        ("decision", &*id.to_string()),
        ("outcome", new.ruling.outcome().name()),
        ("by", &*actor(new.person)),
    ];
    log::append(transaction, now, LogKind::CaseDecided, &body)?;
    if outcome.seals() {
        // It is sealed before anybody else looks at it; whoever was wrong has it reversed.
        settle(transaction, DecisionId(id), now)?;
    }
    one_decision(transaction, DecisionId(id))
}

/// Writes a decision down.
pub(super) fn insert(transaction: &Transaction<'_>, new: &CaseDecision) -> Result<(), StoreError> {
    let action = new.action.as_ref();
    let scope = action.map(|action| action.scope.join(" "));
    let until = action.and_then(|action| action.until);
    transaction
        .prepare_cached(
            "-- decide\nINSERT INTO case_decision (id, review_case, sha256, outcome, exemption, duplicate_of, note, person,
                state, decided_at, settles_at, action, clause, scope, holds_until, confirms, bank, needs_two)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )?
        .execute(params![
            new.id.0,
            new.case.0,
            &new.sha256.bytes()[..],
            new.ruling.outcome().name(),
            new.ruling.exemption().map(|exemption| exemption.name()),
            new.ruling.duplicate_of().map(|case| case.0),
            new.note,
            new.person.0,
            new.state.name(),
            new.decided_at.as_microsecond(),
            new.settles_at.as_microsecond(),
            action.map(|action| &*action.action),
            action.map(|action| &*action.clause),
            scope,
            until.map(Timestamp::as_microsecond),
            new.confirms.map(|confirmed| confirmed.0),
            new.bank.map(|bank| bank.0),
            i64::from(new.needs_two)
        ])?;
    Ok(())
}

fn settle(transaction: &Transaction<'_>, id: DecisionId, now: Timestamp) -> Result<(), StoreError> {
    let decision = step(transaction, id, DecisionStep::Settle, now)?;
    tally::add(transaction, Tally::Settled, decision.ruling.outcome().name(), now)?;
    let waited = tally::action_time(waiting_since(transaction, id, now)?, now);
    tally::add(transaction, Tally::ActionTime, waited, now)?;
    let items = covered(transaction, id)?;
    // What is decided of a duplicate is decided where its original is.
    match (items.first(), decision.ruling.duplicate_of()) {
        (Some(item), None) => {
            let person = decision::name_of(transaction, decision.person)?;
            decision::rule(transaction, item, decision.ruling, &person, now)?;
        }
        _ => take_over(transaction, &decision, now)?,
    }
    if decision.ruling.outcome().settles() {
        for item in items {
            tell::decided(transaction, &decision, &item, now)?;
        }
        if decision.is_irreversible() {
            quality::put(transaction, id, LookKind::Irreversible, now)?;
        } else {
            quality::draw(transaction, id, now)?;
        }
    } else {
        set_free(transaction, &decision)?;
        drop_ruling(transaction, &decision.sha256)?;
        transaction.execute(
            "-- second_look\nUPDATE review_case SET queue = $1 WHERE id = $2",
            params![Queue::SecondLook.name(), decision.case.0],
        )?;
    }
    follow(transaction, decision.case, now)?;
    let about = ids(&decision);
    let body = [("case", &*about.0), ("decision", &*about.1)];
    log::append(transaction, now, LogKind::DecisionSettled, &body)
}

/// Since when the first of what a decision is about has waited.
fn waiting_since(
    transaction: &Transaction<'_>,
    id: DecisionId,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let sql = "-- waiting_since\nSELECT MIN(joined_at) FROM case_member WHERE decision = $1";
    let since: Option<i64> = transaction
        .prepare_cached(sql)?
        .query_row(params![id.0], |row| row.get(0))?;
    Ok(since
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .unwrap_or(now))
}

/// Takes a step, if there is one; gives the decision as it is then.
pub(super) fn step(
    transaction: &Transaction<'_>,
    id: DecisionId,
    step: DecisionStep,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    let before = one_decision(transaction, id)?;
    let state = before.state.after(step).map_err(ReviewError::from)?;
    transaction.execute(
        "-- step_decision\nUPDATE case_decision SET state = $1, ended_at = $2 WHERE id = $3",
        params![state.name(), now.as_microsecond(), id.0],
    )?;
    Ok(CaseDecision {
        state,
        ended_at: Some(now),
        ..before
    })
}

/// The group of a decision has none any more.
fn set_free(transaction: &Transaction<'_>, decision: &CaseDecision) -> Result<(), StoreError> {
    transaction.execute(
        "-- uncover\nUPDATE case_member SET decision = NULL WHERE decision = $1",
        params![decision.id.0],
    )?;
    refresh_state(transaction, decision.case)
}
