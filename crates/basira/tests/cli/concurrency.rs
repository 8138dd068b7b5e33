//! Several processes on one data folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use testkit::encode;

use crate::pictures::{nudged, pdq, photo, png};
use crate::place::{Place, Run, text};
use crate::resume::{commits, send, with_files};

/// An import that waits for its list, which comes through a pipe: it changes banks for as long as the test likes.
struct SlowImport {
    child: Child,
    list: File,
}

impl SlowImport {
    fn start(place: &Place) -> Self {
        let pipe: PathBuf = place.files().join("slow.csv");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let import = ["bank", "import", "known", "slow.csv", "--trust", "active"];
        let child = place.basira(import).spawn().unwrap();
        // Opening returns when the other side has opened the pipe; it holds the data folder by then.
        let mut list = File::options().write(true).open(&pipe).unwrap();
        list.write_all(b"type,value\n").unwrap();
        Self { child, list }
    }

    fn finish(self) -> Run {
        drop(self.list);
        Run::from(self.child.wait_with_output().unwrap())
    }
}

#[test]
fn a_second_writer_is_told_who_is_first_and_readers_go_on() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    place.write("copy.jpg", encode::jpeg(&photo(1), 80));
    place.add("known", ["a.png"]);
    let import = SlowImport::start(&place);
    let holder = format!("is in use by process {}", import.child.id());
    let change = place.basira(["bank", "add", "known", "a.png"]).spawn().unwrap();
    let other = place.basira(["bank", "create", "second"]).spawn().unwrap();
    assert_eq!(place.verdict("copy.jpg"), "match");
    assert_eq!(place.go("bank show known --json").ends(0).rows().len(), 1);
    place.go("scan . --json --quiet").ends(1);
    for refused in [change, other] {
        let run = Run::from(refused.wait_with_output().unwrap()).ends(2);
        run.says(&holder)
            .says("wait until it has finished, stop it, or choose another data folder");
    }
    import.finish().ends(0);
    assert_eq!(place.add("known", ["a.png"]), 2);
}

#[test]
fn what_a_running_import_has_added_is_found_and_outlives_its_death() {
    let place = Place::with_bank();
    place.write("a.png", png(1));
    let mut import = SlowImport::start(&place);
    let mut rows = format!("pdq,{}\n", nudged(pdq(&png(1)).0, 3));
    // As many rows as make two transactions, and some that wait for the third.
    for number in 1..25_000 {
        rows.push_str(&format!("md5,{number:032x}\n"));
    }
    import.list.write_all(rows.as_bytes()).unwrap();
    import.list.flush().unwrap();
    while place.verdict("a.png") != "match" {
        assert!(
            import.child.try_wait().unwrap().is_none(),
            "the import has failed"
        );
        thread::sleep(Duration::from_millis(20));
    }
    import.child.kill().unwrap();
    assert_eq!(import.finish().status, None, "it was killed");
    let kept = place.go("bank list --json").ends(0).rows()[0]["entries"]
        .as_u64()
        .unwrap();
    assert!([10_000, 20_000].contains(&kept), "whole transactions: {kept}");
    assert_eq!(place.verdict("a.png"), "match");
    // The dead writer holds nothing back.
    assert!(place.add("known", ["a.png"]) > 10_000);
}

/// Runs commands at the same time and gives how each ended.
fn together(commands: impl Iterator<Item = Command>) -> Vec<Run> {
    let children: Vec<Child> = commands.map(|mut command| command.spawn().unwrap()).collect();
    let ended = children
        .into_iter()
        .map(|child| Run::from(child.wait_with_output().unwrap()));
    ended.collect()
}

#[test]
fn a_new_data_folder_is_made_once_by_whoever_comes_first() {
    let place = Place::new();
    let create = |number| place.basira(["bank", "create", &format!("bank-{number}")]);
    let look = |_| place.basira(["bank", "list"]);
    for run in together((0..4).map(create).chain((0..4).map(look))) {
        run.ends(0);
    }
    assert_eq!(place.go("bank list --json").ends(0).rows().len(), 4);
}

#[test]
fn changes_at_the_same_time_take_turns() {
    let place = Place::with_bank();
    let names: Vec<String> = (1..=4).map(|seed| format!("{seed}.png")).collect();
    for (seed, name) in (1..).zip(&names) {
        place.write(name, png(seed));
    }
    let add = |name: &String| place.basira(["bank", "add", "known", "--json", name]);
    let runs = together(names.iter().map(add));
    let entry = |run: Run| run.ends(0).rows()[0]["entry"].as_i64().unwrap();
    let mut entries: Vec<i64> = runs.into_iter().map(entry).collect();
    entries.sort_unstable();
    assert_eq!(entries, [1, 2, 3, 4]);
    for name in &names {
        assert_eq!(place.verdict(name), "match");
    }
}

#[test]
fn a_second_scan_of_the_same_paths_is_told_to_wait() {
    let place = with_files(300);
    let first = place
        .basira(["scan", "in", "--json", "--threads", "1"])
        .spawn()
        .unwrap();
    while commits(&place) < 1 {
        thread::sleep(Duration::from_millis(5));
    }
    // Not in the middle of a commit, for which the second would wait in vain.
    let second = loop {
        send(&first, "STOP");
        let second = place.go("scan in").ends(2);
        if !second.err.contains("is in use") {
            break second;
        }
        send(&first, "CONT");
        thread::sleep(Duration::from_millis(5));
    };
    second
        .says("another process is scanning the same paths")
        .says("wait until it has finished");
    // Other paths are another matter.
    place.go("scan in/00000.jpg").ends(1);
    send(&first, "CONT");
    let rows = Run::from(first.wait_with_output().unwrap()).ends(1).rows();
    assert_eq!(rows.len(), 300);
    place.go("scan in/00000.jpg in/00001.jpg").ends(1);
    let left = fs::read_dir(place.data())
        .unwrap()
        .map(|file| file.unwrap().file_name());
    assert!(
        !left
            .into_iter()
            .any(|name| name.to_string_lossy().starts_with("scan-"))
    );
}

#[test]
fn a_scan_goes_on_while_entries_are_added() {
    let place = Place::with_bank();
    place.write("banked.png", png(1));
    place.add("known", ["banked.png"]);
    for number in 0..60 {
        place.write(format!("in/{number:03}.png"), png(1 + number % 3));
    }
    let scan = place.basira(["scan", "in", "--json"]).spawn().unwrap();
    for number in 0..5 {
        place.add("known", ["--signal", &format!("md5={number:032x}")]);
    }
    let rows = Run::from(scan.wait_with_output().unwrap()).ends(1).rows();
    assert_eq!(rows.len(), 60);
    assert_eq!(
        rows.iter().filter(|row| text(row, "verdict") == "match").count(),
        20
    );
    let left: Vec<_> = fs::read_dir(place.data())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().ends_with("-wal")),
        "{left:?}"
    );
}
