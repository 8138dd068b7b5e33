//! A service whose disk fails or is full.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::place::Place;
use crate::server::Server;

/// The size that files of a running process may have; what is beyond is refused as on a full disk.
fn room(server: &Server, bytes: &str) {
    let status = Command::new("prlimit")
        .args([
            "--pid",
            &server.pid().to_string(),
            &format!("--fsize={bytes}:unlimited"),
        ])
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
fn a_full_disk_is_said_reading_goes_on_and_room_is_noticed() {
    let place = Place::new();
    // What is beyond the limit is an error, and not a signal that ends the process.
    let mut command = place.command("sh");
    command
        .env("BASIRA_DATA", place.data())
        .env("BASIRA_KEY", place.key())
        .args([
            "-c",
            "trap '' XFSZ; exec \"$0\" serve --listen 127.0.0.1:0",
            env!("CARGO_BIN_EXE_basira"),
        ]);
    let server = Server::spawn(command);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let before = admin.bytes("/v1/items?external_id=before", b"before").expect(202);
    admin.finished(before["item"].as_str().unwrap());

    room(&server, "0");
    for _ in 0..3 {
        let answer = admin.bytes("/v1/items?external_id=full", b"the disk is full");
        answer.problem(507, "no-room");
    }
    let add = json!({"signals": [{"type": "md5", "value": "0".repeat(32)}]});
    if !place.only_sqlite("a row that finds no room; PostgreSQL has its own disk") {
        admin
            .post("/v1/banks/known/entries", add.clone())
            .problem(507, "no-room");
    }
    assert_eq!(
        admin.get("/v1/items").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let lookup = format!("/v1/lookup?type=md5&value={}", "0".repeat(32));
    assert_eq!(admin.get(&lookup).expect(200)["matches"], json!([]));

    room(&server, "unlimited");
    let after = admin
        .bytes("/v1/items?external_id=full", b"the disk is full")
        .expect(202);
    let found = admin.finished(after["item"].as_str().unwrap());
    assert_eq!(found["result"]["verdict"], "no_match");
    admin.post("/v1/banks/known/entries", add).expect(201);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_flush_that_fails_ends_the_service_and_what_was_acknowledged_is_there() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.key.clone().unwrap();
    let admin = server.administrator();
    let kept: Vec<String> = (0..5)
        .map(|number| {
            let body = format!("kept {number}");
            let taken = admin.bytes("/v1/items", body.as_bytes()).expect(202);
            taken["item"].as_str().unwrap().to_owned()
        })
        .collect();
    let mut strace = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"])
        .args([
            "-e",
            "inject=fsync,fdatasync:error=EIO",
            "-p",
            &server.pid().to_string(),
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Until strace is there, items are taken in; from then on none is.
    let begun = Instant::now();
    let mut acknowledged = kept;
    loop {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the service goes on without a disk"
        );
        match admin.try_send("POST", "/v1/items", &[], Some(b"perhaps")) {
            Ok(answer) if answer.status == 202 => {
                acknowledged.push(answer.json()["item"].as_str().unwrap().to_owned());
            }
            Ok(answer) => assert!(answer.status >= 500, "{answer:?}"),
            Err(_) => break,
        }
    }
    let _ = strace.wait();
    assert_eq!(server.ended(), Some(2));
    let server = Server::start(&place);
    for item in acknowledged {
        assert_eq!(
            server.client(&*key).finished(&item)["result"]["verdict"],
            "no_match"
        );
    }
}
