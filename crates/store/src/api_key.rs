//! Keys of the service. A secret is shown once and kept as its SHA-256: it has 256 random bits, so that there is
//! nothing to guess.

use crate::db::{Row, params};
use jiff::Timestamp;
use model::{BankName, KeyId, KeyTrust, LifeError, PersonName, Scope, Sha256, SourceName};
use sha2::Digest;

use crate::change::take_numbers;
use crate::row::Stored;
use crate::{Personal, Store, StoreError, log};

/// What every secret begins with, so that scanners for leaked secrets know it.
pub const SECRET_PREFIX: &str = "basira_";

/// The secret of a key or of a webhook, which is shown once.
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(..)")
    }
}

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, to be shown to whoever will use it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The digest by which a secret is known.
pub fn secret_digest(secret: &str) -> Sha256 {
    let digest: [u8; 32] = sha2::Sha256::digest(secret).into();
    Sha256::new(digest)
}

/// A key and what its holder may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Identity.
    pub id: KeyId,
    /// A name for people.
    pub name: String,
    /// The digest of its secret.
    pub digest: Sha256,
    /// Whose own it is, where it is a person's: what takes a person is done with such a key.
    pub person: Option<PersonName>,
    /// Whose items it submits and sees.
    pub source: SourceName,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How much of an answer it gets.
    pub trust: KeyTrust,
    /// The banks that it may see; all when `None`.
    pub banks: Option<Vec<BankName>>,
    /// Addresses, or networks as `10.0.0.0/8`, from which it may be used; all when `None`.
    pub addresses: Option<Vec<String>>,
    /// Requests a second.
    pub rate: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A key that is to be made; its fields as in [`ApiKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is documented in ApiKey")]
pub struct NewApiKey {
    pub name: String,
    pub person: Option<PersonName>,
    pub source: SourceName,
    pub scopes: Vec<Scope>,
    pub trust: KeyTrust,
    pub banks: Option<Vec<BankName>>,
    pub addresses: Option<Vec<String>>,
    pub rate: Option<u32>,
    pub expires: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it may be used at `now`.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// Who does something with it that takes a person.
    ///
    /// # Errors
    /// [`LifeError::NotPersonal`] when it names nobody.
    pub fn personal(&self) -> Result<Personal, LifeError> {
        let person = self.person.clone().ok_or(LifeError::NotPersonal)?;
        Ok(Personal { person, key: self.id })
    }
}

impl Store {
    /// Makes a key; noted in the log as done by `by`.
    ///
    /// # Errors
    /// [`StoreError::KeyExists`], [`StoreError::DiskFull`], [`StoreError::Random`].
    pub fn create_key(
        &self,
        new: &NewApiKey,
        by: &str,
        now: Timestamp,
    ) -> Result<(ApiKey, Secret), StoreError> {
        let mut random = [0u8; 32];
        getrandom::fill(&mut random).map_err(StoreError::Random)?;
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let secret = Secret(format!("{SECRET_PREFIX}{digits}"));
        let digest = secret_digest(secret.reveal());
        let (new, by) = (new.clone(), by.to_owned());
        let key = self.share("create_key", move |transaction| {
            let id = KeyId(take_numbers(transaction, "key", 1)?);
            let inserted = transaction
                .prepare_cached(
                    "-- create_key\nINSERT INTO api_key (id, name, digest, source, scopes, trust, banks, addresses,
                        rate, created_at, expires, person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                )?
                .execute(params![
                    id.0,
                    new.name,
                    &digest.bytes()[..],
                    new.source.as_str(),
                    join(new.scopes.iter().map(|scope| scope.name())),
                    new.trust.name(),
                    new.banks.as_ref().map(|banks| join(banks.iter().map(BankName::as_str))),
                    new.addresses.as_ref().map(|all| join(all.iter().map(String::as_str))),
                    new.rate,
                    now.as_microsecond(),
                    new.expires.map(Timestamp::as_microsecond),
                    new.person.as_ref().map(PersonName::as_str),
                ]);
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => {
                    return Err(StoreError::KeyExists(new.name));
                }
                other => other?,
            };
            log::append(transaction, now, log::LogKind::KeyCreated, &[("key", &id.0.to_string()), ("by", &by)])?;
            Ok(ApiKey {
                id,
                name: new.name,
                person: new.person,
                digest,
                source: new.source,
                scopes: new.scopes,
                trust: new.trust,
                banks: new.banks,
                addresses: new.addresses,
                rate: new.rate,
                created_at: now,
                expires: new.expires,
                revoked_at: None,
            })
        })?;
        Ok((key, secret))
    }

    /// All keys, also those that have ended, by id.
    ///
    /// # Errors
    /// [`StoreError::Row`].
    pub fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        self.read("keys", |connection| {
            let mut statement = connection.prepare_cached(
                "-- keys\nSELECT id, name, digest, source, scopes, trust, banks, addresses, rate, created_at, expires,
                    revoked_at, person FROM api_key ORDER BY id",
            )?;
            let mut rows = statement.query(params![])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                keys.push(key(row)?);
            }
            Ok(keys)
        })
    }

    /// Revokes a key for good; one that is revoked stays so. Noted in the log as done by `by`.
    ///
    /// # Errors
    /// [`StoreError::NoKey`].
    pub fn revoke_key(&self, id: KeyId, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let by = by.to_owned();
        self.share("revoke_key", move |transaction| {
            let changed = transaction
                .prepare_cached(
                    "-- revoke_key\nUPDATE api_key SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2",
                )?
                .execute(params![now.as_microsecond(), id.0])?;
            if changed == 0 {
                return Err(StoreError::NoKey(id.0.to_string()));
            }
            log::append(
                transaction,
                now,
                log::LogKind::KeyRevoked,
                &[("key", &id.0.to_string()), ("by", &by)],
            )?;
            Ok(())
        })
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(",")
}

fn key(row: Row<'_>) -> Result<ApiKey, StoreError> {
    let id: i64 = row.get(0)?;
    let stored = Stored::new("api_key", id, row);
    let digest: Vec<u8> = stored.get(2)?;
    let scopes: String = stored.get(4)?;
    let split = |text: &str| -> Vec<String> {
        text.split(',')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let scopes = split(&scopes)
        .iter()
        .map(|word| word.parse().map_err(|error| stored.invalid(error)))
        .collect::<Result<Vec<Scope>, StoreError>>()?;
    let banks = match stored.get::<Option<String>>(6)? {
        Some(text) => Some(
            split(&text)
                .iter()
                .map(|word| word.parse().map_err(|error| stored.invalid(error)))
                .collect::<Result<Vec<BankName>, StoreError>>()?,
        ),
        None => None,
    };
    Ok(ApiKey {
        id: KeyId(id),
        name: stored.get(1)?,
        person: match stored.get::<Option<String>>(12)? {
            Some(_) => Some(stored.parse(12)?),
            None => None,
        },
        digest: Sha256::from_slice(&digest).ok_or_else(|| stored.invalid("its digest has not 32 bytes"))?,
        source: stored.parse(3)?,
        scopes,
        trust: stored.parse(5)?,
        banks,
        addresses: stored.get::<Option<String>>(7)?.map(|text| split(&text)),
        rate: stored.get(8)?,
        created_at: stored.time(9)?,
        expires: stored.optional_time(10)?,
        revoked_at: stored.optional_time(11)?,
    })
}
