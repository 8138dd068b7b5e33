//! `basira read`.

use std::io::Write;

use serde_json::{Value, json};

use super::place::{Place, fields, text};

/// A report of an invented chess league, with what stands around it on a page.
const PAGE: &str = "<!doctype html><html><head><title>افتتاح دوري الشطرنج | أخبار المدينة</title></head><body>\
<nav><a href=\"/\">الرئيسية</a> <a href=\"/news\">أخبار</a></nav>\
<article><h1>افتتاح دوري الشطرنج</h1><p>الكاتب: سليم القلعة</p><p>19 تموز 2018</p>\
<p>قال مدير الدوري، بحسب بيان نشره على موقعه، إن عدد اللاعبين المسجلين بلغ مئة لاعب. وأضاف المتحدث باسم الاتحاد: \
«بدأت الجولة الأولى يوم الأحد في قاعة المدينة بحضور اللاعبين والحكام».</p>\
<p>وذكر تقرير أعده باحثون في الجامعة أن المباريات ستستمر شهرين، وفق ما نقلته الوكالة، والتفاصيل في \
https://chess.example.com/rounds والبريد press@chess.example.com للصحافة.</p></article></body></html>";

/// `location='https://evil.example.net/x?i=1'`, in base64.
const CODE: &str = "<script>eval(atob('bG9jYXRpb249J2h0dHBzOi8vZXZpbC5leGFtcGxlLm5ldC94P2k9MSc='))</script>";

