//! The database of an HMA (Hasher-Matcher-Actioner), read: banks, content with its signals, exchanges.
//!
//! The tables are those of its migrations 21cb8a3df884 to 53fb7741007a. Everything is read at one moment, in a transaction
//! that changes nothing. What Python has pickled is never read.

use postgres::{Client, Row};
use thiserror::Error;

use crate::db::{DatabaseUrlError, connect_server, read_url};

/// Why a database cannot be read.
#[derive(Debug, Error)]
pub enum HmaError {
    /// Its URL cannot be used.
    #[error("{0}; it is what HMA has in DATABASE_URI, as postgresql://USER:PASSWORD@HOST/DATABASE")]
    Url(#[from] DatabaseUrlError),
    /// It cannot be reached.
    #[error("cannot connect to the database: {}; name it as postgresql://USER:PASSWORD@HOST/DATABASE", told(.0))]
    Connect(postgres::Error),
    /// It was reached, and what was read is not what an HMA keeps.
    #[error("cannot read the database: {}; is it that of an HMA, and may this user read it?", told(.0))]
    Read(postgres::Error),
}

// Not as the source of the error: its words are in the text.
impl From<postgres::Error> for HmaError {
    fn from(error: postgres::Error) -> Self {
        Self::Read(error)
    }
}

/// What the server says is more than the words of the error itself.
fn told(error: &postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return told.message().to_owned();
    }
    let text = error.to_string();
    match std::error::Error::source(error).map(ToString::to_string) {
        Some(cause) if !text.contains(&cause) => format!("{text}: {cause}"),
        _ => text,
    }
}

/// A bank.
#[derive(Debug, Clone, PartialEq)]
pub struct HmaBank {
    /// Its id there.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// In which part of lookups it is matched; HMA takes any number.
    pub enabled_ratio: f64,
    /// The exchange that it is for.
    pub exchange: Option<i32>,
}

/// An exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HmaExchange {
    /// Its id there.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// Its API.
    pub api: String,
    /// Whether it is fetched from.
    pub enabled: bool,
    /// What is configured, as JSON.
    pub settings: String,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HmaContent {
    /// Its id, which clients keep.
    pub id: i32,
    /// Its bank.
    pub bank: i32,
    /// The exchange that it comes from, and its name there.
    pub fetched: Option<(String, String)>,
    /// 1: switched on. 0: off for ever. Else the time until which it is off, in seconds of Unix.
    pub disable_until_ts: i32,
    /// Where it was.
    pub original_uri: Option<String>,
    /// What clients say of it, as JSON.
    pub metadata: Option<String>,
    /// A remark for people.
    pub note: Option<String>,
    /// Its signals: type and value, as they are written there.
    pub signals: Vec<(String, String)>,
    /// When its first signal was added, in microseconds of Unix.
    pub added_at: Option<i64>,
}

/// An open database.
pub struct HmaDatabase {
    client: Client,
}

impl std::fmt::Debug for HmaDatabase {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("HmaDatabase")
    }
}

impl HmaDatabase {
    /// Connects by a URL as HMA has it in `DATABASE_URI`; the name of a driver in it is passed over.
    ///
    /// # Errors
    /// [`HmaError`].
    pub fn connect(url: &str) -> Result<Self, HmaError> {
        let plain = match url.split_once("://") {
            Some((scheme, rest)) if scheme.starts_with("postgresql+") => format!("postgresql://{rest}"),
            _ => url.to_owned(),
        };
        let (config, tls) = read_url(&plain)?;
        let mut client = connect_server(&config, &tls).map_err(HmaError::Connect)?;
        client.batch_execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        Ok(Self { client })
    }

