//! Twenty templates in minimal pairs, in two languages, about an invented chess league with harmless aims.

mod ar;
mod en;

/// A template and its twin, which differs in one cue. `{l}` is the league, `{c}` a city, `{p}` a person, `{o}` a paper.
pub struct Pair {
    pub name: &'static str,
    /// The expected label and the text.
    pub base: (&'static str, &'static str),
    pub twin: (&'static str, &'static str),
}

/// What is put into the templates.
pub struct Filler {
    pub league: &'static str,
    pub city: &'static str,
    pub person: &'static str,
    pub paper: &'static str,
}

pub struct Suite {
    pub language: &'static str,
    pub pairs: &'static [Pair],
    pub fillers: &'static [Filler],
    /// Some thirty words without a cue, put before or after, so that length decides nothing.
    pub body: &'static str,
}

pub const SUITES: [Suite; 2] = [
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
