//! What an engine says when it fails, and what that means.

use std::error::Error as _;
use std::sync::Arc;

use postgres::error::SqlState;
use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

/// A failure of an engine, or of reading what it gave.
#[derive(Debug, Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{}", said(.error))]
    Postgres {
        error: postgres::Error,
        /// Which database, without its password.
        database: Arc<str>,
    },
    /// The connection to PostgreSQL is gone.
    #[error("the connection was lost")]
    Lost {
        /// Which database, without its password.
        database: Arc<str>,
    },
    /// A transaction of PostgreSQL in which a statement failed, which somebody took no notice of.
    #[error("a statement failed before, and with it the transaction")]
    GivenUp,
    /// A statement that must give a row gave none.
    #[error("there is no such row")]
    NoRow,
    /// A column holds something else.
    #[error("column {column} has {found} instead of {wanted}")]
    Column {
        column: usize,
        found: &'static str,
        wanted: &'static str,
    },
    /// A text of SQLite is no UTF-8.
    #[error("column {column} has a text that is no UTF-8")]
    Text { column: usize },
}

/// What a failure means, whichever engine it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Another holds what is needed, for longer than one waits.
    Busy,
    /// There is no room.
    Full,
    /// PostgreSQL has no room where it keeps its files.
    DatabaseFull(Arc<str>),
    /// An input or output failed, perhaps for want of room.
    MaybeFull,
    /// The file is not what was written.
    Damaged,
    /// The disk did not take what was written.
    Flush,
    /// PostgreSQL does not answer, or lets nobody in.
    Unreachable(Arc<str>),
    /// Something is there already that may be there once.
    NotUnique,
    /// Something else.
    Other,
}

impl Error {
    pub(crate) fn meaning(&self) -> Meaning {
        match self {
            Self::Sqlite(error) => error.sqlite_error().map_or(Meaning::Other, meaning_of_sqlite),
            Self::Postgres { error, database } => meaning_of_postgres(error, database),
            Self::Lost { database } => Meaning::Unreachable(Arc::clone(database)),
            Self::GivenUp | Self::NoRow | Self::Column { .. } | Self::Text { .. } => Meaning::Other,
        }
    }
}

fn meaning_of_sqlite(failure: &ffi::Error) -> Meaning {
    let flush = [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_DIR_FSYNC];
    if flush.contains(&failure.extended_code) {
        return Meaning::Flush;
    }
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Meaning::Busy,
        ErrorCode::DiskFull => Meaning::Full,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Meaning::MaybeFull,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Meaning::Damaged,
        ErrorCode::ConstraintViolation => Meaning::NotUnique,
        _ => Meaning::Other,
    }
}

fn meaning_of_postgres(error: &postgres::Error, database: &Arc<str>) -> Meaning {
    if is_lost(error) {
        return Meaning::Unreachable(Arc::clone(database));
    }
    let Some(state) = error.code() else {
        return Meaning::Other;
    };
    let may_not_enter = [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        SqlState::INVALID_CATALOG_NAME,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    if may_not_enter.contains(state) {
        Meaning::Unreachable(Arc::clone(database))
    } else if *state == SqlState::LOCK_NOT_AVAILABLE {
        Meaning::Busy
    } else if *state == SqlState::DISK_FULL {
        Meaning::DatabaseFull(Arc::clone(database))
    } else if *state == SqlState::UNIQUE_VIOLATION {
        Meaning::NotUnique
    } else {
        Meaning::Other
    }
}

/// Whether the connection is gone: nothing more can be done with it.
pub(super) fn is_lost(error: &postgres::Error) -> bool {
    let ends = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    let by_system = error.source().is_some_and(|source| source.is::<std::io::Error>());
    error.is_closed() || by_system || error.code().is_some_and(|state| ends.contains(state))
}

/// What PostgreSQL said, without the values of a row, which its details name.
fn said(error: &postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => format!("{} (SQLSTATE {})", said.message(), said.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
