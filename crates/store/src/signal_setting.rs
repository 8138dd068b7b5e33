//! How often a signal type is used for clients of HMA, and how many signals there are.

use std::collections::HashMap;

use crate::db::{Optional, params};
use jiff::Timestamp;
use model::SignalType;

use crate::{Edits, Store, StoreError};

impl Edits<'_, '_> {
    /// Sets how often a signal type is used, 0 to 1.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_signal_ratio(&self, kind: SignalType, ratio: f64) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "-- set_signal_ratio\nINSERT INTO signal_setting (type, enabled_ratio) VALUES ($1, $2)
                 ON CONFLICT (type) DO UPDATE SET enabled_ratio = excluded.enabled_ratio",
            )?
            .execute(params![kind.name(), ratio])?;
        Ok(())
    }
}

impl Store {
    /// The ratios that were set, by signal type; one that is not there is 1.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn signal_ratios(&self) -> Result<HashMap<SignalType, f64>, StoreError> {
        self.read("signal_ratios", |connection| {
            let sql = "-- signal_ratios\nSELECT type, enabled_ratio FROM signal_setting";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_all(params![], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?;
            let mut ratios = HashMap::new();
            for (name, ratio) in rows {
                // A type of a later program says nothing to this one.
                if let Ok(kind) = name.parse() {
                    ratios.insert(kind, ratio);
                }
            }
            Ok(ratios)
        })
    }

    /// How many signals of a type there are. Every signal is looked at.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn count_signals(&self, kind: SignalType) -> Result<u64, StoreError> {
        self.read("count_signals", |connection| {
            let sql = "-- count_signals\nSELECT COUNT(*) FROM signal WHERE type = $1";
            let count: i64 = connection
                .prepare_cached(sql)?
                .query_row(params![kind.name()], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// When the newest entry of any bank was added.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn newest_entry(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read("newest_entry", |connection| {
            let sql = "-- newest_entry\nSELECT added_at FROM entry ORDER BY id DESC LIMIT 1";
            let micros: Option<i64> = connection
                .prepare_cached(sql)?
                .query_row(params![], |row| row.get(0))
                .optional()?;
            let time = micros.map(Timestamp::from_microsecond).transpose();
            time.map_err(|error| crate::row::invalid("entry", "newest", error))
        })
    }
}
