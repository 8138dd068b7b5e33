//! Review with platforms that fail, with entries made of decisions, and with what nobody may see: the real program over real sockets.

use std::collections::{HashMap, HashSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::clock::Clock;
use crate::console::{first, person, submit};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::{Receiver, Request, answer};
use crate::server::{Client, Server};

/// What a platform says when it has acted.
pub(crate) const ACTED: &str = "{\"confirmed\":true}";

/// The fields of a form that has something removed.
pub(crate) fn removal(sha256: &str) -> Vec<(&str, &str)> {
    vec![
        ("sha256", sha256),
        ("outcome", "violating"),
        ("action", "remove"),
        ("clause", "rules#tvec.known"),
        ("scope", ""),
        ("hours", ""),
    ]
}

pub(crate) fn open_group(page: &Page) -> String {
    page.between("name=\"sha256\" value=\"", "\"")
        .unwrap_or_else(|| panic!("a group can be decided: {}", page.text))
}

/// Every value of a field of a page.
pub(crate) fn values(page: &Page, name: &str) -> Vec<String> {
    let before = format!("name=\"{name}\" value=\"");
    let rest = page.text.split(&*before).skip(1);
    rest.map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub(crate) fn deliveries(admin: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = "/v1/deliveries?limit=1000".to_owned();
    loop {
        let page = admin.get(&path).expect(200);
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/deliveries?limit=1000&cursor={next}"),
            None => return all,
        }
    }
}

/// What a platform has done: of every event the first time, in its order.
#[derive(Default)]
struct Effects {
    seen: HashSet<String>,
    done: Vec<(String, String, i64)>,
}

impl Effects {
    fn act(&mut self, request: &Request) {
        if self.seen.insert(request.id().to_owned()) {
            let told = request.json();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let event = (
                text(&told["data"]["external_id"]),
                text(&told["type"]),
                told["sequence"].as_i64().unwrap(),
            );
            self.done.push(event);
        }
    }
}

/// Deliveries that the page of deliveries flags.
fn flags(browser: &mut Browser) -> usize {
    let page = browser.get("/console/deliveries").is(200);
    page.text.matches('⚑').count()
}

#[test]
fn a_platform_that_is_down_fails_hangs_and_answers_twice_does_everything_once_and_in_order() {
    let place = Place::new();
    let clock = Clock::new(&place);
    let server = clock.serve_with(&place, &["--review-undo", "0"]);
    let admin = server.administrator();
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let hook = json!({"url": format!("http://127.0.0.1:{port}/hook"), "events": ["item.decided"]});
    admin.post("/v1/webhooks", hook).expect(201);
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    submit(&admin, "?external_id=post", &png(1));
    let mut browser = first(&server);
    let case = |browser: &mut Browser| browser.get("/console/cases/1").is(200);
    let settled = |browser: &mut Browser, state: &str| {
        until(state, || case(browser).text.contains(state));
    };

    // It is down: what is decided waits, and everybody sees that.
    let sha256 = open_group(&case(&mut browser));
    browser.post("/console/cases/1/decide", &removal(&sha256)).is(303);
    settled(&mut browser, "tried");
    let page = case(&mut browser);
    assert!(
        page.text.contains("class=\"red\"") && page.text.contains(" on its way"),
        "{}",
        page.text
    );
    // It is reversed, and decided again, before the platform has heard anything.
    browser.post("/console/decisions/1/reverse", &[]).is(303);
    browser.post("/console/cases/1/decide", &removal(&sha256)).is(303);
    until("all three wait", || deliveries(&admin).len() == 3);
    let red = admin.get("/v1/deliveries?state=red").expect(200);
    assert_eq!(red["items"].as_array().unwrap().len(), 3, "{red}");
    assert_eq!(flags(&mut browser), 3, "whoever keeps the service sees them too");
    // Ten minutes later it is still down. Of the three only the first is tried, and the page says what was answered.
    clock.set(600);
    until("it is tried again", || {
        let all = deliveries(&admin);
        all[2]["attempts"].as_i64().unwrap() >= 2
    });
    let all = deliveries(&admin);
    assert_eq!(
        (&all[1]["attempts"], &all[0]["attempts"]),
        (&json!(0), &json!(0)),
        "{all:?}"
    );
    assert_eq!(flags(&mut browser), 3);
    let why = all[2]["last_error"].as_str().unwrap();
    let page = browser.get("/console/deliveries?state=red").is(200);
    assert!(
        page.text.contains(why.split(':').next().unwrap()),
        "{why}: {}",
        page.text
    );

    // It comes back: fails, hangs after it has acted, and then answers everything twice.
    let effects = Arc::new(Mutex::new(Effects::default()));
    let doing = Arc::clone(&effects);
    let platform = Receiver::on(
        TcpListener::bind(("127.0.0.1", port)).unwrap(),
        Box::new(move |number, request| match number {
            0 => answer(500, "{\"confirmed\":true}"),
            1 => {
                doing.lock().unwrap().act(request);
                std::thread::sleep(Duration::from_secs(40));
                answer(200, ACTED)
            }
            _ => {
                doing.lock().unwrap().act(request);
                [answer(200, ACTED), answer(200, ACTED)].concat()
            }
        }),
    );
    for step in 1..=40 {
        if platform.got().len() >= 3 && deliveries(&admin).iter().all(|it| it["state"] == "confirmed") {
            break;
        }
        // What is put off for minutes comes at once.
        clock.set(600 + step * 400);
        std::thread::sleep(Duration::from_millis(1_500));
    }
    until("all is confirmed", || {
        deliveries(&admin).iter().all(|it| it["state"] == "confirmed")
    });
    let done = effects.lock().unwrap().done.clone();
    let order: Vec<&str> = done.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(
        order,
        ["item.decided", "decision.reversed", "item.decided"],
        "each once, in order"
    );
    assert!(done.windows(2).all(|pair| pair[0].2 < pair[1].2), "{done:?}");
    let mut attempts: HashMap<String, usize> = HashMap::new();
    for request in platform.got() {
        *attempts.entry(request.id().to_owned()).or_default() += 1;
    }
    assert!(
        attempts.values().any(|count| *count >= 3),
        "the first came again and again: {attempts:?}"
    );
    // Whoever confirms twice confirms once.
    let event = deliveries(&admin)[0]["delivery"].as_str().unwrap().to_owned();
    admin
        .post(&format!("/v1/deliveries/{event}/confirm"), json!({}))
        .expect(204);
    // Of hours that did not pass the session knows nothing.
    clock.set(600);
    assert_eq!(flags(&mut browser), 0, "all was done");
    let page = case(&mut browser);
    assert!(
        page.text.contains("confirmed by the platform") && !page.text.contains("class=\"red\""),
        "{}",
        page.text
    );
}

#[test]
fn what_breaks_the_rules_is_banked_in_the_shadow_until_a_second_person_confirms_it() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--review-undo", "0"]);
    let admin = server.administrator();
    for name in ["known", "decided"] {
        admin.post("/v1/banks", json!({"name": name})).expect(201);
    }
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    submit(&admin, "", &testkit::encode::jpeg(&photo(1), 80));
    let mut amal = first(&server);
    let mut badr = person(&server, &mut amal, "badr", Grant::whole(Role::SeniorReviewer));
    let mut chloe = person(&server, &mut amal, "chloe", Grant::whole(Role::Reviewer));
    let page = badr.get("/console/cases/1").is(200);
    assert!(
        page.text.contains("name=\"bank\"") && page.text.contains(">decided<"),
        "{}",
        page.text
    );
    assert!(
        !chloe
            .get("/console/cases/1")
            .is(200)
            .text
            .contains("name=\"bank\"")
    );
    let sha256 = open_group(&page);
    let fields = [removal(&sha256), vec![("bank", "2")]].concat();
    chloe.post("/console/cases/1/decide", &fields).is(403);
    badr.post("/console/cases/1/decide", &fields).is(303);
    until("it is banked", || {
        badr.get("/console/cases/1").text.contains("in the shadow")
    });
    let entry = || admin.get("/v1/banks/decided/entries").expect(200)["items"][0].clone();
    assert_eq!(
        (&entry()["trust"], &entry()["human_confirmed"]),
        (&json!("shadow"), &json!(false))
    );
    badr.post("/console/decisions/1/entry", &[]).is(409);
    chloe.post("/console/decisions/1/entry", &[]).is(403);
    amal.get("/console/cases/1").is(200);
    amal.post("/console/decisions/1/entry", &[]).is(303);
    assert_eq!(
        (&entry()["trust"], &entry()["human_confirmed"]),
        (&json!("active"), &json!(true))
    );
    assert!(
        amal.get("/console/cases/1")
            .text
            .contains("confirmed by a second person")
    );
}

#[test]
fn a_suspected_abuse_of_a_child_is_sealed_at_once_and_what_is_to_be_done_is_shown() {
    let place = Place::new();
    let duty = "Call the hotline on 116 000.";
    let server = Server::start_with(&place, &["--review-child-duty", duty]);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    let item = submit(&admin, "", &png(1));
    let mut amal = first(&server);
    let sha256 = open_group(&amal.get("/console/cases/1").is(200));
    let fields = [
        ("sha256", sha256.as_str()),
        ("outcome", "suspected_child_abuse"),
        ("bank", "1"),
    ];
    amal.post("/console/cases/1/decide", &fields).is(303);
    let page = amal.get("/console/cases/1").is(200);
    assert!(
        page.text.contains(duty) && !page.text.contains("/reveal\""),
        "{}",
        page.text
    );
    amal.post("/console/cases/1/reveal", &[("item", &item)]).is(403);
    let log = admin.get("/v1/log?limit=1000").expect(200).to_string();
    assert!(
        log.contains("decision_settled") && !log.contains("media_revealed"),
        "{log}"
    );
}
