//! What was read in texts, as it crosses from a worker: its name among all that has one, its JSON in the bulk.

use model::{Incomplete, IncompleteReason};
use serde::{Deserialize, Serialize};
use text::report::{MOST_FINDINGS, Report};

use super::lie::LieError;
use super::wire::{read_name, take};
use crate::request::{MOST_REPORTED, ReportPart, Request};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedReport {
    name: String,
    /// Bytes of its JSON.
    bytes: u64,
}

/// The most bytes that reports have in an answer to a request.
pub(super) const fn most_reports(request: &Request) -> usize {
    if request.read { MOST_REPORTED } else { 0 }
}

/// Reports on their way out.
#[derive(Default)]
pub(super) struct Leaving {
    pub(super) named: Vec<NamedReport>,
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
                leaving.named.push(NamedReport {
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

/// Reads one report.
pub(super) fn read_report(
    report: &NamedReport,
    bulk: &mut &[u8],
    request: &Request,
) -> Result<ReportPart, LieError> {
    let length = usize::try_from(report.bytes).map_err(|_| LieError::Length)?;
    if length > most_reports(request) {
        return Err(LieError::Value("length of a report"));
    }
    let name = read_name(&report.name)?;
    let report: Report =
        serde_json::from_slice(take(bulk, length)?).map_err(|_| LieError::Value("report"))?;
    // No text is longer than the longest file, member or text of a document.
    let limits = &request.limits;
    let longest = limits.max_bytes.max(limits.max_member).max(limits.max_text);
    if !request.read || !report.is_possible(longest) {
        return Err(LieError::Value("report"));
    }
    Ok(ReportPart { name, report })
}
