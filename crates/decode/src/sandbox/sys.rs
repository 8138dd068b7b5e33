//! The few system calls that Rust cannot check: each with why it is sound here.
#![expect(
    unsafe_code,
    reason = "system calls without a safe wrapper; each says why it is sound"
)]

use std::ffi::{CStr, CString};
use std::io;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use memmap2::{Mmap, MmapOptions};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    Code(u8),
    Signal(u8),
}

/// Both sides of a fork.
#[derive(Debug)]
pub(super) enum Fork {
    /// In the new process.
    Child,
    /// In the old one: the new one's number there, and a descriptor of it.
    Parent { pid: i32, pidfd: OwnedFd },
}

/// Forks, the child in the namespaces of `flags` (`CLONE_NEW…`). By clone(2): containers know no clone3(2) by default.
pub(super) fn fork(flags: i32) -> io::Result<Fork> {
    let mut pidfd: i32 = -1;
    let flags = flags | libc::CLONE_PIDFD | libc::SIGCHLD;
    // SAFETY: without CLONE_VM the child has its own copy of the memory, and without a stack it goes on at this very
    // place, as after fork(2). The process has one thread (the server starts none), so no lock of the allocator or of
    // the C library is held by a thread that the child lacks. The third argument is where the kernel puts the
    // descriptor (on x86-64 and on ARM); `pidfd` outlives the call. The others are not read without their flags.
    let result = unsafe {
        libc::syscall(
            libc::SYS_clone,
            i64::from(flags),
            0i64,
            &raw mut pidfd,
            0i64,
            0i64,
        )
    };
    match result {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Fork::Child),
        pid => Ok(Fork::Parent {
            pid: pid as i32,
            // SAFETY: the kernel has just opened this descriptor for us, and nobody else knows its number.
            pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) },
        }),
    }
}

/// Enters new namespaces (`CLONE_NEW…`).
pub(super) fn unshare(flags: i32) -> io::Result<()> {
    // SAFETY: namespaces do not touch the memory; CLONE_FILES and CLONE_VM are never among the flags.
    match unsafe { libc::unshare(flags) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// How a child ended, if it did.
pub(super) fn ended(pid: i32) -> io::Result<Option<Exit>> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for an int during the call.
    match unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        _ if libc::WIFSIGNALED(status) => Ok(Some(Exit::Signal(libc::WTERMSIG(status) as u8))),
        _ => Ok(Some(Exit::Code(libc::WEXITSTATUS(status) as u8))),
    }
}

/// Ends this process at once: no destructor, no handler, no buffer is flushed.
pub(super) fn exit(code: u8) -> ! {
    // SAFETY: _exit has no precondition.
    unsafe { libc::_exit(code.into()) }
}

/// The version of the kernel's Landlock, if it has any.
pub(super) fn landlock_version() -> Option<u8> {
    const VERSION: i64 = 1;
    // SAFETY: asked for the version, the kernel reads no memory.
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, 0i64, 0i64, VERSION) };
    u8::try_from(version).ok().filter(|version| *version > 0)
}

/// Becomes another program, with those words and that environment and no other. Returns only where it fails.
pub(super) fn execute(program: &CStr, arguments: &[CString], environment: &[&CStr]) -> io::Error {
    let pointers = |texts: &mut dyn Iterator<Item = *const libc::c_char>| {
        texts.chain([std::ptr::null()]).collect::<Vec<_>>()
    };
    let arguments = pointers(&mut arguments.iter().map(|text| text.as_ptr()));
    let environment = pointers(&mut environment.iter().map(|text| text.as_ptr()));
    // SAFETY: two lists of texts that end with a zero byte, each list ending with a null pointer; all of them outlive
    // the call. The call goes to the kernel directly, so that the name's address is the one that a filter knows.
    unsafe {
        libc::syscall(
            libc::SYS_execve,
            program.as_ptr(),
            arguments.as_ptr(),
            environment.as_ptr(),
        )
    };
    io::Error::last_os_error()
}

/// Exit status of a worker that was aborted: the allocator does that when it gets no memory.
pub(super) const ABORTED: u8 = 77;
/// Exit status of a worker whose CPU time was over.
pub(super) const OUT_OF_TIME: u8 = 78;

extern "C" fn on_abort(_: libc::c_int) {
    exit(ABORTED);
}

extern "C" fn on_cpu_limit(_: libc::c_int) {
    exit(OUT_OF_TIME);
}

