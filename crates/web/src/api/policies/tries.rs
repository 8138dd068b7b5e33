//! Backtests and replays: what takes its time is done beside requests, one after the other.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use pipeline::policies::{Desk, Effect, backtest, replay_all};
use policy::{PolicyId, PolicySet, SourceFile};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{FileBody, READERS};
use crate::api::Refusals;
use crate::app::App;
use crate::auth::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;

/// Tries that are remembered.
const MOST: usize = 32;
/// Tries that wait or run at once.
const MOST_AT_ONCE: usize = 2;

/// Tries that were asked for since the start of the service.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    kept: Mutex<VecDeque<Arc<Try>>>,
    last: AtomicU64,
}

/// One of them.
#[derive(Debug)]
struct Try {
    id: u64,
    done: AtomicU64,
    of: AtomicU64,
    ended: Mutex<Option<Result<Value, String>>>,
}

impl Tries {
    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Try>>> {
        // What is done while it is held leaves it whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far one has come.
    pub(crate) fn find(&self, id: &str) -> Result<TryView, Problem> {
        let kept = self.kept();
        let found = kept.iter().find(|it| it.id.to_string() == id);
        let found =
            found.ok_or_else(|| Problem::not_found("there is no such backtest or replay (any more)"))?;
        Ok(found.view())
    }

    fn begin(&self) -> Result<Arc<Try>, Problem> {
        let mut kept = self.kept();
        if kept.iter().filter(|it| it.ended().is_none()).count() >= MOST_AT_ONCE {
            return Err(Problem::busy(
                "others are tried at this moment; wait until one has ended",
            ));
        }
        let begun = Arc::new(Try {
            id: 1 + self.last.fetch_add(1, Ordering::Relaxed),
            done: AtomicU64::new(0),
            of: AtomicU64::new(0),
            ended: Mutex::new(None),
        });
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&begun));
        Ok(begun)
    }
}

impl Try {
    fn ended(&self) -> Option<Result<Value, String>> {
        // As above.
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn end(&self, how: Result<Value, String>) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
    }

    fn step(&self) -> ControlFlow<()> {
        self.done.fetch_add(1, Ordering::Relaxed);
        ControlFlow::Continue(())
    }

    fn view(&self) -> TryView {
        let (state, result, error) = match self.ended() {
            None => ("running", None, None),
            Some(Ok(result)) => ("done", Some(result), None),
            Some(Err(error)) => ("failed", None, Some(error)),
        };
        TryView {
            id: self.id.to_string(),
            state,
            done: self.done.load(Ordering::Relaxed),
            of: self.of.load(Ordering::Relaxed),
            result,
            error,
        }
    }
}

/// How far a backtest or a replay has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TryView {
    /// Its id.
    pub(crate) id: String,
    /// `running`, `done` or `failed`.
    pub(crate) state: &'static str,
    /// Decisions that were looked at.
    pub(crate) done: u64,
    /// Decisions in all.
    pub(crate) of: u64,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) result: Option<Value>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// What is to be tried on what was known in the last days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBacktest {
    /// The files that are tried; clauses and grounds are the newest ones where none are among them.
    files: Vec<FileBody>,
    /// The files of a set that they are held against as a set. Without it, they are tried beside what is enforced now, and
    /// held against what was decided then.
    #[serde(default)]
    against: Option<Vec<FileBody>>,
    /// Days back from now.
    #[serde(default = "month")]
    #[schema(minimum = 1, maximum = 366, default = 30)]
    days: u16,
}

/// What is to be decided again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReplay {
    /// How many decisions, chosen at random; all of the last days without it.
    sample: Option<u32>,
    /// Days back from now.
    #[serde(default = "month")]
    #[schema(minimum = 1, maximum = 366, default = 30)]
    days: u16,
}

const fn month() -> u16 {
    30
}

fn since(days: u16) -> Result<Timestamp, Problem> {
    match days {
        1..=366 => Ok(Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days))),
        other => Err(Problem::field(
            "days",
            format!("{other} is not between 1 and 366"),
        )),
    }
}

