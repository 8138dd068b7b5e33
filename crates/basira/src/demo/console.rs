//! What people find in the console of the demonstration: a case of every kind, some of them with a past.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use model::{
    CaseId, Channel, DecisionOutcome, Grant, KeyId, PersonId, PersonName, Receipt, Role, Ruling, Sha256,
};
use pipeline::policies::{Desk, clauses};
use pipeline::webhook::shown;
use policy::{Action, PolicySet};
use serde_json::{Value, json};
use store::{AppealAbout, CaseAction, NewAppeal, NewCaseDecision, NewWebhook, Personal, Store};

use super::media;
use super::service::Service;
use super::{ACTOR, platform};

/// For how long a link is good.
const LINK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The clause by which something is taken away.
const CLAUSE: &str = "rules#tvec.known";
/// Pictures of the archive that were decided or moved before anybody comes in, by what has become of them.
const PAST: [&str; 6] = [
    "appealed",
    "looked-at-twice",
    "threat",
    "held",
    "escalated",
    "removed",
];

/// Somebody who comes in by a link.
pub(super) struct Guest {
    pub(super) role: &'static str,
    /// The secret of the link.
    pub(super) secret: String,
}

/// Who has decided before, and who comes in.
pub(super) struct People {
    colleague: PersonId,
    author: PersonName,
    pub(super) guests: Vec<Guest>,
}

/// Makes accounts: those of the guests, and that of a colleague who has worked before they came.
pub(super) fn invite(store: &Store) -> Result<People> {
    let now = Timestamp::now();
    // The first account is the administrator's: each start of the service shows a new link for it.
    crate::first::link(store)?;
    let make = |name: &str, grants: &[Grant]| -> Result<_> {
        Ok(store.create_person(&name.parse()?, grants, ACTOR, now, now + LINK)?)
    };
    let mut guests = Vec::new();
    for (role, roles) in [
        ("reviewer", vec![Role::Reviewer]),
        ("lead", vec![Role::PolicyLead, Role::SeniorReviewer]),
        ("auditor", vec![Role::Auditor]),
    ] {
        let grants: Vec<Grant> = roles.into_iter().map(Grant::whole).collect();
        let (_, secret) = make(role, &grants)?;
        let secret = secret.reveal().to_owned();
        guests.push(Guest { role, secret });
    }
    let (colleague, _) = make("nadia", &[Grant::whole(Role::SeniorReviewer)])?;
    Ok(People {
        colleague: colleague.id,
        author: colleague.name,
        guests,
    })
}

/// What was submitted for the console.
pub(super) struct Submitted {
    /// The receipt of each picture of [`PAST`].
    past: Vec<String>,
    /// Kinds that this machine cannot show, in words.
    pub(super) missing: Vec<&'static str>,
}

/// Fills banks, submits what matches them, and reports an item that nothing matches.
pub(super) fn submit(service: &Service, folder: &Path, unmatched: &str) -> Result<Submitted> {
    let mut items: Vec<Sent> = Vec::new();
    let mut missing = Vec::new();
    let bank = |name: &str| service.post("/v1/banks", &json!({ "name": name })).map(drop);
    bank("league-archive")?;
    for (number, name) in (0..).zip(PAST) {
        let picture = media::picture(number);
        service.send("/v1/banks/league-archive/media?labels=archive", &picture)?;
        items.push((format!("clips/{name}.png"), picture));
    }
    items.push(("forum/saved-again.jpg".to_owned(), media::saved_again(0)));
    bank("league-statements")?;
    let statements = media::statements();
    for value in statements {
        let signal = json!({ "type": "raw_text", "value": value });
        service.post(
            "/v1/banks/league-statements/entries",
            &json!({ "signals": [signal] }),
        )?;
    }
    items.push((
        "forum/statement.txt".to_owned(),
        statements[1].as_bytes().to_vec(),
    ));
    items.push(("news/report.html".to_owned(), media::report().into_bytes()));
    bank("league-links")?;
    let link = json!({ "signals": [{ "type": "url", "value": media::LINK }] });
    service.post("/v1/banks/league-links/entries", &link)?;
    items.push(("chat/link.txt".to_owned(), media::LINKING.as_bytes().to_vec()));
    match films(service, folder)? {
        Some(more) => items.extend(more),
        None => missing.push("a film and a sound, for which FFmpeg and the sandbox are needed"),
    }
    let judged = service.judge(items.iter().map(|(name, bytes)| (&**name, &**bytes)))?;
    let reported = json!({
        "item": unmatched, "category": "terrorism", "language": "ar",
        "words": "أعتقد أن هذه الصورة من ملصقات الدوري، وقد رأيتها مرتين هذا الأسبوع.",
        "reporter": { "name": "Salma Example", "email": "salma@example.org" },
    });
    service.post("/v1/reports", &reported)?;
    Ok(Submitted {
        past: judged.into_iter().take(PAST.len()).map(|it| it.item).collect(),
        missing,
    })
}

