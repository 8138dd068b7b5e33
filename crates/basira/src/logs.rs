//! The log of the service, on standard error: text or JSON lines, written by a thread of its own, so that no request waits
//! for whoever reads it.

use std::io::{self, Write};
use std::panic;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;

use crate::operations::{LogFormat, LogLevel, LogOptions};

/// Bytes that may wait to be written. What comes beyond is left out, and counted.
const ROOM: usize = 1 << 20;
/// How long lines are gathered, so that many are written at once.
const GATHER: Duration = Duration::from_millis(20);

/// How long the end of the program waits for whoever reads the log.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lines that wait to be written.
#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    left_out: u64,
    /// Whether lines that were taken from here are being written.
    writing: bool,
}

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Rung when a first line waits.
    first: Condvar,
    /// Rung when lines were written.
    written: Condvar,
}

static LOG: OnceLock<Arc<Shared>> = OnceLock::new();

impl LogLevel {
    fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Begins to log what happens in the rooms of Basira: what a dependency says could have content in it.
pub(crate) fn start(options: &LogOptions) -> Result<()> {
    let shared = Arc::clone(LOG.get_or_init(Arc::default));
    // Every room's name begins so.
    let ours = Targets::new().with_target("basira", options.log_level.filter());
    let layer = fmt::layer()
        .with_target(false)
        .with_ansi(false)
        .with_writer(Sink(Arc::clone(&shared)));
    let layer = match options.log_format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed(),
    };
    let subscriber = tracing_subscriber::registry().with(layer.with_filter(ours));
    tracing::subscriber::set_global_default(subscriber).context("the log was begun already")?;
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || shared.write_for_ever())
        .context("no thread to write the log")?;
    // What a panic says may hold what it was about; where it was suffices to find it.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a fault in the program");
        flush();
    }));
    Ok(())
}

/// Waits until what was logged is written, before the program ends; not for ever, if nobody takes it.
pub(crate) fn flush() {
    if let Some(shared) = LOG.get() {
        let is_open = |waiting: &mut Waiting| waiting.writing || !waiting.lines.is_empty();
        drop(
            shared
                .written
                .wait_timeout_while(shared.lock(), PATIENCE, is_open),
        );
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Lines are whole, whatever happens to whoever adds one.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut waiting = self.lock();
        if waiting.lines.len() + line.len() > ROOM {
            waiting.left_out += 1;
            return;
        }
        let is_first = waiting.lines.is_empty();
        waiting.lines.extend_from_slice(line);
        drop(waiting);
        if is_first {
            self.first.notify_one();
        }
    }

    fn write_for_ever(&self) {
        loop {
            drop(
                self.first
                    .wait_while(self.lock(), |waiting| waiting.lines.is_empty()),
            );
            std::thread::sleep(GATHER);
            let mut waiting = self.lock();
            let lines = std::mem::take(&mut waiting.lines);
            let left_out = std::mem::take(&mut waiting.left_out);
            waiting.writing = true;
            drop(waiting);
            // Where nobody takes the log, there is nobody to tell.
            let _ = io::stderr().lock().write_all(&lines);
            if left_out > 0 {
                tracing::warn!(
                    lines = left_out,
                    "lines of the log were left out: they are not read fast enough"
                );
            }
            self.lock().writing = false;
            self.written.notify_all();
        }
    }
}

/// Where lines of the log go.
struct Sink(Arc<Shared>);

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.0)
    }
}

/// Takes a line, which comes whole.
struct Line<'a>(&'a Shared);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_reads_takes_no_more_than_its_room() {
        let shared = Shared::default();
        let line = [b'.'; 1000];
        for _ in 0..2 * ROOM / line.len() {
            shared.add(&line);
        }
        let waiting = shared.lock();
        assert!(waiting.lines.len() <= ROOM && waiting.lines.len() > ROOM - line.len());
        assert_eq!(
            waiting.left_out as usize,
            2 * ROOM / line.len() - waiting.lines.len() / line.len()
        );
    }
}
