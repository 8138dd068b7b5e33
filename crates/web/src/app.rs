//! What routes work with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use decode::{Decoded, Decoder, Request};
use jiff::Timestamp;
use model::SignalType;
use pipeline::banks::{Banks, BanksError};
use pipeline::curate::{Done, Edit, apply};
use pipeline::intake::{Intake, LookBack, decode_bytes};
use pipeline::webhook::Guard;

use crate::api::policies::tries::Tries;
use crate::auth::oidc::Oidc;
use crate::auth::passkey::Passkeys;
use crate::auth::{Keys, Provider, Site};
use crate::console::Console;
use crate::observe;
use crate::problem::Problem;
use crate::translator::Translator;

/// What may be configured.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest item in bytes.
    pub max_item: u64,
    /// How long a synchronous scan waits at most.
    pub max_scan: Duration,
    /// How files are hashed and decoded for lookups.
    pub request: Request,
    /// Which network addresses webhooks may lead to.
    pub guard: Guard,
    /// For how long a decision can be undone before anything of it leaves.
    pub undo: Duration,
    /// Whether the forms that need no account are there.
    pub forms: bool,
    /// What people here do about a suspected sexual abuse of a child, in their own words; shown with the decision.
    pub child_duty: Option<String>,
    /// Whom people here call when a life is in danger; shown with the decision.
    pub life_contacts: Option<String>,
    /// By which program texts are translated for people, if by any.
    pub translator: Option<Translator>,
    /// Whether browsers reach the service by HTTPS alone, so that cookies are sent over nothing else.
    pub secure: bool,
    /// Where browsers reach the console; without it there are no passkeys and no provider.
    pub site: Option<Site>,
    /// By which provider people may sign in.
    pub provider: Option<Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_item: 256 << 20,
            max_scan: Duration::from_secs(60),
            request: Request::new(model::HashMode::Fast),
            guard: Guard::default(),
            undo: Duration::from_secs(60),
            forms: false,
            child_duty: None,
            life_contacts: None,
            translator: None,
            secure: false,
            site: None,
            provider: None,
        }
    }
}

/// What routes work with.
#[derive(Debug)]
pub struct App {
    pub(crate) intake: Intake,
    pub(crate) banks: Arc<Banks>,
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) keys: Keys,
    pub(crate) look_back: LookBack,
    pub(crate) settings: Settings,
    pub(crate) tries: Tries,
    pub(crate) console: Console,
    pub(crate) passkeys: Passkeys,
    /// The provider by which people may sign in.
    pub(crate) oidc: Option<Oidc>,
    /// How often signal types are used by HMA's clients; always, without one here.
    ratios: RwLock<HashMap<SignalType, f64>>,
}

impl App {
    /// Puts it together, and reads the keys.
    ///
    /// # Errors
    /// [`store::StoreError`] when the keys cannot be read.
    pub fn new(
        intake: Intake,
        banks: Arc<Banks>,
        decoder: Arc<Decoder>,
        look_back: LookBack,
        settings: Settings,
    ) -> Result<Self, store::StoreError> {
        let keys = Keys::read(intake.store())?;
        let ratios = RwLock::new(intake.store().signal_ratios()?);
        let oidc = settings.provider.clone().map(Oidc::new);
        Ok(Self {
            intake,
            banks,
            decoder,
            keys,
            look_back,
            settings,
            tries: Tries::default(),
            console: Console::default(),
            passkeys: Passkeys::default(),
            oidc,
            ratios,
        })
    }

    /// What is in a file, decoded apart; nothing of it is kept.
    pub(crate) fn decode(&self, bytes: &[u8], request: &Request) -> Result<Decoded, Problem> {
        decode_bytes(bytes, &self.decoder, request).map_err(Problem::internal)
    }

    /// Makes an edit in the name of `by`, and has matching see it: what begins after this finds it.
    pub(crate) fn edit(&self, by: &str, edit: &Edit) -> Result<Done, BanksError> {
        let done = apply(self.intake.store(), edit, by, Timestamp::now())?;
        self.banks.refresh()?;
        if matches!(edit, Edit::SetSignalRatio { .. }) {
            // Read by whoever holds the lock, so that of two edits none is missed.
            let mut ratios = self.ratios.write().unwrap_or_else(PoisonError::into_inner);
            *ratios = self.intake.store().signal_ratios()?;
        }
        Ok(done)
    }

    /// In which part of the lookups by HMA's clients a signal type is used.
    pub(crate) fn signal_ratio(&self, kind: SignalType) -> f64 {
        // A map is whole whatever happens to its holder.
        let ratios = self.ratios.read().unwrap_or_else(PoisonError::into_inner);
        ratios.get(&kind).copied().unwrap_or(1.0)
    }

    /// Runs what waits for the disk on a thread where waiting disturbs nobody.
    pub(crate) async fn apart<T, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let (app, id) = (Arc::clone(self), observe::current());
        tokio::task::spawn_blocking(move || observe::within(id, || work(&app)))
            .await?
            .map_err(Into::into)
    }
}
