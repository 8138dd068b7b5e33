//! Entries of banks.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use model::{BankEntry, BankKind, EntryId, Label, Scope, SignalType, Tlp, Trust};
use pipeline::curate::{Edit, EntryChange as Change};
use pipeline::entry::{EntryDetails, Given, from_given, from_whole, near_allow};
use serde::{Deserialize, Serialize};
use store::{NewEntry, Store};
use utoipa::{IntoParams, ToSchema};

use super::banks::find as find_bank;
use super::{Page, PageQuery, Refusals, words};
use crate::app::App;
use crate::auth::Caller;
use crate::body::Pieces;
use crate::extract::{Json, Path, Query};
use crate::problem::Problem;

/// One signal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalBody {
    /// The signal type: `pdq`, `md5`, `sha1`, `sha256`, `vpdq`, `chromaprint`, `raw_text`, `text_tlsh`, `text_passages`,
    /// `url`, `url_host`, `handle`, `payment_address`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: SignalType,
    /// The signal. Of a text, a link, a handle or an address what it was made from, where that is kept, else its digest.
    value: String,
}

/// An entry that is to be added by its signals.
// No part of it is flattened: a problem could not say which field it is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEntryBody {
    /// At least one.
    signals: Vec<SignalBody>,
    /// Labels.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    labels: Vec<Label>,
    /// A remark for people.
    note: Option<String>,
    /// Its name at its source.
    external_id: Option<String>,
    /// `shadow`, `active` or `disputed`; `active` without it.
    #[schema(value_type = Option<String>)]
    trust: Option<Trust>,
    /// Who may be told, as a Traffic Light Protocol word; `amber` without it.
    #[schema(value_type = Option<String>)]
    tlp: Option<Tlp>,
    /// When it stops to be matched.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    /// Whether nothing of its picture may be kept.
    #[serde(default)]
    hash_only: bool,
}

/// What is said of an entry that is made from media.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MediaQuery {
    /// Labels, separated by commas.
    labels: Option<String>,
    /// A remark for people.
    note: Option<String>,
    /// Its name at its source.
    external_id: Option<String>,
    /// `shadow`, `active` or `disputed`; `active` without it.
    #[param(value_type = Option<String>)]
    trust: Option<Trust>,
    /// Who may be told; `amber` without it.
    #[param(value_type = Option<String>)]
    tlp: Option<Tlp>,
    /// When it stops to be matched.
    #[param(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    /// Whether nothing of its picture may be kept.
    #[serde(default)]
    hash_only: bool,
}

/// An entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    /// Its id.
    entry: i64,
    /// Its signals. A film or a recording has more in the store than is shown here.
    signals: Vec<SignalBody>,
    /// Its labels.
    labels: Vec<String>,
    /// A remark for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Who added it.
    added_by: String,
    /// Where it comes from.
    source: String,
    /// Its name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
    /// How far it is trusted.
    trust: &'static str,
    /// Whether a person has confirmed it.
    human_confirmed: bool,
    /// Who may be told.
    tlp: &'static str,
    /// When it stops to be matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

impl EntryView {
    fn of(entry: BankEntry, store: &Store) -> Result<Self, Problem> {
        let texts = store.texts(entry.id)?;
        let signal = |(number, held): (usize, &model::EntrySignal)| SignalBody {
            kind: held.signal.kind(),
            value: texts
                .iter()
                .find(|kept| usize::from(kept.ordinal) == number)
                .map_or_else(|| held.signal.to_string(), |kept| kept.text.clone()),
        };
        Ok(Self {
            entry: entry.id.0,
            signals: entry.signals.iter().enumerate().map(signal).collect(),
            labels: entry
                .labels
                .iter()
                .map(|label| label.as_str().to_owned())
                .collect(),
            note: entry.note,
            added_by: entry.provenance.added_by,
            source: entry.provenance.source,
            external_id: entry.provenance.external_id,
            added_at: entry.provenance.added_at,
            trust: entry.trust.name(),
            human_confirmed: entry.human_confirmed,
            tlp: entry.tlp.name(),
            expires: entry.expires,
        })
    }
}

/// An entry that was added.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Added {
    #[serde(flatten)]
    #[schema(inline)]
    entry: EntryView,
    /// What a person should know about it.
    warnings: Vec<String>,
}

impl MediaQuery {
    fn details(self, caller: &Caller) -> Result<EntryDetails, Problem> {
        let labels = words(self.labels.as_deref()).map(|word| {
            word.parse()
                .map_err(|error: model::LabelError| Problem::field("labels", error.to_string()))
        });
        let details = EntryDetails {
            labels: labels.collect::<Result<Vec<Label>, Problem>>()?,
            note: self.note,
            provenance: caller.provenance(self.external_id),
            trust: beginning(self.trust)?,
            tlp: self.tlp.unwrap_or(Tlp::Amber),
            expires: self.expires,
            hash_only: self.hash_only,
        };
        Ok(details)
    }
}

