//! The accounts of an OpenID provider by which people sign in.

use jiff::Timestamp;
use model::PersonId;

use crate::db::{Optional, params};
use crate::session::changed;
use crate::{ReviewError, Store, StoreError};

impl Store {
    /// Links the account that a provider calls `subject` to somebody, in the place of the one before.
    ///
    /// # Errors
    /// [`ReviewError::IdentityTaken`] when it is somebody else's; [`StoreError::DiskFull`].
    pub fn link_identity(
        &self,
        person: PersonId,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.share("link_identity", move |transaction| {
            transaction.execute(
                "-- replace_identity\nDELETE FROM identity WHERE person = $1 AND issuer = $2",
                params![person.0, issuer.as_str()],
            )?;
            let inserted = transaction
                .prepare_cached(
                    "-- link_identity\nINSERT INTO identity (issuer, subject, person, linked_at) VALUES ($1, $2, $3, $4)",
                )?
                .execute(params![issuer.as_str(), subject.as_str(), person.0, now.as_microsecond()]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(ReviewError::IdentityTaken.into());
                }
                other => other?,
            };
            changed(transaction, person, "identity", now)
        })
    }

    /// Takes the link to the account at a provider away; `false` when there is none.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn unlink_identity(
        &self,
        person: PersonId,
        issuer: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let issuer = issuer.to_owned();
        self.share("unlink_identity", move |transaction| {
            let sql = "-- unlink_identity\nDELETE FROM identity WHERE person = $1 AND issuer = $2";
            if transaction.execute(sql, params![person.0, issuer.as_str()])? == 0 {
                return Ok(false);
            }
            changed(transaction, person, "identity removed", now)?;
            Ok(true)
        })
    }

    /// Whether somebody has an account at a provider.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn has_identity(&self, person: PersonId, issuer: &str) -> Result<bool, StoreError> {
        self.read("has_identity", |connection| {
            let sql = "-- has_identity\nSELECT COUNT(*) FROM identity WHERE person = $1 AND issuer = $2";
            let count: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![person.0, issuer], |row| row.get(0))?;
            Ok(count > 0)
        })
    }

    /// Whose account it is that a provider calls `subject`; `None` of one that is nobody's, or whose account here is
    /// switched off.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn person_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<PersonId>, StoreError> {
        self.read("person_of_identity", |connection| {
            let sql = "-- person_of_identity\nSELECT person FROM identity JOIN person ON person.id = identity.person
                WHERE issuer = $1 AND subject = $2 AND disabled_at IS NULL";
            let found: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![issuer, subject], |row| row.get(0))
                .optional()?;
            Ok(found.map(PersonId))
        })
    }
}
