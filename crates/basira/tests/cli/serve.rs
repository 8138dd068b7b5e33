//! The service as a platform uses it: the real program over real sockets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::Place;
use crate::server::{Client, Server};

fn with_picture(admin: &Client, bank: &str, picture: u64) -> i64 {
    admin.post("/v1/banks", json!({"name": bank})).expect(201);
    let added = admin.bytes(&format!("/v1/banks/{bank}/media?labels=league"), &png(picture));
    added.expect(201)["entry"].as_i64().unwrap()
}

#[test]
fn an_upload_gets_a_receipt_and_then_its_verdict() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    let entry = with_picture(&admin, "known", 1);
    let copy = encode::jpeg(&photo(1), 80);

    // The three forms of one item.
    let raw = admin
        .bytes(
            "/v1/items?external_id=post-1&language=ar&visibility=public",
            &copy,
        )
        .expect(202);
    let found = admin.finished(raw["item"].as_str().unwrap());
    assert_eq!(found["result"]["verdict"], "match");
    assert_eq!(found["result"]["matches"][0]["entry"], entry);
    assert_eq!(found["result"]["matches"][0]["bank"], "known");
    assert_eq!(
        found["context"],
        json!({"language": "ar", "visibility": "public"})
    );
    assert_eq!(found["bytes"], copy.len());
    let again = admin.post(
        "/v1/items",
        json!({"content": STANDARD.encode(&copy), "external_id": "post-1", "context": {"language": "ar"}}),
    );
    assert_eq!(
        again.expect(202)["item"],
        raw["item"],
        "the same source, name and bytes"
    );
    let boundary = "----x";
    let mut form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"item\"\r\n\r\n{{\"external_id\":\"post-2\"}}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
    )
    .into_bytes();
    form.extend(&copy);
    form.extend(format!("\r\n--{boundary}--\r\n").bytes());
    let kind = format!("multipart/form-data; boundary={boundary}");
    let third = admin
        .send("POST", "/v1/items", &[("content-type", &kind)], Some(&form))
        .expect(202);
    assert_ne!(
        third["item"], raw["item"],
        "the same bytes elsewhere are another item"
    );
    assert_eq!(third["sha256"], raw["sha256"]);
    // A form has the limit of an item, and not that of other bodies.
    let mut large = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n".to_vec();
    large.resize(large.len() + (5 << 20), b'.');
    large.extend(b"\r\n--x--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    let taken = admin.send("POST", "/v1/items", &kind, Some(&large)).expect(202);
    assert_eq!(taken["bytes"], 5 << 20);

    let scanned = admin.bytes("/v1/scan", &png(2)).expect(200);
    assert_eq!(
        (&scanned["verdict"], &scanned["matches"]),
        (&json!("no_match"), &json!([]))
    );
    let scanned = admin.bytes("/v1/scan?deadline_ms=60000", &copy).expect(200);
    assert_eq!(scanned["verdict"], "match");
    let broken = admin.bytes("/v1/scan", &copy[..copy.len() / 8]).expect(200);
    assert_eq!(broken["verdict"], "incomplete", "{broken}");

    let page = admin.get("/v1/items?limit=2").expect(200);
    let next = page["next"].as_str().unwrap();
    let rest = admin
        .get(&format!("/v1/items?limit=100&cursor={next}"))
        .expect(200);
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!((count(&page), count(&rest)), (2, 4));
    assert_eq!(rest["next"], Value::Null);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn what_was_added_is_found_by_the_next_request_and_what_was_removed_is_not() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    for number in 0..40_u32 {
        let value = format!("{number:08x}").repeat(8);
        let lookup = format!("/v1/lookup?type=pdq&value={value}&radius=0");
        let count = |answer: Value| answer["matches"].as_array().unwrap().len();
        assert_eq!(count(admin.get(&lookup).expect(200)), 0);
        let signals = json!({"signals": [{"type": "pdq", "value": value}]});
        let added = admin.post("/v1/banks/known/entries", signals).expect(201);
        assert_eq!(count(admin.get(&lookup).expect(200)), 1, "{number}");
        let entry = &added["entry"];
        match number % 4 {
            0 => drop(admin.delete(&format!("/v1/entries/{entry}")).expect(204)),
            1 => drop(
                admin
                    .patch(&format!("/v1/entries/{entry}"), json!({"trust": "revoked"}))
                    .expect(200),
            ),
            2 => drop(
                admin
                    .patch("/v1/banks/known", json!({"enabled": false}))
                    .expect(200),
            ),
            _ => continue,
        }
        assert_eq!(count(admin.get(&lookup).expect(200)), 0, "{number}");
        admin
            .patch("/v1/banks/known", json!({"enabled": true}))
            .expect(200);
    }
    let sha256 = "ab".repeat(32);
    let signals = json!({"signals": [{"type": "sha256", "value": sha256}], "labels": ["chess"]});
    admin.post("/v1/banks/known/entries", signals).expect(201);
    let both = admin.post(
        "/v1/lookup",
        json!([{"type": "sha256", "value": sha256}, {"type": "md5", "value": "0".repeat(32)}]),
    );
    let both = both.expect(200);
    assert_eq!(both[0]["matches"][0]["labels"], json!(["chess"]));
    assert_eq!(both[1]["matches"], json!([]));
    // Every change is in the log, in order.
    let log = admin.get("/v1/log?limit=1000").expect(200);
    let kinds: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        &kinds[..4],
        ["key_created", "person_invited", "bank_created", "entry_added"]
    );
    assert_eq!(kinds.iter().filter(|kind| **kind == "entry_added").count(), 41);
    assert_eq!(kinds.iter().filter(|kind| **kind == "entry_removed").count(), 10);
}

