//! A service that is killed at random moments, again and again, under load: whatever it has acknowledged is there, finished
//! once, and nothing is left lying about.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use store::{Access, Options, Store};

use crate::place::Place;
use crate::server::{Client, Server};

/// Kills of a service with SQLite, and with PostgreSQL, to which each start connects anew.
const CYCLES: u64 = 200;
const CYCLES_ON_POSTGRES: u64 = 20;
const CLIENTS: u64 = 4;

/// What was acknowledged: name of the post, and the receipt and digest that came for it.
type Acknowledged = Arc<Mutex<BTreeMap<String, (String, String)>>>;

/// Posts until the service is gone. A post whose answer did not come is sent again to the next one.
fn post_until_killed(
    client: &Client,
    name: &str,
    next: &mut u64,
    acknowledged: &Acknowledged,
    stop: &AtomicBool,
) {
    while !stop.load(Ordering::Relaxed) {
        let post = format!("{name}-{next}");
        let headers = [("idempotency-key", post.as_str()), ("content-type", "text/plain")];
        let path = format!("/v1/items?external_id={post}");
        // Every third shares its bytes with those of the other clients.
        let body = match *next % 3 {
            0 => format!("shared {next}"),
            _ => format!("a game of chess, {post}"),
        };
        let Ok(answer) = client.try_send("POST", &path, &headers, Some(body.as_bytes())) else {
            return;
        };
        let taken = answer.expect(202);
        let text = |field: &str| taken[field].as_str().unwrap().to_owned();
        let receipt = (text("item"), text("sha256"));
        let mut all = acknowledged.lock().unwrap();
        let before = all.insert(post, receipt.clone());
        assert!(
            before.is_none_or(|before| before == receipt),
            "another receipt for the same post"
        );
        *next += 1;
    }
}

/// A digest that no other entry has.
fn digest(number: u64) -> String {
    format!("{number:064x}")
}

/// Adds entries, changes three things of each at once and removes every third, until the service is gone.
fn curate_until_killed(client: &Client, next: &mut u64, stop: &AtomicBool) {
    let send = |method: &str, path: &str, body: Value| {
        let json = [("content-type", "application/json")];
        client.try_send(method, path, &json, Some(body.to_string().as_bytes()))
    };
    while !stop.load(Ordering::Relaxed) {
        let new = json!({"signals": [{"type": "sha256", "value": digest(*next)}]});
        let Ok(added) = send("POST", "/v1/banks/curated/entries", new) else {
            return;
        };
        let path = format!("/v1/entries/{}", added.expect(201)["entry"]);
        let all = json!({"human_confirmed": true, "note": "seen", "add_labels": ["seen"]});
        match send("PATCH", &path, all) {
            Ok(changed) => drop(changed.expect(200)),
            Err(_) => return,
        }
        if next.is_multiple_of(3) {
            match client.try_send("DELETE", &path, &[], None) {
                Ok(removed) => assert_eq!(removed.status, 204),
                Err(_) => return,
            }
        }
        *next += 1;
    }
}

/// What the log says of the entries that are there: of each, whether it was changed.
fn entries_by_log(store: &Store) -> BTreeMap<String, bool> {
    let (mut entries, mut after) = (BTreeMap::new(), 0);
    loop {
        let page = store.log(after, 1_000).unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        for record in page {
            let body: Value = serde_json::from_str(&record.body).unwrap();
            let entry = body["entry"].as_str().unwrap_or_default().to_owned();
            match &*record.kind {
                "entry_added" => assert_eq!(entries.insert(entry, false), None),
                "entry_changed" => assert_eq!(entries.insert(entry, true), Some(false)),
                "entry_removed" => assert_eq!(entries.remove(&entry), Some(true)),
                _ => {}
            }
        }
    }
    entries
}

/// No change of a bank is there without its record, and none by half.
fn check_entries(store: &Store) -> usize {
    let bank = store.bank(&"curated".parse().unwrap()).unwrap();
    let entries = store.entries(bank.id, None, u32::MAX).unwrap();
    let by_log = entries_by_log(store);
    let there = entries.iter().map(|entry| {
        let all = [
            entry.human_confirmed,
            entry.note.is_some(),
            !entry.labels.is_empty(),
        ];
        assert!(
            all == [all[0]; 3],
            "entry {} was changed by half: {all:?}",
            entry.id
        );
        (entry.id.to_string(), all[0])
    });
    assert_eq!(there.collect::<BTreeMap<_, _>>(), by_log);
    entries.len()
}

