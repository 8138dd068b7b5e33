//! `basira bank`: changing, removing and exporting entries.

use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{faint, pdq, photo, png};
use crate::place::{Place, fields, json_lines, text};

/// A place with two banks and two entries in the first.
fn with_entries() -> Place {
    let place = Place::with_bank();
    place.go("bank create second").ends(0);
    place.write("a.png", png(1));
    place.write("b.png", png(2));
    place.add("known", ["a.png", "b.png"]);
    place
}

fn entry(place: &Place, number: usize) -> Value {
    place.go("bank show known --json").ends(0).rows()[number - 1].clone()
}

#[test]
fn labels_are_added_and_taken_away() {
    let place = with_entries();
    let label = |arguments: &[&str]| place.run(["bank", "label", "known", "1"].iter().chain(arguments));
    label(&["--add", "flag", "--add", "chess"])
        .ends(0)
        .prints("chess, flag");
    label(&["--add", "chess", "--remove", "flag"])
        .ends(0)
        .prints("labels: chess\n");
    assert_eq!(entry(&place, 1)["labels"], json!(["chess"]));
    assert_eq!(entry(&place, 2)["labels"], json!([]));
    label(&["--add", "two, at once"]).ends(2).says("without commas");
}

#[test]
fn revoked_is_final() {
    let place = with_entries();
    place.go("bank trust known 1 disputed").ends(0);
    assert_eq!(text(&entry(&place, 1), "trust"), "disputed");
    place
        .go("bank revoke known 1")
        .ends(0)
        .prints("never matched again");
    let refused = place.go("bank trust known 1 active").ends(2);
    refused
        .says("revoked cannot become active")
        .says("add the content again");
    assert_eq!(text(&entry(&place, 1), "trust"), "revoked");
    place
        .go("bank trust known 2 certain")
        .ends(2)
        .says("shadow, active, disputed, revoked");
}

#[test]
fn dates_are_understood_or_refused() {
    let place = with_entries();
    place.go("bank expire known 1 2999-01-31T00:00:00Z").ends(0);
    assert_eq!(text(&entry(&place, 1), "expires"), "2999-01-31T00:00:00Z");
    place
        .go("bank expire known 1 tomorrow")
        .ends(2)
        .says("2027-01-31T00:00:00Z");
    place.go("bank expire known 1 never").ends(0);
    assert!(entry(&place, 1).get("expires").is_none());
}

#[test]
fn an_entry_is_removed_once_and_its_number_is_not_used_again() {
    let place = with_entries();
    place
        .go("bank remove known 2")
        .ends(0)
        .prints("entry 2 is removed");
    place
        .go("bank remove known 2")
        .ends(2)
        .says("bank known has no entry 2");
    assert_eq!(place.add("known", ["b.png"]), 3);
}

#[test]
fn entries_that_are_not_there_are_refused_by_every_change() {
    let place = with_entries();
    let changes: [&[&str]; 6] = [
        &["label", "BANK", "ENTRY", "--add", "x"],
        &["trust", "BANK", "ENTRY", "shadow"],
        &["revoke", "BANK", "ENTRY"],
        &["confirm", "BANK", "ENTRY"],
        &["expire", "BANK", "ENTRY", "never"],
        &["remove", "BANK", "ENTRY"],
    ];
    for change in changes {
        let with = |bank: &str, number: &str| {
            let filled = change.iter().map(|word| match *word {
                "BANK" => bank.to_owned(),
                "ENTRY" => number.to_owned(),
                word => word.to_owned(),
            });
            place.run(["bank".to_owned()].into_iter().chain(filled))
        };
        with("known", "99")
            .ends(2)
            .says("bank known has no entry 99; basira bank show known lists them");
        // An entry of another bank is not changed by mistake.
        with("second", "1").ends(2).says("bank second has no entry 1");
        with("missing", "1").ends(2).says("no bank missing");
        with("known", "first").ends(2).says("invalid");
    }
    assert_eq!(text(&entry(&place, 1), "trust"), "active");
}

/// Exports the bank `known` into a file of another place, and imports it there.
fn move_bank(from: &Place, form: &str) -> Place {
    let to = Place::with_bank();
    let list = from.run(["bank", "export", "known", "--form", form]).ends(0).out;
    to.write(format!("list.{form}"), list);
    let list = format!("list.{form}");
    to.run(["bank", "import", "known", &list, "--trust", "active"])
        .ends(0);
    to
}

#[test]
fn an_exported_bank_matches_elsewhere() {
    for form in ["csv", "ndjson"] {
        let place = Place::with_bank();
        place.write("a.png", png(1));
        let said = [
            "--label",
            "flag",
            "--note",
            "a \"quoted\", long\nremark",
            "--expires",
            "2999-01-31T00:00:00Z",
        ];
        place.add("known", said.iter().chain(&["a.png"]));
        let to = move_bank(&place, form);
        to.write("a.png", png(1));
        to.write("copy.jpg", encode::jpeg(&photo(1), 80));
        let found = to.look_up("a.png");
        let kinds: Vec<&str> = found["matches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| text(m, "type"))
            .collect();
        assert_eq!(kinds, ["sha256", "sha1", "md5", "pdq"]);
        assert_eq!(to.verdict("copy.jpg"), "match");
        let moved = entry(&to, 4);
        assert_eq!(moved["signals"], json!([entry(&place, 1)["signals"][3]]));
        assert_eq!(moved["labels"], json!(["flag"]));
        assert_eq!(text(&moved, "note"), "a \"quoted\", long\nremark");
        assert_eq!(text(&moved, "expires"), "2999-01-31T00:00:00Z");
    }
}

#[test]
fn an_exported_list_has_the_columns_that_import_reads() {
    let place = with_entries();
    let csv = place.go("bank export known").ends(0).out;
    assert_eq!(
        csv.lines().next(),
        Some("type,value,label,note,external_id,expires,quality")
    );
    assert_eq!(csv.lines().count(), 1 + 2 * 4);
    let rows = json_lines(&place.go("bank export known --form ndjson").ends(0).out);
    assert_eq!(rows.len(), 8);
    assert_eq!(
        fields(&rows[3]),
        [
            "expires",
            "external_id",
            "label",
            "note",
            "quality",
            "type",
            "value"
        ]
    );
    place.go("bank export missing").ends(2).says("no bank missing");
}

/// A hash of a picture without structure is near those of other such pictures, and must not come alive elsewhere.
#[test]
fn a_hash_that_is_too_poor_to_be_compared_stays_so_elsewhere() {
    let place = Place::with_bank();
    let faint = encode::png(&faint());
    place.write("faint.png", &faint);
    place.add("known", ["faint.png"]);
    for form in ["csv", "ndjson"] {
        let to = move_bank(&place, form);
        assert_eq!(entry(&to, 4)["signals"][0]["quality"], pdq(&faint).1);
    }
}

/// What was withdrawn for good is not passed on, for the list does not say so.
#[test]
fn withdrawn_entries_are_not_exported() {
    let place = with_entries();
    place.go("bank revoke known 1").ends(0);
    let run = place.go("bank export known").ends(0);
    assert_eq!(run.out.lines().count(), 1 + 4);
    run.says("1 of the entries are revoked and left out");
}
