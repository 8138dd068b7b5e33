//! `/c/bank/<bank>/content`, `/c/bank/<bank>/signal`: the entries of a bank.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use model::{Bank, BankEntry, EntryId, EntrySignal, Signal, Tlp, Trust};
use pipeline::banks::BanksError;
use pipeline::curate::{Edit, EntryChange};
use pipeline::entry::{EntryDetails, from_decoded, from_signals};
use serde_json::{Map, Value, json};
use store::{NewEntry, StoreError};

use super::banks::{must_find, view as bank_view};
use super::errors::{Error, told};
use super::files::{Hashed, Upload, decode, digest, drain_body, is_form, photo, upload, wanted};
use super::hasher::{no_fetch, texts};
use super::input::{Fields, Path, json_body, json_object};
use super::kind::{Content, Kind};
use super::{Hma, fine, may_curate};
use crate::auth::Caller;
use crate::extract::is_json;

/// Characters of a note.
const MOST_NOTE: usize = 255;
/// For how long content can be switched off, if not for ever.
const FIVE_YEARS: SignedDuration = SignedDuration::from_hours(5 * 365 * 24);

/// What is said of new content.
#[derive(Debug, Default)]
struct About {
    metadata: Option<String>,
    note: Option<String>,
}

impl About {
    fn of_form(form: &BTreeMap<String, String>) -> Result<Self, Error> {
        let metadata = form
            .get("metadata")
            .map(|text| {
                serde_json::from_str(text).map_err(|_| Error::bad("metadata form field must be valid JSON"))
            })
            .transpose()?;
        Self::read(
            metadata.unwrap_or_default(),
            form.get("note").map_or(Value::Null, |note| note.as_str().into()),
        )
    }

    fn read(metadata: Value, note: Value) -> Result<Self, Error> {
        Ok(Self {
            metadata: read_metadata(metadata)?,
            note: read_note(&note)?,
        })
    }

    fn details(self, caller: &Caller) -> EntryDetails {
        EntryDetails {
            labels: Vec::new(),
            note: self.note,
            provenance: caller.provenance(None),
            trust: Trust::Active,
            tlp: Tlp::Amber,
            expires: None,
            hash_only: false,
        }
    }
}

fn read_note(note: &Value) -> Result<Option<String>, Error> {
    match note {
        Value::Null => Ok(None),
        Value::String(note) if note.chars().count() <= MOST_NOTE => {
            Ok(Some(note.clone()).filter(|note| !note.is_empty()))
        }
        Value::String(_) => Err(Error::bad("note must be at most 255 characters")),
        _ => Err(Error::bad("note should be a string")),
    }
}

/// `content_id`, `content_uri` and `json`, and nothing else.
fn read_metadata(metadata: Value) -> Result<Option<String>, Error> {
    let metadata = match metadata {
        Value::Null => return Ok(None),
        Value::Object(metadata) => metadata,
        _ => return Err(Error::bad("metadata should be a json object")),
    };
    let mut kept = Map::new();
    for (name, value) in metadata {
        let good = match name.as_str() {
            // What came from exchanges is not for clients to say.
            "collab" => continue,
            "content_id" | "content_uri" => value.is_string() || value.is_null(),
            "json" => value.is_object() || value.is_null(),
            _ => {
                let shown = told(&name);
                return Err(Error::bad(format!(
                    "Invalid metadata: {shown}: Extra inputs are not permitted"
                )));
            }
        };
        if !good {
            return Err(Error::bad(format!(
                "Invalid metadata: {name}: Input is of another type"
            )));
        }
        if !value.is_null() {
            kept.insert(name, value);
        }
    }
    Ok((!kept.is_empty()).then(|| Value::Object(kept).to_string()))
}

pub(super) async fn add(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(bank): Path<String>,
    mut query: Fields,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let [url, types] = ["url", "types"].map(|name| query.text(name));
    query.check()?;
    let bank = {
        let caller = caller.clone();
        hma.apart(move |hma| must_find(hma, &caller, &bank)).await
    };
    let bank = match bank {
        Ok(bank) => bank,
        Err(error) => {
            drain_body(&hma, request).await;
            return Err(error);
        }
    };
    if url.is_some() {
        // What is wrong with the body is said first, as HMA says it.
        if is_json(request.headers()) {
            let mut body = json_object(request, "metadata should be a json object").await?;
            let mut take = |name| body.remove(name).unwrap_or_default();
            About::read(take("metadata"), take("note"))?;
        }
        return Err(no_fetch());
    }
    if !is_form(&request) {
        return Err(Error::bad("Neither `url` nor multipart file upload was received"));
    }
    let upload = upload(&hma, request).await?;
    let about = About::of_form(&upload.form)?;
    let kinds = wanted(&hma, upload.content, types.as_deref())?;
    let added = hma.apart(move |hma| -> Result<Value, Error> {
        let (entry, hashed) = entry_of(hma, &upload, &kinds, about, &caller)?;
        keep(hma, &caller, &bank, entry, &hashed)
    });
    Ok(fine(&added.await?))
}

