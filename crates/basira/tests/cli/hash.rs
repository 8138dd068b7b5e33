//! `basira hash`.

use serde_json::json;
use testkit::{Edit, encode, special};

use crate::pictures::{pdq, photo, png};
use crate::place::{Place, fields, text};

/// The hash of a signal row.
fn value(signal: &serde_json::Value) -> model::PdqHash {
    model::PdqHash::from_hex(text(signal, "value")).unwrap()
}

#[test]
fn json_has_the_promised_fields() {
    let place = Place::new();
    place.write("a.png", png(1));
    let rows = place.go("hash a.png --json").ends(0).rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        fields(&rows[0]),
        ["md5", "path", "sandbox", "sha1", "sha256", "signals"]
    );
    assert_eq!(rows[0]["path"], "a.png");
    let signals = rows[0]["signals"].as_array().unwrap();
    assert_eq!(signals.len(), 1, "canonical and compat are equal for a plain PNG");
    assert_eq!(
        fields(&signals[0]),
        ["mode", "part", "quality", "type", "value", "variant"]
    );
    let (hash, quality) = pdq(&png(1));
    let want = json!({
        "type": "pdq", "value": hash.to_string(), "quality": quality, "variant": "canonical", "mode": "fast",
        "part": "picture",
    });
    assert_eq!(signals[0], want);
}

/// The answers are those of RFC 1321 and FIPS 180-4.
#[test]
fn a_short_text_has_its_digests_and_that_of_its_words() {
    let place = Place::new();
    place.write("abc.txt", "abc");
    let rows = place.go("hash abc.txt --json").ends(0).rows();
    let want = json!({
        "path": "abc.txt",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "md5": "900150983cd24fb0d6963f7d28e17f72",
        "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
        "signals": [],
        "text_signals": [{
            "part": "file",
            // The digest of its only word, and so of the file.
            "signals": [{
                "type": "raw_text",
                "value": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            }],
        }],
        "sandbox": rows[0]["sandbox"],
    });
    assert_eq!(rows, [want]);
    place.write("noise.bin", [0, 1, 2, 3]);
    let row = place.go("hash noise.bin --json").ends(0).rows().remove(0);
    assert_eq!(
        fields(&row),
        ["md5", "path", "sandbox", "sha1", "sha256", "signals"]
    );
}

#[test]
fn exact_mode_is_chosen_and_is_near_the_fast_one() {
    let place = Place::new();
    let picture = testkit::photo(2, 640, 480);
    place.write("a.jpg", encode::jpeg(&picture, 85));
    let fast = place.go("hash a.jpg --json").ends(0).rows().remove(0);
    let exact = place.go("hash --exact a.jpg --json").ends(0).rows().remove(0);
    let (fast, exact) = (&fast["signals"][0], &exact["signals"][0]);
    assert_eq!((text(fast, "mode"), text(exact, "mode")), ("fast", "exact"));
    assert!(value(fast).distance(&value(exact)) <= 6, "{fast} {exact}");
    let request = decode::Request::new(model::HashMode::Exact);
    let want = &decode::decode(&encode::jpeg(&picture, 85), &request).pictures[0].hashes[0];
    assert_eq!(value(exact), want.pdq.hash());
}

#[test]
fn a_turned_jpeg_has_the_hash_that_people_see_and_the_one_of_peers() {
    let place = Place::new();
    let picture = photo(3);
    place.write("turned.jpg", special::jpeg_oriented(&picture, 90, 6));
    let rows = place.go("hash turned.jpg --json").ends(0).rows();
    let signals = rows[0]["signals"].as_array().unwrap();
    let variants: Vec<&str> = signals.iter().map(|signal| text(signal, "variant")).collect();
    assert_eq!(variants, ["canonical", "compat"]);
    let upright = pdq(&encode::jpeg(&picture, 90)).0;
    let as_stored = pdq(&encode::jpeg(&picture.rotate270(), 90)).0;
    assert!(value(&signals[0]).distance(&upright) <= 10);
    assert!(value(&signals[1]).distance(&as_stored) <= 10);
    assert!(value(&signals[0]).distance(&value(&signals[1])) > 60);
}

#[test]
fn a_palette_png_has_both_readings() {
    let place = Place::new();
    let picture = photo(4);
    place.write("palette.png", special::png_palette(&picture));
    let rows = place.go("hash palette.png --json").ends(0).rows();
    let signals = rows[0]["signals"].as_array().unwrap();
    assert_eq!(text(&signals[0], "variant"), "canonical");
    assert_eq!(text(&signals[1], "variant"), "compat");
    assert!(value(&signals[0]).distance(&pdq(&encode::png(&picture)).0) <= 16);
    assert_ne!(value(&signals[0]), value(&signals[1]));
}

#[test]
fn later_frames_of_an_animation_have_their_own_hashes() {
    let place = Place::new();
    place.write("two.gif", encode::gif(&[photo(5), photo(6)]));
    let rows = place.go("hash two.gif --json").ends(0).rows();
    let signals = rows[0]["signals"].as_array().unwrap();
    let of = |part: &str| {
        let canonical = signals
            .iter()
            .find(|signal| text(signal, "part") == part && text(signal, "variant") == "canonical");
        value(canonical.unwrap())
    };
    assert!(of("picture").distance(&pdq(&png(5)).0) <= 16);
    assert!(of("frame:1").distance(&pdq(&png(6)).0) <= 16);
}

