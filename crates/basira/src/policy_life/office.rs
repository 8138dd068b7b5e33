//! Who does something with policies, and where: in this process, or in the service that has the data folder. A personal key
//! says who it is in both.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::Timestamp;
use model::{LifeError, Receipt, Scope, Share, Stage};
use pipeline::policies::{Desk, DeskError};
use policy::SourceFile;
use serde_json::{Value, json};
use store::{Access, ApiKey, Personal, Step, Store, StoreError, secret_digest};
use web::{FollowUpView, LocalClient, PolicyView};

use super::Who;
use crate::args::PlaceArguments;

/// The variable that may have the key itself.
const VARIABLE: &str = "BASIRA_PERSONAL_KEY";

/// A step that is asked for.
#[derive(Debug)]
pub(super) struct Move {
    pub(super) to: Option<Stage>,
    pub(super) share: Option<Share>,
    pub(super) until: Option<Timestamp>,
    pub(super) reason: Option<String>,
}

/// Where it is done.
pub(super) enum Office {
    /// Here.
    Own { store: Arc<Store>, key: Box<ApiKey> },
    /// In the service that has the data folder.
    Service { client: LocalClient, secret: String },
}

impl Who {
    fn secret(&self) -> Result<String> {
        let text = match &self.personal_key {
            Some(path) if path == Path::new("-") => {
                let mut text = String::new();
                std::io::stdin()
                    .read_to_string(&mut text)
                    .context("cannot read standard input")?;
                text
            }
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the personal key {}", path.display()))?,
            None => std::env::var(VARIABLE).unwrap_or_default(),
        };
        let secret = text.trim();
        ensure!(
            !secret.is_empty(),
            "this takes your personal key: name a file with it by --personal-key, or put it into {VARIABLE} (not-personal)"
        );
        Ok(secret.to_owned())
    }
}

impl PlaceArguments {
    /// Where policies are changed, by whom.
    pub(super) fn office(&self, who: &Who) -> Result<Office> {
        let secret = who.secret()?;
        let (data, _) = self.resolve()?;
        if let Some(client) = LocalClient::find(&data)? {
            return Ok(Office::Service { client, secret });
        }
        let store = self.store(Access::Writer)?;
        let digest = secret_digest(&secret);
        let key = store.keys()?.into_iter().find(|key| key.digest == digest);
        // A key that is bound to addresses says nothing of who sits here.
        let key = key.filter(|key| key.is_valid_at(Timestamp::now()) && key.addresses.is_none());
        match key {
            Some(key) => Ok(Office::Own {
                store,
                key: Box::new(key),
            }),
            None => bail!("the personal key is not valid: unknown, ended, revoked, or bound to addresses"),
        }
    }
}

/// What is said, with the stable name of what stands against it.
fn told(error: DeskError) -> anyhow::Error {
    match error.life() {
        Some(life) => anyhow!("{life} ({})", life.code()),
        None => error.into(),
    }
}

fn life(error: &LifeError) -> anyhow::Error {
    anyhow!("{error} ({})", error.code())
}

impl Office {
    /// Who it is, if the key may do this.
    fn by(key: &ApiKey, scope: Scope) -> Result<Personal> {
        ensure!(
            key.scopes.contains(&scope),
            "the key has not the scope {:?}; ask the administrator for one that has",
            scope.name()
        );
        key.personal().map_err(|error| life(&error))
    }

    fn ask(client: &LocalClient, secret: &str, path: &str, body: &Value) -> Result<Value> {
        Ok(client.ask(path, Some(secret), body)?)
    }

    /// Hands texts in.
    pub(super) fn put(&self, files: Vec<SourceFile>) -> Result<Vec<PolicyView>> {
        match self {
            Self::Own { store, key } => {
                let by = Self::by(key, Scope::WritePolicies)?;
                let desk = Desk::new(store);
                let mut views = Vec::new();
                for handed in desk.put(&files, &by, Timestamp::now()).map_err(told)? {
                    let hash = handed.hash.to_string();
                    views.push(desk.find(&handed.policy, Some(&hash)).map_err(told)?.into());
                }
                Ok(views)
            }
            Self::Service { client, secret } => {
                let files: Vec<Value> = files
                    .iter()
                    .map(|file| json!({"name": file.name, "text": file.text}))
                    .collect();
                let answer = Self::ask(client, secret, "/v1/policies", &json!({"files": files}))?;
                Ok(serde_json::from_value(answer)?)
            }
        }
    }

