//! Takes from the outbox what is due, and posts it.
//!
//! One thread looks for what is due; each attempt has a thread of its own, and each webhook at most a few, so that one
//! that is slow keeps nobody waiting but itself.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use model::WebhookId;
use opentelemetry::trace::SpanKind;
use store::{Attempted, Delivery, Store, StoreError, Webhook};

use super::client::Client;
use super::guard::Guard;
use super::target::Target;
use super::{pace, sign};
use crate::bell::Bell;
use crate::traces::Span;

/// Attempts that one webhook has at once at most.
const LANES: usize = 4;
/// How long the outbox is left alone at most: the clock of the machine may have been set.
const LOOK: Duration = Duration::from_secs(10);
/// How long to wait for a store that cannot be read or written.
const PAUSE: Duration = Duration::from_secs(2);
/// How often it is looked whether they have ended.
const GLANCE: Duration = Duration::from_millis(20);
/// How long attempts that are under way may take when the program stops. What is cut off is sent again after the next
/// start, as the same event.
const FAREWELL: Duration = Duration::from_secs(5);

/// Where what is told to webhooks waits.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Rings when something may be due, and when something is no longer under way.
    bell: Bell,
    /// Deliveries that are under way, by their numbers.
    under_way: Mutex<HashMap<WebhookId, HashSet<i64>>>,
}

impl Outbox {
    /// Says that something may be due.
    pub fn ring(&self) {
        self.bell.ring();
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<WebhookId, HashSet<i64>>> {
        // What is done while it is held leaves it whole.
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A delivery that is under way, until this is dropped.
struct UnderWay {
    outbox: Arc<Outbox>,
    webhook: WebhookId,
    number: i64,
}

impl UnderWay {
    /// `None` when it is under way already.
    fn begin(outbox: &Arc<Outbox>, delivery: &Delivery) -> Option<Self> {
        let mut under_way = outbox.under_way();
        let lanes = under_way.entry(delivery.webhook).or_default();
        lanes.insert(delivery.number).then(|| Self {
            outbox: Arc::clone(outbox),
            webhook: delivery.webhook,
            number: delivery.number,
        })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(lanes) = self.outbox.under_way().get_mut(&self.webhook) {
            lanes.remove(&self.number);
        }
        self.outbox.ring();
    }
}

/// The threads that deliver, until it is dropped.
#[derive(Debug)]
pub struct Deliverer {
    outbox: Arc<Outbox>,
    looking: Option<JoinHandle<()>>,
}

/// What all threads share.
struct Shared {
    store: Arc<Store>,
    outbox: Arc<Outbox>,
    client: Client,
    guard: Guard,
}

impl Deliverer {
    /// Begins to deliver what the store's outbox holds.
    ///
    /// # Errors
    /// That the system gives no thread.
    pub fn start(store: &Arc<Store>, outbox: &Arc<Outbox>, guard: Guard) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            store: Arc::clone(store),
            outbox: Arc::clone(outbox),
            client: Client::new(guard.clone()),
            guard,
        });
        let looking = std::thread::Builder::new()
            .name("deliverer".to_owned())
            .spawn(move || shared.look())?;
        Ok(Self {
            outbox: Arc::clone(outbox),
            looking: Some(looking),
        })
    }
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        self.outbox.bell.stop();
        if let Some(looking) = self.looking.take() {
            // What ended it was seen on standard error.
            let _ = looking.join();
        }
        let end = Instant::now() + FAREWELL;
        let busy = || self.outbox.under_way().values().any(|lanes| !lanes.is_empty());
        while busy() && Instant::now() < end {
            std::thread::sleep(GLANCE);
        }
    }
}

