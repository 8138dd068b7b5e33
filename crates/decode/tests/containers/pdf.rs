//! What lies in PDF files is found: text, pages, pictures, attachments.

use std::io::{Cursor, Write};

use basira_decode::{Contents, PicturePart, Request, decode};
use fingerprint::digest::Digests;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use model::HashMode;
use testkit::pdf::Pdf;
use testkit::{containers, encode};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{gaps, look, pictures, png, texts};

const FLATE: &str = "/Filter /FlateDecode";

pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn part<'a>(contents: &'a Contents, name: &str) -> &'a PicturePart {
    let found = contents.pictures.iter().find(|part| part.name.as_str() == name);
    found.unwrap_or_else(|| panic!("no {name} in {:?}, {:?}", pictures(contents), gaps(contents)))
}

/// Bits by which a picture found differs from a file.
fn distance(found: &PicturePart, file: &[u8]) -> u32 {
    let original = look(file);
    let hash = |part: &PicturePart| part.hashes[0].pdq.hash();
    hash(found).distance(&hash(&original.pictures[0]))
}

/// A font whose letters are drawings, the codes of which stand for the characters given.
fn font(file: &mut Pdf, characters: &[(u8, &str)]) -> u32 {
    let letter = file.stream("", b"500 0 0 0 500 700 d1 0 0 400 700 re f");
    let codes: String = characters
        .iter()
        .map(|(code, text)| {
            let units: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
            format!("<{code:02x}> <{units}>\n")
        })
        .collect();
    let map = file.stream(
        "",
        format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n\
             1 begincodespacerange <00> <ff> endcodespacerange\n{} beginbfchar\n{codes}endbfchar\nendcmap end end",
            characters.len()
        )
        .as_bytes(),
    );
    let (first, last) = (characters[0].0, characters[characters.len() - 1].0);
    let codes = first..=last;
    let names: String = codes.clone().map(|code| format!("/g{code} ")).collect();
    let drawings: String = codes
        .clone()
        .map(|code| format!("/g{code} {letter} 0 R "))
        .collect();
    let widths: String = codes.map(|_| "500 ").collect();
    file.object(format!(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar {first} \
         /LastChar {last} /Widths [{widths}] /Encoding << /Differences [{first} {names}] >> /CharProcs << {drawings} >> \
         /ToUnicode {map} 0 R >>"
    ))
}

#[test]
fn pictures_are_found_as_they_are_and_as_pages() {
    let photos = [1, 2, 3].map(|seed| testkit::photo(seed, 400, 300));
    let jpeg = encode::jpeg(&photos[0], 90);
    let mut file = Pdf::new();
    let rgb8 = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode";
    let numbers = [
        file.jpeg(&jpeg, 400, 300),
        file.picture(&zlib(&photos[1].rgb), 400, 300, rgb8),
    ];
    for number in numbers {
        file.picture_page(number, 800, 600);
    }
    // The same picture again, small and on a page with other things, is the same picture.
    file.page(
        595,
        842,
        &format!("/XObject << /P {} 0 R >>", numbers[0]),
        "q 200 0 0 150 50 600 cm /P Do Q 50 50 100 200 re f",
    );
    let unshown = file.picture(&zlib(&photos[2].rgb), 400, 300, rgb8);
    let found = look(&file.finish());
    assert_eq!((found.kind.name(), gaps(&found)), ("pdf", Vec::new()));
    let names = [
        &*format!("image {} › picture", numbers[0]),
        "page:1",
        &format!("image {} › picture", numbers[1]),
        "page:2",
        "page:3",
        &format!("image {unshown} › picture"),
    ];
    assert_eq!(pictures(&found), names);
    for (name, photo) in [(0, 0), (1, 0), (2, 1), (3, 1), (5, 2)] {
        let distance = distance(part(&found, names[name]), &encode::png(&photos[photo]));
        // A page is drawn in a size of its own, and JPEG is not the original.
        assert!(distance <= 16, "{}: {distance}", names[name]);
    }
    assert!(distance(part(&found, "page:3"), &jpeg) > 60);
    // A JPEG file within is the file that it was.
    assert_eq!(found.members.len(), 1);
    assert_eq!(found.members[0].digests, Digests::of(&jpeg));
}

