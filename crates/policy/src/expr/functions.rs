//! The functions of conditions: a fixed table.

use std::ops::Range;

use cel::common::ast::{CallExpr, IdedExpr};
use jiff::{SignedDuration, Timestamp};
use regex::RegexBuilder;

use super::check::{Checker, Outcome, Term};
use super::{Node, Operand, Place, Problem, TextTest, What, limits};
use crate::diagnostic::Code;
use crate::schema::{Type, Unit, nearest};

/// The name, how many arguments it has with its target, and how it is written.
const TABLE: &[(&str, usize, &str)] = &[
    ("matches", 2, "item.source.matches('^news-')"),
    ("contains", 2, "m.bank.contains('verified')"),
    ("startsWith", 2, "m.bank.startsWith('own-')"),
    ("endsWith", 2, "f.host.endsWith('.example')"),
    ("domainIn", 2, "domainIn(f.host, ['chess.example'])"),
    ("olderThan", 2, "olderThan(item.received_at, duration('72h'))"),
    ("size", 1, "size(matches)"),
    ("duration", 1, "duration('72h')"),
    ("timestamp", 1, "timestamp('2027-01-01T00:00:00Z')"),
];

pub(super) fn call(
    checker: &mut Checker<'_>,
    expr: &IdedExpr,
    call: &CallExpr,
    at: Range<usize>,
    depth: usize,
) -> Outcome<Term> {
    let name = call.func_name.as_str();
    let name_at = checker.parsed.name_span(expr);
    let Some((_, count, example)) = TABLE.iter().find(|(known, ..)| *known == name) else {
        return Err(unknown(name, name_at));
    };
    let mut args = Vec::with_capacity(2);
    for arg in call.target.iter().map(AsRef::as_ref).chain(&call.args) {
        if args.len() == *count {
            break;
        }
        args.push(checker.term(arg, depth + 1)?);
    }
    let found = call.args.len() + usize::from(call.target.is_some());
    let member = matches!(name, "matches" | "contains" | "startsWith" | "endsWith");
    let global = matches!(name, "domainIn" | "olderThan" | "duration" | "timestamp");
    if found != *count || (member && call.target.is_none()) || (global && call.target.is_some()) {
        return Err(Problem::new(
            Code::ArgumentCount,
            at,
            format!("{name} with {found} values"),
            format!("write it like {example}"),
        ));
    }
    let mut args = args.into_iter();
    match (args.next(), args.next()) {
        (Some(first), Some(second)) => two(name, first, second, at, example),
        (Some(first), None) => one(name, first, at, example),
        _ => wrong(at, name, example),
    }
}

/// Functions of two values.
fn two(name: &str, first: Term, second: Term, at: Range<usize>, example: &str) -> Outcome<Term> {
    let node = |what| Ok(Term::Node(Checker::make(what, at.clone())));
    match name {
        "domainIn" => node(What::Text(
            TextTest::DomainIn(domains(second, example)?),
            text(first, name, example)?,
        )),
        "olderThan" => {
            let (Term::Value(operand, Type::Time, _), Term::Duration(age, _)) = (first, second) else {
                return wrong(at, name, example);
            };
            node(What::OlderThan(operand, age))
        }
        _ => {
            let operand = text(first, name, example)?;
            let Term::Value(Operand::Text(literal), _, literal_at) = second else {
                return Err(Problem::new(
                    Code::NotLiteral,
                    second.at(),
                    format!("{} in {name}", second.is()),
                    format!("write the text out: {example}"),
                ));
            };
            let test = match name {
                "matches" => TextTest::Matches(pattern(&literal, literal_at)?),
                "contains" => TextTest::Contains(literal),
                "startsWith" => TextTest::StartsWith(literal),
                _ => TextTest::EndsWith(literal),
            };
            node(What::Text(test, operand))
        }
    }
}

/// Functions of one value.
fn one(name: &str, arg: Term, at: Range<usize>, example: &str) -> Outcome<Term> {
    match (name, arg) {
        ("size", Term::List(place, ..)) => Ok(Term::Value(Operand::Size(place), Type::Int(Unit::Count), at)),
        ("size", Term::Value(Operand::Place(_), Type::Text, _)) => Err(Problem::new(
            Code::NotInSubset,
            at,
            "the length of a text",
            "size() counts a list: size(matches); for words there is text.words",
        )),
        ("duration", Term::Value(Operand::Text(text), ..)) => match duration(&text) {
            Some(duration) => Ok(Term::Duration(duration, at)),
            None => Err(Problem::new(
                Code::BadLiteral,
                at,
                format!("{text:?} is no length of time"),
                "write hours, minutes or seconds: duration('72h'), duration('1h30m')",
            )),
        },
        ("timestamp", Term::Value(Operand::Text(text), ..)) => match text.parse::<Timestamp>() {
            Ok(time) => Ok(Term::Value(Operand::Time(time), Type::Time, at)),
            Err(_) => Err(Problem::new(
                Code::BadLiteral,
                at,
                format!("{text:?} is no time"),
                "write date, time and zone: timestamp('2027-01-01T00:00:00Z')",
            )),
        },
        ("duration" | "timestamp", other) => Err(Problem::new(
            Code::NotLiteral,
            other.at(),
            format!("{} in {name}", other.is()),
            format!("write the text out: {example}"),
        )),
        _ => wrong(at, name, example),
    }
}

