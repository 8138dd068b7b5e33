//! How FFmpeg is told what to do, and how FFprobe's answer is read: one demuxer for each kind, one protocol, no file but
//! the item (`hostile.md` 0.1, 0.2, B.2).

use fingerprint::sound::RATE;

use super::frames::SIDE;

/// The item, in the only spelling in which a tool can seek in it.
const ITEM: &str = "/proc/self/fd/0";

/// The demuxers that may open a file of a kind; none that opens other files.
fn demuxers(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "mp4" | "quicktime" => "mov,mp4,m4a,3gp,3g2,mj2",
        "matroska" => "matroska,webm",
        "avi" => "avi",
        "asf" => "asf",
        "flv" => "flv",
        "mpeg" => "mpeg,mpegvideo",
        "mpeg-ts" => "mpegts",
        "ogg" => "ogg",
        "mp3" => "mp3,aac",
        "flac" => "flac",
        "wav" => "wav",
        "aiff" => "aiff",
        "amr" => "amr",
        "caf" => "caf",
        _ => return None,
    })
}

/// What both programs are told about the item.
fn input(kind: &str, max_pixels: u64) -> Option<Vec<String>> {
    let demuxers = demuxers(kind)?;
    let pixels = max_pixels.min(i32::MAX as u64).to_string();
    let words = [
        "-hide_banner",
        "-loglevel",
        "quiet",
        "-threads",
        "1",
        "-protocol_whitelist",
        "file,pipe",
        "-format_whitelist",
        demuxers,
        "-max_pixels",
        &pixels,
        "-probesize",
        "5M",
        "-analyzeduration",
        "5M",
    ];
    Some(words.map(str::to_owned).to_vec())
}

fn words(list: &[&str]) -> impl Iterator<Item = String> {
    list.iter().map(|word| (*word).to_owned())
}

/// FFprobe's words for what is in an item.
pub(super) fn probe(kind: &str, max_pixels: u64) -> Option<Vec<String>> {
    let mut all = input(kind, max_pixels)?;
    let entries = "format=duration:stream=codec_type,width,height,duration:stream_disposition=attached_pic";
    all.extend(words(&[
        "-show_entries",
        entries,
        "-of",
        "compact=nokey=0",
        "-i",
        ITEM,
    ]));
    Some(all)
}

/// Which frames of a film are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// Frames that can be decoded without others, at most two a second: the only ones that are decoded at all.
    Keyframes,
    /// One a second.
    EverySecond,
    /// All.
    All,
}

/// FFmpeg's words for grey frames on standard output and a line about each on standard error. The selection keeps the
/// clock of the film: with `fps=1` two frames far apart become a flood.
pub(super) fn frames(kind: &str, max_pixels: u64, max_seconds: u32, pick: Pick) -> Option<Vec<String>> {
    let mut all = words(&["-nostdin"]).collect::<Vec<_>>();
    all.extend(input(kind, max_pixels)?);
    let (select, rate) = match pick {
        Pick::Keyframes => ("select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.5)',", 2),
        Pick::EverySecond => ("select='isnan(prev_selected_t)+gte(t-prev_selected_t,1)',", 1),
        Pick::All => ("", 60),
    };
    if pick == Pick::Keyframes {
        all.extend(words(&["-skip_frame", "nokey"]));
    }
    let filter = format!(
        "{select}scale={SIDE}:{SIDE}:flags=area,format=gray,settb=1/1000,\
         metadata=mode=add:key=t:value=1,metadata=mode=print:file='pipe\\:2':direct=1"
    );
    let most = max_seconds.saturating_mul(rate);
    all.extend(words(&[
        "-filter_threads",
        "1",
        "-i",
        ITEM,
        "-map",
        "0:V:0",
        "-an",
        "-sn",
        "-dn",
        "-vf",
        &filter,
    ]));
    all.extend(words(&[
        "-fps_mode",
        "passthrough",
        "-t",
        &max_seconds.to_string(),
    ]));
    all.extend(words(&[
        "-frames:v",
        &most.to_string(),
        "-f",
        "rawvideo",
        "pipe:1",
    ]));
    Some(all)
}

/// FFmpeg's words for samples on standard output: one channel, 16 bits, [`RATE`] a second.
pub(super) fn samples(kind: &str, max_pixels: u64, max_seconds: u32) -> Option<Vec<String>> {
    let mut all = words(&["-nostdin"]).collect::<Vec<_>>();
    all.extend(input(kind, max_pixels)?);
    all.extend(words(&[
        "-i", ITEM, "-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", "1",
    ]));
    all.extend(words(&["-ar", &RATE.to_string(), "-t", &max_seconds.to_string()]));
    all.extend(words(&["-f", "s16le", "pipe:1"]));
    Some(all)
}

/// What FFprobe says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Probe {
    /// Seconds of all.
    pub(super) seconds: Option<f64>,
    /// A track of pictures, other than a cover, and its own seconds where it says so.
    pub(super) film: Option<Option<f64>>,
    /// Whether there is a track of sound.
    pub(super) sound: bool,
}

/// Reads FFprobe's answer: lines `stream|codec_type=video|…` and `format|duration=…`. What is not understood is passed
/// over.
pub(super) fn read_probe(answer: &str) -> Probe {
    let mut found = Probe::default();
    for line in answer.lines() {
        let mut fields = line.split('|');
        let section = fields.next();
        let field = |name: &str| {
            let mut fields = line.split('|').skip(1);
            fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let seconds = || {
            let seconds: f64 = field("duration")?.parse().ok()?;
            (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
        };
        match (section, field("codec_type")) {
            (Some("format"), _) => found.seconds = seconds(),
            (Some("stream"), Some("video")) if field("disposition:attached_pic") != Some("1") => {
                found.film.get_or_insert_with(seconds);
            }
            (Some("stream"), Some("audio")) => found.sound = true,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileKind, magic};

    #[test]
    fn every_kind_of_media_has_a_demuxer_and_no_other_kind_has() {
        for kind in magic::kinds() {
            let is_media = matches!(kind, FileKind::Media(_));
            assert_eq!(demuxers(kind.name()).is_some(), is_media, "{kind}");
        }
    }

    #[test]
    fn no_demuxer_opens_other_files() {
        for kind in magic::kinds() {
            let list = demuxers(kind.name()).unwrap_or_default();
            for forbidden in [
                "hls",
                "dash",
                "concat",
                "sdp",
                "rtsp",
                "image2",
                "lavfi",
                "tty",
                "applehttp",
            ] {
                assert!(!list.split(',').any(|name| name == forbidden), "{list}");
            }
        }
    }

    #[test]
    fn probes_are_read() {
        let answer = "stream|codec_type=video|width=640|height=360|duration=12.5|disposition:attached_pic=0\n\
                      stream|codec_type=audio|duration=N/A|disposition:attached_pic=0\nformat|duration=12.600000\n";
        let probe = read_probe(answer);
        assert_eq!(
            probe,
            Probe {
                seconds: Some(12.6),
                film: Some(Some(12.5)),
                sound: true
            }
        );
        let cover =
            "stream|codec_type=video|width=6|height=6|disposition:attached_pic=1\nformat|duration=nan\n";
        assert_eq!(read_probe(cover), Probe::default());
    }
}
