//! `basira bank`: making, filling and showing banks.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Edit, encode, special};

use crate::pictures::{edited, pdq, photo, png, sha256};
use crate::place::{Place, fields, text};

/// The entries of the bank `known`.
fn entries(place: &Place) -> Vec<Value> {
    place.go("bank show known --json").ends(0).rows()
}

#[test]
fn banks_are_made_once_under_names_of_any_script() {
    let place = Place::new();
    place.go("bank list").ends(0).prints("basira bank create NAME");
    place
        .go("bank create known")
        .ends(0)
        .prints("basira bank add known");
    place.go("bank create مشاهد-2026").ends(0);
    place.go("bank create flags --allow").ends(0);
    let again = place.go("bank create known").ends(2);
    again
        .says("already a bank named known")
        .says("choose another name");
    for bad in ["", "two words", "a/b", ".hidden", "a\n", &"x".repeat(256)] {
        place
            .run(["bank", "create", bad])
            .ends(2)
            .says("letters or digits of any script");
    }
    let rows = place.go("bank list --json").ends(0).rows();
    assert_eq!(
        fields(&rows[0]),
        ["bank", "created_at", "enabled", "entries", "kind"]
    );
    let told: Vec<_> = rows
        .iter()
        .map(|row| (text(row, "bank"), text(row, "kind")))
        .collect();
    assert_eq!(
        told,
        [("flags", "allow"), ("known", "known"), ("مشاهد-2026", "known")]
    );
}

#[test]
fn the_list_counts_entries_and_says_what_is_switched_off() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    place.write("b.png", png(2));
    place.add("known", ["a.png", "b.png"]);
    place.go("bank disable known").ends(0);
    let row = place.go("bank list --json").rows().remove(0);
    assert_eq!((&row["entries"], &row["enabled"]), (&json!(2), &json!(false)));
    place.go("bank list").ends(0).prints("disabled");
    place.go("bank remove known 1").ends(0);
    assert_eq!(place.go("bank list --json").rows()[0]["entries"], 1);
}

#[test]
fn an_entry_is_shown_with_all_that_was_said_of_it() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    let said = "--label flag --label chess --note seen --by Amal --tlp red --expires 2999-01-31T00:00:00Z --hash-only";
    place.add("known", said.split(' ').chain(["a.png"]));
    let mut entry = entries(&place).remove(0);
    assert!(
        entry["added_at"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .is_ok()
    );
    entry.as_object_mut().unwrap().remove("added_at");
    let signals = entry.as_object_mut().unwrap().remove("signals").unwrap();
    let want = json!({
        "bank": "known", "entry": 1, "labels": ["chess", "flag"], "note": "seen", "trust": "active",
        "human_confirmed": false, "added_by": "Amal", "source": "local", "tlp": "red",
        "expires": "2999-01-31T00:00:00Z", "media": sha256(&png(1)), "hash_only": true,
    });
    assert_eq!(entry, want);
    let (hash, quality) = pdq(&png(1));
    let kinds: Vec<&str> = signals
        .as_array()
        .unwrap()
        .iter()
        .map(|signal| text(signal, "type"))
        .collect();
    assert_eq!(kinds, ["sha256", "sha1", "md5", "pdq"]);
    assert_eq!(signals[0], json!({"type": "sha256", "value": sha256(&png(1))}));
    assert_eq!(
        signals[3],
        json!({"type": "pdq", "value": hash.to_string(), "quality": quality})
    );
}

#[test]
fn a_long_bank_is_shown_in_pages() {
    let place = Place::with_bank();
    for number in 0..5 {
        place.add("known", ["--signal", &format!("md5={number:032x}")]);
    }
    let shown = |arguments: &[&str]| {
        let command = ["bank", "show", "known", "--json"];
        let rows = place.run(command.iter().chain(arguments)).ends(0).rows();
        rows.iter()
            .map(|row| row["entry"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]), [1, 2, 3, 4, 5]);
    assert_eq!(shown(&["--limit", "2"]), [1, 2]);
    assert_eq!(shown(&["--limit", "2", "--after", "2"]), [3, 4]);
    assert_eq!(shown(&["--after", "4"]), [5]);
    assert_eq!(shown(&["--after", "5"]), [0; 0]);
    let page = place.go("bank show known --limit 2").ends(0);
    assert_eq!(page.out.lines().count(), 4, "header, two entries, hint: {page:?}");
    page.prints("basira bank show known --after 2");
    place
        .go("bank show known --after 5")
        .ends(0)
        .prints("no entries here");
    place.go("bank show other").ends(2).says("no bank other");
}

