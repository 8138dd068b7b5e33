//! Frames to hashes, with bounded memory.

use model::{Dihedral, PdqHash, Quality, Region};
use thiserror::Error;

use crate::grey::Grey;
use crate::pdq::{self, Pdq};
use crate::{layout, window};

/// One frame of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Milliseconds since the beginning.
    pub time: u32,
    /// Quality of the hash.
    pub quality: Quality,
    /// Hash of the frame, without the bars of a letterbox that the film has.
    pub hash: PdqHash,
    /// Hash of the mirrored frame.
    pub mirrored: PdqHash,
}

/// What a track of pictures leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Track {
    /// Kept frames in the order of their times.
    pub frames: Vec<Frame>,
    /// Milliseconds from the first frame to the last, kept or not.
    pub duration: u32,
    /// Frames that were seen.
    pub seen: u32,
}

/// Why bytes are no track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TrackError {
    /// They do not have the length of any track.
    #[error("not a track: {0} bytes")]
    Length(usize),
    /// Times go back, or beyond the end.
    #[error("not a track: its times are not in order")]
    Order,
    /// A quality beyond 100.
    #[error("not a track: its quality is out of range")]
    Quality,
}

/// Bytes of a frame: time, quality, two hashes.
const FRAME: usize = 4 + 1 + 32 + 32;
/// Bytes before the frames: duration, frames seen.
const HEAD: usize = 8;

impl Track {
    /// The track as bytes, little-endian, to be stored or sent.
    ///
    /// ```
    /// use basira_fingerprint::film::Track;
    /// let track = Track::default();
    /// assert_eq!(Track::from_bytes(&track.to_bytes()), Ok(track));
    /// assert!(Track::from_bytes(b"no track").is_ok() && Track::from_bytes(b"none").is_err());
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD + FRAME * self.frames.len());
        out.extend(self.duration.to_le_bytes());
        out.extend(self.seen.to_le_bytes());
        for frame in &self.frames {
            out.extend(frame.time.to_le_bytes());
            out.push(frame.quality.get());
            out.extend(frame.hash.bytes());
            out.extend(frame.mirrored.bytes());
        }
        out
    }

    /// Reads [`Self::to_bytes`].
    ///
    /// # Errors
    /// [`TrackError`] for what no track looks like.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TrackError> {
        let length = TrackError::Length(bytes.len());
        let (duration, rest) = bytes.split_first_chunk::<4>().ok_or(length)?;
        let (seen, rest) = rest.split_first_chunk::<4>().ok_or(length)?;
        let (frames, []) = rest.as_chunks::<FRAME>() else {
            return Err(length);
        };
        let mut last = 0;
        let frames = frames.iter().map(|bytes| {
            let frame = frame(bytes)?;
            if frame.time < last {
                return Err(TrackError::Order);
            }
            last = frame.time;
            Ok(frame)
        });
        Ok(Self {
            frames: frames.collect::<Result<_, _>>()?,
            duration: u32::from_le_bytes(*duration),
            seen: u32::from_le_bytes(*seen),
        })
    }
}

fn frame(bytes: &[u8; FRAME]) -> Result<Frame, TrackError> {
    let length = TrackError::Length(bytes.len());
    let (time, rest) = bytes.split_first_chunk::<4>().ok_or(length)?;
    let (quality, rest) = rest.split_first().ok_or(length)?;
    let (hash, rest) = rest.split_first_chunk::<32>().ok_or(length)?;
    let (mirrored, _) = rest.split_first_chunk::<32>().ok_or(length)?;
    Ok(Frame {
        time: u32::from_le_bytes(*time),
        quality: Quality::new(*quality).map_err(|_| TrackError::Quality)?,
        hash: PdqHash::new(*hash),
        mirrored: PdqHash::new(*mirrored),
    })
}

/// Which frames are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Every frame that is given: for an upload, given one a second.
    All,
    /// Frames that differ by more than 8 bits from the kept one before, at least one in two seconds: for a banked
    /// film, given all of its frames.
    Distinct,
}

/// Bits within which a frame shows what the kept one before it showed.
const SAME: u32 = 8;
/// Milliseconds after which a frame is kept even where nothing moves.
const SELDOM: u32 = 2_000;

/// Frames from which the bars of a letterbox are told.
const SAMPLE: usize = 24;
/// Milliseconds between two of them, at least: bars are seen best where the picture has changed.
const SAMPLE_EVERY: u32 = 400;
/// Luma that the brightest pixel of such a frame has at least: in the dark nothing is a bar.
const SAMPLE_LIGHT: u8 = 64;
/// Values by which a pixel of a bar changes at most.
const SAMPLE_STILL: u8 = 16;
/// Frames that wait for the sample at most.
const WAITING: usize = 400;

/// The tracks of one film.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tracks {
    /// Hashes of whole frames.
    pub whole: Track,
    /// Hashes without the bars of a letterbox, where the film has any.
    pub trimmed: Option<Track>,
}