/// The trust that an entry begins with.
fn beginning(trust: Option<Trust>) -> Result<Trust, Problem> {
    match trust {
        None => Ok(Trust::Active),
        Some(Trust::Revoked) => Err(Problem::field("trust", "an entry does not begin as revoked")),
        Some(other) => Ok(other),
    }
}

/// Adds an entry durably; the next request that begins after this finds it.
fn add(
    app: &App,
    caller: &Caller,
    bank: &str,
    entry: NewEntry,
    mut warnings: Vec<String>,
) -> Result<Added, Problem> {
    let bank = find_bank(app, caller, bank)?.bank;
    let now = Timestamp::now();
    if bank.kind == BankKind::Known {
        warnings.extend(
            near_allow(&entry, &app.banks, now)?
                .iter()
                .map(ToString::to_string),
        );
    }
    let edit = Edit::AddEntries {
        bank: bank.id,
        entries: vec![entry],
    };
    let done = app.edit(caller.name(), &edit)?;
    let added = done.entries.first();
    let added = added.map(|id| app.intake.store().entry(*id)).transpose()?;
    // One that was added and is gone was removed by another caller in the meantime.
    let entry = added
        .flatten()
        .ok_or_else(|| Problem::not_found("the entry was removed meanwhile"))?;
    Ok(Added {
        entry: EntryView::of(entry, app.intake.store())?,
        warnings,
    })
}

/// Adds an entry by its signals. When this answers, it is matched.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/entries", tag = "banks",
    params(("bank" = String, Path, description = "The bank's name")), request_body = NewEntryBody,
    responses((status = 201, body = Added), Refusals)
)]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(bank): Path<String>,
    Json(body): Json<NewEntryBody>,
) -> Result<(StatusCode, Answer<Added>), Problem> {
    caller.may(Scope::Curate)?;
    let signals = body.signals.iter().enumerate().map(|(number, signal)| {
        Given::parse(signal.kind, &signal.value)
            .map_err(|error| Problem::field(format!("signals[{number}].value"), error.to_string()))
    });
    let signals = signals.collect::<Result<Vec<Given>, Problem>>()?;
    let details = EntryDetails {
        labels: body.labels,
        note: body.note,
        provenance: caller.provenance(body.external_id),
        trust: beginning(body.trust)?,
        tlp: body.tlp.unwrap_or(Tlp::Amber),
        expires: body.expires,
        hash_only: body.hash_only,
    };
    let entry = from_given(signals, None, details);
    let added = app
        .apart(move |app| add(app, &caller, &bank, entry, Vec::new()))
        .await?;
    Ok((StatusCode::CREATED, Answer(added)))
}

/// Adds an entry that is made from media: the body is the file. When this answers, it is matched.
#[utoipa::path(
    post, path = "/v1/banks/{bank}/media", tag = "banks",
    params(("bank" = String, Path, description = "The bank's name"), MediaQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Added), Refusals)
)]
pub(crate) async fn create_from_media(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(bank): Path<String>,
    Query(query): Query<MediaQuery>,
    request: Request,
) -> Result<(StatusCode, Answer<Added>), Problem> {
    caller.may(Scope::Curate)?;
    let details = query.details(&caller)?;
    let bytes = Pieces::new(request.into_body(), app.settings.max_item)
        .all()
        .await?;
    let added = app
        .apart(move |app| -> Result<Added, Problem> {
            find_bank(app, &caller, &bank)?;
            let decoded = app.decode(&bytes, &app.settings.request.for_bank())?;
            let (entry, warnings) =
                from_whole(&decoded, details).map_err(|error| Problem::bad_request(error.to_string()))?;
            let warnings = warnings.iter().map(ToString::to_string).collect();
            add(app, &caller, &bank, entry, warnings)
        })
        .await?;
    Ok((StatusCode::CREATED, Answer(added)))
}

/// The entries of a bank, oldest first.
#[utoipa::path(
    get, path = "/v1/banks/{bank}/entries", tag = "banks",
    params(("bank" = String, Path, description = "The bank's name"), PageQuery),
    responses((status = 200, body = Page<EntryView>), Refusals)
)]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(bank): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<EntryView>>, Problem> {
    caller.may(Scope::Curate)?;
    let (limit, after) = (query.limit()?, query.after()?.map(EntryId));
    let views = app
        .apart(move |app| -> Result<Vec<EntryView>, Problem> {
            let bank = find_bank(app, &caller, &bank)?.bank;
            let store = app.intake.store();
            let entries = store.entries(bank.id, after, limit)?;
            entries
                .into_iter()
                .map(|entry| EntryView::of(entry, store))
                .collect()
        })
        .await?;
    Ok(Answer(Page::of(views, limit, |view: &EntryView| {
        view.entry.to_string()
    })))
}

