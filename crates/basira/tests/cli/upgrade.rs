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
const UNDO: [(i64, &str); 15] = [
    (20, "CREATE INDEX review_case_by_state ON review_case (state, id);"),
    (
        19,
        "DROP INDEX decision_duplicate; ALTER TABLE case_member DROP COLUMN ruled;",
    ),
    (
        18,
        "DROP INDEX review_case_open; DROP INDEX review_case_due; DROP INDEX review_case_decided;
         CREATE INDEX review_case_open ON review_case (queue, severity DESC, id) WHERE state = 'open';
         CREATE INDEX review_case_due ON review_case (due_at, id) WHERE state = 'open' AND due_at IS NOT NULL;",
    ),
    (
        17,
        "DROP INDEX decision_ending; DROP TABLE asked; DROP INDEX review_case_fast; ALTER TABLE review_case DROP COLUMN facts; ALTER TABLE review_case DROP COLUMN routing;
         ALTER TABLE review_case DROP COLUMN route; ALTER TABLE review_case DROP COLUMN incident;
         DROP TABLE incident_bank; DROP TABLE incident; DROP TABLE queue; DROP TABLE routing;
         DELETE FROM counter WHERE name IN ('incident', 'asked');",
    ),
    (
        16,
        "DROP TABLE passkey; DROP TABLE identity; DELETE FROM counter WHERE name = 'passkey';",
    ),
    (
        15,
        "DROP TABLE item_word; DROP TABLE second_opinion; DROP TABLE second_look; DROP TABLE person_choice;
         DROP TABLE person_opt_out; DROP TABLE care_rule; DROP TABLE exposure; DROP TABLE tally;
         DROP INDEX item_by_verdict; DROP INDEX item_aside; DROP INDEX item_by_time; DROP INDEX delivery_by_item;
         DELETE FROM counter WHERE name IN ('exposure', 'second_look');",
    ),
    (
        14,
        "ALTER TABLE seen DROP COLUMN texts;",
    ),
    (
        13,
        "DROP TABLE follow_up_item; DROP TABLE follow_up; DROP INDEX seen_by_time; DROP TABLE seen_link; DROP TABLE item_action;
         ALTER TABLE policy_hour DROP COLUMN overturned; ALTER TABLE policy_hour DROP COLUMN upheld;
         ALTER TABLE ruled RENAME TO judged; ALTER TABLE decision RENAME COLUMN ruling TO judgement;
         CREATE INDEX decision_judged ON decision (item, seq) WHERE judgement IS NOT NULL;
         DELETE FROM counter WHERE name = 'follow_up';",
    ),
    (
        12,
        "DROP INDEX review_case_due; DROP INDEX delivery_red; DROP INDEX delivery_unconfirmed; DROP INDEX delivery_in_order;
         DROP INDEX delivery_of_decision; ALTER TABLE delivery DROP COLUMN decision; ALTER TABLE delivery DROP COLUMN asks;
         CREATE INDEX delivery_red ON delivery (id)
            WHERE state = 'aside' OR (kind = 'item.match' AND confirmed_at IS NULL);
         CREATE INDEX delivery_unconfirmed ON delivery (id) WHERE state = 'delivered' AND kind = 'item.match';
         DROP INDEX decision_confirming; DROP INDEX decision_to_bank;
         ALTER TABLE case_decision DROP COLUMN action; ALTER TABLE case_decision DROP COLUMN clause;
         ALTER TABLE case_decision DROP COLUMN scope; ALTER TABLE case_decision DROP COLUMN holds_until;
         ALTER TABLE case_decision DROP COLUMN confirms; ALTER TABLE case_decision DROP COLUMN bank;
         ALTER TABLE case_decision DROP COLUMN bank_tried; ALTER TABLE case_decision DROP COLUMN entry;
         ALTER TABLE case_decision DROP COLUMN needs_two; ALTER TABLE case_decision DROP COLUMN seconded_by;
         ALTER TABLE case_member DROP COLUMN likeness; ALTER TABLE case_member DROP COLUMN surroundings;
         ALTER TABLE review_case DROP COLUMN assignee; ALTER TABLE review_case DROP COLUMN held_until;
         ALTER TABLE review_case DROP COLUMN held_for; ALTER TABLE review_case DROP COLUMN due_at;",
    ),
    (
        11,
        "DROP TABLE appeal; DROP TABLE appeal_code; DROP TABLE reporter; DROP TABLE report; DROP TABLE item_address;
         DELETE FROM counter WHERE name IN ('report', 'appeal');",
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
    (
        8,
        "DROP INDEX signal_of_text; DROP TABLE entry_text;",
    ),
    (
        7,
        "DROP TABLE checkpoint; DROP TABLE reversal; DROP TABLE reversing;",
    ),
    (
        6,
        "DROP INDEX blob_by_time;",
    ),
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
