//! Which queue a new case goes to: routings that were put into effect, one after the other, and what another one would do.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{
    BankName, CaseFacts, CaseId, CaseState, EntryId, IncidentId, Label, Queue, ReportCategory, Routing,
    Severity,
};
use sha2::{Digest, Sha256};

use crate::case::Review;
use crate::db::{Connection, Row, Transaction, params};
use crate::entry_read::labels;
use crate::item::Item;
use crate::log::{self, LogKind};
use crate::row::Stored;
use crate::{NewAction, ReviewError, Store, StoreError};

/// A routing that is in force, or was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InForce {
    /// Its number, from 1; 0 where none was ever put into effect.
    pub version: i64,
    /// Its rules.
    pub routing: Routing,
    /// Who has put it into effect, and when.
    pub put: Option<(String, Timestamp)>,
}

/// Where a case would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TriedCase {
    /// The case.
    pub id: CaseId,
    /// Where it waits, or was decided.
    pub queue: Queue,
    /// Whether it is decided.
    pub state: CaseState,
    /// How severe it is.
    pub severity: Severity,
    /// Where the routing in force sends such a case.
    pub old: Queue,
    /// Where the other one would.
    pub new: Queue,
    /// By which of its rules, from 1; `None` by none.
    pub rule: Option<usize>,
}

/// What a routing would have done with the last cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The routing that it was compared with.
    pub version: i64,
    /// The cases, the newest first.
    pub cases: Vec<TriedCase>,
    /// Cases of which it is not known what they were when they were opened.
    pub unknown: u64,
}

impl Tried {
    /// How many cases there are by where they go now and where they would go, in that order.
    pub fn counts(&self) -> BTreeMap<(Queue, Queue), u64> {
        let mut counts = BTreeMap::new();
        for case in &self.cases {
            *counts.entry((case.old, case.new)).or_default() += 1;
        }
        counts
    }

    /// Cases that would go elsewhere.
    pub fn moved(&self) -> impl Iterator<Item = &TriedCase> {
        self.cases.iter().filter(|case| case.old != case.new)
    }
}

/// What is known of a case beside its item and what was found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About<'a> {
    /// What it was reported for.
    pub(crate) category: Option<ReportCategory>,
    /// What policies chose.
    pub(crate) actions: &'a [NewAction],
    /// The incident that it belongs to.
    pub(crate) incident: Option<IncidentId>,
}

impl Store {
    /// The routing in force.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn routing(&self) -> Result<InForce, StoreError> {
        self.read("routing", in_force)
    }

    /// Puts a routing into effect, for cases that are opened from now on; gives its number. `after` is the number of the one
    /// that it was made from.
    ///
    /// # Errors
    /// [`ReviewError::RoutingChanged`] when another one came between, [`StoreError::DiskFull`].
    pub fn put_routing(
        &self,
        routing: &Routing,
        after: i64,
        by: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let (routing, by) = (routing.clone(), by.to_owned());
        self.share("put_routing", move |transaction| {
            let before = in_force(transaction)?;
            if before.version != after {
                return Err(ReviewError::RoutingChanged.into());
            }
            let version = before.version + 1;
            // Rules are words, and always have a JSON form.
            let rules = serde_json::to_string(&routing).unwrap_or_default();
            transaction.execute(
                "-- put_routing\nINSERT INTO routing (version, rules, put_by, put_at) VALUES ($1, $2, $3, $4)",
                params![version, rules, by, now.as_microsecond()],
            )?;
            for queue in routing.queues() {
                if let Queue::Named(name) = queue {
                    transaction.execute(
                        "-- make_queue\nINSERT INTO queue (name, made_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                        params![name.as_str(), now.as_microsecond()],
                    )?;
                }
            }
            // Rules name sources and policies; the log has what binds it to them.
            let digest = model::Sha256::new(Sha256::digest(&rules).into()).to_string();
            let body = [
                ("version", &*version.to_string()),
                ("rules", &*routing.rules().len().to_string()),
                ("sha256", &*digest),
                ("by", &*by),
            ];
            log::append(transaction, now, LogKind::RoutingChanged, &body)?;
            Ok(version)
        })
    }

    /// What a routing would have done with the last cases, at most `limit`, beside what the one in force does. Nothing is
    /// changed by it.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn try_routing(&self, routing: &Routing, limit: u32) -> Result<Tried, StoreError> {
        self.read("try_routing", |connection| {
            let before = in_force(connection)?;
            let mut tried = Tried {
                version: before.version,
                cases: Vec::new(),
                unknown: 0,
            };
            let mut statement = connection.prepare_cached(
                "-- try_routing\nSELECT id, queue, state, severity, facts FROM review_case ORDER BY id DESC LIMIT $1",
            )?;
            let mut rows = statement.query(params![limit])?;
            while let Some(row) = rows.next()? {
                let (mut case, facts) = opened(row)?;
                let Some(facts) = facts else {
                    tried.unknown += 1;
                    continue;
                };
                case.old = before.routing.route(&facts).0;
                (case.new, case.rule) = routing.route(&facts);
                tried.cases.push(case);
            }
            Ok(tried)
        })
    }

    /// All queues: those that are always there, then those that routings have named.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn queues(&self) -> Result<Vec<Queue>, StoreError> {
        self.read("queues", queues)
    }
}

