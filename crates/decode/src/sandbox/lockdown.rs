//! The layers: each is tried on its own, and what was obtained is told.

use std::ffi::CStr;
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
use seccompiler::{BpfProgram, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompRule};

use super::filter::{self, Rules};
use super::posture::Posture;
use super::sys;
use super::{Profile, Settings, tool};

/// Applies to the server what all of its workers, or tools, inherit, and tells what was obtained.
pub(super) fn enclose_server(settings: &Settings, profile: Profile) -> io::Result<Posture> {
    set_no_new_privs(true)?;
    let mut posture = Posture {
        process: true,
        ..Posture::NONE
    };
    let others = [libc::CLONE_NEWNET, libc::CLONE_NEWIPC, libc::CLONE_NEWUTS];
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    posture.user = sys::unshare(libc::CLONE_NEWUSER).is_ok();
    if posture.user && profile == Profile::Tool {
        // Whoever is nobody at all can make no folder, not even in a file system of its own: without it there is no new
        // root, which the posture says then.
        let _ = be_nobody(user.as_raw(), group.as_raw());
    }
    // Nobody may look into their memory; nor may they write their own numbers any more. The server goes when the program
    // does, because its control socket closes; a death signal would come when the thread ends that started it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    [posture.net, posture.ipc, posture.uts] = others.map(|flag| sys::unshare(flag).is_ok());
    posture.mount = sys::unshare(libc::CLONE_NEWNS)
        .and_then(|()| match profile {
            // Any folder that exists will do as the place; the mount is seen in this namespace alone.
            Profile::Inner => new_root("/proc", c"size=4k,nr_inodes=2", || Ok(())),
            Profile::Tool => new_root("/sys", c"size=256k,nr_inodes=256", tool::place::fill),
        })
        .is_ok();
    // After the mounts, which Landlock would refuse.
    match profile {
        Profile::Inner => {
            posture.landlock = landlock();
            posture.limits = limits(settings.memory).is_ok();
        }
        // Each tool denies itself everything but its list and its item.
        Profile::Tool => {
            posture.landlock = sys::landlock_version();
            posture.limits = limits(settings.tool.memory).is_ok();
        }
    }
    Ok(posture)
}

/// Gives the only user and the only group that exist in the present user namespace a number there.
fn be_nobody(user: u32, group: u32) -> io::Result<()> {
    const NOBODY: u32 = 65_534;
    std::fs::write("/proc/self/uid_map", format!("{NOBODY} {user} 1"))?;
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/gid_map", format!("{NOBODY} {group} 1"))
}

/// A small, read-only folder instead of the file system, filled by `fill`, which stands in it and still sees all.
fn new_root(place: &str, size: &CStr, fill: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount("basira", place, "tmpfs", flags, Some(size))?;
    chdir(place)?;
    if let Err(error) = fill() {
        // The other layers do without; they need the view that was covered.
        chdir("/")?;
        unmount(place, UnmountFlags::DETACH)?;
        return Err(error);
    }
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
pub(super) fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |there| there.min(most));
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, limit)?)
}

fn limits(memory: u64) -> io::Result<()> {
    limit(Resource::As, memory)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    // The server has two for each worker; workers have fewer (see below).
    limit(Resource::Nofile, 4096)
}

/// Limits CPU time, at least to a second.
pub(super) fn limit_cpu(seconds: u64) -> io::Result<()> {
    let there = getrlimit(Resource::Cpu).maximum.unwrap_or(u64::MAX);
    let seconds = seconds.clamp(1, there.saturating_sub(1).max(1));
    // The second one is for a decoder that was taken over and ignores the first.
    let cpu = Rlimit {
        current: Some(seconds),
        maximum: Some(seconds + 1),
    };
    Ok(setrlimit(Resource::Cpu, cpu)?)
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
        limit_cpu(settings.cpu.as_secs())?;
        limit(Resource::Nproc, 0)?;
        // The channel, and the item or two pipes that come through it.
        limit(Resource::Nofile, 3)?;
    }
    if posture.seccomp {
        seccompiler::apply_filter(filter).map_err(io::Error::other)?;
    }
    Ok(())
}

/// The system calls that a worker may make: to hold memory, to read its item, to write its answer, to end itself.
/// `own` is its number in its process namespace.
pub(super) fn filter(own: u32) -> io::Result<BpfProgram> {
    filter::program(&rules(own)?)
}

/// What [`filter`] is made of.
pub(super) fn rules(own: u32) -> io::Result<Rules> {
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
    let mut rules = Rules::new();
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
    // The channel is descriptor 0. Last words go to 2, which cannot be written to: that they fail must not hide why they
    // are said. Pipes of a tool are 1 and 2.
    rules.insert(libc::SYS_recvmsg, vec![all(vec![is(0, 0)])?]);
    let from = [0, 1, 2].map(|descriptor| all(vec![is(0, descriptor)]));
    rules.insert(libc::SYS_read, from.into_iter().collect::<io::Result<_>>()?);
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
    Ok(rules)
}
