//! Policies as people wrote them, who approved them, and where they stand.
//!
//! Three nouns to know. A [`PolicyFile`] is a text by its digest, which never changes. A [`Deployment`] is one step of one
//! text to a stage. A [`Deployed`] is all that is in use at one moment. What stands against a step is `model`'s
//! [`Life`](model::Life), which is read in the transaction that makes the step.

mod approval;
mod deployed;
mod deployment;
mod file;
mod follow_up;
mod hour;
mod standing;

pub use deployed::{Deployed, Placed};
pub use deployment::{Deployment, Step};
pub use file::{NewPolicy, PolicyFile, PolicySummary};
pub use follow_up::{FollowUp, FollowUpError, MOST_FOLLOWED};
pub(crate) use hour::count;
pub use hour::{PolicyHour, Rates};

use model::{KeyId, PersonName};

/// Who does something with policies: a person, by a key of her or his own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// The person.
    pub person: PersonName,
    /// The key.
    pub key: KeyId,
}