    /// Approves a text.
    pub(super) fn approve(&self, policy: &str, text: Option<&str>) -> Result<PolicyView> {
        match self {
            Self::Own { store, key } => {
                let by = Self::by(key, Scope::ApprovePolicies)?;
                let desk = Desk::new(store);
                let text = desk.find(policy, text).map_err(told)?.file.hash;
                Ok(desk.approve(&text, &by, Timestamp::now()).map_err(told)?.into())
            }
            Self::Service { client, secret } => {
                let path = format!("/v1/policies/{policy}/approve");
                let answer = Self::ask(client, secret, &path, &json!({"text": text}))?;
                Ok(serde_json::from_value(answer)?)
            }
        }
    }

    /// Moves a text.
    pub(super) fn deploy(&self, policy: &str, text: Option<&str>, step: &Move) -> Result<PolicyView> {
        match self {
            Self::Own { store, key } => {
                let by = Self::by(key, Scope::WritePolicies)?;
                let desk = Desk::new(store);
                let text = desk.find(policy, text).map_err(told)?.file.hash;
                let to = match (step.to, step.until) {
                    (_, Some(_)) if step.share.is_some() => return Err(life(&LifeError::ShareWanted)),
                    (_, Some(until)) => Step::Emergency(until),
                    (Some(to), None) => Step::To(to, step.share),
                    (None, None) => return Err(StoreError::NoPolicy(policy.to_owned()).into()),
                };
                let reason = step.reason.as_deref();
                let moved = desk.deploy(&text, to, reason, &by, Timestamp::now());
                Ok(moved.map_err(told)?.into())
            }
            Self::Service { client, secret } => {
                let path = format!("/v1/policies/{policy}/deploy");
                let body = json!({
                    "text": text,
                    "to": step.to,
                    "per_mille": step.share,
                    "emergency_until": step.until,
                    "reason": step.reason,
                });
                Ok(serde_json::from_value(Self::ask(client, secret, &path, &body)?)?)
            }
        }
    }

    /// Goes back to the text of before.
    pub(super) fn roll_back(&self, policy: &str, reason: Option<&str>) -> Result<PolicyView> {
        match self {
            Self::Own { store, key } => {
                let by = Self::by(key, Scope::WritePolicies)?;
                let back = Desk::new(store).roll_back(policy, reason, &by, Timestamp::now());
                Ok(back.map_err(told)?.into())
            }
            Self::Service { client, secret } => {
                let path = format!("/v1/policies/{policy}/rollback");
                let answer = Self::ask(client, secret, &path, &json!({"reason": reason}))?;
                Ok(serde_json::from_value(answer)?)
            }
        }
    }

    /// Asks that items be put before people.
    pub(super) fn ask_follow_up(&self, items: &[String], reason: &str) -> Result<FollowUpView> {
        match self {
            Self::Own { store, key } => {
                let by = Self::by(key, Scope::WritePolicies)?;
                let items: Result<Vec<Receipt>, _> = items.iter().map(|receipt| receipt.parse()).collect();
                let items = items.map_err(|_| anyhow!("one of the items has no receipt"))?;
                Ok(store.ask_follow_up(items, reason, &by, Timestamp::now())?.into())
            }
            Self::Service { client, secret } => {
                let body = json!({"items": items, "reason": reason});
                let answer = Self::ask(client, secret, "/v1/follow-ups", &body)?;
                Ok(serde_json::from_value(answer)?)
            }
        }
    }

    /// Takes a step with such a list.
    pub(super) fn step_follow_up(&self, id: i64, step: FollowUpStep) -> Result<FollowUpView> {
        match self {
            Self::Own { store, key } => {
                let now = Timestamp::now();
                let stepped = match step {
                    FollowUpStep::Approve => {
                        store.approve_follow_up(id, &Self::by(key, Scope::ApprovePolicies)?, now)
                    }
                    FollowUpStep::Cancel => {
                        store.cancel_follow_up(id, &Self::by(key, Scope::WritePolicies)?, now)
                    }
                    FollowUpStep::Undo => {
                        store.undo_follow_up(id, &Self::by(key, Scope::WritePolicies)?, now)
                    }
                };
                Ok(stepped.map_err(|error| told(error.into()))?.into())
            }
            Self::Service { client, secret } => {
                let path = format!("/v1/follow-ups/{id}/{}", step.name());
                Ok(serde_json::from_value(Self::ask(
                    client,
                    secret,
                    &path,
                    &json!({}),
                )?)?)
            }
        }
    }
}

/// A step with a list of items for people.
#[derive(Debug, Clone, Copy)]
pub(super) enum FollowUpStep {
    Approve,
    Cancel,
    Undo,
}

impl FollowUpStep {
    const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Cancel => "cancel",
            Self::Undo => "undo",
        }
    }
}
