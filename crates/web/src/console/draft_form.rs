//! The simple case of a policy by choosing: a form whose answer is the text of a file, on the page where texts are written.
//!
//! It works in two steps without script: who has chosen what is compared asks for what fits, and the form comes back with the
//! operators of its type, and with words to choose from where it is a word.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::Right;
use pipeline::policies::{clauses, grounds};
use pipeline::report::{Html, Lang};
use policy::form::{Comparable, Form, FormError, Join, Operator, Row, Says, Trial};
use policy::{Priority, Type};

use super::draft::{Draft, beginning, look_at};
use super::fields::Fields;
use super::page::{Answer, Seen, page};
use crate::app::App;
use crate::problem::Problem;

/// Conditions that the form has room for.
const ROWS: usize = 3;
/// Tests that it has room for.
const TRIALS: usize = 6;
/// The longest field in bytes.
const MOST: usize = 500;

/// One word of a list.
struct Choice {
    value: String,
    words: Html,
    is_chosen: bool,
}

/// A condition, as the form shows it.
struct RowOf {
    number: usize,
    whats: Vec<Choice>,
    operators: Vec<Choice>,
    /// The words that it may be; empty where the value is typed.
    values: Vec<Choice>,
    value: String,
}

/// A test, as the form shows it.
struct TrialOf {
    number: usize,
    name: String,
    /// The number of each condition, and what is given for it.
    given: Vec<(usize, String)>,
    says: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "console/draft_form.html")]
struct FormPage {
    seen: Seen,
    title: String,
    problem: Option<Html>,
    id: String,
    title_en: String,
    title_ar: String,
    owner: String,
    clauses: Vec<Choice>,
    grounds: Vec<Choice>,
    queue: String,
    priorities: Vec<Choice>,
    tells_team: bool,
    asks: bool,
    review_by: String,
    joins: Vec<Choice>,
    rows: Vec<RowOf>,
    trials: Vec<TrialOf>,
}

/// A clause or a ground: its name and its text in the language of the page.
type Named = (String, String);

/// What a policy may rest on.
async fn references(app: &Arc<App>, lang: Lang) -> Result<[Vec<Named>; 2], Problem> {
    let found = app.apart(|app| -> Result<_, Problem> {
        let store = app.intake.store();
        Ok((clauses(store)?, grounds(store)?))
    });
    let (clauses, grounds) = found.await?;
    let text = |en: String, ar: String| match lang {
        Lang::En => en,
        Lang::Ar => ar,
    };
    Ok([
        clauses
            .into_iter()
            .map(|it| (it.id.to_string(), text(it.en, it.ar)))
            .collect(),
        grounds
            .into_iter()
            .map(|it| (it.id.to_string(), text(it.en, it.ar)))
            .collect(),
    ])
}

/// The form, with an example in it.
pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    let references = references(&app, seen.lang).await?;
    let form = beginning(&seen);
    page(&page_of(seen, &references, form, None))
}

/// Makes the text; or shows the form again with what fits.
pub(super) async fn make(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let references = references(&app, seen.lang).await?;
    let form = read(&fields)?;
    let made = match fields.get("do") {
        "fit" => return page(&page_of(seen, &references, form, None)),
        _ => form.text(),
    };
    match made {
        Ok(text) => look_at(&app, seen, Draft::of("", text), "test".to_owned()).await,
        Err(error) => page(&page_of(seen, &references, form, Some(error))),
    }
}

fn read(fields: &Fields) -> Result<Form, Problem> {
    let text = |name: &str| -> Result<String, Problem> {
        let text = fields.text(name, MOST)?.unwrap_or_default();
        match text.contains('\n') {
            true => Err(Problem::field(name, "it has several lines")),
            false => Ok(text),
        }
    };
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for number in 0..ROWS {
        let Some(what) = Comparable::find(fields.get(&format!("what-{number}"))) else {
            continue;
        };
        let operator: Option<Operator> = fields.optional(&format!("operator-{number}"))?;
        let known = Operator::of(what.ty);
        // What was chosen for another signal may not fit this one; the form comes back before it is used.
        let operator = operator
            .filter(|it| known.contains(it))
            .or(known.first().copied());
        rows.push(Row {
            what,
            operator: operator.unwrap_or(Operator::Is),
            value: text(&format!("value-{number}"))?,
        });
        places.push(number);
    }
    let mut trials = Vec::new();
    for number in 0..TRIALS {
        let name = text(&format!("trial-{number}"))?;
        if name.is_empty() {
            continue;
        }
        let given = places.iter().map(|row| text(&format!("given-{number}-{row}")));
        trials.push(Trial {
            name,
            given: given.collect::<Result<_, _>>()?,
            says: fields.optional(&format!("says-{number}"))?.unwrap_or(Says::Match),
        });
    }
    Ok(Form {
        id: text("id")?,
        title: [text("title_en")?, text("title_ar")?],
        owner: text("owner")?,
        clause: text("clause")?,
        legal: fields.all("legal").map(str::to_owned).collect(),
        queue: text("queue")?,
        priority: fields.optional("priority")?.unwrap_or(Priority::Normal),
        tells_team: !fields.get("tells_team").is_empty(),
        asks_when_unknown: !fields.get("asks").is_empty(),
        review_by: text("review_by")?,
        join: fields.optional("join")?.unwrap_or(Join::All),
        rows,
        trials,
    })
}

