//! Cases, as they are listed and shown.

use jiff::Timestamp;
use model::{CaseId, CaseState, DecisionId, EntryId, ItemId, PersonId, Queue, Ruling, Severity, Sha256};

use super::{Alike, Case, CaseDecision, Group, Member, case, case_decision, case_of_item, missing};
use crate::db::{Connection, params};
use crate::item::{BY_ID, Item, one as one_item};
use crate::routing::queues;
use crate::row::Stored;
use crate::{ReviewError, Store, StoreError, incident};

macro_rules! cases {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, queue, state, entry, severity, reasons, members, opened_at, holder, lease_until,
                assignee, held_until, held_for, due_at, routing, route, incident FROM review_case ",
            $rest
        )
    };
}

macro_rules! decisions {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, review_case, sha256, outcome, exemption, duplicate_of, note, person, state, decided_at,
                settles_at, ended_at, action, clause, scope, holds_until, confirms, bank, entry, needs_two, seconded_by
                FROM case_decision ",
            $rest
        )
    };
}

/// Which cases are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter {
    /// The state.
    pub state: CaseState,
    /// The queues, each with the most severe cases of it that are listed.
    pub queues: Vec<(Queue, Severity)>,
    /// The least severe ones that are listed.
    pub least: Severity,
    /// Only those that are this person's work.
    pub assignee: Option<PersonId>,
    /// Only those that are put off, else only those that are not.
    pub held: bool,
    /// When that is asked.
    pub now: Timestamp,
}

