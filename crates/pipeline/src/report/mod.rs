//! The HTML report of a scan: one file that opens without a network, in Arabic or English.
//!
//! Three nouns to know. A [`ReportItem`] is one scanned file with what was found in it. A [`Summary`] is the totals,
//! known before the first item, because results are replayed from the store. An [`HtmlReport`] writes both as they
//! come and keeps none, so that a hundred thousand files need no more memory than one.
//!
//! The page has no script and a content security policy that forbids everything but its own style and the previews
//! inside it. Previews are grey, small, and covered until somebody opens one. Everything that comes from outside
//! (paths, messages, names) goes through one module, `html`, which escapes it and makes invisible characters visible.
//!
//! The order of items is the caller's; matches first is the order that people want.

mod areas;
mod excerpt;
mod explain;
mod gaps;
mod html;
mod locale;
mod page;
mod pieces;
mod preview;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, Write};

use askama::Template;
use fingerprint::grey::GreyPicture;
use jiff::Timestamp;
use model::{Incomplete, Match, Sha256, Verdict};

pub use excerpt::Excerpt;
pub use html::Html;
pub use locale::{Lang, UnknownLang};
pub use pieces::{gap_html, match_html, preview_address};

/// Items that get a preview; the page would otherwise grow too large for a browser. Later items have none.
pub const MAX_PREVIEWS: u64 = 5_000;

/// Matches of one item that are written, best first; the number of the others is named.
pub const MAX_MATCHES: usize = 50;

/// One scanned file with what was found in it.
#[derive(Debug, Clone)]
pub struct ReportItem {
    /// Its path, as it is to be shown.
    pub path: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was not looked at.
    pub incomplete: Vec<Incomplete>,
    /// Its matches, best first; also those that do not count.
    pub matches: Vec<Match>,
    /// What was found in texts, for each match in order; shorter where there is none.
    pub excerpts: Vec<Vec<Excerpt>>,
    /// A grey thumbnail of the scanned picture, at most 160 pixels a side.
    pub thumbnail: Option<GreyPicture>,
    /// SHA-256 of the file, where it could be read.
    pub sha256: Option<Sha256>,
}

/// The totals of a scan.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Version of Basira.
    pub version: String,
    /// When the scan began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The paths that were given.
    pub roots: Vec<String>,
    /// Name of the tier: `plain`, `standard` or `full`.
    pub tier: String,
    /// Name and number of entries of each bank.
    pub banks: Vec<(String, u64)>,
    /// Files scanned.
    pub files: u64,
    /// Files with the verdict match.
    pub matched: u64,
    /// Files with the verdict no match.
    pub no_match: u64,
    /// Files with the verdict incomplete.
    pub incomplete: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// Writes a report item by item.
///
/// ```
/// use basira_pipeline::report::{HtmlReport, Lang, ReportItem, Summary};
/// # let time: jiff::Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
/// let summary = Summary {
///     version: "0.1.0".into(), started_at: time, finished_at: time, roots: vec!["photos".into()],
///     tier: "standard".into(), banks: vec![("flags".into(), 12)],
///     files: 1, matched: 0, no_match: 0, incomplete: 1, bytes: 0,
/// };
/// let item = ReportItem {
///     path: "photos/a.jpg".into(), verdict: model::Verdict::Incomplete, thumbnail: None, sha256: None,
///     incomplete: vec![model::Incomplete {
///         part: model::PartName::file(), reason: model::IncompleteReason::Empty,
///     }],
///     matches: vec![], excerpts: vec![],
/// };
/// let mut report = HtmlReport::begin(Vec::new(), Lang::En, &summary)?;
/// report.item(&item)?;
/// let page = report.finish()?;
/// assert!(page.starts_with(b"<!doctype html>"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct HtmlReport<W> {
    out: W,
    lang: Lang,
    version: String,
    cards: u64,
    previews: u64,
    /// Reused for each card, so that a card costs no allocation and reaches `out` in one write.
    buffer: String,
}

impl<W: Write> HtmlReport<W> {
    /// Writes the head and the totals.
    ///
    /// # Errors
    /// What `out` says.
    pub fn begin(out: W, lang: Lang, summary: &Summary) -> io::Result<Self> {
        let mut report = Self {
            out,
            lang,
            version: summary.version.clone(),
            cards: 0,
            previews: 0,
            buffer: String::new(),
        };
        report.write(&page::Head::new(lang, summary))?;
        Ok(report)
    }

    /// Writes the card of an item. An item without matches whose verdict is no match has none: it is only counted
    /// in the totals.
    ///
    /// # Errors
    /// What the output says.
    pub fn item(&mut self, item: &ReportItem) -> io::Result<()> {
        if item.verdict == Verdict::NoMatch && item.matches.is_empty() && item.incomplete.is_empty() {
            return Ok(());
        }
        self.cards += 1;
        let thumbnail = item.thumbnail.as_ref().filter(|_| self.previews < MAX_PREVIEWS);
        self.previews += u64::from(thumbnail.is_some());
        self.write(&page::Card::new(self.lang, self.cards, item, thumbnail))
    }

    /// Writes the end and returns the output, flushed.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(mut self) -> io::Result<W> {
        self.write(&page::Foot::new(self.lang, &self.version, self.cards == 0))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn write(&mut self, template: &impl Template) -> io::Result<()> {
        self.buffer.clear();
        template.render_into(&mut self.buffer).map_err(io::Error::other)?;
        self.out.write_all(self.buffer.as_bytes())
    }
}
