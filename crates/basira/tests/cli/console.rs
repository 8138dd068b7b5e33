//! The console, as people use it: the real program, without script, over real sockets.

use std::io::Write;
use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::json;
use testkit::encode;
use web::{ConsoleRoute, Need, console_routes};

use crate::browser::{Browser, Page};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::{Client, Server};

const PASSWORD: &str = "four knights and a rook";

/// Texts by which strangers try to have a page do something, or to disguise what they write.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}</title></textarea><svg onload=alert(1)>",
    "invoice_\u{202e}gpj.exe\u{200b}\u{2066}",
];

pub(crate) fn first(server: &Server) -> Browser {
    let link = server.link.clone().expect("the first start shows a link");
    Browser::invited(server, &link, PASSWORD)
}

/// Invites somebody, and has them come in.
pub(crate) fn person(server: &Server, admin: &mut Browser, name: &str, grant: Grant) -> Browser {
    let queue = grant.queue.as_ref().map_or("", model::Queue::name);
    let fields = [
        ("name", name),
        ("role", grant.role.name()),
        ("queue", queue),
        ("most", grant.most.name()),
    ];
    let page = admin.post("/console/people", &fields).is(200);
    let link = page.between("<code dir=\"ltr\">http", "</code>").unwrap();
    Browser::invited(server, &link, PASSWORD)
}

/// A bank with one picture, of which copies match.
pub(crate) fn with_bank(client: &Client) {
    client.post("/v1/banks", json!({"name": "known"})).expect(201);
    client.bytes("/v1/banks/known/media", &png(1)).expect(201);
}

pub(crate) fn submit(client: &Client, query: &str, bytes: &[u8]) -> String {
    let taken = client.bytes(&format!("/v1/items{query}"), bytes).expect(202);
    let item = taken["item"].as_str().unwrap().to_owned();
    client.finished(&item);
    item
}

/// The field of the first form that decides.
pub(crate) fn group(page: &Page) -> String {
    page.between("name=\"sha256\" value=\"", "\"")
        .expect("the group can be decided")
}

#[test]
fn the_first_administrator_comes_in_by_a_link_that_is_good_once() {
    let place = Place::new();
    let server = Server::start(&place);
    let link = server.link.clone().unwrap();
    let path = link.strip_prefix(&server.address).unwrap().to_owned();
    let mut browser = Browser::of(&server);
    assert_eq!(browser.get("/console").is(303).leads_to(), "/console/sign-in");
    let short = browser
        .post(&path, &[("password", "short"), ("again", "short")])
        .is(400);
    assert!(short.text.contains("characters"), "{}", short.text);
    browser
        .post(&path, &[("password", PASSWORD), ("again", "another")])
        .is(400);
    browser = Browser::invited(&server, &link, PASSWORD);
    Browser::of(&server).get(&path).is(404);
    let page = browser.get("/console/sessions").is(200);
    for (name, expected) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(page.headers[name], expected);
    }
    let policy = &page.headers["content-security-policy"];
    let nonce = page.between("<script nonce=\"", "\"").unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "img-src 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(
        policy.contains(&format!("script-src 'nonce-{nonce}'")) && !policy.contains("unsafe"),
        "{policy}"
    );
    let again = browser
        .get("/console/sessions")
        .between("<script nonce=\"", "\"")
        .unwrap();
    assert_ne!(nonce, again, "a nonce is used once");

    browser.post("/console/sign-out", &[]).is(303);
    assert!(browser.cookies.keys().all(|name| name != "basira_session"));
    let sign_in = |browser: &mut Browser, name: &str, password: &str| {
        browser.post(
            "/console/sign-in",
            &[("name", name), ("password", password), ("code", "")],
        )
    };
    let wrong = sign_in(&mut browser, "administrator", "not the password")
        .is(403)
        .text;
    let nobody = sign_in(&mut browser, "nobody", PASSWORD).is(403).text;
    let words = |text: &str| {
        text.split("id=\"wrong\">")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(words(&wrong), words(&nobody), "what was wrong is not said");
    sign_in(&mut browser, "administrator", PASSWORD).is(303);
    browser.get("/console/people").is(200);
    // Nobody guesses for long.
    let statuses: Vec<u16> = (0..8)
        .map(|_| sign_in(&mut Browser::of(&server), "administrator", "guess").status)
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    // The next start shows no link: somebody has come in.
    assert_eq!(server.stop(), Some(0));
    let server = Server::start(&place);
    assert_eq!(server.link, None);
    let mut browser = Browser::of(&server);
    sign_in(&mut browser, "administrator", PASSWORD).is(303);
    let page = browser
        .post(
            "/console/language",
            &[("lang", "ar"), ("back", "/console/sessions")],
        )
        .is(303);
    assert_eq!(page.leads_to(), "/console/sessions");
    let page = browser.get("/console/sessions").is(200);
    assert!(
        page.text.contains("<html lang=\"ar\" dir=\"rtl\">"),
        "{}",
        page.text
    );
}

