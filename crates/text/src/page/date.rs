//! Dates as people write them, in Arabic and English, to ISO 8601 as far as the words go.

use std::ops::Range;

use super::calendar::{days_in, from_hijri};
use super::months::{DAYS, GREGORIAN, HIJRI, LAST, NEAR, UNITS};
use crate::keys::folded_word;

/// A date that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date {
    /// ISO 8601 with as much as is said: `2018-07-19T21:32`, `2018-05`, `--02` (a month of no year). `None` where it is
    /// told from a day that we do not know ("yesterday").
    pub iso: Option<String>,
    /// Year, month and day of the Hijri calendar. `iso` then has no more than is sure: the day a month begins on was seen
    /// in the sky, and differs between places.
    pub hijri: Option<String>,
    /// The words it was read from.
    pub words: String,
    /// Where they stand.
    pub span: Range<usize>,
}

impl Date {
    /// How exact it is, for choosing: day, month, year, nothing.
    pub(super) fn exactness(&self) -> usize {
        self.iso.as_ref().map_or(0, |iso| {
            if iso.starts_with("--") {
                1
            } else {
                iso.len().min(10)
            }
        })
    }
}

struct Token {
    span: Range<usize>,
    /// A number of at most 4 digits, and its digits.
    number: Option<(u32, usize)>,
    word: String,
}

#[derive(Clone, Copy)]
struct Month {
    number: u32,
    hijri: bool,
    /// Tokens it takes, with another name of the same month beside it.
    takes: usize,
    /// Whether another name of the same month stands beside it.
    paired: bool,
}

/// Reads all dates of a text, in order.
pub(super) fn dates(text: &str) -> Vec<Date> {
    let arabic = text
        .chars()
        .filter(|c| ('\u{620}'..='\u{64a}').contains(c))
        .count();
    let latin = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let reader = Reader {
        text,
        tokens: tokens(text),
        day_first: arabic > latin,
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < reader.tokens.len() {
        match reader.date(at).or_else(|| reader.relative(at)) {
            Some((mut date, takes)) => {
                let (first, last) = (at, at + takes - 1);
                date.span = reader.tokens[first].span.start..reader.tokens[last].span.end;
                date.words = text[date.span.clone()].to_owned();
                found.push(date);
                at += takes;
            }
            None => at += 1,
        }
    }
    found
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, first)) = letters.next() {
        let digit = first.is_numeric();
        if !first.is_alphanumeric() {
            continue;
        }
        let mut end = start + first.len_utf8();
        while let Some((at, letter)) = letters.peek() {
            let mark = !digit && matches!(letter, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}');
            if !((letter.is_alphanumeric() && letter.is_numeric() == digit) || mark) {
                break;
            }
            end = at + letter.len_utf8();
            letters.next();
        }
        let written = &text[start..end];
        let value = |letter: char| match letter {
            '0'..='9' => Some(letter as u32 - '0' as u32),
            '٠'..='٩' => Some(letter as u32 - '٠' as u32),
            '۰'..='۹' => Some(letter as u32 - '۰' as u32),
            _ => None,
        };
        let digits: Option<Vec<u32>> = digit
            .then(|| written.chars().take(5).map(value).collect())
            .flatten();
        let number = digits
            .filter(|d| d.len() <= 4)
            .map(|d| (d.iter().fold(0, |sum, d| sum * 10 + d), d.len()));
        let word = if digit {
            String::new()
        } else {
            folded_word(written)
        };
        tokens.push(Token {
            span: start..end,
            number,
            word,
        });
    }
    tokens
}

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    day_first: bool,
}

