//! What rested on an entry that is revoked is taken back; and people hear of whoever comes near an entry again and again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::{Client, Server};

const LOOPBACK: [&str; 2] = ["--webhook-network", "127.0.0.0/8"];

fn banked(admin: &Client, bank: &str, picture: u64) -> i64 {
    let added = admin
        .bytes(&format!("/v1/banks/{bank}/media"), &png(picture))
        .expect(201);
    added["entry"].as_i64().unwrap()
}

fn revoke(admin: &Client, entry: i64) {
    let path = format!("/v1/entries/{entry}");
    admin.patch(&path, json!({"trust": "revoked"})).expect(200);
}

/// Waits until what was asked about an entry is done, and gives it.
fn reversed(admin: &Client, entry: i64) -> Value {
    let begun = Instant::now();
    loop {
        let jobs = admin.get("/v1/jobs").expect(200);
        let work = jobs["reversals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|work| work["entry"] == entry);
        if work.is_some_and(|work| work["state"] == "done") {
            return work.unwrap().clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{jobs}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits for the first event of a kind, and gives all of the kind.
fn events(receiver: &Receiver, kind: &str) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let all: Vec<Value> = receiver.got().iter().map(|request| request.json()).collect();
        let found: Vec<Value> = all.into_iter().filter(|event| event["type"] == kind).collect();
        if !found.is_empty() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "no {kind}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_rests_on_a_revoked_entry_alone_is_taken_back_and_told() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let receiver = Receiver::willing();
    admin
        .post(
            "/v1/webhooks",
            json!({"url": receiver.url(), "events": ["item.match"]}),
        )
        .expect(201);
    for bank in ["first", "second"] {
        admin.post("/v1/banks", json!({"name": bank})).expect(201);
    }
    let (both, alone) = (banked(&admin, "first", 1), banked(&admin, "first", 2));
    banked(&admin, "second", 1);
    let item = |picture: u64, name: &str| {
        let bytes = encode::jpeg(&photo(picture), 80);
        let taken = admin
            .bytes(&format!("/v1/items?external_id={name}"), &bytes)
            .expect(202);
        let item = taken["item"].as_str().unwrap().to_owned();
        assert_eq!(admin.finished(&item)["result"]["verdict"], "match");
        item
    };
    let (stands, falls) = (item(1, "stands"), [item(2, "falls"), item(2, "falls-too")]);
    receiver.wait_for(3);

    let reverse = |entry: i64| admin.post(&format!("/v1/entries/{entry}/reverse"), Value::Null);
    reverse(alone).problem(409, "conflict");
    reverse(1_000).problem(404, "not-found");
    revoke(&admin, alone);
    reverse(alone).expect(202);
    let work = reversed(&admin, alone);
    assert_eq!(
        (&work["reversed"], &work["standing"]),
        (&json!(2), &json!(0)),
        "{work}"
    );
    // Asked again, it is done once.
    reverse(alone).expect(202);
    revoke(&admin, both);
    reverse(both).expect(202);
    let work = reversed(&admin, both);
    assert_eq!(
        (&work["reversed"], &work["standing"]),
        (&json!(0), &json!(1)),
        "{work}"
    );

    let told = receiver.wait_for(5);
    assert_eq!(told.len(), 5, "three matches, and two that are none");
    let mut items: Vec<Value> = events(&receiver, "action.reversed")
        .into_iter()
        .map(|event| {
            assert_eq!(event["data"]["entry"], alone);
            event["data"]["item"].clone()
        })
        .collect();
    items.sort_by_key(Value::to_string);
    let mut want = falls.clone().map(Value::from);
    want.sort_by_key(Value::to_string);
    assert_eq!(items, want);
    let at = |item: &str| admin.get(&format!("/v1/items/{item}")).expect(200)["reversed_at"].clone();
    assert!(falls.iter().all(|item| at(item).is_string()) && at(&stands).is_null());
    let log = admin.get("/v1/log?limit=1000").expect(200);
    let count = |kind: &str| {
        let records = log["items"].as_array().unwrap().iter();
        records.filter(|record| record["kind"] == kind).count()
    };
    assert_eq!((count("reversal_asked"), count("action_reversed")), (2, 2));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn near_misses_of_one_entry_by_one_source_are_told_and_nothing_is_restricted() {
    let place = Place::new();
    let server = Server::start_with(&place, &[&LOOPBACK[..], &["--climb-misses", "5"]].concat());
    let admin = server.administrator();
    let (receiver, their_own) = (Receiver::willing(), Receiver::willing());
    admin
        .post("/v1/webhooks", json!({"url": receiver.url()}))
        .expect(201);
    admin
        .post("/v1/webhooks", json!({"url": their_own.url(), "source": "forum"}))
        .expect(201);
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    // An entry that the picture misses by 45 bits.
    let near = encode::jpeg(&photo(5), 80);
    place.write("near.jpg", &near);
    let row = place.go("hash --json near.jpg").ends(0).rows().remove(0);
    let hash = row["signals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|signal| signal["type"] == "pdq")
        .unwrap()["value"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    (0..45).for_each(|bit| bytes[(bit * 5) / 8] ^= 1 << ((bit * 5) % 8));
    let far: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let signals = json!({"signals": [{"type": "pdq", "value": far}]});
    let entry = admin.post("/v1/banks/known/entries", signals).expect(201)["entry"].clone();

    let bot = admin.with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit"], "trust": "low"}));
    let miss = |client: &Client, number: u8| {
        let bytes = [&near[..], &[number; 9]].concat();
        let taken = client.bytes("/v1/items", &bytes).expect(202);
        let found = admin.finished(taken["item"].as_str().unwrap());
        assert_eq!(found["result"]["verdict"], "no_match", "{found}");
    };
    (0..4).for_each(|number| miss(&bot, number));
    miss(&admin, 100);
    let seen = || admin.get("/metrics").text.contains("basira_climbs 1\n");
    assert!(!seen(), "four, and one of another source");
    (4..9).for_each(|number| miss(&bot, number));
    let alert = events(&receiver, "alert.climb");
    assert_eq!(alert.len(), 1, "told once: {alert:?}");
    let data = &alert[0]["data"];
    assert_eq!((&data["source"], &data["entry"]), (&json!("forum"), &entry));
    assert_eq!((&data["misses"], &data["nearest"]), (&json!(5), &json!(45)));
    assert!(seen());
    let log = admin.get("/v1/log?limit=1000").expect(200);
    let noted = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|record| record["kind"] == "climb_seen");
    assert_eq!(noted.count(), 1);
    // The source itself hears nothing of it.
    their_own.wait_for(9);
    let kinds = their_own
        .got()
        .iter()
        .map(|request| request.json()["type"].clone())
        .collect::<Vec<_>>();
    assert!(kinds.iter().all(|kind| kind == "item.no_match"), "{kinds:?}");
    assert_eq!(server.stop(), Some(0));
}
