//! Policies are brought into use and taken back in the console: the real program, without script.

use model::{Grant, Role};
use serde_json::Value;

use crate::browser::{Browser, Page};
use crate::console::{HOSTILE, first, is_harmless, person};
use crate::console_drafts::begun;
use crate::place::Place;
use crate::server::{Client, Server};

const POLICY: &str = "/console/policies/own.near-copy";

/// The stage of each text, the newest first.
fn stages(key: &Client) -> Vec<String> {
    let kept = key.get("/v1/policies/own.near-copy").expect(200);
    let texts = kept["texts"].as_array().unwrap().iter();
    texts.map(|it| it["stage"].as_str().unwrap().to_owned()).collect()
}

/// The stages that a page offers for its texts.
fn offered(page: &Page) -> Vec<&str> {
    let buttons = page.text.split("name=\"to\" value=\"").skip(1);
    buttons.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_policy_goes_through_its_stages_and_back_in_the_console() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    let mut admin = first(&server);
    let mut lead = |name: &str| person(&server, &mut admin, name, Grant::whole(Role::PolicyLead));
    let (mut lena, mut omar) = (lead("lena"), lead("omar"));
    let hand_in = |browser: &mut Browser, text: &str| {
        let fields = [("do", "save"), ("text", text), ("name", "draft.toml")];
        browser.post("/console/draft", &fields).is(303);
        let kept = key.get("/v1/policies/own.near-copy").expect(200);
        kept["texts"][0]["text"].as_str().unwrap().to_owned()
    };
    let go = |browser: &mut Browser, hash: &str, to: &str, more: &[(&str, &str)]| {
        let fields = [&[("text", hash), ("to", to)], more].concat();
        browser.post(&format!("{POLICY}/deploy"), &fields)
    };
    let text = begun(&mut lena);
    let hash = hand_in(&mut lena, &text);

    // What it refers to came with it, and goes first: it is approved and put into effect at once, without a shadow.
    let refused = go(&mut lena, &hash, "shadow", &[]).is(422);
    assert!(
        refused.text.contains("clauses.toml has no clause"),
        "{}",
        refused.text
    );
    for name in ["clauses.toml", "grounds.toml"] {
        let path = format!("/console/policies/{name}");
        let kept = key.get(&format!("/v1/policies/{name}")).expect(200);
        let text = kept["texts"][0]["text"].as_str().unwrap();
        assert_eq!(
            offered(&lena.get(&path).is(200)),
            ["retired"],
            "nobody has approved it"
        );
        omar.post(&path, &[("text", text)]).is(303);
        assert_eq!(offered(&lena.get(&path).is(200)), ["enforce", "retired"]);
        lena.post(&format!("{path}/deploy"), &[("text", text), ("to", "enforce")])
            .is(303);
    }

    // Only what nothing stands against is offered; what is asked for in spite of that is refused, as by the API.
    let page = lena.get(POLICY).is(200);
    assert_eq!(
        offered(&page),
        ["shadow", "retired", "emergency"],
        "{}",
        page.text
    );
    go(&mut lena, &hash, "enforce", &[]).is(409);
    go(&mut lena, &hash, "shadow", &[("reason", HOSTILE[0])]).is(303);
    let page = lena.get(POLICY).is(200);
    is_harmless(&page);
    assert_eq!(
        offered(&page),
        ["retired", "emergency"],
        "it waits for an approval"
    );
    go(&mut lena, &hash, "canary", &[("per_mille", "50")]).is(409);
    omar.post(POLICY, &[("text", &hash)]).is(303);
    assert_eq!(
        offered(&lena.get(POLICY).is(200)),
        ["retired", "canary", "emergency"]
    );
    go(&mut lena, &hash, "canary", &[]).is(400);
    go(&mut lena, &hash, "canary", &[("per_mille", "1000")]).is(400);
    go(&mut lena, &hash, "canary", &[("per_mille", "50")]).is(303);
    let page = lena.get(POLICY).is(200);
    assert_eq!(offered(&page), ["shadow", "enforce", "retired", "canary"]);
    assert!(
        page.text.contains(&format!("action=\"{POLICY}/rollback\"")),
        "{}",
        page.text
    );
    go(&mut lena, &hash, "enforce", &[]).is(303);
    assert_eq!(stages(&key), ["enforce"]);

    // The text of a colleague takes its place; going back restores it at once, with the reason.
    let changed = text
        .replace("<= 20", "<= 22")
        .replace("distance = 21", "distance = 23")
        .replace("distance = 20", "distance = 22");
    let other = hand_in(&mut omar, &changed);
    lena.post(POLICY, &[("text", &other)]).is(303);
    for (to, more) in [
        ("shadow", &[][..]),
        ("canary", &[("per_mille", "5")]),
        ("enforce", &[]),
    ] {
        go(&mut omar, &other, to, more).is(303);
    }
    assert_eq!(stages(&key), ["enforce", "retired"]);
    let reason = [("reason", "too wide by far")];
    omar.post(&format!("{POLICY}/rollback"), &reason).is(303);
    assert_eq!(stages(&key), ["retired", "enforce"]);
    let page = lena.get(POLICY).is(200);
    assert!(page.text.contains("too wide by far"), "{}", page.text);
    let kept = key.get("/v1/policies/own.near-copy").expect(200);
    let newest = |step: &Value| (step["stage"].clone(), step["by"].clone());
    assert_eq!(
        newest(&kept["steps"][0]),
        ("enforce".into(), "omar".into()),
        "{kept}"
    );

    // An emergency: for hours, once, and not beside what is in effect.
    go(&mut omar, &other, "emergency", &[("hours", "2")]).is(409);
    go(&mut omar, &hash, "retired", &[]).is(303);
    assert_eq!(stages(&key), ["retired", "retired"]);
    go(&mut omar, &other, "emergency", &[("hours", "25")]).is(409);
    go(&mut omar, &other, "emergency", &[("hours", "2")]).is(303);
    let page = omar.get(POLICY).is(200);
    assert!(page.text.contains("In effect until"), "{}", page.text);
    go(&mut omar, &other, "emergency", &[("hours", "2")]).is(409);

    // Who reviews neither sees the forms nor may use them.
    let mut reviewer = person(&server, &mut admin, "rana", Grant::whole(Role::SeniorReviewer));
    assert!(offered(&reviewer.get(POLICY).is(200)).is_empty());
    go(&mut reviewer, &other, "retired", &[]).is(403);
    reviewer.post(&format!("{POLICY}/rollback"), &[]).is(403);
}
