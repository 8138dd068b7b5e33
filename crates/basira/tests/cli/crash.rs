//! A service that is killed at random moments, again and again, under load: whatever it has acknowledged is there, finished
//! once, and nothing is left lying about.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use store::{Access, Options, Store};

use crate::place::Place;
use crate::server::{Client, Server};

const CYCLES: u64 = 200;
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

#[test]
fn what_was_acknowledged_survives_two_hundred_kills() {
    let place = Place::new();
    let first = Server::start(&place);
    let key = first.key.clone().unwrap();
    first.kill();
    let acknowledged = Acknowledged::default();
    let mut next = [0; CLIENTS as usize];
    // A fixed sequence, so that a failure can be looked at again.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..CYCLES {
        let server = Server::start(&place);
        assert_eq!(server.key, None, "the key is made once");
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let pause = Duration::from_millis(10 + (random >> 33) % 240);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (number, next) in next.iter_mut().enumerate() {
                let (client, acknowledged, stop) = (server.client(&*key), &acknowledged, &stop);
                scope.spawn(move || {
                    post_until_killed(&client, &format!("c{number}"), next, acknowledged, stop)
                });
            }
            std::thread::sleep(pause);
            server.kill();
            stop.store(true, Ordering::Relaxed);
        });
    }
    let acknowledged = acknowledged.lock().unwrap();
    println!("{CYCLES} kills, {} posts acknowledged", acknowledged.len());
    assert!(
        acknowledged.len() as u64 > CYCLES,
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
    assert!(posts.len() as u64 <= acknowledged.len() as u64 + CLIENTS * CYCLES);
}
