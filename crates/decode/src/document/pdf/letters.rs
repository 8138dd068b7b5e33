//! From placed glyphs to text. A page has no words and no lines, only glyphs with a place each, in the order in which
//! somebody chose to draw them.
//!
//! Lines of scripts that run from right to left are sorted by place, which gives the order in which they are *seen*, and
//! then turned into the order in which they are *read*: what the bidirectional algorithm (UAX 9) did is undone for its
//! usual cases. Letters stay as the font names them; presentation forms are for whoever compares texts.

/// A glyph with what it stands for. Places are along the line and across it, in the same unit as the size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Letter {
    pub(super) text: String,
    /// The direction in which it is written, as a unit vector.
    pub(super) direction: (f64, f64),
    pub(super) along: f64,
    pub(super) across: f64,
    /// How far its line goes on after it.
    pub(super) advance: f64,
    /// Height of a line.
    pub(super) size: f64,
}

/// Distance across, in parts of the size, that makes a new line.
const LINE: f64 = 0.5;
/// Distance along that is a space.
const SPACE: f64 = 0.18;
/// Distance back that is a space: what is drawn later further back was another column.
const BACK: f64 = 0.8;
/// Distance within which the same letter twice is one, drawn again to look bold.
const AGAIN: f64 = 0.08;

/// Collects the letters of a page.
#[derive(Debug, Default)]
pub(super) struct Letters {
    text: String,
    line: Vec<Letter>,
}

impl Letters {
    /// Takes the next letter.
    pub(super) fn push(&mut self, letter: Letter) {
        if self.line.last().is_some_and(|last| !continues(last, &letter)) {
            self.end_line();
        }
        self.line.push(letter);
    }

    /// The text of the page.
    pub(super) fn finish(mut self) -> String {
        self.end_line();
        self.text
    }

    /// Bytes so far, about.
    pub(super) fn len(&self) -> usize {
        self.text.len() + self.line.len()
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if line
            .iter()
            .any(|letter| direction(&letter.text) == Direction::Right)
        {
            line.sort_by(|a, b| a.along.total_cmp(&b.along));
            let spaced = spaced(&line);
            self.text.extend(read(&spaced));
        } else {
            self.text.extend(spaced(&line));
        }
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// Whether a letter is on the line of another.
fn continues(last: &Letter, next: &Letter) -> bool {
    let turned = last.direction.0 * next.direction.0 + last.direction.1 * next.direction.1;
    turned > 0.9 && (next.across - last.across).abs() <= LINE * last.size.max(next.size)
}

/// The letters with the spaces between them.
fn spaced(line: &[Letter]) -> Vec<&str> {
    let mut spaced: Vec<&str> = Vec::with_capacity(line.len());
    let mut last: Option<&Letter> = None;
    for letter in line {
        if let Some(last) = last {
            let size = last.size.max(letter.size);
            if last.text == letter.text && (letter.along - last.along).abs() < AGAIN * size {
                continue;
            }
            let gap = letter.along - (last.along + last.advance);
            let is_apart = gap > SPACE * size || gap < -BACK * size;
            if is_apart && !last.text.ends_with(' ') && !letter.text.starts_with(' ') {
                spaced.push(" ");
            }
        }
        spaced.push(&letter.text);
        last = Some(letter);
    }
    spaced
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Left,
    Right,
    Digit,
    Neutral,
}

/// The direction of the first character that has one.
fn direction(text: &str) -> Direction {
    let each = text.chars().map(|c| match c {
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}' => Direction::Digit,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => Direction::Right,
        '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}' => Direction::Right,
        c if c.is_alphabetic() => Direction::Left,
        _ => Direction::Neutral,
    });
    each.into_iter()
        .find(|direction| *direction != Direction::Neutral)
        .unwrap_or(Direction::Neutral)
}

/// A line in the order in which it is read, from the order in which it is seen from left to right.
fn read<'a>(seen: &[&'a str]) -> Vec<&'a str> {
    let directions: Vec<Direction> = seen.iter().map(|text| direction(text)).collect();
    // A page does not say which way a line runs: the way of most of its letters.
    let count = |wanted| {
        directions
            .iter()
            .filter(|direction| **direction == wanted)
            .count()
    };
    if count(Direction::Right) >= count(Direction::Left) {
        return from_right(seen);
    }
    // A line from left to right, with words in it that run the other way.
    let mut line = Vec::with_capacity(seen.len());
    let mut at = 0;
    while at < seen.len() {
        if directions[at] != Direction::Right {
            line.push(seen[at]);
            at += 1;
            continue;
        }
        let end = directions[at..]
            .iter()
            .position(|direction| *direction == Direction::Left)
            .map_or(seen.len(), |end| at + end);
        let last = directions[at..end]
            .iter()
            .rposition(|direction| *direction == Direction::Right);
        let end = at + last.unwrap_or(0) + 1;
        line.extend(from_right(&seen[at..end]));
        at = end;
    }
    line
}

