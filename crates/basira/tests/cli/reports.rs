//! Reports and appeals, from the form to the decision: the real program, without script. Who reports is nowhere but sealed.

use model::{Grant, Role};
use serde_json::json;
use web::hosted_routes;

use crate::browser::{Browser, Page};
use crate::console::{HOSTILE, first, group, is_harmless, person, submit};
use crate::pictures::png;
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::Server;

pub(crate) const OPTIONS: [&str; 5] = [
    "--webhook-network",
    "127.0.0.0/8",
    "--review-undo",
    "0",
    "--review-forms",
];
pub(crate) const URL: &str = "https://chess.example/post/1";

/// What a form reports.
pub(crate) fn fields(words: &str) -> Vec<(&'static str, String)> {
    [
        ("url", URL),
        ("category", "terrorism"),
        ("words", words),
        ("good", "yes"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .collect()
}

pub(crate) fn send(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post(path, &fields)
}

pub(crate) fn code(page: &Page) -> String {
    page.between("id=\"sent-code\">", "<").expect("a code is shown")
}

pub(crate) fn status(browser: &mut Browser, code: &str) -> String {
    let page = browser.post("/report/status?lang=en", &[("code", code)]).is(200);
    page.between("id=\"state\">", "<").unwrap()
}

#[test]
fn a_report_becomes_a_case_and_an_appeal_is_decided_by_another_person() {
    let place = Place::new();
    let server = Server::start_with(&place, &OPTIONS);
    let key = server.administrator();
    let receiver = Receiver::willing();
    let events = json!(["item.decided", "appeal.decided"]);
    key.post("/v1/webhooks", json!({"url": receiver.url(), "events": events}))
        .expect(201);
    let forum = key.with_key(json!({"name": "forum", "source": "forum", "scopes": ["submit"]}));
    let query = "?external_id=one&url=https%3A%2F%2Fchess.example%2Fpost%2F1";
    submit(&forum, query, &png(3));

    let mut stranger = Browser::of(&server);
    let page = stranger.get("/report?lang=ar").is(200);
    assert!(
        page.text.contains("<html lang=\"ar\" dir=\"rtl\">"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<script"), "it works without");
    assert!(page.headers["content-security-policy"].contains("default-src 'none'"));
    assert_eq!(page.headers["cache-control"], "no-store");
    let wordless = send(&mut stranger, "/report?lang=ar", &fields(" ")).is(400);
    assert!(wordless.text.contains("قل لماذا"), "{}", wordless.text);
    assert!(wordless.text.contains(URL), "what was typed is there again");
    let sent = send(
        &mut stranger,
        "/report?lang=ar",
        &fields("it calls for an attack"),
    )
    .is(200);
    let report = code(&sent);
    assert!(stranger.cookies.is_empty(), "nobody is known");
    assert_eq!(
        status(&mut stranger, &report),
        "It has arrived. Nobody has decided yet."
    );
    stranger.post("/report/status", &[("code", "0000")]).is(404);

    // An institution reports the same: one case.
    let hotline = key.with_key(json!({"name": "hotline", "source": "hotline", "scopes": ["submit"]}));
    let body =
        json!({"url": URL, "category": "terrorism", "words": "<b>seen</b> in two places", "language": "en"});
    let made = hotline.post("/v1/reports", body.clone()).expect(201);
    let path = format!("/v1/reports/{}", made["report"]);
    let found = hotline.get(&path).expect(200);
    assert_eq!(found["status"], "received");
    assert!(found.get("case").is_none(), "{found}");
    assert_eq!(key.get(&path).expect(200)["case"], 1);
    forum.get(&path).problem(404, "not-found");
    assert_eq!(
        hotline.get("/v1/reports").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        key.get("/v1/reports").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for (field, value) in [
        ("category", json!("nonsense")),
        ("words", json!("  ")),
        ("url", json!("")),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let named = hotline.post("/v1/reports", wrong).problem(400, "invalid-field");
        assert_eq!(named, field);
    }

    let mut amal = first(&server);
    let mut badr = person(&server, &mut amal, "badr", Grant::whole(Role::SeniorReviewer));
    let mut reader = person(&server, &mut amal, "reader", Grant::whole(Role::Researcher));
    let page = amal.get("/console/cases/1").is(200);
    for words in [
        "it calls for an attack",
        "&#60;b&#62;seen",
        "the public form",
        "hotline",
        "2 reports",
    ] {
        let plain = page.text.replace(['\u{2068}', '\u{2069}'], "");
        let escaped = words.replace("&#60;", "&lt;").replace("&#62;", "&gt;");
        assert!(
            plain.contains(words) || plain.contains(&escaped),
            "{words} is not in {plain}"
        );
    }
    let page_of_reader = reader.get("/console/cases/1").is(200);
    assert!(
        !page_of_reader.text.contains("it calls for an attack"),
        "who sees numbers only reads no words of strangers"
    );
    let sha256 = group(&page);
    let decision = [
        ("sha256", sha256.as_str()),
        ("outcome", "violating"),
        ("action", "remove"),
        ("clause", "rules#tvec.known"),
    ];
    amal.post("/console/cases/1/decide", &decision).is(303);
    let told = receiver.wait_for(1)[0].json();
    let of_decision = told["data"]["appeal_code"].as_str().unwrap().to_owned();
    assert_eq!(
        status(&mut stranger, &report),
        "People have decided: it breaks the rules."
    );
    assert_eq!(hotline.get(&path).expect(200)["status"], "violating");
    let precision = amal.get("/console/reports").is(200);
    assert!(
        precision.text.contains("hotline") && precision.text.contains("100 %"),
        "{}",
        precision.text
    );

    let appeal = |browser: &mut Browser, code: &str| {
        browser.post(
            "/appeal?lang=en",
            &[("code", code), ("words", "it is satire about chess")],
        )
    };
    appeal(&mut stranger, "0000-0000").is(404);
    let of_appeal = code(&appeal(&mut stranger, &of_decision.to_uppercase()).is(200));
    appeal(&mut stranger, &of_decision).is(409);
    forum
        .post("/v1/appeals", json!({"external_id": "one", "words": "again"}))
        .problem(409, "conflict");
    forum
        .post("/v1/appeals", json!({"external_id": "two", "words": "again"}))
        .problem(404, "not-found");
    forum
        .post("/v1/appeals", json!({"words": "about nothing"}))
        .problem(400, "invalid-field");
    let open = amal.get("/console/appeals").is(200);
    assert!(open.text.contains("it is satire about chess"), "{}", open.text);
    // Who has decided does not decide again, and who may not reverse does not either.
    let own = amal.get("/console/appeals/1").is(200);
    assert!(
        own.text.contains("You have made this decision") && !own.text.contains("name=\"ruling\""),
        "{}",
        own.text
    );
    let overturn = [("ruling", "overturn"), ("answer", "it is satire, you are right")];
    amal.post("/console/appeals/1/decide", &overturn).is(403);
    reader.get("/console/appeals/1").is(200);
    reader.post("/console/appeals/1/decide", &overturn).is(403);
    assert_eq!(forum.get("/v1/appeals/1").expect(200)["state"], "open");
    badr.get("/console/appeals/1").is(200);
    badr.post("/console/appeals/1/decide", &[("ruling", "")]).is(400);
    badr.post("/console/appeals/1/decide", &overturn).is(303);
    badr.post("/console/appeals/1/decide", &overturn).is(409);
    let told = receiver.wait_for(3);
    let kinds: Vec<_> = told.iter().map(|it| it.json()["type"].clone()).collect();
    assert!(
        kinds.contains(&json!("decision.reversed")) && kinds.contains(&json!("appeal.decided")),
        "{kinds:?}"
    );
    let page = stranger
        .post("/report/status?lang=en", &[("code", &of_appeal)])
        .is(200);
    assert!(page.text.contains("it is satire, you are right"), "{}", page.text);
    let found = forum.get("/v1/appeals/1").expect(200);
    assert_eq!(found["state"], "overturned");
    assert_eq!(found["answer"], "it is satire, you are right");
    hotline.get("/v1/appeals/1").problem(404, "not-found");
    assert_eq!(
        forum.get("/v1/appeals").expect(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let page = badr.get("/console/cases/1").is(200);
    assert!(page.text.contains("name=\"sha256\""), "the group waits again");
    assert!(page.text.contains("href=\"/console/appeals/1\""), "{}", page.text);
    let document = key.get("/v1/openapi.json").expect(200);
    for path in [
        "/v1/reports",
        "/v1/reports/{report}",
        "/v1/appeals",
        "/v1/appeals/{appeal}",
    ] {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

#[test]
fn forms_are_there_only_where_they_are_wanted_and_no_other_site_sends_them() {
    let place = Place::new();
    let server = Server::start(&place);
    let mut stranger = Browser::of(&server);
    assert_eq!(hosted_routes().len(), 6);
    for route in hosted_routes() {
        let page = match route.method {
            "GET" => stranger.get(route.path),
            _ => stranger.post(route.path, &[]),
        };
        assert_eq!(page.status, 404, "{} {}", route.method, route.path);
    }
    assert_eq!(server.stop(), Some(0));

    let server = Server::start_with(&place, &["--review-forms"]);
    let mut stranger = Browser::of(&server);
    let ours = server.address.clone();
    for route in hosted_routes() {
        if route.method == "GET" {
            let page = stranger.get(route.path).is(200);
            assert!(!page.headers.contains_key("set-cookie"));
            continue;
        }
        for headers in [
            vec![],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("origin", ours.as_str()), ("sec-fetch-site", "cross-site")],
        ] {
            let page = stranger.send("POST", route.path, &headers, Some(&[("code", "x")]));
            assert_eq!(page.status, 403, "{} {headers:?}", route.path);
        }
        let page = stranger.post(route.path, &[]);
        assert!(
            matches!(page.status, 400 | 404),
            "{}: {}",
            route.path,
            page.status
        );
    }
    // What is hostile is shown as it is, and does nothing.
    let hostile = "\"><script>alert(1)</script>";
    let page = stranger
        .post(
            "/report",
            &[("url", hostile), ("words", hostile), ("name", hostile)],
        )
        .is(400);
    assert!(!page.text.contains("<script"), "{}", page.text);
    let pages: Vec<Page> = (0..30)
        .map(|_| stranger.post("/report/status", &[("code", "x")]))
        .collect();
    let last = pages.last().unwrap();
    assert_eq!(last.status, 429, "an address has so many and no more");
    assert!(last.headers.contains_key("retry-after"));
    stranger.get("/report").is(200);
}

#[test]
fn what_reporters_and_authors_write_is_shown_and_does_nothing() {
    let place = Place::new();
    let server = Server::start_with(&place, &OPTIONS);
    let key = server.administrator();
    let receiver = Receiver::willing();
    let hook = json!({"url": receiver.url(), "events": ["item.decided"]});
    key.post("/v1/webhooks", hook).expect(201);
    let query = "?external_id=one&url=https%3A%2F%2Fchess.example%2Fpost%2F1";
    submit(&key, query, &png(3));
    for (number, text) in HOSTILE.iter().enumerate() {
        let source = format!("{text} {number}");
        let institution =
            key.with_key(json!({"name": format!("key {number}"), "source": source, "scopes": ["submit"]}));
        for url in [URL, *text] {
            let body = json!({"url": url, "category": "other", "words": format!("{text}\n{number}")});
            institution.post("/v1/reports", body).expect(201);
        }
    }
    let mut amal = first(&server);
    let mut badr = person(&server, &mut amal, "badr", Grant::whole(Role::PolicyLead));
    let page = amal.get("/console/cases/1");
    is_harmless(&page);
    assert!(
        page.text.contains("&lt;script&gt;alert(1)") && page.text.contains("U+202E"),
        "it is shown: {}",
        page.text
    );
    is_harmless(&amal.get("/console/reports"));
    let decision = [
        ("sha256", group(&page)),
        ("outcome", "violating".to_owned()),
        ("action", "remove".to_owned()),
        ("clause", "rules#tvec.known".to_owned()),
    ];
    send(&mut amal, "/console/cases/1/decide", &decision).is(303);
    let told = receiver.wait_for(1)[0].json();
    let appeal = json!({"code": told["data"]["appeal_code"], "words": HOSTILE.join("\n")});
    let made = key.post("/v1/appeals", appeal).expect(201);
    is_harmless(&badr.get("/console/appeals"));
    is_harmless(&badr.get("/console/appeals/1"));
    let answer = HOSTILE.join(" ");
    badr.post(
        "/console/appeals/1/decide",
        &[("ruling", "uphold"), ("answer", &answer)],
    )
    .is(303);
    is_harmless(&badr.get("/console/appeals/1"));
    is_harmless(&amal.get("/console/cases/1"));
    let mut stranger = Browser::of(&server);
    let page = stranger
        .post("/report/status", &[("code", made["code"].as_str().unwrap())])
        .is(200);
    // There is no script of ours either.
    assert!(!page.text.contains("<script") && !page.text.contains('\u{202e}'));
    assert!(page.text.contains("&lt;script&gt;"), "{}", page.text);
}
