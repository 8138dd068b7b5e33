//! What is known of an item when it is decided: what matching and reading found, what the platform says, what people said
//! before, how often the same came. Never its content: of texts there are counts and digests.

use std::collections::BTreeSet;

use decode::FileKind;
use jiff::{SignedDuration, Timestamp};
use model::{
    Exemption, IncompleteReason, Match, Method, PartName, PdqHash, Sha256, SignalType, TextMethod, Verdict,
};
use policy::{FindingFact, MatchFact, Schema, Snapshot, SnapshotError, Subject, UnknownReason};
use sha2::Digest;
use store::Item;
use text::context::Contra;
use text::find::Kind;
use thiserror::Error;

use super::quoted::{is_quoted, quoted};
use crate::banks::{Banks, BanksError};
use crate::examine::{Examined, query};

/// Windows of time in which what comes again is counted, and their hours.
const WINDOWS: [(&str, i64); 3] = [("hour", 1), ("day", 24), ("week", 7 * 24)];
/// Links of an item that are counted.
const MOST_LINKS: usize = 32;
/// Who says what this room computes.
const PRODUCER: &str = "basira";

/// Why there is no snapshot.
#[derive(Debug, Error)]
pub enum Unseen {
    /// The banks or the store cannot be read.
    #[error(transparent)]
    Banks(#[from] BanksError),
    /// The schema does not take what was found.
    #[error(
        "what was found does not fit the schema of policies: {0}; this is a fault of the program, please report it"
    )]
    Schema(#[from] SnapshotError),
}

impl From<store::StoreError> for Unseen {
    fn from(error: store::StoreError) -> Self {
        Self::Banks(error.into())
    }
}

/// The snapshot of an item that was matched, with its links, and how often pictures like it came.
///
/// # Errors
/// [`Unseen`]; the item was not decided then.
pub(super) fn snapshot(
    item: &Item,
    examined: &Examined,
    links: &[Sha256],
    near: Option<[i64; 3]>,
    banks: &Banks,
    now: Timestamp,
) -> Result<Snapshot, Unseen> {
    let (mut it, by) = begin(item, now)?;
    it.set("item.media", media(examined), by)?;
    it.set("item.parts", parts(examined), by)?;
    it.set("verdict", examined.verdict.name(), by)?;
    let facts = matches(item, examined, banks, now)?;
    match missing(examined) {
        Some(why) => it.set_partial("matches", facts, why, by)?,
        None => it.set("matches", facts, by)?,
    }
    read(&mut it, examined, by)?;
    seen(&mut it, item, banks, now, by)?;
    if let Some(counts) = near {
        for (window, count) in WINDOWS.iter().zip(counts) {
            it.set(&format!("seen.near_content.{}", window.0), count, by)?;
        }
    }
    if !examined.decoded.reports.is_empty() {
        seen_links(&mut it, links, banks, now, by)?;
    }
    said(&mut it, item, banks)?;
    Ok(it)
}

/// The snapshot of an item that could not be looked at.
///
/// # Errors
/// As [`snapshot`].
pub(super) fn unread(item: &Item, banks: &Banks, now: Timestamp) -> Result<Snapshot, Unseen> {
    let (mut it, by) = begin(item, now)?;
    it.set("verdict", Verdict::Incomplete.name(), by)?;
    it.set_unknown("matches", UnknownReason::Failed, by)?;
    it.set_unknown("findings", UnknownReason::Failed, by)?;
    seen(&mut it, item, banks, now, by)?;
    said(&mut it, item, banks)?;
    Ok(it)
}

/// A snapshot with what the platform says, and the number of this program among its producers.
fn begin(item: &Item, now: Timestamp) -> Result<(Snapshot, u16), Unseen> {
    let subject = Subject {
        item: item.receipt.to_string(),
        sha256: item.sha256,
    };
    let mut it = Snapshot::new(subject, now);
    let by = it.producer(PRODUCER, env!("CARGO_PKG_VERSION"), false);
    submitted(&mut it, item, by)?;
    Ok((it, by))
}

