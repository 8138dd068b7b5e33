//! Routing and incidents, as people and programs use them: rules are tried before they are put into effect; an incident is
//! told on every page until it ends by itself.

use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::{Value, json};
use testkit::encode;

use crate::browser::{Browser, Page};
use crate::clock::Clock;
use crate::console::{first, is_harmless, person, submit, with_bank};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::server::Server;

/// One rule of the form, with the conditions that are not left open.
fn rule<'a>(place: &'a str, to: &'a str, given: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let names = [
        "found_as", "least", "reason", "category", "bank", "label", "source", "language", "policy", "asked",
    ];
    let mut fields = vec![("place", place), ("to", to)];
    for name in names {
        let value = given.iter().find(|(of, _)| *of == name);
        fields.push((name, value.map_or("", |(_, value)| value)));
    }
    fields
}

fn kinds(browser: &mut Browser) -> String {
    browser.get("/console/log.csv").is(200).text
}

#[test]
fn rules_are_tried_and_then_put_into_effect_by_a_form() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    submit(&key, "", &encode::jpeg(&photo(1), 80));
    submit(&key, "", &encode::jpeg(&photo(2), 80)[..800]);
    let mut inviting = first(&server);
    let mut whole = person(&server, &mut inviting, "lead", Grant::whole(Role::PolicyLead));
    let page = whole.get("/console/routing").is(200);
    assert!(page.text.contains("No rules are in force"), "{}", page.text);
    let after = |page: &Page| page.between("name=\"after\" value=\"", "\"").unwrap();
    let version = after(&page);

    let mut fields = rule("2", "known", &[("bank", "known")]);
    fields.extend(rule(
        "1",
        "broken",
        &[("found_as", "incomplete"), ("least", "low")],
    ));
    fields.extend(rule("3", "", &[]));
    fields.extend([("otherwise", ""), ("after", version.as_str())]);
    let page = whole.post("/console/routing/try", &fields).is(200);
    assert!(
        page.text.contains("\u{2068}2\u{2069} cases were compared"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("\u{2068}2\u{2069} would go elsewhere"),
        "{}",
        page.text
    );
    let table = page.between("id=\"t-moved\"", "</section>").unwrap();
    assert_eq!(table.matches("/console/cases/").count(), 2, "{table}");
    // Nothing is in effect.
    assert_eq!(after(&page), "0");
    let queue = whole.get("/console/queue?queue=broken").is(200);
    assert!(!queue.text.contains("value=\"broken\""), "{}", queue.text);
    // What was not tried is not put into effect.
    let tried = page.between("name=\"tried\" value=\"", "\"").unwrap();
    let mut other = rule("1", "elsewhere", &[("bank", "known")]);
    other.extend([("tried", tried.as_str()), ("after", "0")]);
    let refused = whole.post("/console/routing", &other).is(409);
    assert!(refused.text.contains("not the rules that were tried"));
    fields.push(("tried", tried.as_str()));
    whole.post("/console/routing", &fields).is(303);
    let page = whole.get("/console/routing").is(200);
    assert!(page.text.contains("is in force"), "{}", page.text);
    assert_eq!(after(&page), "1");
    // Whoever made theirs from the one before is told so.
    let stale = whole.post("/console/routing", &fields).is(409);
    assert!(stale.text.contains("changed meanwhile"), "{}", stale.text);

    submit(&key, "", &encode::jpeg(&photo(3), 80)[..700]);
    let page = whole.get("/console/queue?queue=broken").is(200);
    let listed = page.text.matches("href=\"/console/cases/").count();
    assert_eq!(listed, 1, "only the new one: {}", page.text);
    let case = page.between("href=\"/console/cases/", "\"").unwrap();
    let page = whole.get(&format!("/console/cases/{case}")).is(200);
    assert!(
        page.text.contains("Sent here by rule"),
        "it is explained: {}",
        page.text
    );
    assert_eq!(
        whole
            .get("/console/queue?queue=incomplete")
            .text
            .matches("href=\"/console/cases/")
            .count(),
        1,
        "what waits stays"
    );
    // A role for the new queue, and for no other.
    let only = Grant {
        role: Role::Reviewer,
        queue: Some("broken".parse().unwrap()),
        most: model::Severity::Critical,
    };
    let mut reader = person(&server, &mut inviting, "a", only);
    let page = reader.get("/console/queue").is(200);
    assert_eq!(page.text.matches("href=\"/console/cases/").count(), 1);
    reader.get(&format!("/console/cases/{case}")).is(200);
    reader.get("/console/cases/1").is(404);
    reader.get("/console/routing").is(403);
    let unknown = [
        ("name", "b"),
        ("role", "reviewer"),
        ("queue", "nowhere"),
        ("most", "low"),
    ];
    inviting.post("/console/people", &unknown).is(400);
    // A lead of one queue does not set the rules of all.
    let lead = Grant {
        role: Role::PolicyLead,
        ..only
    };
    let mut lead = person(&server, &mut inviting, "c", lead);
    lead.get("/console/routing").is(403);
    lead.post("/console/routing", &fields).is(403);
    assert!(kinds(&mut whole).contains("routing_changed"));

    // What cannot be a rule says what to do; what strangers write does nothing; Arabic has the same page.
    for (fields, words) in [
        (rule("1", "x", &[]), "asks for nothing"),
        (rule("1", "", &[("bank", "known")]), "say where its cases go"),
        (rule("1", "No Queue", &[("bank", "known")]), "small letters"),
        (
            rule("1", "second_look", &[("bank", "known")]),
            "choose another queue",
        ),
        (rule("1", "x", &[("least", "huge")]), "is not one of"),
    ] {
        let page = whole.post("/console/routing/try", &fields).is(400);
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    for text in crate::console::HOSTILE {
        let fields = rule("1", "x", &[("policy", text), ("asked", text)]);
        let page = whole.post("/console/routing/try", &fields);
        if page.status == 200 {
            is_harmless(&page);
        }
    }
    whole
        .post("/console/language", &[("lang", "ar"), ("back", "/console")])
        .is(303);
    let page = whole.get("/console/routing").is(200);
    assert!(page.text.contains("dir=\"rtl\"") && page.text.contains("التوجيه"));
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

#[test]
fn rules_are_tried_and_put_into_effect_by_the_api() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let none = key.get("/v1/routing").expect(200);
    assert_eq!(none, json!({"version": 0, "routing": {"rules": []}}));
    submit(&key, "", &encode::jpeg(&photo(1), 80));
    let routing = json!({
        "rules": [{"when": {"bank": "known", "least": "medium"}, "to": "films"}],
        "otherwise": "rest",
    });
    let tried = key
        .post("/v1/routing/try", json!({"routing": routing}))
        .expect(200);
    assert_eq!(tried["compared"], 1);
    assert_eq!(tried["moved"], 1);
    assert_eq!(
        tried["counts"],
        json!([{"from": "match", "to": "films", "cases": 1}])
    );
    assert_eq!(tried["cases"][0]["rule"], 1);
    assert_eq!(tried["cases"][0]["queue"], "match");
    assert_eq!(
        key.get("/v1/routing").expect(200),
        none,
        "nothing is changed by it"
    );
    let put = |after: i64| key.json("PUT", "/v1/routing", &json!({"after": after, "routing": routing}));
    let now = put(0).expect(200);
    assert_eq!((&now["version"], &now["routing"]), (&json!(1), &routing));
    put(0).problem(409, "conflict");
    let again = key
        .post("/v1/routing/try", json!({"routing": routing, "last": 10}))
        .expect(200);
    assert_eq!(again["moved"], 0);
    submit(&key, "", &encode::jpeg(&photo(2), 80)[..800]);
    let newest = key
        .post("/v1/routing/try", json!({"routing": routing, "last": 1}))
        .expect(200);
    assert_eq!(newest["compared"], 1);
    let mut admin = first(&server);
    let page = admin.get("/console/queue?queue=rest").is(200);
    assert_eq!(page.text.matches("href=\"/console/cases/").count(), 1);
    let bad: [(Value, &str); 4] = [
        (json!({"rules": [{"when": {}, "to": "x"}]}), "asks for nothing"),
        (
            json!({"rules": [{"when": {"bank": "known"}, "to": "X"}]}),
            "small letters",
        ),
        (
            json!({"rules": [{"when": {"score": 3}, "to": "x"}]}),
            "unknown field",
        ),
        (json!({"rules": [], "otherwise": "second_look"}), "second_look"),
    ];
    for (routing, words) in bad {
        let problem = key
            .post("/v1/routing/try", json!({"routing": routing}))
            .expect(400);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
    key.post("/v1/routing/try", json!({"routing": routing, "last": 0}))
        .problem(400, "invalid-field");
    let other = key.with_key(json!({"name": "other", "source": "forum", "scopes": ["review", "curate"]}));
    other.get("/v1/routing").problem(403, "not-allowed");
    other
        .json("PUT", "/v1/routing", &json!({"after": 1, "routing": routing}))
        .problem(403, "not-allowed");
}

#[test]
fn an_incident_is_told_on_every_page_and_ends_by_itself() {
    let place = Place::new();
    let clock = Clock::new(&place);
    let server = clock.serve_with(&place, &[]);
    let key = server.administrator();
    with_bank(&key);
    submit(&key, "", &encode::jpeg(&photo(1), 80));
    let mut admin = first(&server);
    let mut reader = person(&server, &mut admin, "a", Grant::whole(Role::Reviewer));
    reader.get("/console/incidents").is(403);
    reader.post("/console/incidents", &[("name", "x")]).is(403);
    let mut fields = vec![
        ("name", "the cup <script>alert(1)</script>"),
        ("reason", "copies of one game"),
        ("hours", "73"),
        ("new_bank", "cup"),
        ("longer_holds", "yes"),
    ];
    let page = admin.post("/console/incidents", &fields).is(400);
    assert!(page.text.contains("72 hours"), "{}", page.text);
    let names = |client: &crate::server::Client| client.get("/v1/banks").expect(200)["items"].to_string();
    assert!(!names(&key).contains("cup"), "nothing was made for it");
    fields[2] = ("hours", "1");
    admin.post("/console/incidents", &fields).is(303);
    key.bytes("/v1/banks/cup/media", &png(7)).expect(201);
    submit(&key, "", &encode::jpeg(&photo(7), 80));
    for path in [
        "/console/queue",
        "/console/overview",
        "/console/account",
        "/console/cases/1",
    ] {
        let page = reader.get(path).is(200);
        assert!(
            page.text.contains("class=\"incidents\"") && page.text.contains("the cup"),
            "{path}"
        );
        assert!(!page.text.contains("<script>alert"), "{path}");
    }
    assert!(
        !Browser::of(&server)
            .get("/console/sign-in")
            .text
            .contains("the cup")
    );
    let page = reader.get("/console/queue").is(200);
    let order = |page: &Page| -> Vec<String> {
        let pieces = page.text.split("href=\"/console/cases/").skip(1);
        pieces
            .map(|piece| piece.split('"').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        order(&page),
        ["2", "1"],
        "the later one comes first: {}",
        page.text
    );
    assert!(page.text.contains("it belongs to an incident"), "and says why");

    clock.set(3_700);
    let page = reader.get("/console/queue").is(200);
    assert!(!page.text.contains("class=\"incidents\""), "it is over");
    assert_eq!(order(&page), ["1", "2"]);
    let begun = Instant::now();
    while !kinds(&mut admin).contains("incident_ended") {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it is noted that it is over"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    let page = admin.get("/console/incidents").is(200);
    assert!(page.text.contains("by itself"), "{}", page.text);
    // By hand it is over at once, and once.
    fields[3] = ("new_bank", "second");
    admin.post("/console/incidents", &fields).is(303);
    let page = admin.get("/console/queue").is(200);
    assert!(page.text.contains("class=\"incidents\""));
    admin.post("/console/incidents/2/end", &[]).is(303);
    assert!(!admin.get("/console/queue").text.contains("class=\"incidents\""));
    admin.post("/console/incidents/2/end", &[]).is(409);
    admin.post("/console/incidents/99/end", &[]).is(404);
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}
