//! All pages and forms of the console, on one page, each with what is needed for it.

mod forms;
mod service;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use model::Right;

use super::gate::{Gate, gate};
use super::{
    account, appeals, assets, banks, case_page, confirm, decide, invitation, language, log, moves, overview,
    passkey, people, provider, queue, reports, reveal, sessions, sign_in, told,
};
use crate::app::App;

/// What is needed for a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Anybody,
    /// A session.
    SignedIn,
    /// A session of somebody who has this right somewhere. Whether it holds for the case that is asked for is asked by the
    /// page itself.
    Right(Right),
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsoleRoute {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path, with `{name}` for what varies.
    pub path: &'static str,
    /// What is needed.
    pub need: Need,
}

type Row = (&'static str, Need, MethodRouter<Arc<App>>, &'static str);

/// The rows: a path, what is needed, what answers, by which method.
fn rows() -> Vec<Row> {
    let mut rows = rows_of_review();
    rows.extend(service::rows());
    rows.extend(forms::rows());
    rows
}

/// Pages of people and of cases.
fn rows_of_review() -> Vec<Row> {
    use Need::{Anybody, SignedIn};
    let right = Need::Right;
    vec![
        ("/console/style.css", Anybody, get(assets::style), "GET"),
        ("/console/console.js", Anybody, get(assets::script), "GET"),
        ("/console/sign-in", Anybody, get(sign_in::show), "GET"),
        ("/console/sign-in", Anybody, post(sign_in::sign_in), "POST"),
        ("/console/language", Anybody, post(language::choose), "POST"),
        (
            "/console/invitation/{secret}",
            Anybody,
            get(invitation::show),
            "GET",
        ),
        (
            "/console/invitation/{secret}",
            Anybody,
            post(invitation::accept),
            "POST",
        ),
        ("/console/passkey", Anybody, post(passkey::ask), "POST"),
        ("/console/passkey/shown", Anybody, post(passkey::shown), "POST"),
        ("/console/oidc", Anybody, get(provider::sign_in), "GET"),
        ("/console/oidc/callback", Anybody, get(provider::back), "GET"),
        ("/console/account/passkey", SignedIn, post(passkey::make), "POST"),
        (
            "/console/account/passkey/made",
            SignedIn,
            post(passkey::made),
            "POST",
        ),
        (
            "/console/account/passkey/{passkey}/remove",
            SignedIn,
            post(passkey::remove),
            "POST",
        ),
        (
            "/console/account/identity",
            SignedIn,
            post(provider::link),
            "POST",
        ),
        (
            "/console/account/identity/remove",
            SignedIn,
            post(provider::unlink),
            "POST",
        ),
        ("/console/sign-out", SignedIn, post(sign_in::sign_out), "POST"),
        ("/console", SignedIn, get(overview::home), "GET"),
        ("/console/account", SignedIn, get(account::show), "GET"),
        (
            "/console/account/password",
            SignedIn,
            post(account::change_password),
            "POST",
        ),
        (
            "/console/account/factor",
            SignedIn,
            post(account::begin_factor),
            "POST",
        ),
        (
            "/console/account/factor/confirm",
            SignedIn,
            post(account::confirm_factor),
            "POST",
        ),
        (
            "/console/account/factor/remove",
            SignedIn,
            post(account::remove_factor),
            "POST",
        ),
        ("/console/sessions", SignedIn, get(sessions::list), "GET"),
        (
            "/console/sessions/{session}/end",
            SignedIn,
            post(sessions::end),
            "POST",
        ),
        (
            "/console/overview",
            right(Right::SeeOverview),
            get(overview::show),
            "GET",
        ),
        ("/console/queue", right(Right::SeeCases), get(queue::show), "GET"),
        (
            "/console/cases/{case}",
            right(Right::SeeCases),
            get(case_page::show),
            "GET",
        ),
        (
            "/console/cases/{case}/take",
            right(Right::Decide),
            post(decide::take),
            "POST",
        ),
        (
            "/console/cases/{case}/release",
            right(Right::Decide),
            post(decide::release),
            "POST",
        ),
        (
            "/console/cases/{case}/alive",
            right(Right::Decide),
            post(decide::alive),
            "POST",
        ),
        (
            "/console/cases/{case}/decide",
            right(Right::Decide),
            post(decide::decide),
            "POST",
        ),
        (
            "/console/cases/{case}/reveal",
            right(Right::Reveal),
            post(reveal::reveal),
            "POST",
        ),
        (
            "/console/decisions/{decision}/undo",
            right(Right::Decide),
            post(decide::undo),
            "POST",
        ),
        (
            "/console/decisions/{decision}/reverse",
            right(Right::Reverse),
            post(decide::reverse),
            "POST",
        ),
        (
            "/console/appeals",
            right(Right::SeeCases),
            get(appeals::list),
            "GET",
        ),
        (
            "/console/appeals/{appeal}",
            right(Right::SeeCases),
            get(appeals::show),
            "GET",
        ),
        (
            "/console/appeals/{appeal}/decide",
            right(Right::Reverse),
            post(appeals::decide),
            "POST",
        ),
        (
            "/console/reports",
            right(Right::SeeCases),
            get(reports::list),
            "GET",
        ),
        (
            "/console/decisions/{decision}/deliveries",
            right(Right::SeeCases),
            get(told::show),
            "GET",
        ),
        (
            "/console/decisions/{decision}/copies",
            right(Right::Decide),
            post(confirm::copies),
            "POST",
        ),
        (
            "/console/decisions/{decision}/second",
            right(Right::Decide),
            post(confirm::second),
            "POST",
        ),
        (
            "/console/decisions/{decision}/entry",
            right(Right::Curate),
            post(confirm::entry),
            "POST",
        ),
        (
            "/console/cases/{case}/assign",
            right(Right::Decide),
            post(moves::assign),
            "POST",
        ),
        (
            "/console/cases/{case}/hold",
            right(Right::Decide),
            post(moves::hold),
            "POST",
        ),
        (
            "/console/cases/{case}/escalate",
            right(Right::Decide),
            post(moves::escalate),
            "POST",
        ),
        ("/console/banks", right(Right::SeeBanks), get(banks::list), "GET"),
        ("/console/log", right(Right::SeeLog), get(log::list), "GET"),
        (
            "/console/log/verify",
            right(Right::SeeLog),
            post(log::verify),
            "POST",
        ),
        (
            "/console/people",
            right(Right::ManagePeople),
            get(people::list),
            "GET",
        ),
        (
            "/console/people",
            right(Right::ManagePeople),
            post(people::invite),
            "POST",
        ),
        (
            "/console/people/{person}/invite",
            right(Right::ManagePeople),
            post(people::invite_again),
            "POST",
        ),
        (
            "/console/people/{person}/grants",
            right(Right::ManagePeople),
            post(people::change_grants),
            "POST",
        ),
        (
            "/console/people/{person}/disable",
            right(Right::ManagePeople),
            post(people::disable),
            "POST",
        ),
    ]
}

/// Every route of the console.
pub fn console_routes() -> Vec<ConsoleRoute> {
    let rows = rows().into_iter();
    rows.map(|(path, need, _, method)| ConsoleRoute { method, path, need })
        .collect()
}

/// The routes, each behind its gate.
pub(crate) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    rows()
        .into_iter()
        .fold(Router::new(), |router, (path, need, answers, _)| {
            let gated = Gate {
                app: Arc::clone(app),
                need,
            };
            let answers: MethodRouter<_> = answers.layer(from_fn_with_state(gated, gate));
            // The gate holds files against the limit of items, and all other forms against its own.
            router.route(path, answers.layer(DefaultBodyLimit::disable()))
        })
}
