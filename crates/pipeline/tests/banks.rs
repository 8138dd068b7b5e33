//! Live indexes follow the store: additions, removals, folds, damage, other processes.

#[path = "../examples/support/mod.rs"]
mod support;

use std::fs;

use basira_pipeline::banks::Banks;
use basira_pipeline::entry::{Given, from_decoded, from_given};
use basira_pipeline::examine::match_decoded;
use basira_pipeline::robust::Tier;
use decode::sandbox::Posture;
use decode::{Contents, Decoded, FileKind, FilmPart, PrintPart, SoundPart};
use fingerprint::digest::Digests;
use fingerprint::film::{Frame, Track, Tracks};
use fingerprint::sound::{Shift, Shifted};
use jiff::Timestamp;
use model::{
    EntryId, IncompleteReason, Leaf, Method, PartName, Place, Quality, SignalType, TextMethod, Trust,
};
use support::{Bench, random_hash};
use testkit::Prng;
use text::known::{TextPrint, Tlsh};

/// Entries that a search finds with distance 0, for each of the first `n` hashes.
fn found(banks: &Banks, n: u64) -> Vec<Vec<EntryId>> {
    let exact = |seed| {
        banks
            .near_hash(&random_hash(seed), 0)
            .into_iter()
            .map(|(entry, _)| entry)
            .collect()
    };
    (0..n).map(exact).collect()
}

fn add(bench: &Bench, seeds: std::ops::Range<u64>) {
    let hashes: Vec<_> = seeds.map(random_hash).collect();
    bench.add_hashes(&hashes).expect("a fresh store takes hashes");
}

#[test]
fn an_index_follows_the_store_through_folds_and_removals() {
    let bench = Bench::new().unwrap();
    let banks = &bench.banks;
    add(&bench, 0..300);
    assert!(
        found(banks, 300).iter().all(Vec::is_empty),
        "nothing is found before it is taken up"
    );
    banks.refresh().unwrap();
    assert!(found(banks, 300).iter().all(|entries| entries.len() == 1));
    let gone = found(banks, 300)[7][0];
    banks.fold(true).unwrap();
    bench
        .banks
        .store()
        .edit("remove_entry", |edits| edits.remove_entry(gone))
        .unwrap();
    add(&bench, 300..310);
    banks.refresh().unwrap();
    let now = found(banks, 310);
    assert!(now[7].is_empty() && now.iter().filter(|entries| entries.len() == 1).count() == 309);
    banks.fold(true).unwrap();
    assert_eq!(found(banks, 310), now);
    assert_eq!(banks.rows(), (309, 0));
    // Another process opens the snapshot, and what has changed since.
    add(&bench, 310..320);
    let other = Banks::open(banks.store().clone()).unwrap();
    assert!(other.notes().is_empty());
    assert_eq!(other.rows(), (319, 0));
    assert_eq!(found(&other, 310), now);
}

#[test]
fn a_damaged_snapshot_is_noticed_and_built_again() {
    let bench = Bench::new().unwrap();
    add(&bench, 0..200);
    bench.banks.refresh().unwrap();
    bench.banks.fold(true).unwrap();
    let before = found(&bench.banks, 200);
    let files: Vec<_> = walkdir::WalkDir::new(bench.banks.store().folder())
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name() == "pdq")
        .map(walkdir::DirEntry::into_path)
        .collect();
    let [file] = &files[..] else {
        panic!("one snapshot is on the shelf, not {files:?}")
    };
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    // A snapshot is replaced, never written to: whoever has it open keeps what it had.
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
    let again = Banks::open(bench.banks.store().clone()).unwrap();
    assert_eq!(again.notes().len(), 1);
    assert_eq!(found(&again, 200), before);
}