fn page_of(seen: Seen, references: &[Vec<Named>; 2], form: Form, error: Option<FormError>) -> FormPage {
    let [clauses, grounds] = references;
    let named = |all: &[Named], chosen: &[String]| -> Vec<Choice> {
        let choice = |(id, text): &Named| Choice {
            words: Html::foreign(text),
            is_chosen: chosen.contains(id),
            value: id.clone(),
        };
        all.iter().map(choice).collect()
    };
    let priorities = Priority::ALL.iter().map(|it| Choice {
        value: it.name().to_owned(),
        words: Html::words(&seen.word("priority-", it.name())),
        is_chosen: *it == form.priority,
    });
    let joins = Join::ALL.iter().map(|it| Choice {
        value: it.name().to_owned(),
        words: Html::words(&seen.word("join-", it.name())),
        is_chosen: *it == form.join,
    });
    let says = |chosen: Says| -> Vec<Choice> {
        let all = Says::ALL.iter().map(|it| Choice {
            value: it.name().to_owned(),
            words: Html::words(&seen.word("trial-", it.name())),
            is_chosen: *it == chosen,
        });
        all.collect()
    };
    let rows: Vec<RowOf> = (0..ROWS)
        .map(|number| row_of(&seen, number, form.rows.get(number)))
        .collect();
    let trials = (0..TRIALS).map(|number| {
        let trial = form.trials.get(number);
        let given = (0..form.rows.len().max(1)).map(|row| {
            let given = trial.and_then(|it| it.given.get(row));
            (row, given.cloned().unwrap_or_default())
        });
        TrialOf {
            number,
            name: trial.map(|it| it.name.clone()).unwrap_or_default(),
            given: given.collect(),
            says: says(trial.map_or(Says::Match, |it| it.says)),
        }
    });
    FormPage {
        title: seen.say("draft-form"),
        problem: error.map(|error| Html::foreign(&error.to_string())),
        clauses: named(clauses, std::slice::from_ref(&form.clause)),
        grounds: named(grounds, &form.legal),
        priorities: priorities.collect(),
        joins: joins.collect(),
        rows,
        trials: trials.collect(),
        id: form.id,
        title_en: form.title[0].clone(),
        title_ar: form.title[1].clone(),
        owner: form.owner,
        queue: form.queue,
        tells_team: form.tells_team,
        asks: form.asks_when_unknown,
        review_by: form.review_by,
        seen,
    }
}

fn row_of(seen: &Seen, number: usize, row: Option<&Row>) -> RowOf {
    let doc = |it: &Comparable| it.doc[usize::from(seen.lang == Lang::Ar)];
    let whats = Comparable::all().into_iter().map(|it| Choice {
        words: Html::words(&format!("{} — {}", doc(&it), it.name())),
        is_chosen: row.is_some_and(|row| row.what == it),
        value: it.name(),
    });
    let fitting = row.map_or(Operator::ALL, |row| Operator::of(row.what.ty));
    let operators = fitting.iter().map(|it| Choice {
        value: it.name().to_owned(),
        words: Html::words(&seen.word("operator-", it.name())),
        is_chosen: row.is_some_and(|row| row.operator == *it),
    });
    let values: &[&str] = match row.map(|row| row.what.ty) {
        Some(Type::Bool) => &["true", "false"],
        Some(Type::Enum(words)) => words,
        _ => &[],
    };
    let value = row.map(|row| row.value.clone()).unwrap_or_default();
    let values = values.iter().map(|it| Choice {
        value: (*it).to_owned(),
        words: Html::code(it),
        is_chosen: *it == value,
    });
    RowOf {
        number,
        whats: whats.collect(),
        operators: operators.collect(),
        values: values.collect(),
        value,
    }
}
