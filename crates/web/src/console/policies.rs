//! Policies: their texts, where each stands, and what it did. A session of somebody who has signed in names a person as a key of
//! their own does.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::SignedDuration;
use model::{KeyId, Life, PersonName, Right, Sha256, Stage};
use pipeline::policies::{Desk, needs};
use pipeline::report::Html;
use store::{Deployment, PolicySummary, Rates, StoreError};

use super::page::{Answer, Seen, page};
use super::policy_steps::Ways;
use super::sheet::{Cell, Sheet};
use crate::app::App;
use crate::extract::Path;
use crate::problem::Problem;

/// The key of who has none: they have signed in to the console.
pub(super) const SESSION: KeyId = KeyId(0);
/// Hours over which it is told what a policy did.
const WEEK: i64 = 7 * 24;

#[derive(Template)]
#[template(path = "console/policies.html")]
struct PoliciesPage {
    seen: Seen,
    title: String,
    sheet: Sheet,
    /// Texts that wait until enough people have approved them.
    waiting: Sheet,
    may_write: bool,
}

struct Text {
    hash: String,
    short: Html,
    newest: bool,
    stage: String,
    share: Option<String>,
    until: Option<Html>,
    authors: Html,
    approvals: Html,
    needs: String,
    automatic: bool,
    may_approve: bool,
    ways: Option<Ways>,
}

#[derive(Template)]
#[template(path = "console/policy.html")]
struct PolicyPage {
    seen: Seen,
    title: String,
    name: Html,
    texts: Vec<Text>,
    source: Html,
    /// What does not pass the check, in the program's words.
    diagnostics: Vec<Html>,
    steps: Sheet,
    rates: Sheet,
    /// Where it is changed, by whoever may.
    change: Option<String>,
    /// Where it goes back by one step, by whoever may.
    back: Option<String>,
}

fn names(people: &[PersonName]) -> Html {
    let names: Vec<&str> = people.iter().map(PersonName::as_str).collect();
    Html::foreign(&names.join(", "))
}

pub(super) fn stage(seen: &Seen, stage: Stage) -> String {
    seen.word("stage-", stage.name())
}

fn sheet(seen: &Seen, found: &[PolicySummary]) -> Sheet {
    let newest = found.iter().filter(|it| it.newest);
    let row = |it: &PolicySummary| {
        let policy = &it.file.policy;
        // What is in use may be another text than the newest.
        let in_use = found
            .iter()
            .filter(|other| other.file.policy == *policy && other.stage == Stage::Enforce);
        let people: Vec<&str> = it.approvals.iter().map(PersonName::as_str).collect();
        vec![
            Cell::foreign(policy).to(format!("/console/policies/{}", encoded(policy))),
            Cell::word(&stage(seen, it.stage)),
            Cell::number(seen, in_use.count() as u64),
            Cell::foreign(&people.join(", ")),
            Cell::number(seen, needs(&it.file) as u64),
            Cell::time(seen, it.file.at),
        ]
    };
    Sheet {
        name: "policies",
        title: seen.say("policies"),
        about: seen.say("policies-about"),
        head: vec![
            seen.say("name"),
            seen.say("stage-of-newest"),
            seen.say("enforced-texts"),
            seen.say("approvals"),
            seen.say("approvals-needed"),
            seen.say("created"),
        ],
        rows: newest.map(row).collect(),
        chart: None,
        csv: "/console/policies.csv".to_owned(),
        empty: seen.say("policies-empty"),
    }
}

/// A name as a part of an address.
pub(super) fn encoded(name: &str) -> String {
    let bytes = name.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let found = app.apart(|app| app.intake.store().policies(None)).await?;
    page(&PoliciesPage {
        title: seen.say("policies"),
        sheet: sheet(&seen, &found),
        waiting: waiting(&seen, &found),
        may_write: seen.may(Right::WritePolicies),
        seen,
    })
}

