//! CPU time of looking up a film of one frame a second among banked ones.
//!
//! `--films N` films of `--frames N` frames are banked, of random hashes; of the queries some are unrelated to all of
//! them, and some show one of them with a few bits changed. One JSON object a kind: first of what python-threatexchange's
//! index does and no more, then of the whole way of an item.

mod support;

use anyhow::{Result, ensure};
use basira_pipeline::entry::from_decoded;
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use decode::{Contents, Decoded, FileKind, FilmPart};
use fingerprint::digest::Digests;
use fingerprint::film::align::NEAR_RADIUS;
use fingerprint::film::{Frame, Track, Tracks};
use index::{Index, Layout, Scratch, Segment};
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

/// The hashes of a film's frames, none of them mirrored.
fn plain(film: &Decoded) -> Vec<PdqHash> {
    let frames = film.films.iter().flat_map(|film| &film.tracks.whole.frames);
    frames.map(|frame| frame.hash).collect()
}

/// How many frames of the query are like one of each entry, as a peer tells it: no frame is mirrored, nothing is aligned,
/// and no digest is looked up.
fn plain_frames(films: &[Decoded], queries: &[Decoded]) -> Result<f64> {
    let rows = (0..).zip(films);
    let rows: Vec<(PdqHash, u64)> = rows
        .flat_map(|(key, film)| plain(film).into_iter().map(move |hash| (hash, key)))
        .collect();
    let layout = Layout::for_batches(rows.len());
    let segment = Segment::open(Segment::build(rows, 0, layout)?)?.for_batches();
    let index = Index::with_segments([segment]);
    let queries: Vec<Vec<PdqHash>> = queries.iter().map(plain).collect();
    let begin = thread_cpu_seconds();
    for query in &queries {
        let (mut scratch, mut hits) = (Scratch::new(), Vec::new());
        index.search_batch(query, NEAR_RADIUS, &mut scratch, &mut hits);
        let mut pairs: Vec<(u64, u32)> = hits.iter().map(|hit| (hit.key, hit.query)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        ensure!(pairs.is_empty(), "random frames are near each other");
    }
    Ok(thread_cpu_seconds() - begin)
}

fn main() -> Result<()> {
    let (films, frames, rounds) = (
        argument("--films", 2_000),
        argument("--frames", 60),
        // The clock has ticks of 10 ms.
        argument("--rounds", 4_000),
    );
    let report = |kind: &str, seconds: f64| {
        let each = 1e3 * seconds / rounds as f64;
        println!(
            r#"{{"kind":"{kind}","films":{films},"frames":{frames},"queries":{rounds},"cpu_ms":{each:.4}}}"#
        );
    };
    let bench = Bench::new()?;
    let mut entries = Vec::new();
    for seed in 0..films {
        entries.push(from_decoded(&film(seed, frames, 0)?, Bench::details(true)).0);
    }
    bench
        .banks
        .store()
        .edit("add_entries", |edits| edits.add_entries(bench.bank, &entries))?;
    bench.banks.refresh()?;
    let banked = (0..films)
        .map(|seed| film(seed, frames, 0))
        .collect::<Result<Vec<_>>>()?;
    let unrelated = (0..rounds)
        .map(|round| film(films + round, frames, 0))
        .collect::<Result<Vec<_>>>()?;
    report(
        "unrelated, plain frames alone",
        plain_frames(&banked, &unrelated)?,
    );
    drop((banked, unrelated));
    for (kind, shown) in [("unrelated, all of it", false), ("banked, all of it", true)] {
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
        report(kind, thread_cpu_seconds() - begin);
    }
    Ok(())
}
