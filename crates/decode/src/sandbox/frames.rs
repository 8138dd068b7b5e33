//! A tool's output, in a worker: grey frames or samples from one pipe, times from the other, to a track of hashes.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Take};
use std::os::fd::BorrowedFd;

use fingerprint::film::{Keep, Tracker, Tracks};
use fingerprint::sound::{Printer, RATE, Shifted, bank_shifts, query_shifts};
use model::{IncompleteReason, Leaf, Place};

use crate::FileKind;
use crate::request::{Contents, FilmPart, Frames, Request, SoundPart};

/// Side of the square frames that a tool writes; a hash needs no more (`hostile.md` B.2).
pub(super) const SIDE: usize = 256;

/// Bytes that a line about one frame has at most.
const MOST_LINE: u64 = 400;

/// Seconds of an item after which there is a sign of life.
const SELDOM: u32 = 5;

/// Tells how many seconds there were, seldom.
pub(super) struct Told<'a> {
    step: &'a mut dyn FnMut(u32),
    last: u32,
}

impl<'a> Told<'a> {
    pub(super) fn new(step: &'a mut dyn FnMut(u32)) -> Self {
        Self { step, last: 0 }
    }

    fn at(&mut self, seconds: u32) {
        if seconds >= self.last.saturating_add(SELDOM) {
            self.last = seconds;
            (self.step)(seconds);
        }
    }
}

/// Reads a descriptor that the process was given and never closes.
struct Pipe<'a>(BorrowedFd<'a>);

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(self.0, &mut *buffer) {
                Err(rustix::io::Errno::INTR) => {}
                result => return Ok(result?),
            }
        }
    }
}

/// Hashes frames until there are no more, or too many; `step` is told the seconds so far.
pub(super) fn read(
    frames: BorrowedFd<'_>,
    times: BorrowedFd<'_>,
    request: &Request,
    step: &mut dyn FnMut(u32),
) -> io::Result<Contents> {
    let (tracks, full) = track(Pipe(frames), Pipe(times), request, Told::new(step))?;
    let mut contents = Contents::nothing(FileKind::UNKNOWN);
    if full {
        contents.incomplete.push(model::Incomplete {
            part: Place::item().part(Leaf::Film),
            reason: IncompleteReason::Frames {
                limit: request.limits.max_film_frames,
            },
        });
    }
    contents.films.push(FilmPart {
        name: Place::item().part(Leaf::Film),
        tracks,
    });
    Ok(contents)
}

/// Listens to samples until there are no more; `step` is told the seconds so far.
pub(super) fn listen(
    samples: BorrowedFd<'_>,
    request: &Request,
    step: &mut dyn FnMut(u32),
) -> io::Result<Contents> {
    let mut contents = Contents::nothing(FileKind::UNKNOWN);
    contents.sounds.push(SoundPart {
        name: Place::item().part(Leaf::Sound),
        variants: hear(Pipe(samples), request.banked, Told::new(step))?,
    });
    Ok(contents)
}

/// The variants of 16-bit little-endian samples.
fn hear(mut samples: impl Read, bank: bool, mut told: Told<'_>) -> io::Result<Vec<Shifted>> {
    const PIECE: usize = 64 << 10;
    let mut printer = match bank {
        true => Printer::new(&bank_shifts()),
        false => Printer::new(&query_shifts()),
    };
    let mut bytes = Vec::new();
    let mut heard: u64 = 0;
    loop {
        let before = bytes.len();
        samples.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
        if bytes.len() == before {
            return Ok(printer.finish());
        }
        let (whole, rest) = bytes.as_chunks::<2>();
        let piece: Vec<i16> = whole.iter().map(|sample| i16::from_le_bytes(*sample)).collect();
        printer.push(&piece);
        heard += piece.len() as u64;
        told.at((heard / u64::from(RATE)) as u32);
        bytes = rest.to_vec();
    }
}

/// The tracks of what comes through two pipes, and whether there was more than may be kept.
pub(super) fn track(
    mut frames: impl Read,
    times: impl Read,
    request: &Request,
    mut told: Told<'_>,
) -> io::Result<(Tracks, bool)> {
    let keep = match request.frames {
        Frames::OneASecond => Keep::All,
        Frames::Distinct => Keep::Distinct,
    };
    let most = request.limits.max_film_frames as usize;
    let mut tracker = Tracker::new(SIDE, SIDE, keep, most);
    let mut times = BufReader::new(times);
    let mut luma = vec![0; SIDE * SIDE];
    while !tracker.is_full() {
        let Some(time) = next_time(&mut times)? else { break };
        match frames.read_exact(&mut luma) {
            Ok(()) => {
                tracker.push(&luma, time);
                told.at(time / 1000);
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    let full = tracker.is_full();
    Ok((tracker.finish(), full))
}

/// The next frame's time in milliseconds, from a line such as `frame:1    pts:1000    pts_time:1`; other lines are passed
/// over.
fn next_time(times: &mut impl BufRead) -> io::Result<Option<u32>> {
    loop {
        let mut line = Vec::new();
        let mut limited: Take<&mut _> = times.by_ref().take(MOST_LINE);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let Some(rest) = line.strip_prefix(b"frame:") else {
            continue;
        };
        let text = String::from_utf8_lossy(rest);
        let time = text.split_whitespace().find_map(|word| word.strip_prefix("pts:"));
        // A film may begin before its beginning; the tracker counts from its first frame.
        let time = time.and_then(|time| time.parse::<i64>().ok()).unwrap_or(0);
        return Ok(Some(time.clamp(0, u32::MAX.into()) as u32));
    }
}

#[cfg(test)]
mod tests {
    use model::HashMode;
    use proptest::prelude::*;

    use super::*;

    fn request() -> Request {
        let mut request = Request::new(HashMode::Fast);
        request.limits.max_film_frames = 5;
        request
    }

    #[test]
    fn frames_meet_their_times() {
        let times = b"frame:0    pts:40      pts_time:0.04\nt=1\nframe:1    pts:1040    pts_time:1.04\nt=1\n";
        let frames = vec![7; 3 * SIDE * SIDE];
        let (tracks, full) = track(&frames[..], &times[..], &request(), Told::new(&mut |_| ())).unwrap();
        let found: Vec<u32> = tracks.whole.frames.iter().map(|frame| frame.time).collect();
        assert_eq!((found, full), (vec![0, 1000], false));
    }

    #[test]
    fn a_tool_that_never_ends_is_left() {
        let times = std::iter::repeat_n("frame:1 pts:9\n", 10_000).collect::<String>();
        let frames = io::repeat(3);
        let (tracks, full) = track(frames, times.as_bytes(), &request(), Told::new(&mut |_| ())).unwrap();
        assert!(full && tracks.whole.frames.len() == 5);
    }

    proptest! {
        #[test]
        fn any_output_of_a_tool_is_borne(times in prop::collection::vec(any::<u8>(), 0..2000), length in 0..200_000usize) {
            let _ = track(&vec![1; length][..], &times[..], &request(), Told::new(&mut |_| ())).unwrap();
        }
    }
}