    /// All banks.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn banks(&mut self) -> Result<Vec<HmaBank>, HmaError> {
        let sql = "SELECT id, name, enabled_ratio, import_from_exchange_id FROM bank ORDER BY id";
        let bank = |row: Row| {
            Ok(HmaBank {
                id: row.try_get(0)?,
                name: row.try_get(1)?,
                enabled_ratio: row.try_get(2)?,
                exchange: row.try_get(3)?,
            })
        };
        self.client.query(sql, &[])?.into_iter().map(bank).collect()
    }

    /// The signal types that were switched off or down, each with the part of lookups in which it is used; HMA takes any
    /// number.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn signal_types(&mut self) -> Result<Vec<(String, f64)>, HmaError> {
        let sql = "SELECT name, enabled_ratio FROM signal_type_override 
             WHERE name IS NOT NULL AND enabled_ratio IS NOT NULL ORDER BY id";
        let signal_type = |row: Row| Ok((row.try_get(0)?, row.try_get(1)?));
        self.client
            .query(sql, &[])?
            .into_iter()
            .map(signal_type)
            .collect()
    }

    /// All exchanges.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn exchanges(&mut self) -> Result<Vec<HmaExchange>, HmaError> {
        let sql = "SELECT id, name, api_cls, fetching_enabled, typed_config::text FROM exchange ORDER BY id";
        let exchange = |row: Row| {
            Ok(HmaExchange {
                id: row.try_get(0)?,
                name: row.try_get(1)?,
                api: row.try_get(2)?,
                enabled: row.try_get(3)?,
                settings: row.try_get(4)?,
            })
        };
        self.client.query(sql, &[])?.into_iter().map(exchange).collect()
    }

    /// The APIs of which it keeps credentials, with these, as JSON in the clear.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn credentials(&mut self) -> Result<Vec<(String, String)>, HmaError> {
        let sql = "SELECT api, default_credentials_json::text FROM exchange_api_config
                     WHERE default_credentials_json IS NOT NULL
                     AND default_credentials_json::text NOT IN ('null', '{}') ORDER BY api";
        let read = |row: Row| Ok((row.try_get(0)?, row.try_get(1)?));
        self.client.query(sql, &[])?.into_iter().map(read).collect()
    }

    /// How many pieces of content there are.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn count(&mut self) -> Result<u64, HmaError> {
        let count: i64 = self
            .client
            .query_one("SELECT count(*) FROM bank_content", &[])?
            .try_get(0)?;
        Ok(count.unsigned_abs())
    }

    /// One page of content: up to `limit` pieces with higher ids than `after`, in order.
    ///
    /// # Errors
    /// [`HmaError::Read`].
    pub fn contents(&mut self, after: i32, limit: u32) -> Result<Vec<HmaContent>, HmaError> {
        let sql =
            "SELECT content.id, content.bank_id, exchange.name, fetched.fetch_id, content.disable_until_ts,
                content.original_content_uri, content.bank_content_metadata::text, content.note
             FROM bank_content AS content
             LEFT JOIN exchange_data AS fetched ON fetched.id = content.imported_from_id
             LEFT JOIN exchange ON exchange.id = fetched.collab_id
             WHERE content.id > $1 ORDER BY content.id LIMIT $2";
        let content = |row: Row| -> Result<HmaContent, HmaError> {
            let (exchange, fetch_id): (Option<String>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
            Ok(HmaContent {
                id: row.try_get(0)?,
                bank: row.try_get(1)?,
                fetched: exchange.zip(fetch_id),
                disable_until_ts: row.try_get(4)?,
                original_uri: row.try_get(5)?,
                metadata: row.try_get(6)?,
                note: row.try_get(7)?,
                signals: Vec::new(),
                added_at: None,
            })
        };
        let rows = self.client.query(sql, &[&after, &i64::from(limit)])?;
        let mut contents: Vec<HmaContent> = rows.into_iter().map(content).collect::<Result<_, _>>()?;
        let Some(last) = contents.last().map(|content| content.id) else {
            return Ok(contents);
        };
        let sql = "SELECT content_id, signal_type, signal_val,
                (extract(epoch FROM create_time) * 1000000)::bigint
             FROM content_signal WHERE content_id > $1 AND content_id <= $2 ORDER BY content_id, signal_type";
        for row in self.client.query(sql, &[&after, &last])? {
            let (id, added_at): (i32, i64) = (row.try_get(0)?, row.try_get(3)?);
            // Both lists are in the order of ids, and every signal has its content.
            let Ok(place) = contents.binary_search_by_key(&id, |content| content.id) else {
                continue;
            };
            let content = &mut contents[place];
            content.signals.push((row.try_get(1)?, row.try_get(2)?));
            content.added_at = Some(content.added_at.map_or(added_at, |first| first.min(added_at)));
        }
        Ok(contents)
    }
}
