//! Interviews: `Name: …` by turns. Who asks is who wrote it down.

use std::ops::Range;

use super::labels::NO_NAME;
use super::structure::{Reader, floor, words};

/// Lines that are looked at for turns.
const TURNS: usize = 2000;
/// Speakers that are told apart.
const SPEAKERS: usize = 64;

struct Speaker {
    name: Range<usize>,
    /// The last word of the name, by which it is shortened.
    last: String,
    turns: usize,
    asks: usize,
}

impl Reader<'_> {
    /// Who asks is an author, who answers is interviewed.
    pub(super) fn interview(&mut self) {
        let mut speakers: Vec<Speaker> = Vec::new();
        for at in 0..self.lines.len().min(TURNS) {
            let Some(turn) = self.turn(at) else { continue };
            match speakers.iter().position(|speaker| speaker.last == turn.last) {
                Some(known) => {
                    let speaker = &mut speakers[known];
                    speaker.turns += 1;
                    speaker.asks += turn.asks;
                    if turn.name.len() > speaker.name.len() {
                        speaker.name = turn.name;
                    }
                }
                None if speakers.len() < SPEAKERS => speakers.push(turn),
                None => {}
            }
        }
        speakers.retain(|speaker| speaker.turns > 1);
        let (asking, answering): (Vec<_>, Vec<_>) = speakers
            .into_iter()
            .partition(|speaker| speaker.asks * 2 > speaker.turns);
        if asking.is_empty() || answering.is_empty() {
            return;
        }
        if self.found.authors.is_empty() {
            self.found
                .authors
                .extend(asking.into_iter().map(|speaker| speaker.name));
        }
        self.found
            .interviewed
            .extend(answering.into_iter().map(|speaker| speaker.name));
    }

    fn turn(&self, at: usize) -> Option<Speaker> {
        let line = self.line(at);
        let colon = line[..floor(line, 120)].find(':').filter(|_| !self.roles[at])?;
        let names = words(&line[..colon]);
        let plain = line[..colon].chars().all(|c| {
            c.is_alphabetic() || c.is_whitespace() || matches!(c, '-' | '.' | '\u{64b}'..='\u{652}')
        });
        let name =
            (1..=4).contains(&names.len()) && names.iter().all(|(_, word)| !NO_NAME.contains(&word.as_str()));
        if !plain || !name || line[colon..].len() < 8 {
            return None;
        }
        let (_, last) = names.last()?;
        Some(Speaker {
            name: self.value(at, 0..colon)?,
            last: last.clone(),
            turns: 1,
            asks: usize::from(line.trim_end().ends_with(['؟', '?'])),
        })
    }
}
