//! How policies are shown: by the API, and by the command line, which prints the same.

use jiff::Timestamp;
use pipeline::policies::needs;
use serde::{Deserialize, Serialize};
use store::{Deployment, PolicySummary};
use utoipa::ToSchema;

/// A text of a policy, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PolicyView {
    /// The policy.
    pub policy: String,
    /// The SHA-256 of the text: what people approve.
    pub text: String,
    /// Whether it is the newest text of the policy; an older one cannot be approved any more.
    pub newest: bool,
    /// `draft`, `shadow`, `canary`, `enforce` or `retired`.
    pub stage: String,
    /// Of a canary: the share of contents, of a thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_mille: Option<u16>,
    /// Of an emergency: when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Who has written it.
    pub authors: Vec<String>,
    /// Who has approved it.
    pub approvals: Vec<String>,
    /// How many approvals it needs before it has effects.
    pub needs: usize,
    /// Whether it may act without a person.
    pub automatic: bool,
    /// When it came first.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl From<PolicySummary> for PolicyView {
    fn from(it: PolicySummary) -> Self {
        let names = |people: Vec<model::PersonName>| people.into_iter().map(String::from).collect();
        Self {
            needs: needs(&it.file),
            policy: it.file.policy,
            text: it.file.hash.to_string(),
            newest: it.newest,
            stage: it.stage.name().to_owned(),
            per_mille: it.share,
            until: it.until,
            authors: names(it.authors),
            approvals: names(it.approvals),
            automatic: it.file.automatic,
            at: it.file.at,
        }
    }
}

/// One step of one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepView {
    /// The SHA-256 of the text.
    pub text: String,
    /// Where it went.
    pub stage: String,
    /// Of a canary: the share of contents, of a thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_mille: Option<u16>,
    /// Of an emergency: when it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Who made it.
    pub by: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When the next step came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

impl From<Deployment> for StepView {
    fn from(it: Deployment) -> Self {
        Self {
            text: it.hash.to_string(),
            stage: it.stage.name().to_owned(),
            per_mille: it.share,
            until: it.until,
            by: it.person.into(),
            reason: it.reason,
            at: it.at,
            ended_at: it.ended_at,
        }
    }
}
