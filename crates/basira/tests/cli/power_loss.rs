//! Power that goes at any moment: all that was acknowledged before is there.
//!
//! A service is recorded while it takes items in. From the recording the disk is made as it may be when the power goes at
//! some point of it, with what was not flushed lost, kept, or kept in part; and opened. That the test would notice a
//! missing flush is tested too: each kind of flush is taken out of the recording once, and something must be lost then.

use std::fs::File;
use std::path::{Path, PathBuf};

use model::{EntryId, Receipt, Sha256};
use serde_json::{Value, json};
use store::{Access, Options, Store};

use crate::disk::{Disk, Kept};
use crate::place::Place;
use crate::recording::{Call, calls, finished, recorded};
use crate::server::{Client, Server};

/// Places in the recording that are tried, beside those after an answer; `cargo xtask soak` tries many more.
fn points_wanted() -> usize {
    let wanted = std::env::var("BASIRA_POINTS");
    wanted.map_or(12, |text| text.parse().unwrap())
}

/// What somebody was told.
#[derive(Debug, Clone)]
enum Told {
    Item { receipt: Receipt, sha256: Sha256 },
    Entry(EntryId),
    Key,
}

/// What was told, and at which point of the recording.
type Promise = (usize, Told);

/// What a flush is for, by the path that is flushed.
fn kind(path: &Path) -> &'static str {
    let path = path.to_str().unwrap();
    match path {
        "" => "the folder around the data folder",
        "data" => "the data folder",
        "data/basira.db" => "the database",
        "data/basira.db-journal" => "the journal of the first moment",
        "data/basira.db-wal" => "the write-ahead log",
        "data/blobs" => "the folder of blobs",
        "data/segments" => "the shelf",
        "keys" => "the folder of the key",
        _ if path.starts_with("data/segments/") => "a segment",
        _ if path.starts_with("data/blobs/.new-") => "a blob",
        _ if path.starts_with("data/blobs/") => "a folder of some blobs",
        _ if path.starts_with("keys/.key-") => "the key",
        _ => panic!("{path} is flushed, and it is not said here what for"),
    }
}

/// Without these something is lost. The shelf and its segments are missing here: they are built again. So is the journal
/// that SQLite has until the database has a write-ahead log: there is nothing to lose then.
const NEEDED: [&str; 9] = [
    "the folder around the data folder",
    "the data folder",
    "the database",
    "the write-ahead log",
    "the folder of blobs",
    "a blob",
    "a folder of some blobs",
    "the folder of the key",
    "the key",
];

fn post(client: &Client, name: &str) -> Value {
    let body = match name.ends_with('3') {
        // These share their bytes with others.
        true => "a game that was played before".to_owned(),
        false => format!("a game of chess, {name}"),
    };
    let path = format!("/v1/items?external_id={name}");
    client.bytes(&path, body.as_bytes()).expect(202)
}

/// Has several clients post at once, and gives what they were told.
fn posted(client: &Client, session: &str, each: usize) -> Vec<Value> {
    std::thread::scope(|scope| {
        let posting: Vec<_> = (0..3)
            .map(|number| {
                let name = move |post| format!("{session}-{number}-{post}");
                scope.spawn(move || (0..each).map(|it| post(client, &name(it))).collect::<Vec<_>>())
            })
            .collect();
        let told = posting.into_iter().flat_map(|thread| thread.join().unwrap());
        told.collect()
    })
}

/// What the service has said, shown when the test fails.
struct Said(PathBuf);

impl Drop for Said {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", std::fs::read_to_string(&self.0).unwrap_or_default());
        }
    }
}

/// A recording, the folder that it is of, and what was told in it.
struct Recorded {
    root: PathBuf,
    calls: Vec<Call>,
    promises: Vec<Promise>,
}

fn record(place: &Place) -> Recorded {
    let root = place.files().canonicalize().unwrap();
    let mut recorded_so_far = Recorded {
        root: root.clone(),
        calls: Vec::new(),
        promises: Vec::new(),
    };
    let mut key = String::new();
    let mut lines = 0;
    // A first start, one after a kill, and one after an end in peace, which leaves everything in the database.
    for session in ["first", "killed", "stopped"] {
        let log = place.key().with_file_name(format!("strace-{session}"));
        let said = Said(log.with_extension("said"));
        let mut command = recorded(
            place,
            &log,
            &["serve", "--listen", "127.0.0.1:0", "--threads", "1"],
        );
        command
            .env("BASIRA_DATA", root.join("data"))
            .env("BASIRA_KEY", root.join("keys/key"))
            .stderr(File::create(&said.0).unwrap());
        let server = Server::spawn(command);
        let mut words: Vec<(String, Told)> = Vec::new();
        if let Some(shown) = server.key.clone() {
            words.push((shown.clone(), Told::Key));
            key = shown;
        }
        let client = server.client(&*key);
        client.post("/v1/banks", json!({"name": session})).expect(201);
        let signal = json!({"signals": [{"type": "md5", "value": format!("{lines:032x}")}]});
        let entry = client
            .post(&format!("/v1/banks/{session}/entries"), signal)
            .expect(201);
        let entry = entry["entry"].as_i64().unwrap();
        words.push((format!("{{\"entry\":{entry},"), Told::Entry(EntryId(entry))));
        let told = posted(&client, session, 5);
        for item in &told {
            let text = |field: &str| item[field].as_str().unwrap();
            let told = Told::Item {
                receipt: text("item").parse().unwrap(),
                sha256: Sha256::from_hex(text("sha256")).unwrap(),
            };
            words.push((text("item").to_owned(), told));
        }
        for item in &told {
            client.finished(item["item"].as_str().unwrap());
        }
        match session {
            // By now it does nothing.
            "first" => server.kill(),
            _ => assert_eq!(server.stop(), Some(0)),
        }
        let text = finished(&log);
        let mut made = calls(&text);
        for call in &mut made {
            call.begun += lines;
            call.ended += lines;
        }
        recorded_so_far.promises.extend(places(&made, words, &root));
        recorded_so_far.calls.extend(made);
        lines += text.lines().count();
    }
    recorded_so_far.promises.sort_by_key(|promise| promise.0);
    recorded_so_far
}

