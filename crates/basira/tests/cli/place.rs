//! A place for one test, and running the program in it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testkit::encode;

use crate::pictures::{photo, png};

/// A temporary folder with a data folder, a key and a folder of files, in which the program runs.
pub(crate) struct Place {
    root: TempDir,
}

/// What a run of the program left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("files")).unwrap();
        Self { root }
    }

    /// A place with an empty bank `known`.
    pub(crate) fn with_bank() -> Self {
        let place = Self::new();
        place.go("bank create known").ends(0);
        place
    }

    /// A place whose bank `known` has one picture, `banked.png`, with a copy of it, `copy.jpg`.
    pub(crate) fn with_copy() -> Self {
        let place = Self::with_bank();
        place.write("banked.png", png(1));
        place.write("copy.jpg", encode::jpeg(&photo(1), 80));
        place.add("known", ["banked.png"]);
        place
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.root.path().join("key")
    }

    /// Where the banks are, if the suite runs on PostgreSQL: in a schema of this place's own.
    pub(crate) fn database(&self) -> Option<String> {
        let server = std::env::var("BASIRA_TEST_DATABASE").ok()?;
        Some(testkit::schema_url(&server, &self.data()))
    }

    /// PostgreSQL as another program sees it, if the suite runs on it.
    fn postgres(&self) -> Option<postgres::Client> {
        let url = self.database()?;
        let (server, schema) = url.split_once("?schema=").unwrap();
        let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
        client
            .batch_execute(&format!("SET search_path TO {schema}"))
            .unwrap();
        Some(client)
    }

    /// Changes the database as no program does; gives how many rows were changed.
    pub(crate) fn alter(&self, sql: &str) -> u64 {
        match self.postgres() {
            Some(mut client) => client.execute(sql, &[]).unwrap(),
            None => {
                let database = rusqlite::Connection::open(self.data().join("basira.db")).unwrap();
                database.execute(sql, []).unwrap() as u64
            }
        }
    }

    /// The number that a statement gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.number_on_postgres(sql).unwrap_or_else(|| {
            let database = rusqlite::Connection::open(self.data().join("basira.db")).unwrap();
            database.query_row(sql, [], |row| row.get(0)).unwrap()
        })
    }

    /// The number that a statement gives, if the suite runs on PostgreSQL; of a table that is not there (yet), 0.
    pub(crate) fn number_on_postgres(&self, sql: &str) -> Option<i64> {
        let row = self.postgres()?.query_one(sql, &[]);
        Some(row.map_or(0, |row| row.get(0)))
    }

    /// Loses everything that was kept but the key.
    pub(crate) fn lose(&self) {
        fs::remove_dir_all(self.data()).unwrap();
        if let (Some(mut client), Some(url)) = (self.postgres(), self.database()) {
            let schema = url.split_once("?schema=").unwrap().1.to_owned();
            client
                .batch_execute(&format!("DROP SCHEMA {schema} CASCADE"))
                .unwrap();
        }
    }

    /// Whether the suite runs on PostgreSQL, where a test has nothing to look at; the reason is shown.
    pub(crate) fn only_sqlite(&self, reason: &str) -> bool {
        let on_postgres = self.database().is_some();
        if on_postgres {
            // Not by `println!`, which is kept back of a test that passes.
            let mut shown = std::io::stderr();
            writeln!(shown, "ONLY WITH SQLITE: {reason}").unwrap();
        }
        on_postgres
    }

    /// The folder of files, in which the program runs.
    pub(crate) fn files(&self) -> PathBuf {
        self.root.path().join("files")
    }

    /// Writes a file, making its folders.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.files().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.files().join(name)).unwrap()
    }

    /// A command that runs in this place, with nothing of the developer's own settings.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.files())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.root.path().join("home"))
            .env("USER", "tester")
            .envs(self.database().map(|url| ("BASIRA_POSTGRES", url)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// The program with its data folder and key.
    pub(crate) fn basira<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_basira"));
        command
            .env("BASIRA_DATA", self.data())
            .env("BASIRA_KEY", self.key())
            .args(arguments);
        command
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        Run::of(&mut self.basira(arguments))
    }

    /// Runs the program with arguments that are separated by spaces.
    pub(crate) fn go(&self, line: &str) -> Run {
        self.run(line.split(' '))
    }

    /// Runs a line of shell in which `$basira` is the program.
    pub(crate) fn shell(&self, line: &str) -> Run {
        let mut command = self.command("sh");
        command
            .env("basira", env!("CARGO_BIN_EXE_basira"))
            .env("BASIRA_DATA", self.data())
            .env("BASIRA_KEY", self.key())
            .args(["-c", line]);
        Run::of(&mut command)
    }

    /// Adds files to a bank and gives the number of the first new entry.
    pub(crate) fn add<S: AsRef<OsStr>>(&self, bank: &str, arguments: impl IntoIterator<Item = S>) -> i64 {
        let mut command = self.basira(["bank", "add", "--json", bank]);
        let rows = Run::of(command.args(arguments)).ends(0).rows();
        rows[0]["entry"].as_i64().unwrap()
    }

    /// The one row of `basira match FILE`.
    pub(crate) fn look_up(&self, file: &str) -> Value {
        let mut rows = self.run(["match", "--json", file]).rows();
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    pub(crate) fn verdict(&self, file: &str) -> String {
        self.look_up(file)["verdict"].as_str().unwrap().to_owned()
    }

    /// Bytes in the data folder.
    pub(crate) fn stored_bytes(&self) -> u64 {
        let files = fs::read_dir(self.data()).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    }
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// Checks the exit status, and that nothing panicked.
    #[track_caller]
    pub(crate) fn ends(self, status: i32) -> Self {
        assert!(!self.err.contains("panicked"), "{self:#?}");
        assert_eq!(self.status, Some(status), "{self:#?}");
        self
    }

    /// Checks that standard error says something.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.err.contains(words), "not said: {words:?} in {self:#?}");
        self
    }

    /// Checks that standard output has a text.
    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Self {
        assert!(self.out.contains(words), "not printed: {words:?} in {self:#?}");
        self
    }

    /// Standard output as one JSON object a line.
    #[track_caller]
    pub(crate) fn rows(&self) -> Vec<Value> {
        json_lines(&self.out)
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[track_caller]
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    let object = |line| match serde_json::from_str::<Value>(line) {
        Ok(value) if value.is_object() => value,
        other => panic!("no JSON object: {line:?} ({other:?})"),
    };
    text.lines().map(object).collect()
}

/// The names of an object's fields, sorted.
pub(crate) fn fields(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A text of an object, or of one within it.
#[track_caller]
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text {field:?} in {object}"))
}
