//! Where a text stands, and what may stand against a step, read in the transaction in which that matters.

use jiff::Timestamp;
use model::{Life, PersonName, Sha256, Share, Stage};

use super::PolicyFile;
use super::file::PolicySummary;
use crate::db::{Connection, Optional, params};
use crate::row::Stored;
use crate::{StoreError, row};

/// A column that is a digest.
pub(super) fn digest(stored: &Stored<'_>, column: usize) -> Result<Sha256, StoreError> {
    let bytes: Vec<u8> = stored.get(column)?;
    Sha256::from_slice(&bytes).ok_or_else(|| stored.invalid("a digest has not 32 bytes"))
}

/// The newest text of a policy.
pub(super) fn newest(connection: &Connection<'_>, policy: &str) -> Result<Option<Sha256>, StoreError> {
    let sql = "-- newest_policy\nSELECT hash FROM policy_edit WHERE policy = $1 ORDER BY seq DESC LIMIT 1";
    let found: Option<Vec<u8>> = connection
        .prepare_cached(sql)?
        .query_row(params![policy], |row| row.get(0))
        .optional()?;
    let read = |bytes: Vec<u8>| {
        Sha256::from_slice(&bytes)
            .ok_or_else(|| row::invalid("policy_edit", policy, "a digest has not 32 bytes"))
    };
    found.map(read).transpose()
}

fn people(
    connection: &Connection<'_>,
    sql: &'static str,
    hash: &Sha256,
) -> Result<Vec<PersonName>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_all(params![&hash.bytes()[..]], |row| row.get::<String>(0))?;
    let read = |name: String| {
        name.parse()
            .map_err(|error| row::invalid("policy_approval", hash, error))
    };
    names.into_iter().map(read).collect()
}

/// Who has handed in exactly this text.
pub(super) fn authors(connection: &Connection<'_>, hash: &Sha256) -> Result<Vec<PersonName>, StoreError> {
    let sql = "-- policy_authors\nSELECT DISTINCT person FROM policy_edit WHERE hash = $1 ORDER BY person";
    people(connection, sql, hash)
}

/// Who has approved exactly this text.
pub(super) fn approvals(connection: &Connection<'_>, hash: &Sha256) -> Result<Vec<PersonName>, StoreError> {
    let sql = "-- policy_approvals\nSELECT person FROM policy_approval WHERE hash = $1 ORDER BY person";
    people(connection, sql, hash)
}

/// Stage, share and end of an emergency.
pub(super) type At = (Stage, Option<Share>, Option<Timestamp>);

/// Where exactly this text stands.
pub(super) fn at(connection: &Connection<'_>, hash: &Sha256) -> Result<At, StoreError> {
    let sql = "-- policy_stage\nSELECT stage, share, until FROM policy_deployment
        WHERE hash = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![&hash.bytes()[..]])?;
    let Some(found) = rows.next()? else {
        return Ok((Stage::Draft, None, None));
    };
    let stored = Stored::new("policy_deployment", hash, found);
    Ok((stored.parse(0)?, share(&stored, 1)?, stored.optional_time(2)?))
}

/// A column that is a share.
pub(super) fn share(stored: &Stored<'_>, column: usize) -> Result<Option<Share>, StoreError> {
    let number: Option<i64> = stored.get(column)?;
    let read = |number: i64| {
        u16::try_from(number)
            .ok()
            .and_then(|per_mille| per_mille.try_into().ok())
            .ok_or_else(|| stored.invalid(format!("{number} is no share")))
    };
    number.map(read).transpose()
}

/// All that may stand against a step of a text.
pub(super) fn of(connection: &Connection<'_>, file: &PolicyFile) -> Result<Life, StoreError> {
    let hash = &file.hash;
    let (stage, _, until) = at(connection, hash)?;
    let exists = |sql: &'static str| -> Result<bool, StoreError> {
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![file.policy, &hash.bytes()[..]], |row| row.get(0))?)
    };
    let other_approved = exists(
        "-- other_approved\nSELECT EXISTS (SELECT 1 FROM policy_approval JOIN policy_file
            ON policy_file.hash = policy_approval.hash WHERE policy = $1 AND policy_approval.hash <> $2)",
    )?;
    let other_in_effect = exists(
        "-- other_in_effect\nSELECT EXISTS (SELECT 1 FROM policy_deployment WHERE policy = $1 AND hash <> $2
            AND ended_at IS NULL AND stage IN ('canary', 'enforce') AND until IS NULL)",
    )?;
    // An emergency that nobody has put on the regular way since.
    let sql = "-- last_emergency\nSELECT MAX(until) FROM policy_deployment WHERE policy = $1 AND id > COALESCE((
        SELECT MAX(id) FROM policy_deployment WHERE policy = $2 AND until IS NULL AND stage IN ('canary', 'enforce')), 0)";
    let emergency: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![file.policy, file.policy], |row| row.get(0))?;
    Ok(Life {
        // An emergency is beside the regular way: from there it begins where it would have.
        stage: if until.is_some() { Stage::Draft } else { stage },
        authors: authors(connection, hash)?,
        approvals: approvals(connection, hash)?,
        other_approved,
        newest: newest(connection, &file.policy)? == Some(*hash),
        full: file.automatic,
        mild: file.mild,
        reference: file.is_reference(),
        other_in_effect,
        emergency: emergency.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
    })
}

/// A text with where it stands, for lists.
pub(super) fn summary(connection: &Connection<'_>, file: PolicyFile) -> Result<PolicySummary, StoreError> {
    let (stage, share, until) = at(connection, &file.hash)?;
    Ok(PolicySummary {
        newest: newest(connection, &file.policy)? == Some(file.hash),
        authors: authors(connection, &file.hash)?,
        approvals: approvals(connection, &file.hash)?,
        stage,
        share: share.map(Share::per_mille),
        until,
        file,
    })
}
