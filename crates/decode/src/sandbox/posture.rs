//! What protects the process that decodes, and what a host must give.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The layers around a worker, as they were obtained. Each is tried on its own, so that a host that refuses one still
/// gives the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posture {
    /// One process for one item, which dies with its parent and is ended at its deadline.
    pub process: bool,
    /// Limits on memory, CPU time, open files and written bytes.
    pub limits: bool,
    /// An allow-list of system calls; anything else ends the process.
    pub seccomp: bool,
    /// Landlock without any rule: no file, no network, no signal to another process. The version of its interface.
    pub landlock: Option<u8>,
    /// A user namespace, in which even root has no rights outside.
    pub user: bool,
    /// A mount namespace whose root is an empty, read-only folder.
    pub mount: bool,
    /// A network namespace without any device.
    pub net: bool,
    /// A namespace for System V objects and message queues.
    pub ipc: bool,
    /// A namespace for the host's name.
    pub uts: bool,
    /// A process namespace of its own for every item.
    pub pid: bool,
}

impl Posture {
    /// Decoding in the calling process.
    pub const NONE: Self = Self {
        process: false,
        limits: false,
        seccomp: false,
        landlock: None,
        user: false,
        mount: false,
        net: false,
        ipc: false,
        uts: false,
        pid: false,
    };

    /// The strongest level that all of its layers reach.
    pub const fn protection(&self) -> Protection {
        let filter = self.process && self.limits && self.seccomp;
        let kernel = filter && self.landlock.is_some();
        let namespaces = self.user && self.mount && self.net && self.ipc && self.uts && self.pid;
        if kernel && namespaces {
            Protection::Full
        } else if kernel {
            Protection::Kernel
        } else if filter {
            Protection::Filter
        } else {
            Protection::None
        }
    }

    /// The layers by name, and whether each is there.
    pub const fn layers(&self) -> [(&'static str, bool); 10] {
        [
            ("process", self.process),
            ("limits", self.limits),
            ("seccomp", self.seccomp),
            ("landlock", self.landlock.is_some()),
            ("user namespace", self.user),
            ("mount namespace", self.mount),
            ("network namespace", self.net),
            ("ipc namespace", self.ipc),
            ("uts namespace", self.uts),
            ("pid namespace", self.pid),
        ]
    }
}

/// How well decoding is protected, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Nothing between a decoder's fault and everything that the program may do.
    None,
    /// A process for each item with limits, and an allow-list of system calls.
    Filter,
    /// And Landlock: what a default container leaves.
    Kernel,
    /// And namespaces: no file system, no network, no other process to be seen.
    Full,
}

impl Protection {
    /// All, weakest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Filter, Self::Kernel, Self::Full];

    /// The word for it in options and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Filter => "filter",
            Self::Kernel => "kernel",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl FromStr for Protection {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|level| level.name() == text)
            .ok_or_else(|| "one of none, filter, kernel, full".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Posture = Posture {
        process: true,
        limits: true,
        seccomp: true,
        landlock: Some(7),
        user: true,
        mount: true,
        net: true,
        ipc: true,
        uts: true,
        pid: true,
    };

    #[test]
    fn a_level_needs_all_of_its_layers() {
        assert_eq!(ALL.protection(), Protection::Full);
        assert_eq!(Posture { pid: false, ..ALL }.protection(), Protection::Kernel);
        let without_landlock = Posture {
            landlock: None,
            ..ALL
        };
        assert_eq!(without_landlock.protection(), Protection::Filter);
        assert_eq!(
            Posture {
                seccomp: false,
                ..ALL
            }
            .protection(),
            Protection::None
        );
        assert_eq!(Posture::NONE.protection(), Protection::None);
    }

    #[test]
    fn names_are_read_back() {
        for level in Protection::ALL {
            assert_eq!(level.name().parse(), Ok(level));
        }
        assert!("most".parse::<Protection>().is_err());
    }
}
