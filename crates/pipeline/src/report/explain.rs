//! A match in plain words.

use model::{
    Dihedral, Leaf, Match, Method, PartName, PdqHash, PdqMethod, Quality, QueryView, Region, SignalType,
    TextMethod, TrackMethod, Trust, Variant, clock,
};
use text::known::Tlsh;

use super::html::Html;
use super::words::{MatchWords, MethodWords, Words};
use crate::robust::MATCH_RADIUS;

/// How the match was found.
pub(super) fn method(words: &MethodWords, method: &Method) -> Html {
    match method {
        Method::Equal(kind) if kind.is_in_text() => {
            let text = Html::fill(&words.text_lead, &[("type", &digest_name(*kind))]);
            Html::fill(&words.sentence, &[("text", &text)])
        }
        Method::Equal(kind) => {
            let text = if *kind == SignalType::Sha256 {
                &words.equal
            } else {
                &words.equal_weak
            };
            Html::fill(text, &[("type", &digest_name(*kind))])
        }
        Method::Pdq(method) => Html::fill(&words.sentence, &[("text", &pdq(words, method))]),
        Method::Track(method) => Html::fill(&words.sentence, &[("text", &track(words, method))]),
        Method::Text(method) => {
            let text = match method {
                TextMethod::Raw => &words.text_raw,
                TextMethod::Tlsh(_) => &words.text_tlsh,
                TextMethod::Passage { .. } => &words.text_passage,
            };
            Html::fill(&words.sentence, &[("text", &Html::words(text))])
        }
    }
}

fn track(words: &MethodWords, method: &TrackMethod) -> Html {
    let segment = &method.segment;
    let clock = |time: u32| Html::code(&clock(time));
    let text = match method.kind {
        SignalType::Chromaprint => &words.track_sound,
        _ => &words.track_film,
    };
    let times = [
        ("from", &clock(segment.query.0)),
        ("to", &clock(segment.query.1)),
        ("bank_from", &clock(segment.bank.0)),
        ("bank_to", &clock(segment.bank.1)),
    ];
    let mut text = Html::fill(text, &times);
    if segment.speed != 100 {
        let step = Html::fill(
            &words.track_speed,
            &[("percent", &Html::count(segment.speed.into()))],
        );
        text = Html::fill(&words.step, &[("so_far", &text), ("step", &step)]);
    }
    if segment.mirrored {
        text = Html::fill(
            &words.step,
            &[("so_far", &text), ("step", &Html::words(&words.flipy))],
        );
    }
    text
}

fn pdq(words: &MethodWords, method: &PdqMethod) -> Html {
    let view = match method.view {
        QueryView::Full => &words.full,
        QueryView::Trim(_) => &words.trim,
        QueryView::Panel(_) => &words.panel,
        QueryView::Window(_) => &words.window,
    };
    let entry = if method.entry_region.is_full() {
        &words.entry_full
    } else {
        &words.entry_window
    };
    let mut text = Html::fill(
        &words.compared,
        &[
            ("view", &with_cuts(words, view, method.view.region())),
            ("entry", &with_cuts(words, entry, method.entry_region)),
        ],
    );
    let mut step = |step: &Html| text = Html::fill(&words.step, &[("so_far", &text), ("step", step)]);
    if method.turn != 0 {
        let words = if method.turn > 0 {
            &words.turn_clockwise
        } else {
            &words.turn_anticlockwise
        };
        let degrees = Html::code(&hundredths(method.turn.unsigned_abs()));
        step(&Html::fill(words, &[("degrees", &degrees)]));
    }
    match method.form {
        Dihedral::Original => {}
        Dihedral::Rotate90 => step(&Html::words(&words.rotate90)),
        Dihedral::Rotate180 => step(&Html::words(&words.rotate180)),
        Dihedral::Rotate270 => step(&Html::words(&words.rotate270)),
        Dihedral::FlipX => step(&Html::words(&words.flipx)),
        Dihedral::FlipY => step(&Html::words(&words.flipy)),
        Dihedral::FlipPlus1 => step(&Html::words(&words.flipplus1)),
        Dihedral::FlipMinus1 => step(&Html::words(&words.flipminus1)),
    }
    if method.variant == Variant::Compat {
        step(&Html::words(&words.compat));
    }
    if method.refined {
        step(&Html::words(&words.refined));
    }
    text
}

/// What is cut away at each side that is not whole.
fn with_cuts(words: &MethodWords, view: &str, region: Region) -> Html {
    let view = Html::words(view);
    let [left, top, right, bottom] = region.edges();
    let sides = [
        (left, &words.cut_left),
        (1.0 - right, &words.cut_right),
        (top, &words.cut_top),
        (1.0 - bottom, &words.cut_bottom),
    ];
    let cuts = sides
        .into_iter()
        .map(|(share, text)| ((share * f64::from(Region::SCALE)).round() as u16, text))
        .filter(|(share, _)| *share > 0)
        .map(|(share, text)| {
            let share = Html::fill(&words.percent, &[("n", &Html::code(&hundredths(share)))]);
            Html::fill(text, &[("share", &share)])
        })
        .reduce(|before, cut| {
            Html::fill(
                &format!("{{a}}{}{{b}}", words.separator),
                &[("a", &before), ("b", &cut)],
            )
        });
    match cuts {
        Some(cuts) => Html::fill(&words.with_cuts, &[("view", &view), ("cuts", &cuts)]),
        None => view,
    }
}

