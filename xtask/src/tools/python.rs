//! The Python packages that results are compared with, in an environment of their own.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{debian_packages, folder, quietly, retry};
use crate::shell::{program, root};

/// Debian's packages from which vpdq is built.
const VPDQ_NEEDS: [&str; 5] = [
    "pkg-config",
    "cmake",
    "python3-dev",
    "libavdevice-dev",
    "libavfilter-dev",
];

/// Makes the environment where it is missing or its list of packages has changed; returns its interpreter.
pub(crate) fn install() -> Result<PathBuf> {
    let list = root().join("benches/peers/requirements.txt");
    let wanted = fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let tools = folder("tools")?;
    let home = folder("peers-venv")?;
    let python = home.join("bin").join("python");
    let installed = home.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    let venv = || {
        quietly(
            program("python3").args(["-m", "venv", "--clear"]).arg(&home),
            &tools.join("venv.log"),
        )
    };
    venv()
        .or_else(|_| debian_packages(&["python3-venv"]).and_then(|()| venv()))
        .context("Python 3.11 or newer with `venv` is needed (Debian: apt-get install python3-venv)")?;
    // pdqhash comes as source: C++.
    quietly(program("c++").arg("--version"), &tools.join("c++.log"))
        .or_else(|_| debian_packages(&["g++"]))
        .context("a C++ compiler is needed to build pdqhash (Debian: apt-get install g++)")?;
    // vpdq comes as source too, which needs FFmpeg's libraries.
    quietly(
        program("pkg-config").args(["--exists", "libavdevice", "libavfilter", "libswscale"]),
        &tools.join("pkg-config.log"),
    )
    .or_else(|_| debian_packages(&VPDQ_NEEDS))
    .context("the libraries of FFmpeg are needed to build vpdq")?;
    let words = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--prefer-binary",
        "--requirement",
    ];
    retry(|| quietly(program(&python).args(words).arg(&list), &tools.join("pip.log"))).context(
        "the peers come from PyPI; without network, `cargo xtask test --without-peers` runs the rest",
    )?;
    fs::write(&installed, wanted)?;
    Ok(python)
}
