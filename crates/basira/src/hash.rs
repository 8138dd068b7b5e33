//! `basira hash`.

use std::io::{self, Write};

use anyhow::Result;
use decode::TextSource;
use model::{Incomplete, IncompleteReason, PartName};
use pipeline::file::decode_file;
use pipeline::wire::{HashRow, PassagesRow};

use crate::args::HashOptions;
use crate::exit::Outcome;
use crate::print;
use crate::progress::watched;

pub(crate) fn run(options: &HashOptions) -> Result<Outcome> {
    let mut out = print::out();
    let mut outcome = Outcome::Clean;
    let request = options.decoding.request().with_texts();
    let decoder = options.decoding.decoder(1)?;
    let mut buffer = Vec::new();
    for file in &options.files {
        let path = file.to_string_lossy().into_owned();
        let decoded = watched(file, |watch| {
            decode_file(file, &mut buffer, &decoder, &request, watch)
        });
        let row = match decoded {
            Ok((decoded, _)) => HashRow::of(path, &decoded),
            Err(error) => {
                let reason = IncompleteReason::Unreadable {
                    why: error.to_string(),
                };
                HashRow::unreadable(
                    path,
                    &Incomplete {
                        part: PartName::file(),
                        reason,
                    },
                )
            }
        };
        if !row.incomplete.is_empty() {
            outcome = Outcome::Incomplete;
        }
        if options.json {
            print::json_line(&mut out, &row)?;
        } else {
            text(&mut out, &row)?;
        }
    }
    Ok(outcome)
}

fn text(out: &mut impl Write, row: &HashRow) -> io::Result<()> {
    writeln!(out, "{}", print::plain(&row.path))?;
    if let Some(value) = row.sha256 {
        writeln!(out, "  sha256  {value}")?;
    }
    if let Some(value) = row.sha1 {
        writeln!(out, "  sha1    {value}")?;
    }
    if let Some(value) = row.md5 {
        writeln!(out, "  md5     {value}")?;
    }
    for signal in &row.signals {
        let variant = match signal.variant {
            model::Variant::Canonical => "canonical",
            model::Variant::Compat => "compat (as peers read the file)",
        };
        let quality = signal.quality.get();
        let usable = if signal.quality.is_usable() {
            ""
        } else {
            ", too low to be compared"
        };
        writeln!(
            out,
            "  pdq     {}  {}, {variant}, quality {quality}{usable}",
            signal.value, signal.part
        )?;
    }
    for track in &row.tracks {
        let what = match track.kind {
            model::SignalType::Chromaprint => "words",
            _ => "frames",
        };
        writeln!(
            out,
            "  {}  {} {what}  {}",
            track.kind,
            track.length,
            print::plain(track.part.as_str())
        )?;
    }
    for member in &row.members {
        let part = print::plain(member.part.as_str());
        writeln!(out, "  member  {part}  {}, {} bytes", member.kind, member.bytes)?;
    }
    for text in &row.texts {
        let part = print::plain(text.part.as_str());
        let guessed = match text.source {
            TextSource::Document => "",
            TextSource::Ocr => ", a guess by OCR",
        };
        writeln!(
            out,
            "  text    {part}  {} characters{guessed}",
            text.text.chars().count()
        )?;
    }
    for text in &row.text_signals {
        let part = print::plain(text.part.as_str());
        for signal in &text.signals {
            match signal.passages {
                // They are as long as the text, and nobody reads them.
                Some(PassagesRow { words, kept }) => {
                    writeln!(out, "  {}  {kept} shingles of {words} words  {part}", signal.kind)?
                }
                None => writeln!(out, "  {}  {}  {part}", signal.kind, signal.value)?,
            }
        }
        if text.more {
            writeln!(out, "  and more links, handles and addresses  {part}")?;
        }
    }
    for gap in &row.incomplete {
        writeln!(out, "  ? incomplete  {}: {}", gap.part, print::plain(&gap.reason))?;
    }
    Ok(())
}
