//! Documents: valid ones, strange ones, and ones that grow while they are read.

use std::fmt::Write;

use super::Made;
use crate::containers::{docx, epub, mail, odt, page, svg, zip};

/// Small valid documents of every kind but PDF.
pub fn valid_documents(picture: &[u8]) -> Vec<Vec<u8>> {
    vec![
        docx("Opening of the league", picture),
        odt("Opening of the league", picture),
        epub("Opening of the league", picture),
        page("Opening of the league", picture).into_bytes(),
        mail("Opening of the league", picture),
        svg("Opening of the league"),
    ]
}

/// A document of Word whose text is this XML.
fn word(xml: &str) -> Vec<u8> {
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", xml.as_bytes()),
    ])
}

fn drawing(inner: &str) -> Vec<u8> {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60'>{inner}</svg>").into_bytes()
}

/// Entities of entities, ten of each: the last is a billion of the first.
fn laughs(root: &str) -> String {
    let mut text = format!("<!DOCTYPE {root} [<!ENTITY a \"aaaaaaaaaa\">");
    for (outer, inner) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        let ten = format!("&{inner};").repeat(10);
        text += &format!("<!ENTITY {outer} \"{ten}\">");
    }
    text + "]>"
}

/// An entity that is a file of the host.
const OUTER: &str =
    "<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/hostname'><!ENTITY % p SYSTEM 'http://a.example/d'>%p;]>";

/// Messages within messages, by parts or as attachments.
fn nested_mail(depth: usize, kind: &str) -> Vec<u8> {
    let mut text =
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: c\r\nMIME-Version: 1.0\r\n".to_owned();
    for level in 0..depth {
        match kind {
            "multipart" => {
                let _ = write!(
                    text,
                    "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
                );
            }
            _ => text += "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\nFrom: c@example.org\r\n",
        }
    }
    text += "\r\nin the middle\r\n";
    text.into_bytes()
}

/// Documents that are strangely built.
pub(super) fn strange() -> Vec<Made> {
    let deep = |open: &str, close: &str, depth: usize| open.repeat(depth) + "x" + &close.repeat(depth);
    vec![
        ("entities of entities in a drawing", [laughs("svg").as_bytes(), &drawing("<text>&j;</text>")].concat()),
        ("entities of entities in Word", word(&(laughs("w") + "<w:p>&j;</w:p>"))),
        ("an entity that is a file, in a drawing", [OUTER.as_bytes(), &drawing("<text>&f;</text>")].concat()),
        ("an entity that is a file, in Word", word(&format!("{OUTER}<w:p>&f;</w:p>"))),
        (
            "a drawing that refers to files and hosts",
            drawing(
                "<image href='file:///etc/hostname' width='9' height='9'/><use href='http://a.example/x.svg#a'/>\
                 <style>@import url(http://a.example/y.css);</style><script>location='http://a.example'</script>",
            ),
        ),
        ("1,000 elements deep, in Word", word(&deep("<w:p>", "</w:p>", 1_000))),
        ("900 groups deep, a drawing", drawing(&deep("<g>", "</g>", 900))),
        ("elements that end in the wrong order", word("<a><b></a></b></c><w:p>x</w:p>")),
        ("an attribute of 200 kB", format!("<html><body><p title='{}'>", "x".repeat(200_000)).into_bytes()),
        ("5,000 elements deep, a page", format!("<html>{}", deep("<div>", "</div>", 5_000)).into_bytes()),
        ("a page of 2,000 pictures of nothing", format!("<html>{}", "<img src='data:image/png;base64,AAAA'>".repeat(2_000)).into_bytes()),
        ("a page in a page, eight times", pages(8)),
        ("a script that does not end", b"<html><script><!--<script>".repeat(2_000)),
        ("20 parts deep, a message", nested_mail(20, "multipart")),
        ("20 messages deep", nested_mail(20, "message")),
        ("a message that is all header", [b"From: a@b\r\nTo: c@d\r\nSubject: ".to_vec(), b"=?utf-8?B?QUFB?= ".repeat(5_000)].concat()),
        (
            "a part of which nobody knows the encoding",
            b"From: a@b\r\nTo: c@d\r\nSubject: e\r\nContent-Type: text/plain; charset=x-none; name*0*=utf-7''%FF\r\n\
              Content-Transfer-Encoding: rot13\r\n\r\n\xff\xfe\x80"
                .to_vec(),
        ),
        (
            "parts without a name for their border",
            b"From: a@b\r\nTo: c@d\r\nSubject: e\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nx\r\n----\r\n"
                .to_vec(),
        ),
    ]
}

