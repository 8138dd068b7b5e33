//! Frames to tracks of hashes, with bounded memory.

use model::{Dihedral, PdqHash, Region};

use super::mark;
use super::track::{Frame, LEAST_QUALITY, Track};
use crate::grey::Grey;
use crate::pdq::{self, Pdq};
use crate::{layout, window};

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

/// Frames from which the bars of a letterbox and a logo are told.
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
    /// Hashes with what never changes, a logo, covered by what lies around it, where the film has any; without bars too.
    pub unmarked: Option<Track>,
}

impl Tracks {
    /// All of them, those with the least that is not the film's first.
    pub fn each(&self) -> impl Iterator<Item = &Track> {
        self.unmarked.iter().chain(&self.trimmed).chain([&self.whole])
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
    /// Pixels that never change, but for bars.
    mark: Option<Vec<bool>>,
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
            mark: None,
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
        let Tracks {
            whole,
            trimmed,
            unmarked,
        } = &mut self.tracks;
        for other in trimmed.iter_mut().chain(unmarked) {
            (other.duration, other.seen) = (whole.duration, whole.seen);
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

    /// Tells the bars, which are bars in every frame of the sample, and what never changes, and hashes the frames that
    /// wait.
    fn settle(&mut self) {
        self.settled = true;
        let (width, height) = (self.width, self.height);
        let is_still = |(least, most): &(u8, u8)| most.saturating_sub(*least) <= SAMPLE_STILL;
        let still: Vec<bool> = self.range.iter().map(is_still).collect();
        // A pixel that changes is no bar's; such pixels are drawn as a pattern that nothing takes for one.
        let pixel = |(at, (_, most)): (usize, &(u8, u8))| match still[at] {
            true => *most,
            false if (at + at / width).is_multiple_of(2) => 0,
            false => u8::MAX,
        };
        let drawn: Vec<u8> = self.range.iter().enumerate().map(pixel).collect();
        self.bars = layout::trim(Grey::new(&drawn, width, height));
        self.tracks.trimmed = self.bars.map(|_| Track::default());
        if let Some((_, luma)) = self.waiting.last()
            && self.sampled >= mark::LEAST_SAMPLE
        {
            self.mark = mark::find(&still, width, height, self.bars.as_ref())
                .filter(|mark| mark::stands_out(luma, mark, width));
        }
        self.tracks.unmarked = self.mark.as_ref().map(|_| Track::default());
        for (time, luma) in std::mem::take(&mut self.waiting) {
            self.hash(&luma, time);
        }
    }

    fn hash(&mut self, luma: &[u8], time: u32) {
        let (width, height) = (self.width, self.height);
        let Tracks {
            whole,
            trimmed,
            unmarked,
        } = &mut self.tracks;
        let mut put = |track: &mut Track, luma: &[u8], bars: Option<&Region>| {
            let frame = Grey::new(luma, width, height);
            self.full |= !match bars {
                Some(bars) => {
                    let print = window::hash(frame, bars);
                    let mirrored = || print.in_form(Dihedral::FlipY);
                    take(track, &print, mirrored, time, self.keep, self.most)
                }
                None => {
                    let print = pdq::fast(luma, width, height);
                    take(
                        track,
                        &print,
                        || mirrored(luma, width, height),
                        time,
                        self.keep,
                        self.most,
                    )
                }
            };
        };
        put(whole, luma, None);
        if let Some(track) = trimmed {
            put(track, luma, self.bars.as_ref());
        }
        if let (Some(track), Some(mark)) = (unmarked, &self.mark) {
            put(track, &mark::cover(luma, mark, width), self.bars.as_ref());
        }
    }
}

/// The hash of the mirrored frame. The 64 columns that PDQ samples do not lie symmetrically, so the frequencies do not tell
/// it.
fn mirrored(luma: &[u8], width: usize, height: usize) -> PdqHash {
    let mut luma = luma.to_vec();
    luma.chunks_mut(width).for_each(<[u8]>::reverse);
    pdq::fast(&luma, width, height).hash()
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
    let kept =
        keep == Keep::All || print.quality() >= LEAST_QUALITY && track.frames.last().is_none_or(is_new);
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
    fn a_logo_is_covered() {
        // A pan to the right and down: what lies along it seems never to change.
        let wide = testkit::photo(6, 4 * SIDE as u32, 2 * SIDE as u32).luma();
        let frame = |number: usize| {
            let rows = wide.chunks(4 * SIDE).skip(2 * number).take(SIDE);
            rows.flat_map(|row| row[3 * number..3 * number + SIDE].to_vec())
                .collect()
        };
        let plain: Vec<Vec<u8>> = (0..30).map(frame).collect();
        let mut marked = plain.clone();
        for frame in &mut marked {
            for y in 6..26 {
                let row = &mut frame[y * SIDE + 60..y * SIDE + 90];
                row.fill(if y % 7 < 4 { 250 } else { 10 });
            }
        }
        let plain = track(&plain, 500, Keep::All);
        let marked = track(&marked, 500, Keep::All);
        let unmarked = marked.unmarked.expect("it has a logo");
        assert_eq!((unmarked.seen, unmarked.duration), (30, 14_500));
        let apart = |track: &Track| {
            let pairs = track.frames.iter().zip(&plain.whole.frames);
            pairs.map(|(a, b)| a.hash.distance(&b.hash)).sum::<u32>() / 30
        };
        let (with, without) = (apart(&marked.whole), apart(&unmarked));
        assert!(with >= 25 && 2 * without <= with, "{with} and {without}");
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
}
