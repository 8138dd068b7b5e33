//! The command line beside a running service: it changes banks through the service's socket.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{nudged, pdq, photo, png};
use crate::place::{Place, Run};
use crate::server::{Client, Server};

/// Commands that change banks, good ones and bad ones.
const LINES: [&str; 27] = [
    "bank create known",
    "bank create known",
    "bank create flags --allow",
    "bank list",
    "bank add known --json a.png below/b.png",
    "bank add known a.png broken.png missing.png",
    "bank add flags b.png --label flag",
    "bank add known --signal md5=900150983cd24fb0d6963f7d28e17f72 --note May --trust shadow",
    "bank add known --signal md5=900150983cd24fb0d6963f7d28e17f7",
    "bank add nowhere a.png",
    "bank add known sound.wav",
    "bank import known list.csv --json --trust active",
    "bank import known list.csv --quiet",
    "bank label known 1 --add chess --add league",
    "bank label known 1 --remove chess",
    "bank label flags 1 --add chess",
    "bank trust known 1 disputed",
    "bank revoke known 1",
    "bank trust known 1 active",
    "bank confirm known 2",
    "bank confirm known 2 --undo",
    "bank expire known 2 2999-01-31T00:00:00Z",
    "bank expire known 2 never",
    "bank disable known",
    "bank enable known",
    "bank remove known 2",
    "bank remove known 2",
];

fn with_files() -> Place {
    let place = Place::new();
    place.write("a.png", png(1));
    place.write("b.png", png(2));
    place.write("below/b.png", png(2));
    place.write("broken.png", &png(3)[..2_000]);
    place.write("sound.wav", "RIFF");
    let mut list = "type,value,quality\nmd5,none,\n".to_owned();
    for number in 0..2_500 {
        list.push_str(&format!("md5,{number:032x},\n"));
    }
    list.push_str(&format!("pdq,{},90\n", nudged(pdq(&png(4)).0, 3)));
    place.write("list.csv", list);
    place
}

fn all(run: &Run) -> (Option<i32>, &str, &str) {
    (run.status, &run.out, &run.err)
}

/// What the log says that was changed by the command line.
fn changed_here(admin: &Client) -> Vec<(String, Value)> {
    let log = admin.get("/v1/log?limit=1000").expect(200);
    let records = log["items"].as_array().unwrap().iter();
    let ours = records.filter(|record| record["body"]["by"] == "local");
    ours.map(|record| {
        (
            record["kind"].as_str().unwrap().to_owned(),
            record["body"].clone(),
        )
    })
    .collect()
}

#[test]
fn commands_do_and_say_the_same_with_a_service_and_without() {
    let (alone, beside) = (with_files(), with_files());
    let server = Server::start(&beside);
    for line in LINES {
        let (without, with) = (alone.go(line), beside.go(line));
        assert_eq!(all(&with), all(&without), "{line}");
    }
    for line in [
        "bank export known",
        "bank export flags --form ndjson",
        "match --json a.png b.png",
    ] {
        let (without, with) = (alone.go(line), beside.go(line));
        assert_eq!(all(&with), all(&without), "{line}");
        assert!(!with.out.is_empty());
    }
    // Thumbnails and windows of a picture came along: an edited copy is found.
    let (without, with) = (alone.go("scan . --json -q"), beside.go("scan . --json -q"));
    assert_eq!(with.rows().len(), without.rows().len());
    let log = changed_here(&server.administrator());
    let kinds: Vec<&str> = log.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "bank_created").count(), 2);
    assert_eq!(kinds.iter().filter(|kind| **kind == "entry_removed").count(), 1);
    let listed = log.iter().find(|(_, body)| body["to"].is_string()).unwrap();
    assert_eq!(
        listed.1["entry"], "7",
        "a list is noted by its first and its last entry"
    );
    // The log of a command line without a service has the same records, beside the first key and the first
    // invitation.
    let records = |place: &Place| {
        place.go("verify --json").ends(0).rows()[0]["records"]
            .as_i64()
            .unwrap()
    };
    let batches = 2 * 2;
    assert_eq!(records(&beside) - 2 - batches, records(&alone));
}

#[test]
fn what_the_command_line_adds_is_matched_by_the_next_request() {
    let place = with_files();
    let server = Server::start(&place);
    let admin = server.administrator();
    let copy = encode::jpeg(&photo(1), 80);
    let verdict = || admin.bytes("/v1/scan", &copy).expect(200)["verdict"].clone();
    place.go("bank create known").ends(0);
    assert_eq!(verdict(), "no_match");
    let entry = place.add("known", ["a.png"]);
    assert_eq!(verdict(), "match");
    place.go("bank disable known").ends(0);
    assert_eq!(verdict(), "no_match");
    place.go("bank enable known").ends(0);
    assert_eq!(verdict(), "match");
    place.go(&format!("bank remove known {entry}")).ends(0);
    assert_eq!(verdict(), "no_match");
    place.go("bank import known list.csv --trust active -q").ends(2);
    let listed = encode::jpeg(&photo(4), 90);
    let found = admin.bytes("/v1/scan", &listed).expect(200);
    assert_eq!(found["verdict"], "match", "{found}");
    // What only reads goes on as well.
    place.go("verify").ends(0).prints("each fits those before it");
    place.go("backup ../copy").ends(0);
    assert_eq!(place.verdict("a.png"), "no_match");
    assert_eq!(server.stop(), Some(0));
    assert!(!place.data().join("socket").exists());
}

