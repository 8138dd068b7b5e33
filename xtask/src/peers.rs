//! The comparison of hashes with `pdqhash` on real pictures: a test, of a size for CI.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{cargo, program, root, run as execute, target};
use crate::tools::{pictures, python};

/// The interpreter and the pictures.
pub(crate) struct Peers {
    pub(crate) python: PathBuf,
    pub(crate) pictures: PathBuf,
}

/// Installs both where they are missing.
pub(crate) fn install() -> Result<Peers> {
    Ok(Peers {
        python: python::install()?,
        pictures: pictures::install()?,
    })
}

/// `cargo xtask peers`.
pub(crate) fn run() -> Result<()> {
    fidelity()
}

/// Builds the release and holds its hashes against those of `pdqhash`.
pub(crate) fn fidelity() -> Result<()> {
    let peers = install()?;
    execute(cargo().args([
        "build",
        "--quiet",
        "--release",
        "-p",
        "basira-decode",
        "--example",
        "hash_files",
    ]))?;
    execute(
        program(&peers.python)
            .arg(root().join("benches/peers/pdq_fidelity.py"))
            .arg("--pictures")
            .arg(&peers.pictures)
            .arg("--work")
            .arg(target().join("peers-work/fidelity"))
            .arg("--ours")
            .arg(target().join("release/examples/hash_files")),
    )
}
