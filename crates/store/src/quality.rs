//! Decisions that another person decides once more, without seeing them: drawn when they take effect, or chosen as golden.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{
    CaseId, Context, DecisionId, DecisionOutcome, DecisionState, LookId, LookKind, PersonId, Sha256,
};

use crate::care::care_rules;
use crate::change::take_numbers;
use crate::db::{Connection, Optional, Row, Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::row::Stored;
use crate::{ReviewError, Store, StoreError};

/// Decisions of which rates are told: the last ones.
const MOST_DECISIONS: u32 = 500;
/// Second looks of which the agreement is told: the last ones.
const MOST_LOOKS: u32 = 1_000;

/// A decision that is decided once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondLook {
    /// Identity.
    pub id: LookId,
    /// Why.
    pub kind: LookKind,
    /// The decision.
    pub decision: DecisionId,
    /// Its case.
    pub case: CaseId,
    /// The bytes of its group.
    pub sha256: Sha256,
    /// What was decided. Whoever looks a second time is not told.
    pub outcome: DecisionOutcome,
    /// Who has decided.
    pub person: PersonId,
    /// Who was the second of two.
    pub seconded_by: Option<PersonId>,
    /// Whether somebody has said what they think of it; a golden one stays open.
    pub closed: bool,
}

/// A decision that took effect, for rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedItem {
    /// Whether it was reversed.
    pub reversed: bool,
    /// Where its first item comes from.
    pub source: String,
    /// The language of that item, as its platform says it.
    pub language: Option<String>,
    /// The policies by which something was chosen for that item.
    pub policies: Vec<String>,
}

/// What was said of golden items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Golden {
    /// How many items there are.
    pub items: u64,
    /// How often somebody has said something of one.
    pub opinions: u64,
    /// How often it was what is known of it.
    pub right: u64,
}

macro_rules! looks {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT second_look.id, kind, decision, review_case, sha256, outcome, person, closed_at IS NOT NULL,
                seconded_by
                FROM second_look JOIN case_decision ON case_decision.id = second_look.decision ",
            $rest
        )
    };
}

/// Draws a decision that takes effect for a second look, as often as the rules say.
pub(crate) fn draw(
    transaction: &Transaction<'_>,
    decision: DecisionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sample = care_rules(transaction)?.sample;
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(StoreError::Random)?;
    if u32::from_le_bytes(random) % 1_000 < sample {
        put(transaction, decision, LookKind::Sample, now)?;
    }
    Ok(())
}

/// Has a decision be decided once more. Twice for one reason is once.
pub(crate) fn put(
    transaction: &Transaction<'_>,
    decision: DecisionId,
    kind: LookKind,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let id = take_numbers(transaction, "second_look", 1)?;
    let put = transaction
        .prepare_cached(
            "-- put_look\nINSERT INTO second_look (id, decision, kind, drawn_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (decision, kind) DO NOTHING",
        )?
        .execute(params![id, decision.0, kind.name(), now.as_microsecond()])?;
    Ok(put == 1)
}

fn look(row: Row<'_>) -> Result<SecondLook, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("second_look", id, row);
    let sha256: Vec<u8> = stored.get(4)?;
    Ok(SecondLook {
        id: LookId(id),
        kind: stored.parse(1)?,
        decision: DecisionId(stored.get(2)?),
        case: CaseId(stored.get(3)?),
        sha256: Sha256::from_slice(&sha256).ok_or_else(|| stored.invalid("its digest has not 32 bytes"))?,
        outcome: stored.parse(5)?,
        person: PersonId(stored.get(6)?),
        closed: stored.get(7)?,
        seconded_by: stored.get::<Option<i64>>(8)?.map(PersonId),
    })
}

