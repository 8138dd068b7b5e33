use std::collections::BTreeSet;

use fingerprint::grey::GreyPicture;
use model::{
    EntryId, Incomplete, IncompleteReason, Leaf, Match, Method, PartName, Place, Quality, Sha256, SignalType,
    SuppressedBy, Trust, Verdict,
};

use super::{HtmlReport, Lang, MAX_MATCHES, MAX_PREVIEWS, ReportItem, Summary};

fn summary() -> Summary {
    Summary {
        version: "0.1.0".to_owned(),
        started_at: "2026-03-04T09:12:07Z".parse().unwrap(),
        finished_at: "2026-03-04T10:14:39Z".parse().unwrap(),
        roots: vec!["/srv/uploads".to_owned(), "/srv/صور".to_owned()],
        tier: "full".to_owned(),
        banks: vec![("TVEC-2026".to_owned(), 104_220), ("شعارات".to_owned(), 318)],
        files: 12_408,
        matched: 1,
        no_match: 12_406,
        incomplete: 1,
        bytes: 48_213_004_412,
    }
}

pub(super) fn hit(method: &str) -> Match {
    let method: Method = method.parse().unwrap();
    let (kind, quality, part) = match method {
        Method::Equal(kind) => (kind, None, PartName::file()),
        Method::Pdq(_) => (
            SignalType::Pdq,
            Some(Quality::new(88).unwrap()),
            PartName::picture(),
        ),
        Method::Track(track) => (track.kind, None, PartName::file()),
        Method::Text(_) => (SignalType::TextPassages, None, PartName::file()),
    };
    Match {
        segment: None,
        spans: Vec::new(),
        covered: None,
        bank: "TVEC-2026".parse().unwrap(),
        entry: EntryId(7),
        kind,
        method,
        distance: method.distance(),
        quality,
        part,
        trust: Trust::Active,
        human_confirmed: false,
        suppressed_by: None,
    }
}

fn item(path: &str, verdict: Verdict, matches: Vec<Match>, reasons: Vec<IncompleteReason>) -> ReportItem {
    ReportItem {
        path: path.to_owned(),
        verdict,
        incomplete: reasons
            .into_iter()
            .map(|reason| Incomplete {
                part: PartName::picture(),
                reason,
            })
            .collect(),
        matches,
        excerpts: Vec::new(),
        thumbnail: Some(GreyPicture {
            width: 4,
            height: 3,
            data: (0..12).map(|n| n * 20).collect(),
        }),
        sha256: Some(Sha256::new([0xab; 32])),
    }
}

fn page(lang: Lang, items: &[ReportItem]) -> String {
    let mut report = HtmlReport::begin(Vec::new(), lang, &summary()).unwrap();
    for item in items {
        report.item(item).unwrap();
    }
    String::from_utf8(report.finish().unwrap()).unwrap()
}

/// One of everything.
fn everything() -> Vec<ReportItem> {
    let confirmed = Match {
        human_confirmed: true,
        ..hit("sha256:equal@0")
    };
    let with_trust = |trust| Match {
        trust,
        ..hit("pdq:full@12")
    };
    let by = SuppressedBy {
        bank: "allow".parse().unwrap(),
        entry: EntryId(3),
        distance: 4,
    };
    let suppressed = Match {
        suppressed_by: Some(by),
        ..hit("pdq:full@31")
    };
    let frame = Match {
        part: PartName::frame(3),
        ..hit("pdq:trim[.1,.1,.9,.9]/flipplus1@21")
    };
    let matched = vec![
        confirmed,
        hit("md5:equal@0"),
        frame,
        hit("pdq:full/flipy@1"),
        hit("pdq:panel[0,.125,1,1]/compat/rotate90@11"),
        hit("pdq:window[.12,0,.88,1]/rotate180/turn-2.5~[0,0,.8,1]→refined@20"),
        hit("pdq:full/turn3/rotate270@20"),
        hit("pdq:full/flipx@10"),
        hit("pdq:full/flipminus1@10"),
    ];
    let idle = vec![
        with_trust(Trust::Shadow),
        with_trust(Trust::Disputed),
        with_trust(Trust::Revoked),
        suppressed,
    ];
    let reasons = vec![
        IncompleteReason::Empty,
        IncompleteReason::Unreadable {
            why: "Permission denied (os error 13)".to_owned(),
        },
        IncompleteReason::Truncated,
        IncompleteReason::Malformed {
            why: "bad <marker>".to_owned(),
        },
        IncompleteReason::Unsupported {
            kind: "AVIF".to_owned(),
        },
        IncompleteReason::Pixels {
            found: 1_600_000_000,
            limit: 268_435_456,
        },
        IncompleteReason::Bytes {
            found: 5_000_000_000,
            limit: 1_000_000_000,
        },
        IncompleteReason::Frames { limit: 32 },
        IncompleteReason::Crashed,
        IncompleteReason::Memory,
        IncompleteReason::Forbidden,
        IncompleteReason::Refinement {
            found: 212,
            limit: 64,
        },
        IncompleteReason::Time,
    ];
    vec![
        item("/srv/صور/صورة من الهاتف.png", Verdict::Match, matched, vec![]),
        item("/srv/uploads/clear.jpg", Verdict::NoMatch, vec![], vec![]),
        item("/srv/uploads/broken.png", Verdict::Incomplete, vec![], reasons),
        item("/srv/uploads/front-page.jpg", Verdict::NoMatch, idle, vec![]),
    ]
}

