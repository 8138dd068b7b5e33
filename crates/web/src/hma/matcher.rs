//! `/m`: what is near a signal. Lookups are metered, not logged.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use jiff::Timestamp;
use model::{Bank, BankEntry, BankKind, EntryId, Signal, Trust};
use serde_json::{Map, Value, json};

use super::errors::{Error, told};
use super::files::{hash, upload, wanted};
use super::hasher::no_fetch;
use super::input::{Fields, json_body};
use super::kind::Kind;
use super::{Hma, coin, fine, may_look_up, may_match};
use crate::auth::Caller;

/// Bits by which hashes of the same picture may differ.
const RADIUS: u32 = 31;

/// A signal that is looked up, and in which banks.
#[derive(Debug, Clone)]
struct Lookup {
    kind: Kind,
    signal: Signal,
    /// Entries near a hash, nearest first: found in microseconds, and without the store.
    near: Option<Vec<(EntryId, u32)>>,
    banks: Option<Vec<String>>,
    caller: Caller,
}

impl Lookup {
    fn read(
        hma: &Hma,
        kind: &str,
        signal: &str,
        banks: Option<&str>,
        caller: &Caller,
    ) -> Result<Self, Error> {
        let shown = told(kind);
        let kind = Kind::named(kind).ok_or_else(|| Error::bad(format!("No such SignalType '{shown}'")))?;
        if !hma.uses(kind) {
            return Err(Error::bad(format!("SignalType '{shown}' is not enabled")));
        }
        let signal = kind.read(signal).map_err(invalid)?;
        Ok(Self::of(hma, kind, signal, banks, caller))
    }

    fn of(hma: &Hma, kind: Kind, signal: Signal, banks: Option<&str>, caller: &Caller) -> Self {
        let named = |text: &str| text.split(',').map(|name| name.trim().to_owned()).collect();
        let near = match &signal {
            Signal::Pdq(hash) => Some(hma.app.banks.near_hash(hash, RADIUS)),
            _ => None,
        };
        Self {
            kind,
            signal,
            near,
            banks: banks.map(named),
            caller: caller.clone(),
        }
    }

    /// Whether nothing is near, which needs no look into the store.
    fn is_far(&self) -> bool {
        self.near.as_ref().is_some_and(Vec::is_empty)
    }

    /// Entries of known content near it, nearest first: active, neither expired nor of a bank that is not asked for. They
    /// may be switched off.
    fn found(&self, hma: &Hma, now: Timestamp) -> Result<Vec<(BankEntry, Bank, u32)>, Error> {
        let banks = &hma.app.banks;
        let near: Vec<(EntryId, u32)> = match &self.near {
            Some(near) => near.clone(),
            None => banks
                .with_signal(&self.signal)?
                .into_iter()
                .map(|entry| (entry, 0))
                .collect(),
        };
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for (id, distance) in near {
            // An entry with several hashes counts once, by its nearest.
            if !seen.insert(id) {
                continue;
            }
            let Some(entry) = hma.store().entry(id)? else {
                continue;
            };
            let Some(bank) = banks.bank(entry.bank) else {
                continue;
            };
            let name = &bank.name;
            let asked = |banks: &Vec<String>| banks.iter().any(|asked| asked == name.as_str());
            let counts = entry.trust == Trust::Active && entry.is_current_at(now);
            let seen = bank.kind == BankKind::Known && self.caller.sees_bank(name);
            if counts && seen && self.banks.as_ref().is_none_or(asked) {
                found.push((entry, bank, distance));
            }
        }
        Ok(found)
    }

    /// By bank, as this coin falls: a bank is looked at whose ratio is not below it.
    fn by_bank(&self, hma: &Hma, coin: Coin) -> Result<Value, Error> {
        let now = Timestamp::now();
        let coin = coin.toss()?;
        let mut matches: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for (entry, bank, distance) in self.found(hma, now)? {
            let looked_at = match coin {
                None => true,
                Some(coin) => bank.enabled_ratio > 0.0 && bank.enabled_ratio >= coin,
            };
            if bank.enabled && looked_at && entry.is_matched_at(now) {
                matches.entry(bank.name.to_string()).or_default().push(json!({
                    "bank_content_id": entry.id.0,
                    "distance": self.kind.distance_text(distance),
                }));
            }
        }
        Ok(json!(matches))
    }
}

fn invalid(why: &str) -> Error {
    Error::bad(format!("invalid signal: {why}"))
}

/// How the coin of a lookup falls.
#[derive(Debug, Clone)]
enum Coin {
    /// On the side of every bank.
    Bypassed,
    /// As its seed says.
    Seeded(String),
    /// By chance.
    Free,
}

impl Coin {
    fn new(bypass: bool, seed: Option<String>) -> Self {
        match (bypass, seed) {
            (true, _) => Self::Bypassed,
            (false, Some(seed)) => Self::Seeded(seed),
            (false, None) => Self::Free,
        }
    }

