//! Pages: bytes of HTML or of pasted text to title, authors, publisher, date, source and body, with injected code cut out.
//!
//! One noun to know: a [`Page`] has the clean text and what was read of it. All spans of what it gives are of bytes of
//! the original file.
//!
//! ```
//! let file = "<html><head><title>Open day | The League</title></head><body><h1>Open day</h1>\
//!             <p>By Dana Rook</p><p>19 July 2018</p><p>Everybody is welcome at https://example.com/day</p></body></html>";
//! let page = basira_text::page::read(file.as_bytes());
//! assert_eq!(page.title.as_ref().unwrap().text, "Open day");
//! assert_eq!(page.date.as_ref().unwrap().iso.as_deref(), Some("2018-07-19"));
//! let link = &page.findings()[0];
//! assert_eq!(&file[link.span.clone()], "https://example.com/day");
//! ```
//!
//! Nothing is run and nothing is fetched. Time and memory are linear in the file.

mod attributes;
mod binary;
mod calendar;
mod code;
mod date;
mod encoding;
pub mod feed;
mod head;
mod html;
mod interview;
mod labels;
mod months;
mod paper;
mod structure;

use std::fmt;
use std::ops::Range;

pub use date::Date;
use encoding::Source;
use head::Head;
use html::Line;

use crate::find::pieces::Derived;
use crate::find::{Finding, find};

/// Injections of a page that are read.
const INJECTIONS: usize = 256;

/// Why a file was not read as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incomplete {
    /// It is longer than 256 MiB; the rest was not read.
    TooLong,
    /// It is no text, or a stretch of it is not: bytes of an unknown kind, in which whatever looks like a word is chance. They
    /// were not read.
    Binary,
    /// Its encoding is not known; what is not ASCII was not read.
    Encoding,
    /// Some of its bytes are no text in its encoding; each such place is U+FFFD.
    BrokenText,
    /// A tag has more than 1,000 attributes; what follows was not read.
    Tag,
    /// It has more code than was read on paper: more pieces, deeper, or longer than the limits.
    Code,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Incomplete::TooLong => "longer than 256 MiB; the rest was not read",
            Incomplete::Binary => "bytes of an unknown kind, which are no text, were not read",
            Incomplete::Encoding => "unknown encoding; only ASCII was read",
            Incomplete::BrokenText => "some bytes are no text in its encoding",
            Incomplete::Tag => "a tag with more than 1000 attributes; what follows was not read",
            Incomplete::Code => "more code than is unpacked on paper",
        })
    }
}

/// Words of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Where they stand in the file.
    pub span: Range<usize>,
}

/// Code that was cut out of a page, or a script of it that hides where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// Where it stands in the file.
    pub span: Range<usize>,
    /// What was undone to read it, in order, such as `base64`, `percent`.
    pub steps: Vec<&'static str>,
    /// Where it leads, defanged; what was hidden first.
    pub addresses: Vec<String>,
}

impl Security {
    /// The indicator that stands for it: the first address, defanged, else the word `code`.
    #[must_use]
    pub fn indicator(&self) -> &str {
        self.addresses.first().map_or("code", String::as_str)
    }
}

/// A page that was read.
#[derive(Debug)]
pub struct Page {
    /// What it is called.
    pub title: Option<Words>,
    /// Who wrote it, or asked the questions of an interview.
    pub authors: Vec<Words>,
    /// Who translated it.
    pub translators: Vec<Words>,
    /// Who answered in an interview.
    pub interviewed: Vec<Words>,
    /// Who published it.
    pub publisher: Option<Words>,
    /// When it was published.
    pub date: Option<Date>,
    /// All dates of its first and last lines.
    pub dates: Vec<Date>,
    /// Where it says that it first stood.
    pub source: Option<Words>,
    /// The encoding it was read in, by its name in the Encoding Standard.
    pub encoding: &'static str,
    /// Whether it was read as HTML.
    pub html: bool,
    /// Code that was cut out.
    pub security: Vec<Security>,
    /// Why it was not read as a whole.
    pub incomplete: Vec<Incomplete>,
    /// All of the text, without code.
    clean: Derived,
    /// The text with code.
    raw: Derived,
    file: Source,
    body: Vec<Range<usize>>,
    links: Vec<(String, Range<usize>, usize)>,
}

