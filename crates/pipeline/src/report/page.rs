//! What the templates show.

use askama::Template;
use askama::filters::HtmlSafe;
use fingerprint::grey::GreyPicture;
use jiff::Timestamp;
use model::{Match, Method, Verdict};

use super::areas::Area;
use super::excerpt::Excerpt;
use super::gaps::Gap;
use super::html::Html;
use super::words::Words;
use super::{Lang, MAX_MATCHES, ReportItem, Summary, areas, explain, preview};

/// Matches of a card that are shown at once; the others unfold.
const SHOWN_MATCHES: usize = 3;

/// The style of the page. It must not contain `</`.
const STYLE: &str = include_str!("../../templates/report/style.css");

/// The page as far as the first card.
#[derive(Template)]
#[template(path = "report/head.html", whitespace = "minimize")]
pub(super) struct Head {
    lang: Lang,
    words: &'static Words,
    style: &'static str,
    roots: Vec<Html>,
    banks: Vec<(Html, Html)>,
    tier: Html,
    started: Html,
    finished: Html,
    duration: Html,
    bytes: Html,
    files: Html,
    matched: Html,
    incomplete: Html,
    no_match: Html,
    /// Files with each verdict, for the bar: match, incomplete, no match.
    shares: [u64; 3],
    has_cards: bool,
    chips: Html,
}

impl Head {
    pub(super) fn new(lang: Lang, summary: &Summary) -> Self {
        let words = lang.words();
        let tier = match summary.tier.as_str() {
            "plain" => Html::words(&words.summary.tier_plain),
            "standard" => Html::words(&words.summary.tier_standard),
            "full" => Html::words(&words.summary.tier_full),
            other => Html::foreign(other),
        };
        Self {
            lang,
            words,
            style: STYLE,
            roots: summary.roots.iter().map(|root| Html::path(root)).collect(),
            banks: summary
                .banks
                .iter()
                .map(|(name, entries)| (Html::foreign(name), Html::count(*entries)))
                .collect(),
            tier,
            started: time(summary.started_at),
            finished: time(summary.finished_at),
            duration: duration(summary),
            bytes: bytes(summary.bytes),
            files: Html::count(summary.files),
            matched: Html::count(summary.matched),
            incomplete: Html::count(summary.incomplete),
            no_match: Html::count(summary.no_match),
            shares: [summary.matched, summary.incomplete, summary.no_match],
            has_cards: summary.matched + summary.incomplete > 0,
            chips: Html::fill(&words.help.chips, &[("chip", &Html::foreign("\u{202e}"))]),
        }
    }
}

