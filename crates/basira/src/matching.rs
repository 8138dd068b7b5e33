//! `basira match`.

use std::io::Write;

use anyhow::Result;
use jiff::Timestamp;
use pipeline::scan::{ScanOptions, examine_file};
use pipeline::wire::MatchRow;

use crate::args::{MatchOptions, PlaceArguments};
use crate::exit::Outcome;
use crate::print;
use crate::progress::watched;

pub(crate) fn run(place: &PlaceArguments, options: &MatchOptions) -> Result<Outcome> {
    let banks = place.banks_to_match()?;
    let decoder = options.decoding.decoder(1)?;
    let scan = ScanOptions {
        decoder: &decoder,
        request: options.decoding.request().with_texts(),
        tier: options.tier.tier(),
        threads: 1,
        now: Timestamp::now(),
    };
    let mut out = print::out();
    let mut outcome = Outcome::Clean;
    let mut buffer = Vec::new();
    let mut table = print::table(&print::RESULT_HEADER);
    for file in &options.files {
        let path = file.to_string_lossy();
        let result = watched(file, |watch| {
            examine_file(file, &mut buffer, &banks, &scan, watch)
        })?;
        outcome = outcome.max(Outcome::of(result.verdict));
        if options.json {
            print::json_line(&mut out, &MatchRow::of(&path, &result))?;
        } else {
            print::add_result(&mut table, &path, &result);
        }
    }
    if !options.json {
        writeln!(out, "{table}")?;
    }
    Ok(outcome)
}