impl Shared {
    fn look(self: &Arc<Self>) {
        let bell = &self.outbox.bell;
        while let Some(heard) = bell.heard() {
            match self.send_due() {
                Ok(next) => bell.wait(heard, next),
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be read, and is tried again");
                    bell.pause(PAUSE);
                }
            }
        }
    }

    /// Begins to send what is due, as far as there are lanes; gives how long until something is due next.
    fn send_due(self: &Arc<Self>) -> Result<Duration, StoreError> {
        let mut wait = LOOK;
        let webhooks = self.store.webhooks()?;
        for webhook in webhooks
            .into_iter()
            .filter(|webhook| webhook.disabled_at.is_none())
        {
            let busy = self.outbox.under_way().get(&webhook.id).map_or(0, HashSet::len);
            if busy >= LANES {
                // Whichever ends first rings.
                continue;
            }
            let now = Timestamp::now();
            let farthest = now.saturating_add(pace::FARTHEST).unwrap_or(Timestamp::MAX);
            if self.store.next_delivery(webhook.id, farthest)?.is_some() {
                // What is due in years was put off when the clock was wrong.
                self.store.hasten_deliveries(farthest, now)?;
            }
            // Those that are under way are due as well, and are at most as many as there are lanes.
            let due = self.store.due_deliveries(webhook.id, now, (2 * LANES) as u32)?;
            let mut free = LANES - busy;
            for delivery in due {
                if free == 0 {
                    break;
                }
                if let Some(under_way) = UnderWay::begin(&self.outbox, &delivery) {
                    self.begin(webhook.clone(), delivery, under_way);
                    free -= 1;
                }
            }
            if free > 0
                && let Some(next) = self.store.next_delivery(webhook.id, now)?
            {
                let until = next.duration_since(now).unsigned_abs();
                wait = wait.min(until + Duration::from_millis(1));
            }
        }
        Ok(wait)
    }

    fn begin(self: &Arc<Self>, webhook: Webhook, delivery: Delivery, under_way: UnderWay) {
        let shared = Arc::clone(self);
        let attempt = move || {
            // Dropped whatever happens, so that the lane is free again.
            let _under_way = under_way;
            shared.attempt(&webhook, &delivery);
        };
        let thread = std::thread::Builder::new()
            .name("delivery".to_owned())
            .spawn(attempt);
        if let Err(error) = thread {
            // The closure was dropped, and with it the lane was freed.
            tracing::error!(%error, "no thread to send a delivery, which is tried again");
            self.outbox.bell.pause(PAUSE);
        }
    }

    fn attempt(&self, webhook: &Webhook, delivery: &Delivery) {
        if self.outbox.bell.is_stopped() {
            return;
        }
        // Since it was read it may have been noted as sent by the attempt before, confirmed, or put aside.
        match self.store.is_due(delivery.number, Timestamp::now()) {
            Ok(true) => {}
            Ok(false) => return,
            Err(_) => return self.outbox.bell.pause(PAUSE),
        }
        let mut span = Span::begin("tell a webhook", SpanKind::Client, delivery.receipt);
        span.note("basira.webhook", webhook.id.0);
        span.note("basira.delivery", delivery.number);
        span.note("basira.attempt", i64::from(delivery.attempts) + 1);
        let trace = span.header();
        let post = || catch_unwind(AssertUnwindSafe(|| self.post(webhook, delivery, trace)));
        let outcome = post().unwrap_or_else(|_| Err((None, "the attempt panicked".to_owned())));
        let status = match &outcome {
            Ok((status, _)) => Some(*status),
            Err((status, _)) => *status,
        };
        if let Some(status) = status {
            span.note("http.response.status_code", i64::from(status));
        }
        if outcome.is_err() {
            span.failed();
        }
        drop(span);
        let now = Timestamp::now();
        let attempted = match outcome {
            Ok((status, confirmed)) => Attempted::Delivered { status, confirmed },
            Err((status, error)) => Attempted::Failed {
                status,
                error,
                next: pace::next(delivery.begun_at, delivery.attempts + 1, now, chance()),
            },
        };
        // What is not noted is sent again, so that it is noted as soon as the disk takes it.
        while let Err(error) = self.store.note_attempt(delivery.number, attempted.clone(), now) {
            if self.outbox.bell.is_stopped() {
                return;
            }
            tracing::error!(%error, "a delivery cannot be noted, and is tried again");
            self.outbox.bell.pause(PAUSE);
        }
    }

    /// The status and whether the answer confirms; else the status, if there was one, and what went wrong.
    fn post(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        trace: Option<(&'static str, String)>,
    ) -> Result<(u16, bool), (Option<u16>, String)> {
        let fail = |why: String| (None, why);
        let secret = self
            .store
            .webhook_secret(webhook.id)
            .map_err(|error| fail(format!("not sent: {error}")))?;
        let secret = secret.ok_or_else(|| {
            fail(
                "not sent: the secret of the webhook cannot be read, and nothing is sent unsigned; put the key of the \
                 data folder back, or make the webhook anew"
                    .to_owned(),
            )
        })?;
        let target: Target = webhook
            .url
            .parse()
            .map_err(|error| fail(format!("not sent: {error}")))?;
        target
            .check(&self.guard)
            .map_err(|error| fail(format!("not sent: {error}")))?;
        let seconds = Timestamp::now().as_second();
        let signature = sign::signature(&secret, &delivery.event, seconds, &delivery.body)
            .ok_or_else(|| fail("not sent: it cannot be signed".to_owned()))?;
        let headers = [
            ("webhook-id", delivery.event.to_string()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature),
        ];
        let headers: Vec<(&str, String)> = headers.into_iter().chain(trace).collect();
        let answer = self
            .client
            .post(&target, &headers, &delivery.body)
            .map_err(fail)?;
        match answer.status {
            200..=299 => Ok((answer.status, answer.confirmed)),
            300..=399 => {
                let why =
                    "it answered with a redirect, which is not followed; give the webhook the address itself";
                Err((Some(answer.status), why.to_owned()))
            }
            status => Err((Some(status), format!("it answered {status}"))),
        }
    }
}

/// A byte of chance; none where the system gives none, which only makes what failed together come together.
fn chance() -> u8 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    byte[0]
}
