//! The forms of the console that change how the service works: keys and webhooks made and ended, who has reported read with a
//! reason; the state of what is connected; and appeals in the shape of Coop.

use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::console::{first, group, person, submit};
use crate::pictures::png;
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::{Client, Server};

fn log(admin: &Client) -> Vec<Value> {
    let log = admin.get("/v1/log?limit=1000").expect(200);
    log["items"].as_array().unwrap().clone()
}

pub(crate) fn kinds(admin: &Client, kind: &str) -> usize {
    log(admin).iter().filter(|it| it["kind"] == kind).count()
}

#[test]
fn keys_are_made_and_ended_by_a_form_as_by_the_api() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    key.post("/v1/banks", json!({"name": "known"})).expect(201);
    let mut admin = first(&server);
    let fields = [
        ("name", "forum bot"),
        ("source", "forum"),
        ("person", ""),
        ("scope", "submit"),
        ("scope", "look_up"),
        ("trust", "middle"),
        ("banks", "known"),
        ("addresses", "127.0.0.0/8, ::1"),
        ("rate", "50"),
        ("days", "30"),
    ];
    let page = admin.post("/console/keys", &fields).is(200);
    let secret = page
        .between("<p class=\"secret\"><code dir=\"ltr\">", "</code>")
        .unwrap();
    let made = server.client(secret.clone());
    made.bytes("/v1/items?external_id=a", &png(1)).expect(202);
    made.get("/v1/keys").expect(403);
    let kept = key.get("/v1/keys").expect(200)["items"][1].clone();
    for (field, expected) in [
        ("name", json!("forum bot")),
        ("source", json!("forum")),
        ("scopes", json!(["submit", "look_up"])),
        ("trust", json!("middle")),
        ("banks", json!(["known"])),
        ("addresses", json!(["127.0.0.0/8", "::1"])),
        ("rate", json!(50)),
    ] {
        assert_eq!(kept[field], expected, "{kept}");
    }
    assert!(kept["expires"].is_string(), "{kept}");
    // It is shown this once, and kept as a digest alone.
    assert!(!admin.get("/console/keys").is(200).text.contains(&secret));
    let made_by = log(&key)
        .into_iter()
        .rfind(|it| it["kind"] == "key_created")
        .unwrap();
    assert!(made_by.to_string().contains("person:1") && !made_by.to_string().contains(&secret));

    for (name, value, said) in [
        ("scope", "", "can do nothing"),
        ("scope", "everything", "everything"),
        ("addresses", "near", "neither an address"),
        ("rate", "0", "can do nothing"),
        ("days", "0", "not between"),
    ] {
        let mut wrong: Vec<(&str, &str)> = fields.into_iter().filter(|(field, _)| *field != name).collect();
        if !value.is_empty() {
            wrong.push((name, value));
        }
        let page = admin.post("/console/keys", &wrong).is(400);
        assert!(page.text.contains(said), "{name}: {}", page.text);
        assert!(
            page.text.contains("value=\"forum bot\""),
            "what was typed stays: {}",
            page.text
        );
    }
    admin.post("/console/keys/2/revoke", &[]).is(303);
    made.get("/v1/items").expect(401);
    assert_eq!((kinds(&key, "key_created"), kinds(&key, "key_revoked")), (2, 1));
}

