//! A process that is killed while it adds entries loses nothing that it was told is stored.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use basira_store::{Keep, NewEntry, Store, Thumbnail};

use crate::place::{Place, entry, now, options, pdq};

const BATCH: u64 = 40;
const FOLDER: &str = "BASIRA_STORE_TEST_FOLDER";
const KEY: &str = "BASIRA_STORE_TEST_KEY";

#[test]
fn what_was_acknowledged_survives_being_killed() {
    let place = Place::new();
    let store = place.writer();
    store
        .edit("create_bank", |edits| {
            edits.create_bank(&"known".parse().unwrap(), model::BankKind::Known, now())
        })
        .unwrap();
    drop(store);
    let mut before = 0;
    for batches in [1, 7, 2, 12, 5] {
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "killed::child_that_is_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, place.folder())
            .env(KEY, place.key())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let acknowledged = lines.filter_map(|line| line.strip_prefix("stored ")?.parse().ok());
        let acknowledged: u64 = acknowledged
            .take(batches)
            .last()
            .expect("the child stores something");
        child.kill().unwrap();
        child.wait().unwrap();

        let store = place.writer();
        let bank = store.banks().unwrap().remove(0);
        assert!(
            bank.entries >= before + acknowledged,
            "{} of {acknowledged}",
            bank.entries
        );
        assert_eq!(
            bank.entries % BATCH,
            0,
            "a batch is stored as a whole or not at all"
        );
        let entries = store.entries(bank.bank.id, None, u32::MAX).unwrap();
        assert_eq!(entries.len() as u64, bank.entries);
        let mut rows = 0;
        let seq = store.for_each_pdq(|_| rows += 1).unwrap();
        assert_eq!((rows, seq.0 as u64), (bank.entries, bank.entries));
        for entry in &entries {
            assert!(store.thumbnail(entry.id).unwrap().is_some());
        }
        assert!(place.raw().is_sound());
        before = bank.entries;
    }
}

#[test]
#[ignore = "not a test: the process that `what_was_acknowledged_survives_being_killed` starts and kills"]
fn child_that_is_killed() {
    let path = |name| std::path::PathBuf::from(env::var_os(name).expect(name));
    let options = options(basira_store::Access::Writer, &path(FOLDER), &path(KEY));
    let store = Store::open(&path(FOLDER), options).unwrap();
    let bank = store.banks().unwrap().remove(0).bank.id;
    let keep = Keep::Picture {
        thumbnail: Thumbnail::new(8, 8, vec![7; 64]).ok(),
        windows: None,
    };
    let mut stored = 0;
    loop {
        let new = |number| NewEntry {
            keep: keep.clone(),
            ..entry(vec![pdq(number)])
        };
        let batch: Vec<NewEntry> = (stored..stored + BATCH).map(new).collect();
        stored += store
            .edit("add_entries", |edits| edits.add_entries(bank, &batch))
            .unwrap()
            .len() as u64;
        println!("\nstored {stored}");
        std::io::stdout().flush().unwrap();
    }
}
