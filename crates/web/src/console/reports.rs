//! Reports: those of a case, those of what is not held, and how often those of an institution were right. Who has sent
//! one is on no page.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use model::{CaseId, PersonId, ReportId, Right, SourceName};
use pipeline::policies::Interval;
use pipeline::report::Html;
use serde::Deserialize;
use store::{Appeal, Appeals, Case, Report, ReportedBy, Reports, Store, StoreError};

use super::appeals;
use super::page::{Answer, Seen, page};
use crate::app::App;
use crate::extract::Query;

/// Reports and appeals of a case that its page shows.
const OF_CASE: u32 = 50;
/// Reports of one page.
const MOST: u32 = 100;

/// What was reported and appealed about a case, as it is stored.
#[derive(Debug)]
pub(super) struct Loaded {
    reports: Vec<Report>,
    count: u64,
    appeals: Vec<Appeal>,
}

/// The same, for its page.
pub(super) struct OfCase {
    pub(super) rows: Vec<Row>,
    /// How many reports there are, in words.
    pub(super) count: String,
    /// Whether there are more than are shown.
    pub(super) is_cut: bool,
    pub(super) appeals: Vec<appeals::Row>,
}

pub(super) struct Row {
    pub(super) id: i64,
    pub(super) category: String,
    /// The institution, or that it came by the form.
    pub(super) from: Html,
    pub(super) at: Html,
    /// Why, for whoever may read what strangers write.
    pub(super) words: Option<Html>,
    /// What it is about, for the same.
    pub(super) about: Option<Html>,
}

struct Precision {
    from: Html,
    counted: ReportedBy,
    share: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "console/reports.html")]
struct ReportsPage {
    seen: Seen,
    title: String,
    sources: Vec<Precision>,
    rows: Vec<Row>,
    next: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The last report of the page before.
    before: Option<i64>,
}

/// Reads what was reported and appealed about a case.
pub(super) fn load(store: &Store, case: CaseId) -> Result<Loaded, StoreError> {
    let (reports, count) = store.reports_of_case(case, OF_CASE)?;
    Ok(Loaded {
        reports,
        count,
        appeals: store.appeals(&Appeals::OfCase(case), None, OF_CASE)?,
    })
}

/// What the page of a case shows of it.
pub(super) fn of_case(
    seen: &Seen,
    case: &Case,
    loaded: &Loaded,
    name: impl Fn(PersonId) -> String,
) -> OfCase {
    let may_read = seen.may_on(Right::SeeContext, case);
    let rows = loaded.reports.iter().map(|report| row(seen, report, may_read));
    let appeals = loaded.appeals.iter();
    OfCase {
        rows: rows.collect(),
        count: seen.count("reports-count", loaded.count),
        is_cut: loaded.count > u64::from(OF_CASE),
        appeals: appeals
            .map(|appeal| appeals::row(seen, case, appeal, &name))
            .collect(),
    }
}

fn from(seen: &Seen, source: Option<&SourceName>) -> Html {
    match source {
        Some(source) => Html::foreign(source.as_str()),
        None => Html::words(&seen.say("report-by-form")),
    }
}

fn row(seen: &Seen, report: &Report, may_read: bool) -> Row {
    let about = report.url.as_deref().or(report.external_id.as_deref());
    Row {
        id: report.id.0,
        category: seen.word("category-", report.category.name()),
        from: from(seen, report.source.as_ref()),
        at: seen.time(&report.received_at),
        words: may_read.then(|| Html::lines(&report.words)),
        about: about.filter(|_| may_read).map(Html::foreign),
    }
}

/// A share of one in per cent, without a fraction.
fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

fn precision(seen: &Seen, counted: ReportedBy) -> Precision {
    let share = Interval::of(counted.violating, counted.decided).map(|found| {
        let (low, high) = (percent(found.low), percent(found.high));
        (format!("{} %", percent(found.share)), format!("{low}–{high} %"))
    });
    Precision {
        from: from(seen, counted.source.as_ref()),
        counted,
        share,
    }
}

/// Reports of what is not held, and how often those of each institution were right.
pub(super) async fn list(State(app): State<Arc<App>>, seen: Seen, Query(asked): Query<Asked>) -> Answer {
    let before = asked.before.map(ReportId);
    let (sources, reports) = app
        .apart(move |app| {
            let store = app.intake.store();
            let reports = store.reports(&Reports::NotHeld, before, MOST)?;
            Ok::<_, StoreError>((store.reports_by_source()?, reports))
        })
        .await?;
    let may_read = seen.may(Right::SeeContext);
    let last = reports.last().map(|report| report.id.0);
    page(&ReportsPage {
        title: seen.say("reports"),
        sources: sources
            .into_iter()
            .map(|counted| precision(&seen, counted))
            .collect(),
        rows: reports
            .iter()
            .map(|report| row(&seen, report, may_read))
            .collect(),
        next: last.filter(|_| reports.len() >= MOST as usize),
        seen,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_percents() {
        assert_eq!(percent(0.0), "0");
        assert_eq!(percent(0.555), "56");
        assert_eq!(percent(1.0), "100");
    }
}
