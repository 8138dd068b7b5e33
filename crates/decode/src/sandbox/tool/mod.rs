//! The second profile: programs of the host (FFmpeg, Tesseract) that decode what no decoder of ours can.
//!
//! A tool runs in a process like a worker's, with what such a program cannot do without: to be executed, once; to read
//! its own libraries and data ([`place`]); threads. It has its item as a descriptor and pipes to write to, and no other
//! file, no socket, no process. What it writes is not believed: pictures and samples go to a worker, which hashes them.

pub(super) mod enclose;
pub(super) mod place;
pub(super) mod run;

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A program of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// Decodes film and sound.
    Ffmpeg,
    /// Tells what is in a film or a recording; comes with FFmpeg.
    Ffprobe,
    /// Reads text in pictures.
    Tesseract,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 3] = [Self::Ffmpeg, Self::Ffprobe, Self::Tesseract];

    /// Its name in the file system and in every message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
            Self::Tesseract => "tesseract",
        }
    }
}

/// What a tool is told: which program, with which words. Its standard input is the item, its standard output and error
/// are the pipes that come along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToolJob {
    pub(super) program: Program,
    pub(super) arguments: Vec<String>,
}

/// How much a tool may spend on one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSettings {
    /// Bytes of memory that it may map.
    pub memory: u64,
    /// CPU time; whole seconds, at least one.
    pub cpu: Duration,
    /// Time that a pass over an item may take.
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
