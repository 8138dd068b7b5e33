//! How often somebody may try to sign in: for each name, and for each address.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Keys that are remembered at most; more are only there while somebody tries many.
const MOST: usize = 20_000;

/// Tries that are left for each key; they come back one by one.
#[derive(Debug)]
pub(crate) struct Tries<K> {
    burst: u32,
    each: Duration,
    used: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Hash + Eq> Tries<K> {
    /// `burst` tries at once, and one more after each `each`.
    pub(crate) fn new(burst: u32, each: Duration) -> Self {
        Self {
            burst,
            each,
            used: Mutex::default(),
        }
    }

    /// Takes a try; or says after how many seconds there will be one.
    pub(crate) fn take(&self, key: K) -> Result<(), u64> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: K, now: Instant) -> Result<(), u64> {
        // What is done while it is held leaves it whole.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let each = self.each.as_secs_f64();
        let left = |(level, since): (f64, Instant)| {
            (level - now.saturating_duration_since(since).as_secs_f64() / each).max(0.0)
        };
        if used.len() >= MOST && !used.contains_key(&key) {
            used.retain(|_, state| left(*state) > 0.0);
            if used.len() >= MOST {
                return Err(self.each.as_secs().max(1));
            }
        }
        let level = used.get(&key).map_or(0.0, |state| left(*state));
        if level + 1.0 > f64::from(self.burst) {
            used.insert(key, (level, now));
            let wait = (level + 1.0 - f64::from(self.burst)) * each;
            return Err(wait.ceil().max(1.0) as u64);
        }
        used.insert(key, (level + 1.0, now));
        Ok(())
    }

    /// Gives all tries back: it was the right one.
    pub(crate) fn forget(&self, key: &K) {
        self.used
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_tries_pass_and_then_one_at_a_time() {
        let tries = Tries::new(3, Duration::from_secs(10));
        let now = Instant::now();
        let passed = (0..10).filter(|_| tries.take_at("a", now).is_ok()).count();
        assert_eq!(passed, 3);
        assert_eq!(tries.take_at("a", now), Err(10));
        assert!(tries.take_at("b", now).is_ok(), "others are not concerned");
        let later = now + Duration::from_secs(11);
        assert!(tries.take_at("a", later).is_ok());
        assert!(tries.take_at("a", later).is_err());
        tries.forget(&"a");
        assert!(tries.take_at("a", later).is_ok());
    }

    #[test]
    fn whoever_tries_many_names_does_not_fill_the_memory() {
        let tries = Tries::new(3, Duration::from_secs(10));
        let now = Instant::now();
        let passed = (0..MOST + 100)
            .filter(|key| tries.take_at(*key, now).is_ok())
            .count();
        assert_eq!(passed, MOST);
        let later = now + Duration::from_secs(60);
        assert!(tries.take_at(MOST + 1, later).is_ok());
    }
}
