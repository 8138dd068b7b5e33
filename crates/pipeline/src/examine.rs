//! One item along the path: bytes, decoded, fingerprinted, matched, judged.

use std::cell::RefCell;
use std::collections::HashMap;

use decode::{Decoded, FileKind, PicturePart, Request, decode};
use fingerprint::digest::Digests;
use fingerprint::pdq::Pdq;
use jiff::Timestamp;
use model::{
    BankKind, Dihedral, EntryId, Incomplete, IncompleteReason, Match, Method, PartName, Quality, SignalType,
    SuppressedBy, Variant, Verdict,
};

use crate::banks::{Banks, BanksError, Known};
use crate::overheard::Overheard;
use crate::robust::{self, Found, Lookup, MAX_REFINEMENTS, Query, Tier};
use crate::{texts, tracks};

/// Distance within which an allow entry may suppress a match.
pub const ALLOW_RADIUS: u32 = 10;

/// What was found in one item.
#[derive(Debug, Clone)]
pub struct Examined {
    /// What decoding gave.
    pub decoded: Decoded,
    /// Match, no match or incomplete.
    pub verdict: Verdict,
    /// Best first; also those that do not count.
    pub matches: Vec<Match>,
    /// What was not looked at.
    pub incomplete: Vec<Incomplete>,
    /// Candidates retrieved and refined, over all parts.
    pub candidates: usize,
    /// How near it came to entries, the nearest first, also where that is no match; as far as the tier looks.
    pub near: Vec<(EntryId, u32)>,
}

/// Decodes and matches the bytes of one item.
///
/// # Errors
/// [`BanksError`] when the banks cannot be read; the item was not judged then.
pub fn examine(
    bytes: &[u8],
    request: &Request,
    banks: &Banks,
    tier: Tier,
    now: Timestamp,
) -> Result<Examined, BanksError> {
    match_decoded(decode(bytes, request), banks, tier, now)
}

/// Matches what was decoded.
///
/// # Errors
/// As [`examine`].
pub fn match_decoded(
    decoded: Decoded,
    banks: &Banks,
    tier: Tier,
    now: Timestamp,
) -> Result<Examined, BanksError> {
    let mut matches = equal_matches(&decoded, banks, now)?;
    let mut incomplete = decoded.incomplete.clone();
    let mut candidates = 0;
    let nearest = RefCell::default();
    for part in &decoded.pictures {
        let Some(query) = query(part) else { continue };
        let lookup = robust::look_up(query, &Overheard::new(banks.at(now), &nearest), tier)?;
        candidates += lookup.candidates;
        incomplete.extend(refinement_gap(part, &lookup));
        let allowed = nearest_allow_entry(query.canonical, banks, now)?;
        for found in lookup.found {
            if let Some(known) = banks.known(found.entry, now)? {
                matches.push(picture_match(
                    part,
                    &found,
                    &known,
                    query.canonical,
                    allowed.as_ref(),
                ));
            }
        }
    }
    tracks::matches(&decoded, banks, now, &mut matches, &mut incomplete)?;
    texts::matches(&decoded, banks, now, &mut matches, &mut incomplete)?;
    // What counts comes first, then equality, then nearness; the entry makes the order complete.
    matches.sort_by_key(|m| {
        (
            !m.counts(),
            m.kind.is_perceptual(),
            m.distance,
            m.entry,
            m.part.clone(),
        )
    });
    let verdict = Verdict::of(matches.iter().any(Match::counts), !incomplete.is_empty());
    let mut near: Vec<(EntryId, u32)> = nearest.into_inner().into_iter().collect();
    near.sort_unstable_by_key(|(entry, distance)| (*distance, *entry));
    Ok(Examined {
        decoded,
        verdict,
        matches,
        incomplete,
        candidates,
        near,
    })
}

/// The query of a decoded picture; `None` for a picture without a canonical hash.
pub fn query(part: &PicturePart) -> Option<Query<'_>> {
    let print = |variant| {
        part.hashes
            .iter()
            .find(|hash| hash.variant == variant)
            .map(|hash| &hash.pdq)
    };
    Some(Query {
        canonical: print(Variant::Canonical)?,
        compat: print(Variant::Compat),
        grey: &part.grey,
    })
}

