//! What is read in a file, as one value with limits: what crosses from the sandbox and what `basira read` prints.
//!
//! ```
//! use basira_text::report::Report;
//! let page = "<html><h1>Open day</h1><p>By Dana Rook</p><p>Come to https://example.com/day and bring a board.</p></html>";
//! let report = Report::of(page.as_bytes());
//! assert_eq!(report.structure.title.unwrap().text, "Open day");
//! assert_eq!(report.findings[0].normal, "https://example.com/day");
//! assert_eq!(&page[report.findings[0].span.0..report.findings[0].span.1], "https://example.com/day");
//! ```

mod body;
mod guess;
mod languages;
mod places;

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::context::{Context, Contra, Family, Label};
use crate::find::{Key, Kind, Note, defang};
use crate::keys::Reading;
use crate::language::{self, Language};
use crate::page::{self, Date, Mention, Page, Words};
use crate::terms::{Registry, TermMatcher};

use body::Body;
pub use languages::InLanguage;
use languages::in_languages;
use places::{addresses, shown};

/// Findings of one report.
pub const MOST_FINDINGS: usize = 10_000;
/// Bytes of all findings of one report, about.
const MOST_WORDS: usize = 8 << 20;
/// Bytes of a text that stands in a report: what is longer is cut, and ends in `…`.
const MOST_TEXT: usize = 2000;
/// Bytes of a normal form, of which a cut piece would be another address; what is longer is not in the report.
const MOST_NORMAL: usize = 16 << 10;
/// Places that are shown of each family of cues; all are counted.
const MOST_PLACES: usize = 200;
/// People of each kind, and dates.
const MOST_PEOPLE: usize = 64;

/// Bytes from and to, in what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span(pub usize, pub usize);

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self(range.start, range.end)
    }
}

/// What was read in a page, a text, or the text of a part of a document. All spans are of bytes of what was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The language of its body, by its tag (BCP 47); `und` where it cannot be told.
    pub language: String,
    /// The stretches of its body in one language each, the first 200; empty where it is in one language, or in none that can be
    /// told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<InLanguage>,
    /// What it says of itself.
    pub structure: Structure,
    /// Whether its body reports on something.
    pub context: Judged,
    /// What leads somewhere, by place.
    pub findings: Vec<Found>,
    /// Why it was not read as a whole.
    pub incomplete: Vec<Gap>,
}

/// Words and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The words, on one line.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

/// What a page says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Structure {
    /// What it is called.
    pub title: Option<Quote>,
    /// Who wrote it, or asked the questions of an interview.
    pub authors: Vec<Quote>,
    /// Who translated it.
    pub translators: Vec<Quote>,
    /// Who answered in an interview.
    pub interviewed: Vec<Quote>,
    /// Who published it.
    pub publisher: Option<Quote>,
    /// When it was published.
    pub date: Option<Dated>,
    /// Where it says that it first stood.
    pub source: Option<Quote>,
    /// The encoding that it was read in.
    pub encoding: String,
    /// Whether it was read as HTML.
    pub html: bool,
    /// Where its body stands: the running text, without what is around it.
    pub body: Option<Span>,
}

/// A date, as far as it is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// ISO 8601, as far as the words go; absent where they are told from a day that is not known.
    pub iso: Option<String>,
    /// Year, month and day of the Hijri calendar, where it is told in that.
    pub hijri: Option<String>,
    /// The words it was read from.
    pub words: String,
    /// Where they stand.
    pub span: Span,
}

/// The context of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The answer.
    pub label: Label,
    /// Words of the body.
    pub words: usize,
    /// Those of them that stand between quotation marks, where that is more than a name.
    pub quoted: usize,
    /// Names and terms that people look for, as often as they stand there; see [`Context::terms`].
    #[serde(default)]
    pub terms: usize,
    /// Where the first 200 of such quotations stand.
    pub quotations: Vec<Span>,
    /// What shows a report.
    pub families: Vec<Shown<Family>>,
    /// What speaks against it.
    pub contra: Vec<Shown<Contra>>,
    /// Why.
    pub why: Because,
}

/// Cues of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown<K> {
    /// What they are a sign of.
    pub kind: K,
    /// How many there are.
    pub count: usize,
    /// Where the first 200 stand.
    pub spans: Vec<Span>,
}

/// A sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// In Arabic.
    pub ar: String,
    /// In English.
    pub en: String,
}

/// Something that leads somewhere, or code that was cut out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// As it stands there. Of code, what it leads to, defanged.
    pub value: String,
    /// Its one form. Of code, what it leads to, defanged.
    pub normal: String,
    /// Where it stands.
    pub span: Span,
    /// What it can be banked under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<Key>,
    /// What a person should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Of code: what was undone on paper to read it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    /// Of code: all addresses in it, defanged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// More findings than are kept; the first ones are there.
    Findings,
    /// What [`page::Incomplete`] says.
    Page(String),
}

