//! "Contact me on …": a platform by its name, in Arabic or English, with the account that is meant.

use std::ops::Range;
use std::sync::LazyLock;

use super::pieces::Derived;
use super::platforms::{Table, platform_named};
use super::{Finding, KeyKind, Kind};
use crate::keys::{fold_word, folded_word};

/// Words that ask to get in contact, folded.
const ASKS: &[&str] = &[
    "contact",
    "dm",
    "pm",
    "message",
    "msg",
    "reach",
    "write",
    "text",
    "ping",
    "add",
    "find",
    "follow",
    "join",
    "inbox",
    "تواصل",
    "للتواصل",
    "التواصل",
    "تواصلوا",
    "وتواصلوا",
    "وتواصل",
    "يتواصل",
    "نتواصل",
    "تواصلو",
    "راسلني",
    "راسلنا",
    "راسلونا",
    "راسلوني",
    "راسل",
    "راسلو",
    "راسلوا",
    "للمراسله",
    "مراسله",
    "المراسله",
    "مراسلتي",
    "مراسلتنا",
    "كلمني",
    "كلموني",
    "كلمنا",
    "ضيفني",
    "ضيفوني",
    "اضفني",
    "اضيفوني",
    "انضم",
    "انضموا",
    "انضمو",
    "وانضموا",
    "للانضمام",
    "تابعونا",
    "تابعوني",
    "تابعني",
    "تابعنا",
    "اكتب",
    "ارسل",
    "ارسلوا",
    "حادثني",
    "خاطبني",
    "للاستفسار",
    "للاشتراك",
];
/// Words that may stand between platform and account.
const BETWEEN: &[&str] = &[
    "at",
    "is",
    "my",
    "our",
    "me",
    "us",
    "via",
    "on",
    "in",
    "id",
    "user",
    "username",
    "handle",
    "number",
    "account",
    "name",
    "channel",
    "group",
    "the",
    "here",
    "على",
    "علي",
    "عبر",
    "في",
    "حساب",
    "حسابي",
    "حسابنا",
    "الحساب",
    "معرف",
    "المعرف",
    "معرفي",
    "يوزر",
    "اليوزر",
    "يوزري",
    "رقم",
    "الرقم",
    "رقمي",
    "قناه",
    "قناتنا",
    "القناه",
    "قناتي",
    "مجموعه",
    "مجموعتنا",
    "هو",
    "الخاص",
    "بي",
    "بنا",
    "التالي",
    "من",
    "خلال",
];
/// Words after which a name without `@` is meant as one.
const NAMES: &[&str] = &[
    "id",
    "user",
    "username",
    "handle",
    "account",
    "معرف",
    "المعرف",
    "معرفي",
    "يوزر",
    "اليوزر",
    "يوزري",
    "حساب",
    "حسابي",
    "حسابنا",
    "رقم",
    "الرقم",
    "رقمي",
    "number",
];
/// Words that are looked at before and after a platform.
const REACH: usize = 6;

/// Finds them. Spans are of the view.
pub(super) fn scan(view: &Derived, found: &mut Vec<Finding>) {
    static ASKING: LazyLock<Table> = LazyLock::new(|| Table::of(ASKS.iter().map(|word| (*word, ""))));
    let text = view.text.as_str();
    let asks = |folded: &str| ASKING.get(folded).is_some();
    let mut words = Window::new(text);
    let mut folded = String::new();
    // The last few words are at hand, so that each is looked at a fixed number of times.
    let mut until = 0;
    let mut named = std::collections::BTreeSet::new();
    while let Some(at) = words.next() {
        fold_word(&text[at.clone()], &mut folded);
        let Some(platform) = platform_named(&folded) else {
            if at.start >= until
                && asks(&folded)
                && let Some(finding) = unnamed(text, &at)
            {
                until = finding.span.end;
                found.push(finding);
            }
            continue;
        };
        if at.start < until {
            continue;
        }
        let near = words
            .before()
            .rev()
            .take(REACH)
            .take_while(|word| same_sentence(text, word.end, at.start));
        let ask = near
            .filter(|word| asks(&folded_word(&text[(*word).clone()])))
            .last();
        let account = after(text, at.end, ask.is_some()).or_else(|| before(text, words.before(), &at));
        let Some((who, kind)) = account else { continue };
        let name = format!("{platform}:{kind}");
        let start = ask.map_or(at.start, |ask| ask.start).min(who.start);
        let finding = match ask {
            Some(_) => Finding::new(Kind::Contact, start..at.end.max(who.end), &name),
            None => Finding::new(Kind::Handle, who.clone(), &name),
        };
        until = finding.span.end;
        named.insert(who.start);
        found.push(finding.with_key(KeyKind::Handle, name));
    }
    // What was found as `@name` is the account of a platform.
    found.retain(|other| {
        !(other.kind == Kind::Handle && other.normal.starts_with('@') && named.contains(&other.span.start))
    });
}

