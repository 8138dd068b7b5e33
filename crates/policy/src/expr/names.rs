//! What to say of a name that the schema does not have.

use std::ops::Range;

use super::Problem;
use crate::diagnostic::Code;
use crate::schema::{RecordDef, Schema, nearest};

/// What else could have been meant.
pub(super) struct Missing<'a> {
    pub(super) lets: &'a [String],
    pub(super) in_loop: Option<&'a str>,
}

const PERSONS: &[&str] = &[
    "author", "user", "account", "person", "sender", "uploader", "profile", "member", "poster",
];
const ENGAGEMENT: &[&str] = &[
    "likes",
    "views",
    "shares",
    "followers",
    "reactions",
    "engagement",
    "reposts",
    "replies",
    "plays",
    "score",
];

pub(super) fn unknown_signal(path: &str, at: Range<usize>, missing: Missing<'_>) -> Problem {
    let mut names = path.split('.');
    let root = names.clone().next().unwrap_or_default();
    if PERSONS.contains(&root) || path.split('.').any(|name| name == "author") {
        return Problem::new(
            Code::PersonAttribute,
            at,
            format!("{path:?} would judge a person"),
            "policies judge content, never people; use signals of the item, like matches or seen.same_content.day",
        );
    }
    if names.any(|name| ENGAGEMENT.contains(&name)) || ENGAGEMENT.contains(&root) {
        return Problem::new(
            Code::Engagement,
            at,
            format!("{path:?} would judge by attention or by a score"),
            "no condition rests on engagement or a mere score; the schema has neither",
        );
    }
    if matches!(
        path,
        "text" | "content" | "item.text" | "text.raw" | "text.body" | "item.content" | "body"
    ) {
        return Problem::new(
            Code::ContentText,
            at,
            format!("{path:?} would read the content itself"),
            "a snapshot holds no content; use matches, text.terms or findings, and put terms into the registry",
        );
    }
    let known = Schema::signals().iter().map(|signal| signal.path);
    let known = known.chain(missing.lets.iter().map(String::as_str));
    let help = match (nearest(path, known), missing.in_loop) {
        (Some(near), _) => format!("did you mean {near:?}?"),
        (None, Some(var)) => format!(
            "within this loop fields are named as {var}.field; `basira policy explain --schema` lists all signals"
        ),
        (None, None) => "`basira policy explain --schema` lists all signals".to_owned(),
    };
    Problem::new(
        Code::UnknownSignal,
        at,
        format!("the schema has no signal {path:?}"),
        help,
    )
}

pub(super) fn unknown_field(record: &RecordDef, name: &str, at: Range<usize>) -> Problem {
    let readable = || {
        record
            .fields
            .iter()
            .filter(|field| field.readable)
            .map(|field| field.name)
    };
    let help = match nearest(name, readable()) {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("its fields are: {}", readable().collect::<Vec<_>>().join(", ")),
    };
    Problem::new(
        Code::UnknownSignal,
        at,
        format!("a {} has no field {name:?}", record.name),
        help,
    )
}
