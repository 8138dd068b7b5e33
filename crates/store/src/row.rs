//! From stored columns to nouns, and back. Whatever does not parse is an error that names table and row.

use std::fmt::Display;
use std::str::FromStr;

use crate::db::{FromValue, Row};
use jiff::Timestamp;
use model::{Quality, SignalType, Verdict};

use crate::StoreError;

/// A row of a table, for reading its columns with errors that say where.
pub(crate) struct Stored<'a> {
    table: &'static str,
    id: String,
    row: Row<'a>,
}

impl<'a> Stored<'a> {
    pub(crate) fn new(table: &'static str, id: impl Display, row: Row<'a>) -> Self {
        Self {
            table,
            id: id.to_string(),
            row,
        }
    }

    pub(crate) fn invalid(&self, why: impl Display) -> StoreError {
        invalid(self.table, &self.id, why)
    }

    /// A column as the engine gives it.
    pub(crate) fn get<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        self.row.get(column).map_err(|error| self.invalid(error))
    }

    /// A number that is not negative.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        let number: i64 = self.get(column)?;
        number
            .try_into()
            .map_err(|_| self.invalid(format!("{number} is no count")))
    }

    /// A text that parses.
    pub(crate) fn parse<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError> {
        let text: String = self.get(column)?;
        text.parse().map_err(|error| self.invalid(error))
    }

    /// 0 or 1.
    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        match self.get(column)? {
            0i64 => Ok(false),
            1 => Ok(true),
            other => Err(self.invalid(format!("{other} is neither 0 nor 1"))),
        }
    }

    /// A time.
    pub(crate) fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.to_time(self.get(column)?)
    }

    /// A time, or none.
    pub(crate) fn optional_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.get(column)?;
        micros.map(|micros| self.to_time(micros)).transpose()
    }

    fn to_time(&self, micros: i64) -> Result<Timestamp, StoreError> {
        // Microseconds of the last second there is are written, and refused when they are read.
        if micros > Timestamp::MAX.as_second() * 1_000_000 && micros <= Timestamp::MAX.as_microsecond() {
            return Ok(Timestamp::MAX);
        }
        Timestamp::from_microsecond(micros).map_err(|error| self.invalid(error))
    }
}

pub(crate) fn invalid(table: &'static str, row: impl Display, why: impl Display) -> StoreError {
    StoreError::Row {
        table,
        row: row.to_string(),
        why: why.to_string(),
    }
}

pub(crate) fn quality(id: i64, number: Option<i64>) -> Result<Option<Quality>, StoreError> {
    let Some(number) = number else { return Ok(None) };
    let quality = u8::try_from(number)
        .ok()
        .and_then(|number| Quality::new(number).ok());
    match quality {
        Some(quality) => Ok(Some(quality)),
        None => Err(invalid("signal", id, format!("{number} is no quality"))),
    }
}

pub(crate) fn signal_type(id: i64, text: &str) -> Result<SignalType, StoreError> {
    text.parse().map_err(|error| invalid("signal", id, error))
}

pub(crate) fn verdict(stored: &Stored<'_>, column: usize) -> Result<Verdict, StoreError> {
    let text: String = stored.get(column)?;
    [Verdict::Match, Verdict::NoMatch, Verdict::Incomplete]
        .into_iter()
        .find(|verdict| verdict.name() == text)
        .ok_or_else(|| stored.invalid(format!("{text:?} is no verdict")))
}
