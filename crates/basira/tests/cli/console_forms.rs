//! The forms of the console that change how the service works: policies written and handed in, keys and webhooks made and ended,
//! who has reported read with a reason; and the state of what is connected.

use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::{Value, json};
use testkit::encode;

use crate::browser::{Browser, Page};
use crate::console::{HOSTILE, first, group, is_harmless, person, submit, with_bank};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::{Client, Server};

/// What stands in the text of the page where policies are written, as it was before it was escaped.
fn text(page: &Page) -> String {
    let escaped = page
        .between("aria-describedby=\"text-about\">\n", "</textarea>")
        .unwrap();
    let codes = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    codes
        .iter()
        .fold(escaped, |text, (code, sign)| text.replace(code, sign))
}

fn log(admin: &Client) -> Vec<Value> {
    let log = admin.get("/v1/log?limit=1000").expect(200);
    log["items"].as_array().unwrap().clone()
}

fn kinds(admin: &Client, kind: &str) -> usize {
    log(admin).iter().filter(|it| it["kind"] == kind).count()
}

/// A server with an item that was near a banked picture, and a lead.
fn with_lead(place: &Place) -> (Server, Client, Browser, Browser, String) {
    let server = Server::start(place);
    let key = server.administrator();
    with_bank(&key);
    let item = submit(&key, "", &encode::jpeg(&photo(1), 80));
    let mut admin = first(&server);
    let lead = person(&server, &mut admin, "lena", Grant::whole(Role::PolicyLead));
    (server, key, admin, lead, item)
}

