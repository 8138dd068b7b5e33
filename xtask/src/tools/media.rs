//! The programs with which films and sounds are decoded and made for tests, text in pictures is read and written, and tests
//! watch what a program does, and what is said to be tried by curl is tried: Debian's.

use anyhow::{Context as _, Result};

use super::{debian_packages, retry};
use crate::shell::program;

/// Programs, with words at which they only say something of themselves.
const PROGRAMS: [(&str, &str); 5] = [
    ("ffmpeg", "-version"),
    ("ffprobe", "-version"),
    ("tesseract", "--list-langs"),
    ("strace", "--version"),
    ("curl", "--version"),
];

/// Debian's names of the packages: English comes with Tesseract, and the fonts are what pictures of text are made with.
const PACKAGES: [&str; 6] = [
    "ffmpeg",
    "tesseract-ocr",
    "tesseract-ocr-ara",
    "fonts-dejavu-core",
    "strace",
    "curl",
];

/// Installs what is missing.
pub(crate) fn install() -> Result<()> {
    let all_there = PROGRAMS.into_iter().all(|(name, words)| {
        let output = program(name).arg(words).output();
        let reads_arabic = |said: &[u8]| String::from_utf8_lossy(said).lines().any(|line| line == "ara");
        output.is_ok_and(|output| {
            output.status.success() && (name != "tesseract" || reads_arabic(&output.stdout))
        })
    });
    if all_there {
        return Ok(());
    }
    retry(|| debian_packages(&PACKAGES)).context(
        "the tests need FFmpeg, Tesseract with Arabic and English, strace and curl; where there is no apt-get, install \
         them as your system does",
    )
}

/// Installs Chromaprint's own program where it is missing: a peer.
pub(crate) fn install_fpcalc() -> Result<()> {
    let output = program("fpcalc").arg("-version").output();
    if output.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    retry(|| debian_packages(&["libchromaprint-tools"]))
        .context("sounds are compared with Chromaprint's fpcalc")
}
