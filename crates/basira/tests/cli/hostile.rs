//! Texts by which strangers attack whoever reads them, through every field that is shown: all pages, as a browser without script
//! has them. In Chromium the same is looked at in `xtask/browser`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use testkit::encode;
use testkit::pdf::Pdf;
use testkit::policies::{CLAUSES, GROUNDS, queueing};
use web::console_routes;

use crate::browser::Browser;
use crate::console::{HOSTILE, first, group, is_harmless, submit, with_bank};
use crate::ocr::with_sentence;
use crate::pictures::{photo, png};
use crate::receiver::{Receiver, answer};
use crate::reports::send;
use crate::server::{Client, Server};

/// A text with a word by which it is told where it was shown.
fn planted(text: &str, field: &str) -> String {
    format!("{text} planted{field}")
}

/// A JPEG of the banked picture with a description (Exif 2.3, 4.6.4: ImageDescription) and a comment.
fn described(text: &str) -> Vec<u8> {
    let said = [text.as_bytes(), b"\0"].concat();
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0".to_vec();
    exif.extend((said.len() as u32).to_le_bytes());
    exif.extend(26_u32.to_le_bytes());
    exif.extend([0; 4]);
    exif.extend(&said);
    let picture = encode::jpeg(&photo(1), 80);
    let mut file = picture[..2].to_vec();
    for (marker, content) in [(0xe1, &exif), (0xfe, &said)] {
        file.extend([0xff, marker]);
        file.extend((content.len() as u16 + 2).to_be_bytes());
        file.extend(content);
    }
    file.extend(&picture[2..]);
    file
}

/// A document of the banked picture, with a title, a text and an attachment.
fn titled(text: &str) -> Vec<u8> {
    let written = |field: &str| {
        let letters = planted(text, field);
        let hex: String = letters.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
        format!("<feff{hex}>")
    };
    let mut file = Pdf::new();
    let title = file.object(format!(
        "<< /Title {} /Author {} >>",
        written("title"),
        written("author")
    ));
    file.trailer(&format!("/Info {title} 0 R "));
    let font = "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let plain: String = planted(text, "pdf").chars().filter(char::is_ascii).collect();
    let plain = plain.replace(['(', ')', '\\'], "");
    file.page(595, 842, font, &format!("BT /E 12 Tf 50 800 Td ({plain}) Tj ET"));
    let picture = file.jpeg(&encode::jpeg(&photo(1), 85), 320, 240);
    file.picture_page(picture, 640, 480);
    file.finish()
}

/// A page with the banked picture, by somebody who gives everything a name.
fn page(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    let picture = STANDARD.encode(png(1));
    format!(
        "<!doctype html><title>{}</title><meta name=\"author\" content=\"{escaped}\"><h1>{escaped}</h1><p>By {escaped}</p>\
         <p>{} and see https://elsewhere.example/?{escaped}</p><img alt=\"{escaped}\" src=\"data:image/png;base64,{picture}\">",
        planted(&escaped, "head"),
        planted(&escaped, "page").repeat(9),
    )
}

fn plant(key: &Client, admin: &mut Browser, text: &str, number: usize) {
    let field = |name: &str| planted(text, name);
    let address = |name: &str| {
        format!(
            "https://elsewhere.example/?{}",
            planted(text, name).replace(' ', "+")
        )
    };
    // Some are refused where a name has a form; what is taken is shown.
    key.post(
        "/v1/keys",
        json!({"name": field("key"), "source": "forum", "scopes": ["submit"]}),
    );
    let bot = key
        .with_key(json!({"name": format!("bot-{number}"), "source": field("source"), "scopes": ["submit"]}));
    let about = json!({
        "external_id": field("external"),
        "content": STANDARD.encode(described(&field("exif"))),
        "context": {"author": field("account"), "url": field("url"), "thread": field("thread")},
    });
    let taken = bot.post("/v1/items", about).expect(202);
    bot.finished(taken["item"].as_str().unwrap());
    submit(key, "", &titled(text));
    submit(key, "", page(text).as_bytes());
    let plain = submit(key, "", field("plain").as_bytes());
    let report = json!({"item": plain, "category": "other", "words": field("report")});
    key.post("/v1/reports", report).expect(201);
    let elsewhere = json!({"url": address("link"), "category": "other",
        "words": field("lost")});
    key.post("/v1/reports", elsewhere).expect(201);
    let entry = json!({
        "signals": [{"type": "sha256", "value": format!("{number:064x}")}],
        "labels": [field("label")], "note": field("note"), "external_id": field("name"),
    });
    key.post("/v1/banks/known/entries", entry).expect(201);
    let hook = json!({"url": address("hook"), "events": ["item.decided"]});
    key.post("/v1/webhooks", hook);
    let files = json!({"files": [
        {"name": "clauses.toml", "text": CLAUSES},
        {"name": "grounds.toml", "text": GROUNDS},
        {"name": "chess.copy.toml", "text": queueing(&field("policy"))},
    ]});
    let author = json!({"name": format!("author-{number}"), "person": format!("author-{number}"), "source": "forum",
        "scopes": ["write_policies"]});
    key.with_key(author).post("/v1/policies", files);
    let hold = [("hours", "1"), ("reason", &*field("hold"))];
    admin.post(&format!("/console/cases/{}/hold", 1 + number), &hold);
}

