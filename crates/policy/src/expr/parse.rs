//! The parser of the crate `cel`, and where in the source each node of its tree stands.

use std::ops::Range;

use cel::common::ast::{Expr, IdedExpr, SourceInfo, operators};
use cel::parser::{ParseErrors, Parser};

use super::scan::{Kind, Token};
use super::{Problem, limits, scan};
use crate::diagnostic::Code;

/// A parsed condition.
pub(super) struct Parsed {
    pub(super) root: IdedExpr,
    info: SourceInfo,
    tokens: Vec<Token>,
}

/// Parses a condition.
///
/// # Errors
/// The first [`Problem`].
pub(super) fn parse(source: &str) -> Result<Parsed, Problem> {
    let tokens = scan(source)?;
    // Twice, because `? :` counts beside brackets. Errors are not recovered from: the first one is told.
    let depth = u16::try_from(limits::DEPTH * 2).unwrap_or(u16::MAX);
    let parser = Parser::new().max_recursion_depth(depth).error_recovery_limit(2);
    match parser.parse_with_source_info(source) {
        Ok((root, info)) => Ok(Parsed { root, info, tokens }),
        Err(errors) => Err(syntax(source, &tokens, &errors)),
    }
}

fn syntax(source: &str, tokens: &[Token], errors: &ParseErrors) -> Problem {
    let (line, column) = errors.errors.first().map_or((0, 0), |error| error.pos);
    let line = usize::try_from(line).unwrap_or(0).max(1);
    let column = usize::try_from(column).unwrap_or(0);
    let start: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &source[start.min(source.len())..];
    // The parser counts columns of its errors from 0 or from 1; a token is at least one character long.
    let offset = start
        + rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map_or(rest.len(), |(at, _)| at);
    let reserved = errors
        .errors
        .iter()
        .any(|error| error.msg.contains("reserved identifier"));
    match tokens.iter().find(|token| token.at.end > offset) {
        Some(token) => {
            let shown = &source[token.at.clone()];
            if errors
                .errors
                .iter()
                .any(|error| error.msg.contains("has() macro"))
            {
                return Problem::new(
                    Code::Syntax,
                    token.at.clone(),
                    format!("has() of {shown}"),
                    "has() takes a name with a point: has(text.words), has(m.distance); what becomes of unknown matches, \
                     findings and verdicts is what on_unknown says",
                );
            }
            let help = if reserved {
                "CEL keeps this word for itself; signals and named conditions have other names"
            } else {
                "check the sign before it: a comparison, && or ||, a comma or a bracket may be missing"
            };
            Problem::new(
                Code::Syntax,
                token.at.clone(),
                format!("{shown} cannot stand here"),
                help,
            )
        }
        None => {
            let last = tokens.last().map_or(0..0, |token| token.at.clone());
            Problem::new(
                Code::Syntax,
                last,
                "the condition ends too early",
                "write what is missing after this",
            )
        }
    }
}

impl Parsed {
    fn token(&self, expr: &IdedExpr) -> Option<usize> {
        let (start, _) = self.info.offset_for(expr.id)?;
        let start = start as usize;
        let place = self.tokens.partition_point(|token| token.at.end <= start);
        (place < self.tokens.len()).then_some(place)
    }

    /// The end of what a bracket opens.
    fn close(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for token in &self.tokens[open..] {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return token.at.end;
            }
        }
        self.tokens[open].at.end
    }

    /// Where a node stands: for an operator all that it joins, for a call its name and its arguments.
    pub(super) fn span(&self, expr: &IdedExpr) -> Range<usize> {
        let Some(place) = self.token(expr) else {
            return 0..0;
        };
        let token = &self.tokens[place];
        match &expr.expr {
            Expr::Select(select) if !select.test => {
                let end = self
                    .tokens
                    .get(place + 1)
                    .map_or(token.at.end, |name| name.at.end);
                self.span(&select.operand).start..end
            }
            Expr::Select(_) => self.before(place)..self.close(place),
            Expr::Comprehension(comprehension) => {
                self.span(&comprehension.iter_range).start..self.close(place)
            }
            Expr::List(_) => token.at.start..self.close(place),
            Expr::Call(call) if call.func_name == operators::LOGICAL_NOT => {
                let end = call.args.first().map_or(token.at.end, |arg| self.span(arg).end);
                token.at.start..end
            }
            Expr::Call(call) if call.func_name.starts_with(['_', '-', '@']) => {
                let spans = call.args.iter().map(|arg| self.span(arg));
                spans.fold(token.at.clone(), |all, one| {
                    all.start.min(one.start)..all.end.max(one.end)
                })
            }
            Expr::Call(call) => match &call.target {
                Some(target) => self.span(target).start..self.close(place),
                None => self.before(place)..self.close(place),
            },
            Expr::Literal(_) if token.kind == Kind::Minus => {
                let end = self
                    .tokens
                    .get(place + 1)
                    .map_or(token.at.end, |number| number.at.end);
                token.at.start..end
            }
            _ => token.at.clone(),
        }
    }

    /// Where the name of a call stands.
    pub(super) fn name_span(&self, expr: &IdedExpr) -> Range<usize> {
        match self.token(expr) {
            Some(place) if place > 0 => self.tokens[place - 1].at.clone(),
            _ => self.span(expr),
        }
    }

    fn before(&self, place: usize) -> usize {
        self.tokens[place.saturating_sub(1)].at.start
    }
}
