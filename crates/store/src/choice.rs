//! How people read: what they have chosen for themselves, by name.

use std::collections::BTreeMap;

use model::PersonId;

use crate::db::params;
use crate::{Store, StoreError};

impl Store {
    /// What somebody has chosen, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn choices(&self, person: PersonId) -> Result<BTreeMap<String, String>, StoreError> {
        self.read("choices", |connection| {
            let sql = "-- choices\nSELECT name, value FROM person_choice WHERE person = $1";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_all(params![person.0], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?))
            })?;
            Ok(rows.into_iter().collect())
        })
    }

    /// Notes what somebody has chosen; what is `None` is chosen no more.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`].
    pub fn set_choices(
        &self,
        person: PersonId,
        choices: Vec<(&'static str, Option<String>)>,
    ) -> Result<(), StoreError> {
        self.share("set_choices", move |transaction| {
            for (name, value) in choices {
                match value {
                    Some(value) => transaction.execute(
                        "-- set_choice\nINSERT INTO person_choice (person, name, value) VALUES ($1, $2, $3)
                         ON CONFLICT (person, name) DO UPDATE SET value = excluded.value",
                        params![person.0, name, value],
                    )?,
                    None => transaction.execute(
                        "-- unset_choice\nDELETE FROM person_choice WHERE person = $1 AND name = $2",
                        params![person.0, name],
                    )?,
                };
            }
            Ok(())
        })
    }
}
