//! Appending to the chain, noting in the log how far it has come, and erasing.

use jiff::Timestamp;
use model::{ItemId, Sha256};

use super::{Actor, Kept, NewDecision, Texts, act};
use crate::change::take_numbers;
use crate::db::{Connection, Optional, Transaction, params};
use crate::log::{self, LogKind};
use crate::{Store, StoreError, policy, seen};

/// Appends what was decided of an item, within the transaction that finishes it.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    item: ItemId,
    new: &NewDecision,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(StoreError::Random)?;
    let shadow = new.shadow.as_ref();
    let texts = Texts {
        salt: &salt,
        given: &new.given,
        outcome: &new.outcome,
        shadow: shadow.map(|(hash, text)| (&hash.bytes()[..], &**text)),
    };
    let commitment = texts.commitment();
    let seq = put(
        transaction,
        &mut Kept {
            seq: 0,
            item: item.0,
            at: now.as_microsecond(),
            policies: new.policies.as_ref().map_or(&[], |hash| &hash.bytes()[..]),
            engine: &new.engine,
            actor: Actor::Policy.name(),
            person: "",
            ruling: "",
            commitment: &commitment,
        },
    )?;
    transaction
        .prepare_cached(
            "-- keep_decision_record\nINSERT INTO decision_record (decision, salt, given, outcome, shadow_policies, shadow)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )?
        .execute(params![
            seq,
            &salt[..],
            new.given,
            new.outcome,
            shadow.map(|(hash, _)| &hash.bytes()[..]),
            shadow.map(|(_, text)| &**text)
        ])?;
    policy::count(transaction, &new.rates, now)?;
    act::keep(transaction, seq, item, &new.actions, now)?;
    seen::note_links(transaction, item, &new.links, now)?;
    Ok(seq)
}

/// Gives a record its number and its place in the chain.
pub(super) fn put(transaction: &Transaction<'_>, kept: &mut Kept<'_>) -> Result<i64, StoreError> {
    let seq = take_numbers(transaction, "decision", 1)?;
    kept.seq = seq;
    let before = chain_of(transaction, seq - 1)?;
    let chain = kept.chain(&before);
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    transaction
        .prepare_cached(
            "-- append_decision\nINSERT INTO decision (seq, item, at, policies, engine, actor, person, ruling,
                commitment, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )?
        .execute(params![
            seq,
            kept.item,
            kept.at,
            (!kept.policies.is_empty()).then_some(kept.policies),
            kept.engine,
            kept.actor,
            optional(kept.person),
            optional(kept.ruling),
            kept.commitment,
            &chain[..]
        ])?;
    Ok(seq)
}

pub(super) fn chain_of(connection: &Connection<'_>, seq: i64) -> Result<Vec<u8>, StoreError> {
    if seq == 0 {
        return Ok(vec![0; 32]);
    }
    let sql = "-- decision_chain\nSELECT chain FROM decision WHERE seq = $1";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![seq], |row| row.get(0)).optional()?;
    found.ok_or(StoreError::DecisionAltered { seq })
}

fn counted(connection: &Connection<'_>, name: &str) -> Result<i64, StoreError> {
    let sql = "-- counted\nSELECT last FROM counter WHERE name = $1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![name], |row| row.get(0))?)
}

/// 1 where the chain came further since the log has noted how far, else 0.
pub(crate) fn unnoted(connection: &Connection<'_>) -> Result<i64, StoreError> {
    let (decided, noted) = (
        counted(connection, "decision")?,
        counted(connection, "decision_noted")?,
    );
    Ok(i64::from(decided != noted))
}

/// Notes in the log how far the chain has come, where it came further since.
pub(crate) fn anchor(transaction: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let (decided, noted) = (
        counted(transaction, "decision")?,
        counted(transaction, "decision_noted")?,
    );
    if decided == noted {
        return Ok(());
    }
    let chain = chain_of(transaction, decided)?;
    let chain = Sha256::from_slice(&chain).ok_or(StoreError::DecisionAltered { seq: decided })?;
    let body = [
        ("decisions", &*decided.to_string()),
        ("chain", &*chain.to_string()),
    ];
    log::append(transaction, now, LogKind::DecisionsNoted, &body)?;
    let moved = usize::try_from(decided - noted).unwrap_or_default();
    take_numbers(transaction, "decision_noted", moved)?;
    Ok(())
}

/// Erases what is known of items that are forgotten; `of` selects their ids, before the time `$1`.
pub(crate) fn erase_of_items(
    transaction: &Transaction<'_>,
    of: &str,
    before: i64,
) -> Result<usize, StoreError> {
    let sql = format!("-- sweep_actions\nDELETE FROM item_action WHERE item IN ({of})");
    transaction.execute(&sql, params![before])?;
    let sql = format!(
        "-- sweep_decisions\nDELETE FROM decision_record WHERE decision IN (
            SELECT seq FROM decision WHERE item IN ({of}))"
    );
    Ok(transaction.execute(&sql, params![before])?)
}

impl Store {
    /// Records decisions of items that were finished before, all or none; gives the number of the first.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn record_decisions(
        &self,
        decisions: &[(ItemId, NewDecision)],
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        self.change("record_decisions", |transaction| {
            let mut first = None;
            for (item, decision) in decisions {
                let seq = append(transaction, *item, decision, now)?;
                first.get_or_insert(seq);
            }
            Ok(first)
        })
    }

    /// Erases what was known of an item when it was decided, and what followed: the chain stays, and says no more than that
    /// there was a decision. Noted in the log as done by `by`. Gives how many records were erased.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn erase_decisions(&self, item: ItemId, by: &str, now: Timestamp) -> Result<u64, StoreError> {
        let by = by.to_owned();
        self.share("erase_decisions", move |transaction| {
            let erased = transaction.execute(
                "-- erase_decisions\nDELETE FROM decision_record WHERE decision IN (
                    SELECT seq FROM decision WHERE item = $1)",
                params![item.0],
            )?;
            if erased > 0 {
                let body = [("records", &*erased.to_string()), ("by", &*by)];
                log::append(transaction, now, LogKind::DecisionsErased, &body)?;
            }
            Ok(erased as u64)
        })
    }
}