/// How many cases wait in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseCount {
    /// The queue.
    pub queue: Queue,
    /// Its open cases.
    pub open: u64,
    /// When the oldest of them was opened.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// The cases of a filter: those with a clock first, then those of an incident that is on, then the most severe, of
    /// these the oldest; decided ones the newest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn cases(&self, filter: &CaseFilter, limit: u32) -> Result<Vec<Case>, StoreError> {
        self.read("cases", |connection| {
            let mut found = Vec::new();
            let on = incident::on(connection, filter.now)?;
            let is_fast = |case: &Case| on.iter().any(|incident| Some(incident.id) == case.incident);
            for (queue, most) in &filter.queues {
                let sql = match filter.state {
                    CaseState::Open => cases!(
                        "open_cases",
                        "WHERE queue = $1 AND severity <= $2 AND severity >= $3 AND state = 'open'
                            AND (assignee = $4 OR $4 IS NULL)
                            AND CAST(CASE WHEN held_until > $5 THEN 1 ELSE 0 END AS BIGINT) = $6
                         ORDER BY severity DESC, id LIMIT $7"
                    ),
                    CaseState::Decided => cases!(
                        "decided_cases",
                        "WHERE queue = $1 AND severity <= $2 AND severity >= $3 AND state = 'decided'
                            AND (assignee = $4 OR $4 IS NULL)
                            AND CAST(CASE WHEN held_until > $5 THEN 1 ELSE 0 END AS BIGINT) = $6
                         ORDER BY id DESC LIMIT $7"
                    ),
                };
                // However many are as severe, one that has a clock is listed. Of a sum, so that the index of clocks leads.
                let clocked = cases!(
                    "clocked_cases",
                    "WHERE queue = $1 AND severity + 0 <= $2 AND severity + 0 >= $3 AND state = 'open'
                        AND (assignee = $4 OR $4 IS NULL)
                        AND CAST(CASE WHEN held_until > $5 THEN 1 ELSE 0 END AS BIGINT) = $6
                        AND due_at IS NOT NULL
                     ORDER BY due_at, id LIMIT $7"
                );
                // So is one of an incident that is on.
                let fast = cases!(
                    "fast_cases",
                    "WHERE queue = $1 AND severity <= $2 AND severity >= $3 AND state = 'open'
                        AND (assignee = $4 OR $4 IS NULL)
                        AND CAST(CASE WHEN held_until > $5 THEN 1 ELSE 0 END AS BIGINT) = $6
                        AND incident IS NOT NULL AND EXISTS (SELECT 1 FROM incident
                            WHERE incident.id = review_case.incident AND ended_at IS NULL AND ends_at > $5)
                     ORDER BY severity DESC, id LIMIT $7"
                );
                let is_open = filter.state == CaseState::Open;
                let with_clock = is_open.then_some(clocked);
                let fast = (is_open && !on.is_empty()).then_some(fast);
                for sql in with_clock.into_iter().chain(fast).chain([sql]) {
                    let mut statement = connection.prepare_cached(sql)?;
                    let mut rows = statement.query(params![
                        queue.name(),
                        most.level(),
                        filter.least.level(),
                        filter.assignee.map(|person| person.0),
                        filter.now.as_microsecond(),
                        i64::from(filter.held),
                        limit
                    ])?;
                    while let Some(row) = rows.next()? {
                        found.push(case(row)?);
                    }
                }
            }
            match filter.state {
                CaseState::Open => found.sort_by_key(|case| {
                    let due = (case.due_at.is_none(), case.due_at);
                    (due, !is_fast(case), std::cmp::Reverse(case.severity), case.id)
                }),
                CaseState::Decided => found.sort_by_key(|case| std::cmp::Reverse(case.id)),
            }
            found.dedup_by_key(|case| case.id);
            found.truncate(limit as usize);
            Ok(found)
        })
    }

    /// A case.
    ///
    /// # Errors
    /// [`ReviewError::NoCase`].
    pub fn case(&self, id: CaseId) -> Result<Case, StoreError> {
        self.read("case", |connection| one(connection, id))
    }

    /// The case of an item.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn case_of(&self, item: ItemId) -> Result<Option<CaseId>, StoreError> {
        self.read("case_of", |connection| case_of_item(connection, item))
    }

    /// The members of a case after `after`, in the order of their items; at most `limit`. An item that was forgotten is
    /// none any more.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn members(&self, case: CaseId, after: ItemId, limit: u32) -> Result<Vec<Member>, StoreError> {
        self.read("members", |connection| {
            members_after(connection, case, after.0, limit)
        })
    }

    /// Those members of a case that are these items, in their order, without those that were forgotten: a page that lists
    /// the first one of each group asks for them at once.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn members_that_are(&self, case: CaseId, items: &[ItemId]) -> Result<Vec<Member>, StoreError> {
        self.read("members_that_are", |connection| {
            let mut found = Vec::with_capacity(items.len());
            for item in items {
                let member = members_after(connection, case, item.0 - 1, 1)?;
                found.extend(member.into_iter().filter(|member| member.item.id == *item));
            }
            Ok(found)
        })
    }

    /// The groups of a case: those that somebody has decided by themselves, then those that wait, then those for which a decision
    /// was confirmed or a key has ruled; each in the order of their first items, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn groups(&self, case: CaseId, limit: u32) -> Result<Vec<Group>, StoreError> {
        self.read("groups", |connection| {
            let mut statement = connection.prepare_cached(
                "-- groups\nSELECT case_member.sha256, COUNT(*), MIN(item), MIN(likeness), MIN(surroundings),
                    COUNT(case_member.decision), MAX(case_member.decision), MAX(case_member.ruled)
                 FROM case_member LEFT JOIN case_decision ON case_decision.id = case_member.decision
                 WHERE case_member.review_case = $1 GROUP BY case_member.sha256
                 ORDER BY CASE WHEN COUNT(case_member.decision) = COUNT(*) AND MAX(confirms) IS NULL THEN 0
                    WHEN COUNT(case_member.decision) = COUNT(*) OR MAX(case_member.ruled) IS NOT NULL THEN 2 ELSE 1 END,
                    MIN(item) LIMIT $2",
            )?;
            let mut rows = statement.query(params![case.0, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let first: i64 = row.get(2)?;
                let stored = Stored::new("case_member", first, row);
                let sha256: Vec<u8> = stored.get(0)?;
                let (members, decided) = (stored.count(1)?, stored.count(5)?);
                let decision = stored.get::<Option<i64>>(6)?.map(DecisionId);
                let decision = decision.filter(|_| decided == members);
                let ruled = stored.get::<Option<i64>>(7)?;
                found.push(Group {
                    sha256: Sha256::from_slice(&sha256)
                        .ok_or_else(|| stored.invalid("its digest has not 32 bytes"))?,
                    members,
                    first: ItemId(first),
                    alike: read_alike(&stored, 3)?,
                    decision,
                    ruled: ruled.filter(|_| decision.is_none()),
                });
            }
            Ok(found)
        })
    }

    /// Everything that was decided about a case, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn decisions(&self, case: CaseId) -> Result<Vec<CaseDecision>, StoreError> {
        self.read("decisions", |connection| {
            let mut statement = connection.prepare_cached(decisions!(
                "decisions",
                "WHERE review_case = $1 ORDER BY id LIMIT 500"
            ))?;
            let mut rows = statement.query(params![case.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(case_decision(row)?);
            }
            Ok(found)
        })
    }

    /// A decision.
    ///
    /// # Errors
    /// [`ReviewError::NoDecision`].
    pub fn case_decision(&self, id: DecisionId) -> Result<CaseDecision, StoreError> {
        self.read("case_decision", |connection| one_decision(connection, id))
    }

    /// Other cases of an entry, the newest first; at most 20.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn cases_of_entry(&self, entry: EntryId, but: CaseId) -> Result<Vec<Case>, StoreError> {
        self.read("cases_of_entry", |connection| {
            let sql = cases!(
                "cases_of_entry",
                "WHERE entry = $1 AND id <> $2 ORDER BY id DESC LIMIT 20"
            );
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![entry.0, but.0])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(case(row)?);
            }
            Ok(found)
        })
    }

    /// How much waits in each queue.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn case_counts(&self) -> Result<Vec<CaseCount>, StoreError> {
        self.read("case_counts", |connection| {
            // An index has all that is asked for.
            let sql = "-- case_counts\nSELECT COUNT(*), MIN(opened_at) FROM review_case
                WHERE queue = $1 AND severity >= 0 AND state = 'open'";
            let mut statement = connection.prepare_cached(sql)?;
            let mut counts = Vec::new();
            for queue in queues(connection)? {
                let (open, oldest) = statement.query_row(params![queue.name()], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?))
                })?;
                counts.push(CaseCount {
                    queue,
                    open: open.unsigned_abs(),
                    oldest: oldest.and_then(|micros| Timestamp::from_microsecond(micros).ok()),
                });
            }
            Ok(counts)
        })
    }

    /// How many decisions took effect, or were reversed, from `since` on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn decided_since(&self, since: Timestamp) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("decided_since", |connection| {
            let mut statement = connection.prepare_cached(
                "-- decided_since\nSELECT outcome, COUNT(*) FROM case_decision
                 WHERE decided_at >= $1 AND state <> 'undone' GROUP BY outcome ORDER BY outcome",
            )?;
            let rows = statement.query_all(params![since.as_microsecond()], |row| {
                Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
            })?;
            Ok(rows
                .into_iter()
                .map(|(outcome, count)| (outcome, count.unsigned_abs()))
                .collect())
        })
    }
}

