//! Messengers and platforms as data: what people call them, in Arabic and English, and what their links look like.
//!
//! Names stand without article; what Arabic writes before a name is taken off by [`platform_named`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a link of a platform leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// Into a group, a channel or a server that it lets one join.
    Invite,
    /// To an account or a channel by its name.
    Handle,
}

use Leads::{Handle, Invite};

/// Platform, then what it is called.
const NAMES: &[(&str, &[&str])] = &[
    (
        "telegram",
        &[
            "telegram",
            "tg",
            "telegramme",
            "تليجرام",
            "تلجرام",
            "تيليجرام",
            "تلغرام",
            "تليغرام",
            "تيليغرام",
            "تلكرام",
            "تليكرام",
            "تيليكرام",
            "تلقرام",
            "تليقرام",
            "تيلجرام",
            "تيلغرام",
        ],
    ),
    (
        "whatsapp",
        &[
            "whatsapp",
            "watsapp",
            "whatsap",
            "واتساب",
            "واتس",
            "واتسب",
            "وتساب",
            "وتس",
            "واتساپ",
        ],
    ),
    ("signal", &["signal", "سيجنال", "سيغنال", "سيكنال", "سجنال"]),
    ("discord", &["discord", "ديسكورد", "دسكورد"]),
    ("matrix", &["matrix", "ماتريكس"]),
    ("threema", &["threema", "ثريما"]),
    ("session", &["session", "سيشن", "سيشين"]),
    ("wire", &["wire"]),
    ("viber", &["viber", "فايبر"]),
    ("skype", &["skype", "سكايب"]),
    ("snapchat", &["snapchat", "snap", "سناب", "سنابشات"]),
    (
        "instagram",
        &[
            "instagram",
            "insta",
            "ig",
            "انستغرام",
            "انستجرام",
            "انستقرام",
            "انستكرام",
            "انستا",
            "انستغرامي",
        ],
    ),
    ("facebook", &["facebook", "fb", "فيسبوك", "فيس", "فايسبوك"]),
    ("messenger", &["messenger", "ماسنجر", "مسنجر"]),
    ("x", &["twitter", "تويتر", "تويتير", "اكس"]),
    ("tiktok", &["tiktok", "تيكتوك", "تيك"]),
    ("youtube", &["youtube", "يوتيوب"]),
    ("rocketchat", &["rocketchat", "روكيت"]),
    ("tamtam", &["tamtam", "تامتام", "تمتم"]),
    ("zello", &["zello", "زيلو"]),
    ("imo", &["imo", "ايمو"]),
    ("line", &["لاين"]),
    ("kik", &["kik", "كيك"]),
    ("simplex", &["simplex"]),
    ("soundcloud", &["soundcloud", "ساوندكلاود"]),
    ("vk", &["vk", "vkontakte"]),
    ("reddit", &["reddit", "ريديت"]),
    ("mastodon", &["mastodon", "ماستودون"]),
    ("bluesky", &["bluesky", "بلوسكاي"]),
    ("threads", &["threads", "ثريدز"]),
    ("twitch", &["twitch", "تويتش"]),
];

