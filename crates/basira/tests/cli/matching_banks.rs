//! What of the banks counts in a match: trust, switches, dates, allow entries.

use serde_json::{Value, json};
use testkit::{Edit, encode};

use crate::pictures::{edited, nudged, pdq, photo, png, sha256};
use crate::place::{Place, text};

fn matches(row: &Value) -> &Vec<Value> {
    row["matches"].as_array().unwrap()
}

/// A place whose bank has one picture, and a copy of it that is another file.
fn with_copy(extra: &[&str]) -> Place {
    let place = Place::with_bank();
    place.write("banked.png", png(1));
    place.write("copy.bmp", encode::bmp(&photo(1)));
    place.add("known", extra.iter().chain(&["banked.png"]));
    place
}

#[test]
fn entries_that_are_only_watched_are_listed_and_make_no_verdict() {
    for trust in ["shadow", "disputed"] {
        let place = with_copy(&["--trust", trust]);
        for file in ["copy.bmp", "banked.png"] {
            let row = place.run(["match", "--json", file]).ends(0).rows().remove(0);
            assert_eq!(text(&row, "verdict"), "no_match");
            assert!(!matches(&row).is_empty(), "{row}");
            assert!(matches(&row).iter().all(|found| found["trust"] == trust), "{row}");
        }
        place.go("bank trust known 1 active").ends(0);
        assert_eq!(place.verdict("copy.bmp"), "match");
    }
}

#[test]
fn what_counts_comes_before_what_is_nearer() {
    let place = with_copy(&["--trust", "shadow"]);
    let far = nudged(pdq(&png(1)).0, 24);
    place.add("known", ["--signal", &format!("pdq={far}")]);
    let row = place.look_up("copy.bmp");
    assert_eq!(
        (&matches(&row)[0]["entry"], &matches(&row)[1]["entry"]),
        (&json!(2), &json!(1))
    );
}

#[test]
fn switches_dates_and_removals_count_at_once() {
    let place = with_copy(&[]);
    let steps: [(&[&str], &str); 9] = [
        (&["disable", "known"], "no_match"),
        (&["enable", "known"], "match"),
        (&["expire", "known", "1", "2020-01-01T00:00:00Z"], "no_match"),
        (&["expire", "known", "1", "2999-01-01T00:00:00Z"], "match"),
        (&["expire", "known", "1", "2020-01-01T00:00:00Z"], "no_match"),
        (&["expire", "known", "1", "never"], "match"),
        (&["revoke", "known", "1"], "no_match"),
        (&["add", "known", "banked.png"], "match"),
        (&["remove", "known", "2"], "no_match"),
    ];
    for (step, verdict) in steps {
        place.run(["bank"].iter().chain(step)).ends(0);
        for file in ["copy.bmp", "banked.png"] {
            let row = place.look_up(file);
            assert_eq!(text(&row, "verdict"), verdict, "{step:?}: {row}");
            assert_eq!(matches(&row).is_empty(), verdict == "no_match", "{step:?}: {row}");
        }
    }
}

#[test]
fn a_person_confirms_and_takes_it_back() {
    let place = with_copy(&[]);
    for (arguments, confirmed) in [(vec![], true), (vec!["--undo"], false)] {
        let command = ["bank", "confirm", "known", "1"];
        place.run(command.iter().chain(&arguments)).ends(0);
        assert_eq!(
            matches(&place.look_up("copy.bmp"))[0]["human_confirmed"],
            confirmed
        );
    }
}

#[test]
fn both_banks_of_a_picture_are_named() {
    let place = with_copy(&[]);
    place.go("bank create بنك").ends(0);
    place.add("بنك", ["banked.png"]);
    let row = place.look_up("copy.bmp");
    let banks: Vec<&str> = matches(&row).iter().map(|found| text(found, "bank")).collect();
    assert_eq!(banks, ["known", "بنك"]);
    place.go("bank disable known").ends(0);
    let row = place.look_up("copy.bmp");
    assert_eq!((text(&row, "verdict"), matches(&row).len()), ("match", 1));
}

/// A place with a known picture, and an allow entry for a brighter version of it.
fn with_allow_entry() -> Place {
    let place = with_copy(&[]);
    place.go("bank create --allow flags").ends(0);
    place.write("allowed.png", edited(1, Edit::Blur));
    place.write("query.bmp", encode::bmp(&Edit::Blur.apply(&photo(1), 1)));
    let distance = pdq(&png(1)).0.distance(&pdq(&edited(1, Edit::Blur)).0);
    assert!((1..=31).contains(&distance), "choose another edit: {distance}");
    assert_eq!(place.verdict("query.bmp"), "match");
    place.add("flags", ["allowed.png"]);
    place
}

