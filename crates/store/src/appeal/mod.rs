//! Appeals: authors say that a decision was wrong, and somebody else decides about that.
//!
//! An appeal is against a decision *violating* that holds, about one item, once. It is reached by the code that the platform
//! was told with the decision and gave to the author, or by the platform itself under its own name for the item. Overturning
//! reverses the decision in the same transaction, as a reversal by hand would.

mod read;

use jiff::Timestamp;
use model::{
    AppealId, AppealRuling, AppealState, CaseId, Channel, DecisionId, DecisionOutcome, DecisionState,
    EventKind, ItemId, PersonId, Receipt, Sha256, SourceName, WebhookId,
};

use crate::api_key::Secret;
use crate::case::{self, CaseDecision, one_decision};
use crate::change::take_numbers;
use crate::code::{self, Purpose};
use crate::db::{Optional, Row, Transaction, params};
use crate::item::{BY_ID, Item, one as one_item};
use crate::log::{self, LogKind};
use crate::outbox::enqueue;
use crate::person::actor;
use crate::row::Stored;
use crate::tally::{self, Tally};
use crate::{ReviewError, Store, StoreError};

pub use read::Appeals;

/// What an author says against a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Identity.
    pub id: AppealId,
    /// The decision.
    pub decision: DecisionId,
    /// Its case.
    pub case: CaseId,
    /// The item that the author is the author of.
    pub item: ItemId,
    /// How it came in.
    pub channel: Channel,
    /// Where the item comes from.
    pub source: SourceName,
    /// Why, in the words of the author.
    pub words: String,
    /// The language of the words, as a BCP 47 tag.
    pub lang: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// How far it has come.
    pub state: AppealState,
    /// Who has decided it.
    pub person: Option<PersonId>,
    /// What the author is told.
    pub answer: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// What an appeal is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppealAbout {
    /// The item of the code that its author has got.
    Code(String),
    /// The item of a receipt. The caller has asked whether they may name it.
    Receipt(Receipt),
    /// The newest item of this name at its source that is held to be violating.
    Name(SourceName, String),
}

/// An appeal that is to be kept; its fields as in [`Appeal`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented in Appeal")]
pub struct NewAppeal {
    pub about: AppealAbout,
    pub channel: Channel,
    pub words: String,
    pub lang: Option<String>,
}

/// A code by which the author of an item appeals against a decision; `None` where there is nothing to appeal against.
pub(crate) fn new_code(
    transaction: &Transaction<'_>,
    decision: &CaseDecision,
    item: &Item,
) -> Result<Option<Secret>, StoreError> {
    if decision.ruling.outcome() != DecisionOutcome::Violating {
        return Ok(None);
    }
    let (code, digest) = code::new(Purpose::Decision)?;
    transaction
        .prepare_cached(
            "-- appeal_code\nINSERT INTO appeal_code (digest, decision, item) VALUES ($1, $2, $3)",
        )?
        .execute(params![&digest.bytes()[..], decision.id.0, item.id.0])?;
    Ok(Some(code))
}

impl Store {
    /// Keeps an appeal. Gives it with the code by which its author asks after it, which is shown once.
    ///
    /// # Errors
    /// [`ReviewError::NotAppealable`], [`ReviewError::AppealExists`], [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn appeal(&self, new: &NewAppeal, now: Timestamp) -> Result<(Appeal, Secret), StoreError> {
        let (code, digest) = code::new(Purpose::Appeal)?;
        let new = new.clone();
        let appeal = self.share("appeal", move |transaction| {
            let (decision, item) =
                decision_about(transaction, &new.about)?.ok_or(ReviewError::NotAppealable)?;
            insert(transaction, &new, &digest, &decision, &item, now)
        })?;
        Ok((appeal, code))
    }

    /// Decides an appeal, with an answer to the author. Overturned, the decision is reversed, if it still holds, and the group
    /// waits for another; either way the platform is told.
    ///
    /// # Errors
    /// [`ReviewError::OwnDecision`] when `person` has made the decision; [`ReviewError::NoAppeal`],
    /// [`ReviewError::Appeal`] of one that was decided before, [`ReviewError::NotAppealable`] when a decision shall stand that
    /// does not hold any more; [`StoreError::DiskFull`].
    pub fn decide_appeal(
        &self,
        id: AppealId,
        person: PersonId,
        ruling: AppealRuling,
        answer: Option<&str>,
        now: Timestamp,
    ) -> Result<Appeal, StoreError> {
        let answer = answer.map(str::to_owned);
        self.share("decide_appeal", move |transaction| {
            decide(transaction, id, person, ruling, answer, now)
        })
    }
}

