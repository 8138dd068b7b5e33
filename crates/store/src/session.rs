//! Signing in: what somebody proves who they are by, and the sessions that follow.

use crate::db::{Optional, Row, Transaction, params};
use jiff::{SignedDuration, Timestamp};
use model::{PersonId, PersonName, SessionId, Sha256};

use crate::api_key::{Secret, secret_digest};
use crate::change::take_numbers;
use crate::key::Place;
use crate::log::{self, LogKind};
use crate::person::{self, Person, actor, new_secret, put_password};
use crate::row::Stored;
use crate::{ReviewError, Store, StoreError};

/// How exactly it is known when a session was last used: a row is not written for each page.
const GLANCE: SignedDuration = SignedDuration::from_mins(1);

/// Bytes of a browser's name that are kept.
const AGENT: usize = 200;

/// What somebody's proof of who they are is held against.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    /// Who.
    pub person: Person,
    /// The hash of the password, as a PHC string.
    pub password: String,
    /// The secret of the second factor, where there is one.
    pub totp: Option<Vec<u8>>,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Proof({})", self.person.id.0)
    }
}

/// Somebody's browser that has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Whose.
    pub person: PersonId,
    /// What the browser calls itself: a stranger's text.
    pub agent: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
}

const TOTP: fn(PersonId) -> Place = |person| Place {
    table: "person",
    column: "totp",
    row: person.0,
};

