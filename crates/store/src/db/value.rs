//! Values on their way between the program and an engine: what both engines store, and nothing else.

use rusqlite::types::{ToSqlOutput, ValueRef};

/// A value that is bound to a statement, or lies in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    /// What a condition gives. PostgreSQL has a type for it, SQLite takes 0 and 1; no column is of it.
    Bool(bool),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl Value<'_> {
    /// What it is, for messages.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "a number",
            Self::Real(_) => "a fraction",
            Self::Bool(_) => "a truth value",
            Self::Text(_) => "a text",
            Self::Blob(_) => "bytes",
        }
    }
}

/// What can be bound to a statement.
pub(crate) trait ToValue {
    fn to_value(&self) -> Value<'_>;
}

/// What a column can be read as.
pub(crate) trait FromValue: Sized {
    /// What a column must hold, for messages.
    const WANTED: &'static str;

    /// `None` when the value is another.
    fn from_value(value: Value<'_>) -> Option<Self>;
}

/// The values of a statement, in the order of its `$1`, `$2` …
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::db::ToValue::to_value(&$value)),*] as &[$crate::db::Value<'_>]
    };
}
pub(crate) use params;

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl ToValue for $number {
            fn to_value(&self) -> Value<'_> {
                Value::Int(i64::from(*self))
            }
        }

        impl FromValue for $number {
            const WANTED: &'static str = concat!("a number (", stringify!($number), ")");

            fn from_value(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Int(number) => number.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}
numbers!(u8, u16, u32, i64);

impl ToValue for bool {
    fn to_value(&self) -> Value<'_> {
        Value::Bool(*self)
    }
}

impl FromValue for bool {
    const WANTED: &'static str = "a truth value";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bool(truth) => Some(truth),
            Value::Int(number) => Some(number != 0),
            _ => None,
        }
    }
}

impl ToValue for f64 {
    fn to_value(&self) -> Value<'_> {
        Value::Real(*self)
    }
}

impl FromValue for f64 {
    const WANTED: &'static str = "a fraction";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Real(fraction) => Some(fraction),
            _ => None,
        }
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl FromValue for String {
    const WANTED: &'static str = "a text";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value<'_> {
        Value::Blob(self)
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value<'_> {
        Value::Blob(self)
    }
}

impl FromValue for Vec<u8> {
    const WANTED: &'static str = "bytes";

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Blob(bytes) => Some(bytes.to_owned()),
            _ => None,
        }
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value<'_> {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const WANTED: &'static str = T::WANTED;

    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(number),
            Self::Real(fraction) => ValueRef::Real(fraction),
            Self::Bool(truth) => ValueRef::Integer(i64::from(truth)),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'a> Value<'a> {
    /// A value of SQLite; `None` when a text is no UTF-8.
    pub(super) fn of_sqlite(value: ValueRef<'a>) -> Option<Self> {
        Some(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Real(fraction) => Self::Real(fraction),
            ValueRef::Text(text) => Self::Text(std::str::from_utf8(text).ok()?),
            ValueRef::Blob(bytes) => Self::Blob(bytes),
        })
    }
}