fn time(time: Timestamp) -> Html {
    Html::code(&time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn duration(summary: &Summary) -> Html {
    let seconds = summary
        .finished_at
        .duration_since(summary.started_at)
        .as_secs()
        .max(0);
    Html::code(&format!(
        "{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    ))
}

fn bytes(bytes: u64) -> Html {
    let units = [
        (1_000_000_000_000, "TB"),
        (1_000_000_000, "GB"),
        (1_000_000, "MB"),
        (1_000, "kB"),
    ];
    let text = match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / unit as f64),
        None => format!("{bytes} B"),
    };
    Html::code(&text)
}

/// The card of one file.
#[derive(Template)]
#[template(path = "report/card.html", whitespace = "minimize")]
pub(super) struct Card {
    words: &'static Words,
    number: u64,
    title: Html,
    kind: &'static str,
    symbol: &'static str,
    verdict: &'static str,
    path: Html,
    gaps: Vec<Gap>,
    hits: Vec<Hit>,
    more: Vec<Hit>,
    more_text: Html,
    left_out: Option<Html>,
    picture: Option<Picture>,
    sha256: Option<Html>,
}

/// A preview and its size in pixels.
struct Picture {
    address: String,
    width: u32,
    height: u32,
}

impl Card {
    pub(super) fn new(lang: Lang, number: u64, item: &ReportItem, thumbnail: Option<&GreyPicture>) -> Self {
        let words = lang.words();
        let (kind, symbol, verdict) = match item.verdict {
            Verdict::Match => ("match", "▲", &words.card.verdict_match),
            Verdict::Incomplete => ("incomplete", "?", &words.card.verdict_incomplete),
            Verdict::NoMatch => ("quiet", "○", &words.card.verdict_no_match),
        };
        let aspect = item
            .thumbnail
            .as_ref()
            .map(|picture| f64::from(picture.width) / f64::from(picture.height.max(1)));
        let mut hits: Vec<Hit> = item
            .matches
            .iter()
            .take(MAX_MATCHES)
            .enumerate()
            .map(|(number, hit)| {
                let excerpts = item.excerpts.get(number).map_or(&[][..], Vec::as_slice);
                Hit::new(words, hit, aspect, excerpts)
            })
            .collect();
        let more = hits.split_off(hits.len().min(SHOWN_MATCHES));
        let left_out = item.matches.len().saturating_sub(MAX_MATCHES);
        Self {
            words,
            number,
            title: Html::fill(&words.card.number, &[("number", &Html::count(number))]),
            kind,
            symbol,
            verdict,
            path: Html::path(&item.path),
            gaps: item.incomplete.iter().map(|gap| Gap::new(words, gap)).collect(),
            hits,
            more_text: Html::fill(&words.card.more, &[("count", &Html::count(more.len() as u64))]),
            more,
            left_out: (left_out > 0)
                .then(|| Html::fill(&words.card.left_out, &[("count", &Html::count(left_out as u64))])),
            picture: thumbnail.and_then(|picture| {
                Some(Picture {
                    address: preview::data_address(picture)?,
                    width: picture.width,
                    height: picture.height,
                })
            }),
            sha256: item.sha256.map(|sha256| Html::code(&sha256.to_string())),
        }
    }
}

/// One match of a card.
#[derive(Template)]
#[template(path = "report/hit.html", whitespace = "minimize")]
pub(super) struct Hit {
    words: &'static Words,
    entry: Html,
    counts: bool,
    exact: bool,
    method: Html,
    replay: Html,
    band: Html,
    nearness: Html,
    /// How much of the way to the limit, in percent; absent for digests.
    pub(super) share: Option<u32>,
    quality: Option<Html>,
    part: Html,
    trust: Html,
    confirmed: &'static str,
    suppressed: Option<Html>,
    areas: Vec<Area>,
    excerpts: Vec<Html>,
}

// A template escapes what it shows; its text is HTML.
impl HtmlSafe for Hit {}

impl Hit {
    pub(super) fn new(words: &'static Words, hit: &Match, aspect: Option<f64>, excerpts: &[Excerpt]) -> Self {
        let texts = &words.hit;
        let (band, nearness) = explain::nearness(texts, hit);
        let confirmed = if hit.human_confirmed {
            &texts.confirmed_yes
        } else {
            &texts.confirmed_no
        };
        Self {
            words,
            entry: Html::fill(
                &texts.entry,
                &[
                    ("bank", &Html::foreign(hit.bank.as_str())),
                    ("entry", &Html::code(&hit.entry.to_string())),
                ],
            ),
            counts: hit.counts(),
            exact: hit.is_exact(),
            method: explain::method(&words.method, &hit.method),
            replay: Html::code(&hit.method.to_string()),
            band,
            nearness,
            share: matches!(hit.method, Method::Pdq(_)).then(|| explain::share_of_limit(hit)),
            quality: hit.quality.map(|quality| explain::quality(texts, quality)),
            part: explain::part(words, &hit.part),
            trust: explain::trust(texts, hit.trust),
            confirmed,
            suppressed: explain::suppressed(texts, hit),
            areas: aspect.map_or_else(Vec::new, |aspect| areas::of(words, hit, aspect)),
            excerpts: excerpts.iter().map(Html::excerpt).collect(),
        }
    }
}

/// The end of the page.
#[derive(Template)]
#[template(path = "report/foot.html", whitespace = "minimize")]
pub(super) struct Foot {
    words: &'static Words,
    made_by: Html,
    is_empty: bool,
}

impl Foot {
    pub(super) fn new(lang: Lang, version: &str, is_empty: bool) -> Self {
        let words = lang.words();
        Self {
            words,
            made_by: Html::fill(&words.page.made_by, &[("version", &Html::code(version))]),
            is_empty,
        }
    }
}
