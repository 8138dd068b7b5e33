//! What is shipped beside the program: the unit of systemd and the container file, as far as this machine can check them.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::place::Place;
use crate::server::Server;

fn shipped(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../dist", name].iter().collect()
}

#[test]
fn the_service_manager_is_told_when_it_is_ready_and_when_it_stops() {
    let place = Place::new();
    let path = place.files().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let told = || {
        let mut state = [0; 200];
        let length = socket.recv(&mut state).unwrap();
        String::from_utf8(state[..length].to_vec()).unwrap()
    };
    let mut command = place.basira(["serve", "--listen", "127.0.0.1:0"]);
    command.env("NOTIFY_SOCKET", &path);
    let server = Server::spawn(command);
    assert!(told().starts_with("READY=1\n"));
    server.anonymous().get("/health/ready").expect(200);
    assert_eq!(server.stop(), Some(0));
    assert!(told().starts_with("STOPPING=1\n"));
}

#[test]
fn systemd_reads_the_unit() {
    let unit = fs::read_to_string(shipped("basira.service")).unwrap();
    // The program of this build in the place of the installed one, which need not be there; the user neither.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("basira.service");
    let here = unit
        .replace("/usr/local/bin/basira", env!("CARGO_BIN_EXE_basira"))
        .replace("=basira\n", "=root\n");
    assert_ne!(here, unit);
    fs::write(&copy, here).unwrap();
    let verified = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&copy)
        .output();
    let Ok(verified) = verified else {
        println!("systemd-analyze is not installed: the unit was not verified");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    let about: Vec<_> = said
        .lines()
        .filter(|line| line.contains("basira.service"))
        .collect();
    assert!(verified.status.success() && about.is_empty(), "{said}");
}

#[test]
fn what_is_shipped_names_settings_that_there_are() {
    let place = Place::new();
    let example = place.go("config example").ends(0).out;
    for name in ["basira.service", "Containerfile"] {
        let text = fs::read_to_string(shipped(name)).unwrap();
        let variables = text
            .split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
            .filter(|word| word.starts_with("BASIRA_"));
        let mut count = 0;
        for variable in variables.filter(|variable| *variable != "BASIRA_CONFIG") {
            assert!(example.contains(&format!(", {variable}")), "{name}: {variable}");
            count += 1;
        }
        assert!(count >= 3, "{name}");
    }
    let container = fs::read_to_string(shipped("Containerfile")).unwrap();
    assert!(container.contains("\nUSER 10001:10001\n"), "not as root");
}
