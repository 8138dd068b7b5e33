//! The words of all entries: the first words for an automaton, the others in a trie.

use std::collections::BTreeMap;

use super::clitics::{is_function_word, readings};
use crate::words::Kind;

/// A way of writing a term, complete at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    /// The entry.
    pub(super) term: u32,
    /// What the first word asks for.
    pub(super) asks: Asks,
}

/// What must be so around a first word for it to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asks {
    /// An article before it: the form has one, which was cut off.
    pub(super) article: bool,
    /// A pronoun may follow.
    pub(super) pronoun_may: bool,
    /// A pronoun must follow: ة became ت before it.
    pub(super) pronoun_must: bool,
    /// The word was repaired from repeats: the form has doubled letters, of which repairs leave one.
    pub(super) repeats: bool,
}

#[derive(Debug, Default)]
pub(super) struct Node {
    /// Ways of writing that are complete here.
    pub(super) ends: Vec<End>,
    /// The words that go on, in order.
    next: Vec<(Box<str>, u32)>,
}

/// Nodes by number; the first words are outside.
#[derive(Debug, Default)]
pub(super) struct Trie {
    pub(super) heads: BTreeMap<Box<str>, u32>,
    pub(super) nodes: Vec<Node>,
    /// Words of the longest.
    words: usize,
}

impl Trie {
    /// Words that a term has in a text, at most: a word of grammar may stand before each but the first.
    pub(super) const fn longest(&self) -> usize {
        2 * self.words
    }

    pub(super) fn insert(&mut self, words: &[&str], end: End) {
        let Some((first, rest)) = words.split_first() else {
            return;
        };
        self.words = self.words.max(words.len());
        let fresh = self.nodes.len() as u32;
        let mut at = *self.heads.entry((*first).into()).or_insert(fresh);
        if at == fresh {
            self.nodes.push(Node::default());
        }
        for word in rest {
            let fresh = self.nodes.len() as u32;
            // With or without its article is the same.
            let word = bare(word);
            let next = &mut self.nodes[at as usize].next;
            match next.binary_search_by(|(other, _)| (**other).cmp(word)) {
                Ok(index) => at = next[index].1,
                Err(index) => {
                    next.insert(index, (word.into(), fresh));
                    at = fresh;
                    self.nodes.push(Node::default());
                }
            }
        }
        let ends = &mut self.nodes[at as usize].ends;
        if !ends.contains(&end) {
            ends.push(end);
        }
    }

    /// Follows the words after a first word. Calls `found` for each node with ends and where its last word ends. Between
    /// two words may stand one word of grammar, quotes and spaces.
    #[inline]
    pub(super) fn follow(&self, head: u32, text: &str, end: usize, found: &mut impl FnMut(&Node, usize)) {
        let (mut node, mut end) = (&self.nodes[head as usize], end);
        loop {
            if !node.ends.is_empty() {
                found(node, end);
            }
            let Some((next, after)) = self.step(node, text, end) else {
                return;
            };
            (node, end) = (next, after);
        }
    }

    fn step(&self, node: &Node, text: &str, end: usize) -> Option<(&Node, usize)> {
        if node.next.is_empty() {
            return None;
        }
        let (word, after) = next_word(text, end)?;
        if let Some(next) = node.after(word) {
            return Some((&self.nodes[next as usize], after));
        }
        if !is_function_word(word) {
            return None;
        }
        let (word, after) = next_word(text, after)?;
        Some((&self.nodes[node.after(word)? as usize], after))
    }
}

impl Node {
    /// The node after a word, in any of its readings.
    fn after(&self, word: &str) -> Option<u32> {
        readings(word).find_map(|reading| {
            // Most have one or two, and words of another length are told apart without being compared.
            if self.next.len() <= 8 {
                return self
                    .next
                    .iter()
                    .find(|(next, _)| **next == *reading)
                    .map(|(_, node)| *node);
            }
            let at = self
                .next
                .binary_search_by(|(next, _)| (**next).cmp(reading))
                .ok()?;
            Some(self.next[at].1)
        })
    }
}

/// A word without its article.
fn bare(word: &str) -> &str {
    word.strip_prefix("ال")
        .filter(|rest| rest.chars().count() >= 3)
        .unwrap_or(word)
}

/// The next word, if nothing but a short gap within a sentence is before it, and where it ends.
fn next_word(text: &str, from: usize) -> Option<(&str, usize)> {
    let mut start = None;
    let mut end = from;
    let mut gap = 0;
    let mut kind_of_word: Option<Kind> = None;
    for (at, c) in text[from..].char_indices() {
        let kind = crate::words::kind(c);
        match (start, kind) {
            (None, None) => {
                gap += 1;
                if gap > 6 || matches!(c, '!' | '?' | '؟' | '؛' | ';' | '|') {
                    return None;
                }
            }
            (None, Some(_)) => {
                start = Some(from + at);
                kind_of_word = kind;
                end = from + at + c.len_utf8();
            }
            (Some(_), kind) if kind == kind_of_word && kind != Some(Kind::Sign) => {
                end = from + at + c.len_utf8();
                // Longer than any word of a name.
                if end - from > 256 {
                    return None;
                }
            }
            (Some(_), _) => break,
        }
    }
    let start = start?;
    Some((&text[start..end], end))
}
