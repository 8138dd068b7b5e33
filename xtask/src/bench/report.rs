//! `benches/RESULTS.md`: one section a row; a run replaces the sections that it measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::{Outcome, Row};
use crate::shell::root;

const HEAD: &str = "\
# Results

Written by `cargo xtask bench`. Each section says when and where it was measured. Both sides ran in turn, in the same
run, on the same files. Times are CPU time of one core, unless a line says wall time: the machine may have been busy.
Intervals are Clopper-Pearson, 95 %. A row that could not be measured says so.
";

/// The sections, by the name of their row.
pub(crate) struct Report {
    path: PathBuf,
    sections: BTreeMap<String, String>,
}

impl Report {
    /// Reads what earlier runs have left.
    pub(crate) fn open() -> Result<Self> {
        let path = root().join("benches/RESULTS.md");
        let text = if path.exists() {
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            String::new()
        };
        Ok(Self {
            path,
            sections: sections(&text),
        })
    }

    /// Puts a section in the place of the old one.
    pub(crate) fn put(&mut self, row: &Row, outcome: &Outcome, state: &str) {
        let body = match outcome {
            Outcome::Measured(body) => format!("{state}\n\n{}", body.trim()),
            Outcome::NotMeasured(why) => format!("**NOT MEASURED**: {why}"),
        };
        println!("\n{body}");
        self.sections.insert(row.name.to_owned(), body);
    }

    /// Writes all sections in the order of the rows.
    pub(crate) fn write(&self, rows: &[Row]) -> Result<()> {
        let mut text = HEAD.to_owned();
        for row in rows {
            let body = self
                .sections
                .get(row.name)
                .map_or("**NOT MEASURED**: never run", String::as_str);
            let Row {
                name, title, target, ..
            } = row;
            text += &format!(
                "\n{}{name} -->\n## {title}\n\nTarget: {target}.\n\n{body}\n",
                MARK
            );
        }
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

const MARK: &str = "<!-- row ";

/// The bodies of the sections in a written report.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for section in text.split(MARK).skip(1) {
        let body = section.split_once(" -->").and_then(|(name, rest)| {
            // Heading and target are written anew.
            let (_, body) = rest.split_once("\nTarget: ")?.1.split_once("\n\n")?;
            Some((name.to_owned(), body.trim().to_owned()))
        });
        found.extend(body);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_report_is_read_back() {
        let row = |name| Row {
            name,
            title: "A title",
            target: "fast",
            measure: |_| Ok(Outcome::Measured(String::new())),
        };
        let rows = [row("one"), row("two")];
        let folder = std::env::temp_dir().join(format!("xtask-report-{}", std::process::id()));
        let mut report = Report {
            path: folder.clone(),
            sections: BTreeMap::new(),
        };
        report.put(
            &rows[0],
            &Outcome::Measured("| a |\n|---|\n| 1 |".into()),
            "here and now",
        );
        report.write(&rows).unwrap();
        let text = fs::read_to_string(&folder).unwrap();
        fs::remove_file(&folder).unwrap();
        let read = sections(&text);
        assert_eq!(read["one"], report.sections["one"]);
        assert_eq!(read["two"], "**NOT MEASURED**: never run");
        assert!(text.contains("## A title\n\nTarget: fast.\n\nhere and now\n\n| a |"));
    }
}
