//! Texts of an item compared with known ones, and the links, handles and addresses in them looked up.
//!
//! What is found here ranks and is never *exact*. The text that was guessed from a picture is compared by passages and by its
//! TLSH only: it has the wrong letter here and there, so that nothing in it is equal to anything.

mod allow;
mod banked;
mod seen;

use std::borrow::Cow;
use std::collections::BTreeMap;

use decode::{Decoded, TextSource};
use jiff::Timestamp;
use model::{
    BankKind, Covered, EntryId, Incomplete, IncompleteReason, Match, Method, PartName, Signal, SignalType,
    TextMethod, TextSpan, Words,
};
use text::known::{PassageMatch, Searched, TextPrint};

pub(crate) use banked::BankedTexts;
pub(crate) use seen::{read_seen, seen};

pub(crate) use allow::ALIKE;
use allow::Allowed;

use crate::banks::{Banks, BanksError, Known};

/// One in so many shingles of a text may be too common to be looked for.
const COMMON: u32 = 4;

/// Stretches of a match that are told, the first ones; all are counted in what is covered.
const MOST_SPANS: usize = 100;

/// What the banks say of one text.
#[derive(Debug, Default)]
pub(crate) struct Nearby {
    /// Entries with the same words.
    pub(crate) same: Vec<EntryId>,
    /// Entries with a lead of the text: which of its leads.
    pub(crate) leads: Vec<(EntryId, usize)>,
    /// Entries that are alike by TLSH, and how far away.
    pub(crate) alike: Vec<(EntryId, u32)>,
    /// Entries with passages of the text.
    pub(crate) passages: Searched,
}

/// How an entry was found in a text.
struct Hit {
    kind: SignalType,
    method: Method,
    spans: Vec<TextSpan>,
    covered: Option<Covered>,
    /// Where a link, a handle or an address stands, all places.
    leads: Vec<(u64, u64)>,
}

/// Matches the texts of an item.
pub(crate) fn matches(
    decoded: &Decoded,
    banks: &Banks,
    now: Timestamp,
    matches: &mut Vec<Match>,
    incomplete: &mut Vec<Incomplete>,
) -> Result<(), BanksError> {
    for (name, print) in prints(decoded) {
        look_up(name, &print, banks, now, matches, incomplete)?;
    }
    Ok(())
}

/// What the texts of an item are compared by. Where texts are compared at all: whether they are guessed is asked for apart.
fn prints(decoded: &Decoded) -> impl Iterator<Item = (&PartName, Cow<'_, TextPrint>)> {
    let read = decoded.prints.iter();
    let read = read.map(|part| (&part.name, Cow::Borrowed(&part.print)));
    let guessed = decoded.texts.iter().filter(|text| text.source == TextSource::Ocr);
    let guessed = guessed.map(|part| {
        let print = TextPrint {
            raw: Vec::new(),
            ..TextPrint::of_text(&part.text, |span| span)
        };
        (&part.name, Cow::Owned(print))
    });
    read.chain(guessed)
}

/// Of entries alone: which a text is near, and how far away. Whether they count is not asked.
pub(crate) fn near(print: &TextPrint, texts: &BankedTexts) -> Vec<(EntryId, u32)> {
    let hits = hits(print, texts.near(print)).into_iter();
    hits.map(|(entry, hit)| (entry, hit.method.distance())).collect()
}

/// Looks one text up.
fn look_up(
    name: &PartName,
    print: &TextPrint,
    banks: &Banks,
    now: Timestamp,
    matches: &mut Vec<Match>,
    incomplete: &mut Vec<Incomplete>,
) -> Result<(), BanksError> {
    let nearby = banks.near_text(print);
    let Searched { common, shingles, .. } = nearby.passages;
    if common > 0 && COMMON * common >= shingles {
        incomplete.push(Incomplete {
            part: name.clone(),
            reason: IncompleteReason::Common {
                found: common,
                of: shingles,
            },
        });
    }
    let (mut found, mut allowed): (Vec<(EntryId, Known, Hit)>, _) = (Vec::new(), Allowed::default());
    for (entry, hit) in hits(print, nearby) {
        let Some(known) = banks.known(entry, now)? else {
            continue;
        };
        match known.bank.kind {
            BankKind::Known => found.push((entry, known, hit)),
            BankKind::Allow => allowed.note(entry, known, &hit),
        }
    }
    matches.extend(found.into_iter().map(|(entry, known, hit)| Match {
        suppressed_by: allowed.nearer_than(&hit).cloned(),
        bank: known.bank.name,
        entry,
        kind: hit.kind,
        method: hit.method,
        distance: hit.method.distance(),
        segment: None,
        spans: hit.spans,
        covered: hit.covered,
        quality: None,
        part: name.clone(),
        trust: known.entry.trust,
        human_confirmed: known.entry.human_confirmed,
    }));
    Ok(())
}

/// Of the ways in which an entry's text was found the one that says most: the same words, passages, likeness. Each of its
/// links, handles and addresses that is in the text is told beside it.
fn hits(print: &TextPrint, nearby: Nearby) -> Vec<(EntryId, Hit)> {
    let mut best: BTreeMap<EntryId, Hit> = BTreeMap::new();
    for entry in nearby.same {
        best.entry(entry)
            .or_insert_with(|| Hit::of(SignalType::RawText, TextMethod::Raw));
    }
    for (key, found) in &nearby.passages.found {
        // An entry may have many texts; the best comes first.
        best.entry(banked::entry_of(*key))
            .or_insert_with(|| passages(found));
    }
    for (entry, distance) in nearby.alike {
        best.entry(entry)
            .or_insert_with(|| Hit::of(SignalType::TextTlsh, TextMethod::Tlsh(distance)));
    }
    let mut leads: BTreeMap<(EntryId, Signal), Vec<(u64, u64)>> = BTreeMap::new();
    for (entry, number) in nearby.leads {
        if let Some(lead) = print.leads.get(number) {
            let places = leads.entry((entry, lead.signal)).or_default();
            places.push((lead.span.start, lead.span.end));
        }
    }
    let leads = leads.into_iter().map(|((entry, signal), leads)| {
        let span = |span: &(u64, u64)| TextSpan {
            span: *span,
            banked_words: None,
        };
        let hit = Hit {
            kind: signal.kind(),
            method: Method::Equal(signal.kind()),
            spans: leads.iter().take(MOST_SPANS).map(span).collect(),
            covered: None,
            leads,
        };
        (entry, hit)
    });
    best.into_iter().chain(leads).collect()
}

impl Hit {
    fn of(kind: SignalType, method: TextMethod) -> Self {
        Self {
            kind,
            method: Method::Text(method),
            spans: Vec::new(),
            covered: None,
            leads: Vec::new(),
        }
    }
}

fn passages(found: &PassageMatch) -> Hit {
    let words = |(covered, of): (u32, u32)| Words { covered, of };
    let covered = Covered {
        banked: words(found.covered_banked),
        text: words(found.covered),
    };
    let span = |passage: &text::known::Passage| TextSpan {
        span: (passage.span.start as u64, passage.span.end as u64),
        banked_words: Some((passage.banked.start, passage.banked.end)),
    };
    Hit {
        kind: SignalType::TextPassages,
        method: Method::Text(TextMethod::Passage {
            banked: covered.banked.percent(),
            text: covered.text.percent(),
        }),
        spans: found.passages.iter().take(MOST_SPANS).map(span).collect(),
        covered: Some(covered),
        leads: Vec::new(),
    }
}
