//! vPDQ as python-threatexchange writes, reads and compares it (its extension `vpdq`; `hma.md` 3.3): a bag of frames.
//!
//! For exchange, and to be measured against. Basira's own matching is [`super::align`]: a bag says nothing of the order
//! of frames, and by its default thresholds a banked clip within a longer upload is no match.

use std::collections::HashSet;

use model::{PdqHash, Quality};
use thiserror::Error;

use super::track::{Frame, Track};

/// A frame as it is exchanged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VpdqFrame {
    /// Hash of the frame.
    pub hash: PdqHash,
    /// Its quality.
    pub quality: Quality,
    /// Seconds since the beginning.
    pub time: f64,
}

/// Frames that a signal may have: a day of one a second.
pub const MOST_FRAMES: usize = 86_400;

/// The bits of a byte of a hash that belong to columns 0, 2, 4, …: odd frequencies, whose sign a mirror changes.
const EVEN_COLUMNS: u8 = 0b0101_0101;

/// Why a text is no vPDQ signal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VpdqError {
    /// It is no JSON list of texts.
    #[error("a vPDQ signal is a JSON list of texts \"hash,quality,time\": {0}")]
    Json(String),
    /// Too many frames.
    #[error("a vPDQ signal of more than {MOST_FRAMES} frames")]
    Many,
    /// A frame is not `hash,quality,time`.
    #[error("frame {0} of the vPDQ signal is not \"hash,quality,time\"")]
    Frame(usize),
}

/// The signal as a JSON list of `"hash,quality,time"`, the time with three significant digits as Python's `:.3` writes
/// them.
///
/// ```
/// use basira_fingerprint::film::vpdq::{VpdqFrame, read, write};
/// use model::{PdqHash, Quality};
/// let frame = VpdqFrame { hash: PdqHash::new([0xab; 32]), quality: Quality::USABLE, time: 123.4 };
/// let text = write(&[frame]);
/// assert_eq!(text, format!("[\"{},50,1.23e+02\"]", "ab".repeat(32)));
/// assert_eq!(read(&text)?[0].time, 123.0);
/// # Ok::<(), basira_fingerprint::film::vpdq::VpdqError>(())
/// ```
pub fn write(frames: &[VpdqFrame]) -> String {
    let texts = frames.iter().map(|frame| {
        format!(
            "\"{},{},{}\"",
            frame.hash,
            frame.quality.get(),
            three_digits(frame.time)
        )
    });
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// Python's `format(value, ".3")` for a value that is not negative: as `.3g`, but with a digit after the point, and so with
/// an exponent from 100 on.
fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0.0".to_owned();
    }
    let scientific = format!("{value:.2e}");
    // Rust always writes the exponent.
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..2).contains(&exponent) {
        let fixed = format!("{value:.*}", (2 - exponent).max(0) as usize);
        let short = match fixed.contains('.') {
            true => fixed.trim_end_matches('0').trim_end_matches('.'),
            false => &fixed,
        };
        return match short.contains('.') {
            true => short.to_owned(),
            false => format!("{short}.0"),
        };
    }
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// Reads [`write()`]'s text, and what python-threatexchange writes.
///
/// # Errors
/// [`VpdqError`], which says which frame is wrong.
pub fn read(text: &str) -> Result<Vec<VpdqFrame>, VpdqError> {
    let list: Vec<String> = serde_json::from_str(text).map_err(|error| VpdqError::Json(error.to_string()))?;
    if list.len() > MOST_FRAMES {
        return Err(VpdqError::Many);
    }
    let frame = |(number, text): (usize, &String)| read_frame(text).ok_or(VpdqError::Frame(number));
    list.iter().enumerate().map(frame).collect()
}

fn read_frame(text: &str) -> Option<VpdqFrame> {
    let mut fields = text.split(',');
    let (hash, quality, time) = (fields.next()?, fields.next()?, fields.next()?);
    let time: f64 = time.parse().ok()?;
    let frame = VpdqFrame {
        hash: PdqHash::from_hex(hash).ok()?,
        quality: Quality::new(quality.parse().ok()?).ok()?,
        time,
    };
    (fields.next().is_none() && time.is_finite() && time >= 0.0).then_some(frame)
}

