//! TLS to PostgreSQL, by rustls: what `sslmode` and `sslrootcert` of a URL ask for, in libpq's words (PostgreSQL's manual,
//! 34.19).
//!
//! Two things differ from libpq. Where a URL to another machine names no mode, it is `verify-full`: libpq's own, `prefer`,
//! would go on in the clear where somebody in between says that the server knows no TLS. And without `sslrootcert` the
//! authorities that browsers trust are taken.

use std::fs;
use std::sync::Arc;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::DatabaseUrlError;

/// How a server is spoken to; `None` is in the clear.
pub(crate) type Tls = Option<MakeRustlsConnect>;

/// How much is asked of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// None.
    Disable,
    /// TLS where the server knows it.
    Prefer,
    /// TLS, whoever the server is: nobody can listen, but somebody can stand in between.
    Require,
    /// TLS with a server that an authority has named.
    VerifyFull,
}

impl Mode {
    fn read(text: &str) -> Result<Self, DatabaseUrlError> {
        Ok(match text {
            "disable" => Self::Disable,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-full" => Self::VerifyFull,
            _ => return Err(DatabaseUrlError::Mode),
        })
    }
}

/// Reads a URL as libpq has it, with what it says of TLS.
pub(crate) fn read(text: &str) -> Result<(Config, Tls), DatabaseUrlError> {
    let (text, mode) = take(text, "sslmode=");
    let (text, roots) = take(&text, "sslrootcert=");
    // What is wrong in particular would name an option, which a password with a `?` in it looks like.
    let unreadable = DatabaseUrlError::Form("it cannot be read, or has an option that is not known");
    let mut config: Config = text.parse().map_err(|_| unreadable)?;
    let mode = mode.as_deref().map(Mode::read).transpose()?;
    let mode = match mode {
        // As with libpq, nothing is asked of a socket.
        _ if config.get_hosts().iter().all(is_socket) => Mode::Disable,
        Some(mode) => mode,
        None if config.get_hosts().iter().all(is_here) => Mode::Disable,
        None => Mode::VerifyFull,
    };
    if roots.is_some() && mode != Mode::VerifyFull {
        return Err(DatabaseUrlError::RootsUnused);
    }
    config.ssl_mode(match mode {
        Mode::Disable => SslMode::Disable,
        Mode::Prefer => SslMode::Prefer,
        Mode::Require | Mode::VerifyFull => SslMode::Require,
    });
    let tls = match mode {
        Mode::Disable => None,
        Mode::Prefer | Mode::Require => Some(client(None)?),
        Mode::VerifyFull => Some(client(Some(authorities(roots.as_deref())?))?),
    };
    Ok((config, tls))
}

/// Connects.
pub(crate) fn connect(config: &Config, tls: &Tls) -> Result<Client, postgres::Error> {
    match tls {
        Some(tls) => config.connect(tls.clone()),
        None => config.connect(NoTls),
    }
}

/// The URL without an option, and the last value of that.
pub(super) fn take(text: &str, option: &str) -> (String, Option<String>) {
    let Some((before, options)) = text.split_once('?') else {
        return (text.to_owned(), None);
    };
    let (own, others): (Vec<&str>, Vec<&str>) = options.split('&').partition(|it| it.starts_with(option));
    let value = own.last().and_then(|it| it.strip_prefix(option));
    let rest = match others.is_empty() {
        true => before.to_owned(),
        false => format!("{before}?{}", others.join("&")),
    };
    (rest, value.map(decoded))
}

/// A value of a URL, with `%2F` as `/` and the like.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        let number = digit(0).zip(digit(1)).map(|(high, low)| high << 4 | low);
        match number
            .filter(|_| first == b'%')
            .and_then(|number| u8::try_from(number).ok())
        {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

const fn is_socket(host: &Host) -> bool {
    matches!(host, Host::Unix(_))
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

/// Those of a file, or those that browsers trust.
fn authorities(file: Option<&str>) -> Result<RootCertStore, DatabaseUrlError> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(store);
    };
    let wrong = |why: String| DatabaseUrlError::Roots(why);
    let bytes = fs::read(file).map_err(|error| wrong(error.to_string()))?;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        store.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    match store.is_empty() {
        true => Err(wrong("it has no certificate".to_owned())),
        false => Ok(store),
    }
}

/// What speaks TLS: with a server that one of the authorities has named, or, without them, with any.
fn client(authorities: Option<RootCertStore>) -> Result<MakeRustlsConnect, DatabaseUrlError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| DatabaseUrlError::Roots(error.to_string()))?;
    let mut config = match authorities {
        Some(authorities) => builder.with_root_certificates(authorities).with_no_client_auth(),
        None => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            .with_no_client_auth(),
    };
    // Servers that are spoken to without asking first (`sslnegotiation=direct`) want to hear it.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// Takes every certificate, if the server has its key: what `sslmode=require` says.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(text: &str) -> Result<(SslMode, bool), DatabaseUrlError> {
        read(text).map(|(config, tls)| (config.get_ssl_mode(), tls.is_some()))
    }

    #[test]
    fn what_leaves_the_machine_is_by_tls_unless_somebody_says_otherwise() {
        let (plain, tried, must) = (SslMode::Disable, SslMode::Prefer, SslMode::Require);
        for (text, want) in [
            ("postgres://localhost/d", (plain, false)),
            ("postgres://[::1]/d", (plain, false)),
            ("postgres:///d?host=/run/pg&sslmode=verify-full", (plain, false)),
            ("postgres://db.example/d", (must, true)),
            ("postgres://localhost,db.example/d", (must, true)),
            ("postgres://db.example/d?sslmode=disable", (plain, false)),
            ("postgres://db.example/d?sslmode=prefer", (tried, true)),
            (
                "postgres://localhost/d?sslmode=require&connect_timeout=3",
                (must, true),
            ),
            (
                "postgres://localhost/d?connect_timeout=3&sslmode=verify-full",
                (must, true),
            ),
        ] {
            assert_eq!(mode(text), Ok(want), "{text}");
        }
    }

    #[test]
    fn a_mode_that_is_not_known_and_authorities_without_use_are_refused() {
        for wrong in ["verify-ca", "allow", "", "Require"] {
            let text = format!("postgres://db.example/d?sslmode={wrong}");
            assert_eq!(mode(&text), Err(DatabaseUrlError::Mode));
        }
        let unused = "postgres://db.example/d?sslmode=require&sslrootcert=x.pem";
        assert_eq!(mode(unused), Err(DatabaseUrlError::RootsUnused));
        let missing = mode("postgres://db.example/d?sslrootcert=%2Fno%2Fwhere");
        assert!(matches!(missing, Err(DatabaseUrlError::Roots(_))), "{missing:?}");
    }

    #[test]
    fn values_are_decoded() {
        for (text, want) in [
            ("a%2Fb", "a/b"),
            ("100%", "100%"),
            ("%zz%41", "%zzA"),
            ("%4", "%4"),
        ] {
            assert_eq!(decoded(text), want);
        }
    }
}
