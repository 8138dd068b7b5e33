//! Text in pictures, read by Tesseract. It is given pixels that a worker decoded, as the simplest of all pictures, and none
//! of a stranger's bytes; what it says is a guess, and marked as one.

use std::io::{Seek, SeekFrom, Write as _};
use std::os::fd::AsFd;
use std::time::Instant;

use model::{Incomplete, IncompleteReason, Leaf, PartName, Place};
use text::report::Report;

use super::answer::Legible;
use super::job::{Job, Work};
use super::programs::{lacking_for_ocr, tessdata};
use super::supervisor::{Sandbox, reason};
use super::tool::start::{self, pipe, read_all, unreadable};
use super::tool::{Program, ToolJob};
use super::wire;
use crate::request::{Contents, MOST_GAPS, ReportPart, Request, TextPart, TextSource};

/// Bytes of text that one picture may give: four million pixels hold a tenth of it in the smallest print.
const MOST_TEXT: usize = 1 << 20;

/// Tesseract's words: any text anywhere in the picture, as pictures of strangers are no pages (`--psm 11`).
fn arguments(folder: &str, languages: &[&str]) -> Vec<String> {
    let languages = languages.join("+");
    let words = [
        "stdin",
        "stdout",
        "--tessdata-dir",
        folder,
        "-l",
        &languages,
        "--psm",
        "11",
        "-c",
        "page_separator=",
    ];
    words.map(str::to_owned).to_vec()
}

/// Looks for text in pictures, and adds what was found.
pub(super) fn look(sandbox: &Sandbox, pictures: Vec<Legible>, request: &Request, contents: &mut Contents) {
    if pictures.is_empty() {
        return;
    }
    let everywhere = Place::item().part(Leaf::Text);
    for program in lacking_for_ocr() {
        gap(
            contents,
            everywhere.clone(),
            IncompleteReason::Missing { program },
        );
    }
    let (Some(_), Some((folder, languages))) = (Program::Tesseract.find(), tessdata()) else {
        return;
    };
    let job = ToolJob {
        program: Program::Tesseract,
        arguments: arguments(folder, &languages),
        cpu: sandbox.settings().cpu,
    };
    let end = Instant::now() + sandbox.settings().tool.wall;
    for picture in pictures {
        let found = contents.pictures.get(picture.number as usize);
        let Some(name) = found.map(|found| found.name.clone()) else {
            // Our workers number what they found.
            return gap(contents, everywhere, IncompleteReason::Forbidden);
        };
        match read(sandbox, &job, picture, end) {
            Ok(text) => add(contents, name, &text, request.limits.max_text),
            Err(reason) => gap(contents, name, reason),
        }
    }
    if request.read {
        read_guesses(sandbox, request, end, contents);
    }
}

/// Reads what was guessed, each text in a worker of its own: whoever made the picture chose its words.
fn read_guesses(sandbox: &Sandbox, request: &Request, end: Instant, contents: &mut Contents) {
    let guessed = contents
        .texts
        .iter()
        .filter(|text| text.source == TextSource::Ocr);
    let reports: Vec<_> = guessed
        .map(|text| (text.name.clone(), read_guess(sandbox, &text.text, request, end)))
        .collect();
    for (name, report) in reports {
        match report {
            Ok(report) => contents.reports.push(ReportPart { name, report }),
            Err(reason) => gap(contents, name, reason),
        }
    }
}

fn read_guess(
    sandbox: &Sandbox,
    text: &str,
    request: &Request,
    end: Instant,
) -> Result<Report, IncompleteReason> {
    let mut file = tempfile::tempfile().map_err(|error| unreadable(&error))?;
    file.write_all(text.as_bytes())
        .map_err(|error| unreadable(&error))?;
    let job = Job {
        request: *request,
        work: Work::Guess {
            size: text.len() as u64,
        },
    };
    let worker = sandbox
        .send(&[file.as_fd()], &job)
        .map_err(|_| IncompleteReason::Crashed)?;
    let deadline = end.min(Instant::now() + sandbox.settings().wall);
    let answer = worker.answer(request, deadline, &mut |_| ());
    let answer = answer.unwrap_or(Err(IncompleteReason::Crashed))?;
    let read = wire::read(&answer.bytes, request).map_err(|_| IncompleteReason::Forbidden)?;
    let report = read.reports.into_iter().next().map(|part| part.report);
    report.ok_or(IncompleteReason::Forbidden)
}

fn gap(contents: &mut Contents, part: PartName, reason: IncompleteReason) {
    if contents.incomplete.len() < MOST_GAPS {
        contents.incomplete.push(Incomplete { part, reason });
    }
}

/// Runs Tesseract over one picture.
fn read(
    sandbox: &Sandbox,
    job: &ToolJob,
    mut picture: Legible,
    end: Instant,
) -> Result<String, IncompleteReason> {
    let rewound = picture.file.seek(SeekFrom::Start(0));
    rewound.map_err(|error| unreadable(&error))?;
    let deadline = end.min(Instant::now() + sandbox.settings().wall);
    let (from, to) = pipe()?;
    let nowhere = start::nowhere()?;
    let tool = start::start(sandbox, job, &picture.file, [to.as_fd(), nowhere.as_fd()])?;
    drop(to);
    let said = read_all(from.as_fd(), MOST_TEXT, deadline)?;
    match tool.end() {
        Some([0, 0]) => Ok(clean(&said)),
        Some([0, status @ 1..=127]) => Err(IncompleteReason::Unreadable {
            why: format!("Tesseract failed (exit status {status})"),
        }),
        Some(told) => Err(reason(told)),
        None => Err(IncompleteReason::Crashed),
    }
}

/// The lines in which something stands. Marks of direction are Tesseract's own, and controls are nobody's.
fn clean(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines = text.lines().map(|line| {
        let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        line.chars()
            .filter(|c| !c.is_control() && !turns(*c))
            .collect::<String>()
    });
    let lines = lines.map(|line| line.trim().to_owned());
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Adds a text, as far as there is room.
fn add(contents: &mut Contents, name: PartName, text: &str, limit: u64) {
    let used: u64 = contents.texts.iter().map(|part| part.text.len() as u64).sum();
    let room = usize::try_from(limit.saturating_sub(used)).unwrap_or(usize::MAX);
    if text.len() > room {
        gap(contents, name.clone(), IncompleteReason::Text { limit });
    }
    let text = &text[..text.floor_char_boundary(room)];
    if !text.is_empty() {
        contents.texts.push(TextPart {
            name,
            text: text.to_owned(),
            source: TextSource::Ocr,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FileKind;

    #[test]
    fn text_is_cleaned() {
        let said = "\u{200e}  The Rook\u{202c} \n\n \u{c}\nدوري\u{7}\n".as_bytes();
        assert_eq!(clean(said), "The Rook\nدوري");
        assert_eq!(clean(&[0xff, b'a']), "\u{fffd}a");
    }

    #[test]
    fn text_beyond_the_limit_is_said() {
        let mut contents = Contents::nothing(FileKind::UNKNOWN);
        for text in ["abc", "دوري", "more"] {
            add(&mut contents, PartName::picture(), text, 6);
        }
        let found: Vec<&str> = contents.texts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(found, ["abc", "د", "m"]);
        assert_eq!(contents.incomplete.len(), 2);
    }

    #[test]
    fn all_languages_are_asked_for() {
        let words = arguments("/here", &["ara", "eng"]);
        assert!(words.windows(2).any(|pair| pair == ["-l", "ara+eng"]));
    }
}