/// The newest texts that have not come into use, and that need more approvals than they have: whoever hands one in asks the
/// others by it.
fn waiting(seen: &Seen, found: &[PolicySummary]) -> Sheet {
    let own = seen.reader.as_ref().map(|reader| &reader.person.name);
    let may = seen.may(Right::ApprovePolicies);
    let waits =
        |it: &&PolicySummary| it.newest && it.stage == Stage::Draft && it.approvals.len() < needs(&it.file);
    let row = |it: &PolicySummary| {
        let policy = &it.file.policy;
        let is_by = |people: &[PersonName]| own.is_some_and(|own| people.contains(own));
        let you = if is_by(&it.authors) {
            seen.say("waits-own")
        } else if is_by(&it.approvals) {
            seen.say("waits-approved")
        } else if may {
            seen.say("waits-for-you")
        } else {
            seen.say("waits-for-others")
        };
        vec![
            Cell::foreign(policy).to(format!("/console/policies/{}", encoded(policy))),
            Cell::foreign(
                &it.authors
                    .iter()
                    .map(PersonName::as_str)
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
            Cell::number(seen, it.approvals.len() as u64),
            Cell::number(seen, needs(&it.file) as u64),
            Cell::word(&you),
            Cell::time(seen, it.file.at),
        ]
    };
    Sheet {
        name: "waiting",
        title: seen.say("policies-waiting"),
        about: seen.say("policies-waiting-about"),
        head: vec![
            seen.say("name"),
            seen.say("policy-authors"),
            seen.say("approvals"),
            seen.say("approvals-needed"),
            seen.say("waits-you"),
            seen.say("created"),
        ],
        rows: found.iter().filter(waits).map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("policies-waiting-none"),
    }
}

pub(super) async fn csv(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let found = app.apart(|app| app.intake.store().policies(None)).await?;
    Ok(sheet(&seen, &found).download())
}

/// All that the page of a policy is made of.
struct Loaded {
    texts: Vec<PolicySummary>,
    steps: Vec<Deployment>,
    rates: BTreeMap<Sha256, Rates>,
    diagnostics: Vec<String>,
    /// What stands against steps of those texts that may make one.
    lives: BTreeMap<Sha256, Life>,
}

fn load(app: &App, policy: &str, since: jiff::Timestamp) -> Result<Loaded, Problem> {
    let store = app.intake.store();
    let texts = store.policies(Some(policy))?;
    if texts.is_empty() {
        return Err(Problem::not_found("there is no such policy"));
    }
    let mut rates: BTreeMap<Sha256, Rates> = BTreeMap::new();
    for hour in store.policy_hours(since)? {
        if texts.iter().any(|text| text.file.hash == hour.hash) {
            let sum = rates.entry(hour.hash).or_default();
            sum.items += hour.rates.items;
            sum.matched += hour.rates.matched;
            sum.unknown += hour.rates.unknown;
            sum.failed += hour.rates.failed;
            sum.acted += hour.rates.acted;
            sum.held += hour.rates.held;
        }
    }
    let desk = Desk::new(store);
    let newest = texts.iter().any(|it| it.newest && !it.file.is_reference());
    let diagnostics = match newest.then(|| desk.newest(policy)).transpose()? {
        Some(file) => match desk.check(&[file]) {
            Ok(_) => Vec::new(),
            Err(pipeline::policies::DeskError::Check(found)) => {
                found.iter().map(ToString::to_string).collect()
            }
            Err(error) => return Err(error.into()),
        },
        None => Vec::new(),
    };
    let moving = texts.iter().filter(|it| it.newest || it.stage != Stage::Draft);
    let lives = moving.map(|it| Ok((it.file.hash, store.policy_life(&it.file.hash)?)));
    Ok(Loaded {
        lives: lives.collect::<Result<_, StoreError>>()?,
        steps: store.policy_deployments(policy)?,
        texts,
        rates,
        diagnostics,
    })
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Path(policy): Path<String>) -> Answer {
    let since = seen.now - SignedDuration::from_hours(WEEK);
    let name = policy.clone();
    let loaded = app.apart(move |app| load(app, &policy, since)).await?;
    let own = &seen.reader()?.person.name;
    let may = seen.may(Right::ApprovePolicies);
    let may_move = seen.may(Right::WritePolicies);
    let texts = loaded.texts.iter().map(|it| Text {
        hash: it.file.hash.to_string(),
        short: Html::code(&it.file.hash.to_string()[..16]),
        newest: it.newest,
        stage: stage(&seen, it.stage),
        share: it.share.map(|share| seen.count("per-mille", share)),
        until: it.until.map(|until| seen.time(&until)),
        authors: names(&it.authors),
        approvals: names(&it.approvals),
        needs: seen.count("approvals-of", needs(&it.file)),
        automatic: it.file.automatic,
        may_approve: may && it.newest && !it.authors.contains(own) && !it.approvals.contains(own),
        ways: loaded
            .lives
            .get(&it.file.hash)
            .filter(|_| may_move)
            .and_then(|life| Ways::of(&seen, life)),
    });
    let newest = loaded.texts.iter().find(|it| it.newest);
    let source = newest.map_or_else(Html::default, |it| Html::lines(&it.file.text));
    page(&PolicyPage {
        title: seen.say("policy"),
        name: Html::foreign(&name),
        texts: texts.collect(),
        source,
        diagnostics: loaded.diagnostics.iter().map(|it| Html::foreign(it)).collect(),
        steps: steps(&seen, &loaded.steps),
        rates: rates(&seen, &loaded),
        change: seen
            .may(Right::WritePolicies)
            .then(|| format!("/console/draft?policy={}", encoded(&name))),
        back: (may_move && loaded.texts.iter().any(|it| it.stage.is_in_effect()))
            .then(|| format!("/console/policies/{}/rollback", encoded(&name))),
        seen,
    })
}

fn steps(seen: &Seen, steps: &[Deployment]) -> Sheet {
    let row = |it: &Deployment| {
        let reason = it.reason.as_deref().map(Cell::foreign);
        vec![
            Cell::time(seen, it.at),
            Cell::word(&stage(seen, it.stage)),
            Cell::code(&it.hash.to_string()[..16]),
            Cell::foreign(it.person.as_str()),
            reason.unwrap_or_else(Cell::none),
        ]
    };
    Sheet {
        name: "steps",
        title: seen.say("policy-steps"),
        about: String::new(),
        head: vec![
            seen.say("when"),
            seen.say("stage"),
            seen.say("policy-text"),
            seen.say("who"),
            seen.say("why-step"),
        ],
        rows: steps.iter().take(100).map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("none-yet"),
    }
}

fn rates(seen: &Seen, loaded: &Loaded) -> Sheet {
    let row = |(hash, it): (&Sha256, &Rates)| {
        let mut row = vec![Cell::code(&hash.to_string()[..16])];
        let numbers = [it.items, it.matched, it.unknown, it.failed, it.acted, it.held];
        row.extend(numbers.map(|number| Cell::number(seen, number)));
        row
    };
    Sheet {
        name: "rates",
        title: seen.say("policy-rates"),
        about: seen.say("policy-rates-about"),
        head: vec![
            seen.say("policy-text"),
            seen.say("items"),
            seen.say("rate-matched"),
            seen.say("rate-unknown"),
            seen.say("rate-failed"),
            seen.say("rate-acted"),
            seen.say("rate-held"),
        ],
        rows: loaded.rates.iter().map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("none-yet"),
    }
}
