//! Where a PostgreSQL database is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use postgres::Config;
use postgres::config::{Host, SslMode};
use thiserror::Error;

/// The schema when the URL names none.
const SCHEMA: &str = "basira";
/// PostgreSQL's port, which need not be named.
const PORT: u16 = 5432;

/// A PostgreSQL database and the schema in it: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME`.
///
/// What libpq takes in a URL may stand there (RFC 3986; PostgreSQL's manual, 34.1.1.2), for one
/// `postgres:///basira?host=/run/postgresql` for a socket. Each schema is a store of its own; it is `basira` where none is
/// named, and made where it is not there. `{:?}` and `{}` leave the password out.
///
/// ```
/// let url: basira_store::DatabaseUrl = "postgres://basira:secret@localhost/basira?schema=forum".parse()?;
/// assert_eq!(url.to_string(), "postgres://basira@localhost/basira?schema=forum");
/// # Ok::<(), basira_store::DatabaseUrlError>(())
/// ```
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) config: Config,
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
    /// TLS is asked for.
    #[error(
        "this version speaks no TLS to a database (sslmode=require, verify-ca, verify-full): use a socket, an address of this \
         machine, or a tunnel with TLS to one"
    )]
    Tls,
    /// The password and everything else would go over a network in the clear.
    #[error(
        "the database is on another machine, and this version speaks no TLS to a database: use a tunnel with TLS, or, only on \
         a network of your own, add sslmode=disable to the URL"
    )]
    Plain,
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
        let (text, schema) = split_schema(text);
        let schema = schema.unwrap_or_else(|| SCHEMA.to_owned());
        if !is_schema(&schema) {
            return Err(DatabaseUrlError::Schema);
        }
        if ["require", "verify-ca", "verify-full"]
            .iter()
            .any(|mode| text.contains(&format!("sslmode={mode}")))
        {
            return Err(DatabaseUrlError::Tls);
        }
        // What is wrong in particular would name an option, which a password with a `?` in it looks like.
        let unreadable = DatabaseUrlError::Form("it cannot be read, or has an option that is not known");
        let mut config: Config = text.parse().map_err(|_| unreadable)?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseUrlError::Missing("host"));
        }
        let database = config
            .get_dbname()
            .ok_or(DatabaseUrlError::Missing("database"))?
            .to_owned();
        let plain = config.get_ssl_mode() == SslMode::Disable;
        if !plain && !config.get_hosts().iter().all(is_here) {
            return Err(DatabaseUrlError::Plain);
        }
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

/// The URL without `schema=NAME`, which is ours alone, and that name.
fn split_schema(text: &str) -> (String, Option<String>) {
    let Some((before, options)) = text.split_once('?') else {
        return (text.to_owned(), None);
    };
    let (own, others): (Vec<&str>, Vec<&str>) = options
        .split('&')
        .partition(|option| option.starts_with("schema="));
    let schema = own.last().and_then(|option| option.strip_prefix("schema="));
    let rest = match others.is_empty() {
        true => before.to_owned(),
        false => format!("{before}?{}", others.join("&")),
    };
    (rest, schema.map(str::to_owned))
}

fn is_schema(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (1..=63).contains(&name.len())
        && name.chars().all(allowed)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with("pg_")
}

/// Whether what goes there stays on this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address = name.trim_start_matches('[').trim_end_matches(']');
            let loopback = address
                .parse()
                .is_ok_and(|address: std::net::IpAddr| address.is_loopback());
            name == "localhost" || loopback
        }
    }
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
            ("postgres://a:hush@localhost/d?sslmode=require", Some(Wrong::Tls)),
            ("postgres://a:hush@192.0.2.1/d", Some(Wrong::Plain)),
            ("postgres://a:hush@localhost,db.example/d", Some(Wrong::Plain)),
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
