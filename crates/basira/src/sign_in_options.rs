//! How people sign in, beside name and password.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use web::{Provider, Site};

#[derive(Debug, Args)]
pub(crate) struct SignInOptions {
    /// The address at which browsers reach the console; passkeys and a provider need it, and cookies are then sent by HTTPS only
    #[arg(long, value_name = "URL")]
    pub(crate) console_url: Option<Site>,
    /// The issuer of an OpenID provider by which people may sign in, who have linked their account there. It sends them back to
    /// /console/oidc/callback
    #[arg(long, value_name = "URL")]
    oidc_issuer: Option<String>,
    /// What the provider calls this service
    #[arg(long, value_name = "ID")]
    oidc_client: Option<String>,
    /// A file with the secret that the provider has given this service
    #[arg(long, value_name = "FILE")]
    oidc_secret: Option<PathBuf>,
    /// What people call the provider
    #[arg(long, value_name = "NAME", default_value = "OpenID")]
    oidc_name: String,
}

impl SignInOptions {
    /// Whether browsers come by HTTPS, if only to a proxy.
    pub(crate) fn is_secure(&self) -> bool {
        let site = self.console_url.as_ref();
        site.is_some_and(|site| site.origin().starts_with("https://"))
    }

    /// The provider, with its secret read.
    pub(crate) fn provider(&self) -> Result<Option<Provider>> {
        let Some(issuer) = &self.oidc_issuer else {
            return Ok(None);
        };
        let (Some(_), Some(client), Some(file)) = (&self.console_url, &self.oidc_client, &self.oidc_secret)
        else {
            bail!("signing in by way of {issuer} needs --console-url, --oidc-client and --oidc-secret, too");
        };
        let secret = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the secret of the provider from {}", file.display()))?;
        let secret = secret.trim();
        ensure!(
            !secret.is_empty(),
            "{} is empty; write the secret that the provider has given this service into it",
            file.display()
        );
        Ok(Some(Provider {
            issuer: issuer.clone(),
            client: client.clone(),
            secret: secret.to_owned(),
            name: self.oidc_name.clone(),
        }))
    }
}
