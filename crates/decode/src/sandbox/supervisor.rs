//! The program's side: takes workers, gives them items, waits no longer than it must, believes nothing.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use model::{Incomplete, IncompleteReason, PartName};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair};
use rustix::process::{Signal, pidfd_send_signal};
use serde::Serialize;

use super::answer::{self, Answer, Legible, Media, NoAnswer};
use super::job::{Job, Work};
use super::posture::Posture;
use super::{
    ALLOCATOR, Profile, SERVER_ARGUMENT, SandboxError, Settings, channel, media, sys, tesseract, wire,
};
use crate::FileKind;
use crate::request::{Contents, Request};
use crate::step::{Step, Watch};

/// How long to wait for word from the server that a worker ended: it is told at once.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Where items are decoded, each in a process of its own. Can be used by many threads at once.
#[derive(Debug)]
pub struct Sandbox {
    program: PathBuf,
    settings: Settings,
    posture: Posture,
    server: Mutex<Server>,
    profile: Profile,
    /// See [`Self::tools`].
    tools: OnceLock<Box<Sandbox>>,
    /// See [`Self::patient`].
    patient: OnceLock<Box<Sandbox>>,
}

/// The fork server, which dies with this value.
#[derive(Debug)]
struct Server {
    child: Child,
    control: OwnedFd,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to save; its workers die with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A worker that is ready.
#[derive(Debug)]
pub(super) struct Worker {
    channel: OwnedFd,
    status: OwnedFd,
    pidfd: OwnedFd,
}

impl Worker {
    /// Waits for its answer, and where there is none says why; `None` where the server did not live to say how it ended.
    pub(super) fn answer(
        &self,
        request: &Request,
        deadline: Instant,
        step: &mut dyn FnMut(u32),
    ) -> Option<Result<Answer, IncompleteReason>> {
        let mut fill = |buffer: &mut [u8]| fill(self.channel.as_fd(), buffer, deadline);
        let reason = match answer::read(&mut fill, request, step) {
            Ok(answer) => return Some(Ok(answer)),
            Err(NoAnswer::Late) => IncompleteReason::Time,
            Err(NoAnswer::Lie) => IncompleteReason::Forbidden,
            Err(NoAnswer::NoRoom) => IncompleteReason::Unreadable {
                why: "no room on the disk for what is in it".to_owned(),
            },
            // It closed its channel and goes on.
            Err(NoAnswer::Ended) if !readable(self.pidfd.as_fd(), deadline) => IncompleteReason::Time,
            Err(NoAnswer::Ended) => reason(self.end()?),
        };
        Some(Err(reason))
    }

    /// Ends it.
    pub(super) fn kill(&self) {
        // It may be gone already.
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
    }

    /// How it ended; it is gone, or about to go.
    pub(super) fn end(&self) -> Option<[u8; 2]> {
        let mut message = [0; 2];
        let told = readable(self.status.as_fd(), Instant::now() + PATIENCE)
            && rustix::io::read(&self.status, &mut message) == Ok(2);
        told.then_some(message)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it said, it is not left running.
        self.kill();
    }
}

impl Sandbox {
    /// Starts the fork server from the running program, whose `main` must begin with
    /// [`serve_if_asked`](super::serve_if_asked).
    ///
    /// # Errors
    /// [`SandboxError::Weak`] when the host gives less than `settings.required`.
    pub fn start(settings: Settings) -> Result<Self, SandboxError> {
        // The running program itself, also when its file was replaced meanwhile.
        Self::start_program(Path::new("/proc/self/exe"), settings)
    }

    /// [`Self::start`] from another program.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_program(program: &Path, settings: Settings) -> Result<Self, SandboxError> {
        Self::start_as(program, settings, Profile::Inner)
    }

    fn start_as(program: &Path, settings: Settings, profile: Profile) -> Result<Self, SandboxError> {
        let (server, posture) = start_server(program, &settings, profile)?;
        Ok(Self {
            program: program.to_owned(),
            settings,
            posture,
            server: Mutex::new(server),
            profile,
            tools: OnceLock::new(),
            patient: OnceLock::new(),
        })
    }

    /// What protects the workers.
    pub const fn posture(&self) -> Posture {
        self.posture
    }

