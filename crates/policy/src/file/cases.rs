//! `[[test]]`: what a policy must do with given signals. Without tests no policy is taken.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use model::Sha256;
use toml::de::{DeTable, DeValue};

use super::doc::{Fields, Item, Reader};
use crate::action::ActionKind;
use crate::diagnostic::Code;
use crate::schema::{RecordDef, Schema, Type, nearest};
use crate::set::Case;
use crate::snapshot::{Snapshot, Subject, UnknownReason, Value};

const MOST_TESTS: usize = 200;

/// The digest of the item in tests.
const ITEM: [u8; 32] = [0xba; 32];

pub(super) fn read<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Vec<Case>> {
    let Some(item) = fields.get("test") else {
        return Some(Vec::new());
    };
    let list = reader.array(item)?;
    if list.len() > MOST_TESTS {
        reader.report(
            Code::TooLarge,
            item.span(),
            format!("{} tests", list.len()),
            format!("use at most {MOST_TESTS}"),
        );
        return None;
    }
    let read: Vec<Option<Case>> = list.into_iter().map(|item| case(reader, item)).collect();
    let cases: Vec<Case> = read.into_iter().collect::<Option<_>>()?;
    for (place, case) in cases.iter().enumerate() {
        if cases[..place].iter().any(|other| other.name == case.name) {
            reader.report(
                Code::DuplicateTest,
                case.at.clone(),
                format!("a second test with the name {:?}", case.name),
                "give each test a name of its own",
            );
        }
    }
    Some(cases)
}

fn case<'a>(reader: &mut Reader<'a>, item: &Item<'a>) -> Option<Case> {
    let mut fields = reader.table_of(item)?;
    let name = fields
        .need(reader, "name", "\"a confirmed copy is removed\"")
        .and_then(|item| reader.text(item));
    let at = match fields.get("at") {
        Some(item) => time(reader, item),
        None => "2027-01-01T00:00:00Z".parse().ok(),
    };
    let approved = match fields.get("approved") {
        Some(item) => reader.bool(item),
        None => Some(true),
    };
    let words: Vec<(&str, ActionKind)> = ActionKind::ALL.iter().map(|kind| (kind.name(), *kind)).collect();
    let expect = fields.need(reader, "expect", "[\"enqueue\"]").and_then(|item| {
        let list = reader.array(item)?;
        list.into_iter()
            .map(|item| reader.word(item, &words))
            .collect::<Option<Vec<_>>>()
    });
    let given = fields.get("given");
    let span = fields.at.clone();
    let snapshot = at.and_then(|at| snapshot(reader, given, at));
    fields.finish(reader);
    let (snapshot, unknown) = snapshot?;
    Some(Case {
        name: name?.text,
        at: span,
        snapshot,
        unknown,
        approved: approved?,
        expect: expect?,
    })
}

fn time<'a>(reader: &mut Reader<'a>, item: &Item<'a>) -> Option<Timestamp> {
    let found = match item.get_ref() {
        DeValue::Datetime(found) => found.to_string(),
        DeValue::String(found) => found.to_string(),
        _ => String::new(),
    };
    let time = found.parse().ok();
    if time.is_none() {
        reader.report(
            Code::WrongValue,
            item.span(),
            "this is no time",
            "write date, time and zone: 2027-01-01T00:00:00Z",
        );
    }
    time
}

/// The snapshot of a test, and whether anything in it is unknown.
fn snapshot<'a>(
    reader: &mut Reader<'a>,
    given: Option<&Item<'a>>,
    at: Timestamp,
) -> Option<(Snapshot, bool)> {
    let subject = Subject {
        item: "test".to_owned(),
        sha256: Sha256::new(ITEM),
    };
    let mut snapshot = Snapshot::quiet(subject, at);
    let Some(given) = given else {
        return Some((snapshot, false));
    };
    let DeValue::Table(table) = given.get_ref() else {
        reader.report(
            Code::WrongValue,
            given.span(),
            "given is no table",
            "write given = { text.words = 120 }",
        );
        return None;
    };
    let mut found = Vec::new();
    flatten(reader, table, String::new(), &mut found)?;
    let mut any_unknown = false;
    for (path, item) in &found {
        any_unknown |= set(reader, &mut snapshot, path, item, at)?;
    }
    // What is found makes the verdict, unless the test says otherwise.
    let says = |path: &str| found.iter().any(|(found, _)| found == path);
    let has_matches = matches!(
        snapshot.signals.get("matches").and_then(|reading| reading.value.as_ref()),
        Some(Value::List(list)) if !list.is_empty()
    );
    if has_matches && !says("verdict") {
        let by = snapshot.producer("quiet", "1", false);
        snapshot.set("verdict", "match", by).ok()?;
    }
    Some((snapshot, any_unknown))
}

type Found<'t, 'a> = Vec<(String, &'t Item<'a>)>;