impl Reader<'_> {
    /// What stands between a token and the one before it, without spaces. `None` where they are far from each other.
    fn gap(&self, at: usize) -> Option<&str> {
        let (before, token) = (self.tokens.get(at.checked_sub(1)?)?, self.tokens.get(at)?);
        let gap = &self.text[before.span.end..token.span.start];
        (gap.len() <= 6 && !gap.contains('\n')).then(|| gap.trim())
    }

    fn number(&self, at: usize, range: std::ops::RangeInclusive<u32>, digits: usize) -> Option<u32> {
        let (value, written) = self.tokens.get(at)?.number?;
        (range.contains(&value) && (written == digits || (digits <= 2 && written <= digits))).then_some(value)
    }

    fn day(&self, at: usize) -> Option<u32> {
        self.number(at, 1..=31, 2)
    }

    fn year(&self, at: usize) -> Option<u32> {
        self.number(at, 1900..=2100, 4)
            .or_else(|| self.number(at, 1300..=1500, 4))
    }

    fn month_name(&self, at: usize) -> Option<(u32, bool, usize)> {
        let first = &self.tokens.get(at)?.word;
        if first.len() < 2 {
            return None;
        }
        let two = self
            .gap(at + 1)
            .filter(|gap| gap.is_empty())
            .map(|_| format!("{first} {}", self.tokens[at + 1].word));
        let bare = first
            .strip_prefix(['و', 'ل', 'ب'])
            .filter(|rest| rest.chars().count() > 3);
        for (name, takes) in two
            .as_deref()
            .map(|two| (two, 2))
            .into_iter()
            .chain([(first.as_str(), 1)])
            .chain(bare.map(|bare| (bare, 1)))
        {
            for (months, hijri) in [(GREGORIAN, false), (HIJRI, true)] {
                if let Some((_, number)) = months.iter().find(|(known, _)| *known == name) {
                    return Some((*number, hijri, takes));
                }
            }
        }
        None
    }

    /// A month, with another name of it beside: `شباط/فبراير`, `مارس(آذار)`, `ايار-مايو`.
    fn month(&self, at: usize) -> Option<Month> {
        let (number, hijri, mut takes) = self.month_name(at)?;
        let mut paired = false;
        if let Some(gap) = self.gap(at + takes)
            && matches!(gap, "/" | "(" | "-" | "–" | "ـ" | "\\")
            && let Some((second, other, more)) = self.month_name(at + takes)
            && (second, other) == (number, hijri)
        {
            takes += more;
            paired = true;
        }
        Some(Month {
            number,
            hijri,
            takes,
            paired,
        })
    }

    fn near(&self, at: usize, signs: &[&str]) -> bool {
        self.gap(at)
            .is_some_and(|gap| gap.is_empty() || signs.contains(&gap))
    }

    fn date(&self, at: usize) -> Option<(Date, usize)> {
        const SIGNS: &[&str] = &["/", "-", ".", ",", "،", ")", "),", "–", "ـ"];
        // 2018-07-19
        if let (Some(year), true) = (
            self.year(at),
            self.tokens[at].number.is_some_and(|(_, digits)| digits == 4),
        ) {
            let gap = self.gap(at + 1).filter(|gap| matches!(*gap, "-" | "/" | "."));
            if gap.is_some()
                && gap == self.gap(at + 2)
                && let (Some(month), Some(day)) = (self.number(at + 1, 1..=12, 2), self.day(at + 2))
            {
                return self.made(year, Some(month), Some(day), false, at, 3);
            }
            return None;
        }
        if let Some(day) = self.day(at) {
            let joins = |at: &usize| {
                let word = self.tokens.get(*at).map_or("", |token| token.word.as_str());
                matches!(word, "st" | "nd" | "rd" | "th" | "من" | "of")
            };
            let ordinal = (at + 1..at + 3).take_while(joins).count();
            let next = at + 1 + ordinal;
            // 19/7/2018
            let gap = self.gap(at + 1).filter(|gap| matches!(*gap, "-" | "/" | "."));
            if gap.is_some()
                && gap == self.gap(at + 2)
                && let (Some(second), Some(year)) = (self.number(at + 1, 1..=31, 2), self.year(at + 2))
            {
                let hijri = year < 1600;
                let (day, month) = match (day, second) {
                    (day, month @ 1..=12) if day > 12 || self.day_first || day == month => {
                        (Some(day), Some(month))
                    }
                    (month @ 1..=12, day @ 13..) => (Some(day), Some(month)),
                    // 7/8/2018 may be either.
                    (1..=12, 1..=12) => (None, None),
                    _ => return None,
                };
                return self.made(year, month, day, hijri, at, 3);
            }
            // 19 تموز 2018, 19/يوليه/2018, 19 July
            if let Some(month) = self.month(next).filter(|_| self.near(next, SIGNS)) {
                let after = next + month.takes;
                let year = self.year(after).filter(|_| self.near(after, SIGNS));
                let takes = after - at + usize::from(year.is_some());
                return match year {
                    Some(year) => self.made(year, Some(month.number), Some(day), month.hijri, at, takes),
                    None if month.hijri => None,
                    None => {
                        let iso = format!("--{:02}-{day:02}", month.number);
                        Some((plain(Some(iso)), takes))
                    }
                };
            }
        }
        let month = self.month(at)?;
        let after = at + month.takes;
        // July 19, 2018
        if let Some(day) = self.day(after).filter(|_| self.near(after, &[",", "."])) {
            let ordinal = usize::from(
                self.tokens
                    .get(after + 1)
                    .is_some_and(|t| matches!(t.word.as_str(), "st" | "nd" | "rd" | "th")),
            );
            let place = after + 1 + ordinal;
            if let Some(year) = self.year(place).filter(|_| self.near(place, SIGNS)) {
                return self.made(
                    year,
                    Some(month.number),
                    Some(day),
                    month.hijri,
                    at,
                    place + 1 - at,
                );
            }
        }
        // أيار/مايو 2018
        if let Some(year) = self.year(after).filter(|_| self.near(after, SIGNS)) {
            return self.made(year, Some(month.number), None, month.hijri, at, month.takes + 1);
        }
        // شباط/فبراير
        (month.paired && !month.hijri).then(|| (plain(Some(format!("--{:02}", month.number))), month.takes))
    }

    fn made(
        &self,
        year: u32,
        month: Option<u32>,
        day: Option<u32>,
        hijri: bool,
        at: usize,
        takes: usize,
    ) -> Option<(Date, usize)> {
        if hijri || year < 1600 {
            if !(1300..=1500).contains(&year) {
                return None;
            }
            let mut written = format!("{year}");
            for part in [month, day].into_iter().flatten() {
                written.push_str(&format!("-{part:02}"));
            }
            let mut date = plain(from_hijri(year, month, day));
            date.hijri = Some(written);
            return Some((date, takes));
        }
        let mut iso = format!("{year}");
        if let Some(month) = month {
            iso.push_str(&format!("-{month:02}"));
            if let Some(day) = day {
                if day > days_in(year, month) {
                    return None;
                }
                iso.push_str(&format!("-{day:02}"));
                if let Some((time, more)) = self.time(at + takes) {
                    iso.push_str(&time);
                    return Some((plain(Some(iso)), takes + more));
                }
            }
        }
        Some((plain(Some(iso)), takes))
    }

    /// A time of day just after a date: `- 09:32 م`, `T21:32`.
    fn time(&self, at: usize) -> Option<(String, usize)> {
        let skip = usize::from(
            self.tokens
                .get(at)
                .is_some_and(|t| matches!(t.word.as_str(), "t" | "at" | "الساعه")),
        );
        let first = at + skip;
        self.gap(at)
            .filter(|gap| matches!(*gap, "" | "-" | "," | "،" | "|" | "–"))?;
        let (mut hour, minute) = (self.number(first, 0..=23, 2)?, self.number(first + 1, 0..=59, 2)?);
        self.gap(first + 1).filter(|gap| *gap == ":")?;
        let mut takes = skip + 2;
        if self.gap(at + takes) == Some(":") && self.number(at + takes, 0..=60, 2).is_some() {
            takes += 1;
        }
        if let Some(half) = self.tokens.get(at + takes).filter(|_| self.near(at + takes, &[])) {
            match half.word.as_str() {
                "م" | "مساء" | "مساءا" | "pm" if hour < 12 => hour += 12,
                "ص" | "صباحا" | "am" if hour == 12 => hour = 0,
                "م" | "مساء" | "مساءا" | "pm" | "ص" | "صباحا" | "am" => {}
                _ => return Some((format!("T{hour:02}:{minute:02}"), takes)),
            }
            takes += 1;
        }
        Some((format!("T{hour:02}:{minute:02}"), takes))
    }

    /// A date that is told from now.
    fn relative(&self, at: usize) -> Option<(Date, usize)> {
        let word = |at: usize| self.tokens.get(at).map_or("", |token| token.word.as_str());
        let unit = |at: usize| UNITS.contains(&word(at));
        let counted = |at: usize| self.tokens.get(at).is_some_and(|token| token.number.is_some());
        let close = |at: usize| self.near(at, &[]);
        let takes = match word(at) {
            "يوم"
                if DAYS.contains(&word(at + 1))
                    && LAST.contains(&word(at + 2))
                    && close(at + 1)
                    && close(at + 2) =>
            {
                3
            }
            "قبل" | "منذ" if close(at + 1) && unit(at + 1) => 2,
            "قبل" | "منذ" if close(at + 1) && close(at + 2) && counted(at + 1) && unit(at + 2) => 3,
            "last" if DAYS.contains(&word(at + 1)) && close(at + 1) => 2,
            "" if counted(at) && unit(at + 1) && word(at + 2) == "ago" => 3,
            day if DAYS.contains(&day) && LAST.contains(&word(at + 1)) && close(at + 1) => 2,
            near if NEAR.contains(&near) => 1,
            _ => return None,
        };
        Some((plain(None), takes))
    }
}

