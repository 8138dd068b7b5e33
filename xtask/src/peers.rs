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

/// The program as users get it.
pub(crate) fn basira() -> Result<PathBuf> {
    execute(cargo().args(["build", "--quiet", "--release", "-p", "basira"]))?;
    Ok(target().join("release").join("basira"))
}

/// Holds the hashes of the release against those of `pdqhash`.
pub(crate) fn fidelity() -> Result<()> {
    let peers = install()?;
    let ours = basira()?;
    let mut compare = program(&peers.python);
    compare.arg(root().join("benches/peers/pdq_fidelity.py"));
    compare.arg("--pictures").arg(&peers.pictures);
    compare.arg("--work").arg(target().join("peers-work/fidelity"));
    compare.arg("--ours").arg(ours);
    execute(&mut compare)
}
