//! Banks.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{BankKind, BankName, Scope};
use pipeline::curate::Edit;
use serde::{Deserialize, Serialize};
use store::BankSummary;
use utoipa::ToSchema;

use super::{Page, PageQuery, Refusals};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// A bank.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankView {
    /// Its name.
    name: String,
    /// `known`: content that is to be found. `allow`: content that only looks like it.
    kind: &'static str,
    /// Whether its entries are matched.
    enabled: bool,
    /// How many entries it has.
    entries: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<BankSummary> for BankView {
    fn from(summary: BankSummary) -> Self {
        Self {
            name: summary.bank.name.to_string(),
            kind: summary.bank.kind.name(),
            enabled: summary.bank.is_matched(),
            entries: summary.entries,
            created_at: summary.bank.created_at,
        }
    }
}

/// A bank that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBank {
    /// 1 to 255 letters or digits of any script, `_`, `-`, `.`.
    #[schema(value_type = String)]
    name: BankName,
    /// `known` or `allow`; `known` without it.
    #[schema(value_type = Option<String>)]
    kind: Option<BankKind>,
}

/// What is to change of a bank.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BankChange {
    /// Whether its entries are matched; at once.
    enabled: bool,
}

/// A bank that the caller may see. That there is one it may not see is not said.
pub(super) fn find(app: &App, caller: &Caller, name: &str) -> Result<BankSummary, Problem> {
    let missing = || Problem::not_found("there is no such bank");
    let name: BankName = name.parse().map_err(|_| missing())?;
    if !caller.sees_bank(&name) {
        return Err(missing());
    }
    let banks = app.intake.store().banks()?;
    banks
        .into_iter()
        .find(|known| known.bank.name == name)
        .ok_or_else(missing)
}

/// The banks that the key may see, by name.
#[utoipa::path(
    get, path = "/v1/banks", tag = "banks", params(PageQuery),
    responses((status = 200, body = Page<BankView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<BankView>>, Problem> {
    caller.may(Scope::Curate)?;
    let limit = query.limit()?;
    let banks = app.apart(|app| app.intake.store().banks()).await?;
    let after = query.cursor.unwrap_or_default();
    let views = banks
        .into_iter()
        .filter(|known| caller.sees_bank(&known.bank.name) && *known.bank.name.as_str() > *after)
        .take(limit as usize)
        .map(BankView::from);
    Ok(Answer(Page::of(views.collect(), limit, |view| view.name.clone())))
}

/// Makes a bank.
#[utoipa::path(
    post, path = "/v1/banks", tag = "banks", request_body = NewBank,
    responses((status = 201, body = BankView), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewBank>,
) -> Result<(StatusCode, Answer<BankView>), Problem> {
    caller.may(Scope::Curate)?;
    if !caller.sees_bank(&new.name) {
        return Err(Problem::forbidden("the key is for other banks"));
    }
    let view = app
        .apart(move |app| -> Result<BankView, Problem> {
            let edit = Edit::CreateBank {
                name: new.name.clone(),
                kind: new.kind.unwrap_or(BankKind::Known),
                enabled_ratio: 1.0,
            };
            app.edit(caller.name(), &edit)?;
            let bank = app.intake.store().bank(&new.name)?;
            Ok(BankSummary { bank, entries: 0 }.into())
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(view)))
}

/// A bank.
#[utoipa::path(
    get, path = "/v1/banks/{bank}", tag = "banks", params(("bank" = String, Path, description = "Its name")),
    responses((status = 200, body = BankView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Answer<BankView>, Problem> {
    caller.may(Scope::Curate)?;
    let known = app.apart(move |app| find(app, &caller, &name)).await?;
    Ok(Answer(known.into()))
}

/// Switches a bank on or off, at once.
#[utoipa::path(
    patch, path = "/v1/banks/{bank}", tag = "banks", params(("bank" = String, Path, description = "Its name")),
    request_body = BankChange, responses((status = 200, body = BankView), Refusals)
)]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(name): Path<String>,
    Json(change): Json<BankChange>,
) -> Result<Answer<BankView>, Problem> {
    caller.may(Scope::Curate)?;
    let view = app
        .apart(move |app| -> Result<BankView, Problem> {
            let edit = Edit::SwitchBank {
                bank: find(app, &caller, &name)?.bank.id,
                enabled: change.enabled,
            };
            app.edit(caller.name(), &edit)?;
            Ok(find(app, &caller, &name)?.into())
        })
        .await?;
    Ok(Answer(view))
}
