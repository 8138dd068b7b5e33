//! PostgreSQL: a schema of a database on a server.
//!
//! What SQLite does by locks on its file is done by advisory locks, so that both engines behave alike: transactions that
//! write take turns (as by `BEGIN IMMEDIATE`), each sees all before it, and none has to be run again. Readings have a
//! snapshot (`REPEATABLE READ`) and wait for nobody.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{FromSql, IsNull, ToSql, Type};
use postgres::{Client, Row, Statement};
use sha2::{Digest, Sha256};
use tokio::runtime::{Handle, RuntimeFlavor};

use super::error::is_lost;
use super::tls;
use super::{Connection, DatabaseUrl, Engine, Error, Transaction, Value};
use crate::StoreError;

/// Rows of a long answer that are in memory at a time. Some are tracks of films, of some hundred KiB each.
const PAGE: usize = 256;

/// What an advisory lock of a schema is for.
#[derive(Debug, Clone, Copy)]
enum Lock {
    /// Held shared by every open store, alone while the schema is made or migrated.
    Use,
    /// Held by the one store that may change banks.
    Writer,
    /// Held by a transaction that writes.
    Turn,
}

impl Lock {
    /// Its number: locks of other schemas and other programs have others.
    fn number(self, schema: &str) -> i64 {
        let digest: [u8; 32] = Sha256::digest(format!("basira/{schema}/{self:?}")).into();
        digest[..8]
            .iter()
            .fold(0, |number, &byte| number << 8 | i64::from(byte))
    }
}

/// One connection to a server. It is opened again when it was lost, with the locks that it held.
pub(crate) struct Server {
    client: Option<Client>,
    statements: HashMap<String, Statement>,
    url: DatabaseUrl,
    wait: Duration,
    /// Locks that a connection has to hold, each shared or alone.
    held: Vec<(Lock, Sharing)>,
    /// Whether a transaction is open: one that a panic has left is undone before the next.
    busy: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sharing {
    Shared,
    Alone,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.disconnect();
    }
}

impl Server {
    /// Connects; waits as long as `wait` for the server, and for locks later.
    pub(crate) fn connect(url: &DatabaseUrl, wait: Duration) -> Result<Self, Error> {
        let mut server = Self {
            client: None,
            statements: HashMap::new(),
            url: url.clone(),
            wait,
            held: Vec::new(),
            busy: false,
        };
        server.reconnect()?;
        Ok(server)
    }

