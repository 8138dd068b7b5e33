//! `basira bank import`.

use serde_json::json;

use crate::pictures::{long_list, nudged, pdq, png};
use crate::place::{Place, fields, text};

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

/// A place with a file whose MD5 is [`MD5`].
fn with_abc() -> Place {
    let place = Place::with_bank();
    place.write("abc.txt", "abc");
    place
}

#[test]
fn a_list_is_watched_first_and_active_if_told_so() {
    let place = with_abc();
    place.write("list.csv", format!("type,value\nmd5,{MD5}\n"));
    let run = place.go("bank import known list.csv").ends(0);
    run.prints("1 entries added to known as shadow, 0 bad rows")
        .prints("basira bank trust");
    let row = place.look_up("abc.txt");
    assert_eq!(text(&row, "verdict"), "no_match");
    assert_eq!(
        (&row["matches"][0]["trust"], &row["matches"][0]["human_confirmed"]),
        (&json!("shadow"), &json!(false))
    );
    place.go("bank import known list.csv --trust active").ends(0);
    let row = place.look_up("abc.txt");
    assert_eq!(
        (text(&row, "verdict"), &row["matches"][0]["entry"]),
        ("match", &json!(2))
    );
}

#[test]
fn csv_as_spreadsheets_write_it_is_read() {
    let place = with_abc();
    let list = format!(
        "\u{feff}\"Value\",Type , note,LABEL,external_id,expires,colour\r\n\
         {MD5},md5,\"a \"\"quoted\"\", long\r\nremark\",flag,x-1,2999-01-31T00:00:00Z,red\r\n\
         {MD5},md5,,,,,\r\n"
    );
    place.write("list.csv", list);
    place
        .go("bank import known list.csv --label partner --note May")
        .ends(0);
    let rows = place.go("bank show known --json").rows();
    assert_eq!(rows[0]["labels"], json!(["flag", "partner"]));
    assert_eq!(text(&rows[0], "note"), "a \"quoted\", long\r\nremark");
    assert_eq!(
        (text(&rows[0], "external_id"), text(&rows[0], "source")),
        ("x-1", "list.csv")
    );
    assert_eq!(text(&rows[0], "expires"), "2999-01-31T00:00:00Z");
    assert_eq!(
        (text(&rows[1], "note"), &rows[1]["labels"]),
        ("May", &json!(["partner"]))
    );
}

#[test]
fn bad_rows_are_named_by_their_line_and_the_others_go_in() {
    let place = with_abc();
    let hash = pdq(&png(1)).0;
    let list = format!(
        "type,value,expires\nmd5,{MD5},\nmd5,{MD5}0,\npdq,{hash},\nphash,{hash},\npdq,\"{hash}\n\",\nmd5,{MD5}\n\
         md5,{MD5},soon\n,,\nsha1,{MD5},\nmd5,{MD5},\n"
    );
    place.write("list.csv", list);
    let run = place.go("bank import known list.csv").ends(2);
    let run = run.prints("3 entries added").prints("7 bad rows left out");
    for told in [
        "line 3: not a md5 value: needs 32 hex digits, has 33",
        "line 5: unknown signal type \"phash\"",
        "line 6: not a pdq value: needs 64 hex digits, has 65 characters; check for a missing part, a space or a line",
        "line 8: it has 2 columns, the header has 3",
        "line 9: expires must be a time like 2027-01-31T00:00:00Z",
        "line 10: unknown signal type \"\"",
        "line 11: not a sha1 value: needs 40 hex digits, has 32",
    ] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    assert_eq!(place.go("bank show known --json").rows().len(), 3);
}

#[test]
fn bytes_that_are_no_text_spoil_their_row_only() {
    let place = with_abc();
    let mut list = format!("type,value,note\nmd5,{MD5},").into_bytes();
    list.extend(b"\xff\xfe\n");
    list.extend(format!("md5,{MD5},fine\n").bytes());
    place.write("list.csv", list);
    let run = place.go("bank import known list.csv").ends(2);
    run.says("line 2: it is not UTF-8 text").prints("1 entries added");
}