/// What the platform says of it.
fn submitted(it: &mut Snapshot, item: &Item, by: u16) -> Result<(), Unseen> {
    it.set("item.bytes", i64::try_from(item.size).unwrap_or(i64::MAX), by)?;
    it.set("item.received_at", item.received_at, by)?;
    it.set("item.source", item.source.as_str(), by)?;
    it.set("item.jurisdictions", item.context.jurisdictions.clone(), by)?;
    let given = [
        ("item.language", item.context.language.clone()),
        (
            "item.visibility",
            item.context.visibility.map(|it| it.name().to_owned()),
        ),
        ("item.url_host", item.context.url.as_deref().and_then(host)),
    ];
    for (path, value) in given {
        match value {
            Some(value) => it.set(path, value, by)?,
            None => it.set_unknown(path, UnknownReason::NotGiven, by)?,
        }
    }
    Ok(it.set_unknown("item.kind", UnknownReason::NotGiven, by)?)
}

/// The host of an address, without `www.`; never its path, which could name somebody.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    // The port, but not the end of an address in brackets.
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let host = host.trim_start_matches("www.").to_lowercase();
    (!host.is_empty()).then_some(host)
}

fn media(examined: &Examined) -> &'static str {
    use FileKind::{Archive, Bmp, Document, Gif, Jpeg, Media, Plain, Png, Svg, Tiff, Undecoded, WebP};
    let it = &examined.decoded;
    match it.kind {
        Jpeg | Png | WebP | Gif | Bmp | Tiff | Svg => "picture",
        Archive(_) => "archive",
        Document(_) => "document",
        Media(_) if it.films.is_empty() && !it.sounds.is_empty() => "sound",
        Media(_) => "film",
        Plain => "text",
        Undecoded(_) => "other",
    }
}

fn parts(examined: &Examined) -> i64 {
    let it = &examined.decoded;
    let parts = it.pictures.len() + it.texts.len() + it.members.len() + it.films.len() + it.sounds.len();
    i64::try_from(parts).unwrap_or(i64::MAX)
}

/// Why there may be more matches than are known: not all of it was looked at.
fn missing(examined: &Examined) -> Option<UnknownReason> {
    use IncompleteReason::{
        Crashed, Empty, Encrypted, Forbidden, Malformed, Missing, Time, Truncated, Unmatched,
    };
    use IncompleteReason::{Unreadable, Unsupported};
    let gap = examined.incomplete.first()?;
    Some(match gap.reason {
        Time => UnknownReason::Timeout,
        Empty | Truncated | Encrypted | Malformed { .. } | Unreadable { .. } => UnknownReason::Unreadable,
        Crashed | Forbidden => UnknownReason::Failed,
        Unsupported { .. } | Missing { .. } => UnknownReason::Unsupported,
        Unmatched => UnknownReason::NotComputed,
        // All others are limits.
        _ => UnknownReason::TooLarge,
    })
}

fn matches(
    item: &Item,
    examined: &Examined,
    banks: &Banks,
    now: Timestamp,
) -> Result<Vec<policy::Value>, Unseen> {
    let mut facts = Vec::new();
    // One more than the longest list, so that a longer one is known to be one.
    for found in examined.matches.iter().take(Schema::LONGEST_LIST + 1) {
        // What was removed meanwhile is no match any more.
        let Some(known) = banks.known_content(found.entry, now)? else {
            continue;
        };
        let entry = known.entry;
        let fact = MatchFact {
            bank: found.bank.to_string(),
            entry: found.entry.0,
            kind: found.kind.name().to_owned(),
            method: method(found).to_owned(),
            sha256: match found.method {
                Method::Equal(SignalType::Sha256) if found.part == PartName::file() => Some(item.sha256),
                Method::Equal(SignalType::Sha256) => member(examined, &found.part),
                _ => None,
            },
            whole: found.part == PartName::file(),
            distance: Some(found.distance.into()),
            similarity: similarity(found),
            human_confirmed: Some(entry.human_confirmed),
            trust: entry.trust,
            suppressed: found.suppressed_by.is_some(),
            labels: entry.labels.into_iter().map(String::from).collect(),
            source: entry.provenance.source,
            added_at: entry.provenance.added_at,
            hash_only: entry.hash_only,
            quoted: quoted(found, &examined.decoded.reports),
        };
        facts.push(fact.into());
    }
    Ok(facts)
}

