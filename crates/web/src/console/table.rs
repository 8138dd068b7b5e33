//! All pages and forms of the console, on one page, each with what is needed for it.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use model::Right;

use super::gate::{Gate, gate};
use super::{
    account, appeals, assets, banks, care, case_page, confirm, decide, deliveries, entries, invitation,
    items, keys, language, log, moves, overview, passkey, people, policies, provider, quality, queue,
    reading, reports, reveal, search, second, sessions, sign_in, told,
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
    rows.extend(rows_of_service());
    rows
}

/// Pages about what is kept and how it goes: items, banks, policies, totals, care.
fn rows_of_service() -> Vec<Row> {
    use Need::SignedIn;
    let right = Need::Right;
    vec![
        (
            "/console/overview/{table}",
            right(Right::SeeOverview),
            get(overview::csv),
            "GET",
        ),
        ("/console/care", SignedIn, get(care::show), "GET"),
        ("/console/care/{table}", SignedIn, get(care::csv), "GET"),
        (
            "/console/care/rules",
            right(Right::ManageService),
            post(care::set_rules),
            "POST",
        ),
        (
            "/console/care/opt-outs",
            SignedIn,
            post(care::set_opt_outs),
            "POST",
        ),
        (
            "/console/care/hand-over",
            right(Right::Decide),
            post(care::hand_over),
            "POST",
        ),
        (
            "/console/items",
            right(Right::SeeContext),
            get(items::list),
            "GET",
        ),
        (
            "/console/items.csv",
            right(Right::SeeContext),
            get(items::csv),
            "GET",
        ),
        (
            "/console/items/{item}",
            right(Right::SeeContext),
            get(items::show),
            "GET",
        ),
        (
            "/console/search",
            right(Right::SeeContext),
            get(search::show),
            "GET",
        ),
        (
            "/console/search",
            right(Right::SeeContext),
            post(search::find),
            "POST",
        ),
        ("/console/second", right(Right::Decide), get(second::list), "GET"),
        (
            "/console/second/{look}",
            right(Right::Decide),
            get(second::show),
            "GET",
        ),
        (
            "/console/second/{look}",
            right(Right::Decide),
            post(second::give),
            "POST",
        ),
        (
            "/console/decisions/{decision}/golden",
            right(Right::Reverse),
            post(second::make_golden),
            "POST",
        ),
        (
            "/console/quality",
            right(Right::SeeOverview),
            get(quality::show),
            "GET",
        ),
        (
            "/console/quality/{table}",
            right(Right::SeeOverview),
            get(quality::csv),
            "GET",
        ),
        (
            "/console/deliveries",
            right(Right::ManageService),
            get(deliveries::list),
            "GET",
        ),
        (
            "/console/deliveries.csv",
            right(Right::ManageService),
            get(deliveries::csv),
            "GET",
        ),
        (
            "/console/deliveries/{event}/replay",
            right(Right::ManageService),
            post(deliveries::replay),
            "POST",
        ),
        (
            "/console/keys",
            right(Right::ManageService),
            get(keys::list),
            "GET",
        ),
        (
            "/console/keys.csv",
            right(Right::ManageService),
            get(keys::csv),
            "GET",
        ),
        (
            "/console/keys/{key}/revoke",
            right(Right::ManageService),
            post(keys::revoke),
            "POST",
        ),
        (
            "/console/policies",
            right(Right::SeePolicies),
            get(policies::list),
            "GET",
        ),
        (
            "/console/policies.csv",
            right(Right::SeePolicies),
            get(policies::csv),
            "GET",
        ),
        (
            "/console/policies/{policy}",
            right(Right::SeePolicies),
            get(policies::show),
            "GET",
        ),
        (
            "/console/policies/{policy}",
            right(Right::ApprovePolicies),
            post(policies::approve),
            "POST",
        ),
        (
            "/console/banks.csv",
            right(Right::SeeBanks),
            get(banks::csv),
            "GET",
        ),
        (
            "/console/banks/{bank}",
            right(Right::SeeBanks),
            get(entries::list),
            "GET",
        ),
        (
            "/console/banks/{bank}/entries.csv",
            right(Right::SeeBanks),
            get(entries::csv),
            "GET",
        ),
        (
            "/console/banks/{bank}/media",
            right(Right::Curate),
            post(entries::add),
            "POST",
        ),
        (
            "/console/entries/{entry}",
            right(Right::SeeBanks),
            get(entries::show),
            "GET",
        ),
        (
            "/console/entries/{entry}/trust",
            right(Right::Curate),
            post(entries::set_trust),
            "POST",
        ),
        (
            "/console/queue.csv",
            right(Right::SeeCases),
            get(queue::csv),
            "GET",
        ),
        ("/console/log.csv", right(Right::SeeLog), get(log::csv), "GET"),
        ("/console/reading", SignedIn, get(reading::show), "GET"),
        ("/console/reading", SignedIn, post(reading::keep), "POST"),
    ]
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
