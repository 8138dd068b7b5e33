use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{gaps, is_sturdy, look, pictures, png, texts};
use testkit::containers::zip;

const ARABIC: &str = "دوري الشطرنج في مدينة الخيال";

#[test]
fn pages_give_their_text_and_their_embedded_pictures() {
    let page = format!(
        "<!doctype html><html><head><title>League &amp; cup</title><style>p {{ color: red }}</style></head>\
         <body><script>var hidden = '<p>no</p>';</script><p>{ARABIC}</p><p>second <b>line</b></p>\
         <img alt='a knight' src='data:image/png;base64,{}'></body></html>",
        STANDARD.encode(png(1))
    );
    let found = look(page.as_bytes());
    assert_eq!((found.kind.name(), gaps(&found)), ("html", Vec::new()));
    assert_eq!(
        texts(&found),
        [("text", &*format!("League & cup\n{ARABIC}\nsecond line\na knight"))]
    );
    assert_eq!(pictures(&found), ["data 1 › picture"]);
}

#[test]
fn every_spelling_of_a_content_within_a_page_or_a_drawing_is_opened() {
    let drawing =
        "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><circle r='40' cx='9'/></svg>";
    let escaped = drawing
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('#', "%23");
    let picture = format!("data:image/png;base64,{}", STANDARD.encode(png(1)));
    let page = format!(
        "<!doctype html><img src=\"data:image/svg+xml,{escaped}\"><img srcset=\"{picture} 1x, {picture} 2x\">"
    );
    let found = look(page.as_bytes());
    assert!(gaps(&found).is_empty());
    assert_eq!(
        pictures(&found),
        ["data 1 › picture", "data 2 › picture", "data 3 › picture"]
    );
    let around = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='90' height='90'>\
         <image xlink:href='{picture}' width='90' height='90'/><image href=\"data:image/svg+xml,{escaped}\"/></svg>"
    );
    let found = look(around.as_bytes());
    assert!(gaps(&found).is_empty());
    assert_eq!(
        pictures(&found),
        ["data 1 › picture", "data 2 › picture", "picture"]
    );
}

#[test]
fn pages_in_windows_1256_are_read() {
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(ARABIC);
    let mut page = b"<html><head><meta charset=\"windows-1256\"></head><body>".to_vec();
    page.extend(&*bytes);
    assert_eq!(texts(&look(&page)), [("text", ARABIC)]);
}

#[test]
fn messages_give_subject_text_and_attachments_at_any_depth() {
    let inner = "From: a@example.org\r\nSubject: inner\r\nMIME-Version: 1.0\r\n\r\ninner text\r\n";
    let message = format!(
        "From: chess@example.org\r\nTo: fans@example.org\r\nSubject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=frontier\r\n\r\n--frontier\r\nContent-Type: text/plain\r\n\r\n\
         The plain text.\r\n--frontier\r\nContent-Type: image/png; name=board.png\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=board.png\r\n\r\n{}\r\n\
         --frontier\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--frontier--\r\n",
        STANDARD.encode(ARABIC),
        STANDARD.encode(png(2)),
    );
    let found = look(message.as_bytes());
    assert_eq!((found.kind.name(), gaps(&found)), ("mail", Vec::new()));
    assert_eq!(pictures(&found), ["board.png › picture"]);
    let texts = texts(&found);
    assert!(
        texts[0].1.starts_with(ARABIC) && texts[0].1.contains("The plain text."),
        "{texts:?}"
    );
    assert!(
        texts
            .iter()
            .any(|(name, text)| name.starts_with("part") && text.contains("inner text")),
        "{texts:?}"
    );
    is_sturdy(message.as_bytes());
}

#[test]
fn text_behind_an_attached_message_belongs_to_the_outer_one() {
    let part = |kind: &str, body: &str| format!("--f\r\nContent-Type: {kind}\r\n\r\n{body}\r\n");
    let message = format!(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: c\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=f\r\n\r\n{}{}{}--f--\r\n",
        part("text/plain", "before"),
        part(
            "message/rfc822",
            "From: d@example.org\r\nTo: b@example.org\r\nSubject: e\r\n\r\ninner"
        ),
        part("text/plain", "behind"),
    );
    let found = look(message.as_bytes());
    assert_eq!(
        texts(&found),
        [("text", "c\nbefore\nbehind"), ("part 3 › text", "e\ninner")]
    );
}

