//! What speaks against a report.

use std::ops::Range;

use super::layout::Layout;
use super::{Address, AddressKind, Contra, Cue, Sign, is_attributed};
use crate::terms::TermClass;

/// Words between a first person or a praise and the actor that it is about.
const NEAR: usize = 6;

/// Every cue against, by place. Nothing within a quotation that has a speaker counts: it is the speaker's.
pub(super) fn find(layout: &Layout, signs: &[Sign], addresses: &[Address]) -> Vec<Cue<Contra>> {
    let spoken: Vec<Range<usize>> = layout
        .quotations()
        .iter()
        .filter(|quotation| is_attributed(layout, signs, quotation))
        .cloned()
        .collect();
    let own = |at: usize| {
        let next = spoken.partition_point(|quotation| quotation.end <= at);
        spoken.get(next).is_none_or(|quotation| quotation.start > at)
    };
    let of = |class: TermClass| -> Vec<Range<usize>> {
        let spans = signs
            .iter()
            .filter(|sign| sign.class == class)
            .map(|sign| &sign.span);
        spans.filter(|span| own(span.start)).cloned().collect()
    };
    let actors: Vec<Range<usize>> = signs
        .iter()
        .filter(|sign| sign.class == TermClass::Organisation)
        .map(|sign| sign.span.clone())
        .collect();
    let distanced: Vec<usize> = signs
        .iter()
        .filter(|sign| sign.class == TermClass::Distancing)
        .map(|sign| layout.sentence_at(sign.span.start))
        .collect();
    let mut cues = Vec::new();
    let mut add = |kind, span: Range<usize>| cues.push(Cue { kind, span });

    // Beside the actor; where no actor is named, several times over.
    let aligned: Vec<Range<usize>> = of(TermClass::Alignment)
        .into_iter()
        .filter(|span| !layout.is_quoted(span.start))
        .collect();
    let praise: Vec<Range<usize>> = of(TermClass::Praise)
        .into_iter()
        .filter(|span| !layout.is_quoted(span.start))
        .filter(|span| distanced.binary_search(&layout.sentence_at(span.start)).is_err())
        .collect();
    let beside = |span: &Range<usize>| {
        let word = layout.word_at(span.start);
        let from = actors.partition_point(|actor| layout.word_at(actor.start) + NEAR < word);
        actors[from..]
            .iter()
            .take_while(|actor| layout.word_at(actor.start) <= word + NEAR)
            .any(|actor| layout.sentence_at(actor.start) == layout.sentence_at(span.start))
    };
    let (many_aligned, many_praise) = (
        actors.is_empty() && sentences(layout, &aligned) >= 2,
        actors.is_empty() && (praise.len() >= 2 || (!praise.is_empty() && !aligned.is_empty())),
    );
    for span in aligned.iter().filter(|span| many_aligned || beside(span)) {
        add(Contra::Alignment, span.clone());
    }
    for span in praise.iter().filter(|span| many_praise || beside(span)) {
        add(Contra::Praise, span.clone());
    }

    // A call or a request counts with something to follow it by, in the same sentence or the next.
    let mut ways: Vec<usize> = of(TermClass::Contact)
        .iter()
        .map(|span| layout.sentence_at(span.start))
        .collect();
    let outside = addresses.iter().filter(|address| own(address.span.start));
    ways.extend(
        outside
            .clone()
            .map(|address| layout.sentence_at(address.span.start)),
    );
    ways.sort_unstable();
    let followed = |span: &Range<usize>| {
        let sentence = layout.sentence_at(span.start);
        let from = ways.partition_point(|way| *way + 1 < sentence);
        ways.get(from).is_some_and(|way| *way <= sentence + 2)
    };
    for span in of(TermClass::Call).into_iter().filter(|span| followed(span)) {
        add(Contra::Call, span);
    }
    for span in of(TermClass::Donation).into_iter().filter(|span| followed(span)) {
        add(Contra::Donation, span);
    }
    for address in outside {
        match address.kind {
            AddressKind::Invite => add(Contra::Invite, address.span.clone()),
            AddressKind::Payment => add(Contra::Donation, address.span.clone()),
            AddressKind::Link | AddressKind::Contact => {}
        }
    }
    for sign in signs.iter().filter(|sign| sign.class == TermClass::Severe) {
        add(Contra::Severe, sign.span.clone());
    }
    if layout.is_quotation_only()
        && let Some(first) = layout.quotations().first()
    {
        add(Contra::QuotationOnly, first.clone());
    }
    cues.sort_by_key(|cue| (cue.span.start, cue.kind));
    cues
}

/// In how many sentences.
fn sentences(layout: &Layout, spans: &[Range<usize>]) -> usize {
    let mut all: Vec<usize> = spans.iter().map(|span| layout.sentence_at(span.start)).collect();
    all.dedup();
    all.len()
}
