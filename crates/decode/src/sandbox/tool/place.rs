//! What a tool may read: its program, its loader, libraries and data, by a fixed list.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::mount::{MountFlags, mount, mount_bind_recursive, mount_remount};

use super::Program;

/// Folders and files that tools read beside their own: loader, libraries, their configuration.
pub(super) const READABLE: [&str; 10] = [
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib32",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/dev/null",
    "/dev/urandom",
];

/// The loaders that the kernel executes for a program.
pub(super) const LOADERS: [&str; 3] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
];

/// All that stands in the new root, in the order in which it can be made.
fn entries() -> Vec<PathBuf> {
    let programs = Program::ALL.into_iter().filter_map(Program::find);
    let data = Program::ALL.into_iter().flat_map(Program::data);
    let folders = READABLE.iter().chain(data).map(PathBuf::from);
    folders.chain(programs).collect()
}

/// Fills the empty folder in which the process stands with the list: the same paths, mounted read-only.
pub(in super::super) fn fill() -> io::Result<()> {
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    for path in entries() {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        // Relative to here; every path of the list is absolute.
        let Ok(inside) = path.strip_prefix("/") else {
            continue;
        };
        if let Some(parent) = inside.parent() {
            fs::create_dir_all(parent)?;
        }
        if metadata.is_symlink() {
            symlink(fs::read_link(&path)?, inside)?;
            continue;
        }
        if metadata.is_dir() {
            fs::create_dir_all(inside)?;
        } else {
            File::create(inside)?;
        }
        mount_bind_recursive(&path, inside)?;
        // Devices of the list are harmless, and a mount that forbids devices would break them.
        if !path.starts_with("/dev") {
            // What a user namespace inherited cannot be loosened, only tightened.
            let there = statvfs(inside)?.f_flag;
            let mut all = flags | MountFlags::RDONLY | MountFlags::BIND;
            for (flag, kept) in [
                (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
                (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
                (StatVfsMountFlags::NODIRATIME, MountFlags::NODIRATIME),
                (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
            ] {
                if there.contains(flag) {
                    all |= kept;
                }
            }
            mount_remount(inside, all, "")?;
        }
    }
    // A kernel gives a new view of processes only to those who have one already.
    fs::create_dir_all("proc")?;
    Ok(mount_bind_recursive("/proc", "proc")?)
}

/// A view of processes that shows those of the present namespace only. Where the kernel refuses it, the old one stays:
/// Landlock opens nothing in it but the item.
pub(super) fn mount_proc() {
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let _ = mount("proc", "/proc", "proc", flags, Some(c"hidepid=invisible"));
}
