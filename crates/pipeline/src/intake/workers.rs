//! Threads that work on items.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use model::{Incomplete, IncompleteReason, ItemState, MOST_ATTEMPTS, PartName, Verdict};
use opentelemetry::trace::SpanKind;
use store::{Alike, Item, NewDecision, Outcome, Review, Seen, Seq, StoreError};
use thiserror::Error;

use super::Intake;
use crate::bell::Bell;
use crate::policies::joined;
use crate::review::review_of;
use crate::traces::Span;
use crate::wire::FileResult;

/// How long a worker sleeps when nothing comes, or when the store cannot be written.
const PAUSE: Duration = Duration::from_secs(2);

/// What the work on an item gave.
#[derive(Debug)]
pub struct Worked {
    /// What was found.
    pub result: FileResult,
    /// What the item is known by, for entries that are added later.
    pub seen: Option<Seen>,
    /// Up to which change the banks went when it was matched.
    pub matched_at: Seq,
    /// What policies say of it.
    pub decision: Option<NewDecision>,
    /// What it is put together with, where people must look at it.
    pub alike: Alike,
    /// What it is found by when its texts are searched.
    pub words: Vec<i64>,
}

/// The work on one item.
pub trait Process: Send + Sync + 'static {
    /// Works on it, and gives what was found.
    ///
    /// # Errors
    /// Why it could not be done this time; it will be tried again.
    fn process(&self, item: &Item) -> Result<Worked, String>;

    /// What policies say of an item that is put aside, because it could not be worked on.
    fn put_aside(&self, _item: &Item) -> Option<NewDecision> {
        None
    }

    /// Told after the outcome was noted: what was seen is there now for whoever looks back.
    fn noted(&self, _worked: &Worked) {}
}

/// Why there are no workers.
#[derive(Debug, Error)]
pub enum WorkersError {
    /// What was left over could not be taken up.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no thread.
    #[error("no worker can be started: {0}")]
    Thread(std::io::Error),
}

/// Threads that work on items until they are stopped.
pub struct Workers {
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Workers({})", self.threads.len())
    }
}

/// What all workers share.
struct Shared {
    intake: Intake,
    process: Box<dyn Process>,
}

impl Workers {
    /// Takes up what a process before has left, and starts `threads` workers.
    ///
    /// # Errors
    /// [`WorkersError`].
    pub fn start(intake: &Intake, threads: usize, process: impl Process) -> Result<Self, WorkersError> {
        let store = intake.store();
        for item in store.take_up()? {
            let result = text(&failed(IncompleteReason::Crashed));
            let decision = process.put_aside(&item);
            store.give_back(item.id, item.fence, result, decision, Timestamp::now())?;
        }
        let shared = Arc::new(Shared {
            intake: intake.clone(),
            process: Box::new(process),
        });
        let mut workers = Self {
            bell: Arc::clone(&intake.bell),
            threads: Vec::new(),
        };
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&shared);
            let thread = std::thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || shared.work());
            workers.threads.push(thread.map_err(WorkersError::Thread)?);
        }
        Ok(workers)
    }
}

impl Drop for Workers {
    /// Lets every worker finish the item that it has.
    fn drop(&mut self) {
        self.bell.stop();
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its work; whatever else ended it was seen on standard error.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn work(&self) {
        let bell = &self.intake.bell;
        while let Some(heard) = bell.heard() {
            match self.intake.store().lease(1) {
                Ok(items) if items.is_empty() => bell.wait(heard, PAUSE),
                Ok(items) => items.iter().for_each(|item| self.work_on(item)),
                // Until the store may be written again.
                Err(_) => bell.pause(PAUSE),
            }
        }
    }

    fn work_on(&self, item: &Item) {
        let mut span = Span::begin("work on an item", SpanKind::Consumer, Some(item.receipt));
        span.leads(item.receipt);
        span.note("basira.item", item.id.0);
        // A reader of ours that panics must not take the worker with it; the item is tried again, and then put aside.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.process.process(item)))
            .unwrap_or_else(|_| Err("the work on it panicked".to_owned()));
        let store = self.intake.store();
        let aside = match &outcome {
            Err(_) if item.fence >= MOST_ATTEMPTS => self.process.put_aside(item),
            _ => None,
        };
        let note = || match &outcome {
            Ok(worked) => store
                .finish(item.id, item.fence, outcome_of(worked, item), Timestamp::now())
                .map(|ours| ours.then_some(ItemState::Done)),
            Err(why) => {
                let reason = IncompleteReason::Unreadable { why: why.clone() };
                let result = text(&failed(reason));
                store.give_back(item.id, item.fence, result, aside.clone(), Timestamp::now())
            }
        };
        // The outcome is kept until it can be noted: a full disk passes.
        let became = loop {
            match note() {
                Ok(became) => break became,
                Err(_) if self.intake.bell.is_stopped() => return,
                Err(_) => self.intake.bell.pause(PAUSE),
            }
        };
        if outcome.is_err() {
            span.failed();
        }
        // Without one it was another's by then.
        span.note("basira.state", became.map_or("lost", |state| state.name()));
        drop(span);
        if let (Ok(worked), Some(ItemState::Done)) = (&outcome, became) {
            self.process.noted(worked);
        }
        match became {
            Some(ItemState::Done | ItemState::Aside) => {
                self.intake.outbox.ring();
                self.intake.finished(item.id);
            }
            Some(_) => self.intake.bell.ring(),
            None => {}
        }
    }
}

/// The result of an item that could not be worked on.
fn failed(reason: IncompleteReason) -> FileResult {
    let gap = Incomplete {
        part: PartName::file(),
        reason,
    };
    FileResult {
        verdict: Verdict::Incomplete,
        sha256: None,
        bytes: 0,
        sandbox: None,
        incomplete: vec![(gap.part, gap.reason)],
        matches: Vec::new(),
    }
}

fn outcome_of(worked: &Worked, item: &Item) -> Outcome {
    let matches = worked.result.matches.iter();
    Outcome {
        verdict: worked.result.verdict,
        result: text(&worked.result),
        matches: matches.map(|found| (found.entry, found.distance)).collect(),
        seen: worked.seen.clone(),
        decision: worked.decision.clone(),
        review: joined(
            review_of(&worked.result, item.priority),
            worked.decision.as_ref().and_then(|it| it.review.clone()),
        )
        .map(|review| Review {
            alike: worked.alike.clone(),
            ..review
        }),
        words: worked.words.clone(),
    }
}

fn text(result: &FileResult) -> String {
    // Texts, numbers and lists of them always have a JSON form.
    serde_json::to_string(result).unwrap_or_default()
}
