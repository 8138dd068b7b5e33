//! What was read in texts, as it crosses from a worker: its name among all that has one, its JSON in the bulk.

use serde::{Deserialize, Serialize};
use text::report::Report;

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

/// The names of reports, and their JSON.
pub(super) fn reports(parts: &[ReportPart]) -> (Vec<NamedReport>, Vec<Vec<u8>>) {
    let named = |part: &ReportPart| {
        // Strings, numbers and lists of them always have a JSON form.
        let json = serde_json::to_vec(&part.report).unwrap_or_default();
        let name = NamedReport {
            name: part.name.as_str().to_owned(),
            bytes: json.len() as u64,
        };
        (name, json)
    };
    parts.iter().map(named).unzip()
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
