//! Goes through the view once, word by word, and stops at the four signs that can begin something: `:` `@` `#` `.`

use super::host::{self, Host};
use super::pieces::Derived;
use super::platforms;
use super::url;
use super::{Finding, KeyKind, Kind};
use crate::keys::folded_word;

/// Longest local part of an e-mail address (RFC 5321).
const LOCAL: usize = 64;
/// Characters of a hashtag that any platform takes.
const HASHTAG: usize = 140;

/// Finds links, hosts, handles, e-mail addresses and hashtags. Spans are of the view.
pub(super) fn scan(view: &Derived) -> Vec<Finding> {
    let mut found = Vec::new();
    let text = view.text.as_str();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        match (delimits(letter), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                Token {
                    view,
                    text: &text[from..at],
                    from,
                }
                .scan(&mut found);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        Token {
            view,
            text: &text[from..],
            from,
        }
        .scan(&mut found);
    }
    found
}

/// What no address goes on over.
fn delimits(letter: char) -> bool {
    match letter {
        '<' | '>' | '"' | '\'' | '`' | '|' | '\\' | '^' | '{' | '}' => true,
        '\0'..='\u{7f}' => letter.is_ascii_whitespace() || letter.is_ascii_control(),
        '،'
        | '؛'
        | '؟'
        | '«'
        | '»'
        | '…'
        | '\u{fffd}'
        | '\u{2018}'..='\u{201f}'
        | '\u{2039}'
        | '\u{203a}' => true,
        '\u{3000}'..='\u{3020}' => true,
        _ => letter.is_whitespace() || letter.is_control(),
    }
}

struct Token<'a> {
    view: &'a Derived,
    text: &'a str,
    /// Where it begins in the view.
    from: usize,
}

