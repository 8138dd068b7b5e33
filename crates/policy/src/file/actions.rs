//! `[[then]]`: what a policy does.

use std::ops::Range;

use super::conditions::Source;
use super::doc::{Fields, Item, Reader};
use crate::action::{Action, ActionKind, Audience, Priority, Restriction};
use crate::diagnostic::Code;
use crate::id::Word;

/// One action as it was read.
pub(super) struct Read<'t, 'a> {
    pub(super) action: Action,
    pub(super) at: Range<usize>,
    pub(super) when: Option<Source<'t, 'a>>,
}

pub(super) fn read<'t, 'a>(reader: &mut Reader<'a>, item: &'t Item<'a>) -> Option<Read<'t, 'a>> {
    let mut fields = reader.table_of(item)?;
    let words: Vec<(&str, ActionKind)> = ActionKind::ALL.iter().map(|kind| (kind.name(), *kind)).collect();
    let kind_item = fields.need(reader, "do", "\"enqueue\"")?;
    let kind = reader.word(kind_item, &words)?;
    let when = fields.get("when").map(|item| Source::read(reader, item));
    let action = match kind {
        ActionKind::Suspend => {
            reader.report(
                Code::Suspend,
                kind_item.span(),
                "a policy cannot suspend anybody",
                "enqueue the item; a person who looks at the case can suspend an account",
            );
            return None;
        }
        ActionKind::Allow => Some(Action::Allow {}),
        ActionKind::Label => label(reader, &mut fields),
        ActionKind::Restrict => restrict(reader, &mut fields),
        ActionKind::Remove => {
            name(reader, &mut fields, "reason", "\"known-copy\"").map(|reason| Action::Remove { reason })
        }
        ActionKind::Preserve => fields
            .need(reader, "for", "\"180 days\"")
            .and_then(|item| length(reader, item, "days", 3650))
            .map(|days| Action::Preserve { days }),
        ActionKind::Enqueue => enqueue(reader, &mut fields),
        ActionKind::Share => {
            name(reader, &mut fields, "exchange", "\"partners\"").map(|exchange| Action::Share { exchange })
        }
        ActionKind::Escalate => {
            name(reader, &mut fields, "channel", "\"referral\"").map(|channel| Action::Escalate { channel })
        }
        ActionKind::Notify => {
            let words: Vec<(&str, Audience)> = Audience::ALL.iter().map(|who| (who.name(), *who)).collect();
            fields
                .need(reader, "who", "\"team\"")
                .and_then(|item| reader.word(item, &words))
                .map(|audience| Action::Notify { audience })
        }
    };
    let at = fields.at.clone();
    fields.finish(reader);
    let when = match when {
        Some(source) => Some(source?),
        None => None,
    };
    Some(Read {
        action: action?,
        at,
        when,
    })
}

fn name<'a>(
    reader: &mut Reader<'a>,
    fields: &mut Fields<'_, 'a>,
    key: &'static str,
    example: &str,
) -> Option<Word> {
    let item = fields.need(reader, key, example)?;
    reader.parsed(item, Code::BadName)
}

fn label<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Action> {
    let label = name(reader, fields, "label", "\"known-copy\"");
    let days = fields
        .get("expires")
        .map(|item| length(reader, item, "days", 3650));
    if let Some(item) = fields.get("entity") {
        let entity = reader.text(item)?;
        if entity.text != "item" {
            reader.report(
                Code::LabelOnPerson,
                item.span(),
                format!("a label on {:?}", entity.text),
                "labels belong to items: take this line away",
            );
            return None;
        }
    }
    Some(Action::Label {
        label: label?,
        days: match days {
            Some(days) => Some(days?),
            None => None,
        },
    })
}

fn restrict<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Action> {
    let words: Vec<(&str, Restriction)> = Restriction::ALL.iter().map(|how| (how.name(), *how)).collect();
    let how = match fields.get("how") {
        Some(item) => reader.word(item, &words),
        None => Some(Restriction::Hold),
    };
    let hours = match fields.get("until") {
        None => Some(None),
        Some(item) => match item.get_ref().as_str() {
            Some("reviewed") => Some(None),
            _ => length(reader, item, "hours", 24 * 365).map(Some),
        },
    };
    Some(Action::Restrict {
        how: how?,
        hours: hours?,
    })
}

fn enqueue<'a>(reader: &mut Reader<'a>, fields: &mut Fields<'_, 'a>) -> Option<Action> {
    let queue = name(reader, fields, "queue", "\"review\"");
    let words: Vec<(&str, Priority)> = Priority::ALL.iter().map(|how| (how.name(), *how)).collect();
    let priority = match fields.get("priority") {
        Some(item) => reader.word(item, &words),
        None => Some(Priority::Normal),
    };
    let preview = match fields.get("preview") {
        Some(item) => reader.bool(item),
        None => Some(true),
    };
    let per_mille = match fields.get("sample") {
        Some(item) => reader.ratio(item).map(|share| (share * 1000.0).round() as u16),
        None => Some(1000),
    };
    Some(Action::Enqueue {
        queue: queue?,
        priority: priority?,
        preview: preview?,
        per_mille: per_mille?,
    })
}

/// A number with its unit: `"30 days"`.
fn length<'a>(reader: &mut Reader<'a>, item: &Item<'a>, unit: &str, most: u16) -> Option<u16> {
    let text = reader.text(item)?;
    let mut words = text.text.split_whitespace();
    let number = words.next().and_then(|word| word.parse::<u16>().ok());
    let named = words
        .next()
        .is_some_and(|word| word == unit || Some(word) == unit.strip_suffix('s'));
    match number {
        Some(number) if named && words.next().is_none() && (1..=most).contains(&number) => Some(number),
        _ => {
            reader.report(
                Code::OutOfRange,
                item.span(),
                format!("{:?} is no number of {unit}", text.text),
                format!("write 1 to {most} {unit}, like \"30 {unit}\""),
            );
            None
        }
    }
}
