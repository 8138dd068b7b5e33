//! The attempts: what somebody would do first who has taken over a decoder.

use basira_decode::sandbox::Tools;
use basira_decode::{Contents, FileKind, Request};
use libc::{c_long, syscall};
use model::{Incomplete, IncompleteReason, PartName};

/// The item of an honest decoder.
pub(crate) const HONEST: u8 = 255;

/// How an attempt must end.
pub(crate) enum Must {
    /// The system call is refused, or the process is ended for it.
    Fail,
    /// The process is ended, and the item is incomplete for one of these reasons.
    BeEnded(fn() -> Vec<IncompleteReason>),
}

/// One attempt.
pub(crate) struct Attempt {
    pub(crate) name: &'static str,
    /// What it does; the result of a system call, negative for an error.
    act: fn() -> c_long,
    pub(crate) must: Must,
}

fn said(why: String) -> Contents {
    let mut contents = Contents::nothing(FileKind::Plain);
    contents.incomplete.push(Incomplete {
        part: PartName::file(),
        reason: IncompleteReason::Malformed { why },
    });
    contents
}

/// Plays the decoder: the first byte of the item says what to attempt.
pub(crate) fn handler(bytes: &[u8], _: u64, _: &Request, _: &mut Tools<'_>) -> Contents {
    let Some(attempt) = ATTEMPTS.get(usize::from(bytes[0])) else {
        let mut honest = said(String::new());
        honest.incomplete[0].reason = IncompleteReason::Truncated;
        return honest;
    };
    let result = (attempt.act)();
    if result < 0 {
        said("refused".to_owned())
    } else {
        said(format!("escaped with {result}"))
    }
}

/// Ends a process, from the test and not from a worker.
pub(crate) fn kill(pid: i32) -> i32 {
    // SAFETY: a signal to a process of this test.
    unsafe { libc::kill(pid, libc::SIGKILL) }
}

const PASSWD: *const libc::c_char = c"/etc/passwd".as_ptr();
const TRUE: *const libc::c_char = c"/bin/true".as_ptr();
const HERE: *const libc::c_char = c"/tmp/basira-escaped".as_ptr();

macro_rules! call {
    ($name:literal, $number:expr $(, $argument:expr)*) => {
        Attempt {
            name: $name,
            // SAFETY: the arguments are numbers, null, or text with a final zero; the process is the suite's own.
            act: || unsafe { syscall($number as c_long $(, $argument)*) },
            must: Must::Fail,
        }
    };
}

macro_rules! ended {
    ($name:literal, $act:expr, [$($reason:ident),+]) => {
        Attempt {
            name: $name,
            act: $act,
            must: Must::BeEnded(|| vec![$(IncompleteReason::$reason),+]),
        }
    };
}

/// Writes raw bytes where the answer belongs.
fn answer(bytes: &[u8]) -> c_long {
    // SAFETY: the bytes outlive the call.
    unsafe { libc::write(0, bytes.as_ptr().cast(), bytes.len()) as c_long }
}

fn spin() -> c_long {
    let mut n = 0u64;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}

fn overflow(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 4096]);
    if depth == u64::MAX {
        0
    } else {
        overflow(depth + 1) + frame[17]
    }
}

fn spawn_threads() -> c_long {
    // SAFETY: a thread without a stack of its own would crash, if it were ever made.
    unsafe {
        let flags =
            libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_SIGHAND | libc::CLONE_FS | libc::CLONE_FILES;
        syscall(libc::SYS_clone, i64::from(flags), 0, 0, 0, 0)
    }
}