fn one(connection: &Connection<'_>, id: LookId) -> Result<SecondLook, StoreError> {
    let mut statement = connection.prepare_cached(looks!("second_look", "WHERE second_look.id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    let row = rows.next()?.ok_or(ReviewError::NoLook(id))?;
    look(row)
}

impl Store {
    /// Makes a decision that holds a golden item: what everybody else is shown once, as if nobody had decided it.
    ///
    /// # Errors
    /// [`ReviewError::NoDecision`]; [`ReviewError::NotGolden`] of one that is not in effect; [`StoreError::DiskFull`].
    pub fn make_golden(&self, decision: DecisionId, by: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.share("make_golden", move |transaction| {
            let found = crate::case::one_decision(transaction, decision)?;
            if found.state != DecisionState::Effective {
                return Err(ReviewError::NotGolden(decision).into());
            }
            if put(transaction, decision, LookKind::Golden, now)? {
                let body = [
                    ("decision", &*decision.0.to_string()),
                    ("kind", LookKind::Golden.name()),
                    ("by", &*actor(by)),
                ];
                log::append(transaction, now, LogKind::LookDrawn, &body)?;
            }
            Ok(())
        })
    }

    /// What waits for a second look by somebody: what another has decided and they have said nothing of, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn looks_for(&self, person: PersonId, limit: u32) -> Result<Vec<SecondLook>, StoreError> {
        self.read("looks_for", |connection| {
            let mut statement = connection.prepare_cached(looks!(
                "looks_for",
                "WHERE closed_at IS NULL AND person <> $1 AND (seconded_by IS NULL OR seconded_by <> $1) AND NOT EXISTS (
                    SELECT 1 FROM second_opinion WHERE second_opinion.second_look = second_look.id
                        AND second_opinion.person = $2)
                 ORDER BY second_look.id LIMIT $3"
            ))?;
            let mut rows = statement.query(params![person.0, person.0, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(look(row)?);
            }
            Ok(found)
        })
    }

    /// A second look.
    ///
    /// # Errors
    /// [`ReviewError::NoLook`].
    pub fn look(&self, id: LookId) -> Result<SecondLook, StoreError> {
        self.read("look", |connection| one(connection, id))
    }

    /// Notes what somebody says who was not told what was decided.
    ///
    /// # Errors
    /// [`ReviewError::NoLook`]; [`ReviewError::OwnDecision`] of whoever has decided; [`ReviewError::LookDone`] where somebody
    /// has said it before; [`StoreError::DiskFull`].
    pub fn give_opinion(
        &self,
        id: LookId,
        person: PersonId,
        outcome: DecisionOutcome,
        now: Timestamp,
    ) -> Result<SecondLook, StoreError> {
        self.share("give_opinion", move |transaction| {
            let found = one(transaction, id)?;
            if found.person == person || found.seconded_by == Some(person) {
                return Err(ReviewError::OwnDecision.into());
            }
            let put = match found.closed {
                true => 0,
                false => transaction
                    .prepare_cached(
                        "-- give_opinion\nINSERT INTO second_opinion (second_look, person, outcome, at)
                         VALUES ($1, $2, $3, $4) ON CONFLICT (second_look, person) DO NOTHING",
                    )?
                    .execute(params![id.0, person.0, outcome.name(), now.as_microsecond()])?,
            };
            if put == 0 {
                return Err(ReviewError::LookDone(id).into());
            }
            if found.kind != LookKind::Golden {
                transaction.execute(
                    "-- close_look\nUPDATE second_look SET closed_at = $1 WHERE id = $2",
                    params![now.as_microsecond(), id.0],
                )?;
            }
            let body = [("look", &*id.0.to_string()), ("by", &*actor(person))];
            log::append(transaction, now, LogKind::LookGiven, &body)?;
            Ok(found)
        })
    }

    /// What was said of each decision that was looked at a second time: the first word, then the others. The newest first,
    /// without golden items.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn opinions(&self) -> Result<Vec<(SecondLook, Vec<DecisionOutcome>)>, StoreError> {
        self.read("opinions", |connection| {
            let mut statement = connection.prepare_cached(looks!(
                "looked",
                "WHERE closed_at IS NOT NULL AND kind <> 'golden' ORDER BY second_look.id DESC LIMIT $1"
            ))?;
            let mut looks = Vec::new();
            let mut rows = statement.query(params![MOST_LOOKS])?;
            while let Some(row) = rows.next()? {
                looks.push(look(row)?);
            }
            drop(rows);
            let from = looks.iter().map(|look| look.id.0).min().unwrap_or(i64::MAX);
            let mut statement = connection.prepare_cached(
                "-- opinions\nSELECT second_look, outcome FROM second_opinion WHERE second_look >= $1",
            )?;
            let mut said: BTreeMap<i64, Vec<DecisionOutcome>> = BTreeMap::new();
            let mut rows = statement.query(params![from])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = Stored::new("second_opinion", id, row);
                said.entry(id).or_default().push(stored.parse(1)?);
            }
            let whole = looks.into_iter().map(|look| {
                let mut words = vec![look.outcome];
                words.extend(said.remove(&look.id.0).unwrap_or_default());
                (look, words)
            });
            Ok(whole.collect())
        })
    }

    /// What was said of golden items, of all people together.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn golden(&self) -> Result<Golden, StoreError> {
        self.read("golden", |connection| {
            let sql = "-- golden\nSELECT COUNT(DISTINCT second_look.id), COUNT(second_opinion.person),
                    COUNT(CASE WHEN second_opinion.outcome = case_decision.outcome THEN 1 END)
                FROM second_look JOIN case_decision ON case_decision.id = second_look.decision
                    LEFT JOIN second_opinion ON second_opinion.second_look = second_look.id
                WHERE closed_at IS NULL AND kind = 'golden'";
            let count = |row: Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?));
            let found = connection
                .prepare_cached(sql)?
                .query_row(params![], count)
                .optional()?;
            let (items, opinions, right) = found.unwrap_or_default();
            Ok(Golden {
                items: items.unsigned_abs(),
                opinions: opinions.unsigned_abs(),
                right: right.unsigned_abs(),
            })
        })
    }

    /// The last decisions that took effect, with what their items are from.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decided_items(&self) -> Result<Vec<DecidedItem>, StoreError> {
        self.read("decided_items", |connection| {
            let mut statement = connection.prepare_cached(
                "-- decided_items\nSELECT case_decision.id, case_decision.state, item.source, item.context,
                    (SELECT decision_record.outcome FROM decision JOIN decision_record
                        ON decision_record.decision = decision.seq
                     WHERE decision.item = item.id ORDER BY decision.seq LIMIT 1)
                 FROM case_decision JOIN item ON item.id = (SELECT MIN(case_member.item) FROM case_member
                    WHERE case_member.sha256 = case_decision.sha256)
                 WHERE case_decision.state IN ('effective', 'reversed') ORDER BY case_decision.id DESC LIMIT $1",
            )?;
            let mut rows = statement.query(params![MOST_DECISIONS])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = Stored::new("case_decision", id, row);
                let state: DecisionState = stored.parse(1)?;
                let context: String = stored.get(3)?;
                let context: Context =
                    serde_json::from_str(&context).map_err(|error| stored.invalid(error))?;
                let outcome: Option<String> = stored.get(4)?;
                found.push(DecidedItem {
                    reversed: state == DecisionState::Reversed,
                    source: stored.get(2)?,
                    language: context.language,
                    policies: policies(outcome.as_deref().unwrap_or_default()),
                });
            }
            Ok(found)
        })
    }
}

/// The policies by which something was chosen, of a recorded outcome. One that was erased names none.
fn policies(outcome: &str) -> Vec<String> {
    let outcome: serde_json::Value = serde_json::from_str(outcome).unwrap_or_default();
    let chosen = outcome["chosen"].as_array().into_iter().flatten();
    let mut policies: Vec<String> = chosen
        .filter_map(|chosen| chosen["policy"].as_str().map(str::to_owned))
        .collect();
    policies.sort_unstable();
    policies.dedup();
    policies
}