impl Page {
    /// All of the text, without code: with menus, captions and what else stands around the body.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.clean.text
    }

    /// The running text, as ranges of [`Page::text`].
    #[must_use]
    pub fn body(&self) -> &[Range<usize>] {
        &self.body
    }

    /// Bytes of the file from which bytes of [`Page::text`] were read. In HTML a span over several elements holds the tags
    /// between.
    ///
    /// # Panics
    ///
    /// If the range is not on borders of characters of the text.
    #[must_use]
    pub fn span(&self, range: &Range<usize>) -> Range<usize> {
        let range = range.start.min(self.clean.text.len())..range.end.min(self.clean.text.len());
        self.file.span(&self.raw.span(&self.clean.span(&range)))
    }

    /// Links, addresses and handles of the text and of what can be clicked, with spans of the file.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.mentions()
            .into_iter()
            .map(|mention| mention.finding)
            .collect()
    }

    /// [`Page::findings`], with the words in which they are written.
    #[must_use]
    pub fn mentions(&self) -> Vec<Mention> {
        let in_text = find(&self.clean.text).into_iter().map(|mut finding| {
            let text = finding.span;
            finding.span = self.span(&text);
            Mention {
                written: self.clean.text[text.clone()].to_owned(),
                finding,
                text,
            }
        });
        let mut found: Vec<Mention> = in_text.collect();
        let lines = self.raw_lines();
        for (address, place, begins) in &self.links {
            let place = self.file.span(place);
            let line = lines.partition_point(|(raw, _)| raw <= begins).checked_sub(1);
            let text = line.map_or(0..0, |line| lines[line].1.clone());
            let address = if address.starts_with("//") {
                format!("https:{address}")
            } else {
                address.clone()
            };
            if !address.contains([':', '@']) {
                continue;
            }
            // An address is one thing, whatever stands in it.
            found.extend(find(&address).into_iter().take(1).map(|mut finding| {
                finding.span = place.clone();
                Mention {
                    finding,
                    written: address.clone(),
                    text: text.clone(),
                }
            }));
        }
        found.sort_by_key(|it| (it.finding.span.start, it.finding.span.end, it.finding.kind));
        found.dedup_by(|one, other| one.finding == other.finding);
        found
    }

    /// Where each line of the text begins in the text with code, and the line.
    fn raw_lines(&self) -> Vec<(usize, Range<usize>)> {
        if self.links.is_empty() {
            return Vec::new();
        }
        let mut at = 0;
        let lines = self.clean.text.split_inclusive('\n').map(|line| {
            let words = at..at + line.trim_end().len();
            at += line.len();
            (self.clean.span(&words).start, words)
        });
        lines.collect()
    }
}

/// A finding of a page, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// What was found, with its span of the file.
    pub finding: Finding,
    /// As it is written.
    pub written: String,
    /// Where it stands in [`Page::text`]; of what can only be clicked, the line that is clicked.
    pub text: Range<usize>,
}

/// Whether the beginning of a file is in UTF-16, with a mark or without.
#[must_use]
pub fn is_utf_16(bytes: &[u8]) -> bool {
    encoding::is_utf_16(bytes)
}

