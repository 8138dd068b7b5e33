//! Backups of a running service, restored; and what `verify` says of what was altered.

use std::fs;

use serde_json::json;
use sha2::{Digest, Sha256};
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::Place;
use crate::server::Server;

#[test]
fn a_backup_of_a_running_service_is_restored_with_all_that_was_acknowledged() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.key.clone().unwrap();
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    let item = admin.bytes("/v1/items", &encode::jpeg(&photo(1), 80)).expect(202);
    let item = item["item"].as_str().unwrap();
    admin.finished(item);
    let verified = place.go("verify --json").ends(0).rows().remove(0);
    assert_eq!((&verified["records"], &verified["blobs"]), (&json!(5), &json!(1)));
    place.go("backup copy").ends(0).prints("1 kept files");
    place.go("backup copy").ends(2).says("is not empty");
    admin.post("/v1/banks", json!({"name": "later"})).expect(201);
    place.go("restore copy").ends(2).says("is not empty");
    place.go("restore nothing").ends(2).says("no backup");
    server.kill();

    place.lose();
    place.go("restore copy").ends(0).prints("5 records");
    let again = place.go("verify --json").ends(0).rows().remove(0);
    for field in ["records", "chain", "blobs", "public_key"] {
        assert_eq!(again[field], verified[field], "the same log with the same chain");
    }
    let server = Server::start(&place);
    let client = server.client(key);
    assert_eq!(client.finished(item)["result"]["verdict"], "match");
    let scanned = client.bytes("/v1/scan", &encode::jpeg(&photo(1), 70)).expect(200);
    assert_eq!(scanned["verdict"], "match");
    client.get("/v1/banks/later").problem(404, "not-found");
}

/// Kept files are evidence: no new key takes the place of theirs by itself.
#[test]
fn a_backup_that_is_restored_without_its_key_waits_for_it() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    let item = admin.bytes("/v1/items", &encode::jpeg(&photo(1), 80)).expect(202);
    admin.finished(item["item"].as_str().unwrap());
    place.go("backup copy").ends(0);
    server.kill();
    place.lose();
    let aside = place.key().with_extension("aside");
    fs::rename(place.key(), &aside).unwrap();
    place
        .go("restore copy")
        .ends(2)
        .says("is missing")
        .says("cannot be read without it")
        .says("put the key back");
    for command in ["verify", "bank list", "serve --listen 127.0.0.1:0"] {
        place.go(command).ends(2).says("put the key back");
        assert!(!place.key().exists(), "{command}");
    }
    fs::copy(&aside, place.key()).unwrap();
    place.go("verify").ends(0).prints("1 kept files");

    fs::remove_file(place.key()).unwrap();
    place.go("give-up-encrypted").ends(0).prints("1 files");
    place.go("verify").ends(0).prints("0 kept files");
    drop(Server::start(&place));
}

#[test]
fn verify_names_the_record_and_the_file_that_were_altered() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    for number in 0..5 {
        admin
            .post("/v1/banks", json!({"name": format!("bank-{number}")}))
            .expect(201);
    }
    let taken = admin.bytes("/v1/items", b"an item").expect(202);
    let sha256 = taken["sha256"].as_str().unwrap();
    admin.finished(taken["item"].as_str().unwrap());
    assert_eq!(server.stop(), Some(0));
    // The last one says how far the decisions had come.
    place
        .go("verify")
        .ends(0)
        .prints("8 records")
        .prints("1 decisions");

    let blob = place.data().join("blobs").join(&sha256[..2]).join(sha256);
    let sound = fs::read(&blob).unwrap();
    let mut altered = sound.clone();
    altered[30] ^= 4;
    fs::write(&blob, altered).unwrap();
    place
        .go("verify")
        .ends(2)
        .says(&format!("the blob {sha256} was altered"));
    fs::remove_file(&blob).unwrap();
    place.go("verify").ends(2).says(sha256);
    fs::write(&blob, sound).unwrap();
    place.go("verify").ends(0);

    // One byte more in a decision, and taken away again.
    for (table, column) in [
        ("decision", "engine"),
        ("decision_record", "given"),
        ("decision_record", "outcome"),
    ] {
        assert_eq!(
            place.alter(&format!("UPDATE {table} SET {column} = {column} || ' '")),
            1
        );
        place
            .go("verify")
            .ends(2)
            .says("the decision 1 is not what was written");
        assert_eq!(
            place.alter(&format!("UPDATE {table} SET {column} = rtrim({column})")),
            1
        );
    }
    place.go("verify").ends(0);
    place.alter("UPDATE log SET body = replace(body, '3', '4') WHERE seq = 5");
    place.go("verify").ends(2).says("record 5 of the log");
}

