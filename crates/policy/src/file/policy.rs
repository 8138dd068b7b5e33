//! One policy file.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml::de::DeValue;

use super::actions::{self, Read};
use super::conditions::{self, Source};
use super::doc::{Fields, Item, Reader};
use super::{FORMAT, cases, catalog};
use crate::action::{Action, ActionKind, Automation};
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{Kind, Place};
use crate::id::{ClauseId, GroundId, PolicyHash, PolicyId, Word, digest};
use crate::schema::{MATCH, Schema, Type};
use crate::set::{Bilingual, Kinds, Limits, OnUnknown, Policy, SourceFile, Then};

/// What policies name besides themselves.
pub(super) struct Names<'n> {
    pub(super) clauses: &'n BTreeMap<ClauseId, Bilingual>,
    pub(super) grounds: &'n BTreeMap<GroundId, Bilingual>,
    /// Ids that were read already, and in which file.
    pub(super) seen: &'n mut BTreeMap<PolicyId, String>,
}

const MOST_ACTIONS: usize = 16;

/// Reads one policy.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn read(file: &SourceFile, names: Names<'_>) -> Result<Policy, Vec<Diagnostic>> {
    let mut reader = Reader::new(file);
    let policy = reader.table().and_then(|table| {
        let fields = reader.fields(table.get_ref(), 0..0);
        build(&mut reader, fields, names)
    });
    match policy {
        Some(policy) if reader.out.is_empty() => Ok(policy),
        _ => {
            reader.out.sort_by_key(|found| found.span.start);
            Err(reader.out)
        }
    }
}

fn build<'a>(reader: &mut Reader<'a>, mut fields: Fields<'_, 'a>, names: Names<'_>) -> Option<Policy> {
    if let Some(item) = fields.need(reader, "schema", "1")
        && let Some(version) = reader.int(item, 0..1_000_000)
        && version != FORMAT
    {
        reader.report(
            Code::FormatVersion,
            item.span(),
            format!("format {version}"),
            format!("this program reads format {FORMAT}"),
        );
    }
    let id = id(reader, &mut fields, names.seen);
    let title = fields
        .need(reader, "title", "{ en = \"…\", ar = \"…\" }")
        .and_then(|item| reader.table_of(item))
        .and_then(|fields| catalog::bilingual(reader, fields));
    let owner = fields
        .need(reader, "owner", "\"policy-team\"")
        .and_then(|item| reader.parsed::<Word>(item, Code::BadName));
    let clause = clause(reader, &mut fields, names.clauses);
    let legal = legal(reader, &mut fields, names.grounds);
    let kinds = kinds(reader, &mut fields);
    let on_unknown = on_unknown(reader, &mut fields);
    let words: Vec<(&str, Automation)> = Automation::ALL.iter().map(|how| (how.name(), *how)).collect();
    let automation = fields
        .need(reader, "automation", "\"none\"")
        .and_then(|item| reader.word(item, &words));
    let review_by = fields
        .need(reader, "review_by", "2027-02-01")
        .and_then(|item| date(reader, item));
    let queue = match fields.get("queue") {
        Some(item) => reader.parsed::<Word>(item, Code::BadName),
        None => "review".parse().ok(),
    };
    let limits = limits(reader, &mut fields);
    let lets = lets(reader, &mut fields);
    let when = fields
        .need(reader, "when", "'''…'''")
        .map(|item| Source::read(reader, item));
    let unless = fields.get("unless").map(|item| Source::read(reader, item));
    let then = then(reader, &mut fields);
    let tests = cases::read(reader, &mut fields);
    fields.finish(reader);

    let (mut actions, mut then_sources, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for Read { action, at, when } in then? {
        actions.push(action);
        spans.push(at);
        then_sources.push(when);
    }
    let unless = match unless {
        Some(source) => Some(source?),
        None => None,
    };
    let conditions = conditions::read(reader, lets?, when?, unless, then_sources)?;
    let then = actions
        .into_iter()
        .zip(spans)
        .map(|(action, at)| Then { action, at })
        .collect();
    let policy = Policy {
        id: id?,
        version: PolicyHash(digest([b"basira policy".as_slice(), reader.file.text.as_bytes()])),
        file: reader.file.clone(),
        title: title?,
        owner: owner?,
        clause: clause?,
        legal: legal?,
        kinds: kinds?,
        on_unknown: on_unknown?,
        automation: automation?,
        review_by: review_by?,
        queue: queue?,
        limits: limits?,
        conditions,
        then,
        tests: tests?,
    };
    judge(reader, &policy);
    Some(policy)
}