fn executable_memory() -> c_long {
    let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    // SAFETY: new memory that nothing points into.
    unsafe {
        syscall(
            libc::SYS_mmap,
            0,
            4096,
            protection,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    }
}

fn make_executable() -> c_long {
    // SAFETY: memory of its own, mapped above.
    unsafe {
        let memory = libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        syscall(
            libc::SYS_mprotect,
            memory,
            4096,
            libc::PROT_READ | libc::PROT_EXEC,
        )
    }
}

fn map_the_item_to_write() -> c_long {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: new memory that nothing points into.
    unsafe { syscall(libc::SYS_mmap, 0, 1, protection, libc::MAP_SHARED, 1, 0) }
}

/// The system call table of 32-bit programs, which a filter by number alone would misread.
#[cfg(target_arch = "x86_64")]
fn old_table() -> c_long {
    let result: i64;
    // SAFETY: number 20 there is getpid, which has no arguments.
    unsafe {
        std::arch::asm!("int 0x80", inlateout("rax") 20i64 => result, options(nostack));
    }
    result
}

/// The numbers of the x32 table, which begin at 2^30.
const X32: c_long = 0x4000_0000;

pub(crate) static ATTEMPTS: &[Attempt] = &[
    // Files.
    call!(
        "open a file",
        libc::SYS_openat,
        libc::AT_FDCWD,
        PASSWD,
        libc::O_RDONLY
    ),
    call!(
        "open a file, new call",
        libc::SYS_openat2,
        libc::AT_FDCWD,
        PASSWD,
        0,
        24
    ),
    call!(
        "make a file",
        libc::SYS_openat,
        libc::AT_FDCWD,
        HERE,
        libc::O_CREAT | libc::O_WRONLY,
        0o600
    ),
    call!("make a folder", libc::SYS_mkdirat, libc::AT_FDCWD, HERE, 0o700),
    call!("delete a file", libc::SYS_unlinkat, libc::AT_FDCWD, HERE, 0),
    call!(
        "rename a file",
        libc::SYS_renameat2,
        libc::AT_FDCWD,
        HERE,
        libc::AT_FDCWD,
        HERE,
        0
    ),
    call!("make a link", libc::SYS_symlinkat, PASSWD, libc::AT_FDCWD, HERE),
    call!("look at a file", libc::SYS_statx, libc::AT_FDCWD, PASSWD, 0, 0, 0),
    call!("list the root", libc::SYS_getdents64, 1, 0, 0),
    call!("change the folder", libc::SYS_chdir, c"/proc".as_ptr()),
    call!("change the root", libc::SYS_chroot, c"/".as_ptr()),
    call!("write to the item", libc::SYS_write, 1, PASSWD, 4),
    call!("cut the item", libc::SYS_ftruncate, 1, 0),
    call!(
        "read a descriptor that is not its own",
        libc::SYS_pread64,
        3,
        0,
        0,
        0
    ),
    call!("duplicate a descriptor", libc::SYS_dup, 0),
    call!("ask a descriptor's flags", libc::SYS_fcntl, 0, libc::F_GETFL),
    call!("control a terminal", libc::SYS_ioctl, 0, libc::TIOCSTI, PASSWD),
    call!("make a file in memory", libc::SYS_memfd_create, PASSWD, 0),
    call!("open by handle", libc::SYS_open_by_handle_at, 0, 0, 0),
    call!("watch files", libc::SYS_inotify_init1, 0),
    call!("watch all files", libc::SYS_fanotify_init, 0, 0),
    // Network.
    call!(
        "make an internet socket",
        libc::SYS_socket,
        libc::AF_INET,
        libc::SOCK_STREAM,
        0
    ),
    call!(
        "make a local socket",
        libc::SYS_socket,
        libc::AF_UNIX,
        libc::SOCK_STREAM,
        0
    ),
    call!(
        "make a netlink socket",
        libc::SYS_socket,
        libc::AF_NETLINK,
        libc::SOCK_RAW,
        0
    ),
    call!(
        "make a pair of sockets",
        libc::SYS_socketpair,
        libc::AF_UNIX,
        libc::SOCK_STREAM,
        0,
        0
    ),
    call!("connect", libc::SYS_connect, 0, 0, 0),
    call!("listen", libc::SYS_listen, 0, 1),
    call!("send a descriptor to the supervisor", libc::SYS_sendmsg, 0, 0, 0),
    call!("send on the channel", libc::SYS_sendto, 0, PASSWD, 1, 0, 0, 0),
    call!("receive elsewhere", libc::SYS_recvmsg, 1, 0, 0),
    // Other programs and processes.
    call!("run a program", libc::SYS_execve, TRUE, 0, 0),
    call!(
        "run a program by descriptor",
        libc::SYS_execveat,
        1,
        c"".as_ptr(),
        0,
        0,
        libc::AT_EMPTY_PATH
    ),
    call!("fork", libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0),
    call!("fork, new call", libc::SYS_clone3, 0, 88),
    Attempt {
        name: "start a thread",
        act: spawn_threads,
        must: Must::Fail,
    },
    call!("signal everybody", libc::SYS_kill, -1, libc::SIGKILL),
    call!("signal the server", libc::SYS_kill, 0, libc::SIGKILL),
    call!("signal the first process", libc::SYS_tgkill, 2, 2, libc::SIGKILL),
    call!("queue a signal", libc::SYS_rt_sigqueueinfo, 1, libc::SIGKILL, 0),
    call!("open a process", libc::SYS_pidfd_open, 1, 0),
    call!("take a process's descriptor", libc::SYS_pidfd_getfd, 0, 0, 0),
    call!("trace the server", libc::SYS_ptrace, libc::PTRACE_ATTACH, 1, 0, 0),
    call!("be traced", libc::SYS_ptrace, libc::PTRACE_TRACEME, 0, 0, 0),
    call!(
        "read a process's memory",
        libc::SYS_process_vm_readv,
        1,
        0,
        0,
        0,
        0,
        0
    ),
    call!("ask for the parent", libc::SYS_getppid),
    call!("change priorities", libc::SYS_setpriority, 0, 0, -20),
    // The sandbox itself.
    call!("lift the limits", libc::SYS_prlimit64, 0, libc::RLIMIT_AS, 0, 0),
    call!(
        "become traceable",
        libc::SYS_prctl,
        libc::PR_SET_DUMPABLE,
        1,
        0,
        0,
        0
    ),
    call!(
        "outlive the server",
        libc::SYS_prctl,
        libc::PR_SET_PDEATHSIG,
        0,
        0,
        0,
        0
    ),
    call!("another filter", libc::SYS_seccomp, 1, 0, 0),
    call!("another Landlock", libc::SYS_landlock_create_ruleset, 0, 0, 1),
    call!("new namespaces", libc::SYS_unshare, libc::CLONE_NEWUSER),
    call!("enter namespaces", libc::SYS_setns, 0, 0),
    call!("mount", libc::SYS_mount, HERE, HERE, HERE, 0, 0),
    call!("unmount", libc::SYS_umount2, c"/".as_ptr(), libc::MNT_DETACH),
    call!("take rights", libc::SYS_capset, 0, 0),
    call!("become another user", libc::SYS_setresuid, 0, 0, 0),
    call!("another personality", libc::SYS_personality, 0x0040_0000),
    // The kernel.
    call!("io_uring", libc::SYS_io_uring_setup, 1, 0),
    call!("io_uring, enter", libc::SYS_io_uring_enter, 0, 0, 0, 0, 0),
    call!("load a BPF program", libc::SYS_bpf, 0, 0, 0),
    call!("count events", libc::SYS_perf_event_open, 0, 0, -1, -1, 0),
    call!("handle page faults", libc::SYS_userfaultfd, 1),
    call!("add a key", libc::SYS_add_key, 0, 0, 0, 0, 0),
    call!("load a module", libc::SYS_init_module, 0, 0, 0),
    call!("load a kernel", libc::SYS_kexec_load, 0, 0, 0, 0),
    call!("set the clock", libc::SYS_clock_settime, 0, 0),
    call!("restart the machine", libc::SYS_reboot, 0, 0, 0, 0),
    call!("share memory", libc::SYS_shmget, 1, 4096, 0o1600),
    call!(
        "a message queue",
        libc::SYS_mq_open,
        HERE,
        libc::O_CREAT,
        0o600,
        0
    ),
    call!("a timer that signals", libc::SYS_timer_create, 0, 0, 0),
    call!("a system call that does not exist", 1023),
    call!(
        "open a file by the x32 table",
        X32 | libc::SYS_openat,
        libc::AT_FDCWD,
        PASSWD,
        0
    ),
    #[cfg(target_arch = "x86_64")]
    Attempt {
        name: "the table of 32-bit programs",
        act: old_table,
        must: Must::Fail,
    },
    Attempt {
        name: "write to the item as memory",
        act: map_the_item_to_write,
        must: Must::Fail,
    },
    Attempt {
        name: "memory that can be executed",
        act: executable_memory,
        must: Must::Fail,
    },
    Attempt {
        name: "make memory executable",
        act: make_executable,
        must: Must::Fail,
    },
    // Against the supervisor.
    ended!("an answer of 4 GiB", || answer(&[255; 4]), [Forbidden]),
    ended!(
        "an answer that never comes",
        || {
            answer(&[0, 1, 0, 0]);
            spin()
        },
        [Time]
    ),
    ended!(
        "an answer without sense",
        || answer(&[9, 0, 0, 0, 5, 0, 0, 0, b'n', b'o', b'n', b'o', b'n']),
        [Forbidden]
    ),
    ended!(
        "an answer with a lying length",
        || answer(&[8, 0, 0, 0, 255, 255, 0, 0, 1, 2, 3, 4]),
        [Forbidden]
    ),
    ended!(
        "answers without end",
        || loop {
            answer(&[65; 4096]);
        },
        [Forbidden]
    ),
    ended!(
        "close the channel and go on",
        || {
            unsafe { libc::close(0) };
            spin()
        },
        [Time]
    ),
    ended!(
        "end without a word",
        || unsafe { syscall(libc::SYS_exit_group, 0) },
        [Crashed]
    ),
    // Against the machine.
    ended!("compute for ever", spin, [Time]),
    ended!(
        "ignore the end of CPU time",
        || {
            unsafe { libc::signal(libc::SIGXCPU, libc::SIG_IGN) };
            spin()
        },
        [Time]
    ),
    ended!(
        "sleep for ever",
        || {
            let word = 0u32;
            // SAFETY: the word outlives the wait, which has no end.
            unsafe { syscall(libc::SYS_futex, &raw const word, libc::FUTEX_WAIT, 0, 0, 0, 0) }
        },
        [Time]
    ),
    ended!(
        "take all memory",
        || std::hint::black_box(vec![1u8; 8 << 30]).len() as c_long,
        [Memory]
    ),
    ended!(
        "take memory bit by bit",
        || {
            let mut all = Vec::new();
            loop {
                all.push(vec![1u8; 1 << 20]);
            }
        },
        [Memory, Time]
    ),
    ended!("endless recursion", || overflow(0) as c_long, [Crashed, Memory]),
    ended!(
        "a null pointer",
        || unsafe { std::ptr::read_volatile(std::hint::black_box(8) as *const i64) },
        [Crashed]
    ),
    ended!("a panic", || panic!("as a decoder may"), [Crashed]),
    ended!("an abort", || std::process::abort(), [Memory]),
    ended!(
        "fork without end",
        || loop {
            unsafe { syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
        },
        [Forbidden]
    ),
];
