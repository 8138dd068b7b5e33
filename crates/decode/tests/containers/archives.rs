use std::io::{Cursor, Write};

use basira_decode::{Request, decode};
use model::{HashMode, IncompleteReason};
use testkit::containers::{bzip2, gzip, seven, tar, xz, zip, zstd};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{gaps, is_sturdy, look, pictures, png};

#[test]
fn a_picture_is_found_in_every_archive_and_in_archives_within_archives() {
    let picture = png(1);
    let members: &[(&str, &[u8])] = &[("a/b.png", &picture), ("notes.txt", b"a text")];
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("zip", zip(members), "a/b.png › picture"),
        ("tar", tar(members), "a/b.png › picture"),
        ("7z", seven(members), "a/b.png › picture"),
        ("gzip", gzip(&picture, 6), "content › picture"),
        ("bzip2", bzip2(&picture), "content › picture"),
        ("zstd", zstd(&picture), "content › picture"),
        ("xz", xz(&picture), "content › picture"),
        ("gzip", gzip(&tar(members), 6), "content › a/b.png › picture"),
        (
            "7z",
            seven(&[("in.zip", &zip(members))]),
            "in.zip › a/b.png › picture",
        ),
    ];
    let want = look(&picture).pictures[0].hashes.clone();
    for (kind, archive, place) in &cases {
        let found = look(archive);
        // An archive that ends with a stored archive can be read as that one too.
        assert_eq!((found.kind.name(), pictures(&found)[0]), (*kind, *place));
        assert_eq!(gaps(&found), [""; 0], "{kind}");
        assert!(found.pictures[0].hashes == want, "{kind}");
    }
    let found = look(&cases[0].1);
    let members: Vec<(&str, &str)> = found
        .members
        .iter()
        .map(|member| (member.name.as_str(), member.kind.name()))
        .collect();
    assert_eq!(members, [("a/b.png", "png"), ("notes.txt", "plain")]);
}