/// A path of a route that names things, of which none is there.
pub(crate) fn path_of(route: &ConsoleRoute) -> String {
    let pieces = route.path.split('/').map(|piece| match piece.starts_with('{') {
        true => "999999",
        false => piece,
    });
    pieces.collect::<Vec<_>>().join("/")
}

#[test]
fn every_role_reaches_its_routes_and_no_other_and_no_forged_form_comes_through() {
    let place = Place::new();
    let server = Server::start(&place);
    let mut admin = first(&server);
    let routes = console_routes();
    assert!(routes.len() > 30);
    let mut anonymous = Browser::of(&server);
    for route in routes.iter().filter(|route| route.need != Need::Anybody) {
        let path = path_of(route);
        match route.method {
            "GET" => assert_eq!(
                anonymous.get(&path).is(303).leads_to(),
                "/console/sign-in",
                "{path}"
            ),
            _ => drop(anonymous.post(&path, &[]).is(403)),
        }
    }
    for role in Role::ALL {
        let mut browser = person(&server, &mut admin, &format!("a {role}"), Grant::whole(*role));
        for route in &routes {
            let path = path_of(route);
            if route.method == "POST" {
                let token = browser.token.clone();
                let mut forged = |headers: &[(&str, &str)], token: &str| {
                    browser
                        .send("POST", &path, headers, Some(&[("token", token)]))
                        .status
                };
                let ours = server.address.as_str();
                assert_eq!(
                    forged(&[("origin", "https://evil.example")], &token),
                    403,
                    "{path}"
                );
                assert_eq!(forged(&[("origin", "null")], &token), 403, "{path}");
                assert_eq!(forged(&[], &token), 403, "{path}");
                let site = [("origin", ours), ("sec-fetch-site", "cross-site")];
                assert_eq!(forged(&site, &token), 403, "{path}");
                if route.need != Need::Anybody {
                    assert_eq!(forged(&[("origin", ours)], "another"), 403, "{path}");
                    assert_eq!(forged(&[("origin", ours)], ""), 403, "{path}");
                }
            }
            let granted = match route.need {
                // Asked for by somebody without a session above all; and ending one's own would end the test.
                Need::Anybody => continue,
                Need::SignedIn if path.ends_with("/sign-out") => continue,
                Need::SignedIn => true,
                Need::Right(right) => role.rights().contains(&right),
            };
            let token = browser.token.clone();
            let page = match route.method {
                "GET" => browser.get(&path),
                _ => browser.post(&path, &[]),
            };
            browser.token = token;
            assert_eq!(
                page.status != 403,
                granted,
                "{role} {} {path}: {}",
                route.method,
                page.status
            );
            assert!(page.status < 500, "{role} {path}: {}", page.text);
        }
    }
    assert_eq!(anonymous.get("/console/elsewhere").status, 404);
}

