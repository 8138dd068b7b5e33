//! Prints what the store does in a second: `cargo run --release -p basira-store --example rates -- 1000000`

use std::time::Instant;

use basira_store::{
    Access, FileStamp, Keep, NewEntry, Options, PdqRow, ScanFile, Seq, Store, StoreError, Thumbnail, Windows,
};
use jiff::Timestamp;
use model::{
    BankKind, EntryId, EntrySignal, PdqHash, Provenance, Quality, Signal, SignalType, Tlp, Trust, Verdict,
};

/// A well-mixed hash for each number (SplitMix64, Steele et al. 2014).
fn hash(number: u64) -> PdqHash {
    let mut state = number.wrapping_mul(4);
    let mut bytes = [0; 32];
    for word in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    PdqHash::new(bytes)
}

fn entry(number: u64) -> NewEntry {
    NewEntry {
        signals: vec![EntrySignal {
            signal: Signal::Pdq(hash(number)),
            quality: Some(Quality::USABLE),
        }],
        labels: Vec::new(),
        note: None,
        provenance: Provenance {
            added_by: "rates".to_owned(),
            source: "list.csv".to_owned(),
            external_id: Some(number.to_string()),
            added_at: Timestamp::UNIX_EPOCH,
        },
        trust: Trust::Shadow,
        human_confirmed: false,
        tlp: Tlp::Amber,
        expires: None,
        disabled_until: None,
        metadata: None,
        media: None,
        keep: Keep::HashOnly,
        tracks: Vec::new(),
    }
}

fn rate<T>(what: &str, count: u64, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let value = work()?;
    let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
    println!(
        "{what:<36} n={count:<9} {:>11.0}/s wall {:>11.0}/CPU-s   peak {} MiB",
        count as f64 / wall,
        count as f64 / cpu,
        peak_mib()
    );
    Ok(value)
}

/// User and system time of this process so far (Linux counts them in 1/100 s).
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn peak_mib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).unwrap_or("100000".to_owned()).parse()?;
    let place = tempfile::tempdir_in(".")?;
    let store = Store::open(
        &place.path().join("data"),
        Options::new(Access::Writer, &place.path().join("key")),
    )?;
    let name = "list".parse()?;
    let bank = store.edit("create_bank", |edits| {
        edits.create_bank(&name, BankKind::Known, Timestamp::UNIX_EPOCH)
    })?;

    rate("entries added, 20,000 a transaction", count, || {
        for start in (0..count).step_by(20_000) {
            let batch: Vec<NewEntry> = (start..count.min(start + 20_000)).map(entry).collect();
            store.edit("add_entries", |edits| edits.add_entries(bank.id, &batch))?;
        }
        Ok(())
    })?;
    rate("PDQ rows streamed", count, || {
        let mut sum = 0u64;
        store.for_each_pdq(|row: PdqRow| sum = sum.wrapping_add(row.key()))?;
        Ok(std::hint::black_box(sum))
    })?;
    rate("entries added, one a transaction", 1_000, || {
        (0..1_000).try_for_each(|number| {
            store
                .edit("add_entry", |edits| {
                    edits.add_entry(bank.id, &entry(count + number))
                })
                .map(drop)
        })
    })?;
    rate("entries read by id", 50_000.min(count), || {
        (1..=50_000.min(count)).try_for_each(|id| store.entry(EntryId(id.cast_signed())).map(drop))
    })?;
    rate("signals looked up", 50_000, || {
        (0..50_000).try_for_each(|number| {
            let signal = Signal::from_bytes(SignalType::Pdq, hash(number * 7919).bytes());
            signal.map_or(Ok(()), |signal| {
                store.entry_with_signal_in(bank.id, &signal).map(drop)
            })
        })
    })?;
    rate("changes read", count, || {
        store.changes_since(Seq(0), u32::MAX).map(drop)
    })?;

    let kept = 2_000;
    rate("entries with thumbnail and windows", kept, || {
        let grey = vec![128; 128 * 128];
        let thumbnail = Thumbnail::new(128, 128, grey).ok();
        let windows = Windows::new(1, (0..30).map(|n| (hash(n), Quality::USABLE)).collect()).ok();
        let keep = Keep::Picture { thumbnail, windows };
        let entries: Vec<NewEntry> = (0..kept)
            .map(|number| NewEntry {
                keep: keep.clone(),
                tracks: Vec::new(),
                ..entry(number)
            })
            .collect();
        store
            .edit("add_entries", |edits| edits.add_entries(bank.id, &entries))
            .map(drop)
    })?;
    rate("windows streamed", kept * 30, || {
        store.for_each_windows(EntryId(0), |_| {}).map(drop)
    })?;

    let scan = store.begin_scan("rates", "", Timestamp::UNIX_EPOCH)?;
    let files = 100_000;
    let stamp = FileStamp {
        size: 1,
        modified_at: 1,
    };
    let path = |number: u64| format!("pictures/{}", hash(number)).into_bytes();
    rate("scanned files recorded, 256 at once", files, || {
        for start in (0..files).step_by(256) {
            let batch: Vec<ScanFile> = (start..files.min(start + 256))
                .map(|number| ScanFile {
                    path: path(number),
                    stamp,
                    verdict: Verdict::NoMatch,
                    result: "x".repeat(500),
                })
                .collect();
            store.record_scan(scan.id, &batch)?;
        }
        Ok(())
    })?;
    rate("scanned files looked up", files, || {
        (0..files).try_for_each(|number| store.scanned_file(scan.id, &path(number), stamp).map(drop))
    })?;
    rate("scanned files listed", files, || {
        store.for_each_scanned(scan.id, None, |_| Ok::<(), StoreError>(()))
    })?;
    rate("scan deleted, files", files, || store.delete_scan(scan.id))?;
    Ok(())
}