#[test]
fn a_killed_service_leaves_nothing_in_the_way() {
    let place = with_files();
    let server = Server::start(&place);
    let socket = place.data().join("socket");
    let kept = fs::metadata(&socket).unwrap();
    assert!(kept.file_type().is_socket());
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    server.kill();
    assert!(socket.exists());
    place.go("bank create alone").ends(0);
    let server = Server::start(&place);
    place.go("bank create beside").ends(0);
    assert_eq!(server.stop(), Some(0));
    let banks = place.go("bank list --json").ends(0).rows();
    assert_eq!(banks.len(), 2);
}

#[test]
fn a_long_path_has_its_socket_too() {
    let place = with_files();
    let data = place.files().join("long-".repeat(30)).join("data");
    let with_data = |line: &str| {
        let mut command = place.basira(line.split(' '));
        command.env("BASIRA_DATA", &data);
        command
    };
    let server = Server::spawn(with_data("serve --listen 127.0.0.1:0"));
    Run::of(&mut with_data("bank create known")).ends(0);
    Run::of(&mut with_data("bank add known a.png")).ends(0);
    let banks = server.administrator().get("/v1/banks").expect(200);
    assert_eq!(banks["items"][0]["entries"], 1);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn commands_at_the_same_time_all_get_their_way() {
    let place = with_files();
    let server = Server::start(&place);
    place.go("bank create known").ends(0);
    let add = |number: u32| {
        let signal = format!("--signal=md5={number:032x}");
        place
            .basira(["bank", "add", "known", "--json", &signal])
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..8).map(add).collect();
    let admin = server.administrator();
    for number in 100..108 {
        let signals = json!([{"type": "md5", "value": format!("{number:032x}")}]);
        admin
            .post("/v1/banks/known/entries", json!({"signals": signals}))
            .expect(201);
    }
    for child in children {
        Run::from(child.wait_with_output().unwrap()).ends(0);
    }
    assert_eq!(admin.get("/v1/banks/known").expect(200)["entries"], 16);
}

#[test]
fn an_interrupted_command_ends_and_the_service_goes_on() {
    let place = with_files();
    let server = Server::start(&place);
    place.go("bank create known").ends(0);
    let pipe = place.files().join("slow.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut import = place
        .basira(["bank", "import", "known", "slow.csv"])
        .spawn()
        .unwrap();
    let mut list = fs::File::options().write(true).open(&pipe).unwrap();
    let mut rows = "type,value\n".to_owned();
    for number in 0..1_500 {
        rows.push_str(&format!("md5,{number:032x}\n"));
    }
    list.write_all(rows.as_bytes()).unwrap();
    let entries = || {
        place.go("bank list --json").ends(0).rows()[0]["entries"]
            .as_u64()
            .unwrap()
    };
    let begun = Instant::now();
    while entries() < 1_000 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(10));
    }
    // Others are not held up by a list that comes slowly.
    place.go("bank create second").ends(0);
    let interrupt = ["-INT".to_owned(), import.id().to_string()];
    assert!(Command::new("kill").args(interrupt).status().unwrap().success());
    assert!(!import.wait().unwrap().success());
    drop(list);
    assert_eq!(
        entries(),
        1_000,
        "what was added stays, and nothing comes after it"
    );
    server.administrator().get("/v1/banks/second").expect(200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn the_socket_serves_its_owner_without_a_key_and_nobody_else() {
    let place = with_files();
    let server = Server::start(&place);
    place.go("bank create known").ends(0);
    let socket = place.data().join("socket");
    let ask = |program: &[&str]| {
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).arg("--unix-socket").arg(&socket);
        command
            .args(["-s", "http://localhost/v1/banks"])
            .output()
            .unwrap()
    };
    let answer: Value = serde_json::from_slice(&ask(&["curl"]).stdout).unwrap();
    assert_eq!(answer["items"][0]["name"], "known");
    // Only root can become somebody else, to try it with the modes of all files out of the way.
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if is_root {
        let root = place.data().parent().unwrap().to_owned();
        for (path, mode) in [(&root, 0o755), (&place.data(), 0o755), (&socket, 0o666)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        let nobody = [
            "setpriv",
            "--reuid=65534",
            "--clear-groups",
            "--regid=65534",
            "curl",
        ];
        let refused = ask(&nobody);
        assert!(
            !refused.status.success() && refused.stdout.is_empty(),
            "{refused:?}"
        );
    }
    drop(server);
}
