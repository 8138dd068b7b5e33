//! Backups of a running service, restored; and what `verify` says of what was altered.

use std::fs;

use serde_json::json;
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
    assert_eq!((&verified["records"], &verified["blobs"]), (&json!(3), &json!(1)));
    place.go("backup copy").ends(0).prints("1 kept files");
    place.go("backup copy").ends(2).says("is not empty");
    admin.post("/v1/banks", json!({"name": "later"})).expect(201);
    place.go("restore copy").ends(2).says("is not empty");
    place.go("restore nothing").ends(2).says("no backup");
    server.kill();

    place.lose();
    place.go("restore copy").ends(0).prints("3 records");
    let again = place.go("verify --json").ends(0).rows().remove(0);
    assert_eq!(again, verified, "the same log with the same chain");
    let server = Server::start(&place);
    let client = server.client(key);
    assert_eq!(client.finished(item)["result"]["verdict"], "match");
    let scanned = client.bytes("/v1/scan", &encode::jpeg(&photo(1), 70)).expect(200);
    assert_eq!(scanned["verdict"], "match");
    client.get("/v1/banks/later").problem(404, "not-found");
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
    place.go("verify").ends(0).prints("6 records");

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

    place.alter("UPDATE log SET body = replace(body, '3', '4') WHERE seq = 4");
    place.go("verify").ends(2).says("record 4 of the log");
}