fn sources(files: Vec<FileBody>) -> Vec<SourceFile> {
    files.into_iter().map(SourceFile::from).collect()
}

/// Tries a set of policies on what was known in the last days: what it would have done, what it covers, catches alone and
/// misses, and its precision in the eyes of people. It is done beside requests: ask after it by its id.
#[utoipa::path(
    post, path = "/v1/backtests", tag = "policies", request_body = NewBacktest,
    responses((status = 202, body = TryView), Refusals)
)]
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewBacktest>,
) -> Result<(StatusCode, Answer<TryView>), Problem> {
    caller.may_any(&READERS)?;
    let (files, against) = (sources(new.files), new.against.map(sources));
    let begun = backtest_of(&app, files, against, new.days).await?;
    Ok((StatusCode::ACCEPTED, Answer(begun)))
}

/// Begins a backtest, wherever it was asked for.
pub(crate) async fn backtest_of(
    app: &Arc<App>,
    files: Vec<SourceFile>,
    against: Option<Vec<SourceFile>>,
    days: u16,
) -> Result<TryView, Problem> {
    let since = since(days)?;
    type Checked = (PolicySet, Vec<PolicyId>, Option<PolicySet>);
    let checked = app.apart(move |app| -> Result<Checked, Problem> {
        let desk = Desk::new(app.intake.store());
        Ok(match against {
            None => {
                let (set, about) = desk.with_in_use(&files)?;
                (set, about, None)
            }
            Some(against) => (desk.check(&files)?, Vec::new(), Some(desk.check(&against)?)),
        })
    });
    let (set, about, against) = checked.await?;
    let begun = app.tries.begin()?;
    run(app, Arc::clone(&begun), move |app, it| {
        let store = app.intake.store();
        it.of.store(store.count_decisions(since)?, Ordering::Relaxed);
        let effect = Effect::of(&set, about.clone());
        let other = against.as_ref().map(|set| Effect::of(set, about.clone()));
        let found = backtest(store, &effect, other.as_ref(), since, || it.step())?;
        Ok(serde_json::to_value(found).unwrap_or_default())
    });
    Ok(begun.view())
}

/// Decides again what was decided: the same must come out. It is done beside requests: ask after it by its id.
#[utoipa::path(
    post, path = "/v1/replays", tag = "policies", request_body = NewReplay,
    responses((status = 202, body = TryView), Refusals)
)]
pub(crate) async fn begin_replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewReplay>,
) -> Result<(StatusCode, Answer<TryView>), Problem> {
    caller.may_any(&READERS)?;
    let since = since(new.days)?;
    let begun = app.tries.begin()?;
    run(&app, Arc::clone(&begun), move |app, it| {
        let store = app.intake.store();
        let all = store.count_decisions(since)?;
        it.of.store(
            new.sample.map_or(all, |sample| all.min(sample.into())),
            Ordering::Relaxed,
        );
        let found = replay_all(store, since, new.sample, || it.step())?;
        Ok(serde_json::to_value(found).unwrap_or_default())
    });
    Ok((StatusCode::ACCEPTED, Answer(begun.view())))
}

/// How far a backtest or a replay has come, and what it found.
#[utoipa::path(
    get, path = "/v1/backtests/{id}", tag = "policies", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = TryView), Refusals)
)]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Answer<TryView>, Problem> {
    caller.may_any(&READERS)?;
    Ok(Answer(app.tries.find(&id)?))
}

/// Runs it where it disturbs nobody.
fn run(
    app: &Arc<App>,
    it: Arc<Try>,
    work: impl FnOnce(&App, &Try) -> Result<Value, store::StoreError> + Send + 'static,
) {
    let app = Arc::clone(app);
    drop(tokio::task::spawn_blocking(move || {
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&app, &it)));
        it.end(match made {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it panicked; this is a fault of the program, please report it".to_owned()),
        });
    }));
}
