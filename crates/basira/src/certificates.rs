//! The certificate of the service: read from its files, and again when they change or somebody asks for it.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use web::Tls;

use crate::operations::TlsOptions;

/// How often is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(10);

/// The files of a certificate and of its key.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
}

/// What a change of a file is known by.
type Stamp = [Option<(SystemTime, u64)>; 2];

impl Certificate {
    /// The files that the options name, if they do.
    pub(crate) fn of(options: &TlsOptions) -> Result<Option<Self>> {
        match (&options.tls_cert, &options.tls_key) {
            (None, None) => Ok(None),
            (Some(chain), Some(key)) => Ok(Some(Self {
                chain: chain.clone(),
                key: key.clone(),
            })),
            _ => bail!("TLS needs both, a certificate and its key: --tls-cert FILE --tls-key FILE"),
        }
    }

    fn read(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        Ok((read(&self.chain)?, read(&self.key)?))
    }

    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Tls> {
        let (chain, key) = self.read()?;
        Tls::new(&chain, &key).with_context(|| self.names())
    }

    fn reload(&self, tls: &Tls) -> Result<()> {
        let (chain, key) = self.read()?;
        tls.replace(&chain, &key).with_context(|| self.names())
    }

    fn names(&self) -> String {
        format!("{} and {}", self.chain.display(), self.key.display())
    }

    fn stamp(&self) -> Stamp {
        [&self.chain, &self.key].map(|path| {
            let about = fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        })
    }
}

/// Reads the certificate again when it has changed, and at every SIGHUP. Without one, SIGHUP does nothing: by default it
/// would end the program.
pub(crate) async fn follow(certificate: Option<(Certificate, Arc<Tls>)>, mut hung_up: HangUp) {
    let mut last = certificate.as_ref().map(|(files, _)| files.stamp());
    loop {
        let asked = match &certificate {
            None => hung_up.next().await,
            Some(_) => tokio::select! {
                asked = hung_up.next() => asked,
                () = tokio::time::sleep(LOOK) => false,
            },
        };
        let Some((files, tls)) = &certificate else {
            tracing::info!("asked to read the certificate again, and there is none");
            continue;
        };
        let now = files.stamp();
        if !asked && last == Some(now) {
            continue;
        }
        // One that cannot be used is named once, and not at every look.
        last = Some(now);
        match files.reload(tls) {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(
                error = format!("{error:#}"),
                "the certificate cannot be used; the one before stays in use"
            ),
        }
    }
}

/// Waits for SIGHUP.
pub(crate) struct HangUp {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl HangUp {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    /// Waits for the next one; always true.
    async fn next(&mut self) -> bool {
        #[cfg(unix)]
        let heard = self.signal.recv().await.is_some();
        #[cfg(not(unix))]
        let heard = false;
        if !heard {
            // There will be none.
            std::future::pending::<()>().await;
        }
        true
    }
}
