//! Where a PostgreSQL database is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use postgres::Config;
use postgres::config::Host;
use thiserror::Error;

use super::tls::{self, Tls};

/// The schema when the URL names none.
const SCHEMA: &str = "basira";
/// PostgreSQL's port, which need not be named.
const PORT: u16 = 5432;

/// A PostgreSQL database and the schema in it: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME`.
///
/// What libpq takes in a URL may stand there (RFC 3986; PostgreSQL's manual, 34.1.1.2), for one
/// `postgres:///basira?host=/run/postgresql` for a socket. Each schema is a store of its own; it is `basira` where none is
/// named, and made where it is not there. `{:?}` and `{}` leave the password out. `sslmode` is `disable`, `prefer`, `require`
/// or `verify-full`, which it is to another machine where none is named, with the authorities of the file of `sslrootcert` or
/// those that browsers trust.
///
/// ```
/// let url: basira_store::DatabaseUrl = "postgres://basira:secret@localhost/basira?schema=forum".parse()?;
/// assert_eq!(url.to_string(), "postgres://basira@localhost/basira?schema=forum");
/// # Ok::<(), basira_store::DatabaseUrlError>(())
/// ```
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) config: Config,
    pub(super) tls: Tls,
    pub(super) schema: String,
    /// As it is shown.
    pub(super) name: Arc<str>,
}

/// Why a text is no URL of a database. None of these says the text itself: it may have a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// It is no URL of PostgreSQL.
    #[error(
        "the URL of the database is not as postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME ({0}); characters as @ : / ? # \
         of a password are written %40 %3A %2F %3F %23"
    )]
    Form(&'static str),
    /// A schema's name that would have to be quoted.
    #[error(
        "the schema of the database must be 1 to 63 of a-z, 0-9 and _, not beginning with a digit or pg_"
    )]
    Schema,
    /// The name of the database itself is missing, or its host.
    #[error(
        "the URL of the database names no {0}; it is as postgres://USER:PASSWORD@HOST/DATABASE?schema=NAME"
    )]
    Missing(&'static str),
    /// How much is asked of TLS is not known.
    #[error(
        "sslmode in the URL of the database is disable, prefer, require or verify-full; in the place of verify-ca use verify-full"
    )]
    Mode,
    /// Authorities are named for a mode that asks none.
    #[error(
        "sslrootcert in the URL of the database is for sslmode=verify-full; with other modes no certificate is checked"
    )]
    RootsUnused,
    /// The authorities cannot be used.
    #[error(
        "the certificates of sslrootcert in the URL of the database cannot be used: {0}; it names a file in PEM"
    )]
    Roots(String),
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| text.starts_with(scheme))
        {
            return Err(DatabaseUrlError::Form("it does not begin with postgres://"));
        }
        let (text, schema) = tls::take(text, "schema=");
        let schema = schema.unwrap_or_else(|| SCHEMA.to_owned());
        if !is_schema(&schema) {
            return Err(DatabaseUrlError::Schema);
        }
        let (mut config, tls) = tls::read(&text)?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseUrlError::Missing("host"));
        }
        let database = config
            .get_dbname()
            .ok_or(DatabaseUrlError::Missing("database"))?
            .to_owned();
        let user = config
            .get_user()
            .map(|user| format!("{user}@"))
            .unwrap_or_default();
        let port = |at: usize| config.get_ports().get(at).or(config.get_ports().first());
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(at, name)| match port(at) {
                Some(port) if *port != PORT => format!("{}:{port}", host(name)),
                _ => host(name),
            })
            .collect();
        let name = format!("postgres://{user}{}/{database}?schema={schema}", hosts.join(","));
        // So that an operator sees whose connections these are.
        config.application_name(&format!("basira {schema}"));
        Ok(Self {
            config,
            tls,
            schema,
            name: name.into(),
        })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "DatabaseUrl({})", self.name)
    }
}

fn is_schema(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=63).contains(&name.len())
        && name.chars().all(allowed)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with("pg_")
}

fn host(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string().replace('/', "%2F"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
        text.parse()
    }

    #[test]
    fn a_url_names_server_database_and_schema_and_never_shows_its_password() {
        for (text, shown) in [
            (
                "postgres://a:hush@localhost/d",
                "postgres://a@localhost/d?schema=basira",
            ),
            (
                "postgresql://a:hush@127.0.0.1:5433/d?schema=x_1&connect_timeout=3",
                "postgres://a@127.0.0.1:5433/d?schema=x_1",
            ),
            (
                "postgres:///d?host=/run/pg&user=b&password=hush&schema=s",
                "postgres://b@%2Frun%2Fpg/d?schema=s",
            ),
            (
                "postgres://a:hush@db.example/d?sslmode=disable",
                "postgres://a@db.example/d?schema=basira",
            ),
            (
                "postgres://a:hush@db.example/d?sslmode=verify-full",
                "postgres://a@db.example/d?schema=basira",
            ),
        ] {
            let url = parse(text).unwrap();
            assert_eq!(url.to_string(), shown, "{text}");
            assert!(!format!("{url:?} {url}").contains("hush"), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_without_the_text() {
        type Wrong = DatabaseUrlError;
        for (text, want) in [
            ("mysql://a:hush@localhost/d", None),
            ("postgres://a:hush@localhost:x/d", None),
            ("postgres://a:hush@localhost/d?colour=hush", None),
            ("postgres://a:hush@localhost", Some(Wrong::Missing("database"))),
            ("postgres:///d?password=hush", Some(Wrong::Missing("host"))),
            ("postgres://a:hush@localhost/d?schema=Hush", Some(Wrong::Schema)),
            (
                "postgres://a:hush@localhost/d?schema=pg_hush",
                Some(Wrong::Schema),
            ),
            ("postgres://a:hush@localhost/d?schema=", Some(Wrong::Schema)),
            ("postgres://a:hush@localhost/d?sslmode=hush", Some(Wrong::Mode)),
            (
                "postgres://a:hush@localhost/d?sslrootcert=hush",
                Some(Wrong::RootsUnused),
            ),
        ] {
            let error = parse(text).unwrap_err();
            assert!(!error.to_string().to_lowercase().contains("hush"), "{error}");
            match want {
                Some(want) => assert_eq!(error, want, "{text}"),
                None => assert!(matches!(error, Wrong::Form(_)), "{text}: {error:?}"),
            }
        }
    }
}
