//! A private PostgreSQL, which ends with the test.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running server with one database, reached by a socket in a folder of its own.
pub(crate) struct Postgres {
    child: Child,
    programs: PathBuf,
    folder: TempDir,
}

/// Where the programs of a PostgreSQL server are: on the path, or where Debian keeps them.
fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&on_path).collect();
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "psql"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    folders
        .into_iter()
        .find(has_all)
        .expect("this test needs a PostgreSQL server: install it, on Debian by: apt-get install postgresql")
}

/// A program that runs as somebody who is not root, for PostgreSQL refuses root.
fn unprivileged(program: &Path, is_root: bool) -> Command {
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program);
    command
}

fn done(output: Output) {
    assert!(output.status.success(), "{output:?}");
}

impl Postgres {
    /// One without flushes, for what is only read.
    pub(crate) fn start() -> Self {
        Self::launch(&["-h", "", "-c", "fsync=off"], &[])
    }

    /// One that is reached over TLS alone, at a port of 127.0.0.1, by the password `hush`. `cert` and `key` are in PEM.
    pub(crate) fn start_with_tls(port: u16, cert: &str, key: &str) -> Self {
        let port = port.to_string();
        let options = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-c",
            "ssl=on",
            "-c",
            "password_encryption=scram-sha-256",
        ];
        let entry = "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
        let files = [("server.crt", cert), ("server.key", key), ("pg_hba.conf", entry)];
        let this = Self::launch(&options, &files);
        this.run("ALTER ROLE tester PASSWORD 'hush'");
        this
    }

    /// One with these options, and these files in its data folder.
    fn launch(options: &[&str], files: &[(&str, &str)]) -> Self {
        let programs = programs();
        // Its path must fit a socket's, and others must get to it.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let is_root = fs::metadata(folder.path()).unwrap().uid() == 0;
        let own = folder.path().join("own");
        fs::create_dir(&own).unwrap();
        if is_root {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
            chown(&own, Some(65534), Some(65534)).unwrap();
        }
        let data = own.join("data");
        let mut init = unprivileged(&programs.join("initdb"), is_root);
        init.args([
            "--no-sync",
            "--auth=trust",
            "--username=tester",
            "--encoding=UTF8",
            "--no-locale",
            "-D",
        ]);
        done(init.arg(&data).current_dir(&own).output().unwrap());
        for (name, text) in files {
            let file = data.join(name);
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            if is_root {
                chown(&file, Some(65534), Some(65534)).unwrap();
            }
        }
        let mut server = unprivileged(&programs.join("postgres"), is_root);
        server
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&own)
            .args(options)
            .current_dir(&own)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let this = Self {
            child: server.spawn().unwrap(),
            programs,
            folder,
        };
        let begun = Instant::now();
        while !this.psql("SELECT 1").status.success() {
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        this
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("own")
    }

    fn psql(&self, sql: &str) -> Output {
        let mut command = Command::new(self.programs.join("psql"));
        // Its port is in the name of its socket.
        let sockets = fs::read_dir(self.socket()).unwrap().flatten();
        let names = sockets.filter_map(|entry| entry.file_name().into_string().ok());
        let ports = names.filter_map(|name| name.strip_prefix(".s.PGSQL.")?.parse::<u16>().ok());
        command.envs(ports.map(|port| ("PGPORT", port.to_string())));
        command.args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "tester",
            "-d",
            "postgres",
            "-c",
            sql,
            "-h",
        ]);
        command.arg(self.socket()).output().unwrap()
    }

    /// Runs SQL.
    #[track_caller]
    pub(crate) fn run(&self, sql: &str) {
        done(self.psql(sql));
    }

    /// The address of the database, as HMA would be told it.
    pub(crate) fn url(&self) -> String {
        let host = self.socket().display().to_string().replace('/', "%2F");
        format!("postgresql+psycopg2://tester@{host}/postgres")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It ends by itself when it is told so, with all of its processes.
        let _ = Command::new("kill")
            .arg("-INT")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}