impl Tracks {
    /// Both, the one without bars first.
    pub fn each(&self) -> impl Iterator<Item = &Track> {
        self.trimmed.iter().chain([&self.whole])
    }
}

/// Makes tracks from grey frames of one size.
#[derive(Debug)]
pub struct Tracker {
    width: usize,
    height: usize,
    keep: Keep,
    most: usize,
    /// The first frames, until the bars are known.
    waiting: Vec<(u32, Vec<u8>)>,
    /// The darkest and the brightest value that each pixel had in the sample, how many frames are in it, and when the
    /// last one was.
    range: Vec<(u8, u8)>,
    sampled: usize,
    sampled_at: Option<u32>,
    settled: bool,
    bars: Option<Region>,
    tracks: Tracks,
    first: Option<u32>,
    full: bool,
}

impl Tracker {
    /// A tracker of frames of that size that keeps at most `most` of them.
    ///
    /// # Panics
    /// If a side is 0.
    pub fn new(width: usize, height: usize, keep: Keep, most: usize) -> Self {
        assert!(width > 0 && height > 0, "frames without a pixel");
        Self {
            width,
            height,
            keep,
            most,
            waiting: Vec::new(),
            range: vec![(u8::MAX, 0); width * height],
            sampled: 0,
            sampled_at: None,
            settled: false,
            bars: None,
            tracks: Tracks::default(),
            first: None,
            full: false,
        }
    }

    /// Takes the next frame: its luma, row by row, and its time in milliseconds. A time before the one of the frame
    /// before counts as that one.
    ///
    /// # Panics
    /// If the luma is not of the tracker's size.
    pub fn push(&mut self, luma: &[u8], time: u32) {
        assert_eq!(luma.len(), self.width * self.height, "a frame of another size");
        let first = *self.first.get_or_insert(time);
        let whole = &mut self.tracks.whole;
        let time = time.saturating_sub(first).max(whole.duration);
        whole.duration = time;
        whole.seen = whole.seen.saturating_add(1);
        if self.settled {
            return self.hash(luma, time);
        }
        self.sample(luma, time);
        self.waiting.push((time, luma.to_vec()));
        if self.sampled >= SAMPLE || self.waiting.len() >= WAITING {
            self.settle();
        }
    }

    /// Whether frames were left out because there were too many.
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// The tracks.
    pub fn finish(mut self) -> Tracks {
        if !self.settled {
            self.settle();
        }
        if let Some(trimmed) = &mut self.tracks.trimmed {
            trimmed.duration = self.tracks.whole.duration;
            trimmed.seen = self.tracks.whole.seen;
        }
        self.tracks
    }

    fn sample(&mut self, luma: &[u8], time: u32) {
        let soon = self.sampled_at.is_some_and(|last| time - last < SAMPLE_EVERY);
        if soon || luma.iter().all(|value| *value < SAMPLE_LIGHT) {
            return;
        }
        self.sampled += 1;
        self.sampled_at = Some(time);
        for ((least, most), value) in self.range.iter_mut().zip(luma) {
            *least = (*least).min(*value);
            *most = (*most).max(*value);
        }
    }

    /// Tells the bars, which are bars in every frame of the sample, and hashes the frames that wait.
    fn settle(&mut self) {
        self.settled = true;
        // A pixel that changes is no bar's; such pixels are drawn as a pattern that nothing takes for one.
        let pixel =
            |(at, (least, most)): (usize, &(u8, u8))| match most.saturating_sub(*least) <= SAMPLE_STILL {
                true => *most,
                false if (at + at / self.width).is_multiple_of(2) => 0,
                false => u8::MAX,
            };
        let still: Vec<u8> = self.range.iter().enumerate().map(pixel).collect();
        self.bars = layout::trim(Grey::new(&still, self.width, self.height));
        if self.bars.is_some() {
            self.tracks.trimmed = Some(Track::default());
        }
        for (time, luma) in std::mem::take(&mut self.waiting) {
            self.hash(&luma, time);
        }
    }

    fn hash(&mut self, luma: &[u8], time: u32) {
        let (width, height, keep, most) = (self.width, self.height, self.keep, self.most);
        let whole = pdq::fast(luma, width, height);
        // The 64 columns that PDQ samples do not lie symmetrically, so the frequencies do not tell the mirrored hash.
        let mirrored = || {
            let mut luma = luma.to_vec();
            luma.chunks_mut(width).for_each(<[u8]>::reverse);
            pdq::fast(&luma, width, height).hash()
        };
        self.full |= !take(&mut self.tracks.whole, &whole, mirrored, time, keep, most);
        if let (Some(bars), Some(track)) = (&self.bars, &mut self.tracks.trimmed) {
            let print = window::hash(Grey::new(luma, width, height), bars);
            let mirrored = || print.in_form(Dihedral::FlipY);
            self.full |= !take(track, &print, mirrored, time, keep, most);
        }
    }
}

