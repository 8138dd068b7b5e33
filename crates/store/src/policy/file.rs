//! Texts of policies.

use jiff::Timestamp;
use model::{Life, PersonName, Sha256, Stage};
use sha2::Digest;

use super::{Personal, standing};
use crate::change::take_numbers;
use crate::db::{Connection, Row, params};
use crate::log::{self, LogKind};
use crate::row::Stored;
use crate::{Store, StoreError};

/// A text that is handed in. It was read and checked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPolicy {
    /// The id that it gives itself; of clauses and grounds the name of the file.
    pub policy: String,
    /// The text, as it was written.
    pub text: String,
    /// Whether it may decide without a person.
    pub automatic: bool,
    /// Whether all that it does is to enqueue or to restrict.
    pub mild: bool,
}

/// A text that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// The SHA-256 of the text, by which it is known.
    pub hash: Sha256,
    /// The id that it gives itself.
    pub policy: String,
    /// The text.
    pub text: String,
    /// Whether it may decide without a person.
    pub automatic: bool,
    /// Whether all that it does is to enqueue or to restrict.
    pub mild: bool,
    /// When it came first.
    pub at: Timestamp,
}

impl PolicyFile {
    /// Whether it is no policy but what policies refer to, by the name of its file.
    pub fn is_reference(&self) -> bool {
        self.policy.ends_with(".toml")
    }
}

/// One text of a policy and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySummary {
    /// The text.
    pub file: PolicyFile,
    /// Whether it is the newest of its policy.
    pub newest: bool,
    /// Who has handed it in.
    pub authors: Vec<PersonName>,
    /// Who has approved it.
    pub approvals: Vec<PersonName>,
    /// Its stage.
    pub stage: Stage,
    /// The share of contents of a canary, of a thousand.
    pub share: Option<u16>,
    /// When its emergency ends or has ended.
    pub until: Option<Timestamp>,
}

macro_rules! select {
    ($name:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\nSELECT hash, policy, text, automatic, mild, at FROM policy_file ",
            $rest
        )
    };
}

/// The digest by which a text is known.
pub(crate) fn text_digest(text: &str) -> Sha256 {
    let digest: [u8; 32] = sha2::Sha256::digest(text).into();
    Sha256::new(digest)
}

impl Store {
    /// Takes a text in as the newest of its policy. The same text again makes whoever hands it in an author too.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn put_policy(
        &self,
        new: &NewPolicy,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicyFile, StoreError> {
        let (new, by) = (new.clone(), by.clone());
        self.share("put_policy", move |transaction| {
            let hash = text_digest(&new.text);
            transaction
                .prepare_cached(
                    "-- put_policy\nINSERT INTO policy_file (hash, policy, text, automatic, mild, at)
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
                )?
                .execute(params![
                    &hash.bytes()[..],
                    new.policy,
                    new.text,
                    i64::from(new.automatic),
                    i64::from(new.mild),
                    now.as_microsecond()
                ])?;
            let newest = standing::newest(transaction, &new.policy)?;
            let authors = standing::authors(transaction, &hash)?;
            if newest != Some(hash) || !authors.contains(&by.person) {
                let seq = take_numbers(transaction, "policy_edit", 1)?;
                transaction
                    .prepare_cached(
                        "-- note_policy_edit\nINSERT INTO policy_edit (seq, policy, hash, person, key, at)
                         VALUES ($1, $2, $3, $4, $5, $6)",
                    )?
                    .execute(params![
                        seq,
                        new.policy,
                        &hash.bytes()[..],
                        by.person.as_str(),
                        by.key.0,
                        now.as_microsecond()
                    ])?;
                let body = [
                    ("policy", &*new.policy),
                    ("text", &*hash.to_string()),
                    ("key", &*by.key.0.to_string()),
                    ("by", by.person.as_str()),
                ];
                log::append(transaction, now, LogKind::PolicyWritten, &body)?;
            }
            one(transaction, &hash)?.ok_or_else(|| StoreError::NoPolicy(hash.to_string()))
        })
    }

    /// The text of a digest.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn policy_file(&self, hash: &Sha256) -> Result<Option<PolicyFile>, StoreError> {
        self.read("policy_file", |connection| one(connection, hash))
    }

    /// All that may stand against a step of a text, so that it can be asked which steps it could make.
    ///
    /// # Errors
    /// [`StoreError::NoPolicy`].
    pub fn policy_life(&self, hash: &Sha256) -> Result<Life, StoreError> {
        self.read("policy_life", |connection| {
            let file = one(connection, hash)?.ok_or_else(|| StoreError::NoPolicy(hash.to_string()))?;
            standing::of(connection, &file)
        })
    }

    /// All texts of a policy, or of all policies, the newest of each first.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn policies(&self, policy: Option<&str>) -> Result<Vec<PolicySummary>, StoreError> {
        self.read("policies", |connection| {
            let mut files = Vec::new();
            {
                let mut statement = connection.prepare_cached(
                    "-- policies\nSELECT hash, policy, text, automatic, mild, at FROM policy_file
                     WHERE $1 = '' OR policy = $2
                     ORDER BY policy, (SELECT MAX(seq) FROM policy_edit WHERE policy_edit.hash = policy_file.hash) DESC",
                )?;
                let wanted = policy.unwrap_or_default();
                let mut rows = statement.query(params![wanted, wanted])?;
                while let Some(row) = rows.next()? {
                    files.push(file(row)?);
                }
            }
            files
                .into_iter()
                .map(|file| standing::summary(connection, file))
                .collect()
        })
    }
}

pub(super) fn one(connection: &Connection<'_>, hash: &Sha256) -> Result<Option<PolicyFile>, StoreError> {
    let mut statement = connection.prepare_cached(select!("policy_file", "WHERE hash = $1"))?;
    let mut rows = statement.query(params![&hash.bytes()[..]])?;
    rows.next()?.map(file).transpose()
}

fn file(row: Row<'_>) -> Result<PolicyFile, StoreError> {
    let policy: String = row.get(1)?;
    let stored = Stored::new("policy_file", &policy, row);
    let hash = super::standing::digest(&stored, 0)?;
    let text: String = stored.get(2)?;
    if text_digest(&text) != hash {
        return Err(StoreError::PolicyAltered { policy });
    }
    Ok(PolicyFile {
        hash,
        text,
        automatic: stored.flag(3)?,
        mild: stored.flag(4)?,
        at: stored.time(5)?,
        policy,
    })
}
