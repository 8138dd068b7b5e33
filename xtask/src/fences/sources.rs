//! What the sources must and must not contain: `unsafe`, missing documentation, bans, long files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Room;

/// Bans that no room of the core may lack; each owner adds to them.
const BANS: [&str; 14] = [
    "std::time::Instant::now",
    "std::time::SystemTime::now",
    "RandomState",
    "std::fs::File",
    "std::fs::OpenOptions",
    "std::fs::read",
    "std::fs::write",
    "std::env::var",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::thread::spawn",
    "std::thread::scope",
    "std::process::Command",
];

/// No source file is longer; most are far shorter.
const LINES: usize = 500;

/// Number of source files read, and every breach found in them.
pub(super) fn breaches(rooms: &[Room], root: &Path) -> Result<(usize, Vec<String>)> {
    let (mut count, mut found) = (0, Vec::new());
    for room in rooms {
        let folder = root.join(room.folder);
        if room.core.is_some() {
            found.extend(missing_bans(
                room,
                &fs::read_to_string(folder.join("clippy.toml")).unwrap_or_default(),
            ));
        }
        let source = folder.join("src");
        let root_file = ["lib.rs", "main.rs"]
            .map(|name| source.join(name))
            .into_iter()
            .find(|path| path.exists());
        let root_file = root_file.with_context(|| format!("{} has no lib.rs or main.rs", room.name))?;
        found.extend(root_attributes(room, &read(&root_file)?));
        for path in rust_files(&folder)? {
            count += 1;
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            let inside = path.strip_prefix(&source).ok();
            found.extend(file_breaches(room, &name, inside, &read(&path)?));
        }
    }
    Ok((count, found))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Every Rust file in a folder and below it.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn missing_bans(room: &Room, clippy: &str) -> Vec<String> {
    let banned = |ban: &str| {
        clippy
            .lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains(ban))
    };
    let missing = BANS.into_iter().filter(|ban| !banned(ban));
    missing
        .map(|ban| format!("{}/clippy.toml does not ban {ban}", room.folder))
        .collect()
}

fn root_attributes(room: &Room, text: &str) -> Vec<String> {
    let has = |level: &str, lint: &str| {
        let lists = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("#![")?.strip_prefix(level));
        lists
            .filter_map(|list| list.strip_prefix('(')?.strip_suffix(")]"))
            .any(|list| list.split(',').any(|word| word.trim() == lint))
    };
    let mut found = Vec::new();
    let denied = room.unsafe_module.is_some() && has("deny", "unsafe_code");
    if !has("forbid", "unsafe_code") && !denied {
        found.push(format!("{} lacks #![forbid(unsafe_code)]", room.name));
    }
    if room.core.is_some() && !has("deny", "missing_docs") {
        found.push(format!("{} lacks #![deny(missing_docs)]", room.name));
    }
    found
}

/// `inside` is the path below `src`, where the file lies there.
fn file_breaches(room: &Room, name: &str, inside: Option<&Path>, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > LINES {
        found.push(format!(
            "{name} has {lines} lines; split it: {LINES} is the limit"
        ));
    }
    // The lint that is lifted, not the word: the compiler finds every `unsafe` where it is not lifted.
    let lifted = text.lines().map(str::trim).any(|line| {
        let attribute = line.starts_with("#[") || line.starts_with("#![");
        let lifts = line.contains("allow") || line.contains("expect");
        line.starts_with("unsafe_code") || (attribute && lifts && line.contains("unsafe_code"))
    });
    let allowed = inside.is_some_and(|inside| {
        let first = inside
            .components()
            .next()
            .map(|it| Path::new(it.as_os_str()).with_extension(""));
        first.is_some_and(|first| Some(first.as_path()) == room.unsafe_module.map(Path::new))
    });
    if lifted && !allowed {
        found.push(format!(
            "{name} lifts unsafe_code; in {} that is for {:?} alone",
            room.name, room.unsafe_module
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::ROOMS;
    use super::*;

    fn room(name: &str) -> &'static Room {
        static ALL: [Room; ROOMS.len()] = ROOMS;
        ALL.iter().find(|room| room.name == name).unwrap()
    }

    #[test]
    fn a_core_room_without_its_bans_is_a_breach() {
        let whole = BANS.join("\n");
        assert_eq!(missing_bans(room("basira-model"), &whole), [""; 0]);
        assert_eq!(missing_bans(room("basira-model"), "").len(), BANS.len());
    }

    #[test]
    fn roots_must_refuse_unsafe_code() {
        let strict = "#![forbid(unsafe_code)]\n#![deny(missing_docs)]\n";
        let weaker = "#![deny(unsafe_code, missing_docs)]\n";
        assert!(root_attributes(room("basira-model"), strict).is_empty());
        assert_eq!(root_attributes(room("basira-model"), weaker).len(), 1);
        assert!(root_attributes(room("basira-index"), weaker).is_empty());
        assert_eq!(root_attributes(room("basira-index"), "").len(), 2);
        assert_eq!(root_attributes(room("basira"), "").len(), 1);
    }

    #[test]
    fn unsafe_code_has_one_place() {
        let lifted = "#![expect(\n    unsafe_code,\n    reason = \"vectors\"\n)]\n";
        let breaches =
            |name: &str, path: &str| file_breaches(room(name), path, Some(Path::new(path)), lifted);
        assert!(breaches("basira-index", "simd.rs").is_empty());
        assert!(breaches("basira-index", "simd/avx2.rs").is_empty());
        assert_eq!(breaches("basira-index", "search.rs").len(), 1);
        assert_eq!(breaches("basira-pipeline", "simd.rs").len(), 1);
        assert_eq!(
            file_breaches(room("basira-index"), "tests/simd.rs", None, lifted).len(),
            1
        );
    }

    #[test]
    fn long_files_are_breaches() {
        let text = "//\n".repeat(LINES + 1);
        assert_eq!(file_breaches(room("basira"), "main.rs", None, &text).len(), 1);
    }
}
