//! Does a text report on something, and which places show it?
//!
//! A transparent count of *cues*, in families, over the whole text, with every cue shown. It answers `reporting`, `mixed`
//! or `unclear`; it never says that somebody approves of something, and what has no cue is `unclear`. It lowers
//! automation and clears nothing: propaganda has worn the marks of broadcasters before, so that what also calls, praises
//! or collects is `mixed` and goes to a person.
//!
//! ```
//! use basira_text::context::{Context, Label};
//! use basira_text::terms::{Registry, TermMatcher};
//! use basira_text::Reading;
//! let registry = Registry::shipped();
//! let matcher = TermMatcher::new(&registry)?;
//! let reading = Reading::of("Join us!")?;
//! let context = Context::of(&reading, &registry, &matcher.find(&reading), &[]);
//! assert_eq!(context.label, Label::Unclear);
//! assert_eq!(context.why.en, "Unclear: 2 words are too few to tell.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contra;
mod layout;
mod why;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::keys::{KeyLevel, Reading};
use crate::terms::{Registry, TermClass, TermHit};

use layout::Layout;
pub use why::Why;

/// Texts of fewer words are never judged.
const TOO_SHORT: usize = 16;
/// Texts of fewer words need one family more.
const SHORT: usize = 30;
/// Words between two cues of different families, for them to be different places.
const APART: usize = 2;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// It reads as a report, an analysis, a condemnation or a document, and nothing speaks against that.
    Reporting,
    /// It reads so, and something speaks against it: for a person.
    Mixed,
    /// It cannot be told.
    Unclear,
}

impl Label {
    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reporting => "reporting",
            Self::Mixed => "mixed",
            Self::Unclear => "unclear",
        }
    }
}

/// What a cue is a sign of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Verbs of saying.
    AttributionVerb,
    /// Other signs of a source.
    AttributionFrame,
    /// Distance from a name or a claim.
    Distancing,
    /// Words of violence, law and research.
    Frame,
    /// Author, publisher, date, questions and answers.
    Document,
    /// Quotation with a speaker.
    Quotation,
    /// What the writer thinks of the actor. Shown, and never counted.
    Stance,
}

impl Family {
    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AttributionVerb => "attribution_verb",
            Self::AttributionFrame => "attribution_frame",
            Self::Distancing => "distancing",
            Self::Frame => "frame",
            Self::Document => "document",
            Self::Quotation => "quotation",
            Self::Stance => "stance",
        }
    }
}

/// What speaks against a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contra {
    /// The first person beside the actor.
    Alignment,
    /// A call to the reader with a way to follow it.
    Call,
    /// An invitation to a group or channel.
    Invite,
    /// A request for money with an address.
    Donation,
    /// Praise of the actor.
    Praise,
    /// A term that always asks for a person.
    Severe,
    /// Hardly anything but quotation.
    QuotationOnly,
}

impl Contra {
    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alignment => "alignment",
            Self::Call => "call",
            Self::Invite => "invite",
            Self::Donation => "donation",
            Self::Praise => "praise",
            Self::Severe => "severe",
            Self::QuotationOnly => "quotation_only",
        }
    }
}

/// A place that shows something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue<K> {
    /// What it is a sign of.
    pub kind: K,
    /// Where it is in the original, in bytes.
    pub span: Range<usize>,
}

/// An address found in a text by others: a link, an invitation, a handle, an address for payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it is in the original, in bytes.
    pub span: Range<usize>,
    /// What it leads to.
    pub kind: AddressKind,
}

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// A page.
    Link,
    /// A group or channel of a messenger.
    Invite,
    /// A person or account: a handle, an e-mail address.
    Contact,
    /// Money.
    Payment,
}

/// The context of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The answer.
    pub label: Label,
    /// Every cue of a report, by place.
    pub cues: Vec<Cue<Family>>,
    /// Every cue against, by place.
    pub contra: Vec<Cue<Contra>>,
    /// Its words.
    pub words: usize,
    /// What stands between quotation marks and is longer than a name, whether it has a speaker or not, by place.
    pub quotations: Vec<Range<usize>>,
    /// Words in these.
    pub quoted: usize,
    /// Names of organisations and terms that somebody entered to be shown, as often as they stand there. The words that
    /// tell what kind of text it is do not count, nor does what was only found under K3 or K4.
    pub terms: usize,
    /// Why, in Arabic and in English.
    pub why: Why,
}

/// A term with its class, where cues are looked for.
struct Sign {
    class: TermClass,
    span: Range<usize>,
}

