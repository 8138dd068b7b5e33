//! The pages where texts of policies are written, where keys and webhooks are made, and where it is read who has reported.

use axum::routing::{get, post};
use model::Right;

use super::super::{backtests, connectors, deliveries, draft, draft_form, keys, reporters};
use super::{Need, Row};

/// Forms that change how the service works, and the state of what is connected.
pub(super) fn rows() -> Vec<Row> {
    let write = Need::Right(Right::WritePolicies);
    let manage = Need::Right(Right::ManageService);
    let identity = Need::Right(Right::SeeReporters);
    vec![
        ("/console/draft", write, get(draft::show), "GET"),
        ("/console/draft", write, post(draft::work), "POST"),
        ("/console/draft/form", write, get(draft_form::show), "GET"),
        ("/console/draft/form", write, post(draft_form::make), "POST"),
        ("/console/backtests/{id}", write, get(backtests::show), "GET"),
        (
            "/console/backtests/{id}/{table}",
            write,
            get(backtests::csv),
            "GET",
        ),
        ("/console/keys", manage, get(keys::list), "GET"),
        ("/console/keys", manage, post(keys::make), "POST"),
        ("/console/keys.csv", manage, get(keys::csv), "GET"),
        ("/console/keys/{key}/revoke", manage, post(keys::revoke), "POST"),
        ("/console/connectors", manage, get(connectors::list), "GET"),
        ("/console/connectors/{table}", manage, get(connectors::csv), "GET"),
        ("/console/webhooks", manage, post(connectors::make), "POST"),
        (
            "/console/webhooks/{webhook}/test",
            manage,
            post(connectors::test),
            "POST",
        ),
        (
            "/console/webhooks/{webhook}/remove",
            manage,
            post(connectors::remove),
            "POST",
        ),
        ("/console/deliveries", manage, get(deliveries::list), "GET"),
        ("/console/deliveries.csv", manage, get(deliveries::csv), "GET"),
        (
            "/console/deliveries/{event}/replay",
            manage,
            post(deliveries::replay),
            "POST",
        ),
        ("/console/reporters", identity, get(reporters::ask), "GET"),
        ("/console/reporters", identity, post(reporters::read), "POST"),
    ]
}
