//! Who reports is nowhere but sealed: names that were planted are looked for in every byte, in whatever form they could stand there.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use model::{Grant, Role};
use serde_json::json;
use web::console_routes;

use crate::browser::Browser;
use crate::console::{first, group, path_of, person, submit, with_bank};
use crate::pictures::png;
use crate::place::Place;
use crate::receiver::Receiver;
use crate::reports::{OPTIONS, fields, send};
use crate::server::Server;

/// Texts of whoever reports, as they are given by each way in.
const NAMES: [&str; 4] = [
    "Zenobia Quillfeather",
    "Ophelia Marchbanks-Tew",
    "user/peregrine-oakshott",
    "قمرالزمان الإسكندراني",
];
const EMAILS: [&str; 2] = ["zenobia.q@quillfeather.example", "ophelia@marchbanks.example"];
/// What is kept in the clear, to show that what is looked for would be found.
const WORDS: &str = "a rook was seen where no rook should be";

/// What is looked for: pieces of names in every form, by their first two bytes.
static PLANTED: LazyLock<HashMap<[u8; 2], Vec<Form>>> = LazyLock::new(|| {
    let mut planted: HashMap<[u8; 2], Vec<Form>> = HashMap::new();
    for text in NAMES.iter().chain(&EMAILS) {
        let whole = text.rsplit('/').next().unwrap();
        let pieces = whole.split([' ', '@']);
        for piece in pieces.filter(|piece| piece.chars().count() > 6) {
            for (form, bytes) in forms(piece) {
                let start = [bytes[0], bytes[1]];
                planted.entry(start).or_default().push((piece, form, bytes));
            }
        }
    }
    planted
});

/// A piece of a name, what form it has, and its bytes.
type Form = (&'static str, &'static str, Vec<u8>);

/// The forms in which a text could be written down without anybody meaning to hide it.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let each = |unit: &dyn Fn(u8) -> String| text.bytes().map(unit).collect::<String>().into_bytes();
    let units = || text.encode_utf16();
    let mut escaped = String::new();
    let mut marked = String::new();
    for (unit, letter) in units().zip(text.chars()) {
        write!(escaped, "\\u{unit:04x}").unwrap();
        write!(marked, "&#{};", u32::from(letter)).unwrap();
    }
    let mut forms = vec![
        ("itself", text.as_bytes().to_vec()),
        ("in small letters", text.to_lowercase().into_bytes()),
        ("in UTF-16", units().flat_map(u16::to_le_bytes).collect()),
        (
            "in UTF-16, the other way round",
            units().flat_map(u16::to_be_bytes).collect(),
        ),
        ("in percent signs", each(&|byte| format!("%{byte:02X}"))),
        ("in small percent signs", each(&|byte| format!("%{byte:02x}"))),
        ("in hexadecimal", each(&|byte| format!("{byte:02x}"))),
        ("in large hexadecimal", each(&|byte| format!("{byte:02X}"))),
        ("as JSON escapes it", escaped.into_bytes()),
        ("as HTML escapes it", marked.into_bytes()),
    ];
    // In base64 it stands in one of three ways; what depends on its neighbours is left out.
    for before in 0..3_usize {
        let bytes = [vec![0; before], text.as_bytes().to_vec()].concat();
        let own = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.push((
                "in base64",
                engine.encode(&bytes).as_bytes()[own.clone()].to_vec(),
            ));
        }
    }
    forms
}

/// The first form that is found.
fn found(bytes: &[u8]) -> Option<&'static Form> {
    bytes.windows(2).enumerate().find_map(|(at, start)| {
        let candidates = PLANTED.get(start)?;
        candidates
            .iter()
            .find(|(_, _, form)| bytes[at..].starts_with(form))
    })
}

#[track_caller]
fn is_clean(place: &str, bytes: &[u8]) {
    if let Some((piece, form, _)) = found(bytes) {
        panic!("{piece} is in {place}, {form}");
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn what_is_looked_for_is_found_in_every_form() {
    for (name, form) in [
        ("itself", "x Quillfeather".as_bytes().to_vec()),
        (
            "in base64",
            STANDARD_NO_PAD
                .encode("to Zenobia Quillfeather, chess")
                .into_bytes(),
        ),
        (
            "in base64",
            STANDARD_NO_PAD
                .encode("at Zenobia Quillfeather, chess")
                .into_bytes(),
        ),
        (
            "in UTF-16",
            "Marchbanks-Tew"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        ),
        (
            "as JSON escapes it",
            br#"{"a":"\u0642\u0645\u0631\u0627\u0644\u0632\u0645\u0627\u0646"}"#.to_vec(),
        ),
        (
            "in percent signs",
            b"?name=%D9%82%D9%85%D8%B1%D8%A7%D9%84%D8%B2%D9%85%D8%A7%D9%86".to_vec(),
        ),
    ] {
        assert_eq!(found(&form).map(|(_, form, _)| *form), Some(name));
    }
    assert_eq!(found(b"Opheli and Zenobi"), None, "a rook");
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
    elsewhere["reporter"]["name"] = json!(NAMES[3]);
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
    let mut browsers: Vec<Browser> = Role::ALL
        .iter()
        .map(|role| person(&server, &mut amal, &format!("a {role}"), Grant::whole(*role)))
        .collect();
    browsers.extend([amal.clone(), badr]);
    for browser in &mut browsers {
        for route in console_routes().iter().filter(|route| route.method == "GET") {
            let page = browser.get(&path_of(route).replace("999999", "1"));
            is_clean(route.path, page.text.as_bytes());
            let headers = format!("{:?}", page.headers);
            is_clean(route.path, headers.as_bytes());
        }
    }
    let page = amal.get("/console/cases/1").is(200);
    assert!(page.text.contains(WORDS), "the words are there");
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

    // Whoever has the backup and not the key learns no more, whatever they try.
    let other = Place::new();
    let copy = root.join("copy");
    let run = other.run(["restore", copy.to_str().unwrap()]);
    is_clean("what a restore says", format!("{run:?}").as_bytes());
    for command in ["verify", "bank export known", "doctor"] {
        let run = other.go(command);
        is_clean(command, format!("{run:?}").as_bytes());
    }
    let mut with_words = 0;
    for file in files(&other.data()) {
        let bytes = fs::read(&file).unwrap();
        is_clean(&file.display().to_string(), &bytes);
        with_words += usize::from(contains(&bytes, WORDS));
    }
    assert!(
        with_words > 0 || other.database().is_some(),
        "all else was restored"
    );
}