/// An entry of a file, and the signals of it that are shown.
fn entry_of(
    hma: &Hma,
    upload: &Upload,
    kinds: &[Kind],
    about: About,
    caller: &Caller,
) -> Result<(NewEntry, Vec<Hashed>), Error> {
    let metadata = about.metadata.clone();
    let details = about.details(caller);
    let request = hma.app.settings.request.for_bank();
    let (decoded, shown) = match upload.content {
        Content::Photo => {
            let (decoded, hash) = photo(hma, &upload.bytes, request)?;
            let hash = hash.ok_or_else(|| Error::bad("Invalid pdq signal: invalid PDQ hash"))?;
            (decoded, Signal::Pdq(hash))
        }
        // Its digest is all that was asked for: a film that cannot be looked into is banked by it alone.
        Content::Video => {
            let digest = digest(&upload.bytes)?;
            (decode(hma, &upload.bytes, request)?, digest)
        }
    };
    let (mut entry, _) = from_decoded(&decoded, details);
    entry.metadata = metadata;
    // What HMA shows comes first, then other hashes, then digests.
    entry.signals.sort_by_key(|held| match held.signal {
        signal if signal == shown => 0,
        Signal::Pdq(_) => 1,
        _ => 2,
    });
    Ok((entry, kinds.iter().map(|kind| (*kind, Some(shown))).collect()))
}

/// Keeps an entry durably; the next request that begins after this finds it.
fn keep(hma: &Hma, caller: &Caller, bank: &Bank, entry: NewEntry, hashed: &[Hashed]) -> Result<Value, Error> {
    let edit = Edit::AddEntries {
        bank: bank.id,
        entries: vec![entry],
    };
    let done = hma.edit(caller, &edit)?;
    let id = done.entries.first().map(|id| id.0);
    Ok(json!({ "id": id, "signals": texts(hashed) }))
}

/// Adds content by its signals.
pub(super) async fn add_signals(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(bank): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let mut body = json_object(request, "Request input was not a dict").await?;
    let about = About::read(Value::Null, body.remove("note").unwrap_or_default())?;
    if body.is_empty() {
        return Err(Error::bad("No signals given"));
    }
    let mut hashed = Vec::new();
    for (name, value) in &body {
        let shown = told(name);
        let kind = Kind::named(name).ok_or_else(|| Error::bad(format!("No such signal type {shown}")))?;
        let text = value.as_str().ok_or("it is not a string");
        let signal = text
            .and_then(|text| kind.read(text))
            .map_err(|why| Error::bad(format!("Invalid {shown} signal: {why}")))?;
        hashed.push((kind, Some(signal)));
    }
    let added = hma.apart(move |hma| -> Result<Value, Error> {
        let bank = must_find(hma, &caller, &bank)?;
        let signals = hashed.iter().filter_map(|(_, signal)| *signal);
        let signals = signals.map(|signal| EntrySignal {
            signal,
            quality: None,
        });
        let entry = from_signals(signals.collect(), about.details(&caller));
        keep(hma, &caller, &bank, entry, &hashed)
    });
    Ok(fine(&added.await?))
}

/// The id of content; what is no number is nowhere.
fn id(text: &str) -> Result<Option<EntryId>, Error> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::Nowhere);
    }
    // A number that is too long is that of no content.
    Ok(text.parse().ok())
}

/// Content of this bank, and of no other.
fn must_find_content(hma: &Hma, bank: &Bank, text: &str) -> Result<BankEntry, Error> {
    let entry = id(text)?.map(|id| hma.store().entry(id)).transpose()?.flatten();
    entry
        .filter(|entry| entry.bank == bank.id)
        .ok_or_else(|| Error::missing(format!("content '{text}' not found")))
}

/// 1: switched on. 0: off for ever. Else the time until which it is off.
fn disable_until_ts(entry: &BankEntry) -> i64 {
    match entry.disabled_until {
        None => 1,
        Some(until) if until == Timestamp::MAX => 0,
        Some(until) => until.as_second(),
    }
}

/// The signals that a client of HMA knows: the first hash; the digest where it is that of a film, or was given.
fn shown(entry: &BankEntry) -> Vec<Hashed> {
    let pdq = entry.signals.iter().find_map(|held| match held.signal {
        Signal::Pdq(_) => Some(held.signal),
        _ => None,
    });
    let is_photo = entry.media.is_some() && pdq.is_some();
    let md5 = entry.signals.iter().find_map(|held| match held.signal {
        Signal::Md5(_) if !is_photo => Some(held.signal),
        _ => None,
    });
    let both = [(Kind::Pdq, pdq), (Kind::VideoMd5, md5)];
    both.into_iter().filter(|(_, signal)| signal.is_some()).collect()
}

