//! Broken files, and places that output cannot go to: a clear message, and the rest goes on.

use testkit::{Format, encode, special};

use crate::pictures::photo;
use crate::place::{Place, Run, text};

#[test]
fn broken_files_of_every_format_have_their_reason_and_stop_nothing() {
    let place = Place::with_copy();
    let mut want = vec![("in/copy.jpg".to_owned(), "match".to_owned(), String::new())];
    place.write("in/copy.jpg", encode::jpeg(&photo(1), 80));
    for format in Format::ALL {
        let ending = format.extension();
        let cut = special::truncated(&format.encode(&photo(2)), 0.4);
        for (name, bytes, reason) in [
            ("cut", cut, "truncated"),
            (
                "huge",
                special::huge(format),
                "pixels: 4225000000 over the limit of 100000000",
            ),
            ("empty", Vec::new(), "empty"),
        ] {
            let path = format!("in/{name}.{ending}");
            place.write(&path, bytes);
            want.push((path, "incomplete".to_owned(), reason.to_owned()));
        }
        // What a file is, its content says, not its name.
        let path = format!("in/{ending}.not-{ending}");
        place.write(&path, format.encode(&photo(1)));
        want.push((path, "match".to_owned(), String::new()));
    }
    want.sort();
    let rows = place.go("scan in --json").ends(1).rows();
    let told = rows.iter().map(|row| {
        let reason = row["incomplete"].get(0).map_or("", |gap| text(gap, "reason"));
        (
            text(row, "path").to_owned(),
            text(row, "verdict").to_owned(),
            reason.to_owned(),
        )
    });
    assert_eq!(told.collect::<Vec<_>>(), want);
}

#[test]
fn a_place_for_output_that_is_full_is_said() {
    let place = Place::with_copy();
    for command in [
        "hash copy.jpg",
        "hash --json copy.jpg",
        "match copy.jpg",
        "match --json copy.jpg",
        "scan .",
        "scan . --json",
        "bank list",
        "bank list --json",
        "bank show known",
        "bank export known",
        "bank create second",
        "bank disable known",
        "bank add known copy.jpg",
    ] {
        let run = place
            .shell(&format!("exec $basira {command} > /dev/full"))
            .ends(2);
        assert!(
            run.err.contains("standard output") && run.err.contains("No space left"),
            "{command}: {run:?}"
        );
        assert_eq!(run.err.matches("No space left").count(), 1, "{command}: {run:?}");
    }
    for form in ["--csv", "--ndjson", "--html"] {
        place
            .run(["scan", ".", form, "/dev/full"])
            .ends(2)
            .says("cannot write /dev/full");
    }
}

/// A reader that has seen enough is no error to talk about, but "nothing matched" is not said either.
#[test]
fn a_reader_that_is_gone_ends_the_program_quietly() {
    let place = Place::with_copy();
    for line in [
        "match copy.jpg",
        "match --json copy.jpg",
        "scan .",
        "bank list",
        "bank export known",
        "bank disable known",
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = Run::of(place.basira(line.split(' ')).stdout(writer)).ends(2);
        assert_eq!(run.err, "", "{line}");
    }
}
