//! Items: what is submitted, by whom, in which context, and how far it has come.

use std::fmt;
use std::str::FromStr;

use crate::word::words;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Place of an item in the order of arrival, in its store. It never leaves the program: a [`Receipt`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub i64);

/// What a submitter gets for an item: 128 random bits, so that nobody can guess another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Receipt(pub [u8; 16]);

/// Why a text is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no item: use the 32 hexadecimal digits of its receipt")]
pub struct ReceiptError(String);

impl fmt::Display for Receipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let wrong = || ReceiptError(text.chars().take(64).collect());
        if text.len() != 32 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong());
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| wrong())?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl TryFrom<String> for Receipt {
    type Error = ReceiptError;
    fn try_from(text: String) -> Result<Self, ReceiptError> {
        text.parse()
    }
}

impl From<Receipt> for String {
    fn from(receipt: Receipt) -> Self {
        receipt.to_string()
    }
}

/// Why a text cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {why}")]
pub struct TextError {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// Checks a text of a submitter: 1 to `most` bytes, no control characters.
pub(crate) fn check(field: &'static str, text: &str, most: usize) -> Result<(), TextError> {
    let why = if text.is_empty() {
        "is empty; leave it out instead".to_owned()
    } else if text.len() > most {
        format!("has {} bytes, over the limit of {most}", text.len())
    } else if text.chars().any(char::is_control) {
        "has control characters".to_owned()
    } else {
        return Ok(());
    };
    Err(TextError { field, why })
}

/// Where items come from: a platform, or a part of one. Keys belong to a source, and see its items only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceName(String);

impl SourceName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SourceName {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        check("source", text, 64)?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for SourceName {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<SourceName> for String {
    fn from(name: SourceName) -> Self {
        name.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

words! {
    /// Who could see an item where it was posted. What only two people see is not for Basira: private messages are
    /// refused.
    Visibility {
        /// Everybody.
        Public = "public",
        /// Everybody who has the address.
        Unlisted = "unlisted",
        /// The members of a group or the followers of an account.
        Members = "members",
    } known "public, unlisted, members"
}

/// What a platform says about an item, all of it optional. Nothing here describes a person: the author is a reference
/// that only the platform can resolve.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Context {
    /// The author, as an opaque reference of the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Where it can be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its language, as a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who could see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// The thread that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// ISO 3166 codes of the countries whose law applies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jurisdictions: Vec<String>,
}

impl Context {
    /// Whether every field is of a form that can be kept.
    ///
    /// # Errors
    /// [`TextError`] names the first field that is not.
    ///
    /// ```
    /// use basira_model::Context;
    ///
    /// let context = Context { language: Some("ar".into()), ..Context::default() };
    /// assert!(context.check().is_ok());
    /// let context = Context { language: Some("not a language".into()), ..Context::default() };
    /// assert_eq!(context.check().unwrap_err().field, "language");
    /// ```
    pub fn check(&self) -> Result<(), TextError> {
        let fields = [
            ("author", &self.author, 512),
            ("url", &self.url, 4096),
            ("language", &self.language, 35),
            ("thread", &self.thread, 512),
        ];
        for (field, text, most) in fields {
            if let Some(text) = text {
                check(field, text, most)?;
            }
        }
        let wrong = |field, why: &str| TextError {
            field,
            why: why.to_owned(),
        };
        let tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if self.language.as_ref().is_some_and(|text| !text.chars().all(tag)) {
            return Err(wrong("language", "is no language tag, like ar or en-GB"));
        }
        if self.jurisdictions.len() > 250 {
            return Err(wrong("jurisdictions", "are more than there are countries"));
        }
        let country = |text: &String| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !self.jurisdictions.iter().all(country) {
            return Err(wrong("jurisdictions", "are two capital letters each, like FR"));
        }
        Ok(())
    }
}

/// The longest external id in bytes.
const MOST_EXTERNAL: usize = 512;

/// The platform's own name for an item.
///
/// # Errors
/// [`TextError`] when it is empty, longer than 512 bytes, or has control characters.
pub fn check_external_id(text: &str) -> Result<(), TextError> {
    check("external_id", text, MOST_EXTERNAL)
}

words! {
    /// How far an item has come.
    ItemState {
        /// It waits for a worker.
        Queued = "queued",
        /// A worker has it.
        Working = "working",
        /// It has a verdict.
        Done = "done",
        /// It failed three times and was put aside, incomplete.
        Aside = "aside",
    } known "queued, working, done, aside"
}

/// How often an item is tried before it is put aside.
pub const MOST_ATTEMPTS: i64 = 3;

/// How urgent an item is: 0 is the least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    /// The most urgent: somebody waits for the answer.
    pub const SCAN: Self = Self(10);

    /// A priority of a submission.
    ///
    /// # Errors
    /// [`TextError`] when it is above 9.
    pub fn new(value: u8) -> Result<Self, TextError> {
        if value <= 9 {
            return Ok(Self(value));
        }
        Err(TextError {
            field: "priority",
            why: format!("{value} is not between 0 and 9"),
        })
    }

    /// Its value.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Priority {
    type Error = TextError;

    /// Any priority that there is, as it was stored; that of a scan too.
    fn try_from(value: u8) -> Result<Self, TextError> {
        match value {
            _ if value == Self::SCAN.0 => Ok(Self::SCAN),
            _ => Self::new(value),
        }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_32_hexadecimal_digits_in_one_spelling() {
        let receipt = Receipt(*b"0123456789abcdef");
        assert_eq!(receipt.to_string().parse(), Ok(receipt));
        for bad in ["", "30", &"A".repeat(32), &"+".repeat(32), &"0".repeat(33)] {
            assert!(bad.parse::<Receipt>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn private_messages_have_no_place_in_a_context() {
        assert!(serde_json::from_str::<Context>(r#"{"visibility":"private"}"#).is_err());
        assert!(serde_json::from_str::<Context>(r#"{"visibility":"public"}"#).is_ok());
        assert!(
            serde_json::from_str::<Context>(r#"{"religion":"x"}"#).is_err(),
            "no field beyond these"
        );
    }

    #[test]
    fn a_context_is_checked_field_by_field() {
        let with = |change: fn(&mut Context)| {
            let mut context = Context::default();
            change(&mut context);
            context.check().map_err(|error| error.field)
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|c| c.author = Some(String::new())), Err("author"));
        assert_eq!(with(|c| c.url = Some("x".repeat(5000))), Err("url"));
        assert_eq!(with(|c| c.thread = Some("a\nb".into())), Err("thread"));
        assert_eq!(
            with(|c| c.jurisdictions = vec!["fr".into()]),
            Err("jurisdictions")
        );
        assert_eq!(with(|c| c.jurisdictions = vec!["FR".into()]), Ok(()));
    }

    #[test]
    fn priorities_of_submissions_stay_below_that_of_a_scan() {
        assert!(Priority::new(9).is_ok_and(|highest| highest < Priority::SCAN));
        assert!(Priority::new(10).is_err());
    }
}
