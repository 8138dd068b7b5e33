//! A program of the host that was taken over: this program itself, in FFprobe's place, attempts what somebody would do
//! first. Every attempt must fail, with all layers and with those that a default container leaves.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use basira_decode::sandbox::{Protection, Sandbox, Settings, ToolSettings};
use libc::{c_long, syscall};
use model::IncompleteReason;

use crate::{Test, request};

/// The argument under which this program, with itself in FFprobe's place, runs the attempts.
pub(crate) const SUITE: &str = "stand-in";
/// The same within a container.
pub(crate) const IN_CONTAINER: &str = "stand-in-in-container";

pub(crate) const TESTS: &[(&str, Test)] = &[(
    "a_program_taken_over_gets_nowhere",
    a_program_taken_over_gets_nowhere,
)];

const PLACE: &str = "/usr/bin/ffprobe";

/// The exit status of an attempt that was refused. FFprobe's own for what it cannot open.
const REFUSED: i32 = 1;
/// The exit status of one that was not.
const ESCAPED: i32 = 99;

/// Whether this process plays FFprobe.
pub(crate) fn is_one() -> bool {
    std::env::args().next().as_deref() == Some(PLACE)
}

/// How an attempt must end.
#[derive(Clone, Copy)]
enum Must {
    /// The system call is refused.
    Fail,
    /// The process is ended in time, for this reason.
    BeEnded(fn() -> IncompleteReason),
}

struct Attempt {
    name: &'static str,
    /// What it does; the result of a system call, negative for an error.
    act: fn() -> c_long,
    must: Must,
}

const PASSWD: *const libc::c_char = c"/etc/passwd".as_ptr();
const TRUE: *const libc::c_char = c"/bin/true".as_ptr();
const HERE: *const libc::c_char = c"/tmp/basira-escaped".as_ptr();
const ITEM: *const libc::c_char = c"/proc/self/fd/0".as_ptr();
const OWN: *const libc::c_char = c"/usr/bin/ffprobe".as_ptr();

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

macro_rules! open {
    ($name:literal, $path:expr, $flags:expr) => {
        call!($name, libc::SYS_openat, libc::AT_FDCWD, $path, $flags, 0o600)
    };
}

