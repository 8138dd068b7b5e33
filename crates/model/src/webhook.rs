//! Webhooks: who is told of what, and how far the telling has come.

use std::fmt;
use std::str::FromStr;

use crate::word::words;
use thiserror::Error;

/// Identity of a webhook in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebhookId(pub i64);

/// What a receiver knows a delivery by, however often it is sent: `evt_` and 128 random bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub [u8; 16]);

/// Why a text is no event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no event: use `evt_` and 32 hexadecimal digits, as in the header webhook-id")]
pub struct EventIdError(String);

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("evt_")?;
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl FromStr for EventId {
    type Err = EventIdError;
    fn from_str(text: &str) -> Result<Self, EventIdError> {
        let wrong = || EventIdError(text.chars().take(64).collect());
        let digits = text.strip_prefix("evt_").ok_or_else(wrong)?;
        let lower = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != 32 || !digits.bytes().all(lower) {
            return Err(wrong());
        }
        let number = u128::from_str_radix(digits, 16).map_err(|_| wrong())?;
        Ok(Self(number.to_be_bytes()))
    }
}

words! {
    /// What a webhook is told.
    EventKind {
        /// An item was finished, and matched.
        ItemMatch = "item.match",
        /// An item was finished, and all of it was looked at in vain.
        ItemNoMatch = "item.no_match",
        /// An item was finished or put aside, and not all of it could be looked at.
        ItemIncomplete = "item.incomplete",
        /// What policies chose to be done with an item that was finished.
        ItemActions = "item.actions",
        /// What was told of a match, or of actions, does not hold any more: the entry was revoked, or people found nothing wrong.
        ActionReversed = "action.reversed",
        /// A source comes nearer and nearer to an entry.
        AlertClimb = "alert.climb",
        /// A policy was taken out of effect because of what it did.
        AlertPolicy = "alert.policy",
        /// People have decided about an item.
        ItemDecided = "item.decided",
        /// What was told of a decision does not hold any more: people have reversed it.
        DecisionReversed = "decision.reversed",
        /// An appeal against a decision was decided by somebody else.
        AppealDecided = "appeal.decided",
        /// Somebody tries the webhook out.
        Test = "webhook.test",
    } known "item.match, item.no_match, item.incomplete, item.actions, action.reversed, alert.climb, alert.policy, item.decided, decision.reversed, appeal.decided, webhook.test"
}

impl EventKind {
    /// What is told of a finished item.
    pub const fn of(verdict: crate::Verdict) -> Self {
        match verdict {
            crate::Verdict::Match => Self::ItemMatch,
            crate::Verdict::NoMatch => Self::ItemNoMatch,
            crate::Verdict::Incomplete => Self::ItemIncomplete,
        }
    }
}

words! {
    /// How far a delivery has come.
    DeliveryState {
        /// It is to be sent, for the first time or again.
        Waiting = "waiting",
        /// The receiver has it.
        Delivered = "delivered",
        /// The platform says that it has acted.
        Confirmed = "confirmed",
        /// It was given up.
        Aside = "aside",
    } known "waiting, delivered, confirmed, aside"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_was_written_and_nothing_else_is() {
        let event = EventId([0x0f; 16]);
        assert_eq!(event.to_string().parse(), Ok(event));
        let digits = "0f".repeat(16);
        for text in [
            String::new(),
            digits.clone(),
            format!("evt_{}", &digits[1..]),
            format!("evt_{digits}0"),
            format!("evt_{}", digits.to_uppercase()),
            format!("evt_+{}", &digits[1..]),
        ] {
            assert!(text.parse::<EventId>().is_err(), "{text}");
        }
    }
}
