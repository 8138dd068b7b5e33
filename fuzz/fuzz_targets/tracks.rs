//! Tracks of films and sounds as bytes, and vPDQ as text.
#![no_main]

use fingerprint::film::vpdq;
use fingerprint::film::{Keep, Track, Tracker};
use fingerprint::sound::{Printer, Shifted, query_shifts};
use libfuzzer_sys::fuzz_target;

fn seeds() -> Vec<Vec<u8>> {
    let mut tracker = Tracker::new(64, 64, Keep::All, 10);
    for time in 0..3 {
        let picture = testkit::photo(u64::from(time), 64, 64);
        tracker.push(&picture.luma(), 1000 * time);
    }
    let mut printer = Printer::new(&query_shifts());
    printer.push(&testkit::sound::pcm(&testkit::sound::Sound::Melody.make(1, 6.0)));
    let hash = "ab".repeat(32);
    let mut seeds = vec![
        tracker.finish().whole.to_bytes(),
        format!("[\"{hash},50,1.23e+02\", \"{hash},100,0.0\"]").into_bytes(),
    ];
    seeds.extend(printer.finish().iter().take(2).map(Shifted::to_bytes));
    seeds
}

fuzz_target!(init: basira_fuzz::plant(seeds), |bytes: &[u8]| {
    if let Ok(track) = Track::from_bytes(bytes) {
        assert_eq!(track.to_bytes(), bytes);
    }
    if let Ok(sound) = Shifted::from_bytes(bytes) {
        assert_eq!(sound.to_bytes(), bytes);
    }
    if let Ok(frames) = std::str::from_utf8(bytes).map_err(drop).and_then(|text| vpdq::read(text).map_err(drop)) {
        let _ = vpdq::compare(&frames, &frames);
        assert_eq!(vpdq::read(&vpdq::write(&frames)).map(|again| again.len()), Ok(frames.len()));
    }
});