impl Store {
    /// What a name's proof is held against; `None` of a name that nobody has, who has no password yet, or whose account is
    /// switched off. A second factor that cannot be read is one that nothing fits: never none.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn proof(&self, name: &PersonName) -> Result<Option<Proof>, StoreError> {
        self.read("proof", |connection| {
            let sql = "-- proof\nSELECT id, password, totp FROM person
                WHERE name = $1 AND password IS NOT NULL AND disabled_at IS NULL";
            let found = connection
                .prepare_cached(sql)?
                .query_row(params![name.as_str()], |row| {
                    Ok((
                        row.get::<i64>(0)?,
                        row.get::<String>(1)?,
                        row.get::<Option<Vec<u8>>>(2)?,
                    ))
                })
                .optional()?;
            let Some((id, password, sealed)) = found else {
                return Ok(None);
            };
            let person = person::one(connection, PersonId(id))?;
            let totp = sealed.map(|sealed| self.key.open(&TOTP(person.id), &sealed).unwrap_or_default());
            Ok(Some(Proof {
                person,
                password,
                totp,
            }))
        })
    }

    /// Puts the hash of another password in the place of that before, and ends all sessions but `kept`.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_password(
        &self,
        person: PersonId,
        password: &str,
        kept: SessionId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let password = password.to_owned();
        self.share("set_password", move |transaction| {
            put_password(transaction, person, &password)?;
            end_all(transaction, person, Some(kept), now)?;
            changed(transaction, person, "password", now)
        })
    }

    /// Gives somebody a second factor, whose step `step` was used, and codes that take its place, by their digests; or
    /// takes both away.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_totp(
        &self,
        person: PersonId,
        factor: Option<(&[u8], i64, Vec<Sha256>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = factor
            .map(|(secret, step, codes)| {
                Ok::<_, StoreError>((self.key.seal(&TOTP(person), secret)?, step, codes))
            })
            .transpose()?;
        self.share("set_totp", move |transaction| {
            transaction.execute(
                "-- remove_recovery_codes\nDELETE FROM recovery_code WHERE person = $1",
                params![person.0],
            )?;
            let (secret, step, codes) = match sealed {
                Some((secret, step, codes)) => (Some(secret), step, codes),
                None => (None, 0, Vec::new()),
            };
            transaction.execute(
                "-- set_totp\nUPDATE person SET totp = $1, totp_step = $2 WHERE id = $3",
                params![secret, step, person.0],
            )?;
            for code in codes {
                transaction.execute(
                    "-- put_recovery_code\nINSERT INTO recovery_code (person, digest) VALUES ($1, $2)",
                    params![person.0, &code.bytes()[..]],
                )?;
            }
            let what = secret.map_or("second factor removed", |_| "second factor");
            changed(transaction, person, what, now)
        })
    }

    /// Takes the code of a step of time; `false` when it, or that of a later one, was used before.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn use_totp_step(&self, person: PersonId, step: i64) -> Result<bool, StoreError> {
        self.share("use_totp_step", move |transaction| {
            let sql = "-- use_totp_step\nUPDATE person SET totp_step = $1 WHERE id = $2 AND totp_step < $1";
            Ok(transaction.execute(sql, params![step, person.0])? == 1)
        })
    }

    /// Takes a recovery code; `false` when there is no such code (any more).
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn use_recovery_code(&self, person: PersonId, code: &Sha256) -> Result<bool, StoreError> {
        let code = *code;
        self.share("use_recovery_code", move |transaction| {
            let sql = "-- use_recovery_code\nDELETE FROM recovery_code WHERE person = $1 AND digest = $2";
            Ok(transaction.execute(sql, params![person.0, &code.bytes()[..]])? == 1)
        })
    }

    /// Recovery codes that somebody has left.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn recovery_codes_left(&self, person: PersonId) -> Result<u64, StoreError> {
        self.read("recovery_codes_left", |connection| {
            let sql = "-- recovery_codes_left\nSELECT COUNT(*) FROM recovery_code WHERE person = $1";
            let left: i64 = connection.query_row(sql, params![person.0], |row| row.get(0))?;
            Ok(left.unsigned_abs())
        })
    }

    /// Begins a session; gives its secret.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn begin_session(
        &self,
        person: PersonId,
        agent: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Secret, StoreError> {
        let secret = new_secret()?;
        let digest = secret_digest(secret.reveal());
        let mut end = agent.len().min(AGENT);
        while !agent.is_char_boundary(end) {
            end -= 1;
        }
        let agent = agent[..end].to_owned();
        self.share("begin_session", move |transaction| {
            let id = take_numbers(transaction, "session", 1)?;
            transaction.execute(
                "-- begin_session\nINSERT INTO session (id, person, digest, agent, begun_at, seen_at, expires)
                 VALUES ($1, $2, $3, $4, $5, $5, $6)",
                params![
                    id,
                    person.0,
                    &digest.bytes()[..],
                    agent,
                    now.as_microsecond(),
                    expires.as_microsecond()
                ],
            )?;
            let body = [("session", &*id.to_string()), ("by", &*actor(person))];
            log::append(transaction, now, LogKind::SignedIn, &body)
        })?;
        Ok(secret)
    }

    /// The session of a secret and who is in it, while it is good: neither ended nor expired, used after `used_after`, and
    /// of an account that is not switched off.
    ///
    /// # Errors
    /// [`StoreError::Row`], [`StoreError::DiskFull`].
    pub fn session(
        &self,
        secret: &str,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Option<(Session, Person)>, StoreError> {
        let digest = secret_digest(secret);
        let found = self.read("session", |connection| {
            let mut statement = connection.prepare_cached(
                "-- session\nSELECT id, person, agent, begun_at, seen_at, expires, ended_at FROM session
                 WHERE digest = $1 AND ended_at IS NULL AND expires > $2 AND seen_at > $3",
            )?;
            let mut rows = statement.query(params![
                &digest.bytes()[..],
                now.as_microsecond(),
                used_after.as_microsecond()
            ])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let session = session(row)?;
            drop(rows);
            let person = person::one(connection, session.person)?;
            Ok(Some((session, person)).filter(|(_, person)| person.disabled_at.is_none()))
        })?;
        if let Some((session, _)) = &found
            && now.duration_since(session.seen_at) >= GLANCE
        {
            let id = session.id;
            self.share("touch_session", move |transaction| {
                let sql = "-- touch_session\nUPDATE session SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
                transaction.execute(sql, params![now.as_microsecond(), id.0])?;
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The newest sessions of somebody, or of all; at most 200.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn sessions(&self, person: Option<PersonId>) -> Result<Vec<Session>, StoreError> {
        self.read("sessions", |connection| {
            let mut statement = connection.prepare_cached(match person {
                Some(_) => {
                    "-- sessions_of\nSELECT id, person, agent, begun_at, seen_at, expires, ended_at FROM session
                     WHERE person = $1 ORDER BY id DESC LIMIT 200"
                }
                None => {
                    "-- sessions\nSELECT id, person, agent, begun_at, seen_at, expires, ended_at FROM session
                     ORDER BY id DESC LIMIT 200"
                }
            })?;
            let mut rows = match person {
                Some(person) => statement.query(params![person.0])?,
                None => statement.query(params![])?,
            };
            let mut sessions = Vec::new();
            while let Some(row) = rows.next()? {
                sessions.push(session(row)?);
            }
            Ok(sessions)
        })
    }

    /// Ends a session; of `owner` only, where that is named.
    ///
    /// # Errors
    /// [`ReviewError::NoSession`], also of another's or one that has ended; [`StoreError::DiskFull`].
    pub fn end_session(
        &self,
        id: SessionId,
        owner: Option<PersonId>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("end_session", move |transaction| {
            let owner_id = owner.map_or(0, |owner| owner.0);
            let ended = transaction.execute(
                "-- end_session\nUPDATE session SET ended_at = $1
                 WHERE id = $2 AND ended_at IS NULL AND (person = $3 OR $3 = 0)",
                params![now.as_microsecond(), id.0, owner_id],
            )?;
            if ended == 0 {
                return Err(ReviewError::NoSession(id).into());
            }
            let body = [("session", &*id.0.to_string()), ("by", &by)];
            log::append(transaction, now, LogKind::SessionEnded, &body)
        })
    }
}

/// Ends all sessions of somebody but one.
pub(crate) fn end_all(
    transaction: &Transaction<'_>,
    person: PersonId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "-- end_sessions\nUPDATE session SET ended_at = $1 WHERE person = $2 AND id <> $3 AND ended_at IS NULL",
        params![now.as_microsecond(), person.0, kept.map_or(0, |kept| kept.0)],
    )?;
    Ok(())
}

pub(crate) fn changed(
    transaction: &Transaction<'_>,
    person: PersonId,
    what: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let body = [
        ("person", &*person.0.to_string()),
        ("what", what),
        ("by", &*actor(person)),
    ];
    log::append(transaction, now, LogKind::PersonChanged, &body)
}

fn session(row: Row<'_>) -> Result<Session, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("session", id, row);
    Ok(Session {
        id: SessionId(id),
        person: PersonId(stored.get(1)?),
        agent: stored.get(2)?,
        begun_at: stored.time(3)?,
        seen_at: stored.time(4)?,
        expires: stored.time(5)?,
        ended_at: stored.optional_time(6)?,
    })
}
