//! Purging: what is destroyed, and what stands against it.

use jiff::{SignedDuration, Timestamp};
use model::{AskedId, CaseId, EntryId, PurgeStanding, Sha256};

use crate::change::{self, ChangeKind};
use crate::db::{Connection, Transaction, params};
use crate::log::{self, LogKind};
use crate::{StoreError, words};

/// The digests of what is to be purged.
fn digests(
    connection: &Connection<'_>,
    case: CaseId,
    group: Option<Sha256>,
) -> Result<Vec<Sha256>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- digests_of_case\nSELECT DISTINCT sha256 FROM case_member WHERE review_case = $1 ORDER BY sha256",
    )?;
    let found = statement.query_all(params![case.0], |row| row.get::<Vec<u8>>(0))?;
    let found = found.iter().filter_map(|bytes| Sha256::from_slice(bytes));
    Ok(found
        .filter(|sha256| group.is_none_or(|group| group == *sha256))
        .collect())
}

/// What stands around the content of a case. What is said of one group of it holds for all: they are of one kind.
pub(super) fn standing(
    connection: &Connection<'_>,
    case: CaseId,
    group: Option<Sha256>,
) -> Result<PurgeStanding, StoreError> {
    let is = |sql: &str| -> Result<bool, StoreError> {
        let mut statement = connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![case.0], |row| row.get(0))?)
    };
    let mut standing = PurgeStanding {
        is_sealed: is(
            "-- is_sealed\nSELECT EXISTS (SELECT 1 FROM case_decision WHERE review_case = $1
            AND state IN ('draft', 'effective') AND outcome = 'suspected_child_abuse')",
        )?,
        preserved_until: preserved_until(connection, case)?,
        has_draft: is(
            "-- has_draft\nSELECT EXISTS (SELECT 1 FROM case_decision WHERE review_case = $1
            AND state = 'draft')",
        )?,
        has_appeal: is(
            "-- has_appeal\nSELECT EXISTS (SELECT 1 FROM appeal WHERE review_case = $1
            AND state = 'open')",
        )?,
        has_look: is("-- has_look\nSELECT EXISTS (SELECT 1 FROM second_look
            JOIN case_decision ON case_decision.id = second_look.decision
            WHERE case_decision.review_case = $1 AND second_look.closed_at IS NULL)")?,
        is_undecided: is(
            "-- is_undecided\nSELECT EXISTS (SELECT 1 FROM case_member WHERE review_case = $1
            AND decision IS NULL AND ruled IS NULL)",
        )?,
        is_working: is(
            "-- is_banking\nSELECT EXISTS (SELECT 1 FROM case_decision WHERE review_case = $1
            AND state = 'effective' AND bank IS NOT NULL AND entry IS NULL)",
        )?,
    };
    for sha256 in digests(connection, case, group)? {
        let sql = "-- is_worked_on\nSELECT EXISTS (SELECT 1 FROM item WHERE sha256 = $1
            AND state IN ('queued', 'working'))";
        let mut statement = connection.prepare_cached(sql)?;
        let is_worked_on: bool = statement.query_row(params![&sha256.bytes()[..]], |row| row.get(0))?;
        standing.is_working |= is_worked_on;
    }
    Ok(standing)
}

/// Until when the content of a case must be preserved: a person has decided so, or a policy.
fn preserved_until(connection: &Connection<'_>, case: CaseId) -> Result<Option<Timestamp>, StoreError> {
    let mut found = Vec::new();
    for sql in [
        "-- preserved_by_people\nSELECT action, decided_at FROM case_decision WHERE review_case = $1
            AND state IN ('draft', 'effective') AND action LIKE '%\"preserve\"%'",
        "-- preserved_by_policies\nSELECT body, at FROM item_action JOIN case_member ON case_member.item = item_action.item
            WHERE case_member.review_case = $1 AND reversed_at IS NULL AND body LIKE '%\"preserve\"%'",
    ] {
        let mut statement = connection.prepare_cached(sql)?;
        found.extend(statement.query_all(params![case.0], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
        })?);
    }
    let until = |(action, at): (String, i64)| {
        let action: serde_json::Value = serde_json::from_str(&action).ok()?;
        if action["do"] != "preserve" {
            return None;
        }
        let days = action["days"].as_i64().unwrap_or(0).clamp(0, 100_000);
        let at = Timestamp::from_microsecond(at).ok()?;
        at.checked_add(SignedDuration::from_hours(24 * days)).ok()
    };
    Ok(found.into_iter().filter_map(until).max())
}

