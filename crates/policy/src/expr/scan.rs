//! A look at the tokens before anything that recurses: length, depth, and what is not in the subset at all.
//!
//! The parser that comes after it works by recursion. What passes here is at most [`limits::DEPTH`] brackets deep, has no
//! chain that would become a deep tree, and consists of tokens of the subset only.

use std::ops::Range;

use super::{Problem, limits};
use crate::diagnostic::Code;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Int,
    Number,
    Text,
    /// `( [`
    Open,
    /// `) ]`
    Close,
    Dot,
    Comma,
    Question,
    Colon,
    Not,
    /// `&& ||`
    Logic,
    /// `== != < <= > >= in`
    Relation,
    Minus,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) at: Range<usize>,
}

/// The longest run of `.name`, of `!`, and of comparisons without brackets between them.
const LONGEST_PATH: usize = 8;
const MOST_NOTS: usize = 8;
const MOST_QUESTIONS: usize = 16;

/// The tokens of a condition.
///
/// # Errors
/// The first [`Problem`].
pub(crate) fn scan(source: &str) -> Result<Vec<Token>, Problem> {
    if source.len() > limits::SOURCE {
        return Err(Problem::new(
            Code::TooLong,
            0..source.len().min(40),
            format!("a condition of {} bytes", source.len()),
            format!(
                "use at most {} bytes; move parts of it to named conditions (let.name = …)",
                limits::SOURCE
            ),
        ));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let end = match c {
            ' ' | '\t' | '\r' | '\n' => at + 1,
            '/' if source[at..].starts_with("//") => source[at..].find('\n').map_or(source.len(), |n| at + n),
            _ => {
                let (kind, end) = token(source, at, c)?;
                tokens.push(Token { kind, at: at..end });
                end
            }
        };
        at = end;
    }
    shape(source, &tokens)?;
    Ok(tokens)
}

fn token(source: &str, at: usize, c: char) -> Result<(Kind, usize), Problem> {
    let rest = &source[at..];
    let two = rest.get(..2).unwrap_or_default();
    let refuse = |code, length: usize, message: String, help: &str| {
        Err(Problem::new(code, at..at + length, message, help))
    };
    Ok(match c {
        '(' | '[' => (Kind::Open, at + 1),
        ')' | ']' => (Kind::Close, at + 1),
        '.' => (Kind::Dot, at + 1),
        ',' => (Kind::Comma, at + 1),
        '?' => (Kind::Question, at + 1),
        ':' => (Kind::Colon, at + 1),
        '-' => (Kind::Minus, at + 1),
        _ if matches!(two, "&&" | "||") => (Kind::Logic, at + 2),
        _ if matches!(two, "==" | "!=" | "<=" | ">=") => (Kind::Relation, at + 2),
        '<' | '>' => (Kind::Relation, at + 1),
        '!' => (Kind::Not, at + 1),
        '\'' | '"' => (Kind::Text, text(source, at, false)?),
        'r' | 'R' if rest[1..].starts_with(['\'', '"']) => (Kind::Text, text(source, at + 1, true)?),
        'b' | 'B' if rest[1..].starts_with(['\'', '"']) => {
            return refuse(
                Code::NotInSubset,
                1,
                "bytes".to_owned(),
                "conditions know no bytes; write a text in quotes",
            );
        }
        '=' => return refuse(Code::Syntax, 1, "a single =".to_owned(), "write == to compare"),
        '&' | '|' => {
            return refuse(
                Code::Syntax,
                1,
                format!("a single {c}"),
                "write && for and, || for or",
            );
        }
        '+' | '*' | '/' | '%' => {
            return refuse(
                Code::NotInSubset,
                1,
                format!("{c} in a condition"),
                "conditions do not calculate; compare signals with values that are written out",
            );
        }
        '{' | '}' => {
            return refuse(
                Code::NotInSubset,
                1,
                format!("{c} in a condition"),
                "conditions know no maps and structures; use signals, lists and named conditions",
            );
        }
        '“' | '”' | '„' | '«' | '»' | '‘' | '’' => {
            return refuse(
                Code::Syntax,
                c.len_utf8(),
                format!("the quotation mark {c}"),
                "write ' or \" around a text",
            );
        }
        '،' | '؛' => {
            return refuse(
                Code::Syntax,
                c.len_utf8(),
                format!("the sign {c}"),
                "write , between the parts of a list",
            );
        }
        '؟' => {
            return refuse(
                Code::Syntax,
                c.len_utf8(),
                format!("the sign {c}"),
                "write ? between a condition and its values",
            );
        }
        '0'..='9' => number(source, at)?,
        'a'..='z' | 'A'..='Z' | '_' => {
            let end = at
                + rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
            let help = match &source[at..end] {
                "in" => return Ok((Kind::Relation, end)),
                "and" | "AND" | "And" => "write && for and",
                "or" | "OR" | "Or" => "write || for or",
                "not" | "NOT" | "Not" => "write ! for not",
                _ => return Ok((Kind::Name, end)),
            };
            return refuse(
                Code::Syntax,
                end - at,
                format!("{:?} is no sign of CEL", &source[at..end]),
                help,
            );
        }
        _ => {
            let shown = if c.is_control() {
                format!("U+{:04X}", c as u32)
            } else {
                c.to_string()
            };
            return refuse(
                Code::Syntax,
                c.len_utf8(),
                format!("the character {shown} outside of a text"),
                "names of signals are written in a-z, 0-9 and _; put texts in quotes",
            );
        }
    })
}