#[test]
fn a_policy_is_written_as_text_tried_and_handed_in_and_another_approves_it() {
    let place = Place::new();
    let (server, key, mut admin, mut lena, item) = with_lead(&place);
    let begun = text(&lena.get("/console/draft").is(200));
    assert!(begun.starts_with("schema = 1\n"), "{begun}");
    let work = |browser: &mut Browser, what: &str, text: &str, more: &[(&str, &str)]| {
        let own = [("do", what), ("text", text), ("name", "draft.toml")];
        let fields = [more, &own].concat();
        browser.post("/console/draft", &fields)
    };

    // What is wrong stands beside its line, with its code and what to do, as on the command line.
    let typo = begun.replace("m.distance", "m.distanse");
    let page = work(&mut lena, "check", &typo, &[]).is(200);
    for part in ["P102", "distanse", "distance", ">11:"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert_eq!(text(&page), typo, "what was typed stays");
    place.write("set/draft.toml", &typo);
    for reference in ["clauses.toml", "grounds.toml"] {
        let shipped = policy_file(reference);
        place.write(&format!("set/{reference}"), shipped);
    }
    place
        .go("policy check set")
        .ends(2)
        .prints("P102")
        .prints("draft.toml:11:");
    let page = work(&mut lena, "save", &typo, &[]).is(200);
    assert!(page.text.contains("P102"), "it is not handed in");
    assert_eq!(kinds(&key, "policy_written"), 0);

    // Formatted as by `basira policy fmt`; and browsers end lines in their own way.
    let crooked = begun.replace("schema = 1", "schema  =  1").replace('\n', "\r\n");
    let page = work(&mut lena, "format", &crooked, &[]).is(200);
    assert_eq!(text(&page), begun);
    let loose = begun.replace(
        "given = { matches = [{ distance = 21 }] }",
        "given = { matches = [{ distance = 90 }] }",
    );
    let page = work(&mut lena, "test", &loose, &[]).is(200);
    assert!(page.text.contains("Mutation score"), "{}", page.text);
    assert!(
        !page.text.contains("The tests notice every change."),
        "{}",
        page.text
    );
    let page = work(&mut lena, "test", &begun, &[]).is(200);
    assert!(
        page.text.contains("The tests notice every change."),
        "{}",
        page.text
    );

    // Tried on an item, and on the last days.
    let page = work(&mut lena, "try", &begun, &[("item", &item)]).is(200);
    assert!(
        page.text.contains("What it would have said of the item"),
        "{}",
        page.text
    );
    let none = work(&mut lena, "try", &begun, &[("item", "no receipt")]).is(200);
    assert!(none.text.contains("there is no such item"), "{}", none.text);
    let path = work(&mut lena, "backtest", &begun, &[("days", "7")]).is(303);
    let path = path.leads_to().to_owned();
    let since = Instant::now();
    let page = loop {
        let page = lena.get(&path).is(200);
        if page.text.contains("What it would have done") {
            break page;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "{}", page.text);
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(page.text.contains("numbers.csv"), "{}", page.text);
    let numbers = lena.get(&format!("{path}/numbers.csv")).is(200).text;
    assert!(numbers.contains("\"Items\",\"1\""), "{numbers}");

    // Handed in, it is a draft that others are asked to approve.
    let saved = work(&mut lena, "save", &begun, &[]).is(303);
    assert_eq!(saved.leads_to(), "/console/policies/own.near-copy");
    let page = lena.get("/console/policies").is(200);
    assert!(page.text.contains("You have written it"), "{}", page.text);
    let own = lena.get("/console/policies/own.near-copy").is(200);
    let hash = key.get("/v1/policies/own.near-copy").expect(200)["texts"][0]["text"].clone();
    let hash = hash.as_str().unwrap().to_owned();
    assert!(!own.text.contains("Approve this text"));
    lena.post("/console/policies/own.near-copy", &[("text", &hash)])
        .is(403);
    let mut omar = person(&server, &mut admin, "omar", Grant::whole(Role::PolicyLead));
    assert!(
        omar.get("/console/policies")
            .is(200)
            .text
            .contains("It waits for you")
    );
    omar.post("/console/policies/own.near-copy", &[("text", &hash)])
        .is(303);
    let kept = key.get("/v1/policies/own.near-copy").expect(200);
    assert_eq!(kept["texts"][0]["approvals"], json!(["omar"]), "{kept}");

    // A change begins anew: it has no approvals of the text before.
    let page = omar.get("/console/draft?policy=own.near-copy").is(200);
    let changed = text(&page).replace("<= 20", "<= 22");
    let changed = changed
        .replace("distance = 21", "distance = 23")
        .replace("distance = 20", "distance = 22");
    work(&mut omar, "save", &changed, &[]).is(303);
    let kept = key.get("/v1/policies/own.near-copy").expect(200);
    assert_eq!(kept["texts"][0]["approvals"], json!([]), "{kept}");
    assert_eq!(
        kinds(&key, "policy_written"),
        4,
        "two texts, with the clauses and grounds that are shipped"
    );

    // Nothing that is typed does anything but stand there.
    for hostile in HOSTILE {
        let text = begun.replace("A near copy", hostile);
        let page = work(&mut lena, "check", &text, &[("item", hostile), ("days", hostile)]);
        is_harmless(&page);
    }
    // Who may not write comes to none of it.
    let mut reviewer = person(&server, &mut admin, "rana", Grant::whole(Role::SeniorReviewer));
    work(&mut reviewer, "check", &begun, &[]).is(403);
}

fn policy_file(name: &str) -> String {
    let path = format!("{}/../../policies/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_policy_is_made_by_choosing() {
    let place = Place::new();
    let (_server, key, _admin, mut lena, _) = with_lead(&place);
    lena.get("/console/draft/form").is(200);
    let mut fields = vec![
        ("id", "own.long-texts"),
        ("title_en", "Long \"texts\""),
        ("title_ar", "نصوص طويلة"),
        ("owner", "policy-team"),
        ("clause", "rules#care"),
        ("legal", "terms"),
        ("queue", "texts"),
        ("priority", "high"),
        ("review_by", "2027-02-01"),
        ("join", "all"),
        ("asks", "yes"),
        ("what-0", "text.context"),
        ("what-1", "text.words"),
        ("operator-1", "contains"),
        ("do", "fit"),
    ];
    // What was chosen brings what fits: the words of a word, and the comparisons of a number.
    let page = lena.post("/console/draft/form", &fields).is(200);
    for part in ["<option value=\"reporting\"", "<option value=\"at_least\""] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let operators = page.between("id=\"operator-1\"", "</select>").unwrap();
    assert!(!operators.contains("\"contains\""), "{operators}");
    fields.retain(|(name, _)| !["do", "operator-1"].contains(name));
    fields.extend([
        ("operator-0", "is"),
        ("value-0", "mixed"),
        ("operator-1", "at_least"),
        ("value-1", "many"),
        ("trial-0", "long and mixed"),
        ("given-0-0", "mixed"),
        ("given-0-1", "500"),
        ("says-0", "match"),
        ("trial-1", "it reports"),
        ("given-1-0", "reporting"),
        ("given-1-1", "500"),
        ("says-1", "no_match"),
        ("trial-2", "a little shorter"),
        ("given-2-0", "mixed"),
        ("given-2-1", "499"),
        ("says-2", "no_match"),
        ("trial-3", "it was not read"),
        ("given-3-0", "?"),
        ("given-3-1", "500"),
        ("says-3", "unknown"),
        ("do", "write"),
    ]);
    let page = lena.post("/console/draft/form", &fields).is(200);
    assert!(page.text.contains("no value of text.words"), "{}", page.text);
    let many = fields.iter_mut().find(|(name, _)| *name == "value-1").unwrap();
    many.1 = "500";
    let page = lena.post("/console/draft/form", &fields).is(200);
    let written = text(&page);
    assert!(
        written.contains("when = \"text.context == 'mixed' && text.words >= 500\""),
        "{written}"
    );
    assert!(
        page.text.contains("The check and all 4 tests pass."),
        "{}",
        page.text
    );
    let save = [("do", "save"), ("text", written.as_str())];
    let saved = lena.post("/console/draft", &save).is(303);
    assert_eq!(saved.leads_to(), "/console/policies/own.long-texts");
    assert_eq!(
        key.get("/v1/policies/own.long-texts").expect(200)["source"],
        written
    );
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
