//! Search over texts in the encodings and kinds of files in which they come.

use testkit::pdf::Pdf;

use crate::browser::Browser;
use crate::console::{first, submit};
use crate::place::Place;
use crate::server::Server;

/// A match of chess at a school, in Windows-1256.
const WINDOWS_1256: &[u8] =
    b"\xc3\xde\xed\xe3\xca \xe3\xc8\xc7\xd1\xc7\xc9 \xc7\xe1\xd4\xd8\xd1\xe4\xcc \xc7\xe1\xc3\xe6\xe1\xec \
      \xdd\xed \xc7\xe1\xe3\xcf\xd1\xd3\xc9 \xed\xe6\xe3 \xc7\xe1\xc3\xcd\xcf \xe6\xdd\xc7\xd2 \
      \xdd\xed\xe5\xc7 \xc7\xe1\xe1\xc7\xda\xc8 \xc7\xe1\xd0\xed \xcc\xc7\xc1 \xe3\xe4 \
      \xc7\xe1\xde\xd1\xed\xc9 \xc7\xe1\xde\xd1\xed\xc8\xc9\xa1 \xe6\xde\xc7\xe1 \xc7\xe1\xe3\xcf\xd1\xc8 \
      \xc5\xe4 \xc7\xe1\xc8\xd8\xe6\xe1\xc9 \xd3\xe6\xdd \xca\xd3\xca\xe3\xd1 \xcd\xca\xec \
      \xe4\xe5\xc7\xed\xc9 \xc7\xe1\xd4\xe5\xd1";

/// What stands around the text of a page.
const MENU: &str = "<nav><a href=\"/imprint\">Imprint</a> <a href=\"/cookies\">Cookies</a></nav>";

fn page() -> String {
    let text = "<p>The third round of the chess league was played in the old town hall on Sunday, and the club of the harbour \
                won it with two points more than anybody had expected of them before the season.</p>";
    format!(
        "<!doctype html><title>Zugzwang in the harbour</title>{MENU}<main>{}</main>{MENU}",
        text.repeat(3)
    )
}

fn document() -> Vec<u8> {
    let font = "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let mut file = Pdf::new();
    file.page(
        595,
        842,
        font,
        "BT /E 12 Tf 50 800 Td (The fianchetto of the league) Tj ET",
    );
    file.finish()
}

#[test]
fn texts_are_found_whatever_their_encoding_and_pages_by_what_they_say() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    let wide: Vec<u8> = "\u{feff}انتهت بطولة القلعة البيضاء أمس وفاز بها النادي الصغير من الساحل الشرقي"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let zip = testkit::containers::zip(&[("notes/game.txt", "صقلية دفاع معروف في لعبة الشطرنج".as_bytes())]);
    let items = [
        submit(&key, "", WINDOWS_1256),
        submit(&key, "", &wide),
        submit(&key, "", page().as_bytes()),
        submit(&key, "", &document()),
        submit(&key, "", &zip),
        // Words in bytes that are no text are chance.
        submit(&key, "", b"\x00\x07\x01\x00gambit gambit gambit\x00\x02"),
    ];
    let mut browser = first(&server);
    let found = |browser: &mut Browser, question: &str| -> Vec<usize> {
        let page = browser.post("/console/search", &[("question", question)]).is(200);
        let places = items.iter().enumerate();
        places
            .filter(|(_, item)| page.text.contains(&format!("/console/items/{item}")))
            .map(|(place, _)| place)
            .collect()
    };
    for (question, expected) in [
        ("المدرسه الشطرنج", vec![0]),
        ("القلعه البيضاء", vec![1]),
        ("harbour points", vec![2]),
        ("zugzwang", vec![2]),
        ("fianchetto", vec![3]),
        ("صقلية", vec![4]),
        ("شطرنج", vec![0, 4]),
        ("imprint", vec![]),
        ("cookies", vec![]),
        ("gambit", vec![]),
    ] {
        assert_eq!(found(&mut browser, question), expected, "{question}");
    }
}
