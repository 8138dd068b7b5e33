//! PDF (ISO 32000), written by hand: valid ones, ones that lead nowhere, and ones that unpack to far more than they are.

use super::Made;
use super::deflate::zeros;
use crate::{encode, photo};

/// A file of these objects, numbered from 1; the first is the catalogue.
fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    ended(objects, "")
}

/// The same with more in its trailer.
fn ended(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(bytes.len());
        bytes.extend(format!("{number} 0 obj\n").as_bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let table = bytes.len();
    let size = objects.len() + 1;
    bytes.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").as_bytes());
    }
    bytes.extend(
        format!("trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{table}\n%%EOF\n").as_bytes(),
    );
    bytes
}

fn object(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = format!("<<{entries}/Length {}>>\nstream\n", content.len()).into_bytes();
    bytes.extend(content);
    bytes.extend(b"\nendstream");
    bytes
}

const CATALOGUE: &str = "<</Type/Catalog/Pages 2 0 R>>";
const PAGES: &str = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

/// A page with that content and whatever else it refers to, numbered from 5.
fn page(resources: &str, content: Vec<u8>, more: Vec<Vec<u8>>) -> Vec<u8> {
    let page =
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 150]/Resources<<{resources}>>/Contents 4 0 R>>");
    let mut objects = vec![object(CATALOGUE), object(PAGES), object(&page), content];
    objects.extend(more);
    file(&objects)
}

/// A page with that content in a plain stream.
fn drawn(resources: &str, content: &str, more: Vec<Vec<u8>>) -> Vec<u8> {
    page(resources, stream("", content.as_bytes()), more)
}

/// Small valid PDFs.
pub fn valid_pdfs() -> Vec<Vec<u8>> {
    let jpeg = encode::jpeg(&photo(4, 40, 30), 80);
    let picture = stream(
        "/Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
        &jpeg,
    );
    let raw = stream(
        "/Type/XObject/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8",
        &photo(5, 40, 30).rgb,
    );
    let hex: String = b"BT /F 12 Tf (League) Tj ET"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let attached = stream("/Type/EmbeddedFile", &encode::png(&photo(6, 30, 20)));
    vec![
        drawn(
            "/Font<</F 5 0 R>>",
            "BT /F 12 Tf 20 100 Td (Opening of the league) Tj ET",
            vec![object(FONT)],
        ),
        drawn(
            "/XObject<</P 5 0 R>>",
            "q 200 0 0 150 0 0 cm /P Do Q",
            vec![picture],
        ),
        drawn("/XObject<</P 5 0 R>>", "q 200 0 0 150 0 0 cm /P Do Q", vec![raw]),
        page(
            "/Font<</F 5 0 R>>",
            stream("/Filter/ASCIIHexDecode", (hex + ">").as_bytes()),
            vec![object(FONT)],
        ),
        file(&[
            object("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a.png) 4 0 R]>>>>>>"),
            object(PAGES),
            object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 150]>>"),
            object("<</Type/Filespec/F(a.png)/EF<</F 5 0 R>>>>"),
            attached,
        ]),
    ]
}

