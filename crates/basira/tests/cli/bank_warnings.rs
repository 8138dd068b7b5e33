//! `basira bank add`: what a curator is warned of.

use testkit::{Edit, Picture, encode};

use crate::pictures::{edited, faint, nudged, pdq, png};
use crate::place::Place;

#[test]
fn pictures_that_match_badly_are_warned_of() {
    let place = Place::with_bank();
    place.write("flat.png", encode::png(&Picture::filled(200, 200, [90, 90, 90])));
    let faint = faint();
    let quality = pdq(&encode::png(&faint)).1;
    place.write("faint.png", encode::png(&faint));
    let warned = |file: &str, words: &str| {
        place
            .run(["bank", "add", "known", file])
            .ends(0)
            .says(&format!("{file}: {words}"));
    };
    warned("flat.png", "flat: ");
    warned(
        "faint.png",
        &format!("low quality ({quality} of 100, 50 is needed)"),
    );
    place.write("album.rar", b"Rar!\x1a\x07\x01\0 and so on");
    warned("album.rar", "rar is not decoded: only the same file will match");
    place.write("good.png", png(1));
    assert_eq!(place.go("bank add known good.png").ends(0).err, "");
    // The warnings are true.
    place.write("flat.bmp", encode::bmp(&Picture::filled(200, 200, [90, 90, 90])));
    place.write("faint.bmp", encode::bmp(&faint));
    for (file, verdict) in [
        ("flat.bmp", "no_match"),
        ("flat.png", "match"),
        ("faint.bmp", "no_match"),
    ] {
        assert_eq!(place.verdict(file), verdict, "{file}");
    }
}

#[test]
fn an_entry_near_an_allow_entry_is_warned_of() {
    let place = Place::with_bank();
    place.go("bank create --allow flags").ends(0);
    place.write("allowed.png", png(1));
    place.write("near.png", edited(1, Edit::Jpeg75));
    place.write("far.png", png(2));
    place.add("flags", ["allowed.png"]);
    place
        .go("bank add known near.png")
        .ends(0)
        .says("near.png: near allow entry 1 (");
    assert_eq!(place.go("bank add known far.png").ends(0).err, "");
    let near = format!("pdq={}", nudged(pdq(&png(1)).0, 10));
    place
        .run(["bank", "add", "known", "--signal", &near])
        .ends(0)
        .says("near allow entry 1 (distance 10)");
    let far = format!("pdq={}", nudged(pdq(&png(1)).0, 11));
    let run = place.run(["bank", "add", "known", "--signal", &far]).ends(0);
    assert!(
        !run.err.contains("allow") && run.err.contains("quality is not known"),
        "{run:?}"
    );
}
