//! The log: append-only, each record chained to all before it by SHA-256.
//!
//! A record's chain is the digest of the chain before it, its number, its time, its kind and its body. Whoever knows the
//! last chain can tell whether any record up to there was altered, removed or put in between. A record holds ids, never
//! content, and nothing about a person.

use crate::db::{Connection, Optional, Transaction, params};
use jiff::Timestamp;
use model::Sha256;
use sha2::Digest;

use crate::change::take_numbers;
use crate::{Store, StoreError};

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// A key was made.
    KeyCreated,
    /// A key was revoked.
    KeyRevoked,
    /// A bank was made.
    BankCreated,
    /// A bank was switched on or off, renamed or removed.
    BankChanged,
    /// An entry was added.
    EntryAdded,
    /// An entry was changed.
    EntryChanged,
    /// An entry was removed.
    EntryRemoved,
    /// The configuration of an exchange, or the credentials of its API, were changed.
    ExchangeChanged,
    /// A signal type was switched on or off.
    SignalTypeChanged,
    /// A webhook was made.
    WebhookCreated,
    /// A webhook was removed.
    WebhookRemoved,
    /// A delivery was sent once more because somebody asked for it.
    DeliveryReplayed,
    /// A source came nearer and nearer to an entry.
    ClimbSeen,
    /// Somebody asked that what rested on a revoked entry be taken back.
    ReversalAsked,
    /// What was told of an item does not hold any more.
    ActionReversed,
    /// A text of a policy was handed in.
    PolicyWritten,
    /// A person has approved a text of a policy.
    PolicyApproved,
    /// A text of a policy came to another stage.
    PolicyDeployed,
    /// One person has put a policy into effect in an emergency.
    PolicyEmergency,
    /// A list of items that somebody asks to be put before people came further.
    FollowUpMoved,
    /// How far the chain of decisions has come.
    DecisionsNoted,
    /// What was known of an item when it was decided was erased.
    DecisionsErased,
    /// Somebody was invited, for the first time or anew.
    PersonInvited,
    /// Somebody's roles, password or second factor were changed, or their account was switched off.
    PersonChanged,
    /// Somebody signed in.
    SignedIn,
    /// A session was ended.
    SessionEnded,
    /// An item opened a case.
    CaseOpened,
    /// An item joined a case.
    CaseJoined,
    /// Somebody took a case to work on it.
    CaseTaken,
    /// Somebody gave a case back.
    CaseReleased,
    /// Somebody uncovered the media of an item.
    MediaRevealed,
    /// Somebody decided about a group of a case; it can be undone.
    CaseDecided,
    /// A decision was undone before anything left.
    DecisionUndone,
    /// A decision took effect.
    DecisionSettled,
    /// A decision that had taken effect was reversed.
    DecisionReversed,
    /// A report came in.
    ReportReceived,
    /// What was reported came to a case.
    ReportJoined,
    /// Somebody appeals against a decision.
    AppealReceived,
    /// An appeal was decided.
    AppealDecided,
    /// Somebody confirmed a decision for near copies of its group; it can be undone.
    GroupConfirmed,
    /// A second person said so too.
    DecisionSeconded,
    /// A case was given to somebody, put off, or handed up.
    CaseMoved,
    /// The numbers of caps, breaks and samples were changed.
    CareChanged,
    /// Somebody has chosen a decision that others decide once more.
    LookDrawn,
    /// Somebody has decided once more what another has decided.
    LookGiven,
    /// Somebody has read who has sent a report.
    ReporterRead,
    /// Somebody has put a routing into effect.
    RoutingChanged,
    /// Somebody has declared an incident.
    IncidentDeclared,
    /// An incident is over.
    IncidentEnded,
    /// The action of a decision has come to its end.
    ActionEnded,
    /// Somebody asks for what needs a second person.
    RequestMade,
    /// A second person asks for it, too.
    RequestSeconded,
    /// It was withdrawn before it happened.
    RequestWithdrawn,
    /// It did not happen: something stood against it.
    RequestStopped,
    /// The bytes, previews and texts of a content were destroyed.
    ContentPurged,
    /// An entry may go further than before.
    EntryShared,
}

