//! Film and sound of an item: told by a probe, decoded by a tool, hashed by a worker. Nothing here reads a byte of media.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

use model::{Incomplete, IncompleteReason, Leaf, Place};

use super::answer::Media;
use super::ffmpeg::{self, Pick, Probe};
use super::job::{Job, Work};
use super::supervisor::{Sandbox, Worker, reason};
use super::tool::start::{self, pipe, read_all, unreadable};
use super::tool::{Program, ToolJob};
use super::wire;
use crate::refusal::malformed;
use crate::request::{Contents, Frames, Request};
use crate::step::{Step, Watch};

/// Bytes of a probe's answer: some hundred for each track.
const MOST_PROBE: usize = 64 << 10;
/// Seconds by which a track may end before it says.
const SHORT: f64 = 3.0;
/// Milliseconds between two keyframes, at most, where these stand for a frame a second.
const MOST_APART: u32 = 1_250;

/// Looks into one film or recording until a deadline, and adds what was found.
pub(super) fn look(
    sandbox: &Sandbox,
    item: &File,
    media: &Media,
    request: &Request,
    deadline: Instant,
    contents: &mut Contents,
    watch: &mut Watch<'_>,
) {
    let mut pass = Pass {
        sandbox,
        request,
        kind: media.kind,
        place: &media.place,
        deadline,
        contents,
        watch,
        seconds: None,
    };
    let outcome = match &media.file {
        Some(file) => pass.look(file),
        None => reopenable(item)
            .map_err(|error| unreadable(&error))
            .and_then(|copy| pass.look(copy.as_ref().unwrap_or(item))),
    };
    if let Err(reason) = outcome {
        pass.gap(Leaf::File, reason);
    }
}

/// A tool opens its item once more, by a name that stands for the descriptor, as nobody in particular. Where the item's
/// permissions would not let it, it gets a copy without a name.
fn reopenable(item: &File) -> io::Result<Option<File>> {
    let metadata = item.metadata()?;
    let own = metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o400 != 0;
    if metadata.is_file() && (own || metadata.mode() & 0o004 != 0) {
        return Ok(None);
    }
    let mut from = item.try_clone()?;
    from.seek(SeekFrom::Start(0))?;
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut from, &mut copy)?;
    Ok(Some(copy))
}

/// One item of film or sound.
struct Pass<'a> {
    sandbox: &'a Sandbox,
    request: &'a Request,
    kind: &'static str,
    place: &'a Place,
    deadline: Instant,
    contents: &'a mut Contents,
    watch: &'a mut Watch<'a>,
    /// Seconds of it that are looked at, where it says.
    seconds: Option<u32>,
}

