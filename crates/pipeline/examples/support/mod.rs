//! What the benches and tests of matching share: a bank in a fresh store, and pictures for it.
#![allow(dead_code, reason = "each bench and test uses a part of this")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use basira_pipeline::banks::Banks;
use basira_pipeline::entry::{EntryDetails, from_decoded, from_signals};
use basira_pipeline::robust::{MATCH_RADIUS, PictureBanks};
use decode::{Contents, Decoded, Limits, PictureHash, PicturePart, Request, decode};
use fingerprint::digest::Digests;
use fingerprint::{grey, pdq};
use jiff::Timestamp;
use model::{BankId, BankKind, EntrySignal, HashMode, PartName, Provenance, Signal, Tlp, Trust, Variant};
use store::{Access, NewEntry, Options, Store};
use testkit::{Picture, Prng, derive, encode, negatives, photo};

/// The line for what peers find, see [`Bench::peer_finds`].
pub(crate) const PEER: &str = "PDQ at 31";

/// A named argument, or its default.
pub(crate) fn argument<T: std::str::FromStr>(name: &str, default: T) -> T {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// A picture as decoding would give it, without writing and reading a file: the fast hash of its luma.
pub(crate) fn decoded(picture: &Picture) -> Decoded {
    let luma = picture.luma();
    let (width, height) = (picture.width as usize, picture.height as usize);
    let hash = PictureHash {
        variant: Variant::Canonical,
        mode: HashMode::Fast,
        pdq: pdq::fast(&luma, width, height),
    };
    let part = PicturePart {
        name: PartName::picture(),
        width: picture.width,
        height: picture.height,
        hashes: vec![hash],
        grey: grey::shrink(&luma, width, height, Limits::default().thumb_side as usize),
    };
    let mut contents = Contents::nothing(decode::FileKind::Png);
    contents.pictures.push(part);
    Decoded {
        digests: Digests::of(&luma),
        contents,
        posture: decode::sandbox::Posture::NONE,
    }
}

/// What banks of such content hold: mostly photographs and stills, some with captions, tickers, bars, titles.
pub(crate) fn banked(seed: u64, side: u32) -> Picture {
    let (width, height) = if seed.is_multiple_of(3) {
        (side * 3 / 4, side)
    } else {
        (side, side * 3 / 4)
    };
    let kind = match derive(seed, 0x6261_6e6b) % 20 {
        0..=13 => return photo(seed, width, height),
        14 | 15 => "meme",
        16 | 17 => "news",
        18 => "letterboxed",
        _ => "title-card",
    };
    let made = negatives::ALL.iter().find(|(name, _)| *name == kind);
    made.map_or_else(
        || photo(seed, width, height),
        |(_, make)| make(seed, width, height),
    )
}

/// Pictures of a folder of real ones, or generated photographs where none is given; only those whose hash is usable,
/// and no two of which are near each other.
pub(crate) fn distinct_pictures(folder: Option<&Path>, n: usize, side: u32) -> Result<Vec<Picture>> {
    let mut pictures = Vec::new();
    let mut hashes: Vec<model::PdqHash> = Vec::new();
    let mut take = |picture: Picture| {
        let luma = picture.luma();
        let print = pdq::fast(&luma, picture.width as usize, picture.height as usize);
        let new = hashes.iter().all(|known| known.distance(&print.hash()) > 90);
        if print.quality().is_usable() && new {
            hashes.push(print.hash());
            pictures.push(picture);
        }
        pictures.len() >= n
    };
    match folder {
        Some(folder) => {
            let mut files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
                .into_iter()
                .filter_map(|entry| entry.ok().map(walkdir::DirEntry::into_path))
                .filter(|path| path.is_file())
                .collect();
            files.sort();
            for file in files {
                if let Some(picture) = read_grey(&file, side)?
                    && take(picture)
                {
                    break;
                }
            }
        }
        None => {
            for seed in 0..10 * n as u64 {
                if take(photo(1_000_000 + seed, side, side * 3 / 4)) {
                    break;
                }
            }
        }
    }
    Ok(pictures)
}

/// A file as a grey picture of at most `side` pixels; `None` for what is no picture.
fn read_grey(file: &Path, side: u32) -> Result<Option<Picture>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let mut request = Request::new(HashMode::Fast);
    request.limits.thumb_side = side;
    let Some(part) = decode(&bytes, &request).contents.pictures.into_iter().next() else {
        return Ok(None);
    };
    let grey = part.grey;
    let at = |x: u32, y: u32| [grey.data[(y * grey.width + x) as usize]; 3];
    Ok(Some(Picture::from_fn(grey.width, grey.height, at)))
}