    fn toss(self) -> Result<Option<f64>, Error> {
        match self {
            Self::Bypassed => Ok(None),
            Self::Seeded(seed) => Ok(Some(coin::seeded(&seed))),
            Self::Free => coin::by_chance()
                .map(Some)
                .map_err(|_| Error::unavailable("the system gives no random numbers; try again")),
        }
    }
}

/// The ids of what is near, also of what is switched off.
pub(super) async fn raw_lookup(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
) -> Result<Response, Error> {
    may_match(&caller)?;
    let signal = query.required_text("signal");
    let kind = query.required_text("signal_type");
    let banks = query.text("banks");
    let distances = query.flag("include_distance").unwrap_or(false);
    query.check()?;
    let lookup = Lookup::read(&hma, &kind, &signal, banks.as_deref(), &caller)?;
    if lookup.is_far() {
        return Ok(fine(&json!({ "matches": [] })));
    }
    let matches = hma.apart(move |hma| -> Result<Vec<Value>, Error> {
        let found = lookup.found(hma, Timestamp::now())?;
        let one = |(entry, _, distance): &(BankEntry, Bank, u32)| match distances {
            false => entry.id.0.into(),
            true => json!({
                "bank_content_id": entry.id.0,
                "distance": lookup.kind.distance_text(*distance),
            }),
        };
        Ok(found.iter().map(one).collect())
    });
    Ok(fine(&json!({ "matches": matches.await? })))
}

/// What is near a signal, by bank.
pub(super) async fn lookup(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
) -> Result<Response, Error> {
    may_match(&caller)?;
    let [url, signal, kind, banks, seed] =
        ["url", "signal", "signal_type", "banks", "seed"].map(|name| query.text(name));
    let bypass = query.flag("bypass_coinflip").unwrap_or(false);
    query.check()?;
    if url.is_some() {
        return Err(no_fetch());
    }
    let (Some(signal), Some(kind)) = (signal, kind) else {
        return Err(Error::bad(
            "Either url or both signal and signal_type are required",
        ));
    };
    let lookup = Lookup::read(&hma, &kind, &signal, banks.as_deref(), &caller)?;
    if lookup.is_far() {
        return Ok(fine(&json!({})));
    }
    let coin = Coin::new(bypass, seed);
    let matches = hma.apart(move |hma| lookup.by_bank(hma, coin)).await?;
    Ok(fine(&matches))
}

/// What is near the signals of a file, by signal type and bank.
pub(super) async fn lookup_file(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
    request: Request,
) -> Result<Response, Error> {
    may_match(&caller)?;
    let [types, banks, seed, bypass] =
        ["types", "banks", "seed", "bypass_coinflip"].map(|name| query.text(name));
    query.check()?;
    let upload = upload(&hma, request).await?;
    let kinds = wanted(&hma, upload.content, types.as_deref())?;
    let coin = Coin::new(bypass.as_deref() == Some("true"), seed);
    let matches = hma.apart(move |hma| -> Result<Map<String, Value>, Error> {
        let mut matches = Map::new();
        for (kind, signal) in hash(hma, &upload, &kinds)? {
            // A picture without structure has no hash, and so was not looked up.
            let signal = signal.ok_or_else(|| invalid("invalid PDQ hash"))?;
            let lookup = Lookup::of(hma, kind, signal, banks.as_deref(), &caller);
            matches.insert(kind.name().to_owned(), lookup.by_bank(hma, coin.clone())?);
        }
        Ok(matches)
    });
    Ok(fine(&matches.await?.into()))
}

/// Two signals beside each other, of each type that is named.
pub(super) async fn compare(caller: Caller, request: Request) -> Result<Response, Error> {
    may_look_up(&caller)?;
    let Value::Object(pairs) = json_body(request).await? else {
        return Err(Error::bad("Request input was not a dict"));
    };
    let mut compared = Map::new();
    for (name, pair) in pairs {
        let outcome = compare_pair(&name, &pair)?;
        compared.insert(name, outcome);
    }
    Ok(fine(&compared.into()))
}

fn compare_pair(name: &str, pair: &Value) -> Result<Value, Error> {
    let shown = told(name);
    let Value::Array(pair) = pair else {
        return Err(Error::bad(format!(
            "Comparison hashes for {shown} was not a list"
        )));
    };
    let [one, other] = pair.as_slice() else {
        return Err(Error::bad("Comparison hash list length must be exactly 2"));
    };
    let kind = Kind::named(name).ok_or_else(|| Error::bad(format!("No such SignalType '{shown}'")))?;
    let read = |value: &Value| {
        let text = value.as_str().ok_or("it is not a string");
        text.and_then(|text| kind.read(text))
            .map_err(|why| Error::bad(format!("Invalid {shown} hash: {why}")))
    };
    Ok(match (read(one)?, read(other)?) {
        (Signal::Pdq(one), Signal::Pdq(other)) => {
            let distance = one.distance(&other);
            json!([distance <= RADIUS, { "distance": distance }])
        }
        (one, other) => json!([one == other, {}]),
    })
}
