//! `basira read`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use decode::report::{Dated, Found, InLanguage, Judged, Quote, Report, Structure};
use decode::sandbox::Protection;
use decode::{Decoded, TextSource};
use jiff::Timestamp;
use model::{Incomplete, IncompleteReason, Match, PartName, Verdict};
use pipeline::banks::Banks;
use pipeline::examine::match_decoded;
use pipeline::file::decode_file;
use pipeline::robust::Tier;
use pipeline::wire::IncompleteRow;
use serde::Serialize;

use crate::args::{Decoding, PlaceArguments};
use crate::exit::Outcome;
use crate::print;
use crate::progress::watched;

/// Findings of a part that a person is shown.
const MOST_ROWS: usize = 200;

#[derive(Debug, Args)]
pub(crate) struct ReadOptions {
    /// Texts, pages, messages, documents, archives of them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    decoding: Decoding,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// The line of `basira read`.
#[derive(Serialize)]
struct ReadRow {
    path: String,
    /// The part that the fields after it are of: the file, or the first text in it.
    part: Option<PartName>,
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<InLanguage>,
    structure: Option<Structure>,
    context: Option<Judged>,
    /// Of all parts.
    findings: Vec<FindingRow>,
    /// The other parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartRow>,
    /// Best first; of the whole file.
    matches: Vec<Match>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<Protection>,
    incomplete: Vec<IncompleteRow>,
}

#[derive(Serialize)]
struct PartRow {
    part: PartName,
    language: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<InLanguage>,
    structure: Structure,
    context: Judged,
}

#[derive(Serialize)]
struct FindingRow {
    part: PartName,
    #[serde(flatten)]
    found: Found,
}

/// The banks to compare with; none where there is no data folder yet.
fn banks(place: &PlaceArguments) -> Result<Option<Banks>> {
    let there = place.resolve()?.0.exists();
    there.then(|| place.banks_to_match()).transpose()
}

pub(crate) fn run(place: &PlaceArguments, options: &ReadOptions) -> Result<Outcome> {
    let mut out = print::out();
    let mut request = options.decoding.request().with_texts();
    request.read = true;
    let banks = banks(place)?;
    let decoder = options.decoding.decoder(1)?;
    let mut buffer = Vec::new();
    let mut outcome = Outcome::Clean;
    let arabic = is_arabic(|name| std::env::var(name).ok());
    for file in &options.files {
        let path = file.to_string_lossy().into_owned();
        let decoded = watched(file, |watch| {
            decode_file(file, &mut buffer, &decoder, &request, watch)
        });
        let row = match decoded {
            Ok((decoded, _)) => ReadRow::of(path, decoded, banks.as_ref())?,
            Err(error) => ReadRow::unreadable(path, error.to_string()),
        };
        outcome = outcome.max(Outcome::of(row.verdict));
        if options.json {
            print::json_line(&mut out, &row)?;
        } else {
            row.write(&mut out, arabic)?;
        }
    }
    Ok(outcome)
}

impl ReadRow {
    fn of(path: String, decoded: Decoded, banks: Option<&Banks>) -> Result<Self> {
        let sandbox = Some(decoded.posture.protection());
        let (contents, matches, mut gaps) = match banks {
            Some(banks) => {
                let examined = match_decoded(decoded, banks, Tier::Standard, Timestamp::now())?;
                (examined.decoded.contents, examined.matches, examined.incomplete)
            }
            None => {
                let gaps = decoded.incomplete.clone();
                (decoded.contents, Vec::new(), gaps)
            }
        };
        let mut reports = contents.reports;
        // What lies further out says more of the file.
        reports.sort_by_key(|part| part.name.split().0.depth());
        let guessed = contents
            .texts
            .iter()
            .filter(|text| text.source == TextSource::Ocr);
        gaps.extend(guessed.map(|text| gap(text.name.clone(), "text that was guessed from a picture")));
        if reports.is_empty() && gaps.is_empty() {
            gaps.push(gap(
                PartName::file(),
                &format!("no text was found in {}", contents.kind),
            ));
        }
        if banks.is_none() {
            // What was not compared is not clean.
            gaps.extend(reports.iter().map(|part| Incomplete {
                part: part.name.clone(),
                reason: IncompleteReason::Unmatched,
            }));
        }
        let mut findings = Vec::new();
        let mut parts = Vec::new();
        for part in reports {
            let Report {
                language,
                languages,
                structure,
                context,
                findings: found,
                incomplete: _,
            } = part.report;
            findings.extend(found.into_iter().map(|found| FindingRow {
                part: part.name.clone(),
                found,
            }));
            parts.push(PartRow {
                part: part.name,
                language,
                languages,
                structure,
                context,
            });
        }
        let mut row = Self {
            findings,
            verdict: Verdict::of(matches.iter().any(Match::counts), !gaps.is_empty()),
            matches,
            sandbox,
            incomplete: gaps.iter().map(IncompleteRow::from).collect(),
            ..Self::nothing(path)
        };
        if !parts.is_empty() {
            let first = parts.remove(0);
            row.part = Some(first.part);
            row.language = Some(first.language);
            row.languages = first.languages;
            row.structure = Some(first.structure);
            row.context = Some(first.context);
        }
        row.parts = parts;
        Ok(row)
    }

    fn unreadable(path: String, why: String) -> Self {
        let gap = Incomplete {
            part: PartName::file(),
            reason: IncompleteReason::Unreadable { why },
        };
        Self {
            incomplete: vec![IncompleteRow::from(&gap)],
            ..Self::nothing(path)
        }
    }