static ATTEMPTS: &[Attempt] = &[
    // Reading.
    open!("read the users", PASSWD, libc::O_RDONLY),
    open!(
        "read a process's memory",
        c"/proc/self/mem".as_ptr(),
        libc::O_RDONLY
    ),
    open!(
        "read the first process",
        c"/proc/1/environ".as_ptr(),
        libc::O_RDONLY
    ),
    open!(
        "list a process's root",
        c"/proc/1/root".as_ptr(),
        libc::O_RDONLY | libc::O_DIRECTORY
    ),
    open!(
        "read what the kernel says",
        c"/proc/version".as_ptr(),
        libc::O_RDONLY
    ),
    open!("read a device", c"/dev/mem".as_ptr(), libc::O_RDONLY),
    open!("list the root", c"/".as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY),
    open!(
        "list the users' folders",
        c"/home".as_ptr(),
        libc::O_RDONLY | libc::O_DIRECTORY
    ),
    open!(
        "list the processes",
        c"/proc".as_ptr(),
        libc::O_RDONLY | libc::O_DIRECTORY
    ),
    open!(
        "climb out of a folder",
        c"/usr/lib/../../etc/passwd".as_ptr(),
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
    call!("open by handle", libc::SYS_open_by_handle_at, 0, 0, 0),
    call!(
        "read a descriptor that is not its own",
        libc::SYS_pread64,
        3,
        0,
        0,
        0
    ),
    // Writing.
    open!("write to the item", ITEM, libc::O_WRONLY),
    open!("write to the item and read it", ITEM, libc::O_RDWR),
    open!("write to its own program", OWN, libc::O_WRONLY),
    open!("write to a library", c"/etc/ld.so.cache".as_ptr(), libc::O_RDWR),
    open!("write to memory", c"/proc/self/mem".as_ptr(), libc::O_RDWR),
    open!("make a file", HERE, libc::O_CREAT | libc::O_WRONLY),
    open!(
        "make a file in the root",
        c"/escaped".as_ptr(),
        libc::O_CREAT | libc::O_WRONLY
    ),
    open!(
        "make a file without a name",
        c"/tmp".as_ptr(),
        libc::O_TMPFILE | libc::O_RDWR
    ),
    open!("empty the item", ITEM, libc::O_TRUNC),
    call!("write to the item's descriptor", libc::SYS_write, 0, PASSWD, 4),
    call!(
        "write to a place in the item",
        libc::SYS_pwrite64,
        0,
        PASSWD,
        4,
        0
    ),
    call!("cut the item", libc::SYS_ftruncate, 0, 0),
    call!("make a folder", libc::SYS_mkdirat, libc::AT_FDCWD, HERE, 0o700),
    call!("delete a file", libc::SYS_unlinkat, libc::AT_FDCWD, OWN, 0),
    call!(
        "rename a file",
        libc::SYS_renameat2,
        libc::AT_FDCWD,
        OWN,
        libc::AT_FDCWD,
        HERE,
        0
    ),
    call!("make a link", libc::SYS_symlinkat, PASSWD, libc::AT_FDCWD, HERE),
    call!("change rights", libc::SYS_fchmodat, libc::AT_FDCWD, OWN, 0o777),
    call!("make a file in memory", libc::SYS_memfd_create, PASSWD, 0),
    call!("share memory", libc::SYS_shmget, 1, 4096, 0o1600),
    call!("duplicate a descriptor", libc::SYS_dup2, 0, 1),
    call!("copy to a pipe", libc::SYS_sendfile, 1, 0, 0, 16),
    call!("control a terminal", libc::SYS_ioctl, 0, libc::TIOCSTI, PASSWD),
    call!("watch files", libc::SYS_inotify_init1, 0),
    call!("change the folder", libc::SYS_chdir, c"/proc".as_ptr()),
    call!("change the root", libc::SYS_chroot, c"/".as_ptr()),
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
    call!("send", libc::SYS_sendto, 1, PASSWD, 1, 0, 0, 0),
    // Other programs and processes.
    call!("run a program", libc::SYS_execve, TRUE, 0, 0),
    call!("run itself again", libc::SYS_execve, OWN, 0, 0),
    call!(
        "run the loader",
        libc::SYS_execve,
        c"/lib64/ld-linux-x86-64.so.2".as_ptr(),
        0,
        0
    ),
    call!(
        "run a program by descriptor",
        libc::SYS_execveat,
        0,
        c"".as_ptr(),
        0,
        0,
        libc::AT_EMPTY_PATH
    ),
    call!("fork", libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0),
    call!("fork, new call", libc::SYS_clone3, 0, 88),
    call!(
        "share memory with a child",
        libc::SYS_clone,
        libc::CLONE_VM | libc::SIGCHLD,
        0,
        0,
        0,
        0
    ),
    call!("signal everybody", libc::SYS_kill, -1, libc::SIGKILL),
    call!("signal the first process", libc::SYS_kill, 1, libc::SIGKILL),
    call!("signal the first thread", libc::SYS_tgkill, 1, 1, libc::SIGKILL),
    call!("open a process", libc::SYS_pidfd_open, 1, 0),
    call!(
        "trace the first process",
        libc::SYS_ptrace,
        libc::PTRACE_ATTACH,
        1,
        0,
        0
    ),
    call!("be traced", libc::SYS_ptrace, libc::PTRACE_TRACEME, 0, 0, 0),
    call!(
        "read a process's memory, new call",
        libc::SYS_process_vm_readv,
        1,
        0,
        0,
        0,
        0,
        0
    ),
    call!("ask for the parent", libc::SYS_getppid),
    // The sandbox itself.
    call!(
        "lift the limits",
        libc::SYS_prlimit64,
        0,
        libc::RLIMIT_AS,
        PASSWD,
        0
    ),
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
    call!("unmount", libc::SYS_umount2, c"/proc".as_ptr(), libc::MNT_DETACH),
    call!("take rights", libc::SYS_capset, 0, 0),
    call!("become another user", libc::SYS_setresuid, 0, 0, 0),
    // The kernel.
    call!("io_uring", libc::SYS_io_uring_setup, 1, 0),
    call!("load a BPF program", libc::SYS_bpf, 0, 0, 0),
    call!("count events", libc::SYS_perf_event_open, 0, 0, -1, -1, 0),
    call!("handle page faults", libc::SYS_userfaultfd, 1),
    call!("add a key", libc::SYS_add_key, 0, 0, 0, 0, 0),
    call!("a timer that signals", libc::SYS_timer_create, 0, 0, 0),
    // Against the machine.
    Attempt {
        name: "take all memory",
        act: take_all_memory,
        must: Must::Fail,
    },
    Attempt {
        name: "share the item's memory",
        act: share_the_item,
        must: Must::Fail,
    },
    Attempt {
        name: "compute for ever",
        act: || loop {
            std::hint::spin_loop();
        },
        must: Must::BeEnded(|| IncompleteReason::Time),
    },
    Attempt {
        name: "sleep for ever",
        act: || loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        must: Must::BeEnded(|| IncompleteReason::Time),
    },
    Attempt {
        name: "speak for ever",
        act: || loop {
            // Where nobody listens any more, the process goes on until it is ended.
            let _ = std::io::stdout().write_all(&[b'a'; 4096]);
        },
        must: Must::BeEnded(|| IncompleteReason::Forbidden),
    },
];

fn take_all_memory() -> c_long {
    let (protection, flags) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    // SAFETY: new memory that nothing points into.
    unsafe { syscall(libc::SYS_mmap, 0, 8u64 << 30, protection, flags, -1, 0) }
}

fn share_the_item() -> c_long {
    // SAFETY: new memory that nothing points into.
    unsafe { syscall(libc::SYS_mmap, 0, 1, libc::PROT_READ, libc::MAP_SHARED, 0, 0) }
}

/// Plays FFprobe: the first byte of the item says what to attempt. Beyond the attempts, it is honest.
pub(crate) fn attempt() -> ! {
    let item = std::fs::read("/proc/self/fd/0").unwrap();
    let Some(attempt) = ATTEMPTS.get(usize::from(item[NUMBER])) else {
        // A library, and words to the pipe: what any program needs.
        std::fs::read("/etc/ld.so.cache").unwrap();
        println!("format|duration=1.0");
        std::process::exit(0);
    };
    let status = if (attempt.act)() < 0 { REFUSED } else { ESCAPED };
    std::process::exit(status);
}

/// Where the number of an attempt stands in an item, behind what makes it a recording.
const NUMBER: usize = 10;

fn outcome(sandbox: &Sandbox, number: usize) -> IncompleteReason {
    let mut item = tempfile::tempfile().unwrap();
    item.write_all(b"ID3\x03\0\0\0\0\0\0").unwrap();
    item.write_all(&[number as u8; 64]).unwrap();
    let found = sandbox.begin(&item, 74, &request()).unwrap().finish();
    let [gap] = &found.incomplete[..] else {
        panic!("{found:?}");
    };
    gap.reason.clone()
}

fn malformed(why: &str) -> IncompleteReason {
    IncompleteReason::Malformed { why: why.to_owned() }
}

/// Runs the attempts. This program is in FFprobe's place already.
pub(crate) fn suite() {
    let sandbox = Sandbox::start(Settings {
        tool: ToolSettings {
            cpu: Duration::from_secs(1),
            wall: Duration::from_secs(3),
            ..ToolSettings::default()
        },
        ..Settings::default()
    })
    .unwrap();
    // That it is, and that it could do what it may.
    let honest = || {
        assert_eq!(
            outcome(&sandbox, 255),
            malformed("FFmpeg finds neither film nor sound in it")
        )
    };
    honest();
    let mut escaped = Vec::new();
    for (number, attempt) in ATTEMPTS.iter().enumerate() {
        let must = match attempt.must {
            Must::Fail => malformed("FFmpeg cannot open it"),
            Must::BeEnded(reason) => reason(),
        };
        let found = outcome(&sandbox, number);
        if found != must {
            escaped.push(format!("{}: {found}", attempt.name));
        }
    }
    honest();
    let level = sandbox.posture().protection();
    println!("{level}: {} attempts, {} escaped", ATTEMPTS.len(), escaped.len());
    assert!(escaped.is_empty(), "{escaped:#?}");
}

fn a_program_taken_over_gets_nowhere(sandbox: &Sandbox, _: &Path) {
    if sandbox.posture().protection() < Protection::Full {
        println!("NOT RUN: no program can be put in another's place without namespaces");
        return;
    }
    let own = std::env::current_exe().unwrap();
    for mode in [SUITE, IN_CONTAINER] {
        let status = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
            .arg(format!("mount --bind \"$0\" {PLACE} && exec \"$0\" {mode}"))
            .arg(&own)
            .status()
            .unwrap();
        assert!(status.success(), "{mode}: {status}");
    }
}
