//! `basira scan`, interrupted and resumed.

use std::fs;
use std::ops::Range;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::{Place, Run};

/// A bank, and a folder of so many files of which every fourth is a copy of what is banked.
pub(crate) fn with_files(count: usize) -> Place {
    let place = Place::with_bank();
    place.write("banked.png", png(1));
    place.add("known", ["banked.png"]);
    fill(&place, 0..count);
    place
}

fn fill(place: &Place, numbers: Range<usize>) {
    let pictures = [1, 2, 3, 4].map(|seed| encode::jpeg(&photo(seed).resize(640, 480), 85));
    for number in numbers {
        // What follows the end of a picture makes it another file.
        let mut bytes = pictures[number % 4].clone();
        bytes.extend(number.to_le_bytes());
        place.write(format!("in/{number:05}.jpg"), bytes);
    }
}

/// Transactions in SQLite's write-ahead log (fileformat2.html, 4.1): frames that name the size of the database. With
/// PostgreSQL, what the first two of a scan leave.
pub(crate) fn commits(place: &Place) -> usize {
    let begun = "SELECT COUNT(*) + LEAST(1, (SELECT COUNT(*) FROM scan_file)) FROM scan";
    if let Some(found) = place.number_on_postgres(begun) {
        return usize::try_from(found).unwrap();
    }
    let log = fs::read(place.data().join("basira.db-wal")).unwrap_or_default();
    let Some(size) = log.get(8..12) else { return 0 };
    let page = u32::from_be_bytes(size.try_into().unwrap()) as usize;
    let frames = log[32..].chunks_exact(24 + page);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

/// Starts a scan of `in`, and ends it, as a terminal would with all that it started, by a signal when its first results are recorded; `None` if it was faster.
fn scan_and_signal(place: &Place, signal: &str) -> Option<Run> {
    let mut child = place
        .basira(["scan", "in", "--threads", "1", "--json"])
        .process_group(0)
        .spawn()
        .unwrap();
    // The first transaction begins the scan, the second has results.
    while commits(place) < 2 && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    send_group(&child, signal);
    let run = Run::from(child.wait_with_output().unwrap());
    (run.status != Some(1)).then_some(run)
}

/// To the child and to its process group.
fn send_group(child: &Child, signal: &str) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill")
        .args(["-s", signal, "--", &group])
        .output()
        .unwrap();
}

pub(crate) fn send(child: &Child, signal: &str) {
    // The process may have ended by itself.
    let _ = Command::new("kill")
        .args(["-s", signal, &child.id().to_string()])
        .output()
        .unwrap();
}

/// Ends a scan of `in` by a signal in its midst; there may be more files afterwards, if it was too fast for that.
fn interrupt(place: &Place, signal: &str) -> Run {
    loop {
        if let Some(run) = scan_and_signal(place, signal) {
            return run;
        }
        let count = count(place);
        assert!(count < 50_000, "a scan cannot be so fast");
        fill(place, count..2 * count);
    }
}

fn count(place: &Place) -> usize {
    fs::read_dir(place.files().join("in")).unwrap().count()
}

/// The number before a word.
fn number_before(said: &str, word: &str) -> usize {
    let before = said.split(word).next().unwrap();
    before
        .rsplit([' ', ';'])
        .find_map(|word| word.parse().ok())
        .unwrap_or_else(|| panic!("{word}: {said}"))
}

fn rows(place: &Place, arguments: &[&str]) -> (Run, Vec<Value>) {
    let run = place
        .run(["scan", "in", "--json"].iter().chain(arguments))
        .ends(1);
    let rows = run.rows();
    (run, rows)
}

#[test]
fn an_interrupted_scan_says_so_and_goes_on_from_there() {
    let place = with_files(300);
    let run = interrupt(&place, "INT")
        .ends(2)
        .says("interrupted; ")
        .says("the same command goes on from there");
    assert_eq!(run.out, "", "no results are given before they are all there");
    let (done, count) = (number_before(&run.err, " files are done"), count(&place));
    assert!(done > 0 && done < count, "{done} of {count}");
    // Files that were changed meanwhile are looked at again: every second one, so that some of them were done.
    for number in (1..count).step_by(2) {
        place.write(format!("in/{number:05}.jpg"), png(5));
    }
    let (run, resumed) = rows(&place, &[]);
    let kept = number_before(&run.err, " files were done before");
    assert!(kept < done, "{kept} of {done}: {}", run.err);
    let (run, whole) = rows(&place, &[]);
    assert!(
        !run.err.contains("resumed"),
        "a finished scan is not resumed: {}",
        run.err
    );
    assert_eq!(resumed, whole);
    assert_eq!(whole.len(), count);
    let matched = whole.iter().filter(|row| row["verdict"] == "match").count();
    assert_eq!(matched, count.div_ceil(4));
}

#[test]
fn a_killed_scan_goes_on_from_what_was_recorded() {
    let place = with_files(300);
    assert_eq!(interrupt(&place, "KILL").status, None, "it was killed");
    let count = count(&place);
    let (run, resumed) = rows(&place, &[]);
    let done = number_before(&run.err, " files were done before");
    assert!(done > 0 && done < count, "{}", run.err);
    let (_, whole) = rows(&place, &["--fresh"]);
    assert_eq!(resumed, whole);
}

#[test]
fn results_of_other_banks_or_options_are_not_taken_up() {
    let place = with_files(300);
    interrupt(&place, "KILL");
    let (run, _) = rows(&place, &["--fresh", "--tier", "plain"]);
    assert!(!run.err.contains("resumed"), "{}", run.err);

    interrupt(&place, "KILL");
    let (run, _) = rows(&place, &["--tier", "plain"]);
    assert!(
        run.err.contains("had other banks or options; beginning again"),
        "{}",
        run.err
    );

    interrupt(&place, "KILL");
    place.write("second.png", png(2));
    place.add("known", ["second.png"]);
    let (run, whole) = rows(&place, &[]);
    assert!(run.err.contains("beginning again"), "{}", run.err);
    let matched = whole.iter().filter(|row| row["verdict"] == "match").count();
    assert_eq!(matched, count(&place) / 2, "the new entry is found in all files");
}

/// Hours of work are not lost because a report could not be written.
#[test]
fn a_scan_whose_report_failed_is_not_done_again() {
    let place = with_files(8);
    let run = place.go("scan in --csv missing/out.csv").ends(2);
    let run = run.says("cannot write missing/out.csv: No such file");
    run.says("the same command gives its results without doing it again");
    let run = place.shell("exec $basira scan in > /dev/full").ends(2);
    run.says("standard output");
    let (run, resumed) = rows(&place, &[]);
    assert_eq!(
        number_before(&run.err, " files were done before"),
        8,
        "{}",
        run.err
    );
    assert_eq!(resumed, rows(&place, &[]).1);
}
