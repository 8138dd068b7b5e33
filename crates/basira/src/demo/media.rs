//! What the console of the demonstration shows beside pictures: a film, a sound, texts and links of a chess league that does
//! not exist.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use testkit::reporting::STATEMENTS;
use testkit::sound::{RATE, Sound, pcm, wav_of};
use testkit::{encode, photo};

/// Seconds of a shot of the film.
const SHOT: u32 = 3;
/// Shots of the film.
const SHOTS: u64 = 6;
/// Seconds of the recording.
const RECORDED: f32 = 40.0;
/// The first seed of the pictures that are made here: none of them is among those of the folder.
const SEED: u64 = 9_000;

/// A picture of the archive, by its number.
pub(super) fn picture(number: u64) -> Vec<u8> {
    encode::png(&photo(SEED + number, 480, 320))
}

/// The same picture as it is saved once more: other bytes.
pub(super) fn saved_again(number: u64) -> Vec<u8> {
    encode::jpeg(&photo(SEED + number, 480, 320), 45)
}

/// Has FFmpeg do something in a folder; says whether it did.
fn ffmpeg(folder: &Path, words: &[String]) -> bool {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A film of pans over pictures, and a smaller clip of it. `None` where FFmpeg is not installed.
pub(super) fn film(folder: &Path) -> Result<Option<[Vec<u8>; 2]>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let seconds = SHOT.to_string();
    let mut words = Vec::new();
    let mut graph = String::new();
    for shot in 0..SHOTS {
        let name = format!("shot-{shot}.png");
        let picture = photo(SEED + 100 + shot, 480, 270);
        fs::write(folder.join(&name), encode::png(&picture))?;
        let inputs = ["-loop", "1", "-framerate", "25", "-t", &seconds, "-i", &name];
        words.extend(inputs.map(str::to_owned));
        graph += &format!("[{shot}]crop=320:180:x=40*t:y=15*t[v{shot}];");
    }
    graph.extend((0..SHOTS).map(|shot| format!("[v{shot}]")));
    graph += &format!("concat=n={SHOTS}");
    words.extend(
        [
            "-filter_complex",
            &graph,
            "-c:v",
            "libx264",
            "-g",
            "50",
            "film.mp4",
        ]
        .map(str::to_owned),
    );
    let clip = [
        "-ss",
        "4",
        "-t",
        "10",
        "-i",
        "film.mp4",
        "-vf",
        "scale=240:136",
        "-c:v",
        "libx264",
        "clip.mp4",
    ];
    if !ffmpeg(folder, &words) || !ffmpeg(folder, &clip.map(str::to_owned)) {
        return Ok(None);
    }
    Ok(Some([
        fs::read(folder.join("film.mp4"))?,
        fs::read(folder.join("clip.mp4"))?,
    ]))
}

/// A recording of a melody, and the part of it that somebody has cut out.
pub(super) fn sound() -> [Vec<u8>; 2] {
    let melody = Sound::Melody.make(SEED, RECORDED);
    let second = RATE as usize;
    [&melody[..], &melody[6 * second..34 * second]].map(|sound| wav_of(&pcm(sound)))
}

/// The statements that are banked: one in English, one in Arabic.
pub(super) fn statements() -> [&'static str; 2] {
    [STATEMENTS[0], STATEMENTS[4]]
}

/// A report that quotes a statement.
pub(super) fn report() -> String {
    let quoted: Vec<&str> = STATEMENTS[0].split_whitespace().take(38).collect();
    format!(
        "<!doctype html><title>The reading room</title><p>By our reporter. A spokesman of the council said on Monday that the \
         old reading room is too small for so many players, and experts doubt that anybody keeps the rules.</p>\
         <p>In a statement that was read to the council, the league had said: \"{}\" The council condemned the noise and \
         opened an investigation, the newspaper reported.</p>",
        quoted.join(" ")
    )
}

/// The link that is banked.
pub(super) const LINK: &str = "https://example.com/castle-league";

/// A text with that link, written against being followed.
pub(super) const LINKING: &str =
    "للتسجيل في البطولة القادمة زوروا hxxps://example[.]com/castle-league قبل نهاية الأسبوع";
