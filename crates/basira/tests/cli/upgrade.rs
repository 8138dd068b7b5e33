//! A data folder of a version before, with items that were not finished: they are finished by this one.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::json;
use testkit::encode;

use crate::clock::{descendants, signal};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::server::Server;

/// What each migration added, taken away again, so that the folder is one of the version before it. A migration that
/// comes new is to be undone here too.
const UNDO: [(i64, &str); 6] = [
    (
        11,
        "DROP TABLE follow_up_item; DROP TABLE follow_up; DROP INDEX seen_by_time; DROP TABLE seen_link; DROP TABLE item_action;
         ALTER TABLE policy_hour DROP COLUMN overturned; ALTER TABLE policy_hour DROP COLUMN upheld;
         ALTER TABLE ruled RENAME TO judged; ALTER TABLE decision RENAME COLUMN ruling TO judgement;
         CREATE INDEX decision_judged ON decision (item, seq) WHERE judgement IS NOT NULL;
         DELETE FROM counter WHERE name = 'follow_up';",
    ),
    (
        10,
        "DROP TABLE case_decision; DROP TABLE case_member; DROP TABLE review_case; DROP TABLE session; DROP TABLE recovery_code;
         DROP TABLE invitation; DROP TABLE person_grant; DROP TABLE person;
         DELETE FROM counter WHERE name IN ('person', 'session', 'review_case', 'case_decision');",
    ),
    (
        9,
        "DROP TABLE decision_record; DROP TABLE judged; DROP TABLE decision; DROP TABLE policy_hour; DROP TABLE policy_set;
         DROP TABLE policy_deployment; DROP TABLE policy_approval; DROP TABLE policy_edit; DROP TABLE policy_file;
         DELETE FROM counter WHERE name IN ('policy_edit', 'policy_deployment', 'decision', 'decision_noted');
         DROP INDEX item_by_blob; CREATE INDEX item_by_blob ON item (sha256);
         ALTER TABLE api_key DROP COLUMN person;",
    ),
    (8, "DROP INDEX signal_of_text; DROP TABLE entry_text;"),
    (
        7,
        "DROP TABLE checkpoint; DROP TABLE reversal; DROP TABLE reversing;",
    ),
    (6, "DROP INDEX blob_by_time;"),
];

/// Makes a folder one that so many migrations have not reached.
fn downgrade(database: &Connection, undone: usize) {
    let version = || -> i64 {
        let sql = "SELECT MAX(version) FROM schema_migration";
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(version(), UNDO[0].0, "say how to undo the newest migration");
    for (number, undo) in &UNDO[..undone] {
        assert_eq!(version(), *number);
        database.execute_batch(undo).unwrap();
        database
            .execute("DELETE FROM schema_migration WHERE version = ?1", [number])
            .unwrap();
    }
}

#[test]
fn items_that_an_older_version_left_are_finished_after_an_upgrade() {
    for undone in 1..=UNDO.len() {
        let place = Place::new();
        let server = Server::start_with(&place, &["--threads", "1"]);
        let key = server.key.clone().unwrap();
        let admin = server.administrator();
        admin.post("/v1/banks", json!({"name": "known"})).expect(201);
        admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
        let copy = encode::jpeg(&photo(1), 80);
        let done = admin.bytes("/v1/items?external_id=done", &copy).expect(202);
        let done = admin.finished(done["item"].as_str().unwrap());
        let mut waiting = HashMap::new();
        // Nothing is decoded any more.
        signal(&descendants(server.pid()), "STOP");
        for number in 0..12_u64 {
            let (bytes, verdict) = match number % 3 {
                0 => (copy.clone(), "match"),
                _ => (png(100 + number), "no_match"),
            };
            let path = format!("/v1/items?external_id=old-{number}&priority={}", number % 10);
            let taken = admin.bytes(&path, &bytes).expect(202);
            waiting.insert(taken["item"].as_str().unwrap().to_owned(), verdict);
        }
        server.kill();

        let database = Connection::open(place.data().join("basira.db")).unwrap();
        let sql = "SELECT COUNT(*) FROM item WHERE state IN ('queued', 'working')";
        let left: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
        assert!(left >= 10, "{left} are left");
        downgrade(&database, undone);
        drop(database);

        let server = Server::start(&place);
        let client = server.client(&*key);
        for (item, verdict) in &waiting {
            let found = client.finished(item);
            assert_eq!(found["result"]["verdict"], *verdict, "{found}");
        }
        let again = client.get(&format!("/v1/items/{}", done["item"].as_str().unwrap()));
        assert_eq!(again.expect(200), done, "what was finished before is as it was");
        let page = client.get("/v1/items?limit=100").expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 13);
        assert_eq!(server.stop(), Some(0));
        place.go("verify").ends(0);
    }
}
