//! Checking that every decision is what was written.

use model::Sha256;

use super::{Actor, Kept, Texts};
use crate::db::{Row, params};
use crate::{Store, StoreError};

/// What the decisions were found to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerifiedDecisions {
    /// Decisions; each fits those before it.
    pub decisions: u64,
    /// Those of which the texts were erased.
    pub erased: u64,
}

/// A column that may be nothing, which is committed to as the empty text.
fn or_empty<T: crate::db::FromValue + Default>(row: Row<'_>, column: usize) -> Result<T, StoreError> {
    Ok(row.get::<Option<T>>(column)?.unwrap_or_default())
}

impl Store {
    /// Checks every decision against those before it, the texts that are still there against what was committed to, and
    /// the chain against what the log says of it. `each` is told of each decision. The log itself is
    /// [checked](Store::verify_log) apart.
    ///
    /// # Errors
    /// [`StoreError::DecisionAltered`] names the first that does not fit.
    pub fn verify_decisions(&self, mut each: impl FnMut()) -> Result<VerifiedDecisions, StoreError> {
        let mut anchors = self.anchors()?.into_iter().peekable();
        self.read("verify_decisions", |connection| {
            let mut found = VerifiedDecisions::default();
            let (mut last, mut before) = (0_i64, vec![0_u8; 32]);
            let sql = "-- verify_decisions\nSELECT seq, item, at, policies, engine, actor, person, ruling, commitment,
                    chain, salt, given, outcome, shadow_policies, shadow
                FROM decision LEFT JOIN decision_record ON decision_record.decision = decision.seq ORDER BY seq";
            connection.for_each(sql, params![], |row| {
                let altered = || StoreError::DecisionAltered { seq: last + 1 };
                // What has another type than it was written with was altered too.
                let row = Found::read(row).map_err(|_| altered())?;
                if row.seq != last + 1 || !row.fits(&before) {
                    return Err(altered());
                }
                found.decisions += 1;
                found.erased += u64::from(row.is_erased());
                last = row.seq;
                before = row.chain;
                while anchors.peek().is_some_and(|(at, _)| *at == last) {
                    if anchors.next().is_some_and(|(_, noted)| noted.bytes()[..] != before) {
                        return Err(StoreError::DecisionAltered { seq: last });
                    }
                }
                each();
                Ok::<_, StoreError>(true)
            })?;
            let sql = "-- decisions_counted\nSELECT last FROM counter WHERE name = 'decision'";
            let length: i64 = connection.query_row(sql, params![], |row| row.get(0))?;
            // The log and the counter lie elsewhere, so that a chain that was cut short does not go unnoticed.
            if length != last || anchors.peek().is_some() {
                return Err(StoreError::DecisionAltered { seq: last + 1 });
            }
            let sql = "-- stray_records\nSELECT COUNT(*) FROM decision_record
                WHERE NOT EXISTS (SELECT 1 FROM decision WHERE decision.seq = decision_record.decision)";
            let strays: i64 = connection.query_row(sql, params![], |row| row.get(0))?;
            if strays > 0 {
                return Err(StoreError::DecisionAltered { seq: last + 1 });
            }
            Ok(found)
        })
    }

    /// How far the chain had come, as the log says: numbers and chains.
    fn anchors(&self) -> Result<Vec<(i64, Sha256)>, StoreError> {
        let found = self.read("anchors", |connection| {
            let sql = "-- anchors\nSELECT seq, body FROM log WHERE kind = 'decisions_noted' ORDER BY seq";
            let mut statement = connection.prepare_cached(sql)?;
            Ok(statement.query_all(params![], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?)
        })?;
        let read = |(seq, body): (i64, String)| {
            let altered = || StoreError::LogAltered { seq };
            let body: serde_json::Value = serde_json::from_str(&body).map_err(|_| altered())?;
            let number = body["decisions"].as_str().and_then(|text| text.parse().ok());
            let chain = body["chain"]
                .as_str()
                .and_then(|text| Sha256::from_hex(text).ok());
            number.zip(chain).ok_or_else(altered)
        };
        found.into_iter().map(read).collect()
    }
}

/// A row as it is stored.
struct Found {
    seq: i64,
    item: i64,
    at: i64,
    policies: Vec<u8>,
    engine: String,
    actor: String,
    person: String,
    ruling: String,
    commitment: Vec<u8>,
    chain: Vec<u8>,
    /// The SHA-256 of the texts that are there, and of their salt.
    texts: Option<[u8; 32]>,
}

impl Found {
    fn read(row: Row<'_>) -> Result<Self, StoreError> {
        let salt: Option<Vec<u8>> = row.get(10)?;
        let texts = match &salt {
            None => None,
            Some(salt) => {
                let (given, outcome): (String, String) = (row.get(11)?, row.get(12)?);
                let hash: Option<Vec<u8>> = row.get(13)?;
                let shadow: Option<String> = row.get(14)?;
                let texts = Texts {
                    salt,
                    given: &given,
                    outcome: &outcome,
                    shadow: match (&hash, &shadow) {
                        (None, None) => None,
                        // One without the other is committed to by nobody.
                        (hash, shadow) => Some((
                            hash.as_deref().unwrap_or_default(),
                            shadow.as_deref().unwrap_or_default(),
                        )),
                    },
                };
                Some(texts.commitment())
            }
        };
        Ok(Self {
            seq: row.get(0)?,
            item: row.get(1)?,
            at: row.get(2)?,
            policies: or_empty(row, 3)?,
            engine: row.get(4)?,
            actor: row.get(5)?,
            person: or_empty(row, 6)?,
            ruling: or_empty(row, 7)?,
            commitment: row.get(8)?,
            chain: row.get(9)?,
            texts,
        })
    }

    /// Whether it follows what was before, and its texts are those that were committed to.
    fn fits(&self, before: &[u8]) -> bool {
        let kept = Kept {
            seq: self.seq,
            item: self.item,
            at: self.at,
            policies: &self.policies,
            engine: &self.engine,
            actor: &self.actor,
            person: &self.person,
            ruling: &self.ruling,
            commitment: &self.commitment,
        };
        let committed = self.texts.is_none_or(|texts| texts[..] == self.commitment);
        committed && kept.chain(before)[..] == self.chain
    }

    /// Whether texts that were there are not any more.
    fn is_erased(&self) -> bool {
        self.texts.is_none() && self.actor == Actor::Policy.name()
    }
}
