//! What policies chose, on its way: to the platform, before people, and back again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::policies::{automatic, queueing};

use crate::console::{first, group};
use crate::pictures::png;
use crate::place::Place;
use crate::policies::{People, approve, by, deploy, publish_references, put, with_confirmed};
use crate::receiver::Receiver;
use crate::server::Client;

const LOOPBACK: [&str; 2] = ["--webhook-network", "127.0.0.0/8"];

/// Takes a text to where it acts.
fn enforce(people: &People, text: &str) {
    let policy = put(&people.amal, text)["policy"].as_str().unwrap().to_owned();
    deploy(&people.amal, &policy, "shadow").expect(200);
    for by in [&people.badr, &people.dina] {
        approve(by, &policy).expect(200);
    }
    for stage in ["canary", "enforce"] {
        deploy(&people.amal, &policy, stage).expect(200);
    }
}

/// A finished item, as the API shows it.
fn finished(admin: &Client, bytes: &[u8], name: &str) -> Value {
    let taken = admin
        .bytes(&format!("/v1/items?external_id={name}"), bytes)
        .expect(202);
    admin.finished(taken["item"].as_str().unwrap())
}

/// Kinds of the actions at an item that stand.
fn standing(admin: &Client, item: &Value) -> Vec<String> {
    let path = format!("/v1/items/{}", item["item"].as_str().unwrap());
    let shown = admin.get(&path).expect(200);
    let actions = shown["actions"].as_array().cloned().unwrap_or_default();
    let standing = actions.iter().filter(|it| it["reversed_at"].is_null());
    standing
        .map(|it| it["action"]["do"].as_str().unwrap().to_owned())
        .collect()
}

/// Waits until a check holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(40), "not yet: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_policies_chose_is_told_shown_and_reversed_by_people_and_by_revoking() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &LOOPBACK);
    let people = People::of(&admin);
    publish_references(&people);
    enforce(&people, &automatic("first"));
    let receiver = Receiver::willing();
    let wanted = json!({"url": receiver.url(), "events": ["item.actions"]});
    admin.post("/v1/webhooks", wanted).expect(201);
    let added = admin.bytes("/v1/banks/known/media", &png(2)).expect(201);
    let entry = added["entry"].as_i64().unwrap();
    let confirm = json!({"human_confirmed": true});
    admin.patch(&format!("/v1/entries/{entry}"), confirm).expect(200);

    let copy = finished(&people.badr, &png(1), "copy");
    let told = receiver.wait_for(1).remove(0).json();
    assert_eq!(
        (&told["type"], &told["data"]["item"]),
        (&json!("item.actions"), &copy["item"])
    );
    let action = &told["data"]["actions"][0];
    assert_eq!(
        (
            &action["do"],
            &action["clause"],
            &action["legal"][0],
            &action["automation"]
        ),
        (
            &json!("restrict"),
            &json!("rules#1"),
            &json!("league.charter"),
            &json!("full")
        ),
        "{told}"
    );
    // No more than what is to be done: nothing of how it was found.
    assert!(
        told["data"].get("result").is_none() && !told.to_string().contains("known"),
        "{told}"
    );
    assert_eq!(copy["actions"][0]["decision"], told["data"]["decision"]);
    assert!(standing(&admin, &copy).contains(&"restrict".to_owned()), "{copy}");

    // A person finds that it reports: what was done is taken back, and what comes again is shown to people only.
    let path = format!("/v1/items/{}/decisions", copy["item"].as_str().unwrap());
    let unsaid = json!({"outcome": "exempt"});
    assert_eq!(
        people.badr.post(&path, unsaid).problem(400, "invalid-field"),
        "outcome"
    );
    let exempt = json!({"outcome": "exempt", "exemption": "news"});
    people.badr.post(&path, exempt).expect(201);
    let reversed = receiver.wait_for(2).remove(1).json();
    assert_eq!(reversed["type"], "action.reversed");
    assert_eq!(reversed["data"]["item"], copy["item"]);
    assert_eq!(reversed["data"]["actions"][0]["do"], "restrict");
    assert!(!standing(&admin, &copy).contains(&"restrict".to_owned()));
    let again = finished(&people.badr, &png(1), "again");
    let asked = standing(&admin, &again);
    assert!(
        !asked.is_empty() && asked.iter().all(|it| it == "enqueue"),
        "{again}"
    );
    let decided = people.badr.get(&path).expect(200);
    assert_eq!(
        (&decided[0]["ruling"], &decided[0]["exemption"]),
        (&json!("exempt"), &json!("news"))
    );

    // Another entry is revoked.
    let other = finished(&people.badr, &png(2), "other");
    assert!(
        standing(&admin, &other).contains(&"restrict".to_owned()),
        "{other}"
    );
    let revoked = json!({"trust": "revoked"});
    admin.patch(&format!("/v1/entries/{entry}"), revoked).expect(200);
    admin
        .post(&format!("/v1/entries/{entry}/reverse"), Value::Null)
        .expect(202);
    until("it is reversed", || {
        !standing(&admin, &other).contains(&"restrict".to_owned())
    });
    let last = receiver.wait_for(5).pop().unwrap().json();
    assert_eq!(
        (&last["type"], &last["data"]["entry"]),
        (&json!("action.reversed"), &json!(entry))
    );
    assert_eq!(last["data"]["actions"][0]["do"], "restrict");
    assert_eq!(server.stop(), Some(0));
    let replayed = place.go("policy replay --all --json").ends(0).rows().remove(0);
    assert_eq!(
        (&replayed["different"], &replayed["by_people"]),
        (&json!(0), &json!(1))
    );
    place.go("verify").ends(0);
}

