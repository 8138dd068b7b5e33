//! Writing a text of a policy: checked, formatted, tested, tried on an item and on the last days, and handed in as a draft,
//! which another approves. It is what `basira policy` does on the command line.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{Receipt, Right};
use pipeline::policies::{Desk, DeskError, REFERENCES, Recorded, RecordedError, attempt};
use pipeline::report::Html;
use policy::form::Form;
use policy::{
    CaseResult, Code, Diagnostic, ExplainFor, Mutant, PolicySet, SourceFile, explain, format, lint,
};
use serde::Deserialize;
use store::{Personal, StoreError};

use super::fields::Fields;
use super::items::may_see;
use super::page::{Answer, Seen, page, see_other};
use super::policies::{SESSION, encoded};
use super::sheet::{Cell, Sheet, visible};
use super::trace::language;
use crate::api::policies::tries::backtest_of;
use crate::app::App;
use crate::extract::Query;
use crate::problem::Problem;

/// The file of a text that is written here; what it is called is in the text.
const FILE: &str = "draft.toml";
/// The longest text of a policy in bytes.
const MOST: usize = 256 << 10;
/// Bytes of a line that are shown beside what is wrong in it.
const LINE: usize = 200;
/// Days for which a policy that is begun here holds before somebody must look again.
const REVIEW: i64 = 180;
/// Changes that no test notices, of those that are listed.
const MISSED: usize = 50;
/// Days that a backtest goes back.
const DAYS: u16 = 30;

/// Which policy is to be changed; a new one without it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    policy: String,
}

/// One thing that is wrong, with the line it is in.
struct Wrong {
    place: Html,
    code: Html,
    is_error: bool,
    message: Html,
    line: Html,
    help: Html,
}

#[derive(Template)]
#[template(path = "console/draft.html")]
struct DraftPage {
    seen: Seen,
    title: String,
    /// Of clauses or grounds the name of their file.
    name: String,
    text: String,
    item: String,
    days: String,
    /// Why nothing was done, in the program's words.
    problem: Option<Html>,
    wrong: Vec<Wrong>,
    /// That it passes the check, in words.
    passes: Option<String>,
    sheets: Vec<Sheet>,
    /// What it would say of an item, in paragraphs of lines.
    tried: Vec<Vec<Html>>,
}

/// What was typed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    file: SourceFile,
    item: String,
    days: String,
}

impl Draft {
    /// A text that nothing was done with yet.
    pub(super) fn of(name: &str, text: String) -> Self {
        let known = REFERENCES.into_iter().find(|known| *known == name);
        Self {
            file: SourceFile {
                name: known.unwrap_or(FILE).to_owned(),
                text,
            },
            item: String::new(),
            days: DAYS.to_string(),
        }
    }

    fn read(fields: &Fields) -> Self {
        // A browser ends lines in its own way.
        let text = fields.get("text").replace("\r\n", "\n");
        Self {
            item: visible(fields.get("item")),
            days: visible(fields.get("days")),
            ..Self::of(fields.get("name"), text)
        }
    }
}

/// What was found out about a text.
#[derive(Default)]
pub(super) struct Found {
    problem: Option<String>,
    wrong: Vec<Diagnostic>,
    passes: bool,
    tests: Vec<CaseResult>,
    mutants: Option<Vec<Mutant>>,
    tried: Vec<Vec<String>>,
}

/// The policy with which somebody begins.
pub(super) fn beginning(seen: &Seen) -> Form {
    let review = seen.now + jiff::SignedDuration::from_hours(24 * REVIEW);
    Form::example(
        "rules#tvec.known",
        "terms",
        &review.strftime("%Y-%m-%d").to_string(),
    )
}

/// The page with a text.
pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let draft = match &*asked.policy {
        "" => Draft::of(FILE, beginning(&seen).text().map_err(Problem::internal)?),
        policy => {
            let (policy, name) = (policy.to_owned(), policy.to_owned());
            let newest = app.apart(move |app| Desk::new(app.intake.store()).newest(&policy));
            Draft::of(&name, newest.await?.text)
        }
    };
    page(&page_of(seen, draft, Found::default()))
}

/// Does what is asked with a text.
pub(super) async fn work(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let draft = Draft::read(&fields);
    let what = fields.get("do").to_owned();
    let done = match &*what {
        "save" => save(&app, &seen, &draft).await,
        "backtest" => begin(&app, &draft).await,
        _ => return look_at(&app, seen, draft, what).await,
    };
    match done {
        Ok(path) => Ok(see_other(&path)),
        // Nothing that was typed is lost: what is wrong with the text is shown beside it.
        Err(problem) => {
            let (draft, mut found) = look(&app, &seen, &draft, "check").await?;
            if found.passes {
                found.problem = Some(problem.detail().to_owned());
            }
            page(&page_of(seen, draft, found))
        }
    }
}