impl Report {
    /// Reads a page or a text; nothing is run or fetched. Time and memory are linear in its length.
    pub fn of(bytes: &[u8]) -> Self {
        let page = page::read(bytes);
        let found = page.mentions();
        Self::of_page(&page, found)
    }

    /// As [`Self::of`], of a page that was read, and what was found in it.
    pub fn of_page(page: &Page, found: Vec<Mention>) -> Self {
        let body = Body::of(page);
        let (language, languages, context) = judge(page, &body, &found);
        let mut incomplete = gaps(page);
        let (findings, whole) = findings(page, found);
        if !whole {
            incomplete.push(Gap::Findings);
        }
        Self {
            language,
            languages,
            structure: Structure::of(page, &body),
            context,
            findings,
            incomplete,
        }
    }

    /// Bytes of its texts and places, about: what it takes to keep it, and less than its JSON has.
    pub fn weight(&self) -> usize {
        let findings = self.findings.iter().map(|found| {
            let keys: usize = found.keys.iter().map(|key| key.value.len()).sum();
            let addresses: usize = found.addresses.iter().map(String::len).sum();
            64 + found.value.len() + found.normal.len() + keys + addresses
        });
        let families = self.context.families.iter().map(|cues| 4 * cues.spans.len());
        let contra = self.context.contra.iter().map(|cues| 4 * cues.spans.len());
        let why = self.context.why.ar.len() + self.context.why.en.len();
        let languages = 32 * self.languages.len();
        let quotations = 4 * self.context.quotations.len();
        findings.chain(families).chain(contra).sum::<usize>() + why + languages + quotations
    }

    /// Whether [`Report::of`] could have said this of so many bytes: what comes from a sandbox may be a lie.
    pub fn is_possible(&self, bytes: u64) -> bool {
        let within = |span: &Span| span.0 <= span.1 && span.1 as u64 <= bytes;
        let short = |text: &str| text.len() <= MOST_TEXT + '…'.len_utf8();
        let quote = |quote: &Quote| short(&quote.text) && within(&quote.span);
        let tag = |tag: &str| tag.len() <= 16 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let it = &self.structure;
        let people = [&it.authors, &it.translators, &it.interviewed];
        let findings = self.findings.iter().all(|found| {
            within(&found.span)
                && short(&found.value)
                && found.normal.len() <= MOST_NORMAL
                && found.keys.iter().all(|key| key.value.len() <= MOST_NORMAL)
                && found.addresses.iter().chain(&found.steps).all(|text| short(text))
        });
        findings
            && self.findings.len() <= MOST_FINDINGS
            && tag(&self.language)
            && self.languages.len() <= MOST_PLACES
            && self
                .languages
                .iter()
                .all(|stretch| tag(&stretch.language) && within(&stretch.span))
            && people
                .iter()
                .all(|list| list.len() <= MOST_PEOPLE && list.iter().all(quote))
            && [&it.title, &it.publisher, &it.source]
                .into_iter()
                .flatten()
                .all(quote)
            && it
                .date
                .as_ref()
                .is_none_or(|date| within(&date.span) && short(&date.words))
            && it.body.as_ref().is_none_or(within)
            && short(&it.encoding)
            && short(&self.context.why.ar)
            && short(&self.context.why.en)
            && self
                .context
                .families
                .iter()
                .flat_map(|cues| &cues.spans)
                .all(within)
            && self
                .context
                .contra
                .iter()
                .flat_map(|cues| &cues.spans)
                .all(within)
            && self.context.quoted <= self.context.words
            && self.context.terms as u64 <= bytes
            && self.context.quotations.len() <= MOST_PLACES
            && self.context.quotations.iter().all(within)
    }
}

impl Found {
    /// Whether it is code that was cut out.
    pub fn is_code(&self) -> bool {
        self.kind == Kind::Security
    }

    /// Its normal form as it can be shown to a person without a way to follow it by accident.
    pub fn shown(&self) -> String {
        match self.kind {
            Kind::Url | Kind::Host | Kind::Invite | Kind::DonationLink => defang(&self.normal),
            _ => self.normal.clone(),
        }
    }
}

