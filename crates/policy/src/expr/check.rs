//! From cel's tree to ours: types, units, the closed schema, the budget.

use std::ops::Range;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use jiff::SignedDuration;

use super::names::{Missing, unknown_field, unknown_signal};
use super::parse::{Parsed, parse};
use super::{ClauseNo, Compare, Node, Operand, Place, Problem, What, functions, limits};
use crate::diagnostic::Code;
use crate::schema::{RecordDef, Schema, Type, Unit};

/// What a condition may name besides signals.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope<'a> {
    /// The names of the policy's named conditions.
    pub(crate) lets: &'a [String],
}

/// A checked condition.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    pub(crate) root: Node,
    /// Named conditions that it uses.
    pub(crate) uses: Vec<usize>,
    /// Slots of the signals that it asks for.
    pub(crate) signals: Vec<usize>,
    /// Steps that it takes at most, without those of named conditions.
    pub(crate) steps: u32,
}

/// Checks a condition.
///
/// # Errors
/// The first [`Problem`].
pub(crate) fn check(source: &str, scope: Scope<'_>) -> Result<Checked, Problem> {
    let parsed = parse(source)?;
    let mut checker = Checker {
        parsed: &parsed,
        scope,
        loop_var: None,
        nodes: 0,
        uses: Vec::new(),
        signals: Vec::new(),
    };
    let root = checker.node(&parsed.root, 0)?;
    let steps = root.most_steps();
    if steps > limits::STEPS {
        return Err(Problem::new(
            Code::TooManySteps,
            root.at.clone(),
            format!("up to {steps} steps on one item"),
            format!(
                "use at most {}: fewer clauses within exists or all, shorter lists",
                limits::STEPS
            ),
        ));
    }
    Ok(Checked {
        root,
        uses: checker.uses,
        signals: checker.signals,
        steps,
    })
}

/// What a loop is at.
#[derive(Debug, Clone)]
struct LoopVar {
    name: String,
    /// The kind of record; `None` for texts.
    record: Option<&'static RecordDef>,
}

/// What an expression is.
pub(super) enum Term {
    Node(Node),
    Value(Operand, Type, Range<usize>),
    List(Place, Type, Range<usize>),
    Duration(SignedDuration, Range<usize>),
    /// A list that is written out.
    Literals(Vec<(Operand, Type, Range<usize>)>, Range<usize>),
}

pub(super) struct Checker<'a> {
    pub(super) parsed: &'a Parsed,
    scope: Scope<'a>,
    loop_var: Option<LoopVar>,
    nodes: usize,
    uses: Vec<usize>,
    signals: Vec<usize>,
}

pub(super) type Outcome<T> = Result<T, Problem>;

impl Term {
    pub(super) fn at(&self) -> Range<usize> {
        match self {
            Self::Node(node) => node.at.clone(),
            Self::Value(.., at) | Self::List(.., at) | Self::Duration(_, at) | Self::Literals(_, at) => {
                at.clone()
            }
        }
    }

    pub(super) fn is(&self) -> &'static str {
        match self {
            Self::Node(_) => "a condition",
            Self::Value(_, ty, _) | Self::List(_, ty, _) => ty.name(),
            Self::Duration(..) => "a length of time",
            Self::Literals(..) => "a list",
        }
    }
}

