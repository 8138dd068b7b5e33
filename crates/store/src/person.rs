//! People who sign in: their names, their grants, and the one-time links by which they choose a password.

use crate::db::{Connection, Optional, Row, Transaction, params};
use jiff::Timestamp;
use model::{Grant, PersonId, PersonName, Queue, Role, Severity};

use crate::api_key::{Secret, secret_digest};
use crate::change::take_numbers;
use crate::log::{self, LogKind};
use crate::passkey::forget_other_ways;
use crate::row::{Stored, invalid};
use crate::{ReviewError, Store, StoreError};

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The name by which they sign in.
    pub name: PersonName,
    /// What they may do.
    pub grants: Vec<Grant>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they have a second factor.
    pub has_totp: bool,
    /// The language of their pages, as a BCP 47 tag.
    pub lang: Option<String>,
    /// When they were invited.
    pub created_at: Timestamp,
    /// When their account was switched off.
    pub disabled_at: Option<Timestamp>,
}

/// What the log calls somebody: a number, and no name.
pub fn actor(person: PersonId) -> String {
    format!("person:{}", person.0)
}

/// A new secret, for a link or a session.
pub(crate) fn new_secret() -> Result<Secret, StoreError> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).map_err(StoreError::Random)?;
    Ok(Secret::new(
        random.iter().map(|byte| format!("{byte:02x}")).collect(),
    ))
}

