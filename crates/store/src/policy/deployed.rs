//! All that is in use at one moment.

use jiff::Timestamp;
use model::{PersonName, Sha256, Share, Stage};

use super::{PolicyFile, file, standing};
use crate::db::params;
use crate::row::Stored;
use crate::{Store, StoreError};

/// A text in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub file: PolicyFile,
    /// Its stage: shadow, canary or enforce.
    pub stage: Stage,
    /// The share of a canary.
    pub share: Option<Share>,
    /// Until when, in an emergency.
    pub until: Option<Timestamp>,
    /// Who has deployed it.
    pub person: PersonName,
    /// When.
    pub at: Timestamp,
    /// Who has written it.
    pub authors: Vec<PersonName>,
    /// Who has approved it, authors not among them.
    pub approvals: Vec<PersonName>,
}

/// All texts in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Grows with every step and every approval.
    pub revision: i64,
    /// The texts, by policy, then by when they were deployed.
    pub texts: Vec<Placed>,
}

const REVISION: &str = "-- policy_revision\nSELECT (SELECT COUNT(*) FROM policy_approval)
    + (SELECT last FROM counter WHERE name = 'policy_deployment')
    + (SELECT last FROM counter WHERE name = 'policy_edit')";

impl Store {
    /// What a [`Deployed`] has as its revision if it is read now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn policy_revision(&self) -> Result<i64, StoreError> {
        self.read("policy_revision", |connection| {
            let mut statement = connection.prepare_cached(REVISION)?;
            Ok(statement.query_row(params![], |row| row.get(0))?)
        })
    }

    /// All texts in use.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn deployed_policies(&self) -> Result<Deployed, StoreError> {
        self.read("deployed_policies", |connection| {
            let revision = connection.query_row(REVISION, params![], |row| row.get(0))?;
            let mut found = Vec::new();
            {
                let mut statement = connection.prepare_cached(
                    "-- deployed_policies\nSELECT hash, stage, share, until, person, at FROM policy_deployment
                     WHERE ended_at IS NULL AND stage IN ('shadow', 'canary', 'enforce') ORDER BY policy, id",
                )?;
                let mut rows = statement.query(params![])?;
                while let Some(row) = rows.next()? {
                    let stored = Stored::new("policy_deployment", "in use", row);
                    found.push((
                        standing::digest(&stored, 0)?,
                        stored.parse(1)?,
                        standing::share(&stored, 2)?,
                        stored.optional_time(3)?,
                        stored.parse(4)?,
                        stored.time(5)?,
                    ));
                }
            }
            let mut texts = Vec::new();
            for (hash, stage, share, until, person, at) in found {
                let file =
                    file::one(connection, &hash)?.ok_or_else(|| StoreError::NoPolicy(hash.to_string()))?;
                let authors = standing::authors(connection, &hash)?;
                let mut approvals = standing::approvals(connection, &hash)?;
                approvals.retain(|person| !authors.contains(person));
                texts.push(Placed {
                    file,
                    stage,
                    share,
                    until,
                    person,
                    at,
                    authors,
                    approvals,
                });
            }
            Ok(Deployed { revision, texts })
        })
    }

    /// Keeps what was in use at once, by the digest of its list, so that what was decided by it can be decided again.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn keep_policy_set(&self, body: &str, now: Timestamp) -> Result<Sha256, StoreError> {
        let (hash, body) = (file::text_digest(body), body.to_owned());
        self.share("keep_policy_set", move |transaction| {
            transaction
                .prepare_cached(
                    "-- keep_policy_set\nINSERT INTO policy_set (hash, body, at) VALUES ($1, $2, $3)
                     ON CONFLICT (hash) DO NOTHING",
                )?
                .execute(params![&hash.bytes()[..], body, now.as_microsecond()])?;
            Ok(hash)
        })
    }

    /// What was in use at once, by the digest of its list.
    ///
    /// # Errors
    /// [`StoreError::PolicyAltered`] when it is not what was kept.
    pub fn policy_set(&self, hash: &Sha256) -> Result<Option<String>, StoreError> {
        let body: Option<String> = self.read("policy_set", |connection| {
            let sql = "-- policy_set\nSELECT body FROM policy_set WHERE hash = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![&hash.bytes()[..]])?;
            Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
        })?;
        match body {
            Some(body) if file::text_digest(&body) != *hash => Err(StoreError::PolicyAltered {
                policy: hash.to_string(),
            }),
            other => Ok(other),
        }
    }
}