impl Checker<'_> {
    fn count(&mut self, expr: &IdedExpr, depth: usize) -> Outcome<()> {
        self.nodes += 1;
        let at = || self.parsed.span(expr);
        if self.nodes > limits::NODES {
            return Err(Problem::new(
                Code::TooManyNodes,
                at(),
                format!("more than {} parts in one condition", limits::NODES),
                "split it into named conditions (let.name = …) or into two policies",
            ));
        }
        if depth > limits::DEPTH {
            return Err(Problem::new(
                Code::TooDeep,
                at(),
                format!("nested more than {} deep", limits::DEPTH),
                "move the inner part to a named condition (let.name = …)",
            ));
        }
        Ok(())
    }

    /// A condition.
    pub(super) fn node(&mut self, expr: &IdedExpr, depth: usize) -> Outcome<Node> {
        let term = self.term(expr, depth)?;
        match term {
            Term::Node(node) => Ok(node),
            other => Err(Problem::new(
                Code::NotBoolean,
                other.at(),
                format!("{} where a condition belongs", other.is()),
                match other {
                    Term::List(..) => {
                        "ask something of the list: matches.exists(m, m.exact), size(matches) > 1"
                    }
                    _ => "compare it with something: ==, !=, <, <=, >, >=, in",
                },
            )),
        }
    }

    pub(super) fn make(what: What, at: Range<usize>) -> Node {
        Node {
            what,
            clause: ClauseNo::NONE,
            at,
        }
    }

    pub(super) fn term(&mut self, expr: &IdedExpr, depth: usize) -> Outcome<Term> {
        self.count(expr, depth)?;
        let at = self.parsed.span(expr);
        match &expr.expr {
            Expr::Literal(literal) => self.literal(literal, at),
            Expr::Ident(_) => self.path(expr, at),
            Expr::Select(select) if select.test => {
                let inner = IdedExpr {
                    id: expr.id,
                    expr: Expr::Select(cel::common::ast::SelectExpr {
                        test: false,
                        ..select.clone()
                    }),
                };
                self.has(&inner, at)
            }
            Expr::Select(_) => self.path(expr, at),
            Expr::Call(call) => self.call(expr, call, at, depth),
            Expr::List(list) => {
                let mut literals = Vec::with_capacity(list.elements.len());
                for element in &list.elements {
                    match self.term(element, depth + 1)? {
                        Term::Value(operand, ty, at) if operand.is_literal() => {
                            literals.push((operand, ty, at))
                        }
                        other => {
                            return Err(Problem::new(
                                Code::NotLiteral,
                                other.at(),
                                format!("{} in a list", other.is()),
                                "write the values of a list out: ['ar', 'en']",
                            ));
                        }
                    }
                }
                Ok(Term::Literals(literals, at))
            }
            Expr::Comprehension(comprehension) => self.repeat(expr, comprehension, at, depth),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => Err(Problem::new(
                Code::NotInSubset,
                at,
                "a map or a structure",
                "conditions know signals, literals and lists",
            )),
        }
    }

    fn literal(&self, literal: &LiteralValue, at: Range<usize>) -> Outcome<Term> {
        Ok(match literal {
            LiteralValue::Boolean(value) => Term::Node(Self::make(What::Const(*value.inner()), at)),
            LiteralValue::Int(value) => Term::Value(Operand::Int(*value.inner()), Type::Int(Unit::None), at),
            LiteralValue::Double(value) => {
                Term::Value(Operand::Number(*value.inner()), Type::Number(Unit::None), at)
            }
            LiteralValue::String(value) => Term::Value(Operand::Text(value.inner().into()), Type::Text, at),
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) | LiteralValue::Null => {
                return Err(Problem::new(
                    Code::NotInSubset,
                    at,
                    "null, bytes or an unsigned number",
                    "use has(signal) to ask whether a signal is known",
                ));
            }
        })
    }

    /// The names of a path, outermost first.
    fn segments(expr: &IdedExpr) -> Option<Vec<&str>> {
        let mut names = Vec::new();
        let mut at = expr;
        loop {
            match &at.expr {
                Expr::Ident(name) => {
                    names.push(name.as_str());
                    names.reverse();
                    return Some(names);
                }
                Expr::Select(select) if !select.test => {
                    names.push(&select.field);
                    at = &select.operand;
                }
                _ => return None,
            }
        }
    }

    /// A signal, a field of what the loop is at, or a named condition.
    fn place(&mut self, expr: &IdedExpr, at: &Range<usize>) -> Outcome<Result<(Place, Type), usize>> {
        let Some(names) = Self::segments(expr) else {
            return Err(Problem::new(
                Code::NotInSubset,
                at.clone(),
                "a field of something that is no signal",
                "name a signal; within exists(m, …) name its fields as m.field",
            ));
        };
        if let Some(var) = &self.loop_var
            && names[0] == var.name
        {
            return match (var.record, names.as_slice()) {
                (None, [_]) => Ok(Ok((Place::Item, Type::Text))),
                (Some(record), [_, name]) => match record.field(name) {
                    Some(field) if record.fields[field].readable => {
                        Ok(Ok((Place::Field(field), record.fields[field].ty)))
                    }
                    _ => Err(unknown_field(record, name, at.clone())),
                },
                (Some(record), [_]) => Err(Problem::new(
                    Code::TypeMismatch,
                    at.clone(),
                    format!("a whole {}", record.name),
                    format!("name one of its fields: {}.{}", var.name, record.fields[0].name),
                )),
                _ => Err(Problem::new(
                    Code::UnknownSignal,
                    at.clone(),
                    format!("{} has no fields within fields", names[0]),
                    "name a field of the loop's variable",
                )),
            };
        }
        let path = names.join(".");
        if let [name] = names.as_slice()
            && let Some(place) = self.scope.lets.iter().position(|known| known == name)
        {
            if !self.uses.contains(&place) {
                self.uses.push(place);
            }
            return Ok(Err(place));
        }
        match Schema::slot(&path) {
            Some(slot) => {
                if !self.signals.contains(&slot) {
                    self.signals.push(slot);
                }
                Ok(Ok((Place::Signal(slot), Schema::signals()[slot].ty)))
            }
            None => Err(unknown_signal(
                &path,
                at.clone(),
                Missing {
                    lets: self.scope.lets,
                    in_loop: self.loop_var.as_ref().map(|var| var.name.as_str()),
                },
            )),
        }
    }

    fn path(&mut self, expr: &IdedExpr, at: Range<usize>) -> Outcome<Term> {
        Ok(match self.place(expr, &at)? {
            Err(place) => Term::Node(Self::make(What::Let(place), at)),
            Ok((place, Type::Bool)) => Term::Node(Self::make(What::Flag(place), at)),
            Ok((place, ty @ (Type::Texts | Type::Records(_)))) => Term::List(place, ty, at),
            Ok((place, ty)) => Term::Value(Operand::Place(place), ty, at),
        })
    }

    fn has(&mut self, expr: &IdedExpr, at: Range<usize>) -> Outcome<Term> {
        match self.place(expr, &at)? {
            Ok((place, _)) => Ok(Term::Node(Self::make(What::Has(place), at))),
            Err(_) => Err(Problem::new(
                Code::TypeMismatch,
                at,
                "has() of a named condition",
                "has() asks whether a signal is known",
            )),
        }
    }

    fn call(&mut self, expr: &IdedExpr, call: &CallExpr, at: Range<usize>, depth: usize) -> Outcome<Term> {
        let compare = match call.func_name.as_str() {
            operators::LOGICAL_AND => return self.chain(call, at, depth, true),
            operators::LOGICAL_OR => return self.chain(call, at, depth, false),
            operators::LOGICAL_NOT => {
                let inner = self.node(&call.args[0], depth + 1)?;
                return Ok(Term::Node(Self::make(What::Not(Box::new(inner)), at)));
            }
            operators::CONDITIONAL => return self.conditional(call, at, depth),
            operators::IN => {
                let left = self.term(&call.args[0], depth + 1)?;
                let right = self.term(&call.args[1], depth + 1)?;
                return self.within(left, right, at);
            }
            operators::NEGATE => {
                return match self.term(&call.args[0], depth + 1)? {
                    Term::Value(Operand::Int(value), ty, _) => Ok(Term::Value(Operand::Int(-value), ty, at)),
                    Term::Value(Operand::Number(value), ty, _) => {
                        Ok(Term::Value(Operand::Number(-value), ty, at))
                    }
                    _ => Err(Problem::new(
                        Code::NotInSubset,
                        at,
                        "- in a condition",
                        "- may only stand before a number",
                    )),
                };
            }
            operators::EQUALS => Compare::Eq,
            operators::NOT_EQUALS => Compare::Ne,
            operators::LESS => Compare::Lt,
            operators::LESS_EQUALS => Compare::Le,
            operators::GREATER => Compare::Gt,
            operators::GREATER_EQUALS => Compare::Ge,
            operators::INDEX => {
                return Err(Problem::new(
                    Code::NotInSubset,
                    at,
                    "one place of a list",
                    "lists have no order that means something; use list.exists(x, …)",
                ));
            }
            _ => return functions::call(self, expr, call, at, depth),
        };
        let left = self.term(&call.args[0], depth + 1)?;
        let right = self.term(&call.args[1], depth + 1)?;
        self.compare(compare, left, right, at).map(Term::Node)
    }

    /// cel balances chains of && and || into trees; here they are flat again, in their order.
    fn chain(&mut self, call: &CallExpr, at: Range<usize>, depth: usize, and: bool) -> Outcome<Term> {
        let mut parts = Vec::new();
        let name = if and {
            operators::LOGICAL_AND
        } else {
            operators::LOGICAL_OR
        };
        self.flatten(call, name, depth, &mut parts)?;
        let what = if and { What::And(parts) } else { What::Or(parts) };
        Ok(Term::Node(Self::make(what, at)))
    }

    fn flatten(&mut self, call: &CallExpr, name: &str, depth: usize, parts: &mut Vec<Node>) -> Outcome<()> {
        for arg in &call.args {
            match &arg.expr {
                // No deeper: the tree is cel's, and as deep as the logarithm of the chain.
                Expr::Call(inner) if inner.func_name == name => {
                    self.count(arg, depth)?;
                    self.flatten(inner, name, depth, parts)?;
                }
                _ => {
                    let part = self.node(arg, depth + 1)?;
                    match part.what {
                        What::And(inner) if name == operators::LOGICAL_AND => parts.extend(inner),
                        What::Or(inner) if name == operators::LOGICAL_OR => parts.extend(inner),
                        _ => parts.push(part),
                    }
                }
            }
        }
        Ok(())
    }

    /// `list.exists(x, …)` and `list.all(x, …)`: the only comprehensions of the subset, recognised by their shape.
    fn repeat(
        &mut self,
        expr: &IdedExpr,
        loop_: &ComprehensionExpr,
        at: Range<usize>,
        depth: usize,
    ) -> Outcome<Term> {
        let refuse = |code, message: &str, help: &str| Err(Problem::new(code, at.clone(), message, help));
        let (every, body) = match (&loop_.accu_init.expr, &loop_.loop_step.expr) {
            (Expr::Literal(LiteralValue::Boolean(init)), Expr::Call(step)) if step.args.len() == 2 => {
                match (*init.inner(), step.func_name.as_str()) {
                    (false, operators::LOGICAL_OR) => (false, &step.args[1]),
                    (true, operators::LOGICAL_AND) => (true, &step.args[1]),
                    _ => {
                        return refuse(
                            Code::NotInSubset,
                            "a loop other than exists and all",
                            "use list.exists(x, …) or list.all(x, …)",
                        );
                    }
                }
            }
            _ => {
                return refuse(
                    Code::NotInSubset,
                    "a loop other than exists and all",
                    "use list.exists(x, …) or list.all(x, …)",
                );
            }
        };
        if self.loop_var.is_some() {
            return refuse(
                Code::NestedLoop,
                "a loop within a loop",
                "one level is allowed; use `'text' in m.labels` or a named condition",
            );
        }
        let (list, record) = match self.term(&loop_.iter_range, depth + 1)? {
            Term::List(place, Type::Records(record), _) => (place, Some(record)),
            Term::List(place, _, _) => (place, None),
            other => {
                return Err(Problem::new(
                    Code::TypeMismatch,
                    other.at(),
                    format!("{} where a list belongs", other.is()),
                    "exists and all go over a list: matches, findings, item.jurisdictions",
                ));
            }
        };
        let name = loop_.iter_var.clone();
        if Schema::slot(&name).is_some() || self.scope.lets.contains(&name) {
            return Err(Problem::new(
                Code::LetName,
                self.parsed.name_span(expr),
                format!("{name} is the name of something else"),
                "choose another name for the loop's variable, like m",
            ));
        }
        self.loop_var = Some(LoopVar { name, record });
        let body = self.node(body, depth + 1);
        self.loop_var = None;
        let body = Box::new(body?);
        Ok(Term::Node(Self::make(What::Loop { list, every, body }, at)))
    }
}