/// What is submitted: its name, and its bytes.
type Sent = (String, Vec<u8>);

/// Fills banks of a film and of a sound, and gives what matches them; `None` where they cannot be looked at here.
fn films(service: &Service, folder: &Path) -> Result<Option<[Sent; 2]>> {
    let Some([film, clip]) = media::film(&folder.join("film"))? else {
        return Ok(None);
    };
    let [recording, part] = media::sound();
    for (bank, bytes) in [("league-films", film), ("league-sounds", recording)] {
        service.post("/v1/banks", &json!({ "name": bank }))?;
        if service.send(&format!("/v1/banks/{bank}/media"), &bytes).is_err() {
            return Ok(None);
        }
    }
    let named = |name: &str, bytes| (name.to_owned(), bytes);
    Ok(Some([
        named("clips/clip.mp4", clip),
        named("chat/part.wav", part),
    ]))
}

/// The case of a picture that was submitted, and its digest.
fn case_of(store: &Store, receipt: &str) -> Result<(CaseId, Sha256)> {
    let item = store
        .item(receipt.parse::<Receipt>()?)?
        .context("the item is gone")?;
    let case = store.case_of(item.id)?.context("a copy has a case")?;
    Ok((case, item.sha256))
}

/// Gives cases a past: what the colleague has decided and moved, an appeal against it, and a text of policies that waits for
/// another to approve it.
pub(super) fn past(store: &Store, people: &People, submitted: &Submitted) -> Result<()> {
    let now = Timestamp::now();
    let webhook = NewWebhook {
        source: None,
        url: platform::start()?,
        events: vec![
            model::EventKind::ItemDecided,
            model::EventKind::DecisionReversed,
            model::EventKind::AppealDecided,
        ],
    };
    store.create_webhook(&webhook, ACTOR, now, shown)?;
    ensure!(
        clauses(store)?.iter().any(|clause| clause.id.as_str() == CLAUSE),
        "the rules that are shipped have no clause {CLAUSE}"
    );
    let removal = CaseAction {
        action: serde_json::to_string(&Action::Remove {
            reason: CLAUSE.parse()?,
        })?,
        clause: CLAUSE.to_owned(),
        scope: Vec::new(),
        until: None,
    };
    let decide = |receipt: &str, outcome: DecisionOutcome, settles: SignedDuration| -> Result<_> {
        let (case, sha256) = case_of(store, receipt)?;
        let new = NewCaseDecision {
            case,
            sha256,
            ruling: Ruling::new(outcome, None, None)?,
            note: None,
            person: people.colleague,
            settles_at: now + settles,
            action: outcome.has_action().then(|| removal.clone()),
            bank: None,
        };
        Ok(store.decide(&new, now)?)
    };
    let at_once = SignedDuration::ZERO;
    let [appealed, twice, threat, held, escalated, removed] = submitted.past.as_slice() else {
        anyhow::bail!("some of what has a past was not submitted");
    };
    decide(appealed, DecisionOutcome::Violating, at_once)?;
    decide(removed, DecisionOutcome::Violating, at_once)?;
    let looked_at = decide(twice, DecisionOutcome::NotViolating, at_once)?;
    decide(threat, DecisionOutcome::ThreatToLife, at_once)?;
    store.settle_decisions(now)?;
    store.make_golden(looked_at.id, people.colleague, now)?;
    let appeal = NewAppeal {
        about: AppealAbout::Receipt(appealed.parse()?),
        channel: Channel::Api,
        words: "This is the poster of our own chess club, not of the league. Please look at it again."
            .to_owned(),
        lang: Some("en".to_owned()),
    };
    store.appeal(&appeal, now)?;
    let later = now + SignedDuration::from_hours(48);
    let why = "The club was asked whether the poster is theirs.".to_owned();
    store.hold_case(case_of(store, held)?.0, Some((later, why)), people.colleague, now)?;
    store.escalate_case(case_of(store, escalated)?.0, people.colleague, now)?;
    let by = Personal {
        person: people.author.clone(),
        key: KeyId(0),
    };
    Desk::new(store).put(&PolicySet::shipped_files(), &by, now)?;
    Ok(())
}

/// A field of an answer.
pub(super) fn text(answer: &Value, field: &str) -> Result<String> {
    let text = answer[field].as_str();
    Ok(text
        .with_context(|| format!("the service gave no {field}"))?
        .to_owned())
}