/// The same of a line from right to left: all of it turned, but for words and numbers that run from left to right.
fn from_right<'a>(seen: &[&'a str]) -> Vec<&'a str> {
    let mut line: Vec<&str> = seen.iter().rev().copied().collect();
    let directions: Vec<Direction> = line.iter().map(|text| direction(text)).collect();
    let is_inner = |at: usize| matches!(directions[at], Direction::Left | Direction::Digit);
    let mut at = 0;
    while at < line.len() {
        if !is_inner(at) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        loop {
            let next = (end..line.len()).find(|next| directions[*next] != Direction::Neutral);
            let Some(next) = next.filter(|next| is_inner(*next)) else {
                break;
            };
            let between = &line[end..next];
            let joined = match (directions[end - 1], directions[next]) {
                _ if between.is_empty() => true,
                (_, Direction::Left) => true,
                // 3.5, 20:15, 2024-11-26 are one number; "3 - 5" are two.
                (Direction::Digit, Direction::Digit) => between.len() == 1 && between[0] != " ",
                _ => false,
            };
            if !joined {
                break;
            }
            end = next + 1;
        }
        line[at..end].reverse();
        at = end;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(seen: &str) -> Vec<Letter> {
        seen.chars()
            .enumerate()
            .map(|(at, c)| Letter {
                text: c.to_string(),
                direction: (1.0, 0.0),
                along: at as f64 * 5.0,
                across: 0.0,
                advance: 5.0,
                size: 10.0,
            })
            .collect()
    }

    fn text(letters: impl IntoIterator<Item = Letter>) -> String {
        let mut page = Letters::default();
        letters.into_iter().for_each(|letter| page.push(letter));
        page.finish()
    }

    #[test]
    fn lines_from_right_to_left_are_read_whatever_order_they_are_drawn_in() {
        // As it is seen, and as it is read.
        let cases = [
            ("برع", "عرب"),
            ("ةبعل 3.5 مقر", "رقم 3.5 لعبة"),
            ("2025 - 2024 ماع", "عام 2024 - 2025"),
            ("chess club جنرطشلا يبعال يدان", "نادي لاعبي الشطرنج chess club"),
            ("the word جنرطش is chess", "the word شطرنج is chess"),
            ("the clubs جنرطش يرود it", "the clubs دوري شطرنج it"),
        ];
        for (seen, read) in cases {
            assert_eq!(text(letters(seen)), format!("{read}\n"));
            assert_eq!(text(letters(seen).into_iter().rev()), format!("{read}\n"));
        }
    }

    #[test]
    fn gaps_are_spaces_and_steps_are_lines() {
        let mut line = letters("twowords");
        line[3..].iter_mut().for_each(|letter| letter.along += 3.0);
        let mut second = letters("below");
        second.iter_mut().for_each(|letter| letter.across = 12.0);
        assert_eq!(text(line.into_iter().chain(second)), "two words\nbelow\n");
    }

    #[test]
    fn what_is_drawn_twice_is_said_once() {
        let twice = letters("bold").into_iter().flat_map(|letter| {
            let again = Letter {
                along: letter.along + 0.3,
                ..letter.clone()
            };
            [letter, again]
        });
        assert_eq!(text(twice), "bold\n");
    }
}