const fn method(found: &Match) -> &'static str {
    match found.method {
        Method::Equal(_) => "equal",
        Method::Pdq(_) => "pdq",
        Method::Track(_) => "track",
        Method::Text(TextMethod::Raw) => "equal",
        Method::Text(TextMethod::Tlsh(_)) => "tlsh",
        Method::Text(TextMethod::Passage { .. }) => "passage",
    }
}

/// Which share of the banked text was found.
fn similarity(found: &Match) -> Option<f64> {
    match found.method {
        Method::Text(TextMethod::Raw) => Some(1.0),
        Method::Text(TextMethod::Passage { banked, .. }) => Some(f64::from(banked) / 100.0),
        _ => None,
    }
}

/// The SHA-256 of a member, as the worker that unpacked it says.
fn member(examined: &Examined, part: &PartName) -> Option<Sha256> {
    let mut members = examined.decoded.members.iter();
    members
        .find(|member| member.name == *part)
        .map(|member| member.digests.sha256)
}

/// What was read in its texts; of several the longest speaks for the language and the context.
fn read(it: &mut Snapshot, examined: &Examined, by: u16) -> Result<(), Unseen> {
    let reports = &examined.decoded.reports;
    let Some(longest) = reports.iter().max_by_key(|part| part.report.context.words) else {
        return Ok(());
    };
    let report = &longest.report;
    it.set("text.language", &*report.language, by)?;
    it.set("text.context", report.context.label.name(), by)?;
    it.set(
        "text.words",
        i64::try_from(report.context.words).unwrap_or(i64::MAX),
        by,
    )?;
    if report.context.words > 0 {
        // Counts of words are far below what a float holds exactly.
        let share = report.context.quoted as f64 / report.context.words as f64;
        it.set("text.quoted", share, by)?;
    }
    let terms: usize = reports.iter().map(|part| part.report.context.terms).sum();
    it.set("text.terms", i64::try_from(terms).unwrap_or(i64::MAX), by)?;
    let contra = || reports.iter().flat_map(|part| &part.report.context.contra);
    let against: BTreeSet<&str> = contra().map(|shown| shown.kind.name()).collect();
    let against: Vec<String> = against.into_iter().map(str::to_owned).collect();
    it.set("text.contra", against, by)?;
    let severe = contra().filter(|shown| shown.kind == Contra::Severe);
    let severe: usize = severe.map(|shown| shown.count).sum();
    it.set("text.severe_terms", i64::try_from(severe).unwrap_or(i64::MAX), by)?;
    let found = || {
        let parts = reports.iter();
        parts.flat_map(|part| {
            part.report
                .findings
                .iter()
                .map(move |it| (it, &part.report.context))
        })
    };
    let security = found().any(|(found, _)| found.kind == Kind::Security);
    it.set("security.threat", security, by)?;
    let facts: Vec<policy::Value> = found()
        .take(Schema::LONGEST_LIST + 1)
        .map(|(found, context)| {
            let digest = found.keys.first().map(|key| digest(&key.value).to_string());
            FindingFact {
                kind: found.kind.as_str().to_owned(),
                platform: None,
                host: host(&found.normal),
                digest,
                quoted: is_quoted(found.span, context),
            }
            .into()
        })
        .collect();
    if reports.iter().all(|part| part.report.incomplete.is_empty()) {
        return Ok(it.set("findings", facts, by)?);
    }
    Ok(it.set_partial("findings", facts, UnknownReason::TooLarge, by)?)
}