fn id<'a>(
    reader: &mut Reader<'a>,
    fields: &mut Fields<'_, 'a>,
    seen: &mut BTreeMap<PolicyId, String>,
) -> Option<PolicyId> {
    let item = fields.need(reader, "id", "\"tvec.media.exact-copy\"")?;
    let id: PolicyId = reader.parsed(item, Code::BadName)?;
    match seen.insert(id.clone(), reader.file.name.clone()) {
        None => Some(id),
        Some(other) => {
            reader.report(
                Code::DuplicateId,
                item.span(),
                format!("{id} is the id of the policy in {other} too"),
                "give each policy an id of its own, and never one that another had",
            );
            None
        }
    }
}

fn clause<'a>(
    reader: &mut Reader<'a>,
    fields: &mut Fields<'_, 'a>,
    known: &BTreeMap<ClauseId, Bilingual>,
) -> Option<ClauseId> {
    let item = fields.need(reader, "clause", "\"rules#3.1\"")?;
    let clause: ClauseId = reader.parsed(item, Code::BadName)?;
    if known.contains_key(&clause) {
        return Some(clause);
    }
    let near = crate::schema::nearest(clause.as_str(), known.keys().map(ClauseId::as_str));
    let near = near
        .map(|near| format!("did you mean {near:?}? "))
        .unwrap_or_default();
    reader.report(
        Code::UnknownClause,
        item.span(),
        format!("clauses.toml has no clause {:?}", clause.as_str()),
        format!("{near}add it there with its text in en and ar"),
    );
    None
}

fn legal<'a>(
    reader: &mut Reader<'a>,
    fields: &mut Fields<'_, 'a>,
    known: &BTreeMap<GroundId, Bilingual>,
) -> Option<Vec<GroundId>> {
    let item = fields.need(reader, "legal", "[\"eu.dsa.17\"]")?;
    let mut grounds = Vec::new();
    let list = reader.array(item)?;
    if list.is_empty() {
        reader.report(
            Code::OutOfRange,
            item.span(),
            "no legal ground",
            "name at least one of grounds.toml",
        );
        return None;
    }
    for item in list {
        let ground: GroundId = reader.parsed(item, Code::BadName)?;
        if !known.contains_key(&ground) {
            let near = crate::schema::nearest(ground.as_str(), known.keys().map(GroundId::as_str));
            let near = near
                .map(|near| format!("did you mean {near:?}? "))
                .unwrap_or_default();
            reader.report(
                Code::UnknownGround,
                item.span(),
                format!("grounds.toml has no ground {:?}", ground.as_str()),
                format!("{near}add it there with its text in en and ar"),
            );
            return None;
        }
        grounds.push(ground);
    }
    Some(grounds)
}

fn kinds<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Kinds> {
    let Some(Type::Enum(words)) = Schema::signal("item.kind").map(|signal| signal.ty) else {
        return Some(Kinds::ALL);
    };
    let Some(item) = fields.get("applies_to") else {
        return Some(Kinds::ALL);
    };
    let words: Vec<(&str, u8)> = words
        .iter()
        .zip(0..)
        .map(|(word, place)| (*word, place))
        .collect();
    let mut kinds = Kinds(0);
    let list = reader.array(item)?;
    if list.is_empty() {
        reader.report(
            Code::OutOfRange,
            item.span(),
            "applies to nothing",
            "name kinds of items, or leave it out for all",
        );
        return None;
    }
    for item in list {
        kinds.0 |= 1 << reader.word(item, &words)?;
    }
    Some(kinds)
}

fn on_unknown<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<OnUnknown> {
    let item = fields.need(reader, "on_unknown", "\"review\"")?;
    if matches!(
        item.get_ref().as_str(),
        Some("match" | "remove" | "restrict" | "act" | "true")
    ) {
        reader.report(
            Code::UnknownIsNoMatch,
            item.span(),
            "unknown is never a match",
            "write \"review\" to ask a person, or \"skip\" to do nothing",
        );
        return None;
    }
    reader.word(item, &[("review", OnUnknown::Review), ("skip", OnUnknown::Skip)])
}

fn date<'a>(reader: &mut Reader<'a>, item: &Item<'a>) -> Option<Date> {
    let found = match item.get_ref() {
        DeValue::Datetime(found) => found.to_string(),
        DeValue::String(found) => found.to_string(),
        _ => String::new(),
    };
    let date = found.parse::<Date>().ok().filter(|_| found.len() == 10);
    if date.is_none() {
        reader.report(
            Code::WrongValue,
            item.span(),
            "this is no date",
            "write year, month and day: 2027-02-01",
        );
    }
    date
}

fn limits<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Limits> {
    let mut limits = Limits {
        per_hour: 100,
        of_traffic: 0.01,
    };
    let Some(item) = fields.get("limits") else {
        return Some(limits);
    };
    let mut fields = reader.table_of(item)?;
    if let Some(item) = fields.get("per_hour") {
        limits.per_hour = reader.int(item, 0..1_000_001)?.unsigned_abs();
    }
    if let Some(item) = fields.get("of_traffic") {
        limits.of_traffic = reader.ratio(item)?;
    }
    fields.finish(reader);
    Some(limits)
}

