//! Quality: how far people agree, how often decisions are reversed, of what languages, policies and sources. All numbers are of
//! all people together; there is no list of persons.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{Agreement, DecisionOutcome, Right, agreement};
use pipeline::policies::Interval;
use store::{DecidedItem, Golden, SecondLook, StoreError};

use super::page::{Answer, Seen, page};
use super::sheet::{Cell, Sheet, download};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// Decisions below which a rate is not told.
const FEWEST: u64 = 5;
/// Rows of a table.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "console/quality.html")]
struct QualityPage {
    seen: Seen,
    title: String,
    /// The agreement in words.
    words: String,
    sheets: Vec<Sheet>,
    /// Decisions on which the second look differs.
    differing: Vec<(i64, String)>,
}

/// All that the page is made of.
struct Loaded {
    opinions: Vec<(SecondLook, Vec<DecisionOutcome>)>,
    golden: Golden,
    decided: Vec<DecidedItem>,
}

async fn loaded(app: &Arc<App>) -> Result<Loaded, Problem> {
    app.apart(|app| {
        let store = app.intake.store();
        Ok::<_, StoreError>(Loaded {
            opinions: store.opinions()?,
            golden: store.golden()?,
            decided: store.decided_items()?,
        })
    })
    .await
}

fn agreed(loaded: &Loaded) -> Option<Agreement> {
    let units: Vec<Vec<DecisionOutcome>> = loaded.opinions.iter().map(|(_, said)| said.clone()).collect();
    agreement(&units)
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let loaded = loaded(&app).await?;
    let words = match agreed(&loaded) {
        Some(found) => seen.count("agreement-of", found.units),
        None => seen.say("agreement-none"),
    };
    let differing = match seen.may_everywhere(Right::Reverse) {
        true => differing(&seen, &loaded),
        false => Vec::new(),
    };
    page(&QualityPage {
        title: seen.say("quality"),
        words,
        sheets: sheets(&seen, &loaded),
        differing,
        seen,
    })
}

/// A table of the page as a file.
pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen, Path(name): Path<String>) -> Answer {
    let loaded = loaded(&app).await?;
    download(sheets(&seen, &loaded), &name)
}

/// Cases of which a second look says something else than what was decided.
fn differing(seen: &Seen, loaded: &Loaded) -> Vec<(i64, String)> {
    let differing = loaded
        .opinions
        .iter()
        .filter(|(_, said)| said.iter().any(|word| Some(word) != said.first()));
    differing
        .take(MOST)
        .map(|(look, _)| (look.case.0, seen.count("case", look.case.0)))
        .collect()
}

fn sheets(seen: &Seen, loaded: &Loaded) -> Vec<Sheet> {
    let languages = |it: &DecidedItem| vec![it.language.clone().unwrap_or_default()];
    let sources = |it: &DecidedItem| vec![it.source.clone()];
    let policies = |it: &DecidedItem| it.policies.clone();
    vec![
        agreement_sheet(seen, loaded),
        golden_sheet(seen, &loaded.golden),
        rates(
            seen,
            "languages",
            seen.say("overturn-languages"),
            loaded,
            languages,
        ),
        rates(seen, "policies", seen.say("overturn-policies"), loaded, policies),
        rates(seen, "sources", seen.say("overturn-sources"), loaded, sources),
    ]
}

fn fraction(seen: &Seen, value: f64) -> Cell {
    Cell::code(&seen.digits(&format!("{value:.3}")))
}

fn agreement_sheet(seen: &Seen, loaded: &Loaded) -> Sheet {
    let row = |found: Agreement| {
        vec![
            Cell::word(&seen.say("agreement-alpha")),
            fraction(seen, found.alpha),
            fraction(seen, found.low),
            fraction(seen, found.high),
            Cell::number(seen, found.units as u64),
        ]
    };
    Sheet {
        name: "agreement",
        title: seen.say("agreement"),
        about: seen.say("agreement-about"),
        head: vec![
            seen.say("what"),
            seen.say("value"),
            seen.say("low"),
            seen.say("high"),
            seen.say("judged-twice"),
        ],
        rows: agreed(loaded).map(row).into_iter().collect(),
        chart: None,
        csv: "/console/quality/agreement.csv".to_owned(),
        empty: seen.say("agreement-none"),
    }
}

fn golden_sheet(seen: &Seen, golden: &Golden) -> Sheet {
    let share = Interval::of(golden.right, golden.opinions);
    let share = |of: fn(&Interval) -> f64| match &share {
        Some(interval) => Cell::share(seen, of(interval)),
        None => Cell::none(),
    };
    let row = vec![
        Cell::number(seen, golden.items),
        Cell::number(seen, golden.opinions),
        Cell::number(seen, golden.right),
        share(|it| it.share),
        share(|it| it.low),
        share(|it| it.high),
    ];
    Sheet {
        name: "golden",
        title: seen.say("golden"),
        about: seen.say("golden-about"),
        head: vec![
            seen.say("items"),
            seen.say("answers"),
            seen.say("right"),
            seen.say("share"),
            seen.say("low"),
            seen.say("high"),
        ],
        rows: (golden.items > 0).then_some(row).into_iter().collect(),
        chart: None,
        csv: "/console/quality/golden.csv".to_owned(),
        empty: seen.say("golden-none"),
    }
}

/// How often decisions were reversed, by something of their items, with Wilson's interval.
fn rates(
    seen: &Seen,
    name: &'static str,
    title: String,
    loaded: &Loaded,
    by: impl Fn(&DecidedItem) -> Vec<String>,
) -> Sheet {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for decided in &loaded.decided {
        for key in by(decided) {
            let count = counts.entry(key).or_default();
            count.0 += u64::from(decided.reversed);
            count.1 += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, (_, of))| *of >= FEWEST).collect();
    counts.sort_by_key(|(_, (_, of))| std::cmp::Reverse(*of));
    let row = |(key, (reversed, of)): (String, (u64, u64))| {
        let interval = Interval::of(reversed, of)?;
        let key = match key.as_str() {
            "" => Cell::word(&seen.say("not-said")),
            key => Cell::foreign(key),
        };
        Some(vec![
            key,
            Cell::number(seen, of),
            Cell::number(seen, reversed),
            Cell::share(seen, interval.share),
            Cell::share(seen, interval.low),
            Cell::share(seen, interval.high),
        ])
    };
    Sheet {
        name,
        title,
        about: seen.count("overturn-about", FEWEST),
        head: vec![
            seen.say("what"),
            seen.say("decisions"),
            seen.say("reversed"),
            seen.say("share"),
            seen.say("low"),
            seen.say("high"),
        ],
        rows: counts.into_iter().take(MOST).filter_map(row).collect(),
        chart: None,
        csv: format!("/console/quality/{name}.csv"),
        empty: seen.say("none-yet"),
    }
}
