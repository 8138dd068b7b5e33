//! Keys and the log.

use basira_store::{NewApiKey, SECRET_PREFIX, StoreError, secret_digest};
use jiff::SignedDuration;
use model::{KeyTrust, Scope};

use crate::place::{Place, now, on_postgres};

fn new(name: &str) -> NewApiKey {
    NewApiKey {
        name: name.to_owned(),
        person: None,
        source: "forum".parse().unwrap(),
        scopes: vec![Scope::Submit, Scope::LookUp],
        trust: KeyTrust::Middle,
        banks: Some(vec!["known".parse().unwrap()]),
        addresses: Some(vec!["10.0.0.0/8".to_owned()]),
        rate: Some(50),
        expires: Some(now() + SignedDuration::from_hours(1)),
    }
}

#[test]
fn a_key_is_shown_once_kept_as_its_digest_and_revoked_for_good() {
    let place = Place::new();
    let store = place.writer();
    let (key, secret) = store.create_key(&new("bot"), "amal", now()).unwrap();
    assert!(secret.reveal().starts_with(SECRET_PREFIX));
    assert_eq!(secret_digest(secret.reveal()), key.digest);
    assert_eq!(store.keys().unwrap(), std::slice::from_ref(&key));
    assert!(key.is_valid_at(now()));
    assert!(!key.is_valid_at(now() + SignedDuration::from_hours(1)));
    let taken = store.create_key(&new("bot"), "amal", now()).unwrap_err();
    assert!(matches!(taken, StoreError::KeyExists(_)), "{taken}");
    store.revoke_key(key.id, "amal", now()).unwrap();
    assert!(!store.keys().unwrap()[0].is_valid_at(now()));
    assert!(matches!(
        store.revoke_key(model::KeyId(9), "amal", now()),
        Err(StoreError::NoKey(_))
    ));
    let (other, _) = store.create_key(&new("other"), "amal", now()).unwrap();
    assert_ne!(other.digest, key.digest);
    drop(store);
    let secret = secret.reveal();
    let found = match on_postgres() {
        true => {
            let sql = format!("SELECT COUNT(*) FROM api_key WHERE CAST(api_key AS TEXT) LIKE '%{secret}%'");
            place.raw().number(&sql) > 0
        }
        false => {
            let database = std::fs::read(place.folder().join("basira.db")).unwrap();
            database
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        }
    };
    assert!(!found, "the secret itself is nowhere");
}

#[test]
fn whatever_is_altered_in_the_log_is_named() {
    let place = Place::new();
    let store = place.writer();
    assert_eq!(store.verify_log().unwrap(), (0, None));
    for number in 0..10 {
        store
            .create_key(&new(&format!("key {number}")), "amal", now())
            .unwrap();
    }
    let (length, chain) = store.verify_log().unwrap();
    assert_eq!((length, store.log(0, 100).unwrap().len()), (10, 10));
    assert_eq!(chain, Some(store.log(9, 1).unwrap()[0].chain));
    let first = |change: &str| {
        let mut raw = place.raw();
        raw.run("BEGIN");
        raw.run("CREATE TEMP TABLE kept AS SELECT * FROM log");
        raw.run(change);
        raw.run("COMMIT");
        let error = store.verify_log().unwrap_err();
        raw.run("DELETE FROM log; INSERT INTO log SELECT * FROM kept; DROP TABLE kept");
        match error {
            StoreError::LogAltered { seq } => seq,
            other => panic!("{other}"),
        }
    };
    assert_eq!(
        first("UPDATE log SET body = replace(body, 'amal', 'noor') WHERE seq = 4"),
        4
    );
    assert_eq!(first("UPDATE log SET at = at + 1 WHERE seq = 10"), 10);
    assert_eq!(first("UPDATE log SET kind = 'key_revoked' WHERE seq = 1"), 1);
    assert_eq!(first("DELETE FROM log WHERE seq = 7"), 7);
    assert_eq!(first("DELETE FROM log WHERE seq > 8"), 9, "cut short");
    let zeros = place.raw().literal(&[0; 32]);
    assert_eq!(first(&format!("UPDATE log SET chain = {zeros} WHERE seq = 5")), 5);
    store.verify_log().unwrap();
}
