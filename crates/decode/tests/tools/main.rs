//! Film, sound and text in pictures through the programs of the host, in their profile of the sandbox. Needs FFmpeg,
//! Tesseract and strace (`cargo xtask test` installs them).

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

#[path = "../evil/container.rs"]
mod container;
mod films;
mod ocr;
mod stand_in;
mod watched;

use std::fs::File;
use std::path::Path;
use std::process::Command;

use basira_decode::sandbox::{Sandbox, Settings, serve_if_asked};
use basira_decode::{Contents, Request};
use model::HashMode;

/// Has FFmpeg make a file, from words before its name.
fn make(path: &Path, words: &str) {
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(words.split_whitespace())
        .arg(path)
        .status()
        .expect("FFmpeg is not installed; cargo xtask test installs it");
    assert!(status.success(), "ffmpeg {words}");
}

fn look(sandbox: &Sandbox, path: &Path, request: &Request) -> Contents {
    let file = File::open(path).unwrap();
    let size = file.metadata().unwrap().len();
    sandbox.begin(&file, size, request).unwrap().finish()
}

fn request() -> Request {
    Request::new(HashMode::Fast)
}

type Test = fn(&Sandbox, &Path);

fn main() {
    if stand_in::is_one() {
        stand_in::attempt();
    }
    serve_if_asked();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(watched::LOOK) => return watched::look_at(&arguments[1..]),
        Some(stand_in::SUITE) => return stand_in::suite(),
        Some(films::OPEN) => return films::look_without_protection(Path::new(&arguments[1])),
        Some(stand_in::IN_CONTAINER) => {
            container::enter();
            return stand_in::suite();
        }
        _ => {}
    }
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Settings::default()).unwrap();
    let tests: Vec<(&str, Test)> = [films::TESTS, ocr::TESTS, watched::TESTS, stand_in::TESTS].concat();
    for (name, test) in tests {
        test(&sandbox, folder.path());
        println!("test {name} ... ok");
    }
}