/// The decision that an appeal is about, which holds and is *violating*, with the item.
fn decision_about(
    transaction: &Transaction<'_>,
    about: &AppealAbout,
) -> Result<Option<(CaseDecision, Item)>, StoreError> {
    let found = match about {
        AppealAbout::Code(typed) => {
            let digest = code::digest(Purpose::Decision, typed);
            transaction
                .prepare_cached(
                    "-- decision_of_code\nSELECT decision, item FROM appeal_code WHERE digest = $1",
                )?
                .query_row(params![&digest.bytes()[..]], |row| {
                    Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
                })
                .optional()?
        }
        AppealAbout::Receipt(receipt) => transaction
            .prepare_cached(
                "-- decision_of_receipt\nSELECT case_member.decision, item.id FROM item
                 JOIN case_member ON case_member.item = item.id
                 WHERE item.receipt = $1 AND case_member.decision IS NOT NULL",
            )?
            .query_row(params![&receipt.0[..]], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
            })
            .optional()?,
        AppealAbout::Name(source, external_id) => transaction
            .prepare_cached(
                "-- decision_of_name\nSELECT case_decision.id, item.id FROM item
                 JOIN case_member ON case_member.item = item.id
                 JOIN case_decision ON case_decision.id = case_member.decision
                 WHERE item.source = $1 AND item.external_id = $2 AND case_decision.state = 'effective'
                    AND case_decision.outcome = 'violating'
                 ORDER BY item.id DESC LIMIT 1",
            )?
            .query_row(params![source.as_str(), external_id], |row| {
                Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
            })
            .optional()?,
    };
    let Some((decision, item)) = found else {
        return Ok(None);
    };
    let decision = one_decision(transaction, DecisionId(decision))?;
    let stands = matches!(decision.state, DecisionState::Effective | DecisionState::Ended)
        && decision.ruling.outcome() == DecisionOutcome::Violating;
    if !stands {
        return Ok(None);
    }
    let item = one_item(transaction, BY_ID, params![item])?;
    Ok(item.map(|item| (decision, item)))
}

fn insert(
    transaction: &Transaction<'_>,
    new: &NewAppeal,
    digest: &Sha256,
    decision: &CaseDecision,
    item: &Item,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    let id = AppealId(take_numbers(transaction, "appeal", 1)?);
    let inserted = transaction
        .prepare_cached(
            "-- insert_appeal\nINSERT INTO appeal (id, digest, decision, review_case, item, channel, source, words, lang,
                received_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )?
        .execute(params![
            id.0,
            &digest.bytes()[..],
            decision.id.0,
            decision.case.0,
            item.id.0,
            new.channel.name(),
            item.source.as_str(),
            new.words,
            new.lang,
            now.as_microsecond(),
            AppealState::Open.name()
        ]);
    match inserted {
        Err(error) if StoreError::is_unique_violation(&error) => {
            return Err(ReviewError::AppealExists.into());
        }
        other => other?,
    };
    note(transaction, LogKind::AppealReceived, id, decision, None, now)?;
    read::one(transaction, id)
}

