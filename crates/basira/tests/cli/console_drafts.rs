//! Policies written in the console, as text and by choosing: the real program, without script.

use std::time::{Duration, Instant};

use model::{Grant, Role};
use serde_json::json;
use testkit::encode;

use crate::browser::{Browser, Page};
use crate::console::{HOSTILE, first, is_harmless, person, submit, with_bank};
use crate::console_forms::kinds;
use crate::pictures::photo;
use crate::place::Place;
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

/// The text with which a new policy begins.
pub(crate) fn begun(lead: &mut Browser) -> String {
    text(&lead.get("/console/draft").is(200))
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
    let begun = begun(&mut lena);
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
        place.write(format!("set/{reference}"), shipped);
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
        let mut page = work(&mut lena, "check", &text, &[("item", hostile), ("days", hostile)]);
        // The text itself stays as it was typed, by itself in its field; the check says what is hidden in it.
        let (before, rest) = page.text.split_once("<textarea id=\"text\"").unwrap();
        let (typed, after) = rest.split_once("</textarea>").unwrap();
        assert!(!typed.contains("<script"), "{typed}");
        page.text = format!("{before}{after}");
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
        page.text
            .contains("The check and all \u{2068}4\u{2069} tests pass."),
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
