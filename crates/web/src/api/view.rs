//! How much of a result a key gets.

use jiff::Timestamp;
use model::{KeyTrust, Match, Verdict};
use pipeline::wire::FileResult;
use serde::Serialize;
use store::{Item, ItemAction};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::problem::Problem;

/// A part of an item that is near an entry of a bank.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchView {
    /// The bank; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
    /// The entry.
    entry: i64,
    /// The signal type.
    #[serde(rename = "type")]
    kind: String,
    /// How it was found; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// How far away it is, in bits, of texts as their method says; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u32>,
    /// The quality of the hash that matched, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
    /// The part of the item.
    part: String,
    /// Seconds of a film or a recording from and to, on both sides (`query`, `bank`); not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    segment: Option<serde_json::Value>,
    /// How much faster than what is banked it is, as a factor; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    speed: Option<serde_json::Value>,
    /// Whether it is mirrored; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    mirrored: Option<serde_json::Value>,
    /// Where in a text it stands: bytes from and to, and words of the banked text; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    spans: Option<Vec<model::TextSpan>>,
    /// How many words of both texts are covered; not for keys of middle trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    covered: Option<model::Covered>,
    /// How far the entry is trusted.
    trust: &'static str,
    /// Whether a person has confirmed the entry.
    human_confirmed: bool,
    /// Whether an allow entry is nearer, so that it does not count.
    suppressed: bool,
    /// Whether it makes the verdict.
    counts: bool,
}

impl MatchView {
    fn of(found: &Match, trust: KeyTrust) -> Self {
        let full = trust == KeyTrust::Full;
        let place = found.segment.filter(|_| full);
        let place = place.and_then(|place| serde_json::to_value(place).ok());
        let of_place = |name: &str| place.as_ref()?.get(name).cloned();
        Self {
            bank: full.then(|| found.bank.to_string()),
            entry: found.entry.0,
            kind: found.kind.to_string(),
            method: full.then(|| found.method.to_string()),
            distance: full.then_some(found.distance),
            quality: found.quality.filter(|_| full).map(model::Quality::get),
            part: found.part.to_string(),
            segment: of_place("segment"),
            speed: of_place("speed"),
            mirrored: of_place("mirrored"),
            spans: Some(found.spans.clone()).filter(|spans| full && !spans.is_empty()),
            covered: found.covered.filter(|_| full),
            trust: found.trust.name(),
            human_confirmed: found.human_confirmed,
            suppressed: found.suppressed_by.is_some(),
            counts: found.counts(),
        }
    }
}

/// What was not looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapView {
    /// The part of the item.
    part: String,
    /// Why: a code, and after a colon the particulars.
    reason: String,
}

/// What was found in an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultView {
    /// `match`, `no_match` or `incomplete`. Incomplete is neither clean nor a match.
    #[schema(value_type = String)]
    verdict: Verdict,
    /// How well decoding was protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<String>,
    /// What was not looked at.
    incomplete: Vec<GapView>,
    /// Best first.
    matches: Vec<MatchView>,
}

impl ResultView {
    /// What this caller may see of a result.
    pub(crate) fn of(result: &FileResult, caller: &Caller) -> Self {
        let seen: Vec<&Match> = result
            .matches
            .iter()
            .filter(|found| caller.sees_bank(&found.bank))
            .collect();
        let incomplete: Vec<GapView> = result
            .gaps()
            .map(|gap| GapView {
                part: gap.part.to_string(),
                reason: gap.reason.to_string(),
            })
            .collect();
        Self {
            verdict: Verdict::of(seen.iter().any(|found| found.counts()), !incomplete.is_empty()),
            sandbox: result.sandbox.map(|level| level.to_string()),
            matches: seen
                .iter()
                .map(|found| MatchView::of(found, caller.trust()))
                .collect(),
            incomplete,
        }
    }

    /// What is said when a deadline has passed: never "clean".
    pub(crate) fn late() -> Self {
        Self {
            verdict: Verdict::Incomplete,
            sandbox: None,
            incomplete: vec![GapView {
                part: model::PartName::file().to_string(),
                reason: model::IncompleteReason::Time.to_string(),
            }],
            matches: Vec::new(),
        }
    }
}

/// Something that policies chose to be done with an item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionView {
    /// The number of the decision.
    decision: i64,
    /// The action: what to `do`, the `policy`, the `clause` of the rules, the `legal` grounds, and how far it was automated
    /// (`full`, `partial`, `none`).
    #[schema(value_type = Object)]
    action: serde_json::Value,
    /// When it was chosen.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was reversed: the entry was revoked, or a person found nothing wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    reversed_at: Option<Timestamp>,
}

impl From<ItemAction> for ActionView {
    fn from(it: ItemAction) -> Self {
        Self {
            decision: it.decision,
            // What is no JSON was altered, and `null` says nothing wrong.
            action: serde_json::from_str(&it.body).unwrap_or_default(),
            at: it.at,
            reversed_at: it.reversed_at,
        }
    }
}

/// An item, and what was found in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// Its receipt.
    item: String,
    /// Where it comes from.
    source: String,
    /// The platform's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// The digest of its bytes.
    sha256: String,
    /// How many bytes it has.
    bytes: u64,
    /// What the platform says of it.
    #[schema(value_type = Object)]
    context: model::Context,
    /// How urgent it is.
    priority: u8,
    /// When it arrived.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// `queued`, `working`, `done` or `aside`.
    state: &'static str,
    /// When it was finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
    /// What was found; absent until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultView>,
    /// What policies chose to be done with it, the newest decision first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) actions: Vec<ActionView>,
    /// When its match was taken back, because the entry that it rested on was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) reversed_at: Option<Timestamp>,
}

impl ItemView {
    pub(crate) fn of(item: Item, caller: &Caller) -> Result<Self, Problem> {
        let result = result(&item)?.map(|result| ResultView::of(&result, caller));
        Ok(Self {
            item: item.receipt.to_string(),
            source: item.source.to_string(),
            external_id: item.external_id,
            sha256: item.sha256.to_string(),
            bytes: item.size,
            context: item.context,
            priority: item.priority.get(),
            received_at: item.received_at,
            state: item.state.name(),
            finished_at: item.finished_at,
            result,
            actions: Vec::new(),
            reversed_at: None,
        })
    }
}

/// The result that an item has.
pub(crate) fn result(item: &Item) -> Result<Option<FileResult>, Problem> {
    item.result
        .as_deref()
        .map(|text| serde_json::from_str(text).map_err(Problem::internal))
        .transpose()
}
