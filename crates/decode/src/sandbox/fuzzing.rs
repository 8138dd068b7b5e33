//! What the supervisor and its workers read of each other and of tools, for the fuzzer alone.

use std::io::{self, Read};

use super::answer::{self, NoAnswer};
use super::ffmpeg;
use super::frames::{SIDE, Told, track};
use crate::request::Request;

/// All that a worker writes on its channel.
pub fn channel(mut bytes: &[u8], request: &Request) {
    let mut fill = |buffer: &mut [u8]| {
        let (now, later) = bytes.split_at_checked(buffer.len()).ok_or(NoAnswer::Ended)?;
        buffer.copy_from_slice(now);
        bytes = later;
        Ok(())
    };
    // A lie is refused, and is no finding.
    let _ = answer::read(&mut fill, request, &mut |_| ());
}

/// What FFprobe answers, and what FFmpeg says of its frames.
pub fn tool(bytes: &[u8], request: &Request) {
    let probe = ffmpeg::read_probe(&String::from_utf8_lossy(bytes));
    assert!(probe.seconds.is_none_or(|seconds| seconds >= 0.0));
    let frames = io::repeat(7).take(2 * (SIDE * SIDE) as u64);
    let tracks = track(frames, bytes, request, Told::new(&mut |_| ())).map(|(tracks, _)| tracks);
    assert!(tracks.is_ok_and(|tracks| tracks.whole.frames.len() <= 2));
}