#[test]
fn a_key_may_do_what_its_scopes_say_and_sees_what_is_its_own() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    with_picture(&admin, "one", 1);
    with_picture(&admin, "two", 2);
    let low = admin.with_key(json!({"name": "bot", "scopes": ["submit", "look_up"], "trust": "low"}));
    let middle = admin.with_key(json!({"name": "forum", "scopes": ["submit", "look_up"], "trust": "middle"}));
    let full = admin.with_key(json!({"name": "chat", "scopes": ["submit", "look_up"], "banks": ["one"]}));
    let copy = |picture| encode::jpeg(&photo(picture), 80);

    let receipt = low.bytes("/v1/items", &copy(1)).expect(202);
    let clean = low.bytes("/v1/items", &png(3)).expect(202);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&receipt),
        names(&clean),
        "the same answer for what matches and what does not"
    );
    let item = receipt["item"].as_str().unwrap();
    low.get(&format!("/v1/items/{item}")).problem(403, "not-allowed");
    low.get("/v1/items").problem(403, "not-allowed");
    low.bytes("/v1/scan", &copy(1)).problem(403, "not-allowed");
    low.bytes("/v1/hash", &copy(1)).problem(403, "not-allowed");
    low.get(&format!("/v1/lookup?type=md5&value={}", "0".repeat(32)))
        .problem(403, "not-allowed");
    // Another's item is not there, like one that never was.
    middle.get(&format!("/v1/items/{item}")).problem(404, "not-found");
    middle
        .get(&format!("/v1/items/{}", "0".repeat(32)))
        .problem(404, "not-found");
    assert_eq!(admin.finished(item)["source"], "bot");

    let seen = middle.bytes("/v1/scan", &copy(1)).expect(200);
    let found = &seen["matches"][0];
    assert_eq!(
        (
            &seen["verdict"],
            &found["bank"],
            &found["distance"],
            &found["method"]
        ),
        (&json!("match"), &Value::Null, &Value::Null, &Value::Null)
    );
    let seen = full.bytes("/v1/scan", &copy(1)).expect(200);
    assert_eq!(
        (&seen["verdict"], &seen["matches"][0]["bank"]),
        (&json!("match"), &json!("one"))
    );
    let seen = full.bytes("/v1/scan", &copy(2)).expect(200);
    assert_eq!(
        (&seen["verdict"], &seen["matches"]),
        (&json!("no_match"), &json!([])),
        "a bank that is not its own"
    );

    for (method, path) in [
        ("GET", "/v1/banks"),
        ("POST", "/v1/keys"),
        ("GET", "/v1/keys"),
        ("GET", "/v1/log"),
        ("GET", "/metrics"),
        ("DELETE", "/v1/entries/1"),
    ] {
        full.json(method, path, &json!({"name": "x", "scopes": ["submit"]}))
            .problem(403, "not-allowed");
    }
    let keys = admin.get("/v1/keys").expect(200);
    assert!(
        !keys.to_string().contains(full.key.as_ref().unwrap()),
        "a secret is shown once"
    );
    full.bytes("/v1/items", b"text").expect(202);
    admin.delete("/v1/keys/4").expect(204);
    full.bytes("/v1/items", b"text").problem(401, "no-key");
    let elsewhere = json!({"name": "elsewhere", "scopes": ["submit"], "addresses": ["10.0.0.0/8"]});
    admin
        .with_key(elsewhere)
        .bytes("/v1/items", b"text")
        .problem(401, "no-key");
    let slow = admin.with_key(json!({"name": "slow", "scopes": ["submit"], "rate": 1}));
    let statuses: Vec<u16> = (0..6).map(|_| slow.bytes("/v1/items", b"text").status).collect();
    assert_eq!((statuses[0], statuses[5]), (202, 429), "{statuses:?}");
}

