//! HTML to text with the way back. It is cut into tokens as browsers cut it, and no tree is made of them, so that no depth
//! matters. Nothing in it is run.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::feed::{Feed, Placed, feed};
use crate::find::pieces::Derived;

/// Elements that do not end a line of text.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u", "wbr", "img", "data", "label",
];
/// Elements around what is the same on every page of a site.
const FRAME: &[&str] = &[
    "nav", "footer", "aside", "form", "button", "select", "menu", "dialog",
];
/// Elements around what the page is about.
const MAIN: &[&str] = &["article", "main"];
/// Links and facts that are kept of one page.
const KEPT: usize = 100_000;

/// What a line of a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Running text.
    Text,
    /// A heading of the first order.
    Heading,
    /// Around the text: menus, footers, forms, lists of links.
    Frame,
    /// Words that stand for a picture.
    Caption,
}

/// A page in tokens.
#[derive(Default)]
pub(super) struct Page {
    /// The text, a line for each block.
    pub(super) raw: Derived,
    /// Where each line begins, what it is, and whether it stands in the main part.
    pub(super) lines: Vec<(usize, Line, bool)>,
    /// What the head says: name, value, where it stands.
    pub(super) facts: Vec<(String, String, Range<usize>)>,
    /// The element `title`.
    pub(super) title: Option<(String, Range<usize>)>,
    /// Addresses that can be followed, where they stand, and where in the raw text what is clicked begins.
    pub(super) links: Vec<(String, Range<usize>, usize)>,
    /// Scripts: their content, and where it stands.
    pub(super) scripts: Vec<(String, Range<usize>)>,
    /// Data for machines (JSON-LD).
    pub(super) data: Vec<(String, Range<usize>)>,
}

/// Whether a text is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let window = (0..=text.len().min(2048))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    let head = text[..window].trim_start().to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head", "<body", "<?xml"]
        .iter()
        .any(|begin| head.starts_with(begin))
    {
        return true;
    }
    let tags = [
        "<p>", "<p ", "<div", "</p>", "<meta", "<title", "<a href", "<br", "<h1", "<h2", "<span", "</div>",
        "<article", "<table", "<ul",
    ];
    head.starts_with('<') && tags.iter().filter(|tag| head.contains(**tag)).count() >= 2
}

/// Reads a page, and says whether all of it was read.
pub(super) fn read(source: &str) -> (Page, bool) {
    let fed = Rc::new(Feed::default());
    let sink = Sink {
        source,
        feed: Rc::clone(&fed),
        state: RefCell::default(),
    };
    let (sink, whole) = feed(source, &fed, sink);
    let mut state = sink.state.into_inner();
    state.end_line();
    (state.page, whole)
}

struct Sink<'a> {
    source: &'a str,
    feed: Rc<Feed>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    page: Page,
    /// Where the next token begins in the source.
    at: usize,
    /// Where the line begins in the raw text.
    line: usize,
    /// Bytes of the line within links.
    linked: usize,
    heading: bool,
    caption: bool,
    frame: usize,
    main: usize,
    link: usize,
    /// The element whose content is not shown, while within it.
    hidden: Option<(String, bool)>,
    content: String,
    content_at: usize,
    in_title: bool,
}

