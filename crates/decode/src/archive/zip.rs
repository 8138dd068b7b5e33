//! zip, and the documents that are one. Programs disagree on which members a damaged or forged archive has, so those of
//! the directory are opened and then whatever else begins like a member.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use ::zip::ZipArchive;
use ::zip::read::read_zipfile_from_stream;
use ::zip::result::ZipError;
use model::IncompleteReason;

use crate::document::office;
use crate::kind::{Document, FileKind};
use crate::opening::Opening;
use crate::refusal::{malformed, unsupported};

/// The mark of a member's own header.
const LOCAL: &[u8] = b"PK\x03\x04";
/// Members outside of the directory that are tried: each try costs a search for its end.
const MOST_STRAYS: usize = 1_000;

fn refuse(error: ZipError) -> IncompleteReason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => IncompleteReason::Encrypted,
        ZipError::UnsupportedArchive(what) => unsupported(format!("zip, {what}")),
        ZipError::CompressionMethodNotSupported(method) => unsupported(format!("zip, method {method}")),
        error => malformed(error),
    }
}

/// Opens every member.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    let mut known = BTreeSet::new();
    let outcome = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(mut archive) => {
            listed(&mut archive, &mut known, opening);
            Ok(())
        }
        Err(error) => Err(refuse(error)),
    };
    // An archive without a sound directory, of which every member could be read all the same, is damaged nevertheless.
    if stray(bytes, &known, opening) {
        opening.gap(malformed(
            "members that the directory of the archive does not list",
        ));
    }
    outcome
}

/// Opens the members of the directory, and notes where they lie.
fn listed(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    known: &mut BTreeSet<(u64, u64)>,
    opening: &mut Opening<'_>,
) {
    let document = document(archive);
    if let Some(document) = document {
        opening.is_a(FileKind::Document(document));
    }
    for number in 0..archive.len() {
        let (name, encrypted) = match archive.by_index_raw(number) {
            Ok(member) => {
                let start = member.header_start();
                let data = member.data_start().unwrap_or(start);
                // At least its own mark is known.
                let end = data.saturating_add(member.compressed_size());
                known.insert((start, end.max(start + LOCAL.len() as u64)));
                if member.is_dir() && member.size() == 0 {
                    continue;
                }
                (
                    String::from_utf8_lossy(member.name_raw()).into_owned(),
                    member.encrypted(),
                )
            }
            Err(error) => {
                opening.gap(refuse(error));
                continue;
            }
        };
        if encrypted {
            opening.member_gap(&name, IncompleteReason::Encrypted);
            continue;
        }
        match archive.by_index(number) {
            Ok(member) => opening.member(&name, member),
            Err(error) => {
                opening.member_gap(&name, refuse(error));
                continue;
            }
        }
        if document.is_some_and(|document| office::has_text(document, &name))
            && let Ok(member) = archive.by_index(number)
        {
            read_text(member, &name, opening);
        }
    }
}

fn read_text(member: impl Read, name: &str, opening: &mut Opening<'_>) {
    let limit = opening.request().limits.max_member;
    let mut xml = Vec::new();
    // What is beyond the limit, or damaged, was said when the member was opened.
    let _ = member.take(limit).read_to_end(&mut xml);
    if let Err(reason) = office::text(name, &xml, opening) {
        opening.member_gap(name, reason);
    }
}

/// Which kind of document it is, if any.
fn document(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<Document> {
    if archive.index_for_name("[Content_Types].xml").is_some() {
        return Some(Document::OfficeOpenXml);
    }
    let mut kind = String::new();
    let member = archive.by_name("mimetype").ok()?;
    member.take(100).read_to_string(&mut kind).ok()?;
    if kind.trim() == "application/epub+zip" {
        Some(Document::Epub)
    } else if kind.starts_with("application/vnd.oasis.opendocument") {
        Some(Document::OpenDocument)
    } else {
        None
    }
}

/// Opens what begins like a member, is one, and lies outside of the known ones; whether there was any.
fn stray(bytes: &[u8], known: &BTreeSet<(u64, u64)>, opening: &mut Opening<'_>) -> bool {
    let (mut at, mut tried, mut found) = (0, 0, false);
    while let Some(next) = find(&bytes[at..], LOCAL) {
        at += next;
        let inside = known.range(..=(at as u64, u64::MAX)).next_back();
        if let Some((_, end)) = inside.filter(|(_, end)| *end > at as u64) {
            // Within a member: its content is its own.
            at = usize::try_from(*end)
                .unwrap_or(usize::MAX)
                .clamp(at + 1, bytes.len());
            continue;
        }
        tried += 1;
        if tried > MOST_STRAYS {
            let limit = MOST_STRAYS as u32;
            opening.gap(IncompleteReason::Members { limit });
            return found;
        }
        let mut rest = &bytes[at..];
        at += LOCAL.len();
        let Ok(Some(member)) = read_zipfile_from_stream(&mut rest) else {
            continue;
        };
        if member.is_dir() {
            continue;
        }
        found = true;
        let name = String::from_utf8_lossy(member.name_raw()).into_owned();
        opening.member(&name, member);
        // What it was read from is behind.
        at = at.max(bytes.len() - rest.len());
    }
    found
}

/// Where `wanted` begins first.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
