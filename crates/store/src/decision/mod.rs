//! What was decided, each record chained to all before it.
//!
//! A [`NewDecision`] is what an item's decision rests on and what followed. Its place in the chain holds a commitment: the
//! SHA-256 of a random salt and the texts. Texts and salt can be erased, and the chain can be checked as before; nobody can
//! guess from the commitment what was erased. The log notes now and then how far the chain has come, so that a signed
//! checkpoint of the log holds for all decisions up to there.

pub(crate) mod act;
mod read;
mod rule;
mod verify;
mod write;

pub use act::{ItemAction, NewAction};
pub use read::{Decision, DecisionRecord};
pub use rule::Ruled;
pub(crate) use rule::{name_of, rule, ruled, withdraw};
pub use verify::VerifiedDecisions;
pub(crate) use write::{anchor, append, erase_of_items, unnoted};

use model::Sha256;
use sha2::Digest;

use crate::case::Review;
use crate::policy::Rates;

/// A decision that a policy set has made of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// The digest of what was in use ([`Store::keep_policy_set`](crate::Store::keep_policy_set)); `None` of nothing.
    pub policies: Option<Sha256>,
    /// Which program evaluated it.
    pub engine: String,
    /// What was given: signals and counters, as JSON.
    pub given: String,
    /// What followed, as JSON.
    pub outcome: String,
    /// The digest of what was in the shadow, and what would have followed by it.
    pub shadow: Option<(Sha256, String)>,
    /// What each text did.
    pub rates: Vec<(Sha256, Rates)>,
    /// What is to be done.
    pub actions: Vec<NewAction>,
    /// How a policy asks for a person; `None` where none does.
    pub review: Option<Review>,
    /// Links in the item by the SHA-256 of their one form, to be counted.
    pub links: Vec<Sha256>,
}

/// Who has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A policy set.
    Policy,
    /// A person.
    Person,
}

impl Actor {
    /// The word in tables and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Person => "person",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Policy, Self::Person]
            .into_iter()
            .find(|actor| actor.name() == word)
    }
}

/// The parts of a record that may be erased, as they are committed to.
pub(super) struct Texts<'a> {
    pub(super) salt: &'a [u8],
    pub(super) given: &'a str,
    pub(super) outcome: &'a str,
    pub(super) shadow: Option<(&'a [u8], &'a str)>,
}

impl Texts<'_> {
    pub(super) fn commitment(&self) -> [u8; 32] {
        let mut digest = sha2::Sha256::new();
        let shadow = self.shadow;
        for part in [
            self.salt,
            self.given.as_bytes(),
            self.outcome.as_bytes(),
            &[u8::from(shadow.is_some())],
            shadow.map_or(&[], |(hash, _)| hash),
            shadow.map_or(&[], |(_, text)| text.as_bytes()),
        ] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

/// The part of a record that stays.
pub(super) struct Kept<'a> {
    pub(super) seq: i64,
    pub(super) item: i64,
    pub(super) at: i64,
    pub(super) policies: &'a [u8],
    pub(super) engine: &'a str,
    pub(super) actor: &'a str,
    pub(super) person: &'a str,
    pub(super) ruling: &'a str,
    pub(super) commitment: &'a [u8],
}

impl Kept<'_> {
    pub(super) fn chain(&self, before: &[u8]) -> [u8; 32] {
        let mut digest = sha2::Sha256::new();
        digest.update(before);
        for number in [self.seq, self.item, self.at] {
            digest.update(number.to_be_bytes());
        }
        for part in [
            self.policies,
            self.engine.as_bytes(),
            self.actor.as_bytes(),
            self.person.as_bytes(),
            self.ruling.as_bytes(),
            self.commitment,
        ] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}
