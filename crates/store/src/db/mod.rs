//! One narrow SQL on two engines: SQLite, embedded, and PostgreSQL.
//!
//! The text of a statement is the same for both. What it is made of: parameters `$1`, `$2` … in the order of their first
//! appearance (SQLite numbers them so, whatever their digits say), each with a type that PostgreSQL can tell where it first
//! appears; BIGINT, DOUBLE PRECISION, TEXT and BLOB; `ON CONFLICT`, `RETURNING`; ids and times that the program makes. Where
//! the engines differ is here, and nowhere else.

mod copy;
mod embedded;
mod error;
mod server;
mod session;
mod tls;
mod url;
mod value;

pub(crate) use self::copy::{from_embedded, to_embedded};
pub(crate) use self::embedded::connect as connect_embedded;
pub(crate) use self::error::{Error, Meaning};
pub(crate) use self::server::Server;
pub(crate) use self::session::Session;
pub(crate) use self::tls::{connect as connect_server, read as read_url};
pub use self::url::{DatabaseUrl, DatabaseUrlError};
pub(crate) use self::value::{FromValue, ToValue, Value, params};

use std::ops::Deref;

/// Which engine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// An open reading or transaction: statements are run in it.
pub(crate) struct Connection<'a> {
    engine: Engine<'a>,
}

enum Engine<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(server::Open<'a>),
}

/// An open transaction that may change something.
pub(crate) struct Transaction<'a>(Connection<'a>);

impl<'a> Deref for Transaction<'a> {
    type Target = Connection<'a>;
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a> Connection<'a> {
    /// A statement; one that was prepared before on this connection is used again.
    pub(crate) fn prepare_cached(&self, sql: &str) -> Result<Statement<'_, 'a>, Error> {
        Ok(match &self.engine {
            Engine::Sqlite(connection) => Statement::Sqlite(connection.prepare_cached(sql)?),
            Engine::Postgres(open) => Statement::Postgres(open, open.prepare(sql)?),
        })
    }

    /// Runs a statement; gives how many rows it changed.
    pub(crate) fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, Error> {
        self.prepare_cached(sql)?.execute(values)
    }

    /// The first row that a statement gives, [`Error::NoRow`] when there is none.
    pub(crate) fn query_row<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl FnOnce(Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.prepare_cached(sql)?.query_row(values, read)
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self.engine {
            Engine::Sqlite(_) => Kind::Sqlite,
            Engine::Postgres(_) => Kind::Postgres,
        }
    }
}

impl Transaction<'_> {
    /// Undoes what was done since the savepoint, which stays.
    pub(crate) fn roll_back_to(&self, savepoint: &'static str) -> Result<(), Error> {
        match &self.0.engine {
            Engine::Sqlite(connection) => Ok(connection.execute_batch(&format!("ROLLBACK TO {savepoint}"))?),
            Engine::Postgres(open) => open.roll_back_to(savepoint),
        }
    }

    /// Runs statements without values, separated by semicolons.
    pub(crate) fn execute_batch(&self, sql: &str) -> Result<(), Error> {
        match &self.0.engine {
            Engine::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Engine::Postgres(open) => open.execute_batch(sql),
        }
    }

    /// Whether the engine gave up the transaction (a full disk, a failing one, a connection that is gone), and with it
    /// everything that was done in it.
    pub(crate) fn is_given_up(&self) -> bool {
        match &self.0.engine {
            Engine::Sqlite(connection) => connection.is_autocommit(),
            Engine::Postgres(open) => open.is_closed(),
        }
    }
}