impl LogKind {
    const fn name(self) -> &'static str {
        match self {
            Self::KeyCreated => "key_created",
            Self::KeyRevoked => "key_revoked",
            Self::BankCreated => "bank_created",
            Self::BankChanged => "bank_changed",
            Self::EntryAdded => "entry_added",
            Self::EntryChanged => "entry_changed",
            Self::EntryRemoved => "entry_removed",
            Self::ExchangeChanged => "exchange_changed",
            Self::SignalTypeChanged => "signal_type_changed",
            Self::WebhookCreated => "webhook_created",
            Self::WebhookRemoved => "webhook_removed",
            Self::DeliveryReplayed => "delivery_replayed",
            Self::ClimbSeen => "climb_seen",
            Self::ReversalAsked => "reversal_asked",
            Self::ActionReversed => "action_reversed",
            Self::PolicyWritten => "policy_written",
            Self::PolicyApproved => "policy_approved",
            Self::PolicyDeployed => "policy_deployed",
            Self::PolicyEmergency => "policy_emergency",
            Self::FollowUpMoved => "follow_up_moved",
            Self::DecisionsNoted => "decisions_noted",
            Self::DecisionsErased => "decisions_erased",
            Self::PersonInvited => "person_invited",
            Self::PersonChanged => "person_changed",
            Self::SignedIn => "signed_in",
            Self::SessionEnded => "session_ended",
            Self::CaseOpened => "case_opened",
            Self::CaseJoined => "case_joined",
            Self::CaseTaken => "case_taken",
            Self::CaseReleased => "case_released",
            Self::MediaRevealed => "media_revealed",
            Self::CaseDecided => "case_decided",
            Self::DecisionUndone => "decision_undone",
            Self::DecisionSettled => "decision_settled",
            Self::DecisionReversed => "decision_reversed",
            Self::ReportReceived => "report_received",
            Self::ReportJoined => "report_joined",
            Self::AppealReceived => "appeal_received",
            Self::AppealDecided => "appeal_decided",
            Self::GroupConfirmed => "group_confirmed",
            Self::DecisionSeconded => "decision_seconded",
            Self::CaseMoved => "case_moved",
            Self::CareChanged => "care_changed",
            Self::LookDrawn => "look_drawn",
            Self::LookGiven => "look_given",
            Self::ReporterRead => "reporter_read",
            Self::RoutingChanged => "routing_changed",
            Self::IncidentDeclared => "incident_declared",
            Self::IncidentEnded => "incident_ended",
            Self::ActionEnded => "action_ended",
            Self::RequestMade => "request_made",
            Self::RequestSeconded => "request_seconded",
            Self::RequestWithdrawn => "request_withdrawn",
            Self::RequestStopped => "request_stopped",
            Self::ContentPurged => "content_purged",
            Self::EntryShared => "entry_shared",
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// Its number, from 1.
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What it is about, in the word that is stored.
    pub kind: String,
    /// The particulars, a JSON object of texts.
    pub body: String,
    /// The digest that binds it to all before.
    pub chain: Sha256,
}

/// Appends a record within the transaction of what it tells.
pub(crate) fn append(
    transaction: &Transaction<'_>,
    at: Timestamp,
    kind: LogKind,
    body: &[(&str, &str)],
) -> Result<(), StoreError> {
    let body: std::collections::BTreeMap<_, _> = body.iter().copied().collect();
    // Texts always have a JSON form.
    let body = serde_json::to_string(&body).unwrap_or_default();
    let seq = take_numbers(transaction, "log", 1)?;
    let before = chain_of(transaction, seq - 1)?;
    let at = at.as_microsecond();
    let chain = chain(&before, seq, at, kind.name(), &body);
    transaction
        .prepare_cached(
            "-- append_log\nINSERT INTO log (seq, at, kind, body, chain) VALUES ($1, $2, $3, $4, $5)",
        )?
        .execute(params![seq, at, kind.name(), body, &chain[..]])?;
    Ok(())
}

fn chain_of(connection: &Connection<'_>, seq: i64) -> Result<Vec<u8>, StoreError> {
    if seq == 0 {
        return Ok(vec![0; 32]);
    }
    let mut statement = connection.prepare_cached("-- log_chain\nSELECT chain FROM log WHERE seq = $1")?;
    let found = statement.query_row(params![seq], |row| row.get(0)).optional()?;
    found.ok_or(StoreError::LogAltered { seq })
}

/// The number and the chain of the last record.
pub(crate) fn head(connection: &Connection<'_>) -> Result<Option<(i64, Sha256)>, StoreError> {
    let sql = "-- log_head\nSELECT seq, chain FROM log ORDER BY seq DESC LIMIT 1";
    let head: Option<(i64, Vec<u8>)> = connection
        .prepare_cached(sql)?
        .query_row(params![], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, chain)) = head else {
        return Ok(None);
    };
    let chain = Sha256::from_slice(&chain).ok_or(StoreError::LogAltered { seq })?;
    Ok(Some((seq, chain)))
}

