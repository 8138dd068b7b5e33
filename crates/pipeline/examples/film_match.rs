//! CPU time of looking up a film of one frame a second among banked ones.
//!
//! `--films N` films of `--frames N` frames are banked, of random hashes; of the queries some are unrelated to all of
//! them, and some show one of them with a few bits changed. One JSON object a kind.

mod support;

use anyhow::{Result, ensure};
use basira_pipeline::entry::from_decoded;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use decode::{Contents, Decoded, FileKind, FilmPart};
use fingerprint::digest::Digests;
use fingerprint::film::{Frame, Track, Tracks};
use jiff::Timestamp;
use model::{Leaf, PdqHash, Place, Quality};
use support::{Bench, argument, random_hash, thread_cpu_seconds};
use testkit::Prng;

/// A film of one random hash a second, of which `bits` bits are changed.
fn film(seed: u64, frames: u64, bits: u64) -> Result<Decoded> {
    let mut prng = Prng::new(seed, 0x66_696c);
    let mut track = Track::default();
    for number in 0..frames {
        let mut hash = *random_hash(seed * 1_000_000 + number).bytes();
        for _ in 0..bits {
            hash[prng.int(0, 31) as usize] ^= 1 << prng.int(0, 7);
        }
        let time = 1_000 * number as u32;
        track.frames.push(Frame {
            time,
            quality: Quality::new(100)?,
            hash: PdqHash::new(hash),
            mirrored: random_hash(u64::MAX - seed * 1_000_000 - number),
        });
        track.duration = time;
        track.seen += 1;
    }
    let mut contents = Contents::nothing(FileKind::Plain);
    contents.films.push(FilmPart {
        name: Place::item().part(Leaf::Film),
        tracks: Tracks {
            whole: track,
            ..Tracks::default()
        },
    });
    Ok(Decoded {
        digests: Digests::of(&seed.to_le_bytes()),
        contents,
        posture: decode::sandbox::Posture::NONE,
    })
}

fn main() -> Result<()> {
    let (films, frames, rounds) = (
        argument("--films", 2_000),
        argument("--frames", 60),
        argument("--rounds", 400),
    );
    let bench = Bench::new()?;
    let mut entries = Vec::new();
    for seed in 0..films {
        entries.push(from_decoded(&film(seed, frames, 0)?, Bench::details(true)).0);
    }
    bench.banks.store().add_entries(bench.bank, &entries)?;
    bench.banks.refresh()?;
    for (kind, shown) in [("unrelated", false), ("banked", true)] {
        let query = |round: u64| match shown {
            true => film(round % films, frames, 12),
            false => film(films + round, frames, 0),
        };
        let queries = (0..rounds).map(query).collect::<Result<Vec<_>>>()?;
        let begin = thread_cpu_seconds();
        for query in queries {
            let found = match_decoded(query, &bench.banks, Tier::Plain, Timestamp::now())?;
            ensure!(found.matches.is_empty() != shown, "{kind}: {:?}", found.matches);
        }
        let each = 1e3 * (thread_cpu_seconds() - begin) / rounds as f64;
        println!(
            r#"{{"kind":"{kind}","films":{films},"frames":{frames},"queries":{rounds},"cpu_ms":{each:.3}}}"#
        );
    }
    Ok(())
}