    /// Gives an item of `size` bytes, from the beginning of `file`, to a worker, and does not wait for the answer.
    ///
    /// # Errors
    /// [`SandboxError`] when no worker can be had.
    pub fn begin<'a>(
        &'a self,
        file: &'a File,
        size: u64,
        request: &Request,
    ) -> Result<Pending<'a>, SandboxError> {
        let job = Job {
            request: *request,
            work: Work::Item { size },
        };
        Ok(Pending {
            worker: self.send(&[file.as_fd()], &job)?,
            sandbox: self,
            file,
            job,
            deadline: Instant::now() + self.settings.wall,
        })
    }

    /// Gives a job with its descriptors to a child of the server.
    pub(super) fn send(
        &self,
        descriptors: &[BorrowedFd<'_>],
        job: &impl Serialize,
    ) -> Result<Worker, SandboxError> {
        // Workers that were ready are gone with a server that was ended, and some of them have to be passed over.
        for _ in 0..=self.settings.ready {
            let worker = self.take()?;
            match channel::send_job(worker.channel.as_fd(), job, descriptors) {
                Ok(()) => return Ok(worker),
                Err(error) if is_gone(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(io::Error::from(io::ErrorKind::BrokenPipe).into())
    }

    /// Where programs of the host run: the children of its server become one, each with the item, output and errors as
    /// descriptors.
    pub(super) fn tools(&self) -> Result<&Self, SandboxError> {
        let tools = self.beside(&self.tools, Profile::Tool, self.settings)?;
        // A decoder of ours may open nothing, by seccomp alone. A program has to open its libraries.
        match tools.posture.landlock.is_some() || tools.posture.mount {
            true => Ok(tools),
            false => Err(SandboxError::Open),
        }
    }

    /// A sandbox whose workers may take as long as a tool.
    pub(super) fn patient(&self) -> Result<&Self, SandboxError> {
        let settings = Settings {
            cpu: self.settings.tool.cpu,
            wall: self.settings.tool.wall,
            ..self.settings
        };
        self.beside(&self.patient, Profile::Inner, settings)
    }

    /// Another sandbox of the same program, started when it is first needed.
    fn beside<'a>(
        &'a self,
        place: &'a OnceLock<Box<Self>>,
        profile: Profile,
        settings: Settings,
    ) -> Result<&'a Self, SandboxError> {
        if let Some(there) = place.get() {
            return Ok(there);
        }
        let settings = Settings { ready: 1, ..settings };
        let new = Self::start_as(&self.program, settings, profile)?;
        // Two threads may have started one; the second goes again.
        Ok(place.get_or_init(|| Box::new(new)))
    }

    /// What is required, and what may be spent.
    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    fn take(&self) -> Result<Worker, SandboxError> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(worker) = server.take() {
            return Ok(worker);
        }
        // It was ended from outside, perhaps by a system without memory. What records say must stay true.
        let (again, posture) = start_server(&self.program, &self.settings, self.profile)?;
        if posture != self.posture {
            return Err(SandboxError::Weak {
                found: posture.protection(),
                required: self.posture.protection(),
            });
        }
        *server = again;
        Ok(server.take()?)
    }
}

impl Server {
    fn take(&self) -> io::Result<Worker> {
        let mut byte = [0];
        let (length, descriptors) = channel::receive(self.control.as_fd(), &mut byte)?;
        let Ok([channel, status, pidfd]) = <[OwnedFd; 3]>::try_from(descriptors) else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        if length != 1 || byte[0] != channel::READY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        send(&self.control, &[channel::TAKEN], SendFlags::NOSIGNAL)?;
        Ok(Worker {
            channel,
            status,
            pidfd,
        })
    }
}

fn start_server(
    program: &Path,
    settings: &Settings,
    profile: Profile,
) -> Result<(Server, Posture), SandboxError> {
    let (server, posture) = launch(program, settings, profile)?;
    if posture.protection() < settings.required {
        return Err(SandboxError::Weak {
            found: posture.protection(),
            required: settings.required,
        });
    }
    Ok((server, posture))
}

fn launch(program: &Path, settings: &Settings, profile: Profile) -> io::Result<(Server, Posture)> {
    let (control, theirs) = socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let child = Command::new(program)
        .arg0("basira")
        .arg(SERVER_ARGUMENT)
        .env_clear()
        .env(ALLOCATOR.0, ALLOCATOR.1)
        .current_dir("/")
        // An interrupt from the terminal is for the program, which ends its work in order.
        .process_group(0)
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let server = Server { child, control };
    let message = serde_json::to_vec(&(profile, settings))?;
    send(&server.control, &message, SendFlags::NOSIGNAL)?;
    let mut buffer = [0; 1024];
    let (length, _) = recv(&server.control, &mut buffer, RecvFlags::empty())?;
    let posture: Posture = serde_json::from_slice(&buffer[..length]).map_err(|_| {
        io::Error::other("the fork server ended at once; is this program what it was when it was started?")
    })?;
    Ok((server, posture))
}

/// Whether an error says that there is nobody at the other end.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::NotConnected
    )
}