/// A case, and what was known of it when it was opened.
fn opened(row: Row<'_>) -> Result<(TriedCase, Option<CaseFacts>), StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("review_case", id, row);
    let queue = stored.parse(1)?;
    let severity = Severity::of_level(stored.get(3)?);
    let facts: Option<String> = stored.get(4)?;
    let facts = facts.map(|text| serde_json::from_str(&text).map_err(|error| stored.invalid(error)));
    let case = TriedCase {
        id: CaseId(id),
        queue,
        state: stored.parse(2)?,
        severity: severity.ok_or_else(|| stored.invalid("its severity is none"))?,
        old: queue,
        new: queue,
        rule: None,
    };
    Ok((case, facts.transpose()?))
}

fn in_force(connection: &Connection<'_>) -> Result<InForce, StoreError> {
    let sql = "-- routing\nSELECT version, rules, put_by, put_at FROM routing ORDER BY version DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![])?;
    let Some(row) = rows.next()? else {
        return Ok(InForce::default());
    };
    let version: i64 = row.get(0)?;
    let stored = Stored::new("routing", version, row);
    let rules: String = stored.get(1)?;
    Ok(InForce {
        version,
        routing: serde_json::from_str(&rules).map_err(|error| stored.invalid(error))?,
        put: Some((stored.get(2)?, stored.time(3)?)),
    })
}

/// All queues.
pub(crate) fn queues(connection: &Connection<'_>) -> Result<Vec<Queue>, StoreError> {
    let mut statement = connection.prepare_cached("-- queues\nSELECT name FROM queue ORDER BY name")?;
    let mut rows = statement.query(params![])?;
    let mut found = Queue::ALL.to_vec();
    while let Some(row) = rows.next()? {
        found.push(Stored::new("queue", "name", row).parse(0)?);
    }
    Ok(found)
}

/// Where a new case goes, by which rule of which routing, and what was known of it.
pub(crate) struct Sent {
    pub(crate) queue: Queue,
    pub(crate) version: i64,
    pub(crate) rule: Option<usize>,
    /// As JSON.
    pub(crate) facts: String,
}

/// Says where a new case goes.
pub(crate) fn send(
    transaction: &Transaction<'_>,
    item: &Item,
    review: &Review,
    about: About<'_>,
) -> Result<Sent, StoreError> {
    let facts = facts(transaction, item, review, about)?;
    let now = in_force(transaction)?;
    let (queue, rule) = now.routing.route(&facts);
    Ok(Sent {
        queue,
        version: now.version,
        rule,
        // Words and lists of them always have a JSON form.
        facts: serde_json::to_string(&facts).unwrap_or_default(),
    })
}

fn facts(
    transaction: &Transaction<'_>,
    item: &Item,
    review: &Review,
    about: About<'_>,
) -> Result<CaseFacts, StoreError> {
    let entry = match review.entry {
        Some(entry) => about_entry(transaction, entry)?,
        None => None,
    };
    let (bank, labels) = entry.unzip();
    let bodies = about.actions.iter().map(|it| &*it.body);
    let bodies: Vec<serde_json::Value> = bodies
        .filter_map(|body| serde_json::from_str(body).ok())
        .collect();
    let said = |field: &str| -> Vec<String> {
        let mut words: Vec<String> = bodies
            .iter()
            .filter_map(|body| body[field].as_str().map(str::to_owned))
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    Ok(CaseFacts {
        found_as: review.queue,
        severity: review.severity,
        reasons: review.reasons.clone(),
        bank,
        labels: labels.unwrap_or_default(),
        source: item.source.clone(),
        language: item.context.language.clone(),
        category: about.category,
        policies: said("policy"),
        asked: said("queue"),
    })
}

/// The bank of an entry, and its labels.
fn about_entry(
    connection: &Connection<'_>,
    entry: EntryId,
) -> Result<Option<(BankName, Vec<Label>)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- about_entry\nSELECT bank.name, entry.labels FROM entry JOIN bank ON bank.id = entry.bank WHERE entry.id = $1",
    )?;
    let mut rows = statement.query(params![entry.0])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let stored = Stored::new("entry", entry.0, row);
    Ok(Some((stored.parse(0)?, labels(&stored, 1)?)))
}
