//! The simple case of a policy: what somebody has chosen in a form, as the text of a file. The text is checked like every
//! other; nothing here decides anything.

use std::collections::BTreeMap;

use model::words;
use thiserror::Error;

use crate::action::Priority;
use crate::schema::{Schema, Type};

words! {
    /// How a signal is compared with a value.
    Operator {
        /// It is this.
        Is = "is",
        /// It is anything else.
        IsNot = "is_not",
        /// It is less, or before.
        Less = "less",
        /// It is at most this.
        AtMost = "at_most",
        /// It is at least this.
        AtLeast = "at_least",
        /// It is more, or after.
        More = "more",
        /// The text begins with it.
        Begins = "begins",
        /// The text has it somewhere.
        Contains = "contains",
        /// The text ends with it.
        Ends = "ends",
        /// The list has it.
        Has = "has",
        /// The list has it not.
        HasNot = "has_not",
    } known "is, is_not, less, at_most, at_least, more, begins, contains, ends, has, has_not"
}

impl Operator {
    /// Those by which signals of a type are compared, in the order of a list.
    pub const fn of(ty: Type) -> &'static [Self] {
        use Operator::{AtLeast, AtMost, Begins, Contains, Ends, Has, HasNot, Is, IsNot, Less, More};
        match ty {
            Type::Bool => &[Is],
            Type::Int(_) | Type::Number(_) => &[AtLeast, More, AtMost, Less, Is, IsNot],
            Type::Text => &[Is, IsNot, Begins, Contains, Ends],
            Type::Time => &[Less, More],
            Type::Enum(_) => &[Is, IsNot],
            Type::Texts => &[Has, HasNot],
            Type::Records(_) => &[],
        }
    }
}

words! {
    /// How several conditions are joined.
    Join {
        /// Each must hold.
        All = "all",
        /// One is enough.
        Any = "any",
    } known "all, any"
}

words! {
    /// What a policy must say in a test.
    Says {
        /// It acts.
        Match = "match",
        /// It does nothing.
        NoMatch = "no_match",
        /// It cannot tell.
        Unknown = "unknown",
    } known "match, no_match, unknown"
}

/// What a condition may compare: a signal, or a field of what a list holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparable {
    /// The signal.
    pub signal: &'static str,
    /// The field of the records that it lists.
    pub field: Option<&'static str>,
    /// Its type.
    pub ty: Type,
    /// What it says, in English and in Arabic.
    pub doc: [&'static str; 2],
}

impl Comparable {
    /// All of them, by their names.
    pub fn all() -> Vec<Self> {
        let mut out = Vec::new();
        for signal in Schema::signals() {
            let one = |field, ty, doc| Self {
                signal: signal.path,
                field,
                ty,
                doc,
            };
            match signal.ty {
                Type::Records(record) => {
                    let readable = record.fields.iter().filter(|field| field.readable);
                    out.extend(readable.map(|field| one(Some(field.name), field.ty, field.doc)));
                }
                ty => out.push(one(None, ty, signal.doc)),
            }
        }
        out
    }

    /// The one of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|it| it.name() == name)
    }

    /// Its name: the path, and the field behind a point.
    pub fn name(&self) -> String {
        match self.field {
            Some(field) => format!("{}.{field}", self.signal),
            None => self.signal.to_owned(),
        }
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is compared.
    pub what: Comparable,
    /// How.
    pub operator: Operator,
    /// With what, as it was typed.
    pub value: String,
}

/// A test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// For each condition what the signal is, as it was typed: empty where it says nothing, [`UNKNOWN`] where it is not known;
    /// of a field of a list, `;` between those of its records.
    pub given: Vec<String>,
    /// What the policy must say.
    pub says: Says,
}

/// What is typed where something is not known.
pub const UNKNOWN: &str = "?";

/// What was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The lasting name.
    pub id: String,
    /// What it is called, in English and in Arabic.
    pub title: [String; 2],
    /// The team that owns it.
    pub owner: String,
    /// The clause of the rules.
    pub clause: String,
    /// The legal grounds.
    pub legal: Vec<String>,
    /// Where people are asked.
    pub queue: String,
    /// How soon they look.
    pub priority: Priority,
    /// Whether the team is told.
    pub tells_team: bool,
    /// Whether a person is asked where it cannot be told.
    pub asks_when_unknown: bool,
    /// When somebody must look again, as `2027-02-01`.
    pub review_by: String,
    /// How the conditions are joined.
    pub join: Join,
    /// The conditions.
    pub rows: Vec<Row>,
    /// The tests.
    pub trials: Vec<Trial>,
}

/// What was typed and cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormError {
    /// There is no condition.
    #[error("a policy needs a condition: choose what is compared")]
    NoCondition,
    /// An operator that the type does not have.
    #[error("{what} is {ty}: compare it by {known}")]
    Operator {
        /// What is compared.
        what: String,
        /// Its type.
        ty: &'static str,
        /// The operators that it has.
        known: String,
    },
    /// A value of another type.
    #[error("{value:?} is no value of {what}, which is {ty}{known}")]
    Value {
        /// What is compared.
        what: String,
        /// What was typed.
        value: String,
        /// The type.
        ty: &'static str,
        /// The words that it may be, where it is a word.
        known: String,
    },
}