/// An item that a worker is decoding.
#[derive(Debug)]
#[must_use = "the worker is ended when this is dropped"]
pub struct Pending<'a> {
    worker: Worker,
    sandbox: &'a Sandbox,
    file: &'a File,
    job: Job,
    deadline: Instant,
}

/// What other programs must look at.
#[derive(Debug, Default)]
struct Outside {
    media: Vec<Media>,
    legible: Vec<Legible>,
}

impl Pending<'_> {
    /// Waits for the answer. Where there is none that can be believed, the item is incomplete, with why.
    pub fn finish(self) -> Contents {
        self.finish_watched(&mut |_| ())
    }

    /// [`Self::finish`], with signs of life for whoever waits.
    pub fn finish_watched(mut self, watch: &mut Watch<'_>) -> Contents {
        let (mut contents, outside) = match self.attempt(watch) {
            Some(found) => found,
            // The worker went with its server, which is not the item's fault.
            None => match self.sandbox.send(&[self.file.as_fd()], &self.job) {
                Ok(worker) => {
                    self.worker = worker;
                    self.attempt(watch)
                        .unwrap_or_else(|| nothing(IncompleteReason::Crashed))
                }
                Err(_) => nothing(IncompleteReason::Crashed),
            },
        };
        let request = &self.job.request;
        // One time for all of them: an archive of a hundred films may not take a hundred times as long as a film.
        let deadline = Instant::now() + self.sandbox.settings.tool.wall;
        for media in outside.media {
            media::look(
                self.sandbox,
                self.file,
                &media,
                request,
                deadline,
                &mut contents,
                watch,
            );
        }
        tesseract::look(self.sandbox, outside.legible, request, &mut contents);
        contents
    }

    /// `None` where the server did not live to say how the worker ended.
    fn attempt(&self, watch: &mut Watch<'_>) -> Option<(Contents, Outside)> {
        let request = &self.job.request;
        let mut step = |count| watch(Step::Members(count));
        let answer = match self.worker.answer(request, self.deadline, &mut step)? {
            Ok(answer) => answer,
            Err(reason) => return Some(nothing(reason)),
        };
        let Answer {
            bytes,
            media,
            legible,
        } = answer;
        Some(match wire::read(&bytes, request) {
            Ok(contents) => (contents, Outside { media, legible }),
            // Our decoders do not say what cannot be read.
            Err(_) => nothing(IncompleteReason::Forbidden),
        })
    }
}

/// Fills a buffer from a channel.
fn fill(from: BorrowedFd<'_>, mut buffer: &mut [u8], deadline: Instant) -> Result<(), NoAnswer> {
    while !buffer.is_empty() {
        if !readable(from, deadline) {
            return Err(NoAnswer::Late);
        }
        match rustix::io::read(from, &mut *buffer) {
            Ok(0) => return Err(NoAnswer::Ended),
            Ok(read) => buffer = &mut buffer[read..],
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Err(NoAnswer::Ended),
        }
    }
    Ok(())
}

/// What the server's word on how a worker ended means.
pub(super) fn reason(told: [u8; 2]) -> IncompleteReason {
    const SIGSYS: u8 = libc::SIGSYS as u8;
    const SIGKILL: u8 = libc::SIGKILL as u8;
    const SIGXCPU: u8 = libc::SIGXCPU as u8;
    match told {
        [0, sys::ABORTED] => IncompleteReason::Memory,
        [0, sys::OUT_OF_TIME] => IncompleteReason::Time,
        [1, SIGSYS] => IncompleteReason::Forbidden,
        // The kernel's answers to too much CPU time, the first to a program of the host, which has no handler for it; the
        // second also to a host without memory.
        [1, SIGXCPU | SIGKILL] => IncompleteReason::Time,
        _ => IncompleteReason::Crashed,
    }
}

/// Waits until there is something to read, or the end of it.
pub(super) fn readable(from: BorrowedFd<'_>, deadline: Instant) -> bool {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec {
            tv_sec: left.as_secs() as i64,
            tv_nsec: left.subsec_nanos().into(),
        };
        let mut waited = [PollFd::from_borrowed_fd(from, PollFlags::IN)];
        match poll(&mut waited, Some(&timeout)) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) | Err(_) => return false,
            Ok(_) => return true,
        }
    }
}

/// An item of which nothing is known but that it could not be decoded.
fn nothing(reason: IncompleteReason) -> (Contents, Outside) {
    let mut contents = Contents::nothing(FileKind::UNKNOWN);
    contents.incomplete.push(Incomplete {
        part: PartName::file(),
        reason,
    });
    (contents, Outside::default())
}
