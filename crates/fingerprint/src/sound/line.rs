//! From a place where two sounds agree to the whole line along which they do.

/// Words that are compared at once: three seconds.
pub(super) const WINDOW: usize = 24;
/// Words from one comparison to the next along a line.
const STEP: usize = 6;
/// Windows that may be worse before a line ends: three seconds of something else.
const GAP: usize = 4;
/// Share of bits that may differ in a window of a line.
const LIMIT: f64 = 0.31;
/// Share of bits that may differ in the words at the ends of a match.
const PIVOT: f64 = 0.25;
/// How much better a window must be one word aside for a line to bend.
const BEND: f64 = 0.012;

/// Two sounds side by side: their words, and which of them are lively.
pub(super) struct Pair<'a> {
    pub(super) query: &'a [u32],
    pub(super) lively: &'a [bool],
    pub(super) bank: &'a [u32],
}

/// Where two sounds agree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Places of windows, the one in the query and the one in the bank, in order, as far as it was followed.
    knots: Vec<(usize, usize)>,
    /// Pairs of words that are the match: the part of the line that agrees best.
    pub(super) pairs: Vec<(usize, usize)>,
    /// Lively words of the match.
    pub(super) words: usize,
    /// Share of their bits that differ.
    pub(super) error: f64,
    /// Share of the bits that differ where the same words are paired otherwise.
    pub(super) chance: f64,
}

impl Pair<'_> {
    /// Bits that differ, and words, of the lively ones in a run.
    fn differ(&self, query: usize, bank: usize, len: usize) -> (u32, usize) {
        let (mut bits, mut words) = (0, 0);
        let pairs = self.query[query..query + len]
            .iter()
            .zip(&self.bank[bank..bank + len]);
        for ((a, b), &lively) in pairs.zip(&self.lively[query..query + len]) {
            if lively {
                bits += (a ^ b).count_ones();
                words += 1;
            }
        }
        (bits, words)
    }

    /// Share of the bits that differ in a window; `None` if it is not within both sounds, or mostly not lively.
    fn window(&self, query: usize, bank: usize) -> Option<f64> {
        if query + WINDOW > self.query.len() || bank + WINDOW > self.bank.len() {
            return None;
        }
        let (bits, words) = self.differ(query, bank, WINDOW);
        (words >= WINDOW / 2).then(|| f64::from(bits) / (32 * words) as f64)
    }

    /// The best window near a place, up to `aside` words earlier or later in the bank.
    fn best(&self, query: usize, bank: i64, aside: i64) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        for d in 0..=2 * aside {
            // 0, -1, 1, -2, 2: the straight one wins a tie.
            let to = bank + if d % 2 == 0 { d / 2 } else { -(d / 2) - 1 };
            let Ok(to) = usize::try_from(to) else { continue };
            if let Some(error) = self.window(query, to) {
                let penalty = if d == 0 { 0.0 } else { BEND };
                if best.is_none_or(|(least, _)| error + penalty < least) {
                    best = Some((error + penalty, to));
                }
            }
        }
        best
    }

    /// The line through a place, if there is one: windows that agree, forward and backward from here.
    pub(super) fn line(&self, query: usize, bank: i64) -> Option<Line> {
        let (error, start) = self.best(query, bank, 4)?;
        if error > LIMIT {
            return None;
        }
        let mut knots = self.extend(query, start, -1);
        knots.reverse();
        knots.push((query, start));
        knots.extend(self.extend(query, start, 1));
        let pairs = self.pairs(&knots);
        let cost = |&(q, b): &(usize, usize)| {
            let lively = self.lively[q];
            lively.then(|| (self.query[q] ^ self.bank[b]).count_ones())
        };
        let costs: Vec<Option<u32>> = pairs.iter().map(cost).collect();
        let (from, to) = best_part(&costs);
        let (bits, words) = costs[from..to]
            .iter()
            .flatten()
            .fold((0, 0), |(b, w), cost| (b + cost, w + 1));
        let chance = self.chance(&pairs[from..to]);
        Some(Line {
            knots,
            chance,
            pairs: pairs[from..to].to_vec(),
            words,
            error: f64::from(bits) / (32 * words.max(1)) as f64,
        })
    }

    /// What the error would be by chance: that of the same words, those of the bank turned by 3/16 to 13/16 of their
    /// number. The median of eleven turns, as a rhythm may agree with itself in some.
    fn chance(&self, pairs: &[(usize, usize)]) -> f64 {
        let mut errors = [0.0; 11];
        for (turn, error) in errors.iter_mut().enumerate() {
            let by = pairs.len() * (turn + 3) / 16;
            let turned = pairs.iter().cycle().skip(by);
            let (mut bits, mut words) = (0, 0);
            for ((q, _), (_, b)) in pairs.iter().zip(turned).filter(|((q, _), _)| self.lively[*q]) {
                bits += (self.query[*q] ^ self.bank[*b]).count_ones();
                words += 1;
            }
            *error = f64::from(bits) / f64::from(32 * words.max(1));
        }
        errors.sort_unstable_by(f64::total_cmp);
        errors[5]
    }

    /// The pairs of words along the knots. Each word is paired by the knot before it; at the ends there may be some
    /// more, but not as many as to the next knot.
    fn pairs(&self, knots: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let (query, bank) = knots.first().copied().unwrap_or_default();
        let before = query.min(bank).min(STEP - 1);
        let mut pairs: Vec<_> = (1..=before).rev().map(|k| (query - k, bank - k)).collect();
        for (i, &(query, bank)) in knots.iter().enumerate() {
            let len = knots.get(i + 1).map_or(WINDOW + STEP - 1, |next| next.0 - query);
            let len = len.min(self.bank.len() - bank).min(self.query.len() - query);
            pairs.extend((0..len).map(|k| (query + k, bank + k)));
        }
        pairs
    }

    fn extend(&self, query: usize, bank: usize, direction: i64) -> Vec<(usize, usize)> {
        let mut knots = vec![];
        let mut good = 0;
        let (mut query, mut bank) = (query as i64, bank as i64);
        loop {
            query += direction * STEP as i64;
            bank += direction * STEP as i64;
            let Ok(at) = usize::try_from(query) else { break };
            if at + WINDOW > self.query.len() || bank >= self.bank.len() as i64 {
                break;
            }
            match self.best(at, bank, 1) {
                Some((error, to)) if error <= LIMIT => {
                    bank = to as i64;
                    knots.push((at, to));
                    good = knots.len();
                }
                _ if knots.len() - good < GAP && bank >= 0 => knots.push((at, bank as usize)),
                _ => break,
            }
        }
        knots.truncate(good);
        knots
    }
}