    fn reconnect(&mut self) -> Result<(), Error> {
        self.disconnect();
        let mut config = self.url.config.clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(self.wait.max(Duration::from_secs(2)));
        }
        // A network that is gone is noticed within a minute.
        config
            .keepalives_idle(Duration::from_secs(30))
            .keepalives_interval(Duration::from_secs(10))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(60));
        let schema = &self.url.schema;
        let mut client = apart(|| tls::connect(&config, &self.url.tls)).map_err(|error| self.wrong(error))?;
        // A time of 0 would be to wait for ever. A server that is set up to wait for its copies is left so.
        let setup = format!(
            "SET search_path TO {schema}; SET lock_timeout = {}; SET statement_timeout = 0; SET jit = off;
             SET idle_in_transaction_session_timeout = 0; SET client_min_messages = warning;
             SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                 WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);",
            self.wait.as_millis().clamp(1, i32::MAX as u128)
        );
        apart(|| client.batch_execute(&setup)).map_err(|error| self.wrong(error))?;
        self.client = Some(client);
        for (lock, sharing) in self.held.clone() {
            self.take(lock, sharing)?;
        }
        Ok(())
    }

    /// Closes the connection.
    fn disconnect(&mut self) {
        self.statements.clear();
        self.busy = false;
        if let Some(client) = self.client.take() {
            // The client has a runtime of its own, which must not end on a thread of another runtime: a service's.
            let closing = std::thread::Builder::new().spawn(move || drop(client));
            if let Ok(closing) = closing {
                // It says nothing that matters: the server notices that the connection is gone.
                let _ = closing.join();
            }
        }
    }

    fn wrong(&self, error: postgres::Error) -> Error {
        Error::Postgres {
            error,
            database: Arc::clone(&self.url.name),
        }
    }

    /// Why nothing can be promised with this server, if so.
    pub(crate) fn unfit(&mut self) -> Result<Option<&'static str>, Error> {
        self.reading(|connection| -> Result<_, Error> {
            let sql = "-- fitness\nSELECT current_setting('fsync'), current_setting('server_encoding')";
            let read = |row: super::Row<'_>| Ok((row.get::<String>(0)?, row.get::<String>(1)?));
            let (fsync, encoding) = connection.query_row(sql, &[], read)?;
            Ok(match (&*fsync, &*encoding) {
                ("on", "UTF8") => None,
                ("on", _) => Some("its encoding is not UTF8; make a database with ENCODING 'UTF8'"),
                _ => Some("it does not flush what it writes; set fsync = on in its configuration"),
            })
        })
    }

    /// Makes the schema where it is not there.
    pub(crate) fn make_schema(&mut self) -> Result<(), Error> {
        let schema = self.url.schema.clone();
        let there = self.reading(|connection| {
            let sql = "-- schema_exists\nSELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)";
            connection.query_row(sql, super::params![schema], |row| row.get::<bool>(0))
        })?;
        if there {
            return Ok(());
        }
        self.run(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))
    }

    /// Whether there is anything in the schema.
    pub(crate) fn is_taken(&mut self) -> Result<bool, Error> {
        let schema = self.url.schema.clone();
        self.reading(|connection| {
            let sql = "-- is_taken\nSELECT EXISTS (SELECT 1 FROM pg_class
                JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = $1)";
            connection.query_row(sql, super::params![schema], |row| row.get::<bool>(0))
        })
    }

    /// Removes the schema with all that is in it. The caller has made it.
    pub(crate) fn remove_schema(&mut self) -> Result<(), Error> {
        self.run(&format!("DROP SCHEMA {} CASCADE", self.url.schema))
    }

    /// Takes the schema for itself; `false` when others use it.
    pub(crate) fn try_alone(&mut self) -> Result<bool, Error> {
        let number = Lock::Use.number(&self.url.schema);
        self.reading(|connection| {
            let sql = "-- try_alone\nSELECT pg_try_advisory_lock($1)";
            connection.query_row(sql, super::params![number], |row| row.get(0))
        })
    }

    /// Uses the schema beside others from here on; waits for one who has it for itself.
    pub(crate) fn share(&mut self, alone: bool) -> Result<(), Error> {
        self.take(Lock::Use, Sharing::Shared)?;
        self.held.push((Lock::Use, Sharing::Shared));
        if alone {
            let number = Lock::Use.number(&self.url.schema);
            self.run(&format!("SELECT pg_advisory_unlock({number})"))?;
        }
        Ok(())
    }

    /// Becomes the one store that may change banks; waits for another that is.
    pub(crate) fn become_writer(&mut self) -> Result<(), Error> {
        self.take(Lock::Writer, Sharing::Alone)?;
        self.held.push((Lock::Writer, Sharing::Alone));
        Ok(())
    }

    fn take(&mut self, lock: Lock, sharing: Sharing) -> Result<(), Error> {
        let number = lock.number(&self.url.schema);
        self.run(&match sharing {
            Sharing::Shared => format!("SELECT pg_advisory_lock_shared({number})"),
            Sharing::Alone => format!("SELECT pg_advisory_lock({number})"),
        })
    }

    pub(super) fn write<T>(
        &mut self,
        body: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let turn = Lock::Turn.number(&self.url.schema);
        self.begin(&format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({turn})"
        ))?;
        let outcome = self.within(|connection| body(&Transaction(connection)));
        match outcome {
            Ok(value) => {
                self.busy = false;
                self.run("COMMIT")?;
                Ok(value)
            }
            Err(error) => {
                self.undo();
                Err(error)
            }
        }
    }

    pub(super) fn read<T>(
        &mut self,
        body: impl FnOnce(&Connection<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.reading(body)
    }

    fn reading<T, E: From<Error>>(
        &mut self,
        body: impl FnOnce(&Connection<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let outcome = self.within(|connection| body(&connection));
        // Nothing was written.
        self.undo();
        outcome
    }

    /// Begins a transaction, on a new connection where the old one is lost.
    fn begin(&mut self, sql: &str) -> Result<(), Error> {
        if self.busy {
            self.undo();
        }
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.reconnect()?;
        }
        let mut begun = self.run(sql);
        if matches!(&begun, Err(Error::Postgres { error, .. }) if is_lost(error)) {
            self.reconnect()?;
            begun = self.run(sql);
        }
        self.busy = true;
        if begun.is_err() {
            self.undo();
        }
        begun
    }

    /// Gives up a transaction. When that fails, the connection goes too, and the server does it.
    fn undo(&mut self) {
        self.busy = false;
        if self.run("ROLLBACK").is_err() {
            self.disconnect();
        }
    }

    fn run(&mut self, sql: &str) -> Result<(), Error> {
        let Some(client) = &mut self.client else {
            return Err(self.lost());
        };
        apart(|| client.batch_execute(sql)).map_err(|error| self.wrong(error))
    }

    fn lost(&self) -> Error {
        Error::Lost {
            database: Arc::clone(&self.url.name),
        }
    }

    /// Gives the open transaction to `body`.
    fn within<T, E: From<Error>>(
        &mut self,
        body: impl FnOnce(Connection<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let Some(client) = &mut self.client else {
            return Err(self.lost().into());
        };
        let failed = Cell::new(false);
        let connection = Connection {
            engine: Engine::Postgres(Open {
                client: RefCell::new(client),
                statements: RefCell::new(&mut self.statements),
                database: &self.url.name,
                failed: &failed,
            }),
        };
        let value = apart(|| body(connection))?;
        // PostgreSQL ends such a transaction with a rollback that looks like a commit.
        if failed.get() {
            return Err(Error::GivenUp.into());
        }
        Ok(value)
    }
}

/// Runs what waits for the server. A service's threads have a runtime, within which the client's must not be run.
fn apart<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        // On a thread of a runtime of one thread nobody may wait for anything, for a file neither.
        _ => work(),
    }
}

