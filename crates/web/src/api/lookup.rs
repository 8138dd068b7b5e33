//! Looking signals up in the banks. Lookups are metered, not logged.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use jiff::Timestamp;
use model::{BankKind, BankName, EntryId, KeyTrust, Scope, Signal, SignalType, Trust};
use pipeline::entry::Given;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Refusals, words};
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Query};
use crate::problem::Problem;

/// The widest radius; beyond it chance is all there is.
const WIDEST: u32 = 31;
/// The distance up to which texts are alike by their TLSH, as python-threatexchange has it.
const ALIKE: u32 = 30;
/// Signals of one batch.
const MOST_BATCH: usize = 1_000;
/// Matches of one answer.
const MOST: usize = 1_000;

/// What is looked for.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LookupQuery {
    /// The signal type: `pdq`, `md5`, `sha1`, `sha256`, `raw_text`, `text_tlsh`, `url`, `url_host`, `handle`,
    /// `payment_address`.
    #[serde(rename = "type")]
    #[param(value_type = String)]
    #[schema(value_type = String)]
    kind: SignalType,
    /// The signal. A text, a link, a handle or an address in any form in which it is written, or its digest.
    value: String,
    /// Bits by which a `pdq` may differ, or the distance of a `text_tlsh`, 0 to 31; without it 31, and 30 for texts.
    #[param(maximum = 31)]
    #[schema(maximum = 31)]
    radius: Option<u32>,
    /// Names of banks, separated by commas; all that the key may see without it.
    banks: Option<String>,
    /// How many matches at most, 1 to 1000.
    #[param(minimum = 1, maximum = 1000)]
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// An entry that is near.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NearView {
    /// The bank; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
    /// The entry.
    entry: i64,
    /// Bits that differ, or the distance of a `text_tlsh`; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u32>,
    /// How far the entry is trusted.
    trust: &'static str,
    /// Whether a person has confirmed it.
    human_confirmed: bool,
    /// Its labels.
    labels: Vec<String>,
}

/// What is near a signal, nearest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookupView {
    /// Nearest first.
    matches: Vec<NearView>,
}

/// A lookup that was checked.
struct Lookup {
    signal: Signal,
    radius: u32,
    banks: Option<Vec<BankName>>,
    limit: usize,
}

impl TryFrom<LookupQuery> for Lookup {
    type Error = Problem;
    fn try_from(query: LookupQuery) -> Result<Self, Problem> {
        let widest = match query.kind {
            SignalType::TextTlsh => ALIKE,
            _ => WIDEST,
        };
        let radius = query.radius.unwrap_or(widest);
        if radius > WIDEST {
            return Err(Problem::field(
                "radius",
                format!("{radius} is more than {WIDEST} bits"),
            ));
        }
        let limit = query.limit.unwrap_or(100);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::field(
                "limit",
                format!("{limit} is not between 1 and {MOST}"),
            ));
        }
        let wrong = |why: String| Problem::field("value", why);
        let signal = Given::parse(query.kind, &query.value)
            .map_err(|error| wrong(error.to_string()))?
            .signal()
            .ok_or_else(|| wrong(format!("{} is looked up by submitting the file", query.kind)))?;
        let banks = query.banks.as_deref().map(|text| {
            words(Some(text))
                .map(|word| {
                    word.parse()
                        .map_err(|error: model::BankNameError| Problem::field("banks", error.to_string()))
                })
                .collect::<Result<Vec<BankName>, Problem>>()
        });
        Ok(Self {
            signal,
            radius,
            banks: banks.transpose()?,
            limit,
        })
    }
}

/// What is near one signal.
#[utoipa::path(
    get, path = "/v1/lookup", tag = "lookup", params(LookupQuery),
    responses((status = 200, body = LookupView), Refusals)
)]
pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<LookupQuery>,
) -> Result<Answer<LookupView>, Problem> {
    caller.may(Scope::LookUp)?.may_see()?;
    look_up(&app, caller, query.try_into()?).await.map(Answer)
}

/// What is near each of up to 1000 signals, in the order of the request.
#[utoipa::path(
    post, path = "/v1/lookup", tag = "lookup", request_body = Vec<LookupQuery>,
    responses((status = 200, body = Vec<LookupView>), Refusals)
)]
pub(crate) async fn many(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(queries): Json<Vec<LookupQuery>>,
) -> Result<Answer<Vec<LookupView>>, Problem> {
    caller.may(Scope::LookUp)?.may_see()?;
    if queries.len() > MOST_BATCH {
        let detail = format!("{} signals, over the limit of {MOST_BATCH}", queries.len());
        return Err(Problem::field(".", detail));
    }
    let lookups = queries
        .into_iter()
        .enumerate()
        .map(|(number, query)| Lookup::try_from(query).map_err(|problem| problem.at(number)))
        .collect::<Result<Vec<_>, Problem>>()?;
    let mut answers = Vec::with_capacity(lookups.len());
    for lookup in lookups {
        answers.push(look_up(&app, caller.clone(), lookup).await?);
    }
    Ok(Answer(answers))
}

async fn look_up(app: &Arc<App>, caller: Caller, lookup: Lookup) -> Result<LookupView, Problem> {
    // The search is a matter of microseconds, and done here; the store is asked only about what it finds.
    let near: Vec<(EntryId, u32)> = match &lookup.signal {
        Signal::Pdq(hash) => {
            let near = app.banks.near_hash(hash, lookup.radius);
            if near.is_empty() {
                return Ok(LookupView { matches: Vec::new() });
            }
            near
        }
        Signal::TextTlsh(hash) => app.banks.near_tlsh(hash, lookup.radius),
        _ => {
            let signal = lookup.signal;
            let found = app.apart(move |app| app.banks.with_signal(&signal)).await?;
            found.into_iter().map(|entry| (entry, 0)).collect()
        }
    };
    app.apart(move |app| -> Result<LookupView, Problem> {
        let now = Timestamp::now();
        let full = caller.trust() == KeyTrust::Full;
        let (mut matches, mut seen) = (Vec::new(), HashSet::new());
        for (entry, distance) in near {
            if matches.len() == lookup.limit {
                break;
            }
            // An entry with several hashes counts once, by its nearest.
            if !seen.insert(entry) {
                continue;
            }
            let Some(known) = app.banks.known(entry, now)? else {
                continue;
            };
            let bank = &known.bank.name;
            let asked = lookup.banks.as_ref().is_none_or(|banks| banks.contains(bank));
            if known.bank.kind != BankKind::Known || !asked || !caller.sees_bank(bank) {
                continue;
            }
            matches.push(NearView {
                bank: full.then(|| bank.to_string()),
                entry: entry.0,
                distance: full.then_some(distance),
                trust: Trust::name(known.entry.trust),
                human_confirmed: known.entry.human_confirmed,
                labels: known
                    .entry
                    .labels
                    .iter()
                    .map(|label| label.as_str().to_owned())
                    .collect(),
            });
        }
        Ok(LookupView { matches })
    })
    .await
}
