//! Charts: pictures of numbers (SVG) that are made here and need no script. Each stands beside a table that says the same, and
//! has a title and a description; nothing in it is said by colour.

use std::fmt::Write as _;

use pipeline::report::Html;

/// The size of a chart in its own units.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 160;
/// The room below bars, for their hours.
const FOOT: u32 = 24;
/// The height of a row of lanes.
const LANE: u32 = 44;

/// What a chart is called, and what it shows.
pub(super) struct Label<'a> {
    /// Its own within the page.
    pub(super) name: &'a str,
    pub(super) title: &'a str,
    pub(super) about: &'a str,
}

fn begin(label: &Label<'_>, height: u32) -> String {
    let Label { name, title, about } = label;
    let (title, about) = (Html::words(title), Html::words(about));
    format!(
        "<svg class=\"chart\" role=\"img\" direction=\"ltr\" viewBox=\"0 0 {WIDTH} {height}\" \
         aria-labelledby=\"{name}-title {name}-about\"><title id=\"{name}-title\">{title}</title>\
         <desc id=\"{name}-about\">{about}</desc>"
    )
}

/// What of `whole` a number is, of `room` units; something is never nothing.
fn scaled(number: u64, whole: u64, room: u32) -> u64 {
    let share = u128::from(number) * u128::from(room) / u128::from(whole.max(1));
    // At most the room, which is small.
    let share = u64::try_from(share).unwrap_or(u64::MAX);
    share.max(u64::from(number > 0))
}

/// Bars along time, which runs from left to right in every language, as clocks do. Every `step`th has its label.
pub(super) fn bars(label: &Label<'_>, points: &[(String, u64)], step: usize) -> String {
    let mut svg = begin(label, HEIGHT);
    let most = points.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let room = HEIGHT - FOOT;
    let pace = f64::from(WIDTH) / points.len().max(1) as f64;
    for (at, (name, number)) in points.iter().enumerate() {
        let height = scaled(*number, most, room - 8);
        let (x, y) = (at as f64 * pace, u64::from(room) - height);
        // Writing into a text never fails.
        let _ = write!(
            svg,
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{y}\" width=\"{:.1}\" height=\"{height}\"/>",
            x + pace * 0.1,
            pace * 0.8
        );
        if at % step.max(1) == 0 {
            let _ = write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{}\">{}</text>",
                HEIGHT - 6,
                Html::words(name)
            );
        }
    }
    let _ = write!(
        svg,
        "<line class=\"axis\" x1=\"0\" y1=\"{room}\" x2=\"{WIDTH}\" y2=\"{room}\"/></svg>"
    );
    svg
}

/// A lane for each thing, with its name above it; from the right where the page runs so.
pub(super) fn lanes(label: &Label<'_>, rows: &[(String, u64)], rtl: bool) -> String {
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut svg = begin(label, LANE.saturating_mul(count.max(1)));
    let most = rows.iter().map(|(_, number)| *number).max().unwrap_or(0);
    let (edge, anchor) = if rtl { (WIDTH, "end") } else { (0, "start") };
    for (at, (name, number)) in rows.iter().enumerate() {
        let width = scaled(*number, most, WIDTH);
        let x = if rtl { u64::from(WIDTH) - width } else { 0 };
        let top = at as u64 * u64::from(LANE);
        let _ = write!(
            svg,
            "<text x=\"{edge}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>\
             <rect class=\"bar\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"14\"/>",
            top + 18,
            Html::words(name),
            top + 25
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLE: &str = "Came <in>";
    const LABEL: Label<'_> = Label {
        name: "came",
        title: TITLE,
        about: "By hour",
    };

    #[test]
    fn a_chart_says_what_it_is_and_has_no_script_and_no_style() {
        let points = [
            ("00".to_owned(), 0),
            ("01".to_owned(), 1),
            ("02".to_owned(), 1_000_000),
        ];
        for svg in [bars(&LABEL, &points, 2), lanes(&LABEL, &points, true)] {
            assert!(
                svg.contains("role=\"img\"") && svg.contains("aria-labelledby=\"came-title came-about\"")
            );
            assert!(
                svg.contains("Came &lt;in&gt;") && svg.ends_with("</svg>"),
                "{svg}"
            );
            assert!(!svg.contains("style=") && !svg.contains("<script"), "{svg}");
        }
    }

    #[test]
    fn one_of_a_million_is_seen_and_nothing_is_not() {
        assert_eq!(scaled(0, 1_000_000, 480), 0);
        assert_eq!(scaled(1, 1_000_000, 480), 1);
        assert_eq!(scaled(1_000_000, 1_000_000, 480), 480);
        assert_eq!(scaled(5, 0, 480), 2_400, "it cannot be, and does not panic");
    }

    #[test]
    fn lanes_begin_where_the_page_does() {
        let rows = [("one".to_owned(), 1), ("two".to_owned(), 2)];
        assert!(lanes(&LABEL, &rows, false).contains("x=\"0\" y=\"25\" width=\"240\""));
        assert!(lanes(&LABEL, &rows, true).contains("x=\"240\" y=\"25\" width=\"240\""));
    }
}
