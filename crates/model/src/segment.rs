//! A stretch of time in an item and the stretch of a banked film or recording that it shows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where an item shows what is banked. Text form: `[QUERY-QUERY~BANK-BANK]xSPEED`, times in milliseconds, speed in
/// percent; `/flipy` where it is mirrored.
///
/// ```
/// use basira_model::Segment;
/// let segment: Segment = "[41000-72000~0-31000]x105/flipy".parse().unwrap();
/// assert_eq!((segment.query, segment.speed, segment.mirrored), ((41_000, 72_000), 105, true));
/// assert_eq!(segment.to_string(), "[41000-72000~0-31000]x105/flipy");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "Wire", from = "Wire")]
pub struct Segment {
    /// Beginning and end in the item, in milliseconds.
    pub query: (u32, u32),
    /// Beginning and end in the banked film or recording, in milliseconds.
    pub bank: (u32, u32),
    /// Time that passes in what is banked while a second passes in the item, in hundredths.
    pub speed: u16,
    /// Whether the item is mirrored.
    pub mirrored: bool,
}

impl fmt::Display for Segment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            query,
            bank,
            speed,
            mirrored,
        } = self;
        write!(out, "[{}-{}~{}-{}]x{speed}", query.0, query.1, bank.0, bank.1)?;
        if *mirrored {
            out.write_str("/flipy")
        } else {
            Ok(())
        }
    }
}

/// Milliseconds as people write times in a film: `00:41`, `1:02:03`.
///
/// ```
/// assert_eq!(basira_model::clock(41_999), "00:41");
/// assert_eq!(basira_model::clock(3_723_000), "1:02:03");
/// ```
pub fn clock(milliseconds: u32) -> String {
    let seconds = milliseconds / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes:02}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// Why a text is no segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a segment; a segment looks like [41000-72000~0-31000]x100")]
pub struct SegmentParseError;

impl FromStr for Segment {
    type Err = SegmentParseError;

    fn from_str(text: &str) -> Result<Self, SegmentParseError> {
        read(text).ok_or(SegmentParseError)
    }
}

fn read(text: &str) -> Option<Segment> {
    let (text, mirrored) = match text.strip_suffix("/flipy") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (times, speed) = text.strip_prefix('[')?.split_once("]x")?;
    let (query, bank) = times.split_once('~')?;
    let range = |text: &str| {
        let (from, to) = text.split_once('-')?;
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        (from <= to).then_some((from, to))
    };
    let segment = Segment {
        query: range(query)?,
        bank: range(bank)?,
        speed: speed.parse().ok()?,
        mirrored,
    };
    // One text for one segment.
    let whole = if mirrored {
        format!("{text}/flipy")
    } else {
        text.to_owned()
    };
    (segment.to_string() == whole).then_some(segment)
}

/// The form in JSON: seconds, and the speed as a factor.
#[derive(Serialize, Deserialize)]
struct Wire {
    segment: Seconds,
    speed: f64,
    mirrored: bool,
}

#[derive(Serialize, Deserialize)]
struct Seconds {
    query: [f64; 2],
    bank: [f64; 2],
}

impl From<Segment> for Wire {
    fn from(segment: Segment) -> Self {
        let seconds = |(from, to): (u32, u32)| [f64::from(from) / 1000.0, f64::from(to) / 1000.0];
        Self {
            segment: Seconds {
                query: seconds(segment.query),
                bank: seconds(segment.bank),
            },
            speed: f64::from(segment.speed) / 100.0,
            mirrored: segment.mirrored,
        }
    }
}

impl From<Wire> for Segment {
    fn from(wire: Wire) -> Self {
        // A float becomes the nearest integer in range.
        let milliseconds =
            |[from, to]: [f64; 2]| ((1000.0 * from).round() as u32, (1000.0 * to).round() as u32);
        Self {
            query: milliseconds(wire.segment.query),
            bank: milliseconds(wire.segment.bank),
            speed: (100.0 * wire.speed).round() as u16,
            mirrored: wire.mirrored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_print_and_parse() {
        let segment = Segment {
            query: (1, 72_000),
            bank: (0, 4_294_967_295),
            speed: 95,
            mirrored: false,
        };
        assert_eq!(segment.to_string().parse(), Ok(segment));
        for wrong in [
            "",
            "[1-2~3-4]",
            "[2-1~3-4]x100",
            "[1-2~3-4]x0100",
            "[1-2~3-4]x100/flipx",
            "1-2~3-4x100",
        ] {
            assert_eq!(wrong.parse::<Segment>(), Err(SegmentParseError), "{wrong}");
        }
    }
}
