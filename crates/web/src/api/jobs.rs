//! What goes on beside requests.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use model::Scope;
use serde::Serialize;
use utoipa::ToSchema;

use super::Refusals;
use super::reversals::ReversalView;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// The look-back: entries that were added are compared with what was seen before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookBackView {
    /// `running` or `idle`.
    state: &'static str,
    /// Entries that are looked for, or were the last time.
    entries: u64,
    /// Items that were looked at.
    looked_at: u64,
    /// Items that were seen in all.
    of: u64,
    /// Items that were found near an entry since the start of the service.
    found: u64,
    /// Changes of the banks that were not looked at yet.
    behind: i64,
}

/// What goes on beside requests.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// The look-back.
    look_back: LookBackView,
    /// What rested on revoked entries and is taken back, or was; the newest first.
    reversals: Vec<ReversalView>,
}

/// What goes on beside requests, and how far it has come.
#[utoipa::path(get, path = "/v1/jobs", tag = "operations", responses((status = 200, body = Jobs), Refusals))]
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Result<Answer<Jobs>, Problem> {
    caller.may(Scope::Curate)?;
    let progress = app.look_back.progress();
    let (looked_back, reversals) = app
        .apart(|app| {
            let store = app.intake.store();
            Ok::<_, store::StoreError>((store.looked_back()?, store.reversing()?))
        })
        .await?;
    let behind = looked_back.map_or(0, |seq| app.banks.seq().0 - seq.0);
    Ok(Answer(Jobs {
        look_back: LookBackView {
            state: if progress.running { "running" } else { "idle" },
            entries: progress.entries,
            looked_at: progress.looked_at,
            of: progress.of,
            found: progress.found,
            behind: behind.max(0),
        },
        reversals: reversals.into_iter().map(ReversalView::from).collect(),
    }))
}
