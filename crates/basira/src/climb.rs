//! When people are told that a source comes nearer and nearer to an entry.

use std::time::Duration;

use clap::Args;
use pipeline::intake::ClimbLimits;

/// Somebody may be feeling for where a match begins. It is told, and nothing is restricted.
#[derive(Debug, Args)]
pub(crate) struct ClimbOptions {
    /// Near misses of one entry, by one source in a day, of which people are told
    #[arg(long, value_name = "N", default_value_t = ClimbLimits::default().misses, value_parser = clap::value_parser!(u32).range(1..))]
    climb_misses: u32,
    /// How often such misses may come nearer than all before
    #[arg(long, value_name = "N", default_value_t = ClimbLimits::default().falls, value_parser = clap::value_parser!(u32).range(1..))]
    climb_falls: u32,
    /// Hours for which a miss counts
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..))]
    climb_hours: u32,
}

impl ClimbOptions {
    /// As the pipeline takes them.
    pub(crate) fn limits(&self) -> ClimbLimits {
        ClimbLimits {
            misses: self.climb_misses,
            falls: self.climb_falls,
            window: Duration::from_secs(3_600 * u64::from(self.climb_hours)),
            ..ClimbLimits::default()
        }
    }
}