/// The chain of a log from its first record on, as whoever alters it would make it anew.
fn forge(database: &rusqlite::Connection, last: i64) {
    let mut before = vec![0_u8; 32];
    for seq in 1..=last {
        let sql = "SELECT at, kind, body FROM log WHERE seq = ?1";
        let (at, kind, body): (i64, String, String) = database
            .query_row(sql, [seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap();
        let mut digest = Sha256::new();
        digest.update(&before);
        digest.update(seq.to_be_bytes());
        digest.update(at.to_be_bytes());
        for text in [&kind, &body] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        before = digest.finalize().to_vec();
        let changed = database.execute("UPDATE log SET chain = ?1 WHERE seq = ?2", (&before, seq));
        assert_eq!(changed.unwrap(), 1);
    }
    database
        .execute("DELETE FROM log WHERE seq > ?1", [last])
        .unwrap();
    database
        .execute("UPDATE counter SET last = ?1 WHERE name = 'log'", [last])
        .unwrap();
}

#[test]
fn a_checkpoint_that_was_kept_elsewhere_tells_that_the_log_was_cut_short_or_written_anew() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    let bank = |name: &str| admin.post("/v1/banks", json!({"name": name})).expect(201);
    bank("first");
    bank("second");
    let early = admin.get("/v1/log/checkpoint");
    assert_eq!((early.status, &*early.kind), (200, "text/plain; charset=utf-8"));
    assert_eq!(
        early.text,
        admin.get("/v1/log/checkpoint").text,
        "nothing came since"
    );
    let key = admin.get("/v1/log/public-key").text;
    bank("third");
    let late = admin.get("/v1/log/checkpoint").text;
    admin
        .with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit", "curate"]}))
        .get("/v1/log/checkpoint")
        .problem(403, "not-allowed");
    assert_eq!(server.stop(), Some(0));
    place.write("early", &early.text);
    place.write("late", &late);
    let verify = |more: &[&str]| place.run([&["verify"], more].concat());
    verify(&["--checkpoint", "early", "--checkpoint", "late"])
        .ends(0)
        .prints(key.trim())
        .prints("begins with what was signed in late");

    // Elsewhere, with the data folder and the public key alone.
    let signing = place.key().with_file_name("key.signing");
    let secret = fs::read(&signing).unwrap();
    fs::remove_file(&signing).unwrap();
    verify(&["--checkpoint", "late"]).ends(2).says("--public-key");
    verify(&["--public-key", key.trim(), "--checkpoint", "late"]).ends(0);
    let altered = late.replacen("\n5\n", "\n4\n", 1);
    assert_ne!(altered, late);
    place.write("altered", altered);
    verify(&["--public-key", key.trim(), "--checkpoint", "altered"])
        .ends(2)
        .says("altered");

    if place.only_sqlite("records are forged in its file; what is compared is the same") {
        return;
    }
    let database = rusqlite::Connection::open(place.data().join("basira.db")).unwrap();
    let notes = |sql: &str| database.execute(sql, []).unwrap();
    // Cut short, with all that would tell so within the folder.
    forge(&database, 4);
    verify(&["--public-key", key.trim()])
        .ends(2)
        .says("it was cut short");
    notes("DELETE FROM checkpoint WHERE size > 4");
    verify(&["--public-key", key.trim()]).ends(0);
    verify(&["--public-key", key.trim(), "--checkpoint", "early"]).ends(0);
    verify(&["--public-key", key.trim(), "--checkpoint", "late"])
        .ends(2)
        .says("checkpoint of 5 records")
        .says("it was cut short");
    // Written anew from the second record on.
    notes("UPDATE log SET body = replace(body, 'administrator', 'somebody') WHERE seq = 2");
    forge(&database, 4);
    verify(&["--public-key", key.trim()]).ends(2).says("written anew");
    notes("DELETE FROM checkpoint");
    verify(&["--public-key", key.trim()]).ends(0);
    verify(&["--public-key", key.trim(), "--checkpoint", "early"])
        .ends(2)
        .says("checkpoint of 4 records")
        .says("written anew");
    fs::write(&signing, secret).unwrap();
}
