//! Conditions: from a text in a subset of CEL to something that is typed, bounded and traced.
//!
//! ```text
//! text ─► scan ─► cel's parser ─► check ─► Condition ─► eval
//!         length, depth, tokens   types,    a tree of    three values,
//!         before anything that    signals,  our own      steps, trace
//!         recurses                budget
//! ```

mod check;
mod eval;
mod functions;
mod names;
mod parse;
mod scan;
mod types;
mod visit;

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use crate::diagnostic::Code;
pub(crate) use check::{Checked, Scope, check};
pub(crate) use eval::{Run, gap_path};
pub(crate) use scan::{Kind, scan};

/// What a condition may cost. Every limit is checked before the condition is ever run.
pub(crate) mod limits {
    /// Bytes of its source.
    pub(crate) const SOURCE: usize = 8 * 1024;
    /// Brackets within brackets, and `? :` within `? :`.
    pub(crate) const DEPTH: usize = 32;
    /// Nodes of its tree.
    pub(crate) const NODES: usize = 256;
    /// Steps of one policy on one item, if every list is as long as lists may be.
    pub(crate) const STEPS: u32 = 32_768;
    /// Bytes of a compiled pattern.
    pub(crate) const PATTERN: usize = 256 * 1024;
    /// Bytes of a text in a condition.
    pub(crate) const LITERAL: usize = 1024;
}

/// Something wrong with a condition, at bytes of its own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) at: Range<usize>,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(
        code: Code,
        at: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            code,
            at,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// The number of a clause in its policy's trace; [`Clause::NONE`] within a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClauseNo(pub(crate) u16);

impl ClauseNo {
    pub(crate) const NONE: Self = Self(u16::MAX);
}

/// A condition: true, false or unknown.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) what: What,
    pub(crate) clause: ClauseNo,
    /// Bytes in the source of its condition.
    pub(crate) at: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// All of them; at least two, none of them an `And` itself.
    And(Vec<Node>),
    /// Any of them; at least two, none of them an `Or` itself.
    Or(Vec<Node>),
    Not(Box<Node>),
    /// Condition, then, else.
    If(Box<[Node; 3]>),
    Const(bool),
    /// A signal that is true or false.
    Flag(Place),
    /// Whether a signal has a value.
    Has(Place),
    Compare(Compare, Operand, Operand),
    /// Whether a value is one of those written out.
    OneOf(Operand, Choice),
    /// Whether a text is in a list of texts.
    InTexts(Operand, Place),
    Text(TextTest, Operand),
    OlderThan(Operand, SignedDuration),
    /// Another condition of the policy, by its place among the named ones.
    Let(usize),
    Loop {
        list: Place,
        every: bool,
        body: Box<Node>,
    },
}

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A signal, by its slot in the schema.
    Signal(usize),
    /// A field of the record that the loop is at.
    Field(usize),
    /// The text that the loop is at.
    Item,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Place(Place),
    Int(i64),
    Number(f64),
    Text(Box<str>),
    Word(u8),
    Time(Timestamp),
    /// How long a list is.
    Size(Place),
    /// A condition as a value, to be compared with another.
    Truth(Box<Node>),
    If(Box<Node>, Box<[Operand; 2]>),
}

#[derive(Debug, Clone)]
pub(crate) enum Choice {
    /// A bit for each word.
    Words(u64),
    Ints(Box<[i64]>),
    Numbers(Box<[f64]>),
    Texts(Box<[Box<str>]>),
}

#[derive(Debug, Clone)]
pub(crate) enum TextTest {
    Matches(Regex),
    Contains(Box<str>),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    /// The text is one of these host names or lies below one.
    DomainIn(Box<[Box<str>]>),
}
