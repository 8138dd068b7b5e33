//! The pages about the service itself: banks, policies, people, keys, what webhooks were told, the log.

use axum::routing::{get, post};
use model::Right;

use super::super::{
    banks, care, entries, items, log, overview, policies, quality, queue, reading, search, second,
};
use super::{Need, Row};

/// Pages about what is kept and how it goes: items, banks, policies, totals, care.
pub(super) fn rows() -> Vec<Row> {
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
