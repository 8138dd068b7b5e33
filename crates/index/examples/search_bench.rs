//! Measures search; prints one JSON object a line.
//!
//! ```text
//! cargo run --release -p basira-index --example search_bench -- 100000 1000000
//! search_bench [N…] [--bank FILE] [--queries FILE] [--layout flat|ring:BITS|blocks:BITS] [--kernels NAME]
//!              [--radius 31] [--wide WINDOWS] [--delta ROWS] [--budget SECONDS] [--write-bank FILE] [--write-queries FILE]
//! ```
//!
//! Without `--bank`, the bank is uniform, from a fixed generator, of each size N. `--bank` reads raw rows of 32
//! bytes (the first N of them for each N given). `--queries` reads raw queries; without it, three mixes are made:
//! random, near (a row with 5 to 20 bits flipped) and edge (25 to 31). Times are CPU time of the thread, for single
//! queries, the searches in the order of the queries. Recall is against a scan of all rows.
#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark has files, a command line and a clock"
)]

use std::time::Instant;

use basira_index::{Hit, Index, Kernels, Layout, Scratch, Segment};
use model::PdqHash;
use rustix::time::{ClockId, clock_gettime};

type Failure = Box<dyn std::error::Error>;

struct Options {
    sizes: Vec<usize>,
    bank: Option<String>,
    queries: Option<String>,
    layout: Option<Layout>,
    kernels: Kernels,
    radius: u32,
    wide: usize,
    delta: usize,
    budget: f64,
    write_bank: Option<String>,
    write_queries: Option<String>,
}

fn options() -> Result<Options, Failure> {
    let mut options = Options {
        sizes: vec![],
        bank: None,
        queries: None,
        layout: None,
        kernels: Kernels::best(),
        radius: 31,
        wide: 0,
        delta: 0,
        budget: 1.0,
        write_bank: None,
        write_queries: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--bank" => options.bank = Some(value()?),
            "--queries" => options.queries = Some(value()?),
            "--layout" => {
                options.layout = Some(match value()?.split_once(':') {
                    Some(("ring", bits)) => Layout::Ring { bits: bits.parse()? },
                    Some(("blocks", bits)) => Layout::Blocks { bits: bits.parse()? },
                    _ => Layout::Flat,
                });
            }
            "--kernels" => {
                let name = value()?;
                let known = Kernels::available().into_iter().find(|k| k.name() == name);
                options.kernels = known.ok_or(format!("this processor cannot run {name}"))?;
            }
            "--radius" => options.radius = value()?.parse()?,
            "--wide" => options.wide = value()?.parse()?,
            "--delta" => options.delta = value()?.parse()?,
            "--budget" => options.budget = value()?.parse()?,
            "--write-bank" => options.write_bank = Some(value()?),
            "--write-queries" => options.write_queries = Some(value()?),
            size => options
                .sizes
                .push(size.parse().map_err(|_| format!("what is {size}?"))?),
        }
    }
    Ok(options)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn hash(&mut self) -> PdqHash {
        let mut bytes = [0u8; 32];
        bytes
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .for_each(|chunk| *chunk = self.next().to_le_bytes());
        PdqHash::new(bytes)
    }

    fn mutate(&mut self, mut hash: PdqHash, low: u64, high: u64) -> PdqHash {
        let count = low + self.next() % (high - low + 1);
        let mut order: [usize; 256] = std::array::from_fn(|k| k);
        for i in 0..count as usize {
            order.swap(i, i + (self.next() % (256 - i as u64)) as usize);
            hash = hash.with_flipped(order[i]);
        }
        hash
    }
}

/// Bytes that begin where a cache line does, as those of a mapped file.
struct OnLines {
    bytes: Vec<u8>,
    from: usize,
}

