//! Matroska (RFC 9559).

use super::{SIDES, frames};

/// What a Matroska file says of itself.
pub(super) struct Matroska {
    /// Nanoseconds of a tick.
    pub(super) scale: u64,
    pub(super) duration: f64,
    /// Ticks of the clusters, a frame in each.
    pub(super) times: Vec<u64>,
    pub(super) sides: (u64, u64),
}

impl Default for Matroska {
    fn default() -> Self {
        Self {
            scale: 1_000_000,
            duration: 3000.0,
            times: vec![0, 1000, 2000],
            sides: (SIDES.0.into(), SIDES.1.into()),
        }
    }
}

/// An element of EBML (RFC 8794), its length in eight bytes.
fn element(id: u32, parts: &[&[u8]]) -> Vec<u8> {
    let data = parts.concat();
    let mut bytes: Vec<u8> = id
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    bytes.extend((1u64 << 56 | data.len() as u64).to_be_bytes());
    bytes.extend(data);
    bytes
}

pub(super) fn matroska(what: &Matroska) -> Vec<u8> {
    let number = |id: u32, number: u64| element(id, &[&number.to_be_bytes()]);
    let head = element(
        0x1a45_dfa3,
        &[
            &element(0x4282, &[b"matroska"]),
            &number(0x4287, 4),
            &number(0x4285, 2),
        ],
    );
    let info = element(
        0x1549_a966,
        &[
            &number(0x002a_d7b1, what.scale),
            &element(0x4489, &[&what.duration.to_be_bytes()]),
        ],
    );
    let video = element(0xe0, &[&number(0xb0, what.sides.0), &number(0xba, what.sides.1)]);
    let track = element(
        0xae,
        &[
            &number(0xd7, 1),
            &number(0x73c5, 1),
            &number(0x83, 1),
            &element(0x86, &[b"V_MJPEG"]),
            &video,
        ],
    );
    let tracks = element(0x1654_ae6b, &[&track]);
    let frames = frames();
    let clusters: Vec<Vec<u8>> = what
        .times
        .iter()
        .zip(frames.iter().cycle())
        .map(|(time, frame)| {
            let block = element(0xa3, &[&[0x81, 0, 0, 0x80], frame]);
            element(0x1f43_b675, &[&number(0xe7, *time), &block])
        })
        .collect();
    let segment = element(0x1853_8067, &[&info, &tracks, &clusters.concat()]);
    [head, segment].concat()
}
