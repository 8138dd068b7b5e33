//! Steps from stage to stage, each with who made it; and the way back.

use jiff::Timestamp;
use model::{EventKind, KeyId, LifeError, PersonName, Sha256, Share, Stage};

use super::{Personal, PolicyFile, PolicySummary, file, standing};
use crate::change::take_numbers;
use crate::db::{Optional, Transaction, params};
use crate::log::{self, LogKind};
use crate::outbox::{Audience, publish};
use crate::row::Stored;
use crate::{Store, StoreError};

/// Where a text is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To a stage; a canary has a share.
    To(Stage, Option<Share>),
    /// Into effect until a time, by one person, in an emergency.
    Emergency(Timestamp),
}

/// One step that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its number.
    pub id: i64,
    /// The text.
    pub hash: Sha256,
    /// The stage.
    pub stage: Stage,
    /// The share of contents of a canary, of a thousand.
    pub share: Option<u16>,
    /// The end of an emergency.
    pub until: Option<Timestamp>,
    /// Who made it.
    pub person: PersonName,
    /// Why, in the words of who made it or of the program.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
    /// When the next step came.
    pub ended_at: Option<Timestamp>,
}

/// Who makes a step that no person asked for.
const WATCH: &str = "basira";

impl Store {
    /// Moves a text. Another text of the policy that is in the same stage makes room; one that was in effect is out of use
    /// when this one is enforced.
    ///
    /// # Errors
    /// [`StoreError::Life`] for what stands against it; [`StoreError::NoPolicy`], [`StoreError::DiskFull`].
    pub fn deploy_policy(
        &self,
        hash: &Sha256,
        step: Step,
        reason: Option<&str>,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicySummary, StoreError> {
        let (hash, by, reason) = (*hash, by.clone(), reason.map(str::to_owned));
        self.share("deploy_policy", move |transaction| {
            let file =
                file::one(transaction, &hash)?.ok_or_else(|| StoreError::NoPolicy(hash.to_string()))?;
            let stands = standing::of(transaction, &file)?;
            let mover = Mover {
                transaction,
                by: &by,
                reason: reason.as_deref(),
                now,
            };
            match step {
                Step::To(to, share) => {
                    stands.may_move(to, share)?;
                    mover.make_room(&file, to)?;
                    mover.put(&file, to, share, None)?;
                }
                Step::Emergency(until) => {
                    stands.may_emergency(until, now)?;
                    mover.put(&file, Stage::Enforce, None, Some(until))?;
                }
            }
            standing::summary(transaction, file)
        })
    }

    /// Goes back to the text that was enforced before the one that is in effect, at once: it was approved then, and its
    /// approvals stand. A canary ends first, alone. Where nothing was enforced before, this is refused.
    ///
    /// # Errors
    /// [`StoreError::Life`] with [`LifeError::NothingBefore`], or what stands against the text of before;
    /// [`StoreError::DiskFull`].
    pub fn roll_back_policy(
        &self,
        policy: &str,
        reason: Option<&str>,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicySummary, StoreError> {
        let (policy, by, reason) = (policy.to_owned(), by.clone(), reason.map(str::to_owned));
        self.share("roll_back_policy", move |transaction| {
            let mover = Mover {
                transaction,
                by: &by,
                reason: reason.as_deref(),
                now,
            };
            let standing_in = |stage: Stage| -> Result<Option<PolicyFile>, StoreError> {
                let sql = "-- policy_in\nSELECT hash FROM policy_deployment
                    WHERE policy = $1 AND stage = $2 AND ended_at IS NULL ORDER BY id DESC LIMIT 1";
                found(transaction, sql, params![policy, stage.name()])
            };
            if let Some(canary) = standing_in(Stage::Canary)? {
                mover.put(&canary, Stage::Shadow, None, None)?;
                return standing::summary(transaction, canary);
            }
            let current = standing_in(Stage::Enforce)?;
            let hash = current.as_ref().map_or(&[][..], |file| &file.hash.bytes()[..]);
            let sql = "-- policy_before\nSELECT hash FROM policy_deployment
                WHERE policy = $1 AND stage = 'enforce' AND until IS NULL AND hash <> $2
                ORDER BY id DESC LIMIT 1";
            let before = found(transaction, sql, params![policy, hash])?;
            let before = before.ok_or(LifeError::NothingBefore)?;
            standing::of(transaction, &before)?.is_approved()?;
            if let Some(current) = &current {
                mover.put(current, Stage::Retired, None, None)?;
            }
            mover.put(&before, Stage::Enforce, None, None)?;
            standing::summary(transaction, before)
        })
    }

    /// Takes a text out of effect because of what it does: it goes on in the shadow. `false` when it was not in effect.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn demote_policy(&self, hash: &Sha256, why: &str, now: Timestamp) -> Result<bool, StoreError> {
        let (hash, why) = (*hash, why.to_owned());
        self.share("demote_policy", move |transaction| {
            let Some(file) = file::one(transaction, &hash)? else {
                return Ok(false);
            };
            if !standing::at(transaction, &hash)?.0.is_in_effect() {
                return Ok(false);
            }
            let Ok(person) = WATCH.parse() else {
                unreachable!("{WATCH:?} is written above, and is a name")
            };
            let by = Personal {
                person,
                key: KeyId(0),
            };
            let mover = Mover {
                transaction,
                by: &by,
                reason: Some(&why),
                now,
            };
            mover.make_room(&file, Stage::Shadow)?;
            mover.put(&file, Stage::Shadow, None, None)?;
            let kind = EventKind::AlertPolicy;
            let data =
                || serde_json::json!({ "policy": file.policy, "text": file.hash.to_string(), "why": why });
            publish(transaction, Audience::Operator, kind, &[kind], data, now)?;
            Ok(true)
        })
    }

    /// How many texts are in the shadow because of what they did, until somebody moves them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn demoted_policies(&self) -> Result<u64, StoreError> {
        self.read("demoted_policies", |connection| {
            let sql = "-- demoted_policies\nSELECT COUNT(*) FROM policy_deployment
                WHERE stage = 'shadow' AND ended_at IS NULL AND person = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let count: i64 = statement.query_row(params![WATCH], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// The steps of a policy, the newest first, at most a thousand.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn policy_deployments(&self, policy: &str) -> Result<Vec<Deployment>, StoreError> {
        self.read("policy_deployments", |connection| {
            let mut statement = connection.prepare_cached(
                "-- policy_deployments\nSELECT id, hash, stage, share, until, person, reason, at, ended_at
                 FROM policy_deployment WHERE policy = $1 ORDER BY id DESC LIMIT 1000",
            )?;
            let mut rows = statement.query(params![policy])?;
            let mut steps = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let stored = Stored::new("policy_deployment", id, row);
                steps.push(Deployment {
                    id,
                    hash: standing::digest(&stored, 1)?,
                    stage: stored.parse(2)?,
                    share: standing::share(&stored, 3)?.map(Share::per_mille),
                    until: stored.optional_time(4)?,
                    person: stored.parse(5)?,
                    reason: stored.get(6)?,
                    at: stored.time(7)?,
                    ended_at: stored.optional_time(8)?,
                });
            }
            Ok(steps)
        })
    }
}

fn found(
    transaction: &Transaction<'_>,
    sql: &'static str,
    values: &[crate::db::Value<'_>],
) -> Result<Option<PolicyFile>, StoreError> {
    let hash: Option<Vec<u8>> = transaction
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))
        .optional()?;
    let hash = hash.and_then(|bytes| Sha256::from_slice(&bytes));
    Ok(hash
        .map(|hash| file::one(transaction, &hash))
        .transpose()?
        .flatten())
}

/// Whoever makes steps in one transaction.
struct Mover<'a, 't> {
    transaction: &'a Transaction<'t>,
    by: &'a Personal,
    reason: Option<&'a str>,
    now: Timestamp,
}

impl Mover<'_, '_> {
    /// Other texts of the policy give up the stage, and what was in effect gives way to what is enforced.
    fn make_room(&self, file: &PolicyFile, to: Stage) -> Result<(), StoreError> {
        let stages: &[Stage] = match to {
            Stage::Shadow => &[Stage::Shadow],
            Stage::Canary => &[Stage::Canary],
            Stage::Enforce => &[Stage::Canary, Stage::Enforce],
            Stage::Draft | Stage::Retired => &[],
        };
        for stage in stages {
            let sql = "-- policies_in\nSELECT hash FROM policy_deployment
                WHERE policy = $1 AND stage = $2 AND hash <> $3 AND ended_at IS NULL";
            let mut statement = self.transaction.prepare_cached(sql)?;
            let others = statement.query_all(
                params![file.policy, stage.name(), &file.hash.bytes()[..]],
                |row| row.get::<Vec<u8>>(0),
            )?;
            for hash in others.iter().filter_map(|bytes| Sha256::from_slice(bytes)) {
                if let Some(other) = file::one(self.transaction, &hash)? {
                    self.put(&other, Stage::Retired, None, None)?;
                }
            }
        }
        Ok(())
    }