impl Token<'_> {
    fn scan(&self, found: &mut Vec<Finding>) {
        let bytes = self.text.as_bytes();
        if bytes.len() < 2 {
            return;
        }
        // Nothing that was read is read again: `floor` is where the rest begins.
        let (mut floor, mut at) = (0, 0);
        while let Some(step) = bytes[at..]
            .iter()
            .position(|byte| matches!(byte, b':' | b'@' | b'#' | b'.'))
        {
            at += step;
            let read = match bytes[at] {
                b':' => url::scheme(self.text, floor, at)
                    .and_then(|(scheme, start)| url::read(self.text, start, at, scheme)),
                b'@' => self.at_sign(floor, at),
                b'#' => self.hashtag(at),
                _ => match self.dot(floor, at) {
                    Ok(read) => Some(read),
                    Err(next) => {
                        at = next.max(at + 1);
                        continue;
                    }
                },
            };
            match read {
                Some(read) => {
                    found.extend(read.findings.into_iter().map(|mut finding| {
                        finding.span = finding.span.start + self.from..finding.span.end + self.from;
                        finding
                    }));
                    at = read.end.max(at + 1);
                    floor = at;
                }
                None => at += 1,
            }
        }
    }

    /// An e-mail address or a handle.
    fn at_sign(&self, floor: usize, at: usize) -> Option<url::Read> {
        let bytes = self.text.as_bytes();
        let low = floor.max(at.saturating_sub(LOCAL));
        let local =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
        let length = bytes[low..at].iter().rev().take_while(|byte| local(byte)).count();
        let start = at - length;
        let rest = &self.text[at + 1..];
        let word = rest
            .bytes()
            .take(host::LONGEST)
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
            .count();
        let name = rest[..word].trim_end_matches(['.', '-']);
        if length > 0 {
            let user = self.text[start..at].trim_start_matches(['.', '-']);
            let full = rest
                .find(|c| !host::host_char(c))
                .unwrap_or(rest.len())
                .min(host::LONGEST);
            let written = rest.get(..full).unwrap_or(name).trim_end_matches(['.', '-']);
            let (host, end) = match host::parse(written) {
                Some(host) => (host, written.len()),
                // Arabic that is joined to the end.
                None => (host::parse(name)?, name.len()),
            };
            let (Host::Name(host) | Host::Onion(host)) = host else {
                return None;
            };
            if user.is_empty() || user.ends_with('.') {
                return None;
            }
            let address = format!("{}@{host}", user.to_lowercase());
            let end = at + 1 + end;
            // @user@host is an account of the fediverse.
            let fediverse = at > user.len() && bytes[at - user.len() - 1] == b'@';
            let key = if fediverse {
                format!("fediverse:{address}")
            } else {
                format!("email:{address}")
            };
            let kind = if fediverse { Kind::Handle } else { Kind::Email };
            let normal = if fediverse { key.clone() } else { address };
            let start = at - user.len() - usize::from(fediverse);
            let finding = Finding::new(kind, start..end, normal)
                .with_key(KeyKind::Handle, key)
                .with_key(KeyKind::UrlHost, host);
            return Some(url::Read {
                findings: vec![finding],
                end,
            });
        }
        let name = name.split('-').next().unwrap_or_default().trim_end_matches('.');
        let letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
        // In `@user@host` the second sign decides.
        if !letters || !(2..=64).contains(&name.len()) || rest[name.len()..].starts_with('@') {
            return None;
        }
        let end = at + 1 + name.len();
        let handle = format!("@{}", name.to_ascii_lowercase());
        let finding = Finding::new(Kind::Handle, at..end, &handle).with_key(KeyKind::Handle, handle);
        Some(url::Read {
            findings: vec![finding],
            end,
        })
    }

    fn hashtag(&self, at: usize) -> Option<url::Read> {
        let before = self.text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '&' | '/' | '#')) {
            return None;
        }
        let rest = &self.text[at + 1..];
        let belongs = |c: char| {
            c.is_alphanumeric() || c == '_' || matches!(c, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
        };
        let length: usize = rest
            .chars()
            .take(HASHTAG)
            .take_while(|c| belongs(*c))
            .map(char::len_utf8)
            .sum();
        let word = &rest[..length];
        let colour = length == 6
            && word.bytes().all(|b| b.is_ascii_hexdigit())
            && word.bytes().any(|b| b.is_ascii_digit());
        if colour || !word.chars().any(char::is_alphabetic) {
            return None;
        }
        let end = at + 1 + length;
        let finding = Finding::new(Kind::Hashtag, at..end, format!("#{}", folded_word(word)));
        Some(url::Read {
            findings: vec![finding],
            end,
        })
    }

    /// A host without a scheme, or where to go on.
    fn dot(&self, floor: usize, at: usize) -> Result<url::Read, usize> {
        let low = floor.max(at.saturating_sub(2 * host::LONGEST));
        let low = (low..=at)
            .find(|low| self.text.is_char_boundary(*low))
            .unwrap_or(at);
        let length: usize = self.text[low..at]
            .chars()
            .rev()
            .take_while(|c| host::host_char(*c))
            .map(char::len_utf8)
            .sum();
        let mut start = at - length;
        let run: usize = self.text[at..]
            .chars()
            .take_while(|c| host::host_char(*c))
            .map(char::len_utf8)
            .sum();
        let end = at + run;
        // An e-mail address or a scheme has its own sign, which comes.
        if length == 0 || end - start > 2 * host::LONGEST || self.text[end..].starts_with('@') {
            return Err(end);
        }
        if self.text[end..].starts_with("://") {
            return Err(end);
        }
        // A conjunction of Arabic that is joined to a Latin name does not belong to it.
        let written = &self.text[start..end];
        let first = written.split('.').next().unwrap_or_default();
        if let Some(latin) = first
            .find(|c: char| c.is_ascii_alphanumeric())
            .filter(|latin| *latin > 0)
            && first[..latin].chars().all(|c| !c.is_ascii())
        {
            start += latin;
        }
        // Cheap refusals come first: a path is only read where it will be kept, so that nothing is read twice.
        if sentence_end(&self.text[start..end]) {
            return Err(end);
        }
        url::bare(self.text, start)
            .filter(|read| self.believable(start, read))
            .ok_or(end)
    }

    /// Whether a dotted word is meant as a host: "end.The" and "notes.md" are not.
    fn believable(&self, start: usize, read: &url::Read) -> bool {
        let Some(finding) = read.findings.first() else {
            return false;
        };
        let written = &self.text[start..read.end];
        let name = written.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let more = written.len() > name.len() + 1;
        let span = self.from + finding.span.start..self.from + finding.span.end;
        let top = name.rsplit('.').next().unwrap_or_default();
        if top.bytes().all(|b| b.is_ascii_digit()) {
            return more || self.view.repaired(&span);
        }
        let lower = name.to_ascii_lowercase();
        let head = lower.split('.').next().unwrap_or_default();
        let top = top.to_ascii_lowercase();
        let plain = TRUSTED.contains(&top.as_str())
            || (top.len() == 2 && top.is_ascii() && !WORDY.contains(&top.as_str()));
        let file = FILES.contains(&top.as_str());
        let told = more
            || lower.starts_with("www.")
            || (!file && name.is_ascii() && name.matches('.').count() > 1 && head.len() > 1)
            || lower.ends_with(".onion")
            || platforms::known_host(&lower)
            || self.view.repaired(&span)
            || (!file
                && name.is_ascii()
                && head.len() > 2
                && head.bytes().any(|b| b.is_ascii_digit() || b == b'-'));
        told || (plain && name.is_ascii() && head.len() > 1) || self.cued(span.start)
    }

    /// Whether a word just before says that an address comes.
    fn cued(&self, at: usize) -> bool {
        let text = &self.view.text;
        let low = (at.saturating_sub(48)..=at)
            .find(|low| text.is_char_boundary(*low))
            .unwrap_or(at);
        text[low..at]
            .split(|c: char| !c.is_alphanumeric())
            .rev()
            .filter(|w| !w.is_empty())
            .take(3)
            .any(|word| CUES.contains(&folded_word(word).as_str()))
    }
}

/// Whether what comes after the last dot begins a sentence: a capital, then small letters.
fn sentence_end(name: &str) -> bool {
    let top = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let mut letters = top.bytes();
    letters.next().is_some_and(|b| b.is_ascii_uppercase()) && letters.any(|b| b.is_ascii_lowercase())
}

/// Top-level domains that are no word of a sentence and no end of a file name.
const TRUSTED: &[&str] = &[
    "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "app", "dev", "xyz", "site", "online",
    "website", "icu", "vip", "wiki", "onion", "aero", "coop", "mobi", "tel", "asia", "cyou", "monster",
];
/// Top-level domains that are ends of file names, in which dots, digits and hyphens say nothing.
const FILES: &[&str] = &[
    "py", "rs", "sh", "md", "pl", "ps", "cc", "so", "ml", "mm", "zip", "mov",
];
/// Top-level domains of two letters that are words or ends of file names.
const WORDY: &[&str] = &[
    "in", "it", "is", "so", "to", "me", "my", "no", "at", "be", "by", "am", "us", "do", "as", "pm", "py",
    "rs", "sh", "md", "pl", "ps", "cc", "la", "gs", "st", "sc", "ml", "mm", "mp", "ai", "id", "tm", "ga",
    "vi", "ad",
];
const CUES: &[&str] = &[
    "site",
    "website",
    "link",
    "url",
    "visit",
    "domain",
    "host",
    "server",
    "موقع",
    "الموقع",
    "موقعنا",
    "رابط",
    "الرابط",
    "زوروا",
    "زر",
    "عنوان",
    "الدومين",
    "links",
];
