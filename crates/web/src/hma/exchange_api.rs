//! The APIs of exchanges: what each must be told, and how that is read.

use super::errors::told;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

/// Where hashes of NCMEC come from.
const NCMEC_ENVIRONMENTS: &[&str] = &[
    "https://report.cybertip.org/hashsharing",
    "https://report.cybertip.org/exploitative-hashsharing",
    "https://lesp.ncmec.org/csam-hashsharing",
    "https://hashsharing.ncmec.org/npo",
    "https://hashsharing.ncmec.org/exploitative",
    "https://hashsharing.ncmec.org/generative-ai-csam",
    "https://hashsharing.ncmec.org/generative-ai-exploitative",
    "https://exttest.cybertip.org/hashsharing",
    "https://exttest.cybertip.org/exploitative-hashsharing",
    "https://betalesp.ncmec.org/csam-hashsharing",
    "https://hashsharing-test.ncmec.org/npo",
    "https://hashsharing-test.ncmec.org/exploitative",
    "https://hashsharing-test.ncmec.org/generative-ai-csam",
    "https://hashsharing-test.ncmec.org/generative-ai-exploitative",
];

/// What a field holds.
#[derive(Debug, Clone, Copy)]
enum Holds {
    Text,
    Number,
    Numbers,
    OneOf(&'static [&'static str]),
}

/// One thing that an API must be told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    holds: Holds,
    required: bool,
    help: &'static str,
}

impl Field {
    const fn required(name: &'static str, holds: Holds, help: &'static str) -> Self {
        Self {
            name,
            holds,
            required: true,
            help,
        }
    }

    const fn optional(name: &'static str, holds: Holds, help: &'static str) -> Self {
        Self {
            required: false,
            ..Self::required(name, holds, help)
        }
    }

    /// What stands for it where it is left out.
    fn default(&self) -> Value {
        match self.holds {
            Holds::Numbers => json!([]),
            _ => Value::Null,
        }
    }

    fn schema(&self) -> Value {
        let (kind, choices) = match self.holds {
            Holds::Text => ("string", Value::Null),
            Holds::Number => ("number", Value::Null),
            Holds::Numbers => ("set_of_number", Value::Null),
            Holds::OneOf(choices) => ("enum", json!(choices)),
        };
        json!({
            "choices": choices,
            "default": self.default(),
            "help": self.help,
            "name": self.name,
            "required": self.required,
            "type": kind,
        })
    }

    fn takes(&self, value: &Value) -> bool {
        let is_number = |value: &Value| value.is_i64() || value.is_u64();
        match self.holds {
            Holds::Text => value.as_str().is_some_and(|text| !text.is_empty()),
            Holds::Number => is_number(value),
            Holds::Numbers => value
                .as_array()
                .is_some_and(|values| values.iter().all(is_number)),
            Holds::OneOf(choices) => value.as_str().is_some_and(|text| choices.contains(&text)),
        }
    }
}

/// Reads values of fields. All that must be there is; what is left out has its default; nothing else is taken.
pub(super) fn read(fields: &[Field], values: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    if let Some(name) = values
        .keys()
        .find(|name| !fields.iter().any(|field| field.name == **name))
    {
        let shown = told(name);
        return Err(format!("unexpected field '{shown}'"));
    }
    let mut read = Map::new();
    for field in fields {
        let value = match values.get(field.name).filter(|value| !value.is_null()) {
            Some(value) if field.takes(value) => value.clone(),
            Some(_) => return Err(format!("field '{}' is of another type", field.name)),
            None if field.required => return Err(format!("missing field '{}'", field.name)),
            None => field.default(),
        };
        read.insert(field.name.to_owned(), value);
    }
    Ok(read)
}

/// An API from which an exchange may fetch.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) name: &'static str,
    pub(super) settings: &'static [Field],
    /// `None` where it needs none.
    pub(super) credentials: Option<&'static [Field]>,
}

const APIS: [Api; 5] = [
    Api {
        name: "sample",
        settings: &[],
        credentials: None,
    },
    Api {
        name: "fb_threatexchange",
        settings: &[Field::required(
            "privacy_group",
            Holds::Number,
            "the privacy group of ThreatExchange",
        )],
        credentials: Some(&[Field::required(
            "api_token",
            Holds::Text,
            "an app token: the id of the app, |, its secret",
        )]),
    },
    Api {
        name: "ncmec",
        settings: &[
            Field::required("environment", Holds::OneOf(NCMEC_ENVIRONMENTS), "which list"),
            Field::optional("only_esp_ids", Holds::Numbers, "only entries of these members"),
        ],
        credentials: Some(&[
            Field::required("user", Holds::Text, "the name of the account"),
            Field::required("password", Holds::Text, "its password"),
        ]),
    },
    Api {
        name: "stop_ncii",
        settings: &[],
        credentials: Some(&[
            Field::required("subscription_key", Holds::Text, "the key of the subscription"),
            Field::required("fetch_function_key", Holds::Text, "the key of FetchHashes"),
            Field::optional("base_url_override", Holds::Text, "another address of the API"),
        ]),
    },
    Api {
        name: "tat",
        settings: &[],
        credentials: Some(&[
            Field::required("username", Holds::Text, "the name of the account"),
            Field::required("password", Holds::Text, "its password"),
        ]),
    },
];

impl Api {
    pub(super) fn all() -> &'static [Self] {
        &APIS
    }

    pub(super) fn named(name: &str) -> Option<&'static Self> {
        APIS.iter().find(|api| api.name == name)
    }

    pub(super) fn schema(&self) -> Value {
        let fields = |fields: &[Field]| {
            let fields: Vec<Value> = fields.iter().map(Field::schema).collect();
            json!({ "fields": fields })
        };
        json!({
            "config_schema": fields(self.settings),
            "credentials_schema": self.credentials.map(fields),
        })
    }
}

/// What is configured, in HMA's order: what its API must be told, what every exchange has, and what has a default.
pub(super) struct Configuration(pub(super) Vec<(String, Value)>);

impl Configuration {
    /// That of an exchange; of an API that this version does not know, all settings come first.
    pub(super) fn of(exchange: &store::Exchange) -> Self {
        let settings: Map<String, Value> = serde_json::from_str(&exchange.settings).unwrap_or_default();
        let has_default = |name: &str| {
            let fields = Api::named(&exchange.api).map_or(&[][..], |api| api.settings);
            fields.iter().any(|field| field.name == name && !field.required)
        };
        let (last, first): (Vec<_>, Vec<_>) = settings.into_iter().partition(|(name, _)| has_default(name));
        let own = [
            ("name".to_owned(), exchange.name.as_str().into()),
            ("api".to_owned(), exchange.api.as_str().into()),
            ("enabled".to_owned(), exchange.enabled.into()),
        ];
        Self(first.into_iter().chain(own).chain(last).collect())
    }
}

impl Serialize for Configuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
