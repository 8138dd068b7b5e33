//! Texts of an item compared with known ones, and the links, handles and addresses in them looked up.
//!
//! What is found here ranks and is never *exact*. The text that was guessed from a picture is compared by passages and by its
//! TLSH only: it has the wrong letter here and there, so that nothing in it is equal to anything.

mod banked;

use std::collections::BTreeMap;

use decode::{Decoded, PrintPart, TextSource};
use jiff::Timestamp;
use model::{
    Covered, EntryId, Incomplete, IncompleteReason, Match, Method, PartName, SignalType, TextMethod,
    TextSpan, Words,
};
use text::known::{PassageMatch, Searched, TextPrint};

pub(crate) use banked::BankedTexts;

use crate::banks::{Banks, BanksError};

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
}

/// Matches the texts of an item.
pub(crate) fn matches(
    decoded: &Decoded,
    banks: &Banks,
    now: Timestamp,
    matches: &mut Vec<Match>,
    incomplete: &mut Vec<Incomplete>,
) -> Result<(), BanksError> {
    for PrintPart { name, print } in &decoded.prints {
        look_up(name, print, banks, now, matches, incomplete)?;
    }
    // Where texts are compared at all; whether they are guessed is asked for apart.
    let guessed = decoded.texts.iter().filter(|text| text.source == TextSource::Ocr);
    for part in guessed {
        let print = TextPrint {
            raw: Vec::new(),
            ..TextPrint::of_text(&part.text, |span| span)
        };
        look_up(&part.name, &print, banks, now, matches, incomplete)?;
    }
    Ok(())
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
    for (entry, hit) in hits(print, nearby) {
        let Some(known) = banks.known_content(entry, now)? else {
            continue;
        };
        matches.push(Match {
            spans: hit.spans,
            covered: hit.covered,
            ..known.found(name, hit.kind, hit.method)
        });
    }
    Ok(())
}

/// Of the ways in which an entry's text was found the one that says most: the same words, passages, likeness. Each of its
/// links, handles and addresses that is in the text is told beside it.
fn hits(print: &TextPrint, nearby: Nearby) -> Vec<(EntryId, Hit)> {
    let mut best: BTreeMap<EntryId, Hit> = BTreeMap::new();
    let text = |kind, method| Hit {
        kind,
        method: Method::Text(method),
        spans: Vec::new(),
        covered: None,
    };
    for entry in nearby.same {
        best.entry(entry)
            .or_insert_with(|| text(SignalType::RawText, TextMethod::Raw));
    }
    for (key, found) in &nearby.passages.found {
        // An entry may have many texts; the best comes first.
        best.entry(banked::entry_of(*key))
            .or_insert_with(|| passages(found));
    }
    for (entry, distance) in nearby.alike {
        best.entry(entry)
            .or_insert_with(|| text(SignalType::TextTlsh, TextMethod::Tlsh(distance)));
    }
    let leads = nearby.leads.into_iter().filter_map(|(entry, number)| {
        let lead = print.leads.get(number)?;
        let kind = lead.signal.kind();
        let span = TextSpan {
            span: (lead.span.start, lead.span.end),
            banked_words: None,
        };
        let hit = Hit {
            kind,
            method: Method::Equal(kind),
            spans: vec![span],
            covered: None,
        };
        Some((entry, hit))
    });
    best.into_iter().chain(leads).collect()
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
    }
}