#[test]
fn what_does_not_count_is_known_at_once() {
    let bench = Bench::new().unwrap();
    add(&bench, 0..3);
    bench.banks.refresh().unwrap();
    let [entry] = found(&bench.banks, 1)[0][..] else {
        panic!("one entry has the hash")
    };
    let known = |now: Timestamp| bench.banks.known(entry, now).unwrap().is_some();
    let now = Timestamp::now();
    assert!(known(now));
    let store = bench.banks.store();
    store
        .edit("set_expires", |edits| edits.set_expires(entry, Some(now)))
        .unwrap();
    assert!(!known(now));
    store
        .edit("set_expires", |edits| edits.set_expires(entry, None))
        .unwrap();
    store
        .edit("set_bank_enabled", |edits| {
            edits.set_bank_enabled(bench.bank, false)
        })
        .unwrap();
    bench.banks.refresh().unwrap();
    assert!(!known(now));
    store
        .edit("set_bank_enabled", |edits| {
            edits.set_bank_enabled(bench.bank, true)
        })
        .unwrap();
    bench.banks.refresh().unwrap();
    assert!(known(now));
    store
        .edit("set_trust", |edits| edits.set_trust(entry, Trust::Revoked))
        .unwrap();
    assert!(!known(now));
}

/// A film whose frames, one a second, have the hashes of these seeds.
fn film(seeds: std::ops::Range<u64>) -> Decoded {
    let frame = |(second, seed): (u32, u64)| Frame {
        time: 1_000 * second,
        quality: Quality::USABLE,
        hash: random_hash(seed),
        mirrored: random_hash(seed + 1_000_000),
    };
    let whole = Track {
        frames: (0..).zip(seeds.clone()).map(frame).collect(),
        ..Track::default()
    };
    let mut contents = Contents::nothing(FileKind::Media("mp4"));
    contents.films.push(FilmPart {
        name: Place::item().part(Leaf::Film),
        tracks: Tracks {
            whole,
            ..Tracks::default()
        },
    });
    Decoded {
        digests: Digests::of(&seeds.start.to_le_bytes()),
        contents,
        posture: Posture::NONE,
    }
}

#[test]
fn films_of_more_frames_than_are_scanned_are_found_until_they_are_removed() {
    let bench = Bench::new().unwrap();
    let banks = &bench.banks;
    let add = |seeds| {
        let (entry, _) = from_decoded(&film(seeds), Bench::details(false));
        banks
            .store()
            .edit("add_entry", |edits| edits.add_entry(bench.bank, &entry))
            .unwrap()
    };
    let entries_with = |seeds| {
        let found = match_decoded(film(seeds), banks, Tier::Plain, Timestamp::now()).unwrap();
        let films = found.matches.iter().filter(|it| it.kind == SignalType::Vpdq);
        films
            .map(|it| (it.entry, it.segment.unwrap().bank))
            .collect::<Vec<_>>()
    };
    let long = add(0..25_000);
    banks.refresh().unwrap();
    assert_eq!(entries_with(24_000..24_006), [(long, (24_000_000, 24_005_000))]);
    // In the segment, and beside it.
    let short = add(30_000..30_010);
    banks.refresh().unwrap();
    assert_eq!(entries_with(30_002..30_008), [(short, (2_000, 7_000))]);
    assert_eq!(entries_with(40_000..40_006), []);
    for entry in [long, short] {
        banks
            .store()
            .edit("remove_entry", |edits| edits.remove_entry(entry))
            .unwrap();
    }
    banks.refresh().unwrap();
    assert_eq!(entries_with(24_000..24_006), []);
    assert_eq!(entries_with(30_002..30_008), []);
}

