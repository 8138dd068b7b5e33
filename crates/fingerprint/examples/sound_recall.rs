//! Measures how often edited clips of banked recordings are found, and how often unrelated sounds are.
//!
//! ```text
//! cargo run --release -p basira-fingerprint --example sound_recall -- [--n 100] [--seconds 10]
//! ```
//!
//! `n` generated recordings of 40 s are banked. For every edit, a clip of each of them is edited and put between two
//! others, 8 s each: a query. The false matches are counted over `n` queries of 30 s, each against `n` recordings.
//! One JSON object a line. *Plain* is Chromaprint as it comes: the words of the clip, which is not looked for in the query
//! but told, slid over the whole recording, and a bit error rate of at most 0.15. Where `ffmpeg` is installed, clips are
//! also encoded as MP3 and Opus.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark has files, a command line, a clock and a peer"
)]

use std::process::{Command, Stdio};
use std::time::Instant;

use basira_fingerprint::sound::{
    ENOUGH, Printer, RATE, Shift, Shifted, SoundIndex, bank_shifts, query_shifts,
};
use testkit::sound::{Sound, SoundEdit, pcm};

type Failure = Box<dyn std::error::Error>;

/// Seconds of another sound before and after a clip.
const AROUND: f32 = 8.0;
/// Where in a recording a clip begins, in seconds.
const FROM: f32 = 12.0;

#[derive(Clone, Copy)]
enum Edit {
    Pure(SoundEdit),
    /// An encoder of ffmpeg, the file's ending, and kilobits a second.
    Encoded(&'static str, &'static str, u32),
}

impl Edit {
    fn name(self) -> String {
        match self {
            Self::Pure(edit) => edit.name(),
            Self::Encoded(_, ending, rate) => format!("{ending} {rate}k"),
        }
    }

    fn apply(self, clip: &[f32], seed: u64) -> Result<Vec<f32>, Failure> {
        match self {
            Self::Pure(edit) => Ok(edit.apply(clip, seed)),
            Self::Encoded(encoder, ending, rate) => encoded(clip, encoder, ending, rate),
        }
    }
}

/// The clip after an encoder and a decoder.
fn encoded(clip: &[f32], encoder: &str, ending: &str, rate: u32) -> Result<Vec<f32>, Failure> {
    let path = std::env::temp_dir().join(format!("sound_recall_{}.{ending}", std::process::id()));
    let raw = path.with_extension("raw");
    let bytes: Vec<u8> = pcm(clip).iter().flat_map(|s| s.to_le_bytes()).collect();
    std::fs::write(&raw, bytes)?;
    let hertz = RATE.to_string();
    let format = ["-f", "s16le", "-ar", &hertz, "-ac", "1"];
    let run = |command: &mut Command| -> Result<Vec<u8>, Failure> {
        let out = command.stderr(Stdio::null()).output()?;
        if !out.status.success() {
            return Err(format!("ffmpeg cannot encode {ending}").into());
        }
        Ok(out.stdout)
    };
    let mut command = Command::new("ffmpeg");
    command.arg("-y").args(format).arg("-i").arg(&raw);
    run(command
        .args(["-c:a", encoder, "-b:a", &format!("{rate}k")])
        .arg(&path))?;
    let mut command = Command::new("ffmpeg");
    let out = run(command.arg("-i").arg(&path).args(format).arg("-"))?;
    std::fs::remove_file(&path)?;
    std::fs::remove_file(&raw)?;
    let pairs = out.chunks_exact(2);
    Ok(pairs
        .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32768.0)
        .collect())
}

fn kind(k: u64) -> Sound {
    Sound::ALL[(k % Sound::ALL.len() as u64) as usize]
}

fn prints(sound: &[f32], shifts: &[Shift]) -> Vec<Shifted> {
    let mut printer = Printer::new(shifts);
    printer.push(&pcm(sound));
    printer.finish()
}

/// The least bit error rate of `words` along `bank`.
fn slide(words: &[u32], bank: &[u32]) -> f64 {
    let errors = bank.windows(words.len().max(1)).map(|window| {
        let bits: u32 = words.iter().zip(window).map(|(a, b)| (a ^ b).count_ones()).sum();
        f64::from(bits) / (32 * words.len()) as f64
    });
    errors.fold(1.0, f64::min)
}

struct Bench {
    n: u64,
    seconds: f32,
    recordings: Vec<Vec<f32>>,
    plain: Vec<Vec<u32>>,
    index: SoundIndex,
}

