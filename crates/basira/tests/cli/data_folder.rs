//! Data folders that are damaged, newer, elsewhere or not there.

use std::fs;

use testkit::Edit;

use crate::pictures::{edited, long_list, png};
use crate::place::{Place, Run};

#[test]
fn a_snapshot_with_a_flipped_bit_is_noticed_and_made_again() {
    let place = Place::with_copy();
    place.write("list.csv", long_list(12_000, 5));
    place.go("bank import known list.csv --trust active").ends(0);
    let before = place.look_up("copy.jpg");
    assert_eq!(before["matches"].as_array().unwrap().len(), 2, "{before}");
    let path = place.data().join("segments/pdq");
    let whole = fs::read(&path).unwrap();
    assert_eq!(
        place.go("match copy.jpg").ends(1).err,
        "",
        "a sound snapshot is not talked about"
    );
    for (at, bit) in [(0, 0), (whole.len() / 3, 5), (whole.len() - 1, 7)] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1 << bit;
        fs::write(&path, &damaged).unwrap();
        let run = place.go("match --json copy.jpg").ends(1);
        let run = run
            .says("the index snapshot \"pdq\" is damaged")
            .says("built again from the banks");
        assert_eq!(run.rows()[0], before);
        assert_eq!(fs::read(&path).unwrap(), whole, "byte {at}");
    }
    for length in [0, 10, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let run = place.go("match --json copy.jpg").ends(1).says("is damaged");
        assert_eq!(run.rows()[0], before, "{length} bytes");
    }
}

#[test]
fn data_folders_that_cannot_be_used_are_told_apart() {
    let place = Place::with_copy();
    let with = |data: &str, key: &str| {
        let mut command = place.basira(["--data", data, "--key", key, "bank", "list"]);
        Run::of(&mut command).ends(2)
    };
    let (data, key) = (
        place.data().display().to_string(),
        place.key().display().to_string(),
    );
    place.write("file", "");
    let run = with("file", &key).says("file is a file, not a folder; choose another data folder");
    assert!(!run.err.contains("os error 17): File"), "{}", run.err);
    with(&data, "other-key")
        .says("other-key is missing, and what is encrypted with it cannot be read")
        .says("put the key back");
    place.write("other-key", [7; 32]);
    with(&data, "other-key").says("is not the one that this data folder was made with");
    with(&data, "copy.jpg").says("is no key file");
    with("new", "new/key").says("lies inside the data folder; keep it elsewhere");
    // None of this did any harm.
    assert_eq!(place.verdict("copy.jpg"), "match");
}

#[test]
fn what_a_lost_key_encrypts_is_given_up_only_when_told_so() {
    let place = Place::with_copy();
    place.write("crop.png", edited(1, Edit::Crop12));
    assert_eq!(place.verdict("crop.png"), "match");
    fs::remove_file(place.key()).unwrap();
    for command in ["match crop.png", "bank list", "bank add known banked.png"] {
        place
            .go(command)
            .ends(2)
            .says("cannot be read without it: 1 kept files, thumbnails")
            .says("by basira give-up-encrypted");
    }
    place.go("give-up-encrypted").ends(0);
    assert_eq!(place.verdict("copy.jpg"), "match", "signals need no key");
    place.add("known", ["banked.png"]);
    assert_eq!(place.verdict("crop.png"), "match");
}

#[test]
fn a_data_folder_of_a_newer_version_is_not_touched() {
    let place = Place::with_copy();
    if place.only_sqlite("bytes of its file; the store's own suite does it with both engines") {
        return;
    }
    let path = place.data().join("basira.db");
    let mut bytes = fs::read(&path).unwrap();
    // A row of `schema_migration` as SQLite writes it (fileformat2.html, 2): 68 bytes of payload, the version as row id,
    // a header of 4 bytes for the version (none of its own) and a text of 64 bytes. The last version becomes 99.
    let row = |window: &[u8]| window[0] == 68 && window[2..6] == [4, 0, 0x81, 0x0d];
    let places = (0..bytes.len() - 6).filter(|at| row(&bytes[*at..*at + 6]));
    let last = places.max_by_key(|at| bytes[at + 1]).unwrap();
    let known = bytes[last + 1];
    bytes[last + 1] = 99;
    fs::write(&path, &bytes).unwrap();
    for command in ["match copy.jpg", "scan .", "bank list", "bank create second"] {
        let run = place.go(command).ends(2);
        run.says("has schema 99")
            .says(&format!("knows schemas up to {known}"))
            .says("use the newer version");
    }
    bytes[last + 1] = known;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(place.verdict("copy.jpg"), "match");
}

#[test]
fn a_damaged_database_is_said_to_be_one() {
    let place = Place::with_copy();
    if place.only_sqlite("its file is not what was written; PostgreSQL sees to its own files") {
        return;
    }
    let path = place.data().join("basira.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    for command in ["match copy.jpg", "bank list", "bank add known copy.jpg"] {
        place
            .run(command.split(' '))
            .ends(2)
            .says("basira.db is damaged")
            .says("from a backup");
    }
}

#[test]
fn without_a_named_folder_the_platforms_is_used() {
    let place = Place::new();
    if place.only_sqlite("where its file is; the folder itself is the same") {
        return;
    }
    let run = |arguments: &[&str]| {
        let mut command = place.basira(arguments);
        Run::of(command.env_remove("BASIRA_DATA").env_remove("BASIRA_KEY")).ends(0)
    };
    run(&["bank", "create", "known"]);
    run(&["bank", "list"]).prints("known");
    let home = place.files().parent().unwrap().join("home");
    assert!(home.join(".local/share/basira/basira.db").exists() && home.join(".config/basira/key").exists());
}

#[test]
fn matching_without_banks_is_said() {
    let place = Place::new();
    place.write("a.png", png(1));
    place
        .go("match a.png")
        .ends(0)
        .says("there is no bank to match with");
    place.go("scan .").ends(0).says("there is no bank to match with");
    place.go("bank create known").ends(0);
    assert_eq!(place.go("match a.png").ends(0).err, "");
    place.go("bank disable known").ends(0);
    place
        .go("match a.png")
        .ends(0)
        .says("there is no bank to match with");
}