impl Structure {
    fn of(page: &Page, body: &Body) -> Self {
        let quote = |words: &Words| Quote {
            text: line(&words.text),
            span: words.span.clone().into(),
        };
        let people = |list: &[Words]| list.iter().take(MOST_PEOPLE).map(quote).collect();
        let dated = |date: &Date| Dated {
            iso: date.iso.clone(),
            hijri: date.hijri.clone(),
            words: line(&date.words),
            span: date.span.clone().into(),
        };
        Self {
            title: page.title.as_ref().map(quote),
            authors: people(&page.authors),
            translators: people(&page.translators),
            interviewed: people(&page.interviewed),
            publisher: page.publisher.as_ref().map(quote),
            date: page.date.as_ref().map(dated),
            source: page.source.as_ref().map(quote),
            encoding: page.encoding.to_owned(),
            html: page.html,
            body: body.whole(page).map(Span::from),
        }
    }
}

/// The text of the body of a page, or all of its text where there is no body to be told from the rest.
pub(crate) fn body_of(page: &Page) -> String {
    Body::of(page).text
}

/// Why a page was not read as a whole.
pub fn gaps(page: &Page) -> Vec<Gap> {
    let gap = |reason: &page::Incomplete| Gap::Page(reason.to_string());
    page.incomplete.iter().map(gap).collect()
}

/// Language and context of the body.
fn judge(page: &Page, body: &Body, found: &[Mention]) -> (String, Vec<InLanguage>, Judged) {
    let addresses = addresses(body, found);
    let judged = |context: &Context| Judged {
        label: context.label,
        words: context.words,
        quoted: context.quoted,
        terms: context.terms,
        quotations: context
            .quotations
            .iter()
            .take(MOST_PLACES)
            .map(|quotation| page.span(&body.range(quotation)).into())
            .collect(),
        families: shown(page, body, &context.cues),
        contra: shown(page, body, &context.contra),
        why: Because {
            ar: context.why.ar.clone(),
            en: context.why.en.clone(),
        },
    };
    // An archive may have thousands of texts.
    static SHIPPED: LazyLock<(Registry, Option<TermMatcher>)> = LazyLock::new(|| {
        let registry = Registry::shipped();
        let matcher = TermMatcher::new(&registry).ok();
        (registry, matcher)
    });
    let (registry, matcher) = &*SHIPPED;
    // A body is no longer than what is read of a file, and there is an automaton for what is shipped (its tests build it).
    // If either failed, nothing would be said rather than something wrong.
    let read = Reading::of(&body.text).ok().zip(matcher.as_ref());
    let Some((reading, matcher)) = read else {
        return (
            Language::Unknown.tag().to_owned(),
            Vec::new(),
            Judged {
                label: Label::Unclear,
                words: 0,
                quoted: 0,
                terms: 0,
                quotations: Vec::new(),
                families: Vec::new(),
                contra: Vec::new(),
                why: Because {
                    ar: "غير واضح: تعذرت قراءة النص.".to_owned(),
                    en: "Unclear: the text could not be read.".to_owned(),
                },
            },
        );
    };
    let context = Context::of(&reading, registry, &matcher.find(&reading), &addresses);
    let (language, segments) = language::told(&reading);
    let languages = in_languages(page, body, &segments);
    (language.tag().to_owned(), languages, judged(&context))
}

/// What was found, by place, and whether that is all.
fn findings(page: &Page, found: Vec<Mention>) -> (Vec<Found>, bool) {
    let code = page.security.iter().map(|code| Found {
        kind: Kind::Security,
        value: line(code.indicator()),
        normal: line(code.indicator()),
        span: code.span.clone().into(),
        keys: Vec::new(),
        notes: Vec::new(),
        steps: code.steps.iter().map(|step| (*step).to_owned()).collect(),
        addresses: code
            .addresses
            .iter()
            .take(MOST_PEOPLE)
            .map(|address| line(address))
            .collect(),
    });
    let others = found.into_iter().map(|Mention { finding, written, .. }| Found {
        kind: finding.kind,
        value: line(&written),
        normal: finding.normal,
        span: finding.span.into(),
        keys: finding.keys,
        notes: finding.notes,
        steps: Vec::new(),
        addresses: Vec::new(),
    });
    let (mut kept, mut words, mut whole) = (Vec::new(), 0, true);
    // Code first, so that no crowd of links hides it.
    for found in code.chain(others) {
        let keys: usize = found.keys.iter().map(|key| key.value.len()).sum();
        let size = found.value.len() + found.normal.len() + keys;
        if found.normal.len() > MOST_NORMAL || found.keys.iter().any(|key| key.value.len() > MOST_NORMAL) {
            whole = false;
            continue;
        }
        if kept.len() >= MOST_FINDINGS || words + size > MOST_WORDS {
            whole = false;
            break;
        }
        words += size;
        kept.push(found);
    }
    kept.sort_by_key(|found| (found.span.0, found.span.1));
    (kept, whole)
}

/// A text on one line and of bounded length.
fn line(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() > MOST_TEXT {
        line.truncate(line.floor_char_boundary(MOST_TEXT));
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests;
