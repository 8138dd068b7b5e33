//! cargo-deny: licences, bans, sources, and advisories where their database can be reached.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{folder, quietly, retry};
use crate::fuzz::MANIFEST;
use crate::shell::{cargo, program, run};

/// Pinned, so that a new release never breaks an old commit.
const VERSION: &str = "0.20.2";

/// Builds cargo-deny where this version is missing (unoptimised: it runs for a second) and returns its path.
pub(crate) fn install() -> Result<PathBuf> {
    let tools = folder("tools")?;
    let home = tools.join(format!("cargo-deny-{VERSION}"));
    let binary = home.join("bin").join("cargo-deny");
    if binary.exists() {
        return Ok(binary);
    }
    let build = tools.join("cargo-deny-build");
    retry(|| {
        let mut install = cargo();
        install
            .args(["install", "--quiet", "--locked", "--debug", "--root"])
            .arg(&home)
            .arg(format!("cargo-deny@{VERSION}"))
            .env("CARGO_TARGET_DIR", &build)
            .env("CARGO_PROFILE_DEV_DEBUG", "0");
        quietly(&mut install, &tools.join("cargo-deny.log"))
    })?;
    // What is left of the build is large and of no further use; that it may stay behind does no harm.
    let _ = fs::remove_dir_all(build);
    Ok(binary)
}

/// Checks the dependencies of the workspace.
pub(crate) fn check(binary: &Path) -> Result<()> {
    let deny = || program(binary);
    run(deny()
        .args(["check", "--hide-inclusion-graph"])
        // libFuzzer's is of the other workspace.
        .args(["--allow", "license-exception-not-encountered"])
        .args(["licenses", "bans", "sources"]))?;
    // The fuzz targets are a workspace of their own, which lacks much of what the lists name.
    run(deny()
        .args(["--manifest-path", MANIFEST, "--config", "deny.toml", "check"])
        .args(["--hide-inclusion-graph", "--allow", "license-not-encountered"])
        .args(["--allow", "license-exception-not-encountered"])
        .args(["licenses", "bans", "sources"]))?;
    match quietly(deny().arg("fetch"), &folder("tools")?.join("advisories.log")) {
        Ok(()) => run(deny().args(["--offline", "check", "--hide-inclusion-graph", "advisories"])),
        Err(error) => {
            let why = format!("{error:#}");
            let why = why.lines().last().unwrap_or_default();
            println!("\nNOT CHECKED: ADVISORIES. THEIR DATABASE CANNOT BE REACHED FROM HERE:\n  {why}");
            Ok(())
        }
    }
}