/// The account after a platform, and its normal form.
fn after(text: &str, from: usize, asked: bool) -> Option<(Range<usize>, String)> {
    let (mut at, mut told, mut colon) = (from, false, false);
    for _ in 0..REACH {
        let rest = &text[at..];
        let gap = rest
            .find(|c: char| c.is_alphanumeric() || matches!(c, '@' | '+'))
            .filter(|gap| *gap <= 12)?;
        let between = &rest[..gap];
        // An address of an app, whose scheme is its name.
        if between.contains("//") {
            return None;
        }
        if between.contains(['\n', '/', '.', '؟', '!'])
            && !between.trim().is_empty()
            && !between.contains([':', '@'])
        {
            return None;
        }
        colon |= between.contains([':', '=', '：']);
        let start = at + gap;
        let length = word(&text[start..]);
        let piece = &text[start..start + length];
        // "Twitter: they said" names nobody; a colon is enough only after a word that asks.
        if let Some(name) = account(piece, told || colon || asked, told || (colon && asked)) {
            // The name of a link is read with the link, and an e-mail address is one.
            let end = start + name.len();
            let then = text[end..].chars().next();
            if matches!(then, Some('/' | ':')) && text[end + 1..].starts_with('/')
                || matches!(then, Some('@'))
            {
                return None;
            }
            return Some((start..end, normal(name)));
        }
        let folded = folded_word(piece);
        if !BETWEEN.contains(&folded.as_str()) {
            return None;
        }
        told |= NAMES.contains(&folded.as_str());
        at = start + length;
    }
    None
}

/// `@name on Telegram`.
fn before<'a>(
    text: &str,
    words: impl DoubleEndedIterator<Item = &'a Range<usize>>,
    platform: &Range<usize>,
) -> Option<(Range<usize>, String)> {
    let mut between = false;
    for word in words.rev().take(3) {
        if !same_sentence(text, word.end, platform.start) {
            return None;
        }
        let piece = &text[word.clone()];
        if between && piece.starts_with('@') {
            let name = account(piece, false, false)?;
            return Some((word.start..word.start + name.len(), normal(name)));
        }
        between = BETWEEN.contains(&folded_word(piece).as_str());
        if !between {
            return None;
        }
    }
    None
}

/// `DM @name`: the platform is not said.
fn unnamed(text: &str, ask: &Range<usize>) -> Option<Finding> {
    let rest = &text[ask.end..];
    let mut at = 0;
    for _ in 0..3 {
        let gap = rest[at..]
            .find(|c: char| c.is_alphanumeric() || c == '@')
            .filter(|gap| *gap <= 6)?;
        let start = at + gap;
        let length = word(&rest[start..]);
        let piece = &rest[start..start + length];
        if piece.starts_with('@') {
            let name = account(piece, false, false)?;
            let end = ask.end + start + name.len();
            let after = text[end..].chars().next();
            if after == Some('@') {
                return None;
            }
            let normal = format!("@{}", normal(name));
            return Some(
                Finding::new(Kind::Contact, ask.start..end, &normal).with_key(KeyKind::Handle, normal),
            );
        }
        if !BETWEEN.contains(&folded_word(piece).as_str()) {
            return None;
        }
        at = start + length;
    }
    None
}

/// What can be an account: `@name`, a telephone number, or, where one is expected, a Latin name.
fn account(piece: &str, expected: bool, named: bool) -> Option<&str> {
    let piece = piece.trim_end_matches(['.', '-', '_', '+']);
    if let Some(name) = piece.strip_prefix('@') {
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'))
            .unwrap_or(name.len());
        let right = (2..=64).contains(&end) && name.bytes().any(|b| b.is_ascii_alphabetic());
        return right.then(|| &piece[..=end]);
    }
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 8
        && piece
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'))
    {
        return (digits <= 15 && expected).then_some(piece);
    }
    let latin = piece
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let marked = piece.bytes().any(|b| b.is_ascii_digit() || b == b'_');
    let letters = piece.bytes().any(|b| b.is_ascii_alphabetic());
    let plain = !BETWEEN.contains(&folded_word(piece).as_str());
    (expected && latin && letters && plain && (named || marked) && (4..=32).contains(&piece.len()))
        .then_some(piece)
}