#[test]
fn ndjson_is_read_alike() {
    let place = with_abc();
    let list = format!(
        "\u{feff}{{\"type\":\"md5\",\"value\":\"{MD5}\",\"label\":\"flag\",\"note\":null,\"external_id\":\"7\"}}\n\n\
         {{\"type\":\"md5\"}}\n{{\"type\":\"md5\",\"value\":\"{MD5}\\n\"}}\nnothing\n[]\n\
         {{\"value\":\"{MD5}\",\"type\":\"md5\",\"score\":3}}"
    );
    for ending in ["ndjson", "jsonl"] {
        let name = format!("list.{ending}");
        place.write(&name, &list);
        let run = place
            .run(["bank", "import", "known", &name])
            .ends(2)
            .prints("2 entries added");
        for told in [
            "line 3: ",
            "line 4: not a md5 value: needs 32",
            "line 5: ",
            "line 6: ",
        ] {
            assert!(run.err.contains(told), "{told}: {}", run.err);
        }
        assert!(
            !run.err.contains("line 1:") && !run.err.contains("line 7:"),
            "{}",
            run.err
        );
    }
    let entry = &place.go("bank show known --json").rows()[0];
    assert_eq!(
        (&entry["labels"], text(entry, "external_id")),
        (&json!(["flag"]), "7")
    );
}

#[test]
fn json_names_every_bad_row_and_the_totals() {
    let place = with_abc();
    let mut list = "type,value\n".to_owned();
    for _ in 0..30 {
        list.push_str("md5,short\n");
    }
    list.push_str(&format!("md5,{MD5}\n"));
    place.write("list.csv", list);
    let rows = place.go("bank import known list.csv --json").ends(2).rows();
    assert_eq!(rows.len(), 31);
    assert_eq!(
        (fields(&rows[0]), &rows[0]["line"], &rows[29]["line"]),
        (vec!["error", "line"], &json!(2), &json!(31))
    );
    assert_eq!(
        rows[30],
        json!({"bank": "known", "added": 1, "bad_rows": 30, "trust": "shadow"})
    );
    // People get the first of them, and are told where the others are.
    let run = place
        .go("bank import known list.csv")
        .ends(2)
        .says("10 more bad rows; --json");
    assert_eq!(run.err.matches("line ").count(), 20);
}

#[test]
fn lists_that_cannot_be_read_are_refused_with_what_to_do() {
    let place = with_abc();
    place.write("list.txt", format!("type,value\nmd5,{MD5}\n"));
    place.write("bare.csv", format!("md5,{MD5}\n"));
    place.write("empty.csv", "");
    let import = |file: &str| place.run(["bank", "import", "known", file]).ends(2);
    import("list.txt").says("must end in .csv or .ndjson");
    import("bare.csv").says("the first line must name the columns, at least type,value");
    import("empty.csv").says("the first line must name the columns");
    import("missing.csv").says("cannot read missing.csv");
    place
        .go("bank import other bare.csv")
        .ends(2)
        .says("no bank other");
    assert!(place.go("bank show known --json").rows().is_empty());
    // Endings in capitals, as cameras and old systems write them, are endings too.
    place.write("LIST.CSV", format!("type,value\nmd5,{MD5}\n"));
    place.go("bank import known LIST.CSV").ends(0);
}

#[test]
fn a_known_quality_comes_with_the_hash() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    let hash = pdq(&png(1)).0;
    let near = nudged(hash, 8);
    place.write(
        "list.csv",
        format!("type,value,quality\npdq,{hash},49\npdq,{near},50\npdq,{hash},101\npdq,{hash},good\n"),
    );
    let run = place.go("bank import known list.csv --trust active").ends(2);
    run.says("line 4: quality is 0 to 100")
        .says("line 5: quality is 0 to 100");
    let row = place.look_up("a.png");
    // The hash that equals has too little quality to be compared.
    assert_eq!(row["matches"].as_array().unwrap().len(), 1, "{row}");
    assert_eq!(
        (&row["matches"][0]["entry"], &row["matches"][0]["distance"]),
        (&json!(2), &json!(8))
    );
}

#[test]
fn twenty_thousand_rows_go_in_and_are_found() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    place.write("list.csv", long_list(20_000, 6));
    let run = place
        .go("bank import known list.csv --trust active --json")
        .ends(0);
    assert_eq!(run.rows()[0]["added"], 20_001);
    let row = place.look_up("a.png");
    assert_eq!(
        (&row["matches"][0]["entry"], &row["matches"][0]["distance"]),
        (&json!(20_001), &json!(6))
    );
}
