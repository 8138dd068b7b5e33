//! How somebody reads: digits, calendar, light or dark, and which keys do what.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::words;

words! {
    /// Digits of numbers and dates.
    Digits {
        /// 0 to 9.
        Latin = "latin",
        /// ٠ to ٩.
        Arabic = "arabic",
    } known "latin, arabic"
}

words! {
    /// What stands beside a time.
    Calendar {
        /// Nothing: the day of the Gregorian calendar alone.
        Gregorian = "gregorian",
        /// The day of the Hijri calendar, too.
        Hijri = "hijri",
    } known "gregorian, hijri"
}

words! {
    /// The colours of pages.
    Theme {
        /// As the device has it.
        Device = "device",
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    } known "device, light, dark"
}

/// Keys that do something, by the position that they have without anybody's choice, with the word that says what.
pub(super) const KEYS: [(&str, &str); 9] = [
    ("KeyJ", "next"),
    ("KeyK", "before"),
    ("KeyT", "take"),
    ("KeyR", "reveal"),
    ("KeyD", "decide"),
    ("KeyU", "undo"),
    ("KeyB", "back"),
    ("KeyQ", "queue"),
    ("KeyO", "overview"),
];

/// What somebody has chosen.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    pub(super) digits: Digits,
    pub(super) calendar: Calendar,
    pub(super) theme: Theme,
    /// Keys by what they do: `KeyT` to the key that takes a case instead.
    keys: BTreeMap<String, String>,
}

impl Default for Choices {
    fn default() -> Self {
        Self {
            digits: Digits::Latin,
            calendar: Calendar::Gregorian,
            theme: Theme::Device,
            keys: BTreeMap::new(),
        }
    }
}

impl Choices {
    /// Reads what is kept; what is no word of ours is as if it were not chosen.
    pub(super) fn of(kept: &BTreeMap<String, String>) -> Self {
        let plain = Self::default();
        let keys = KEYS.iter().filter_map(|(key, _)| {
            let chosen = kept.get(*key).filter(|chosen| is_key(chosen))?;
            Some(((*key).to_owned(), chosen.clone()))
        });
        let word = |name: &str| kept.get(name).map_or("", String::as_str);
        Self {
            digits: word("digits").parse().unwrap_or(plain.digits),
            calendar: word("calendar").parse().unwrap_or(plain.calendar),
            theme: word("theme").parse().unwrap_or(plain.theme),
            keys: keys.collect(),
        }
    }

    /// The key that somebody presses for what is done by `key` otherwise.
    pub(super) fn key<'a>(&'a self, key: &'a str) -> &'a str {
        self.keys.get(key).map_or(key, String::as_str)
    }

    /// The letter on it, on a Latin keyboard.
    pub(super) fn letter<'a>(&'a self, key: &'a str) -> &'a str {
        let key = self.key(key);
        key.strip_prefix("Key").unwrap_or(key)
    }

    /// All keys that were moved, as the script reads them: `KeyW=KeyT KeyX=KeyR`, what is pressed for what.
    pub(super) fn moved(&self) -> String {
        let moved = self.keys.iter().filter(|(key, chosen)| key != chosen);
        let moved = moved.map(|(key, chosen)| format!("{chosen}={key}"));
        moved.collect::<Vec<_>>().join(" ")
    }

    /// A text with the digits that were chosen.
    pub(super) fn digits(&self, text: &str) -> String {
        match self.digits {
            Digits::Latin => text.to_owned(),
            Digits::Arabic => text.chars().map(arabic).collect(),
        }
    }

    /// The day of the Hijri calendar, where it is wanted.
    pub(super) fn hijri(&self, time: &Timestamp) -> Option<(i64, u8, u8)> {
        let days = time.as_second().div_euclid(86_400);
        (self.calendar == Calendar::Hijri).then(|| hijri(days))
    }
}

/// Whether it is the position of a letter.
pub(super) fn is_key(text: &str) -> bool {
    let letter = text.strip_prefix("Key").unwrap_or_default();
    letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn arabic(c: char) -> char {
    match c.to_digit(10) {
        Some(digit) => char::from_u32(0x660 + digit).unwrap_or(c),
        None => c,
    }
}

/// Days from 1 Muharram 1 (19 July 622 of the Gregorian calendar) to 1 January 1970.
const HIJRI: i64 = 492_148;

/// Year, month and day of the tabular Islamic calendar (civil epoch, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29): it is
/// computed, not seen, and can be a day off what is announced. `since` is in days from 1 January 1970.
fn hijri(since: i64) -> (i64, u8, u8) {
    let days = since + HIJRI;
    let year = (30 * days + 10_646).div_euclid(10_631);
    let begun = 354 * (year - 1) + (3 + 11 * year).div_euclid(30);
    let within = days - begun;
    let month = (2 * within / 59 + 1).clamp(1, 12);
    let day = within - (59 * (month - 1) + 1) / 2 + 1;
    // Both are small by what stands above.
    (year, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of R. H. van Gent's tables and of Calendrical Calculations (Reingold and Dershowitz).
    #[test]
    fn days_of_the_hijri_calendar_are_those_of_the_tables() {
        for (date, expected) in [
            ("0622-07-19", (1, 1, 1)),
            ("1945-11-12", (1364, 12, 6)),
            ("1996-02-25", (1416, 10, 5)),
            ("2000-04-06", (1421, 1, 1)),
            ("2024-07-08", (1446, 1, 1)),
            ("2026-08-21", (1448, 3, 7)),
        ] {
            let time: Timestamp = format!("{date}T23:59:59Z").parse().unwrap();
            let choices = Choices {
                calendar: Calendar::Hijri,
                ..Choices::default()
            };
            assert_eq!(choices.hijri(&time), Some(expected), "{date}");
        }
    }

    #[test]
    fn every_day_follows_the_day_before() {
        let mut before = hijri(0);
        for days in 1..40_000 {
            let (year, month, day) = hijri(days);
            let follows = match before {
                (y, m, d) if (year, month) == (y, m) => day == d + 1,
                (y, 12, 29 | 30) => (year, month, day) == (y + 1, 1, 1),
                (y, m, 29 | 30) => (year, month, day) == (y, m + 1, 1),
                _ => false,
            };
            assert!(follows, "{before:?} {:?}", (year, month, day));
            before = (year, month, day);
        }
    }

    #[test]
    fn what_is_no_word_of_ours_was_not_chosen() {
        let kept = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            Choices::of(
                &pairs
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect(),
            )
        };
        let plain = kept(&[("digits", "<b>"), ("KeyT", "KeyTT"), ("KeyZ", "KeyA")]);
        assert_eq!(plain.digits("12:30"), "12:30");
        assert_eq!(plain.moved(), "");
        let chosen = kept(&[("digits", "arabic"), ("theme", "dark"), ("KeyT", "KeyW")]);
        assert_eq!(chosen.digits("2026-11"), "٢٠٢٦-١١");
        assert_eq!(chosen.theme, Theme::Dark);
        assert_eq!(
            (chosen.moved().as_str(), chosen.letter("KeyT")),
            ("KeyW=KeyT", "W")
        );
    }
}
