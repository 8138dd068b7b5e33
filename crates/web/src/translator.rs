//! A program of this machine that translates texts for the people who review: it gets a text on its standard input and the
//! language that is wished as its only argument (`ar`, `en`), and writes the translation to its standard output.
//!
//! Nothing is shipped and nothing is asked over a network: whoever runs the service chooses the program, and content goes
//! nowhere else. A translation is an aid beside the original, never in its place.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use thiserror::Error;

/// Bytes of a translation at most.
const MOST: u64 = 64 << 10;
/// How long one text may take.
const WITHIN: Duration = Duration::from_secs(60);

/// Which program translates.
///
/// ```
/// use basira_web::{Translator, TranslatorError};
/// let missing = Translator::new("/nowhere/translate".into());
/// assert!(matches!(missing, Err(TranslatorError::Missing(_))));
/// ```
#[derive(Debug, Clone)]
pub struct Translator {
    program: PathBuf,
    within: Duration,
}

/// Why there is no translation.
#[derive(Debug, Error)]
pub enum TranslatorError {
    /// There is no such file.
    #[error("there is no program {0}; name the file of one that can be run")]
    Missing(PathBuf),
    /// It cannot be started or spoken to.
    #[error("the program that translates cannot be used ({0}); an administrator should try it by hand")]
    Broken(#[from] std::io::Error),
    /// It has failed.
    #[error("the program that translates has failed ({0}); an administrator should try it by hand")]
    Failed(std::process::ExitStatus),
    /// It takes too long.
    #[error("the program that translates took longer than {} seconds, and was ended; try again later", .0.as_secs())]
    Slow(Duration),
    /// It has written too much, or something that is no text.
    #[error("what the program that translates has written is no text of at most {MOST} bytes")]
    NoText,
}

impl Translator {
    /// A program by the path of its file.
    ///
    /// # Errors
    /// [`TranslatorError::Missing`].
    pub fn new(program: PathBuf) -> Result<Self, TranslatorError> {
        if !program.is_file() {
            return Err(TranslatorError::Missing(program));
        }
        let within = WITHIN;
        Ok(Self { program, within })
    }

    /// Translates a text into a language. It waits for the program, a minute at most.
    ///
    /// # Errors
    /// All others of [`TranslatorError`].
    pub fn translate(&self, text: &str, to: &str) -> Result<String, TranslatorError> {
        let begun = Instant::now();
        let mut child = start(&self.program, to)?;
        let (told, heard) = mpsc::channel();
        if let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) {
            // Each by itself: a program may write before it has read all.
            let text = text.to_owned();
            std::thread::spawn(move || {
                // One that does not read its text tells by how it ends.
                _ = input.write_all(text.as_bytes());
            });
            std::thread::spawn(move || {
                let mut written = Vec::new();
                let read = output.take(MOST + 1).read_to_end(&mut written);
                _ = told.send(read.map(|_| written));
            });
        }
        let written = match heard.recv_timeout(self.within) {
            Ok(Ok(written)) if written.len() as u64 <= MOST => written,
            Ok(Ok(_)) => {
                end(&mut child)?;
                return Err(TranslatorError::NoText);
            }
            Ok(Err(error)) => {
                end(&mut child)?;
                return Err(error.into());
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                end(&mut child)?;
                return Err(TranslatorError::Slow(self.within));
            }
        };
        // It has closed its output, and has nothing left to do.
        let status = loop {
            match child.try_wait()? {
                Some(status) => break status,
                None if begun.elapsed() < self.within => std::thread::sleep(Duration::from_millis(5)),
                None => {
                    end(&mut child)?;
                    return Err(TranslatorError::Slow(self.within));
                }
            }
        };
        if !status.success() {
            return Err(TranslatorError::Failed(status));
        }
        let text = String::from_utf8(written).map_err(|_| TranslatorError::NoText)?;
        Ok(text.trim_end().to_owned())
    }
}

/// Starts it with none of the service's variables but those that programs need: secrets are among the others.
fn start(program: &Path, to: &str) -> std::io::Result<Child> {
    let kept = ["PATH", "HOME", "LANG", "LC_ALL"];
    let kept = kept
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    Command::new(program)
        .arg(to)
        .env_clear()
        .envs(kept)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
}

/// Ends it with all that it has started.
fn end(child: &mut Child) -> std::io::Result<()> {
    let group = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // One that has ended by itself is no fault.
        _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    child.wait().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(folder: &tempfile::TempDir, script: &str) -> Translator {
        let (body, path) = (folder.path().join("body"), folder.path().join("translate"));
        std::fs::write(&body, format!("#!/bin/sh\n{script}\n")).unwrap();
        // By a process of its own: what is open for writing anywhere cannot be run.
        let made = Command::new("install")
            .args(["-m", "755"])
            .arg(&body)
            .arg(&path)
            .status();
        assert!(made.unwrap().success());
        Translator {
            program: path,
            within: Duration::from_secs(5),
        }
    }

    #[test]
    fn it_gets_the_text_and_the_language_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let it = program(&folder, "echo \"$1 $CARGO_MANIFEST_DIR\"; cat | tr a-z A-Z");
        // More than a pipe holds, in both directions at once.
        let long = "rook ".repeat(12_000);
        let found = it.translate(&long, "ar").unwrap();
        assert_eq!(found, format!("ar \n{}", long.to_uppercase().trim_end()));
    }

    #[test]
    fn what_does_not_work_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let failed = program(&folder, "exit 3").translate("rook", "en");
        assert!(matches!(failed, Err(TranslatorError::Failed(_))), "{failed:?}");
        let endless = program(&folder, "yes").translate("rook", "en");
        assert!(matches!(endless, Err(TranslatorError::NoText)), "{endless:?}");
        let bytes = program(&folder, "printf '\\377'").translate("rook", "en");
        assert!(matches!(bytes, Err(TranslatorError::NoText)), "{bytes:?}");
        // A program of its own that it has started ends with it.
        let mut slow = program(&folder, "sleep 600 & echo $! > \"$0.child\"; wait");
        slow.within = Duration::from_millis(500);
        let slow = slow.translate("rook", "en");
        assert!(matches!(slow, Err(TranslatorError::Slow(_))), "{slow:?}");
        let child = std::fs::read_to_string(folder.path().join("translate.child")).unwrap();
        let since = Instant::now();
        let state = format!("/proc/{}/stat", child.trim());
        while std::fs::read_to_string(&state).is_ok_and(|stat| !stat.contains(") Z ")) {
            assert!(since.elapsed() < Duration::from_secs(20), "it goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