/// Documents that grow while they are read.
pub(super) fn bombs() -> Vec<Made> {
    let deep = |open: &str, depth: usize| open.repeat(depth);
    let mut uses = "<defs><g id='a'><rect width='9' height='9'/></g>".to_owned();
    for (outer, inner) in "bcdefghijk".chars().zip("abcdefghij".chars()) {
        let ten = format!("<use href='#{inner}'/>").repeat(10);
        uses += &format!("<g id='{outer}'>{ten}</g>");
    }
    uses += "</defs><use href='#k'/>";
    vec![
        ("40 MB of a paragraph in Word", word(&format!("<w:p>{}</w:p>", "chess ".repeat(7 << 20)))),
        ("two million paragraphs in Word", word(&"<w:p>x</w:p>".repeat(2_000_000))),
        ("200,000 elements deep, in Word", word(&deep("<w:p>", 200_000))),
        ("100,000 groups deep, a drawing", drawing(&deep("<g>", 100_000))),
        ("uses of uses, ten of each, ten times", drawing(&uses)),
        (
            "a dashed line of a billion dashes",
            drawing("<path d='M0 0 L1e7 1e7' stroke='#000' stroke-dasharray='.000001 .000001'/>"),
        ),
        (
            "a blur as wide as the world",
            drawing(
                "<filter id='f' x='-1e9' y='-1e9' width='2e9' height='2e9' filterUnits='userSpaceOnUse'>\
                 <feGaussianBlur stdDeviation='1e9'/><feTurbulence baseFrequency='9' numOctaves='2000000000'/></filter>\
                 <rect width='90' height='60' filter='url(#f)'/>",
            ),
        ),
        (
            "a pattern of tiny tiles",
            drawing(
                "<pattern id='p' width='.0001' height='.0001' patternUnits='userSpaceOnUse'>\
                 <rect width='.0001' height='.0001'/></pattern><rect width='1e6' height='1e6' fill='url(#p)'/>",
            ),
        ),
        (
            "a drawing of 10^30 pixels",
            b"<svg xmlns='http://www.w3.org/2000/svg' width='1e30' height='1e-30'><rect width='1e30' height='1'/></svg>"
                .to_vec(),
        ),
        ("a path of a million curves", drawing(&format!("<path d='M0 0{}'/>", " Q9 9 0 1".repeat(1_000_000)))),
        ("300,000 elements deep, a page", format!("<html>{}", deep("<div>", 300_000)).into_bytes()),
        ("an attribute of 8 MB", format!("<html><img alt='{}'>", "x".repeat(8 << 20)).into_bytes()),
        ("200,000 attributes", format!("<html><p {}>", (0..200_000).fold(String::new(), |mut all, number| {
            let _ = write!(all, "a{number} ");
            all
        })).into_bytes()),
        ("20,000 parts deep, a message", nested_mail(20_000, "multipart")),
        ("2,000 messages deep", nested_mail(2_000, "message")),
        (
            "100,000 parts, a message",
            [
                &b"From: a@b\r\nTo: c@d\r\nSubject: e\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n"[..],
                &b"--f\r\nContent-Type: image/png\r\n\r\nx\r\n".repeat(100_000),
            ]
            .concat(),
        ),
    ]
}

/// Pages within pages as `data:` addresses.
fn pages(depth: usize) -> Vec<u8> {
    (0..depth).fold(b"<html>in the middle".to_vec(), |inner, _| {
        page("outer", &inner).into_bytes()
    })
}