type Lets<'t, 'a> = Vec<(String, Range<usize>, Source<'t, 'a>)>;

fn lets<'t, 'a>(reader: &mut Reader<'a>, fields: &mut Fields<'t, 'a>) -> Option<Lets<'t, 'a>> {
    let Some(item) = fields.get("let") else {
        return Some(Vec::new());
    };
    let mut lets = Vec::new();
    for (name, at, item) in reader.table_of(item)?.all() {
        let tokens = crate::expr::scan(name);
        let plain =
            tokens.is_ok_and(|tokens| matches!(tokens.as_slice(), [token] if token.kind == Kind::Name));
        let root = |path: &str| path.split('.').next() == Some(name);
        let taken = Schema::signals().iter().any(|signal| root(signal.path));
        let word = matches!(
            name,
            "true" | "false" | "null" | "has" | "size" | "duration" | "timestamp" | "if" | "for"
        );
        if !plain || taken || word {
            reader.report(
                Code::LetName,
                at,
                format!("{name:?} cannot be the name of a condition"),
                if taken {
                    "it begins the names of signals; choose another"
                } else {
                    "use a-z, 0-9 and _, beginning with a letter"
                },
            );
            continue;
        }
        lets.push((name.to_owned(), at, Source::read(reader, item)?));
    }
    // TOML's tables have no order: that of the file is the one that people read.
    lets.sort_by_key(|(_, at, _)| at.start);
    Some(lets)
}

fn then<'t, 'a>(reader: &mut Reader<'a>, fields: &mut Fields<'t, 'a>) -> Option<Vec<Read<'t, 'a>>> {
    let item = fields.need(reader, "then", "[{ do = \"enqueue\", queue = \"review\" }]")?;
    let list = reader.array(item)?;
    if list.is_empty() || list.len() > MOST_ACTIONS {
        let help = format!(
            "write 1 to {MOST_ACTIONS} [[then]]; [[then]] do = \"allow\" puts on record that nothing is done"
        );
        reader.report(
            Code::NoAction,
            item.span(),
            format!("{} actions", list.len()),
            help,
        );
        return None;
    }
    let read: Vec<_> = list.into_iter().map(|item| actions::read(reader, item)).collect();
    read.into_iter().collect()
}

/// What only the whole policy shows.
fn judge(reader: &mut Reader<'_>, policy: &Policy) {
    let kind = |then: &Then| then.action.kind();
    for (place, then) in policy.then.iter().enumerate() {
        let same = |other: &&Then| match (&other.action, &then.action) {
            (Action::Enqueue { queue: a, .. }, Action::Enqueue { queue: b, .. }) => a == b,
            (Action::Preserve { .. }, Action::Preserve { .. }) => true,
            (Action::Remove { .. }, Action::Remove { .. }) => true,
            (a, b) => a == b,
        };
        if policy.then[..place].iter().any(|other| same(&other)) {
            reader.report(
                Code::DuplicateAction,
                then.at.clone(),
                format!("a second {} of the same", kind(then)),
                "leave one of them",
            );
        }
        let preserved = policy
            .then
            .iter()
            .any(|other| kind(other) == ActionKind::Preserve);
        if kind(then) == ActionKind::Remove && !preserved {
            reader.report(
                Code::RemoveUnpreserved,
                then.at.clone(),
                "what is removed must be preserved, so that it can be given back and judged",
                "add [[then]] do = \"preserve\", for = \"180 days\"",
            );
        }
    }
    let restrictive = policy.then.iter().find(|then| kind(then).is_restrictive());
    let Some(restrictive) = restrictive else {
        return;
    };
    let path = |slot: &usize| Schema::signals()[*slot].path;
    let weak = |slot: &usize| path(slot).starts_with("seen.") || path(slot).starts_with("item.");
    if policy.conditions.when_signals.iter().all(weak) {
        reader.report(
            Code::CountsAlone,
            restrictive.at.clone(),
            format!("{} because of counts alone", kind(restrictive)),
            "what acts on content rests on what the content is: ask for matches too, or only enqueue",
        );
    } else if policy.automation == Automation::Full && !asks_for_exact(policy) {
        reader.report(
            Code::AutomationNotExact,
            restrictive.at.clone(),
            "automation = \"full\" without a condition on exact matches",
            format!(
                "ask for matches.exists(m, m.exact && m.human_confirmed), or set automation = \"assist\"; fields of a match: {}",
                MATCH.fields.iter().filter(|field| field.readable).map(|field| field.name).collect::<Vec<_>>().join(", ")
            ),
        );
    }
}

fn asks_for_exact(policy: &Policy) -> bool {
    let conditions = &policy.conditions;
    let exact = MATCH.field("exact").map(Place::Field);
    exact.is_some_and(|exact| {
        conditions
            .lets
            .iter()
            .chain([&conditions.when])
            .any(|node| node.asks_for(exact))
    })
}