#[test]
fn every_route_asks_for_a_key_but_health() {
    let place = Place::new();
    let server = Server::start(&place);
    let document = server.administrator().get("/v1/openapi.json").expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let path = path.replace(['{', '}'], "");
            let anonymous = server.anonymous().send(&method.to_uppercase(), &path, &[], None);
            let forged = server
                .client("basira_forged")
                .send(&method.to_uppercase(), &path, &[], None);
            if path.starts_with("/health/") {
                assert_eq!((anonymous.status, forged.status), (200, 200), "{path}");
                continue;
            }
            anonymous.problem(401, "no-key");
            forged.problem(401, "no-key");
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked} routes");
    server.anonymous().get("/v1/nothing").problem(404, "not-found");
}

#[test]
fn bad_requests_are_told_which_field_is_wrong() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let field = |answer: crate::server::Answer| answer.problem(400, "invalid-field");
    let submit = |body: Value| field(admin.post("/v1/items", body));
    assert_eq!(submit(json!({"content": "%%%"})), "content");
    assert_eq!(submit(json!({"content": "", "priority": 10})), "priority");
    assert_eq!(
        submit(json!({"content": "", "context": {"jurisdictions": ["france"]}})),
        "jurisdictions"
    );
    let private = admin.post(
        "/v1/items",
        json!({"content": "", "context": {"visibility": "private"}}),
    );
    assert!(private.text.contains("private"), "{private:?}");
    private.problem(400, "invalid-field");
    admin
        .bytes("/v1/items?visibility=private", b"x")
        .problem(400, "invalid-field");
    admin
        .bytes("/v1/items?unknown=1", b"x")
        .problem(400, "invalid-field");
    let reused = |body: &[u8]| admin.send("POST", "/v1/items", &[("idempotency-key", "k")], Some(body));
    let first = reused(b"a").expect(202);
    assert_eq!(reused(b"a").expect(202)["item"], first["item"]);
    reused(b"b").problem(409, "conflict");
    let long = "k".repeat(256);
    let answer = admin.send("POST", "/v1/items", &[("idempotency-key", &long)], Some(b"x"));
    assert_eq!(field(answer), "Idempotency-Key");

    let add = |body: Value| field(admin.post("/v1/banks/known/entries", body));
    assert_eq!(
        add(json!({"signals": [{"type": "pdq", "value": "f8\n"}]})),
        "signals[0].value"
    );
    assert_eq!(
        add(json!({"signals": [{"type": "pdq", "value": format!("{}\n", "f8".repeat(32))}]})),
        "signals[0].value"
    );
    admin
        .post("/v1/banks/known/entries", json!({"signals": []}))
        .problem(400, "bad-request");
    admin
        .post(
            "/v1/banks/none/entries",
            json!({"signals": [{"type": "md5", "value": "0".repeat(32)}]}),
        )
        .problem(404, "not-found");
    admin
        .post("/v1/banks", json!({"name": "known"}))
        .problem(409, "conflict");
    assert_eq!(field(admin.post("/v1/banks", json!({"name": "a b"}))), "name");
    let value = "0".repeat(64);
    for (query, want) in [
        (format!("type=pdq&value={value}&radius=32"), "radius"),
        (format!("type=pdq&value={value}&limit=0"), "limit"),
        ("type=pdq&value=0".to_owned(), "value"),
        (format!("type=none&value={value}"), "query"),
    ] {
        assert_eq!(field(admin.get(&format!("/v1/lookup?{query}"))), want);
    }
    admin
        .send(
            "POST",
            "/v1/banks",
            &[("content-type", "text/plain")],
            Some(b"{}"),
        )
        .problem(415, "unsupported-type");
    admin
        .send(
            "POST",
            "/v1/banks",
            &[("content-type", "application/json")],
            Some(b"{"),
        )
        .problem(400, "bad-request");
    admin.send("PUT", "/v1/banks", &[], None).problem(405, "method");
    assert_eq!(field(admin.get("/v1/items?limit=1001")), "limit");
    assert_eq!(field(admin.get("/v1/items?cursor=x")), "cursor");
    let place = Place::new();
    let small = Server::start_with(&place, &["--max-mebibytes", "1"]);
    let large = vec![0; (1 << 20) + 1];
    small
        .administrator()
        .bytes("/v1/items", &large)
        .problem(413, "too-large");
    small.administrator().bytes("/v1/items", &large[1..]).expect(202);
}