impl Store {
    /// Invites somebody; gives the secret of the one-time link by which they choose a password, good until `expires`.
    ///
    /// # Errors
    /// [`ReviewError::PersonExists`], [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn create_person(
        &self,
        name: &PersonName,
        grants: &[Grant],
        by: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(Person, Secret), StoreError> {
        let secret = new_secret()?;
        let digest = secret_digest(secret.reveal());
        let (name, grants, by) = (name.clone(), grants.to_vec(), by.to_owned());
        let person = self.share("create_person", move |transaction| {
            let id = PersonId(take_numbers(transaction, "person", 1)?);
            let inserted = transaction
                .prepare_cached(
                    "-- create_person\nINSERT INTO person (id, name, totp_step, created_at) VALUES ($1, $2, 0, $3)",
                )?
                .execute(params![id.0, name.as_str(), now.as_microsecond()]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(ReviewError::PersonExists(name).into());
                }
                other => other?,
            };
            put_grants(transaction, id, &grants)?;
            put_invitation(transaction, id, &digest.bytes()[..], expires)?;
            let body = [("person", &*id.0.to_string()), ("by", &by), ("grants", &words(&grants))];
            log::append(transaction, now, LogKind::PersonInvited, &body)?;
            one(transaction, id)
        })?;
        Ok((person, secret))
    }

    /// A new one-time link for somebody who is there; the one before is good no more.
    ///
    /// # Errors
    /// [`ReviewError::NoPerson`], also of one whose account is switched off; [`StoreError::DiskFull`].
    pub fn invite(
        &self,
        person: PersonId,
        by: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Secret, StoreError> {
        let secret = new_secret()?;
        let (digest, by) = (secret_digest(secret.reveal()), by.to_owned());
        self.share("invite", move |transaction| {
            if one(transaction, person)?.disabled_at.is_some() {
                return Err(ReviewError::NoPerson(person).into());
            }
            put_invitation(transaction, person, &digest.bytes()[..], expires)?;
            let body = [("person", &*person.0.to_string()), ("by", &by)];
            log::append(transaction, now, LogKind::PersonInvited, &body)
        })?;
        Ok(secret)
    }

    /// Who was invited by a link, while it is good.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn invitation(&self, secret: &str, now: Timestamp) -> Result<Option<Person>, StoreError> {
        let digest = secret_digest(secret);
        self.read("invitation", |connection| {
            invited(connection, &digest.bytes()[..], now)
        })
    }

    /// Takes an invitation up, with the hash of the password that was chosen: the link is good no more, sessions end, and
    /// second factor, passkeys and identities that were there are none any more. Gives who it was, `None` when the link is not good.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Row`].
    pub fn accept_invitation(
        &self,
        secret: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Option<Person>, StoreError> {
        let (digest, password) = (secret_digest(secret), password.to_owned());
        self.share("accept_invitation", move |transaction| {
            let Some(person) = invited(transaction, &digest.bytes()[..], now)? else {
                return Ok(None);
            };
            let id = person.id.0;
            for sql in [
                "-- used_invitation\nDELETE FROM invitation WHERE person = $1",
                "-- lost_recovery_codes\nDELETE FROM recovery_code WHERE person = $1",
                "-- lost_totp\nUPDATE person SET totp = NULL WHERE id = $1",
            ] {
                transaction.execute(sql, params![id])?;
            }
            forget_other_ways(transaction, person.id)?;
            put_password(transaction, person.id, &password)?;
            crate::session::end_all(transaction, person.id, None, now)?;
            let body = [
                ("person", &*id.to_string()),
                ("what", "password"),
                ("by", &*actor(person.id)),
            ];
            log::append(transaction, now, LogKind::PersonChanged, &body)?;
            Ok(Some(person))
        })
    }

    /// Everybody, by id.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        self.read("people", |connection| {
            let mut statement = connection.prepare_cached(
                "-- people\nSELECT id, name, password IS NOT NULL, totp IS NOT NULL, lang, created_at, disabled_at
                 FROM person ORDER BY id",
            )?;
            let mut rows = statement.query(params![])?;
            let mut people = Vec::new();
            while let Some(row) = rows.next()? {
                people.push(person(row)?);
            }
            drop(rows);
            for person in &mut people {
                person.grants = grants(connection, person.id)?;
            }
            Ok(people)
        })
    }

    /// Somebody.
    ///
    /// # Errors
    /// [`ReviewError::NoPerson`].
    pub fn person(&self, id: PersonId) -> Result<Person, StoreError> {
        self.read("person", |connection| one(connection, id))
    }

    /// Gives somebody other grants in the place of those that they have.
    ///
    /// # Errors
    /// [`ReviewError::NoPerson`], [`ReviewError::LastAdministrator`], [`StoreError::DiskFull`].
    pub fn set_grants(
        &self,
        person: PersonId,
        grants: &[Grant],
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (grants, by) = (grants.to_vec(), by.to_owned());
        self.share("set_grants", move |transaction| {
            one(transaction, person)?;
            put_grants(transaction, person, &grants)?;
            refuse_nobody(transaction)?;
            let grants = words(&grants);
            let body = [
                ("person", &*person.0.to_string()),
                ("what", "grants"),
                ("grants", &grants),
                ("by", &by),
            ];
            log::append(transaction, now, LogKind::PersonChanged, &body)
        })
    }

    /// Switches somebody's account off, ends their sessions, and gives back the cases that they hold.
    ///
    /// # Errors
    /// [`ReviewError::NoPerson`], [`ReviewError::LastAdministrator`], [`StoreError::DiskFull`].
    pub fn disable_person(&self, person: PersonId, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("disable_person", move |transaction| {
            one(transaction, person)?;
            transaction.execute(
                "-- disable_person\nUPDATE person SET disabled_at = $1 WHERE id = $2 AND disabled_at IS NULL",
                params![now.as_microsecond(), person.0],
            )?;
            refuse_nobody(transaction)?;
            transaction.execute(
                "-- disinvite\nDELETE FROM invitation WHERE person = $1",
                params![person.0],
            )?;
            transaction.execute(
                "-- release_all\nUPDATE review_case SET holder = NULL, lease_until = NULL WHERE holder = $1",
                params![person.0],
            )?;
            crate::session::end_all(transaction, person, None, now)?;
            let body = [
                ("person", &*person.0.to_string()),
                ("what", "disabled"),
                ("by", &by),
            ];
            log::append(transaction, now, LogKind::PersonChanged, &body)
        })
    }

    /// Notes in which language somebody reads.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_lang(&self, person: PersonId, lang: &str) -> Result<(), StoreError> {
        let lang = lang.to_owned();
        self.share("set_lang", move |transaction| {
            transaction.execute(
                "-- set_lang\nUPDATE person SET lang = $1 WHERE id = $2",
                params![lang, person.0],
            )?;
            Ok(())
        })
    }
}

/// Grants in words, for the log.
fn words(grants: &[Grant]) -> String {
    let words = grants.iter().map(|grant| {
        let queue = grant.queue.as_ref().map_or("*", Queue::name);
        format!("{}@{queue}<={}", grant.role, grant.most)
    });
    words.collect::<Vec<_>>().join(" ")
}