fn wrong<T>(at: Range<usize>, name: &str, example: &str) -> Outcome<T> {
    Err(Problem::new(
        Code::TypeMismatch,
        at,
        format!("{name} of something else"),
        format!("write it like {example}"),
    ))
}

fn unknown(name: &str, at: Range<usize>) -> Problem {
    let help = match name {
        "map" | "filter" | "exists_one" | "existsOne" => {
            return Problem::new(
                Code::NotInSubset,
                at,
                format!("{name} in a condition"),
                "of the loops there are exists and all",
            );
        }
        "exists" | "all" => "write it with a variable and a condition: matches.exists(m, m.exact)".to_owned(),
        "has" => "write it with a signal: has(text.words)".to_owned(),
        "now" => "time is in the snapshot: olderThan(item.received_at, duration('72h'))".to_owned(),
        _ => match nearest(name, TABLE.iter().map(|(known, ..)| *known)) {
            Some(near) => format!("did you mean {near:?}?"),
            None => {
                let names: Vec<_> = TABLE.iter().map(|(known, ..)| *known).collect();
                format!("there are: has, exists, all, {}", names.join(", "))
            }
        },
    };
    Problem::new(
        Code::UnknownFunction,
        at,
        format!("there is no function {name:?}"),
        help,
    )
}

fn text(term: Term, name: &str, example: &str) -> Outcome<Operand> {
    match term {
        Term::Value(operand @ Operand::Place(_), Type::Text, _) => Ok(operand),
        Term::Value(_, Type::Enum(_), at) => Err(Problem::new(
            Code::TypeMismatch,
            at,
            format!("{name} of a word"),
            "this signal is one of a few words: compare it with ==, or with in and a list",
        )),
        other => wrong(other.at(), name, example),
    }
}

fn domains(term: Term, example: &str) -> Outcome<Box<[Box<str>]>> {
    let Term::Literals(literals, _) = term else {
        return Err(Problem::new(
            Code::NotLiteral,
            term.at(),
            format!("{} in domainIn", term.is()),
            format!("write the names out: {example}"),
        ));
    };
    let mut names = Vec::with_capacity(literals.len());
    for (literal, _, at) in literals {
        match literal {
            Operand::Text(name) if is_domain(&name) => names.push(name),
            _ => {
                return Err(Problem::new(
                    Code::BadLiteral,
                    at,
                    "this is no host name",
                    "write names in small letters without http:// and path: 'chess.example'; other scripts as xn--…",
                ));
            }
        }
    }
    Ok(names.into())
}

fn is_domain(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    name.len() <= 253 && name.split('.').count() >= 2 && name.split('.').all(label)
}

fn pattern(text: &str, at: Range<usize>) -> Outcome<regex::Regex> {
    RegexBuilder::new(text)
        .size_limit(limits::PATTERN)
        .dfa_size_limit(limits::PATTERN)
        .nest_limit(16)
        .build()
        .map_err(|error| {
            let (message, help) = match error {
                regex::Error::CompiledTooBig(_) => (
                    "the pattern becomes too large".to_owned(),
                    "use smaller repetitions and fewer alternatives",
                ),
                regex::Error::Syntax(said) => {
                    let last = said.lines().last().unwrap_or_default();
                    let said = last.strip_prefix("error: ").unwrap_or(last).to_owned();
                    (
                        format!("the pattern is wrong: {said}"),
                        "patterns are those of the Rust crate regex: no look-around, no back-references",
                    )
                }
                _ => ("the pattern is wrong".to_owned(), "see the handbook on patterns"),
            };
            Problem::new(Code::BadPattern, at.clone(), message, help)
        })
}

/// A length of time as CEL writes it: `72h`, `1h30m`, `45s`.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let mut seconds: i64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let factor = match rest.as_bytes()[digits] {
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[digits + 1..];
    }
    // A hundred years.
    (!text.is_empty() && seconds <= 876_600 * 3600).then(|| SignedDuration::from_secs(seconds))
}

impl Operand {
    /// Whether it is written out.
    pub(super) fn is_literal(&self) -> bool {
        match self {
            Self::Int(_) | Self::Number(_) | Self::Text(_) | Self::Word(_) | Self::Time(_) => true,
            Self::If(_, values) => values.iter().all(Self::is_literal),
            Self::Place(_) | Self::Size(_) | Self::Truth(_) => false,
        }
    }

