//! The comparisons of hashes with `pdqhash` on real pictures and with `vpdq` on films of them: tests, of a size for CI.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

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
    /// That which the tests of the workspace have left, which also checks every sum for overflow. It is not made here:
    /// building a part of the workspace has other features, and so builds most of it again.
    Tests,
    /// The program as users get it.
    Release,
}

impl Build {
    /// A program: what cargo is told to make it, and where it lies in the folder of the build.
    fn program(self, what: &[&str], place: &str) -> Result<PathBuf> {
        let folder = match self {
            Self::Tests => "debug",
            Self::Release => {
                execute(cargo().args(["build", "--quiet", "--release"]).args(what))?;
                "release"
            }
        };
        let program = target().join(folder).join(place);
        ensure!(
            program.exists(),
            "{} is not there; cargo test --workspace makes it",
            program.display()
        );
        Ok(program)
    }

    /// An example of a room.
    fn example(self, room: &str, name: &str) -> Result<PathBuf> {
        let package = format!("basira-{room}");
        self.program(&["-p", &package, "--example", name], &format!("examples/{name}"))
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
    build.program(&["-p", "basira"], "basira")
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
pub(crate) fn bad_files(build: Build) -> Result<Command> {
    Ok(program(build.example("decode", "bad_inputs")?))
}

/// Bad files of others through the sandbox.
pub(crate) fn suites(build: Build) -> Result<()> {
    let mut tried = bad_files(build)?;
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
    let compare = build.example("fingerprint", "vpdq_compare")?;
    let mut held = program(&peers.python);
    held.arg(root().join("benches/peers/vpdq_fidelity.py"));
    held.arg("--pictures").arg(&peers.pictures);
    held.arg("--work").arg(target().join("peers-work/films-fidelity"));
    held.arg("--ours").arg(ours);
    held.arg("--compare").arg(compare);
    execute(&mut held)
}
