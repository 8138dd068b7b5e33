//! What was read in texts and what they are compared by, as it crosses from a worker: its name among all that has one,
//! its JSON or its bytes in the bulk.

use model::{Incomplete, IncompleteReason};
use serde::{Deserialize, Serialize};
use text::known::TextPrint;
use text::report::{MOST_FINDINGS, Report};
use text::{MOST_SEARCHED, is_search_word};

use super::lie::LieError;
use super::wire::{read_name, take};
use crate::request::{MOST_PRINTED, MOST_REPORTED, MOST_WORDS, PrintPart, ReportPart, Request};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedRead {
    name: String,
    /// Bytes of it in the bulk.
    bytes: u64,
}

/// The most bytes that reports have in an answer to a request.
pub(super) const fn most_reports(request: &Request) -> usize {
    if request.read { MOST_REPORTED } else { 0 }
}

/// Reports on their way out.
#[derive(Default)]
pub(super) struct Leaving {
    pub(super) named: Vec<NamedRead>,
    /// Their JSON.
    pub(super) bulk: Vec<Vec<u8>>,
    /// Those for which there was no room.
    pub(super) left: Vec<Incomplete>,
}

/// Writes reports, as far as there is room.
pub(super) fn reports(parts: &[ReportPart]) -> Leaving {
    let mut leaving = Leaving::default();
    let mut room = MOST_REPORTED;
    for part in parts {
        // Strings, numbers and lists of them always have a JSON form.
        let json = serde_json::to_vec(&part.report).unwrap_or_default();
        match room.checked_sub(json.len()) {
            Some(rest) => {
                room = rest;
                leaving.named.push(NamedRead {
                    name: part.name.as_str().to_owned(),
                    bytes: json.len() as u64,
                });
                leaving.bulk.push(json);
            }
            None => leaving.left.push(Incomplete {
                part: part.name.clone(),
                reason: IncompleteReason::Findings {
                    limit: MOST_FINDINGS as u32,
                },
            }),
        }
    }
    leaving
}

/// Reads at most so many reports.
pub(super) fn read_reports(
    named: &[NamedRead],
    most: usize,
    bulk: &mut &[u8],
    request: &Request,
) -> Result<Vec<ReportPart>, LieError> {
    if named.len() > most {
        return Err(LieError::Value("number of reports"));
    }
    named
        .iter()
        .map(|report| read_report(report, bulk, request))
        .collect()
}

fn read_report(report: &NamedRead, bulk: &mut &[u8], request: &Request) -> Result<ReportPart, LieError> {
    let length = usize::try_from(report.bytes).map_err(|_| LieError::Length)?;
    if length > most_reports(request) {
        return Err(LieError::Value("length of a report"));
    }
    let name = read_name(&report.name)?;
    let report: Report =
        serde_json::from_slice(take(bulk, length)?).map_err(|_| LieError::Value("report"))?;
    if !request.read || !report.is_possible(longest(request)) {
        return Err(LieError::Value("report"));
    }
    Ok(ReportPart { name, report })
}

/// No text is longer than the longest file, member or text of a document.
fn longest(request: &Request) -> u64 {
    let limits = &request.limits;
    limits.max_bytes.max(limits.max_member).max(limits.max_text)
}

/// The most bytes that prints have in an answer to a request, with the words by which texts are searched.
pub(super) const fn most_prints(request: &Request) -> usize {
    if request.compare {
        MOST_PRINTED + MOST_WORDS
    } else {
        0
    }
}

/// The names of prints, and their bytes: the length of the words in 32 bits, the words as lines, and the print.
pub(super) fn prints(parts: &[PrintPart]) -> (Vec<NamedRead>, Vec<Vec<u8>>) {
    let named = |part: &PrintPart| {
        let words = part.words.join("\n");
        let mut bytes = (words.len() as u32).to_le_bytes().to_vec();
        bytes.extend(words.as_bytes());
        bytes.extend(part.print.to_bytes());
        let name = NamedRead {
            name: part.name.as_str().to_owned(),
            bytes: bytes.len() as u64,
        };
        (name, bytes)
    };
    parts.iter().map(named).unzip()
}

/// Reads at most so many prints.
pub(super) fn read_prints(
    named: &[NamedRead],
    most: usize,
    bulk: &mut &[u8],
    request: &Request,
) -> Result<Vec<PrintPart>, LieError> {
    if named.len() > most {
        return Err(LieError::Value("number of prints"));
    }
    named
        .iter()
        .map(|print| read_print(print, bulk, request))
        .collect()
}

fn read_print(print: &NamedRead, bulk: &mut &[u8], request: &Request) -> Result<PrintPart, LieError> {
    let length = usize::try_from(print.bytes).map_err(|_| LieError::Length)?;
    if length > most_prints(request) {
        return Err(LieError::Value("length of a print"));
    }
    let name = read_name(&print.name)?;
    let (lines, rest) = take(bulk, length)?
        .split_first_chunk::<4>()
        .ok_or(LieError::Length)?;
    let lines = u32::from_le_bytes(*lines) as usize;
    let (lines, rest) = rest.split_at_checked(lines).ok_or(LieError::Length)?;
    let words = read_words(lines, request)?;
    let print = TextPrint::from_bytes(rest).map_err(|_| LieError::Value("print"))?;
    if !print.is_possible(longest(request)) {
        return Err(LieError::Value("print"));
    }
    Ok(PrintPart { name, print, words })
}

/// Words as lines; none where there is no line.
fn read_words(lines: &[u8], request: &Request) -> Result<Vec<String>, LieError> {
    let wrong = LieError::Value("words");
    let lines = str::from_utf8(lines).map_err(|_| wrong.clone())?;
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let words: Vec<String> = lines.split('\n').map(str::to_owned).collect();
    let is_possible =
        !request.banked && words.len() <= MOST_SEARCHED && words.iter().all(|it| is_search_word(it));
    if is_possible { Ok(words) } else { Err(wrong) }
}
