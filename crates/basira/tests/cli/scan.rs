//! `basira scan`: what is found, and every form of the results.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;
use testkit::{Edit, encode, special};

use crate::pictures::{edited, photo, png};
use crate::place::{Place, Run, json_lines, text};

/// A bank of one picture, and a folder with two copies of it, two other files and a broken one.
fn with_folder() -> Place {
    let place = Place::with_bank();
    place.write("banked.png", png(1));
    place.add("known", ["banked.png"]);
    place.write("in/copy.jpg", encode::jpeg(&photo(1), 80));
    place.write("in/a/b/.hidden/captioned.png", edited(1, Edit::CaptionTop));
    place.write("in/a/other.png", png(2));
    place.write("in/a/b/notes.txt", "nothing");
    place.write(
        "in/z/cut.jpg",
        special::truncated(&encode::jpeg(&photo(3), 80), 0.5),
    );
    place
}

const FOUND: [(&str, &str); 5] = [
    ("in/a/b/.hidden/captioned.png", "match"),
    ("in/a/b/notes.txt", "no_match"),
    ("in/a/other.png", "no_match"),
    ("in/copy.jpg", "match"),
    ("in/z/cut.jpg", "incomplete"),
];

fn verdicts(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|row| (text(row, "path"), text(row, "verdict")))
        .collect()
}

fn scan(place: &Place, arguments: &[&str]) -> Run {
    place.run(["scan"].iter().chain(arguments))
}

#[test]
fn json_has_every_file_in_order_as_match_prints_it() {
    let place = with_folder();
    let rows = scan(&place, &["in", "--json"]).ends(1).rows();
    assert_eq!(verdicts(&rows), FOUND);
    let files = FOUND.map(|(path, _)| path);
    let matched = place.run(["match", "--json"].iter().chain(&files)).ends(1).rows();
    assert_eq!(rows, matched);
    let alone = scan(&place, &["in", "--json", "--threads", "1"]).ends(1).rows();
    assert_eq!(rows, alone, "the number of threads changes nothing");
}

#[test]
fn people_get_the_matches_first_and_the_sums() {
    let place = with_folder();
    let run = scan(&place, &["in"]).ends(1);
    let at = |word: &str| run.out.find(word).unwrap_or_else(|| panic!("{word}: {run:?}"));
    assert!(at("in/copy.jpg") < at("in/z/cut.jpg"));
    assert!(
        !run.out.contains("notes.txt"),
        "what matches nothing is only counted"
    );
    assert!(run.out.contains("5 files in ") && run.out.contains(": 2 match, 2 no match, 1 incomplete"));
}

#[test]
fn statuses_have_the_precedence_of_scanners() {
    let place = with_folder();
    scan(&place, &["in"]).ends(1);
    scan(&place, &["in/z"]).ends(2);
    scan(&place, &["in/z", "in/a/b/notes.txt"]).ends(2);
    scan(&place, &["in/a/b/notes.txt"]).ends(0);
    fs::create_dir(place.files().join("nothing")).unwrap();
    scan(&place, &["nothing"]).ends(0).prints("0 files");
    scan(&place, &["missing"]).ends(2);
    scan(&place, &["missing", "in"]).ends(1);
    scan(&place, &[]).ends(2).says("PATH");
}

#[test]
fn files_have_what_the_screen_has() {
    let place = with_folder();
    let run = scan(
        &place,
        &["in", "--json", "--ndjson", "out.ndjson", "--csv", "out.csv"],
    )
    .ends(1);
    assert_eq!(place.read("out.ndjson"), run.out);
    let list = place.read("out.csv");
    let mut table = csv::Reader::from_reader(list.as_bytes());
    let header = "path,verdict,sha256,bank,entry,type,method,distance,quality,part,trust,human_confirmed,suppressed_by,\
                  incomplete";
    assert_eq!(
        table.headers().unwrap().iter().collect::<Vec<_>>().join(","),
        header
    );
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let told: Vec<(&str, &str)> = rows.iter().map(|row| (&row[0], &row[1])).collect();
    assert_eq!(told, FOUND);
    let json = json_lines(&run.out);
    let found = &json[3]["matches"][0];
    let row = &rows[3];
    assert_eq!(
        (&row[2], &row[3], &row[4]),
        (text(&json[3], "sha256"), "known", "1")
    );
    assert_eq!((&row[5], &row[6]), ("pdq", text(found, "method")));
    assert_eq!(row[7], found["distance"].to_string());
    assert_eq!((&rows[4][13], &rows[1][13]), ("file: truncated", ""));
}

#[test]
fn the_report_is_one_page_that_asks_nobody() {
    let place = with_folder();
    for (lang, direction) in [("en", "ltr"), ("ar", "rtl")] {
        scan(
            &place,
            &["in", "--quiet", "--html", "report.html", "--lang", lang],
        )
        .ends(1);
        let page = place.read("report.html");
        assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"));
        assert!(page.contains(&format!("<html lang=\"{lang}\" dir=\"{direction}\">")));
        for reach in ["://", "<script", "<link", "<iframe", "@import", "javascript:"] {
            assert!(!page.contains(reach), "{reach}");
        }
        let sources: Vec<&str> = page.split("src=\"").skip(1).collect();
        assert_eq!(sources.len(), 2, "one preview for each match");
        assert!(
            sources
                .iter()
                .all(|source| source.starts_with("data:image/png;base64,"))
        );
        // Previews are covered until a person opens them.
        assert!(page.contains("<details class=\"cover\">") && !page.contains("<details open"));
        assert!(page.contains("copy.jpg") && page.contains("cut.jpg") && page.contains("known"));
    }
    scan(&place, &["in", "--lang", "fr"]).ends(2).says("--lang");
}

