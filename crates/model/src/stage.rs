//! The life of a policy: its stages, who may move it, and what stands against it.
//!
//! What people agreed to is a text, known by its digest: another text has none of the approvals of the one before. The
//! stage is no part of the text, so that the same text can be watched here and enforced there.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::word::words;
use crate::{PersonName, Sha256};

words! {
    /// How far a version of a policy has come.
    Stage {
        /// Written, and evaluated for nobody.
        Draft = "draft",
        /// Evaluated for every item, in the same pass and with the same budget, without any effect.
        Shadow = "shadow",
        /// In effect for a stable share of contents, shadow for the others.
        Canary = "canary",
        /// In effect.
        Enforce = "enforce",
        /// Out of use; it begins again as a shadow.
        Retired = "retired",
    } known "draft, shadow, canary, enforce, retired"
}

impl Stage {
    /// The stage that a step forward may lead to.
    const fn next(self) -> Option<Self> {
        match self {
            Self::Draft | Self::Retired => Some(Self::Shadow),
            Self::Shadow => Some(Self::Canary),
            Self::Canary => Some(Self::Enforce),
            Self::Enforce => None,
        }
    }

    /// Whether a policy has effects in it.
    pub const fn is_in_effect(self) -> bool {
        matches!(self, Self::Canary | Self::Enforce)
    }
}

/// The share of contents for which a canary is in effect, of a thousand: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Share(u16);

/// Why a number is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} is no share of a canary: use 1 to 999, of a thousand")]
pub struct ShareError(pub u16);

impl Share {
    /// Of a thousand.
    pub const fn per_mille(self) -> u16 {
        self.0
    }

    /// Whether a content is in the share. It depends on its bytes alone, so that every copy is treated alike, and a larger
    /// share has all of a smaller one.
    pub fn contains(self, content: &Sha256) -> bool {
        Self::place(content) < self.0
    }

    /// Where a content lies among a thousand: a share has all that lie before it.
    pub fn place(content: &Sha256) -> u16 {
        // The last bytes: the first ones name folders elsewhere, and nothing shall depend on both. A remainder of a
        // thousand always fits.
        let [.., a, b, c, d] = *content.bytes();
        (u32::from_be_bytes([a, b, c, d]) % 1_000) as u16
    }
}

impl TryFrom<u16> for Share {
    type Error = ShareError;
    fn try_from(per_mille: u16) -> Result<Self, ShareError> {
        match per_mille {
            1..=999 => Ok(Self(per_mille)),
            other => Err(ShareError(other)),
        }
    }
}

impl From<Share> for u16 {
    fn from(share: Share) -> Self {
        share.0
    }
}

impl FromStr for Share {
    type Err = ShareError;
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let per_mille: u16 = text.parse().map_err(|_| ShareError(0))?;
        per_mille.try_into()
    }
}

words! {
    /// How far a list of items has come that somebody asks to be put before people.
    FollowUpState {
        /// Nobody else has approved it.
        Asked = "asked",
        /// Its items are put before people, some at a time.
        Approved = "approved",
        /// All of them were.
        Done = "done",
        /// What was not put before people will not be.
        Cancelled = "cancelled",
        /// What nobody had decided was taken back.
        Undone = "undone",
    } known "asked, approved, done, cancelled, undone"
}

words! {
    /// How far an item of such a list has come.
    FollowUpItem {
        /// It was not put before people.
        Waiting = "waiting",
        /// It was.
        Enqueued = "enqueued",
        /// It was before people already, or is forgotten.
        Skipped = "skipped",
        /// It was taken back.
        Undone = "undone",
    } known "waiting, enqueued, skipped, undone"
}

/// For how long an emergency may last.
pub const LONGEST_EMERGENCY: SignedDuration = SignedDuration::from_hours(24);