impl OnLines {
    fn of(bytes: &[u8]) -> Self {
        let mut held = vec![0; bytes.len() + 64];
        let from = held.as_ptr().align_offset(64).min(64);
        held[from..from + bytes.len()].copy_from_slice(bytes);
        held.truncate(from + bytes.len());
        Self { bytes: held, from }
    }
}

impl AsRef<[u8]> for OnLines {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.from..]
    }
}

fn read_rows(path: &str) -> Result<Vec<PdqHash>, Failure> {
    let bytes = std::fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    Ok(bytes
        .as_chunks::<32>()
        .0
        .iter()
        .map(|row| PdqHash::new(*row))
        .collect())
}

fn write_rows<'a>(path: &str, rows: impl IntoIterator<Item = &'a PdqHash>) -> Result<(), Failure> {
    let bytes: Vec<u8> = rows.into_iter().flat_map(|hash| *hash.bytes()).collect();
    Ok(std::fs::write(path, bytes)?)
}

/// CPU seconds of this thread.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = cpu();
    let result = work();
    (result, cpu() - start)
}

fn main() -> Result<(), Failure> {
    let mut options = options()?;
    let file = options.bank.as_deref().map(read_rows).transpose()?;
    if options.sizes.is_empty() {
        options.sizes = vec![file.as_ref().map_or(100_000, Vec::len)];
    }
    for &n in &options.sizes {
        let bank = match &file {
            Some(rows) => rows.iter().copied().take(n).collect(),
            None => {
                let mut random = Random(7);
                (0..n).map(|_| random.hash()).collect::<Vec<_>>()
            }
        };
        if let Some(path) = &options.write_bank {
            write_rows(path, &bank)?;
        }
        measure(&options, &bank)?;
    }
    Ok(())
}

fn measure(options: &Options, bank: &[PdqHash]) -> Result<(), Failure> {
    let name = options.bank.as_deref().unwrap_or("uniform");
    let folded = bank.len().saturating_sub(options.delta);
    let rows = bank[..folded].iter().copied().zip(0..);
    let (bytes, build) = timed(|| Segment::build(rows, 1, options.layout));
    let (segment, open) = timed(|| bytes.map(|bytes| Segment::open(OnLines::of(&bytes))));
    let segment = segment??;
    println!(
        r#"{{"bench":"build","bank":"{name}","n":{},"distinct":{},"layout":"{:?}","bytes":{},"build_cpu_s":{build:.3},"open_cpu_s":{open:.4}}}"#,
        segment.len(),
        segment.distinct(),
        segment.layout(),
        segment.size()
    );
    let mut index = Index::with_segments([segment]);
    let ((), insert) = timed(|| {
        for (hash, key) in bank[folded..].iter().zip(folded as u64..) {
            index.insert(hash, key);
        }
    });
    if options.delta > 0 {
        let each = insert / options.delta as f64 * 1e9;
        println!(
            r#"{{"bench":"insert","bank":"{name}","n":{},"cpu_ns":{each:.1}}}"#,
            options.delta
        );
    }
    let mut random = Random(8);
    const COUNT: usize = 2048;
    let mut pick = |low, high| -> Vec<PdqHash> {
        let row = |random: &mut Random| bank[(random.next() % bank.len() as u64) as usize];
        (0..COUNT)
            .map(|_| {
                let row = row(&mut random);
                random.mutate(row, low, high)
            })
            .collect()
    };
    let mixes = match &options.queries {
        Some(path) => vec![("file", read_rows(path)?)],
        None => {
            let (near, edge) = (pick(5, 20), pick(25, 31));
            vec![
                ("random", (0..COUNT).map(|_| random.hash()).collect()),
                ("near", near),
                ("edge", edge),
            ]
        }
    };
    if let Some(path) = &options.write_queries {
        write_rows(path, mixes.iter().flat_map(|(_, queries)| queries))?;
    }
    for (mix, queries) in &mixes {
        search(options, bank, &index, mix, queries);
    }
    if options.wide > 0 {
        let queries: Vec<_> = mixes[0].1.iter().copied().cycle().take(options.wide).collect();
        wide(options, bank, &index, mixes[0].0, &queries);
    }
    Ok(())
}

