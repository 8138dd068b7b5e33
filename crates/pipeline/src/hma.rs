//! From the database of an HMA to banks and entries of ours. Clients keep the ids of content, so an entry has the id that
//! its content had.

use jiff::Timestamp;
use model::{BankName, EntryId, Provenance, SignalType, Tlp, Trust};
use serde_json::{Map, Value, json};
use store::{HmaContent, HmaExchange, NewEntry, NewExchange};

use crate::curate::Credentials;
use crate::entry::{EntryDetails, Given, from_given};

/// The source of what comes from an HMA.
pub const SOURCE: &str = "hma";

/// An entry made of content, and what could not be brought of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// `None` where no signal is left.
    pub entry: Option<NewEntry>,
    /// What was left out, and why.
    pub left_out: Vec<String>,
}

/// The part of lookups in which a bank is matched, or a signal type used, 0 to 1: HMA takes any number, and means this.
pub fn ratio(enabled_ratio: f64) -> f64 {
    match enabled_ratio.is_nan() {
        true => 0.0,
        false => enabled_ratio.clamp(0.0, 1.0),
    }
}

/// Until when content is switched off: `None` is not at all, [`Timestamp::MAX`] for ever.
pub fn disabled_until(content: &HmaContent) -> Option<Timestamp> {
    match content.disable_until_ts {
        1 => None,
        0 => Some(Timestamp::MAX),
        seconds => Timestamp::from_second(seconds.into()).ok(),
    }
}

/// The signal type that HMA calls so; its `video_md5` is our `md5` of films.
pub fn kind(name: &str) -> Option<SignalType> {
    match name {
        "video_md5" => Some(SignalType::Md5),
        name => name.parse().ok(),
    }
}

/// What clients and exchanges say of content, in the form in which HMA shows it.
fn metadata(content: &HmaContent) -> Option<String> {
    let stored = content
        .metadata
        .as_deref()
        .map(serde_json::from_str::<Map<String, Value>>);
    let mut metadata = stored.and_then(Result::ok).unwrap_or_default();
    metadata.retain(|_, value| !value.is_null());
    if let Some((exchange, id)) = &content.fetched {
        metadata.insert("collab".to_owned(), json!({ exchange: [id] }));
    }
    if let Some(uri) = &content.original_uri {
        metadata
            .entry("content_uri")
            .or_insert_with(|| uri.as_str().into());
    }
    (!metadata.is_empty()).then(|| Value::Object(metadata).to_string())
}

/// The id of an entry of content.
pub fn id(content: &HmaContent) -> EntryId {
    EntryId(content.id.into())
}

/// The name by which an entry of content is known again.
pub fn external_id(content: &HmaContent) -> String {
    content.id.to_string()
}

/// Makes an entry of content: active, for HMA matches it.
pub fn entry(content: &HmaContent, by: &str, now: Timestamp) -> Brought {
    let mut left_out = Vec::new();
    let mut given = Vec::new();
    for (name, value) in &content.signals {
        let Some(kind) = kind(name) else {
            left_out.push(format!(
                "its signal of the type {name:?}, which Basira does not know"
            ));
            continue;
        };
        match Given::parse(kind, value.trim()) {
            Ok(signal) => given.push(signal),
            Err(error) => left_out.push(format!("its signal of the type {name:?}: {error}")),
        }
    }
    if content.signals.is_empty() {
        left_out.push("it has no signal".to_owned());
    }
    if given.is_empty() {
        return Brought {
            entry: None,
            left_out,
        };
    }
    let added_at = content
        .added_at
        .and_then(|micros| Timestamp::from_microsecond(micros).ok());
    let details = EntryDetails {
        labels: Vec::new(),
        note: content.note.clone(),
        provenance: Provenance {
            added_by: by.to_owned(),
            source: SOURCE.to_owned(),
            external_id: Some(external_id(content)),
            added_at: added_at.unwrap_or(now),
        },
        trust: Trust::Active,
        tlp: Tlp::Amber,
        expires: None,
        hash_only: false,
    };
    let entry = NewEntry {
        disabled_until: disabled_until(content),
        metadata: metadata(content),
        ..from_given(given, None, details)
    };
    Brought {
        entry: Some(entry),
        left_out,
    }
}