impl Sign {
    /// Whether people look for it, and not for what it says of its text.
    const fn is_looked_for(&self) -> bool {
        matches!(
            self.class,
            TermClass::Organisation | TermClass::Severe | TermClass::Other
        )
    }
}

impl Context {
    /// Judges a text by the terms found in it, and by addresses that others found. What was only found under K3 or K4
    /// is no cue. Linear in the length of the text and the number of cues.
    pub fn of(reading: &Reading<'_>, registry: &Registry, hits: &[TermHit], addresses: &[Address]) -> Self {
        let layout = Layout::of(reading);
        let signs: Vec<Sign> = hits
            .iter()
            .filter(|hit| hit.key <= KeyLevel::Folded)
            .filter_map(|hit| {
                Some(Sign {
                    class: registry.terms().get(hit.term)?.class,
                    span: hit.span.clone(),
                })
            })
            .collect();
        let cues = families(&layout, &signs);
        let contra = contra::find(&layout, &signs, addresses);
        let words = layout.words();
        let label = judge(&layout, words, &cues, &contra);
        Self {
            label,
            why: why::why(label, words, &cues, &contra),
            cues,
            contra,
            words,
            quotations: layout.quotations().to_vec(),
            quoted: layout.quoted_words(),
            terms: signs.iter().filter(|sign| sign.is_looked_for()).count(),
        }
    }

    /// The families that were found, each once.
    pub fn families(&self) -> BTreeSet<Family> {
        self.cues.iter().map(|cue| cue.kind).collect()
    }
}

fn judge(layout: &Layout, words: usize, cues: &[Cue<Family>], contra: &[Cue<Contra>]) -> Label {
    let needed = if words < SHORT { 3 } else { 2 };
    if words < TOO_SHORT || distinct(layout, cues) < needed {
        Label::Unclear
    } else if contra.is_empty() {
        Label::Reporting
    } else {
        Label::Mixed
    }
}

/// How many families there are that count, each with a place of its own.
fn distinct(layout: &Layout, cues: &[Cue<Family>]) -> usize {
    let mut places: Vec<(Family, usize)> = Vec::new();
    for cue in cues.iter().filter(|cue| cue.kind != Family::Stance) {
        let at = layout.word_at(cue.span.start);
        let known = places.iter().any(|(family, _)| *family == cue.kind);
        if !known && places.iter().all(|(_, other)| at.abs_diff(*other) > APART) {
            places.push((cue.kind, at));
        }
    }
    places.len()
}

fn families(layout: &Layout, signs: &[Sign]) -> Vec<Cue<Family>> {
    let mut cues: Vec<Cue<Family>> = Vec::new();
    for sign in signs {
        let kind = match sign.class {
            TermClass::AttributionVerb => Family::AttributionVerb,
            TermClass::AttributionFrame => Family::AttributionFrame,
            TermClass::Distancing => Family::Distancing,
            TermClass::Frame => Family::Frame,
            TermClass::Stance => Family::Stance,
            TermClass::Document if layout.is_label(&sign.span) => Family::Document,
            _ => continue,
        };
        cues.push(Cue {
            kind,
            span: sign.span.clone(),
        });
    }
    let document = layout.dates().chain(layout.turns());
    cues.extend(document.map(|span| Cue {
        kind: Family::Document,
        span,
    }));
    let spoken = layout
        .quotations()
        .iter()
        .filter(|quotation| is_attributed(layout, signs, quotation));
    cues.extend(spoken.map(|quotation| Cue {
        kind: Family::Quotation,
        span: quotation.clone(),
    }));
    cues.sort_by_key(|cue| (cue.span.start, cue.kind));
    cues
}

/// Whether a quotation has a speaker: a verb or another sign of a source close by, outside of it.
fn is_attributed(layout: &Layout, signs: &[Sign], quotation: &Range<usize>) -> bool {
    const NEAR: usize = 14;
    let (first, last) = (layout.word_at(quotation.start), layout.word_at(quotation.end));
    let from = signs.partition_point(|sign| layout.word_at(sign.span.start) + NEAR < first);
    signs[from..]
        .iter()
        .take_while(|sign| layout.word_at(sign.span.start) <= last + NEAR)
        .any(|sign| {
            let source = matches!(
                sign.class,
                TermClass::AttributionVerb | TermClass::AttributionFrame | TermClass::Distancing
            );
            source
                && (sign.span.end <= quotation.start || sign.span.start >= quotation.end)
                && layout.same_paragraph(sign.span.start, quotation.start)
        })
}