/// By the digests of the item and of its members.
fn equal_matches(decoded: &Decoded, banks: &Banks, now: Timestamp) -> Result<Vec<Match>, BanksError> {
    let mut all = Vec::new();
    if decoded
        .incomplete
        .iter()
        .any(|gap| gap.reason == IncompleteReason::Empty)
    {
        // All empty files are equal; that says nothing about what was in them.
        return Ok(Vec::new());
    }
    equal_digests(&decoded.digests, &PartName::file(), banks, now, &mut all)?;
    for member in decoded.members.iter().filter(|member| member.bytes > 0) {
        equal_digests(&member.digests, &member.name, banks, now, &mut all)?;
    }
    Ok(all)
}

/// One match an entry, by its strongest digest.
fn equal_digests(
    digests: &Digests,
    part: &PartName,
    banks: &Banks,
    now: Timestamp,
    all: &mut Vec<Match>,
) -> Result<(), BanksError> {
    let mut found: HashMap<EntryId, Match> = HashMap::new();
    let signals = digests.signals();
    for (signal, entries) in signals.iter().zip(banks.store().entries_with_signals(&signals)?) {
        for entry in entries {
            let Some(known) = banks.known_content(entry, now)? else {
                continue;
            };
            let kind = signal.kind();
            found
                .entry(entry)
                .or_insert_with(|| known.found(part, kind, Method::Equal(kind)));
        }
    }
    all.extend(found.into_values());
    Ok(())
}

fn picture_match(
    part: &PicturePart,
    found: &Found,
    known: &Known,
    canonical: &Pdq,
    allowed: Option<&SuppressedBy>,
) -> Match {
    let method = Method::Pdq(found.method);
    // Suppression never goes through windows, crops or mirrors: the whole picture, as it is, must be nearer to the
    // allow entry than to this one.
    let whole = found.method.form == Dihedral::Original && method.is_whole_picture();
    let distance = own_distance(canonical, known).unwrap_or(found.method.distance);
    let suppressed_by = allowed
        .filter(|allow| whole && allow.distance < distance)
        .cloned();
    Match {
        quality: Some(found.quality),
        suppressed_by,
        ..known.found(&part.name, SignalType::Pdq, method)
    }
}

/// How near the whole canonical picture is to the entry's own hashes.
fn own_distance(canonical: &Pdq, known: &Known) -> Option<u32> {
    let hashes = known
        .entry
        .signals
        .iter()
        .filter_map(|signal| match signal.signal {
            model::Signal::Pdq(hash) => Some(hash.distance(&canonical.hash())),
            _ => None,
        });
    hashes.min()
}

/// The allow entry that the whole canonical picture is nearest to, within [`ALLOW_RADIUS`], quality usable on both
/// sides.
fn nearest_allow_entry(
    canonical: &Pdq,
    banks: &Banks,
    now: Timestamp,
) -> Result<Option<SuppressedBy>, BanksError> {
    if !canonical.quality().is_usable() {
        return Ok(None);
    }
    for (entry, distance) in banks.near_hash(&canonical.hash(), ALLOW_RADIUS) {
        let Some(known) = banks.known(entry, now)? else {
            continue;
        };
        let quality_is_known = known.entry.signals.iter().any(|signal| {
            let near = matches!(signal.signal, model::Signal::Pdq(hash) if hash.distance(&canonical.hash()) == distance);
            near && signal.quality.is_some_and(Quality::is_usable)
        });
        if known.bank.kind == BankKind::Allow && known.entry.trust == model::Trust::Active && quality_is_known
        {
            return Ok(Some(SuppressedBy {
                bank: known.bank.name,
                entry,
                distance,
            }));
        }
    }
    Ok(None)
}

fn refinement_gap(part: &PicturePart, lookup: &Lookup) -> Option<Incomplete> {
    (lookup.candidates > MAX_REFINEMENTS).then(|| Incomplete {
        part: part.name.clone(),
        reason: IncompleteReason::Refinement {
            found: lookup.candidates as u32,
            limit: MAX_REFINEMENTS as u32,
        },
    })
}

/// Whether a kind of file is media that this build looks into.
pub fn is_picture(kind: FileKind) -> bool {
    use FileKind::{Bmp, Gif, Jpeg, Png, Svg, Tiff, WebP};
    matches!(kind, Jpeg | Png | WebP | Gif | Bmp | Tiff | Svg)
}