impl Placed for Sink<'_> {
    fn at(&self) -> usize {
        self.state.borrow().at
    }
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) => {
                // Text stands in the source as it is, but for references and ends of lines.
                let mut from = state.at;
                let source = self.source.as_bytes();
                if source.get(from) == Some(&b'\n')
                    && from > 0
                    && source[from - 1] == b'\r'
                    && !text.starts_with('\n')
                {
                    from += 1;
                }
                let copied = self
                    .source
                    .get(from..)
                    .is_some_and(|rest| rest.starts_with(&*text));
                let to = if copied {
                    from + text.len()
                } else {
                    self.feed.place().max(from)
                };
                state.text(&text, from..to, copied);
                state.at = to;
            }
            Token::TagToken(tag) => {
                let to = self.feed.place().max(state.at);
                // Within `tag`, the line before ends where the tag begins.
                let span = state.at..to;
                let raw = state.tag(&tag, self.source, span);
                state.at = to;
                if let Some(raw) = raw {
                    return TokenSinkResult::RawData(raw);
                }
            }
            // An error has no width of its own.
            Token::ParseError(_) => {}
            _ => state.at = self.feed.place().max(state.at),
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str, span: Range<usize>, copied: bool) {
        if self.hidden.is_some() || self.in_title {
            if self.content.is_empty() {
                self.content_at = span.start;
            }
            self.content.push_str(text);
            return;
        }
        if self.link > 0 {
            self.linked += text.trim().len();
        }
        // A line of text is a block: ends of lines within it are spaces.
        if copied {
            let mut from = span.start;
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.page.raw.replace(" ", from - 1..from, false);
                }
                self.page.raw.copy(line, from);
                from += line.len() + 1;
            }
        } else {
            self.page.raw.replace(&text.replace('\n', " "), span, false);
        }
    }

    fn end_line(&mut self) {
        let words = self.page.raw.text[self.line..].trim();
        if words.is_empty() {
            return;
        }
        let kind = if self.caption {
            Line::Caption
        } else if self.frame > 0 || (self.linked * 10 >= words.len() * 7 && words.len() < 200) {
            Line::Frame
        } else if self.heading {
            Line::Heading
        } else {
            Line::Text
        };
        self.page.lines.push((self.line, kind, self.main > 0));
        self.page.raw.replace("\n", self.at..self.at, false);
        self.line = self.page.raw.text.len();
        self.linked = 0;
    }

    fn tag(&mut self, tag: &Tag, source: &str, span: Range<usize>) -> Option<RawKind> {
        let name = &*tag.name;
        if !INLINE.contains(&name) {
            self.end_line();
        }
        let step = |count: &mut usize| {
            *count = if tag.kind == TagKind::StartTag {
                *count + 1
            } else {
                count.saturating_sub(1)
            };
        };
        if FRAME.contains(&name) && !tag.self_closing {
            step(&mut self.frame);
        }
        if MAIN.contains(&name) {
            step(&mut self.main);
        }
        if name == "a" {
            self.link = usize::from(tag.kind == TagKind::StartTag);
        }
        if name == "h1" {
            self.heading = tag.kind == TagKind::StartTag;
        }
        if tag.kind == TagKind::EndTag {
            self.end_tag(name);
            return None;
        }
        self.attributes(tag, source, &span);
        let raw = match name {
            "script" => RawKind::ScriptData,
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => RawKind::Rawtext,
            "title" | "textarea" => RawKind::Rcdata,
            _ => return None,
        };
        if tag.self_closing {
            return None;
        }
        if name == "title" {
            self.in_title = self.page.title.is_none();
        } else if name != "textarea" {
            let json = tag
                .attrs
                .iter()
                .any(|a| &*a.name.local == "type" && a.value.contains("json"));
            self.hidden = Some((name.to_owned(), json));
        }
        self.content.clear();
        Some(raw)
    }

    fn end_tag(&mut self, name: &str) {
        let span = self.content_at..self.content_at + self.content.len();
        if self.in_title && name == "title" {
            self.in_title = false;
            let words = std::mem::take(&mut self.content);
            self.page.title = Some((words, span));
            return;
        }
        if self.hidden.as_ref().is_none_or(|(hidden, _)| hidden != name) {
            return;
        }
        let json = self.hidden.take().is_some_and(|(_, json)| json);
        let content = std::mem::take(&mut self.content);
        if name != "script" || content.trim().is_empty() {
            return;
        }
        let kept = if json {
            &mut self.page.data
        } else {
            &mut self.page.scripts
        };
        if kept.len() < KEPT {
            kept.push((content, span));
        }
    }

    fn attributes(&mut self, tag: &Tag, source: &str, span: &Range<usize>) {
        let name = &*tag.name;
        let value = |key: &str| {
            tag.attrs
                .iter()
                .find(|a| &*a.name.local == key)
                .map(|a| &*a.value)
        };
        let place = |value: &str| {
            let found = source.get(span.clone()).and_then(|written| written.find(value));
            found
                .filter(|_| !value.is_empty())
                .map_or(span.clone(), |at| span.start + at..span.start + at + value.len())
        };
        for shown in ["alt", "title"] {
            if let Some(words) =
                value(shown).filter(|words| !words.trim().is_empty() && self.hidden.is_none())
            {
                self.end_line();
                self.page
                    .raw
                    .replace(&words.replace('\n', " "), place(words), false);
                self.caption = true;
                self.end_line();
                self.caption = false;
            }
        }
        for followed in ["href", "src", "action", "data"] {
            let Some(address) = value(followed)
                .map(str::trim)
                .filter(|address| !address.is_empty())
            else {
                continue;
            };
            let script = address.len() > 11
                && address.is_char_boundary(11)
                && address[..11].eq_ignore_ascii_case("javascript:");
            let data = address.len() > 5
                && address.is_char_boundary(5)
                && address[..5].eq_ignore_ascii_case("data:");
            if (script || (data && name == "script") || (data && name == "iframe"))
                && self.page.scripts.len() < KEPT
            {
                self.page.scripts.push((address.to_owned(), place(address)));
            } else if followed == "href" && name == "a" && self.page.links.len() < KEPT {
                let begins = self.page.raw.text.len();
                self.page.links.push((address.to_owned(), place(address), begins));
            }
        }
        for attribute in &tag.attrs {
            let key = &*attribute.name.local;
            if key.len() > 4 && key.starts_with("on") && self.page.scripts.len() < KEPT {
                self.page
                    .scripts
                    .push((attribute.value.to_string(), place(&attribute.value)));
            }
        }
        let fact = match name {
            "meta" => value("property")
                .or_else(|| value("name"))
                .or_else(|| value("itemprop"))
                .zip(value("content")),
            "link" if value("rel") == Some("canonical") => {
                value("href").map(|address| ("canonical", address))
            }
            "time" => value("datetime").map(|time| ("time", time)),
            _ => None,
        };
        if let Some((key, words)) = fact.filter(|(_, words)| !words.trim().is_empty())
            && self.page.facts.len() < KEPT
        {
            self.page
                .facts
                .push((key.to_ascii_lowercase(), words.trim().to_owned(), place(words)));
        }
    }
}
