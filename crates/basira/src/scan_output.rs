//! What a scan prints and writes: table, JSON lines, CSV, HTML, from the recorded results, a file at a time.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use decode::{Decoded, Decoder, Request};
use fingerprint::grey::{self, GreyPicture};
use jiff::Timestamp;
use model::{Match, PartName, Sha256, Verdict};
use pipeline::banks::Banks;
use pipeline::file::decode_file;
use pipeline::report::{Excerpt, HtmlReport, MAX_PREVIEWS, ReportItem, Summary};
use pipeline::wire::{FileResult, MatchRow};
use store::{Scan, ScanCounts, ScanFile};

use crate::args::ScanOptions;
use crate::exit::Outcome;
use crate::print;

/// Rows of the table on a screen; the rest is in the reports.
const TABLE_ROWS: u64 = 200;
/// Longer side of a preview in the report, in pixels.
const PREVIEW_SIDE: usize = 160;

/// Stretches of text that are shown of one match.
const MOST_EXCERPTS: usize = 5;
/// Bytes that are read around each.
const AROUND: u64 = 200;

/// What is known about a scan beside its results.
pub(crate) struct Facts<'a> {
    pub(crate) session: &'a Scan,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
    pub(crate) request: Request,
    pub(crate) decoder: &'a Decoder,
}

/// Writes everything that was asked for.
pub(crate) fn write(banks: &Banks, options: &ScanOptions, facts: &Facts<'_>) -> Result<Outcome> {
    let counts = banks.store().scan_counts(facts.session.id)?;
    if options.json {
        let mut out = BufWriter::new(print::out());
        json_lines(banks, facts, &mut out)?;
        out.flush()?;
    } else {
        print_table(banks, facts, counts)?;
    }
    if let Some(path) = &options.ndjson {
        to_file(path, |out| json_lines(banks, facts, out))?;
    }
    if let Some(path) = &options.csv {
        to_file(path, |out| csv_table(banks, facts, out))?;
    }
    if let Some(path) = &options.html {
        to_file(path, |out| html(banks, options, facts, counts, out))?;
    }
    Ok(match counts {
        ScanCounts { matched: 1.., .. } => Outcome::Matched,
        ScanCounts { incomplete: 1.., .. } => Outcome::Incomplete,
        _ => Outcome::Clean,
    })
}

fn to_file(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let run = || -> Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        write(&mut out)?;
        Ok(out.flush()?)
    };
    run().with_context(|| format!("cannot write {}", path.display()))
}

/// Gives every recorded file of one verdict, or of all, to `each`.
fn replay(
    banks: &Banks,
    facts: &Facts<'_>,
    verdict: Option<Verdict>,
    mut each: impl FnMut(PathBuf, FileResult) -> Result<()>,
) -> Result<()> {
    banks
        .store()
        .for_each_scanned(facts.session.id, verdict, |file: ScanFile| {
            let result =
                serde_json::from_str(&file.result).context("a recorded result is damaged; scan again")?;
            each(path_of(file.path), result)
        })
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn json_lines(banks: &Banks, facts: &Facts<'_>, out: &mut impl Write) -> Result<()> {
    replay(banks, facts, None, |path, result| {
        Ok(print::json_line(
            out,
            &MatchRow::of(&path.to_string_lossy(), &result),
        )?)
    })
}

fn print_table(banks: &Banks, facts: &Facts<'_>, counts: ScanCounts) -> Result<()> {
    let mut table = print::table(&print::RESULT_HEADER);
    let mut shown = 0;
    for verdict in [Verdict::Match, Verdict::Incomplete, Verdict::NoMatch] {
        replay(banks, facts, Some(verdict), |path, result| {
            let worth_a_row = verdict != Verdict::NoMatch || !result.matches.is_empty();
            if worth_a_row && shown < TABLE_ROWS {
                print::add_result(&mut table, &path.to_string_lossy(), &result);
            }
            shown += u64::from(worth_a_row);
            Ok(())
        })?;
    }
    let mut out = print::out();
    if shown > 0 {
        writeln!(out, "{table}\n")?;
    }
    if shown > TABLE_ROWS {
        writeln!(
            out,
            "… and {} more files; --html, --csv or --ndjson FILE has them all",
            shown - TABLE_ROWS
        )?;
    }
    let files = counts.matched + counts.no_match + counts.incomplete;
    let seconds = facts.finished_at.duration_since(facts.started_at).as_secs_f64();
    writeln!(
        out,
        "{files} files in {seconds:.1} s: {} match, {} no match, {} incomplete",
        counts.matched, counts.no_match, counts.incomplete
    )?;
    Ok(())
}

fn csv_table(banks: &Banks, facts: &Facts<'_>, out: &mut impl Write) -> Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "path",
        "verdict",
        "sha256",
        "bank",
        "entry",
        "type",
        "method",
        "distance",
        "quality",
        "part",
        "trust",
        "human_confirmed",
        "suppressed_by",
        "incomplete",
    ])?;
    replay(banks, facts, None, |path, result| {
        let path = path.to_string_lossy();
        let sha256 = result.sha256.map(|digest| digest.to_string()).unwrap_or_default();
        let start = [spreadsheet_safe(&path), result.verdict.name().to_owned(), sha256];
        for found in &result.matches {
            let suppressed = found
                .suppressed_by
                .as_ref()
                .map(|allow| format!("{}/{}", allow.bank, allow.entry));
            let rest = [
                found.bank.to_string(),
                found.entry.to_string(),
                found.kind.to_string(),
                found.method.to_string(),
                found.distance.to_string(),
                found
                    .quality
                    .map(|quality| quality.get().to_string())
                    .unwrap_or_default(),
                found.part.to_string(),
                found.trust.to_string(),
                found.human_confirmed.to_string(),
                suppressed.unwrap_or_default(),
                String::new(),
            ];
            table.write_record(start.iter().chain(&rest))?;
        }
        let gaps: Vec<String> = result
            .gaps()
            .map(|gap| format!("{}: {}", gap.part, gap.reason))
            .collect();
        if result.matches.is_empty() || !gaps.is_empty() {
            let mut rest = vec![String::new(); 11];
            rest[10] = spreadsheet_safe(&gaps.join("; "));
            table.write_record(start.iter().chain(&rest))?;
        }
        Ok(())
    })?;
    table.flush()?;
    Ok(())
}