#[test]
fn a_grant_holds_for_its_queue_and_severity_and_nothing_is_said_of_the_rest() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let matched = submit(&key, "", &encode::jpeg(&photo(1), 80));
    submit(&key, "", &encode::jpeg(&photo(2), 80)[..800]);
    let mut admin = first(&server);
    let page = admin.get("/console/queue").is(200);
    let cases: Vec<&str> = page.text.matches("href=\"/console/cases/").collect();
    assert_eq!(cases.len(), 2, "{}", page.text);
    let mut limited = |name: &str, queue, most| {
        let grant = Grant {
            role: Role::Reviewer,
            queue,
            most,
        };
        person(&server, &mut admin, name, grant)
    };
    let mut reader = limited("a", Some(model::Queue::Incomplete), model::Severity::Critical);
    let page = reader.get("/console/queue").is(200);
    assert_eq!(page.text.matches("href=\"/console/cases/").count(), 1);
    reader.get("/console/cases/1").is(404);
    reader.get("/console/cases/2").is(200);
    reader.post("/console/cases/1/take", &[]).is(404);
    reader
        .post("/console/cases/1/reveal", &[("item", &matched)])
        .is(404);
    // An item of another case is not uncovered through one's own.
    reader
        .post("/console/cases/2/reveal", &[("item", &matched)])
        .is(404);
    let mut reader = limited("b", None, model::Severity::Low);
    reader.get("/console/cases/1").is(404);
    reader.get("/console/cases/2").is(200);
}

/// What a page shows of a hostile text does nothing, and turns nothing around.
#[track_caller]
pub(crate) fn is_harmless(page: &Page) {
    let page = page.clone().is(200);
    for text in HOSTILE.iter().filter(|text| text.contains(['<', '"', '\''])) {
        assert!(!page.text.contains(text), "{text} is in {}", page.text);
    }
    assert_eq!(page.text.matches("<script").count(), 1, "{}", page.text);
    for wrong in ["<img src=x", "<svg onload", " onfocus='", "href=\"javascript:"] {
        assert!(!page.text.contains(wrong), "{wrong} is in {}", page.text);
    }
    // Fluent isolates by two of them what it puts in; none of a stranger's comes through.
    for hidden in ['\u{202e}', '\u{200b}', '\u{2066}'] {
        assert!(!page.text.contains(hidden), "{hidden:?} is in {}", page.text);
    }
}

