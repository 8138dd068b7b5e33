//! Golden diagnostics: what is said of a wrong file, to the letter.
//!
//! `tests/golden/*.txt` hold cases: a line `#### name`, lines that change the base policy (see `support::patched`), or
//! `!file` and a whole file, then `----` and what is expected. `UPDATE_GOLDEN=1 cargo test -p basira-policy golden` writes
//! what is said now; read the difference before you keep it.

use std::path::PathBuf;

use basira_policy::{Code, Diagnostic, PolicySet, SourceFile, lint};

use super::support::{files, patched};

struct Case {
    name: String,
    input: String,
    expected: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[expect(clippy::disallowed_methods, reason = "a test reads its own files")]
fn groups() -> Vec<(PathBuf, Vec<Case>)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let cases = text.split("\n#### ").map(|case| case.trim_start_matches("#### "));
            let cases = cases.filter(|case| !case.trim().is_empty()).map(|case| {
                let (name, rest) = case.split_once('\n').unwrap_or((case, ""));
                let (input, expected) = rest.split_once("\n----").unwrap_or((rest, ""));
                Case {
                    name: name.trim().to_owned(),
                    input: input.to_owned(),
                    expected: expected.trim().to_owned(),
                }
            });
            let cases = cases.collect();
            (path, cases)
        })
        .collect()
}

fn said(input: &str) -> (String, Vec<Diagnostic>) {
    let set: Vec<SourceFile> = match input.strip_prefix("!file ") {
        Some(rest) => {
            let (name, text) = rest.split_once('\n').unwrap_or((rest, ""));
            let mut set = files(super::support::BASE);
            set.retain(|file| file.name != name);
            set.push(SourceFile {
                name: name.to_owned(),
                text: text.to_owned(),
            });
            set
        }
        None => files(&patched(input)),
    };
    let found = match PolicySet::check(&set) {
        Ok(checked) => {
            let mut found = lint(&checked, &set, "2026-12-01".parse().unwrap());
            // Every patched file is written as a test needs it.
            found.retain(|found| found.code != Code::NotFormatted);
            found
        }
        Err(found) => found,
    };
    let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
    (texts.join("\n\n"), found)
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test that writes its own files when it is told to"
)]
fn golden_diagnostics() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut cases = 0;
    let mut with_arabic = 0;
    let mut wrong = Vec::new();
    let mut codes = std::collections::BTreeSet::new();
    for (path, group) in groups() {
        let mut out = String::new();
        for case in group {
            cases += 1;
            let (text, found) = said(&case.input);
            codes.extend(found.iter().map(|found| found.code));
            if text.contains('\u{2068}') {
                with_arabic += 1;
            }
            for diagnostic in &found {
                assert!(
                    !diagnostic.help.is_empty() && diagnostic.span.line > 0,
                    "{}: no place or no remedy",
                    case.name
                );
            }
            if text != case.expected {
                wrong.push(format!(
                    "{}\n--- expected\n{}\n--- said\n{text}",
                    case.name, case.expected
                ));
            }
            out.push_str(&format!("#### {}\n{}\n----\n{text}\n\n", case.name, case.input));
        }
        if update {
            std::fs::write(&path, out.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(
        update || wrong.is_empty(),
        "{} cases differ:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    assert!(cases >= 60, "{cases} cases");
    assert!(with_arabic >= 5, "{with_arabic} cases with Arabic");
    // Every code is shown once, but for those that a file of the size of a test cannot have.
    let never = [
        Code::TooManySteps,
        Code::NotFormatted,
        Code::TooManyNodes,
        Code::TooLarge,
        Code::NoPolicy,
    ];
    let unseen: Vec<_> = Code::ALL
        .iter()
        .filter(|code| !codes.contains(code) && !never.contains(code))
        .collect();
    assert!(update || unseen.is_empty(), "no case shows {unseen:?}");
}

/// Every code has its paragraph in the handbook.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its own files")]
fn every_code_is_in_the_handbook() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies.md");
    let page = std::fs::read_to_string(page).unwrap();
    for code in Code::ALL {
        assert!(
            page.contains(&format!("| {code} |")),
            "docs/policies.md has no row for {code}"
        );
    }
}
