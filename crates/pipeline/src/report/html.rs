//! Text to HTML: the only place where either becomes the other.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

use super::excerpt::Excerpt;

/// HTML that is safe to write as it is, because only this module makes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

impl Html {
    /// Our own words, escaped.
    pub fn words(text: &str) -> Self {
        let mut html = Self::default();
        text.chars().for_each(|c| html.escape(c));
        html
    }

    /// Our own words with each `{name}` replaced by what is given for it.
    pub fn fill(text: &str, values: &[(&str, &Self)]) -> Self {
        let mut html = Self::default();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            before.chars().for_each(|c| html.escape(c));
            let value = after.split_once('}').and_then(|(name, after)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((value, after))
            });
            if let Some((value, after)) = value {
                html.0.push_str(&value.0);
                rest = after;
            } else {
                html.escape('{');
                rest = after;
            }
        }
        rest.chars().for_each(|c| html.escape(c));
        html
    }

    /// Foreign text of unknown direction: isolated, escaped, invisible characters shown.
    pub fn foreign(text: &str) -> Self {
        let mut html = Self("<bdi>".to_owned());
        html.visible(text);
        html.0.push_str("</bdi>");
        html
    }

    /// Foreign text of several lines: each is isolated, and has the direction that it begins with.
    pub fn lines(text: &str) -> Self {
        let mut html = Self::default();
        for line in text.lines() {
            html.0.push_str("<span class=\"line\" dir=\"auto\">");
            html.visible(line);
            html.0.push_str("</span>\n");
        }
        html
    }

    /// A code, number or date, always from left to right.
    pub fn code(text: &str) -> Self {
        let mut html = Self("<bdi dir=\"ltr\">".to_owned());
        html.visible(text);
        html.0.push_str("</bdi>");
        html
    }

    /// A count, in groups of three digits.
    pub fn count(number: u64) -> Self {
        Self::code(&grouped(number))
    }

    /// A count in groups of three digits, as text.
    pub fn grouped(number: u64) -> String {
        grouped(number)
    }

    /// A path, from left to right, the file name emphasised. Each name in it is isolated, so that names in Arabic
    /// stay in their order; within a name the extension stays at the right end.
    pub fn path(path: &str) -> Self {
        let mut html = Self("<bdi dir=\"ltr\" class=\"path\">".to_owned());
        let is_separator = |c: char| matches!(c, '/' | '\\');
        let name_at = path.rfind(is_separator).map_or(0, |at| at + 1);
        for folder in path[..name_at].split_inclusive(is_separator) {
            // A separator is one byte, and only the piece after the last one lacks it.
            let (name, separator) = folder.split_at(folder.len() - 1);
            html.path_name(name);
            html.0.push_str(separator);
            html.0.push_str("<wbr>");
        }
        html.0.push_str("<b>");
        html.path_name(&path[name_at..]);
        html.0.push_str("</b></bdi>");
        html
    }

    /// A stretch of a text with what stands around it: the whole runs the way of its own script, and each run is isolated.
    pub(super) fn excerpt(excerpt: &Excerpt) -> Self {
        let direction = if excerpt.runs_left() { "rtl" } else { "ltr" };
        let mut html = Self(format!("<blockquote dir=\"{direction}\">"));
        let Excerpt { before, found, after } = excerpt;
        for (text, tag) in [(before, "bdi"), (found, "mark"), (after, "bdi")] {
            if text.is_empty() {
                continue;
            }
            // Writing to a string cannot fail.
            let _ = write!(html.0, "<{tag}>");
            match tag {
                "mark" => html.0.push_str(&Self::foreign(text).0),
                _ => html.visible(text),
            }
            let _ = write!(html.0, "</{tag}>");
        }
        html.0.push_str("</blockquote>");
        html
    }

    fn path_name(&mut self, name: &str) {
        if name.is_ascii() {
            self.visible(name);
        } else {
            self.0.push_str("<bdi dir=\"ltr\">");
            self.visible(name);
            self.0.push_str("</bdi>");
        }
    }

    fn visible(&mut self, text: &str) {
        for c in text.chars() {
            if is_deceptive(c) {
                // Writing to a string cannot fail.
                let _ = write!(self.0, "<span class=\"chip\">U+{:04X}</span>", u32::from(c));
            } else {
                self.escape(c);
            }
        }
    }

    fn escape(&mut self, c: char) {
        match c {
            '&' => self.0.push_str("&amp;"),
            '<' => self.0.push_str("&lt;"),
            '>' => self.0.push_str("&gt;"),
            '"' => self.0.push_str("&quot;"),
            '\'' => self.0.push_str("&#39;"),
            c => self.0.push(c),
        }
    }
}

/// Whether a character cannot be seen, looks like a space, strikes out its neighbour, or changes the direction of
/// text: what people use to disguise a name (Unicode Technical Report 36, section 2).
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
            | '\u{334}'..='\u{338}' | '\u{20d0}'..='\u{20ff}' // combining strokes and enclosures
        )
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_the_rest_is_escaped() {
        let value = Html::code("{b}<");
        let html = Html::fill("a < {a}, {b}, {", &[("a", &value)]);
        assert_eq!(html.0, "a &lt; <bdi dir=\"ltr\">{b}&lt;</bdi>, {b}, {");
    }

    #[test]
    fn paths_keep_every_visible_character_in_order() {
        for path in [
            "",
            "a.jpg",
            "/",
            "//a//b/",
            "C:\\x\\ص.jpg",
            "مجلد/صورة.png",
            "a b/<c>&'\"",
        ] {
            let html = Html::path(path).0;
            let mut text = String::new();
            let mut in_tag = false;
            for c in html.chars() {
                match c {
                    '<' => in_tag = true,
                    '>' => in_tag = false,
                    c if !in_tag => text.push(c),
                    _ => {}
                }
            }
            for (entity, plain) in [
                ("&lt;", "<"),
                ("&gt;", ">"),
                ("&quot;", "\""),
                ("&#39;", "'"),
                ("&amp;", "&"),
            ] {
                text = text.replace(entity, plain);
            }
            assert_eq!(text, path);
        }
    }

    #[test]
    fn disguises_become_chips() {
        let html = Html::path("photo_\u{202e}gpj.exe\u{200b}\n\u{a0}").0;
        for code in ["U+202E", "U+200B", "U+000A", "U+00A0"] {
            assert!(
                html.contains(&format!("<span class=\"chip\">{code}</span>")),
                "{html}"
            );
        }
        assert!(!html.contains(is_deceptive));
        assert!(!"صورة آخر مُحرّك ٣ né 写真 😀 a-b_c".contains(is_deceptive));
    }

    #[test]
    fn counts_are_grouped() {
        let texts = [0, 12, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(texts, ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