#[test]
fn what_strangers_write_is_shown_and_does_nothing() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let mut admin = first(&server);
    let zip = |text: &str| {
        let name = format!("{}.png", text.replace('/', "_"));
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(&png(1)).unwrap();
        writer.finish().unwrap().into_inner()
    };
    for (number, text) in HOSTILE.iter().enumerate() {
        let name = format!("bot-{number}");
        let bot =
            key.with_key(json!({"name": name, "source": format!("{text} {number}"), "scopes": ["submit"]}));
        let about = json!({
            "external_id": text,
            "content": base64(&zip(text)),
            "context": {"author": text, "url": text, "thread": text},
        });
        let taken = bot.post("/v1/items", about).expect(202);
        bot.finished(taken["item"].as_str().unwrap());
        let page = bot
            .bytes(
                "/v1/items",
                format!("{text}\n<b>{number}</b> and more words").as_bytes(),
            )
            .expect(202);
        bot.finished(page["item"].as_str().unwrap());
        person(
            &server,
            &mut admin,
            &format!("{text} {number}"),
            Grant::whole(Role::Reviewer),
        );
    }
    let queue = admin
        .get("/console/queue?queue=%3Cscript%3E&least=%22&state=%27")
        .is(200);
    is_harmless(&queue);
    let cases: Vec<String> = queue
        .text
        .split("href=\"/console/cases/")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(!cases.is_empty());
    for case in cases {
        let path = format!("/console/cases/{case}");
        let mut page = admin.get(&path);
        is_harmless(&page);
        while let Some(sha256) = page.between("name=\"sha256\" value=\"", "\"") {
            let note = HOSTILE.join(" ");
            let fields = [
                ("sha256", sha256.as_str()),
                ("outcome", "exempt"),
                ("exemption", "news"),
                ("note", &note),
            ];
            admin.post(&format!("{path}/decide"), &fields).is(303);
            page = admin.get(&path);
            is_harmless(&page);
        }
        let items = page.text.split("name=\"item\" value=\"").skip(1);
        let items: Vec<String> = items
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        for item in items {
            let shown = admin.post(&format!("{path}/reveal"), &[("item", &item)]);
            is_harmless(&shown);
            assert!(shown.headers["content-security-policy"].contains("img-src data:"));
        }
    }
    for path in ["people", "sessions", "log", "overview", "banks", "account"] {
        is_harmless(&admin.get(&format!("/console/{path}")));
    }
    let people = admin.get("/console/people").text;
    assert!(
        people.contains("&lt;script&gt;alert(1)") && people.contains("U+202E"),
        "it is shown"
    );
    let whole = admin.post("/console/log/verify", &[]).is(200);
    assert!(whole.text.contains("The log is whole"), "{}", whole.text);
    // Every time that something was uncovered is in the log.
    assert!(admin.get("/console/log?after=0").text.contains("case_opened"));
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn what_is_undone_leaves_nothing_and_what_is_not_is_told_and_can_be_reversed() {
    let place = Place::new();
    let options = ["--webhook-network", "127.0.0.0/8", "--review-undo", "3"];
    let server = Server::start_with(&place, &options);
    let key = server.administrator();
    let receiver = Receiver::willing();
    let events = json!(["item.decided"]);
    key.post("/v1/webhooks", json!({"url": receiver.url(), "events": events}))
        .expect(201);
    with_bank(&key);
    let copy = encode::jpeg(&photo(1), 80);
    let item = submit(&key, "?external_id=one", &copy);
    submit(&key, "?external_id=two", &copy);
    let mut browser = first(&server);
    let page = browser.get("/console/cases/1").is(200);
    assert!(
        page.text.contains("2 items") || page.text.contains("items"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("<img"), "covered until it is uncovered");
    let shown = browser
        .post("/console/cases/1/reveal", &[("item", &item)])
        .is(200);
    assert!(
        shown.text.contains("<img src=\"data:image/png;base64,"),
        "{}",
        shown.text
    );
    browser.post("/console/cases/1/take", &[]).is(303);
    browser.post("/console/cases/1/alive", &[]).is(204);
    let sha256 = group(&page);
    let decide = |browser: &mut Browser, outcome: &str| {
        let fields = [
            ("sha256", sha256.as_str()),
            ("outcome", outcome),
            ("exemption", ""),
            ("duplicate_of", ""),
            ("action", "remove"),
            ("clause", "rules#tvec.known"),
        ];
        browser.post("/console/cases/1/decide", &fields)
    };
    decide(&mut browser, "").is(400);
    decide(&mut browser, "exempt").is(400);
    decide(&mut browser, "violating").is(303);
    decide(&mut browser, "violating").is(409);
    browser.post("/console/decisions/1/undo", &[]).is(303);
    std::thread::sleep(Duration::from_secs(5));
    assert!(receiver.got().is_empty(), "what was undone has left nothing");
    browser.post("/console/decisions/1/undo", &[]).is(409);

    let begun = Instant::now();
    decide(&mut browser, "violating").is(303);
    let told = receiver.wait_for(2);
    assert!(
        begun.elapsed() >= Duration::from_secs(2),
        "not before it could no longer be undone"
    );
    let ids: Vec<_> = told
        .iter()
        .map(|request| request.json()["data"]["external_id"].clone())
        .collect();
    assert!(
        ids.contains(&json!("one")) && ids.contains(&json!("two")),
        "{ids:?}"
    );
    assert_eq!(told[0].json()["data"]["outcome"], "violating");
    browser.post("/console/decisions/2/reverse", &[]).is(303);
    let told = receiver.wait_for(4);
    assert_eq!(told[3].json()["type"], "decision.reversed");
    let page = browser.get("/console/cases/1").is(200);
    assert!(
        page.text.contains("reversed") && page.text.contains("name=\"sha256\""),
        "it waits again"
    );
    let log = key.get("/v1/log?limit=1000").expect(200);
    let kinds: Vec<&str> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "case_opened",
        "case_joined",
        "media_revealed",
        "case_taken",
        "case_decided",
        "decision_undone",
        "decision_settled",
        "decision_reversed",
        "signed_in",
    ] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}
