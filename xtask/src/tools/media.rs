//! The programs with which films and sounds are decoded, and made for tests: Debian's FFmpeg.

use anyhow::{Context as _, Result};

use super::{debian_package, retry};
use crate::shell::program;

/// Installs FFmpeg where it is missing.
pub(crate) fn install() -> Result<()> {
    let there = ["ffmpeg", "ffprobe"].into_iter().all(|name| {
        let output = program(name).arg("-version").output();
        output.is_ok_and(|output| output.status.success())
    });
    if there {
        return Ok(());
    }
    retry(|| debian_package("ffmpeg"))
        .context("films and sounds need FFmpeg; where there is no apt-get, install it as your system does")
}

/// Installs Chromaprint's own program where it is missing: a peer.
pub(crate) fn install_fpcalc() -> Result<()> {
    let output = program("fpcalc").arg("-version").output();
    if output.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    retry(|| debian_package("libchromaprint-tools")).context("sounds are compared with Chromaprint's fpcalc")
}