/// Takes `{ text.words = 1 }` apart into paths of signals.
fn flatten<'t, 'a>(
    reader: &mut Reader<'a>,
    table: &'t DeTable<'a>,
    prefix: String,
    into: &mut Found<'t, 'a>,
) -> Option<()> {
    for (key, item) in table {
        let path = if prefix.is_empty() {
            key.get_ref().to_string()
        } else {
            format!("{prefix}.{}", key.get_ref())
        };
        if Schema::signal(&path).is_some() {
            into.push((path, item));
            continue;
        }
        let begins = format!("{path}.");
        let inner = Schema::signals()
            .iter()
            .any(|signal| signal.path.starts_with(&begins));
        match item.get_ref() {
            DeValue::Table(table) if inner => flatten(reader, table, path, into)?,
            _ => {
                let near = nearest(&path, Schema::signals().iter().map(|signal| signal.path));
                let help = near.map_or_else(
                    || "`basira policy explain --schema` lists all signals".to_owned(),
                    |near| format!("did you mean {near:?}?"),
                );
                reader.report(
                    Code::BadGiven,
                    key.span(),
                    format!("the schema has no signal {path:?}"),
                    help,
                );
                return None;
            }
        }
    }
    Some(())
}

/// Sets one signal; whether it is unknown, as a whole or in part.
fn set<'a>(
    reader: &mut Reader<'a>,
    snapshot: &mut Snapshot,
    path: &str,
    item: &Item<'a>,
    at: Timestamp,
) -> Option<bool> {
    let signal = Schema::signal(path)?;
    let by = snapshot.producer("given", "1", signal.person);
    let complain = |reader: &mut Reader<'a>, span: Range<usize>, why: String| {
        reader.report(
            Code::BadGiven,
            span,
            why,
            format!("{path} is {}", signal.ty.name()),
        );
    };
    if let DeValue::Table(table) = item.get_ref()
        && let Some(reason) = table.get("unknown")
    {
        let words: Vec<(&str, UnknownReason)> =
            UnknownReason::ALL.iter().map(|why| (why.name(), *why)).collect();
        let reason = reader.word(reason, &words)?;
        let set = match table.get("value") {
            Some(value) => {
                let value = given_value(value.get_ref(), signal.ty, at).0;
                snapshot.set_partial(path, value, reason, by)
            }
            None => snapshot.set_unknown(path, reason, by),
        };
        if let Err(error) = set {
            complain(reader, item.span(), error.to_string());
            return None;
        }
        return Some(true);
    }
    let (value, unknown) = given_value(item.get_ref(), signal.ty, at);
    if let Err(error) = snapshot.set(path, value, by) {
        complain(reader, item.span(), error.to_string());
        return None;
    }
    Some(unknown)
}

/// A value of a test as a value of a snapshot; records get what their test leaves out.
fn given_value(value: &DeValue<'_>, ty: Type, at: Timestamp) -> (Value, bool) {
    match (value, ty) {
        (DeValue::Array(items), Type::Records(record)) => {
            let mut unknown = false;
            let records = items.iter().map(|item| match item.get_ref() {
                DeValue::Table(fields) => {
                    let (record, some) = given_record(fields, record, at);
                    unknown |= some;
                    record
                }
                other => plain(other),
            });
            let records = Value::List(records.collect());
            (records, unknown)
        }
        _ => (plain(value), false),
    }
}

fn given_record(fields: &DeTable<'_>, record: &RecordDef, at: Timestamp) -> (Value, bool) {
    let mut out: BTreeMap<String, Value> = BTreeMap::new();
    for field in record.fields.iter().filter(|field| !field.computed) {
        let value = match (field.name, field.ty) {
            ("bank", _) => "bank".into(),
            ("entry", _) => 1.into(),
            ("type" | "method", _) => "pdq".into(),
            ("whole", _) => true.into(),
            ("similarity", _) => 1.0.into(),
            ("trust", _) => "active".into(),
            ("source", _) => "local".into(),
            ("kind", _) => "url".into(),
            (_, Type::Bool) => false.into(),
            (_, Type::Int(_)) => 0.into(),
            (_, Type::Texts) => Value::List(Vec::new()),
            (_, Type::Time) => at.into(),
            _ => "".into(),
        };
        out.insert(field.name.to_owned(), value);
    }
    let exact = fields.get("exact").and_then(|item| item.get_ref().as_bool());
    if exact == Some(true) && record.field("exact").is_some() {
        out.insert("type".to_owned(), "sha256".into());
        out.insert("method".to_owned(), "equal".into());
        out.insert("sha256".to_owned(), Sha256::new(ITEM).to_string().into());
    }
    let mut unknown = false;
    for (name, item) in fields {
        let name = name.get_ref().as_ref();
        if name == "exact" && exact.is_some() {
            continue;
        }
        match item.get_ref() {
            DeValue::Table(table) if table.get("unknown").is_some() => {
                out.remove(name);
                unknown = true;
            }
            value => {
                out.insert(name.to_owned(), plain(value));
            }
        }
    }
    (Value::Record(out), unknown)
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Text(number.to_string()), Value::Int),
        DeValue::Float(number) => match number.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Number(number),
            _ => Value::Text(number.to_string()),
        },
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| plain(item.get_ref())).collect()),
        DeValue::Table(table) => Value::Record(
            table
                .iter()
                .map(|(key, item)| (key.get_ref().to_string(), plain(item.get_ref())))
                .collect(),
        ),
    }
}
