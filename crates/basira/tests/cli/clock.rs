//! Clocks that jump by years, and processes that are paused: whatever was taken in is finished, once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::pictures::png;
use crate::place::Place;
use crate::receiver::{Receiver, answer};
use crate::server::{Client, Server};

const YEAR: i64 = 366 * 24 * 3_600;

/// A clock that can be set while the service runs.
pub(crate) struct Clock {
    library: PathBuf,
    offset: PathBuf,
}

impl Clock {
    pub(crate) fn new(place: &Place) -> Self {
        let library = place.write("clock.so", "");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/clock.c");
        let made = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .status()
            .unwrap();
        assert!(made.success(), "a C compiler makes the clock");
        let offset = place.write("offset", 0_i64.to_ne_bytes());
        Self { library, offset }
    }

    /// Sets it off by so many seconds from the true time.
    pub(crate) fn set(&self, seconds: i64) {
        use std::os::unix::fs::FileExt;
        let file = fs::OpenOptions::new().write(true).open(&self.offset).unwrap();
        file.write_all_at(&seconds.to_ne_bytes(), 0).unwrap();
    }

    fn serve(&self, place: &Place) -> Server {
        self.serve_with(place, &[])
    }

    pub(crate) fn serve_with(&self, place: &Place, more: &[&str]) -> Server {
        let mut command = place.basira([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--webhook-network",
            "127.0.0.0/8",
        ]);
        command
            .args(more)
            .env("LD_PRELOAD", &self.library)
            .env("CLOCK_OFFSET", &self.offset);
        Server::spawn(command)
    }
}

fn submit(client: &Client, name: &str) -> String {
    let path = format!("/v1/items?external_id={name}");
    let taken = client
        .bytes(&path, format!("a game of chess, {name}").as_bytes())
        .expect(202);
    taken["item"].as_str().unwrap().to_owned()
}

/// The year that a service puts on what it takes in.
fn year(client: &Client, item: &str) -> i64 {
    let found = client.get(&format!("/v1/items/{item}")).expect(200);
    found["received_at"].as_str().unwrap()[..4].parse().unwrap()
}

