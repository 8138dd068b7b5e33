//! TLS 1.2 and 1.3 by rustls, with a certificate that can be replaced while the service runs.

use std::sync::{Arc, PoisonError, RwLock};

use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, ServerConfig};

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The chain is no PEM, or has no certificate in it.
    #[error(
        "the certificate cannot be read: {0}; it has to be a chain in PEM, the service's own certificate first"
    )]
    Certificate(pem::Error),
    /// The key is no PEM, or has no key in it.
    #[error("the private key cannot be read: {0}; it has to be PEM, and not encrypted")]
    Key(pem::Error),
    /// They do not fit together, or are of a kind that is not known.
    #[error("the certificate and its key cannot be used: {0}; check that they belong together")]
    Unusable(rustls::Error),
}

/// The certificate in use. Connections that exist keep the one that they began with.
#[derive(Debug)]
pub struct Tls {
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Takes a chain of certificates and the private key of the first, both in PEM.
    ///
    /// # Errors
    /// [`TlsError`] when they cannot be used.
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        Ok(Self {
            current: RwLock::new(configuration(chain, key)?),
        })
    }

    /// Uses another certificate from the next connection on.
    ///
    /// # Errors
    /// [`TlsError`] when it cannot be used; then the one before stays.
    pub fn replace(&self, chain: &[u8], key: &[u8]) -> Result<(), TlsError> {
        let new = configuration(chain, key)?;
        // A pointer is whole whatever happens to its holder.
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

fn configuration(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<Vec<_>, _>>()
        .map_err(TlsError::Certificate)?;
    if chain.is_empty() {
        return Err(TlsError::Certificate(pem::Error::NoItemsFound));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(TlsError::Key)?;
    let mut configuration = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(TlsError::Unusable)?;
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(configuration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused_in_words() {
        let error = Tls::new(b"", b"").unwrap_err();
        assert!(error.to_string().contains("chain in PEM"), "{error}");
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = Tls::new(broken, b"no key").unwrap_err();
        assert!(matches!(error, TlsError::Key(_)), "{error}");
    }
}
