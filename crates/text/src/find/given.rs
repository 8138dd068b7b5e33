//! Links, handles and addresses as people and lists write them, alone.

use super::{Finding, Key, KeyKind, find};

/// The key of a value that was written by hand or stands in a list: one address, in any form in which it is found in a text,
/// or in the one form that a key has. None if it is none, or more than one.
///
/// ```
/// use basira_text::find::{KeyKind, key_of};
/// let value = |kind, written| key_of(kind, written).map(|key| key.value);
/// assert_eq!(value(KeyKind::Url, " HTTP://www.Example.com:80/a?utm_source=x#top"), Some("https://example.com/a".into()));
/// assert_eq!(value(KeyKind::UrlHost, "www.example.com"), Some("example.com".into()));
/// assert_eq!(value(KeyKind::Handle, "https://t.me/Chess_League"), Some("telegram:chess_league".into()));
/// assert_eq!(value(KeyKind::Handle, "telegram:Chess_League"), Some("telegram:chess_league".into()));
/// assert_eq!(value(KeyKind::Handle, "@Chess_League"), Some("@chess_league".into()));
/// assert_eq!(value(KeyKind::Url, "no address"), None);
/// ```
#[must_use]
pub fn key_of(kind: KeyKind, written: &str) -> Option<Key> {
    let written = written.trim();
    let with = |before: &str| {
        let text = format!("{before}{written}");
        find(&text)
            .into_iter()
            .filter(|found| found.span.start <= before.len() && found.span.end == text.len())
            .find_map(|found| key_in(kind, found))
    };
    match kind {
        KeyKind::Url if written.contains(':') => with(""),
        KeyKind::Url => with("").or_else(|| with("https://")),
        KeyKind::UrlHost if written.contains("://") => with(""),
        KeyKind::UrlHost => with("https://").or_else(|| with("")),
        KeyKind::Handle => with("").or_else(|| platform_and_name(written)),
        KeyKind::PaymentAddress => with("")
            .or_else(|| with("wallet address, bank account: "))
            .or_else(|| currency_and_address(written)),
    }
}

fn key_in(kind: KeyKind, found: Finding) -> Option<Key> {
    found.keys.into_iter().find(|key| key.kind == kind)
}

/// `platform:name`, the one form of an account.
fn platform_and_name(written: &str) -> Option<Key> {
    let (platform, name) = written.split_once(':')?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_name = !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('/')
        && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    // Names are told apart by case only where they are codes, which have a sign before them or capitals of their own.
    let name = match platform {
        "whatsapp" | "signal" | "discord" => name.to_owned(),
        _ if name.starts_with('+') => name.to_owned(),
        _ => name.to_lowercase(),
    };
    (is_word(platform) && is_name).then(|| Key {
        kind: KeyKind::Handle,
        value: format!("{platform}:{name}"),
    })
}

/// `currency:address`, the one form of an address that takes money.
fn currency_and_address(written: &str) -> Option<Key> {
    let (currency, address) = written.split_once(':')?;
    let key = key_of(KeyKind::PaymentAddress, address)?;
    (key.value.split(':').next() == Some(currency)).then_some(key)
}