impl Form {
    /// A policy that a form begins with: known content that was found is looked at by a person.
    pub fn example(clause: &str, ground: &str, review_by: &str) -> Self {
        let what = Comparable::find("matches.distance");
        let row = what.map(|what| Row {
            what,
            operator: Operator::AtMost,
            value: "20".to_owned(),
        });
        let trial = |name: &str, given: &str, says| Trial {
            name: name.to_owned(),
            given: vec![given.to_owned()],
            says,
        };
        Self {
            id: "own.near-copy".to_owned(),
            title: ["A near copy", "نسخة قريبة"].map(str::to_owned),
            owner: "policy-team".to_owned(),
            clause: clause.to_owned(),
            legal: vec![ground.to_owned()],
            queue: "review".to_owned(),
            priority: Priority::Normal,
            tells_team: false,
            asks_when_unknown: true,
            review_by: review_by.to_owned(),
            join: Join::All,
            rows: row.into_iter().collect(),
            trials: vec![
                trial("as near as that", "20", Says::Match),
                trial("one of two is", "20; 90", Says::Match),
                trial("farther than that", "21", Says::NoMatch),
                trial("it was not compared", UNKNOWN, Says::Unknown),
            ],
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// [`FormError`]. Whether the text passes the check is asked of [`PolicySet::check`](crate::PolicySet::check).
    pub fn text(&self) -> Result<String, FormError> {
        let when = self.when()?;
        let legal: Vec<String> = self.legal.iter().map(|it| quoted(it)).collect();
        let [en, ar] = [&self.title[0], &self.title[1]].map(|it| quoted(it));
        let on_unknown = if self.asks_when_unknown { "review" } else { "skip" };
        let mut out = format!(
            "schema = 1\nid = {}\ntitle = {{ en = {en}, ar = {ar} }}\nowner = {}\nclause = {}\nlegal = [{}]\n\
             on_unknown = \"{on_unknown}\"\nautomation = \"none\"\nreview_by = {}\nqueue = {}\nwhen = {}\n\n\
             [[then]]\ndo = \"enqueue\"\nqueue = {}\n",
            quoted(&self.id),
            quoted(&self.owner),
            quoted(&self.clause),
            legal.join(", "),
            date(&self.review_by),
            quoted(&self.queue),
            quoted(&when),
            quoted(&self.queue),
        );
        if self.priority != Priority::Normal {
            out += &format!("priority = \"{}\"\n", self.priority);
        }
        if self.tells_team {
            out += "\n[[then]]\ndo = \"notify\"\nwho = \"team\"\n";
        }
        for trial in &self.trials {
            let given = self.given(trial)?;
            let expect = match trial.says {
                Says::Match if self.tells_team => "\"enqueue\", \"notify\"",
                Says::Match => "\"enqueue\"",
                Says::Unknown if self.asks_when_unknown => "\"enqueue\"",
                Says::NoMatch | Says::Unknown => "",
            };
            out += &format!("\n[[test]]\nname = {}\n", quoted(&trial.name));
            if !given.is_empty() {
                out += &format!("given = {{ {given} }}\n");
            }
            out += &format!("expect = [{expect}]\n");
        }
        Ok(out)
    }

    /// The condition. Fields of one list are asked of one record, where all must hold.
    fn when(&self) -> Result<String, FormError> {
        let mut parts: Vec<(Option<&str>, String)> = Vec::new();
        for row in &self.rows {
            let Some(field) = row.what.field else {
                parts.push((None, row.written(row.what.signal)?));
                continue;
            };
            let written = row.written(&format!("m.{field}"))?;
            let same = parts
                .iter_mut()
                .find(|(list, _)| self.join == Join::All && *list == Some(row.what.signal));
            match same {
                Some((_, text)) => *text += &format!(" && {written}"),
                None => parts.push((Some(row.what.signal), written)),
            }
        }
        let parts: Vec<String> = parts
            .into_iter()
            .map(|(list, text)| match list {
                Some(list) => format!("{list}.exists(m, {text})"),
                None => text,
            })
            .collect();
        match parts.is_empty() {
            true => Err(FormError::NoCondition),
            false => Ok(parts.join(match self.join {
                Join::All => " && ",
                Join::Any => " || ",
            })),
        }
    }

    /// The signals of a test. What is typed of fields of one list is one record of it.
    fn given(&self, trial: &Trial) -> Result<String, FormError> {
        // Of a list: its records, each with its fields.
        let mut lists: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
        let mut unknown: Vec<&str> = Vec::new();
        let mut out: BTreeMap<&str, String> = BTreeMap::new();
        for (row, typed) in self.rows.iter().zip(&trial.given) {
            let signal = row.what.signal;
            match typed.trim() {
                "" => {}
                UNKNOWN => unknown.push(signal),
                typed => match row.what.field {
                    Some(field) => {
                        let records = lists.entry(signal).or_default();
                        for (at, typed) in typed.split(';').enumerate() {
                            if records.len() == at {
                                records.push(Vec::new());
                            }
                            let value = toml_value(row.what, typed.trim())?;
                            records[at].push(format!("{field} = {value}"));
                        }
                    }
                    None => drop(out.insert(signal, toml_value(row.what, typed)?)),
                },
            }
        }
        for (signal, records) in lists {
            let records = records
                .iter()
                .map(|fields| format!("{{ {} }}", fields.join(", ")));
            let records: Vec<String> = records.collect();
            out.insert(signal, format!("[{}]", records.join(", ")));
        }
        for signal in unknown {
            out.insert(signal, "{ unknown = \"timeout\" }".to_owned());
        }
        let out: Vec<String> = out
            .into_iter()
            .map(|(signal, value)| format!("{signal} = {value}"))
            .collect();
        Ok(out.join(", "))
    }
}

impl Row {
    /// The condition about something by its name.
    fn written(&self, name: &str) -> Result<String, FormError> {
        let known = Operator::of(self.what.ty);
        if !known.contains(&self.operator) {
            let known: Vec<&str> = known.iter().map(|it| it.name()).collect();
            return Err(FormError::Operator {
                what: self.what.name(),
                ty: self.what.ty.name(),
                known: known.join(", "),
            });
        }
        let value = cel_value(self.what, &self.value)?;
        Ok(match self.operator {
            Operator::Is if self.what.ty == Type::Bool => match &*value {
                "true" => name.to_owned(),
                _ => format!("!{name}"),
            },
            Operator::Is => format!("{name} == {value}"),
            Operator::IsNot => format!("{name} != {value}"),
            Operator::Less => format!("{name} < {value}"),
            Operator::AtMost => format!("{name} <= {value}"),
            Operator::AtLeast => format!("{name} >= {value}"),
            Operator::More => format!("{name} > {value}"),
            Operator::Begins => format!("{name}.startsWith({value})"),
            Operator::Contains => format!("{name}.contains({value})"),
            Operator::Ends => format!("{name}.endsWith({value})"),
            Operator::Has => format!("{value} in {name}"),
            Operator::HasNot => format!("!({value} in {name})"),
        })
    }
}

/// What was typed, as a value of its type.
enum Typed<'a> {
    Plain(String),
    Text(&'a str),
}

fn typed(what: Comparable, text: &str) -> Result<Typed<'_>, FormError> {
    let text = text.trim();
    let wrong = |known: String| FormError::Value {
        what: what.name(),
        value: text.to_owned(),
        ty: what.ty.name(),
        known,
    };
    match what.ty {
        Type::Bool if matches!(text, "true" | "false") => Ok(Typed::Plain(text.to_owned())),
        Type::Bool => Err(wrong(": true or false".to_owned())),
        Type::Int(_) => match text.parse::<i64>() {
            Ok(number) => Ok(Typed::Plain(number.to_string())),
            Err(_) => Err(wrong(String::new())),
        },
        Type::Number(_) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Typed::Plain(format!("{number:?}"))),
            _ => Err(wrong(String::new())),
        },
        Type::Time => match text.parse::<jiff::Timestamp>() {
            Ok(time) => Ok(Typed::Plain(time.to_string())),
            Err(_) => Err(wrong(": write it like 2027-01-01T00:00:00Z".to_owned())),
        },
        Type::Enum(words) if words.contains(&text) => Ok(Typed::Text(text)),
        Type::Enum(words) => Err(wrong(format!(": one of {}", words.join(", ")))),
        Type::Text | Type::Texts => Ok(Typed::Text(text)),
        Type::Records(_) => Err(wrong(String::new())),
    }
}

fn cel_value(what: Comparable, text: &str) -> Result<String, FormError> {
    Ok(match typed(what, text)? {
        Typed::Plain(time) if what.ty == Type::Time => format!("timestamp('{time}')"),
        Typed::Plain(value) => value,
        Typed::Text(text) => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
    })
}

fn toml_value(what: Comparable, text: &str) -> Result<String, FormError> {
    Ok(match typed(what, text)? {
        Typed::Plain(time) if what.ty == Type::Time => quoted(&time),
        Typed::Plain(value) => value,
        Typed::Text(text) if what.ty == Type::Texts => {
            let texts: Vec<String> = text.split(',').map(|it| quoted(it.trim())).collect();
            format!("[{}]", texts.join(", "))
        }
        Typed::Text(text) => quoted(text),
    })
}

/// A text as TOML writes it on one line.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// A day, or what was typed in its place as a text, which the check refuses by its place.
fn date(text: &str) -> String {
    match text.trim().parse::<jiff::civil::Date>() {
        Ok(date) => date.to_string(),
        Err(_) => quoted(text),
    }
}

#[cfg(test)]
mod tests;
