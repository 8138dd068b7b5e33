//! What one person asks for and a second one must ask for, too: that content be purged, or an entry be shared.

use jiff::Timestamp;

use crate::word::words;

/// Identity of what was asked for in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AskedId(pub i64);

words! {
    /// What is asked for.
    AskedKind {
        /// That the bytes, the previews and the texts of a content are destroyed for good.
        Purge = "purge",
        /// That an entry may leave the house.
        Share = "share",
    } known "purge, share"
}

words! {
    /// Why content is not purged.
    PurgeBlock {
        /// It is sealed: an authority may ask for it.
        Sealed = "sealed",
        /// It must be preserved for some time.
        Preserved = "preserved",
        /// A decision about it can still be undone, or waits for a second person.
        Undo = "undo",
        /// An appeal about it is open.
        Appeal = "appeal",
        /// Somebody is to look at it once more.
        Look = "look",
        /// Nobody has decided about it.
        Undecided = "undecided",
        /// It is being worked on, or put into a bank.
        Working = "working",
    } known "sealed, preserved, undo, appeal, look, undecided, working"
}

/// What stands around a content that somebody wants to be purged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeStanding {
    /// Whether a standing decision seals it.
    pub is_sealed: bool,
    /// Until when it must be preserved.
    pub preserved_until: Option<Timestamp>,
    /// Whether a decision about it has not taken effect.
    pub has_draft: bool,
    /// Whether an appeal about it is open.
    pub has_appeal: bool,
    /// Whether somebody is to look at it once more.
    pub has_look: bool,
    /// Whether something of it is undecided.
    pub is_undecided: bool,
    /// Whether it is being worked on.
    pub is_working: bool,
}

impl PurgeStanding {
    /// What stands against purging it at `now`; the weightiest first.
    ///
    /// ```
    /// use basira_model::{PurgeBlock, PurgeStanding};
    /// let now = jiff::Timestamp::UNIX_EPOCH;
    /// assert_eq!(PurgeStanding::default().block(now), None);
    /// let standing = PurgeStanding { is_sealed: true, has_draft: true, ..PurgeStanding::default() };
    /// assert_eq!(standing.block(now), Some(PurgeBlock::Sealed));
    /// ```
    pub fn block(&self, now: Timestamp) -> Option<PurgeBlock> {
        let is_preserved = self.preserved_until.is_some_and(|until| now < until);
        let blocks = [
            (self.is_sealed, PurgeBlock::Sealed),
            (is_preserved, PurgeBlock::Preserved),
            (self.has_draft, PurgeBlock::Undo),
            (self.has_appeal, PurgeBlock::Appeal),
            (self.has_look, PurgeBlock::Look),
            (self.is_undecided, PurgeBlock::Undecided),
            (self.is_working, PurgeBlock::Working),
        ];
        blocks.iter().find(|(stands, _)| *stands).map(|(_, block)| *block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Set = fn(&mut PurgeStanding, Timestamp);

    #[test]
    fn whatever_stands_against_it_blocks_alone() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let set: [(Set, PurgeBlock); 7] = [
            (|it, _| it.is_sealed = true, PurgeBlock::Sealed),
            (
                |it, now| it.preserved_until = Some(now + jiff::SignedDuration::from_secs(1)),
                PurgeBlock::Preserved,
            ),
            (|it, _| it.has_draft = true, PurgeBlock::Undo),
            (|it, _| it.has_appeal = true, PurgeBlock::Appeal),
            (|it, _| it.has_look = true, PurgeBlock::Look),
            (|it, _| it.is_undecided = true, PurgeBlock::Undecided),
            (|it, _| it.is_working = true, PurgeBlock::Working),
        ];
        assert_eq!(set.len(), PurgeBlock::ALL.len());
        for (put, expected) in set {
            let mut standing = PurgeStanding::default();
            put(&mut standing, now);
            assert_eq!(standing.block(now), Some(expected));
        }
        let over = PurgeStanding {
            preserved_until: Some(now),
            ..PurgeStanding::default()
        };
        assert_eq!(
            over.block(now),
            None,
            "what was to be preserved until now is free"
        );
    }
}
