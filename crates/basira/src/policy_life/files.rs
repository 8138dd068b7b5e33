//! Files of policy sets.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use policy::SourceFile;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// Files of one set.
const MOST: usize = 2_000;

/// The file or folder that an argument names, if it names one: a policy has no such name unless one lies there.
pub(super) fn named(argument: &str) -> Option<PathBuf> {
    let path = PathBuf::from(argument);
    path.exists().then_some(path)
}

/// Reads files, and the files `*.toml` of folders. A file is known by its name alone, without the folders that it lies in.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut files)?;
        } else {
            files.push(one(path)?);
        }
    }
    ensure!(!files.is_empty(), "there is no file *.toml there");
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<SourceFile>) -> Result<()> {
    let about = || format!("cannot read the folder {}", folder.display());
    let mut inside: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).with_context(about)? {
        inside.push(entry.with_context(about)?.path());
    }
    inside.sort();
    for path in inside {
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "toml") {
            ensure!(files.len() < MOST, "there are more than {MOST} files in one set");
            files.push(one(&path)?);
        }
    }
    Ok(())
}

fn one(path: &Path) -> Result<SourceFile> {
    let about = || format!("cannot read {}", path.display());
    let size = fs::metadata(path).with_context(about)?.len();
    ensure!(
        size <= LARGEST,
        "{} has {size} bytes, and a policy has no more than {LARGEST}",
        path.display()
    );
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(SourceFile {
        name: name
            .with_context(|| format!("{} has no name in UTF-8", path.display()))?
            .to_owned(),
        text: fs::read_to_string(path).with_context(about)?,
    })
}