/// How near it is: a word for the eye, and the sentence.
pub(super) fn nearness(words: &MatchWords, hit: &Match) -> (Html, Html) {
    if let Method::Equal(kind) = hit.method {
        let text = match kind.is_in_text() {
            true => &words.text_lead,
            false => &words.equal,
        };
        let sentence = Html::fill(text, &[("type", &digest_name(kind))]);
        return (Html::words(&words.band_equal), sentence);
    }
    // Thirds of the way to the limit; only words, nothing is decided by them.
    let band = match hit.distance {
        0..=10 => &words.band_very_near,
        11..=20 => &words.band_near,
        _ => &words.band_edge,
    };
    if let Method::Text(method) = hit.method {
        return text_nearness(words, method, band);
    }
    let sentence = Html::fill(
        &words.distance,
        &[
            ("distance", &Html::count(hit.distance.into())),
            ("bits", &Html::count(PdqHash::BITS.into())),
            ("limit", &Html::count(MATCH_RADIUS.into())),
        ],
    );
    (Html::words(band), sentence)
}

fn text_nearness(words: &MatchWords, method: TextMethod, band: &str) -> (Html, Html) {
    let count = |number: u32| Html::count(number.into());
    match method {
        TextMethod::Raw => (Html::words(&words.band_equal), Html::words(&words.text_same)),
        TextMethod::Tlsh(distance) => {
            let values = [("distance", &count(distance)), ("limit", &count(Tlsh::MATCH))];
            (Html::words(band), Html::fill(&words.text_alike, &values))
        }
        TextMethod::Passage { banked, text } => {
            let values = [("banked", &count(banked.into())), ("text", &count(text.into()))];
            (Html::words(band), Html::fill(&words.text_share, &values))
        }
    }
}

/// How near it is on a scale whose full length is the limit, in percent.
pub(super) fn share_of_limit(hit: &Match) -> u32 {
    (hit.distance * 100 / MATCH_RADIUS).min(100)
}

/// The quality of the query's hash.
pub(super) fn quality(words: &MatchWords, quality: Quality) -> Html {
    let (number, usable) = (
        Html::count(quality.get().into()),
        Html::count(Quality::USABLE.get().into()),
    );
    Html::fill(&words.quality_of, &[("quality", &number), ("usable", &usable)])
}

/// The part of the item, and where in it.
pub(super) fn part(words: &Words, part: &PartName) -> Html {
    let (place, leaf) = part.split();
    let words = &words.hit;
    let number = |text, name, number: u32| Html::fill(text, &[(name, &Html::code(&number.to_string()))]);
    let what = match leaf {
        Leaf::File if place.depth() > 0 => return Html::foreign(part.as_str()),
        Leaf::File => Html::words(&words.part_file),
        Leaf::Picture => Html::words(&words.part_picture),
        Leaf::Frame(frame) => number(&words.part_frame, "frame", frame),
        Leaf::Page(page) => number(&words.part_page, "page", page),
        Leaf::Film => Html::words(&words.part_film),
        Leaf::Sound => Html::words(&words.part_sound),
        Leaf::Text => Html::words(&words.part_text),
    };
    if place.depth() == 0 {
        return what;
    }
    let place = Html::foreign(place.part(Leaf::File).as_str());
    Html::fill(&words.part_inside, &[("part", &what), ("place", &place)])
}

/// How far the entry is trusted.
pub(super) fn trust(words: &MatchWords, trust: Trust) -> Html {
    Html::words(match trust {
        Trust::Active => &words.trust_active,
        Trust::Shadow => &words.trust_shadow,
        Trust::Disputed => &words.trust_disputed,
        Trust::Revoked => &words.trust_revoked,
    })
}

/// The allow entry that suppresses the match.
pub(super) fn suppressed(words: &MatchWords, hit: &Match) -> Option<Html> {
    let by = hit.suppressed_by.as_ref()?;
    Some(Html::fill(
        &words.suppressed_by,
        &[
            ("bank", &Html::foreign(by.bank.as_str())),
            ("entry", &Html::code(&by.entry.to_string())),
            ("distance", &Html::count(by.distance.into())),
            ("bits", &Html::count(PdqHash::BITS.into())),
        ],
    ))
}

fn digest_name(kind: SignalType) -> Html {
    Html::code(match kind {
        SignalType::Pdq => "PDQ",
        SignalType::Sha256 => "SHA-256",
        SignalType::Sha1 => "SHA-1",
        SignalType::Md5 => "MD5",
        SignalType::Vpdq => "vPDQ",
        SignalType::Chromaprint => "Chromaprint",
        SignalType::TextTlsh => "TLSH",
        other => other.name(),
    })
}

/// `250` is `2.5`, `1200` is `12`.
fn hundredths(number: u16) -> String {
    (f64::from(number) / 100.0).to_string()
}
