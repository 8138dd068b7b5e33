//! What requests say: queries and JSON bodies, read as leniently as HMA reads them.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::errors::{Error, FieldError};
use crate::body::Pieces;
use crate::extract::{JSON_LIMIT, is_json};

/// Named values of a request, whose types are looked at one by one; all that is wrong is told at once. Names that nobody
/// asks for are ignored.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    input: Map<String, Value>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// A text that must be there.
    pub(crate) fn required_text(&mut self, name: &'static str) -> String {
        match self.input.get(name).cloned() {
            Some(Value::String(text)) => return text,
            Some(value) => self.wrong("string_type", name, "Input should be a valid string", value),
            None => self.missing(name),
        }
        String::new()
    }

    /// A number that must be there.
    pub(crate) fn required_number(&mut self, name: &'static str) -> f64 {
        if self.given(name).is_none() {
            self.missing(name);
        }
        self.number(name).unwrap_or_default()
    }

    fn missing(&mut self, name: &'static str) {
        let input = Value::Object(self.input.clone());
        self.wrong("missing", name, "Field required", input);
    }

    /// A text that may be there.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        self.given(name)?;
        Some(self.required_text(name))
    }

    /// Yes or no, in any of many words.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.given(name)?;
        let word = match &value {
            Value::Bool(flag) => return Some(*flag),
            Value::Number(number) if number.as_f64() == Some(0.0) => return Some(false),
            Value::Number(number) if number.as_f64() == Some(1.0) => return Some(true),
            Value::Number(number) => number.to_string(),
            Value::String(word) => word.to_ascii_lowercase(),
            _ => {
                self.wrong("bool_type", name, "Input should be a valid boolean", value);
                return None;
            }
        };
        match word.as_str() {
            "1" | "true" | "yes" | "on" | "t" | "y" => Some(true),
            "0" | "false" | "no" | "off" | "f" | "n" => Some(false),
            _ => {
                let msg = "Input should be a valid boolean, unable to interpret input";
                self.wrong("bool_parsing", name, msg, value);
                None
            }
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.given(name)?;
        match &value {
            Value::Number(number) => return number.as_f64(),
            Value::Bool(flag) => return Some(f64::from(u8::from(*flag))),
            Value::String(text) => {
                if let Ok(number) = text.trim().parse() {
                    return Some(number);
                }
                let msg = "Input should be a valid number, unable to parse string as a number";
                self.wrong("float_parsing", name, msg, value);
            }
            _ => self.wrong("float_type", name, "Input should be a valid number", value),
        }
        None
    }

    /// Refuses what was wrong with any of them.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(Error::Fields(std::mem::take(&mut self.errors))),
        }
    }

    /// A value as it was sent, unless it is null.
    fn given(&self, name: &str) -> Option<Value> {
        self.input.get(name).filter(|value| !value.is_null()).cloned()
    }

    fn wrong(&mut self, kind: &'static str, name: &'static str, msg: &'static str, input: Value) {
        self.errors.push(FieldError::new(kind, Some(name), msg, input));
    }

    /// The fields of a JSON body; none where there is no JSON.
    pub(crate) async fn of_body(request: Request) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Ok(Self::default());
        }
        let bytes = Pieces::new(request.into_body(), JSON_LIMIT as u64).all().await?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(input)) => Ok(Self {
                input,
                errors: Vec::new(),
            }),
            Ok(Value::Null) | Err(_) => Ok(Self::default()),
            Ok(other) => Err(Error::Fields(vec![FieldError::new(
                "dict_type",
                None,
                "Input should be a valid dictionary",
                other,
            )])),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Fields {
    type Rejection = Infallible;

    /// The fields of a query; of a name that comes twice, the first.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let mut input = Map::new();
        // Any text reads as pairs.
        for (name, value) in pairs.map(|pairs| pairs.0).unwrap_or_default() {
            input.entry(name).or_insert(Value::String(value));
        }
        Ok(Self {
            input,
            errors: Vec::new(),
        })
    }
}

/// A body that must be JSON.
pub(crate) async fn json_body(request: Request) -> Result<Value, Error> {
    if !is_json(request.headers()) {
        return Err(Error::new(
            axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
        ));
    }
    let bytes = Pieces::new(request.into_body(), JSON_LIMIT as u64).all().await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::bad(format!("Failed to decode JSON object: {error}")))
}

/// As [`json_body`], where it must be an object.
pub(crate) async fn json_object(request: Request, otherwise: &str) -> Result<Map<String, Value>, Error> {
    match json_body(request).await? {
        Value::Object(object) => Ok(object),
        _ => Err(Error::bad(otherwise)),
    }
}

/// Parts of the path. What cannot be the name of anything is nowhere.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Error::Nowhere)
    }
}