/// What is known of a version of a policy when somebody wants to approve or to move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Its stage.
    pub stage: Stage,
    /// Who has written exactly this text.
    pub authors: Vec<PersonName>,
    /// Who has approved exactly this text.
    pub approvals: Vec<PersonName>,
    /// Whether another text of the policy was approved.
    pub other_approved: bool,
    /// Whether it is the newest text of the policy.
    pub newest: bool,
    /// Whether it may decide without a person (automation *full*), which takes two approvals.
    pub full: bool,
    /// Whether all that it does is to enqueue or to restrict, so that one person may set it in force in an emergency.
    pub mild: bool,
    /// Whether it is no policy but what policies refer to (clauses, grounds): it has no shadow, and goes into effect at once.
    pub reference: bool,
    /// Whether another version of the policy is in effect.
    pub other_in_effect: bool,
    /// When the last emergency of the policy ends or has ended, where nobody has put it on the regular way since.
    pub emergency: Option<Timestamp>,
}

/// Why a policy is not approved or not moved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LifeError {
    /// The key does not name a person.
    #[error(
        "this needs a personal key, and this one names nobody; ask the administrator for a key with your name"
    )]
    NotPersonal,
    /// Whoever has written a text, or asks for something, does not approve it.
    #[error("{person} has handed this in, and whoever does never approves; ask a colleague")]
    SelfApproval {
        /// The author.
        person: PersonName,
    },
    /// The text was edited since.
    #[error(
        "what was approved is another text: the policy was edited since, which voids approvals; look at the newest text \
         and approve that"
    )]
    StaleApproval,
    /// Too few have approved it.
    #[error(
        "it has {have} of the {need} approvals that it needs; ask a colleague who has not written it to approve it"
    )]
    ApprovalMissing {
        /// Who has.
        have: usize,
        /// How many it needs.
        need: usize,
    },
    /// A step too far.
    #[error(
        "no stage is skipped: from {from} it does not go to {to}; the order is draft, shadow, canary, enforce, and from \
         everywhere back to shadow or to retired"
    )]
    StageSkipped {
        /// Where it is.
        from: Stage,
        /// Where it was to go.
        to: Stage,
    },
    /// A share is missing, or there is one too many.
    #[error("a canary, and nothing else, has a share: name one of 1 to 999 of a thousand")]
    ShareWanted,
    /// An emergency lasts a day at most.
    #[error("an emergency lasts 24 hours at most, and ends in the future; name an earlier end")]
    EmergencyTooLong,
    /// An emergency has no strong actions.
    #[error(
        "in an emergency a policy may only enqueue or restrict, and this one does more; leave the rest out of it"
    )]
    EmergencyTooStrong,
    /// The emergency is over.
    #[error(
        "the emergency of this policy ended at {at} and is not prolonged; have a colleague approve it, and deploy it the \
         regular way"
    )]
    EmergencyExpired {
        /// When.
        at: Timestamp,
    },
    /// An emergency adds to what is in effect, and replaces nothing.
    #[error(
        "another version of this policy is in effect, and an emergency replaces none; write it as a policy of its own"
    )]
    EmergencyReplaces,
    /// There is nothing to go back to.
    #[error(
        "no version of this policy was enforced before, so that there is nothing to go back to; deploy it to shadow instead"
    )]
    NothingBefore,
}

impl LifeError {
    /// A stable name, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPersonal => "not-personal",
            Self::SelfApproval { .. } => "self-approval",
            Self::StaleApproval => "stale-approval",
            Self::ApprovalMissing { .. } => "approval-missing",
            Self::StageSkipped { .. } => "stage-skipped",
            Self::ShareWanted => "share-wanted",
            Self::EmergencyTooLong => "emergency-too-long",
            Self::EmergencyTooStrong => "emergency-too-strong",
            Self::EmergencyExpired { .. } => "emergency-expired",
            Self::EmergencyReplaces => "emergency-replaces",
            Self::NothingBefore => "nothing-before",
        }
    }
}

impl Life {
    /// How many approvals it needs to have an effect: one, and two where no person decides afterwards.
    pub const fn needs(&self) -> usize {
        if self.full { 2 } else { 1 }
    }