/// Host, what the path begins with, platform, what it leads to. The first that fits counts.
const LINKS: &[(&str, &str, &str, Leads)] = &[
    ("t.me", "/+", "telegram", Invite),
    ("t.me", "/joinchat/", "telegram", Invite),
    ("t.me", "/addlist/", "telegram", Invite),
    ("t.me", "/s/", "telegram", Handle),
    ("t.me", "/", "telegram", Handle),
    ("chat.whatsapp.com", "/invite/", "whatsapp", Invite),
    ("chat.whatsapp.com", "/", "whatsapp", Invite),
    ("whatsapp.com", "/channel/", "whatsapp", Invite),
    ("wa.me", "/message/", "whatsapp", Handle),
    ("wa.me", "/", "whatsapp", Handle),
    ("api.whatsapp.com", "/send?phone=", "whatsapp", Handle),
    ("discord.gg", "/", "discord", Invite),
    ("discord.com", "/invite/", "discord", Invite),
    ("discordapp.com", "/invite/", "discord", Invite),
    ("signal.group", "/#", "signal", Invite),
    ("signal.me", "/#p/", "signal", Handle),
    ("signal.me", "/#eu/", "signal", Handle),
    ("matrix.to", "/#/@", "matrix", Handle),
    ("matrix.to", "/#/", "matrix", Invite),
    ("tamtam.chat", "/join/", "tamtam", Invite),
    ("tamtam.chat", "/", "tamtam", Handle),
    ("tt.me", "/join/", "tamtam", Invite),
    ("tt.me", "/", "tamtam", Handle),
    ("invite.viber.com", "/", "viber", Invite),
    ("join.skype.com", "/", "skype", Invite),
    ("threema.id", "/", "threema", Handle),
    ("simplex.chat", "/contact", "simplex", Invite),
    ("simplex.chat", "/invitation", "simplex", Invite),
    ("snapchat.com", "/add/", "snapchat", Handle),
    ("snapchat.com", "/@", "snapchat", Handle),
    ("instagram.com", "/", "instagram", Handle),
    ("facebook.com", "/groups/", "facebook", Invite),
    ("facebook.com", "/", "facebook", Handle),
    ("fb.com", "/", "facebook", Handle),
    ("m.me", "/", "messenger", Handle),
    ("twitter.com", "/", "x", Handle),
    ("x.com", "/", "x", Handle),
    ("tiktok.com", "/@", "tiktok", Handle),
    ("youtube.com", "/@", "youtube", Handle),
    ("youtube.com", "/channel/", "youtube", Handle),
    ("youtube.com", "/c/", "youtube", Handle),
    ("youtube.com", "/user/", "youtube", Handle),
    ("soundcloud.com", "/", "soundcloud", Handle),
    ("vk.com", "/", "vk", Handle),
    ("reddit.com", "/r/", "reddit", Handle),
    ("reddit.com", "/user/", "reddit", Handle),
    ("bsky.app", "/profile/", "bluesky", Handle),
    ("threads.net", "/@", "threads", Handle),
    ("twitch.tv", "/", "twitch", Handle),
    ("line.me", "/R/ti/g/", "line", Invite),
    ("zello.com", "/channels/", "zello", Invite),
];

/// Other names of the same host.
const SAME_HOST: &[(&str, &str)] = &[
    ("telegram.me", "t.me"),
    ("telegram.dog", "t.me"),
    ("tx.me", "t.me"),
    ("m.facebook.com", "facebook.com"),
    ("mobile.twitter.com", "twitter.com"),
    ("m.youtube.com", "youtube.com"),
    ("mobile.x.com", "x.com"),
];

/// First parts of a path that are pages of the platform, not names.
const PAGES: &[&str] = &[
    "share",
    "login",
    "intent",
    "home",
    "search",
    "explore",
    "watch",
    "about",
    "help",
    "privacy",
    "terms",
    "hashtag",
    "i",
    "p",
    "reel",
    "reels",
    "stories",
    "status",
    "proxy",
    "iv",
    "socks",
    "c",
    "legal",
    "settings",
    "signup",
    "tos",
    "events",
    "groups",
    "pages",
    "photo.php",
    "story.php",
    "profile.php",
    "sharer",
    "sharer.php",
    "setlanguage",
    "addstickers",
    "addtheme",
    "bg",
    "confirmphone",
    "joinchat",
    "addlist",
    "playlist",
    "feed",
    "shorts",
    "tv",
    "directory",
    "discover",
    "marketplace",
    "plugins",
    "dialog",
    "permalink.php",
    "away.php",
    "qr",
    "message",
];

/// Hosts whose only work is to lead elsewhere. They are named, and never followed.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "is.gd",
    "ow.ly",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "shorturl.at",
    "rb.gy",
    "tiny.cc",
    "t.ly",
    "v.gd",
    "bit.do",
    "adf.ly",
    "s.id",
    "lnkd.in",
    "fb.me",
    "youtu.be",
    "amzn.to",
    "dlvr.it",
    "soo.gd",
    "clck.ru",
    "u.to",
    "qps.ru",
    "vk.cc",
    "linktr.ee",
    "bl.ink",
    "short.io",
    "n9.cl",
    "shorturl.asia",
    "wp.me",
];

