//! Incidents: for some days what belongs to one comes first. It ends by itself.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// Identity of an incident in its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IncidentId(pub i64);

/// For how long an incident may last.
pub const LONGEST_INCIDENT: SignedDuration = SignedDuration::from_hours(72);

/// Why an incident cannot be declared, or ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IncidentError {
    /// It has no name, or no reason.
    #[error("say what the incident is called, and why it is one: each in 1 to 500 characters")]
    NoWords,
    /// It would last too long, or not at all.
    #[error(
        "an incident ends by itself within 72 hours; choose 1 to 72, and declare another one if it goes on"
    )]
    Length,
    /// Nothing would belong to it.
    #[error("choose the banks that it is about, or have one made for it")]
    NoBank,
    /// Too many are on.
    #[error("{MOST_INCIDENTS} incidents are on already; end one first")]
    TooMany,
    /// No such incident.
    #[error("there is no incident {}", .0.0)]
    Missing(IncidentId),
    /// It is over.
    #[error("the incident {} is over", .0.0)]
    Over(IncidentId),
}

/// Incidents that are on at once at most.
pub const MOST_INCIDENTS: usize = 8;

/// Checks what somebody says of an incident that is to last until `ends_at`.
///
/// # Errors
/// [`IncidentError`].
pub fn check_incident(
    words: [&str; 2],
    banks: usize,
    now: Timestamp,
    ends_at: Timestamp,
) -> Result<(), IncidentError> {
    let fits = |text: &str| (1..=500).contains(&text.trim().chars().count());
    if !words.into_iter().all(fits) {
        return Err(IncidentError::NoWords);
    }
    if ends_at <= now || ends_at.duration_since(now) > LONGEST_INCIDENT {
        return Err(IncidentError::Length);
    }
    if banks == 0 {
        return Err(IncidentError::NoBank);
    }
    Ok(())
}

/// For how many hours a policy holds something back during an incident: for as many as it says, and at least until the
/// incident ends. What it does not hold back is not held back by an incident, and what has no end keeps having none.
///
/// ```
/// use basira_model::held_hours;
/// let now: jiff::Timestamp = "2026-11-27T12:00:00Z".parse()?;
/// let ends: jiff::Timestamp = "2026-11-28T12:30:00Z".parse()?;
/// assert_eq!(held_hours(6, now, ends), 25);
/// assert_eq!(held_hours(48, now, ends), 48);
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn held_hours(hours: u16, now: Timestamp, ends_at: Timestamp) -> u16 {
    let left = ends_at.duration_since(now).as_secs().max(0);
    let left = (left.unsigned_abs()).div_ceil(3_600);
    hours.max(u16::try_from(left).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_has_words_banks_and_an_end_that_is_near() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let longest = now + LONGEST_INCIDENT;
        let second = SignedDuration::from_secs(1);
        let words = ["the cup", "copies of one game everywhere"];
        assert_eq!(check_incident(words, 1, now, longest), Ok(()));
        assert_eq!(
            check_incident(words, 1, now, longest + second),
            Err(IncidentError::Length)
        );
        assert_eq!(check_incident(words, 1, now, now), Err(IncidentError::Length));
        assert_eq!(check_incident(words, 0, now, longest), Err(IncidentError::NoBank));
        assert_eq!(
            check_incident(["the cup", " "], 1, now, longest),
            Err(IncidentError::NoWords)
        );
    }

    #[test]
    fn no_hold_becomes_shorter() {
        let now: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        for (hours, minutes, expected) in [(1, 0, 1), (1, 1, 1), (1, 61, 2), (100, 72 * 60, 100), (2, -60, 2)]
        {
            let ends = now + SignedDuration::from_mins(minutes);
            assert_eq!(held_hours(hours, now, ends), expected, "{hours} {minutes}");
        }
    }
}
