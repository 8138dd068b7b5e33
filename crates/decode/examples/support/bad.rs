//! Runs bad files through the sandbox and watches the supervisor: what the test, the bench and whoever wants to see one
//! of them again share.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use basira_decode::sandbox::{Sandbox, Settings, ToolSettings};
use basira_decode::{Contents, FileKind, Limits, Request, decode};
use model::{HashMode, IncompleteReason, Leaf};
use testkit::bad::{BadFiles, Family, valid_archives, valid_documents, valid_pdfs};

use crate::clips;

/// Files before memory and descriptors of this process are first counted: every kind was seen by then.
const WARM: u64 = 200;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Files that were tried.
    pub(crate) files: u64,
    /// How many of a column ended how: `complete`, or the names of the reasons.
    pub(crate) endings: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// What must not be: number, how it was made, what happened.
    pub(crate) wrong: Vec<String>,
    /// The longest that one took, and which.
    pub(crate) slowest: (Duration, String),
    /// Memory of this process in kB, after the first files and at the end.
    pub(crate) memory_kb: [i64; 2],
    /// Open descriptors of this process, after the first files and at the end.
    pub(crate) descriptors: [usize; 2],
    /// Good files between the bad ones.
    pub(crate) neighbours: u64,
    /// Valid films and sounds that FFmpeg made, to be damaged; 0 where it is not installed.
    pub(crate) clips: usize,
}

impl Seen {
    /// Memory of this process that was added after the first files, in kB.
    pub(crate) const fn growth_kb(&self) -> i64 {
        self.memory_kb[1] - self.memory_kb[0]
    }

    /// How many there were of each column.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let count = |column| self.endings.values().filter_map(|row| row.get(column)).sum();
        columns().map(|column| (column, count(column))).collect()
    }

    /// A table of endings by column.
    pub(crate) fn table(&self) -> String {
        let mut text = format!("{:<40}", "ending");
        columns().for_each(|column| text += &format!("{column:>10}"));
        for (ending, row) in &self.endings {
            text += &format!("\n{ending:<40}");
            columns().for_each(|column| text += &format!("{:>10}", row.get(column).unwrap_or(&0)));
        }
        text += &format!("\n{:<40}", "all");
        self.counts()
            .iter()
            .for_each(|(_, count)| text += &format!("{count:>10}"));
        text
    }
}

/// The column of files that others test their readers with.
const SUITES: &str = "suites";

/// Every family, then the files of others.
fn columns() -> impl Iterator<Item = &'static str> {
    Family::ALL.into_iter().map(Family::name).chain([SUITES])
}

/// Small, so that a file takes no minute; a limit that is low is kept in no other way than a high one.
fn settings() -> Settings {
    Settings {
        memory: 1 << 30,
        cpu: Duration::from_secs(4),
        wall: Duration::from_secs(8),
        tool: ToolSettings {
            cpu: Duration::from_secs(4),
            wall: Duration::from_secs(8),
            ..ToolSettings::default()
        },
        ..Settings::default()
    }
}

fn request() -> Request {
    let mut request = Request::new(HashMode::Fast);
    request.limits = Limits {
        max_pictures: 100,
        max_members: 500,
        max_member: 8 << 20,
        max_unpacked: 32 << 20,
        max_text: 1 << 20,
        max_seconds: 60,
        max_film_frames: 100,
        ..Limits::default()
    };
    request
}

/// Every bad file, by number.
pub(crate) fn files() -> (BadFiles, usize) {
    let clips = clips::made();
    let count = clips.len();
    (BadFiles::with_films(clips), count)
}

/// Tries the bad files with these numbers, and after every fiftieth a good one.
///
/// `also` are files to be tried that others test their readers with.
pub(crate) fn run(
    numbers: std::ops::Range<u64>,
    also: &[PathBuf],
) -> Result<Seen, Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start(settings())?;
    let (bad, clips) = files();
    let request = request();
    let good = testkit::encode::jpeg(&testkit::photo(1, 200, 150), 85);
    let want = decode(&good, &request).contents;
    let mut seen = Seen {
        clips,
        ..Seen::default()
    };
    for bytes in valid() {
        if examine(&sandbox, &bytes, &request)? != decode(&bytes, &request).contents {
            let kind = FileKind::of(&bytes);
            seen.wrong
                .push(format!("a valid {kind} is read otherwise in the sandbox"));
        }
    }
    // The worker's time, its tools', and what a busy machine adds.
    let patience = settings().wall + settings().tool.wall + Duration::from_secs(10);
    let made = numbers.map(|number| {
        let file = bad.get(number);
        Ok::<_, std::io::Error>((format!("{number} ({})", file.how), file.family.name(), file.bytes))
    });
    let others = also.iter().map(|path| {
        let bytes = std::fs::read(path)?;
        Ok((path.display().to_string(), SUITES, bytes))
    });
    for file in made.chain(others) {
        let (name, column, bytes) = file?;
        let start = Instant::now();
        let found = examine(&sandbox, &bytes, &request)?;
        let took = start.elapsed();
        let mut complain = |what: String| seen.wrong.push(format!("{name}: {what}"));
        if took > patience {
            complain(format!("took {took:?}"));
        }
        beyond(&found, &request.limits)
            .into_iter()
            .for_each(&mut complain);
        broken(&found).into_iter().for_each(&mut complain);
        let ending = ending(&found);
        if bytes.is_empty() != (ending == "empty") {
            complain(ending.clone());
        }
        if seen.files.is_multiple_of(50) {
            seen.neighbours += 1;
            if examine(&sandbox, &good, &request)? != want {
                complain("a good file was read wrongly after it".to_owned());
            }
        }
        *seen.endings.entry(ending).or_default().entry(column).or_default() += 1;
        seen.slowest = std::mem::take(&mut seen.slowest).max((took, name));
        seen.files += 1;
        if seen.files <= WARM {
            seen.memory_kb[0] = resident_kb()?;
            seen.descriptors[0] = descriptors()?;
        }
    }
    seen.memory_kb[1] = resident_kb()?;
    seen.descriptors[1] = descriptors()?;
    Ok(seen)
}

