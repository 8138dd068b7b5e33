//! The signals that a policy may ask for: closed, typed, with units.

mod table;

use jiff::Timestamp;

use crate::snapshot::Value;
pub(crate) use table::MATCH;

/// What a number counts. Numbers of different units are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// It is a name or a number of its own.
    None,
    /// How many.
    Count,
    /// Bits that differ, 0 to 256.
    Bits,
    /// A share, 0 to 1.
    Ratio,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Count => "count",
            Self::Bits => "bits",
            Self::Ratio => "ratio",
            Self::Bytes => "bytes",
        }
    }

    /// The least and the greatest value that makes sense.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::None => (f64::MIN, f64::MAX),
            Self::Count | Self::Bytes => (0.0, f64::MAX),
            Self::Bits => (0.0, 256.0),
            Self::Ratio => (0.0, 1.0),
        }
    }
}

/// The type of a signal or of a field of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int(Unit),
    /// A number with a fraction.
    Number(Unit),
    /// A text.
    Text,
    /// A moment.
    Time,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of records.
    Records(&'static RecordDef),
}

/// A kind of record.
#[derive(Debug, PartialEq)]
pub struct RecordDef {
    /// Its name.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [FieldDef],
}

/// A field of a record.
#[derive(Debug, PartialEq)]
pub struct FieldDef {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Whether conditions may ask for it; what only the engine reads may not be asked for.
    pub readable: bool,
    /// Whether the engine computes it, so that no snapshot can claim it.
    pub computed: bool,
    /// What it says, in English and in Arabic.
    pub doc: [&'static str; 2],
}

/// A signal.
#[derive(Debug, PartialEq)]
pub struct SignalDef {
    /// The path by which conditions and snapshots name it.
    pub path: &'static str,
    /// Its type.
    pub ty: Type,
    /// Whether only a person may say it; from any other producer it is unknown.
    pub person: bool,
    /// The word of an enum that says nothing; for every other type what says nothing follows from the type.
    pub neutral: &'static str,
    /// What it says, in English and in Arabic.
    pub doc: [&'static str; 2],
}

/// The closed schema. It has no attribute of an author, no engagement, no text of an item.
#[derive(Debug)]
pub struct Schema;

impl Schema {
    /// Its version: it changes when a signal is added or changes its meaning.
    pub const VERSION: u32 = 1;
    /// The longest list that a condition looks at; a longer one is unknown (`too_large`).
    pub const LONGEST_LIST: usize = 256;
    /// The longest list within a record of a list; a longer one is unknown (`too_large`).
    pub const LONGEST_FIELD: usize = 32;

    /// All signals, by path.
    pub fn signals() -> &'static [SignalDef] {
        table::SIGNALS
    }

    /// The signal of a path.
    pub fn signal(path: &str) -> Option<&'static SignalDef> {
        Self::slot(path).map(|slot| &table::SIGNALS[slot])
    }

    pub(crate) fn slot(path: &str) -> Option<usize> {
        table::SIGNALS
            .binary_search_by(|signal| signal.path.cmp(path))
            .ok()
    }
}

impl SignalDef {
    /// The value that says nothing.
    pub(crate) fn quiet(&self, at: Timestamp) -> Value {
        match self.ty {
            Type::Enum(_) => Value::Text(self.neutral.to_owned()),
            ty => ty.quiet(at),
        }
    }

    pub(crate) fn check(&self, value: &Value) -> Result<(), (String, String)> {
        self.ty.check(value)
    }
}

impl Type {
    fn quiet(self, at: Timestamp) -> Value {
        match self {
            Self::Bool => Value::Bool(false),
            Self::Int(_) => Value::Int(0),
            Self::Number(_) => Value::Number(0.0),
            Self::Text => Value::Text(String::new()),
            Self::Time => Value::Text(at.to_string()),
            Self::Enum(words) => Value::Text(words[0].to_owned()),
            Self::Texts | Self::Records(_) => Value::List(Vec::new()),
        }
    }

    /// Its name in diagnostics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int(_) => "a whole number",
            Self::Number(_) => "a number",
            Self::Text => "a text",
            Self::Time => "a time",
            Self::Enum(_) => "a word",
            Self::Texts => "a list of texts",
            Self::Records(_) => "a list of records",
        }
    }

    /// Whether a value is of this type; if not, where in it and why.
    pub(crate) fn check(self, value: &Value) -> Result<(), (String, String)> {
        let wrong = || Err((String::new(), format!("needs {}, has {value}", self.name())));
        let in_range = |unit: Unit, number: f64| {
            let (least, most) = unit.range();
            if number >= least && number <= most {
                return Ok(());
            }
            Err((
                String::new(),
                format!("{number} is outside {least} to {most} ({})", unit.name()),
            ))
        };
        match (self, value) {
            (Self::Bool, Value::Bool(_)) | (Self::Text, Value::Text(_)) => Ok(()),
            (Self::Int(unit), Value::Int(number)) => in_range(unit, *number as f64),
            (Self::Number(unit), Value::Number(number)) => in_range(unit, *number),
            (Self::Number(unit), Value::Int(number)) => in_range(unit, *number as f64),
            (Self::Time, Value::Text(text)) => match text.parse::<Timestamp>() {
                Ok(_) => Ok(()),
                Err(_) => Err((
                    String::new(),
                    format!("needs a time like 2027-01-01T00:00:00Z, has {text:?}"),
                )),
            },
            (Self::Enum(words), Value::Text(text)) => {
                if words.contains(&text.as_str()) {
                    return Ok(());
                }
                let near = nearest(text, words.iter().copied());
                let near = near
                    .map(|near| format!("; did you mean {near:?}?"))
                    .unwrap_or_default();
                Err((
                    String::new(),
                    format!("{text:?} is not one of: {}{near}", words.join(", ")),
                ))
            }
            (Self::Texts, Value::List(items)) => {
                for (place, item) in items.iter().enumerate() {
                    if !matches!(item, Value::Text(_)) {
                        return Err((format!("[{place}]"), format!("needs a text, has {item}")));
                    }
                }
                Ok(())
            }
            (Self::Records(record), Value::List(items)) => {
                for (place, item) in items.iter().enumerate() {
                    record
                        .check(item)
                        .map_err(|(inner, why)| (format!("[{place}]{inner}"), why))?;
                }
                Ok(())
            }
            _ => wrong(),
        }
    }
}

impl RecordDef {
    /// The place of a field.
    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    fn check(&self, value: &Value) -> Result<(), (String, String)> {
        let Value::Record(fields) = value else {
            return Err((String::new(), format!("needs a {}, has {value}", self.name)));
        };
        for (name, value) in fields {
            let Some(place) = self.field(name) else {
                let near = nearest(name, self.fields.iter().map(|field| field.name));
                let near = near
                    .map(|near| format!("; did you mean {near:?}?"))
                    .unwrap_or_default();
                return Err((
                    String::new(),
                    format!("a {} has no field {name:?}{near}", self.name),
                ));
            };
            let field = &self.fields[place];
            if field.computed {
                return Err((
                    format!(".{name}"),
                    "the engine computes it; leave it out".to_owned(),
                ));
            }
            field
                .ty
                .check(value)
                .map_err(|(inner, why)| (format!(".{name}{inner}"), why))?;
        }
        Ok(())
    }
}

/// The name that was probably meant.
pub(crate) fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A long one costs time that grows with its square, and is no slip of the finger.
    if found.len() > 80 {
        return None;
    }
    let scored = known.map(|name| (strsim::jaro_winkler(found, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.8).then_some(best.1)
}
