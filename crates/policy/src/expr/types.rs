//! Types and units: what may be compared with what, and what is written out as a value of the other side.

use std::ops::Range;

use cel::common::ast::CallExpr;

use super::check::{Checker, Outcome, Term};
use super::{Choice, Compare, Node, Operand, Problem, What};
use crate::diagnostic::Code;
use crate::schema::{Type, Unit, nearest};

impl Checker<'_> {
    /// `test ? yes : no`, of two conditions or of two values of one type.
    pub(super) fn conditional(&mut self, call: &CallExpr, at: Range<usize>, depth: usize) -> Outcome<Term> {
        let test = self.node(&call.args[0], depth + 1)?;
        let yes = self.term(&call.args[1], depth + 1)?;
        let no = self.term(&call.args[2], depth + 1)?;
        match (yes, no) {
            (Term::Node(yes), Term::Node(no)) => {
                Ok(Term::Node(Self::make(What::If(Box::new([test, yes, no])), at)))
            }
            (Term::Value(yes, yes_ty, _), Term::Value(no, no_ty, no_at)) => {
                if yes_ty != no_ty {
                    return Err(Problem::new(
                        Code::TypeMismatch,
                        no_at,
                        format!("{} beside {}", no_ty.name(), yes_ty.name()),
                        "both values of ? : must be of one type and unit",
                    ));
                }
                Ok(Term::Value(
                    Operand::If(Box::new(test), Box::new([yes, no])),
                    yes_ty,
                    at,
                ))
            }
            (_, other) => Err(Problem::new(
                Code::TypeMismatch,
                other.at(),
                format!("{} in ? :", other.is()),
                "both values of ? : must be conditions, or values of one type",
            )),
        }
    }

    /// `x in [..]` and `x in list`.
    pub(super) fn within(&mut self, left: Term, right: Term, at: Range<usize>) -> Outcome<Term> {
        let Term::Value(operand, ty, left_at) = left else {
            return Err(Problem::new(
                Code::TypeMismatch,
                left.at(),
                format!("{} before in", left.is()),
                "write a text, a word or a number before in",
            ));
        };
        match right {
            Term::List(place, Type::Texts, _) if ty == Type::Text => {
                Ok(Term::Node(Self::make(What::InTexts(operand, place), at)))
            }
            Term::Literals(literals, list_at) => {
                if literals.is_empty() {
                    return Err(Problem::new(
                        Code::NotLiteral,
                        list_at,
                        "an empty list",
                        "nothing is in it; write at least one value",
                    ));
                }
                let mut choice = Vec::with_capacity(literals.len());
                for (literal, literal_ty, literal_at) in literals {
                    choice.push(self.fit(literal, literal_ty, &literal_at, ty)?);
                }
                let choice = Choice::of(choice).ok_or_else(|| {
                    Problem::new(
                        Code::TypeMismatch,
                        left_at,
                        format!("{} in a list", ty.name()),
                        "texts, words and numbers can be in a list",
                    )
                })?;
                Ok(Term::Node(Self::make(What::OneOf(operand, choice), at)))
            }
            other => Err(Problem::new(
                Code::TypeMismatch,
                other.at(),
                format!("{} after in", other.is()),
                format!("write a list of values: [{}]", ty.example()),
            )),
        }
    }

    pub(super) fn compare(
        &mut self,
        compare: Compare,
        left: Term,
        right: Term,
        at: Range<usize>,
    ) -> Outcome<Node> {
        let (left, right) = match (left, right) {
            (Term::Node(left), Term::Node(right)) if matches!(compare, Compare::Eq | Compare::Ne) => {
                let [left, right] = [left, right].map(|node| Operand::Truth(Box::new(node)));
                return Ok(Self::make(What::Compare(compare, left, right), at));
            }
            (Term::Value(a, a_ty, a_at), Term::Value(b, b_ty, b_at)) => ((a, a_ty, a_at), (b, b_ty, b_at)),
            (left, right) => {
                let odd = if matches!(left, Term::Value(..)) {
                    &right
                } else {
                    &left
                };
                return Err(Problem::new(
                    Code::TypeMismatch,
                    odd.at(),
                    format!("{} cannot be compared with {}", left.is(), right.is()),
                    "compare a signal with a value of its type; for lists use exists, all or size(list)",
                ));
            }
        };
        let (a_lit, b_lit) = (left.0.is_literal(), right.0.is_literal());
        let (a, b) = if b_lit && !a_lit {
            let fitted = self.fit(right.0, right.1, &right.2, left.1)?;
            (left.0, fitted)
        } else if a_lit && !b_lit {
            let fitted = self.fit(left.0, left.1, &left.2, right.1)?;
            (fitted, right.0)
        } else {
            same_type(left.1, right.1, &right.2)?;
            (left.0, right.0)
        };
        let ordered = matches!(left.1, Type::Int(_) | Type::Number(_) | Type::Time);
        if !ordered && !matches!(compare, Compare::Eq | Compare::Ne) {
            return Err(Problem::new(
                Code::TypeMismatch,
                at,
                format!("{} has no order", left.1.name()),
                "use == or !=, or in with a list",
            ));
        }
        Ok(Self::make(What::Compare(compare, a, b), at))
    }

    /// A value that is written out, as one of the other side's type.
    fn fit(&self, literal: Operand, ty: Type, at: &Range<usize>, wanted: Type) -> Outcome<Operand> {
        match (wanted, literal) {
            (_, Operand::If(test, values)) => {
                let [yes, no] = *values;
                let values = [self.fit(yes, ty, at, wanted)?, self.fit(no, ty, at, wanted)?];
                Ok(Operand::If(test, Box::new(values)))
            }
            (Type::Enum(words), Operand::Text(text)) => {
                let place = words.iter().position(|word| **word == *text);
                place
                    .and_then(|place| u8::try_from(place).ok())
                    .map(Operand::Word)
                    .ok_or_else(|| {
                        let near = nearest(&text, words.iter().copied());
                        let near = near
                            .map(|near| format!("did you mean {near:?}? "))
                            .unwrap_or_default();
                        Problem::new(
                            Code::UnknownEnumWord,
                            at.clone(),
                            format!("this signal is never {text:?}"),
                            format!("{near}it is one of: {}", words.join(", ")),
                        )
                    })
            }
            (Type::Int(unit), Operand::Int(value)) => {
                in_range(unit, value as f64, at)?;
                Ok(Operand::Int(value))
            }
            (Type::Number(unit), Operand::Int(value)) => {
                in_range(unit, value as f64, at)?;
                Ok(Operand::Number(value as f64))
            }
            (Type::Number(unit), Operand::Number(value)) => {
                in_range(unit, value, at)?;
                Ok(Operand::Number(value))
            }
            (_, literal) => {
                same_type(wanted, ty, at)?;
                Ok(literal)
            }
        }
    }
}