impl Pass<'_> {
    fn gap(&mut self, leaf: Leaf, reason: IncompleteReason) {
        self.contents.incomplete.push(Incomplete {
            part: self.place.part(leaf),
            reason,
        });
    }

    fn look(&mut self, item: &File) -> Result<(), IncompleteReason> {
        if Instant::now() >= self.deadline {
            return Err(IncompleteReason::Time);
        }
        for program in [Program::Ffprobe, Program::Ffmpeg] {
            if program.find().is_none() {
                return Err(IncompleteReason::Missing {
                    program: "ffmpeg".to_owned(),
                });
            }
        }
        let probe = self.probe(item)?;
        if probe.film.is_none() && !probe.sound {
            return Err(malformed("FFmpeg finds neither film nor sound in it"));
        }
        let limit = self.request.limits.max_seconds;
        if probe.seconds.is_some_and(|seconds| seconds > f64::from(limit)) {
            self.gap(Leaf::File, IncompleteReason::Duration { limit });
        }
        self.seconds = probe.seconds.map(|seconds| (seconds as u32).min(limit));
        if let Some(seconds) = probe.film
            && let Err(reason) = self.film(item, seconds)
        {
            self.gap(Leaf::Film, reason);
        }
        if probe.sound
            && let Err(reason) = self.sound(item)
        {
            self.gap(Leaf::Sound, reason);
        }
        Ok(())
    }

    fn start(
        &self,
        program: Program,
        arguments: Option<Vec<String>>,
        item: &File,
        pipes: [BorrowedFd<'_>; 2],
    ) -> Result<Worker, IncompleteReason> {
        let unknown = || IncompleteReason::Unsupported {
            kind: self.kind.to_owned(),
        };
        let job = ToolJob {
            program,
            arguments: arguments.ok_or_else(unknown)?,
            cpu: self.sandbox.settings().tool.cpu,
        };
        start::start(self.sandbox, &job, item, pipes)
    }

    fn probe(&self, item: &File) -> Result<Probe, IncompleteReason> {
        let (from, to) = pipe()?;
        let nowhere = start::nowhere()?;
        let arguments = ffmpeg::probe(self.kind, self.request.limits.max_pixels);
        let tool = self.start(Program::Ffprobe, arguments, item, [to.as_fd(), nowhere.as_fd()])?;
        drop(to);
        let answer = read_all(from.as_fd(), MOST_PROBE, self.deadline)?;
        match tool.end() {
            Some([0, 0]) => Ok(ffmpeg::read_probe(&String::from_utf8_lossy(&answer))),
            // What FFmpeg refuses it refuses by an exit status.
            Some([0, 1]) => Err(malformed("FFmpeg cannot open it")),
            Some(told) => Err(reason(told)),
            None => Err(IncompleteReason::Crashed),
        }
    }

    /// Decodes and hashes the frames. `seconds` is what the track says of its length.
    fn film(&mut self, item: &File, seconds: Option<f64>) -> Result<(), IncompleteReason> {
        let found = match self.request.frames {
            Frames::Distinct => self.frames(item, Pick::All)?,
            Frames::OneASecond => match self.frames(item, Pick::Keyframes) {
                Ok(keyframes) if seconds.is_some_and(|end| lie_close(&keyframes, end)) => keyframes,
                // There is no time for more.
                Ok(keyframes) if Instant::now() >= self.deadline => keyframes,
                _ => self.frames(item, Pick::EverySecond)?,
            },
        };
        let mut told = 0.0;
        for mut film in found.films {
            told = f64::from(film.tracks.whole.duration) / 1000.0;
            if film.tracks.whole.seen == 0 {
                return Err(malformed("FFmpeg decodes no frame of it"));
            }
            film.name = self.place.part(Leaf::Film);
            self.contents.films.push(film);
        }
        for gap in found.incomplete {
            self.gap(Leaf::Film, gap.reason);
        }
        // A film that ends before it says was cut, or is not what it says.
        let limit = f64::from(self.request.limits.max_seconds);
        if seconds.is_some_and(|seconds| seconds.min(limit) > told + SHORT) {
            self.gap(Leaf::Film, IncompleteReason::Truncated);
        }
        Ok(())
    }

    fn frames(&mut self, item: &File, pick: Pick) -> Result<Contents, IncompleteReason> {
        let limits = &self.request.limits;
        let arguments = ffmpeg::frames(self.kind, limits.max_pixels, limits.max_seconds, pick);
        self.pass(arguments, item, Work::Frames)
    }

    /// Decodes the sound and listens to it.
    fn sound(&mut self, item: &File) -> Result<(), IncompleteReason> {
        let limits = &self.request.limits;
        let arguments = ffmpeg::samples(self.kind, limits.max_pixels, limits.max_seconds);
        let found = self.pass(arguments, item, Work::Samples)?;
        for mut sound in found.sounds {
            sound.name = self.place.part(Leaf::Sound);
            self.contents.sounds.push(sound);
        }
        for gap in found.incomplete {
            self.gap(Leaf::Sound, gap.reason);
        }
        Ok(())
    }

    /// Runs FFmpeg into a worker. What came before a deadline is kept.
    fn pass(
        &mut self,
        arguments: Option<Vec<String>>,
        item: &File,
        work: Work,
    ) -> Result<Contents, IncompleteReason> {
        let weak = |error| IncompleteReason::Unreadable {
            why: format!("frames cannot be hashed: {error}"),
        };
        let ((frames, frames_to), (times, times_to)) = (pipe()?, pipe()?);
        let job = Job {
            request: *self.request,
            work,
        };
        let patient = self.sandbox.patient().map_err(weak)?;
        let worker = patient
            .send(&[frames.as_fd(), times.as_fd()], &job)
            .map_err(weak)?;
        drop((frames, times));
        let tool = self.start(
            Program::Ffmpeg,
            arguments,
            item,
            [frames_to.as_fd(), times_to.as_fd()],
        )?;
        drop((frames_to, times_to));
        let deadline = self.deadline;
        let mut late = false;
        let of = self.seconds;
        let watch = &mut *self.watch;
        let mut step = |at| watch(Step::Seconds { at, of });
        let mut answer = worker.answer(self.request, deadline, &mut step);
        if matches!(answer, Some(Err(IncompleteReason::Time))) {
            late = true;
            // With its end the pipes end, and the worker says what it has.
            tool.kill();
            answer = worker.answer(self.request, deadline + super::supervisor::PATIENCE, &mut step);
        }
        let answer = answer.unwrap_or(Err(IncompleteReason::Crashed))?;
        let mut contents =
            wire::read(&answer.bytes, self.request).map_err(|_| IncompleteReason::Forbidden)?;
        let full = !contents.incomplete.is_empty();
        let mut gap = |reason| {
            contents.incomplete.push(Incomplete {
                part: Place::item().part(Leaf::File),
                reason,
            });
        };
        if late {
            gap(IncompleteReason::Time);
            return Ok(contents);
        }
        match tool.end() {
            Some([0, 0]) => {}
            // Where the worker has had enough, it closed the pipes, which FFmpeg takes for an error.
            Some([0, _]) if full => {}
            Some([0, 1..=127 | 255]) => gap(malformed("FFmpeg cannot decode all of it")),
            Some(told) => gap(reason(told)),
            None => gap(IncompleteReason::Crashed),
        }
        Ok(contents)
    }
}

/// Whether the frames of a film of so many seconds lie as close as one a second does: then nothing that a frame a second
/// shows is lost without the others. What was cut short, by a limit or an error, tells nothing.
fn lie_close(found: &Contents, end: f64) -> bool {
    let [film] = &found.films[..] else { return false };
    let mut times: Vec<u32> = film.tracks.whole.frames.iter().map(|frame| frame.time).collect();
    times.push((1000.0 * end) as u32);
    found.incomplete.is_empty()
        && times
            .windows(2)
            .all(|pair| pair[1].saturating_sub(pair[0]) <= MOST_APART)
}
