//! What the fuzz targets share: their seeds, small limits, and what must hold of every file.
//!
//! `cargo xtask fuzz` builds and runs all of them; `cargo fuzz run -s none TARGET` works too.
#![forbid(unsafe_code)]

use std::fs;
use std::path::PathBuf;

use decode::sandbox::{encode, most, read};
use decode::{Archive, Document, FileKind, Frames, Limits, Request, decode};
use model::HashMode;
use testkit::{Format, encode as pictures, photo};

/// Puts seeds into the corpus that the fuzzer was started with; does nothing when it repeats single files. Called first by
/// every target.
pub fn plant(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
    bear_panics_of_others();
    let Some(corpus) = std::env::args_os()
        .skip(1)
        .map(PathBuf::from)
        .find(|path| path.is_dir())
    else {
        return;
    };
    for (number, seed) in seeds().into_iter().enumerate() {
        // A seed that cannot be written is missed by nobody: the fuzzer makes its own.
        let _ = fs::write(corpus.join(format!("seed-{number:03}")), seed);
    }
}

/// A panic in a reader of others that we catch is `incomplete(crashed)`, as it is in a worker, and no finding; one that
/// nobody catches ends the target all the same. Every panic of ours is a finding at once.
fn bear_panics_of_others() {
    let ours = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let file = panic.location().map_or("", |location| location.file());
        if !file.contains("/registry/src/") {
            ours(panic);
        }
    }));
}

/// Small limits: a file costs milliseconds, and every limit is met.
pub fn request() -> Request {
    Request {
        mode: HashMode::Fast,
        frames: Frames::OneASecond,
        banked: false,
        ocr: false,
        read: false,
        compare: false,
        limits: Limits {
            max_pixels: 1 << 16,
            max_frames: 4,
            thumb_side: 32,
            max_pictures: 6,
            max_members: 12,
            max_pages: 6,
            max_depth: 3,
            max_member: 1 << 18,
            max_unpacked: 1 << 19,
            max_text: 1 << 14,
            ..Limits::default()
        },
    }
}

/// Decodes a file that is of a wanted kind.
pub fn look(bytes: &[u8], wanted: impl Fn(FileKind) -> bool) {
    if !wanted(FileKind::of(bytes)) {
        return;
    }
    let request = request();
    let limits = &request.limits;
    let found = decode(bytes, &request).contents;
    assert!(found.pictures.len() <= limits.max_pictures as usize);
    assert!(found.members.len() <= limits.max_members as usize);
    let unpacked: u64 = found.members.iter().map(|member| member.bytes).sum();
    assert!(unpacked <= limits.max_unpacked);
    let text: usize = found.texts.iter().map(|text| text.text.len()).sum();
    assert!(text as u64 <= limits.max_text);
    for picture in &found.pictures {
        assert!(u64::from(picture.width) * u64::from(picture.height) <= limits.max_pixels);
        assert!(!picture.hashes.is_empty());
    }
    // A worker that is honest is believed.
    let answer = encode(&found);
    assert!(answer.len() <= most(&request));
    assert_eq!(read(&answer, &request), Ok(found));
}

/// A small picture in a format.
pub fn picture(format: Format) -> Vec<u8> {
    format.encode(&photo(4, 24, 18))
}

/// Small files of every kind, as the bad files are made of.
pub fn files() -> Vec<Vec<u8>> {
    use testkit::bad::{valid_archives, valid_documents, valid_pdfs};
    let picture = pictures::png(&photo(4, 16, 12));
    [
        testkit::special::valid_files(),
        valid_archives(&picture),
        valid_documents(&picture),
        valid_pdfs(),
    ]
    .concat()
}

/// Those of [`files`] that are of a wanted kind.
pub fn files_of(wanted: impl Fn(FileKind) -> bool) -> Vec<Vec<u8>> {
    files()
        .into_iter()
        .filter(|bytes| wanted(FileKind::of(bytes)))
        .collect()
}

/// Whether it is an archive other than a zip.
pub const fn is_packed(kind: FileKind) -> bool {
    matches!(kind, FileKind::Archive(archive) if !matches!(archive, Archive::Zip))
}

/// Whether it is a page or a message.
pub const fn is_text(kind: FileKind) -> bool {
    matches!(kind, FileKind::Document(Document::Html | Document::Mail))
}