/// How often the same bytes came, this time among them; no more than [`store::MOST_COPIES`] are counted.
fn seen(it: &mut Snapshot, item: &Item, banks: &Banks, now: Timestamp, by: u16) -> Result<(), Unseen> {
    let times = banks.store().copies(&item.sha256)?;
    for (window, hours) in WINDOWS {
        let count = within(&times, hours, now);
        it.set(&format!("seen.same_content.{window}"), count, by)?;
    }
    Ok(())
}

/// How many of these times lie in the last hours.
fn within(times: &[Timestamp], hours: i64, now: Timestamp) -> i64 {
    let since = now - SignedDuration::from_hours(hours);
    let count = times.iter().filter(|at| **at > since).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How often its most frequent link came, this time among them; as [`seen`].
fn seen_links(
    it: &mut Snapshot,
    links: &[Sha256],
    banks: &Banks,
    now: Timestamp,
    by: u16,
) -> Result<(), Unseen> {
    let mut most = [0; 3];
    for link in links {
        let week = now - SignedDuration::from_hours(7 * 24);
        let times = banks.store().link_times(link, week)?;
        for (most, (_, hours)) in most.iter_mut().zip(WINDOWS) {
            *most = (1 + within(&times, hours, now)).max(*most);
        }
    }
    for (count, (window, _)) in most.into_iter().zip(WINDOWS) {
        it.set(&format!("seen.same_link.{window}"), count, by)?;
    }
    Ok(())
}

/// The picture that an item is, if it is one that can be told from others.
pub(super) fn picture(examined: &Examined) -> Option<PdqHash> {
    let [part] = &*examined.decoded.pictures else {
        return None;
    };
    let print = query(part)
        .filter(|_| part.name == PartName::picture())?
        .canonical;
    print.quality().is_usable().then(|| print.hash())
}

/// The links of an item, by the SHA-256 of their one form, each once; at most [`MOST_LINKS`].
pub(super) fn links(examined: &Examined) -> Vec<Sha256> {
    let found = examined
        .decoded
        .reports
        .iter()
        .flat_map(|part| &part.report.findings);
    let leads = found.filter(|it| matches!(it.kind, Kind::Url | Kind::Invite | Kind::DonationLink));
    let digests: BTreeSet<Sha256> = leads.map(|it| digest(&it.normal)).take(MOST_LINKS).collect();
    digests.into_iter().collect()
}

fn digest(text: &str) -> Sha256 {
    let bytes: [u8; 32] = sha2::Sha256::digest(text).into();
    Sha256::new(bytes)
}

/// What people said of the same bytes.
fn said(it: &mut Snapshot, item: &Item, banks: &Banks) -> Result<(), Unseen> {
    let ruling = banks.store().ruled(&item.sha256)?.map(|ruled| ruled.ruling);
    // The name stands in the record of who decided. That nobody has decided anything is known too.
    let by = it.producer(if ruling.is_some() { "person" } else { PRODUCER }, "1", true);
    let word = ruling.map_or("none", |ruling| match ruling.found() {
        Some(true) => "violating",
        Some(false) => "not_violating",
        None => "unclear",
    });
    it.set("review.decision", word, by)?;
    let exemption = ruling.and_then(|ruling| ruling.exemption());
    let confirmed = if exemption.is_some() { "confirmed" } else { "none" };
    it.set("context.exemption", confirmed, by)?;
    let kind = exemption.map_or("none", Exemption::name);
    Ok(it.set("context.exemption_kind", kind, by)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_kept() {
        for (url, want) in [
            ("https://www.example.org:8443/a?b#c", Some("example.org")),
            ("https://amal@Example.org", Some("example.org")),
            ("http://[::1]/x", Some("[::1]")),
            ("mailto:amal@example.org", None),
            ("https:///x", None),
        ] {
            assert_eq!(host(url).as_deref(), want, "{url}");
        }
    }
}
