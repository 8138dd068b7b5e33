//! The second profile: programs of the host that decode what no decoder of ours can.
//!
//! A tool runs in a process like a worker's, with what such a program cannot do without: to be executed, once; to read
//! its own libraries and data ([`place`]); threads. It has its item as a descriptor and pipes to write to, and no other
//! file, no socket, no process. What it writes is not believed: pictures and samples go to a worker, which hashes them;
//! text is capped and cleaned.

pub(super) mod enclose;
pub(super) mod place;
pub(super) mod run;
pub(super) mod start;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(super) use super::programs::{Program, ToolSettings};

/// What a tool is told: which program, with which words, and how much CPU time it has (whole seconds, at least one). Its
/// standard input is the item, its standard output and error are the pipes that come along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToolJob {
    pub(super) program: Program,
    pub(super) arguments: Vec<String>,
    pub(super) cpu: Duration,
}
