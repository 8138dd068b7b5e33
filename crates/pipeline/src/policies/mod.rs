//! Policies in use: what they say of items, and how a text comes into use.
//!
//! Four nouns to know. A [`Desk`] takes texts in, checks them and moves them from stage to stage, as people ask by keys of
//! their own. [`Lanes`] are all texts in use, checked and made ready: a content goes along one of them, in the share of a
//! canary or not. [`Deciding`] makes the decision of an item. A [`Replayed`] says whether a decision that was recorded comes
//! out the same again.

mod backtest;
mod chosen;
mod clauses;
mod crowd;
mod deciding;
mod desk;
mod lanes;
mod quoted;
mod recorded;
mod replay;
mod snapshot;
mod watch;
mod wilson;

pub use backtest::{Backtest, Compared, Effect, Marginal, backtest};
pub use chosen::joined;
pub use clauses::{Clause, Ground, Reference, clauses, grounds};
pub use deciding::{Deciding, DecidingError, Given};
pub use desk::{Desk, DeskError, Handed, REFERENCES, needs};
pub use lanes::{InUse, Lane, Lanes, LanesError};
pub use recorded::{Recorded, RecordedError, attempt};
pub use replay::{Again, Replayed, replay, replay_all};
pub use snapshot::Unseen;
pub use watch::{Alarm, Watch};
pub use wilson::Interval;
