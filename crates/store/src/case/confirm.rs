//! One decision for near copies, too: confirmed together, by one person or two.

use jiff::Timestamp;
use model::{DecisionId, DecisionState, ItemId, Likeness, PersonId};

use super::CaseDecision;
use super::decide::{insert, note_step};
use super::lease::refuse_held;
use super::open::{holds_at, refresh_state};
use super::read::{alike, one_decision};
use crate::change::take_numbers;
use crate::db::{Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::{ReviewError, Store, StoreError};

/// Items from which on one person does not confirm alone.
pub const BULK: usize = 100;

/// That near copies of a decided group are the same to whoever looks at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The decision that holds for them, too.
    pub decision: DecisionId,
    /// One item of each group that is confirmed.
    pub items: Vec<ItemId>,
    /// Who says so.
    pub person: PersonId,
    /// When it takes effect, unless it is undone.
    pub settles_at: Timestamp,
}

impl Store {
    /// Confirms a decision for other groups of its case: they must be as much like the entry, as a whole or in a part, and
    /// stand among the same. An action is confirmed for whole copies alone. It is a decision of its own, which names the one
    /// that it rests on, and goes when that goes. From [`BULK`] items on it needs a second person.
    ///
    /// # Errors
    /// [`ReviewError::NotStanding`], [`ReviewError::PartsOneByOne`], [`ReviewError::NothingToDecide`],
    /// [`ReviewError::CaseHeld`], [`ReviewError::NoDecision`], [`StoreError::DiskFull`].
    pub fn confirm_group(&self, new: &Confirmation, now: Timestamp) -> Result<CaseDecision, StoreError> {
        let new = new.clone();
        self.share("confirm_group", move |transaction| {
            confirm(transaction, &new, now)
        })
    }

    /// A second person says so too, of a decision that needs two.
    ///
    /// # Errors
    /// [`ReviewError::SamePerson`]; [`ReviewError::NotStanding`] when it is no draft that needs two;
    /// [`ReviewError::NoDecision`], [`StoreError::DiskFull`].
    pub fn second_decision(
        &self,
        id: DecisionId,
        person: PersonId,
        now: Timestamp,
    ) -> Result<CaseDecision, StoreError> {
        self.share("second_decision", move |transaction| {
            let decision = one_decision(transaction, id)?;
            if decision.state != DecisionState::Draft || !decision.waits_for_second() {
                return Err(ReviewError::NotStanding(id).into());
            }
            refuse_same(decision.person, person)?;
            transaction.execute(
                "-- second_decision\nUPDATE case_decision SET seconded_by = $1 WHERE id = $2",
                params![person.0, id.0],
            )?;
            refresh_state(transaction, decision.case)?;
            note_step(
                transaction,
                LogKind::DecisionSeconded,
                &decision,
                &actor(person),
                now,
            )?;
            one_decision(transaction, id)
        })
    }
}

/// The second person is another than the first, whatever it is that needs two.
pub(crate) fn refuse_same(first: PersonId, second: PersonId) -> Result<(), ReviewError> {
    match first == second {
        true => Err(ReviewError::SamePerson),
        false => Ok(()),
    }
}

fn confirm(
    transaction: &Transaction<'_>,
    new: &Confirmation,
    now: Timestamp,
) -> Result<CaseDecision, StoreError> {
    let rests_on = one_decision(transaction, new.decision)?;
    refuse_held(transaction, rests_on.case, new.person, now)?;
    let outcome = rests_on.ruling.outcome();
    let stands = matches!(rests_on.state, DecisionState::Draft | DecisionState::Effective)
        && rests_on.confirms.is_none()
        // Copies may come when what was decided has ended.
        && holds_at(&rests_on, now)
        && outcome.settles()
        // Nobody looks at the like of it to compare.
        && !outcome.seals();
    let alike = alike(transaction, new.decision)?.filter(|_| stands);
    let Some(alike) = alike else {
        return Err(ReviewError::NotStanding(new.decision).into());
    };
    let asks = rests_on.action.as_ref().is_some_and(super::CaseAction::asks);
    if alike.likeness == Likeness::Part && (asks || outcome.needs_two()) {
        return Err(ReviewError::PartsOneByOne.into());
    }
    let id = take_numbers(transaction, "case_decision", 1)?;
    let mut covered = 0;
    for item in &new.items {
        covered += transaction
            .prepare_cached(
                "-- cover_alike\nUPDATE case_member SET decision = $1
                 WHERE review_case = $2 AND sha256 = (SELECT sha256 FROM case_member AS one WHERE one.item = $3)
                    AND likeness = $4 AND surroundings = $5 AND decision IS NULL AND ruled IS NULL",
            )?
            .execute(params![
                id,
                rests_on.case.0,
                item.0,
                alike.likeness.name(),
                alike.surroundings.as_deref().unwrap_or_default()
            ])?;
    }
    if covered == 0 {
        return Err(ReviewError::NothingToDecide.into());
    }
    let confirming = CaseDecision {
        id: DecisionId(id),
        confirms: Some(new.decision),
        person: new.person,
        note: None,
        bank: None,
        entry: None,
        state: DecisionState::Draft,
        decided_at: now,
        settles_at: new.settles_at,
        ended_at: None,
        needs_two: covered >= BULK || outcome.needs_two(),
        seconded_by: None,
        ..rests_on
    };
    insert(transaction, &confirming)?;
    refresh_state(transaction, confirming.case)?;
    let body = [
        ("case", &*confirming.case.0.to_string()),
        ("decision", &*id.to_string()),
        ("confirms", &*new.decision.0.to_string()),
        ("items", &*covered.to_string()),
        ("by", &*actor(new.person)),
    ];
    log::append(transaction, now, LogKind::GroupConfirmed, &body)?;
    Ok(confirming)
}
