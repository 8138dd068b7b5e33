//! Reading what was decided: of one item, one after the other, or a random part.

use std::ops::ControlFlow;

use jiff::Timestamp;
use model::{ItemId, Ruling, Sha256};

use super::Actor;
use crate::db::{Row, params};
use crate::row::Stored;
use crate::{Store, StoreError};

/// What was decided of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number, from 1.
    pub seq: i64,
    /// The item.
    pub item: ItemId,
    /// When.
    pub at: Timestamp,
    /// The digest of what was in use; `None` of nothing, and of a person's.
    pub policies: Option<Sha256>,
    /// Which program evaluated it.
    pub engine: String,
    /// Who has decided.
    pub actor: Actor,
    /// The person, if it was one.
    pub person: Option<String>,
    /// What the person decided.
    pub ruling: Option<Ruling>,
    /// What it rested on; `None` when it was erased, and of a person's.
    pub record: Option<DecisionRecord>,
    /// What a person decided last of any item with the same bytes, whoever has decided this.
    pub ruled: Option<Ruling>,
    /// What the chain holds of what it rested on, also when that was erased.
    pub commitment: Sha256,
    /// The chain up to it.
    pub chain: Sha256,
}

/// The texts of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// What was given: signals and counters, as JSON.
    pub given: String,
    /// What followed, as JSON.
    pub outcome: String,
    /// The digest of what was in the shadow, and what would have followed.
    pub shadow: Option<(Sha256, String)>,
}

macro_rules! select {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT decision.seq, decision.item, decision.at, decision.policies, decision.engine, decision.actor,
                decision.person, decision.ruling, given, outcome, shadow_policies, shadow, said.ruling,
                decision.commitment, decision.chain
             FROM decision LEFT JOIN decision_record ON decision_record.decision = decision.seq
                LEFT JOIN item ON item.id = decision.item LEFT JOIN ruled ON ruled.sha256 = item.sha256
                LEFT JOIN decision AS said ON said.seq = ruled.decision ",
            $rest
        )
    };
}

impl Store {
    /// Gives every decision from `since` on to `each`, the oldest first, a part of them in memory at a time.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn for_each_decision(
        &self,
        since: Timestamp,
        mut each: impl FnMut(Decision) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.read("for_each_decision", |connection| {
            let sql = select!(
                "for_each_decision",
                "WHERE decision.at >= $1 ORDER BY decision.seq"
            );
            connection.for_each(sql, params![since.as_microsecond()], |row| {
                Ok::<_, StoreError>(each(decision(row)?).is_continue())
            })
        })
    }

    /// How many decisions there are from `since` on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn count_decisions(&self, since: Timestamp) -> Result<u64, StoreError> {
        self.read("count_decisions", |connection| {
            let sql = "-- count_decisions\nSELECT COUNT(*) FROM decision WHERE at >= $1";
            let mut statement = connection.prepare_cached(sql)?;
            let count: i64 = statement.query_row(params![since.as_microsecond()], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// The decision of a number.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decision(&self, seq: i64) -> Result<Option<Decision>, StoreError> {
        self.read("decision", |connection| {
            let mut statement = connection.prepare_cached(select!("decision", "WHERE decision.seq = $1"))?;
            let mut rows = statement.query(params![seq])?;
            rows.next()?.map(decision).transpose()
        })
    }

    /// What was decided of an item, the newest first, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decisions_of(&self, item: ItemId) -> Result<Vec<Decision>, StoreError> {
        self.read("decisions_of", |connection| {
            let sql = select!(
                "decisions_of",
                "WHERE decision.item = $1 ORDER BY decision.seq DESC LIMIT 100"
            );
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![item.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(decision(row)?);
            }
            Ok(found)
        })
    }

    /// The number of the last decision; 0 when there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn last_decision(&self) -> Result<i64, StoreError> {
        self.read("last_decision", |connection| {
            let sql = "-- last_decision\nSELECT COALESCE(MAX(seq), 0) FROM decision";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_row(params![], |row| row.get(0))?)
        })
    }
}

fn decision(row: Row<'_>) -> Result<Decision, StoreError> {
    let seq: i64 = row.get(0)?;
    let stored = Stored::new("decision", seq, row);
    let digest = |column: usize| -> Result<Option<Sha256>, StoreError> {
        let bytes: Option<Vec<u8>> = stored.get(column)?;
        let read = |bytes: Vec<u8>| {
            Sha256::from_slice(&bytes).ok_or_else(|| stored.invalid("a digest has not 32 bytes"))
        };
        bytes.map(read).transpose()
    };
    let ruling = |column: usize| -> Result<Option<Ruling>, StoreError> {
        let word: Option<String> = stored.get(column)?;
        word.map(|word| word.parse().map_err(|error| stored.invalid(error)))
            .transpose()
    };
    let kept =
        |column: usize| digest(column)?.ok_or_else(|| stored.invalid("its place in the chain is empty"));
    let actor: String = stored.get(5)?;
    let shadow = digest(10)?.zip(stored.get::<Option<String>>(11)?);
    let given: Option<String> = stored.get(8)?;
    let record = given
        .zip(stored.get::<Option<String>>(9)?)
        .map(|(given, outcome)| DecisionRecord {
            given,
            outcome,
            shadow,
        });
    Ok(Decision {
        seq,
        item: ItemId(stored.get(1)?),
        at: stored.time(2)?,
        policies: digest(3)?,
        engine: stored.get(4)?,
        actor: Actor::parse(&actor).ok_or_else(|| stored.invalid(format!("{actor:?} decides nothing")))?,
        person: stored.get(6)?,
        ruling: ruling(7)?,
        record,
        ruled: ruling(12)?,
        commitment: kept(13)?,
        chain: kept(14)?,
    })
}
