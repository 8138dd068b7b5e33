//! What a decision has the platform do.

use jiff::Timestamp;

use crate::StoreError;
use crate::row::Stored;

/// What shall happen to the items of a group that breaks the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAction {
    /// One of the catalogue of actions, as JSON: `{"do":"remove","reason":"rules#1"}`. Whoever writes it has checked it.
    pub action: String,
    /// The clause of the rules that it rests on.
    pub clause: String,
    /// The countries for which it holds; empty for everywhere.
    pub scope: Vec<String>,
    /// Until when it holds; `None` until somebody takes it back.
    pub until: Option<Timestamp>,
}

impl CaseAction {
    /// Whether the platform must do something. To allow is to do nothing, on record.
    ///
    /// ```
    /// # use basira_store::CaseAction;
    /// let action = |text: &str| CaseAction {
    ///     action: text.to_owned(), clause: "rules#1".to_owned(), scope: Vec::new(), until: None,
    /// };
    /// assert!(action(r#"{"do":"remove","reason":"rules#1"}"#).asks());
    /// assert!(!action(r#"{"do":"allow"}"#).asks());
    /// ```
    pub fn asks(&self) -> bool {
        self.value()["do"] != "allow"
    }

    /// Whether something of the item goes to others, from whom it cannot be taken back.
    pub fn leaves(&self) -> bool {
        let value = self.value();
        value["do"] == "share" || value["do"] == "escalate"
    }

    /// The action, as it is told. What does not parse was altered, and says nothing.
    pub(super) fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.action).unwrap_or_default()
    }

    /// As it is told: the action with what it rests on.
    pub(super) fn told(&self) -> serde_json::Value {
        let mut told = self.value();
        if let Some(fields) = told.as_object_mut() {
            fields.insert("clause".to_owned(), self.clause.clone().into());
            fields.insert("scope".to_owned(), self.scope.clone().into());
            fields.insert("until".to_owned(), self.until.map(|it| it.to_string()).into());
        }
        told
    }

    /// From four columns, of which the first is `column`.
    pub(super) fn read(stored: &Stored<'_>, column: usize) -> Result<Option<Self>, StoreError> {
        let Some(action) = stored.get::<Option<String>>(column)? else {
            return Ok(None);
        };
        let scope: Option<String> = stored.get(column + 2)?;
        Ok(Some(Self {
            action,
            clause: stored.get::<Option<String>>(column + 1)?.unwrap_or_default(),
            scope: scope
                .iter()
                .flat_map(|text| text.split(' '))
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
            until: stored.optional_time(column + 3)?,
        }))
    }
}