/// PDFs that lead nowhere.
pub(super) fn loops() -> Vec<Made> {
    let tree = |pages: &str, page: &str| file(&[object(CATALOGUE), object(pages), object(page)]);
    let leaf = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 150]>>";
    let form = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R/B 6 0 R>>>>";
    let box_of = |sides: &str| tree(PAGES, &format!("<</Type/Page/Parent 2 0 R/MediaBox[{sides}]>>"));
    let chain = "/FlateDecode".repeat(60);
    vec![
        (
            "pages that are their own pages",
            tree("<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>", leaf),
        ),
        (
            "pages and a page that hold each other",
            tree(PAGES, "<</Type/Pages/Kids[2 0 R]/Count 1>>"),
        ),
        (
            "two billion pages",
            tree("<</Type/Pages/Kids[3 0 R]/Count 2147483647>>", leaf),
        ),
        (
            "less than no pages",
            tree("<</Type/Pages/Kids[3 0 R]/Count -2147483648>>", leaf),
        ),
        (
            "a page that inherits from itself",
            tree(PAGES, "<</Type/Page/Parent 3 0 R>>"),
        ),
        ("an object that is itself", file(&[object("1 0 R")])),
        (
            "objects that are each other",
            file(&[object("2 0 R"), object("3 0 R"), object("1 0 R")]),
        ),
        ("a page of 10^9 points", box_of("0 0 1000000000 1000000000")),
        ("a page of no size", box_of("5 5 5 5")),
        (
            "a page of numbers that are none",
            box_of("-1e309 ---4 99999999999999999999 ."),
        ),
        (
            "a table that was before itself",
            ended(&[object(CATALOGUE), object(PAGES), object(leaf)], "/Prev 15"),
        ),
        (
            "a table after the end",
            ended(
                &[object(CATALOGUE), object(PAGES), object(leaf)],
                "/Prev 99999999999",
            ),
        ),
        (
            "a length that is the stream itself",
            page("", object("<</Length 4 0 R>>stream\nq\nendstream"), vec![]),
        ),
        (
            "a length of 2^63",
            page(
                "",
                object("<</Length 9223372036854775807>>stream\nq\nendstream"),
                vec![],
            ),
        ),
        (
            "a form that draws itself",
            drawn(
                "/XObject<</A 5 0 R>>",
                "/A Do",
                vec![stream(form, b"/A Do /B Do"), stream(form, b"/A Do /B Do")],
            ),
        ),
        (
            "sixty filters",
            page("", stream(&format!("/Filter[{chain}]"), &zeros(1000)), vec![]),
        ),
        (
            "an object stream that holds itself",
            page(
                "",
                stream("/Type/ObjStm/N 3/First 12/Extends 4 0 R", b"4 0 5 0 6 0 4 0 R"),
                vec![],
            ),
        ),
        (
            "encrypted as nobody knows",
            ended(
                &[object(CATALOGUE), object(PAGES), object(leaf)],
                "/Encrypt<</Filter/None/V 99/Length -8>>/ID[(a)(b)]",
            ),
        ),
        (
            "a font that draws with itself",
            drawn(
                "/Font<</F 5 0 R>>",
                "BT /F 12 Tf (aaa) Tj ET",
                vec![
                    object(
                        "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97\
                        /Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F 5 0 R>>>>>>",
                    ),
                    stream("", b"9 0 d0 BT /F 12 Tf (aa) Tj ET"),
                ],
            ),
        ),
        (
            "a pattern that paints with itself",
            drawn(
                "/Pattern<</P 5 0 R>>",
                "/Pattern cs /P scn 0 0 200 150 re f",
                vec![stream(
                    "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .001/YStep 0/Resources<</Pattern<</P 5 0 R>>>>",
                    b"/Pattern cs /P scn 0 0 1 1 re f",
                )],
            ),
        ),
        (
            "an outline without end",
            file(&[
                object("<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R/Names<</EmbeddedFiles 5 0 R>>>>"),
                object(PAGES),
                object(leaf),
                object("<</First 4 0 R/Last 4 0 R/Next 4 0 R/Count 9>>"),
                object("<</Kids[5 0 R 5 0 R]>>"),
            ]),
        ),
        (
            "20,000 arrays deep",
            file(&[object(CATALOGUE), object(PAGES), object(&"[".repeat(20_000))]),
        ),
        (
            "20,000 dictionaries deep",
            file(&[object(CATALOGUE), object(PAGES), object(&"<</A".repeat(20_000))]),
        ),
        ("a header and nothing", b"%PDF-1.7\n".to_vec()),
        ("an end and nothing", b"%PDF-1.7\nstartxref\n9\n%%EOF".to_vec()),
    ]
}

/// PDFs that unpack to far more than they are.
pub(super) fn bombs() -> Vec<Made> {
    let picture = |side: &str, filter: &str, data: &[u8]| {
        let entries = format!(
            "/Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceRGB/BitsPerComponent 8{filter}"
        );
        drawn(
            "/XObject<</P 5 0 R>>",
            "q 200 0 0 150 0 0 cm /P Do Q",
            vec![stream(&entries, data)],
        )
    };
    let mut forms = String::new();
    for number in 5..15 {
        forms += &format!("/A{number} {number} 0 R");
    }
    // Each draws the next one ten times.
    let of_forms = (5..15).map(|number: u32| {
        let inner = if number == 14 {
            "0 0 1 1 re f ".to_owned()
        } else {
            format!("/A{} Do ", number + 1)
        };
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<{forms}>>>>"),
            inner.repeat(10).as_bytes(),
        )
    });
    let kids: String = (0..50_000).map(|_| "3 0 R ").collect();
    vec![
        (
            "a page that inflates to 400 MB",
            page("", stream("/Filter/FlateDecode", &zeros(400 << 20)), vec![]),
        ),
        ("a picture of 65,000 pixels a side", picture("65000", "", b"x")),
        (
            "a picture of 20,000 pixels a side that inflates",
            picture("20000", "/Filter/FlateDecode", &zeros(1_200_000_000)),
        ),
        (
            "forms of forms, ten of each, ten times",
            drawn(&format!("/XObject<<{forms}>>"), "/A5 Do", of_forms.collect()),
        ),
        (
            "50,000 pages that are one",
            file(&[
                object(CATALOGUE),
                object(&format!("<</Type/Pages/Kids[{kids}]/Count 50000>>")),
                object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9000 9000]>>"),
            ]),
        ),
        (
            "a million states of a page",
            drawn("", &"q ".repeat(1_000_000), vec![]),
        ),
        (
            "an attached gzip bomb",
            file(&[
                object("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a.gz) 4 0 R]>>>>>>"),
                object(PAGES),
                object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 150]>>"),
                object("<</Type/Filespec/F(a.gz)/EF<</F 5 0 R>>>>"),
                stream(
                    "/Type/EmbeddedFile",
                    &crate::containers::gzip(&vec![0; 24 << 20], 9),
                ),
            ]),
        ),
    ]
}
