//! Changes of banks: what is done in one transaction.

use std::fmt;

use jiff::Timestamp;

use crate::db::Transaction;
use crate::key::Key;
use crate::{LogKind, Store, StoreError, log};

/// An open transaction in which banks, their entries and what belongs to them are changed, and the log is told of it. All
/// of it is kept or none.
pub struct Edits<'t, 'a> {
    pub(crate) transaction: &'t Transaction<'a>,
    pub(crate) key: &'t Key,
}

impl fmt::Debug for Edits<'_, '_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Edits(..)")
    }
}

impl Store {
    /// Runs changes of banks in one transaction of that name. When this returns they are durable, or nothing is changed
    /// where one of them failed.
    ///
    /// # Errors
    /// What `body` gives; [`StoreError::ReaderOnly`], [`StoreError::DiskFull`].
    pub fn edit<T>(
        &self,
        name: &'static str,
        body: impl FnOnce(&Edits<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.change(name, |transaction| {
            let key = &self.key;
            body(&Edits { transaction, key })
        })
    }
}

impl Edits<'_, '_> {
    /// Notes in the log what was changed.
    ///
    /// # Errors
    /// [`StoreError::LogAltered`] when there is no log that could be gone on with, [`StoreError::DiskFull`].
    pub fn note(&self, at: Timestamp, kind: LogKind, about: &[(&str, String)]) -> Result<(), StoreError> {
        let about: Vec<(&str, &str)> = about
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        log::append(self.transaction, at, kind, &about)
    }
}
