//! Appeals: what authors say against decisions, sent by their platform.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{AppealId, Channel, Scope, check_external_id};
use serde::{Deserialize, Serialize};
use store::{Appeal, AppealAbout, Appeals, NewAppeal};
use utoipa::ToSchema;

use super::{Page, PageQuery, Refusals, items};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;
use crate::reports::{MOST_WORDS, language, lines};

/// An appeal. It names what it is about by one of `code`, `item` and `external_id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppealBody {
    /// The code that webhooks were told with the decision.
    code: Option<String>,
    /// The receipt of the item.
    item: Option<String>,
    /// The name of the item at the source of the key: of the newest that is held to be violating.
    #[schema(max_length = 512)]
    external_id: Option<String>,
    /// Why the decision is wrong, in the words of the author.
    #[schema(max_length = 10000)]
    words: String,
    /// The language of the words, as a BCP 47 tag.
    language: Option<String>,
}

impl AppealBody {
    async fn checked(self, app: &Arc<App>, caller: &Caller) -> Result<NewAppeal, Problem> {
        let about = match (self.code, self.item, self.external_id) {
            (Some(code), None, None) => AppealAbout::Code(code),
            (None, Some(item), None) => AppealAbout::Receipt(items::find(app, caller, &item).await?.receipt),
            (None, None, Some(id)) => {
                check_external_id(&id)?;
                AppealAbout::Name(caller.source().clone(), id)
            }
            _ => {
                return Err(Problem::field(
                    "item",
                    "say what the appeal is about, by one of code, item and external_id",
                ));
            }
        };
        Ok(NewAppeal {
            about,
            channel: Channel::Api,
            words: lines("words", &self.words, MOST_WORDS)?
                .ok_or_else(|| Problem::field("words", "say why the decision is wrong"))?,
            lang: language(self.language)?,
        })
    }
}

/// An appeal, and what has become of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AppealView {
    /// Its id.
    appeal: i64,
    /// The decision.
    decision: i64,
    /// The case of the decision.
    case: i64,
    /// `api` or `form`.
    channel: &'static str,
    /// Where the item comes from.
    source: String,
    /// Why.
    words: String,
    /// The language of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// `open`, `upheld` or `overturned`.
    state: &'static str,
    /// What the author is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
}

impl From<Appeal> for AppealView {
    fn from(appeal: Appeal) -> Self {
        Self {
            appeal: appeal.id.0,
            decision: appeal.decision.0,
            case: appeal.case.0,
            channel: appeal.channel.name(),
            source: appeal.source.to_string(),
            words: appeal.words,
            language: appeal.lang,
            received_at: appeal.received_at,
            state: appeal.state.name(),
            answer: appeal.answer,
            decided_at: appeal.decided_at,
        }
    }
}

/// An appeal that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeAppeal {
    /// Its id.
    appeal: i64,
    /// The code by which the author asks after it, without a key, at `/report/status`. It cannot be shown again.
    code: String,
}

/// Keeps an appeal against a decision that an item is violating, while that holds. Somebody else than who has decided looks
/// again; webhooks are told `appeal.decided`, and `decision.reversed` where the decision is taken back.
#[utoipa::path(
    post, path = "/v1/appeals", tag = "reports", request_body = AppealBody,
    responses((status = 201, body = MadeAppeal), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(body): Json<AppealBody>,
) -> Result<(StatusCode, Answer<MadeAppeal>), Problem> {
    caller.may(Scope::Submit)?;
    let new = body.checked(&app, &caller).await?;
    let (appeal, code) = app
        .apart(move |app| app.intake.store().appeal(&new, Timestamp::now()))
        .await?;
    let made = MadeAppeal {
        appeal: appeal.id.0,
        code: code.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Answer(made)))
}

/// An appeal about an item of the key's source; about any, for administrators.
#[utoipa::path(
    get, path = "/v1/appeals/{appeal}", tag = "reports",
    params(("appeal" = String, Path, description = "Its id")),
    responses((status = 200, body = AppealView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<AppealView>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let missing = || Problem::not_found("there is no such appeal");
    let id = AppealId(id.parse().map_err(|_| missing())?);
    let appeal = app
        .apart(move |app| app.intake.store().appeal_by_id(id))
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::NOT_FOUND => missing(),
            _ => problem,
        })?;
    if appeal.source != *caller.source() && !caller.is_administrator() {
        return Err(missing());
    }
    Ok(Answer(appeal.into()))
}

/// Appeals about items of the key's source, the newest first; about any, for administrators.
#[utoipa::path(
    get, path = "/v1/appeals", tag = "reports", params(PageQuery),
    responses((status = 200, body = Page<AppealView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<AppealView>>, Problem> {
    caller.may(Scope::Submit)?.may_see()?;
    let (limit, before) = (query.limit()?, query.after()?.map(AppealId));
    let which = match caller.is_administrator() {
        true => Appeals::All,
        false => Appeals::Of(caller.source().clone()),
    };
    let found = app
        .apart(move |app| app.intake.store().appeals(&which, before, limit))
        .await?;
    let views = found.into_iter().map(AppealView::from).collect();
    Ok(Answer(Page::of(views, limit, |view: &AppealView| {
        view.appeal.to_string()
    })))
}
