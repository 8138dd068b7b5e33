//! The console: pages for people, in Arabic and English, that work without script.
//!
//! Four nouns to know. A [`ConsoleRoute`] is a row of the table of all pages and forms, with what is needed for it; the
//! gate in front of each asks for it, so that a route without a row does not exist. A `Session` is a browser that has
//! signed in. `Seen` is what every page is told: who reads it, in which language, with which nonce. `Fields` is what a form
//! has sent, checked against forgery before any page sees it.
//!
//! Whatever people have not written here themselves goes through [`pipeline::report::Html`], which escapes it, isolates its
//! direction and makes hidden characters visible.

mod account;
mod action;
mod appeals;
mod assets;
mod backtests;
mod banks;
mod care;
mod case_load;
mod case_page;
mod case_rows;
mod chart;
mod choices;
mod confirm;
mod connectors;
mod copies;
mod decide;
mod deliveries;
mod draft;
mod draft_form;
mod entries;
mod facts;
mod fields;
mod gate;
mod hosted;
mod hosted_appeal;
mod hosted_report;
mod incidents;
mod invitation;
mod items;
mod keys;
mod language;
mod log;
mod moves;
mod overview;
mod page;
mod passkey;
mod people;
mod policies;
mod policy_steps;
mod provider;
mod quality;
mod queue;
mod reading;
mod reporters;
mod reports;
mod reveal;
mod routing;
mod search;
mod second;
mod sessions;
mod sheet;
mod sign_in;
mod table;
mod told;
mod trace;
mod two;
mod upload;
mod words;

use std::time::Duration;

use crate::auth::tries::Tries;

pub use hosted::hosted_routes;
pub(crate) use hosted::router as hosted_router;
pub(crate) use table::router;
pub use table::{ConsoleRoute, Need, console_routes};

/// What the console keeps in memory.
#[derive(Debug)]
pub(crate) struct Console {
    /// Tries to sign in, by name.
    names: Tries<String>,
    /// Tries to sign in, or to use a link, by address.
    addresses: Tries<std::net::IpAddr>,
    /// Forms of whoever has no account, by address.
    forms: Tries<std::net::IpAddr>,
    /// Policy sets that decisions of items rest on.
    sets: trace::Sets,
    /// What is uncovered just now.
    uncovered: care::Uncovered,
    /// Held by whoever has something translated: one at a time.
    translating: std::sync::Arc<tokio::sync::Mutex<()>>,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            names: Tries::new(5, Duration::from_secs(30)),
            addresses: Tries::new(30, Duration::from_secs(4)),
            forms: Tries::new(20, Duration::from_secs(30)),
            sets: trace::Sets::default(),
            uncovered: care::Uncovered::default(),
            translating: std::sync::Arc::default(),
        }
    }
}
