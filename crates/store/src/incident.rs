//! Incidents: what belongs to one comes first, and what policies hold back because of it is held back until it ends.

use jiff::Timestamp;
use model::{
    BankId, EntryId, IncidentError, IncidentId, MOST_INCIDENTS, PersonId, check_incident, held_hours,
};

use crate::change::take_numbers;
use crate::db::{Connection, Optional, Row, Transaction, params};
use crate::log::{self, LogKind};
use crate::person::actor;
use crate::row::Stored;
use crate::{NewAction, ReviewError, Store, StoreError};

macro_rules! incidents {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT id, name, reason, longer_holds, declared_by, begun_at, ends_at, ended_at, ended_by FROM incident ",
            $rest
        )
    };
}

/// Incidents that are listed.
const LISTED: u32 = 100;

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Identity.
    pub id: IncidentId,
    /// What it is called.
    pub name: String,
    /// Why it is one.
    pub reason: String,
    /// The banks whose content is that of it.
    pub banks: Vec<BankId>,
    /// Whether what policies hold back because of these is held back until it ends.
    pub longer_holds: bool,
    /// Who has declared it.
    pub declared_by: PersonId,
    /// When.
    pub begun_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Timestamp,
    /// When it was noted that it is over.
    pub ended_at: Option<Timestamp>,
    /// Who has ended it; nobody when it ended by itself.
    pub ended_by: Option<PersonId>,
}

impl Incident {
    /// Whether it is on.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }
}

/// An incident that is to be declared; its fields as in [`Incident`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented in Incident")]
pub struct NewIncident {
    pub name: String,
    pub reason: String,
    pub banks: Vec<BankId>,
    pub longer_holds: bool,
    pub declared_by: PersonId,
    pub ends_at: Timestamp,
}

impl Store {
    /// Declares an incident.
    ///
    /// # Errors
    /// [`ReviewError::Incident`], [`StoreError::DiskFull`].
    pub fn declare_incident(&self, new: &NewIncident, now: Timestamp) -> Result<IncidentId, StoreError> {
        let new = new.clone();
        self.share("declare_incident", move |transaction| {
            declare(transaction, &new, now)
        })
    }

    /// Ends an incident before its time.
    ///
    /// # Errors
    /// [`ReviewError::Incident`] when there is none, or it is over; [`StoreError::DiskFull`].
    pub fn end_incident(&self, id: IncidentId, by: PersonId, now: Timestamp) -> Result<(), StoreError> {
        self.share("end_incident", move |transaction| {
            let found = one(transaction, id)?.ok_or(ReviewError::from(IncidentError::Missing(id)))?;
            if !found.is_on(now) {
                return Err(ReviewError::from(IncidentError::Over(id)).into());
            }
            end(transaction, id, Some(by), now)
        })
    }

    /// Notes which incidents are over by now; gives how many.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn end_incidents(&self, now: Timestamp) -> Result<usize, StoreError> {
        let over = self.read("incidents_over", |connection| {
            let mut statement = connection.prepare_cached(
                "-- incidents_over\nSELECT id FROM incident WHERE ended_at IS NULL AND ends_at <= $1 ORDER BY id",
            )?;
            Ok(statement.query_all(params![now.as_microsecond()], |row| row.get::<i64>(0))?)
        })?;
        if over.is_empty() {
            return Ok(0);
        }
        self.share("end_incidents", move |transaction| {
            let mut ended = 0;
            for id in over.into_iter().map(IncidentId) {
                // Somebody may have ended it since.
                if one(transaction, id)?.is_some_and(|found| found.ended_at.is_none()) {
                    end(transaction, id, None, now)?;
                    ended += 1;
                }
            }
            Ok(ended)
        })
    }

    /// Incidents that are on, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn incidents_on(&self, now: Timestamp) -> Result<Vec<Incident>, StoreError> {
        self.read("incidents_on", |connection| on(connection, now))
    }

    /// The last incidents, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn incidents(&self) -> Result<Vec<Incident>, StoreError> {
        self.read("incidents", |connection| {
            let sql = incidents!("incidents", "ORDER BY id DESC LIMIT $1");
            list(connection, sql, params![LISTED])
        })
    }
}

