//! Films and sounds, written by hand around JPEG frames: valid ones, and ones that lie about their time, size or number.

mod matroska;
mod mp4;
mod riff;

use matroska::{Matroska, matroska};
use mp4::{Mp4, boxed, mp4};
pub use riff::wav;
use riff::{Avi, avi};

use super::Made;
use crate::containers::zip;
use crate::sound::wav::{riff, riff_file, wave_format};
use crate::{encode, photo};

const SIDES: (u32, u32) = (48, 32);

/// Small valid films and sounds that need no other program.
pub fn valid_films() -> Vec<Vec<u8>> {
    vec![
        wav(1, 3.0),
        avi(&Avi::default()),
        mp4(&Mp4::default()),
        matroska(&Matroska::default()),
    ]
}

fn frames() -> Vec<Vec<u8>> {
    (0..3)
        .map(|seed| encode::jpeg(&photo(seed, SIDES.0, SIDES.1), 70))
        .collect()
}

/// Films and sounds that lie about their time, size or number.
pub(super) fn timeless() -> Vec<Made> {
    let far = Matroska {
        times: vec![0, 100_000_000],
        duration: 2e8,
        ..Matroska::default()
    };
    let backwards = Matroska {
        times: vec![9000, 3000, u64::MAX >> 1],
        ..Matroska::default()
    };
    let endless = Matroska {
        duration: f64::INFINITY,
        scale: u64::MAX,
        ..Matroska::default()
    };
    let no_time = Matroska {
        duration: f64::NAN,
        scale: 0,
        ..Matroska::default()
    };
    let wide = Matroska {
        sides: (1 << 40, 1 << 40),
        ..Matroska::default()
    };
    let quiet = |format: Vec<u8>| {
        riff_file(
            b"WAVE",
            &[riff(b"fmt ", &format), riff(b"data", &[0; 5000])].concat(),
        )
    };
    let mut long = wav(2, 0.5);
    long[40..44].copy_from_slice(&[0xff; 4]);
    let lists: [&[u8]; 2] = [
        b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
    ];
    let [hls, concat] = lists.map(|list| [&boxed(b"ftyp", &[b"isom\0\0\0\0isommp42"])[..], list].concat());
    vec![
        ("two frames a day apart", matroska(&far)),
        ("frames that go back", matroska(&backwards)),
        ("a film without end", matroska(&endless)),
        ("a film without time", matroska(&no_time)),
        ("2^40 pixels wide and high, a film", matroska(&wide)),
        (
            "four billion frames, an AVI",
            avi(&Avi {
                frames: u32::MAX,
                microseconds: u32::MAX,
                ..Avi::default()
            }),
        ),
        (
            "frames that take no time, an AVI",
            avi(&Avi {
                microseconds: 0,
                rate: u32::MAX,
                scale: 0,
                ..Avi::default()
            }),
        ),
        (
            "a frame of 136 years, an AVI",
            avi(&Avi {
                rate: 1,
                scale: u32::MAX,
                ..Avi::default()
            }),
        ),
        (
            "65,000 pixels wide and high, an AVI",
            avi(&Avi {
                sides: (65_000, 65_000),
                ..Avi::default()
            }),
        ),
        (
            "less than no pixels, an AVI",
            avi(&Avi {
                sides: (u32::MAX, 1 << 31),
                ..Avi::default()
            }),
        ),
        (
            "2^63 seconds, an MP4",
            mp4(&Mp4 {
                duration: 1 << 63,
                timescale: 1,
                ..Mp4::default()
            }),
        ),
        (
            "no clock, an MP4",
            mp4(&Mp4 {
                timescale: 0,
                ..Mp4::default()
            }),
        ),
        (
            "four billion samples, an MP4",
            mp4(&Mp4 {
                samples: u32::MAX,
                times: (u32::MAX, u32::MAX),
                ..Mp4::default()
            }),
        ),
        (
            "samples a month apart, an MP4",
            mp4(&Mp4 {
                times: (3, 1 << 31),
                duration: 3 << 31,
                ..Mp4::default()
            }),
        ),
        (
            "65,535 pixels wide and high, an MP4",
            mp4(&Mp4 {
                sides: (u16::MAX, u16::MAX),
                ..Mp4::default()
            }),
        ),
        (
            "media in a file of the host",
            mp4(&Mp4 {
                elsewhere: Some("file:///etc/hostname"),
                ..Mp4::default()
            }),
        ),
        (
            "edits without end",
            mp4(&Mp4 {
                edits: vec![(u64::MAX, -1), (1 << 62, i64::MIN), (0, 1 << 62), (1 << 40, 0)],
                ..Mp4::default()
            }),
        ),
        ("a recording of 4 GB", long),
        ("no samples a second", quiet(wave_format(0, 16, 1))),
        (
            "four billion samples a second",
            quiet(wave_format(u32::MAX, 16, 2)),
        ),
        ("65,535 channels", quiet(wave_format(48_000, 32, u16::MAX))),
        ("a list of other files that is called a film", hls),
        ("another list of other files", concat),
    ]
}

/// Films that take long.
pub(super) fn bombs() -> Vec<Made> {
    let many = Matroska {
        times: (0..20_000).map(|time| time * 1000).collect(),
        duration: 2e7,
        ..Matroska::default()
    };
    let film = avi(&Avi::default());
    let names: Vec<String> = (0..150).map(|number| format!("{number}.avi")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &film[..])).collect();
    vec![
        ("20,000 frames, one a second", matroska(&many)),
        (
            "30,000 frames a second",
            avi(&Avi {
                rate: 30_000,
                times: 3_000,
                frames: 9_000,
                ..Avi::default()
            }),
        ),
        ("150 films in an archive", zip(&members)),
    ]
}