#[test]
fn colours_masks_and_depths_are_those_of_the_page() {
    let photo = testkit::photo(4, 320, 240);
    let grey: Vec<u8> = photo.rgb.chunks(3).map(|p| p[1]).collect();
    let expected = encode::png(&testkit::photo(4, 320, 240));
    let inverted: Vec<u8> = grey.iter().map(|g| 255 - g).collect();
    let ink: Vec<u8> = photo
        .rgb
        .chunks(3)
        .flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], 0])
        .collect();
    let kinds: [(&[u8], &str); 4] = [
        (&grey, "/ColorSpace /DeviceGray /BitsPerComponent 8"),
        (
            &inverted,
            "/ColorSpace /DeviceGray /BitsPerComponent 8 /Decode [1 0]",
        ),
        (&ink, "/ColorSpace /DeviceCMYK /BitsPerComponent 8"),
        (
            &inverted,
            "/ColorSpace [/Separation /Ink /DeviceGray << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0] /N 1 >>] /BitsPerComponent 8",
        ),
    ];
    for (content, entries) in kinds {
        let mut file = Pdf::new();
        let number = file.picture(&zlib(content), 320, 240, &format!("{entries} {FLATE}"));
        file.picture_page(number, 640, 480);
        let found = look(&file.finish());
        assert_eq!(gaps(&found), [""; 0], "{entries}");
        for name in [&*format!("image {number} › picture"), "page:1"] {
            let distance = distance(part(&found, name), &expected);
            assert!(distance <= 24, "{entries} {name}: {distance}");
        }
    }
}

#[test]
fn text_comes_out_in_the_order_in_which_it_is_read() {
    let mut file = Pdf::new();
    let arabic = font(
        &mut file,
        &[
            (97, "ش"),
            (98, "ط"),
            (99, "ر"),
            (100, "ن"),
            (101, "ج"),
            (102, "لا"),
            (103, "د"),
        ],
    );
    let fonts =
        format!("/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> /A {arabic} 0 R >>");
    // Arabic is drawn as it is seen, from the left: the last letter first.
    file.page(
        595,
        842,
        &fonts,
        "BT /E 12 Tf 50 800 Td (The chess league) Tj 0 -20 Td [(met) -400 (twice)] TJ \
         /A 12 Tf 0 -20 Td (edcba) Tj 0 -20 Td (gf) Tj ET \
         BT 3 Tr /E 12 Tf 50 500 Td (unseen) Tj ET",
    );
    file.page(595, 842, &fonts, "BT /E 12 Tf 50 800 Td (Page two) Tj ET");
    let found = look(&file.finish());
    assert_eq!(gaps(&found), [""; 0]);
    assert_eq!(
        texts(&found),
        [("text", "The chess league\nmet twice\nشطرنج\nلاد\nunseen\nPage two")]
    );
}

#[test]
fn what_stands_beside_the_pages_is_text_too() {
    let mut file = Pdf::new();
    file.page(100, 100, "", "0 0 50 50 re f");
    file.object("<< /Title (The \\344 title) /Subject <FEFF06340637> >>");
    file.object("<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://chess.example/league) >> >>");
    let found = look(&file.finish());
    assert_eq!(
        texts(&found),
        [("text", "شط\nThe ä title\nhttps://chess.example/league")]
    );
}

#[test]
fn attachments_are_opened() {
    let archive = containers::zip(&[("inner.png", &png(5))]);
    let mut file = Pdf::new();
    let listed = file.attachment("games.zip", FLATE, &zlib(&archive));
    file.catalog(&format!(
        "/Names << /EmbeddedFiles << /Names [(games) {listed} 0 R] >> >>"
    ));
    // A note with a file, packed, on a page.
    let packed = file.stream("/Filter /FlateDecode", &zlib(&png(6)));
    file.object(format!(
        "<< /Type /Annot /Subtype /FileAttachment /FS << /UF <FEFF06340637002E0070006E0067> /EF << /F {packed} 0 R >> >> >>"
    ));
    // Nothing refers to this one.
    file.stream("/Type /EmbeddedFile", &png(7));
    let last = file.next() - 1;
    file.page(100, 100, "", "0 0 50 50 re f");
    let found = look(&file.finish());
    assert_eq!(gaps(&found), [""; 0]);
    let names = [
        "page:1",
        "games.zip › inner.png › picture",
        "شط.png › picture",
        &*format!("attachment {last} › picture"),
    ];
    assert_eq!(pictures(&found), names);
}

/// RC4, as version 1 of the standard security handler uses it (ISO 32000-1, 7.6.2).
fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: Vec<u8> = (0..=255).collect();
    let mut j = 0usize;
    for i in 0..256 {
        j = (j + usize::from(state[i]) + usize::from(key[i % key.len()])) % 256;
        state.swap(i, j);
    }
    let (mut i, mut j) = (0usize, 0usize);
    data.iter()
        .map(|byte| {
            i = (i + 1) % 256;
            j = (j + usize::from(state[i])) % 256;
            state.swap(i, j);
            byte ^ state[(usize::from(state[i]) + usize::from(state[j])) % 256]
        })
        .collect()
}

fn md5(bytes: &[u8]) -> Vec<u8> {
    Digests::of(bytes).md5.bytes().to_vec()
}

