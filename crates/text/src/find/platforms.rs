//! Reads the tables of platforms: which one a word names, and where a link leads.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::tables::Leads::{self, Handle, Invite};
use super::tables::{
    DONATIONS, LINKS, MEANT_BY_FRAGMENT, MIRRORS, NAMES, PAGES, SAME_HOST, SHORTENERS, TRACKERS,
};
use crate::keys::folded_word;

/// A host without its second names.
pub(super) fn same_host(host: &str) -> &str {
    let plain = host.strip_prefix("www.").unwrap_or(host);
    SAME_HOST
        .iter()
        .find(|(other, _)| *other == plain)
        .map_or(plain, |(_, one)| one)
}

/// Whether a link is one of a platform: which, what it leads to, and the name or code in it.
pub(super) fn link(host: &str, tail: &str) -> Option<(&'static str, Leads, String)> {
    let host = same_host(host);
    // name.t.me is the same as t.me/name.
    if let Some(name) = host.strip_suffix(".t.me").filter(|name| !name.contains('.')) {
        return Some(("telegram", Handle, name.to_owned()));
    }
    let (_, prefix, platform, leads) = LINKS
        .iter()
        .find(|(at, prefix, ..)| *at == host && tail.starts_with(prefix))?;
    let rest = tail[prefix.len()..].trim_start_matches('@');
    let end = rest.find(['/', '?', '#', '&']).unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches(['.', ',']);
    if name.is_empty() || (PAGES.contains(&name.to_ascii_lowercase().as_str()) && prefix.len() < 3) {
        return None;
    }
    let name = match leads {
        Invite if *prefix == "/+" || *prefix == "/joinchat/" => format!("+{name}"),
        // A number of a telephone in the place of a name: the same in every form.
        Handle if *platform == "whatsapp" => format!("+{}", name.trim_start_matches(['+', '0'])),
        Handle if *host == *"t.me" && name.starts_with('+') => name.to_owned(),
        Handle => name.to_lowercase(),
        Invite => name.to_owned(),
    };
    Some((platform, *leads, name))
}

/// Whether a link asks for money.
pub(super) fn donation(host: &str, path: &str) -> bool {
    let plain = host.strip_prefix("www.").unwrap_or(host);
    DONATIONS
        .iter()
        .any(|(at, prefix)| *at == plain && path.len() > 1 && path.starts_with(prefix))
        || path.split(['/', '?']).any(|part| {
            ["donate", "donation", "donations", "donate-now"]
                .iter()
                .any(|word| part.eq_ignore_ascii_case(word))
                || matches!(part, "تبرع" | "تبرعات" | "التبرع" | "تبرعوا")
        })
}

/// Whether a host only leads elsewhere.
pub(super) fn shortener(host: &str) -> bool {
    SHORTENERS.contains(&host.strip_prefix("www.").unwrap_or(host))
}

/// Whether a host shows copies of other pages.
pub(super) fn mirror(host: &str) -> bool {
    let plain = host.strip_prefix("www.").unwrap_or(host);
    MIRRORS.contains(&plain) || plain.ends_with(".translate.goog")
}

/// Whether a host of a short name is known, so that it needs nothing else to be believed.
pub(super) fn known_host(host: &str) -> bool {
    let plain = same_host(host);
    shortener(host)
        || mirror(host)
        || LINKS.iter().any(|(at, ..)| *at == plain)
        || DONATIONS.iter().any(|(at, _)| *at == plain)
        || plain.ends_with(".t.me")
}

/// Whether what stands after `#` belongs to the address.
pub(super) fn keeps_fragment(host: &str) -> bool {
    MEANT_BY_FRAGMENT.contains(&host.strip_prefix("www.").unwrap_or(host))
}

/// Whether a parameter of a query only follows people.
pub(super) fn tracker(parameter: &str) -> bool {
    let name = parameter.split('=').next().unwrap_or_default();
    name.starts_with("utm_") || TRACKERS.contains(&name)
}