#[test]
fn a_sound_that_is_too_common_in_the_banks_is_said() {
    let bench = Bench::new().unwrap();
    let banks = &bench.banks;
    let sound = |words: Vec<u32>| {
        let mut contents = Contents::nothing(FileKind::Media("wav"));
        contents.sounds.push(SoundPart {
            name: Place::item().part(Leaf::Sound),
            variants: vec![Shifted {
                shift: Shift::NONE,
                words,
            }],
        });
        Decoded {
            digests: Digests::of(b"a sound"),
            contents,
            posture: Posture::NONE,
        }
    };
    let words = |seed: u32| {
        (0..60)
            .map(move |at| (seed + at).wrapping_mul(0x9e37_79b9))
            .collect::<Vec<_>>()
    };
    let gaps = |words| {
        match_decoded(sound(words), banks, Tier::Plain, Timestamp::now())
            .unwrap()
            .incomplete
    };
    let (entry, _) = from_decoded(&sound(words(1)), Bench::details(true));
    banks
        .store()
        .edit("add_entries", |edits| {
            edits.add_entries(bench.bank, &vec![entry; 2_600])
        })
        .unwrap();
    banks.refresh().unwrap();
    assert_eq!(gaps(words(1_000)), []);
    let said = gaps(words(1));
    let reason = said.first().map(|gap| &gap.reason);
    assert!(
        matches!(reason, Some(IncompleteReason::Common { .. })),
        "{said:?}"
    );
}

/// A text of an invented league: often a piece of the one before, sometimes with a link.
fn league_text(prng: &mut Prng, before: &str) -> String {
    const WORDS: [&str; 16] = [
        "rook", "league", "meets", "tuesday", "board", "opening", "castle", "pawn", "town", "library",
        "noon", "player", "clock", "round", "prize", "reading",
    ];
    let old: Vec<&str> = before.split_whitespace().collect();
    let mut words: Vec<String> = Vec::new();
    for _ in 0..prng.int(0, 2) {
        words.extend((0..prng.int(3, 25)).map(|_| {
            // Numbers, so that not all texts are alike.
            let word = WORDS[prng.int(0, 15) as usize];
            format!("{word}{}", prng.int(0, 3))
        }));
        if old.len() > 20 {
            let start = prng.int(0, old.len() as u32 / 2) as usize;
            let length = prng.int(5, 30) as usize;
            words.extend(old.iter().skip(start).take(length).map(|word| (*word).to_owned()));
        }
    }
    if prng.int(0, 3) == 0 {
        words.push(format!("https://example.com/{}", prng.int(0, 5)));
    }
    words.join(" ")
}

/// So long that its order hardly matters to TLSH.
fn long_text(prng: &mut Prng) -> String {
    let syllables = ["ra", "lo", "ne", "shi", "tu", "mar", "ge", "pon", "ka", "vel"];
    let word = |prng: &mut Prng| {
        let count = prng.int(2, 5);
        (0..count)
            .map(|_| syllables[prng.int(0, 9) as usize])
            .collect::<String>()
    };
    let words: Vec<String> = (0..600).map(|_| word(prng)).collect();
    words.join(" ")
}

fn print_of(text: &str) -> TextPrint {
    let page = text::page::read(text.as_bytes());
    TextPrint::of(&page, &page.mentions())
}

fn with_text(text: &str) -> Decoded {
    let mut contents = Contents::nothing(FileKind::Plain);
    contents.prints.push(PrintPart {
        name: PartName::file(),
        print: print_of(text),
        words: Vec::new(),
    });
    // No file is the same as another one.
    let digests = Digests::of(format!("{text}{}", Timestamp::now().as_nanosecond()).as_bytes());
    Decoded {
        digests,
        contents,
        posture: Posture::NONE,
    }
}