impl Bench {
    fn new(n: u64, seconds: f32) -> Result<Self, Failure> {
        let (mut index, mut recordings, mut plain) = (SoundIndex::new(), vec![], vec![]);
        for k in 0..n {
            let recording = kind(k).make(1_000_000 + k, 40.0);
            let variants = prints(&recording, &bank_shifts());
            index.insert(k, &variants)?;
            plain.push(variants[0].words.clone());
            recordings.push(recording);
        }
        Ok(Self {
            n,
            seconds,
            recordings,
            plain,
            index,
        })
    }

    fn recall(&self, edit: Edit) -> Result<(), Failure> {
        let (mut found, mut placed, mut plain) = (0, 0, 0);
        let second = RATE as f32;
        for k in 0..self.n {
            let clip = &self.recordings[k as usize][(FROM * second) as usize..];
            let edited = edit.apply(&clip[..(self.seconds * second) as usize], k)?;
            let long = edited.len() as f64 / f64::from(RATE);
            let mut query = kind(k + 1).make(2_000_000 + k, AROUND);
            query.extend(edited);
            query.extend(kind(k + 2).make(3_000_000 + k, AROUND));
            let variants = prints(&query, &query_shifts());
            let matches = self.index.find(&variants, ENOUGH).matches;
            if let Some(one) = matches.iter().find(|one| one.key == k) {
                found += 1;
                let begin = f64::from(AROUND);
                let near = [
                    one.query.start - begin,
                    one.query.end - begin - long,
                    one.bank.start - f64::from(FROM),
                    one.bank.end - f64::from(FROM + self.seconds),
                ];
                placed += usize::from(near.iter().all(|error| error.abs() < 2.0));
            }
            // Plain Chromaprint is told where the clip is.
            let words = &variants[0].words;
            let from = (f64::from(AROUND) / 0.1238) as usize;
            let to = (from + ((long - 2.73) / 0.1238) as usize).min(words.len());
            plain += usize::from(slide(&words[from..to], &self.plain[k as usize]) <= 0.15);
        }
        println!(
            r#"{{"edit":"{}","seconds":{},"n":{},"found":{found},"placed":{placed},"plain":{plain}}}"#,
            edit.name(),
            self.seconds,
            self.n
        );
        Ok(())
    }

    fn false_matches(&self) {
        let (mut ours, mut plain, mut most) = (0, 0, 0.0f64);
        let (mut printing, mut finding) = (0.0, 0.0);
        for k in 0..self.n {
            let query = kind(k).make(4_000_000 + k, 30.0);
            let clock = Instant::now();
            let variants = prints(&query, &query_shifts());
            printing += clock.elapsed().as_secs_f64();
            let clock = Instant::now();
            let found = self.index.find(&variants, ENOUGH);
            finding += clock.elapsed().as_secs_f64();
            ours += found.matches.len();
            let all = self.index.find(&variants, 0.0);
            most = all
                .matches
                .iter()
                .fold(most, |most, one| most.max(one.evidence()));
            let words = &variants[0].words;
            let clip = &words[60..(60 + ((self.seconds - 2.73) / 0.1238) as usize).min(words.len())];
            plain += self.plain.iter().filter(|bank| slide(clip, bank) <= 0.15).count();
        }
        let pairs = (self.n * self.n) as usize;
        let (print, find) = (1e3 * printing / self.n as f64, 1e3 * finding / self.n as f64);
        println!(
            r#"{{"negatives":{pairs},"false":{ours},"most_evidence":{most:.2},"enough":{ENOUGH},"plain_false":{plain},"print_ms":{print:.2},"find_ms":{find:.3}}}"#
        );
    }
}

fn main() -> Result<(), Failure> {
    let (mut n, mut seconds) = (100, 10.0);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--n" => n = value()?.parse()?,
            "--seconds" => seconds = value()?.parse()?,
            _ => return Err(format!("unknown argument {arg}").into()),
        }
    }
    if n == 0 || !(4.0..=28.0).contains(&seconds) {
        return Err("--n must be 1 or more, --seconds from 4 to 28".into());
    }
    let bench = Bench::new(n, seconds)?;
    for edit in SoundEdit::ALL {
        bench.recall(Edit::Pure(edit))?;
    }
    let ffmpeg = Command::new("ffmpeg")
        .arg("-version")
        .stdout(Stdio::null())
        .status();
    if ffmpeg.is_ok_and(|status| status.success()) {
        bench.recall(Edit::Encoded("libmp3lame", "mp3", 24))?;
        bench.recall(Edit::Encoded("libopus", "opus", 12))?;
    }
    bench.false_matches();
    Ok(())
}
