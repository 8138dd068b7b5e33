//! Whoever submits, again and again, what comes ever nearer to one entry is perhaps feeling for where a match begins.
//!
//! Each source has a budget of near misses of one entry. A key has one source, so that what is done by it counts there,
//! together with what other keys of that source do. When it is used up, or the distance has fallen often enough, that
//! is told to people; nothing is refused or restricted because of it, for there are harmless reasons too: an editor who
//! crops a picture step by step, a format that every user of a platform edits. What is known of whom is bounded, and is
//! forgotten after a while.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::{EntryId, SourceName};

use crate::robust::MATCH_RADIUS;

/// Pairs of a source and an entry that are remembered; the one that was met the longest ago makes room.
const MOST: usize = 16_384;

/// When it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClimbLimits {
    /// Near misses of one entry by one source.
    pub misses: u32,
    /// How often the distance may fall below all before, within them.
    pub falls: u32,
    /// Bits up to which it is near.
    pub radius: u32,
    /// For how long a submission counts.
    pub window: Duration,
}

impl Default for ClimbLimits {
    fn default() -> Self {
        Self {
            misses: 20,
            falls: 6,
            radius: 62,
            window: Duration::from_secs(24 * 3_600),
        }
    }
}

/// A source that came near an entry too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Climb {
    /// Near misses so far.
    pub(crate) misses: u32,
    /// How often the distance fell.
    pub(crate) falls: u32,
    /// The least distance so far, in bits.
    pub(crate) nearest: u32,
}

#[derive(Debug)]
struct Track {
    begun: Instant,
    met: Instant,
    climb: Climb,
    told: bool,
}

/// What sources came near.
#[derive(Debug)]
pub(super) struct Climbs {
    limits: ClimbLimits,
    tracks: Mutex<HashMap<(SourceName, EntryId), Track>>,
}

static SEEN: AtomicU64 = AtomicU64::new(0);

/// Climbs that were told of since the start of the program.
pub fn climbs_seen() -> u64 {
    SEEN.load(Ordering::Relaxed)
}

/// Counts one that is told of.
pub(super) fn count() {
    SEEN.fetch_add(1, Ordering::Relaxed);
}

impl Climbs {
    pub(super) fn new(limits: ClimbLimits) -> Self {
        Self {
            limits,
            tracks: Mutex::default(),
        }
    }

    /// Notes that something of `source` came within so many bits of an entry; gives the climb when that is to be told, once
    /// in a window.
    pub(super) fn note(
        &self,
        source: &SourceName,
        entry: EntryId,
        distance: u32,
        now: Instant,
    ) -> Option<Climb> {
        if distance > self.limits.radius {
            return None;
        }
        // Numbers are always whole.
        let mut tracks = self.tracks.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (source.clone(), entry);
        if tracks.len() >= MOST && !tracks.contains_key(&key) {
            make_room(&mut tracks, now, self.limits.window);
        }
        let fresh = || Track {
            begun: now,
            met: now,
            climb: Climb {
                misses: 0,
                falls: 0,
                nearest: u32::MAX,
            },
            told: false,
        };
        let track = tracks.entry(key).or_insert_with(fresh);
        if now.saturating_duration_since(track.begun) > self.limits.window {
            *track = fresh();
        }
        track.met = now;
        let climb = &mut track.climb;
        // Copies of what is banked are matches and no search; the step into the match is the last of one.
        if distance > MATCH_RADIUS {
            climb.misses += 1;
        }
        if distance < climb.nearest {
            if climb.nearest != u32::MAX && climb.nearest > MATCH_RADIUS {
                climb.falls += 1;
            }
            climb.nearest = distance;
        }
        let over = climb.misses >= self.limits.misses || climb.falls >= self.limits.falls;
        if !over || track.told {
            return None;
        }
        track.told = true;
        Some(track.climb.clone())
    }
}

/// Forgets what is over; else the quarter that was met the longest ago, so that there is room for a while.
fn make_room(tracks: &mut HashMap<(SourceName, EntryId), Track>, now: Instant, window: Duration) {
    tracks.retain(|_, track| now.saturating_duration_since(track.begun) <= window);
    if tracks.len() < MOST {
        return;
    }
    let mut met: Vec<Instant> = tracks.values().map(|track| track.met).collect();
    let (_, limit, _) = met.select_nth_unstable(MOST / 4);
    let limit = *limit;
    tracks.retain(|_, track| track.met > limit);
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: EntryId = EntryId(7);

    fn source(name: &str) -> SourceName {
        name.parse().unwrap()
    }

    /// A climb in a thousand steps, each a little better or worse than the best before: what a stranger would do.
    #[test]
    fn a_climb_is_told_once_within_twenty_steps() {
        let climbs = Climbs::new(ClimbLimits::default());
        let (now, forum) = (Instant::now(), source("forum"));
        let mut random = 1_u64;
        let (mut best, mut told) = (62_u32, Vec::new());
        for step in 1..=1_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let tried = (best + 2).saturating_sub((random >> 40) as u32 % 5).min(62);
            best = best.min(tried);
            if climbs.note(&forum, ENTRY, tried, now).is_some() {
                told.push(step);
            }
        }
        assert!(told.len() == 1 && told[0] <= 20, "{told:?}");
    }

    #[test]
    fn copies_others_and_what_is_far_or_long_ago_are_no_climb() {
        let limits = ClimbLimits::default();
        let climbs = Climbs::new(limits);
        let (mut now, forum) = (Instant::now(), source("forum"));
        for distance in [4, 2, 31, 0, 12, 6].repeat(50) {
            assert_eq!(climbs.note(&forum, ENTRY, distance, now), None, "a copy");
        }
        for step in 0..1_000 {
            assert_eq!(
                climbs.note(&forum, EntryId(8), limits.radius + 1, now),
                None,
                "far"
            );
            let other = source(&format!("s{step}"));
            assert_eq!(climbs.note(&other, EntryId(9), 40, now), None, "each once");
            assert_eq!(
                climbs.note(&forum, EntryId(100 + step), 40, now),
                None,
                "another entry"
            );
        }
        for distance in 0..60 {
            now += limits.window / 10;
            assert_eq!(
                climbs.note(&forum, EntryId(10), 60 - distance % 3, now),
                None,
                "long ago"
            );
        }
        let told = (0..6)
            .filter_map(|step| climbs.note(&forum, EntryId(11), 60 - step, now))
            .count();
        assert_eq!(told, 0, "five falls");
        let climb = climbs.note(&forum, EntryId(11), 54, now).unwrap();
        assert_eq!((climb.misses, climb.falls, climb.nearest), (7, 6, 54));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_newest_stays() {
        let climbs = Climbs::new(ClimbLimits::default());
        let (begun, forum) = (Instant::now(), source("forum"));
        let length = || climbs.tracks.lock().unwrap().len();
        for number in 0..3 * MOST {
            let now = begun + Duration::from_micros(number as u64);
            climbs.note(&forum, EntryId(number as i64), 40, now);
            assert!(length() <= MOST);
        }
        assert!(length() > MOST / 2);
        let last = (forum, EntryId(3 * MOST as i64 - 1));
        assert!(climbs.tracks.lock().unwrap().contains_key(&last));
    }
}