/// An open transaction.
pub(crate) struct Open<'a> {
    client: RefCell<&'a mut Client>,
    statements: RefCell<&'a mut HashMap<String, Statement>>,
    database: &'a Arc<str>,
    /// Whether a statement failed since the last savepoint: then all that comes fails, too.
    failed: &'a Cell<bool>,
}

impl Open<'_> {
    fn noted<T>(&self, outcome: Result<T, postgres::Error>) -> Result<T, Error> {
        outcome.map_err(|error| {
            self.failed.set(true);
            Error::Postgres {
                error,
                database: Arc::clone(self.database),
            }
        })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    pub(super) fn prepare(&self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.noted(self.client.borrow_mut().prepare(sql))?;
        self.statements
            .borrow_mut()
            .insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&self, statement: &Statement, values: &[Value<'_>]) -> Result<usize, Error> {
        let changed = self.client.borrow_mut().execute(statement, &bound(values));
        // A count of rows that fits no usize would not fit a disk.
        self.noted(changed)
            .map(|count| usize::try_from(count).unwrap_or(usize::MAX))
    }

    pub(super) fn query(&self, statement: &Statement, values: &[Value<'_>]) -> Result<Vec<Row>, Error> {
        self.noted(self.client.borrow_mut().query(statement, &bound(values)))
    }

    pub(super) fn execute_batch(&self, sql: &str) -> Result<(), Error> {
        self.noted(self.client.borrow_mut().batch_execute(sql))
    }

    /// Undoes what was done since the savepoint.
    pub(super) fn roll_back_to(&self, savepoint: &str) -> Result<(), Error> {
        self.execute_batch(&format!("ROLLBACK TO {savepoint}"))?;
        self.failed.set(false);
        Ok(())
    }

    pub(super) fn for_each<E: From<Error>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut each: impl FnMut(&Row) -> Result<bool, E>,
    ) -> Result<(), E> {
        let cursor = self.prepare(&format!("DECLARE page NO SCROLL CURSOR FOR {sql}"))?;
        self.execute(&cursor, values)?;
        let mut go_on = true;
        // It is prepared anew for each cursor: its columns are the cursor's.
        let next = self.noted(
            self.client
                .borrow_mut()
                .prepare(&format!("FETCH {PAGE} FROM page")),
        )?;
        while go_on {
            let rows = self.query(&next, &[])?;
            go_on = rows.len() == PAGE;
            for row in &rows {
                if !each(row)? {
                    go_on = false;
                    break;
                }
            }
        }
        Ok(self.execute_batch("CLOSE page")?)
    }

    /// Puts rows into a table, as `fill` gives them, by COPY: many times faster than one by one.
    pub(super) fn copy_in(
        &self,
        sql: &str,
        types: &[Type],
        fill: impl FnOnce(&mut dyn FnMut(&[Value<'_>]) -> Result<(), Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut client = self.client.borrow_mut();
        let mut writer = BinaryCopyInWriter::new(self.noted(client.copy_in(sql))?, types);
        fill(&mut |values| self.noted(writer.write(&bound(values))))?;
        self.noted(writer.finish()).map(drop)
    }
}

fn bound<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// A column of a row.
pub(super) fn value(row: &Row, column: usize) -> Result<Value<'_>, Error> {
    row.try_get(column).map_err(|error| Error::Postgres {
        error,
        database: "a row".into(),
    })
}

type Wrong = Box<dyn StdError + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        match (*self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(number), &Type::INT8) => number.to_sql(kind, out),
            (Self::Int(number), &Type::INT4) => i32::try_from(number)?.to_sql(kind, out),
            (Self::Real(fraction), &Type::FLOAT8) => fraction.to_sql(kind, out),
            (Self::Bool(truth), &Type::BOOL) => truth.to_sql(kind, out),
            (Self::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::NAME) => text.to_sql(kind, out),
            (Self::Blob(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (value, kind) => Err(format!("{} is bound where {kind} is wanted", value.kind()).into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Wrong> {
        self.to_sql(kind, out)
    }
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Wrong> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME => Self::Text(<&str>::from_sql(kind, raw)?),
            Type::BYTEA => Self::Blob(raw),
            _ => return Err(format!("a column is {kind}, which no column of this program is").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Wrong> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
