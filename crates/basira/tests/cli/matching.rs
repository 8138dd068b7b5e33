//! `basira match`: verdicts, methods, exit statuses.

use model::Method;
use serde_json::{Value, json};
use testkit::{Edit, encode, special};

use crate::pictures::{edited, nudged, pdq, photo, png, sha256};
use crate::place::{Place, fields, text};

/// The first match of a file, which must have one.
fn best(row: &Value) -> &Value {
    row["matches"].get(0).unwrap_or_else(|| panic!("no match: {row}"))
}

/// A place whose bank `known` has the pictures of these seeds, as PNG.
fn with_pictures(seeds: &[u64]) -> Place {
    let place = Place::with_bank();
    let names = seeds.iter().map(|seed| format!("banked-{seed}.png"));
    let names: Vec<String> = names.collect();
    for (seed, name) in seeds.iter().zip(&names) {
        place.write(name, png(*seed));
    }
    place.add("known", &names);
    place
}

#[test]
fn the_same_file_matches_by_sha256_first_and_then_by_its_picture() {
    let place = with_pictures(&[1, 2]);
    let row = place.look_up("banked-2.png");
    assert_eq!(
        fields(&row),
        ["incomplete", "matches", "path", "sandbox", "sha256", "verdict"]
    );
    let (_, quality) = pdq(&png(2));
    let want = json!({
        "path": "banked-2.png", "verdict": "match", "sha256": sha256(&png(2)), "sandbox": row["sandbox"], "incomplete": [],
        "matches": [
            {"bank": "known", "entry": 2, "type": "sha256", "method": "sha256:equal@0", "distance": 0,
             "part": "file", "trust": "active", "human_confirmed": false},
            {"bank": "known", "entry": 2, "type": "pdq", "method": "pdq:full@0", "distance": 0,
             "quality": quality, "part": "picture", "trust": "active", "human_confirmed": false},
        ],
    });
    assert_eq!(row, want);
}

#[test]
fn edited_copies_match_and_say_how() {
    let place = with_pictures(&[1, 2, 3]);
    for (edit, how) in [
        (Edit::Jpeg30, "pdq:full@"),
        (Edit::Half, "pdq:full@"),
        (Edit::Grey, "pdq:full@"),
        (Edit::Pad20, "pdq:trim["),
        (Edit::Letterbox30, "pdq:trim["),
        (Edit::CaptionTop, "pdq:panel["),
        (Edit::Crop12, "~["),
    ] {
        place.write("copy.png", edited(3, edit));
        let row = place.look_up("copy.png");
        let found = best(&row);
        assert_eq!(
            (text(&row, "verdict"), &found["entry"]),
            ("match", &json!(3)),
            "{row}"
        );
        assert!(text(found, "method").contains(how), "{}: {row}", edit.name());
        let method: Method = text(found, "method").parse().unwrap();
        assert_eq!(found["distance"], method.distance(), "{row}");
        assert!(method.distance() <= 31);
    }
    place.write("other.png", png(4));
    assert_eq!(place.verdict("other.png"), "no_match");
}

#[test]
fn a_mirrored_copy_matches_by_its_form() {
    let place = with_pictures(&[5]);
    place.write("mirrored.jpg", encode::jpeg(&photo(5).mirror(), 85));
    let row = place.look_up("mirrored.jpg");
    assert!(text(best(&row), "method").starts_with("pdq:full/flipy@"), "{row}");
}

/// Peers take the indices of a palette for brightness, and share the hash of that.
#[test]
fn a_copy_as_peers_hash_it_matches_by_the_compat_reading() {
    let place = Place::with_bank();
    place.write("palette.png", special::png_palette(&photo(6)));
    let hashed = place.go("hash palette.png --json").ends(0).rows().remove(0);
    let (canonical, compat) = (&hashed["signals"][0], &hashed["signals"][1]);
    assert!(compat["quality"].as_u64() >= Some(50), "{hashed}");
    let shared = text(compat, "value");
    place.add("known", ["--signal", &format!("pdq={shared}")]);
    let row = place.look_up("palette.png");
    assert_eq!(text(best(&row), "method"), "pdq:full/compat@0", "{row}");
    assert_ne!(text(canonical, "value"), shared);
}

#[test]
fn tiers_differ_in_what_they_find() {
    let place = with_pictures(&[7]);
    place.write("captioned.png", edited(7, Edit::CaptionBottom));
    place.write("turned.png", edited(7, Edit::Rotate4));
    let verdict = |tier: &str, file: &str| {
        let rows = place.run(["match", "--json", "--tier", tier, file]).rows();
        text(&rows[0], "verdict").to_owned()
    };
    assert_eq!(verdict("plain", "captioned.png"), "no_match");
    assert_eq!(verdict("standard", "captioned.png"), "match");
    assert_eq!(verdict("full", "turned.png"), "match");
}

#[test]
fn a_later_frame_of_an_animation_matches_as_that_part() {
    let place = with_pictures(&[8]);
    place.write("three.gif", encode::gif(&[photo(9), photo(10), photo(8)]));
    let row = place.look_up("three.gif");
    assert_eq!(
        (text(&row, "verdict"), text(best(&row), "part")),
        ("match", "frame:2")
    );
    assert!(
        row["matches"]
            .as_array()
            .unwrap()
            .iter()
            .all(|found| found["part"] == "frame:2")
    );
}

