//! A progress bar with rate and time left; nothing where standard error is no terminal.

use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use pipeline::scan::Progress;

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
            ProgressStyle::with_template("{bar:32} {pos}/{len} files, {per_sec}, {msg} {eta} left")
        {
            bar.set_style(style.progress_chars("━╸ "));
        }
        Self {
            bar,
            bytes: AtomicU64::new(0),
            resumed: AtomicU64::new(0),
        }
    }

    pub(crate) fn take(&self, progress: Progress) {
        match progress {
            Progress::Found(files) => self.bar.set_length(files),
            Progress::Done { bytes, resumed } => {
                let total = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
                self.resumed.fetch_add(u64::from(resumed), Ordering::Relaxed);
                self.bar.set_message(HumanBytes(total).to_string());
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
