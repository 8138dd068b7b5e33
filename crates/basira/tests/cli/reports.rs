//! Reports and appeals, from the form to the decision: the real program, without script. Who reports is nowhere but sealed.

use std::fs;
use std::path::{Path, PathBuf};

use model::{Grant, Role};
use serde_json::json;
use web::{console_routes, hosted_routes};

use crate::browser::{Browser, Page};
use crate::console::{HOSTILE, first, group, is_harmless, path_of, person, submit, with_bank};
use crate::pictures::png;
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::Server;

const OPTIONS: [&str; 5] = [
    "--webhook-network",
    "127.0.0.0/8",
    "--review-undo",
    "0",
    "--review-forms",
];
const URL: &str = "https://chess.example/post/1";

/// What a form reports.
fn fields(words: &str) -> Vec<(&'static str, String)> {
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

fn send(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post(path, &fields)
}

fn code(page: &Page) -> String {
    page.between("id=\"sent-code\">", "<").expect("a code is shown")
}

fn status(browser: &mut Browser, code: &str) -> String {
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

/// Texts of whoever reports, as they are given by each way in.
const NAMES: [&str; 3] = [
    "Zenobia Quillfeather",
    "Ophelia Marchbanks-Tew",
    "user/peregrine-oakshott",
];
const EMAILS: [&str; 2] = ["zenobia.q@quillfeather.example", "ophelia@marchbanks.example"];
/// What is kept in the clear, to show that what is looked for would be found.
const WORDS: &str = "a rook was seen where no rook should be";

#[track_caller]
fn is_clean(place: &str, bytes: &[u8]) {
    for text in NAMES.iter().chain(&EMAILS) {
        let whole = text.rsplit('/').next().unwrap();
        for piece in whole.split([' ', '@']).filter(|piece| piece.len() > 6) {
            assert!(!contains(bytes, piece), "{piece} is in {place}");
        }
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

#[test]
fn who_reports_is_found_nowhere() {
    let place = Place::new();
    let options = [&OPTIONS[..], &["--log-level", "trace"]].concat();
    let mut server = Server::start_with(&place, &options);
    let said = server.log();
    let key = server.administrator();
    let receiver = Receiver::willing();
    key.post("/v1/webhooks", json!({"url": receiver.url()}))
        .expect(201);
    with_bank(&key);
    let query = "?external_id=one&url=https%3A%2F%2Fchess.example%2Fpost%2F1";
    let item = submit(&key, query, &png(3));
    let reporter = json!({"name": NAMES[0], "email": EMAILS[0]});
    let about = json!({"item": item, "category": "other", "words": WORDS, "reporter": reporter});
    key.post("/v1/reports", about).expect(201);
    let mut elsewhere = json!({"url": "https://elsewhere.example/", "category": "other", "words": WORDS});
    elsewhere["reporter"] = json!({"name": NAMES[0], "email": EMAILS[0]});
    key.post("/v1/reports", elsewhere.clone()).expect(201);
    // What is refused is said without repeating it.
    elsewhere["reporter"]["email"] = json!("zenobia quillfeather");
    let refused = key.post("/v1/reports", elsewhere);
    refused.problem(400, "invalid-field");
    is_clean("a refusal", refused.text.as_bytes());
    let mut stranger = Browser::of(&server);
    let who = [("name", NAMES[1].to_owned()), ("email", EMAILS[1].to_owned())];
    let sent = send(&mut stranger, "/report", &[fields(WORDS), who.to_vec()].concat()).is(200);
    is_clean("the answer to a form", sent.text.as_bytes());
    let coop = json!({
        "reporter": {"kind": "user", "typeId": "user", "id": "peregrine-oakshott"},
        "reportedAt": "2026-11-25T00:00:00Z",
        "reportedItem": {"id": "1", "typeId": "post", "data": {"text": "x"}},
        "reportedForReason": {"reason": WORDS},
    });
    key.post("/api/v1/report", coop).expect(201);

    // All the way: a decision, an appeal, its decision.
    let mut amal = first(&server);
    let mut badr = person(&server, &mut amal, "badr", Grant::whole(Role::PolicyLead));
    let page = amal.get("/console/cases/1").is(200);
    let decision = [
        ("sha256", group(&page)),
        ("outcome", "violating".to_owned()),
        ("action", "remove".to_owned()),
        ("clause", "rules#tvec.known".to_owned()),
    ];
    send(&mut amal, "/console/cases/1/decide", &decision).is(303);
    // Two items in which nothing was found, and the decision.
    let told = receiver.wait_for(3);
    let code = told
        .iter()
        .find_map(|it| Some(it.json()["data"]["appeal_code"].as_str()?.to_owned()));
    let appeal = [("code", code.unwrap()), ("words", "it is chess".to_owned())];
    send(&mut stranger, "/appeal", &appeal).is(200);
    badr.post("/console/appeals/1/decide", &[("ruling", "overturn")])
        .is(303);
    for request in receiver.wait_for(5) {
        is_clean("a webhook", &request.body);
    }
    for mut browser in [amal, badr] {
        for route in console_routes().iter().filter(|route| route.method == "GET") {
            let page = browser.get(&path_of(route).replace("999999", "1"));
            is_clean(route.path, page.text.as_bytes());
            let headers = format!("{:?}", page.headers);
            is_clean(route.path, headers.as_bytes());
        }
        let page = browser.get("/console/cases/1").is(200);
        assert!(page.text.contains(WORDS), "the words are there");
    }
    let document = key.get("/v1/openapi.json").expect(200);
    let paths = document["paths"].as_object().unwrap();
    let mut asked = 0;
    for (path, methods) in paths {
        if methods.get("get").is_none() {
            continue;
        }
        let item = path.replace("{item}", &item);
        let mut pieces: Vec<&str> = item.split('/').collect();
        for piece in &mut pieces {
            if piece.starts_with('{') {
                *piece = "1";
            }
        }
        is_clean(path, key.get(&pieces.join("/")).text.as_bytes());
        asked += 1;
    }
    assert!(asked > 20, "{asked}");
    is_clean("the log", key.get("/v1/log?limit=1000").text.as_bytes());
    assert_eq!(server.stop(), Some(0));
    is_clean("what the program said", said.join().unwrap().as_bytes());
    place.go("backup ../copy").ends(0);
    is_clean("an export", place.go("bank export known").out.as_bytes());
    let root = place.data().parent().unwrap().to_owned();
    let mut with_words = 0;
    for file in files(&root) {
        let bytes = fs::read(&file).unwrap();
        is_clean(&file.display().to_string(), &bytes);
        with_words += usize::from(contains(&bytes, WORDS));
    }
    assert!(
        with_words > 0,
        "what is looked for where nothing is hidden is found"
    );
}