/// Waits until each item was told of, and checks that none was told of twice.
fn told_once(receiver: &Receiver, items: &[String]) {
    let told = |requests: &[crate::receiver::Request]| {
        let events: HashSet<String> = requests.iter().map(|request| request.id().to_owned()).collect();
        let mut items: Vec<String> = requests
            .iter()
            .filter(|request| events.contains(request.id()))
            .map(|request| request.json()["data"]["item"].as_str().unwrap().to_owned())
            .collect();
        items.sort_unstable();
        items
    };
    let mut want = items.to_vec();
    want.sort_unstable();
    let begun = Instant::now();
    loop {
        let got = told(&receiver.got());
        if got.len() >= want.len() {
            assert_eq!(got, want, "each item once");
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{} of {}",
            got.len(),
            want.len()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_clock_that_jumps_by_years_loses_nothing_and_delays_nothing() {
    let place = Place::new();
    let clock = Clock::new(&place);
    let server = clock.serve(&place);
    let key = server.key.clone().unwrap();
    let admin = server.administrator();
    // The receiver wants nothing at first, so that everything waits when the clock is set.
    let willing = Arc::new(AtomicBool::new(false));
    let wants = Arc::clone(&willing);
    let receiver = Receiver::new(move |_, _| match wants.load(Ordering::Relaxed) {
        true => answer(204, ""),
        false => answer(503, ""),
    });
    admin
        .post("/v1/webhooks", json!({"url": receiver.url()}))
        .expect(201);
    let mut items = Vec::new();
    let mut years = HashSet::new();
    for (number, offset) in [0, YEAR, -YEAR, 0].into_iter().enumerate() {
        clock.set(offset);
        for post in 0..4 {
            items.push(submit(&admin, &format!("jump-{number}-{post}")));
        }
        years.insert(year(&admin, items.last().unwrap()));
    }
    assert_eq!(years.len(), 3, "the clock was set: {years:?}");
    for item in &items {
        assert_eq!(admin.finished(item)["result"]["verdict"], "no_match");
    }
    receiver.wait_for(items.len());
    assert_eq!(server.stop(), Some(0));
    willing.store(true, Ordering::Relaxed);

    // A start with a clock that is a year behind finds what was written in the future.
    clock.set(-YEAR);
    let server = clock.serve(&place);
    let client = server.client(&*key);
    for item in &items {
        client.finished(item);
    }
    let begun = Instant::now();
    loop {
        let page = client.get("/v1/deliveries?limit=100").expect(200);
        let page = page["items"].as_array().unwrap();
        assert_eq!(page.len(), items.len(), "one event for each item");
        assert!(
            page.iter().all(|delivery| delivery["state"] != "aside"),
            "{page:?}"
        );
        if page.iter().all(|delivery| delivery["state"] == "delivered") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{page:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

/// The processes that a process has started, and those that these have.
pub(crate) fn descendants(of: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for folder in fs::read_dir("/proc").unwrap() {
        let folder = folder.unwrap();
        let Ok(process) = folder.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        // One that has ended meanwhile is not there.
        let Ok(stat) = fs::read_to_string(folder.path().join("stat")) else {
            continue;
        };
        let rest = stat.rsplit_once(") ").unwrap().1;
        parents.push((process, rest.split(' ').nth(1).unwrap().parse::<u32>().unwrap()));
    }
    let mut found = vec![of];
    let mut next = 0;
    while next < found.len() {
        let parent = found[next];
        found.extend(
            parents
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(process, _)| *process),
        );
        next += 1;
    }
    found.remove(0);
    found
}

pub(crate) fn signal(processes: &[u32], name: &str) {
    if !processes.is_empty() {
        // One that has ended meanwhile cannot be told anything.
        let _ = Command::new("kill")
            .arg(format!("-{name}"))
            .args(processes.iter().map(u32::to_string))
            .stderr(std::process::Stdio::null())
            .status();
    }
}

#[test]
fn what_is_paused_finishes_each_item_once() {
    let place = Place::new();
    let server = Server::start_with(
        &place,
        &["--max-seconds", "1", "--webhook-network", "127.0.0.0/8"],
    );
    let admin = server.administrator();
    let receiver = Receiver::willing();
    admin
        .post("/v1/webhooks", json!({"url": receiver.url()}))
        .expect(201);
    let picture = |number: u64| {
        let taken = admin
            .bytes(&format!("/v1/items?external_id=p{number}"), &png(number))
            .expect(202);
        taken["item"].as_str().unwrap().to_owned()
    };
    let mut items = Vec::new();
    for round in 0..4 {
        items.extend((0..6).map(|number| picture(10 * round + number)));
        // Workers, and what they come from, for longer than an item may take.
        let paused = descendants(server.pid());
        signal(&paused, "STOP");
        std::thread::sleep(Duration::from_millis(if round == 1 { 3_000 } else { 200 }));
        signal(&paused, "CONT");
        // And the service itself, with whatever it was about to write.
        signal(&[server.pid()], "STOP");
        // Whoever asks the paused one does not wait for ever, and does not take the folder.
        if round == 0 {
            let other = place.go("bank create second").ends(2);
            other.says("does not answer");
        } else {
            std::thread::sleep(Duration::from_millis(50));
        }
        signal(&[server.pid()], "CONT");
    }
    let mut verdicts: Vec<Value> = Vec::new();
    for item in &items {
        let found = admin.finished(item);
        assert!(
            found["attempts"].as_i64().is_none_or(|attempts| attempts <= 3),
            "{found}"
        );
        verdicts.push(found["result"]["verdict"].clone());
    }
    assert!(
        verdicts
            .iter()
            .all(|verdict| verdict == "no_match" || verdict == "incomplete"),
        "{verdicts:?}"
    );
    told_once(&receiver, &items);
    assert_eq!(server.stop(), Some(0));
}