fn chain(before: &[u8], seq: i64, at: i64, kind: &str, body: &str) -> [u8; 32] {
    let mut digest = sha2::Sha256::new();
    digest.update(before);
    digest.update(seq.to_be_bytes());
    digest.update(at.to_be_bytes());
    for text in [kind, body] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

impl Store {
    /// One page of the log: the records after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn log(&self, after: i64, limit: u32) -> Result<Vec<LogRecord>, StoreError> {
        self.read("log", |connection| page(connection, after, limit))
    }

    /// How many records the log has.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn log_length(&self) -> Result<i64, StoreError> {
        self.read("log_length", length)
    }

    /// Checks the chain of the whole log; gives the number of records and the last chain, `None` of an empty log.
    ///
    /// # Errors
    /// [`StoreError::LogAltered`] names the first record that does not fit.
    pub fn verify_log(&self) -> Result<(i64, Option<Sha256>), StoreError> {
        self.read("verify_log", |connection| {
            let (mut last, mut before) = (0, vec![0u8; 32]);
            loop {
                let records = page(connection, last, 4_096)?;
                if records.is_empty() {
                    break;
                }
                for record in records {
                    let want = chain(
                        &before,
                        last + 1,
                        record.at.as_microsecond(),
                        &record.kind,
                        &record.body,
                    );
                    if record.seq != last + 1 || record.chain.bytes()[..] != want {
                        return Err(StoreError::LogAltered { seq: last + 1 });
                    }
                    last = record.seq;
                    before = want.to_vec();
                }
            }
            // The counter lies elsewhere, so that a log that was cut short does not go unnoticed.
            if length(connection)? != last {
                return Err(StoreError::LogAltered { seq: last + 1 });
            }
            Ok((last, (last > 0).then(|| Sha256::from_slice(&before)).flatten()))
        })
    }
}

fn length(connection: &Connection<'_>) -> Result<i64, StoreError> {
    let sql = "-- log_length\nSELECT last FROM counter WHERE name = 'log'";
    Ok(connection.query_row(sql, params![], |row| row.get(0))?)
}

fn page(connection: &Connection<'_>, after: i64, limit: u32) -> Result<Vec<LogRecord>, StoreError> {
    let mut statement = connection.prepare_cached(
        "-- log\nSELECT seq, at, kind, body, chain FROM log WHERE seq > $1 ORDER BY seq LIMIT $2",
    )?;
    let mut rows = statement.query(params![after, limit])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let stored = crate::row::Stored::new("log", seq, row);
        let chain: Vec<u8> = stored.get(4)?;
        records.push(LogRecord {
            seq,
            at: stored.time(1)?,
            kind: stored.get(2)?,
            body: stored.get(3)?,
            chain: Sha256::from_slice(&chain).ok_or_else(|| stored.invalid("its chain has not 32 bytes"))?,
        });
    }
    Ok(records)
}
