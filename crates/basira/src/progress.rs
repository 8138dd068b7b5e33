//! Progress bars with rate and time left; nothing where standard error is no terminal.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use decode::Watch;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use pipeline::scan::Progress;

use crate::print;

/// The bar of a scan. The number of files is not known before the walk is done, so the total grows for a while.
pub(crate) struct ScanBar {
    bar: ProgressBar,
    bytes: AtomicU64,
    resumed: AtomicU64,
}

impl ScanBar {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(0)
        };
        // The template is a constant and is tried by every test that scans.
        if let Ok(style) =
            ProgressStyle::with_template("{bar:32} {pos}/{len} files, {per_sec}, {msg} {eta} left{prefix}")
        {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self {
            bar,
            bytes: AtomicU64::new(0),
            resumed: AtomicU64::new(0),
        }
    }

    pub(crate) fn take(&self, progress: Progress<'_>) {
        match progress {
            Progress::Found(files) => self.bar.set_length(files),
            Progress::Within(path, step) => self.bar.set_prefix(format!("; {}: {step}", name(path))),
            Progress::Done { bytes, resumed } => {
                let total = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
                self.resumed.fetch_add(u64::from(resumed), Ordering::Relaxed);
                self.bar.set_message(HumanBytes(total).to_string());
                self.bar.set_prefix("");
                self.bar.inc(1);
            }
        }
    }

    /// Files that were taken from an interrupted run.
    pub(crate) fn resumed(&self) -> u64 {
        self.resumed.load(Ordering::Relaxed)
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Does work on a file, with a line about it from its first sign of life on: most files are done before.
pub(crate) fn watched<T>(path: &Path, work: impl FnOnce(&mut Watch<'_>) -> T) -> T {
    let mut bar: Option<ProgressBar> = None;
    let done = work(&mut |step| {
        let bar = bar.get_or_insert_with(ProgressBar::new_spinner);
        bar.set_message(format!("{}: {step}", name(path)));
        bar.tick();
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    done
}

/// The last name of a path, fit for a terminal.
fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    print::plain(&name.to_string_lossy())
}

/// A count of what is done, where its end is not known.
pub(crate) fn counting(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    // The template is a constant and is tried by every test of a backup.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {msg}, {per_sec}") {
        bar.set_style(style);
    }
    bar.with_message(what)
}