/// The page is what it was. To accept a change, run the test with `UPDATE_GOLDEN=1` and read the difference.
#[test]
fn the_pages_are_as_agreed() {
    for lang in Lang::ALL {
        let page = page(lang, &everything());
        let path = format!(
            "{}/src/report/golden/report.{}.html",
            env!("CARGO_MANIFEST_DIR"),
            lang.code()
        );
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        let difference = golden.lines().zip(page.lines()).find(|(old, new)| old != new);
        assert!(
            golden == page,
            "{path} differs: {difference:#?}; accept with UPDATE_GOLDEN=1"
        );
    }
}

/// The tags of a page, without what stands between them and without the style.
fn tags(page: &str) -> Vec<&str> {
    let style = page.find("<style>").unwrap()..page.find("</style>").unwrap();
    page.match_indices('<')
        .filter(|(at, _)| !style.contains(at))
        .map(|(at, _)| &page[at..at + page[at..].find('>').unwrap() + 1])
        .collect()
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    for lang in Lang::ALL {
        let page = page(lang, &everything());
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
        assert!(!page.replace("http-equiv", "").contains("http"));
        assert!(!page.contains("url(") && !page.contains("@import"));
        for tag in tags(&page) {
            let lower = tag.to_ascii_lowercase();
            assert!(!lower.contains("<script") && !lower.contains(" on"), "{tag}");
            assert!(
                !lower.contains("src=") || lower.contains("src=\"data:image/png;base64,"),
                "{tag}"
            );
            assert!(!lower.contains("href=") || lower.contains("href=\"#"), "{tag}");
            for name in [
                "<link", "<iframe", "<object", "<embed", "<form", "<base", "<video", "<audio",
            ] {
                assert!(!lower.starts_with(name), "{tag}");
            }
        }
    }
}

#[test]
fn pictures_are_covered_until_opened() {
    let page = page(Lang::En, &everything());
    let mut seen = 0;
    let mut in_cover = false;
    for tag in tags(&page) {
        match tag {
            "<details class=\"cover\">" => in_cover = true,
            "</details>" => in_cover = false,
            tag if tag.starts_with("<img") => {
                assert!(in_cover, "{tag}");
                seen += 1;
            }
            _ => {}
        }
    }
    assert_eq!(seen, 3);
    let style = include_str!("../../templates/report/style.css");
    assert!(!style.contains(":hover") && !style.contains("background-image"));
}

#[test]
fn hostile_text_stays_text() {
    let attack = "\"><script>alert(1)</script><img src=x onerror=y>' &amp; {part} \u{202e}gpj.\u{0}\u{7f}";
    let mut summary = summary();
    summary.roots = vec![attack.to_owned()];
    summary.tier = attack.to_owned();
    summary.version = attack.to_owned();
    summary.banks = vec![(attack.to_owned(), 1)];
    let reasons = vec![
        IncompleteReason::Unreadable {
            why: attack.to_owned(),
        },
        IncompleteReason::Malformed {
            why: attack.to_owned(),
        },
        IncompleteReason::Unsupported {
            kind: attack.to_owned(),
        },
    ];
    assert!(serde_json::from_value::<PartName>(attack.into()).is_err());
    let part = Place::item().member(attack).unwrap().part(Leaf::File);
    let mut item = item(
        attack,
        Verdict::Match,
        vec![Match {
            part: part.clone(),
            ..hit("pdq:full@1")
        }],
        reasons,
    );
    item.incomplete[0].part = part;
    for lang in Lang::ALL {
        let mut report = HtmlReport::begin(Vec::new(), lang, &summary).unwrap();
        report.item(&item).unwrap();
        let page = String::from_utf8(report.finish().unwrap()).unwrap();
        for tag in tags(&page) {
            assert!(!tag.starts_with("<script") && !tag.contains("onerror"), "{tag}");
        }
        let escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;";
        assert!(
            page.matches(&escaped[..30]).count() >= 9,
            "{}",
            page.matches(&escaped[..30]).count()
        );
        assert!(page.contains("&#39; &amp;amp; {part} <span class=\"chip\">U+202E</span>gpj."));
        assert!(!page.contains(['\u{202e}', '\u{0}', '\u{7f}']));
    }
}