/// A page with a picture, encrypted for a reader with that password.
fn encrypted(password: &[u8]) -> Vec<u8> {
    const PAD: [u8; 32] = [
        0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e,
        0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
    ];
    let padded: Vec<u8> = password.iter().chain(&PAD).copied().take(32).collect();
    let (owner, permissions, id) = ([7u8; 32], -4i32, [9u8; 16]);
    let input = [&padded[..], &owner, &permissions.to_le_bytes(), &id].concat();
    let key = md5(&input)[..5].to_vec();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut file = Pdf::new();
    let picture = file.jpeg(&encode::jpeg(&testkit::photo(8, 320, 240), 90), 320, 240);
    file.picture_page(picture, 640, 480);
    file.change_streams(|number, content| {
        let number = number.to_le_bytes();
        let own = md5(&[&key[..], &number[..3], &[0, 0]].concat());
        rc4(&own[..10], content)
    });
    file.trailer(&format!(
        "/ID [<{0}> <{0}>] /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P {permissions} /O <{1}> /U <{2}> >>",
        hex(&id),
        hex(&owner),
        hex(&rc4(&key, &PAD)),
    ));
    file.finish()
}

#[test]
fn what_nobody_needs_a_password_for_is_opened() {
    let found = look(&encrypted(b""));
    assert_eq!(gaps(&found), [""; 0]);
    let original = encode::png(&testkit::photo(8, 320, 240));
    for name in ["image 3 › picture", "page:1"] {
        assert!(distance(part(&found, name), &original) <= 16, "{name}");
    }
    let found = look(&encrypted(b"knight"));
    assert_eq!(
        (pictures(&found), gaps(&found)),
        (vec![], vec!["file: encrypted".to_owned()])
    );
}

#[test]
fn objects_in_streams_are_read() {
    // The page tree lies in a stream of objects, listed by a table that is a stream (7.5.7, 7.5.8).
    let body = "1 0 2 60 3 120 ";
    let objects = format!(
        "{:<60}{:<60}{}",
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 5 0 R >>"
    );
    let packed = zlib(format!("{body}{objects}").as_bytes());
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (number, entries, content) in [
        (
            4,
            format!("/Type /ObjStm /N 3 /First {} {FLATE}", body.len()),
            packed,
        ),
        (5, String::new(), b"0 0 50 50 re f 90 20 60 60 re f".to_vec()),
    ] {
        offsets.push(out.len() as u16);
        out.extend(
            format!(
                "{number} 0 obj\n<< {entries} /Length {} >>\nstream\n",
                content.len()
            )
            .into_bytes(),
        );
        out.extend(content);
        out.extend(b"\nendstream\nendobj\n");
    }
    let start = out.len() as u16;
    let mut table = vec![0, 0, 0, 0];
    for index in 0..3 {
        table.extend([2, 0, 4, index]);
    }
    for offset in offsets.into_iter().chain([start]) {
        table.extend([1]);
        table.extend(offset.to_be_bytes());
        table.push(0);
    }
    let packed = zlib(&table);
    out.extend(
        format!(
            "6 0 obj\n<< /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R {FLATE} /Length {} >>\nstream\n",
            packed.len()
        )
        .into_bytes(),
    );
    out.extend(packed);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF").into_bytes());
    let found = look(&out);
    assert_eq!((pictures(&found), gaps(&found)), (vec!["page:1"], vec![]));
    assert!(!found.pictures[0].grey.data.iter().all(|grey| *grey == 255));
}

#[test]
fn pages_over_the_limit_are_said() {
    let mut file = Pdf::new();
    for _ in 0..4 {
        file.page(
            200,
            200,
            "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>",
            "BT /E 9 Tf (x) Tj ET",
        );
    }
    let mut request = Request::new(HashMode::Fast);
    request.limits.max_pages = 3;
    let found = decode(&file.finish(), &request).contents;
    assert_eq!(pictures(&found), ["page:1", "page:2", "page:3"]);
    assert_eq!(gaps(&found), ["file: pages: more than the limit of 3"]);
}

#[test]
fn documents_in_archives_are_read_once() {
    let document = |text: &str| {
        let mut file = Pdf::new();
        let font = "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
        file.page(200, 200, font, &format!("BT /E 9 Tf 20 100 Td ({text}) Tj ET"));
        file.finish()
    };
    let (one, two) = (document("one"), document("two"));
    let mut stored = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("a.pdf", &one), ("b.pdf", &two)] {
        let method = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        stored.start_file(name, method).unwrap();
        stored.write_all(bytes).unwrap();
    }
    let stored = stored.finish().unwrap().into_inner();
    for archive in [containers::tar(&[("a.pdf", &one), ("b.pdf", &two)]), stored] {
        let found = look(&archive);
        assert_eq!(
            (pictures(&found), gaps(&found)),
            (vec!["a.pdf › page:1", "b.pdf › page:1"], vec![])
        );
        assert_eq!(texts(&found), [("a.pdf › text", "one"), ("b.pdf › text", "two")]);
    }
    // Something before the header is not enough to hide a document.
    let found = look(&[b"a line of something else\n", &one[..]].concat());
    assert_eq!((pictures(&found), gaps(&found)), (vec!["page:1"], vec![]));
}