/// When each of the words left the program.
fn places(calls: &[Call], words: Vec<(String, Told)>, root: &Path) -> Vec<Promise> {
    let mut sent = Vec::new();
    for call in calls {
        let by = matches!(&*call.name, "write" | "writev" | "sendto" | "sendmsg");
        if by && call.file(0).is_none_or(|path| !path.starts_with(root)) {
            sent.push((call.begun, String::from_utf8_lossy(&call.bytes(1)).into_owned()));
        }
    }
    let place = |word: &str| sent.iter().find(|(_, text)| text.contains(word)).map(|it| it.0);
    words
        .into_iter()
        .map(|(word, told)| {
            let place = place(&word).unwrap_or_else(|| panic!("when was {word} told?"));
            (place, told)
        })
        .collect()
}

/// What is missing in a folder in which all of this was promised.
fn lost(root: &Path, promises: &[Promise]) -> Result<(), String> {
    let options = Options::new(Access::Writer, &root.join("keys/key"));
    let store = Store::open(&root.join("data"), options).map_err(|error| error.to_string())?;
    store.verify_log().map_err(|error| error.to_string())?;
    store.verify_decisions(|| ()).map_err(|error| error.to_string())?;
    for (_, told) in promises {
        let there = match told {
            Told::Key => !store.keys().map_err(|error| error.to_string())?.is_empty(),
            Told::Entry(entry) => store.entry(*entry).is_ok_and(|entry| entry.is_some()),
            Told::Item { receipt, sha256 } => {
                let item = store.item(*receipt).map_err(|error| error.to_string())?;
                let copied = store.copy_blob(sha256, &mut std::io::sink());
                item.is_some_and(|item| item.sha256 == *sha256)
                    && copied.map_err(|error| error.to_string())?
            }
        };
        if !there {
            return Err(format!("{told:?} is not there"));
        }
    }
    // Whatever was left, there is room for what comes.
    for number in 0..=u8::MAX {
        let folder = root.join("data/blobs").join(format!("{number:02x}"));
        if !folder.is_dir() {
            return Err(format!("{} is missing", folder.display()));
        }
    }
    Ok(())
}

/// What is missing when the power goes at a point.
fn crash(disk: &Disk, promises: &[Promise], point: usize, kept: Kept) -> Result<(), String> {
    // In memory, where there is such a place: what is flushed here proves nothing, and takes most of the time.
    let memory = Path::new("/dev/shm");
    let target = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let target = target.unwrap();
    disk.rebuild(point, kept, target.path());
    let told = promises.iter().take_while(|promise| promise.0 <= point).count();
    lost(target.path(), &promises[..told])
}

#[test]
fn what_was_acknowledged_is_there_when_the_power_goes_and_no_flush_is_too_many() {
    let place = Place::new();
    let Recorded {
        root,
        calls,
        promises,
    } = record(&place);
    assert_eq!(promises.len(), 1 + 3 + 45);
    let end = calls.iter().map(|call| call.ended).max().unwrap();

    let whole = Disk::of(&calls, &root, kind, |_| true);
    let mut seed = std::env::var("BASIRA_SEED").map_or(1, |text| text.parse().unwrap());
    let mut tried = 0;
    let mut check = |point: usize, kept: Kept| {
        tried += 1;
        if let Err(why) = crash(&whole, &promises, point, kept) {
            panic!("power gone at {point} of {end}, kept {kept:?}: {why}");
        }
    };
    for (point, _) in &promises {
        check(*point, Kept::Nothing);
        check(*point, Kept::Names);
    }
    let wanted = points_wanted();
    // The first start has moments of its own.
    let flushes = whole.flushes.iter().map(|flush| flush.1);
    let step = whole.flushes.len().div_ceil(wanted);
    for point in flushes.step_by(step).chain([end]) {
        seed += 1;
        for kept in [
            Kept::Nothing,
            Kept::All,
            Kept::Names,
            Kept::Bytes,
            Kept::Some(seed),
        ] {
            check(point, kept);
        }
        // Just before the flush had returned.
        check(point - 1, Kept::Some(seed + 1_000));
    }
    println!("{} calls, {tried} crashes: nothing lost", calls.len());

    for missing in NEEDED {
        assert!(
            whole.flushes.iter().any(|flush| flush.0 == missing),
            "{missing} is never flushed"
        );
        let disk = Disk::of(&calls, &root, kind, |kind| kind != missing);
        let points = promises.iter().map(|promise| promise.0).chain([end]);
        let kept = [Kept::Nothing, Kept::Names];
        let loss = points
            .flat_map(|point| kept.map(|kept| (point, kept)))
            .find_map(|(point, kept)| crash(&disk, &promises, point, kept).err());
        let loss = loss.unwrap_or_else(|| panic!("nobody notices that {missing} is not flushed"));
        println!("without flushing {missing}: {loss}");
    }
}
