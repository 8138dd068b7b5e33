//! Items: what came in, what it was found to be, what was decided of it and told about it. What is in a case is seen by whoever
//! sees the case; what is in none, by whoever sees all queues.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::Timestamp;
use model::{ItemId, ItemState, Receipt, Right, Verdict};
use pipeline::report::{Html, gap_html, match_html};
use pipeline::wire::FileResult;
use serde::Deserialize;
use store::{Decision, Delivery, ItemFilter, Listed, Listing, StoreError};

use super::facts::{Fact, of_context, said};
use super::page::{Answer, Seen, page};
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::{Path, Query};
use crate::problem::Problem;

/// Items of one page, and of a file.
const MOST: u32 = 50;
const MOST_IN_FILE: u32 = 1_000;
/// Matches and gaps that a page shows.
const FINDINGS: usize = 50;
/// Deliveries that a page shows.
const DELIVERIES: u32 = 50;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    verdict: String,
    state: String,
    from: String,
    until: String,
    before: String,
}

pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) words: String,
    pub(super) is_chosen: bool,
}

#[derive(Template)]
#[template(path = "console/items.html")]
struct ItemsPage {
    seen: Seen,
    title: String,
    verdicts: Vec<Choice>,
    states: Vec<Choice>,
    from: String,
    until: String,
    sheet: Sheet,
    /// The address of the next page.
    older: Option<String>,
}

/// Whether the reader may see an item.
pub(super) fn may_see(seen: &Seen, listing: &Listing) -> bool {
    match &listing.case {
        Some(case) => seen.may_on(Right::SeeContext, case),
        None => seen.may_everywhere(Right::SeeContext),
    }
}

/// A row of a list: the receipt leads to the item, the case to its case.
pub(super) fn row(seen: &Seen, listing: &Listing) -> Vec<Cell> {
    let item = &listing.item;
    let receipt = item.receipt.to_string();
    let verdict = item
        .verdict
        .map(|verdict| Cell::word(&seen.word("verdict-", verdict.name())));
    let case = listing.case.as_ref().map(|case| {
        let words = Cell::word(&seen.count("case", case.id.0));
        words.to(format!("/console/cases/{}", case.id.0))
    });
    vec![
        Cell::code(&receipt).to(format!("/console/items/{receipt}")),
        Cell::foreign(item.source.as_str()),
        Cell::time(seen, item.received_at),
        Cell::word(&seen.word("item-state-", item.state.name())),
        verdict.unwrap_or_else(Cell::none),
        case.unwrap_or_else(Cell::none),
    ]
}

pub(super) fn head(seen: &Seen) -> Vec<String> {
    vec![
        seen.say("receipt"),
        seen.say("fact-source"),
        seen.say("arrived"),
        seen.say("state"),
        seen.say("verdict"),
        seen.say("case-of-item"),
    ]
}

/// The verdicts that people choose from.
const VERDICTS: [Verdict; 3] = [Verdict::Match, Verdict::NoMatch, Verdict::Incomplete];

/// The beginning of a day, as people and browsers write it, with any digits.
fn day(text: &str) -> Option<Timestamp> {
    let digits: String = text.chars().map(latin).collect();
    let date = digits.trim();
    let is_plain = date.len() == 10 && date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_plain
        .then(|| format!("{date}T00:00:00Z").parse().ok())
        .flatten()
}

fn latin(c: char) -> char {
    let digit = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return c,
    };
    char::from_digit(digit, 10).unwrap_or(c)
}

impl Asked {
    fn verdict(&self) -> Option<Verdict> {
        VERDICTS
            .into_iter()
            .find(|verdict| verdict.name() == self.verdict)
    }

    // What is no word of ours, and no day, is as if it were not asked for.
    fn filter(&self) -> ItemFilter {
        let until = day(&self.until).map(|day| day + jiff::SignedDuration::from_hours(24));
        ItemFilter {
            verdict: self.verdict(),
            state: self.state.parse().ok(),
            from: day(&self.from),
            until,
        }
    }

