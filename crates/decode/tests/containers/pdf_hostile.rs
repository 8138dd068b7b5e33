//! PDF files that are made to cost: whatever they ask for, the look at them ends, says what was left out, and keeps what
//! it found.

use basira_decode::{Contents, Request, decode};
use model::{HashMode, IncompleteReason};
use testkit::encode;
use testkit::pdf::Pdf;

use super::pdf::zlib;
use super::{gaps, is_sturdy, look, pictures, png};

const MARK: &str = "0 0 50 50 re f";

/// A file with a picture, which must be found whatever else is in the file.
fn with_picture() -> Pdf {
    let mut file = Pdf::new();
    let picture = file.jpeg(&encode::jpeg(&testkit::photo(1, 120, 90), 80), 120, 90);
    file.picture_page(picture, 240, 180);
    file
}

/// Whether the picture was found, and something was said to be left out for one of these reasons.
fn is_kept(found: &Contents, reasons: &[IncompleteReason]) {
    assert!(
        pictures(found).contains(&"image 3 › picture"),
        "{:?} {:?}",
        pictures(found),
        gaps(found)
    );
    assert!(
        found.incomplete.iter().any(|gap| reasons.contains(&gap.reason)),
        "{:?}",
        gaps(found)
    );
}

#[test]
fn streams_that_swell_are_left_out() {
    let zeros = vec![0; 8 << 20];
    let mut request = Request::new(HashMode::Fast);
    request.limits.max_member = 1 << 20;
    let reason = IncompleteReason::Unpacked { limit: 1 << 20 };
    let once = zlib(&zeros);
    for (entries, content) in [
        ("/Filter /FlateDecode", once.clone()),
        ("/Type /ObjStm /N 1 /First 10 /Filter /FlateDecode", once.clone()),
        // Bare Deflate, which is read too.
        ("/Filter /FlateDecode", once[2..].to_vec()),
    ] {
        let mut file = with_picture();
        let bomb = file.stream(entries, &content);
        file.object(format!(
            "<< /Type /Page /MediaBox [0 0 9 9] /Contents {bomb} 0 R >>"
        ));
        let found = decode(&file.finish(), &request).contents;
        is_kept(&found, std::slice::from_ref(&reason));
    }
    // It is not unpacked all the same.
    let mut file = with_picture();
    let entries = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode";
    let noise: Vec<u8> = (0..2_000_000u32)
        .map(|at| (at.wrapping_mul(at) >> 7) as u8)
        .collect();
    let bomb = file.picture(&zlib(&noise), 2000, 1000, entries);
    let bytes = file.finish();
    let name = format!("image {bomb} › picture");
    assert!(pictures(&look(&bytes)).contains(&&*name));
    let found = decode(&bytes, &request).contents;
    is_kept(&found, std::slice::from_ref(&reason));
    assert!(!pictures(&found).contains(&&*name));
    let runs: Vec<u8> = [129, 0].repeat(65_536);
    let hex: String = once.iter().map(|byte| format!("{byte:02x}")).collect();
    for (entries, content) in [
        ("/Filter [/FlateDecode /FlateDecode]", zlib(&once)),
        ("/Filter [/ASCIIHexDecode /FlateDecode]", hex.into_bytes()),
        ("/Filter /RunLengthDecode", runs),
    ] {
        let mut file = with_picture();
        file.stream(entries, &content);
        let found = decode(&file.finish(), &request).contents;
        let reasons: Vec<_> = found.incomplete.iter().map(|gap| &gap.reason).collect();
        assert_eq!(reasons, [&reason], "{entries}");
    }
}

#[test]
fn a_page_that_lists_the_same_contents_again_and_again_is_left_out() {
    let mut file = with_picture();
    let contents = file.stream("", MARK.repeat(10_000).as_bytes());
    let list = format!("{contents} 0 R ").repeat(10_000);
    let page = file.object(format!(
        "<< /Type /Page /MediaBox [0 0 9 9] /Contents [{list}] >>"
    ));
    file.page_tree(&format!("<< /Type /Pages /Kids [5 0 R {page} 0 R] >>"));
    let found = look(&file.finish());
    is_kept(&found, &[IncompleteReason::Unpacked { limit: 100 << 20 }]);
    assert!(pictures(&found).contains(&"page:1"));
}

#[test]
fn page_trees_that_loop_end() {
    let mut file = with_picture();
    file.page_tree("<< /Type /Pages /Count 9 /Kids [2 0 R 5 0 R 2 0 R 5 0 R] >>");
    let found = look(&file.finish());
    assert!(pictures(&found).contains(&"page:1"), "{:?}", gaps(&found));
    // A tree as deep as it is long.
    let mut file = Pdf::new();
    for _ in 0..20_000 {
        let next = file.next() + 1;
        file.object(format!("<< /Type /Pages /Kids [{next} 0 R] >>"));
    }
    file.object("<< /Type /Page /MediaBox [0 0 9 9] >>");
    file.page_tree("<< /Type /Pages /Kids [3 0 R] >>");
    look(&file.finish());
}

