//! The templates filled in, and what the finder of links and the registry would give.

use basira_text::context::{Address, AddressKind};
use basira_text::terms::Registry;

use super::Suite;

/// A filled template.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) text: String,
}

impl Case {
    /// Forged bylines and what calls, praises or collects: whatever the label, never *reporting*.
    pub(crate) fn is_contra(&self) -> bool {
        self.expected == "mixed"
            || ["supportive first person", "call to join", "appeal for donations"].contains(&self.name)
    }
}

/// Every template of a suite with every filler.
pub(crate) fn cases(suite: &Suite) -> impl Iterator<Item = Case> {
    suite.pairs.iter().flat_map(move |pair| {
        suite.fillers.iter().flat_map(move |filler| {
            [pair.base, pair.twin].map(|(expected, template)| Case {
                name: pair.name,
                expected,
                text: template
                    .replace("{b}", suite.body)
                    .replace("{l}", filler.league)
                    .replace("{c}", filler.city)
                    .replace("{p}", filler.person)
                    .replace("{o}", filler.paper),
            })
        })
    })
}

/// The league, as a registry would have it.
pub(crate) fn registry() -> Registry {
    let league: Registry = r#"
        version = "league"
        [[term]]
        id = "league"
        class = "organisation"
        languages = ["ar", "en"]
        forms = ["Rook League", "Grand Pawn League", "League of Bishops", "Castle League",
                 "دوري القلعة", "دوري البيدق الكبير", "رابطة الفيلة", "دوري الحصن"]
        added = "2026-11-27"
        by = "tests"
        review = "2027-11-27"
        "#
    .parse()
    .unwrap_or_else(|error| panic!("the league's registry: {error}"));
    Registry::shipped().with(league)
}

/// Addresses, as the finder of links would give them.
pub(crate) fn addresses(text: &str) -> Vec<Address> {
    let kinds = [
        ("https://t.me/", AddressKind::Invite),
        ("https://chess.", AddressKind::Link),
        ("bc1q", AddressKind::Payment),
    ];
    kinds
        .iter()
        .flat_map(|(begin, kind)| {
            text.match_indices(begin).map(|(at, _)| {
                let end = text[at..].find(' ').map_or(text.len(), |space| at + space);
                Address {
                    span: at..end,
                    kind: *kind,
                }
            })
        })
        .collect()
}
