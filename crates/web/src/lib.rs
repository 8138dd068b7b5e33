//! Every HTTP route of the service.
//!
//! Three nouns to know. An [`App`] is what routes work with: the banks, the intake, the keys. A [`Problem`] is every
//! answer that is no success (RFC 9457). [`serve`] accepts connections and gives each request to the [`router`], which
//! lists all routes.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod accept;
mod api;
mod app;
mod auth;
mod body;
mod console;
mod coop;
mod crowd;
mod descriptors;
mod extract;
mod forwarded;
mod health;
mod hma;
mod local;
mod meters;
mod observe;
mod problem;
mod reference;
mod reports;
mod routes;
mod tls;
mod traces;
mod translator;

pub use accept::{Door, Limits, serve};
pub use api::policies::{FollowUpView, PolicyView, StepView};
pub use app::{App, Settings};
pub use auth::{Provider, Site, SiteError};
pub use console::{ConsoleRoute, Need, console_routes, hosted_routes};
pub use forwarded::Networks;
pub use hma::hma_router;
pub use local::{ACTOR, LocalClient, LocalError, LocalListener, serve_local};
pub use problem::Problem;
pub use routes::{openapi, router};
pub use tls::{Tls, TlsError};
pub use translator::{Translator, TranslatorError};
