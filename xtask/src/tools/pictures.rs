//! Real pictures: wallpapers of Debian's packages, downloaded and unpacked below `target/`, never installed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{folder, quietly, retry};
use crate::shell::program;

/// Photographs and paintings, about 190 MB together.
const PACKAGES: [&str; 5] = [
    "plasma-workspace-wallpapers",
    "gnome-backgrounds",
    "mate-backgrounds",
    "lomiri-wallpapers-16.04",
    "ukui-wallpapers",
];

/// Downloads and unpacks the pictures that are missing; returns the folder with one folder a package.
pub(crate) fn install() -> Result<PathBuf> {
    unpack(folder("peers-pictures")?, &PACKAGES)
}

/// Downloads and unpacks Debian's packages that are missing below `home`, into one folder each.
pub(super) fn unpack(home: PathBuf, packages: &[&'static str]) -> Result<PathBuf> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|name| !home.join(name).exists())
        .collect();
    if missing.is_empty() {
        return Ok(home);
    }
    let tools = folder("tools")?;
    let incoming = folder("peers-incoming")?;
    let mut updated = false;
    for name in missing {
        let log = tools.join("apt.log");
        retry(|| {
            let result = quietly(
                program("apt-get").args(["download", name]).current_dir(&incoming),
                &log,
            );
            if result.is_err() && !updated {
                // The lists are missing or old. That needs root; where we are not, the next try says what is wrong.
                updated = quietly(program("apt-get").arg("update"), &tools.join("apt-update.log")).is_ok();
            }
            result
        })
        .with_context(|| {
            format!(
                "real files come from Debian's package {name}; elsewhere, `cargo xtask test --without-peers` \
                 runs the rest"
            )
        })?;
        let package = downloaded(&incoming, name)?;
        let unpacked = incoming.join(name);
        quietly(program("dpkg-deb").arg("-x").arg(&package).arg(&unpacked), &log)?;
        fs::remove_file(&package)?;
        // Renamed into place only when whole, so that an interrupted run starts again with this package.
        fs::rename(&unpacked, home.join(name))?;
    }
    fs::remove_dir_all(&incoming)?;
    Ok(home)
}

fn downloaded(folder: &Path, name: &str) -> Result<PathBuf> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file.starts_with(&format!("{name}_")) && file.ends_with(".deb") {
            return Ok(path);
        }
    }
    bail!("apt-get download {name} left no package in {}", folder.display())
}
