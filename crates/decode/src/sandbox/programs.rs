//! The programs of the host that decode what no decoder of ours can.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A program of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// Decodes film and sound.
    Ffmpeg,
    /// Tells what is in a film or a recording; comes with FFmpeg.
    Ffprobe,
}

/// Where programs are looked for: never in a folder that a user can write to.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/bin"];

impl Program {
    /// Every program.
    pub const ALL: [Self; 2] = [Self::Ffmpeg, Self::Ffprobe];

    /// Its name in the file system and in every message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
        }
    }

    /// Where it is, if it is installed.
    pub fn find(self) -> Option<PathBuf> {
        FOLDERS
            .iter()
            .map(|folder| Path::new(folder).join(self.name()))
            .find(|path| path.is_file())
    }
}

/// How much a program may spend on one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSettings {
    /// Bytes of memory that it may map.
    pub memory: u64,
    /// CPU time; whole seconds, at least one.
    pub cpu: Duration,
    /// Time that all passes over all films and sounds of an item may take.
    pub wall: Duration,
}

impl Default for ToolSettings {
    /// Two hours of 720p film take some seven minutes of CPU time.
    fn default() -> Self {
        Self {
            memory: 3 << 29,
            cpu: Duration::from_mins(10),
            wall: Duration::from_mins(20),
        }
    }
}