#[test]
fn files_that_make_no_entry_are_said_and_the_others_go_in() {
    let place = Place::with_bank();
    place.write("good.png", png(1));
    place.write("cut.jpg", special::truncated(&encode::jpeg(&photo(2), 85), 0.5));
    place.write("last.png", png(3));
    let files = ["good.png", "missing.png", "cut.jpg", "last.png"];
    let run = place.run(["bank", "add", "known"].iter().chain(&files)).ends(2);
    assert_eq!(run.out, "known/1  good.png\nknown/2  last.png\n");
    let run = run.says("missing.png: not added: cannot be read: No such file");
    run.says("cut.jpg: not added: file: truncated")
        .says("--signal sha256=");
    assert_eq!(entries(&place).len(), 2);
    let rows = place
        .go("bank add --json known missing.png good.png")
        .ends(2)
        .rows();
    assert_eq!(fields(&rows[0]), ["bank", "error", "path", "warnings"]);
    assert_eq!(fields(&rows[1]), ["bank", "entry", "path", "warnings"]);
    place.go("bank add other good.png").ends(2).says("no bank other");
    place.go("bank add known").ends(2).says("<FILE>");
}

#[test]
fn hash_only_keeps_nothing_of_the_picture() {
    if Place::new().only_sqlite("how its file grows") {
        return;
    }
    let grown = |extra: &[&str]| {
        let place = Place::with_bank();
        let before = place.stored_bytes();
        let names: Vec<String> = (1..=8).map(|seed| format!("{seed}.png")).collect();
        for (seed, name) in (1..).zip(&names) {
            place.write(name, png(seed));
        }
        place.add(
            "known",
            extra.iter().copied().chain(names.iter().map(String::as_str)),
        );
        place.write("plain.jpg", encode::jpeg(&photo(3), 80));
        place.write("crop.png", edited(3, Edit::Crop12));
        assert_eq!(place.verdict("plain.jpg"), "match");
        (place.stored_bytes() - before, place.verdict("crop.png"))
    };
    let (with_pictures, crop_with_pictures) = grown(&[]);
    let (hashes_only, crop_of_hashes) = grown(&["--hash-only"]);
    assert!(
        with_pictures > hashes_only + 8 * 30_000,
        "{with_pictures} {hashes_only}"
    );
    assert_eq!(
        (crop_with_pictures.as_str(), crop_of_hashes.as_str()),
        ("match", "no_match")
    );
}

#[test]
fn signals_by_hand_are_taken_whole_or_refused_with_the_reason() {
    let place = Place::with_bank();
    let hash = pdq(&png(1)).0.to_string();
    for (signal, why) in [
        (
            format!("pdq={hash}\n"),
            "has 65 characters; check for a missing part, a space or a line break",
        ),
        (format!("pdq={}", &hash[1..]), "needs 64 hex digits, has 63"),
        (
            format!("pdq={}g", &hash[1..]),
            "character 64 ('g') is not a hex digit",
        ),
        (format!("sha256= {}", &hash[1..]), "not a hex digit"),
        ("pdq=".to_owned(), "has 0 characters"),
        (
            format!("phash={hash}"),
            "unknown signal type \"phash\"; known are pdq, sha256, sha1, md5",
        ),
        (hash.clone(), "write it as TYPE=VALUE"),
    ] {
        // The good signal beside it does not go in alone.
        let good = format!("pdq={hash}");
        place
            .run(["bank", "add", "known", "--signal", &good, "--signal", &signal])
            .ends(2)
            .says(why);
    }
    assert!(entries(&place).is_empty());
    place.add("known", ["--signal", &format!("pdq={}", hash.to_uppercase())]);
    let entry = entries(&place).remove(0);
    assert_eq!(entry["signals"], json!([{"type": "pdq", "value": hash}]));
    assert_eq!(
        (text(&entry, "trust"), &entry["human_confirmed"]),
        ("active", &json!(false))
    );
    let both = [
        "bank",
        "add",
        "known",
        "a.png",
        "--signal",
        "md5=00000000000000000000000000000000",
    ];
    place.run(both).ends(2).says("cannot be used with");
}

#[test]
fn an_animation_is_banked_with_its_frames() {
    let place = Place::with_bank();
    place.write("two.gif", encode::gif(&[photo(1), photo(2)]));
    place.add("known", ["two.gif"]);
    let signals = entries(&place)[0]["signals"].as_array().unwrap().clone();
    let hashes: BTreeSet<&str> = signals
        .iter()
        .filter(|signal| signal["type"] == "pdq")
        .map(|signal| text(signal, "value"))
        .collect();
    assert!(hashes.len() >= 2);
    place.write("second.png", png(2));
    assert_eq!(place.verdict("second.png"), "match");
}
