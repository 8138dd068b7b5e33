//! The files of a set.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use policy::{Diagnostic, PolicySet, Snapshot, SourceFile};

/// A file as it was read, and where it lies.
pub(crate) struct Found {
    pub(super) path: PathBuf,
    pub(crate) file: SourceFile,
}

/// How deep folders may lie in each other.
const DEEPEST: usize = 8;

/// The `.toml` files of some paths, each named as it lies below its path, sorted.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, path, 0, &mut found)?;
        } else {
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            found.push(read(path, name)?);
        }
    }
    found.sort_by(|a, b| a.file.name.cmp(&b.file.name));
    if found.is_empty() {
        bail!(
            "there is no .toml file below {}",
            paths
                .iter()
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    Ok(found)
}

fn walk(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Found>) -> Result<()> {
    if depth > DEEPEST {
        bail!(
            "{}: folders within folders, more than {DEEPEST}",
            folder.display()
        );
    }
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry
            .with_context(|| format!("cannot list {}", folder.display()))?
            .path();
        if path.is_dir() {
            walk(root, &path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            found.push(read(&path, name)?);
        }
    }
    Ok(())
}

fn read(path: &Path, name: String) -> Result<Found> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Found {
        path: path.to_owned(),
        file: SourceFile { name, text },
    })
}

/// The files of a set: those below the paths, or the set that is shipped.
pub(super) fn set_files(paths: &[PathBuf]) -> Result<Vec<SourceFile>> {
    if paths.is_empty() {
        return Ok(PolicySet::shipped_files());
    }
    Ok(find(paths)?.into_iter().map(|found| found.file).collect())
}

/// A set that must be right to go on.
pub(super) fn set(paths: &[PathBuf]) -> Result<PolicySet> {
    let files = set_files(paths)?;
    PolicySet::check(&files).map_err(|found| anyhow::anyhow!("the set is not right\n{}", all(&found)))
}

/// Diagnostics, one below the other.
pub(super) fn all(found: &[Diagnostic]) -> String {
    found
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// A snapshot as JSON, from a file or from standard input.
pub(super) fn snapshot(path: &Path) -> Result<Snapshot> {
    /// No snapshot is larger.
    const LARGEST: u64 = 4 << 20;
    let mut text = String::new();
    if path.as_os_str() == "-" {
        std::io::stdin()
            .take(LARGEST)
            .read_to_string(&mut text)
            .context("cannot read standard input")?;
    } else {
        let file = fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        file.take(LARGEST)
            .read_to_string(&mut text)
            .with_context(|| format!("cannot read {}", path.display()))?;
    }
    let snapshot: Snapshot = serde_json::from_str(&text).context("this is no snapshot")?;
    snapshot
        .check()
        .context("the snapshot does not go with the schema")?;
    Ok(snapshot)
}