    fn put(
        &self,
        file: &PolicyFile,
        stage: Stage,
        share: Option<Share>,
        until: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let Self {
            transaction,
            by,
            reason,
            now,
        } = self;
        let micros = now.as_microsecond();
        let hash = &file.hash.bytes()[..];
        transaction
            .prepare_cached(
                "-- end_deployment\nUPDATE policy_deployment SET ended_at = $1 WHERE hash = $2 AND ended_at IS NULL",
            )?
            .execute(params![micros, hash])?;
        let id = take_numbers(transaction, "policy_deployment", 1)?;
        transaction
            .prepare_cached(
                "-- deploy_policy\nINSERT INTO policy_deployment (id, policy, hash, stage, share, until, person, key,
                    reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )?
            .execute(params![
                id,
                file.policy,
                hash,
                stage.name(),
                share.map(|share| i64::from(share.per_mille())),
                until.map(Timestamp::as_microsecond),
                by.person.as_str(),
                by.key.0,
                *reason,
                micros
            ])?;
        let (text, key) = (file.hash.to_string(), by.key.0.to_string());
        let share = share.map(|share| share.per_mille().to_string());
        let until = until.map(|until| until.to_string());
        let mut body = vec![
            ("policy", &*file.policy),
            ("text", &*text),
            ("stage", stage.name()),
            ("key", &*key),
            ("by", by.person.as_str()),
        ];
        body.extend(share.as_deref().map(|share| ("share", share)));
        body.extend(until.as_deref().map(|until| ("until", until)));
        body.extend(reason.map(|reason| ("reason", reason)));
        let kind = match until.is_some() {
            true => LogKind::PolicyEmergency,
            false => LogKind::PolicyDeployed,
        };
        log::append(transaction, *now, kind, &body)
    }
}