/// Words, folded, and what they mean. Most words of a text are none of them, and a look at two letters says so.
pub(super) struct Table {
    gate: Vec<bool>,
    words: BTreeMap<String, &'static str>,
}

impl Table {
    pub(super) fn of(words: impl Iterator<Item = (&'static str, &'static str)>) -> Self {
        let words: BTreeMap<String, &'static str> = words
            .map(|(word, meaning)| (folded_word(word), meaning))
            .collect();
        let mut gate = vec![false; 4096];
        for word in words.keys() {
            gate[Self::letters(word)] = true;
        }
        Table { gate, words }
    }

    /// What a folded word means.
    pub(super) fn get(&self, word: &str) -> Option<&'static str> {
        if !self.gate[Self::letters(word)] {
            return None;
        }
        self.words.get(word).copied()
    }

    /// The second and the fourth byte: of two Arabic letters what tells them from others.
    fn letters(word: &str) -> usize {
        let byte = |at: usize| usize::from(word.as_bytes().get(at).copied().unwrap_or(0) & 63);
        byte(1) | byte(3) << 6
    }
}

/// The platform that a folded word names, with what Arabic writes before it (`وبالتلغرام`).
pub(super) fn platform_named(word: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<Table> = LazyLock::new(|| {
        let names = NAMES.iter();
        Table::of(names.flat_map(|(platform, names)| names.iter().map(|name| (*name, *platform))))
    });
    if word.len() < 2 || word.len() > 64 {
        return None;
    }
    let exact = |word: &str| BY_NAME.get(word);
    if let Some(platform) = exact(word) {
        return Some(platform);
    }
    if word.is_ascii() {
        return None;
    }
    let mut rest = word;
    for prefix in ["و", "ف"] {
        rest = rest.strip_prefix(prefix).unwrap_or(rest);
    }
    ["", "ال", "بال", "عال", "لل", "ب", "ع", "ل", "كال"]
        .iter()
        .flat_map(|prefix| [rest.strip_prefix(prefix), word.strip_prefix(prefix)])
        .flatten()
        .find_map(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_names_one_platform() {
        let mut seen = std::collections::BTreeSet::new();
        for (platform, names) in NAMES {
            for name in *names {
                assert_eq!(platform_named(&folded_word(name)), Some(*platform), "{name}");
                assert!(
                    seen.insert(folded_word(name)),
                    "{name} of {platform} stands twice"
                );
            }
        }
    }

    #[test]
    fn platforms_are_named_with_what_arabic_writes_before_them() {
        for word in [
            "Telegram",
            "التلغرام",
            "وبالتليجرام",
            "عالتلجرام",
            "تيليـغرام",
            "تِلِغرام",
        ] {
            assert_eq!(platform_named(&folded_word(word)), Some("telegram"), "{word}");
        }
        assert_eq!(platform_named("بالواتس"), Some("whatsapp"));
        assert_eq!(platform_named("telegrams"), None);
        assert_eq!(platform_named("الكتاب"), None);
    }

    #[test]
    fn links_say_where_they_lead() {
        assert_eq!(
            link("telegram.me", "/joinchat/AbC"),
            Some(("telegram", Invite, "+AbC".into()))
        );
        assert_eq!(link("t.me", "/+AbC"), Some(("telegram", Invite, "+AbC".into())));
        assert_eq!(
            link("t.me", "/s/Chess_League"),
            Some(("telegram", Handle, "chess_league".into()))
        );
        assert_eq!(
            link("chess.t.me", "/"),
            Some(("telegram", Handle, "chess".into()))
        );
        assert_eq!(link("www.instagram.com", "/p/abc"), None);
        assert_eq!(
            link("wa.me", "/0044123456789"),
            Some(("whatsapp", Handle, "+44123456789".into()))
        );
        assert!(donation("www.paypal.com", "/donate/?id=1") && !donation("paypal.com", "/login"));
        assert!(shortener("bit.ly") && mirror("web.archive.org"));
    }
}