    /// The same filter as a query; only what was understood is in it.
    fn query(&self) -> String {
        let date = |name: &str, text: &str| {
            let day = day(text)?;
            Some(format!("{name}={}", day.strftime("%Y-%m-%d")))
        };
        let parts = [
            self.verdict().map(|it| format!("verdict={}", it.name())),
            self.state
                .parse()
                .ok()
                .map(|it: ItemState| format!("state={}", it.name())),
            date("from", &self.from),
            date("until", &self.until),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("&")
    }
}

/// A page of items that the reader may see, and the last item that was looked at, where there may be more.
async fn listed(
    app: &Arc<App>,
    seen: &Seen,
    asked: &Asked,
    limit: u32,
) -> Result<(Vec<Vec<Cell>>, Option<ItemId>), Problem> {
    let (filter, before) = (asked.filter(), asked.before.parse().ok().map(ItemId));
    let found = app
        .apart(move |app| app.intake.store().list_items(filter, before, limit))
        .await?;
    let last = found.last().filter(|_| found.len() >= limit as usize);
    let last = last.map(|it| it.item.id);
    let visible = found.iter().filter(|it| may_see(seen, it));
    Ok((visible.map(|it| row(seen, it)).collect(), last))
}

fn sheet(seen: &Seen, rows: Vec<Vec<Cell>>, query: &str) -> Sheet {
    Sheet {
        name: "items",
        title: seen.say("items"),
        about: seen.say("items-about"),
        head: head(seen),
        rows,
        chart: None,
        csv: format!("/console/items.csv?{query}"),
        empty: seen.say("items-empty"),
    }
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let (rows, last) = listed(&app, &seen, &asked, MOST).await?;
    let query = asked.query();
    let state: Option<ItemState> = asked.state.parse().ok();
    let verdicts = VERDICTS.iter().map(|it| Choice {
        value: it.name(),
        words: seen.word("verdict-", it.name()),
        is_chosen: asked.verdict() == Some(*it),
    });
    let states = ItemState::ALL.iter().map(|it| Choice {
        value: it.name(),
        words: seen.word("item-state-", it.name()),
        is_chosen: state == Some(*it),
    });
    let date = |text: &str| day(text).map_or_else(String::new, |day| day.strftime("%Y-%m-%d").to_string());
    page(&ItemsPage {
        title: seen.say("items"),
        verdicts: verdicts.collect(),
        states: states.collect(),
        from: date(&asked.from),
        until: date(&asked.until),
        older: last.map(|id| format!("/console/items?{query}&before={}", id.0)),
        sheet: sheet(&seen, rows, &query),
        seen,
    })
}

pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let (rows, _) = listed(&app, &seen, &asked, MOST_IN_FILE).await?;
    Ok(sheet(&seen, rows, "").download())
}

#[derive(Template)]
#[template(path = "console/item.html")]
struct ItemPage {
    seen: Seen,
    title: String,
    facts: Vec<Fact>,
    case: Option<(i64, String)>,
    matches: Vec<String>,
    gaps: Vec<String>,
    left_out: bool,
    has_result: bool,
    decisions: Sheet,
    deliveries: Sheet,
}

/// All that a page is made of.
struct Loaded {
    listing: Listing,
    decisions: Vec<Decision>,
    deliveries: Vec<Delivery>,
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(receipt): Path<String>) -> Answer {
    let missing = || Problem::not_found("there is no such item");
    let receipt: Receipt = receipt.parse().map_err(|_| missing())?;
    let loaded = app
        .apart(move |app| {
            let store = app.intake.store();
            let Some(listing) = store.listed_item(receipt)? else {
                return Ok::<_, StoreError>(None);
            };
            Ok(Some(Loaded {
                decisions: store.decisions_of(listing.item.id)?,
                deliveries: store.deliveries(Listed::Of(receipt), None, DELIVERIES)?,
                listing,
            }))
        })
        .await?;
    let loaded = loaded
        .filter(|it| may_see(&seen, &it.listing))
        .ok_or_else(missing)?;
    page(&view(seen, &loaded))
}

