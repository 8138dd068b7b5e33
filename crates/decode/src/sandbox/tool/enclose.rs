//! The layers around a tool.

use std::ffi::CStr;
use std::io;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, AddRuleError, AddRulesError, CompatLevel, Compatible, PathBeneath,
    PathFd, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope,
};
use rustix::process::Resource;
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::super::lockdown;
use super::super::posture::Posture;
use super::{Program, ToolJob, ToolSettings, place};

/// Locks the calling process, whose standard input is the item, down around the program that it is about to become.
pub(in super::super) fn enclose(
    settings: &ToolSettings,
    posture: &Posture,
    job: &ToolJob,
    program: &CStr,
    path: &Path,
) -> io::Result<()> {
    if posture.landlock.is_some() {
        landlock(job.program, path).map_err(io::Error::other)?;
    }
    if posture.limits {
        lockdown::limit_cpu(job.cpu.as_secs().max(1))?;
        lockdown::limit(Resource::As, settings.memory)?;
        lockdown::limit(Resource::Nofile, 64)?;
    }
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none)?;
    if posture.seccomp {
        seccompiler::apply_filter(&filter(program)?).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Everything is denied but to read the list, the program's own data and the item, and to execute the program with its
/// loader.
fn landlock(program: Program, path: &Path) -> Result<RestrictionStatus, RulesetError> {
    let everything = ABI::V9;
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let created = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(everything))?
        .handle_access(AccessNet::from_all(everything))?
        .scope(Scope::from_all(everything))?
        .create()?;
    let item = PathBeneath::new(rustix::stdio::stdin(), AccessFs::ReadFile);
    let kept = created.try_clone();
    let mut rules = match (created.add_rule(item), kept) {
        (Ok(rules), _) => rules,
        // A file in memory has no place that a rule could name; Landlock asks for none, since no path leads to it.
        (Err(error), Ok(kept)) if is_without_place(&error) => kept,
        (Err(error), _) => return Err(error),
    };
    let folders = place::READABLE.iter().chain(program.data());
    let folders = folders.map(|path| (Path::new(path), read));
    let loaders = place::LOADERS
        .iter()
        .map(|path| (Path::new(path), AccessFs::ReadFile | AccessFs::Execute));
    let own = (path, AccessFs::ReadFile | AccessFs::Execute);
    for (path, access) in folders.chain(loaders).chain([own]) {
        // What is not there need not be allowed.
        let Ok(opened) = PathFd::new(path) else { continue };
        let access = if path.is_dir() {
            access
        } else {
            access & !AccessFs::ReadDir
        };
        rules = rules.add_rule(PathBeneath::new(opened, access))?;
    }
    rules.restrict_self()
}

/// Whether the kernel says that a file lies in no file system that has paths (EBADFD).
fn is_without_place(error: &RulesetError) -> bool {
    matches!(
        error,
        RulesetError::AddRules(AddRulesError::Fs(AddRuleError::AddRuleCall { source, .. }))
            if source.raw_os_error() == Some(rustix::io::Errno::BADFD.raw_os_error())
    )
}

/// The system calls of a program that reads its libraries and its item, computes in threads, and writes to its pipes.
/// Any other call fails as if the kernel did not know it, which programs of every version understand.
fn filter(program: &CStr) -> io::Result<BpfProgram> {
    let is = |argument: u8, length: Len, value: u64| SeccompCondition::new(argument, length, Op::Eq, value);
    let masked = |argument: u8, bits: u64, value: u64| {
        SeccompCondition::new(argument, Len::Dword, Op::MaskedEq(bits), value)
    };
    let rule = |conditions: Vec<Result<SeccompCondition, _>>| {
        conditions
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .and_then(SeccompRule::new)
            .map_err(io::Error::other)
    };
    let mut rules = std::collections::BTreeMap::new();
    for call in PLAIN.iter().chain(OLD) {
        rules.insert(*call, Vec::new());
    }
    // Only to read, and nothing is made.
    let writes =
        (libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_TMPFILE & !libc::O_DIRECTORY) as u64;
    rules.insert(libc::SYS_openat, vec![rule(vec![masked(2, writes, 0)])?]);
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, vec![rule(vec![masked(1, writes, 0)])?]);
    for call in [libc::SYS_write, libc::SYS_writev] {
        let pipes = [1, 2].map(|pipe| rule(vec![is(0, Len::Dword, pipe)]));
        rules.insert(call, pipes.into_iter().collect::<io::Result<_>>()?);
    }
    // The first execution names the program where this process has its name; in the program's own memory nothing is
    // there. Landlock holds whoever puts something there to the program itself.
    rules.insert(
        libc::SYS_execve,
        vec![rule(vec![is(0, Len::Qword, program.as_ptr() as u64)])?],
    );
    // Threads, and no processes.
    let thread = (libc::CLONE_THREAD | libc::CLONE_VM) as u64;
    rules.insert(libc::SYS_clone, vec![rule(vec![masked(0, thread, thread)])?]);
    // To ask for limits, not to change them; to name a thread.
    rules.insert(libc::SYS_prlimit64, vec![rule(vec![is(2, Len::Qword, 0)])?]);
    let name = libc::PR_SET_NAME as u64;
    rules.insert(libc::SYS_prctl, vec![rule(vec![is(0, Len::Dword, name)])?]);
    // No memory of others to map, and none shared.
    let shared = libc::MAP_SHARED as u64 & !(libc::MAP_PRIVATE as u64);
    rules.insert(libc::SYS_mmap, vec![rule(vec![masked(3, shared, 0)])?]);
    SeccompFilter::new(
        rules,
        SeccompAction::Errno(libc::ENOSYS as u32),
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into().map_err(io::Error::other)?,
    )
    .and_then(BpfProgram::try_from)
    .map_err(io::Error::other)
}

/// Calls that are harmless with whatever arguments, given that nothing can be opened but the list.
const PLAIN: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fcntl,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_ppoll,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Older spellings, which not every processor's kernel has.
#[cfg(target_arch = "x86_64")]
const OLD: &[libc::c_long] = &[
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_poll,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[libc::c_long] = &[];
