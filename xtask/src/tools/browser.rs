//! Chromium, from Debian, and what drives it, from npm: the console is tested in a real browser.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{debian_packages, folder, quietly, retry};
use crate::shell::{program, root, run as execute, target};

/// Where Debian puts it; `CHROMIUM` names another.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The tests, and what they need, pinned.
const FILES: [&str; 8] = [
    "package.json",
    "package-lock.json",
    "service.mjs",
    "console.test.mjs",
    "sign_in.test.mjs",
    "reports.test.mjs",
    "keyboard.test.mjs",
    "screenshots.mjs",
];

fn chromium() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| CHROMIUM.to_owned())
}

/// Installs what is missing.
pub(crate) fn install() -> Result<()> {
    if !Path::new(&chromium()).is_file() {
        retry(|| debian_packages(&["chromium"])).context(
            "the console is tested in Chromium; where there is no apt-get, install it as your system does, and name it by \
             CHROMIUM",
        )?;
    }
    let has = |name: &str| {
        let output = program(name).arg("--version").output();
        output.is_ok_and(|output| output.status.success())
    };
    if !has("node") || !has("npm") {
        retry(|| debian_packages(&["nodejs", "npm"]))
            .context("the browser is driven by Node; where there is no apt-get, install it with npm as your system does")?;
    }
    let place = folder("browser")?;
    for name in FILES {
        let source = root().join("xtask/browser").join(name);
        fs::copy(&source, place.join(name)).with_context(|| format!("cannot copy {}", source.display()))?;
    }
    retry(|| {
        let mut npm = program("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(&place);
        quietly(&mut npm, &place.join("npm.log"))
    })
    .context("what drives the browser comes from npm")
}

/// Runs the tests of the console with the program that the tests of the workspace have left.
pub(crate) fn run() -> Result<()> {
    let mut node = node()?;
    let tests = FILES.iter().filter(|name| name.ends_with(".test.mjs"));
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(tests);
    execute(&mut node)
}

/// Makes the pictures of the README.
pub(crate) fn screenshots() -> Result<()> {
    let mut node = node()?;
    node.arg("screenshots.mjs").arg(root().join("docs/screenshots"));
    execute(&mut node)
}

/// Node, where the browser and the program are known to it.
fn node() -> Result<Command> {
    let basira = target().join("debug/basira");
    ensure!(
        basira.is_file(),
        "{} is not there; cargo build makes it",
        basira.display()
    );
    let mut node = program("node");
    node.current_dir(target().join("browser"))
        .env("BASIRA", basira)
        .env("CHROMIUM", chromium());
    Ok(node)
}
