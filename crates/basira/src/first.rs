//! The first start: an administrator's key, and the link by which the first administrator comes in. Each is shown once.

use std::io::Write;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use model::{Grant, KeyTrust, Role, Scope};
use store::{NewApiKey, Secret, Store};

use crate::print;

/// Who does what nobody has asked for.
const FIRST_START: &str = "first start";

/// For how long the link is good. Another one is made at each start until somebody has used one.
const LINK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Makes an administrator's key where there is no key; gives its secret, which is shown this once.
pub(crate) fn make_key(store: &Store) -> Result<Option<Secret>> {
    if !store.keys()?.is_empty() {
        return Ok(None);
    }
    let new = NewApiKey {
        name: "administrator".to_owned(),
        person: None,
        source: "administrator".parse()?,
        scopes: Scope::ALL.to_vec(),
        trust: KeyTrust::Full,
        banks: None,
        addresses: None,
        rate: None,
        expires: None,
    };
    let (_, secret) = store.create_key(&new, FIRST_START, Timestamp::now())?;
    Ok(Some(secret))
}

/// Makes an administrator's key where there is no key, and prints it.
pub(crate) fn key(store: &Store) -> Result<()> {
    if let Some(secret) = make_key(store)? {
        writeln!(
            print::out(),
            "The administrator's key, shown this once; keep it where only you can read it:\n  {}",
            secret.reveal()
        )?;
    }
    Ok(())
}

/// The secret of the one-time link by which the first administrator comes in, while nobody has come in yet. They are a
/// senior reviewer, too: where one person does everything, they can.
pub(crate) fn link(store: &Store) -> Result<Option<String>> {
    let people = store.people()?;
    if people.iter().any(|person| person.has_password) {
        return Ok(None);
    }
    let now = Timestamp::now();
    let secret = match people.iter().find(|person| person.disabled_at.is_none()) {
        Some(person) => store.invite(person.id, FIRST_START, now, now + LINK)?,
        None => {
            let grants = [
                Grant::whole(Role::Administrator),
                Grant::whole(Role::SeniorReviewer),
            ];
            let name = "administrator".parse()?;
            store
                .create_person(&name, &grants, FIRST_START, now, now + LINK)?
                .1
        }
    };
    Ok(Some(secret.reveal().to_owned()))
}

/// Prints the link.
pub(crate) fn show_link(origin: &str, secret: &str) -> Result<()> {
    writeln!(
        print::out(),
        "The console's first administrator chooses a password here, once, within seven days:\n  \
         {origin}/console/invitation/{secret}"
    )?;
    Ok(())
}
