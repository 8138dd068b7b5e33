//! Files of policy sets, as they are named on the command line.

use std::path::PathBuf;

use anyhow::Result;
use policy::SourceFile;

use crate::policies::files::find;

/// The file or folder that an argument names, if it names one: a policy has no such name unless one lies there.
pub(super) fn named(argument: &str) -> Option<PathBuf> {
    let path = PathBuf::from(argument);
    path.exists().then_some(path)
}

/// Reads files, and the files `*.toml` of folders.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<SourceFile>> {
    Ok(find(paths)?.into_iter().map(|found| found.file).collect())
}