#[test]
fn a_page_of_any_size_is_a_picture_of_one_size() {
    for media in [
        "[0 0 1000000000 1000000000]",
        "[0 0 1000000000 1]",
        "[0 0 0 0]",
        "[-2000000000 -2000000000 2000000000 2000000000]",
        "[9 9 1 1]",
    ] {
        let mut file = with_picture();
        let contents = file.stream("", MARK.as_bytes());
        file.object(format!(
            "<< /Type /Page /MediaBox {media} /Contents {contents} 0 R >>"
        ));
        file.page_tree("<< /Type /Pages /Kids [5 0 R 7 0 R] >>");
        let found = look(&file.finish());
        assert!(
            found
                .pictures
                .iter()
                .all(|part| part.width <= 1024 && part.height <= 1024)
        );
        assert!(pictures(&found).contains(&"page:1"));
    }
}

#[test]
fn thousands_of_pages_are_looked_at_as_far_as_the_limit() {
    let mut file = with_picture();
    for _ in 0..5_000 {
        file.page(200, 100, "", MARK);
    }
    let found = look(&file.finish());
    is_kept(&found, &[IncompleteReason::Pages { limit: 500 }]);
    assert_eq!(found.pictures.len(), 501);
}

/// Drawings that each draw the next one: `depth` of them.
fn fan(file: &mut Pdf, depth: u32, entries: &str, name: &str, draw: &str) -> u32 {
    for _ in 0..depth {
        let next = file.next() + 1;
        let resources = format!("{entries} /Resources << /{name} << /N {next} 0 R >> >>");
        file.stream(&resources, draw.as_bytes());
    }
    file.stream(&format!("{entries} /Resources << >>"), MARK.as_bytes())
}

#[test]
fn drawings_in_drawings_end_and_take_nothing_from_other_pages() {
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 100 100]";
    let tile =
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 100 100] /XStep 100 /YStep 100";
    let small = tile.replace("/XStep 100 /YStep 100", "/XStep 0.01 /YStep 0.01");
    let paint = "/Pattern cs /N scn 0 0 100 100 re f ";
    for (entries, name, draw, depth) in [
        (form, "XObject", "/N Do ", 12),
        (tile, "Pattern", paint, 12),
        (&small, "Pattern", paint, 0),
    ] {
        let mut file = with_picture();
        let first = file.next();
        fan(&mut file, depth, entries, name, &draw.repeat(10));
        file.page(100, 100, &format!("/{name} << /N {first} 0 R >>"), draw);
        file.page(100, 100, "", MARK);
        let found = look(&file.finish());
        is_kept(&found, &[IncompleteReason::Time]);
        assert!(gaps(&found).contains(&"page:2: time: a deadline passed".to_owned()));
        assert!(
            pictures(&found).contains(&"page:3"),
            "{name}: {:?}",
            pictures(&found)
        );
    }
}

#[test]
fn meshes_that_reach_far_are_not_drawn() {
    let mut file = with_picture();
    // One patch (ISO 32000-2, 8.7.4.5.7), a million points wide.
    let points = (0..12u16).flat_map(|at| [at * 5_000, at % 4 * 15_000]);
    let points: Vec<u8> = points.flat_map(u16::to_be_bytes).collect();
    let patch = [&[0][..], &points, &[9; 12]].concat();
    let mesh = file.stream(
        "/ShadingType 6 /ColorSpace /DeviceRGB /BitsPerCoordinate 16 /BitsPerComponent 8 /BitsPerFlag 8 \
         /Decode [0 1000000 0 1000000 0 1 0 1 0 1]",
        &patch,
    );
    file.page(100, 100, &format!("/Shading << /S {mesh} 0 R >>"), "/S sh");
    let found = look(&file.finish());
    is_kept(&found, &[IncompleteReason::Time]);
}

#[test]
fn objects_deep_within_objects_are_said() {
    for (depth, gaps) in [(50, 0), (200, 1)] {
        let mut file = with_picture();
        file.object(format!(
            "{}<< /Title (deep) >>{}",
            "[".repeat(depth),
            "]".repeat(depth)
        ));
        let found = look(&file.finish());
        assert_eq!((found.texts.len(), found.incomplete.len()), (1 - gaps, gaps));
    }
}

