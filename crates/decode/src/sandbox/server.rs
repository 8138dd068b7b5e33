//! The fork server: started once, before there is any item, with one thread, and locked down. It opens no file and reads
//! no item; it forks workers ahead of need, and tells how they ended.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, send,
    sendmsg, socketpair,
};
use rustix::pipe::{PipeFlags, pipe_with};
use seccompiler::BpfProgram;

use super::lockdown;
use super::posture::Posture;
use super::sys::{self, Exit, Fork};
use super::worker;
use super::{Handler, Profile, Settings, channel, tool};

/// A worker that runs, and where to tell how it ended.
struct Running {
    pid: i32,
    pidfd: OwnedFd,
    status: OwnedFd,
}

/// What one server knows.
struct Server<'a> {
    control: BorrowedFd<'a>,
    profile: Profile,
    settings: Settings,
    posture: Posture,
    filter: BpfProgram,
    handler: Handler,
    running: Vec<Running>,
}

/// Serves until the other end of standard input is closed, and never returns.
pub(super) fn serve(handler: Handler) -> ! {
    // Standard error is nobody's; a worker's panic is told by its answer or its end.
    std::panic::set_hook(Box::new(|_| {}));
    let stdin = io::stdin();
    let code = match run(stdin.as_fd(), handler) {
        Ok(()) => 0,
        Err(_) => 1,
    };
    sys::exit(code);
}

fn run(control: BorrowedFd<'_>, handler: Handler) -> io::Result<()> {
    sys::close_inherited(3)?;
    let mut buffer = [0; 4096];
    let (length, _) = rustix::net::recv(control, &mut buffer, rustix::net::RecvFlags::empty())?;
    let (profile, settings): (Profile, Settings) = serde_json::from_slice(&buffer[..length])?;
    if profile == Profile::Inner {
        warm_up();
        sys::lay_out_heap();
    }
    let mut posture = lockdown::enclose_server(&settings, profile)?;
    // Inside a process namespace of its own, a worker's number is 1; without, it is not known before the fork.
    posture.pid = try_out(libc::CLONE_NEWPID, || true)?;
    let flags = flags(profile, &posture);
    let filter = lockdown::filter(1)?;
    posture.seccomp = try_out(flags, || seccompiler::apply_filter(&filter).is_ok())?;
    send(control, &serde_json::to_vec(&posture)?, SendFlags::empty())?;
    let mut server = Server {
        control,
        profile,
        settings,
        posture,
        filter,
        handler,
        running: Vec::new(),
    };
    for _ in 0..server.settings.ready {
        server.prepare()?;
    }
    server.answer()
}

/// The namespaces that each child has for itself. A tool sees its own processes, and needs a mount for that.
const fn flags(profile: Profile, posture: &Posture) -> i32 {
    match (posture.pid, profile) {
        (false, _) => 0,
        (true, Profile::Tool) if posture.mount => libc::CLONE_NEWPID | libc::CLONE_NEWNS,
        (true, _) => libc::CLONE_NEWPID,
    }
}

/// Makes the tables and asks the processor for its features once here, and not once in every worker: under a hypervisor
/// such a question costs as much as a fork. The picture is our own.
fn warm_up() {
    let request = crate::Request::new(model::HashMode::Exact);
    // Two colours, 64 × 64: a header of 14 bytes, one of 40, a table of two colours, eight bytes a row.
    let mut picture = b"BM\x3e\x02\0\0\0\0\0\0\x3e\0\0\0\x28\0\0\0\x40\0\0\0\x40\0\0\0\x01\0\x01\0".to_vec();
    picture.extend([0; 24]);
    picture.extend([0, 0, 0, 0, 255, 255, 255, 0]);
    picture.extend((0..64u8).flat_map(|row| [row.wrapping_mul(37); 8]));
    let found = crate::contents(&picture, picture.len() as u64, &request, &mut |_| ());
    debug_assert!(found.incomplete.is_empty(), "{found:?}");
}

