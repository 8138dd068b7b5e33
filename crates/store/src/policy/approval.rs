//! Approvals: each of one person, for one text.

use jiff::Timestamp;
use model::Sha256;

use super::{Personal, PolicySummary, file, standing};
use crate::db::params;
use crate::log::{self, LogKind};
use crate::{Store, StoreError};

impl Store {
    /// Approves a text. Twice by one person is once.
    ///
    /// # Errors
    /// [`StoreError::Life`] for what stands against it; [`StoreError::NoPolicy`], [`StoreError::DiskFull`].
    pub fn approve_policy(
        &self,
        hash: &Sha256,
        by: &Personal,
        now: Timestamp,
    ) -> Result<PolicySummary, StoreError> {
        let (hash, by) = (*hash, by.clone());
        self.share("approve_policy", move |transaction| {
            let file =
                file::one(transaction, &hash)?.ok_or_else(|| StoreError::NoPolicy(hash.to_string()))?;
            standing::of(transaction, &file)?.may_approve(&by.person)?;
            let fresh = transaction
                .prepare_cached(
                    "-- approve_policy\nINSERT INTO policy_approval (hash, person, key, at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (hash, person) DO NOTHING",
                )?
                .execute(params![
                    &hash.bytes()[..],
                    by.person.as_str(),
                    by.key.0,
                    now.as_microsecond()
                ])?;
            if fresh == 1 {
                let body = [
                    ("policy", &*file.policy),
                    ("text", &*hash.to_string()),
                    ("key", &*by.key.0.to_string()),
                    ("by", by.person.as_str()),
                ];
                log::append(transaction, now, LogKind::PolicyApproved, &body)?;
            }
            standing::summary(transaction, file)
        })
    }
}