#[test]
fn files_that_cannot_be_read_are_said_and_the_others_go_on() {
    let place = Place::new();
    place.write("first.txt", "abc");
    place.write("folder/inside.txt", "abc");
    place.write("last.png", png(1));
    let run = place.go("hash first.txt missing.jpg folder last.png --json");
    let rows = run.ends(2).rows();
    let paths: Vec<&str> = rows.iter().map(|row| text(row, "path")).collect();
    assert_eq!(paths, ["first.txt", "missing.jpg", "folder", "last.png"]);
    assert_eq!(fields(&rows[1]), ["incomplete", "path", "signals"]);
    assert_eq!(rows[1]["incomplete"][0]["part"], "file");
    assert!(text(&rows[1]["incomplete"][0], "reason").starts_with("unreadable: No such file"));
    assert!(text(&rows[2]["incomplete"][0], "reason").contains("basira scan"));
    assert_eq!(rows[3]["signals"].as_array().unwrap().len(), 1);
}

#[test]
fn people_get_lines_that_hide_nothing() {
    let place = Place::new();
    place.write(
        "flat.png",
        encode::png(&testkit::Picture::filled(64, 64, [9, 9, 9])),
    );
    place.write("line\nbreak\u{202e}.txt", "abc");
    let run = place.run(["hash", "flat.png", "line\nbreak\u{202e}.txt"]).ends(0);
    let run = run
        .prints("quality 0, too low to be compared")
        .prints("md5     900150983cd24fb0d6963f7d28e17f72");
    run.prints("line\\u{a}break\\u{202e}.txt\n");
}

#[test]
fn limits_are_the_callers() {
    let place = Place::new();
    place.write(
        "a.png",
        encode::png(&Edit::Larger.apply(&testkit::photo(7, 1_000, 900), 1)),
    );
    place.go("hash a.png").ends(0);
    let rows = place.go("hash --max-megapixels 1 a.png --json").ends(2).rows();
    assert!(text(&rows[0]["incomplete"][0], "reason").starts_with("pixels: "));
    assert!(rows[0]["sha256"].is_string(), "digests are always taken");
}

#[test]
fn pipes_are_read_and_devices_are_refused() {
    let place = Place::new();
    let run = place.shell("printf abc | $basira hash --json /dev/stdin").ends(0);
    assert_eq!(text(&run.rows()[0], "md5"), "900150983cd24fb0d6963f7d28e17f72");
    // A device has no end; without a limit of memory this test would take all of it.
    let run = place
        .shell("ulimit -v 1000000; exec $basira hash --json /dev/zero")
        .ends(2);
    assert!(text(&run.rows()[0]["incomplete"][0], "reason").contains("device"));
}

/// The file is larger than the memory that the program gets.
#[test]
fn a_file_larger_than_memory_is_digested() {
    let place = Place::new();
    let path = place.write("large.bin", b"");
    let size = 256 << 20;
    std::fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(size)
        .unwrap();
    let run = place
        .shell("ulimit -v 150000; exec $basira hash --max-mebibytes 16 --json large.bin")
        .ends(0);
    // head -c 256M /dev/zero | sha1sum
    assert_eq!(
        text(&run.rows()[0], "sha1"),
        "7b91dbdc56c5781edf6c8847b4aa6965566c5c75"
    );
}

#[test]
fn a_wrong_call_says_how_to_call() {
    let place = Place::new();
    place.go("hash").ends(2).says("Usage: basira hash");
    place.go("hash --lossless a.png").ends(2).says("--lossless");
    place
        .go("--help")
        .ends(0)
        .prints("Exit status: 1 if anything matched");
}

/// What is printed of a text can be banked, and finds it.
#[test]
fn texts_have_signals_that_can_be_banked() {
    let place = Place::with_bank();
    let text = "The rook league meets on Tuesday at noon in the old reading room, see hxxps://example[.]com/club and \
                https://t.me/chess_league or write to us at the town library.";
    place.write("post.txt", text);
    place.write("post.html", format!("<html><body><p>{text}</p></body></html>"));
    for file in ["post.txt", "post.html"] {
        let row = place.run(["hash", "--json", file]).ends(0).rows().remove(0);
        let signals = row["text_signals"][0]["signals"].as_array().unwrap();
        let kinds: Vec<&str> = signals.iter().map(|signal| self::text(signal, "type")).collect();
        assert_eq!(&kinds[..3], ["raw_text", "text_tlsh", "text_passages"], "{row}");
        for kind in ["url", "url_host", "handle"] {
            assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
        }
        let words = &signals[2]["passages"];
        assert!(words["words"].as_u64().unwrap() > 20 && words["kept"].as_u64().unwrap() > 8);
        for signal in signals {
            let given = format!("{}={}", self::text(signal, "type"), self::text(signal, "value"));
            let entry = place.add("known", ["--signal", &given]);
            let found = place.look_up(file);
            assert_eq!(found["matches"][0]["type"], signal["type"], "{found}");
            place.go(&format!("bank remove known {entry}")).ends(0);
        }
    }
    place.run(["hash", "post.txt"]).ends(0).prints("shingles of");
}