fn normal(account: &str) -> String {
    let name = account.trim_start_matches('@');
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 8 && name.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-')) {
        return format!("+{}", digits.trim_start_matches('0'));
    }
    name.to_ascii_lowercase()
}

/// Bytes of the word at the beginning of a text.
fn word(text: &str) -> usize {
    let belongs = |(at, c): &(usize, char)| {
        c.is_alphanumeric()
            || matches!(c, '_' | '\u{640}' | '\u{64b}'..='\u{65f}')
            || (*at == 0 && matches!(c, '@' | '+'))
            || (*at > 0 && matches!(c, '.' | '-' | '+'))
    };
    text.char_indices()
        .take(64)
        .take_while(belongs)
        .map(|(_, c)| c.len_utf8())
        .sum()
}

/// Whether nothing between two places ends a sentence.
fn same_sentence(text: &str, from: usize, to: usize) -> bool {
    text.get(from..to)
        .is_some_and(|between| !between.contains(['\n', '؟', '!', ';', '؛']) && !between.contains(". "))
}

/// Goes through words and remembers the last few.
struct Window<'a> {
    text: &'a str,
    at: usize,
    last: std::collections::VecDeque<Range<usize>>,
}

impl<'a> Window<'a> {
    fn new(text: &'a str) -> Self {
        Window {
            text,
            at: 0,
            last: std::collections::VecDeque::with_capacity(REACH + 2),
        }
    }

    fn next(&mut self) -> Option<Range<usize>> {
        let starts = |c: char| c.is_alphanumeric() || c == '@';
        let start = self.at + self.text[self.at..].find(starts)?;
        let length = word(&self.text[start..]).max(1);
        let piece = self.text[start..start + length].trim_end_matches(['.', '-', '+']);
        let range = start..start + piece.len().max(1);
        self.at = start + length;
        if self.last.len() > REACH {
            self.last.pop_front();
        }
        self.last.push_back(range.clone());
        Some(range)
    }

    /// The words before the one that came last.
    fn before(&self) -> impl DoubleEndedIterator<Item = &Range<usize>> {
        let last = self.last.len().saturating_sub(1);
        self.last.range(..last)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, find};

    #[test]
    fn who_is_meant_is_read_in_arabic_and_english() {
        for (text, normal) in [
            ("للتواصل على التلغرام: @chess_league", "telegram:chess_league"),
            ("راسلني على تليجرام chess_2024", "telegram:chess_2024"),
            ("تواصلوا معنا عبر واتساب ٠٠٢٠١٠٠١٢٣٤٥٦٧", "whatsapp:+201001234567"),
            ("تواصل معي بالواتس: +201001234567", "whatsapp:+201001234567"),
            ("Contact me on Telegram: @Chess_League", "telegram:chess_league"),
            (
                "message us via signal or Discord: chess.league",
                "discord:chess.league",
            ),
            ("DM @chess_league", "@chess_league"),
            ("راسلني @chess_league", "@chess_league"),
            ("add me on snap username chessfan", "snapchat:chessfan"),
        ] {
            let found = find(text);
            let contacts: Vec<_> = found
                .iter()
                .filter(|f| f.kind == Kind::Contact)
                .map(|f| f.normal.as_str())
                .collect();
            assert_eq!(contacts, [normal], "{text}: {found:?}");
            assert!(!found.iter().any(|f| f.kind == Kind::Handle), "{text}: {found:?}");
        }
        let plain = find("تلجرام: @chess_league و @Other_1");
        let handles: Vec<_> = plain.iter().map(|f| (f.kind, f.normal.as_str())).collect();
        assert_eq!(
            handles,
            [
                (Kind::Handle, "telegram:chess_league"),
                (Kind::Handle, "@other_1")
            ]
        );
    }

    #[test]
    fn talk_about_platforms_is_no_contact() {
        for text in [
            "نشر التنظيم بيانه على تيليغرام وتويتر في العام 2018",
            "Telegram said that it removed 2000 channels in 2019",
            "أبرز المنصات: تويتر، فيسبوك، يوتيوب",
            "Contact Telegram for details.",
            "Of those on Twitter: they were few.",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