fn plain(iso: Option<String>) -> Date {
    Date {
        iso,
        hijri: None,
        words: String::new(),
        span: 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::dates;

    #[test]
    fn dates_are_read_as_far_as_they_go() {
        for (text, iso) in [
            ("الخميس 19/يوليه/2018 - 09:32 م", "2018-07-19T21:32"),
            ("ايار-مايو 2018", "2018-05"),
            ("19 تموز/يوليو 2018", "2018-07-19"),
            ("١٩ تموز ٢٠١٨", "2018-07-19"),
            ("في تشرين الأول/أكتوبر 2017", "2017-10"),
            ("٣١ كانون الثاني 2019", "2019-01-31"),
            ("في مارس(آذار) 2016", "2016-03"),
            ("احداث نوفمبر2015", "2015-11"),
            ("أواخر شباط/فبراير للنقاش", "--02"),
            ("7 ماي 2014", "2014-05-07"),
            ("12 غشت 2014", "2014-08-12"),
            ("July 19, 2018", "2018-07-19"),
            ("19th of July 2018 at 8:05 pm", "2018-07-19T20:05"),
            ("Sept. 5, 2018", "2018-09-05"),
            ("2018-07-19T21:32:05Z", "2018-07-19T21:32"),
            ("Posted 07/19/2018", "2018-07-19"),
            ("Posted 07/08/2018", "2018"),
            ("نشر 7/8/2018", "2018-08-07"),
            ("29 فبراير 2020", "2020-02-29"),
            ("14 مايو", "--05-14"),
        ] {
            let found = dates(text);
            assert_eq!(
                found.first().and_then(|d| d.iso.as_deref()),
                Some(iso),
                "{text}: {found:?}"
            );
            assert_eq!(found.len(), 1, "{text}: {found:?}");
        }
    }

    #[test]
    fn the_hijri_calendar_is_kept_and_its_month_is_told() {
        let found = dates("12 رمضان 1439 هـ");
        assert_eq!(
            (found[0].hijri.as_deref(), found[0].iso.as_deref()),
            (Some("1439-09-12"), Some("2018-05"))
        );
        let found = dates("ربيع الأول ١٤٤٠");
        assert_eq!(
            (found[0].hijri.as_deref(), found[0].iso.as_deref()),
            (Some("1440-03"), Some("2018"))
        );
        let found = dates("1/1/1441هـ نشر");
        assert_eq!(found[0].hijri.as_deref(), Some("1441-01-01"));
    }

    #[test]
    fn what_is_told_from_now_is_kept_as_it_is() {
        for text in [
            "يوم الجمعة الأخيرة",
            "قبل يومين",
            "منذ 3 ساعات",
            "2 hours ago",
            "last Friday",
            "أمس",
            "الأسبوع الماضي",
        ] {
            let found = dates(text);
            assert_eq!(
                (found.len(), found[0].iso.as_deref(), found[0].words.as_str()),
                (1, None, text)
            );
        }
    }

    #[test]
    fn numbers_and_fathers_are_no_dates() {
        for text in [
            "القاه اب الاسرة",
            "صفر نقاط",
            "نسبة 12.5 في المئة",
            "may he come",
            "صفحة 2018",
            "10.0.0.1",
        ] {
            assert_eq!(dates(text), [], "{text}");
        }
    }
}