#[test]
fn a_second_service_is_told_who_is_there() {
    let place = Place::new();
    let server = Server::start(&place);
    let said = place.go("serve --listen 127.0.0.1:0").ends(2);
    assert!(said.err.contains(&server.pid().to_string()), "{}", said.err);
    // The first one still has its socket.
    place.go("bank create other").ends(0);
    place.go("bank list").ends(0).prints("other");
}

#[test]
fn an_entry_that_comes_later_is_looked_for_in_what_was_seen() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let copy = encode::jpeg(&photo(1), 80);
    let seen = |name: &str, bytes: &[u8]| {
        let taken = admin
            .bytes(&format!("/v1/items?external_id={name}"), bytes)
            .expect(202);
        let item = taken["item"].as_str().unwrap().to_owned();
        assert_eq!(admin.finished(&item)["result"]["verdict"], "no_match");
        item
    };
    let items = [seen("a", &copy), seen("b", &copy), seen("c", &png(1))];
    seen("other", &png(2));
    let text = seen("text", b"a list of games");
    let caught_up = |admin: &Client| {
        let begun = std::time::Instant::now();
        loop {
            let job = admin.get("/v1/jobs").expect(200)["look_back"].clone();
            if job["behind"] == 0 {
                return job;
            }
            assert!(begun.elapsed().as_secs() < 30, "{job}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    let near = |admin: &Client, entry: &Value| {
        let page = admin.get(&format!("/v1/entries/{entry}/items")).expect(200);
        let mut items: Vec<(String, String)> = page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|near| {
                let text = |field: &str| near[field].as_str().unwrap().to_owned();
                (text("item"), text("found"))
            })
            .collect();
        items.sort();
        items
    };
    let entry = admin.bytes("/v1/banks/known/media", &png(1)).expect(201)["entry"].clone();
    let job = caught_up(&admin);
    assert_eq!((&job["found"], &job["of"]), (&json!(3), &json!(4)), "{job}");
    let mut want: Vec<_> = items
        .iter()
        .map(|item| (item.clone(), "look_back".to_owned()))
        .collect();
    want.sort();
    assert_eq!(near(&admin, &entry), want);
    // It is no verdict: what was decided stays until a person decides otherwise.
    assert_eq!(admin.finished(&items[0])["result"]["verdict"], "no_match");
    // What comes after the entry is a match, and by a digest texts are found too.
    let later = admin.bytes("/v1/scan?external_id=later", &copy).expect(200);
    assert_eq!(later["verdict"], "match");
    assert!(near(&admin, &entry).contains(&(later["item"].as_str().unwrap().to_owned(), "match".to_owned())));
    let sha256 = admin.finished(&text)["sha256"].clone();
    let signals = json!({"signals": [{"type": "sha256", "value": sha256}]});
    let by_digest = admin.post("/v1/banks/known/entries", signals).expect(201)["entry"].clone();
    caught_up(&admin);
    assert_eq!(near(&admin, &by_digest), [(text, "look_back".to_owned())]);

    // What was added while the service was down is looked for when it is back.
    let key = server.key.clone().unwrap();
    server.kill();
    let number = place.add("known", [place.write("other.png", png(2))]);
    let server = Server::start(&place);
    let admin = server.client(key);
    caught_up(&admin);
    assert_eq!(near(&admin, &json!(number)).len(), 1);
}