/// An entry that the caller may see.
pub(super) fn find(app: &App, caller: &Caller, id: &str) -> Result<BankEntry, Problem> {
    let missing = || Problem::not_found("there is no such entry");
    let id: EntryId = id.parse().map_err(|_| missing())?;
    let entry = app.intake.store().entry(id)?.ok_or_else(missing)?;
    app.banks
        .bank(entry.bank)
        .filter(|bank| caller.sees_bank(&bank.name))
        .map(|_| entry)
        .ok_or_else(missing)
}

/// An entry.
#[utoipa::path(
    get, path = "/v1/entries/{entry}", tag = "banks", params(("entry" = String, Path, description = "Its id")),
    responses((status = 200, body = EntryView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<EntryView>, Problem> {
    caller.may(Scope::Curate)?;
    let view = app.apart(move |app| EntryView::of(find(app, &caller, &id)?, app.intake.store()));
    Ok(Answer(view.await?))
}

/// What is to change of an entry; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryChange {
    /// How far it is trusted. Revoked is final.
    #[schema(value_type = Option<String>)]
    trust: Option<Trust>,
    /// Whether a person has looked at the content and confirmed it.
    human_confirmed: Option<bool>,
    /// A remark for people.
    note: Option<String>,
    /// Labels to add.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    add_labels: Vec<Label>,
    /// Labels to take away.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    remove_labels: Vec<Label>,
    /// When it stops to be matched.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

impl EntryChange {
    fn changes(self) -> Vec<Change> {
        let labels =
            (!self.add_labels.is_empty() || !self.remove_labels.is_empty()).then_some(Change::Labels {
                add: self.add_labels,
                remove: self.remove_labels,
            });
        let all = [
            self.trust.map(Change::Trust),
            self.human_confirmed.map(Change::Confirmed),
            self.note.map(|note| Change::Note(Some(note))),
            labels,
            self.expires.map(|expires| Change::Expires(Some(expires))),
        ];
        all.into_iter().flatten().collect()
    }
}

/// Changes an entry, at once: all of what is asked or nothing.
#[utoipa::path(
    patch, path = "/v1/entries/{entry}", tag = "banks", params(("entry" = String, Path, description = "Its id")),
    request_body = EntryChange, responses((status = 200, body = EntryView), Refusals)
)]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Json(change): Json<EntryChange>,
) -> Result<Answer<EntryView>, Problem> {
    caller.may(Scope::Curate)?;
    let view = app
        .apart(move |app| -> Result<EntryView, Problem> {
            let entry = find(app, &caller, &id)?.id;
            let changes = change.changes();
            if !changes.is_empty() {
                app.edit(caller.name(), &Edit::ChangeEntry { entry, changes })?;
            }
            EntryView::of(find(app, &caller, &id)?, app.intake.store())
        })
        .await?;
    Ok(Answer(view))
}

/// Removes an entry for good, with all that belongs to it. When this answers, it is not matched any more.
#[utoipa::path(
    delete, path = "/v1/entries/{entry}", tag = "banks", params(("entry" = String, Path, description = "Its id")),
    responses((status = 204), Refusals)
)]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Scope::Curate)?;
    app.apart(move |app| -> Result<(), Problem> {
        let entry = find(app, &caller, &id)?.id;
        app.edit(caller.name(), &Edit::RemoveEntry { entry })?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An item that is near an entry.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NearItem {
    /// The item's receipt.
    item: String,
    /// Where it comes from.
    source: String,
    /// The platform's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// `match`: when the item was matched. `look_back`: afterwards, when the entry was added; for a person to look at.
    found: &'static str,
    /// How far away it is, in bits.
    distance: u32,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// The items that are near an entry, newest first: what rested on it, when it is revoked.
#[utoipa::path(
    get, path = "/v1/entries/{entry}/items", tag = "banks",
    params(("entry" = String, Path, description = "Its id"), PageQuery),
    responses((status = 200, body = Page<NearItem>), Refusals)
)]
pub(crate) async fn items(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Answer<Page<NearItem>>, Problem> {
    caller.may(Scope::Curate)?.may_see()?;
    let limit = query.limit()?;
    let before = query.after()?.map(model::ItemId);
    let near = app
        .apart(move |app| -> Result<_, Problem> {
            let entry = find(app, &caller, &id)?.id;
            Ok(app.intake.store().items_near(entry, before, limit)?)
        })
        .await?;
    let next = near.last().map(|near| near.item.id.0.to_string());
    let views = near.into_iter().map(|near| NearItem {
        item: near.item.receipt.to_string(),
        source: near.item.source.to_string(),
        external_id: near.item.external_id,
        found: near.found.name(),
        distance: near.distance,
        at: near.at,
    });
    Ok(Answer(Page::of(views.collect(), limit, |_| {
        next.clone().unwrap_or_default()
    })))
}
