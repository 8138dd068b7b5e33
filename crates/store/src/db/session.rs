//! One connection to an engine, on which one reading or transaction runs at a time.

use rusqlite::TransactionBehavior;

use super::{Connection, Engine, Error, Server, Transaction};
use crate::StoreError;

/// A connection.
pub(crate) enum Session {
    Sqlite(rusqlite::Connection),
    Postgres(Box<Server>),
}

impl std::fmt::Debug for Session {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Sqlite(_) => "Session(SQLite)",
            Self::Postgres(_) => "Session(PostgreSQL)",
        })
    }
}

impl Session {
    /// Runs a transaction; others that write wait for it, as it for them. It is durable when this returns, or has left
    /// nothing behind when it fails.
    pub(crate) fn write<T>(
        &mut self,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let transaction = connection
                    .transaction_with_behavior(TransactionBehavior::Immediate)
                    .map_err(Error::from)?;
                let value = body(&Transaction(Connection {
                    engine: Engine::Sqlite(&transaction),
                }))?;
                transaction.commit().map_err(Error::from)?;
                Ok(value)
            }
            Self::Postgres(server) => server.write(body),
        }
    }

    /// Runs a reading: all that it reads belongs to one moment.
    pub(crate) fn read<T>(
        &mut self,
        body: impl FnOnce(&Connection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(connection) => {
                let transaction = connection.transaction().map_err(Error::from)?;
                // Nothing was written, so that there is nothing to commit.
                body(&Connection {
                    engine: Engine::Sqlite(&transaction),
                })
            }
            Self::Postgres(server) => server.read(body),
        }
    }
}