/// A cell that a spreadsheet does not take for a formula (OWASP, "CSV Injection").
fn spreadsheet_safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn html(
    banks: &Banks,
    options: &ScanOptions,
    facts: &Facts<'_>,
    counts: ScanCounts,
    out: &mut impl Write,
) -> Result<()> {
    let mut bytes = 0;
    replay(banks, facts, None, |_, result| {
        bytes += result.bytes;
        Ok(())
    })?;
    let summary = Summary {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: facts.started_at,
        finished_at: facts.finished_at,
        roots: options
            .paths
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect(),
        tier: options.tier.name().to_owned(),
        banks: banks
            .store()
            .banks()?
            .into_iter()
            .map(|b| (b.bank.name.to_string(), b.entries))
            .collect(),
        files: counts.matched + counts.no_match + counts.incomplete,
        matched: counts.matched,
        no_match: counts.no_match,
        incomplete: counts.incomplete,
        bytes,
    };
    let mut report = HtmlReport::begin(out, options.lang, &summary)?;
    let mut previews = 0;
    let mut buffer = Vec::new();
    for verdict in [Verdict::Match, Verdict::Incomplete, Verdict::NoMatch] {
        replay(banks, facts, Some(verdict), |path, result| {
            let wanted = !result.matches.is_empty() && previews < MAX_PREVIEWS;
            let shown = wanted
                .then(|| again(&path, result.sha256, &mut buffer, facts))
                .flatten();
            let thumbnail = shown.as_ref().and_then(preview);
            previews += u64::from(thumbnail.is_some());
            let excerpts = match &shown {
                Some(decoded) => excerpts(&path, decoded, &result.matches),
                None => Vec::new(),
            };
            report.item(&ReportItem {
                path: path.to_string_lossy().into_owned(),
                verdict: result.verdict,
                incomplete: result.gaps().collect(),
                matches: result.matches,
                excerpts,
                thumbnail,
                sha256: result.sha256,
            })?;
            Ok(())
        })?;
    }
    report.finish()?;
    Ok(())
}

/// What is shown is decoded again, and only if the file is still the one that was examined: scans keep no content.
fn again(path: &Path, sha256: Option<Sha256>, buffer: &mut Vec<u8>, facts: &Facts<'_>) -> Option<Decoded> {
    let (decoded, _) = decode_file(path, buffer, facts.decoder, &facts.request, &mut |_| ()).ok()?;
    (sha256 == Some(decoded.digests.sha256)).then_some(decoded)
}

fn preview(decoded: &Decoded) -> Option<GreyPicture> {
    let picture = &decoded.pictures.first()?.grey;
    Some(grey::shrink(
        &picture.data,
        picture.width as usize,
        picture.height as usize,
        PREVIEW_SIDE,
    ))
}

/// What was found in texts, for each match: in the file itself, or in the text of a document.
fn excerpts(path: &Path, decoded: &Decoded, matches: &[Match]) -> Vec<Vec<Excerpt>> {
    let of = |found: &Match| -> Vec<Excerpt> {
        let spans = found.spans.iter().take(MOST_EXCERPTS);
        let part = decoded.texts.iter().find(|text| text.name == found.part);
        match part {
            Some(part) => spans
                .filter_map(|it| Excerpt::of(part.text.as_bytes(), it.span))
                .collect(),
            None if found.part == PartName::file() => spans
                .filter_map(|it| {
                    let (from, to) = it.span;
                    let start = from.saturating_sub(AROUND);
                    let window = read_range(path, start, to.saturating_add(AROUND)).ok()?;
                    Excerpt::of(&window, (from - start, to - start))
                })
                .collect(),
            None => Vec::new(),
        }
    };
    matches.iter().map(of).collect()
}

/// Bytes of a file from and to.
fn read_range(path: &Path, from: u64, to: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
