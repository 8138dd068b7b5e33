//! Twenty templates in minimal pairs, in two languages, about an invented chess league with harmless aims.

macro_rules! filler {
    ($league:literal, $city:literal, $person:literal, $paper:literal) => {
        $crate::templates::Filler {
            league: $league,
            city: $city,
            person: $person,
            paper: $paper,
        }
    };
}

macro_rules! pair {
    ($name:literal, $base:literal: $text:expr, $twin:literal: $other:expr) => {
        $crate::templates::Pair {
            name: $name,
            base: ($base, $text),
            twin: ($twin, $other),
        }
    };
}

mod ar;
mod cases;
mod en;

pub(crate) use cases::{addresses, cases, registry};

/// A template and its twin, which differs in one cue. `{l}` is the league, `{c}` a city, `{p}` a person, `{o}` a paper.
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    /// The expected label and the text.
    pub(crate) base: (&'static str, &'static str),
    pub(crate) twin: (&'static str, &'static str),
}

/// What is put into the templates.
pub(crate) struct Filler {
    pub(crate) league: &'static str,
    pub(crate) city: &'static str,
    pub(crate) person: &'static str,
    pub(crate) paper: &'static str,
}

pub(crate) struct Suite {
    pub(crate) language: &'static str,
    pub(crate) pairs: &'static [Pair],
    pub(crate) fillers: &'static [Filler],
    /// Some thirty words without a cue, put before or after, so that length decides nothing.
    pub(crate) body: &'static str,
}

pub(crate) const SUITES: [Suite; 2] = [
    Suite {
        language: "en",
        pairs: &en::PAIRS,
        fillers: &en::FILLERS,
        body: en::BODY,
    },
    Suite {
        language: "ar",
        pairs: &ar::PAIRS,
        fillers: &ar::FILLERS,
        body: ar::BODY,
    },
];