/// A prepared statement.
pub(crate) enum Statement<'c, 'a> {
    Sqlite(rusqlite::CachedStatement<'c>),
    Postgres(&'c server::Open<'a>, postgres::Statement),
}

impl Statement<'_, '_> {
    /// Runs it; gives how many rows it changed.
    pub(crate) fn execute(&mut self, values: &[Value<'_>]) -> Result<usize, Error> {
        match self {
            Self::Sqlite(statement) => Ok(statement.execute(rusqlite::params_from_iter(values))?),
            Self::Postgres(open, statement) => open.execute(statement, values),
        }
    }

    /// Its rows. Other statements may run while they are gone through.
    pub(crate) fn query(&mut self, values: &[Value<'_>]) -> Result<Rows<'_>, Error> {
        Ok(match self {
            Self::Sqlite(statement) => Rows::Sqlite(statement.query(rusqlite::params_from_iter(values))?),
            Self::Postgres(open, statement) => Rows::Postgres {
                rows: open.query(statement, values)?,
                next: 0,
            },
        })
    }

    /// The first row, [`Error::NoRow`] when there is none.
    pub(crate) fn query_row<T>(
        &mut self,
        values: &[Value<'_>],
        read: impl FnOnce(Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut rows = self.query(values)?;
        match rows.next()? {
            Some(row) => read(row),
            None => Err(Error::NoRow),
        }
    }

    /// What is read of each row.
    pub(crate) fn query_all<T>(
        &mut self,
        values: &[Value<'_>],
        mut read: impl FnMut(Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = self.query(values)?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(read(row)?);
        }
        Ok(all)
    }
}

impl Connection<'_> {
    /// Gives every row of a statement that may give millions to `each`, which runs no statement of this connection; a part
    /// of them is in memory at a time. `each` gives `false` to stop.
    pub(crate) fn for_each<E: From<Error>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut each: impl FnMut(Row<'_>) -> Result<bool, E>,
    ) -> Result<(), E> {
        match &self.engine {
            Engine::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql).map_err(Error::from)?;
                let rows = statement.query(rusqlite::params_from_iter(values));
                let mut rows = rows.map_err(Error::from)?;
                while let Some(row) = rows.next().map_err(Error::from)? {
                    if !each(Row::Sqlite(row))? {
                        break;
                    }
                }
                Ok(())
            }
            Engine::Postgres(open) => open.for_each(sql, values, |row| each(Row::Postgres(row))),
        }
    }
}

/// Rows that are gone through once.
pub(crate) enum Rows<'s> {
    Sqlite(rusqlite::Rows<'s>),
    Postgres { rows: Vec<postgres::Row>, next: usize },
}

impl Rows<'_> {
    /// The next row; `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, Error> {
        match self {
            Self::Sqlite(rows) => Ok(rows.next()?.map(Row::Sqlite)),
            Self::Postgres { rows, next } => {
                *next += 1;
                Ok(rows.get(*next - 1).map(Row::Postgres))
            }
        }
    }
}

/// A row.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl<'r> Row<'r> {
    /// A column, counted from 0.
    pub(crate) fn get<T: FromValue>(self, column: usize) -> Result<T, Error> {
        let value = self.value(column)?;
        let found = value.kind();
        T::from_value(value).ok_or(Error::Column {
            column,
            found,
            wanted: T::WANTED,
        })
    }

    /// The bytes of a column, where they lie.
    pub(crate) fn blob(self, column: usize) -> Result<&'r [u8], Error> {
        match self.value(column)? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(Error::Column {
                column,
                found: other.kind(),
                wanted: "bytes",
            }),
        }
    }

    fn value(self, column: usize) -> Result<Value<'r>, Error> {
        match self {
            Self::Sqlite(row) => Value::of_sqlite(row.get_ref(column)?).ok_or(Error::Text { column }),
            Self::Postgres(row) => server::value(row, column),
        }
    }
}

/// For statements whose row need not be there.
pub(crate) trait Optional<T> {
    /// `None` in the place of [`Error::NoRow`].
    fn optional(self) -> Result<Option<T>, Error>;
}

impl<T> Optional<T> for Result<T, Error> {
    fn optional(self) -> Result<Option<T>, Error> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
