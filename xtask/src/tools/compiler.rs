//! The compiler of C++: libFuzzer is written in it.

use anyhow::{Context as _, Result};

use super::{debian_packages, retry};
use crate::shell::program;

/// Installs a compiler where there is none.
pub(crate) fn install() -> Result<()> {
    let output = program("c++").arg("--version").output();
    if output.is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    retry(|| debian_packages(&["g++"]))
        .context("fuzzing needs a C++ compiler; where there is no apt-get, install it as your system does")
}
