//! Webhooks, from an upload to the platform's confirmation: the real program over real sockets.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::{Checker, Receiver, Rejected, answer};
use crate::server::{Client, Server};

/// Lets webhooks lead to the receivers of these tests.
const LOOPBACK: [&str; 2] = ["--webhook-network", "127.0.0.0/8"];

fn webhook(admin: &Client, url: &str) -> (i64, String) {
    let made = admin.post("/v1/webhooks", json!({ "url": url })).expect(201);
    (
        made["webhook"].as_i64().unwrap(),
        made["secret"].as_str().unwrap().to_owned(),
    )
}

/// Submits bytes that are no file of any kind: they are finished at once, without decoding.
fn submit(admin: &Client, text: &str) -> String {
    let taken = admin.bytes("/v1/items", text.as_bytes()).expect(202);
    taken["item"].as_str().unwrap().to_owned()
}

/// Waits until the newest delivery is as it should be.
#[track_caller]
fn delivery(admin: &Client, is: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let page = admin.get("/v1/deliveries").expect(200);
        let found = page["items"][0].clone();
        if is(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{page}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn in_state(state: &str) -> impl Fn(&Value) -> bool {
    move |found| found["state"] == state
}

#[test]
fn an_item_is_told_once_signed_and_red_until_it_is_confirmed() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let receiver = Receiver::willing();
    let (id, secret) = webhook(&admin, &receiver.url());
    let mut checker = Checker::new(&secret);
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let entry = admin.bytes("/v1/banks/known/media", &png(1)).expect(201)["entry"].clone();
    let copy = encode::jpeg(&photo(1), 80);
    let bot = admin.with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit"], "trust": "low"}));
    let taken = bot.bytes("/v1/items?external_id=post-1", &copy).expect(202);

    let first = receiver.wait_for(1).remove(0);
    assert_eq!(checker.check(&first), Ok(()));
    assert_eq!(first.header("content-type"), "application/json");
    let told = first.json();
    assert_eq!(told["id"], first.id());
    assert_eq!(told["type"], "item.match");
    assert_eq!(told["data"]["item"], taken["item"]);
    assert_eq!(told["data"]["external_id"], "post-1");
    assert_eq!(told["data"]["source"], "forum");
    assert_eq!(told["data"]["sha256"], taken["sha256"]);
    let found = &told["data"]["result"]["matches"][0];
    assert_eq!(
        (&found["bank"], &found["entry"]),
        (&json!("known"), &entry),
        "{told}"
    );

    // A receiver that checks is not deceived.
    let mut altered = first.clone();
    altered.body[20] ^= 1;
    assert_eq!(Checker::new(&secret).check(&altered), Err(Rejected::Signature));
    let mut late = first.clone();
    for (name, value) in &mut late.headers {
        if name == "webhook-timestamp" {
            *value = (value.parse::<u64>().unwrap() - 301).to_string();
        }
    }
    assert_eq!(
        Checker::new(&secret).check(&late),
        Err(Rejected::Signature),
        "the time is signed too"
    );
    assert_eq!(checker.check(&first), Err(Rejected::Duplicate));
    assert_eq!(
        Checker::new(&format!("whsec_{}=", "A".repeat(43))).check(&first),
        Err(Rejected::Signature)
    );

    // It stays red until the platform says that it has acted.
    let delivered = delivery(&admin, in_state("delivered"));
    assert_eq!(
        (&delivered["red"], &delivered["last_status"]),
        (&json!(true), &json!(204))
    );
    let red = admin.get("/v1/deliveries?state=red").expect(200);
    assert_eq!(red["items"][0]["delivery"], first.id());
    let metrics = admin.get("/metrics").text;
    assert!(metrics.contains("basira_deliveries_unconfirmed 1"), "{metrics}");
    let other = admin.with_key(json!({"name": "other", "scopes": ["submit"]}));
    let confirm = format!("/v1/deliveries/{}/confirm", first.id());
    other.post(&confirm, json!({})).problem(404, "not-found");
    bot.post(&confirm, json!({})).expect(204);
    let confirmed = delivery(&admin, in_state("confirmed"));
    assert_eq!(
        (&confirmed["red"], &confirmed["confirmed_by"]),
        (&json!(false), &json!("bot"))
    );
    assert_eq!(
        admin.get("/v1/deliveries?state=red").expect(200)["items"],
        json!([])
    );

    // The same item again is told no second time; other items are, once each.
    bot.bytes("/v1/items?external_id=post-1", &copy).expect(202);
    for number in 0..20 {
        submit(&admin, &format!("no file {number}"));
    }
    let mut ids: Vec<String> = receiver
        .wait_for(21)
        .iter()
        .map(|it| it.id().to_owned())
        .collect();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(receiver.got().len(), 21);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 21);
    for request in &receiver.got()[1..] {
        assert_eq!(checker.check(request), Ok(()));
    }

    // Asked for, the same event comes again.
    let replay = format!("/v1/deliveries/{}/replay", first.id());
    admin.post(&replay, json!({})).expect(202);
    let again = receiver.wait_for(22).remove(21);
    assert_eq!((again.id(), &again.body), (first.id(), &first.body));
    assert_eq!(checker.check(&again), Err(Rejected::Duplicate));

    admin.delete(&format!("/v1/webhooks/{id}")).expect(204);
    admin.finished(&submit(&admin, "after it was removed"));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(receiver.got().len(), 22);
    let log = admin.get("/v1/log?limit=1000").expect(200).to_string();
    for kind in ["webhook_created", "webhook_removed", "delivery_replayed"] {
        assert!(log.contains(kind), "{kind}");
    }
    assert_eq!(server.stop(), Some(0));
    // The secret is nowhere in the clear, in no form.
    let bytes = base64::Engine::decode(
        &base64::engine::general_purpose::STANDARD,
        secret.strip_prefix("whsec_").unwrap(),
    )
    .unwrap();
    for file in std::fs::read_dir(place.data()).unwrap() {
        let path = file.unwrap().path();
        let Ok(stored) = std::fs::read(&path) else {
            continue;
        };
        for needle in [secret.as_bytes(), &secret.as_bytes()[6..], &bytes] {
            let found = stored.windows(needle.len()).any(|part| part == needle);
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_late_request_is_refused_by_a_receiver_that_checks() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let receiver = Receiver::willing();
    let (id, secret) = webhook(&admin, &receiver.url());
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let request = receiver.wait_for(1).remove(0);
    assert_eq!(request.json()["type"], "webhook.test");
    assert_eq!(Checker::new(&secret).check(&request), Ok(()));
    // The same, truly signed an hour ago.
    let mut late = request.clone();
    let then = request.header("webhook-timestamp").parse::<u64>().unwrap() - 3_600;
    let signature = Checker::new(&secret).sign(request.id(), then, &request.body);
    for (name, value) in &mut late.headers {
        match name.as_str() {
            "webhook-timestamp" => *value = then.to_string(),
            "webhook-signature" => value.clone_from(&signature),
            _ => {}
        }
    }
    assert_eq!(Checker::new(&secret).check(&late), Err(Rejected::Late));
}

#[test]
fn what_failed_is_sent_again_as_the_same_event_and_an_answer_may_confirm() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let receiver = Receiver::new(|number, _| match number {
        0 => answer(500, "{\"confirmed\":true}"),
        _ => answer(200, "{\"confirmed\": true}"),
    });
    let (_, secret) = webhook(&admin, &receiver.url());
    submit(&admin, "no file");
    let failed = delivery(&admin, |found| found["attempts"] == 1);
    assert_eq!(
        (&failed["state"], &failed["last_status"]),
        (&json!("waiting"), &json!(500))
    );
    assert_eq!(failed["last_error"], "it answered 500");
    let got = receiver.wait_for(2);
    assert_eq!(got[0].id(), got[1].id());
    assert_eq!(got[0].body, got[1].body);
    let pause = got[1].at - got[0].at;
    assert!((3_700..9_000).contains(&pause.as_millis()), "{pause:?}");
    let mut checker = Checker::new(&secret);
    assert_eq!(checker.check(&got[1]), Ok(()));
    let confirmed = delivery(&admin, in_state("confirmed"));
    assert_eq!(confirmed["confirmed_by"], "answer");
    assert_eq!(confirmed["attempts"], 2);
}

#[test]
fn what_a_receiver_that_is_down_has_missed_comes_after_the_server_was_killed() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let (_, secret) = webhook(&admin, &format!("http://127.0.0.1:{port}/hook"));
    submit(&admin, "no file");
    let failed = delivery(&admin, |found| found["attempts"] == 1);
    assert_eq!(failed["state"], "waiting", "{failed}");
    let key = server.key.clone().unwrap();
    server.kill();
    let receiver = Receiver::on(
        TcpListener::bind(("127.0.0.1", port)).unwrap(),
        Box::new(|_, _| answer(200, "")),
    );
    let server = Server::start_with(&place, &LOOPBACK);
    let got = receiver.wait_for(1);
    assert_eq!(Checker::new(&secret).check(&got[0]), Ok(()));
    assert_eq!(got[0].id(), failed["delivery"]);
    delivery(&server.client(key), in_state("delivered"));
}