/// The run in which bits agree best: where the sum of what the words have below [`PIVOT`] is largest (Bentley,
/// "Programming Pearls", 1984). `None` is a word that tells nothing.
fn best_part(costs: &[Option<u32>]) -> (usize, usize) {
    let (mut best, mut part) = (0.0, (0, 0));
    let (mut sum, mut from) = (0.0, 0);
    for (i, cost) in costs.iter().enumerate() {
        sum += cost.map_or(0.0, |bits| 32.0 * PIVOT - f64::from(bits));
        if sum <= 0.0 {
            (sum, from) = (0.0, i + 1);
        } else if sum > best {
            (best, part) = (sum, (from, i + 1));
        }
    }
    part
}

impl Line {
    /// Whether the line passes there.
    pub(super) fn near(&self, query: usize, bank: i64) -> bool {
        let after = self.knots.partition_point(|knot| knot.0 <= query);
        let Some(&(q, b)) = after.checked_sub(1).and_then(|i| self.knots.get(i)) else {
            return false;
        };
        query < q + WINDOW && (bank - b as i64 - (query as i64 - q as i64)).abs() <= 6
    }

    /// Whether the line may pass somewhere at this word of the query or later.
    pub(super) fn reaches(&self, query: usize) -> bool {
        self.knots.last().is_some_and(|knot| query < knot.0 + WINDOW)
    }

    /// Words of the bank for each word of the query, by least squares; 1 if it is too short to tell.
    pub(super) fn slope(&self) -> f64 {
        if self.pairs.len() < 2 * WINDOW {
            return 1.0;
        }
        let mean = |f: &dyn Fn(f64, f64) -> f64| {
            let sum: f64 = self.pairs.iter().map(|&(q, b)| f(q as f64, b as f64)).sum();
            sum / self.pairs.len() as f64
        };
        let (mq, mb) = (mean(&|q, _| q), mean(&|_, b| b));
        mean(&|q, b| (q - mq) * (b - mb)) / mean(&|q, _| (q - mq) * (q - mq))
    }
}
