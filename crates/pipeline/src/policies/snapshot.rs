//! What is known of an item when it is decided: what matching and reading found, what the platform says, what people said
//! before, how often the same came. Never its content: of texts there are counts and digests.

use decode::FileKind;
use jiff::{SignedDuration, Timestamp};
use model::{
    BankKind, IncompleteReason, Judgement, Match, Method, PartName, SignalType, TextMethod, Verdict,
};
use policy::{FindingFact, MatchFact, Schema, Snapshot, SnapshotError, Subject, UnknownReason};
use sha2::Digest;
use store::Item;
use thiserror::Error;

use crate::banks::{Banks, BanksError};
use crate::examine::Examined;

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

/// The snapshot of an item that was matched.
///
/// # Errors
/// [`Unseen`]; the item was not decided then.
pub fn snapshot(item: &Item, examined: &Examined, banks: &Banks, now: Timestamp) -> Result<Snapshot, Unseen> {
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
        let known = banks.known(found.entry, now)?;
        // What was removed meanwhile is no match any more.
        let Some(known) = known.filter(|known| known.bank.kind == BankKind::Known) else {
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
            quoted: None,
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
fn member(examined: &Examined, part: &PartName) -> Option<model::Sha256> {
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
    let found = || reports.iter().flat_map(|part| &part.report.findings);
    let security = found().any(|found| found.kind.as_str() == "security");
    it.set("security.threat", security, by)?;
    let facts: Vec<policy::Value> = found()
        .take(Schema::LONGEST_LIST + 1)
        .map(|found| {
            let digest = found.keys.first().map(|key| {
                let bytes: [u8; 32] = sha2::Sha256::digest(&key.value).into();
                model::Sha256::new(bytes).to_string()
            });
            FindingFact {
                kind: found.kind.as_str().to_owned(),
                platform: None,
                host: host(&found.normal),
                digest,
                quoted: None,
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
    for (path, hours) in [
        ("seen.same_content.hour", 1),
        ("seen.same_content.day", 24),
        ("seen.same_content.week", 7 * 24),
    ] {
        let since = now - SignedDuration::from_hours(hours);
        let count = times.iter().filter(|at| **at > since).count();
        it.set(path, i64::try_from(count).unwrap_or(i64::MAX), by)?;
    }
    Ok(())
}

/// What people said of the same bytes.
fn said(it: &mut Snapshot, item: &Item, banks: &Banks) -> Result<(), Unseen> {
    let judged = banks.store().judged(&item.sha256)?;
    let (person, word) = match &judged {
        None => (PRODUCER, "none"),
        // The key's number would say as little; the name stands in the record of who decided.
        Some(judged) => (
            "person",
            match judged.judgement {
                Judgement::Violating => "violating",
                Judgement::NotViolating => "not_violating",
                Judgement::Unclear => "unclear",
            },
        ),
    };
    // That nobody has said anything is known too.
    let by = it.producer(person, "1", true);
    it.set("review.decision", word, by)?;
    it.set("context.exemption", "none", by)?;
    Ok(it.set("context.exemption_kind", "none", by)?)
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
