//! Workers: every item has one outcome, and one that cannot be worked on stops nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod policies;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use basira_pipeline::intake::{Intake, Process, Worked, Workers};
use basira_pipeline::wire::FileResult;
use jiff::Timestamp;
use model::{ItemState, Priority, Verdict};
use store::{Access, Item, NewItem, Options, Store, Submission};

/// Panics, fails, or takes items as clean, by the first byte of their names; counts attempts.
#[derive(Clone, Default)]
struct Odd {
    attempts: Arc<Mutex<HashMap<String, u32>>>,
}

impl Process for Odd {
    fn process(&self, item: &Item) -> Result<Worked, String> {
        let name = item.external_id.clone().unwrap();
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap();
            let count = attempts.entry(name.clone()).or_default();
            *count += 1;
            *count
        };
        match name.as_bytes()[0] {
            b'p' => panic!("poison"),
            b'f' => Err("a failure".to_owned()),
            b't' if attempt < 3 => Err("the third time it works".to_owned()),
            _ => Ok(Worked {
                result: FileResult {
                    verdict: Verdict::NoMatch,
                    sha256: Some(item.sha256),
                    bytes: item.size,
                    sandbox: None,
                    incomplete: Vec::new(),
                    matches: Vec::new(),
                },
                seen: None,
                matched_at: store::Seq(0),
                decision: None,
                alike: store::Alike::default(),
                words: Vec::new(),
            }),
        }
    }
}

fn submit(intake: &Intake, name: &str, priority: Priority) -> Submission {
    let mut incoming = intake.store().begin_blob().unwrap();
    incoming.write(name.as_bytes()).unwrap();
    let arrived = incoming.finish().unwrap();
    let new = NewItem {
        source: "forum".parse().unwrap(),
        external_id: Some(name.to_owned()),
        context: model::Context::default(),
        priority,
        idempotency_key: None,
        received_at: Timestamp::now(),
    };
    intake.submit(&arrived, new).unwrap()
}

fn wait(intake: &Intake, submissions: &[Submission]) -> Vec<Item> {
    let (sender, finished) = mpsc::channel();
    for submission in submissions {
        let sender = sender.clone();
        let waiter = Box::new(move || sender.send(()).unwrap());
        intake.when_finished(submission, waiter).unwrap();
    }
    for _ in submissions {
        finished.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    assert_eq!(intake.waited_for(), 0);
    submissions
        .iter()
        .map(|submission| intake.store().item(submission.item.receipt).unwrap().unwrap())
        .collect()
}

#[test]
fn poison_is_put_aside_after_three_attempts_and_all_others_are_done() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let mut options = Options::new(Access::Writer, &place.path().join("key"));
    // The suite's second engine: a schema of its own for each folder.
    if let Ok(server) = std::env::var("BASIRA_TEST_DATABASE") {
        options.database = Some(testkit::schema_url(&server, &data).parse().unwrap());
    }
    let store = Arc::new(Store::open(&data, options).unwrap());
    let intake = Intake::new(store);
    let names = (0..300).map(|number| match number % 50 {
        7 => format!("poison {number}"),
        8 => format!("failing {number}"),
        9 => format!("third {number}"),
        _ => format!("good {number}"),
    });
    let submissions: Vec<Submission> = names
        .map(|name| submit(&intake, &name, Priority::default()))
        .collect();
    let odd = Odd::default();
    let workers = Workers::start(&intake, 3, odd.clone()).unwrap();
    for item in wait(&intake, &submissions) {
        let name = item.external_id.unwrap();
        let attempts = odd.attempts.lock().unwrap()[&name];
        let result: FileResult = serde_json::from_str(&item.result.unwrap()).unwrap();
        let found = (item.state, item.verdict.unwrap(), attempts, result.verdict);
        let want = match name.as_bytes()[0] {
            b'p' | b'f' => (ItemState::Aside, Verdict::Incomplete, 3, Verdict::Incomplete),
            b't' => (ItemState::Done, Verdict::NoMatch, 3, Verdict::NoMatch),
            _ => (ItemState::Done, Verdict::NoMatch, 1, Verdict::NoMatch),
        };
        assert_eq!(found, want, "{name}");
    }
    // Whoever waits for what is finished is told at once, and workers go on.
    wait(&intake, &submissions[..1]);
    wait(&intake, &[submit(&intake, "later", Priority::SCAN)]);
    drop(workers);
    submit(&intake, "after the end", Priority::default());
    assert_eq!(intake.store().backlog().unwrap().queued, 1);
}
