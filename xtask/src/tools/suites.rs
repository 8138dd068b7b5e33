//! What others test their readers with, downloaded and unpacked below `target/`, never installed.
//!
//! The few bad files of the crate `image` lie in its repository alone: no package on crates.io has them. Pillow's are of the
//! same kinds and more: the BMP Suite with its bad ones, and what fuzzers found in its readers.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::pictures::unpack;
use super::{folder, python, quietly, retry};
use crate::shell::program;

/// The sources of Go's library, for its tests' files: PngSuite, and damaged pictures, archives and messages.
const GO: &str = "golang-1.19-src";
/// Folders of them that hold nothing else.
const OF_GO: [&str; 10] = [
    "archive/tar",
    "archive/zip",
    "compress",
    "compress/bzip2",
    "compress/flate",
    "compress/gzip",
    "image",
    "image/png",
    "mime",
    "mime/multipart",
];

/// Pillow's sources, as PyPI has them.
const PILLOW: &str = "Pillow-9.5.0";
const PILLOW_PINNED: &str =
    "pillow==9.5.0 --hash=sha256:bf548479d336726d7a0eceb6e767e179fbde37833ae42794602631a070d630f1\n";

/// The folders, with what is missing downloaded.
pub(crate) fn install() -> Result<Vec<PathBuf>> {
    let home = unpack(folder("peers-suites")?, &[GO])?;
    let source = home.join(GO).join("usr/share/go-1.19/src");
    let mut folders: Vec<PathBuf> = OF_GO
        .iter()
        .map(|name| source.join(name).join("testdata"))
        .collect();
    folders.push(pillow()?);
    for folder in &folders {
        // A suite that is silently not there would be no suite.
        if fs::read_dir(folder).map_or(0, Iterator::count) == 0 {
            bail!(
                "{} has no files; remove target/peers-suites and try again",
                folder.display()
            );
        }
    }
    Ok(folders)
}

fn pillow() -> Result<PathBuf> {
    let home = folder("peers-suites")?;
    let place = home.join(PILLOW);
    let images = place.join("Tests/images");
    if images.exists() {
        return Ok(images);
    }
    // Debian's own Python has no pip.
    let python = python::install()?;
    let (tools, incoming) = (folder("tools")?, folder("peers-incoming")?);
    let pinned = incoming.join("pillow.txt");
    fs::write(&pinned, PILLOW_PINNED)?;
    let words = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary=:all:",
        "--require-hashes",
    ];
    let log = tools.join("pillow.log");
    retry(|| {
        let mut download = program(&python);
        download.args(words).arg("--dest").arg(&incoming);
        quietly(download.arg("--requirement").arg(&pinned), &log)
    })
    .context("bad pictures come from Pillow's sources on PyPI, with pip")?;
    let unpacked = incoming.join(PILLOW);
    let mut tar = program("tar");
    tar.arg("-xzf").arg(incoming.join(format!("{PILLOW}.tar.gz")));
    quietly(
        tar.arg("-C").arg(&incoming).arg(format!("{PILLOW}/Tests/images")),
        &log,
    )?;
    // Renamed into place only when whole.
    fs::rename(&unpacked, &place)?;
    fs::remove_dir_all(&incoming)?;
    Ok(images)
}