#[test]
fn a_drawing_that_draws_itself_ends() {
    let mut file = with_picture();
    let own = file.next();
    file.stream(
        &format!(
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N {own} 0 R >> >>"
        ),
        format!("{MARK} /N Do").as_bytes(),
    );
    file.page(100, 100, &format!("/XObject << /N {own} 0 R >>"), "/N Do");
    let found = look(&file.finish());
    assert!(pictures(&found).contains(&"page:2"), "{:?}", gaps(&found));
}

#[test]
fn long_chains_of_drawings_end() {
    const LONG: u32 = 3_000;
    let tile = "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9";
    let paint = "/Pattern cs /N scn 0 0 9 9 re f";
    let mut file = with_picture();
    let first = file.next();
    fan(&mut file, LONG, tile, "Pattern", paint);
    file.page(100, 100, &format!("/Pattern << /N {first} 0 R >>"), paint);
    is_kept(&look(&file.finish()), &[IncompleteReason::Time]);

    let mut file = with_picture();
    let group = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Group << /S /Transparency >>";
    let state = |number: u32| format!("/ExtGState << /M << /SMask << /S /Alpha /G {number} 0 R >> >> >>");
    let first = file.next();
    for _ in 0..LONG {
        let resources = state(file.next() + 1);
        file.stream(
            &format!("{group} /Resources << {resources} >>"),
            b"/M gs 0 0 5 5 re f",
        );
    }
    file.stream(&format!("{group} /Resources << >>"), MARK.as_bytes());
    file.page(100, 100, &state(first), "/M gs 0 0 50 50 re f");
    is_kept(&look(&file.finish()), &[IncompleteReason::Time]);

    let mut file = with_picture();
    let first = file.next() + 1;
    for _ in 0..LONG {
        let letter = file.stream("", b"9 0 d0 BT /F 1 Tf (a) Tj ET");
        let next = file.next() + 2;
        file.object(format!(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 \
             /Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a {letter} 0 R >> \
             /Resources << /Font << /F {next} 0 R >> >> >>"
        ));
    }
    file.page(
        100,
        100,
        &format!("/Font << /F {first} 0 R >>"),
        "BT /F 1 Tf (a) Tj ET",
    );
    is_kept(&look(&file.finish()), &[IncompleteReason::Time]);
}

#[test]
fn pictures_that_claim_too_much_are_left_out_and_their_page_is_not_drawn() {
    let mut file = with_picture();
    let entries = "/ColorSpace /DeviceGray /BitsPerComponent 8";
    let huge = file.picture(b"x", 60_000, 60_000, entries);
    file.picture_page(huge, 100, 100);
    // Small as it is, it would be drawn long and wide.
    let long = file.picture(b"x", 60_000, 1, entries);
    file.page(
        100,
        100,
        &format!("/XObject << /P {long} 0 R >>"),
        "q 5000 0 0 30000 0 0 cm /P Do Q",
    );
    let found = look(&file.finish());
    let found_pixels = gaps(&found);
    for part in [&*format!("image {huge}"), "page:2", "page:3"] {
        assert!(
            found_pixels
                .iter()
                .any(|gap| gap.starts_with(&format!("{part}: pixels"))),
            "{part}: {found_pixels:?}"
        );
    }
    assert!(pictures(&found).contains(&"page:1"));
}

#[test]
fn a_file_that_is_cut_or_damaged_is_never_complete_without_a_word() {
    let file = with_picture().finish();
    for cut in (0..file.len() - 40).step_by(211) {
        let found = look(&file[..cut]);
        assert!(cut < 8 || !found.incomplete.is_empty(), "{cut} of {}", file.len());
    }
    let mut file = Pdf::new();
    let contents = file.stream("/Filter /FlateDecode", &{
        let mut packed = zlib(MARK.repeat(50).as_bytes());
        let middle = packed.len() / 2;
        packed[middle] ^= 0xff;
        packed
    });
    file.object(format!(
        "<< /Type /Page /MediaBox [0 0 99 99] /Contents {contents} 0 R >>"
    ));
    file.page_tree("<< /Type /Pages /Kids [4 0 R] >>");
    assert!(!look(&file.finish()).incomplete.is_empty());
}

#[test]
fn no_damage_breaks_anything() {
    let mut file = Pdf::new();
    let picture = file.jpeg(&encode::jpeg(&testkit::photo(1, 40, 30), 40), 40, 30);
    file.picture_page(picture, 240, 180);
    file.page(
        100,
        100,
        "/Font << /E << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>",
        "BT /E 12 Tf 5 50 Td (chess) Tj ET",
    );
    let files = file.attachment("a.png", "", &png(2)[..400]);
    file.catalog(&format!(
        "/Names << /EmbeddedFiles << /Names [(a) {files} 0 R] >> >>"
    ));
    is_sturdy(&file.finish());
}