pub(crate) fn one(connection: &Connection<'_>, id: PersonId) -> Result<Person, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- person\nSELECT id, name, password IS NOT NULL, totp IS NOT NULL, lang, created_at, disabled_at
         FROM person WHERE id = $1",
    )?;
    let mut rows = statement.query(params![id.0])?;
    let row = rows.next()?.ok_or(ReviewError::NoPerson(id))?;
    let mut found = person(row)?;
    drop(rows);
    found.grants = grants(connection, id)?;
    Ok(found)
}

fn person(row: Row<'_>) -> Result<Person, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("person", id, row);
    Ok(Person {
        id: PersonId(id),
        name: stored.parse(1)?,
        grants: Vec::new(),
        has_password: stored.get(2)?,
        has_totp: stored.get(3)?,
        lang: stored.get(4)?,
        created_at: stored.time(5)?,
        disabled_at: stored.optional_time(6)?,
    })
}

fn grants(connection: &Connection<'_>, person: PersonId) -> Result<Vec<Grant>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- grants\nSELECT role, queue, most FROM person_grant WHERE person = $1 ORDER BY role, queue",
    )?;
    let rows = statement.query_all(params![person.0], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?))
    })?;
    let wrong = |why: String| invalid("person_grant", person.0, why);
    rows.into_iter()
        .map(|(role, queue, most)| {
            let role: Role = role.parse().map_err(|error| wrong(format!("{error}")))?;
            let queue = match queue.as_str() {
                "" => None,
                word => Some(word.parse().map_err(|error| wrong(format!("{error}")))?),
            };
            let most = u8::try_from(most).ok().and_then(Severity::of_level);
            let most = most.ok_or_else(|| wrong("its severity is none".to_owned()))?;
            Ok(Grant { role, queue, most })
        })
        .collect()
}

fn put_grants(transaction: &Transaction<'_>, person: PersonId, grants: &[Grant]) -> Result<(), StoreError> {
    transaction.execute(
        "-- remove_grants\nDELETE FROM person_grant WHERE person = $1",
        params![person.0],
    )?;
    for grant in grants {
        transaction.execute(
            "-- put_grant\nINSERT INTO person_grant (person, role, queue, most) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person, role, queue) DO UPDATE SET most = excluded.most",
            params![
                person.0,
                grant.role.name(),
                grant.queue.as_ref().map_or("", Queue::name),
                grant.most.level()
            ],
        )?;
    }
    Ok(())
}

/// Refuses a change after which nobody could invite anybody.
fn refuse_nobody(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "-- count_administrators\nSELECT COUNT(*) FROM person
        WHERE disabled_at IS NULL AND EXISTS (SELECT 1 FROM person_grant
            WHERE person_grant.person = person.id AND role = 'administrator')";
    let left: i64 = transaction.query_row(sql, params![], |row| row.get(0))?;
    match left {
        0 => Err(ReviewError::LastAdministrator.into()),
        _ => Ok(()),
    }
}

fn put_invitation(
    transaction: &Transaction<'_>,
    person: PersonId,
    digest: &[u8],
    expires: Timestamp,
) -> Result<(), StoreError> {
    transaction.execute(
        "-- put_invitation\nINSERT INTO invitation (person, digest, expires) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET digest = excluded.digest, expires = excluded.expires",
        params![person.0, digest, expires.as_microsecond()],
    )?;
    Ok(())
}

pub(crate) fn put_password(
    transaction: &Transaction<'_>,
    person: PersonId,
    password: &str,
) -> Result<(), StoreError> {
    transaction.execute(
        "-- put_password\nUPDATE person SET password = $1 WHERE id = $2",
        params![password, person.0],
    )?;
    Ok(())
}

fn invited(connection: &Connection<'_>, digest: &[u8], now: Timestamp) -> Result<Option<Person>, StoreError> {
    let sql = "-- invitation\nSELECT person FROM invitation WHERE digest = $1 AND expires > $2";
    let found: Option<i64> = connection
        .prepare_cached(sql)?
        .query_row(params![digest, now.as_microsecond()], |row| row.get(0))
        .optional()?;
    let Some(id) = found else { return Ok(None) };
    Ok(Some(one(connection, PersonId(id))?).filter(|person| person.disabled_at.is_none()))
}
