//! Where two tracks show the same: pairs of like frames that agree on one line in time.

use model::PdqHash;

use super::track::{Frame, LEAST_QUALITY, Track};
use crate::rank::effective_rank;

/// Bits within which two frames may be a pair. A logo moves a hash by some 35 bits and two unrelated frames are 88 apart
/// at least (`hostile.md` C.2): one pair is no evidence, many on one line are.
pub const PAIR_RADIUS: u32 = 64;
/// Bits within which a pair makes an entry worth aligning.
pub const NEAR_RADIUS: u32 = 31;
/// Effective rank below which a hash has fewer free bits, so that frames that share nothing come nearer: a pair of such
/// frames has to be nearer in the same measure.
const FULL_RANK: f32 = 4.0;
/// Effective rank that a hash has at least to be compared: most titles on black and plain grounds have less.
const LEAST_RANK: f32 = 2.5;
/// Pairs that a frame of the query may have.
const MOST_PAIRS: usize = 32;
/// Milliseconds by which a pair may be off the line: half of what lies between kept frames of a banked still, and a
/// frame or two.
const OFF_LINE: f64 = 600.0;
/// Width of a vote's bin, in milliseconds; a vote goes to two of them.
const BIN: f64 = 500.0;
/// Speeds that are tried, in hundredths.
const SPEEDS: std::ops::RangeInclusive<i32> = 90..=110;
/// Milliseconds without a pair that end a segment.
const GAP: u32 = 12_000;
/// Bits by which two frames differ that show different things.
const DIFFERENT: u32 = 20;

/// A like frame of the bank for a frame of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Position among the query's telling frames.
    pub query: u32,
    /// Position among the bank's telling frames.
    pub bank: u32,
    /// Bits that differ.
    pub distance: u32,
    /// Whether the query's frame was mirrored.
    pub mirrored: bool,
}

/// A segment of the query that shows a segment of the bank's film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// Beginning and end in the query, in milliseconds.
    pub query: (u32, u32),
    /// Beginning and end in the bank's film, in milliseconds.
    pub bank: (u32, u32),
    /// Time that passes in the bank's film while a second passes in the query's.
    pub speed: f32,
    /// Whether the query is mirrored.
    pub mirrored: bool,
    /// Frames of the query with a pair on the line.
    pub frames: u32,
    /// How many of their pairs show different things.
    pub distinct: u32,
    /// Mean of their distances, in bits, rounded up.
    pub distance: u32,
    /// Share of the telling frames within the segment that have a pair on the line, in percent; of the side where it is
    /// greater.
    pub coverage: u32,
}

impl Alignment {
    /// Whether it is evidence enough: several frames of a coherent segment, which show more than one thing. What is held
    /// for long, a title or a still, is one thing however often it is seen.
    pub const fn is_match(&self) -> bool {
        self.distinct >= 2 && self.frames >= 3 && self.coverage >= 50 && self.distance <= 48
    }
}

/// The frames of a track that say enough to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    frames: Vec<Frame>,
    /// Bits within which each of them may be one of a pair.
    reach: Vec<u32>,
}

impl Telling {
    /// The frames, in the order of their times.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    fn each(&self) -> impl Iterator<Item = (u32, &Frame, u32)> {
        let both = self.frames.iter().zip(&self.reach);
        (0..)
            .zip(both)
            .map(|(number, (frame, reach))| (number, frame, *reach))
    }
}

/// Bits within which a frame may be one of a pair; `None` where it says too little. Its quality matters less than for a
/// picture: one frame is no evidence.
fn reach(frame: &Frame) -> Option<u32> {
    let share = effective_rank(&frame.hash) / FULL_RANK;
    let tells = frame.quality >= LEAST_QUALITY && share >= LEAST_RANK / FULL_RANK;
    tells.then(|| (PAIR_RADIUS as f32 * share.min(1.0)) as u32)
}

impl From<&Track> for Telling {
    fn from(track: &Track) -> Self {
        let telling = |frame: &Frame| Some((*frame, reach(frame)?));
        let (frames, reach) = track.frames.iter().filter_map(telling).unzip();
        Self { frames, reach }
    }
}

/// All pairs of frames, for each of the query's frames the nearest.
pub fn pairs(query: &Telling, bank: &Telling) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (number, frame, here) in query.each() {
        let mut of_frame: Vec<Pair> = Vec::new();
        for (mirrored, hash) in [(false, &frame.hash), (true, &frame.mirrored)] {
            of_frame.extend(bank.each().filter_map(|(bank, other, there)| {
                let distance = hash.distance(&other.hash);
                (distance <= here.min(there)).then_some(Pair {
                    query: number,
                    bank,
                    distance,
                    mirrored,
                })
            }));
        }
        of_frame.sort_by_key(|pair| pair.distance);
        of_frame.truncate(MOST_PAIRS);
        pairs.extend(of_frame);
    }
    pairs
}