/// Keeps a frame if it is to be kept; `false` where there is no room for it.
fn take(
    track: &mut Track,
    print: &Pdq,
    mirrored: impl FnOnce() -> PdqHash,
    time: u32,
    keep: Keep,
    most: usize,
) -> bool {
    // Of a banked film a frame without structure would never be compared.
    let is_new = |last: &Frame| last.hash.distance(&print.hash()) > SAME || time - last.time >= SELDOM;
    let kept = keep == Keep::All || print.quality().is_usable() && track.frames.last().is_none_or(is_new);
    if !kept {
        return true;
    }
    if track.frames.len() >= most {
        return false;
    }
    track.frames.push(Frame {
        time,
        quality: print.quality(),
        hash: print.hash(),
        mirrored: mirrored(),
    });
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIDE: usize = 96;

    /// A pan over a generated photograph, with bars of a share of the height.
    fn frames(seed: u64, count: usize, bar: usize) -> Vec<Vec<u8>> {
        let wide = testkit::photo(seed, 4 * SIDE as u32, SIDE as u32).luma();
        let frame = |number: usize| {
            let mut luma = vec![0; SIDE * SIDE];
            for y in bar..SIDE - bar {
                let from = y * 4 * SIDE + 3 * number;
                luma[y * SIDE..(y + 1) * SIDE].copy_from_slice(&wide[from..from + SIDE]);
            }
            luma
        };
        (0..count).map(frame).collect()
    }

    fn track(frames: &[Vec<u8>], every: u32, keep: Keep) -> Tracks {
        let mut tracker = Tracker::new(SIDE, SIDE, keep, 10_000);
        for (number, frame) in (0..).zip(frames) {
            tracker.push(frame, 500 + number * every);
        }
        tracker.finish()
    }

    #[test]
    fn times_begin_at_nothing_and_all_frames_are_kept_of_an_upload() {
        let tracks = track(&frames(3, 40, 0), 1000, Keep::All);
        let times: Vec<u32> = tracks.whole.frames.iter().map(|frame| frame.time).collect();
        assert_eq!(times, (0..40).map(|second| 1000 * second).collect::<Vec<_>>());
        assert_eq!((tracks.whole.duration, tracks.whole.seen), (39_000, 40));
        assert_eq!(tracks.trimmed, None);
    }

    #[test]
    fn the_mirrored_hash_is_the_hash_of_the_mirrored_frame() {
        let there = frames(4, 40, 0);
        let mut back = there.clone();
        for row in back.iter_mut().flat_map(|frame| frame.chunks_mut(SIDE)) {
            row.reverse();
        }
        let [there, back] = [there, back].map(|frames| track(&frames, 1000, Keep::All).whole.frames);
        for (a, b) in there.iter().zip(&back) {
            assert_eq!((a.hash, a.mirrored), (b.mirrored, b.hash));
        }
    }

    #[test]
    fn of_a_banked_film_what_stays_the_same_is_kept_seldom() {
        let still = vec![frames(3, 1, 0).remove(0); 90];
        let kept = track(&still, 40, Keep::Distinct).whole.frames.len();
        assert_eq!(kept, 2);
        let moving = track(&frames(3, 90, 0), 40, Keep::Distinct).whole;
        assert!(moving.frames.len() > 40, "{}", moving.frames.len());
        for pair in moving.frames.windows(2) {
            let apart = pair[1].hash.distance(&pair[0].hash);
            assert!(apart > SAME || pair[1].time - pair[0].time >= SELDOM);
        }
    }

    #[test]
    fn bars_are_found_once_for_the_film_even_after_a_black_beginning() {
        let mut all = vec![vec![0; SIDE * SIDE]; 30];
        all.extend(frames(5, 90, 14));
        let tracks = track(&all, 200, Keep::All);
        let trimmed = tracks.trimmed.expect("it has bars");
        assert_eq!(trimmed.seen, 120);
        // The same film without bars.
        let mut plain = Tracker::new(SIDE, SIDE - 28, Keep::All, 1000);
        for (number, frame) in (0..).zip(frames(5, 90, 0)) {
            plain.push(&frame[14 * SIDE..(SIDE - 14) * SIDE], 200 * number);
        }
        let plain = plain.finish().whole;
        let near = |track: &Track| {
            let pairs = track.frames[30..].iter().zip(&plain.frames);
            pairs.map(|(a, b)| a.hash.distance(&b.hash)).sum::<u32>() / 90
        };
        assert!(near(&trimmed) <= 20, "{}", near(&trimmed));
        assert!(near(&tracks.whole) > 40, "{}", near(&tracks.whole));
    }

    #[test]
    fn no_more_frames_are_kept_than_allowed() {
        let mut tracker = Tracker::new(SIDE, SIDE, Keep::All, 10);
        for (number, frame) in frames(7, 11, 0).iter().enumerate() {
            assert!(!tracker.is_full());
            tracker.push(frame, 1000 * number as u32);
        }
        // The frames wait for the bars to be known.
        let mut full = tracker;
        full.settle();
        assert!(full.is_full());
        assert_eq!(full.finish().whole.frames.len(), 10);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_track_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(track) = Track::from_bytes(&bytes) {
                prop_assert_eq!(track.to_bytes(), bytes);
            }
        }
    }
}