/// Valid files of every kind that needs no tool.
fn valid() -> Vec<Vec<u8>> {
    let picture = testkit::encode::png(&testkit::photo(2, 40, 30));
    let pictures = testkit::special::valid_files();
    [
        pictures,
        valid_archives(&picture),
        valid_documents(&picture),
        valid_pdfs(),
    ]
    .concat()
}

fn examine(
    sandbox: &Sandbox,
    bytes: &[u8],
    request: &Request,
) -> Result<Contents, Box<dyn std::error::Error>> {
    let mut item: File = tempfile::tempfile()?;
    item.write_all(bytes)?;
    item.seek(SeekFrom::Start(0))?;
    Ok(sandbox.begin(&item, bytes.len() as u64, request)?.finish())
}

/// What is more than the limits allow.
fn beyond(found: &Contents, limits: &Limits) -> Vec<String> {
    let unpacked: u64 = found.members.iter().map(|member| member.bytes).sum();
    let text: usize = found.texts.iter().map(|text| text.text.len()).sum();
    let parts = found.pictures.iter().map(|picture| &picture.name);
    let parts = parts.chain(found.members.iter().map(|member| &member.name));
    let depth = parts.map(|part| part.split().0.depth()).max().unwrap_or(0);
    let pixels = found
        .pictures
        .iter()
        .map(|part| u64::from(part.width) * u64::from(part.height));
    let frames = found.films.iter().map(|film| film.tracks.whole.frames.len());
    let counted = [
        (
            "pictures",
            found.pictures.len() as u64,
            limits.max_pictures.into(),
        ),
        ("members", found.members.len() as u64, limits.max_members.into()),
        ("bytes unpacked", unpacked, limits.max_unpacked),
        ("bytes of text", text as u64, limits.max_text),
        ("members deep", depth as u64, limits.max_depth.into()),
        ("pixels", pixels.max().unwrap_or(0), limits.max_pixels),
        (
            "frames",
            frames.max().unwrap_or(0) as u64,
            limits.max_film_frames.into(),
        ),
    ];
    let beyond = counted.iter().filter(|(_, found, limit)| found > limit);
    beyond
        .map(|(what, found, limit)| format!("{found} {what}, over {limit}"))
        .collect()
}

/// What no file may do to our parsers. A tool that is not ours may crash in its box.
fn broken(found: &Contents) -> Vec<String> {
    let of_tool = |part: &model::PartName| {
        matches!(found.kind, FileKind::Media(_)) || matches!(part.split().1, Leaf::Film | Leaf::Sound)
    };
    let is_broken = |gap: &&model::Incomplete| match gap.reason {
        IncompleteReason::Crashed => !of_tool(&gap.part),
        IncompleteReason::Forbidden => true,
        _ => false,
    };
    let broken = found.incomplete.iter().filter(is_broken);
    broken
        .map(|gap| format!("{}: {}", gap.part, gap.reason))
        .collect()
}

/// `complete`, or the names of all reasons.
fn ending(contents: &Contents) -> String {
    let name = |reason: &IncompleteReason| match reason {
        IncompleteReason::Malformed { .. } => "malformed".to_owned(),
        IncompleteReason::Unsupported { .. } => "unsupported".to_owned(),
        reason => reason
            .to_string()
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    let names: BTreeSet<String> = contents.incomplete.iter().map(|gap| name(&gap.reason)).collect();
    let names: Vec<String> = names.into_iter().collect();
    match names.is_empty() {
        true => "complete".to_owned(),
        false => names.join(", "),
    }
}

/// Memory of this process, in kB.
fn resident_kb() -> Result<i64, Box<dyn std::error::Error>> {
    // Exact, unlike the numbers in `status`, which are counted in pieces.
    let memory = std::fs::read_to_string("/proc/self/smaps_rollup")?;
    let line = memory.lines().find_map(|line| line.strip_prefix("Rss:"));
    Ok(line
        .ok_or("no resident memory")?
        .trim()
        .trim_end_matches(" kB")
        .parse()?)
}

fn descriptors() -> Result<usize, Box<dyn std::error::Error>> {
    Ok(std::fs::read_dir("/proc/self/fd")?.count())
}
