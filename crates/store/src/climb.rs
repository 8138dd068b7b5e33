//! What is told of a source that comes ever nearer to one entry.

use jiff::Timestamp;
use model::{EntryId, EventKind, SourceName};

use crate::log::{self, LogKind};
use crate::outbox::{Audience, publish};
use crate::{Store, StoreError};

impl Store {
    /// Notes in the log that a source came near an entry again and again, and tells the operator's webhooks: those that
    /// are told of every source, for it is not for the source itself. `about` are numbers by name.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn note_climb(
        &self,
        source: &SourceName,
        entry: EntryId,
        about: &[(&'static str, u32)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut body = vec![
            ("source", source.as_str().to_owned()),
            ("entry", entry.0.to_string()),
        ];
        body.extend(about.iter().map(|(name, number)| (*name, number.to_string())));
        let data: serde_json::Map<String, serde_json::Value> = [
            ("source".to_owned(), source.as_str().into()),
            ("entry".to_owned(), entry.0.into()),
        ]
        .into_iter()
        .chain(
            about
                .iter()
                .map(|(name, number)| ((*name).to_owned(), (*number).into())),
        )
        .collect();
        self.share("note_climb", move |transaction| {
            let body: Vec<(&str, &str)> = body.iter().map(|(name, value)| (*name, value.as_str())).collect();
            log::append(transaction, now, LogKind::ClimbSeen, &body)?;
            let kind = EventKind::AlertClimb;
            publish(
                transaction,
                Audience::Operator,
                kind,
                &[kind],
                || data.into(),
                now,
            )
        })
    }
}
