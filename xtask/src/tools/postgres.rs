//! A PostgreSQL of its own for the tests of the second engine: Debian's, in a temporary folder, on a socket there, with
//! everything flushed as in production. It is stopped and removed afterwards.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::{debian_packages, quietly, retry};
use crate::shell::{cargo, program, read};

/// What is tested on it: all tests of the store and of the banks and the intake that stand on it.
const SUITES: [&str; 3] = ["store", "intake", "banks"];

/// Tests of the program, over its service and its commands, that are about what is kept; the others read files, and would
/// say the same again. There are fewer kills in those of `crash` than with SQLite.
const PROGRAM: [&str; 10] = [
    "coop::",
    "crash::",
    "data_folder::",
    "hma_curate::",
    "hma_exchanges::",
    "keep::",
    "reports::",
    "resume::",
    "serve::",
    "webhooks::",
];

/// Installs it where it is missing.
pub(crate) fn install() -> Result<()> {
    if programs().is_some() {
        return Ok(());
    }
    retry(|| debian_packages(&["postgresql"])).context(
        "the second engine's tests need PostgreSQL; where there is no apt-get, install it as your system does, with initdb \
         and pg_ctl in the PATH",
    )
}

/// The folder of `initdb` and `pg_ctl`: Debian has them in one for each version, outside of the PATH.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// A server that runs; it ends with this.
struct Server {
    folder: PathBuf,
    programs: PathBuf,
    /// Whose it is, where root started the tests: PostgreSQL does not run as root.
    owner: Option<(u32, u32)>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--silent", "-D"])
            .arg(self.data());
        // What fails here is seen by whoever looks for servers that are left; the tests have ended.
        let _ = stop.stdout(Stdio::null()).status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Server {
    fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        // Not below `target/`: the path of a socket has 107 bytes at most, and its owner may not come through to there.
        let folder = std::env::temp_dir().join(format!("basira-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let owner = owner()?;
        if let Some((user, group)) = owner {
            chown(&folder, Some(user), Some(group)).context("cannot give a folder to PostgreSQL's user")?;
        }
        let server = Self {
            folder,
            programs,
            owner,
        };
        let log = super::folder("tools")?.join("postgres.log");
        let mut init = server.command("initdb");
        init.args([
            "--username=basira",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
        ]);
        quietly(init.arg(server.data()), &log)?;
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=400",
            server.folder.display()
        );
        let mut start = server.command("pg_ctl");
        start.args(["start", "--wait", "--silent", "--options", &options, "--log"]);
        start.arg(server.folder.join("log")).arg("-D").arg(server.data());
        quietly(&mut start, &log)?;
        Ok(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = program(self.programs.join(name));
        command.current_dir(&self.folder);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    /// As the tests take it.
    fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://basira@{folder}/postgres")
    }
}

/// The user of Debian's PostgreSQL where this program is root; its server refuses to be.
fn owner() -> Result<Option<(u32, u32)>> {
    let number = |words: &[&str]| -> Result<u32> {
        let said = read(program("id").args(words))?;
        said.trim().parse().with_context(|| format!("`id` said {said:?}"))
    };
    if number(&["-u"])? != 0 {
        return Ok(None);
    }
    let user =
        number(&["-u", "postgres"]).context("there is no user named postgres, who would run the server")?;
    Ok(Some((user, number(&["-g", "postgres"])?)))
}

/// Runs the suites on it, and says how many tests passed.
pub(crate) fn suites() -> Result<()> {
    let server = Server::start()?;
    let test = || {
        let mut test = cargo();
        // All of the workspace, of which these are chosen: nothing is built that was not built for the other engine.
        test.args(["test", "--workspace", "--no-fail-fast"])
            .env("BASIRA_TEST_DATABASE", server.url());
        test
    };
    let rooms = run(test().args(SUITES.iter().flat_map(|suite| ["--test", suite])))?;
    let program = run(test().args(["--test", "cli", "--"]).args(PROGRAM))?;
    println!("{} tests passed on PostgreSQL", rooms + program);
    Ok(())
}

/// Runs tests; gives how many passed. What they print goes to the log when one fails.
fn run(test: &mut Command) -> Result<u64> {
    let line = crate::shell::text(test);
    let output = test.stdin(Stdio::null()).output().context("cannot start cargo")?;
    let (said, noted) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    if !output.status.success() {
        bail!("`{line}` ended with {}:\n{said}\n{noted}", output.status);
    }
    for reason in noted.lines().filter(|line| line.starts_with("ONLY WITH")) {
        println!("{reason}");
    }
    let passed = said.lines().filter_map(crate::soak::passed).sum();
    if passed == 0 {
        bail!("`{line}` ran no test");
    }
    println!("{passed} passed: {line}");
    Ok(passed)
}
