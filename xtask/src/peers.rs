//! The comparisons of hashes with `pdqhash` on real pictures and with `vpdq` on films of them: tests, of a size for CI.

use std::path::PathBuf;

use anyhow::Result;

use crate::shell::{cargo, program, root, run as execute, target};
use crate::tools::{pictures, python, suites};

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
    fidelity()?;
    api()?;
    films()
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

/// Holds the service against its own OpenAPI document.
pub(crate) fn api() -> Result<()> {
    let peers = install()?;
    let ours = basira()?;
    let mut try_all = program(&peers.python);
    try_all.arg(root().join("benches/peers/api.py"));
    try_all.arg("--work").arg(target().join("peers-work/api"));
    try_all.arg("--ours").arg(ours);
    execute(&mut try_all)
}

/// Bad files of others through the sandbox.
pub(crate) fn suites() -> Result<()> {
    let mut tried = cargo();
    tried.args(crate::BAD_FILES).args(["--files", "0", "--strict"]);
    for folder in suites::install()? {
        tried.arg("--also").arg(folder);
    }
    execute(&mut tried)
}

/// Holds the vPDQ signals of the release against those of `vpdq`, and our comparison against python-threatexchange's.
pub(crate) fn films() -> Result<()> {
    let peers = install()?;
    let ours = basira()?;
    let compare = ["build", "--quiet", "--release", "-p", "basira-fingerprint"];
    execute(cargo().args(compare).args(["--example", "vpdq_compare"]))?;
    let mut held = program(&peers.python);
    held.arg(root().join("benches/peers/vpdq_fidelity.py"));
    held.arg("--pictures").arg(&peers.pictures);
    held.arg("--work").arg(target().join("peers-work/films-fidelity"));
    held.arg("--ours").arg(ours);
    held.arg("--compare")
        .arg(target().join("release/examples/vpdq_compare"));
    execute(&mut held)
}