#[test]
fn a_policy_that_asks_for_a_person_gets_one_where_nothing_matches() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let people = People::of(&admin);
    publish_references(&people);
    let counting = queueing("counting")
        .replace("matches.exists(m, m.exact)", "seen.same_content.day >= 2")
        .replace(
            "given = { matches = [{ exact = true, human_confirmed = true }] }",
            "given = { seen.same_content.day = 2 }",
        )
        .replace("matches = { unknown", "seen.same_content.day = { unknown");
    enforce(&people, &counting);
    let cases = || place.number("SELECT COUNT(*) FROM review_case WHERE queue = 'policy' AND state = 'open'");
    finished(&admin, &png(5), "first");
    assert_eq!(cases(), 0);
    finished(&admin, &png(5), "second");
    assert_eq!(cases(), 1);
    // The same bytes join it.
    finished(&admin, &png(5), "third");
    assert_eq!(cases(), 1);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn what_a_backtest_found_is_put_before_people_by_two_and_can_be_taken_back() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let people = People::of(&admin);
    publish_references(&people);
    for number in 10..14 {
        finished(&admin, &png(number), &format!("post-{number}"));
    }
    let draft = queueing("draft")
        .replace("matches.exists(m, m.exact)", "item.bytes > 100")
        .replace(
            "given = { matches = [{ exact = true, human_confirmed = true }] }",
            "given = { item.bytes = 200 }",
        )
        .replace("matches = { unknown", "item.bytes = { unknown");
    let files = json!({"files": [{"name": "draft.toml", "text": draft}]});
    let begun = people.amal.post("/v1/backtests", files).expect(202);
    let path = format!("/v1/backtests/{}", begun["id"].as_str().unwrap());
    until("it is tried", || {
        people.amal.get(&path).expect(200)["state"] == "done"
    });
    let list = people.amal.get(&path).expect(200)["result"]["first_added"].clone();
    assert_eq!(list.as_array().unwrap().len(), 4, "{list}");

    let body = json!({"items": list, "reason": "the draft finds four"});
    admin
        .post("/v1/follow-ups", body.clone())
        .problem(403, "not-personal");
    let asked = people.amal.post("/v1/follow-ups", body).expect(201);
    assert_eq!((&asked["state"], &asked["waiting"]), (&json!("asked"), &json!(4)));
    let path = format!("/v1/follow-ups/{}", asked["id"]);
    let step = |by: &Client, step: &str| by.post(&format!("{path}/{step}"), json!({}));
    step(&people.amal, "approve").problem(403, "self-approval");
    step(&people.amal, "undo").problem(409, "conflict");
    step(&people.badr, "approve").expect(200);
    until("all are before people", || {
        admin.get(&path).expect(200)["state"] == "done"
    });
    let cases = || place.number("SELECT COUNT(*) FROM review_case WHERE queue = 'policy' AND state = 'open'");
    assert_eq!(
        (admin.get(&path).expect(200)["enqueued"].clone(), cases()),
        (json!(4), 4)
    );
    step(&people.amal, "cancel").problem(409, "conflict");
    assert_eq!(step(&people.amal, "undo").expect(200)["undone"], 4);
    assert_eq!(cases(), 0);
    admin.get("/v1/follow-ups/99").problem(404, "not-found");

    // The same at the command line, beside the service.
    place.write("draft.toml", &draft);
    let (amal, badr) = (people.amal.key.clone().unwrap(), people.badr.key.clone().unwrap());
    by(&place, &amal, "policy backtest draft.toml --follow-up once-more")
        .ends(0)
        .prints("follow-up 2: asked, asked by amal");
    by(&place, &amal, "policy follow-up 2 --approve")
        .ends(2)
        .says("self-approval");
    place
        .go("policy follow-up 2 --approve")
        .ends(2)
        .says("not-personal");
    by(&place, &badr, "policy follow-up 2 --cancel")
        .ends(0)
        .prints("cancelled");
    by(&place, &badr, "policy follow-up 2 --approve")
        .ends(2)
        .says("cannot become approved");
    let rows = place.go("policy follow-up --json").ends(0).rows();
    assert_eq!((rows.len(), &rows[0]["state"]), (2, &json!("cancelled")));
    assert_eq!(server.stop(), Some(0));
    place.go("policy follow-up 2").ends(0).prints("4 waiting");
    place.go("verify").ends(0);
}

