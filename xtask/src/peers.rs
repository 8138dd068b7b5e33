//! The comparisons of hashes with `pdqhash` on real pictures and with `vpdq` on films of them: tests, of a size for CI.

use std::path::PathBuf;
use std::process::Command;

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

/// Which build of the program is held against the peers.
#[derive(Clone, Copy)]
pub(crate) enum Build {
    /// That of the tests, which is there already and also checks every sum for overflow: building the release too would
    /// take a third of the time that all tests may take.
    Tests,
    /// The program as users get it.
    Release,
}

impl Build {
    /// Makes what the arguments name.
    fn make(self, what: &[&str]) -> Result<()> {
        let mut build = cargo();
        build.args(["build", "--quiet"]).args(self.flag()).args(what);
        execute(&mut build)
    }

    /// What cargo is told.
    fn flag(self) -> Option<&'static str> {
        matches!(self, Self::Release).then_some("--release")
    }

    /// Where cargo puts programs.
    fn folder(self) -> PathBuf {
        target().join(match self {
            Self::Tests => "debug",
            Self::Release => "release",
        })
    }
}

/// `cargo xtask peers`.
pub(crate) fn run(build: Build) -> Result<()> {
    fidelity(build)?;
    api(build)?;
    films(build)
}

/// The program.
pub(crate) fn basira(build: Build) -> Result<PathBuf> {
    build.make(&["-p", "basira"])?;
    Ok(build.folder().join("basira"))
}

/// Holds the hashes of the release against those of `pdqhash`.
pub(crate) fn fidelity(build: Build) -> Result<()> {
    let peers = install()?;
    let ours = basira(build)?;
    let mut compare = program(&peers.python);
    compare.arg(root().join("benches/peers/pdq_fidelity.py"));
    compare.arg("--pictures").arg(&peers.pictures);
    compare.arg("--work").arg(target().join("peers-work/fidelity"));
    compare.arg("--ours").arg(ours);
    execute(&mut compare)
}

/// Holds the service against its own OpenAPI document.
pub(crate) fn api(build: Build) -> Result<()> {
    let peers = install()?;
    let ours = basira(build)?;
    let mut try_all = program(&peers.python);
    try_all.arg(root().join("benches/peers/api.py"));
    try_all.arg("--work").arg(target().join("peers-work/api"));
    try_all.arg("--ours").arg(ours);
    execute(&mut try_all)
}

/// The example that makes and tries bad files.
pub(crate) fn bad_files(build: Build) -> Command {
    let mut tried = cargo();
    tried.args(["run", "--quiet"]).args(build.flag());
    tried.args(["-p", "basira-decode", "--example", "bad_inputs", "--"]);
    tried
}

/// Bad files of others through the sandbox.
pub(crate) fn suites(build: Build) -> Result<()> {
    let mut tried = bad_files(build);
    tried.args(["--files", "0", "--strict"]);
    for folder in suites::install()? {
        tried.arg("--also").arg(folder);
    }
    execute(&mut tried)
}

/// Holds the vPDQ signals of the release against those of `vpdq`, and our comparison against python-threatexchange's.
pub(crate) fn films(build: Build) -> Result<()> {
    let peers = install()?;
    let ours = basira(build)?;
    build.make(&["-p", "basira-fingerprint", "--example", "vpdq_compare"])?;
    let mut held = program(&peers.python);
    held.arg(root().join("benches/peers/vpdq_fidelity.py"));
    held.arg("--pictures").arg(&peers.pictures);
    held.arg("--work").arg(target().join("peers-work/films-fidelity"));
    held.arg("--ours").arg(ours);
    held.arg("--compare")
        .arg(build.folder().join("examples/vpdq_compare"));
    execute(&mut held)
}