#[test]
fn a_tar_older_than_its_mark_is_told_by_its_sum() {
    let picture = png(14);
    let mut old = tar(&[("a.png", &picture)]);
    // Of the sum, the mark and the version are nothing now.
    let gone: u32 = old[257..265].iter().map(|byte| u32::from(*byte)).sum();
    old[257..265].fill(0);
    let digits = std::str::from_utf8(&old[148..156]).unwrap();
    let sum = u32::from_str_radix(digits.trim_matches(['\0', ' ']), 8).unwrap() - gone;
    old[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let found = look(&old);
    assert_eq!(
        (found.kind.name(), pictures(&found)),
        ("tar", vec!["a.png › picture"])
    );
    // A sum that is wrong is no mark.
    old[0] ^= 1;
    assert_eq!(look(&old).kind.name(), "plain");
}

#[test]
fn streams_and_frames_that_follow_each_other_are_one_content() {
    let picture = png(2);
    let (first, second) = picture.split_at(1000);
    let doubled = [
        [zstd(first), zstd(second)].concat(),
        [gzip(first, 1), gzip(second, 9)].concat(),
        [bzip2(first), bzip2(second)].concat(),
    ];
    for archive in doubled {
        assert_eq!(pictures(&look(&archive)), ["content › picture"]);
    }
}

#[test]
fn encrypted_members_are_said_and_the_others_opened() {
    let picture = png(3);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .start_file("open.png", SimpleFileOptions::default())
        .unwrap();
    writer.write_all(&picture).unwrap();
    let mut archive = writer.finish().unwrap().into_inner();
    // The first bit of a member's flags says that it is encrypted: of a second one, which is a copy of the first.
    let mut locked = zip(&[("locked.png", &picture)]);
    locked[6] |= 1;
    let directory = locked
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    locked[directory + 8] |= 1;
    assert_eq!(gaps(&look(&locked)), ["locked.png: encrypted"]);
    archive.extend(locked);
    let found = look(&archive);
    // Two archives in a row: the directory is the second one's, and the first one's members are found all the same.
    assert_eq!(pictures(&found), ["open.png › picture"]);
    assert!(
        gaps(&found).iter().any(|gap| gap == "locked.png: encrypted"),
        "{:?}",
        gaps(&found)
    );
}

#[test]
fn a_member_that_the_directory_hides_is_found() {
    let hidden = zip(&[("hidden.png", &png(4))]);
    let end = hidden
        .windows(4)
        .position(|window| window == b"PK\x01\x02")
        .unwrap();
    let mut archive = hidden[..end].to_vec();
    let shown = zip(&[("shown.txt", b"nothing to see")]);
    archive.extend(shown);
    let found = look(&archive);
    assert_eq!(pictures(&found), ["hidden.png › picture"]);
    assert!(!found.incomplete.is_empty());
    // And without any directory.
    let found = look(&hidden[..end]);
    assert_eq!(pictures(&found), ["hidden.png › picture"]);
    assert!(!found.incomplete.is_empty());
}

#[test]
fn limits_are_named_and_what_is_within_them_is_looked_at() {
    let picture = png(5);
    let limited = |archive: &[u8], change: &dyn Fn(&mut basira_decode::Limits)| {
        let mut request = Request::new(HashMode::Fast);
        change(&mut request.limits);
        decode(archive, &request).contents
    };
    let mut nested = picture.clone();
    for _ in 0..7 {
        nested = gzip(&nested, 1);
    }
    let found = limited(&nested, &|_| ());
    let reasons: Vec<&IncompleteReason> = found.incomplete.iter().map(|gap| &gap.reason).collect();
    assert_eq!(reasons, [&IncompleteReason::Depth { limit: 5 }]);

    let three = zip(&[("1.png", &picture), ("2.png", &png(6)), ("3.png", &png(7))]);
    let found = limited(&three, &|limits| limits.max_members = 2);
    assert_eq!(pictures(&found), ["1.png › picture", "2.png › picture"]);
    assert_eq!(gaps(&found), ["file: members: more than the limit of 2"]);

    let found = limited(&three, &|limits| limits.max_pictures = 1);
    assert_eq!(pictures(&found), ["1.png › picture"]);
    assert!(gaps(&found)[0].ends_with("pictures: more than the limit of 1"));

    let zeros = zip(&[("zeros", &[0; 1 << 20]), ("2.png", &png(6))]);
    let found = limited(&zeros, &|limits| limits.max_member = 1 << 19);
    assert_eq!(pictures(&found), ["2.png › picture"]);
    assert_eq!(
        gaps(&found),
        ["zeros: unpacked: more bytes than the limit of 524288"]
    );

    let found = limited(&zeros, &|limits| limits.max_unpacked = 1 << 19);
    assert!(gaps(&found)[0].ends_with("unpacked: more bytes than the limit of 524288"));
}

#[test]
fn bombs_end_at_their_limit() {
    let zeros = vec![0; 64 << 20];
    for bomb in [gzip(&zeros, 9), bzip2(&zeros), zstd(&zeros), xz(&zeros)] {
        let mut request = Request::new(HashMode::Fast);
        request.limits.max_member = 16 << 20;
        let found = decode(&bomb, &request).contents;
        assert_eq!(
            gaps(&found),
            ["content: unpacked: more bytes than the limit of 16777216"]
        );
    }
}

#[test]
fn names_are_data() {
    let picture = png(8);
    let archive = zip(&[("../../etc/passwd", &picture), ("/abs\u{202e}gnp.png", &png(9))]);
    assert_eq!(
        pictures(&look(&archive)),
        ["../../etc/passwd › picture", "/abs\u{fffd}gnp.png › picture"]
    );
}

#[test]
fn no_damage_breaks_anything() {
    let members: &[(&str, &[u8])] = &[("a.png", &png(10)[..2000]), ("notes.txt", b"a text")];
    for archive in [
        zip(members),
        tar(members),
        seven(members),
        gzip(members[0].1, 6),
        zstd(members[0].1),
    ] {
        is_sturdy(&archive);
    }
}

#[test]
fn stored_members_are_read_too() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    writer.start_file("a.png", stored).unwrap();
    writer.write_all(&png(11)).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(pictures(&look(&archive)), ["a.png › picture"]);
}

#[test]
fn every_reading_of_a_polyglot_is_looked_at() {
    let hidden = zip(&[("hidden.png", &png(12))]);
    let host = testkit::photo(13, 90, 60);
    let hosts = [
        testkit::encode::png(&host),
        testkit::encode::jpeg(&host, 80),
        testkit::encode::bmp(&host),
        b"MZ\x90\0 a program that unpacks itself".to_vec(),
        b"<html><body>a page</body></html>".to_vec(),
        vec![0; 5000],
    ];
    for host in hosts {
        let alone = look(&host);
        let both = look(&[&host[..], &hidden].concat());
        assert!(
            pictures(&both).contains(&"hidden.png › picture"),
            "{} {:?}",
            alone.kind,
            gaps(&both)
        );
        for picture in &alone.pictures {
            assert!(both.pictures.contains(picture), "{}", alone.kind);
        }
    }
}

#[test]
fn files_of_one_kind_have_one_reading() {
    for seed in 0..40 {
        let picture = testkit::photo(seed, 200, 150);
        for bytes in [
            testkit::encode::png(&picture),
            testkit::encode::jpeg(&picture, 90),
        ] {
            assert_eq!(gaps(&look(&bytes)), [""; 0]);
        }
    }
    // The mark alone is no archive.
    let mut text = b"A text about PK\x05\x06".to_vec();
    text.extend([7; 60]);
    assert_eq!(
        (look(&text).kind.name(), gaps(&look(&text))),
        ("plain", Vec::new())
    );
}
