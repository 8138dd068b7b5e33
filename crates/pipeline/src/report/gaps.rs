//! What was not looked at, in plain words, and what to do about it.

use model::{Incomplete, IncompleteReason};

use super::explain;
use super::html::Html;
use super::words::Words;

/// One part that was not looked at.
#[derive(Debug)]
pub(super) struct Gap {
    /// The part.
    pub(super) part: Html,
    /// What happened to it.
    pub(super) what: Html,
    /// Who said what about it, where somebody did.
    pub(super) said: Option<(&'static str, Html)>,
    /// What to do.
    pub(super) remedy: &'static str,
}

impl Gap {
    pub(super) fn new(words: &'static Words, gap: &Incomplete) -> Self {
        let texts = &words.incomplete;
        let mut said = None;
        let count = |number: u64| Html::count(number);
        let limited = |text: &'static str, limit: u64| Html::fill(text, &[("limit", &Html::count(limit))]);
        let (what, remedy) = match &gap.reason {
            IncompleteReason::Empty => (Html::words(&texts.empty), &texts.empty_do),
            IncompleteReason::Unreadable { why } => {
                said = Some((texts.said.as_str(), Html::foreign(why)));
                (Html::words(&texts.unreadable), &texts.unreadable_do)
            }
            IncompleteReason::Truncated => (Html::words(&texts.truncated), &texts.truncated_do),
            IncompleteReason::Malformed { why } => {
                said = Some((texts.decoder_said.as_str(), Html::foreign(why)));
                (Html::words(&texts.malformed), &texts.malformed_do)
            }
            IncompleteReason::Unsupported { kind } => {
                let what = Html::fill(&texts.unsupported, &[("kind", &Html::foreign(kind))]);
                (what, &texts.unsupported_do)
            }
            IncompleteReason::Pixels { found, limit } => {
                let numbers = [("found", &count(*found)), ("limit", &count(*limit))];
                (Html::fill(&texts.pixels, &numbers), &texts.pixels_do)
            }
            IncompleteReason::Bytes { found, limit } => {
                let numbers = [("found", &count(*found)), ("limit", &count(*limit))];
                (Html::fill(&texts.bytes, &numbers), &texts.bytes_do)
            }
            IncompleteReason::Frames { limit } => (limited(&texts.frames, (*limit).into()), &texts.frames_do),
            IncompleteReason::Crashed => (Html::words(&texts.crashed), &texts.crashed_do),
            IncompleteReason::Refinement { found, limit } => {
                let numbers = [
                    ("found", &count((*found).into())),
                    ("limit", &count((*limit).into())),
                ];
                (Html::fill(&texts.refinement, &numbers), &texts.refinement_do)
            }
            IncompleteReason::Common { found, of } => {
                let numbers = [("found", &count((*found).into())), ("of", &count((*of).into()))];
                (Html::fill(&texts.common, &numbers), &texts.common_do)
            }
            IncompleteReason::Time => (Html::words(&texts.time), &texts.time_do),
            IncompleteReason::Memory => (Html::words(&texts.memory), &texts.memory_do),
            IncompleteReason::Forbidden => (Html::words(&texts.forbidden), &texts.forbidden_do),
            IncompleteReason::Encrypted => (Html::words(&texts.encrypted), &texts.encrypted_do),
            IncompleteReason::Depth { limit } => (limited(&texts.depth, (*limit).into()), &texts.depth_do),
            IncompleteReason::Members { limit } => {
                (limited(&texts.members, (*limit).into()), &texts.members_do)
            }
            IncompleteReason::Unpacked { limit } => (limited(&texts.unpacked, *limit), &texts.unpacked_do),
            IncompleteReason::Pictures { limit } => {
                (limited(&texts.pictures, (*limit).into()), &texts.pictures_do)
            }
            IncompleteReason::Pages { limit } => (limited(&texts.pages, (*limit).into()), &texts.pages_do),
            IncompleteReason::Text { limit } => (limited(&texts.text, *limit), &texts.text_do),
            IncompleteReason::Duration { limit } => {
                (limited(&texts.duration, (*limit).into()), &texts.duration_do)
            }
            IncompleteReason::Missing { program } => {
                let what = Html::fill(&texts.missing, &[("program", &Html::foreign(program))]);
                (what, &texts.missing_do)
            }
            IncompleteReason::Findings { limit } => {
                (limited(&texts.findings, (*limit).into()), &texts.findings_do)
            }
            IncompleteReason::Unmatched => (Html::words(&texts.unmatched), &texts.unmatched_do),
        };
        Self {
            part: explain::part(words, &gap.part),
            what,
            said,
            remedy,
        }
    }
}
