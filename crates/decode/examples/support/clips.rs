//! Small valid films and sounds by FFmpeg, where it is installed.

use std::process::{Command, Stdio};

const PICTURE: &str = "-f lavfi -i testsrc2=s=64x48:r=5:d=2";
const TONE: &str = "-f lavfi -i sine=440:d=2:r=11025";

/// Container, and how its tracks are coded.
const KINDS: [(&str, &str); 12] = [
    ("mp4", "-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov"),
    ("matroska", "-c:v libx264 -c:a libopus -ar 48000"),
    ("webm", "-c:v libvpx -b:v 50k -an"),
    ("avi", "-c:v mpeg4 -c:a mp3 -ar 44100"),
    ("mpegts", "-c:v mpeg2video -r 25 -c:a mp2"),
    ("flv", "-c:v flv1 -an"),
    ("mpeg", "-c:v mpeg2video -r 25 -an"),
    ("ogg", "-vn -c:a libvorbis"),
    ("mp3", "-vn -c:a mp3"),
    ("flac", "-vn -c:a flac"),
    ("aiff", "-vn -c:a pcm_s16be"),
    ("caf", "-vn -c:a pcm_s16le"),
];

/// One of each kind; none where FFmpeg is not installed, and no such kind where it cannot make one.
pub(crate) fn made() -> Vec<Vec<u8>> {
    KINDS
        .iter()
        .filter_map(|(kind, tracks)| make(kind, tracks))
        .collect()
}

fn make(kind: &str, tracks: &str) -> Option<Vec<u8>> {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "quiet", "-threads", "1"])
        .args(format!("{PICTURE} {TONE} {tracks}").split_whitespace())
        // The same bytes each time: a bad film is made again from its number.
        .args("-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1".split_whitespace())
        .args(["-f", kind, "pipe:1"])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    (output.status.success() && !output.stdout.is_empty()).then_some(output.stdout)
}