#[test]
fn a_change_that_cannot_be_noted_is_not_made() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "curated"})).expect(201);
    let new = |number| json!({"signals": [{"type": "sha256", "value": digest(number)}]});
    let entry = admin.post("/v1/banks/curated/entries", new(1)).expect(201)["entry"].clone();
    let path = format!("/v1/entries/{entry}");
    let before = (admin.get(&path).text, admin.get("/v1/banks").text);
    // A log with a gap cannot be gone on with.
    let counter = |by: i64| {
        place.alter(&format!(
            "UPDATE counter SET last = last + {by} WHERE name = 'log'"
        ))
    };
    counter(1);
    for refused in [
        admin.post("/v1/banks", json!({"name": "another"})),
        admin.patch("/v1/banks/curated", json!({"enabled": false})),
        admin.post("/v1/banks/curated/entries", new(2)),
        admin.patch(&path, json!({"human_confirmed": true, "trust": "revoked"})),
        admin.delete(&path),
    ] {
        assert_eq!(refused.status, 500, "{refused:?}");
    }
    counter(-1);
    assert_eq!((admin.get(&path).text, admin.get("/v1/banks").text), before);
    // All of a change or nothing of it: no remark has such a character.
    let half = json!({"trust": "disputed", "human_confirmed": true, "note": "\0", "add_labels": ["half"]});
    assert_eq!(admin.patch(&path, half).status, 400);
    assert_eq!(admin.get(&path).text, before.0);
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

#[test]
fn what_was_acknowledged_survives_two_hundred_kills() {
    let place = Place::new();
    // A server of its own takes longer to answer the first time.
    let (cycles, longest) = match place.database() {
        None => (CYCLES, 240),
        Some(_) => (CYCLES_ON_POSTGRES, 600),
    };
    let first = Server::start(&place);
    let key = first.key.clone().unwrap();
    first
        .administrator()
        .post("/v1/banks", json!({"name": "curated"}))
        .expect(201);
    first.kill();
    let acknowledged = Acknowledged::default();
    let (mut next, mut next_entry) = ([0; CLIENTS as usize], 0);
    // A fixed sequence, so that a failure can be looked at again.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..cycles {
        let server = Server::start(&place);
        assert_eq!(server.key, None, "the key is made once");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let pause = Duration::from_millis(10 + (random >> 33) % longest);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (number, next) in next.iter_mut().enumerate() {
                let (client, acknowledged, stop) = (server.client(&*key), &acknowledged, &stop);
                scope.spawn(move || {
                    post_until_killed(&client, &format!("c{number}"), next, acknowledged, stop)
                });
            }
            let (client, stop_too, next_entry) = (server.client(&*key), &stop, &mut next_entry);
            scope.spawn(move || curate_until_killed(&client, next_entry, stop_too));
            std::thread::sleep(pause);
            server.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let acknowledged = acknowledged.lock().unwrap();
    println!("{cycles} kills, {} posts acknowledged", acknowledged.len());
    assert!(
        acknowledged.len() as u64 > cycles,
        "{} were acknowledged",
        acknowledged.len()
    );

    let server = Server::start(&place);
    let client = server.client(&*key);
    let (mut receipts, mut aside) = (HashSet::new(), 0);
    for (post, (receipt, sha256)) in acknowledged.iter() {
        let item = client.finished(receipt);
        let (want, found) = (Value::from(post.as_str()), &item["external_id"]);
        assert_eq!((found, item["sha256"].as_str()), (&want, Some(sha256.as_str())));
        // What three kills in a row have hit while it was looked at is put aside: it might have been its doing.
        if item["state"] == "aside" {
            let why = item["result"]["incomplete"][0]["reason"].as_str().unwrap();
            assert!(why.starts_with("crashed"), "{item}");
            aside += 1;
        } else {
            assert_eq!(item["result"]["verdict"], "no_match", "{item}");
        }
        assert!(receipts.insert(receipt.clone()), "two posts have one receipt");
    }
    println!("{aside} were put aside");
    assert!(aside <= acknowledged.len() / 20, "{aside} were put aside");
    assert_eq!(server.stop(), Some(0));

    let mut options = Options::new(Access::Writer, &place.key());
    options.database = place.database().map(|url| url.parse().unwrap());
    let store = Store::open(&place.data(), options).unwrap();
    store.verify_log().unwrap();
    let entries = check_entries(&store);
    println!("{entries} entries are there as the log says");
    assert!(entries > 0);
    store.verify_decisions(|| ()).unwrap();
    assert_eq!(store.remove_orphans().unwrap(), 0, "no blob without a row");
    let (mut posts, mut before) = (HashSet::new(), None);
    loop {
        let page = store.items(None, before, 1_000).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        for item in page {
            assert!(
                posts.insert(item.external_id.clone()),
                "{:?} is there twice",
                item.external_id
            );
            assert!(
                store.copy_blob(&item.sha256, &mut Vec::new()).unwrap(),
                "its bytes are missing"
            );
        }
    }
    assert!(posts.len() >= acknowledged.len());
    // Posts whose answer did not come may be there too, at most one of each client at a time.
    assert!(posts.len() as u64 <= acknowledged.len() as u64 + CLIENTS * cycles);
}
