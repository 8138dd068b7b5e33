//! What people see of the sandbox: `basira doctor`, the level in every row, and refusals.

use crate::pictures::png;
use crate::place::Place;

#[test]
fn doctor_says_what_protects_decoding() {
    let place = Place::new();
    let row = place.go("doctor --json").ends(0).rows().remove(0);
    assert_eq!(row["ready"], true);
    assert_eq!(row["required"], "filter");
    assert_eq!(row["posture"]["seccomp"], true);
    let level = row["sandbox"].as_str().unwrap().to_owned();
    let run = place.go("doctor").ends(0);
    let run = run.prints(&format!("Sandbox: {level}")).prints("yes  seccomp");
    run.prints("Files are decoded: filter is required.");
    place
        .go("doctor --sandbox most")
        .ends(2)
        .says("one of none, filter, kernel, full");
}

/// On a host without user namespaces, also when this one has them.
#[test]
fn less_than_what_is_required_decodes_nothing_and_says_what_to_do() {
    let place = Place::new();
    place.write("a.png", png(1));
    let level = place.go("doctor --json").ends(0).rows()[0]["sandbox"].clone();
    if level == "full" {
        place.go("hash --sandbox full a.png").ends(0);
        let weaker = |command: &str| {
            let inside = format!("echo 0 > /proc/sys/user/max_user_namespaces && exec $basira {command}");
            place.shell(&format!("unshare --user --map-root-user sh -c '{inside}'"))
        };
        weaker("hash --sandbox full a.png")
            .ends(2)
            .says("full is required");
        weaker("doctor --sandbox full")
            .ends(2)
            .prints("No file is decoded")
            .prints("NO   user namespace");
        let rows = weaker("hash --json a.png").ends(0).rows();
        assert_eq!(rows[0]["sandbox"], "kernel");
    } else {
        place
            .go("hash --sandbox full a.png")
            .ends(2)
            .says("full is required");
    }
}

/// Rows of files that could be read name the level.
#[test]
fn every_row_names_the_level() {
    let place = Place::new();
    let level = place.go("doctor --json").ends(0).rows()[0]["sandbox"].clone();
    place.go("bank create known").ends(0);
    place.write("folder/a.png", png(1));
    place.write("folder/b.txt", "a text");
    let files = ["folder/a.png", "folder/b.txt"];
    for command in ["hash --json", "match --json"] {
        for row in place.go(&format!("{command} {}", files.join(" "))).ends(0).rows() {
            assert_eq!(row["sandbox"], level, "{row}");
        }
    }
    for row in place.go("scan --json --quiet folder").ends(0).rows() {
        assert_eq!(row["sandbox"], level, "{row}");
    }
    let row = place.go("hash --json missing").ends(2).rows().remove(0);
    assert!(row.get("sandbox").is_none());
}

/// A decoder without memory is ended, and the file is incomplete for that reason; the others go on.
#[test]
fn a_file_that_takes_too_much_is_incomplete() {
    let place = Place::new();
    place.write("a.png", png(1));
    let large = testkit::Picture::filled(8_000, 6_000, [9, 90, 200]);
    place.write("large.gif", testkit::encode::gif(&[large]));
    // The pixels are more than 100 MB, and the program itself some 40.
    let rows = place
        .shell("ulimit -v 100000; exec $basira hash --json large.gif a.png")
        .ends(2)
        .rows();
    let reason = rows[0]["incomplete"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("memory: "), "{reason}");
    assert!(rows[0]["sha256"].is_string(), "digests are always taken");
    assert!(rows[1].get("incomplete").is_none());
}
