//! Chains: agreements of two texts that go on together, and the passages that they make.

use std::ops::Range;

use super::passages::{Passage, PassageMatch, Probe, SHINGLE};

/// Words that may be different in a row within a passage.
const GAP: u32 = 8;
/// Words by which two texts may drift apart from one agreement to the next.
const DRIFT: u32 = 4;
/// Different shingles that must agree in a passage, and words that they cover: half of its words at least, or what agrees is a few
/// phrases of the language (*a file system of*) in texts on one subject, or one of them again and again. Where a tenth of the
/// words was changed, shingles cover four fifths.
const AGREE: u32 = 3;
const COVER: u32 = 8;
const DENSE: u32 = 2;
/// Words that all passages of two texts cover together, or one without a gap: less is a phrase with its variations, as one author
/// or one trade uses it. Of a short banked text three quarters are enough.
const ALTOGETHER: u32 = 14;
const RUN: u32 = 9;
/// Chains followed at the same time; beyond, the oldest is ended.
const CHAINS: usize = 64;

/// Agreements that go on together.
struct Chain {
    first: (u32, u32),
    last: (u32, u32),
    agree: u32,
    /// Words covered by shingles that agree.
    cover: u32,
    /// The same of shingles that are not one of the last few again.
    different: (u32, u32),
    /// Words that are covered without a gap: up to here, and the most.
    run: (u32, u32),
    recent: [u64; RECENT],
}

/// Shingles within which one that comes again says nothing new.
const RECENT: usize = 8;

impl Chain {
    fn begin(place: (u32, u32), hash: u64) -> Self {
        let shingle = SHINGLE as u32;
        Self {
            first: place,
            last: place,
            agree: 1,
            cover: shingle,
            different: (1, shingle),
            run: (shingle, shingle),
            // No hash has so many bits.
            recent: std::array::from_fn(|at| if at == 0 { hash } else { u64::MAX }),
        }
    }

    fn add(&mut self, place: (u32, u32), hash: u64) {
        let more = (place.0 - self.last.0).min(SHINGLE as u32);
        self.cover += more;
        let (step, step_banked) = (place.0 - self.last.0, place.1.wrapping_sub(self.last.1));
        if step == step_banked && step <= SHINGLE as u32 {
            self.run.0 += if self.recent.contains(&hash) { 0 } else { step };
        } else {
            self.run.0 = SHINGLE as u32;
        }
        self.run.1 = self.run.1.max(self.run.0);
        if !self.recent.contains(&hash) {
            self.different = (self.different.0 + 1, self.different.1 + more);
        }
        self.recent[self.agree as usize % RECENT] = hash;
        self.agree += 1;
        self.last = place;
    }

    fn is_fair(&self) -> bool {
        let words = self.last.0 + SHINGLE as u32 - self.first.0;
        let (agree, cover) = self.different;
        agree >= AGREE && cover >= COVER && self.cover * DENSE >= words
    }
}

/// Chains that may go on.
#[derive(Default)]
struct Open {
    chains: Vec<Chain>,
    /// Where each was seen last, by themselves: all of them are looked at for each agreement.
    lasts: Vec<(u32, u32)>,
}

impl Open {
    /// Ends those that are too far behind a place, and says before which place none of the others has ended.
    fn leave_behind(&mut self, at: u32, ended: &mut Vec<Chain>) -> u32 {
        let mut index = 0;
        while let Some((last, _)) = self.lasts.get(index) {
            if at - last <= GAP + SHINGLE as u32 {
                index += 1;
                continue;
            }
            self.lasts.swap_remove(index);
            let old = self.chains.swap_remove(index);
            ended.extend(old.is_fair().then_some(old));
        }
        self.lasts.iter().map(|(last, _)| *last).min().unwrap_or(at)
    }

    /// The chain that goes on at a place with the least drift; of several the first.
    fn nearest(&self, at: u32, banked: u32) -> Option<usize> {
        let mut nearest: Option<(u32, usize)> = None;
        for (index, last) in self.lasts.iter().enumerate() {
            let (ahead, ahead_banked) = (at - last.0, banked.wrapping_sub(last.1));
            let goes_on = ahead > 0 && (1..=GAP + SHINGLE as u32).contains(&ahead_banked);
            let drift = ahead.abs_diff(ahead_banked);
            if goes_on && drift <= DRIFT && nearest.is_none_or(|(least, _)| drift < least) {
                nearest = Some((drift, index));
                if drift == 0 {
                    break;
                }
            }
        }
        nearest.map(|(_, index)| index)
    }

    fn add(&mut self, index: usize, place: (u32, u32), hash: u64) {
        self.lasts[index] = place;
        self.chains[index].add(place, hash);
    }
}

/// Chains agreements (place in the text, place in the banked text), given in the order of the text. Linear in their
/// number.
pub(super) fn chain(agreements: &[(u32, u32)], banked_words: u32, probe: &Probe) -> Option<PassageMatch> {
    let shingle = SHINGLE as u32;
    let mut open = Open::default();
    let mut ended: Vec<Chain> = Vec::new();
    // No open chain has ended before this place.
    let mut oldest = 0;
    for &(at, banked) in agreements {
        let hash = probe.hashes().get(at as usize).copied().unwrap_or_default();
        if at - oldest > GAP + shingle {
            oldest = open.leave_behind(at, &mut ended);
        }
        match open.nearest(at, banked) {
            Some(index) => open.add(index, (at, banked), hash),
            None => {
                if open.chains.len() == CHAINS {
                    open.lasts.remove(0);
                    let old = open.chains.remove(0);
                    ended.extend(old.is_fair().then_some(old));
                }
                open.lasts.push((at, banked));
                open.chains.push(Chain::begin((at, banked), hash));
            }
        }
    }
    ended.extend(open.chains.into_iter().filter(Chain::is_fair));
    let cover: u32 = ended.iter().map(|chain| chain.different.1).sum();
    let run = ended.iter().map(|chain| chain.run.1).max()?;
    let altogether = (banked_words * 3 / 4).clamp(COVER, ALTOGETHER);
    if run < RUN && cover < altogether {
        return None;
    }
    ended.sort_by_key(|chain| chain.first);
    let passages: Vec<Passage> = ended
        .iter()
        .filter_map(|chain| {
            let words = chain.first.0..chain.last.0 + shingle;
            let start = probe.spans().get(words.start as usize)?.start as usize;
            let end = probe.spans().get(words.end as usize - 1)?.end as usize;
            Some(Passage {
                span: start..end,
                words,
                banked: chain.first.1..chain.last.1 + shingle,
                agree: chain.agree,
            })
        })
        .collect();
    let covered = union(passages.iter().map(|passage| passage.words.clone()));
    let covered_banked = union(passages.iter().map(|passage| passage.banked.clone()));
    Some(PassageMatch {
        covered: (covered, probe.words()),
        covered_banked: (covered_banked.min(banked_words), banked_words),
        passages,
    })
}

/// How many words are in at least one of the ranges.
fn union(ranges: impl Iterator<Item = Range<u32>>) -> u32 {
    let mut ranges: Vec<Range<u32>> = ranges.collect();
    ranges.sort_by_key(|range| range.start);
    let (mut total, mut until) = (0, 0);
    for range in ranges {
        total += range.end.saturating_sub(range.start.max(until));
        until = until.max(range.end);
    }
    total
}