/// Whether a process with those namespaces can be made, and does in it what is asked.
fn try_out(flags: i32, ask: impl Fn() -> bool) -> io::Result<bool> {
    match sys::fork(flags) {
        Ok(Fork::Child) => sys::exit(u8::from(!ask())),
        Ok(Fork::Parent { pid, pidfd }) => {
            poll(&mut [PollFd::new(&pidfd, PollFlags::IN)], None)?;
            Ok(sys::ended(pid)? == Some(Exit::Code(0)))
        }
        Err(_) if flags != 0 => Ok(false),
        Err(error) => Err(error),
    }
}

impl Server<'_> {
    /// Prepares another worker for each byte that comes, and tells how workers end.
    fn answer(&mut self) -> io::Result<()> {
        loop {
            let mut waited: Vec<PollFd<'_>> = vec![PollFd::from_borrowed_fd(self.control, PollFlags::IN)];
            waited.extend(
                self.running
                    .iter()
                    .map(|worker| PollFd::new(&worker.pidfd, PollFlags::IN)),
            );
            match poll(&mut waited, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let told: Vec<bool> = waited.iter().map(|it| !it.revents().is_empty()).collect();
            let (wanted, ended) = (told[0], &told[1..]);
            self.reap(ended);
            if wanted {
                let mut byte = [0];
                let (length, _) =
                    rustix::net::recv(self.control, &mut byte, rustix::net::RecvFlags::empty())?;
                if length == 0 {
                    return Ok(());
                }
                self.prepare()?;
            }
        }
    }

    /// Tells how those workers ended that are known to have.
    fn reap(&mut self, ended: &[bool]) {
        let mut ended = ended.iter();
        self.running.retain(|worker| {
            let Some(true) = ended.next() else {
                return true;
            };
            let Ok(Some(exit)) = sys::ended(worker.pid) else {
                return true;
            };
            let message = match exit {
                Exit::Code(code) => [0, code],
                Exit::Signal(signal) => [1, signal],
            };
            // The supervisor may have lost interest.
            let _ = rustix::io::write(&worker.status, &message);
            false
        });
    }

    /// Forks a worker and hands its channel over.
    fn prepare(&mut self) -> io::Result<()> {
        let (ours, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::STREAM,
            SocketFlags::CLOEXEC,
            None,
        )?;
        let (told, status) = pipe_with(PipeFlags::CLOEXEC)?;
        match sys::fork(flags(self.profile, &self.posture))? {
            Fork::Child => {
                // Nothing that was inherited may be dropped: see `sys::close_inherited`.
                let code = match self.profile {
                    Profile::Inner => worker::run(&theirs, || self.enclose(), self.handler),
                    Profile::Tool => tool::run::run(&theirs, &self.settings.tool, &self.posture),
                };
                sys::exit(code)
            }
            Fork::Parent { pid, pidfd } => {
                drop(theirs);
                let descriptors = [ours.as_fd(), told.as_fd(), pidfd.as_fd()];
                let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
                let mut rights = SendAncillaryBuffer::new(&mut space);
                rights.push(SendAncillaryMessage::ScmRights(&descriptors));
                sendmsg(
                    self.control,
                    &[io::IoSlice::new(&[channel::READY])],
                    &mut rights,
                    SendFlags::NOSIGNAL,
                )?;
                self.running.push(Running { pid, pidfd, status });
                Ok(())
            }
        }
    }

    /// Locks the calling worker down.
    fn enclose(&self) -> io::Result<()> {
        if self.posture.pid {
            return lockdown::enclose_worker(&self.settings, &self.posture, &self.filter);
        }
        let own = rustix::process::getpid().as_raw_nonzero().get().unsigned_abs();
        lockdown::enclose_worker(&self.settings, &self.posture, &lockdown::filter(own)?)
    }
}