/// The best segment on one line through the pairs, which come in the order of the query's frames; `None` without any.
pub fn align(query: &Telling, bank: &Telling, pairs: &[Pair]) -> Option<Alignment> {
    let candidates = [false, true].into_iter().filter_map(|mirrored| {
        let pairs: Vec<Pair> = pairs
            .iter()
            .filter(|pair| pair.mirrored == mirrored)
            .copied()
            .collect();
        align_one_way(query, bank, &pairs)
    });
    candidates.max_by(|a, b| {
        let strength = |it: &Alignment| (it.is_match(), it.distinct, it.frames, PAIR_RADIUS - it.distance);
        strength(a).cmp(&strength(b))
    })
}

/// The nearer a pair, the more it says.
fn weight(distance: u32) -> f32 {
    (PAIR_RADIUS + 4 - distance) as f32 / PAIR_RADIUS as f32
}

/// The sum of a bin, in which every frame of the query counts once.
#[derive(Default)]
struct Votes {
    sum: f32,
    query: Option<u32>,
    best: f32,
}

impl Votes {
    fn add(&mut self, query: u32, weight: f32) {
        if self.query != Some(query) {
            self.query = Some(query);
            self.best = 0.0;
        }
        if weight > self.best {
            self.sum += weight - self.best;
            self.best = weight;
        }
    }
}

/// Votes by which a line has to be better than one before.
const ROUNDING: f32 = 0.01;

/// A bound of the votes that any line can get: those of the nearest pair of every frame, and what adding them up may round.
fn most_votes(pairs: &[Pair]) -> f64 {
    let frames = pairs.chunk_by(|a, b| a.query == b.query);
    let nearest = |of_frame: &[Pair]| of_frame.iter().map(|pair| pair.distance).min();
    let sum: f64 = frames
        .filter_map(nearest)
        .map(|distance| f64::from(weight(distance)))
        .sum();
    sum * (1.0 + pairs.len() as f64 * f64::from(f32::EPSILON))
}

/// Calls `each` with every bin that has votes, in their order, and the sum of its votes. `bins` has the bin of every pair,
/// by its number, and loses its order; a pair votes for its bin and for the one before.
fn count_votes(pairs: &[Pair], bins: &mut [(i64, u32)], mut each: impl FnMut(i64, f32)) {
    bins.sort_unstable();
    let mut sum = |bin: i64, own: &[(i64, u32)], next: &[(i64, u32)]| {
        let (mut own, mut next) = (own.iter().peekable(), next.iter().peekable());
        let mut votes = Votes::default();
        // In the order of the pairs, and so of the query's frames.
        let first = |it: Option<&&(i64, u32)>| it.map_or(u32::MAX, |(_, number)| *number);
        loop {
            let side = if first(own.peek()) <= first(next.peek()) {
                &mut own
            } else {
                &mut next
            };
            let Some((_, number)) = side.next() else { break };
            let pair = &pairs[*number as usize];
            votes.add(pair.query, weight(pair.distance));
        }
        each(bin, votes.sum);
    };
    let mut groups = bins.chunk_by(|a, b| a.0 == b.0).peekable();
    let mut before = None;
    while let Some(group) = groups.next() {
        let bin = group[0].0;
        if before != Some(bin - 1) {
            sum(bin - 1, &[], group);
        }
        let next = groups.peek().copied().filter(|next| next[0].0 == bin + 1);
        sum(bin, group, next.unwrap_or_default());
        before = Some(bin);
    }
}

fn align_one_way(query: &Telling, bank: &Telling, pairs: &[Pair]) -> Option<Alignment> {
    let times = |pair: &Pair| {
        let query = f64::from(query.frames[pair.query as usize].time);
        (query, f64::from(bank.frames[pair.bank as usize].time))
    };
    let mut best: Option<(f32, i32, i64)> = None;
    let mut bins: Vec<(i64, u32)> = Vec::with_capacity(pairs.len());
    let most = most_votes(pairs);
    // The plain speed first: another one has to be better.
    let mut speeds: Vec<i32> = SPEEDS.collect();
    speeds.sort_by_key(|speed| (speed - 100).abs());
    for speed in speeds {
        bins.clear();
        bins.extend((0..).zip(pairs).map(|(number, pair)| {
            let (at, there) = times(pair);
            let bin = ((there - at * f64::from(speed) / 100.0) / BIN).floor() as i64;
            (bin, number)
        }));
        count_votes(pairs, &mut bins, |bin, votes| {
            // The first of equals, rounding aside.
            if best.is_none_or(|(sum, _, _)| votes > sum + ROUNDING) {
                best = Some((votes, speed, bin));
            }
        });
        if best.is_some_and(|(sum, _, _)| f64::from(sum + ROUNDING) >= most) {
            break;
        }
    }
    let (_, speed, bin) = best?;
    let speed = f64::from(speed) / 100.0;
    // The bin and its follower are the window in which the votes lie; its middle is the line.
    let rough = (bin as f64 + 1.0) * BIN;
    let offset = |pair: &Pair| {
        let (at, there) = times(pair);
        there - at * speed
    };
    let line = middle(pairs.iter().map(offset).filter(|it| (it - rough).abs() <= BIN))?;
    let mut on_line: Vec<Pair> = Vec::new();
    for pair in pairs
        .iter()
        .filter(|pair| (offset(pair) - line).abs() <= OFF_LINE)
    {
        match on_line.last_mut() {
            Some(last) if last.query == pair.query => {
                if pair.distance < last.distance {
                    *last = *pair;
                }
            }
            _ => on_line.push(*pair),
        }
    }
    let run = longest_run(query, &on_line)?;
    let (speed, line) = fit(run.iter().map(times)).unwrap_or((speed, line));
    Some(describe(query, bank, run, speed, line))
}