fn view(seen: Seen, loaded: &Loaded) -> ItemPage {
    let item = &loaded.listing.item;
    let result = item.result.as_deref().unwrap_or_default();
    let result = serde_json::from_str::<FileResult>(result).ok();
    let (mut matches, mut gaps, mut left_out) = (Vec::new(), Vec::new(), false);
    if let Some(result) = &result {
        let found = result.matches.iter().take(FINDINGS);
        matches.extend(found.map(|found| match_html(seen.lang, found, None).to_string()));
        gaps.extend(
            result
                .gaps()
                .take(FINDINGS)
                .map(|gap| gap_html(seen.lang, &gap).to_string()),
        );
        left_out = result.matches.len() > FINDINGS || result.incomplete.len() > FINDINGS;
    }
    ItemPage {
        title: seen.say("item"),
        facts: facts(&seen, loaded),
        case: loaded
            .listing
            .case
            .as_ref()
            .map(|case| (case.id.0, seen.count("case", case.id.0))),
        matches,
        gaps,
        left_out,
        has_result: result.is_some(),
        decisions: decisions(&seen, &loaded.decisions),
        deliveries: super::deliveries::sheet(&seen, &loaded.deliveries, String::new()),
        seen,
    }
}

fn facts(seen: &Seen, loaded: &Loaded) -> Vec<Fact> {
    let item = &loaded.listing.item;
    let verdict = item
        .verdict
        .map(|it| Html::words(&seen.word("verdict-", it.name())));
    let facts = [
        (seen.say("receipt"), Some(Html::code(&item.receipt.to_string()))),
        (seen.say("fact-source"), Some(Html::foreign(item.source.as_str()))),
        (seen.say("arrived"), Some(seen.time(&item.received_at))),
        (seen.say("finished"), item.finished_at.map(|at| seen.time(&at))),
        (
            seen.say("state"),
            Some(Html::words(&seen.word("item-state-", item.state.name()))),
        ),
        (seen.say("verdict"), verdict),
        (seen.say("sha256"), Some(Html::code(&item.sha256.to_string()))),
        (
            seen.say("size"),
            Some(Html::words(&seen.count("bytes", item.size))),
        ),
    ];
    said(facts.into_iter().chain(of_context(seen, item)))
}

/// What policies and people have said of an item.
fn decisions(seen: &Seen, decisions: &[Decision]) -> Sheet {
    let row = |decision: &Decision| {
        let ruling = decision.ruling.map(|it| it.outcome().name());
        let ruling = ruling.map(|name| Cell::word(&seen.word("outcome-", name)));
        vec![
            Cell::number(seen, decision.seq.unsigned_abs()),
            Cell::time(seen, decision.at),
            Cell::word(&seen.word("actor-", decision.actor.name())),
            ruling.unwrap_or_else(Cell::none),
        ]
    };
    Sheet {
        name: "decisions",
        title: seen.say("item-decisions"),
        about: seen.say("item-decisions-about"),
        head: vec![
            seen.say("number"),
            seen.say("when"),
            seen.say("decided-by"),
            seen.say("item-ruling"),
        ],
        rows: decisions.iter().map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("none-yet"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_every_digits_and_nothing_else_is_one() {
        let expected: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
        assert_eq!(day("2026-11-25"), Some(expected));
        assert_eq!(day("٢٠٢٦-١١-٢٥"), Some(expected));
        assert_eq!(day("۲۰۲۶-۱۱-۲۵"), Some(expected));
        for text in ["", "25.11.2026", "2026-13-01", "<b>"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_query_holds_only_what_was_understood() {
        let asked = Asked {
            verdict: "match".to_owned(),
            state: "\"><script>".to_owned(),
            from: "٢٠٢٦-١١-٢٥".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.query(), "verdict=match&from=2026-11-25");
    }
}