#[test]
fn what_is_linked_and_pictures_that_are_nearly_the_same_are_counted_and_quotations_told() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let signals = |bytes: &[u8], name: &str| {
        let item = finished(&admin, bytes, name);
        let path = format!("/v1/items/{}/decisions", item["item"].as_str().unwrap());
        admin.get(&path).expect(200)[0]["given"]["snapshot"]["signals"].clone()
    };
    let link = "https://example.com/join";
    signals(
        format!("Bring a board and see {link} before noon.").as_bytes(),
        "a",
    );
    let text =
        format!("She read \"come to {link} and bring sugar\" and laughed at https://example.org/tea too.");
    let second = signals(text.as_bytes(), "b");
    assert_eq!(second["seen.same_link.hour"]["value"], 2, "{second}");
    assert_eq!(second["seen.same_content.week"]["value"], 1);
    let quoted: Vec<bool> = second["findings"]["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["quoted"].as_bool().unwrap())
        .collect();
    assert_eq!(quoted, [true, false], "{second}");
    assert!(second["text.quoted"]["value"].as_f64().unwrap() > 0.3, "{second}");
    assert_eq!(second["text.terms"]["value"], 0, "{second}");
    assert!(
        second["seen.near_content.hour"]["value"].is_null(),
        "it is no picture"
    );

    signals(&png(7), "c");
    let near = testkit::encode::jpeg(&crate::pictures::photo(7), 80);
    let near = signals(&near, "d");
    assert_eq!(
        (
            &near["seen.near_content.hour"]["value"],
            &near["seen.same_content.hour"]["value"]
        ),
        (&json!(2), &json!(1)),
        "{near}"
    );
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn what_a_policy_shows_to_nobody_is_not_uncovered_and_a_ruling_by_a_key_closes_its_case() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let people = People::of(&admin);
    publish_references(&people);
    let hidden = queueing("hidden").replace("queue = \"boards\"\n", "queue = \"boards\"\npreview = false\n");
    assert!(hidden.contains("preview = false"));
    let mut amal = first(&server);
    let before = finished(&people.badr, &png(1), "before");
    let item = before["item"].as_str().unwrap();
    amal.post("/console/cases/1/reveal", &[("item", item)]).is(200);
    enforce(&people, &hidden);
    let copy = finished(&people.badr, &png(1), "copy");
    let copy = copy["item"].as_str().unwrap();
    // The bytes are hidden, in whichever item they came.
    for item in [item, copy] {
        amal.post("/console/cases/1/reveal", &[("item", item)]).is(403);
    }
    let page = amal.get("/console/cases/1").is(200);
    assert!(page.text.contains("shown to nobody"), "{}", page.text);
    assert!(!page.text.contains("/console/cases/1/reveal"), "{}", page.text);

    let open = || place.number("SELECT COUNT(*) FROM review_case WHERE state = 'open'");
    assert_eq!(open(), 1);
    let path = format!("/v1/items/{copy}/decisions");
    let rule = |outcome: &str| people.badr.post(&path, json!({"outcome": outcome})).expect(201);
    rule("violating");
    assert_eq!(open(), 0);
    let page = amal.get("/console/cases/1").is(200);
    assert!(
        page.text.contains("By a personal key:") && page.text.contains("badr"),
        "{}",
        page.text
    );
    // In the console somebody may still decide otherwise.
    assert_eq!(group(&page).len(), 64);
    finished(&people.badr, &png(1), "again");
    assert_eq!(open(), 0, "the same bytes are not put before people again");
    rule("unsure");
    assert_eq!(open(), 1);
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

#[test]
fn a_cap_that_is_met_and_a_policy_that_was_demoted_are_told_by_health() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let people = People::of(&admin);
    publish_references(&people);
    enforce(
        &people,
        &automatic("capped").replace("per_hour = 1000", "per_hour = 1"),
    );
    let warnings = || {
        let found = server.anonymous().get("/health/ready").expect(200);
        found["warnings"].as_array().cloned().unwrap_or_default()
    };
    let kinds = |name: &str| standing(&admin, &finished(&admin, &png(1), name));
    assert!(kinds("first").contains(&"restrict".to_owned()));
    assert_eq!(warnings(), Vec::<Value>::new());
    let held = kinds("second");
    assert!(
        !held.contains(&"restrict".to_owned()) && held.contains(&"enqueue".to_owned()),
        "{held:?}"
    );
    assert!(
        warnings()[0].as_str().unwrap().contains("met its cap"),
        "{:?}",
        warnings()
    );
    let demoted = place.alter(
        "UPDATE policy_deployment SET stage = 'shadow', person = 'basira'
         WHERE policy = 'chess.automatic' AND ended_at IS NULL",
    );
    assert_eq!(demoted, 1);
    let found = warnings();
    assert_eq!(found.len(), 2);
    assert!(
        found[0].as_str().unwrap().contains("taken out of effect"),
        "{found:?}"
    );
}