fn number(source: &str, at: usize) -> Result<(Kind, usize), Problem> {
    let bytes = source.as_bytes();
    let digits = |mut place: usize| {
        while bytes.get(place).is_some_and(u8::is_ascii_digit) {
            place += 1;
        }
        place
    };
    let mut end = digits(at);
    let mut kind = Kind::Int;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
        kind = Kind::Number;
    }
    // What follows at once belongs to it: an exponent, hexadecimal digits, a unit. None of them is in the subset.
    let tail = source[end..]
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(source.len() - end);
    if tail > 0 || end - at > 18 {
        return Err(Problem::new(
            Code::NotInSubset,
            at..end + tail,
            format!(
                "the number {:?}",
                source[at..end + tail].chars().take(40).collect::<String>()
            ),
            "write a plain number of at most 18 digits, like 12 or 0.8; lengths of time are duration('72h')",
        ));
    }
    Ok((kind, end))
}

/// The end of a text that begins with a quotation mark.
fn text(source: &str, quote: usize, raw: bool) -> Result<usize, Problem> {
    let rest = &source[quote..];
    let mark = &rest[..1];
    let triple = mark.repeat(3);
    let close = if rest.starts_with(&triple) {
        triple.as_str()
    } else {
        mark
    };
    let mut at = quote + close.len();
    loop {
        let here = &source[at..];
        if here.starts_with(close) {
            break;
        }
        at += match here.chars().next() {
            Some('\\') if !raw => 1 + here[1..].chars().next().map_or(0, char::len_utf8),
            Some('\n' | '\r') | None if close.len() == 1 || here.is_empty() => {
                return Err(Problem::new(
                    Code::Syntax,
                    quote..at,
                    "a text without an end",
                    format!("close it with {close}"),
                ));
            }
            Some(c) => c.len_utf8(),
            None => 0,
        };
    }
    let end = at + close.len();
    if end - quote > limits::LITERAL {
        return Err(Problem::new(
            Code::TooLong,
            quote..end,
            format!("a text of {} bytes in a condition", end - quote),
            format!("use at most {} bytes", limits::LITERAL),
        ));
    }
    Ok(end)
}

/// Whether the tokens can only become a shallow tree.
fn shape(source: &str, tokens: &[Token]) -> Result<(), Problem> {
    let mut open: Vec<(&str, Range<usize>, usize)> = Vec::new();
    let (mut path, mut nots, mut questions, mut relations) = (0, 0, 0, 0);
    for (place, token) in tokens.iter().enumerate() {
        let deep = |what: &str| {
            Err(Problem::new(
                Code::TooDeep,
                token.at.clone(),
                format!("{what} within each other, more than may be"),
                "move the inner part to a named condition (let.name = …)",
            ))
        };
        nots = if token.kind == Kind::Not { nots + 1 } else { 0 };
        match token.kind {
            Kind::Dot => path += 1,
            Kind::Name => {}
            // Brackets end no path: a.b(c).d goes on with it.
            Kind::Open | Kind::Close => {}
            _ => path = 0,
        }
        match token.kind {
            Kind::Open => {
                if open.len() >= limits::DEPTH {
                    return deep("brackets");
                }
                open.push((&source[token.at.clone()], token.at.clone(), relations));
                relations = 0;
            }
            Kind::Close => {
                let wanted = if &source[token.at.clone()] == ")" {
                    "("
                } else {
                    "["
                };
                match open.pop() {
                    Some((bracket, _, before)) if bracket == wanted => relations = before,
                    Some((bracket, at, _)) => {
                        return Err(Problem::new(
                            Code::Syntax,
                            at,
                            format!("{bracket} is closed by {}", &source[token.at.clone()]),
                            "close every bracket by its own kind",
                        ));
                    }
                    None => {
                        return Err(Problem::new(
                            Code::Syntax,
                            token.at.clone(),
                            format!("{} closes nothing", &source[token.at.clone()]),
                            format!("open it with {wanted}, or take it away"),
                        ));
                    }
                }
            }
            Kind::Question => {
                questions += 1;
                relations = 0;
            }
            Kind::Logic | Kind::Comma | Kind::Colon => relations = 0,
            Kind::Relation => relations += 1,
            Kind::Minus => {
                let number = tokens
                    .get(place + 1)
                    .is_some_and(|next| matches!(next.kind, Kind::Int | Kind::Number));
                let value = place.checked_sub(1).map(|before| tokens[before].kind);
                let begins = !matches!(
                    value,
                    Some(Kind::Name | Kind::Int | Kind::Number | Kind::Text | Kind::Close | Kind::Minus)
                );
                if !(number && begins) {
                    return Err(Problem::new(
                        Code::NotInSubset,
                        token.at.clone(),
                        "- in a condition",
                        "conditions do not calculate; - may only stand before a number",
                    ));
                }
            }
            _ => {}
        }
        if path > LONGEST_PATH {
            return deep("parts of a name");
        }
        if nots > MOST_NOTS {
            return deep("!");
        }
        if questions > MOST_QUESTIONS {
            return deep("? :");
        }
        if relations > 1 {
            return Err(Problem::new(
                Code::Syntax,
                token.at.clone(),
                "a second comparison on the result of the first",
                "write a < b && b < c; put brackets around a comparison that is compared",
            ));
        }
    }
    match open.pop() {
        Some((bracket, at, _)) => Err(Problem::new(
            Code::Syntax,
            at,
            format!("{bracket} is never closed"),
            format!("close it with {}", if bracket == "(" { ")" } else { "]" }),
        )),
        None if tokens.is_empty() => Err(Problem::new(
            Code::Syntax,
            0..0,
            "an empty condition",
            "write a condition, or leave the key out",
        )),
        None => Ok(()),
    }
}