/// The frames as a track that can be banked.
///
/// The mirrored hashes are what the bits tell: of a mirrored picture every second column of frequencies changes its sign,
/// and a few bits more are off, as the median moves.
///
/// ```
/// use basira_fingerprint::film::vpdq::{read, track};
/// let zeros = "0".repeat(64);
/// let frames = read(&format!("[\"{zeros},100,2.0\", \"{zeros},100,1.0\"]"))?;
/// let track = track(frames);
/// assert_eq!((track.frames[0].time, track.duration, track.seen), (1_000, 2_000, 2));
/// # Ok::<(), basira_fingerprint::film::vpdq::VpdqError>(())
/// ```
pub fn track(mut frames: Vec<VpdqFrame>) -> Track {
    frames.sort_by(|a, b| a.time.total_cmp(&b.time));
    let frames: Vec<Frame> = frames
        .into_iter()
        .map(|frame| Frame {
            time: (1000.0 * frame.time) as u32,
            quality: frame.quality,
            hash: frame.hash,
            mirrored: PdqHash::new(frame.hash.bytes().map(|byte| byte ^ EVEN_COLUMNS)),
        })
        .collect();
    Track {
        duration: frames.last().map_or(0, |frame| frame.time),
        seen: frames.len() as u32,
        frames,
    }
}

/// Percent of the query's frames that have a like frame in the bank's, and of the bank's that have one in the query's,
/// as python-threatexchange counts: frames of quality 50 or more, each hash once, within 31 bits. `None` where a side
/// has no such frame, which is an error there.
pub fn compare(query: &[VpdqFrame], bank: &[VpdqFrame]) -> Option<(f64, f64)> {
    let (query, bank) = (usable(query), usable(bank));
    if query.is_empty() || bank.is_empty() {
        return None;
    }
    let share = |of: &[PdqHash], among: &[PdqHash]| {
        let near = |hash: &&PdqHash| among.iter().any(|other| hash.distance(other) <= 31);
        of.iter().filter(near).count() as f64 * 100.0 / of.len() as f64
    };
    Some((share(&query, &bank), share(&bank, &query)))
}

fn usable(frames: &[VpdqFrame]) -> Vec<PdqHash> {
    let mut seen = HashSet::new();
    frames
        .iter()
        .filter(|frame| frame.quality.is_usable() && seen.insert(frame.hash))
        .map(|frame| frame.hash)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_written_as_python_writes_them() {
        // python3 -c 'print([format(x, ".3") for x in (...)])'
        let cases = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (0.5, "0.5"),
            (12.34, "12.3"),
            (99.96, "1e+02"),
            (100.0, "1e+02"),
            (123.4, "1.23e+02"),
            (3600.0, "3.6e+03"),
            (0.0333, "0.0333"),
            (0.00001, "1e-05"),
            (33.0, "33.0"),
        ];
        for (value, text) in cases {
            assert_eq!(three_digits(value), text);
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_with_its_number() {
        let good = format!("{},100,1.0", "0f".repeat(32));
        let list = |frame: &str| format!("[\"{good}\", \"{frame}\"]");
        assert_eq!(read(&list(&good)).unwrap().len(), 2);
        let short = "0f".repeat(31);
        for bad in [
            "",
            "1,2,3",
            &format!("{short},100,1.0"),
            &good.replace("100", "101"),
            &good.replace("1.0", "-1.0"),
            &good.replace("1.0", "nan"),
            &format!("{good},9"),
        ] {
            assert_eq!(read(&list(bad)), Err(VpdqError::Frame(1)), "{bad}");
        }
        assert!(matches!(read("{}"), Err(VpdqError::Json(_))));
    }

    #[test]
    fn the_mirrored_hashes_of_a_signal_are_near_the_real_ones() {
        for seed in 0..20 {
            let luma = testkit::photo(seed, 128, 128).luma();
            let print = crate::pdq::fast(&luma, 128, 128);
            let frame = VpdqFrame {
                hash: print.hash(),
                quality: print.quality(),
                time: 0.0,
            };
            let real = print.in_form(model::Dihedral::FlipY);
            let told = track(vec![frame]).frames[0].mirrored;
            assert!(told.distance(&real) <= 16, "{}", told.distance(&real));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_signal_or_none(text in "\\PC{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn signals_are_read_back(times in prop::collection::vec(0.0..1000.0f64, 0..20)) {
            let frames: Vec<VpdqFrame> = times
                .iter()
                .map(|time| VpdqFrame { hash: PdqHash::new([7; 32]), quality: Quality::USABLE, time: *time })
                .collect();
            let back = read(&write(&frames)).unwrap();
            for (a, b) in frames.iter().zip(&back) {
                prop_assert!((a.time - b.time).abs() <= 0.0051 * a.time.max(0.01));
            }
        }
    }
}
