//! Title, authors, publisher, date and source of a page, from what its head says and from its first and last lines.

use std::ops::Range;

use super::date::{Date, dates};
use super::html::Line;
use super::labels::{FRAME, INSTITUTIONS, LABELS, MADE, NO_NAME, NOISE, Role, TAKEN_FROM};
use crate::find::{Kind, find};
use crate::keys::folded_word;

/// Words from which a line is running text.
const LONG: usize = 25;
/// Lines that are looked at before and after the running text.
const FRONT: usize = 40;
const BACK: usize = 30;
/// Bytes of a line that are looked at for what it says of the page.
const HEAD: usize = 600;

/// What was read; spans are of the clean text.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pub(super) title: Option<Range<usize>>,
    pub(super) authors: Vec<Range<usize>>,
    pub(super) translators: Vec<Range<usize>>,
    pub(super) interviewed: Vec<Range<usize>>,
    pub(super) publisher: Option<Range<usize>>,
    pub(super) date: Option<Date>,
    /// Dates of the first and last lines.
    pub(super) dates: Vec<Date>,
    pub(super) source: Option<Range<usize>>,
    /// The running text.
    pub(super) body: Vec<Range<usize>>,
}

/// A line with words in it.
#[derive(Clone, Debug)]
pub(super) struct TextLine {
    pub(super) span: Range<usize>,
    pub(super) kind: Line,
    pub(super) main: bool,
}

/// Reads the lines of a clean text.
pub(super) fn read(text: &str, lines: &[TextLine]) -> Structure {
    let long = |line: &TextLine| line.kind == Line::Text && count(&text[line.span.clone()]) >= LONG;
    let first = lines.iter().position(long).unwrap_or(lines.len());
    let last = lines.iter().rposition(long).map_or(lines.len(), |last| last + 1);
    let mut reader = Reader {
        text,
        lines,
        roles: vec![false; lines.len()],
        found: Structure::default(),
        rights: None,
        from: None,
        institution: None,
    };
    let front = 0..first.min(FRONT);
    let back = last.max(front.end)..lines.len().min(last.max(front.end) + BACK);
    for at in front.clone().chain(back.clone()) {
        reader.labelled(at);
    }
    reader.title(front.clone());
    reader.dated(front.clone(), back.clone(), first);
    reader.named(front.clone());
    reader.interview();
    let found = &mut reader.found;
    found.publisher = found
        .publisher
        .take()
        .or(reader.institution.take())
        .or(reader.from.take())
        .or(reader.rights.take());
    reader.body(last);
    reader.found
}

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) lines: &'a [TextLine],
    /// Lines that say something of the page and are not its text.
    pub(super) roles: Vec<bool>,
    pub(super) found: Structure,
    rights: Option<Range<usize>>,
    from: Option<Range<usize>>,
    institution: Option<Range<usize>>,
}

fn count(line: &str) -> usize {
    line.split_whitespace().take(LONG).count()
}

/// Words of a line, with where they stand.
pub(super) fn words(line: &str) -> Vec<(Range<usize>, String)> {
    let line = &line[..floor(line, HEAD)];
    let mut found = Vec::new();
    let mut start = None;
    let mark = |c: char| matches!(c, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}');
    for (at, letter) in line.char_indices().chain([(line.len(), ' ')]) {
        match (
            letter.is_alphanumeric() || (mark(letter) && start.is_some()),
            start,
        ) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from..at, folded_word(&line[from..at])));
                start = None;
            }
            _ => {}
        }
    }
    found
}

pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// Where a phrase ends, if the words from `at` on are it.
fn phrase(words: &[(Range<usize>, String)], at: usize, phrase: &str) -> Option<usize> {
    let mut end = None;
    for (number, part) in phrase.split(' ').enumerate() {
        let (span, word) = words.get(at + number)?;
        if word != part {
            return None;
        }
        end = Some(span.end);
    }
    end
}