fn search(options: &Options, bank: &[PdqHash], index: &Index<OnLines>, mix: &str, queries: &[PdqHash]) {
    let mut scratch = Scratch::with_kernels(options.kernels);
    let (mut hits, mut found, mut done) = (vec![], 0, 0);
    let mut walls = vec![];
    // A round to warm the caches as a running service would have them, then rounds until the budget is spent.
    for query in queries.iter().take(256) {
        index.search(query, options.radius, &mut scratch, &mut hits);
    }
    let start = cpu();
    while cpu() - start < options.budget {
        for query in queries.iter().skip(done % queries.len()).take(64) {
            hits.clear();
            let wall = Instant::now();
            index.search(query, options.radius, &mut scratch, &mut hits);
            walls.push(wall.elapsed().as_secs_f64() * 1e6);
            found += hits.len();
            done += 1;
        }
    }
    let each = (cpu() - start) / done as f64 * 1e6;
    walls.sort_by(f64::total_cmp);
    let at = |share: f64| walls[((walls.len() - 1) as f64 * share) as usize];

    let checked = queries.len().min(200_000_000 / bank.len().max(1)).max(1);
    let (mut wanted, mut right) = (0usize, 0usize);
    for query in &queries[..checked] {
        hits.clear();
        index.search(query, options.radius, &mut scratch, &mut hits);
        hits.sort();
        let within = bank.iter().zip(0..).map(|(hash, key)| Hit {
            key,
            distance: hash.distance(query),
        });
        let within: Vec<Hit> = within.filter(|hit| hit.distance <= options.radius).collect();
        wanted += within.len();
        right += if hits == within {
            within.len()
        } else {
            within.iter().filter(|hit| hits.contains(hit)).count()
        };
        assert!(
            hits.len() <= within.len(),
            "a row was found that is not within the radius, or twice"
        );
    }
    println!(
        r#"{{"bench":"search","bank":"{}","n":{},"mix":"{mix}","radius":{},"kernels":"{}","queries":{done},"cpu_us":{each:.2},"wall_p50_us":{:.2},"wall_p99_us":{:.2},"wall_max_us":{:.2},"hits_per_query":{:.2},"recall":{:.6},"recall_queries":{checked},"recall_hits":{wanted}}}"#,
        options.bank.as_deref().unwrap_or("uniform"),
        bank.len(),
        options.radius,
        scratch.kernels().name(),
        at(0.5),
        at(0.99),
        at(1.0),
        found as f64 / done as f64,
        if wanted == 0 {
            1.0
        } else {
            right as f64 / wanted as f64
        },
    );
}

fn wide(options: &Options, bank: &[PdqHash], index: &Index<OnLines>, mix: &str, queries: &[PdqHash]) {
    let radius = if options.radius == 31 { 84 } else { options.radius };
    let mut scratch = Scratch::with_kernels(options.kernels);
    let (mut hits, mut rounds) = (vec![], 0);
    let start = cpu();
    while rounds == 0 || cpu() - start < options.budget {
        hits.clear();
        index.search_wide(queries, radius, &mut scratch, &mut hits);
        rounds += 1;
    }
    let each = (cpu() - start) / f64::from(rounds) / queries.len() as f64 * 1e6;
    println!(
        r#"{{"bench":"wide","bank":"{}","n":{},"mix":"{mix}","windows":{},"radius":{radius},"kernels":"{}","cpu_us_per_window":{each:.2},"cpu_us_per_window_per_million":{:.2},"hits":{}}}"#,
        options.bank.as_deref().unwrap_or("uniform"),
        bank.len(),
        queries.len(),
        scratch.kernels().name(),
        each / bank.len() as f64 * 1e6,
        hits.len(),
    );
}
