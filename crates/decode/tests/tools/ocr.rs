//! Text in pictures, which FFmpeg draws: sentences about a chess league that does not exist.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use basira_decode::sandbox::{Sandbox, Settings, ToolSettings};
use basira_decode::{Contents, Request, TextSource};
use model::IncompleteReason;
use text::find::Note;

use crate::{Test, look, make, request};

pub(crate) const TESTS: &[(&str, Test)] = &[
    (
        "english_and_arabic_are_read_whatever_holds_the_picture",
        english_and_arabic_are_read_whatever_holds_the_picture,
    ),
    (
        "nothing_is_read_unless_it_is_asked_for",
        nothing_is_read_unless_it_is_asked_for,
    ),
    (
        "what_was_guessed_is_read_and_marked",
        what_was_guessed_is_read_and_marked,
    ),
    (
        "pictures_of_members_have_their_place",
        pictures_of_members_have_their_place,
    ),
    (
        "pictures_beyond_a_limit_are_said",
        pictures_beyond_a_limit_are_said,
    ),
    ("a_deadline_is_said", a_deadline_is_said),
];

const ENGLISH: &str = "The Marble Rook League\nopens its ninth season";
const ARABIC: &str = "دوري الشطرنج الأول\nيفتتح في المدينة الجديدة";

/// A picture with a text on a plain ground, `size` pixels high.
pub(crate) fn draw(folder: &Path, name: &str, text: &str, size: u32) -> PathBuf {
    let words = folder.join("words.txt");
    std::fs::write(&words, text).unwrap();
    let path = folder.join(name);
    let (width, height) = (size * 24, size * 7);
    let draw = format!(
        "drawtext=font=DejaVuSans:textfile={}:fontsize={size}:x={size}:y={size}:line_spacing={size}:fontcolor=white",
        words.display()
    );
    make(
        &path,
        &format!("-f lavfi -i color=0x203050:s={width}x{height}:d=1 -vf {draw} -frames:v 1"),
    );
    path
}

fn asked() -> Request {
    Request {
        ocr: true,
        ..request()
    }
}

/// The text of the only picture.
fn only(found: &Contents) -> &str {
    assert_eq!(found.incomplete, []);
    let [text] = &found.texts[..] else {
        panic!("{found:?}");
    };
    assert_eq!((text.source, text.name.as_str()), (TextSource::Ocr, "picture"));
    &text.text
}

fn english_and_arabic_are_read_whatever_holds_the_picture(sandbox: &Sandbox, folder: &Path) {
    // The large JPEG is one that is shrunk for hashing while it is read.
    for (name, size) in [("a.png", 40), ("a.bmp", 14), ("a.jpg", 16), ("large.jpg", 90)] {
        let english = look(sandbox, &draw(folder, name, ENGLISH, size), &asked());
        assert_eq!(only(&english), ENGLISH, "{name}");
    }
    for (name, size) in [("b.png", 40), ("large.jpg", 90)] {
        let arabic = look(sandbox, &draw(folder, name, ARABIC, size), &asked());
        // A guess: letters that are written alike may be taken for one another.
        for word in ["الشطرنج", "المدينة", "الجديدة"] {
            assert!(only(&arabic).contains(word), "{name}: {arabic:?}");
        }
    }
}

fn nothing_is_read_unless_it_is_asked_for(sandbox: &Sandbox, folder: &Path) {
    let path = draw(folder, "a.png", ENGLISH, 40);
    let (with, without) = (look(sandbox, &path, &asked()), look(sandbox, &path, &request()));
    assert_eq!((with.pictures, with.texts.len()), (without.pictures, 1));
    assert_eq!(without.texts, []);
}

fn what_was_guessed_is_read_and_marked(sandbox: &Sandbox, folder: &Path) {
    let asked = Request {
        read: true,
        ..asked()
    };
    let text = "The rook league meets\nat https://example.com";
    let found = look(sandbox, &draw(folder, "a.png", text, 40), &asked);
    let [part] = &found.reports[..] else {
        panic!("{found:?}");
    };
    assert_eq!(part.name.as_str(), "picture");
    assert!(!part.report.findings.is_empty(), "{found:?}");
    for guessed in &part.report.findings {
        assert!(
            guessed.keys.is_empty() && guessed.notes.contains(&Note::Guessed),
            "{guessed:?}"
        );
    }
}

fn album(folder: &Path) -> PathBuf {
    let path = folder.join("album.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, text) in [("one.png", "The first rook"), ("two.png", "The second rook")] {
        let picture = std::fs::read(draw(folder, name, text, 32)).unwrap();
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&picture).unwrap();
    }
    zip.finish().unwrap();
    path
}

fn pictures_of_members_have_their_place(sandbox: &Sandbox, folder: &Path) {
    let found = look(sandbox, &album(folder), &asked());
    assert_eq!(found.incomplete, []);
    let texts: Vec<[&str; 2]> = found
        .texts
        .iter()
        .map(|text| [text.name.as_str(), text.text.as_str()])
        .collect();
    assert_eq!(
        texts,
        [
            ["one.png › picture", "The first rook"],
            ["two.png › picture", "The second rook"]
        ]
    );
}

fn pictures_beyond_a_limit_are_said(sandbox: &Sandbox, folder: &Path) {
    let mut request = asked();
    request.limits.max_ocr = 1;
    let found = look(sandbox, &album(folder), &request);
    assert_eq!((found.pictures.len(), found.texts.len()), (2, 1));
    let [gap] = &found.incomplete[..] else {
        panic!("{found:?}");
    };
    assert_eq!(gap.part.as_str(), "text");
    assert_eq!(gap.reason, IncompleteReason::Pictures { limit: 1 });
}

fn a_deadline_is_said(_: &Sandbox, folder: &Path) {
    let hurried = Sandbox::start(Settings {
        tool: ToolSettings {
            wall: Duration::ZERO,
            ..ToolSettings::default()
        },
        ..Settings::default()
    })
    .unwrap();
    let found = look(&hurried, &draw(folder, "a.png", ENGLISH, 40), &asked());
    assert_eq!((found.pictures.len(), found.texts.len()), (1, 0));
    let gaps: Vec<(&str, &IncompleteReason)> = found
        .incomplete
        .iter()
        .map(|gap| (gap.part.as_str(), &gap.reason))
        .collect();
    assert_eq!(gaps, [("picture", &IncompleteReason::Time)]);
}