/// Members after an item, as [`Store::members`] has them.
fn members_after(
    connection: &Connection<'_>,
    case: CaseId,
    after: i64,
    limit: u32,
) -> Result<Vec<Member>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- members\nSELECT item, joined, joined_at, decision FROM case_member
         WHERE review_case = $1 AND item > $2 ORDER BY item LIMIT $3",
    )?;
    let mut rows = statement.query(params![case.0, after, limit])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let stored = Stored::new("case_member", id, row);
        let about = (
            stored.parse(1)?,
            stored.time(2)?,
            stored.get::<Option<i64>>(3)?.map(DecisionId),
        );
        members.push((id, about));
    }
    drop(rows);
    let mut found = Vec::with_capacity(members.len());
    for (id, (joined, joined_at, decision)) in members {
        if let Some(item) = one_item(connection, BY_ID, params![id])? {
            found.push(Member {
                item,
                joined,
                joined_at,
                decision,
            });
        }
    }
    Ok(found)
}

pub(crate) fn one(connection: &Connection<'_>, id: CaseId) -> Result<Case, StoreError> {
    let mut statement = connection.prepare_cached(cases!("case", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    rows.next()?.map(case).transpose()?.ok_or_else(|| missing(id))
}

pub(crate) fn one_decision(connection: &Connection<'_>, id: DecisionId) -> Result<CaseDecision, StoreError> {
    let mut statement = connection.prepare_cached(decisions!("case_decision", "WHERE id = $1"))?;
    let mut rows = statement.query(params![id.0])?;
    let found = rows.next()?.map(case_decision).transpose()?;
    found.ok_or_else(|| ReviewError::NoDecision(id).into())
}

/// Two columns, of which the first is `column`.
fn read_alike(stored: &Stored<'_>, column: usize) -> Result<Alike, StoreError> {
    let surroundings: String = stored.get(column + 1)?;
    Ok(Alike {
        likeness: stored.parse(column)?,
        surroundings: (!surroundings.is_empty()).then_some(surroundings),
    })
}

/// What the first item of a decision is put together with; `None` when it covers none.
pub(super) fn alike(connection: &Connection<'_>, id: DecisionId) -> Result<Option<Alike>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- alike\nSELECT likeness, surroundings FROM case_member WHERE decision = $1 ORDER BY item LIMIT 1",
    )?;
    let mut rows = statement.query(params![id.0])?;
    let read = |row| read_alike(&Stored::new("case_member", "of a decision", row), 0);
    rows.next()?.map(read).transpose()
}

/// The decisions that confirm a decision for near copies and still stand.
pub(super) fn confirming(
    connection: &Connection<'_>,
    id: DecisionId,
) -> Result<Vec<CaseDecision>, StoreError> {
    let mut statement = connection.prepare_cached(decisions!(
        "confirming",
        "WHERE confirms = $1 AND state IN ('draft', 'effective') ORDER BY id"
    ))?;
    let mut rows = statement.query(params![id.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(case_decision(row)?);
    }
    Ok(found)
}

/// The decisions in effect that say that their groups are duplicates of a case.
pub(super) fn duplicates(connection: &Connection<'_>, of: CaseId) -> Result<Vec<CaseDecision>, StoreError> {
    let mut statement = connection.prepare_cached(decisions!(
        "duplicates",
        "WHERE duplicate_of = $1 AND state = 'effective' ORDER BY id"
    ))?;
    let mut rows = statement.query(params![of.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(case_decision(row)?);
    }
    Ok(found)
}

/// What is decided of a case and in effect, each ruling once; no more than two.
pub(super) fn standing(connection: &Connection<'_>, case: CaseId) -> Result<Vec<Ruling>, StoreError> {
    let mut statement = connection.prepare_cached(decisions!(
        "standing",
        "WHERE review_case = $1 AND state = 'effective' ORDER BY id"
    ))?;
    let mut rows = statement.query(params![case.0])?;
    let mut found: Vec<Ruling> = Vec::new();
    while let Some(row) = rows.next()? {
        let ruling = case_decision(row)?.ruling;
        // Who could not decide has decided nothing.
        if ruling.outcome().settles() && !found.contains(&ruling) {
            found.push(ruling);
        }
        if found.len() == 2 {
            break;
        }
    }
    Ok(found)
}

/// Decisions in effect whose content is to be banked, and that were not tried since `before`.
pub(super) fn to_bank(
    connection: &Connection<'_>,
    before: Timestamp,
) -> Result<Vec<CaseDecision>, StoreError> {
    let mut statement = connection.prepare_cached(decisions!(
        "to_bank",
        "WHERE bank IS NOT NULL AND entry IS NULL AND state = 'effective'
            AND (bank_tried IS NULL OR bank_tried < $1) ORDER BY id LIMIT 16"
    ))?;
    let mut rows = statement.query(params![before.as_microsecond()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(case_decision(row)?);
    }
    Ok(found)
}

/// The items that a decision is about.
pub(super) fn covered(connection: &Connection<'_>, id: DecisionId) -> Result<Vec<Item>, StoreError> {
    let mut statement = connection
        .prepare_cached("-- covered\nSELECT item FROM case_member WHERE decision = $1 ORDER BY item")?;
    let ids = statement.query_all(params![id.0], |row| row.get::<i64>(0))?;
    let mut items = Vec::new();
    for id in ids {
        items.extend(one_item(connection, BY_ID, params![id])?);
    }
    Ok(items)
}
