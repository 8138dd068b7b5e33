//! What a policy may do: a closed catalogue.

use model::words;
use serde::{Deserialize, Serialize};

use crate::id::Word;

words! {
    /// The kinds of action. The order of the first four is the order of strength of content actions.
    ActionKind {
        /// Nothing is done, and that is on record.
        Allow = "allow",
        /// A label on the item; never on a person.
        Label = "label",
        /// The item stays, and is shown less.
        Restrict = "restrict",
        /// The item goes, reversibly.
        Remove = "remove",
        /// An account is suspended. Only ever a person's decision: a policy that asks for it is refused.
        Suspend = "suspend",
        /// The bytes are kept for a time.
        Preserve = "preserve",
        /// A person is asked.
        Enqueue = "enqueue",
        /// The signal is proposed to an exchange; a person sends it.
        Share = "share",
        /// A case is opened for those who may send it to an authority; a person sends it.
        Escalate = "escalate",
        /// Somebody is told.
        Notify = "notify",
    } known "allow, label, restrict, remove, suspend, preserve, enqueue, share, escalate, notify"
}

impl ActionKind {
    /// Strength among the content actions, of which one wins; `None` for those that add up.
    pub const fn strength(self) -> Option<u8> {
        match self {
            Self::Allow => Some(0),
            Self::Label => Some(1),
            Self::Restrict => Some(2),
            Self::Remove => Some(3),
            _ => None,
        }
    }

    /// Whether it changes what the public sees of an item: label, restrict, remove. The engine's invariants guard these.
    pub const fn is_restrictive(self) -> bool {
        matches!(self, Self::Label | Self::Restrict | Self::Remove)
    }
}

words! {
    /// How an item is restricted, the widest first: the first one wins where two policies differ.
    Restriction {
        /// Nobody but its author sees it.
        Hold = "hold",
        /// It is not recommended or found by search.
        Reach = "reach",
        /// It is not shown in the jurisdictions of the item.
        Region = "region",
        /// It is shown to adults only, behind a warning.
        Age = "age",
        /// Nobody may reply or share it.
        Interaction = "interaction",
    } known "hold, reach, region, age, interaction"
}

words! {
    /// How soon a person should look, the soonest last.
    Priority {
        /// When there is time.
        Low = "low",
        /// In turn.
        Normal = "normal",
        /// Before the others.
        High = "high",
        /// At once.
        Urgent = "urgent",
    } known "low, normal, high, urgent"
}

words! {
    /// Who is told.
    Audience {
        /// The author of the item: clause, ground, whether it was automated, how to appeal.
        Author = "author",
        /// Who reported it.
        Notifier = "notifier",
        /// The team that owns the policy.
        Team = "team",
    } known "author, notifier, team"
}

/// One action, with what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Nothing.
    Allow {},
    /// A label on the item.
    Label {
        /// The label.
        label: Word,
        /// Days until it goes; `None` until somebody takes it away.
        days: Option<u16>,
    },
    /// Shown less.
    Restrict {
        /// How.
        how: Restriction,
        /// Hours until it ends by itself; `None` until a person has reviewed it.
        hours: Option<u16>,
    },
    /// Taken away, reversibly.
    Remove {
        /// The key of the notice text.
        reason: Word,
    },
    /// Kept.
    Preserve {
        /// Days.
        days: u16,
    },
    /// For a person.
    Enqueue {
        /// The queue.
        queue: Word,
        /// How soon.
        priority: Priority,
        /// Whether it may be shown without being asked for. Instructional material never is.
        preview: bool,
        /// Of how many thousand like items one is queued; 1000 for all.
        per_mille: u16,
    },
    /// Proposed to an exchange.
    Share {
        /// The exchange.
        exchange: Word,
    },
    /// A case for those who may send it.
    Escalate {
        /// The channel: `threat-to-life`, `referral`.
        channel: Word,
    },
    /// Somebody is told.
    Notify {
        /// Who.
        audience: Audience,
    },
}

impl Action {
    /// Its kind.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Allow {} => ActionKind::Allow,
            Self::Label { .. } => ActionKind::Label,
            Self::Restrict { .. } => ActionKind::Restrict,
            Self::Remove { .. } => ActionKind::Remove,
            Self::Preserve { .. } => ActionKind::Preserve,
            Self::Enqueue { .. } => ActionKind::Enqueue,
            Self::Share { .. } => ActionKind::Share,
            Self::Escalate { .. } => ActionKind::Escalate,
            Self::Notify { .. } => ActionKind::Notify,
        }
    }
}

words! {
    /// How far a decision was automated, as a statement of reasons must say (Regulation (EU) 2022/2065, Art. 17(3)(c)).
    Degree {
        /// Only ranked or asked for a person; nothing changed for the author.
        None = "none",
        /// A person decided, and the policy carried it out.
        Partial = "partial",
        /// No person saw this item before. A person confirmed the entry that it equals, and two approved the policy.
        Full = "full",
    } known "none, partial, full"
}

words! {
    /// What a policy's file asks for; what it gets is in its [`Standing`](crate::Standing).
    Automation {
        /// It ranks and asks.
        None = "none",
        /// It carries out what a person decided.
        Assist = "assist",
        /// It acts on exact copies by itself, once two people have approved that.
        Full = "full",
    } known "none, assist, full"
}