#[test]
fn webhooks_are_made_tried_out_and_removed_and_one_that_fails_is_red() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--webhook-network", "127.0.0.0/8"]);
    let key = server.administrator();
    let mut admin = first(&server);
    let receiver = Receiver::willing();
    let private = [("url", "http://10.1.2.3/"), ("event", "item.match")];
    let page = admin.post("/console/webhooks", &private).is(400);
    assert!(page.text.contains("value=\"http://10.1.2.3/\""), "{}", page.text);
    admin
        .post("/console/webhooks", &[("url", &*receiver.url())])
        .is(400);
    let url = receiver.url();
    let fields = [
        ("url", &*url),
        ("source", ""),
        ("event", "item.match"),
        ("event", "item.no_match"),
    ];
    let page = admin.post("/console/webhooks", &fields).is(200);
    let secret = page
        .between("<p class=\"secret\"><code dir=\"ltr\">", "</code>")
        .unwrap();
    assert!(secret.starts_with("whsec_"), "{secret}");
    assert!(
        !admin.get("/console/connectors").is(200).text.contains(&secret),
        "once"
    );
    let kept = key.get("/v1/webhooks").expect(200)["items"][0].clone();
    assert_eq!(kept["events"], json!(["item.match", "item.no_match"]), "{kept}");
    assert_eq!(kinds(&key, "webhook_created"), 1);
    let page = admin.get("/console/connectors").is(200);
    assert!(
        page.text.contains("In order") && page.text.contains("Nothing came yet"),
        "{}",
        page.text
    );

    admin.post("/console/webhooks/1/test", &[]).is(303);
    receiver.wait_for(1);
    assert_eq!(receiver.got()[0].json()["type"], "webhook.test");
    submit(&key, "", &png(1));
    let until = |what: &str, admin: &mut Browser| {
        let begun = Instant::now();
        loop {
            let page = admin.get("/console/connectors").is(200);
            if page.text.contains(what) {
                return page;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {}", page.text);
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    let states = admin.get("/console/connectors/webhooks.csv").is(200).text;
    assert!(states.contains("\"In order\""), "{states}");
    // One that nobody answers at.
    let deaf = [("url", "http://127.0.0.1:9/"), ("event", "item.no_match")];
    admin.post("/console/webhooks", &deaf).is(200);
    submit(&key, "", &png(2));
    let page = until("⚑ Failing since", &mut admin);
    assert!(!page.text.contains("Nothing came yet"), "{}", page.text);
    admin.post("/console/webhooks/2/remove", &[]).is(303);
    admin.post("/console/webhooks/2/test", &[]).is(404);
    until("Removed", &mut admin);
    assert_eq!(kinds(&key, "webhook_removed"), 1);
    for table in ["sources", "webhooks", "exchanges"] {
        let file = admin.get(&format!("/console/connectors/{table}.csv")).is(200);
        assert!(file.headers["content-type"].starts_with("text/csv"));
    }
}

#[test]
fn who_reported_is_read_with_a_reason_by_whoever_may_and_never_beside_the_case() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    let item = submit(&key, "", &png(1));
    let report = json!({
        "item": item, "category": "terrorism", "words": "look at it",
        "reporter": {"name": "Zenobia <Quill>", "email": "zenobia@quill.example"},
    });
    let report = key.post("/v1/reports", report).expect(201)["report"].to_string();
    let mut admin = first(&server);
    for role in Role::ALL.iter().filter(|role| **role != Role::Administrator) {
        let mut other = person(&server, &mut admin, &format!("a {role}"), Grant::whole(*role));
        other.get("/console/reporters").is(403);
        let fields = [("report", report.as_str()), ("reason", "curious")];
        other.post("/console/reporters", &fields).is(403);
    }
    // Without a reason nothing is read, and nothing is noted.
    admin.get("/console/reporters").is(200);
    for (report, reason, status) in [
        (&*report, " ", 400),
        ("x", "they asked", 400),
        ("999", "they asked", 404),
    ] {
        let page = admin
            .post("/console/reporters", &[("report", report), ("reason", reason)])
            .is(status);
        assert!(!page.text.contains("zenobia@"), "{}", page.text);
    }
    assert_eq!(kinds(&key, "reporter_read"), 0);
    let fields = [("report", report.as_str()), ("reason", "they asked us to answer")];
    let page = admin.post("/console/reporters", &fields).is(200);
    assert!(page.text.contains("zenobia@quill.example") && page.text.contains("Zenobia &lt;Quill&gt;"));
    let noted = log(&key)
        .into_iter()
        .find(|it| it["kind"] == "reporter_read")
        .unwrap()
        .to_string();
    assert!(
        noted.contains("they asked us to answer") && noted.contains("person:1"),
        "{noted}"
    );
    assert!(!noted.contains("zenobia"), "{noted}");
    assert_eq!(page.headers["cache-control"], "no-store");
    // The totals count the report.
    let file = admin.get("/console/overview/reported.csv").is(200).text;
    assert!(file.contains(",\"1\",\"1\""), "{file}");
}

#[test]
fn an_appeal_comes_in_the_shape_of_coop() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--review-undo", "0"]);
    let key = server.administrator();
    let coop = key.with_key(json!({"name": "forum", "source": "forum", "scopes": ["submit"]}));
    let item = json!({"id": "1", "typeId": "post", "data": {"text": "the league meets on Sunday"}});
    let report = json!({
        "reporter": {"kind": "user", "typeId": "user", "id": "7"},
        "reportedAt": "2026-11-25T00:00:00Z", "reportedItem": item,
    });
    coop.post("/api/v1/report", report).expect(201);
    let appeal = |id: &str, at: &str| {
        json!({
            "appealId": "appeal-9", "appealedBy": {"typeId": "user", "id": "author-who-appeals"}, "appealedAt": at,
            "actionedItem": {"id": id, "typeId": "post", "data": {}}, "actionsTaken": ["remove"],
            "appealReason": "it is our own club", "violatingPolicies": [{"id": "rule-3"}],
        })
    };
    let now = "2026-11-26T00:00:00Z";
    let refused = coop.post("/api/v1/report/appeal", appeal("1", now));
    assert_eq!(refused.status, 404, "nothing was decided: {refused:?}");
    assert_eq!(refused.json()["errors"][0]["status"], 404);
    let mut admin = first(&server);
    let since = Instant::now();
    let case = loop {
        let queue = admin.get("/console/queue").is(200);
        if let Some(case) = queue.between("href=\"/console/cases/", "\"") {
            break case;
        }
        assert!(since.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    };
    let sha256 = group(&admin.get(&format!("/console/cases/{case}")).is(200));
    let removal = [
        ("sha256", sha256.as_str()),
        ("outcome", "violating"),
        ("action", "remove"),
        ("clause", "rules#tvec.known"),
    ];
    admin
        .post(&format!("/console/cases/{case}/decide"), &removal)
        .is(303);
    let since = Instant::now();
    while coop.post("/api/v1/report/appeal", appeal("1", now)).status != 204 {
        assert!(
            since.elapsed() < Duration::from_secs(60),
            "the decision takes effect"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    // Sent once more it is the same one.
    assert_eq!(coop.post("/api/v1/report/appeal", appeal("1", now)).status, 204);
    assert_eq!(
        coop.post("/api/v1/report/appeal", appeal("1", "yesterday"))
            .status,
        400
    );
    let other = key.with_key(json!({"name": "other", "source": "other", "scopes": ["submit"]}));
    assert_eq!(
        other.post("/api/v1/report/appeal", appeal("1", now)).status,
        404,
        "another's item"
    );
    assert_eq!(
        server
            .anonymous()
            .post("/api/v1/report/appeal", appeal("1", now))
            .status,
        401
    );
    let kept = key.get("/v1/appeals").expect(200);
    assert_eq!(kept["items"].as_array().unwrap().len(), 1, "{kept}");
    assert_eq!(kept["items"][0]["words"], "it is our own club\nrule-3\nappeal-9");
    assert!(!kept.to_string().contains("author-who-appeals"), "{kept}");
    assert!(
        admin
            .get("/console/appeals")
            .is(200)
            .text
            .contains("it is our own club")
    );
}