#[test]
fn names_are_written_so_that_they_do_no_harm() {
    let place = with_folder();
    for name in [
        "=cmd|calc.png",
        "<img src=x>.png",
        "a\u{1b}[2J\n.png",
        "quote\".png",
    ] {
        place.write(format!("odd/{name}"), png(1));
    }
    let raw = std::ffi::OsStr::from_bytes(b"odd/\xff\xfe.png");
    place.write(raw, png(1));
    let run = place
        .shell("cd odd && exec $basira scan . --json --csv ../out.csv --html ../out.html")
        .ends(1);
    let paths: Vec<String> = run
        .rows()
        .iter()
        .map(|row| text(row, "path").to_owned())
        .collect();
    assert_eq!(paths.len(), 5);
    assert!(
        paths.contains(&"./a\u{1b}[2J\n.png".to_owned())
            && paths.contains(&"./\u{fffd}\u{fffd}.png".to_owned())
    );
    let page = place.read("out.html");
    assert!(page.contains("img src=x") && !page.contains("<img src=x>"));
    let table = place.shell("cd odd && exec $basira scan =cmd* ./a*").ends(1).out;
    assert!(!table.contains('\u{1b}') && table.contains("a\\u{1b}[2J\\u{a}.png"));
    place
        .shell("cd odd && exec $basira scan =cmd* --json --csv ../out.csv")
        .ends(1);
    assert!(place.read("out.csv").contains("\n'=cmd|calc.png,match"));
}

#[test]
fn what_is_no_file_is_passed_by_and_links_are_not_followed() {
    let place = with_folder();
    let folder = place.files().join("in");
    symlink(&folder, folder.join("loop")).unwrap();
    symlink("nowhere", folder.join("dangling.png")).unwrap();
    symlink(place.files().join("banked.png"), folder.join("link.png")).unwrap();
    let fifo = folder.join("pipe.png");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
    let rows = scan(&place, &["in", "--json"]).ends(1).rows();
    assert_eq!(verdicts(&rows), FOUND);
}

#[test]
fn paths_that_are_given_and_cannot_be_read_are_incomplete() {
    let place = with_folder();
    symlink("nowhere", place.files().join("dangling.png")).unwrap();
    symlink("loop", place.files().join("loop")).unwrap();
    symlink("in", place.files().join("link")).unwrap();
    symlink("banked.png", place.files().join("link.png")).unwrap();
    let fifo = place.files().join("pipe");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let paths = [
        "missing",
        "dangling.png",
        "loop",
        "pipe",
        "/dev/zero",
        "in/a/b/notes.txt",
    ];
    // Reading from the device would take all memory and never end.
    let line = format!("ulimit -v 2000000; exec $basira scan --json {}", paths.join(" "));
    let rows = place.shell(&line).ends(2).rows();
    let mut told = verdicts(&rows);
    told.sort_unstable_by_key(|(path, _)| paths.iter().position(|known| known == path));
    let want = paths.map(|path| {
        (
            path,
            if path == "in/a/b/notes.txt" {
                "no_match"
            } else {
                "incomplete"
            },
        )
    });
    assert_eq!(told, want);
    for row in &rows {
        let gap = row["incomplete"].get(0).map(|gap| text(gap, "reason"));
        assert!(
            gap.is_none_or(|reason| reason.starts_with("unreadable: ")),
            "{row}"
        );
    }
    // A link that is named by the caller is what it points to.
    let rows = scan(&place, &["link", "link.png", "--json"]).ends(1).rows();
    assert_eq!(rows.len(), 6);
}

#[test]
fn a_file_found_twice_is_one_row() {
    let place = with_folder();
    let rows = scan(&place, &["in", "in/a", "in/copy.jpg", "--json"])
        .ends(1)
        .rows();
    assert_eq!(verdicts(&rows), FOUND);
}

#[test]
fn options_reach_the_decoding() {
    let place = with_folder();
    place.write("large/a.png", encode::png(&testkit::photo(4, 1_200, 900)));
    scan(&place, &["large"]).ends(0);
    let rows = scan(&place, &["large", "--max-megapixels", "1", "--json"])
        .ends(2)
        .rows();
    assert!(text(&rows[0]["incomplete"][0], "reason").starts_with("pixels: "));
    for threads in ["0", "100000", "-1", "two"] {
        scan(&place, &["in", "--threads", threads]).ends(2);
    }
    let verdict = |tier: &str| {
        let rows = scan(&place, &["in/a/b/.hidden", "--tier", tier, "--json"]).rows();
        text(&rows[0], "verdict").to_owned()
    };
    assert_eq!(
        (verdict("plain").as_str(), verdict("full").as_str()),
        ("no_match", "match")
    );
}

#[test]
fn nothing_of_a_finished_scan_stays_behind() {
    let place = with_folder();
    if place.only_sqlite("bytes are overwritten; PostgreSQL has them until VACUUM, which the README says") {
        return;
    }
    scan(&place, &["in", "--quiet"]).ends(1);
    let database = fs::read(place.data().join("basira.db")).unwrap();
    let name = b"captioned.png";
    assert!(
        !database.windows(name.len()).any(|window| window == name),
        "names of files are no longer needed"
    );
}