/// Looks at a text, and shows what was found beside it.
pub(super) async fn look_at(app: &Arc<App>, seen: Seen, draft: Draft, what: String) -> Answer {
    let (draft, found) = look(app, &seen, &draft, &what).await?;
    page(&page_of(seen, draft, found))
}

async fn look(app: &Arc<App>, seen: &Seen, draft: &Draft, what: &str) -> Result<(Draft, Found), Problem> {
    let (seen, draft, what) = (seen.clone(), draft.clone(), what.to_owned());
    app.apart(move |app| found_of(app, &seen, draft, &what)).await
}

fn found_of(app: &App, seen: &Seen, mut draft: Draft, what: &str) -> Result<(Draft, Found), Problem> {
    let mut found = Found::default();
    if draft.file.text.len() > MOST {
        found.problem = Some(format!(
            "the text has more than {MOST} bytes; make several policies of it"
        ));
        return Ok((draft, found));
    }
    if what == "format" {
        match format(&draft.file) {
            Ok(text) => draft.file.text = text,
            Err(wrong) => {
                found.wrong.push(wrong);
                return Ok((draft, found));
            }
        }
    }
    let files = files(app, &draft)?;
    let set = match Desk::new(app.intake.store()).check(&files) {
        Ok(set) => set,
        Err(DeskError::Check(wrong)) => {
            // Clauses and grounds by themselves are no set; they are held against what uses them when they are deployed.
            found.wrong = wrong;
            if draft.file.name != FILE {
                found.wrong.retain(|it| it.code != Code::NoPolicy);
            }
            found.passes = found.wrong.is_empty();
            return Ok((draft, found));
        }
        Err(error) => return Err(error.into()),
    };
    found.passes = true;
    let today = jiff::tz::Offset::UTC.to_datetime(seen.now).date();
    let warnings = lint(&set, std::slice::from_ref(&draft.file), today);
    found.wrong = warnings
        .into_iter()
        .filter(|it| it.file == draft.file.name)
        .collect();
    let policies = set.policies().iter();
    let own = policies.filter(|policy| policy.file().name == draft.file.name);
    for policy in own {
        found.tests.extend(policy.run_tests());
        if what == "test" {
            found.mutants.get_or_insert_default().extend(policy.mutants());
        }
    }
    if what == "try" {
        match tried(app, seen, &set, &draft.item) {
            Ok(words) => found.tried = words,
            Err(problem) => found.problem = Some(problem.detail().to_owned()),
        }
    }
    Ok((draft, found))
}

/// The file of a text, with the clauses and grounds that are shipped where none were handed in yet.
fn files(app: &App, draft: &Draft) -> Result<Vec<SourceFile>, StoreError> {
    let mut files = vec![draft.file.clone()];
    for shipped in PolicySet::shipped_files() {
        let is_reference = REFERENCES.contains(&&*shipped.name) && shipped.name != draft.file.name;
        if is_reference && app.intake.store().policies(Some(&shipped.name))?.is_empty() {
            files.push(shipped);
        }
    }
    Ok(files)
}

/// What a set would say of an item, had it been in use with the approval of two: on what was known of it then.
fn tried(app: &App, seen: &Seen, set: &PolicySet, item: &str) -> Result<Vec<Vec<String>>, Problem> {
    let none = || {
        Problem::field(
            "item",
            "there is no such item; use the receipt that stands on its page",
        )
    };
    let receipt: Receipt = item.parse().map_err(|_| none())?;
    let store = app.intake.store();
    let listing = store
        .listed_item(receipt)?
        .filter(|listing| may_see(seen, listing));
    let listing = listing.ok_or_else(none)?;
    let recorded = Recorded::of(store, listing.item.id).map_err(|error| match error {
        RecordedError::Store(error) => error.into(),
        _ => Problem::field(
            "item",
            "what was known of this item is not on record (any more); choose a newer one",
        ),
    })?;
    let outcome = attempt(set, recorded.snapshot(), true);
    let reader = ExplainFor::Reviewer;
    Ok(explain(set, &outcome, recorded.snapshot(), reader, language(seen.lang)).paragraphs)
}

/// Hands a text in: it is a draft, without approvals. Gives the page of its policy.
async fn save(app: &Arc<App>, seen: &Seen, draft: &Draft) -> Result<String, Problem> {
    let by = Personal {
        person: seen.reader()?.person.name.clone(),
        key: SESSION,
    };
    let (draft, now) = (draft.clone(), seen.now);
    let handed = app.apart(move |app| -> Result<_, Problem> {
        let files = files(app, &draft)?;
        Ok(Desk::new(app.intake.store()).put(&files, &by, now)?)
    });
    let handed = handed.await?;
    let policy = handed.first().map_or("", |it| &*it.policy);
    Ok(format!("/console/policies/{}", encoded(policy)))
}

