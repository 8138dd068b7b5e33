//! A tool's process, from its job to the program that it becomes.

use std::ffi::CString;
use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use rustix::process::{Signal, set_parent_process_death_signal};

use super::super::posture::Posture;
use super::super::{channel, sys};
use super::{ToolJob, ToolSettings, enclose, place};

/// Exit status of a process that did not become its program.
pub(in super::super) const NOT_STARTED: u8 = 79;

/// Waits for a job, and becomes its program. Returns only where that fails; like a worker, it drops nothing that the
/// server owns.
pub(in super::super) fn run(channel: &OwnedFd, settings: &ToolSettings, posture: &Posture) -> u8 {
    match start(channel, settings, posture) {
        // The supervisor is gone.
        Ok(()) => 0,
        Err(error) => {
            // For whoever runs it by hand; a pipe is there by then, if the job came.
            let _ = rustix::io::write(rustix::stdio::stderr(), error.to_string().as_bytes());
            NOT_STARTED
        }
    }
}

fn start(channel: &OwnedFd, settings: &ToolSettings, posture: &Posture) -> io::Result<()> {
    // Who waits for a job ends with whoever could give one: by this signal, or because no copy of the other end of its
    // channel is left. One of the copies is its own.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::stdio::dup2_stdin(channel)?;
    sys::close_inherited(1)?;
    if posture.pid && posture.mount {
        place::mount_proc();
    }
    let Some((job, descriptors)) = channel::receive_job::<ToolJob>(rustix::stdio::stdin())? else {
        return Ok(());
    };
    let Ok([item, out, err]) = <[OwnedFd; 3]>::try_from(descriptors) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    // They are 1, 2 and 3 by now, so that each moves down into a place that is free.
    let [item, out, err] = [item, out, err].map(ManuallyDrop::new);
    rustix::stdio::dup2_stdin(&*item)?;
    rustix::stdio::dup2_stdout(&*out)?;
    rustix::stdio::dup2_stderr(&*err)?;
    sys::close_inherited(3)?;
    let path = job.program.find().ok_or(io::ErrorKind::NotFound)?;
    let program = CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)?;
    let mut arguments = vec![program.clone()];
    for argument in &job.arguments {
        arguments.push(CString::new(argument.as_str()).map_err(io::Error::other)?);
    }
    let environment = [c"LC_ALL=C", c"OMP_THREAD_LIMIT=1", c"HOME=/"];
    enclose::enclose(settings, posture, &job, &program, &path)?;
    Err(sys::execute(&program, &arguments, &environment))
}
