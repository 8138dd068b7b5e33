//! Documents, from the command line: decoded in the sandbox, as everything is.

use testkit::encode;
use testkit::pdf::Pdf;

use super::pictures::photo;
use super::place::{Place, text};

const FONT: &str = "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";

/// Two pages: a text, and a picture that is banked.
fn booklet() -> Pdf {
    let mut file = Pdf::new();
    file.page(595, 842, FONT, "BT /E 12 Tf 50 800 Td (The chess league) Tj ET");
    let picture = file.jpeg(&encode::jpeg(&photo(1), 85), 320, 240);
    file.picture_page(picture, 640, 480);
    file
}

#[test]
fn a_picture_in_a_document_is_found_with_its_page() {
    let place = Place::with_copy();
    place.write("booklet.pdf", booklet().finish());
    let row = place.look_up("booklet.pdf");
    assert_eq!(row["verdict"], "match", "{row}");
    let parts: Vec<&str> = row["matches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| text(hit, "part"))
        .collect();
    assert!(
        parts.contains(&"page:2") && parts.contains(&"image 5 › picture"),
        "{parts:?}"
    );
    assert_eq!(row["incomplete"], serde_json::json!([]), "{row}");
    place.go("match booklet.pdf").ends(1).prints("page 2");
    for (language, words) in [
        ("en", "page <bdi dir=\"ltr\">2</bdi>"),
        ("ar", "الصفحة <bdi dir=\"ltr\">2</bdi>"),
    ] {
        place
            .run([
                "scan",
                ".",
                "--quiet",
                "--html",
                "../report.html",
                "--lang",
                language,
            ])
            .ends(1);
        let report = place.read("../report.html");
        assert!(
            report.contains("booklet.pdf") && report.contains(words),
            "{language}"
        );
    }
}

#[test]
fn pages_that_are_not_looked_at_make_a_document_incomplete() {
    let place = Place::with_bank();
    place.write("booklet.pdf", booklet().finish());
    assert_eq!(place.verdict("booklet.pdf"), "no_match");
    place
        .go("match booklet.pdf --max-pages 1")
        .ends(2)
        .prints("pages: more than the limit of 1");
}

#[test]
fn hostile_documents_are_incomplete_and_nothing_else_suffers() {
    let place = Place::with_copy();
    let whole = booklet().finish();
    for cut in (whole.len() / 10..whole.len() - 40).step_by(whole.len() / 20) {
        place.write(format!("in/cut-{cut}.pdf"), &whole[..cut]);
    }
    // Ten drawings in each of ten drawings, twelve times.
    let mut file = booklet();
    let first = file.next();
    for _ in 0..12 {
        let next = file.next() + 1;
        file.stream(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N {next} 0 R >> >>"
            ),
            "/N Do ".repeat(10).as_bytes(),
        );
    }
    file.stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"0 0 5 5 re f");
    file.page(99, 99, &format!("/XObject << /N {first} 0 R >>"), "/N Do");
    place.write("in/fan.pdf", file.finish());
    let rows = place.go("scan in --json").ends(1).rows();
    assert!(rows.len() > 15, "{}", rows.len());
    for row in rows {
        // The picture can be whole where the rest is cut.
        assert_ne!(row["verdict"], "no_match", "{row}");
        assert_ne!(row["incomplete"], serde_json::json!([]), "{row}");
        if text(&row, "path").ends_with("fan.pdf") {
            assert_eq!(row["verdict"], "match", "{row}");
            assert_eq!(row["incomplete"][0]["reason"], "time: a deadline passed", "{row}");
        }
    }
}