    const fn nothing(path: String) -> Self {
        Self {
            path,
            part: None,
            language: None,
            languages: Vec::new(),
            structure: None,
            context: None,
            findings: Vec::new(),
            parts: Vec::new(),
            matches: Vec::new(),
            verdict: Verdict::Incomplete,
            sandbox: None,
            incomplete: Vec::new(),
        }
    }

    /// For people: code that was cut out first, then what each part says of itself, and what leads somewhere.
    fn write(&self, out: &mut impl Write, arabic: bool) -> io::Result<()> {
        writeln!(out, "{}", isolated(&self.path))?;
        let code = self.findings.iter().filter(|row| row.found.is_code());
        for FindingRow { part, found } in code {
            let steps = match &found.steps[..] {
                [] => String::new(),
                steps => format!(", hidden by {}", print::plain(&steps.join(", "))),
            };
            let (from, to) = (found.span.0, found.span.1);
            writeln!(
                out,
                "  ! security  code at bytes {from} to {to} of {}: {}{steps}",
                isolated(part.as_str()),
                isolated(&found.shown())
            )?;
        }
        let first = self
            .part
            .iter()
            .zip(&self.language)
            .zip(&self.structure)
            .zip(&self.context);
        let first =
            first.map(|(((part, language), structure), context)| (part, language, structure, context));
        let others = self
            .parts
            .iter()
            .map(|it| (&it.part, &it.language, &it.structure, &it.context));
        for (part, language, structure, context) in first.chain(others) {
            if *part != PartName::file() {
                writeln!(out, "  part       {}", isolated(part.as_str()))?;
            }
            write_structure(out, structure)?;
            writeln!(out, "  language   {}", print::plain(language))?;
            let why = if arabic { &context.why.ar } else { &context.why.en };
            writeln!(out, "  context    {}: {}", context.label.name(), isolated(why))?;
            let found = self.findings.iter().filter(|row| row.part == *part);
            write_findings(out, found.map(|row| &row.found).filter(|found| !found.is_code()))?;
        }
        for found in &self.matches {
            let counts = if found.counts() { "" } else { ", does not count" };
            writeln!(
                out,
                "  = match      {}/{}  {}  {}{counts}",
                isolated(found.bank.as_str()),
                found.entry,
                found.method,
                isolated(found.part.as_str())
            )?;
        }
        for gap in &self.incomplete {
            writeln!(
                out,
                "  ? incomplete  {}: {}",
                isolated(gap.part.as_str()),
                print::plain(&gap.reason)
            )?;
        }
        Ok(())
    }
}

fn gap(part: PartName, kind: &str) -> Incomplete {
    let kind = kind.to_owned();
    let reason = IncompleteReason::Unsupported { kind };
    Incomplete { part, reason }
}

fn write_structure(out: &mut impl Write, structure: &Structure) -> io::Result<()> {
    let mut quotes = |name: &str, quotes: &mut dyn Iterator<Item = &Quote>| {
        for quote in quotes {
            writeln!(out, "  {name:<10} {}", isolated(&quote.text))?;
        }
        io::Result::Ok(())
    };
    quotes("title", &mut structure.title.iter())?;
    quotes("author", &mut structure.authors.iter())?;
    quotes("translator", &mut structure.translators.iter())?;
    quotes("interviewed", &mut structure.interviewed.iter())?;
    quotes("publisher", &mut structure.publisher.iter())?;
    quotes("source", &mut structure.source.iter())?;
    if let Some(Dated { iso, words, .. }) = &structure.date {
        let iso = iso.as_deref().unwrap_or("unknown day");
        writeln!(out, "  date       {}  {}", print::plain(iso), isolated(words))?;
    }
    Ok(())
}

fn write_findings<'a>(out: &mut impl Write, found: impl Iterator<Item = &'a Found>) -> io::Result<()> {
    let mut table = print::table(&["", "finding", "what", "bytes", "remarks"]);
    let (mut rows, mut more) = (0, 0);
    for found in found {
        if rows >= MOST_ROWS {
            more += 1;
            continue;
        }
        rows += 1;
        let notes: Vec<&str> = found.notes.iter().map(|note| note.as_str()).collect();
        table.add_row([
            String::new(),
            found.kind.as_str().to_owned(),
            isolated(&found.shown()),
            format!("{}–{}", found.span.0, found.span.1),
            notes.join(", "),
        ]);
    }
    if rows > 0 {
        writeln!(out, "{table}")?;
    }
    if more > 0 {
        writeln!(out, "  and {more} more; --json prints all")?;
    }
    Ok(())
}

/// A stranger's text within a line of ours: harmless for a terminal, and its direction stays its own (UAX 9: FSI, PDI).
fn isolated(text: &str) -> String {
    format!("\u{2068}{}\u{2069}", print::plain(text))
}

/// Whether the locale of the user is Arabic: the first variable that is set says it (POSIX, 8.2).
fn is_arabic(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    locale.is_some_and(|locale| locale == "ar" || locale.starts_with("ar_") || locale.starts_with("ar."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_says_the_language() {
        let of = |set: &[(&str, &str)]| {
            is_arabic(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(of(&[("LANG", "ar_JO.UTF-8")]));
        assert!(of(&[("LC_ALL", ""), ("LANG", "ar")]));
        assert!(!of(&[("LC_ALL", "C.UTF-8"), ("LANG", "ar_JO.UTF-8")]));
        assert!(!of(&[("LANG", "arn_CL")]) && !of(&[]));
    }
}
