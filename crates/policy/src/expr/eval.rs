//! Evaluation: three values, a count of steps, a mark for every clause.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::functions::in_domain;
use super::{Choice, ClauseNo, Compare, Node, Operand, Place, TextTest, What, limits};
use crate::outcome::Truth;
use crate::schema::Schema;
use crate::snapshot::{Fact, Facts, UnknownReason};

/// What a place or a literal says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Val<'a> {
    Unknown,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(&'a str),
    Word(u8),
    Time(Timestamp),
}

/// A signal that was unknown where it mattered: its slot, the field of its records, why.
pub(crate) type Gap = (usize, Option<usize>, UnknownReason);

/// One policy on one item.
pub(crate) struct Run<'a> {
    facts: &'a Facts,
    lets: &'a [Node],
    /// A mark for every clause: `t`, `f`, `u`, `-`. It is also what is remembered of named conditions.
    pub(crate) marks: Vec<u8>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) steps: u32,
    /// Whether the budget of steps ended. The check before makes that impossible; it is held here all the same.
    pub(crate) exhausted: bool,
    list: Option<usize>,
    record: Option<&'a [Fact]>,
    item: Option<&'a str>,
}

impl Truth {
    fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    const fn mark(self) -> u8 {
        match self {
            Self::True => b't',
            Self::False => b'f',
            Self::Unknown => b'u',
        }
    }

