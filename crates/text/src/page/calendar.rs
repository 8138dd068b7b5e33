//! The two calendars, as far as dates need them.

/// Days of a month.
pub(super) fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What of the Gregorian date is sure, by the civil calendar of 30 years (Reingold and Dershowitz), two days more or less.
pub(super) fn from_hijri(year: u32, month: Option<u32>, day: Option<u32>) -> Option<String> {
    let (first, last) = match (month, day) {
        (Some(month), Some(day)) => {
            let at = hijri_day(year, month, day);
            (at - 2, at + 2)
        }
        (Some(month), None) => (hijri_day(year, month, 1) - 2, hijri_day(year, month, 29) + 2),
        _ => (hijri_day(year, 1, 1), hijri_day(year, 12, 29)),
    };
    let (from, to) = (civil(first), civil(last));
    if from.0 != to.0 {
        return None;
    }
    Some(if from.1 == to.1 {
        format!("{}-{:02}", from.0, from.1)
    } else {
        format!("{}", from.0)
    })
}

/// Days since 1 January 1970.
fn hijri_day(year: u32, month: u32, day: u32) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    // The epoch is Julian day 1,948,439; 1970 began on Julian day 2,440,588.
    day + (59 * (month - 1) + 1) / 2 + (year - 1) * 354 + (3 + 11 * year) / 30 + 1_948_439 - 2_440_588
}

/// Year and month of a day since 1970 (Hinnant, chrono-compatible date algorithms).
fn civil(days: i64) -> (i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month)
}