#[test]
fn only_what_needs_a_look_has_a_card() {
    let page = page(Lang::En, &everything());
    let cards: Vec<&str> = tags(&page)
        .into_iter()
        .filter(|tag| tag.starts_with("<li class=\"card "))
        .collect();
    assert_eq!(
        cards,
        [
            "<li class=\"card match\" id=\"file-1\">",
            "<li class=\"card incomplete\" id=\"file-2\">",
            "<li class=\"card quiet\" id=\"file-3\">",
        ]
    );
    assert!(!page.contains("clear.jpg") && !page.contains(&Lang::En.words().page.none));
    let empty = self::page(Lang::Ar, &[item("x", Verdict::NoMatch, vec![], vec![])]);
    assert!(empty.contains(&Lang::Ar.words().page.none));
    assert!(empty.contains("<html lang=\"ar\" dir=\"rtl\">"));
}

#[test]
fn only_a_confirmed_digest_is_called_exact() {
    let exact = &Lang::En.words().hit.exact;
    for (confirmed, method, want) in [
        (true, "sha256:equal@0", 1),
        (false, "sha256:equal@0", 0),
        (true, "md5:equal@0", 0),
        (true, "pdq:full@0", 0),
    ] {
        let hit = Match {
            human_confirmed: confirmed,
            ..hit(method)
        };
        let page = page(Lang::En, &[item("x", Verdict::Match, vec![hit], vec![])]);
        assert_eq!(page.matches(exact.as_str()).count(), want, "{method}");
    }
}

#[test]
fn a_match_can_be_replayed_from_the_page() {
    let page = page(Lang::En, &everything());
    for hit in everything().iter().flat_map(|item| &item.matches) {
        let code = format!("<code><bdi dir=\"ltr\">{}</bdi></code>", hit.method);
        assert!(page.contains(&code), "{code}");
    }
}

#[test]
fn many_matches_and_many_previews_are_bounded_and_said() {
    let many = item(
        "x",
        Verdict::Match,
        vec![hit("pdq:full@3"); MAX_MATCHES + 2],
        vec![],
    );
    let text = page(Lang::En, std::slice::from_ref(&many));
    assert_eq!(text.matches("<li class=\"hit\">").count(), MAX_MATCHES);
    assert!(text.contains("Left out here: <bdi dir=\"ltr\">2</bdi>"));

    let mut report = HtmlReport::begin(Vec::new(), Lang::En, &summary()).unwrap();
    let mut one = item("x", Verdict::Match, vec![], vec![]);
    for _ in 0..=MAX_PREVIEWS {
        report.item(&one).unwrap();
    }
    one.thumbnail = None;
    report.item(&one).unwrap();
    let text = String::from_utf8(report.finish().unwrap()).unwrap();
    assert_eq!(text.matches("<img ").count() as u64, MAX_PREVIEWS);
    assert_eq!(text.matches(Lang::En.words().card.no_picture.as_str()).count(), 2);
}

#[test]
fn both_languages_have_the_same_keys_and_placeholders() {
    let [en, ar] = super::locale::SOURCES.map(|source| toml::from_str::<toml::Table>(source).unwrap());
    let placeholders = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap().to_owned())
            .collect()
    };
    assert!(en.keys().eq(ar.keys()));
    for (section, words) in &en {
        let (words, others) = (words.as_table().unwrap(), ar[section].as_table().unwrap());
        assert!(words.keys().eq(others.keys()), "{section}");
        for (key, text) in words {
            let (text, other) = (text.as_str().unwrap(), others[key].as_str().unwrap());
            assert_eq!(placeholders(text), placeholders(other), "{section}.{key}");
            let is_frame =
                !placeholders(text).is_empty() && other.chars().all(|c| !c.is_alphabetic() || c.is_ascii());
            assert!(
                is_frame || key == "separator" || text != other,
                "{section}.{key} is not translated"
            );
        }
    }
}

#[test]
fn no_placeholder_is_left() {
    for lang in Lang::ALL {
        let page = page(lang, &everything());
        let body = &page[page.find("<body>").unwrap()..];
        assert!(!body.contains(['{', '}']));
    }
}

#[test]
fn codes_name_languages() {
    assert_eq!("ar".parse(), Ok(Lang::Ar));
    assert!("fr".parse::<Lang>().is_err());
}
