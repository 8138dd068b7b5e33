//! A snapshot made ready: every signal in its slot, in the schema's own type.

use jiff::Timestamp;
use model::Sha256;

use super::{Snapshot, UnknownReason, Value};
use crate::schema::{MATCH, RecordDef, Schema, SignalDef, Type};

/// One value, in the schema's type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    Unknown(UnknownReason),
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(Box<str>),
    /// The place of a word in the list of its type.
    Word(u8),
    Time(Timestamp),
    Texts(Box<[Box<str>]>),
    /// Records, each with a fact for every field of its kind.
    Records(Box<[Box<[Fact]>]>),
    /// A list that may lack something, and why: what is in it is there, what is not in it is unknown.
    Partial(UnknownReason, Box<Fact>),
}

/// The longest text that a condition looks at, in bytes; a longer one is unknown (`too_large`).
const LONGEST_TEXT: usize = 4096;

/// A snapshot made ready for any number of policies: what is not there, or not of the schema's type, is unknown.
#[derive(Debug, Clone)]
pub struct Facts {
    at: Timestamp,
    sha256: Sha256,
    slots: Box<[Fact]>,
}

impl Facts {
    /// Makes a snapshot ready. Never fails: see [`Snapshot::check`] for one from outside.
    pub fn of(snapshot: &Snapshot) -> Self {
        let signals = Schema::signals();
        let slots = signals.iter().map(|signal| slot(snapshot, signal)).collect();
        Self {
            at: snapshot.at,
            sha256: snapshot.subject.sha256,
            slots,
        }
    }

    /// The time of the snapshot.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// SHA-256 of the whole item.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    pub(crate) fn slot(&self, slot: usize) -> &Fact {
        &self.slots[slot]
    }

    pub(crate) fn signal(&self, path: &str) -> &Fact {
        const NONE: &Fact = &Fact::Unknown(UnknownReason::NotComputed);
        Schema::slot(path).map_or(NONE, |slot| &self.slots[slot])
    }
}

fn slot(snapshot: &Snapshot, signal: &SignalDef) -> Fact {
    let Some(reading) = snapshot.signals.get(signal.path) else {
        return Fact::Unknown(UnknownReason::NotComputed);
    };
    // What only a person may say is worth nothing from anybody else.
    let by_person = || {
        let by = reading.by.and_then(|by| snapshot.producers.get(usize::from(by)));
        by.is_some_and(|producer| producer.person)
    };
    if signal.person && !by_person() {
        return Fact::Unknown(UnknownReason::NotGiven);
    }
    let is_list = matches!(signal.ty, Type::Texts | Type::Records(_));
    match (&reading.value, reading.unknown) {
        (Some(value), None) => fact(signal.ty, value, snapshot.subject.sha256),
        (Some(value), Some(reason)) if is_list => match fact(signal.ty, value, snapshot.subject.sha256) {
            unknown @ Fact::Unknown(_) => unknown,
            list => Fact::Partial(reason, Box::new(list)),
        },
        (_, reason) => Fact::Unknown(reason.unwrap_or(UnknownReason::NotComputed)),
    }
}

fn fact(ty: Type, value: &Value, item: Sha256) -> Fact {
    let wrong = Fact::Unknown(UnknownReason::WrongType);
    let within = |unit: crate::schema::Unit, number: f64| {
        let (least, most) = unit.range();
        number >= least && number <= most
    };
    match (ty, value) {
        (Type::Bool, Value::Bool(value)) => Fact::Bool(*value),
        (Type::Int(unit), Value::Int(value)) if within(unit, *value as f64) => Fact::Int(*value),
        (Type::Number(unit), Value::Number(value)) if within(unit, *value) => Fact::Number(*value),
        (Type::Number(unit), Value::Int(value)) if within(unit, *value as f64) => Fact::Number(*value as f64),
        (Type::Text, Value::Text(text)) if text.len() > LONGEST_TEXT => {
            Fact::Unknown(UnknownReason::TooLarge)
        }
        (Type::Text, Value::Text(text)) => Fact::Text(text.as_str().into()),
        (Type::Time, Value::Text(text)) => text.parse().map_or(wrong, Fact::Time),
        (Type::Enum(words), Value::Text(text)) => {
            let place = words.iter().position(|word| word == text);
            place
                .and_then(|place| u8::try_from(place).ok())
                .map_or(wrong, Fact::Word)
        }
        (Type::Texts | Type::Records(_), Value::List(items)) if items.len() > Schema::LONGEST_LIST => {
            Fact::Unknown(UnknownReason::TooLarge)
        }
        (Type::Texts, Value::List(items)) => {
            let texts = items.iter().map(|item| match item {
                Value::Text(text) if text.len() <= LONGEST_TEXT => Some(text.as_str().into()),
                _ => None,
            });
            texts.collect::<Option<Box<[_]>>>().map_or(wrong, Fact::Texts)
        }
        (Type::Records(record), Value::List(items)) => {
            let records = items.iter().map(|value| record_facts(record, value, item));
            records.collect::<Option<Box<[_]>>>().map_or(wrong, Fact::Records)
        }
        _ => wrong,
    }
}

fn record_facts(record: &RecordDef, value: &Value, item: Sha256) -> Option<Box<[Fact]>> {
    let Value::Record(fields) = value else {
        return None;
    };
    let read = |name: &'static str, ty: Type| match fields.get(name) {
        Some(Value::List(list)) if list.len() > Schema::LONGEST_FIELD => {
            Fact::Unknown(UnknownReason::TooLarge)
        }
        Some(value) => fact(ty, value, item),
        None => Fact::Unknown(UnknownReason::NotComputed),
    };
    let mut facts: Box<[Fact]> = record
        .fields
        .iter()
        .map(|field| read(field.name, field.ty))
        .collect();
    if record.name == MATCH.name {
        let exact = exact(&facts, item);
        if let Some(place) = MATCH.field("exact") {
            facts[place] = exact;
        }
    }
    Some(facts)
}

/// Whether a match is exact, in the one meaning that automation has: the SHA-256 of the whole item equals that of an
/// active entry. It is computed here, from the digests themselves; what a snapshot says about it is not read. Whether a
/// person confirmed the entry is asked besides.
fn exact(facts: &[Fact], item: Sha256) -> Fact {
    let field = |name: &str| {
        MATCH
            .field(name)
            .map(|place| (&facts[place], MATCH.fields[place].ty))
    };
    let word = |name: &str, wanted: &str| match field(name) {
        Some((Fact::Word(at), Type::Enum(words))) => Some(words[usize::from(*at)] == wanted),
        _ => None,
    };
    let flag = |name: &str, wanted: bool| match field(name) {
        Some((Fact::Bool(value), _)) => Some(*value == wanted),
        _ => None,
    };
    let digest = match field("sha256") {
        Some((Fact::Text(text), _)) => Some(Sha256::from_hex(text).is_ok_and(|digest| digest == item)),
        _ => None,
    };
    let clauses = [
        word("type", "sha256"),
        word("method", "equal"),
        flag("whole", true),
        word("trust", "active"),
        flag("suppressed", false),
        digest,
    ];
    if clauses.contains(&Some(false)) {
        return Fact::Bool(false);
    }
    if clauses.contains(&None) {
        return Fact::Unknown(UnknownReason::NotComputed);
    }
    Fact::Bool(true)
}
