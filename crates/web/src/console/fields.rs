//! What a form has sent.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::problem::Problem;

/// The longest form in bytes.
pub(super) const LIMIT: usize = 64 << 10;

/// The longest form in bytes that has a text of a policy in it: letters of Arabic take six bytes each.
pub(super) const LIMIT_OF_TEXT: usize = 1 << 20;

/// The field in which a form sends its token back.
pub(super) const TOKEN: &str = "token";

/// The fields of a form, in their order. The gate has read them, and refused what is forged.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// A field; the empty text when it is not there. Lines end as on this system, whatever the browser sent.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Every field of a name, in their order.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter().filter(move |(known, _)| known == name);
        fields.map(|(_, value)| value.as_str())
    }

    /// A field that may be left empty.
    pub(super) fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        match self.get(name).trim() {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|error: T::Err| Problem::field(name, error.to_string())),
        }
    }

    /// A field that must be there.
    pub(super) fn required<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<T, Problem> {
        self.optional(name)?
            .ok_or_else(|| Problem::field(name, format!("the field {name} is missing")))
    }

    /// A text of at most `most` bytes, without control characters but line ends; `None` when it is empty.
    pub(super) fn text(&self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        let text = self.get(name).replace("\r\n", "\n");
        let text = text.trim();
        if text.len() > most {
            let detail = format!("it has {} bytes, over the limit of {most}", text.len());
            return Err(Problem::field(name, detail));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(Problem::field(name, "it has control characters"));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for Fields {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
