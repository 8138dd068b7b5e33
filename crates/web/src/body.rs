//! Bodies that become items: taken piece by piece into a blob, with a limit and a floor of speed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use http_body_util::BodyExt;
use store::Arrived;
use tokio::sync::mpsc;

use crate::app::App;
use crate::observe;
use crate::problem::Problem;

/// The longest pause between two pieces.
const PAUSE: Duration = Duration::from_secs(10);
/// Bytes a second that a body must have on average after its first [`PAUSE`].
const FLOOR: u64 = 1 << 10;
/// Bytes that are kept in memory before a thread is asked to write them.
const SMALL: usize = 1 << 20;

/// Where pieces come from.
enum Source<'a> {
    Body(Body),
    Field(Box<Field<'a>>),
}

/// A body, or a field of one, that comes in pieces.
pub(crate) struct Pieces<'a> {
    source: Source<'a>,
    limit: u64,
    taken: u64,
    begun: Instant,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(body: Body, limit: u64) -> Self {
        Self::of(Source::Body(body), limit)
    }

    pub(crate) fn of_field(field: Field<'a>, limit: u64) -> Self {
        Self::of(Source::Field(Box::new(field)), limit)
    }

    fn of(source: Source<'a>, limit: u64) -> Self {
        Self {
            source,
            limit,
            taken: 0,
            begun: Instant::now(),
        }
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let piece = tokio::time::timeout(PAUSE, self.source.next())
                .await
                .map_err(|_| Problem::too_slow())??;
            let Some(bytes) = piece else { return Ok(None) };
            // An empty piece ends a blob further on.
            if bytes.is_empty() {
                continue;
            }
            self.taken += bytes.len() as u64;
            if self.taken > self.limit {
                return Err(Problem::too_large(self.limit));
            }
            let passed = self.begun.elapsed();
            if passed > PAUSE && self.taken < passed.as_secs() * FLOOR {
                return Err(Problem::too_slow());
            }
            return Ok(Some(bytes));
        }
    }

    /// The whole body, if it is no longer than the limit.
    pub(crate) async fn all(mut self) -> Result<Vec<u8>, Problem> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            whole.extend_from_slice(&bytes);
        }
        Ok(whole)
    }
}

impl Source<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        match self {
            Self::Body(body) => loop {
                let Some(frame) = body.frame().await else {
                    return Ok(None);
                };
                let broken = |error| Problem::bad_request(format!("the body broke off: {error}"));
                if let Ok(bytes) = frame.map_err(broken)?.into_data() {
                    return Ok(Some(bytes));
                }
            },
            Self::Field(field) => field
                .chunk()
                .await
                .map_err(|error| Problem::bad_request(error.body_text())),
        }
    }
}

/// Takes a body into a blob.
pub(crate) async fn receive(app: &Arc<App>, mut pieces: Pieces<'_>) -> Result<Arrived, Problem> {
    let mut first = Vec::new();
    while first.len() < SMALL {
        match pieces.next().await? {
            Some(bytes) => first.extend_from_slice(&bytes),
            None => return keep(app, first).await,
        }
    }
    // What is long is written while it comes, so that memory does not grow with it.
    let (sender, mut receiver) = mpsc::channel::<Bytes>(16);
    let writing = {
        let (app, id) = (Arc::clone(app), observe::current());
        let work = move || -> Result<Option<Arrived>, Problem> {
            let mut incoming = app.intake.store().begin_blob()?;
            incoming.write(&first)?;
            while let Some(bytes) = receiver.blocking_recv() {
                if bytes.is_empty() {
                    return Ok(Some(incoming.finish()?));
                }
                incoming.write(&bytes)?;
            }
            // The sender is gone without having said that it was the end.
            Ok(None)
        };
        tokio::task::spawn_blocking(move || observe::within(id, work))
    };
    let sent = async {
        while let Some(bytes) = pieces.next().await? {
            if sender.send(bytes).await.is_err() {
                // The writer has failed, and says why.
                return Ok(());
            }
        }
        // As above.
        let _ = sender.send(Bytes::new()).await;
        Ok(())
    }
    .await;
    drop(sender);
    let written = writing.await?;
    sent.and(written)?
        .ok_or_else(|| Problem::internal("a blob was not finished"))
}

/// Keeps bytes that are in memory.
pub(crate) async fn keep(app: &Arc<App>, bytes: Vec<u8>) -> Result<Arrived, Problem> {
    app.apart(move |app| -> Result<Arrived, Problem> {
        let mut incoming = app.intake.store().begin_blob()?;
        incoming.write(&bytes)?;
        Ok(incoming.finish()?)
    })
    .await
}
