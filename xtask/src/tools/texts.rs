//! Ordinary texts: a handbook in many languages and a program's messages, of Debian's packages, unpacked below `target/` and
//! never installed; and two collections of traditions, of packages beside the peers.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::{folder, pictures};
use crate::shell::{program, read, root, target};

/// About 36 MB together.
const PACKAGES: [&str; 2] = ["debian-handbook", "libreoffice-l10n-ar"];

/// Makes the texts where they are missing; returns a folder with a file a language.
pub(crate) fn install(python: &Path) -> Result<PathBuf> {
    let packages = pictures::unpack(folder("peers-texts")?, &PACKAGES)?;
    let to = target().join("peers-work/ordinary-texts");
    if !to.join("ar-traditions.txt").exists() {
        let mut make = program(python);
        make.arg(root().join("benches/peers/ordinary_texts.py"))
            .env("PYTHONHASHSEED", "0")
            .arg("--packages")
            .arg(&packages)
            .arg("--to")
            .arg(&to);
        print!("{}", read(&mut make)?);
    }
    Ok(to)
}

/// A folder of public test data that is beside the project and never in it: where the variable says, else `../shared/NAME`.
pub(crate) fn beside(variable: &str, name: &str) -> Result<PathBuf> {
    let path = match std::env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => root().join("../shared").join(name),
    };
    ensure!(
        path.is_dir(),
        "{} is not there; set {variable} to the folder",
        path.display()
    );
    Ok(path)
}