fn decide(
    transaction: &Transaction<'_>,
    id: AppealId,
    person: PersonId,
    ruling: AppealRuling,
    answer: Option<String>,
    now: Timestamp,
) -> Result<Appeal, StoreError> {
    let before = read::one(transaction, id)?;
    let state = before.state.after(ruling).map_err(ReviewError::from)?;
    let decision = one_decision(transaction, before.decision)?;
    if decision.person == person {
        return Err(ReviewError::OwnDecision.into());
    }
    let holds = matches!(decision.state, DecisionState::Effective | DecisionState::Ended);
    match (ruling, holds) {
        (AppealRuling::Uphold, false) => return Err(ReviewError::NotAppealable.into()),
        (AppealRuling::Overturn, true) => {
            case::reverse(transaction, decision.id, &actor(person), now)?;
        }
        // Somebody has reversed it meanwhile.
        (AppealRuling::Overturn, false) | (AppealRuling::Uphold, true) => {}
    }
    transaction
        .prepare_cached(
            "-- decide_appeal\nUPDATE appeal SET state = $1, person = $2, answer = $3, decided_at = $4 WHERE id = $5",
        )?
        .execute(params![state.name(), person.0, answer, now.as_microsecond(), id.0])?;
    let by = (person, state);
    note(transaction, LogKind::AppealDecided, id, &decision, Some(by), now)?;
    let appeal = read::one(transaction, id)?;
    if let Some(item) = one_item(transaction, BY_ID, params![before.item.0])? {
        tell(transaction, &appeal, &item, now)?;
    }
    Ok(appeal)
}

/// Notes a step of an appeal in the log: ids, and who decided, by their number.
fn note(
    transaction: &Transaction<'_>,
    kind: LogKind,
    id: AppealId,
    decision: &CaseDecision,
    decided: Option<(PersonId, AppealState)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let texts = [id.0, decision.id.0, decision.case.0].map(|number| number.to_string());
    let [appeal, number, case] = &texts;
    let mut body = vec![
        ("appeal", appeal.as_str()),
        ("decision", number.as_str()),
        ("case", case.as_str()),
    ];
    let by = decided.map(|(person, state)| (actor(person), state));
    if let Some((by, state)) = &by {
        body.extend([("state", state.name()), ("by", by.as_str())]);
    }
    let state = decided.map_or(AppealState::Open, |(_, state)| state);
    tally::add(transaction, Tally::Appealed, state.name(), now)?;
    log::append(transaction, now, kind, &body)
}

/// Tells the webhooks that want to know what has become of an appeal, so that the platform can tell the author. Who decided
/// is not said.
fn tell(
    transaction: &Transaction<'_>,
    appeal: &Appeal,
    item: &Item,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "-- webhooks_of_appeals\nSELECT id, events FROM webhook
         WHERE disabled_at IS NULL AND (source IS NULL OR source = $1) ORDER BY id",
    )?;
    let webhooks = statement.query_all(params![item.source.as_str()], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
    })?;
    let kind = EventKind::AppealDecided;
    let data = serde_json::json!({
        "item": item.receipt.to_string(),
        "external_id": item.external_id,
        "source": item.source.as_str(),
        "sha256": item.sha256.to_string(),
        "case": appeal.case.0,
        "decision": appeal.decision.0,
        "appeal": appeal.id.0,
        "state": appeal.state.name(),
        "answer": appeal.answer,
    });
    for (webhook, events) in webhooks {
        if events.split(',').any(|event| event == kind.name()) {
            enqueue(transaction, WebhookId(webhook), kind, Some(item), &data, now)?;
        }
    }
    Ok(())
}

fn appeal(row: Row<'_>) -> Result<Appeal, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("appeal", id, row);
    Ok(Appeal {
        id: AppealId(id),
        decision: DecisionId(stored.get(1)?),
        case: CaseId(stored.get(2)?),
        item: ItemId(stored.get(3)?),
        channel: stored.parse(4)?,
        source: stored.parse(5)?,
        words: stored.get(6)?,
        lang: stored.get(7)?,
        received_at: stored.time(8)?,
        state: stored.parse(9)?,
        person: stored.get::<Option<i64>>(10)?.map(PersonId),
        answer: stored.get(11)?,
        decided_at: stored.optional_time(12)?,
    })
}