/// Turns an abort and the end of CPU time into exit statuses. The first process of a process namespace is otherwise
/// not ended by these signals.
pub(super) fn exit_on_signals() -> io::Result<()> {
    for (signal, handler) in [
        (libc::SIGABRT, on_abort as extern "C" fn(libc::c_int)),
        (libc::SIGXCPU, on_cpu_limit),
    ] {
        // SAFETY: all fields of sigaction are integers or a set of bits, for which zero is a value (no flags, nothing
        // masked). The handlers only call _exit, which is allowed in a handler.
        let result = unsafe {
            let mut action: libc::sigaction = zeroed();
            action.sa_sigaction = handler as usize;
            libc::sigaction(signal, &raw const action, std::ptr::null_mut())
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Closes all descriptors from `first` on: in the server before it has opened any, and in a worker, which owns none but
/// its standard ones and leaves by [`exit`] alone, so that nothing that it inherited is used or dropped.
pub(super) fn close_inherited(first: u32) -> io::Result<()> {
    // SAFETY: see above; nobody misses them.
    match unsafe { libc::close_range(first, u32::MAX, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Bytes of a page, and of a large one: what x86-64 has, and ARM with its usual small ones.
const PAGE: usize = 4 << 10;
const LARGE_PAGE: usize = 2 << 20;

/// Bytes of small pages before the first large one on the heap of a worker: a large one costs as much as two hundred
/// small ones that come at once, and most pictures need about a hundred.
pub(super) const WINDOW: usize = 416 << 10;

/// Lays out the heap for the processes that are forked from this one: they go on with small pages, as many as the window
/// has, and large ones behind it, wherever the kernel has put the heap's beginning.
pub(super) fn lay_out_heap() {
    // What the allocator keeps before a piece of memory.
    const HEAD: usize = size_of::<usize>();
    // It reaches over a border of large pages behind a window, and is not yet so large that it would be mapped (see
    // `super::ALLOCATOR`). Whatever the heap grows by for it is for large pages, says the allocator.
    const ROOM: usize = 2 * LARGE_PAGE - PAGE;
    // The rests of what was done so far go back: each would be copied for each worker that goes through them.
    #[cfg(target_env = "gnu")]
    // SAFETY: it has no precondition; memory that is in use stays.
    unsafe {
        libc::malloc_trim(0);
    }
    // A compiler may leave out memory that nobody looks at.
    let mut room = std::hint::black_box(Vec::<u8>::with_capacity(ROOM));
    let from = room.as_ptr().align_offset(LARGE_PAGE);
    if from >= LARGE_PAGE {
        return;
    }
    let border = if from < WINDOW + 4 * HEAD {
        from + LARGE_PAGE
    } else {
        from
    };
    let window = border - WINDOW;
    // SAFETY: the pages lie within memory of our own, for a border is at most at WINDOW + LARGE_PAGE, and what is advised
    // changes nothing that can be read there. Where there are no large pages, nothing needs to be advised.
    let _ = unsafe {
        libc::madvise(
            room.as_mut_ptr().add(window).cast(),
            WINDOW,
            libc::MADV_NOHUGEPAGE,
        )
    };
    drop(room);
    // What lies before the window is nobody's.
    std::hint::black_box(Vec::<u8>::with_capacity(window - HEAD)).leak();
}

/// Has the kernel provide the next `length` bytes of the heap at once: a fault for each page costs twice as much.
pub(super) fn provide_heap(length: usize) {
    let mut memory = std::hint::black_box(Vec::<u8>::with_capacity(length));
    let from = memory.as_ptr().align_offset(PAGE);
    let whole = length.saturating_sub(from) / PAGE * PAGE;
    // SAFETY: pages that lie within memory of our own, which nothing refers to yet. That they are there sooner changes
    // nothing else; where it fails, they come one by one.
    let _ = unsafe {
        libc::madvise(
            memory.as_mut_ptr().add(from).cast(),
            whole,
            libc::MADV_POPULATE_WRITE,
        )
    };
}

/// The first `length` bytes of a file, as memory.
pub(super) fn map(file: BorrowedFd<'_>, length: usize) -> io::Result<Mmap> {
    // SAFETY: if somebody changes the file meanwhile, a decoder sees bytes change, and all of them are safe code that
    // bounds-checks; if it is cut, this process, which decodes this one item, is ended by SIGBUS, and the item is
    // incomplete.
    unsafe {
        // Not populated: the kernel maps sixteen pages with each fault, and would look at each page again to populate.
        MmapOptions::new()
            .len(length)
            .map_copy_read_only(file.as_raw_fd())
    }
}
