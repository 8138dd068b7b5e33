//! One item in one process: locked down before the item comes, gone when it is done.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use model::PartName;
use text::report::Report;

use super::job::{Job, Work};
use super::{Handed, Handler, Tools, answer, channel, frames, sys, wire};
use crate::FileKind;
use crate::request::{Contents, ReportPart, Request};

/// Bytes that a worker reads of an item too large to be decoded: enough to tell its kind.
const BEGINNING: u64 = 64 << 10;

/// Bytes of an item from which on decoding it takes much memory, and what it takes: for less, and for more.
const LARGE: u64 = 16 << 10;
const LITTLE_HEAP: usize = 96 << 10;
const MUCH_HEAP: usize = sys::WINDOW - (8 << 10);

/// Waits for one item, decodes it, answers; the exit status. Nothing here is dropped that the server owns, and no panic
/// unwinds into it.
pub(super) fn run(channel: &OwnedFd, enclose: impl Fn() -> io::Result<()>, handler: Handler) -> u8 {
    let work = || prepare(channel, &enclose).and_then(|()| work(handler));
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) if error.kind() == io::ErrorKind::OutOfMemory => sys::ABORTED,
        Ok(Err(_)) | Err(_) => 1,
    }
}

/// Makes the channel standard input and locks the process down. From here on it could be an attacker's.
fn prepare(channel: &OwnedFd, enclose: &impl Fn() -> io::Result<()>) -> io::Result<()> {
    rustix::stdio::dup2_stdin(channel)?;
    sys::close_inherited(1)?;
    sys::exit_on_signals()?;
    enclose()
}

fn work(handler: Handler) -> io::Result<()> {
    let stdin = io::stdin();
    let channel = stdin.as_fd();
    let Some((job, descriptors)) = channel::receive_job::<Job>(channel)? else {
        // The supervisor is gone.
        return Ok(());
    };
    // Closed by the end of the process: builds with checks ask for a descriptor's state first, which is not allowed here.
    let descriptors = ManuallyDrop::new(descriptors);
    // What another program must decode goes out at once. That it does not arrive is told by the answer, which then does
    // not arrive either.
    let mut tools = |handed: Handed<'_>| {
        let _ = match handed {
            Handed::Media { place, kind, bytes } => {
                let bytes = if place.depth() == 0 { &[] } else { bytes };
                answer::write_media(channel, place, kind, bytes)
            }
            Handed::Members(count) => answer::write_step(channel, count),
            Handed::Picture { number, grey } => answer::write_picture(channel, number, grey),
        };
    };
    // As above: a sign of life that does not arrive is missed by nobody.
    let mut step = |seconds| {
        let _ = answer::write_step(channel, seconds);
    };
    sys::provide_heap(match job.work {
        Work::Item { size } | Work::Guess { size } if size < LARGE => LITTLE_HEAP,
        _ => MUCH_HEAP,
    });
    let contents = match (job.work, &descriptors[..]) {
        (Work::Item { size }, [item, ..]) => read(item.as_fd(), size, &job.request, handler, &mut tools)?,
        (Work::Guess { size }, [text, ..]) => guess(text.as_fd(), size)?,
        (Work::Frames, [frames, times, ..]) => {
            frames::read(frames.as_fd(), times.as_fd(), &job.request, &mut step)?
        }
        (Work::Samples, [samples, ..]) => frames::listen(samples.as_fd(), &job.request, &mut step)?,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    answer::write(channel, &wire::encode(&contents))?;
    // The end of the process frees everything at once.
    sys::exit(0)
}

fn read(
    item: BorrowedFd<'_>,
    size: u64,
    request: &Request,
    handler: Handler,
    tools: &mut Tools<'_>,
) -> io::Result<Contents> {
    if size == 0 {
        return Ok(handler(&[], 0, request, tools));
    }
    let length = if size > request.limits.max_bytes {
        size.min(BEGINNING)
    } else {
        size
    };
    // Unmapped by the end of the process.
    let bytes = ManuallyDrop::new(sys::map(
        item,
        usize::try_from(length).map_err(io::Error::other)?,
    )?);
    Ok(handler(&bytes, size, request, tools))
}

/// Reads a text that another program guessed.
fn guess(text: BorrowedFd<'_>, size: u64) -> io::Result<Contents> {
    let length = usize::try_from(size).map_err(io::Error::other)?;
    // Unmapped by the end of the process.
    let bytes = ManuallyDrop::new(sys::map(text, length)?);
    let text = std::str::from_utf8(&bytes).map_err(io::Error::other)?;
    let mut contents = Contents::nothing(FileKind::Plain);
    contents.reports.push(ReportPart {
        name: PartName::file(),
        report: Report::of_guess(text),
    });
    Ok(contents)
}