    /// The truth of a mark.
    pub(crate) const fn of_mark(mark: u8) -> Option<Self> {
        match mark {
            b't' => Some(Self::True),
            b'f' => Some(Self::False),
            b'u' => Some(Self::Unknown),
            _ => None,
        }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(facts: &'a Facts, lets: &'a [Node], clauses: usize) -> Self {
        Self {
            facts,
            lets,
            marks: vec![b'-'; clauses],
            gaps: Vec::new(),
            steps: 0,
            exhausted: false,
            list: None,
            record: None,
            item: None,
        }
    }

    fn step(&mut self, steps: u32) -> bool {
        self.steps = self.steps.saturating_add(steps);
        self.exhausted |= self.steps > limits::STEPS;
        !self.exhausted
    }

    /// Whether a condition holds.
    pub(crate) fn truth(&mut self, node: &'a Node) -> Truth {
        let truth = if self.step(1) {
            self.evaluate(&node.what)
        } else {
            Truth::Unknown
        };
        if node.clause != ClauseNo::NONE
            && let Some(mark) = self.marks.get_mut(usize::from(node.clause.0))
        {
            *mark = truth.mark();
        }
        truth
    }

    fn evaluate(&mut self, what: &'a What) -> Truth {
        match what {
            What::And(nodes) => self.join(nodes, Truth::False),
            What::Or(nodes) => self.join(nodes, Truth::True),
            What::Not(node) => !self.truth(node),
            What::If(nodes) => {
                let [test, yes, no] = nodes.as_ref();
                match self.truth(test) {
                    Truth::True => self.truth(yes),
                    Truth::False => self.truth(no),
                    Truth::Unknown => Truth::Unknown,
                }
            }
            What::Const(value) => Truth::of(*value),
            What::Flag(place) => match self.place(*place) {
                Val::Bool(value) => Truth::of(value),
                _ => Truth::Unknown,
            },
            What::Has(place) => {
                let fact = self.fact(*place);
                let known = fact.is_some_and(|fact| !matches!(fact, Fact::Unknown(_) | Fact::Partial(..)));
                Truth::of(known || (*place == Place::Item && self.item.is_some()))
            }
            What::Compare(compare, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                compare_values(*compare, a, b)
            }
            What::OneOf(operand, choice) => {
                let value = self.value(operand);
                one_of(value, choice)
            }
            What::InTexts(operand, place) => self.in_texts(operand, *place),
            What::Text(test, operand) => match self.value(operand) {
                Val::Text(text) => Truth::of(self.step(test.steps()) && test.holds(text)),
                _ => Truth::Unknown,
            },
            What::OlderThan(operand, age) => match self.value(operand) {
                Val::Time(time) => Truth::of(self.facts.at().duration_since(time) > *age),
                _ => Truth::Unknown,
            },
            What::Let(place) => self.named(*place),
            What::Loop { list, every, body } => self.repeat(*list, *every, body),
        }
    }

    /// Kleene's tables: the deciding value decides, whatever is unknown beside it.
    fn join(&mut self, nodes: &'a [Node], decides: Truth) -> Truth {
        let mut all = !decides;
        for node in nodes {
            let truth = self.truth(node);
            if truth == decides {
                return decides;
            }
            if truth == Truth::Unknown {
                all = Truth::Unknown;
            }
        }
        all
    }

    /// A named condition, once for each item.
    fn named(&mut self, place: usize) -> Truth {
        let Some(node) = self.lets.get(place) else {
            return Truth::Unknown;
        };
        let mark = self
            .marks
            .get(usize::from(node.clause.0))
            .copied()
            .unwrap_or(b'-');
        if let Some(truth) = Truth::of_mark(mark) {
            return truth;
        }
        // It does not see the loop that it is named in.
        let outer = (self.list.take(), self.record.take(), self.item.take());
        let truth = self.truth(node);
        (self.list, self.record, self.item) = outer;
        truth
    }

    fn repeat(&mut self, place: Place, every: bool, body: &'a Node) -> Truth {
        let decides = if every { Truth::False } else { Truth::True };
        let mut all = !decides;
        let Place::Signal(slot) = place else {
            // The checker allows no loop within a loop.
            return Truth::Unknown;
        };
        let fact = self.facts.slot(slot);
        let (list, whole) = fact.list();
        let length = match list {
            Fact::Records(records) => records.len(),
            Fact::Texts(texts) => texts.len(),
            _ => {
                self.gap(place, fact);
                return Truth::Unknown;
            }
        };
        self.list = Some(slot);
        for at in 0..length {
            match list {
                Fact::Records(records) => self.record = records.get(at).map(AsRef::as_ref),
                Fact::Texts(texts) => self.item = texts.get(at).map(AsRef::as_ref),
                _ => {}
            }
            let truth = self.truth(body);
            if truth == decides {
                all = decides;
                break;
            }
            if truth == Truth::Unknown {
                all = Truth::Unknown;
            }
        }
        (self.list, self.record, self.item) = (None, None, None);
        if all != decides && !whole {
            self.gap(place, fact);
            return Truth::Unknown;
        }
        all
    }

    /// Whether a loop's body holds at one record: for explanations.
    pub(crate) fn at_record(&mut self, slot: usize, at: usize, body: &'a Node) -> Truth {
        self.list = Some(slot);
        self.record = match self.facts.slot(slot).list().0 {
            Fact::Records(records) => records.get(at).map(AsRef::as_ref),
            _ => None,
        };
        self.truth(body)
    }

    fn in_texts(&mut self, operand: &'a Operand, place: Place) -> Truth {
        let Val::Text(wanted) = self.value(operand) else {
            return Truth::Unknown;
        };
        let Some(fact) = self.fact(place) else {
            return Truth::Unknown;
        };
        let (list, whole) = fact.list();
        if let Fact::Texts(texts) = list {
            let steps = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            if !self.step(steps) {
                return Truth::Unknown;
            }
            let found = texts.iter().any(|text| **text == *wanted);
            if found || whole {
                return Truth::of(found);
            }
        }
        self.gap(place, fact);
        Truth::Unknown
    }

    fn fact(&self, place: Place) -> Option<&'a Fact> {
        match place {
            Place::Signal(slot) => Some(self.facts.slot(slot)),
            Place::Field(field) => self.record.and_then(|record| record.get(field)),
            Place::Item => None,
        }
    }

    fn gap(&mut self, place: Place, fact: &Fact) {
        let (Fact::Unknown(reason) | Fact::Partial(reason, _)) = fact else {
            return;
        };
        if let Some((slot, field)) = place.path(self.list) {
            let gap = (slot, field, *reason);
            if self.gaps.len() < 16 && !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
    }

    fn place(&mut self, place: Place) -> Val<'a> {
        if place == Place::Item {
            return self.item.map_or(Val::Unknown, Val::Text);
        }
        match self.fact(place) {
            Some(Fact::Bool(value)) => Val::Bool(*value),
            Some(Fact::Int(value)) => Val::Int(*value),
            Some(Fact::Number(value)) => Val::Number(*value),
            Some(Fact::Text(text)) => Val::Text(text),
            Some(Fact::Word(word)) => Val::Word(*word),
            Some(Fact::Time(time)) => Val::Time(*time),
            Some(other) => {
                self.gap(place, other);
                Val::Unknown
            }
            None => Val::Unknown,
        }
    }

