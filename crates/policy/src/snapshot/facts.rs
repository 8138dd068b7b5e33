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
}

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
    if let Some(reason) = reading.unknown {
        return Fact::Unknown(reason);
    }
    // What only a person may say is worth nothing from anybody else.
    let by_person = || {
        let by = reading.by.and_then(|by| snapshot.producers.get(usize::from(by)));
        by.is_some_and(|producer| producer.person)
    };
    if signal.person && !by_person() {
        return Fact::Unknown(UnknownReason::NotGiven);
    }
    match &reading.value {
        Some(value) => fact(signal.ty, value, snapshot.subject.sha256),
        None => Fact::Unknown(UnknownReason::NotComputed),
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
        (Type::Text, Value::Text(text)) => Fact::Text(text.as_str().into()),
        (Type::Time, Value::Text(text)) => text.parse().map_or(wrong, Fact::Time),
        (Type::Enum(words), Value::Text(text)) => {
            let place = words.iter().position(|word| word == text);
            place.and_then(|place| u8::try_from(place).ok()).map_or(wrong, Fact::Word)
        }
        (Type::Texts | Type::Records(_), Value::List(items)) if items.len() > Schema::LONGEST_LIST => {
            Fact::Unknown(UnknownReason::TooLarge)
        }
        (Type::Texts, Value::List(items)) => {
            let texts = items.iter().map(|item| match item {
                Value::Text(text) => Some(text.as_str().into()),
                _ => None,
            });
            texts.collect::<Option<Box<[_]>>>().map_or(wrong, Fact::Texts)
        }
        (Type::Records(record), Value::List(items)) => {
            let records = items.iter().map(|item| record_facts(record, item, item_of(item, item_digest(item))));
            let _ = item;
            records.collect::<Option<Box<[_]>>>().map_or(wrong, Fact::Records)
        }
        _ => wrong,
    }
}