    fn most_steps(&self) -> u32 {
        match self {
            Self::Truth(node) => node.most_steps().saturating_add(1),
            Self::If(test, values) => {
                let values = values.iter().map(Self::most_steps).fold(0, u32::saturating_add);
                test.most_steps().saturating_add(values).saturating_add(1)
            }
            _ => 1,
        }
    }
}

impl Node {
    /// Steps that it takes at most, with every list as long as lists may be.
    pub(super) fn most_steps(&self) -> u32 {
        let longest = crate::schema::Schema::LONGEST_LIST as u32;
        let all = |nodes: &[Self]| nodes.iter().map(Self::most_steps).fold(0, u32::saturating_add);
        let inner = match &self.what {
            What::And(nodes) | What::Or(nodes) => all(nodes),
            What::Not(node) => node.most_steps(),
            What::If(nodes) => all(nodes.as_ref()),
            What::Const(_) | What::Flag(_) | What::Has(_) | What::Let(_) => 0,
            What::Compare(_, a, b) => a.most_steps().saturating_add(b.most_steps()),
            What::OneOf(operand, choice) => operand.most_steps().saturating_add(choice.steps()),
            What::InTexts(operand, Place::Field(_)) => operand
                .most_steps()
                .saturating_add(crate::schema::Schema::LONGEST_FIELD as u32),
            What::InTexts(operand, _) => operand.most_steps().saturating_add(longest),
            What::Text(test, operand) => operand.most_steps().saturating_add(test.steps()),
            What::OlderThan(operand, _) => operand.most_steps(),
            What::Loop { body, .. } => body.most_steps().saturating_mul(longest),
        };
        inner.saturating_add(1)
    }
}

impl super::Choice {
    /// The values of a list, if they are of one type that can be in one.
    pub(super) fn of(values: Vec<Operand>) -> Option<Self> {
        match values.first()? {
            Operand::Word(_) => {
                let bits = values.iter().map(|value| match value {
                    Operand::Word(word) if *word < 64 => Some(1u64 << word),
                    _ => None,
                });
                bits.collect::<Option<Vec<_>>>()
                    .map(|bits| Self::Words(bits.into_iter().fold(0, |all, bit| all | bit)))
            }
            Operand::Int(_) => {
                let ints = values.iter().map(|value| {
                    if let Operand::Int(int) = value {
                        Some(*int)
                    } else {
                        None
                    }
                });
                ints.collect::<Option<_>>().map(Self::Ints)
            }
            Operand::Number(_) => {
                let numbers = values.iter().map(|value| {
                    if let Operand::Number(number) = value {
                        Some(*number)
                    } else {
                        None
                    }
                });
                numbers.collect::<Option<_>>().map(Self::Numbers)
            }
            Operand::Text(_) => {
                let texts = values.into_iter().map(|value| {
                    if let Operand::Text(text) = value {
                        Some(text)
                    } else {
                        None
                    }
                });
                texts.collect::<Option<_>>().map(Self::Texts)
            }
            _ => None,
        }
    }

    fn steps(&self) -> u32 {
        let length = match self {
            Self::Words(_) => 1,
            Self::Ints(list) => list.len(),
            Self::Numbers(list) => list.len(),
            Self::Texts(list) => list.len(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }
}

impl TextTest {
    /// A pattern reads every byte of a text once.
    pub(super) fn steps(&self) -> u32 {
        match self {
            Self::Matches(_) => 64,
            Self::Contains(_) => 8,
            Self::StartsWith(_) | Self::EndsWith(_) => 1,
            Self::DomainIn(names) => u32::try_from(names.len()).unwrap_or(u32::MAX),
        }
    }
}

impl Type {
    /// How a value of it is written in a condition.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int(_) => "a whole number like 12",
            Self::Number(_) => "a number like 0.8",
            Self::Text | Self::Texts => "a text in quotes like 'ar'",
            Self::Time => "timestamp('2027-01-01T00:00:00Z')",
            Self::Enum(_) => "one of its words in quotes",
            Self::Records(_) => "exists(m, …)",
        }
    }
}

/// Whether a text is one of these names or lies below one.
pub(super) fn in_domain(host: &str, names: &[Box<str>]) -> bool {
    names.iter().any(|name| {
        host.strip_suffix(&**name)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

impl Place {
    /// Where it stands, for [`Missing`](crate::Missing): the slot of the signal and the field of its records.
    pub(super) fn path(self, list: Option<usize>) -> Option<(usize, Option<usize>)> {
        match self {
            Self::Signal(slot) => Some((slot, None)),
            Self::Field(field) => list.map(|slot| (slot, Some(field))),
            Self::Item => list.map(|slot| (slot, None)),
        }
    }
}