/// An exchange of ours. What every exchange has is apart from what its API must be told.
///
/// # Errors
/// Why it is none.
pub fn exchange(there: &HmaExchange) -> Result<NewExchange, String> {
    let name: BankName = there
        .name
        .parse()
        .map_err(|error: model::BankNameError| error.to_string())?;
    let mut settings: Map<String, Value> = serde_json::from_str(&there.settings)
        .map_err(|error| format!("its settings are no object: {error}"))?;
    settings.retain(|name, value| !matches!(name.as_str(), "name" | "api" | "enabled") && !value.is_null());
    Ok(NewExchange {
        name,
        api: there.api.clone(),
        settings: Value::Object(settings).to_string(),
    })
}

/// The credentials of an API, which HMA keeps in the clear.
///
/// # Errors
/// Why they are none; nothing of them is said.
pub fn credentials(there: &str) -> Result<Credentials, String> {
    match serde_json::from_str(there) {
        Ok(Value::Object(fields)) => Ok(Credentials(Value::Object(fields).to_string())),
        _ => Err("its credentials are no object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> HmaContent {
        HmaContent {
            id: 17,
            bank: 1,
            fetched: None,
            disable_until_ts: 1,
            original_uri: None,
            metadata: Some("null".to_owned()),
            note: None,
            signals: vec![(
                "video_md5".to_owned(),
                "900150983CD24FB0D6963F7D28E17F72\n".to_owned(),
            )],
            added_at: Some(1_700_000_000_000_000),
        }
    }

    #[test]
    fn what_hma_means_by_its_numbers() {
        assert_eq!([7.0, 0.25, -1.0, f64::NAN].map(ratio), [1.0, 0.25, 0.0, 0.0]);
        let until = |disable_until_ts| {
            disabled_until(&HmaContent {
                disable_until_ts,
                ..content()
            })
        };
        assert_eq!(until(1), None);
        assert_eq!(until(0), Some(Timestamp::MAX));
        assert_eq!(until(1_800_000_000), Timestamp::from_second(1_800_000_000).ok());
    }

    #[test]
    fn what_is_known_is_brought_and_the_rest_is_named() {
        let now = Timestamp::UNIX_EPOCH;
        let brought = entry(&content(), "amal", now);
        let made = brought.entry.unwrap();
        assert!(brought.left_out.is_empty() && made.metadata.is_none());
        assert_eq!(
            made.signals[0].signal.to_string(),
            "900150983cd24fb0d6963f7d28e17f72"
        );
        assert_eq!(made.provenance.added_at.as_second(), 1_700_000_000);
        let strange = HmaContent {
            signals: vec![
                ("trend_query".to_owned(), "a word".to_owned()),
                ("pdq".to_owned(), "zz".to_owned()),
            ],
            ..content()
        };
        let brought = entry(&strange, "amal", now);
        assert_eq!((brought.entry, brought.left_out.len()), (None, 2));
        let fetched = HmaContent {
            fetched: Some(("EX".to_owned(), "9".to_owned())),
            metadata: Some(r#"{"content_id":"c","content_uri":null,"json":{"a":1}}"#.to_owned()),
            original_uri: Some("u".to_owned()),
            ..content()
        };
        let made = entry(&fetched, "amal", now).entry.unwrap();
        let said: Value = serde_json::from_str(&made.metadata.unwrap()).unwrap();
        let want = json!({"collab": {"EX": ["9"]}, "content_id": "c", "content_uri": "u", "json": {"a": 1}});
        assert_eq!(said, want);
    }

    #[test]
    fn settings_of_an_exchange_are_those_of_its_api() {
        let there = HmaExchange {
            id: 1,
            name: "EX".to_owned(),
            api: "ncmec".to_owned(),
            enabled: true,
            settings: r#"{"name":"EX","api":"ncmec","enabled":true,"environment":"e","only_esp_ids":[1]}"#
                .to_owned(),
        };
        let ours = exchange(&there).unwrap();
        assert_eq!(ours.settings, r#"{"environment":"e","only_esp_ids":[1]}"#);
        let broken = HmaExchange {
            settings: "null".to_owned(),
            ..there
        };
        assert!(exchange(&broken).is_err());
    }
}