/// Begins a backtest; gives the page of how far it has come.
async fn begin(app: &Arc<App>, draft: &Draft) -> Result<String, Problem> {
    let wrong =
        |_: std::num::ParseIntError| Problem::field("days", format!("{:?} is no number of days", draft.days));
    let days: u16 = draft.days.parse().map_err(wrong)?;
    let draft = draft.clone();
    let files = app.apart(move |app| files(app, &draft)).await?;
    let begun = backtest_of(app, files, None, days).await?;
    Ok(format!("/console/backtests/{}", begun.id))
}

fn page_of(seen: Seen, draft: Draft, found: Found) -> DraftPage {
    let text = &draft.file.text;
    let wrong = found.wrong.iter().map(|it| wrong_of(it, text));
    let lines = |paragraph: &Vec<String>| paragraph.iter().map(|line| Html::foreign(line)).collect();
    let mut sheets = Vec::new();
    if !found.tests.is_empty() {
        sheets.push(tests(&seen, &found.tests));
    }
    if let Some(mutants) = &found.mutants {
        sheets.push(missed(&seen, mutants, text));
    }
    DraftPage {
        title: seen.say("draft"),
        name: draft.file.name.clone(),
        item: draft.item,
        days: draft.days,
        problem: found.problem.as_deref().map(Html::foreign),
        wrong: wrong.collect(),
        passes: found
            .passes
            .then(|| seen.count("draft-passes", found.tests.len() as u64)),
        tried: found.tried.iter().map(lines).collect(),
        text: draft.file.text,
        sheets,
        seen,
    }
}

fn wrong_of(it: &Diagnostic, text: &str) -> Wrong {
    let line = text
        .lines()
        .nth(it.span.line.saturating_sub(1))
        .unwrap_or_default();
    let mut end = line.len().min(LINE);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    Wrong {
        place: Html::code(&format!("{}:{}", it.span.line, it.span.column)),
        code: Html::code(&it.code.to_string()),
        is_error: it.severity == policy::Severity::Error,
        message: Html::foreign(&it.message),
        line: Html::foreign(&line[..end]),
        help: Html::foreign(&it.help),
    }
}

fn tests(seen: &Seen, tests: &[CaseResult]) -> Sheet {
    let kinds = |kinds: &[policy::ActionKind]| {
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        match names.is_empty() {
            true => Cell::word(&seen.say("test-nothing")),
            false => Cell::code(&names.join(" ")),
        }
    };
    let row = |it: &CaseResult| {
        let passed = match it.passed() {
            true => seen.say("test-passed"),
            false => seen.say("test-failed"),
        };
        vec![
            Cell::foreign(&it.name),
            Cell::word(&seen.word("says-", it.when.name())),
            kinds(&it.expected),
            kinds(&it.found),
            Cell::word(&passed),
        ]
    };
    Sheet {
        name: "tests",
        title: seen.say("draft-tests"),
        about: String::new(),
        head: vec![
            seen.say("name"),
            seen.say("test-says"),
            seen.say("test-expected"),
            seen.say("test-found"),
            seen.say("state"),
        ],
        rows: tests.iter().map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: String::new(),
    }
}

/// How many changes of a policy its tests notice, and those that they do not.
fn missed(seen: &Seen, mutants: &[Mutant], text: &str) -> Sheet {
    let living: Vec<&Mutant> = mutants.iter().filter(|it| !it.killed).collect();
    let killed = mutants.len() - living.len();
    let share = 100.0 * killed as f64 / mutants.len().max(1) as f64;
    let row = |it: &&Mutant| {
        let line = text.get(..it.at.start).unwrap_or_default().matches('\n').count() + 1;
        let clause: Vec<&str> = it.clause.split_whitespace().collect();
        vec![
            Cell::number(seen, line as u64),
            Cell::foreign(&it.change),
            Cell::foreign(&clause.join(" ")),
        ]
    };
    let score = format!("{share:.1} % ({killed}/{})", mutants.len());
    Sheet {
        name: "missed",
        title: seen.say("draft-score"),
        about: format!("{} {}", seen.say("draft-score-about"), seen.digits(&score)),
        head: vec![seen.say("line"), seen.say("change"), seen.say("condition")],
        rows: living.iter().take(MISSED).map(row).collect(),
        chart: None,
        csv: String::new(),
        empty: seen.say("draft-score-whole"),
    }
}
