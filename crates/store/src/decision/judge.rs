//! What people said of items: records of the same chain, against which policies are held.

use jiff::Timestamp;
use model::{ItemId, Judgement};

use super::write::put;
use super::{Actor, Kept, Texts};
use crate::db::params;
use crate::policy::Personal;
use crate::row::Stored;
use crate::{Store, StoreError};

/// What a person said of an item last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What.
    pub judgement: Judgement,
    /// Who.
    pub person: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Notes what a person says of an item; the last one counts. Gives the number of the record.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn judge(
        &self,
        item: ItemId,
        judgement: Judgement,
        by: &Personal,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let by = by.clone();
        self.share("judge", move |transaction| {
            let texts = Texts {
                salt: &[],
                given: "",
                outcome: "",
                shadow: None,
            };
            let seq = put(
                transaction,
                &mut Kept {
                    seq: 0,
                    item: item.0,
                    at: now.as_microsecond(),
                    policies: &[],
                    engine: "",
                    actor: Actor::Person.name(),
                    person: by.person.as_str(),
                    judgement: judgement.name(),
                    commitment: &texts.commitment(),
                },
            )?;
            // By the bytes, for they come again and again, and each time it is asked for.
            transaction
                .prepare_cached(
                    "-- note_judged\nINSERT INTO judged (sha256, decision)
                     SELECT sha256, CAST($1 AS BIGINT) FROM item WHERE id = $2
                     ON CONFLICT (sha256) DO UPDATE SET decision = excluded.decision",
                )?
                .execute(params![seq, item.0])?;
            Ok(seq)
        })
    }

    /// What a person said last of any item with the same bytes.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn judged(&self, content: &model::Sha256) -> Result<Option<Judged>, StoreError> {
        self.read("judged", |connection| {
            let sql = "-- judged\nSELECT judgement, person, at FROM judged
                JOIN decision ON decision.seq = judged.decision WHERE sha256 = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![&content.bytes()[..]])?;
            let Some(row) = rows.next()? else {
                return Ok(None);
            };
            let stored = Stored::new("decision", "of a person", row);
            Ok(Some(Judged {
                judgement: stored.parse(0)?,
                person: stored.get(1)?,
                at: stored.time(2)?,
            }))
        })
    }
}