/// A bank in a fresh store that goes with its folder.
pub(crate) struct Bench {
    pub(crate) banks: Banks,
    pub(crate) bank: BankId,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let mut options = Options::new(Access::Writer, &folder.path().join("key"));
        // The suite's second engine: a schema of its own for each folder.
        if let Ok(server) = std::env::var("BASIRA_TEST_DATABASE") {
            options.database = Some(testkit::schema_url(&server, &data).parse()?);
        }
        let store = Arc::new(Store::open(&data, options)?);
        let name = "bench".parse()?;
        let bank = store
            .edit("create_bank", |edits| {
                edits.create_bank(&name, BankKind::Known, Timestamp::now())
            })?
            .id;
        Ok(Self {
            banks: Banks::open(store)?,
            bank,
            _folder: folder,
        })
    }

    pub(crate) fn details(hash_only: bool) -> EntryDetails {
        EntryDetails {
            labels: Vec::new(),
            note: None,
            provenance: Provenance {
                added_by: "bench".into(),
                source: "local".into(),
                external_id: None,
                added_at: Timestamp::now(),
            },
            trust: Trust::Active,
            tlp: Tlp::Clear,
            expires: None,
            hash_only,
        }
    }

    /// Adds pictures as media, or as hashes alone.
    pub(crate) fn add(&self, pictures: &[Picture], hash_only: bool) -> Result<Vec<model::EntryId>> {
        let entry = |picture: &Picture| from_decoded(&decoded(picture), Self::details(hash_only)).0;
        let entries: Vec<NewEntry> = pictures.iter().map(entry).collect();
        Ok(self
            .banks
            .store()
            .edit("add_entries", |edits| edits.add_entries(self.bank, &entries))?)
    }

    /// Adds hashes of unknown quality, as a partner's list has them.
    pub(crate) fn add_hashes(&self, hashes: &[model::PdqHash]) -> Result<()> {
        let entry = |hash: &model::PdqHash| {
            let signal = EntrySignal {
                signal: Signal::Pdq(*hash),
                quality: None,
            };
            from_signals(vec![signal], Self::details(true))
        };
        let entries: Vec<NewEntry> = hashes.iter().map(entry).collect();
        self.banks
            .store()
            .edit("add_entries", |edits| edits.add_entries(self.bank, &entries))?;
        Ok(())
    }

    /// Looks a picture up as peers do: the hash of the whole picture in its eight forms at the match radius, where its
    /// quality is usable, and nothing else.
    pub(crate) fn peer_finds(&self, picture: &Decoded) -> Result<Vec<model::EntryId>> {
        let print = &picture.pictures[0].hashes[0].pdq;
        if !print.quality().is_usable() {
            return Ok(Vec::new());
        }
        let near = self
            .banks
            .at(Timestamp::now())
            .near(&print.dihedral(), MATCH_RADIUS)?;
        Ok(near.into_iter().map(|near| near.entry).collect())
    }

    /// Fills the bank up to `total` entries: `media` of them with their pictures, the others as hashes.
    pub(crate) fn fill(&self, total: usize, media: usize) -> Result<()> {
        let seeds = |from: u64, n: usize| from..from + n as u64;
        for chunk in seeds(5_000_000, media).collect::<Vec<_>>().chunks(500) {
            let entries = on_all_cores(chunk.iter(), |seed| {
                from_decoded(&decoded(&banked(*seed, 256)), Self::details(false)).0
            });
            self.banks
                .store()
                .edit("add_entries", |edits| edits.add_entries(self.bank, &entries))?;
        }
        let prints = on_all_cores(seeds(6_000_000, total.saturating_sub(media)), |seed| {
            let picture = banked(seed, 96);
            pdq::fast(&picture.luma(), picture.width as usize, picture.height as usize)
        });
        let usable = prints.iter().filter(|print| print.quality().is_usable());
        let mut hashes: Vec<model::PdqHash> = usable.map(pdq::Pdq::hash).collect();
        // Pictures without structure are not in such lists; random hashes stand in, so that the size is as said.
        let missing = total.saturating_sub(hashes.len() + media) as u64;
        hashes.extend((0..missing).map(random_hash));
        for chunk in hashes.chunks(10_000) {
            self.add_hashes(chunk)?;
        }
        self.banks.refresh()?;
        self.banks.fold(true)?;
        Ok(())
    }
}

/// A hash that no picture has.
pub(crate) fn random_hash(seed: u64) -> model::PdqHash {
    let word = |k: usize| derive(seed, k as u64 / 8).to_le_bytes();
    model::PdqHash::new(std::array::from_fn(|k| word(k)[k % 8]))
}

/// What `work` makes of each item, in their order, on all cores.
pub(crate) fn on_all_cores<T: Send, R: Send>(
    items: impl Iterator<Item = T> + Send,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let items = Mutex::new(items.enumerate());
    let next = || items.lock().expect("no thread panicked with the lock").next();
    let worker = || {
        std::iter::from_fn(next)
            .map(|(i, item)| (i, work(item)))
            .collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, Into::into);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("the work does not panic"))
            .collect()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}

/// JPEG files of noisy generated photographs, each so many times.
pub(crate) fn write_photos(
    folder: &Path,
    (width, height): (u32, u32),
    photos: u64,
    copies: u64,
) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for seed in 0..photos {
        let mut noise = Prng::new(seed, 0x6e6f_6973);
        let mut picture = photo(seed, width, height);
        for value in &mut picture.rgb {
            let shift = (noise.unit() * 20.0) as i32 - 10;
            *value = (i32::from(*value) + shift).clamp(0, 255) as u8;
        }
        let bytes = encode::jpeg(&picture, 87);
        for copy in 0..copies {
            let path = folder.join(format!("{seed:02}-{copy:02}.jpg"));
            std::fs::write(&path, &bytes)?;
            files.push(path);
        }
    }
    Ok(files)
}

/// CPU time of this process and of those of its children that have ended, in seconds.
pub(crate) fn cpu_seconds() -> f64 {
    cpu_time("/proc/self/stat")
}

/// CPU time of this thread, in seconds.
pub(crate) fn thread_cpu_seconds() -> f64 {
    cpu_time("/proc/thread-self/stat")
}

fn cpu_time(stat: &str) -> f64 {
    let stat = std::fs::read_to_string(stat).unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    // Fields 14 to 17 of proc(5), in clock ticks of 1/100 s.
    (11..=14).map(ticks).sum::<f64>() / 100.0
}
