//! Archives around given members, and documents that are one.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::encode::written;

/// A member: its name and its content.
pub type Member<'a> = (&'a str, &'a [u8]);

/// A zip of deflated members.
pub fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        written(writer.start_file(*name, SimpleFileOptions::default()));
        written(writer.write_all(content));
    }
    written(writer.finish()).into_inner()
}

/// A tar as GNU writes it.
pub fn tar(members: &[Member<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        written(builder.append_data(&mut header, name, *content));
    }
    written(builder.into_inner())
}

/// A 7z, by LZMA2.
pub fn seven(members: &[Member<'_>]) -> Vec<u8> {
    let mut writer = written(sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())));
    for (name, content) in members {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        written(writer.push_archive_entry(entry, Some(*content)));
    }
    written(writer.finish()).into_inner()
}

/// gzip of that level, 0 to 9.
pub fn gzip(content: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    written(encoder.write_all(content));
    written(encoder.finish())
}

/// bzip2.
pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    written(encoder.write_all(content));
    written(encoder.finish())
}

/// xz.
pub fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = written(lzma_rust2::XzWriter::new(Vec::new(), options));
    written(encoder.write_all(content));
    written(encoder.finish())
}

/// Zstandard.
pub fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A text document as Word writes them, with one picture. The text must be fit for XML.
pub fn docx(text: &str, picture: &[u8]) -> Vec<u8> {
    let body = format!("<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>");
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", body.as_bytes()),
        ("word/media/image1.png", picture),
    ])
}

/// An OpenDocument text with one picture. The text must be fit for XML.
pub fn odt(text: &str, picture: &[u8]) -> Vec<u8> {
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            format!("<office><text:p>{text}</text:p></office>").as_bytes(),
        ),
        ("Pictures/1.png", picture),
    ])
}

/// An e-book of one page. The text must be fit for XML.
pub fn epub(text: &str, picture: &[u8]) -> Vec<u8> {
    zip(&[
        ("mimetype", b"application/epub+zip"),
        ("OEBPS/1.xhtml", page(text, picture).as_bytes()),
    ])
}

/// A web page with a picture in it. The text must be fit for HTML.
pub fn page(text: &str, picture: &[u8]) -> String {
    let data = STANDARD.encode(picture);
    format!(
        "<!doctype html><html><head><title>League</title></head><body><p>{text}</p>\
         <img alt='a knight' src='data:image/png;base64,{data}'></body></html>"
    )
}

/// A message with a text, an attached picture and a message within. The text must be ASCII.
pub fn mail(text: &str, picture: &[u8]) -> Vec<u8> {
    let data = STANDARD.encode(picture);
    format!(
        "From: chess@example.org\r\nTo: fans@example.org\r\nSubject: League\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=frontier\r\n\r\n--frontier\r\nContent-Type: text/plain\r\n\r\n\
         {text}\r\n--frontier\r\nContent-Type: image/png; name=board.png\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=board.png\r\n\r\n{data}\r\n\
         --frontier\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: inner\r\n\
         MIME-Version: 1.0\r\n\r\ninner text\r\n--frontier--\r\n"
    )
    .into_bytes()
}

/// A drawing with a line of text. The text must be fit for XML.
pub fn svg(text: &str) -> Vec<u8> {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='60'><defs><linearGradient id='g'>\
         <stop offset='0' stop-color='#c52'/><stop offset='1' stop-color='#26a'/></linearGradient></defs>\
         <rect width='90' height='60' fill='url(#g)'/><circle cx='30' cy='30' r='20' fill='#fff'/>\
         <path d='M5 5 L80 50 Q10 20 5 50 Z' opacity='.5'/><text x='5' y='50'>{text}</text></svg>"
    )
    .into_bytes()
}
