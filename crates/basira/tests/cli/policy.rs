//! `basira policy`, on files alone.

use serde_json::json;

use super::place::Place;

const CLAUSES: &str = "[clause.\"rules#1\"]\nen = \"No chess before noon.\"\nar = \"لا شطرنج قبل الظهر.\"\n";
const GROUNDS: &str = "[ground.\"terms\"]\nen = \"The terms.\"\nar = \"الشروط.\"\n";
const POLICY: &str = "schema = 1
id = \"chess.copy\"
title = { en = \"Copy\", ar = \"نسخة\" }
owner = \"team\"
clause = \"rules#1\"
legal = [\"terms\"]
on_unknown = \"review\"
automation = \"none\"
review_by = 2099-05-01
when = \"text.words >= 3\"

[[then]]
do = \"enqueue\"
queue = \"review\"

[[test]]
name = \"three words\"
given = { text.words = 3 }
expect = [\"enqueue\"]

[[test]]
name = \"no words\"
expect = []

[[test]]
name = \"nobody counted\"
given = { text.words = { unknown = \"failed\" } }
expect = [\"enqueue\"]
";

fn with_set(policy: &str) -> Place {
    let place = Place::new();
    place.write("set/clauses.toml", CLAUSES);
    place.write("set/grounds.toml", GROUNDS);
    place.write("set/chess.toml", policy);
    place
}

#[test]
fn the_shipped_set_is_right_and_its_tests_notice_changes() {
    let place = Place::new();
    let said = place.run(["policy", "check", "--json"]).ends(0).rows();
    assert_eq!(said.len(), 1);
    assert!(said[0]["policies"].as_u64().unwrap() >= 12);
    let said = place.run(["policy", "test", "--mutate"]).ends(0).out;
    assert!(said.contains("mutation score"), "{said}");
}

#[test]
fn what_is_wrong_is_shown_with_its_place_and_remedy() {
    let place = with_set(&POLICY.replace("text.words >= 3", "text.wrods >= 3"));
    let said = place.run(["policy", "check", "set"]).ends(2).out;
    assert!(
        said.contains("error[P102]") && said.contains("--> chess.toml:10:9"),
        "{said}"
    );
    assert!(said.contains("did you mean \"text.words\"?"), "{said}");
    let rows = place.run(["policy", "check", "set", "--json"]).ends(2).rows();
    assert_eq!(
        (&rows[0]["code"], &rows[0]["span"]["line"]),
        (&json!("P102"), &json!(10))
    );
}

#[test]
fn files_are_formatted_and_their_comments_stay() {
    let place = with_set(&format!(
        "# Chess.\n{}",
        POLICY
            .replace("owner = ", "owner   =   ")
            .replace("\n\n[[then]]", "\n[[then]]")
    ));
    place.run(["policy", "fmt", "--check", "set"]).ends(2);
    place.run(["policy", "fmt", "set"]).ends(0);
    let text = place.read("set/chess.toml");
    assert_eq!(text, format!("# Chess.\n{POLICY}"));
    place.run(["policy", "fmt", "--check", "set"]).ends(0);
}

#[test]
fn a_snapshot_is_tried_and_explained() {
    let place = with_set(POLICY);
    let snapshot = json!({
        "schema": 1,
        "subject": { "item": "r-1", "sha256": "07".repeat(32) },
        "at": "2027-01-01T00:00:00Z",
        "producers": [{ "name": "text", "version": "3" }],
        "signals": { "text.words": { "value": 7, "by": 0 } },
    });
    place.write("item.json", snapshot.to_string());
    let said = place
        .run(["policy", "try", "set", "--snapshot", "item.json", "--json"])
        .ends(1)
        .rows();
    assert_eq!(said[0]["chosen"][0]["action"]["do"], "enqueue");
    assert_eq!(said[0]["results"][0]["when"], "true");
    let said = place
        .run([
            "policy",
            "explain",
            "set",
            "--snapshot",
            "item.json",
            "--lang",
            "ar",
        ])
        .ends(0)
        .out;
    assert!(said.contains("متحقق") && said.contains("text 3"), "{said}");
    let said = place
        .run([
            "policy",
            "explain",
            "set",
            "--snapshot",
            "item.json",
            "--for",
            "author",
        ])
        .ends(0)
        .out;
    assert!(
        said.contains("Nothing was done") && !said.contains("text.words"),
        "{said}"
    );
    // A signal that the schema does not have is named, and nothing is decided.
    place.write(
        "item.json",
        snapshot.to_string().replace("text.words", "text.wrods"),
    );
    let said = place
        .run(["policy", "try", "set", "--snapshot", "item.json"])
        .ends(2)
        .err;
    assert!(said.contains("did you mean \"text.words\"?"), "{said}");
    let said = place.run(["policy", "explain", "--schema"]).ends(0).out;
    assert!(
        said.contains("text.words") && said.contains("match.distance"),
        "{said}"
    );
}