/// Destroys bytes, previews and texts; gives the blobs whose files are to go. Verdicts, decisions and the log stay, and of what
/// decisions rested on the commitments.
pub(super) fn purge(
    transaction: &Transaction<'_>,
    request: AskedId,
    case: CaseId,
    group: Option<Sha256>,
    now: Timestamp,
) -> Result<Vec<Sha256>, StoreError> {
    let digests = digests(transaction, case, group)?;
    let (mut items, mut records) = (0, 0);
    for sha256 in &digests {
        let bytes = &sha256.bytes()[..];
        let run = |sql: &str| -> Result<usize, StoreError> {
            Ok(transaction.prepare_cached(sql)?.execute(params![bytes])?)
        };
        run("-- purge_blob\nDELETE FROM blob WHERE sha256 = $1")?;
        run("-- purge_seen\nDELETE FROM seen WHERE sha256 = $1")?;
        records += run("-- purge_records\nDELETE FROM decision_record WHERE decision IN (
            SELECT seq FROM decision JOIN item ON item.id = decision.item WHERE item.sha256 = $1)")?;
        words::forget(transaction, bytes)?;
        items += forget_findings(transaction, bytes)?;
    }
    let entries = forget_previews(transaction, case, &digests)?;
    if records > 0 {
        let body = [("records", &*records.to_string()), ("by", "basira")];
        log::append(transaction, now, LogKind::DecisionsErased, &body)?;
    }
    let body = [
        ("request", &*request.0.to_string()),
        ("case", &*case.0.to_string()),
        ("contents", &*digests.len().to_string()),
        ("items", &*items.to_string()),
        ("previews", &*entries.to_string()),
    ];
    log::append(transaction, now, LogKind::ContentPurged, &body)?;
    Ok(digests)
}

/// What was found in items names their parts and shows pieces of them: of that the verdict stays. Gives how many items.
fn forget_findings(transaction: &Transaction<'_>, sha256: &[u8]) -> Result<usize, StoreError> {
    let mut statement =
        transaction.prepare_cached("-- findings_of\nSELECT id, result FROM item WHERE sha256 = $1")?;
    let items = statement.query_all(params![sha256], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Option<String>>(1)?))
    })?;
    drop(statement);
    let count = items.len();
    for (id, result) in items {
        let result = result.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        let Some(mut result) = result else { continue };
        if let Some(fields) = result.as_object_mut() {
            for (_, value) in fields.iter_mut().filter(|(_, value)| value.is_array()) {
                *value = serde_json::Value::Array(Vec::new());
            }
        }
        transaction
            .prepare_cached("-- forget_findings\nUPDATE item SET result = $1 WHERE id = $2")?
            .execute(params![result.to_string(), id])?;
    }
    Ok(count)
}

/// Takes the pictures and texts away that entries keep which were made of this content; gives of how many.
fn forget_previews(
    transaction: &Transaction<'_>,
    case: CaseId,
    digests: &[Sha256],
) -> Result<usize, StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- entries_of_case\nSELECT entry, sha256 FROM case_decision WHERE review_case = $1 AND entry IS NOT NULL",
    )?;
    let made = statement.query_all(params![case.0], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?))
    })?;
    drop(statement);
    let mut entries = Vec::new();
    for (entry, sha256) in made {
        if digests.iter().any(|known| known.bytes()[..] == sha256[..]) {
            entries.push(EntryId(entry));
        }
    }
    for entry in &entries {
        for sql in [
            "-- purge_thumbnail\nDELETE FROM thumbnail WHERE entry = $1",
            "-- purge_texts\nDELETE FROM entry_text WHERE entry = $1",
        ] {
            transaction.prepare_cached(sql)?.execute(params![entry.0])?;
        }
    }
    if !entries.is_empty() {
        change::append(transaction, ChangeKind::Updated, &entries)?;
    }
    Ok(entries.len())
}
