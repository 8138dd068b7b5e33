//! Keys of the service: what their holder may do.

use crate::word::words;
use serde::{Deserialize, Serialize};

/// Identity of a key in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(pub i64);

words! {
    /// What a key may do.
    Scope {
        /// Submit items, and ask after them.
        Submit = "submit",
        /// Look signals up, and hash files.
        LookUp = "look_up",
        /// Change banks and their entries.
        Curate = "curate",
        /// Review what was found.
        Review = "review",
        /// Write policies, and move them from stage to stage; with a key that names a person.
        WritePolicies = "write_policies",
        /// Approve policies that others have written; with a key that names a person.
        ApprovePolicies = "approve_policies",
        /// Make and revoke keys, change the configuration, read the log.
        Administer = "administer",
        /// Read the metrics.
        Metrics = "metrics",
    } known "submit, look_up, curate, review, write_policies, approve_policies, administer, metrics"
}

words! {
    /// How much of an answer a key gets. Whoever learns distances can climb from one to the next, away from a match.
    KeyTrust {
        /// Nothing but the receipt: results go to the operator's webhook.
        Low = "low",
        /// Verdicts, without distances and names of banks.
        Middle = "middle",
        /// Everything.
        Full = "full",
    } known "low, middle, full"
}