/// Every path that leads from a page to another one of the console.
fn paths(text: &str) -> Vec<String> {
    let links = text.split("href=\"/console/").skip(1);
    links
        .map(|rest| {
            format!(
                "/console/{}",
                rest.split('"').next().unwrap().replace("&amp;", "&")
            )
        })
        .collect()
}

#[test]
fn what_strangers_write_does_nothing_in_any_field_that_shows_it() {
    let place = with_sentence("script.png", HOSTILE[0]);
    let server = Server::start_with(
        &place,
        &[
            "--webhook-network",
            "127.0.0.0/8",
            "--review-undo",
            "0",
            "--review-forms",
            "--ocr",
        ],
    );
    let key = server.administrator();
    let receiver = Receiver::new(|_, _| answer(500, &HOSTILE.join(" ")));
    // What is told of an item waits for what was told of it before.
    let hook = json!({"url": receiver.url(), "events": ["item.decided"]});
    key.post("/v1/webhooks", hook).expect(201);
    with_bank(&key);
    let mut admin = first(&server);
    for (number, text) in HOSTILE.iter().enumerate() {
        plant(&key, &mut admin, text, number);
    }
    let drawn = submit(
        &key,
        "",
        &std::fs::read(place.files().join("script.png")).unwrap(),
    );
    let report = json!({"item": drawn, "category": "other", "words": "letters in a picture"});
    key.post("/v1/reports", report).expect(201);
    // A decision with a note, and an appeal against it.
    let page = admin.get("/console/cases/1").is(200);
    let decision = [
        ("sha256", group(&page)),
        ("outcome", "violating".to_owned()),
        ("action", "remove".to_owned()),
        ("clause", "rules#1".to_owned()),
        ("note", planted(&HOSTILE.join(" "), "remark")),
    ];
    send(&mut admin, "/console/cases/1/decide", &decision).is(303);
    let begun = std::time::Instant::now();
    let code = loop {
        let told = receiver.got();
        let code = told
            .iter()
            .find_map(|it| Some(it.json()["data"]["appeal_code"].as_str()?.to_owned()));
        match code {
            Some(code) => break code,
            None => assert!(begun.elapsed().as_secs() < 30, "the decision is told"),
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    let appeal = [("code", code), ("words", planted(&HOSTILE.join(" "), "appeal"))];
    send(&mut Browser::of(&server), "/appeal", &appeal).is(200);

    // Every page that can be reached, in both languages, and what is uncovered.
    let mut waiting: Vec<String> = console_routes()
        .iter()
        .filter(|route| route.method == "GET" && !route.path.contains('{'))
        .map(|route| route.path.to_owned())
        .collect();
    let asked = HOSTILE.map(|text| {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        [
            "queue?queue=",
            "items?verdict=",
            "items?from=",
            "deliveries?state=",
            "banks/known?question=",
            "cases/1?item=",
        ]
        .map(|path| format!("/console/{path}{encoded}"))
    });
    waiting.extend(asked.into_iter().flatten());
    let mut seen = std::collections::BTreeSet::new();
    let mut shown = std::collections::BTreeSet::new();
    let mut uncovered = std::collections::BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if path.contains(".csv") || path.contains("sign-in") || !seen.insert(path.clone()) {
            continue;
        }
        let page = admin.get(&path);
        if page.status != 200 {
            assert!(!page.text.contains("<script>alert"), "{path}");
            continue;
        }
        if !page.headers["content-type"].starts_with("text/html") {
            continue;
        }
        is_harmless(&page);
        waiting.extend(paths(&page.text));
        let mut texts = page.text.clone();
        let items: Vec<&str> = page.text.split("name=\"item\" value=\"").skip(1).collect();
        let case = path.split('?').next().unwrap();
        if case.starts_with("/console/cases/") && case.matches('/').count() == 3 {
            for item in items {
                let item = item.split('"').next().unwrap();
                if !uncovered.insert(item.to_owned()) {
                    continue;
                }
                let open = admin.post(&format!("{case}/reveal"), &[("item", item)]);
                is_harmless(&open);
                texts += &open.text;
                if item == drawn {
                    assert!(
                        open.text.contains("alert(1)"),
                        "its letters were read: {}",
                        open.text
                    );
                }
            }
        }
        for rest in texts.split("planted").skip(1) {
            let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            shown.insert(word);
        }
    }
    println!(
        "{} pages, {} items uncovered; shown: {shown:?}",
        seen.len(),
        uncovered.len()
    );
    for field in [
        "external", "account", "url", "thread", "source", "plain", "pdf", "page", "report", "link", "lost",
        "label", "note", "name", "hook", "policy", "hold", "remark", "appeal",
    ] {
        assert!(shown.contains(field), "{field} is on no page: {shown:?}");
    }
    // Letters that turn others around are shown by their numbers.
    assert!(admin.get("/console/cases/1").text.contains("U+202E"));
}
