//! How much of an item is what it was found by, and what it stands among: by these, people confirm copies together or apart.

use model::{Leaf, Likeness, Match, Method, Place, Segment, TextMethod};
use store::Alike;

use crate::banks::Banks;
use crate::examine::Examined;
use crate::tracks::told_length;

/// Milliseconds that a copy of a film may lack at its ends, whatever its length.
const LACKING: u32 = 1_000;

/// What an item is put together with.
pub(crate) fn alike_of(examined: &Examined, banks: &Banks) -> Alike {
    let best = examined.matches.iter().find(|found| found.counts());
    let reports = examined.decoded.reports.iter();
    let longest = reports.max_by_key(|part| part.report.context.words);
    Alike {
        likeness: best.map_or(Likeness::Part, |best| likeness(best, examined, banks)),
        surroundings: longest.map(|part| part.report.context.label.name().to_owned()),
    }
}

fn likeness(best: &Match, examined: &Examined, banks: &Banks) -> Likeness {
    let item = Place::item();
    let leaves = [Leaf::File, Leaf::Picture, Leaf::Film, Leaf::Sound, Leaf::Text];
    // A page, a later frame or a member is a part, however much of itself it shows.
    let is_own = leaves.iter().any(|leaf| item.part(*leaf) == best.part);
    let is_whole = is_own
        && match best.method {
            Method::Equal(_) | Method::Text(TextMethod::Raw | TextMethod::Tlsh(_)) => true,
            Method::Text(TextMethod::Passage { .. }) => false,
            Method::Pdq(_) => best.method.is_whole_picture(),
            Method::Track(method) => {
                let films = examined.decoded.films.iter();
                let own = films.filter(|film| film.name == best.part);
                let length = own.filter_map(|film| told_length(&film.tracks)).max();
                let banked = banks.film_length(best.entry);
                length
                    .zip(banked)
                    .is_some_and(|(length, banked)| covers(&method.segment, length, banked))
            }
        };
    if is_whole { Likeness::Whole } else { Likeness::Part }
}

/// Whether a stretch is nearly all of both films: of what was added before, after or between, a person must know.
fn covers(segment: &Segment, length: u32, banked: u32) -> bool {
    let nearly = |(from, to): (u32, u32), all: u32| {
        let lacking = all.saturating_sub(to.saturating_sub(from));
        lacking <= LACKING.max(all / 10)
    };
    nearly(segment.query, length) && nearly(segment.bank, banked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_whole_when_nearly_all_of_both_is_the_same() {
        let covers = |text: &str, length, banked| covers(&text.parse().unwrap(), length, banked);
        assert!(covers("[0-60000~0-60000]x100", 60_000, 60_000));
        assert!(covers("[1000-59000~1000-59000]x100", 60_000, 60_000));
        assert!(
            covers("[0-4000~0-4000]x100", 5_000, 5_000),
            "short films lose a second"
        );
        assert!(
            !covers("[0-60000~0-60000]x100", 90_000, 60_000),
            "a report around it"
        );
        assert!(!covers("[0-30000~0-30000]x100", 30_000, 60_000), "half of it");
    }
}
