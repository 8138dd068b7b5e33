//! The files of a set: TOML, read strictly.

mod actions;
mod cases;
mod catalog;
mod conditions;
mod doc;
mod policy;
mod raw;

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::id::{PolicyId, SetHash, digest};
use crate::schema::Schema;
use crate::set::{Policy, PolicySet, SourceFile};
pub(crate) use conditions::Conditions;
use doc::Reader;

/// The most files of a set.
const MOST_FILES: usize = 2000;
/// The version of the format of policy files.
const FORMAT: i64 = 1;

/// Reads and checks all files.
pub(crate) fn read(files: &[SourceFile]) -> Result<PolicySet, Vec<Diagnostic>> {
    let mut out = Vec::new();
    let nowhere = SourceFile {
        name: "policies".to_owned(),
        text: String::new(),
    };
    if files.len() > MOST_FILES {
        let mut reader = Reader::new(&nowhere);
        reader.report(
            Code::TooLarge,
            0..0,
            format!("a set of {} files", files.len()),
            format!("use at most {MOST_FILES}"),
        );
        return Err(reader.out);
    }
    let is_catalog =
        |file: &SourceFile, name: &str| file.name == name || file.name.ends_with(&format!("/{name}"));
    let mut clauses = BTreeMap::new();
    let mut grounds = BTreeMap::new();
    for file in files {
        if is_catalog(file, "clauses.toml") {
            out.extend(catalog::read(file, "clause", &mut clauses));
        } else if is_catalog(file, "grounds.toml") {
            out.extend(catalog::read(file, "ground", &mut grounds));
        }
    }
    let mut policies: Vec<Policy> = Vec::new();
    let mut seen: BTreeMap<PolicyId, String> = BTreeMap::new();
    for file in files {
        if is_catalog(file, "clauses.toml") || is_catalog(file, "grounds.toml") {
            continue;
        }
        let names = policy::Names {
            clauses: &clauses,
            grounds: &grounds,
            seen: &mut seen,
        };
        match policy::read(file, names) {
            Ok(policy) => policies.push(policy),
            Err(found) => out.extend(found),
        }
    }
    if policies.is_empty() && out.is_empty() {
        let file = files.first().unwrap_or(&nowhere);
        let mut reader = Reader::new(file);
        reader.report(
            Code::NoPolicy,
            0..0,
            "the set holds no policy",
            "add a policy file; `basira policy check --shipped` shows the set that is shipped",
        );
        out.extend(reader.out);
    }
    if !out.is_empty() {
        return Err(out);
    }
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(PolicySet {
        hash: hash(files),
        policies,
        clauses,
        grounds,
    })
}

/// The identity of a set: engine, schema, and every file with its name, in the order of names.
fn hash(files: &[SourceFile]) -> SetHash {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.text).cmp(&(&b.name, &b.text)));
    let engine = crate::ENGINE.to_le_bytes();
    let schema = Schema::VERSION.to_le_bytes();
    let head = [b"basira policy set".as_slice(), &engine, &schema];
    let files = sorted
        .iter()
        .flat_map(|file| [file.name.as_bytes(), file.text.as_bytes()]);
    SetHash(digest(head.into_iter().chain(files)))
}
