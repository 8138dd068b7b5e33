//! The sandbox: every item is decoded in a fresh process that can do nothing but decode it.
//!
//! The program starts itself once more as a *fork server*, before there is any item ([`Sandbox::start`]). The server has
//! one thread, no file, no network, no bank and no key. Ahead of need it forks *workers*; each takes one item as a
//! descriptor, answers with a capped and typed message, and is gone. The *supervisor*, in the program itself, has no
//! parser: it reads the answer as if it were hostile too, and ends the worker at its deadline.
//!
//! Layers (`hostile.md` A.3; none relies on another): namespaces (user, mount with an empty root, network, IPC, UTS for
//! the server, and a process namespace for every worker), Landlock without a rule, an allow-list of system calls that
//! ends the process, limits, no capabilities. What of it a host gives is the [`Posture`].

mod lie;
mod posture;
mod programs;
mod wire;
mod wire_reports;

#[cfg(target_os = "linux")]
mod answer;
#[cfg(target_os = "linux")]
mod channel;
#[cfg(target_os = "linux")]
mod ffmpeg;
#[cfg(target_os = "linux")]
mod filter;
#[cfg(target_os = "linux")]
mod frames;
#[cfg(all(fuzzing, target_os = "linux"))]
pub(crate) mod fuzzing;
#[cfg(target_os = "linux")]
mod job;
#[cfg(target_os = "linux")]
mod lockdown;
#[cfg(target_os = "linux")]
mod media;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod tesseract;
#[cfg(target_os = "linux")]
mod tool;
#[cfg(target_os = "linux")]
mod worker;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(not(target_os = "linux"))]
use elsewhere as supervisor;

pub use lie::LieError;
pub use posture::{Posture, Protection};
pub use programs::{Program, ToolSettings, lacking_for_ocr};
pub use supervisor::{Pending, Sandbox};
pub use wire::{encode, most, read};

use std::io;
use std::time::Duration;

use fingerprint::grey::GreyPicture;
use model::Place;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::request::{Contents, Request};

/// The first argument of the program when it shall be the fork server; nobody types it.
pub const SERVER_ARGUMENT: &str = "decode-server";

/// How the C library's allocator behaves in workers, as a variable of their environment: large pages for large pictures,
/// since a fresh process pays for each page once more; everything else from the heap, and nothing given back before the
/// end.
pub const ALLOCATOR: (&str, &str) = (
    "GLIBC_TUNABLES",
    "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4194304:glibc.malloc.trim_threshold=1073741824",
);

/// What the sandbox must give, and how much a worker may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The weakest protection under which items are decoded.
    pub required: Protection,
    /// Bytes of memory that a worker may map, its item included.
    pub memory: u64,
    /// CPU time that a worker may use; whole seconds, at least one.
    pub cpu: Duration,
    /// Time that an item may take.
    pub wall: Duration,
    /// Workers that are ready ahead of need; at least one.
    pub ready: usize,
    /// What programs of the host may spend.
    pub tool: ToolSettings,
}

impl Default for Settings {
    /// Allows what [`crate::Limits::default`] allows: 256 MiB of file, and 100 million pixels with three channels in a
    /// few copies.
    fn default() -> Self {
        Self {
            required: Protection::Filter,
            memory: 2 << 30,
            cpu: Duration::from_secs(30),
            wall: Duration::from_secs(60),
            ready: 2,
            tool: ToolSettings::default(),
        }
    }
}

/// What a fork server's children do.
#[cfg(target_os = "linux")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Profile {
    /// Workers, which run our parsers.
    Inner,
    /// Programs of the host.
    Tool,
}

/// Why nothing can be decoded. Items are kept, and are incomplete.
#[derive(Debug, Error)]
pub enum SandboxError {
    /// The host gives less than is required.
    #[error(
        "this host protects decoding only at the level {found}, and {required} is required; \
         `basira doctor` says what to change, or allow it with --sandbox {found}"
    )]
    Weak {
        /// What the host gives.
        found: Protection,
        /// What is required.
        required: Protection,
    },
    /// Nothing would keep a program of the host from the user's files.
    #[error(
        "this host has neither Landlock nor mount namespaces, without which FFmpeg and Tesseract could read every file of \
         yours; `basira doctor` says what to change"
    )]
    Open,
    /// The fork server does not start, or cannot fork.
    #[error("the sandbox does not work ({0}); `basira doctor` says more, and --sandbox none does without it")]
    Broken(#[from] io::Error),
}

/// What another program must look at.
#[derive(Debug, Clone, Copy)]
pub enum Handed<'a> {
    /// Film or sound.
    Media {
        /// Where it lies.
        place: &'a Place,
        /// The name of its kind.
        kind: &'static str,
        /// Its bytes.
        bytes: &'a [u8],
    },
    /// Nothing but a sign of life: so many members were begun.
    Members(u32),
    /// A picture in which text is looked for.
    Picture {
        /// Which of the pictures that were found, counted from 0.
        number: u32,
        /// Its pixels.
        grey: &'a GreyPicture,
    },
}

/// Takes what another program must look at.
pub type Tools<'a> = dyn FnMut(Handed<'_>) + 'a;

/// What a worker does with the bytes of an item of that size; all of them, unless it is larger than may be decoded.
pub type Handler = fn(bytes: &[u8], size: u64, request: &Request, tools: &mut Tools<'_>) -> Contents;

/// Becomes the fork server if the program was started as one ([`SERVER_ARGUMENT`]), and does not return then. Call it
/// first in `main`, before any thread is started.
pub fn serve_if_asked() {
    serve_if_asked_with(crate::contents);
}

/// [`serve_if_asked`] with other work to do for each item: what tests use to play a decoder that was taken over.
pub fn serve_if_asked_with(handler: Handler) {
    if std::env::args_os()
        .nth(1)
        .is_some_and(|argument| argument == SERVER_ARGUMENT)
    {
        #[cfg(target_os = "linux")]
        server::serve(handler);
        #[cfg(not(target_os = "linux"))]
        let _ = handler;
    }
}
