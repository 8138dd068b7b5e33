//! The log of the service: every request with its id and route, and nothing of what it is about.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::pictures::png;
use crate::place::Place;
use crate::server::Server;

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

#[test]
fn at_the_most_verbose_level_the_log_has_every_request_and_nothing_of_what_it_is_about() {
    let place = Place::new();
    let mut server = Server::start_with(
        &place,
        &[
            "--log-level",
            "trace",
            "--log-format",
            "json",
            "--hma",
            "127.0.0.1:0",
        ],
    );
    let log = server.log();
    let admin = server.administrator();
    admin
        .post("/v1/banks", json!({"name": "knight-league"}))
        .expect(201);
    let signals = json!({"signals": [{"type": "pdq", "value": HASH}], "external_id": "entry-7731"});
    admin.post("/v1/banks/knight-league/entries", signals).expect(201);
    admin
        .get(&format!("/v1/lookup?type=pdq&value={HASH}"))
        .expect(200);
    let many = json!([{"type": "pdq", "value": HASH}]);
    admin.post("/v1/lookup", many).expect(200);
    let picture = png(1);
    let query = "external_id=post-5512&author=author-9911&url=https://example.com/secret-page";
    let taken = admin.bytes(&format!("/v1/items?{query}"), &picture).expect(202);
    let digest = taken["sha256"].as_str().unwrap().to_owned();
    let item = taken["item"].as_str().unwrap();
    admin.finished(item);
    admin.bytes("/v1/scan", &picture).expect(200);
    admin
        .get(&format!("/v1/lookup?type=sha256&value={digest}"))
        .expect(200);
    // What is refused says no more.
    admin
        .get(&format!("/v1/lookup?type=pdq&value={HASH}0"))
        .expect(400);
    admin.get(&format!("/v1/{HASH}")).expect(404);
    admin.get("/v1/items/item-nobody-has").expect(404);
    let stranger = server.client("basira_wrong-key-of-a-stranger");
    stranger.get("/v1/banks").expect(401);
    let hook = json!({"url": "https://hooks.example.com/path-4410", "events": ["item.match"]});
    admin.post("/v1/webhooks", hook).expect(201);
    let named = [("x-request-id", "trace-one")];
    let answer = admin.send("GET", "/v1/banks", &named, None);
    assert_eq!(answer.request_id, "trace-one");
    let named = [("x-request-id", HASH)];
    let answer = admin.send("GET", "/health/live", &named, None);
    assert_ne!(answer.request_id, HASH);
    let key = server.key.clone().unwrap();
    assert_eq!(server.stop(), Some(0));

    let log = log.join().unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let mut requests = lines.iter().filter(|line| line["message"] == "request");
    let routes: BTreeSet<_> = requests
        .clone()
        .map(|line| line["route"].as_str().unwrap())
        .collect();
    for route in [
        "/v1/lookup",
        "/v1/items",
        "/v1/items/{item}",
        "/v1/banks/{bank}/entries",
        "none",
    ] {
        assert!(routes.contains(route), "{route}: {routes:?}");
    }
    let ids: BTreeSet<_> = requests
        .clone()
        .map(|line| line["request"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), requests.clone().count(), "each its own");
    let named = requests.find(|line| line["request"] == "trace-one").unwrap();
    assert_eq!(
        (&named["method"], &named["route"]),
        (&json!("GET"), &json!("/v1/banks"))
    );
    assert_eq!(
        (&named["status"], &named["key"], &named["level"]),
        (&json!(200), &json!(1), &json!("INFO"))
    );
    assert!(named["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{named}");
    let secret = key.trim_start_matches("basira_");
    for needle in [
        HASH,
        &HASH[..16],
        &digest,
        &digest[..16],
        secret,
        "knight-league",
        "entry-7731",
        "post-5512",
        "author-9911",
        "secret-page",
        "item-nobody-has",
        "wrong-key",
        "hooks.example.com",
        "path-4410",
        &place.files().to_string_lossy(),
    ] {
        assert!(!log.contains(needle), "{needle} is in the log:\n{log}");
    }
}

#[test]
fn lookups_that_succeed_are_not_in_the_log_by_default_and_what_is_refused_is() {
    let place = Place::new();
    let mut server = Server::start(&place);
    let log = server.log();
    let admin = server.administrator();
    for _ in 0..5 {
        admin
            .get(&format!("/v1/lookup?type=pdq&value={HASH}"))
            .expect(200);
        server.anonymous().get("/health/ready").expect(200);
    }
    admin.get("/v1/lookup?type=pdq&value=short").expect(400);
    assert_eq!(server.stop(), Some(0));
    let log = log.join().unwrap();
    let requests: Vec<_> = log.lines().filter(|line| line.contains("route=")).collect();
    assert_eq!(requests.len(), 1, "{log}");
    assert!(requests[0].contains("status=400"), "{log}");
    assert!(log.contains("stopping"), "{log}");
}
