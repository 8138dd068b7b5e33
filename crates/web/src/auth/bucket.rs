//! How often a key may ask: a bucket that fills at its rate, and holds what comes in two seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Seconds of a rate that may be saved up.
const BURST: f64 = 2.0;

#[derive(Debug)]
pub(super) struct Bucket {
    rate: f64,
    level: Mutex<(f64, Instant)>,
}

impl Bucket {
    pub(super) fn new(rate: u32) -> Self {
        let rate = f64::from(rate.max(1));
        Self {
            rate,
            level: Mutex::new((rate * BURST, Instant::now())),
        }
    }

    /// Takes one; or says after how many seconds there will be one.
    pub(super) fn take(&self) -> Result<(), u64> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Result<(), u64> {
        // Two numbers are always whole.
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(level.1).as_secs_f64();
        let filled = (level.0 + passed * self.rate).min(self.rate * BURST);
        if filled < 1.0 {
            *level = (filled, now);
            return Err(((1.0 - filled) / self.rate).ceil() as u64);
        }
        *level = (filled - 1.0, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let bucket = Bucket::new(10);
        let start = Instant::now();
        let passed = (0..100).filter(|_| bucket.take_at(start).is_ok()).count();
        assert_eq!(passed, 20);
        assert_eq!(bucket.take_at(start), Err(1));
        let later = start + Duration::from_millis(350);
        let passed = (0..100).filter(|_| bucket.take_at(later).is_ok()).count();
        assert_eq!(passed, 3);
    }
}
