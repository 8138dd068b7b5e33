//! Files that are broken, cut off, too large or not what they seem: never a panic, always digests, and a reason.

use basira_decode::{FileKind, Frames, Limits, Request, decode};
use fingerprint::digest::Digests;
use model::{HashMode, IncompleteReason};
use proptest::prelude::*;
use testkit::{Format, encode, photo, special};

const FAST: HashMode = HashMode::Fast;

fn reason(bytes: &[u8], request: &Request) -> Option<IncompleteReason> {
    let decoded = decode(bytes, request);
    assert_eq!(decoded.digests, Digests::of(bytes));
    assert!(decoded.incomplete.len() <= 1);
    decoded.contents.incomplete.into_iter().next().map(|it| it.reason)
}

#[test]
fn no_media_is_complete_and_an_empty_file_is_empty() {
    assert_eq!(reason(b"a text", &Request::new(FAST)), None);
    assert_eq!(reason(&[7; 100], &Request::new(FAST)), None);
    assert_eq!(reason(b"", &Request::new(FAST)), Some(IncompleteReason::Empty));
}

#[test]
fn media_that_cannot_be_decoded_say_so() {
    let avif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif and more";
    let kind = "avif".to_owned();
    assert_eq!(
        reason(avif, &Request::new(FAST)),
        Some(IncompleteReason::Unsupported { kind })
    );
}

#[test]
fn cut_files_give_no_hash_of_half_a_picture() {
    let picture = photo(1, 200, 150);
    let mut files: Vec<Vec<u8>> = Format::ALL.iter().map(|format| format.encode(&picture)).collect();
    files.push(special::jpeg_progressive(&picture, 90));
    files.push(special::png_interlaced(&picture));
    for bytes in files {
        let kind = FileKind::of(&bytes);
        for share in [0.1, 0.5, 0.9] {
            let decoded = decode(&special::truncated(&bytes, share), &Request::new(FAST));
            assert_eq!(decoded.pictures, [], "{kind} {share}");
            assert_eq!(
                decoded.incomplete[0].reason,
                IncompleteReason::Truncated,
                "{kind} {share}"
            );
        }
        let mut longer = bytes.clone();
        longer.extend_from_slice(b"and something behind the picture");
        assert_eq!(reason(&longer, &Request::new(FAST)), None, "{kind}");
        assert_eq!(
            decode(&longer, &Request::new(FAST)).pictures,
            decode(&bytes, &Request::new(FAST)).pictures
        );
    }
}

#[test]
fn a_cut_animation_keeps_its_whole_frames() {
    let frames: Vec<_> = (0..6).map(|seed| photo(seed, 120, 90)).collect();
    for bytes in [encode::gif(&frames), special::apng(&frames)] {
        let decoded = decode(&special::truncated(&bytes, 0.5), &Request::new(FAST));
        assert!((1..6).contains(&decoded.pictures.len()), "{}", decoded.kind);
        assert_eq!(
            decoded.pictures[..1],
            decode(&bytes, &Request::new(FAST)).pictures[..1]
        );
        assert_eq!(decoded.incomplete[0].reason, IncompleteReason::Truncated);
    }
}

#[test]
fn declared_pixels_are_checked_before_they_are_allocated() {
    for format in Format::ALL {
        let found = reason(&special::huge(format), &Request::new(FAST));
        assert!(
            matches!(found, Some(IncompleteReason::Pixels { found, limit: 100_000_000 }) if found > 200_000_000),
            "{format:?}: {found:?}"
        );
    }
}

#[test]
fn limits_are_kept() {
    let bytes = Format::Png.encode(&photo(2, 100, 80));
    let mut request = Request::new(FAST);
    request.limits.max_pixels = 7_999;
    let pixels = IncompleteReason::Pixels {
        found: 8_000,
        limit: 7_999,
    };
    assert_eq!(reason(&bytes, &request), Some(pixels));
    request.limits = Limits {
        max_bytes: 10,
        ..Limits::default()
    };
    let found = bytes.len() as u64;
    assert_eq!(
        reason(&bytes, &request),
        Some(IncompleteReason::Bytes { found, limit: 10 })
    );
    request.limits = Limits {
        max_frames: 0,
        thumb_side: 0,
        ..Limits::default()
    };
    let decoded = decode(&bytes, &request);
    assert_eq!((decoded.pictures.len(), decoded.pictures[0].grey.width), (1, 1));
}

#[test]
fn a_bomb_of_frames_ends_at_its_budget() {
    let many = special::frame_bomb(1_000, 1_000, 2_000);
    assert_eq!(
        reason(&many, &Request::new(FAST)),
        None,
        "frames of one pixel are little work"
    );
    let frames: Vec<_> = (0..30).map(|seed| photo(seed, 100, 100)).collect();
    let mut request = Request::new(FAST);
    request.limits.max_pixels = 10_000;
    let decoded = decode(&encode::gif(&frames), &request);
    assert!(matches!(
        decoded.incomplete[0].reason,
        IncompleteReason::Frames { limit: 1.. }
    ));
    assert!(!decoded.pictures.is_empty());
}

/// The beginnings by which kinds are told, so that arbitrary bytes reach the decoders.
const BEGINNINGS: [&[u8]; 8] = [
    b"",
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"RIFF\xff\0\0\0WEBPVP8X\x0a\0\0\0",
    b"GIF89a",
    b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"II*\0\x08\0\0\0",
    b"MM\0+\0\x08\0\0",
];

/// Small limits, so that a mutated header cannot ask for a minute of work.
fn small() -> Request {
    Request {
        frames: Frames::OneASecond,
        banked: false,
        ocr: false,
        read: false,
        compare: false,
        mode: HashMode::Exact,
        limits: Limits {
            max_pixels: 1 << 16,
            max_frames: 4,
            ..Limits::default()
        },
    }
}

/// Decodes, and checks what must hold of any file.
fn check(bytes: &[u8]) {
    let request = small();
    let decoded = decode(bytes, &request);
    assert_eq!(decoded.digests, Digests::of(bytes));
    assert!(decoded.pictures.len() <= 4);
    let crashed = decoded
        .incomplete
        .iter()
        .any(|it| it.reason == IncompleteReason::Crashed);
    assert!(!crashed, "a decoder panicked");
    for part in &decoded.pictures {
        assert!(u64::from(part.width) * u64::from(part.height) <= request.limits.max_pixels);
        assert!(part.grey.width.max(part.grey.height) <= request.limits.thumb_side);
        assert_eq!(
            part.grey.data.len(),
            (part.grey.width * part.grey.height) as usize
        );
        assert!(!part.hashes.is_empty());
    }
    if decoded.kind != FileKind::Plain {
        assert!(
            !decoded.pictures.is_empty() || !decoded.incomplete.is_empty(),
            "nothing is left out in silence"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes(beginning in 0..BEGINNINGS.len(), rest in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&[BEGINNINGS[beginning], &rest].concat());
    }

    #[test]
    fn mutated_files(
        file in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        thread_local!(static FILES: Vec<Vec<u8>> = special::valid_files());
        let mut bytes = FILES.with(|files| file.get(files).clone());
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        check(&bytes);
    }
}
