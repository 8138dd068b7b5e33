//! Making a snapshot: typed by the schema, refused where it is not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{Sha256, Trust};
use thiserror::Error;

use super::{Producer, Reading, Snapshot, Subject, UnknownReason, Value};
use crate::schema::{Schema, Type, nearest};

/// Why a signal was not taken into a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SnapshotError {
    /// The schema has no such signal.
    #[error("the schema has no signal {path:?}{}", .near.as_ref().map(|near| format!("; did you mean {near:?}?")).unwrap_or_default())]
    NoSignal {
        /// The path.
        path: String,
        /// The nearest one.
        near: Option<String>,
    },
    /// The value is of another type.
    #[error("{path}: {why}")]
    Type {
        /// The path, with the place in a list and the field.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// There is no such producer.
    #[error("{path}: there is no producer {by}; add it first")]
    NoProducer {
        /// The path.
        path: String,
        /// The number.
        by: u16,
    },
}

impl Snapshot {
    /// One in which everything is unknown (`not_computed`).
    pub fn new(subject: Subject, at: Timestamp) -> Self {
        Self {
            schema: Schema::VERSION,
            subject,
            at,
            producers: Vec::new(),
            signals: BTreeMap::new(),
        }
    }

    /// One in which every signal is known and says nothing: no match, no finding, no text. Tests in policy files begin
    /// with it. What only people may say is there too, as said by a person.
    pub fn quiet(subject: Subject, at: Timestamp) -> Self {
        let mut snapshot = Self::new(subject, at);
        let machine = snapshot.producer("quiet", "1", false);
        let person = snapshot.producer("quiet-person", "1", true);
        for signal in Schema::signals() {
            let by = if signal.person { person } else { machine };
            let reading = Reading {
                value: Some(signal.quiet(at)),
                unknown: None,
                by: Some(by),
            };
            snapshot.signals.insert(signal.path.to_owned(), reading);
        }
        snapshot
    }

    /// The number of a producer, which is added if it is not there.
    pub fn producer(&mut self, name: &str, version: &str, person: bool) -> u16 {
        let found =
            |known: &Producer| known.name == name && known.version == version && known.person == person;
        if let Some(place) = self.producers.iter().position(found) {
            return u16::try_from(place).unwrap_or(u16::MAX);
        }
        self.producers.push(Producer {
            name: name.to_owned(),
            version: version.to_owned(),
            person,
        });
        u16::try_from(self.producers.len() - 1).unwrap_or(u16::MAX)
    }

    /// Sets a signal.
    ///
    /// # Errors
    /// [`SnapshotError`] when the schema has no such signal, or the value is not of its type.
    pub fn set(&mut self, path: &str, value: impl Into<Value>, by: u16) -> Result<(), SnapshotError> {
        let value = value.into();
        let signal = find(path)?;
        signal.check(&value).map_err(|(inner, why)| SnapshotError::Type {
            path: format!("{path}{inner}"),
            why,
        })?;
        self.put(path, Some(value), None, by)
    }

    /// Sets a list that may lack something, and says why: not every part of the item could be looked at.
    ///
    /// # Errors
    /// [`SnapshotError`] when the schema has no such signal, it is no list, or the value is not of its type.
    pub fn set_partial(
        &mut self,
        path: &str,
        value: impl Into<Value>,
        why: UnknownReason,
        by: u16,
    ) -> Result<(), SnapshotError> {
        if !matches!(find(path)?.ty, Type::Texts | Type::Records(_)) {
            return Err(SnapshotError::Type {
                path: path.to_owned(),
                why: "only a list can be known in part".to_owned(),
            });
        }
        self.set(path, value, by)?;
        if let Some(reading) = self.signals.get_mut(path) {
            reading.unknown = Some(why);
        }
        Ok(())
    }

    /// Says that a signal has no value, and why.
    ///
    /// # Errors
    /// [`SnapshotError`] when the schema has no such signal.
    pub fn set_unknown(&mut self, path: &str, why: UnknownReason, by: u16) -> Result<(), SnapshotError> {
        find(path)?;
        self.put(path, None, Some(why), by)
    }

    /// Checks every signal: a snapshot that came from outside. One that is not checked is read all the same, and what is
    /// not of the schema's type counts as unknown.
    ///
    /// # Errors
    /// The first [`SnapshotError`].
    pub fn check(&self) -> Result<(), SnapshotError> {
        for (path, reading) in &self.signals {
            let signal = find(path)?;
            if let Some(value) = &reading.value {
                signal.check(value).map_err(|(inner, why)| SnapshotError::Type {
                    path: format!("{path}{inner}"),
                    why,
                })?;
            }
            self.has_producer(path, reading.by)?;
        }
        Ok(())
    }

