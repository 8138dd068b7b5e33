//! Banking from a decision: what people decided that it breaks the rules becomes an entry that is watched first.
//!
//! The entry is *shadow* and not confirmed: it ranks, and makes no verdict. By [`confirmation`] a second person makes it
//! active and confirmed; nobody does so alone, because automation may act on what is confirmed.

use std::sync::Arc;
use std::time::Duration;

use decode::{Decoder, Request};
use jiff::Timestamp;
use model::{EntryId, PersonId, Provenance, Tlp, Trust};
use store::{CaseDecision, LogKind, ReviewError, StoreError, actor};
use thiserror::Error;

use crate::banks::{Banks, BanksError};
use crate::curate::{Edit, EntryChange};
use crate::entry::{EntryDetails, EntryMediaError, from_whole};
use crate::intake::decode_blob;
use crate::rounds::Rounds;

/// How often it is looked for content that is to be banked.
const LOOK: Duration = Duration::from_millis(500);

/// Why content was not banked.
#[derive(Debug, Error)]
pub enum BankingError {
    /// The store does not take it: the bank is gone, the decision does not stand any more, the disk is full.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Not all of it could be looked at.
    #[error(transparent)]
    Media(#[from] EntryMediaError),
    /// It was not decoded.
    #[error("it cannot be decoded: {0}")]
    Decode(String),
    /// The bytes are gone.
    #[error("its bytes are not kept any more; upload the content to the bank instead")]
    Forgotten,
}

/// The thread that banks what was decided, until it is dropped.
#[derive(Debug)]
pub struct Banking {
    _rounds: Rounds,
}

impl Banking {
    /// Begins to bank what is to be, also what became so while nobody ran.
    ///
    /// # Errors
    /// That the system gives no thread.
    pub fn start(banks: &Arc<Banks>, decoder: &Arc<Decoder>, request: Request) -> std::io::Result<Self> {
        let (banks, decoder) = (Arc::clone(banks), Arc::clone(decoder));
        let trouble = "what was decided cannot be banked, and is tried again";
        let round = move || bank_due(&banks, &decoder, &request, Timestamp::now());
        let rounds = Rounds::start("banking", LOOK, trouble, round)?;
        Ok(Self { _rounds: rounds })
    }
}

/// Banks what is to be banked at `now`; what cannot be is told, and tried again later.
fn bank_due(banks: &Banks, decoder: &Decoder, request: &Request, now: Timestamp) -> Result<(), BanksError> {
    let store = banks.store();
    let mut is_any = false;
    for decision in store.decisions_to_bank(now)? {
        match bank(banks, decoder, request, &decision, now) {
            Ok(_) => is_any = true,
            Err(error) => {
                tracing::warn!(decision = decision.id.0, %error, "the content of a decision was not banked");
                store.note_not_banked(decision.id, now)?;
            }
        }
    }
    if is_any {
        banks.refresh()?;
    }
    Ok(())
}

/// Makes an entry of the content of a decision, in its bank: in one transaction with the note that it was made.
///
/// # Errors
/// [`BankingError`]; nothing was made then.
pub fn bank(
    banks: &Banks,
    decoder: &Decoder,
    request: &Request,
    decision: &CaseDecision,
    now: Timestamp,
) -> Result<EntryId, BankingError> {
    let store = banks.store();
    let bank = decision
        .bank
        .ok_or(ReviewError::NotToBank)
        .map_err(StoreError::from)?;
    let decoded = decode_blob(store, &decision.sha256, decoder, &request.for_bank())
        .map_err(BankingError::Decode)?
        .ok_or(BankingError::Forgotten)?;
    let by = actor(decision.person);
    let details = EntryDetails {
        labels: Vec::new(),
        note: None,
        provenance: Provenance {
            added_by: by.clone(),
            source: "local".to_owned(),
            external_id: Some(format!("decision:{}", decision.id.0)),
            added_at: now,
        },
        trust: Trust::Shadow,
        tlp: Tlp::Amber,
        expires: None,
        hash_only: false,
    };
    let (entry, _) = from_whole(&decoded, details)?;
    let made = store.edit("bank_decision", |edits| {
        let made = edits.add_entry(bank, &entry)?;
        edits.note_banked(decision.id, made)?;
        let about = [
            ("bank", bank.0.to_string()),
            ("entry", made.0.to_string()),
            ("decision", decision.id.0.to_string()),
            ("by", by.clone()),
        ];
        edits.note(now, LogKind::EntryAdded, &about)?;
        Ok(made)
    })?;
    Ok(made)
}

/// The edit by which somebody confirms the entry that was made of a decision: it makes verdicts then, and automation may
/// act on its exact copies.
///
/// # Errors
/// [`ReviewError::SamePerson`] when they have decided it themselves; [`ReviewError::NotStanding`] when there is no entry.
pub fn confirmation(decision: &CaseDecision, by: PersonId) -> Result<Edit, ReviewError> {
    let stands = decision.state == model::DecisionState::Effective;
    let entry = decision.entry.filter(|_| stands);
    let entry = entry.ok_or(ReviewError::NotStanding(decision.id))?;
    if decision.person == by {
        return Err(ReviewError::SamePerson);
    }
    let changes = vec![EntryChange::Trust(Trust::Active), EntryChange::Confirmed(true)];
    Ok(Edit::ChangeEntry { entry, changes })
}