/// Hosts that show a copy of another page, whose address is in theirs.
const MIRRORS: &[&str] = &[
    "web.archive.org",
    "archive.org",
    "archive.is",
    "archive.ph",
    "archive.today",
    "archive.li",
    "archive.vn",
    "archive.fo",
    "archive.md",
    "webcache.googleusercontent.com",
    "translate.goog",
    "translate.google.com",
    "ghostarchive.org",
    "12ft.io",
    "perma.cc",
    "megalodon.jp",
    "cc.bingj.com",
    "r.jina.ai",
];

/// Hosts that take money for others, and what the path must begin with.
const DONATIONS: &[(&str, &str)] = &[
    ("paypal.me", "/"),
    ("paypal.com", "/donate"),
    ("paypal.com", "/paypalme"),
    ("paypal.com", "/cgi-bin/webscr"),
    ("paypal.com", "/pools/"),
    ("patreon.com", "/"),
    ("ko-fi.com", "/"),
    ("buymeacoffee.com", "/"),
    ("gofundme.com", "/"),
    ("gofund.me", "/"),
    ("liberapay.com", "/"),
    ("opencollective.com", "/"),
    ("donorbox.org", "/"),
    ("launchgood.com", "/"),
    ("justgiving.com", "/"),
    ("givesendgo.com", "/"),
    ("boosty.to", "/"),
    ("cash.app", "/$"),
    ("venmo.com", "/"),
    ("wise.com", "/pay"),
    ("tipeee.com", "/"),
    ("subscribestar.com", "/"),
    ("chuffed.org", "/"),
    ("fundly.com", "/"),
    ("donate.stripe.com", "/"),
    ("buy.stripe.com", "/"),
    ("every.org", "/"),
    ("commerce.coinbase.com", "/"),
    ("nowpayments.io", "/donation"),
    ("revolut.me", "/"),
    ("twint.ch", "/"),
    ("donatello.to", "/"),
    ("streamlabs.com", "/"),
];

/// Hosts whose fragment says which thing is meant.
const MEANT_BY_FRAGMENT: &[&str] = &[
    "signal.group",
    "signal.me",
    "matrix.to",
    "simplex.chat",
    "mega.nz",
    "mega.co.nz",
];

/// Parameters that follow people and change nothing.
const TRACKERS: &[&str] = &[
    "fbclid", "gclid", "igshid", "igsh", "mc_cid", "mc_eid", "ref_src", "yclid", "msclkid", "si",
];

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
            matches!(
                part.to_ascii_lowercase().as_str(),
                "donate" | "donation" | "donations" | "donate-now"
            ) || matches!(part, "تبرع" | "تبرعات" | "التبرع" | "تبرعوا")
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

/// The platform that a folded word names, with what Arabic writes before it (`وبالتلغرام`).
pub(super) fn platform_named(word: &str) -> Option<&'static str> {
    static BY_NAME: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
        let names = NAMES
            .iter()
            .flat_map(|(platform, names)| names.iter().map(|name| (fold(name), *platform)));
        names.collect()
    });
    if word.len() < 2 || word.len() > 64 {
        return None;
    }
    let exact = |word: &str| BY_NAME.get(word).copied();
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

/// A word in one form: lower case, one alef, one yeh, one heh, without vowels and lengthening.
pub(crate) fn fold(word: &str) -> String {
    word.chars()
        .filter_map(|letter| match letter {
            'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
            'ى' | 'ی' | 'ئ' => Some('ي'),
            'ة' | 'ہ' | 'ە' => Some('ه'),
            'ک' => Some('ك'),
            'ؤ' => Some('و'),
            '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' => None,
            other if super::view::invisible(other) => None,
            other => other.to_lowercase().next(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_names_one_platform() {
        let mut seen = std::collections::BTreeSet::new();
        for (platform, names) in NAMES {
            for name in *names {
                assert_eq!(platform_named(&fold(name)), Some(*platform), "{name}");
                assert!(seen.insert(fold(name)), "{name} of {platform} stands twice");
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
            assert_eq!(platform_named(&fold(word)), Some("telegram"), "{word}");
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