    fn put(
        &mut self,
        path: &str,
        value: Option<Value>,
        unknown: Option<UnknownReason>,
        by: u16,
    ) -> Result<(), SnapshotError> {
        self.has_producer(path, Some(by))?;
        let by = Some(by);
        self.signals
            .insert(path.to_owned(), Reading { value, unknown, by });
        Ok(())
    }

    fn has_producer(&self, path: &str, by: Option<u16>) -> Result<(), SnapshotError> {
        match by {
            Some(by) if usize::from(by) >= self.producers.len() => Err(SnapshotError::NoProducer {
                path: path.to_owned(),
                by,
            }),
            _ => Ok(()),
        }
    }
}

fn find(path: &str) -> Result<&'static crate::schema::SignalDef, SnapshotError> {
    Schema::signal(path).ok_or_else(|| SnapshotError::NoSignal {
        path: path.to_owned(),
        near: nearest(path, Schema::signals().iter().map(|signal| signal.path)).map(str::to_owned),
    })
}

/// One match as a policy sees it: a record of the signal `matches`.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchFact {
    /// The bank's name.
    pub bank: String,
    /// The entry's id.
    pub entry: i64,
    /// The signal type that was compared: `sha256`, `pdq`, `raw_text`, `url` …
    pub kind: String,
    /// How: `equal`, `pdq`, `track`, `passage`, `tlsh`, `term`.
    pub method: String,
    /// The value that was equal, if it is a SHA-256: the engine compares it with the item's own.
    pub sha256: Option<Sha256>,
    /// Whether the whole item was compared, not a part, a member or a passage of it.
    pub whole: bool,
    /// Bits that differ; `None` where the method has none.
    pub distance: Option<i64>,
    /// How much of the entry was found, 0 to 1; `None` where the method does not say.
    pub similarity: Option<f64>,
    /// Whether a person has confirmed the entry; `None` if that is not known.
    pub human_confirmed: Option<bool>,
    /// How far the entry is trusted.
    pub trust: Trust,
    /// Whether an entry that must be left alone lies nearer.
    pub suppressed: bool,
    /// The entry's labels.
    pub labels: Vec<String>,
    /// Where the entry came from: `local`, or the exchange.
    pub source: String,
    /// When it was added to the bank.
    pub added_at: Timestamp,
    /// Whether the entry keeps no picture, and must be shown to nobody.
    pub hash_only: bool,
    /// Whether what was found stands in quotation marks; `None` if that is not known or means nothing.
    pub quoted: Option<bool>,
}

impl From<MatchFact> for Value {
    fn from(fact: MatchFact) -> Self {
        let mut fields = BTreeMap::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                fields.insert(name.to_owned(), value);
            }
        };
        put("bank", Some(fact.bank.into()));
        put("entry", Some(fact.entry.into()));
        put("type", Some(fact.kind.into()));
        put("method", Some(fact.method.into()));
        put("sha256", fact.sha256.map(|digest| digest.to_string().into()));
        put("whole", Some(fact.whole.into()));
        put("distance", fact.distance.map(Into::into));
        put("similarity", fact.similarity.map(Into::into));
        put("human_confirmed", fact.human_confirmed.map(Into::into));
        put("trust", Some(fact.trust.name().into()));
        put("suppressed", Some(fact.suppressed.into()));
        put("labels", Some(fact.labels.into()));
        put("source", Some(fact.source.into()));
        put("added_at", Some(fact.added_at.into()));
        put("hash_only", Some(fact.hash_only.into()));
        put("quoted", fact.quoted.map(Into::into));
        Self::Record(fields)
    }
}

/// One finding as a policy sees it: a record of the signal `findings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingFact {
    /// What was found: `url`, `host`, `invite`, `handle`, `email`, `payment_address`, `donation_link`, `hashtag`,
    /// `contact`, `security`.
    pub kind: String,
    /// The platform or the currency, where one is known.
    pub platform: Option<String>,
    /// The host of a link, without `www.`; never a path.
    pub host: Option<String>,
    /// SHA-256 of the key by which it is compared, in hex.
    pub digest: Option<String>,
    /// Whether it stands in quotation marks.
    pub quoted: Option<bool>,
}

impl From<FindingFact> for Value {
    fn from(fact: FindingFact) -> Self {
        let fields = [
            ("kind", Some(Self::Text(fact.kind))),
            ("platform", fact.platform.map(Into::into)),
            ("host", fact.host.map(Into::into)),
            ("digest", fact.digest.map(Into::into)),
            ("quoted", fact.quoted.map(Into::into)),
        ];
        let known = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self::Record(known.collect())
    }
}