/// What a text is found to be near, as comparing it with every entry says.
fn by_hand(there: &[(EntryId, TextPrint, Option<String>)], query: &TextPrint) -> Vec<(EntryId, Method)> {
    let mut found = Vec::new();
    for (entry, print, link) in there {
        if let Some(link) = link {
            let link = print_of(link).leads[0].signal;
            if query.leads.iter().any(|lead| lead.signal == link) {
                found.push((*entry, Method::Equal(SignalType::Url)));
            }
            continue;
        }
        let Some(banked) = &print.body else { continue };
        let near =
            |(one, other): (&model::TextTlsh, &model::TextTlsh)| Tlsh::from(one).distance(&Tlsh::from(other));
        let method = if query.raw.contains(&print.raw[0]) {
            Some(TextMethod::Raw)
        } else if let Some(same) = banked.compare(&query.probe) {
            let percent = |share: f64| ((share * 100.0 + 1e-9) as u8).max(1);
            Some(TextMethod::Passage {
                banked: percent(same.of_banked()),
                text: percent(same.of_text()),
            })
        } else {
            let distance = print.tlsh.as_ref().zip(query.tlsh.as_ref()).map(near);
            distance
                .filter(|distance| *distance <= Tlsh::MATCH)
                .map(TextMethod::Tlsh)
        };
        found.extend(method.map(|method| (*entry, Method::Text(method))));
    }
    found.sort_unstable();
    found
}

/// Whatever was added and removed before, by this process or another, a text is near what comparing it with each entry says.
#[test]
fn texts_are_near_what_comparing_with_each_entry_says() {
    let bench = Bench::new().unwrap();
    let banks = &bench.banks;
    let mut prng = Prng::new(31, 7);
    let mut there: Vec<(EntryId, TextPrint, Option<String>)> = Vec::new();
    let mut last = String::new();
    let mut methods = [0; 4];
    for round in 0..220 {
        let text = match round % 20 {
            0 => long_text(&mut prng),
            _ => league_text(&mut prng, &last),
        };
        if !there.is_empty() && prng.int(0, 3) == 0 {
            let (gone, ..) = there.swap_remove(prng.int(0, there.len() as u32 - 1) as usize);
            banks
                .store()
                .edit("remove_entry", |edits| edits.remove_entry(gone))
                .unwrap();
        } else if prng.int(0, 5) == 0 {
            let link = format!("https://example.com/{}", prng.int(0, 5));
            let given = Given::parse(SignalType::Url, &link).unwrap();
            let entry = from_given(vec![given], None, Bench::details(false));
            let entry = banks
                .store()
                .edit("add_entry", |edits| edits.add_entry(bench.bank, &entry))
                .unwrap();
            there.push((entry, print_of(""), Some(link)));
        } else {
            let (entry, _) = from_decoded(&with_text(&text), Bench::details(true));
            let entry = banks
                .store()
                .edit("add_entry", |edits| edits.add_entry(bench.bank, &entry))
                .unwrap();
            there.push((entry, print_of(&text), None));
        }
        banks.refresh().unwrap();
        let other = (round % 40 == 0).then(|| Banks::open(banks.store().clone()).unwrap());
        // No three words in a row are the same, and the text as a whole is alike.
        let words: Vec<&str> = last.split_whitespace().collect();
        let alike: Vec<&str> = words
            .chunks(3)
            .flat_map(|three| {
                three
                    .iter()
                    .skip(1)
                    .take(1)
                    .chain(&three[..1])
                    .chain(&three[three.len().min(2)..])
            })
            .copied()
            .collect();
        let alike = alike.join(" ");
        for query in [league_text(&mut prng, &last), text.clone(), last.clone(), alike] {
            let found = match_decoded(
                with_text(&query),
                other.as_ref().unwrap_or(banks),
                Tier::Plain,
                Timestamp::now(),
            )
            .unwrap();
            let mut found: Vec<_> = found.matches.iter().map(|it| (it.entry, it.method)).collect();
            found.sort_unstable();
            assert_eq!(found, by_hand(&there, &print_of(&query)), "{query}");
            for (_, method) in found {
                let kind = match method {
                    Method::Text(TextMethod::Raw) => 0,
                    Method::Text(TextMethod::Passage { .. }) => 1,
                    Method::Text(TextMethod::Tlsh(_)) => 2,
                    _ => 3,
                };
                methods[kind] += 1;
            }
        }
        if text.len() > 60 {
            last = text;
        }
    }
    assert!(
        methods.iter().all(|count| *count > 0),
        "each way was met: {methods:?}"
    );
}