    /// Whether this person may approve it.
    ///
    /// # Errors
    /// [`LifeError::SelfApproval`], [`LifeError::StaleApproval`].
    pub fn may_approve(&self, person: &PersonName) -> Result<(), LifeError> {
        if self.authors.contains(person) {
            let person = person.clone();
            return Err(LifeError::SelfApproval { person });
        }
        if !self.newest {
            return Err(LifeError::StaleApproval);
        }
        Ok(())
    }

    /// Whether it may go to a stage. Back to shadow or out of use it may always go; forwards by one step, and into effect
    /// only with the approvals that it needs.
    ///
    /// # Errors
    /// [`LifeError::StageSkipped`], [`LifeError::ShareWanted`], [`LifeError::StaleApproval`],
    /// [`LifeError::ApprovalMissing`].
    pub fn may_move(&self, to: Stage, share: Option<Share>) -> Result<(), LifeError> {
        if share.is_some() != (to == Stage::Canary) {
            return Err(LifeError::ShareWanted);
        }
        if self.reference {
            return match to {
                Stage::Enforce => self.is_approved(),
                Stage::Retired => Ok(()),
                _ => Err(LifeError::StageSkipped { from: self.stage, to }),
            };
        }
        let back = matches!(to, Stage::Shadow | Stage::Retired) && self.stage != to;
        let wider = self.stage == Stage::Canary && to == Stage::Canary;
        if !back && !wider && self.stage.next() != Some(to) {
            return Err(LifeError::StageSkipped { from: self.stage, to });
        }
        if to.is_in_effect() {
            self.is_approved()?;
        }
        Ok(())
    }

    /// Whether enough others have approved exactly this text.
    ///
    /// # Errors
    /// [`LifeError::StaleApproval`], [`LifeError::ApprovalMissing`].
    pub fn is_approved(&self) -> Result<(), LifeError> {
        // One who has approved it and then handed the same text in is an author.
        let others = |person: &&PersonName| !self.authors.contains(*person);
        let have = self.approvals.iter().filter(others).count();
        let need = self.needs();
        match have {
            0 if self.other_approved => Err(LifeError::StaleApproval),
            _ if have < need => Err(LifeError::ApprovalMissing { have, need }),
            _ => Ok(()),
        }
    }