fn metadata(entry: &BankEntry) -> Option<Map<String, Value>> {
    serde_json::from_str(entry.metadata.as_deref()?).ok()
}

pub(super) async fn get(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path((bank, content)): Path<(String, String)>,
    mut query: Fields,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    id(&content)?;
    // HMA reads these two by hand: the word true, in any case, and nothing else.
    let mut asked = |name: &'static str, otherwise: &str| {
        let text = query.text(name);
        text.as_deref().unwrap_or(otherwise).eq_ignore_ascii_case("true")
    };
    let with_signals = asked("include_signals", "false");
    let with_metadata = asked("include_metadata", "true");
    let shown = hma.apart(move |hma| -> Result<Value, Error> {
        let bank = must_find(hma, &caller, &bank)?;
        let entry = must_find_content(hma, &bank, &content)?;
        let mut shown = Map::new();
        shown.insert("bank".to_owned(), bank_view(&bank));
        shown.insert("disable_until_ts".to_owned(), disable_until_ts(&entry).into());
        shown.insert("id".to_owned(), entry.id.0.into());
        shown.insert("original_media_uri".to_owned(), Value::Null);
        let signals = self::shown(&entry);
        if with_signals && !signals.is_empty() {
            shown.insert("signals".to_owned(), texts(&signals));
        }
        if let Some(mut metadata) = metadata(&entry).filter(|_| with_metadata) {
            for name in ["collab", "content_id", "content_uri", "json"] {
                metadata.entry(name).or_insert(Value::Null);
            }
            shown.insert("metadata".to_owned(), metadata.into());
        }
        if let Some(note) = entry.note {
            shown.insert("note".to_owned(), note.into());
        }
        Ok(shown.into())
    });
    Ok(fine(&shown.await?))
}

/// When content is switched on again.
fn read_until(value: &Value, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let none = |shown: String| Error::bad(format!("Invalid int: {shown}"));
    let seconds = match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(seconds), _) => seconds,
            (None, Some(seconds)) if seconds.is_finite() => seconds as i64,
            _ => return Err(none(number.to_string())),
        },
        Value::String(text) => text.trim().parse().map_err(|_| {
            let shown = told(text);
            none(format!("'{shown}'"))
        })?,
        _ => return Err(none(value.to_string())),
    };
    let far = now.checked_add(FIVE_YEARS).unwrap_or(Timestamp::MAX);
    match seconds {
        ..0 => Err(Error::bad("disable_until_ts must be a non-negative integer")),
        0 => Ok(Some(Timestamp::MAX)),
        1 => Ok(None),
        _ if seconds >= far.as_second() => Err(Error::bad(
            "disable_until_ts must be less than 5 years in the future",
        )),
        _ => Ok(Timestamp::from_second(seconds).ok()),
    }
}

pub(super) async fn change(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path((bank, content)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    id(&content)?;
    let Value::Object(body) = json_body(request).await? else {
        return Err(Error::bad("Request input was not a dict"));
    };
    let until = body
        .get("disable_until_ts")
        .map(|value| read_until(value, Timestamp::now()))
        .transpose()?;
    let new_note = body.get("note").map(read_note).transpose()?;
    let changed = hma.apart(move |hma| -> Result<Value, Error> {
        let bank = must_find(hma, &caller, &bank)?;
        let entry = must_find_content(hma, &bank, &content)?.id;
        let changes = [
            until.map(EntryChange::DisabledUntil),
            new_note.map(EntryChange::Note),
        ];
        let changes: Vec<EntryChange> = changes.into_iter().flatten().collect();
        if !changes.is_empty() {
            hma.edit(&caller, &Edit::ChangeEntry { entry, changes })?;
        }
        let entry = must_find_content(hma, &bank, &content)?;
        Ok(json!({
            "bank": bank_view(&bank),
            "collab_metadata": {},
            "disable_until_ts": disable_until_ts(&entry),
            "id": entry.id.0,
            "note": entry.note,
            "original_media_uri": null,
            "user_metadata": metadata(&entry),
        }))
    });
    Ok(fine(&changed.await?))
}

pub(super) async fn remove(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path((bank, content)): Path<(String, String)>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let entry = id(&content)?;
    let deleted = hma.apart(move |hma| -> Result<u64, Error> {
        let bank = must_find(hma, &caller, &bank)?;
        let known = entry.map(|id| hma.store().entry(id)).transpose()?.flatten();
        if known.is_none() {
            return Ok(0);
        }
        let entry = must_find_content(hma, &bank, &content)?.id;
        match hma.edit(&caller, &Edit::RemoveEntry { entry }) {
            // Somebody else was faster.
            Err(BanksError::Store(StoreError::NoEntry(_))) => Ok(0),
            removed => Ok(removed.map(|_| 1)?),
        }
    });
    Ok(fine(&json!({ "deleted": deleted.await? })))
}