    /// What a value is.
    pub(crate) fn value(&mut self, operand: &'a Operand) -> Val<'a> {
        if !self.step(1) {
            return Val::Unknown;
        }
        match operand {
            Operand::Place(place) => self.place(*place),
            Operand::Int(value) => Val::Int(*value),
            Operand::Number(value) => Val::Number(*value),
            Operand::Text(text) => Val::Text(text),
            Operand::Word(word) => Val::Word(*word),
            Operand::Time(time) => Val::Time(*time),
            Operand::Size(place) => match self.fact(*place) {
                Some(Fact::Records(records)) => Val::Int(records.len() as i64),
                Some(Fact::Texts(texts)) => Val::Int(texts.len() as i64),
                Some(other) => {
                    self.gap(*place, other);
                    Val::Unknown
                }
                None => Val::Unknown,
            },
            Operand::Truth(node) => match self.truth(node) {
                Truth::True => Val::Bool(true),
                Truth::False => Val::Bool(false),
                Truth::Unknown => Val::Unknown,
            },
            Operand::If(test, values) => match self.truth(test) {
                Truth::True => self.value(&values[0]),
                Truth::False => self.value(&values[1]),
                Truth::Unknown => Val::Unknown,
            },
        }
    }
}

fn compare_values(compare: Compare, a: Val<'_>, b: Val<'_>) -> Truth {
    let order = match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => a.cmp(&b),
        (Val::Int(a), Val::Int(b)) => a.cmp(&b),
        (Val::Text(a), Val::Text(b)) => a.cmp(b),
        (Val::Word(a), Val::Word(b)) => a.cmp(&b),
        (Val::Time(a), Val::Time(b)) => a.cmp(&b),
        // No number is NaN: snapshots and literals are finite.
        (Val::Number(a), Val::Number(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
        _ => return Truth::Unknown,
    };
    Truth::of(match compare {
        Compare::Eq => order == Ordering::Equal,
        Compare::Ne => order != Ordering::Equal,
        Compare::Lt => order == Ordering::Less,
        Compare::Le => order != Ordering::Greater,
        Compare::Gt => order == Ordering::Greater,
        Compare::Ge => order != Ordering::Less,
    })
}

fn one_of(value: Val<'_>, choice: &Choice) -> Truth {
    match (value, choice) {
        (Val::Word(word), Choice::Words(words)) => Truth::of(words >> word & 1 == 1),
        (Val::Int(value), Choice::Ints(list)) => Truth::of(list.contains(&value)),
        (Val::Number(value), Choice::Numbers(list)) => Truth::of(list.contains(&value)),
        (Val::Text(text), Choice::Texts(list)) => Truth::of(list.iter().any(|one| **one == *text)),
        _ => Truth::Unknown,
    }
}

impl Fact {
    /// The list, and whether it is known to be whole.
    fn list(&self) -> (&Self, bool) {
        match self {
            Self::Partial(_, list) => (list, false),
            other => (other, true),
        }
    }
}

impl TextTest {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Matches(pattern) => pattern.is_match(text),
            Self::Contains(part) => text.contains(&**part),
            Self::StartsWith(part) => text.starts_with(&**part),
            Self::EndsWith(part) => text.ends_with(&**part),
            Self::DomainIn(names) => in_domain(text, names),
        }
    }
}

/// The path of a gap, as it is shown.
pub(crate) fn gap_path((slot, field, _): &Gap) -> String {
    let signal = &Schema::signals()[*slot];
    let record = match (signal.ty, field) {
        (crate::schema::Type::Records(record), Some(field)) => record.fields.get(*field),
        _ => None,
    };
    match record {
        Some(field) => format!("{}.{}", signal.path, field.name),
        None => signal.path.to_owned(),
    }
}
