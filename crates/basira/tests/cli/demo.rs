//! `basira demo`.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;

use crate::browser::Browser;
use crate::place::{Place, Run};

/// Checks what a demonstration prints, on a terminal or not.
fn check(place: &Place, out: &str) {
    let prints = |words: &str| assert!(out.contains(words), "not printed: {words:?} in {out}");
    prints("whole-picture hashes, as peers do: ");
    prints("64 files by the service in ");
    prints("all of Basira: 28 of 28 copies found, 0 of 36 other files matched");
    prints("64 files in ");
    assert_eq!(
        out.matches("28 match, 33 no match, 3 incomplete").count(),
        2,
        "{out}"
    );
    let report = place.files().canonicalize().unwrap().join("here/report.html");
    prints(&format!("The report: {}", report.display()));
    prints("basira scan FOLDER");
    prints("The console, with a case of every kind");
    assert!(!place.data().exists(), "the caller's own banks are left alone");
}

/// Comes in by the link that is printed for somebody; it is good once.
fn come_in(out: &str, role: &str) -> Browser {
    let mut lines = out.lines().map(str::trim);
    let link = lines
        .find_map(|line| line.strip_prefix(&format!("{role}:")))
        .map(str::trim)
        .unwrap_or_else(|| panic!("no link for {role}: {out}"));
    let (address, secret) = link.split_once("/console/").unwrap();
    let mut browser = Browser::at(address);
    browser.come_in(link, "four knights and a rook");
    let again = format!("/console/{secret}");
    assert_eq!(Browser::at(address).get(&again).status, 404, "a link works once");
    browser
}

/// Comes into the console as everybody who has a link, and looks at what they may see.
fn look_around(out: &str) {
    let mut reviewer = come_in(out, "reviewer");
    let queue = reviewer.get("/console/queue").is(200);
    let cases = queue.text.matches("href=\"/console/cases/").count();
    assert!(cases >= 15, "{cases} cases: {}", queue.text);
    let kinds = [
        ("saved-again", "a near copy"),
        ("clip.mp4", "a film"),
        ("part.wav", "a sound"),
        ("report.html", "a quotation in a report"),
        ("statement.txt", "a passage"),
        ("link.txt", "a link"),
        ("cut-off", "what could not be looked at"),
    ];
    let links = queue.text.split("href=\"/console/cases/").skip(1);
    let numbers = links.map(|rest| rest.split('"').next().unwrap());
    let mut all: String = numbers
        .map(|number| reviewer.get(&format!("/console/cases/{number}")).is(200).text)
        .collect();
    // Copies of what was decided are listed by what they are; each has its own place.
    let apart: Vec<String> = all
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| path.starts_with("/console/cases/") && path.contains("?item="))
        .map(str::to_owned)
        .collect();
    for path in apart {
        all += &reviewer.get(&path).is(200).text;
    }
    for (name, kind) in kinds {
        assert!(all.contains(name), "{kind}: {name}");
    }
    assert!(
        reviewer
            .get("/console/second")
            .is(200)
            .text
            .contains("href=\"/console/second/")
    );
    assert!(all.contains("ملصقات الدوري"), "a report stands with its case");
    for forbidden in ["/console/log", "/console/people", "/console/keys"] {
        reviewer.get(forbidden).is(403);
    }
    let mut lead = come_in(out, "lead");
    let appeals = lead.get("/console/appeals").is(200);
    assert!(appeals.text.contains("our own chess club"), "{}", appeals.text);
    assert!(
        lead.get("/console/policies")
            .is(200)
            .text
            .contains("href=\"/console/policies/")
    );
    lead.get("/console/log").is(200);
    lead.get("/console/people").is(403);
    let mut auditor = come_in(out, "auditor");
    auditor.get("/console/queue").is(200);
    auditor.get("/console/log").is(200);
    auditor.post("/console/cases/1/decide", &[]).is(403);
    auditor.post("/console/cases/1/reveal", &[]).is(403);
    assert!(
        come_in(out, "administrator")
            .get("/console/people")
            .is(200)
            .text
            .contains("nadia")
    );
}

/// The lines that it says to try.
fn lines_to_try(out: &str) -> Vec<&str> {
    let lines = out.lines().map(str::trim);
    lines.filter(|line| line.starts_with("curl ")).collect()
}

#[test]
fn without_a_terminal_the_demonstration_finds_every_copy_and_ends() {
    let place = Place::new();
    // What an earlier demonstration left is replaced.
    place.write("here/.basira-demo", "");
    place.write("here/pictures/stale.png", "");
    let run = place.go("demo --into here --lang ar").ends(0);
    check(&place, &run.out);
    let page = fs::read_to_string(place.files().join("here/report.html")).unwrap();
    assert!(page.contains("dir=\"rtl\"") && page.contains("knight-league") && !page.contains("://"));
    let tries = lines_to_try(&run.out);
    assert_eq!(tries.len(), 3);
    // Nobody answers any more (curl's status for that is 7), and the data folder is free.
    assert_eq!(place.shell(tries[0]).status, Some(7));
    let key = PathBuf::from("here/key");
    let free = Run::of(
        place
            .basira(["bank", "create", "mine", "--data", "here/data", "--key"])
            .arg(key),
    );
    free.ends(0);
}

#[test]
fn on_a_terminal_its_service_stays_and_answers_what_it_says_to_try() {
    let place = Place::new();
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let screen = PathBuf::from(ptsname(&terminal, Vec::new()).unwrap().to_str().unwrap());
    let other_side = fs::File::options().read(true).write(true).open(screen).unwrap();
    let mut command = place.basira(["demo", "--into", "here"]);
    let mut child = command
        .stdout(Stdio::from(other_side))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // What the command holds of the terminal, else its end is never seen.
    drop(command);
    let (mut terminal, mut out, mut piece) = (fs::File::from(terminal), String::new(), [0; 4096]);
    while !out.contains("until Ctrl-C") {
        let read = terminal
            .read(&mut piece)
            .unwrap_or_else(|error| panic!("{error}: {out}"));
        out.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    check(&place, &out.replace("\r\n", "\n"));
    let answers: Vec<Value> = lines_to_try(&out)
        .into_iter()
        .map(|line| {
            let answer = place.shell(&format!("{line} --silent --show-error")).ends(0);
            serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {line}: {answer:?}"))
        })
        .collect();
    let [scanned, taken, looked_up] = answers.as_slice() else {
        panic!("three lines: {out}")
    };
    assert_eq!(scanned["verdict"], "match", "{scanned}");
    assert_eq!(scanned["matches"][0]["bank"], "knight-league");
    assert!(taken["item"].is_string(), "{taken}");
    assert_eq!(looked_up["knight-league"][0]["distance"], "0", "{looked_up}");
    look_around(&out);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let tries = lines_to_try(&out);
    assert_eq!(
        place.shell(tries[0]).status,
        Some(7),
        "the service has ended with it"
    );
}

#[test]
fn what_is_not_a_demonstrations_is_not_touched() {
    let place = Place::new();
    place.write("mine/photo.txt", "mine");
    place.write("file", "mine");
    let refused = place.go("demo --into mine").ends(2);
    refused
        .says("mine exists and was not made by basira demo")
        .says("--into");
    place
        .go("demo --into file")
        .ends(2)
        .says("was not made by basira demo");
    assert_eq!(
        (place.read("mine/photo.txt"), place.read("file")),
        ("mine".to_owned(), "mine".to_owned())
    );
    assert_eq!(fs::read_dir(place.files().join("mine")).unwrap().count(), 1);
}
