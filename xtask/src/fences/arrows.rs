//! What depends on what, from `cargo metadata`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Room, TESTKIT};
use crate::shell::{cargo, read};

/// A package of the workspace as cargo sees it.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone)]
struct Dependency {
    name: String,
    kind: Kind,
    /// Whether it is a package of this repository.
    ours: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Build,
    Development,
}

/// Asks cargo for the packages of the workspace.
pub(super) fn workspace() -> Result<Vec<Package>> {
    let text = read(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    packages.iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    let word = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .context("a text is missing in cargo metadata")
    };
    let dependencies = value["dependencies"]
        .as_array()
        .context("a package without dependencies")?;
    let dependencies = dependencies.iter().map(|it| {
        Ok(Dependency {
            name: word(&it["name"])?,
            kind: match it["kind"].as_str() {
                None => Kind::Normal,
                Some("build") => Kind::Build,
                Some(_) => Kind::Development,
            },
            ours: it["path"].is_string(),
        })
    });
    Ok(Package {
        name: word(&value["name"])?,
        dependencies: dependencies.collect::<Result<_>>()?,
    })
}

/// How many arrows there are between packages of the workspace.
pub(super) fn count(packages: &[Package]) -> usize {
    packages
        .iter()
        .flat_map(|package| &package.dependencies)
        .filter(|it| it.ours)
        .count()
}

/// Every arrow that the map does not have.
pub(super) fn breaches(rooms: &[Room], packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    for package in packages {
        let Some(room) = rooms.iter().find(|room| room.name == package.name) else {
            found.push(format!(
                "{} is not on the map: add it to xtask/src/fences and ARCHITECTURE.md",
                package.name
            ));
            continue;
        };
        let arrows = package
            .dependencies
            .iter()
            .filter_map(|dependency| breach(room, dependency));
        found.extend(arrows.map(|why| format!("{} → {why}", room.name)));
    }
    let present: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let gone = rooms.iter().filter(|room| !present.contains(room.name));
    found.extend(gone.map(|room| format!("{} is on the map and not in the workspace", room.name)));
    found
}

fn breach(room: &Room, dependency: &Dependency) -> Option<String> {
    let name = &dependency.name;
    let development = dependency.kind == Kind::Development;
    if dependency.ours {
        // A test may look at a picture from the test kit; it may not open a door that the code must not have.
        let allowed =
            room.uses.contains(&name.as_str()) || (development && name == TESTKIT && room.name != "xtask");
        return (!allowed).then(|| format!("{name}: arrows go one way, and this one is not on the map"));
    }
    match room.core {
        Some(others) if !development && !others.contains(&name.as_str()) => Some(format!(
            "{name}: the core is pure; a crate that it may use is named in xtask/src/fences, and does no input or output"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ROOMS;
    use super::*;

    fn dependency(name: &str, kind: Kind) -> Dependency {
        Dependency {
            name: name.into(),
            kind,
            ours: name.starts_with("basira"),
        }
    }

    /// The whole house without arrows, and `extra` in the room `name`.
    fn house(name: &str, extra: Dependency) -> Vec<Package> {
        let all = ROOMS.iter().map(|room| Package {
            name: room.name.into(),
            dependencies: Vec::new(),
        });
        let mut all: Vec<Package> = all.collect();
        all.iter_mut()
            .find(|package| package.name == name)
            .unwrap()
            .dependencies
            .push(extra);
        all
    }

    #[test]
    fn arrows_of_the_map_pass() {
        for (room, name, kind) in [
            ("basira-fingerprint", "basira-model", Kind::Normal),
            ("basira-pipeline", "basira-store", Kind::Normal),
            ("basira-fingerprint", "basira-testkit", Kind::Development),
            ("basira", "basira-testkit", Kind::Normal),
            ("basira-model", "proptest", Kind::Development),
            ("basira-store", "rusqlite", Kind::Normal),
        ] {
            assert_eq!(
                breaches(&ROOMS, &house(room, dependency(name, kind))),
                [""; 0],
                "{room} → {name}"
            );
        }
    }

    #[test]
    fn every_other_arrow_is_a_breach() {
        for (room, name, kind) in [
            ("basira-model", "basira-fingerprint", Kind::Normal),
            ("basira-index", "basira-store", Kind::Normal),
            ("basira-index", "basira-store", Kind::Development),
            ("basira-store", "basira-decode", Kind::Normal),
            ("basira-decode", "basira-store", Kind::Normal),
            ("basira-pipeline", "basira-testkit", Kind::Normal),
            ("basira-pipeline", "basira", Kind::Normal),
            ("basira-testkit", "basira-decode", Kind::Normal),
            ("xtask", "basira-model", Kind::Normal),
            ("basira-model", "memmap2", Kind::Normal),
            ("basira-index", "rayon", Kind::Normal),
            ("basira-fingerprint", "cc", Kind::Build),
        ] {
            assert_eq!(
                breaches(&ROOMS, &house(room, dependency(name, kind))).len(),
                1,
                "{room} → {name}"
            );
        }
    }

    #[test]
    fn unknown_and_missing_rooms_are_breaches() {
        let mut packages = house("xtask", dependency("anyhow", Kind::Normal));
        packages[0].name = "basira-cellar".into();
        assert_eq!(breaches(&ROOMS, &packages).len(), 2);
    }
}
