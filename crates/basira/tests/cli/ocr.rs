//! Text in pictures, from the command line. Needs FFmpeg and Tesseract (`cargo xtask test` installs them).

use serde_json::Value;

use crate::films::ffmpeg;
use crate::place::{Place, text};

/// A place with a picture of a sentence about a chess league that does not exist.
pub(crate) fn with_sentence(name: &str, sentence: &str) -> Place {
    let place = Place::new();
    place.write("words.txt", sentence);
    let draw = "drawtext=font=DejaVuSans:textfile=words.txt:fontsize=36:x=30:y=30:fontcolor=black";
    let ground = "color=white:s=900x120:d=1";
    ffmpeg(
        &place,
        &["-f", "lavfi", "-i", ground, "-vf", draw, "-frames:v", "1"],
        name,
    );
    place
}

fn texts(row: &Value) -> Vec<[&str; 3]> {
    let texts = row["texts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |row| [text(row, "part"), text(row, "source"), text(row, "text")];
    texts.iter().map(row).collect()
}

#[test]
fn text_in_pictures_is_read_when_it_is_asked_for_and_marked_as_a_guess() {
    for (name, sentence) in [
        ("a.png", "The Marble Rook League opens on Friday"),
        ("b.jpg", "دوري الشطرنج الأول يفتتح في المدينة"),
    ] {
        let place = with_sentence(name, sentence);
        let rows = place.go(&format!("hash --ocr --json {name}")).ends(0).rows();
        assert_eq!(texts(&rows[0]), [["picture", "ocr", sentence]]);
        let rows = place.go(&format!("hash --json {name}")).ends(0).rows();
        assert!(texts(&rows[0]).is_empty());
        place.go(&format!("hash --ocr {name}")).ends(0).prints(&format!(
            "{} characters, a guess by OCR",
            sentence.chars().count()
        ));
    }
}

/// On a host without Tesseract, which a file that is none in its place makes of this one.
#[test]
fn where_tesseract_is_missing_nothing_begins_and_the_way_to_get_it_is_said() {
    let place = with_sentence("a.png", "The Marble Rook League");
    let without = |command: &str| {
        let inside = format!("mount --bind /dev/null /usr/bin/tesseract && exec $basira {command}");
        place.shell(&format!(
            "unshare --user --map-root-user --mount sh -c '{inside}'"
        ))
    };
    let level = place.go("doctor --json").ends(0).rows()[0]["sandbox"].clone();
    if level != "full" {
        println!("NOT RUN: nothing can be hidden without namespaces");
        return;
    }
    without("hash --ocr a.png")
        .ends(2)
        .says("--ocr needs what is not installed: tesseract.")
        .says("apt-get install tesseract-ocr tesseract-ocr-ara");
    without("hash a.png").ends(0);
    without("doctor")
        .ends(0)
        .prints("NO   tesseract, for text in pictures, with --ocr")
        .prints("apt-get install tesseract-ocr tesseract-ocr-ara");
    let row = without("doctor --json").ends(0).rows().remove(0);
    assert_eq!(row["lacking_for_ocr"], serde_json::json!(["tesseract"]));
}

#[test]
fn doctor_says_that_text_in_pictures_can_be_read() {
    let place = Place::new();
    place
        .go("doctor")
        .ends(0)
        .prints("yes  tesseract, for text in pictures, with --ocr");
    let row = place.go("doctor --json").ends(0).rows().remove(0);
    assert_eq!(row["programs"]["tesseract"], true);
    assert_eq!(row.get("lacking_for_ocr"), None);
}