#[test]
fn office_documents_give_their_text_and_their_media() {
    let docx = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "word/document.xml",
            format!(
                "<w:document><w:body><w:p><w:r><w:t>{ARABIC}</w:t></w:r></w:p><w:p><w:r><w:t>A &lt;B&gt;</w:t>\
                 <w:tab/><w:t>C&#65;</w:t></w:r></w:p></w:body></w:document>"
            )
            .as_bytes(),
        ),
        ("word/media/image1.png", &png(3)),
        ("extra/unlisted.png", &png(4)),
    ]);
    let found = look(&docx);
    assert_eq!((found.kind.name(), gaps(&found)), ("ooxml", Vec::new()));
    assert_eq!(texts(&found), [("text", &*format!("{ARABIC}\nA <B> CA"))]);
    assert_eq!(
        pictures(&found),
        ["word/media/image1.png › picture", "extra/unlisted.png › picture"]
    );

    let odt = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            b"<office><text:h>Head</text:h><text:p>One<text:line-break/>two</text:p></office>",
        ),
        ("Pictures/1.png", &png(5)),
    ]);
    let found = look(&odt);
    assert_eq!(
        (found.kind.name(), texts(&found)),
        ("opendocument", vec![("text", "Head\nOne\ntwo")])
    );
    assert_eq!(pictures(&found), ["Pictures/1.png › picture"]);

    let epub = zip(&[
        ("mimetype", b"application/epub+zip"),
        ("OEBPS/1.xhtml", b"<html><body><p>Chapter one</p></body></html>"),
    ]);
    let found = look(&epub);
    assert_eq!(found.kind.name(), "epub");
    assert!(
        texts(&found).contains(&("text", "Chapter one")),
        "{:?}",
        texts(&found)
    );
    is_sturdy(&docx);
}

#[test]
fn no_entity_is_expanded() {
    let mut bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">".to_owned();
    for (outer, inner) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        bomb += &format!("<!ENTITY {outer} \"{}\">", format!("&{inner};").repeat(10));
    }
    bomb += "]><w:p>x&j;y</w:p>";
    let docx = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", bomb.as_bytes()),
    ]);
    assert_eq!(texts(&look(&docx)), [("text", "xy")]);
}

#[test]
fn drawings_are_drawn_without_what_they_refer_to() {
    let shapes: String = (0..40)
        .map(|i| {
            format!(
                "<rect x='{}' y='{}' width='{}' height='{}' fill='#{:06x}'/>",
                i * 37 % 200,
                i * 53 % 150,
                20 + i,
                15 + i % 7,
                i * 400_000 % 0xff_ffff
            )
        })
        .collect();
    let drawing = |more: &str| {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='240' height='180'>{shapes}{more}<text x='5' y='5'>{ARABIC}</text></svg>"
        )
    };
    let plain = look(drawing("").as_bytes());
    assert_eq!((plain.kind.name(), gaps(&plain)), ("svg", Vec::new()));
    assert_eq!(pictures(&plain), ["picture"]);
    assert!(plain.pictures[0].hashes[0].pdq.quality().is_usable());
    assert_eq!(texts(&plain), [("text", ARABIC)]);
    let outside =
        look(drawing("<image xlink:href='file:///etc/passwd' width='240' height='180'/>").as_bytes());
    assert_eq!(outside.pictures[0].hashes, plain.pictures[0].hashes);
}

#[test]
fn depth_costs_nothing() {
    let deep = format!("<html><body>{}{ARABIC}", "<div>".repeat(100_000));
    assert_eq!(texts(&look(deep.as_bytes())), [("text", ARABIC)]);
}

/// The tokenizer compares each attribute with all before it: it is not given that many. With so many as a page may have, it
/// is read to its end.
#[test]
fn a_tag_with_a_million_attributes_ends_the_page() {
    let page = |attributes: usize| {
        let many: String = (0..attributes).map(|number| format!(" a{number}")).collect();
        let page =
            format!("<html><body><p>The first round</p><div{many}><p>The second round</p></body></html>");
        let found = look(page.as_bytes());
        let text = found.texts[0].text.clone();
        (text, gaps(&found).join("; "))
    };
    let (text, gap) = page(1_000_000);
    assert_eq!(text, "The first round");
    assert!(gap.contains("more than 1000 attributes"), "{gap}");
    assert_eq!(
        page(900),
        ("The first round\nThe second round".into(), String::new())
    );
}