#[test]
fn what_was_sent_and_not_noted_is_sent_again_as_the_same_event() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    // The first answer never comes: the server is killed while it waits for it.
    let receiver = Receiver::new(|number, _| {
        if number == 0 {
            std::thread::sleep(Duration::from_secs(30));
        }
        answer(200, "")
    });
    webhook(&admin, &receiver.url());
    submit(&admin, "no file");
    receiver.wait_for(1);
    let key = server.key.clone().unwrap();
    server.kill();
    let server = Server::start_with(&place, &LOOPBACK);
    let got = receiver.wait_for(2);
    assert_eq!(got[0].id(), got[1].id());
    delivery(&server.client(key), in_state("delivered"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_slow_receiver_keeps_nobody_waiting() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let slow = Receiver::new(|_, _| {
        std::thread::sleep(Duration::from_secs(60));
        answer(200, "")
    });
    let quick = Receiver::willing();
    webhook(&admin, &slow.url());
    webhook(&admin, &quick.url());
    let begun = Instant::now();
    for number in 0..20 {
        submit(&admin, &format!("no file {number}"));
    }
    quick.wait_for(20);
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
    assert!(slow.got().len() <= 4, "{}", slow.got().len());
    // Nor does it keep the program from stopping.
    let begun = Instant::now();
    assert_eq!(server.stop(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[test]
fn after_seventy_two_hours_it_is_put_aside_and_seen() {
    let place = Place::new();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let receiver = Receiver::new(|number, _| answer(if number < 2 { 503 } else { 200 }, ""));
    webhook(&admin, &receiver.url());
    submit(&admin, "no file");
    delivery(&admin, |found| found["attempts"] == 1);
    let key = server.key.clone().unwrap();
    assert_eq!(server.stop(), Some(0));
    // As if it had begun seventy-two hours before, and been tried all that time.
    let aged = 72 * 3_600 * 1_000_000_i64;
    let sql = format!(
        "UPDATE delivery SET begun_at = begun_at - {aged}, next_at = next_at - {aged}, attempts = 19"
    );
    assert_eq!(place.alter(&sql), 1);
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.client(key);
    let aside = delivery(&admin, in_state("aside"));
    assert_eq!((&aside["red"], &aside["attempts"]), (&json!(true), &json!(20)));
    assert_eq!(
        admin.get("/v1/deliveries?state=red").expect(200)["items"][0],
        aside
    );
    let metrics = admin.get("/metrics").text;
    assert!(metrics.contains("basira_deliveries_aside 1"), "{metrics}");
    assert!(metrics.contains("basira_deliveries_waiting 0"), "{metrics}");
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(receiver.got().len(), 2, "given up");
    let replay = format!("/v1/deliveries/{}/replay", aside["delivery"].as_str().unwrap());
    admin.post(&replay, json!({})).expect(202);
    delivery(&admin, in_state("delivered"));
    assert_eq!(receiver.got().len(), 3);
}

#[test]
fn nothing_leads_to_loopback_unless_the_operator_says_so() {
    let place = Place::new();
    let hidden = Receiver::willing();
    let server = Server::start(&place);
    let admin = server.administrator();
    for url in [
        hidden.url(),
        format!("http://[::1]:{}/", hidden.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", hidden.port()),
        format!("http://0.0.0.0:{}/", hidden.port()),
        format!("http://2130706433:{}/", hidden.port()),
        format!("http://127.1:{}/", hidden.port()),
        format!("http://user@127.0.0.1:{}/", hidden.port()),
        "ftp://example.com/".to_owned(),
    ] {
        let refused = admin.post("/v1/webhooks", json!({ "url": url }));
        assert_eq!(refused.problem(400, "invalid-field"), "url", "{url}");
    }
    // A name is seen through when it is resolved.
    let (id, _) = webhook(&admin, &format!("http://localhost:{}/", hidden.port()));
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let refused = delivery(&admin, |found| found["attempts"] == 1);
    let why = refused["last_error"].as_str().unwrap();
    assert!(why.contains("no public address"), "{why}");
    // What came into the database otherwise is not sent either.
    let key = server.key.clone().unwrap();
    assert_eq!(server.stop(), Some(0));
    let sql = format!("UPDATE webhook SET url = '{}'", hidden.url());
    assert_eq!(place.alter(&sql), 1);
    let server = Server::start(&place);
    let admin = server.client(key.clone());
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let refused = delivery(&admin, |found| found["attempts"] == 1);
    let why = refused["last_error"].as_str().unwrap();
    assert!(why.contains("127.0.0.1 is no public address"), "{why}");
    assert_eq!(server.stop(), Some(0));
    assert_eq!(hidden.connections(), 0);

    // A redirect is not followed, wherever it leads.
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.client(key);
    admin.delete(&format!("/v1/webhooks/{id}")).expect(204);
    let location = hidden.url();
    let redirecting = Receiver::new(move |_, _| {
        format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
    });
    let (id, _) = webhook(&admin, &redirecting.url());
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let refused = delivery(&admin, |found| found["attempts"] == 1);
    assert_eq!(refused["last_status"], 302);
    assert!(refused["last_error"].as_str().unwrap().contains("redirect"));
    assert_eq!((redirecting.connections(), hidden.connections()), (1, 0));
}

#[test]
fn nothing_is_sent_unsigned_or_to_whom_the_certificate_does_not_name() {
    let place = Place::new();
    let receiver = Receiver::willing();
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.administrator();
    let (id, _) = webhook(&admin, &receiver.url());
    let key = server.key.clone().unwrap();
    assert_eq!(server.stop(), Some(0));
    // What was sealed for another place.
    place.alter("UPDATE webhook SET secret = (SELECT value FROM meta WHERE name = 'key_check')");
    let server = Server::start_with(&place, &LOOPBACK);
    let admin = server.client(key);
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let refused = delivery(&admin, |found| found["attempts"] == 1);
    assert_eq!(refused["state"], "waiting");
    let why = refused["last_error"].as_str().unwrap();
    assert!(why.contains("nothing is sent unsigned"), "{why}");
    assert_eq!(receiver.connections(), 0);

    // What does not speak TLS gets nothing that was meant for one that does.
    let url = receiver.url().replace("http:", "https:");
    let (id, _) = webhook(&admin, &url);
    admin
        .post(&format!("/v1/webhooks/{id}/test"), json!({}))
        .expect(202);
    let refused = delivery(&admin, |found| found["webhook"] == id && found["attempts"] == 1);
    assert!(refused["last_error"].is_string(), "{refused}");
    assert_eq!(receiver.got().len(), 0);
}

#[test]
fn what_is_wrong_with_a_webhook_is_said_and_keys_without_the_scope_are_refused() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    let url = "https://example.com/hook";
    for (body, field) in [
        (json!({}), Value::Null),
        (json!({"url": url, "events": []}), json!("events")),
        (json!({"url": url, "events": ["webhook.test"]}), json!("events")),
        (json!({"url": url, "events": ["item.seen"]}), json!("events[0]")),
        (json!({"url": url, "source": ""}), json!("source")),
    ] {
        let refused = admin.post("/v1/webhooks", body.clone());
        assert_eq!(refused.status, 400, "{body}");
        assert_eq!(refused.json()["field"], field, "{body}");
    }
    admin
        .get("/v1/deliveries?state=gone")
        .problem(400, "invalid-field");
    admin.get("/v1/deliveries?limit=0").problem(400, "invalid-field");
    admin.delete("/v1/webhooks/9").problem(404, "not-found");
    let event = format!("/v1/deliveries/evt_{}", "0".repeat(32));
    for path in [
        "/v1/webhooks/9/test".to_owned(),
        "/v1/webhooks/x/test".to_owned(),
        "/v1/deliveries/x/replay".to_owned(),
        format!("{event}/replay"),
        format!("{event}/confirm"),
    ] {
        admin.post(&path, json!({})).problem(404, "not-found");
    }
    let other = admin.with_key(json!({"name": "bot", "scopes": ["look_up", "curate", "metrics"]}));
    other.get("/v1/webhooks").problem(403, "not-allowed");
    other.get("/v1/deliveries").problem(403, "not-allowed");
    other
        .post("/v1/webhooks", json!({"url": url}))
        .problem(403, "not-allowed");
    other
        .post(&format!("{event}/confirm"), json!({}))
        .problem(403, "not-allowed");
    other
        .post(&format!("{event}/replay"), json!({}))
        .problem(403, "not-allowed");
    let made = admin.post("/v1/webhooks", json!({"url": url, "events": ["item.match"]}));
    let made = made.expect(201);
    let listed = admin.get("/v1/webhooks").expect(200);
    assert_eq!(listed["items"][0]["events"], json!(["item.match"]));
    assert_eq!(listed["items"][0].get("secret"), None);
    assert_eq!(listed["items"][0]["webhook"], made["webhook"]);
}
