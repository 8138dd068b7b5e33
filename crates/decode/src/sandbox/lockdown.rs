//! The layers: each is tried on its own, and what was obtained is told.

use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr,
    RulesetStatus, Scope,
};
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change, mount_remount, unmount,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, chdir, getrlimit, pivot_root, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::Settings;
use super::posture::Posture;
use super::sys;

/// Applies to the server what all of its workers inherit, and tells what was obtained.
pub(super) fn enclose_server(settings: &Settings) -> io::Result<Posture> {
    // Nobody may look into their memory. The server goes when the program does, because its control socket closes; a
    // death signal would come when the thread ends that started it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    set_no_new_privs(true)?;
    let mut posture = Posture {
        process: true,
        ..Posture::NONE
    };
    let others = [libc::CLONE_NEWNET, libc::CLONE_NEWIPC, libc::CLONE_NEWUTS];
    posture.user = sys::unshare(libc::CLONE_NEWUSER).is_ok();
    [posture.net, posture.ipc, posture.uts] = others.map(|flag| sys::unshare(flag).is_ok());
    posture.mount = sys::unshare(libc::CLONE_NEWNS)
        .and_then(|()| empty_root())
        .is_ok();
    // After the mounts, which Landlock would refuse.
    posture.landlock = landlock();
    posture.limits = limits(settings).is_ok();
    Ok(posture)
}

/// An empty, read-only folder instead of the file system.
fn empty_root() -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    // Any folder that exists will do; the mount is seen in this namespace alone.
    let place = "/proc";
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount("basira", place, "tmpfs", flags, Some(c"size=4k,nr_inodes=2"))?;
    chdir(place)?;
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    chdir("/")?;
    Ok(mount_remount("/", flags | MountFlags::RDONLY, "")?)
}

/// Denies everything that the kernel's Landlock knows; the version of its interface where that succeeded.
fn landlock() -> Option<u8> {
    let everything = ABI::V9;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(everything))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(everything)))
        .and_then(|rules| rules.scope(Scope::from_all(everything)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .ok()?;
    match status.landlock {
        LandlockStatus::Available {
            effective_abi,
            kernel_abi,
        } if status.ruleset != RulesetStatus::NotEnforced => {
            Some(kernel_abi.map_or(effective_abi as u8, |abi| abi.clamp(0, 255) as u8))
        }
        _ => None,
    }
}

/// A stricter limit that is there already stays.
fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |there| there.min(most));
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, limit)?)
}

fn limits(settings: &Settings) -> io::Result<()> {
    limit(Resource::As, settings.memory)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // The server has two for each worker; workers have fewer (see below).
    limit(Resource::Nofile, 4096)
}

/// Applies to a worker what it does not inherit. Its standard input is the channel, and nothing else is open.
pub(super) fn enclose_worker(settings: &Settings, posture: &Posture, filter: &BpfProgram) -> io::Result<()> {
    // The server has one thread, so this comes with its end.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none)?;
    if posture.limits {
        let there = getrlimit(Resource::Cpu).maximum.unwrap_or(u64::MAX);
        let seconds = settings.cpu.as_secs().clamp(1, there.saturating_sub(1).max(1));
        // The second one is for a decoder that was taken over and ignores the first.
        let cpu = Rlimit {
            current: Some(seconds),
            maximum: Some(seconds + 1),
        };
        setrlimit(Resource::Cpu, cpu)?;
        limit(Resource::Nproc, 0)?;
        // The channel, and the item that comes through it.
        limit(Resource::Nofile, 2)?;
    }
    if posture.seccomp {
        seccompiler::apply_filter(filter).map_err(io::Error::other)?;
    }
    Ok(())
}

/// The system calls that a worker may make: to hold memory, to read its item, to write its answer, to end itself.
/// `own` is its number in its process namespace.
pub(super) fn filter(own: u32) -> io::Result<BpfProgram> {
    let is = |argument: u8, value: u64| SeccompCondition::new(argument, Len::Dword, Op::Eq, value);
    let without =
        |argument: u8, bits: u64| SeccompCondition::new(argument, Len::Dword, Op::MaskedEq(bits), 0);
    let all = |conditions: Vec<Result<SeccompCondition, _>>| {
        conditions
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .and_then(SeccompRule::new)
            .map_err(io::Error::other)
    };
    let executable = libc::PROT_EXEC as u64;
    let mut rules = std::collections::BTreeMap::new();
    for call in [
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_sched_yield,
        libc::SYS_close,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ] {
        rules.insert(call, Vec::new());
    }
    // The channel is descriptor 0. Last words go to 2, which is closed: that they fail must not hide why they are said.
    for call in [libc::SYS_read, libc::SYS_recvmsg] {
        rules.insert(call, vec![all(vec![is(0, 0)])?]);
    }
    rules.insert(libc::SYS_write, vec![all(vec![is(0, 0)])?, all(vec![is(0, 2)])?]);
    rules.insert(libc::SYS_mprotect, vec![all(vec![without(2, executable)])?]);
    // Private memory only: an item is not written to, even where its descriptor would allow it.
    let shared = libc::MAP_SHARED as u64;
    rules.insert(
        libc::SYS_mmap,
        vec![all(vec![without(2, executable), without(3, shared)])?],
    );
    // abort() signals itself.
    rules.insert(
        libc::SYS_tgkill,
        vec![all(vec![is(0, own.into()), is(1, own.into())])?],
    );
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into().map_err(io::Error::other)?,
    )
    .and_then(BpfProgram::try_from)
    .map_err(io::Error::other)
}
