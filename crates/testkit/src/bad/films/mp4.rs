//! MP4 (ISO 14496-12).

use super::{SIDES, frames};

/// What an MP4 says of itself.
pub(super) struct Mp4 {
    pub(super) timescale: u32,
    pub(super) duration: u64,
    /// How many samples last how long (ISO 14496-12, 8.6.1.2).
    pub(super) times: (u32, u32),
    pub(super) samples: u32,
    pub(super) sides: (u16, u16),
    /// Where the media lie, if not in the file (8.7.2).
    pub(super) elsewhere: Option<&'static str>,
    /// Segments that are shown: length, beginning (8.6.6).
    pub(super) edits: Vec<(u64, i64)>,
}

impl Default for Mp4 {
    fn default() -> Self {
        Self {
            timescale: 1000,
            duration: 3000,
            times: (3, 1000),
            samples: 3,
            sides: (SIDES.0 as u16, SIDES.1 as u16),
            elsewhere: None,
            edits: Vec::new(),
        }
    }
}

pub(super) fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let mut bytes = (data.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(data);
    bytes
}

pub(super) fn mp4(what: &Mp4) -> Vec<u8> {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|word| word.to_be_bytes())
            .collect::<Vec<u8>>()
    };
    let long = u64::to_be_bytes;
    const VERSION_1: u32 = 1 << 24;
    let unit: &[u8] = &words(&[1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30]);
    let frames = frames();
    let start = boxed(b"ftyp", &[b"isom\0\0\0\0isommp42"]);
    // The media come first, so that their place is known.
    let media = boxed(b"mdat", &[&frames.concat()]);
    let movie = boxed(
        b"mvhd",
        &[
            &words(&[VERSION_1, 0, 0, 0, 0, what.timescale]),
            &long(what.duration),
            &words(&[1 << 16, 1 << 24, 0, 0]),
            unit,
            &words(&[0, 0, 0, 0, 0, 0, 2]),
        ],
    );
    let (width, height) = what.sides;
    let track = boxed(
        b"tkhd",
        &[
            &words(&[VERSION_1 | 7, 0, 0, 0, 0, 1, 0]),
            &long(what.duration),
            &words(&[0, 0, 0, 0]),
            unit,
            &words(&[u32::from(width) << 16, u32::from(height) << 16]),
        ],
    );
    let edits: Vec<u8> = what
        .edits
        .iter()
        .flat_map(|(length, from)| {
            [
                long(*length).to_vec(),
                from.to_be_bytes().to_vec(),
                words(&[1 << 16]),
            ]
            .concat()
        })
        .collect();
    let edits = match what.edits.len() as u32 {
        0 => Vec::new(),
        count => boxed(
            b"edts",
            &[&boxed(b"elst", &[&words(&[VERSION_1, count]), &edits])],
        ),
    };
    let clock = boxed(
        b"mdhd",
        &[
            &words(&[VERSION_1, 0, 0, 0, 0, what.timescale]),
            &long(what.duration),
            &words(&[0x55c4 << 16]),
        ],
    );
    let handler = boxed(b"hdlr", &[&words(&[0, 0]), b"vide", &words(&[0, 0, 0]), b"\0"]);
    let place = match what.elsewhere {
        None => boxed(b"url ", &[&words(&[1])]),
        Some(address) => boxed(b"url ", &[&words(&[0]), address.as_bytes(), b"\0"]),
    };
    let places = boxed(b"dinf", &[&boxed(b"dref", &[&words(&[0, 1]), &place])]);
    let sides = [width, height].map(u16::to_be_bytes).concat();
    let sample = boxed(
        b"jpeg",
        &[
            &words(&[0, 1, 0, 0, 0, 0]),
            &sides,
            &words(&[72 << 16, 72 << 16, 0, 1 << 16]),
            &[0; 30],
            &words(&[24 << 16 | 0xffff]),
        ],
    );
    let sizes: Vec<u32> = frames.iter().map(|frame| frame.len() as u32).collect();
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), &sample]),
            &boxed(b"stts", &[&words(&[0, 1, what.times.0, what.times.1])]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, what.samples, 1])]),
            &boxed(b"stsz", &[&words(&[0, 0, what.samples]), &words(&sizes)]),
            &boxed(b"stco", &[&words(&[0, 1, start.len() as u32 + 8])]),
        ],
    );
    let inner = boxed(
        b"minf",
        &[&boxed(b"vmhd", &[&words(&[1, 0, 0])]), &places, &table],
    );
    let inner = boxed(b"mdia", &[&clock, &handler, &inner]);
    let all = boxed(b"moov", &[&movie, &boxed(b"trak", &[&track, &edits, &inner])]);
    [start, media, all].concat()
}
