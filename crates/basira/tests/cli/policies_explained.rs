//! One item with policies: explained as it was decided, and drafts tried on it.

use serde_json::{Value, json};
use testkit::policies::queueing;

use crate::place::Place;
use crate::server::Client;

/// What the API says of an item that was decided, and of drafts on it.
pub(crate) fn by_the_api(admin: &Client, nothing: &Value, copy: &Value, receipt: &str) {
    let explained = |receipt: &str, reader: &str, lang: &str| {
        admin.get(&format!(
            "/v1/items/{receipt}/explanation?for={reader}&lang={lang}"
        ))
    };
    let said = |reader: &str, lang: &str| explained(receipt, reader, lang).expect(200).to_string();
    assert!(said("reviewer", "en").contains("m.exact"));
    let author = said("author", "en");
    assert!(author.contains("Boards of the league"), "{author}");
    assert!(!author.contains("chess.automatic"), "{author}");
    assert!(said("author", "ar").contains("رقع الدوري"));
    for lang in ["en", "ar"] {
        let auditor = said("auditor", lang);
        for proof in ["commitment", "chain"] {
            assert!(auditor.contains(copy[proof].as_str().unwrap()), "{auditor}");
        }
    }
    let undecided = nothing["given"]["snapshot"]["subject"]["item"].as_str().unwrap();
    explained(undecided, "author", "en").problem(404, "not-found");
    explained(receipt, "anybody", "en").expect(400);

    let draft = json!([{"name": "draft.toml", "text": queueing("draft")}]);
    let tried = json!({"files": draft, "item": receipt});
    let tried = admin.post("/v1/policy-tries", tried).expect(200);
    assert_eq!(
        tried["outcome"]["chosen"][0]["action"]["do"], "enqueue",
        "{tried}"
    );
    assert!(tried["explanation"].to_string().contains("m.exact"));
    let enforced = json!({"snapshot": copy["given"]["snapshot"], "approved": true, "for": "author"});
    let tried = admin.post("/v1/policy-tries", enforced).expect(200);
    assert_eq!(
        tried["outcome"]["chosen"][0]["action"]["do"], "restrict",
        "{tried}"
    );
    admin
        .post("/v1/policy-tries", json!({"files": draft}))
        .problem(400, "invalid-field");

    let check = json!({"files": draft, "mutate": true});
    let checked = admin.post("/v1/policy-checks", check).expect(200);
    assert_eq!(
        (&checked["right"], &checked["policies"][0]["tests"]),
        (&json!(true), &json!(3)),
        "{checked}"
    );
    assert!(
        checked["policies"][0]["changes"].as_u64().unwrap() > 0,
        "{checked}"
    );
    let wrong = queueing("draft").replace("m.exact", "m.exakt");
    let wrong = json!({"files": [{"name": "draft.toml", "text": wrong}]});
    let checked = admin.post("/v1/policy-checks", wrong).expect(200);
    assert_eq!(checked["right"], false);
    assert!(checked["found"][0].to_string().contains("exakt"), "{checked}");
}

/// What the command line says of it; the folder `set` holds a draft.
pub(crate) fn by_the_command_line(place: &Place, copy: &Value, receipt: &str) {
    let chain = copy["chain"].as_str().unwrap();
    place
        .go(&format!("policy explain --item {receipt} --for auditor"))
        .ends(0)
        .prints(chain);
    place
        .go(&format!("policy explain set --item {receipt}"))
        .ends(0)
        .prints("m.distance <= 31");
    place
        .go(&format!("policy try set --item {receipt} --approved --json"))
        .ends(1)
        .prints("\"do\":\"restrict\"");
    place
        .go("policy try set --item nothing")
        .ends(2)
        .says("no receipt");
}
