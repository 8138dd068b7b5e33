//! Gives a page to html5ever's tokenizer piece by piece, and stops before a tag that would cost hours.

use std::cell::Cell;
use std::rc::Rc;

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TokenSink, Tokenizer, TokenizerOpts};

use super::attributes::Attributes;

/// Bytes that the tokenizer is given at a time.
const PIECE: usize = 4096;
/// Attributes of a tag, beyond which a page is not read on.
pub const MOST_ATTRIBUTES: usize = 1000;

/// What the tokenizer has been given and not taken yet: so it is known where it is.
#[derive(Default)]
pub struct Feed {
    given: Cell<usize>,
    input: BufferQueue,
}

impl Feed {
    /// Where in the source the tokenizer is, in bytes. Called for a token, it is where the token ends.
    pub fn place(&self) -> usize {
        let mut rest = Vec::new();
        let mut left = 0;
        while let Some(piece) = self.input.pop_front() {
            left += piece.len();
            rest.push(piece);
        }
        for piece in rest.into_iter().rev() {
            self.input.push_front(piece);
        }
        self.given.get().saturating_sub(left)
    }
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Feed").field("given", &self.given).finish()
    }
}

/// A sink of tokens that knows where the last one ended, by [`Feed::place`].
pub trait Placed: TokenSink<Handle = ()> {
    /// Where the next token begins in the source, in bytes.
    fn at(&self) -> usize;
}

/// Gives all of a page to a sink of tokens, or what stands before a tag with more than [`MOST_ATTRIBUTES`]; the sink, and
/// whether it was given all. Nothing in the page is run. The sink must hold the same feed.
///
/// The tokenizer (HTML Living Standard, 13.2.5) compares each attribute with all before it in its tag, to drop those that
/// come again: a million of them would be half a billion comparisons and more.
pub fn feed<S: Placed>(source: &str, feed: &Rc<Feed>, sink: S) -> (S, bool) {
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let (mut from, mut tag, mut attributes) = (0, None, Attributes::default());
    while from < source.len() {
        let to = (from..=source.len().min(from + PIECE))
            .rev()
            .find(|at| source.is_char_boundary(*at))
            .unwrap_or(source.len());
        feed.given.set(to);
        feed.input.push_back(StrTendril::from_slice(&source[from..to]));
        // A script is text that is dropped, and nothing runs between two pieces of a page.
        while !matches!(tokenizer.feed(&feed.input), TokenizerResult::Done) {}
        let open = tokenizer.sink.at();
        if tag != Some(open) {
            // What has begun and not come yet: the rest of a text, a comment, or a tag.
            (tag, attributes) = (Some(open), Attributes::default());
            from = from.max(open + 1).min(to);
            attributes.go_on(source.as_bytes().get(open + 1..from).unwrap_or_default());
        }
        let begins = source.as_bytes().get(open..open + 2).unwrap_or_default();
        if let [b'<', b'a'..=b'z' | b'A'..=b'Z' | b'/'] = begins {
            attributes.go_on(&source.as_bytes()[from..to]);
            if attributes.count > MOST_ATTRIBUTES {
                break;
            }
        }
        from = to;
    }
    tokenizer.end();
    (tokenizer.sink, from == source.len())
}