impl<'a> Reader<'a> {
    pub(super) fn line(&self, at: usize) -> &'a str {
        &self.text[self.lines[at].span.clone()]
    }

    /// Part of a line as a span of the text, without what surrounds a value.
    pub(super) fn value(&self, at: usize, part: Range<usize>) -> Option<Range<usize>> {
        let line = self.line(at);
        let around = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ':' | '：'
                        | '-'
                        | '–'
                        | '—'
                        | 'ـ'
                        | '*'
                        | '|'
                        | '،'
                        | ','
                        | '.'
                        | '؛'
                        | ';'
                        | '©'
                        | '/'
                        | '•'
                )
        };
        let written = &line[part.clone()];
        let start = part.start + (written.len() - written.trim_start_matches(around).len());
        let end = part.start + written.trim_end_matches(around).len();
        let base = self.lines[at].span.start;
        (start < end).then(|| base + start..base + end)
    }

    fn labelled(&mut self, at: usize) {
        let line = self.line(at);
        let line = &line[..floor(line, HEAD)];
        let words = words(line);
        // The longest label counts.
        let label = LABELS.iter().filter_map(|(label, role, colon)| {
            let end = phrase(&words, 0, label)?;
            let rest = line[end..].trim_start();
            let told = rest.starts_with([':', '：', '-', '–', 'ـ', '|', '/']) || rest.is_empty();
            (told || (!colon && words.len() <= 12)).then_some((*role, end))
        });
        let Some((role, end)) = label.max_by_key(|(_, end)| *end) else {
            self.rights_sign(at);
            for number in 0..words.len() {
                if let Some(end) = TAKEN_FROM.iter().find_map(|from| phrase(&words, number, from)) {
                    let value = end..end + cut(&line[end..], &['،', ',', '.', '|']);
                    self.from = self.from.take().or_else(|| self.value(at, value));
                    self.roles[at] = words.len() < LONG;
                    return;
                }
            }
            let short = words.len() <= 12 && words.len() > 1;
            let known = words
                .first()
                .is_some_and(|(_, word)| INSTITUTIONS.contains(&word.as_str()));
            if short && known && self.institution.is_none() && !line.trim_end().ends_with(['.', '؟', '?']) {
                self.institution = self.value(at, 0..line.len());
                self.roles[at] = true;
            }
            return;
        };
        self.roles[at] = true;
        let rest = &line[end..];
        match role {
            Role::Author | Role::Translator => {
                let value = end..end
                    + cut(rest, &['،', ',', '|', '؛', '(', '\t']).min(rest.find(" - ").unwrap_or(rest.len()));
                // A name is not a sentence.
                let Some(value) = self
                    .value(at, value)
                    .filter(|value| count(&self.text[value.clone()]) <= 8)
                else {
                    self.roles[at] = false;
                    return;
                };
                let list = if role == Role::Author {
                    &mut self.found.authors
                } else {
                    &mut self.found.translators
                };
                let same = list.iter().any(|known| {
                    folded_word(&self.text[known.clone()]) == folded_word(&self.text[value.clone()])
                });
                if !same {
                    list.push(value);
                }
            }
            Role::Publisher | Role::From => {
                let value = end..end + cut(rest, &['،', ',', '|']);
                let value = self.value(at, value);
                let place = if role == Role::Publisher {
                    &mut self.found.publisher
                } else {
                    &mut self.from
                };
                *place = place.take().or(value);
                if role == Role::From {
                    self.source_after(at);
                }
            }
            Role::Rights => self.rights(at, end),
            Role::Source => self.source_after(at),
            Role::Date => {
                let found = dates(rest);
                if let Some(mut date) = found.into_iter().max_by_key(Date::exactness)
                    && self.found.date.is_none()
                {
                    let base = self.lines[at].span.start + end;
                    date.span = base + date.span.start..base + date.span.end;
                    self.found.date = Some(date);
                }
            }
        }
    }

    fn rights_sign(&mut self, at: usize) {
        if let Some(place) = self.line(at).find('©').filter(|place| *place < HEAD) {
            self.rights(at, place + '©'.len_utf8());
            self.roles[at] = true;
        }
    }

    fn rights(&mut self, at: usize, end: usize) {
        let line = self.line(at);
        let skip = line[end..]
            .find(|c: char| c.is_alphabetic())
            .unwrap_or(line.len() - end);
        let start = end + skip;
        // محفوظة للمركز: kept for the centre.
        let for_it = line[start..].strip_prefix('ل').map_or(0, |rest| {
            if rest.starts_with('ل') {
                0
            } else {
                'ل'.len_utf8()
            }
        });
        let value = start + for_it..start + cut(&line[start..], &['،', ',', '|', '.', '©']);
        if value.start < value.end {
            self.rights = self.rights.take().or_else(|| self.value(at, value));
        }
    }

    /// The first address in this line or the two after.
    fn source_after(&mut self, at: usize) {
        for next in at..self.lines.len().min(at + 3) {
            let line = self.line(next);
            let line = &line[..floor(line, HEAD)];
            let link = find(line).into_iter().find(|found| {
                matches!(found.kind, Kind::Url | Kind::Host | Kind::Handle)
                    && found.span.len() > 4
                    && line[found.span.clone()].contains('.')
            });
            if let Some(link) = link {
                let base = self.lines[next].span.start;
                if self.found.source.is_none() {
                    self.found.source = Some(base + link.span.start..base + link.span.end);
                }
                self.roles[next] = link.span.len() * 2 > line.trim().len() || self.roles[next];
                return;
            }
        }
    }

    fn noise(&self, at: usize) -> bool {
        let line = self.line(at);
        let words = words(line);
        let letters = words.iter().all(|(_, word)| word.is_ascii() && word.len() <= 2);
        let begins = |list: &[&str]| list.iter().any(|known| phrase(&words, 0, known).is_some());
        letters || (words.len() <= 8 && (begins(NOISE) || begins(FRAME)))
    }

    fn date_line(&self, at: usize) -> bool {
        let line = self.line(at);
        let found = dates(&line[..floor(line, HEAD)]);
        let words = count(line);
        words <= 12
            && found.iter().any(|date| {
                (date.exactness() > 0 || date.iso.is_none()) && count(&date.words).max(1) * 3 >= words
            })
    }

    fn title(&mut self, front: Range<usize>) {
        let heading = self.lines.iter().position(|line| line.kind == Line::Heading);
        if let Some(at) = heading {
            self.roles[at] = true;
            self.found.title = self.value(at, 0..self.line(at).len());
            return;
        }
        for at in front {
            let line = self.line(at).trim();
            let words = count(line);
            if self.roles[at] || self.lines[at].kind != Line::Text || self.noise(at) || self.date_line(at) {
                continue;
            }
            if (3..LONG).contains(&words) && !line.ends_with(['.', ':']) {
                let base = self.lines[at].span.clone();
                let lead = self.text[base.clone()].len() - self.text[base.clone()].trim_start().len();
                self.found.title = Some(base.start + lead..base.start + lead + line.len());
                self.roles[at] = true;
                // Pages say it twice.
                let again = at + 1;
                if again < self.lines.len() && self.line(again).trim() == line {
                    self.roles[again] = true;
                }
                return;
            }
        }
    }

    fn dated(&mut self, front: Range<usize>, back: Range<usize>, first: usize) {
        let mut all = Vec::new();
        for at in front
            .clone()
            .chain([first])
            .chain(back.clone())
            .filter(|at| *at < self.lines.len())
        {
            let line = self.line(at);
            let base = self.lines[at].span.start;
            let line_date = self.date_line(at);
            for mut date in dates(&line[..floor(line, 4 * HEAD)]) {
                let before = &line[floor(line, date.span.start.saturating_sub(120))..date.span.start];
                let made = at == first
                    && words(before)
                        .iter()
                        .any(|(_, word)| MADE.contains(&word.as_str()));
                date.span = base + date.span.start..base + date.span.end;
                let dateline = line_date && at != first;
                if dateline {
                    self.roles[at] = true;
                }
                all.push((dateline, made && date.iso.is_some(), date));
            }
        }
        let best = |wanted: fn(&(bool, bool, Date)) -> bool| {
            let mut best: Option<&Date> = None;
            for candidate in all.iter().filter(|candidate| wanted(candidate)) {
                // Of two that are as exact, the first.
                if best.is_none_or(|best| candidate.2.exactness() > best.exactness()) {
                    best = Some(&candidate.2);
                }
            }
            best.cloned()
        };
        let date = self
            .found
            .date
            .take()
            .or_else(|| best(|(line, ..)| *line))
            .or_else(|| best(|(_, made, _)| *made));
        self.found.date = date;
        self.found.dates = all.into_iter().map(|(.., date)| date).collect();
    }

    /// A line that is only a name, near the line of the date.
    fn named(&mut self, front: Range<usize>) {
        let Some(title) = self.found.title.clone() else {
            return;
        };
        if !self.found.authors.is_empty() {
            return;
        }
        let near: Vec<usize> = front.clone().filter(|at| self.date_line(*at)).collect();
        for at in front {
            let line = self.line(at).trim();
            let words = words(line);
            let apart = self.lines[at].span.start > title.start && !self.roles[at] && !self.noise(at);
            let dated = near.iter().any(|date| date.abs_diff(at) <= 4);
            let name = (2..=4).contains(&words.len())
                && line.chars().all(|c| {
                    c.is_alphabetic() || c.is_whitespace() || matches!(c, '.' | '-' | '\u{64b}'..='\u{652}')
                })
                && words.iter().all(|(_, word)| !NO_NAME.contains(&word.as_str()));
            let twice = at > 0 && self.line(at - 1).trim() == line
                || at + 1 < self.lines.len() && self.line(at + 1).trim() == line;
            if apart && dated && name && !twice {
                let value = self.value(at, 0..self.line(at).len());
                self.found.authors.extend(value);
                self.roles[at] = true;
                return;
            }
        }
    }

    fn body(&mut self, last: usize) {
        let weight = |kept: &dyn Fn(&TextLine) -> bool| {
            self.lines
                .iter()
                .filter(|line| kept(line))
                .map(|line| line.span.len())
                .sum::<usize>()
        };
        let all = weight(&|_| true);
        let main = weight(&|line| line.main && line.kind == Line::Text) * 4 > all;
        // A page that is a form, or whose menu is never closed, has its text in there.
        let framed = weight(&|line| line.kind == Line::Text) * 5 < all;
        for at in 0..self.lines.len() {
            let line = &self.lines[at];
            let kind =
                line.kind == Line::Text || line.kind == Line::Heading || (framed && line.kind == Line::Frame);
            if self.roles[at] || !kind || (main && !line.main) {
                continue;
            }
            let short = line.span.len() < 400;
            if at >= last && short && (self.noise(at) || self.frame(at)) {
                break;
            }
            // Words below a picture stand twice: they are read aloud too.
            let same = |other: usize| {
                let other = self
                    .lines
                    .get(other)
                    .map(|line| self.text[line.span.clone()].trim());
                line.span.len() < 160 && other == Some(self.line(at).trim())
            };
            if short && (self.noise(at) || same(at + 1) || (at > 0 && same(at - 1))) {
                continue;
            }
            match self.found.body.last_mut() {
                Some(before) if self.text[before.end..line.span.start].trim().is_empty() => {
                    before.end = line.span.end
                }
                _ => self.found.body.push(line.span.clone()),
            }
        }
    }

    fn frame(&self, at: usize) -> bool {
        let words = words(self.line(at));
        FRAME.iter().any(|known| phrase(&words, 0, known).is_some())
    }
}

/// Bytes before the first of some signs.
fn cut(text: &str, signs: &[char]) -> usize {
    text.trim_start_matches([':', ' ', '-'])
        .find(signs)
        .map_or(text.len(), |at| {
            at + text.len() - text.trim_start_matches([':', ' ', '-']).len()
        })
}