fn read(place: &Place, file: &str) -> Value {
    let rows = place.run(["read", file, "--json"]).ends(2).rows();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

fn kinds(row: &Value) -> Vec<&str> {
    let findings = row["findings"].as_array().unwrap();
    findings.iter().map(|found| text(found, "kind")).collect()
}

#[test]
fn a_page_is_read_with_spans_of_its_file() {
    let place = Place::new();
    place.write("page.html", PAGE);
    let row = read(&place, "page.html");
    assert_eq!(
        fields(&row),
        [
            "context",
            "findings",
            "incomplete",
            "language",
            "matches",
            "part",
            "path",
            "sandbox",
            "structure",
            "verdict"
        ]
    );
    assert_eq!(row["path"], "page.html");
    assert_eq!(row["language"], "ar");
    let structure = &row["structure"];
    assert_eq!(structure["title"]["text"], "افتتاح دوري الشطرنج");
    assert_eq!(structure["authors"][0]["text"], "سليم القلعة");
    assert_eq!(structure["date"]["iso"], "2018-07-19");
    assert_eq!(structure["date"]["words"], "19 تموز 2018");
    assert_eq!(row["context"]["label"], "reporting", "{}", row["context"]);
    assert!(text(&row["context"]["why"], "en").starts_with("Reads as reporting"));
    assert_eq!(kinds(&row), ["url", "email"]);
    for found in row["findings"].as_array().unwrap() {
        let [from, to] = [0, 1].map(|end| found["span"][end].as_u64().unwrap() as usize);
        assert_eq!(&PAGE[from..to], text(found, "value"));
    }
    // What was not compared is not clean.
    assert_eq!(row["matches"], json!([]));
    assert_eq!(row["verdict"], "incomplete");
    assert_eq!(
        row["incomplete"],
        json!([{ "part": "file", "reason": "unmatched" }])
    );
}

/// As the code of a page that was broken into: it stands in the running text.
#[test]
fn injected_code_is_one_finding_and_nothing_else_changes() {
    let place = Place::new();
    let broken = PAGE.replace("وأضاف المتحدث", &format!("{CODE}وأضاف المتحدث"));
    place.write("page.html", PAGE);
    place.write("broken.html", &broken);
    place.write(
        "broken.txt",
        format!("{}\n{CODE}\nقال المدير إن الدوري بدأ.", "دوري الشطرنج في المدينة"),
    );
    let (whole, found) = (read(&place, "page.html"), read(&place, "broken.html"));
    assert_eq!(kinds(&found), ["security", "url", "email"]);
    let code = &found["findings"][0];
    assert_eq!(code["value"], "hxxps://evil[.]example[.]net/x?i=1");
    assert_eq!(code["steps"], json!(["base64"]));
    for field in ["language", "verdict"] {
        assert_eq!(found[field], whole[field]);
    }
    assert_eq!(found["context"]["why"], whole["context"]["why"]);
    let pasted = read(&place, "broken.txt");
    assert_eq!(kinds(&pasted), ["security"], "{pasted}");
    // Before everything else, for people.
    let shown = place.run(["read", "broken.html"]).ends(2);
    let (code, title) = (shown.out.find("! security"), shown.out.find("title"));
    assert!(code.is_some() && code < title, "{}", shown.out);
    assert!(!shown.out.contains("https://evil"), "{}", shown.out);
}

#[test]
fn people_are_told_why_in_their_language_and_directions_stay_apart() {
    let place = Place::new();
    // A mark that would turn the rest of the line around.
    place.write("page.html", PAGE.replace("سليم القلعة", "سليم \u{202e}القلعة"));
    for (locale, words) in [
        ("ar_JO.UTF-8", "يُقرأ النص تقريرا"),
        ("C.UTF-8", "Reads as reporting"),
    ] {
        let mut command = place.basira(["read", "page.html"]);
        let shown = super::place::Run::of(command.env("LC_ALL", locale)).ends(2);
        assert!(shown.out.contains(words), "{}", shown.out);
        assert!(
            shown.out.contains("\u{2068}افتتاح دوري الشطرنج\u{2069}"),
            "{}",
            shown.out
        );
        assert!(!shown.out.contains('\u{202e}'), "{}", shown.out);
        assert!(
            shown.out.contains("hxxps://chess[.]example[.]com/rounds"),
            "{}",
            shown.out
        );
    }
}

#[test]
fn texts_in_an_archive_are_read_each_by_itself() {
    let place = Place::new();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        ("note.txt", "See https://example.com/1 please"),
        (
            "mail.eml",
            "From: a@example.com\r\nTo: b@example.com\r\nSubject: Second round\r\nMIME-Version: 1.0\r\n\r\nThe second round is at https://example.org/2 today.",
        ),
    ] {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    place.write("all.zip", writer.finish().unwrap().into_inner());
    let row = read(&place, "all.zip");
    let found: Vec<(&str, &str)> = row["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (text(found, "part"), text(found, "normal")))
        .collect();
    assert!(
        found.contains(&("note.txt", "https://example.com/1")),
        "{found:?}"
    );
    assert!(
        found.contains(&("mail.eml › text", "https://example.org/2")),
        "{found:?}"
    );
    assert_eq!(row["parts"].as_array().unwrap().len(), 1);
    assert_eq!(row["verdict"], "incomplete");
}

#[test]
fn what_cannot_be_read_says_so() {
    let place = Place::new();
    place.write("picture.png", super::pictures::png(1));
    place.write("empty.txt", "");
    place.write("large.txt", vec![b'a'; 3 << 20]);
    let links: String = (0..10_010)
        .map(|n| format!("https://example.com/{n}\n"))
        .collect();
    place.write("links.txt", links);
    // Letters of two bytes, so that the limit would fall within one.
    place.write("long.txt", format!("a{}", "ي".repeat(9 << 20)));
    let reason = |arguments: &[&str]| {
        let all = [&["read", "--json"], arguments].concat();
        let row = place.run(all).ends(2).rows().remove(0);
        assert_eq!(row["verdict"], "incomplete");
        text(&row["incomplete"][0], "reason").to_owned()
    };
    assert_eq!(reason(&["picture.png"]), "unsupported: no text was found in png");
    assert_eq!(reason(&["empty.txt"]), "empty");
    assert_eq!(reason(&["links.txt"]), "findings: more than the limit of 10000");
    assert!(reason(&["gone.txt"]).starts_with("unreadable"));
    assert_eq!(
        reason(&["long.txt"]),
        "text: more bytes than the limit of 16777216"
    );
    let large = reason(&["large.txt", "--max-mebibytes", "2"]);
    assert!(large.starts_with("bytes: 3145728"), "{large}");
}