fn same_type(wanted: Type, found: Type, at: &Range<usize>) -> Outcome<()> {
    match (wanted, found) {
        (Type::Int(a), Type::Int(b)) | (Type::Number(a), Type::Number(b)) if a != b => Err(Problem::new(
            Code::UnitMismatch,
            at.clone(),
            format!("{} beside {}", b.name(), a.name()),
            "compare numbers of one unit",
        )),
        _ if wanted == found => Ok(()),
        (Type::Time, Type::Text) => Err(Problem::new(
            Code::TypeMismatch,
            at.clone(),
            "a text where a time belongs",
            "write timestamp('2027-01-01T00:00:00Z'), or olderThan(signal, duration('72h'))",
        )),
        _ => Err(Problem::new(
            Code::TypeMismatch,
            at.clone(),
            format!("{} where {} belongs", found.name(), wanted.name()),
            format!("write {}", wanted.example()),
        )),
    }
}

fn in_range(unit: Unit, value: f64, at: &Range<usize>) -> Outcome<()> {
    let (least, most) = unit.range();
    if value >= least && value <= most {
        return Ok(());
    }
    let help = match unit {
        Unit::Ratio if (1.0..=100.0).contains(&value) => {
            format!("a ratio goes from 0 to 1: did you mean {}?", value / 100.0)
        }
        Unit::Ratio => "a ratio goes from 0 to 1".to_owned(),
        Unit::Bits => "bits that differ go from 0 to 256".to_owned(),
        _ => "counts and sizes are never below 0".to_owned(),
    };
    Err(Problem::new(
        Code::NumberRange,
        at.clone(),
        format!("{value} is no number of {}", unit.name()),
        help,
    ))
}