    /// Whether one person may set it in force until a time without anybody's approval.
    ///
    /// # Errors
    /// The variants of [`LifeError`] that speak of emergencies.
    pub fn may_emergency(&self, until: Timestamp, now: Timestamp) -> Result<(), LifeError> {
        if !self.mild || self.reference {
            return Err(LifeError::EmergencyTooStrong);
        }
        if let Some(at) = self.emergency {
            return Err(LifeError::EmergencyExpired { at });
        }
        if until <= now || until.duration_since(now) > LONGEST_EMERGENCY {
            return Err(LifeError::EmergencyTooLong);
        }
        if self.stage.is_in_effect() || self.other_in_effect {
            return Err(LifeError::EmergencyReplaces);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> PersonName {
        name.parse().unwrap()
    }

    fn life(stage: Stage) -> Life {
        Life {
            stage,
            authors: vec![person("amal")],
            approvals: vec![person("badr")],
            other_approved: false,
            newest: true,
            full: false,
            mild: true,
            reference: false,
            other_in_effect: false,
            emergency: None,
        }
    }

    fn share(to: Stage) -> Option<Share> {
        (to == Stage::Canary).then(|| 5.try_into().unwrap())
    }

    #[test]
    fn no_stage_is_skipped_and_every_way_back_is_open() {
        use Stage::{Canary, Draft, Enforce, Retired, Shadow};
        let open = [
            (Draft, vec![Shadow, Retired]),
            (Shadow, vec![Canary, Retired]),
            (Canary, vec![Shadow, Canary, Enforce, Retired]),
            (Enforce, vec![Shadow, Retired]),
            (Retired, vec![Shadow]),
        ];
        for (from, to) in open {
            let found: Vec<Stage> = Stage::ALL
                .iter()
                .copied()
                .filter(|to| life(from).may_move(*to, share(*to)).is_ok())
                .collect();
            assert_eq!(found, to, "{from}");
        }
        assert_eq!(life(Shadow).may_move(Canary, None), Err(LifeError::ShareWanted));
    }

    #[test]
    fn only_others_approve_and_only_this_text_and_two_where_nobody_decides_afterwards() {
        let mut it = life(Stage::Shadow);
        assert!(it.may_approve(&person("badr")).is_ok());
        let own = it.may_approve(&person("amal")).unwrap_err();
        assert_eq!(own.code(), "self-approval");
        it.full = true;
        let few = it.is_approved();
        assert_eq!(few, Err(LifeError::ApprovalMissing { have: 1, need: 2 }));
        it.approvals.push(person("amal"));
        assert!(it.is_approved().is_err(), "an author's does not count");
        it.approvals.push(person("dina"));
        assert_eq!(it.is_approved(), Ok(()));
        it.approvals.clear();
        it.other_approved = true;
        assert_eq!(it.is_approved(), Err(LifeError::StaleApproval));
        it.newest = false;
        assert_eq!(it.may_approve(&person("badr")), Err(LifeError::StaleApproval));
        assert!(it.may_move(Stage::Canary, share(Stage::Canary)).is_err());
        assert!(it.may_move(Stage::Retired, None).is_ok());
    }

    #[test]
    fn an_emergency_is_mild_short_and_comes_once() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
        let day = now + LONGEST_EMERGENCY;
        let mut it = life(Stage::Draft);
        it.approvals.clear();
        assert_eq!(it.may_emergency(day, now), Ok(()));
        let long = it.may_emergency(day + SignedDuration::from_secs(1), now);
        assert_eq!(long, Err(LifeError::EmergencyTooLong));
        assert_eq!(it.may_emergency(now, now), Err(LifeError::EmergencyTooLong));
        it.other_in_effect = true;
        assert_eq!(it.may_emergency(day, now), Err(LifeError::EmergencyReplaces));
        it.emergency = Some(now);
        assert_eq!(
            it.may_emergency(day, now),
            Err(LifeError::EmergencyExpired { at: now })
        );
        it.mild = false;
        assert_eq!(it.may_emergency(day, now), Err(LifeError::EmergencyTooStrong));
    }

    #[test]
    fn a_share_is_of_contents_and_grows() {
        let contents: Vec<Sha256> = (0..2_000_u32)
            .map(|number| {
                let mut bytes = [7; 32];
                bytes[28..].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
                Sha256::new(bytes)
            })
            .collect();
        let within = |per_mille: u16| -> Vec<&Sha256> {
            let share = Share::try_from(per_mille).unwrap();
            contents.iter().filter(|it| share.contains(it)).collect()
        };
        let (tenth, half) = (within(100), within(500));
        assert!((100..300).contains(&tenth.len()), "{}", tenth.len());
        assert!((900..1_100).contains(&half.len()), "{}", half.len());
        assert!(tenth.iter().all(|it| half.contains(it)));
    }

    #[test]
    fn a_share_is_neither_nothing_nor_all() {
        for bad in [0, 1_000, u16::MAX] {
            assert_eq!(Share::try_from(bad), Err(ShareError(bad)));
        }
        assert_eq!("25".parse(), Share::try_from(25));
        assert!("25%".parse::<Share>().is_err());
    }

    #[test]
    fn a_person_has_one_name() {
        assert!("أمل".parse::<PersonName>().is_ok());
        for same in [" amal", "amal "] {
            assert_eq!(same.parse::<PersonName>(), "amal".parse());
        }
        for bad in ["", " ", "a\nb"] {
            assert!(bad.parse::<PersonName>().is_err(), "{bad:?}");
        }
    }
}