/// Reads a file: HTML where it is, else plain text.
#[must_use]
pub fn read(bytes: &[u8]) -> Page {
    let file = Source::read(bytes);
    let html = html::is_html(&file.text);
    let (mut parsed, whole) = if html {
        html::read(&file.text)
    } else {
        let mut page = html::Page::default();
        page.raw.copy(&file.text, 0);
        (page, true)
    };
    let raw = std::mem::take(&mut parsed.raw);
    let mut incomplete = file.incomplete.clone();
    if !whole {
        incomplete.push(Incomplete::Tag);
    }
    let (clean, security) = cut(&raw, &parsed, &file, &mut incomplete);

    let lines = lines(&clean, &parsed.lines);
    let mut found = structure::read(&clean.text, &lines);
    let place = |span: &Range<usize>| file.span(&raw.span(&clean.span(span)));
    let words = |span: Range<usize>| Words {
        text: clean.text[span.clone()].to_owned(),
        span: place(&span),
    };
    let all = |spans: Vec<Range<usize>>| spans.into_iter().map(words).collect::<Vec<_>>();
    let dated = |mut date: Date| {
        date.span = place(&date.span);
        date
    };
    let head = Head {
        page: &parsed,
        file: &file,
    };
    let date = head.date().or_else(|| found.date.take().map(dated));
    let title = head.words(
        &["og:title", "twitter:title", "citation_title", "dc.title"],
        Some("headline"),
    );
    let title = title
        .or_else(|| found.title.take().map(words))
        .or_else(|| head.title());
    let mut authors = head.authors();
    if authors.is_empty() {
        authors = all(found.authors);
    }
    let publisher = head.words(
        &[
            "og:site_name",
            "article:publisher_name",
            "citation_publisher",
            "dc.publisher",
            "publisher",
        ],
        Some("publisher"),
    );
    let source = head.words(&["canonical", "og:url"], None);
    let body = found.body;
    Page {
        title: title.map(balanced),
        authors,
        translators: all(found.translators),
        interviewed: all(found.interviewed),
        publisher: publisher.or_else(|| found.publisher.take().map(words)),
        date,
        dates: found.dates.into_iter().map(dated).collect(),
        source: found.source.take().map(words).or(source),
        encoding: file.encoding,
        html,
        security,
        incomplete,
        body,
        links: parsed.links,
        clean,
        raw,
        file,
    }
}

/// Cuts code out, and reads it on paper.
fn cut(
    raw: &Derived,
    parsed: &html::Page,
    file: &Source,
    incomplete: &mut Vec<Incomplete>,
) -> (Derived, Vec<Security>) {
    let mut clean = Derived::default();
    let mut security = Vec::new();
    let mut stopped = false;
    let mut from = 0;
    for stretch in code::stretches(&raw.text) {
        clean.copy(&raw.text[from..stretch.start], from);
        from = stretch.end;
        if security.len() < INJECTIONS {
            let read = paper::read(&raw.text[stretch.clone()]);
            stopped |= read.stopped;
            security.push(Security {
                span: file.span(&raw.span(&stretch)),
                steps: read.steps,
                addresses: read.addresses,
            });
        } else {
            stopped = true;
        }
    }
    clean.copy(&raw.text[from..], from);
    // A page has scripts of its own. One that hides where it leads is worth a look.
    for (number, (script, place)) in parsed.scripts.iter().enumerate() {
        if number >= INJECTIONS {
            stopped = true;
            break;
        }
        let read = paper::read(script);
        if read.steps.iter().any(|step| *step != "joined strings") && !read.addresses.is_empty() {
            stopped |= read.stopped;
            security.push(Security {
                span: file.span(place),
                steps: read.steps,
                addresses: read.addresses,
            });
        }
    }
    if stopped {
        incomplete.push(Incomplete::Code);
    }
    security.sort_by_key(|finding| finding.span.start);
    (clean, security)
}

/// The lines of the clean text that have words, with what they are.
fn lines(clean: &Derived, kinds: &[(usize, Line, bool)]) -> Vec<structure::TextLine> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in clean.text.split('\n') {
        let span = at..at + line.len();
        at = span.end + 1;
        if line.trim().is_empty() {
            continue;
        }
        let begins = clean.span(&(span.start..span.end)).start;
        let (kind, main) = match kinds
            .partition_point(|(start, ..)| *start <= begins)
            .checked_sub(1)
        {
            Some(last) => (kinds[last].1, kinds[last].2),
            None => (Line::Text, false),
        };
        lines.push(structure::TextLine { span, kind, main });
    }
    lines
}

/// A title without a quotation mark that has no other.
fn balanced(mut title: Words) -> Words {
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»')] {
        let marks = title.text.matches([open, close]).count();
        if marks == 1 && title.text.starts_with([open, close]) {
            let width = title.text.chars().next().map_or(0, char::len_utf8);
            title.text = title.text[width..].trim_start().to_owned();
            title.span.start = (title.span.start + width).min(title.span.end);
        }
    }
    title
}