#[test]
fn a_nearer_allow_entry_suppresses_a_perceptual_match_and_says_so() {
    let place = with_allow_entry();
    let row = place.go("match --json query.bmp").ends(0).rows().remove(0);
    assert_eq!(text(&row, "verdict"), "no_match");
    assert_eq!(matches(&row).len(), 1, "allow entries are no matches themselves");
    let want = json!({"bank": "flags", "entry": 2, "distance": 0});
    assert_eq!(matches(&row)[0]["suppressed_by"], want);
    // The known picture itself is nearer to its own entry.
    let row = place.look_up("copy.bmp");
    assert_eq!(text(&row, "verdict"), "match");
    assert!(matches(&row)[0].get("suppressed_by").is_none());
    place.go("match query.bmp").prints("suppressed by flags/2 at 0");
    // Allow entries have switches and trust too.
    for (off, on) in [
        ("disable flags", "enable flags"),
        ("trust flags 2 shadow", "trust flags 2 active"),
    ] {
        for (step, verdict) in [(off, "match"), (on, "no_match")] {
            place.run(["bank"].into_iter().chain(step.split(' '))).ends(0);
            assert_eq!(place.verdict("query.bmp"), verdict, "{step}");
        }
    }
}

#[test]
fn an_allow_entry_never_suppresses_an_equal_file() {
    let place = with_allow_entry();
    let query = encode::bmp(&Edit::Blur.apply(&photo(1), 1));
    place.add("known", ["--signal", &format!("sha256={}", sha256(&query))]);
    let row = place.go("match --json query.bmp").ends(1).rows().remove(0);
    assert_eq!(text(&matches(&row)[0], "method"), "sha256:equal@0");
    assert!(matches(&row)[0].get("suppressed_by").is_none());
    assert!(
        matches(&row)[1].get("suppressed_by").is_some(),
        "the other match stays suppressed"
    );
}

#[test]
fn an_allow_entry_never_suppresses_a_match_in_a_part_of_the_picture() {
    let place = with_copy(&[]);
    place.go("bank create --allow flags").ends(0);
    for (name, edit) in [("post", Edit::PhoneScreenshot), ("cut", Edit::Crop7)] {
        let picture = edit.apply(&photo(1), 1);
        place.write(format!("{name}.png"), encode::png(&picture));
        place.write(format!("{name}.bmp"), encode::bmp(&picture));
        place.add("flags", [format!("{name}.png")]);
        let row = place.look_up(&format!("{name}.bmp"));
        assert_eq!(text(&row, "verdict"), "match", "{row}");
        assert!(matches(&row)[0].get("suppressed_by").is_none(), "{row}");
        assert!(
            !text(&matches(&row)[0], "method").starts_with("pdq:full@"),
            "{row}"
        );
    }
    place.write("mirrored.png", encode::png(&photo(1).mirror()));
    place.write("mirrored.bmp", encode::bmp(&photo(1).mirror()));
    place.add("flags", ["mirrored.png"]);
    assert_eq!(
        place.verdict("mirrored.bmp"),
        "match",
        "a mirrored copy is no whole picture as it is"
    );
}

#[test]
fn an_allow_entry_too_far_or_of_low_or_unknown_quality_suppresses_nothing() {
    let (query, _) = pdq(&png(1));
    for (distance, quality, verdict) in [
        (10, "50", "no_match"),
        (11, "50", "match"),
        (10, "49", "match"),
        (10, "", "match"),
    ] {
        let place = Place::with_bank();
        place.go("bank create --allow flags").ends(0);
        place.write("query.png", png(1));
        place.add("known", ["--signal", &format!("pdq={}", nudged(query, 12))]);
        place.write(
            "list.csv",
            format!("type,value,quality\npdq,{},{quality}\n", nudged(query, distance)),
        );
        place.go("bank import flags list.csv --trust active").ends(0);
        assert_eq!(
            place.verdict("query.png"),
            verdict,
            "{distance} bits, quality {quality:?}"
        );
    }
}

#[test]
fn an_allow_entry_that_is_not_nearer_suppresses_nothing() {
    let (query, _) = pdq(&png(1));
    let place = Place::with_bank();
    place.go("bank create --allow flags").ends(0);
    place.write("query.png", png(1));
    place.write(
        "list.csv",
        format!("type,value,quality\npdq,{},90\n", nudged(query, 4)),
    );
    place.go("bank import flags list.csv --trust active").ends(0);
    for (distance, verdict) in [(5, "no_match"), (4, "match")] {
        place.add("known", ["--signal", &format!("pdq={}", nudged(query, distance))]);
        assert_eq!(place.verdict("query.png"), verdict, "{distance} bits");
    }
}
