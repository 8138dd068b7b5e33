//! What a program did, as strace wrote it down: its calls of the system, in order, with all that they wrote.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::place::Place;

/// Whatever changes files or their names, makes them durable, or leaves the program by a pipe or a socket.
const CALLS: &str = "trace=open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,\
    fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,sendto,\
    sendmsg,sendfile,copy_file_range,splice";

/// A call that was made and has returned.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Vec<String>,
    /// What it gave; not below zero.
    pub(crate) value: u64,
    /// When it began and when it returned, as places in the recording.
    pub(crate) begun: usize,
    pub(crate) ended: usize,
}

/// A command that runs the program under strace, which writes to `log` what it does. The process of the command is the
/// program's own.
pub(crate) fn recorded(place: &Place, log: &Path, arguments: &[&str]) -> Command {
    let mut command = place.command("strace");
    command
        .args([
            "-D",
            "-f",
            "-qq",
            "-y",
            "-xx",
            "-s",
            "100000000",
            "-e",
            CALLS,
            "-e",
            "signal=none",
            "-o",
        ])
        .arg(log)
        .arg(env!("CARGO_BIN_EXE_basira"))
        .args(arguments);
    command
}

/// Waits until the recording has nothing more to come, and gives its text: the program has ended before.
pub(crate) fn finished(log: &Path) -> String {
    let begun = Instant::now();
    let mut size = 0;
    loop {
        // strace goes on for a moment with what was on its way.
        std::thread::sleep(Duration::from_millis(150));
        let now = fs::metadata(log).unwrap().len();
        if now > 0 && now == size {
            return fs::read_to_string(log).unwrap();
        }
        size = now;
        assert!(begun.elapsed() < Duration::from_secs(60), "strace does not end");
    }
}

/// The calls of a recording that returned without an error, in the order in which they did.
pub(crate) fn calls(text: &str) -> Vec<Call> {
    let mut waiting: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let Some((process, what)) = line.split_once(' ') else {
            continue;
        };
        let what = what.trim_start();
        if let Some(begin) = what.strip_suffix("<unfinished ...>") {
            waiting.insert(process, (place, begin.trim_end()));
        } else if let Some(rest) = what.strip_prefix("<... ") {
            let rest = rest.split_once(" resumed>").unwrap().1;
            let (begun, begin) = waiting.remove(process).unwrap();
            calls.extend(call(&format!("{begin}{rest}"), begun, place));
        } else {
            calls.extend(call(what, place, place));
        }
    }
    calls
}

fn call(text: &str, begun: usize, ended: usize) -> Option<Call> {
    // Signals and ends of processes have no such form, nor has a call whose process was ended in it.
    let (made, value) = text.rsplit_once(" = ")?;
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let value = value[..digits].parse().ok()?;
    let (name, arguments) = made.trim_end().strip_suffix(')')?.split_once('(')?;
    Some(Call {
        name: name.to_owned(),
        arguments: split(arguments),
        value,
        begun,
        ended,
    })
}

/// The arguments, which are separated by commas outside of texts and lists.
fn split(arguments: &str) -> Vec<String> {
    let (mut parts, mut depth, mut quoted) = (vec![String::new()], 0, false);
    for c in arguments.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(c);
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn unescaped(text: &str) -> Vec<u8> {
    let pairs = text.split("\\x").skip(1);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

impl Call {
    /// The number of a descriptor.
    pub(crate) fn descriptor(&self, argument: usize) -> u64 {
        let text = &self.arguments[argument];
        text.split('<').next().unwrap().parse().unwrap()
    }

    /// The file of a descriptor, unless it has no name (any more).
    pub(crate) fn file(&self, argument: usize) -> Option<PathBuf> {
        let text = self.arguments.get(argument)?;
        let (_, name) = text.split_once('<')?;
        let (name, rest) = name.rsplit_once('>')?;
        let name = String::from_utf8(unescaped(name)).unwrap();
        (rest.is_empty() && name.starts_with('/') && !name.ends_with(" (deleted)")).then(|| name.into())
    }

    /// A path, with that of the folder that it starts from.
    pub(crate) fn path(&self, folder: Option<usize>, argument: usize) -> PathBuf {
        let name = String::from_utf8(self.bytes(argument)).unwrap();
        match folder.and_then(|folder| self.file(folder)) {
            Some(folder) => folder.join(name),
            None => name.into(),
        }
    }

    /// What was handed over, in one piece or in several.
    pub(crate) fn bytes(&self, argument: usize) -> Vec<u8> {
        let text = &self.arguments[argument];
        assert!(!text.contains("\"..."), "strace has cut {} short", self.name);
        let texts = text.split('"').skip(1).step_by(2);
        texts.flat_map(unescaped).collect()
    }

    /// A number.
    pub(crate) fn number(&self, argument: usize) -> u64 {
        self.arguments[argument].parse().unwrap()
    }

    /// Whether a set of flags has this one.
    pub(crate) fn has(&self, argument: usize, flag: &str) -> bool {
        let flags = self.arguments.get(argument);
        flags.is_some_and(|flags| flags.split('|').any(|it| it == flag))
    }
}

#[test]
fn a_recording_is_read() {
    let text = "7 openat(AT_FDCWD<\\x2f\\x61>, \"\\x62\", O_RDWR|O_CREAT, 0600) = 3<\\x2f\\x61\\x2f\\x62>\n\
        8 fsync(4<\\x2f\\x61> <unfinished ...>\n\
        7 writev(3<\\x2f\\x61\\x2f\\x62>, [{iov_base=\"\\x2c\", iov_len=1}, {iov_base=\"\\x22\\x0a\", iov_len=2}], 2) = 3\n\
        8 <... fsync resumed>)                    = 0\n\
        7 mkdir(\"\\x2f\\x61\", 0700) = -1 EEXIST (File exists)\n\
        7 +++ exited with 0 +++\n";
    let calls = calls(text);
    let names: Vec<_> = calls
        .iter()
        .map(|call| (&*call.name, call.begun, call.ended))
        .collect();
    assert_eq!(names, [("openat", 0, 0), ("writev", 2, 2), ("fsync", 1, 3)]);
    assert_eq!(calls[0].path(Some(0), 1), Path::new("/a/b"));
    assert!(calls[0].has(2, "O_CREAT") && !calls[0].has(2, "O_TRUNC"));
    assert_eq!(
        (calls[1].descriptor(0), calls[1].file(0)),
        (3, Some("/a/b".into()))
    );
    assert_eq!(calls[1].bytes(1), b",\"\n");
}