fn declare(
    transaction: &Transaction<'_>,
    new: &NewIncident,
    now: Timestamp,
) -> Result<IncidentId, StoreError> {
    check_incident([&new.name, &new.reason], new.banks.len(), now, new.ends_at).map_err(ReviewError::from)?;
    if on(transaction, now)?.len() >= MOST_INCIDENTS {
        return Err(ReviewError::from(IncidentError::TooMany).into());
    }
    let id = take_numbers(transaction, "incident", 1)?;
    transaction.execute(
        "-- declare_incident\nINSERT INTO incident (id, name, reason, longer_holds, declared_by, begun_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            id,
            new.name.trim(),
            new.reason.trim(),
            i64::from(new.longer_holds),
            new.declared_by.0,
            now.as_microsecond(),
            new.ends_at.as_microsecond()
        ],
    )?;
    for bank in &new.banks {
        transaction.execute(
            "-- put_incident_bank\nINSERT INTO incident_bank (incident, bank) VALUES ($1, $2)
             ON CONFLICT (incident, bank) DO NOTHING",
            params![id, bank.0],
        )?;
    }
    let banks: Vec<String> = new.banks.iter().map(|bank| bank.0.to_string()).collect();
    let body = [
        ("incident", &*id.to_string()),
        ("banks", &*banks.join(" ")),
        ("until", &*new.ends_at.to_string()),
        ("by", &*actor(new.declared_by)),
    ];
    log::append(transaction, now, LogKind::IncidentDeclared, &body)?;
    Ok(IncidentId(id))
}

fn end(
    transaction: &Transaction<'_>,
    id: IncidentId,
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "-- end_incident\nUPDATE incident SET ended_at = $1, ended_by = $2 WHERE id = $3",
        params![now.as_microsecond(), by.map(|by| by.0), id.0],
    )?;
    let by = by.map_or_else(|| "basira".to_owned(), actor);
    let body = [("incident", &*id.0.to_string()), ("by", &*by)];
    log::append(transaction, now, LogKind::IncidentEnded, &body)
}

fn one(connection: &Connection<'_>, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    let sql = incidents!("incident", "WHERE id = $1");
    Ok(list(connection, sql, params![id.0])?.pop())
}

/// Incidents that are on, the oldest first.
pub(crate) fn on(connection: &Connection<'_>, now: Timestamp) -> Result<Vec<Incident>, StoreError> {
    let sql = incidents!(
        "incidents_on",
        "WHERE ended_at IS NULL AND ends_at > $1 ORDER BY id"
    );
    list(connection, sql, params![now.as_microsecond()])
}

fn list(
    connection: &Connection<'_>,
    sql: &str,
    values: &[crate::db::Value<'_>],
) -> Result<Vec<Incident>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(incident(row)?);
    }
    drop(rows);
    for incident in &mut found {
        let mut banks = connection.prepare_cached(
            "-- incident_banks\nSELECT bank FROM incident_bank WHERE incident = $1 ORDER BY bank",
        )?;
        incident.banks = banks.query_all(params![incident.id.0], |row| row.get(0).map(BankId))?;
    }
    Ok(found)
}

fn incident(row: Row<'_>) -> Result<Incident, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("incident", id, row);
    Ok(Incident {
        id: IncidentId(id),
        name: stored.get(1)?,
        reason: stored.get(2)?,
        banks: Vec::new(),
        longer_holds: stored.flag(3)?,
        declared_by: PersonId(stored.get(4)?),
        begun_at: stored.time(5)?,
        ends_at: stored.time(6)?,
        ended_at: stored.optional_time(7)?,
        ended_by: stored.get::<Option<i64>>(8)?.map(PersonId),
    })
}

/// The incident that an item belongs to which is nearest to this entry; of several the first.
pub(crate) fn of_entry(
    connection: &Connection<'_>,
    entry: EntryId,
    now: Timestamp,
) -> Result<Option<Incident>, StoreError> {
    let on = on(connection, now)?;
    if on.is_empty() {
        return Ok(None);
    }
    let sql = "-- bank_of_entry\nSELECT bank FROM entry WHERE id = $1";
    let bank = connection
        .prepare_cached(sql)?
        .query_row(params![entry.0], |row| row.get::<i64>(0))
        .optional()?;
    let bank = bank.map(BankId);
    Ok(on
        .into_iter()
        .find(|incident| incident.banks.iter().any(|known| Some(*known) == bank)))
}

/// Has what policies hold back be held back until the incident ends. Nothing is held back that was not.
pub(crate) fn hold_longer(actions: &mut [NewAction], incident: &Incident, now: Timestamp) {
    for action in actions {
        let Ok(mut body) = serde_json::from_str::<serde_json::Value>(&action.body) else {
            continue;
        };
        let is_hold = body["do"] == "restrict" && body["how"] == "hold";
        // Without an end it lasts until a person has reviewed it.
        let hours = body["hours"].as_u64().and_then(|hours| u16::try_from(hours).ok());
        if let (true, Some(hours)) = (is_hold, hours) {
            let longer = held_hours(hours, now, incident.ends_at);
            if longer > hours {
                body["hours"] = longer.into();
                body["incident"] = incident.id.0.into();
                action.body = body.to_string();
            }
        }
    }
}
