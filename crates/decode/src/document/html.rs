//! HTML: its text, and pictures that stand in it as `data:` addresses. It is cut into tokens as browsers cut it, and no
//! tree is made of them, so that no depth matters.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use data_url::DataUrl;
use encoding_rs::{Encoding, UTF_8};
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use text::page::feed::{Feed, MOST_ATTRIBUTES, Placed, feed};

use crate::opening::Opening;
use crate::refusal::malformed;

/// Elements that do not end a line of text.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u", "wbr",
];
/// Attributes whose value is shown, or read aloud.
const SHOWN: [&str; 4] = ["alt", "title", "aria-label", "placeholder"];
/// Attributes that can hold a picture.
const SOURCES: [&str; 4] = ["src", "href", "poster", "data"];
/// Bytes in which a page says how it is encoded.
const HEAD: usize = 1024;

/// Reads a page.
pub(super) fn read(bytes: &[u8], opening: &mut Opening<'_>) {
    for (number, content) in (1..).zip(text(bytes, opening)) {
        opening.member(&format!("data {number}"), &content[..]);
    }
}

/// Takes the text of a page as far as it can be read, and gives the contents of its `data:` addresses.
pub(super) fn text(bytes: &[u8], opening: &mut Opening<'_>) -> Vec<Vec<u8>> {
    let (text, _, _) = encoding(bytes).decode(bytes);
    let fed = Rc::new(Feed::default());
    let sink = Page {
        feed: Rc::clone(&fed),
        at: Cell::new(0),
        found: RefCell::default(),
    };
    let (sink, whole) = feed(&text, &fed, sink);
    let page = sink.found.into_inner();
    if !whole {
        let why = format!("a tag with more than {MOST_ATTRIBUTES} attributes; what follows was not read");
        opening.gap(malformed(why));
    }
    for line in page.lines.iter().chain([&page.line]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        opening.text(&words.join(" "));
    }
    page.contents
}

/// The encoding that a page says it has, else UTF-8.
fn encoding(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let after = head.split_once("charset=").map_or("", |(_, after)| after);
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8)
}

struct Page {
    feed: Rc<Feed>,
    at: Cell<usize>,
    found: RefCell<Found>,
}

impl Placed for Page {
    fn at(&self) -> usize {
        self.at.get()
    }
}

#[derive(Default)]
struct Found {
    lines: Vec<String>,
    line: String,
    /// The element whose text is not shown, while within it.
    hidden: Option<String>,
    contents: Vec<Vec<u8>>,
}

impl Found {
    fn end_line(&mut self) {
        if !self.line.trim().is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
        self.line.clear();
    }

    fn tag(&mut self, tag: &Tag) -> Option<RawKind> {
        let name = &*tag.name;
        if !INLINE.contains(&name) {
            self.end_line();
        }
        if tag.kind == TagKind::EndTag {
            if self.hidden.as_deref() == Some(name) {
                self.hidden = None;
            }
            return None;
        }
        for attribute in &tag.attrs {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if SHOWN.contains(&key) && self.hidden.is_none() {
                self.end_line();
                self.line.push_str(value);
                self.end_line();
            }
            if SOURCES.contains(&key) {
                self.contents.extend(data_of(value));
            }
            if key == "srcset" {
                // Addresses and widths, separated by commas and spaces; an address has no spaces.
                let words = value.split_ascii_whitespace();
                self.contents
                    .extend(words.filter_map(|word| data_of(word.trim_end_matches(','))));
            }
        }
        let raw = match name {
            "script" => RawKind::ScriptData,
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => RawKind::Rawtext,
            "title" | "textarea" => RawKind::Rcdata,
            _ => return None,
        };
        if !matches!(raw, RawKind::Rcdata) {
            self.hidden = Some(name.to_owned());
        }
        (!tag.self_closing).then_some(raw)
    }
}

impl TokenSink for Page {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut found = self.found.borrow_mut();
        // An error has no width of its own, and comes before the token that it is in.
        if !matches!(token, Token::ParseError(_)) {
            self.at.set(self.feed.place());
        }
        match token {
            Token::CharacterTokens(text) if found.hidden.is_none() => found.line.push_str(&text),
            Token::TagToken(tag) => {
                if let Some(raw) = found.tag(&tag) {
                    return TokenSinkResult::RawData(raw);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The content of a `data:` address (RFC 2397), as browsers read it.
fn data_of(address: &str) -> Option<Vec<u8>> {
    let (content, _) = DataUrl::process(address.trim()).ok()?.decode_to_vec().ok()?;
    (!content.is_empty()).then_some(content)
}
