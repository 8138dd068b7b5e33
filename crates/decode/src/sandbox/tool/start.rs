//! The supervisor's half of a tool: starting it, and reading what it writes.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use model::IncompleteReason;
use rustix::pipe::{PipeFlags, pipe_with};

use super::super::supervisor::{Sandbox, Worker, readable};
use super::ToolJob;
use crate::refusal::short;

/// Starts a tool on an item, with what it writes to and what it complains to.
pub(in super::super) fn start(
    sandbox: &Sandbox,
    job: &ToolJob,
    item: &File,
    [out, err]: [BorrowedFd<'_>; 2],
) -> Result<Worker, IncompleteReason> {
    let tools = sandbox.tools();
    let started = tools.and_then(|tools| tools.send(&[item.as_fd(), out, err], job));
    started.map_err(|error| IncompleteReason::Unreadable {
        why: format!("{} cannot be protected: {error}", job.program.name()),
    })
}

/// What the system says of a file or a pipe, as a reason.
pub(in super::super) fn unreadable(error: &io::Error) -> IncompleteReason {
    IncompleteReason::Unreadable {
        why: short(&error.to_string()),
    }
}

/// A pipe: where it is read, and where it is written.
pub(in super::super) fn pipe() -> Result<(OwnedFd, OwnedFd), IncompleteReason> {
    pipe_with(PipeFlags::CLOEXEC).map_err(|error| unreadable(&error.into()))
}

/// Everything that comes through a pipe until its end, at most `most` bytes.
pub(in super::super) fn read_all(
    from: BorrowedFd<'_>,
    most: usize,
    deadline: Instant,
) -> Result<Vec<u8>, IncompleteReason> {
    let mut all = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if !readable(from, deadline) {
            return Err(IncompleteReason::Time);
        }
        match rustix::io::read(from, &mut piece) {
            Ok(0) => return Ok(all),
            Ok(read) if all.len() + read <= most => all.extend(&piece[..read]),
            Ok(_) => return Err(IncompleteReason::Forbidden),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(unreadable(&error.into())),
        }
    }
}

/// Where complaints go that nobody reads.
pub(in super::super) fn nowhere() -> Result<File, IncompleteReason> {
    let opened = File::options().write(true).open("/dev/null");
    opened.map_err(|error| unreadable(&error))
}