#[test]
fn every_digest_matches_the_strongest_is_said() {
    let place = Place::with_bank();
    place.write("a.bin", "abc");
    place.add("known", ["--signal", "md5=900150983cd24fb0d6963f7d28e17f72"]);
    place.add(
        "known",
        ["--signal", "sha1=A9993E364706816ABA3E25717850C26C9CD0D89D"],
    );
    let both = ["--signal", "md5=900150983cd24fb0d6963f7d28e17f72", "--signal"];
    let sha256 = "sha256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    place.add("known", both.iter().chain([&sha256]));
    let row = place.look_up("a.bin");
    let of = |found: &Value| (found["entry"].as_i64().unwrap(), text(found, "method").to_owned());
    let found: Vec<_> = row["matches"].as_array().unwrap().iter().map(of).collect();
    let want = [(1, "md5:equal@0"), (2, "sha1:equal@0"), (3, "sha256:equal@0")];
    assert_eq!(found, want.map(|(entry, method)| (entry, method.to_owned())));
}

#[test]
fn matches_come_best_first() {
    let place = Place::with_bank();
    place.write("a.png", png(11));
    let (hash, _) = pdq(&png(11));
    for bits in [20, 4, 31, 32] {
        place.add("known", ["--signal", &format!("pdq={}", nudged(hash, bits))]);
    }
    let rows = place.go("match --json --tier plain a.png").ends(1).rows();
    let matches = rows[0]["matches"].as_array().unwrap();
    let distances: Vec<i64> = matches
        .iter()
        .map(|found| found["distance"].as_i64().unwrap())
        .collect();
    assert_eq!(distances, [4, 20, 31], "32 bits are beyond the radius");
}

#[test]
fn statuses_have_the_precedence_of_scanners() {
    let place = with_pictures(&[12]);
    place.write("clean.txt", "nothing");
    place.write("broken.png", &png(13)[..900]);
    let status = |files: &[&str]| {
        let run = place.run(["match"].iter().chain(files));
        assert!(!run.err.contains("panicked"), "{run:?}");
        run.status
    };
    assert_eq!(status(&["clean.txt"]), Some(0));
    assert_eq!(status(&["clean.txt", "broken.png"]), Some(2));
    assert_eq!(status(&["broken.png", "banked-12.png", "clean.txt"]), Some(1));
    assert_eq!(status(&["missing.png", "banked-12.png"]), Some(1));
    assert_eq!(status(&[]), Some(2));
}

#[test]
fn what_was_not_looked_at_is_never_no_match() {
    let place = with_pictures(&[14]);
    let half = special::truncated(&encode::jpeg(&photo(15), 85), 0.5);
    place.write("half.jpg", &half);
    place.write("empty.png", b"");
    place.write("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42 and so on");
    place.write(
        "two.gif",
        special::truncated(&encode::gif(&[photo(14), photo(15)]), 0.9),
    );
    let rows = place
        .go("match --json half.jpg empty.png film.mp4 two.gif")
        .ends(1)
        .rows();
    let told = |row: &Value| {
        (
            text(row, "verdict").to_owned(),
            text(&row["incomplete"][0], "reason").to_owned(),
        )
    };
    let pair = |verdict: &str, reason: &str| (verdict.to_owned(), reason.to_owned());
    assert_eq!(told(&rows[0]), pair("incomplete", "truncated"));
    assert_eq!(told(&rows[1]), pair("incomplete", "empty"));
    assert_eq!(
        told(&rows[2]),
        pair("incomplete", "malformed: FFmpeg cannot open it")
    );
    // The frame that could be read matches; what is missing is said nevertheless.
    assert_eq!(told(&rows[3]), pair("match", "truncated"));
    // A broken file that is known byte for byte is a match.
    place.add("known", ["--signal", &format!("sha256={}", sha256(&half))]);
    let row = place.look_up("half.jpg");
    assert_eq!(told(&row), pair("match", "truncated"));
}

/// More entries are near than may be compared in full: what was left out may have matched.
#[test]
fn more_candidates_than_may_be_refined_are_incomplete() {
    let place = Place::with_bank();
    place.write("a.png", png(17));
    let far = nudged(pdq(&png(17)).0, 40);
    for (entries, verdict) in [(64, "no_match"), (65, "incomplete")] {
        let missing = if entries == 64 { 64 } else { 1 };
        let list = format!("type,value{}\n", format!("\npdq,{far}").repeat(missing));
        place.write("list.csv", list);
        place.go("bank import known list.csv --trust active").ends(0);
        let row = place.look_up("a.png");
        assert_eq!(text(&row, "verdict"), verdict, "{row}");
    }
    let row = place.look_up("a.png");
    let want = json!([{"part": "picture", "reason": "refinement: 65 candidates over the limit of 64"}]);
    assert_eq!(row["incomplete"], want);
    // 40 bits are a near miss, which every tier compares in full.
    place.go("match a.png --tier plain").ends(2);
}

#[test]
fn people_get_a_table() {
    let place = with_pictures(&[16]);
    place.write("copy.jpg", encode::jpeg(&photo(16), 80));
    place.write("clean.txt", "nothing");
    let run = place.go("match copy.jpg clean.txt missing.txt").ends(1);
    let line = |name: &str| run.out.lines().find(|line| line.contains(name)).unwrap();
    assert!(line("copy.jpg").contains("● match") && line("copy.jpg").contains("known/1"));
    assert!(line("clean.txt").contains("no match"));
    assert!(line("missing.txt").contains("? incomplete") && line("missing.txt").contains("No such file"));
}