/// The line with the least squares through the points of a run: its votes only tell it within a bin. `None` for too
/// short a run.
fn fit(points: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    const SPAN: f64 = 3_000.0;
    let points: Vec<(f64, f64)> = points.collect();
    let ((first, _), (last, _)) = (points.first()?, points.last()?);
    if points.len() < 4 || last - first < SPAN {
        return None;
    }
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let speed = (100.0 * together / spread).round() / 100.0;
    let range = f64::from(*SPEEDS.start()) / 100.0..=f64::from(*SPEEDS.end()) / 100.0;
    range.contains(&speed).then_some((speed, y - speed * x))
}

fn middle(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The most pairs in a row without a gap between them.
fn longest_run<'a>(query: &Telling, pairs: &'a [Pair]) -> Option<&'a [Pair]> {
    let time = |pair: &Pair| query.frames[pair.query as usize].time;
    pairs
        .chunk_by(|a, b| time(b).saturating_sub(time(a)) <= GAP)
        .max_by_key(|run| run.len())
}

fn describe(query: &Telling, bank: &Telling, run: &[Pair], speed: f64, line: f64) -> Alignment {
    // A run has a pair at least; the fallbacks are never used.
    let first = run.first().map_or(0, |pair| pair.query as usize);
    let last = run.last().map_or(0, |pair| pair.query as usize);
    let mut shown: Vec<&PdqHash> = Vec::new();
    for pair in run {
        let hash = &bank.frames[pair.bank as usize].hash;
        // A few are enough to know, and keep this linear.
        if shown.len() < 16 && shown.iter().all(|other| other.distance(hash) > DIFFERENT) {
            shown.push(hash);
        }
    }
    // Of the side that has fewer frames: the other's have nothing to be paired with.
    let mut paired: Vec<u32> = run.iter().map(|pair| pair.bank).collect();
    paired.sort_unstable();
    paired.dedup();
    let (begin, end) = (paired.first().copied(), paired.last().copied());
    let there = 1 + end.unwrap_or(0) - begin.unwrap_or(0);
    let share = |of: usize, all: usize| (100 * of / all) as u32;
    let coverage = share(run.len(), last - first + 1).max(share(paired.len(), there as usize));
    let sum: u32 = run.iter().map(|pair| pair.distance).sum();
    let there = |time: u32| (f64::from(time) * speed + line).clamp(0.0, f64::from(u32::MAX)) as u32;
    let (begin, end) = (query.frames[first].time, query.frames[last].time);
    Alignment {
        query: (begin, end),
        bank: (there(begin), there(end)),
        speed: speed as f32,
        mirrored: run.iter().any(|pair| pair.mirrored),
        frames: run.len() as u32,
        distinct: shown.len() as u32,
        distance: sum.div_ceil(run.len().max(1) as u32),
        coverage,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn pairs() -> impl Strategy<Value = Vec<(Pair, i64)>> {
        let pair = (0..30u32, 0..=PAIR_RADIUS, -8..8i64);
        prop::collection::vec(pair, 0..80).prop_map(|mut all| {
            all.sort_by_key(|(query, ..)| *query);
            let pair = |(query, distance, bin)| {
                let mirrored = false;
                (
                    Pair {
                        query,
                        bank: 0,
                        distance,
                        mirrored,
                    },
                    bin,
                )
            };
            all.into_iter().map(pair).collect()
        })
    }

    proptest! {
        #[test]
        fn votes_are_those_of_a_map_of_bins_and_never_more_than_the_most(pairs in pairs()) {
            let (pairs, bins): (Vec<Pair>, Vec<i64>) = pairs.into_iter().unzip();
            let mut want: BTreeMap<i64, Votes> = BTreeMap::new();
            for (pair, bin) in pairs.iter().zip(&bins) {
                for bin in [*bin, *bin - 1] {
                    want.entry(bin).or_default().add(pair.query, weight(pair.distance));
                }
            }
            let want: Vec<(i64, f32)> = want.into_iter().map(|(bin, votes)| (bin, votes.sum)).collect();
            let mut got = Vec::new();
            count_votes(&pairs, &mut bins.into_iter().zip(0..).collect::<Vec<_>>(), |bin, sum| got.push((bin, sum)));
            prop_assert_eq!(&got, &want);
            prop_assert!(got.iter().all(|(_, sum)| f64::from(*sum) <= most_votes(&pairs)));
        }
    }
}
