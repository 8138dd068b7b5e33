//! Films against films: clips are found with their times, and films that share only titles and black are not.

use basira_fingerprint::film::align::{Alignment, Telling, align, pairs};
use basira_fingerprint::film::{Keep, Track, Tracker, Tracks};

const SIDE: usize = 128;
/// Milliseconds of a shot.
const SHOT: u32 = 4_000;

type Edit<'a> = &'a dyn Fn(&mut [u8]);

/// A film: shots, each a pan over a generated photograph of its own.
struct Film {
    photos: Vec<Vec<u8>>,
}

impl Film {
    fn new(seed: u64, shots: u64) -> Self {
        let (width, height) = (2 * SIDE as u32, SIDE as u32);
        let photo = |shot| testkit::photo(1000 * seed + shot, width, height).luma();
        Self {
            photos: (0..shots).map(photo).collect(),
        }
    }

    const fn length(&self) -> u32 {
        self.photos.len() as u32 * SHOT
    }

    fn frame(&self, time: u32) -> Vec<u8> {
        let shot = (time / SHOT).min(self.photos.len() as u32 - 1) as usize;
        let within = (time % SHOT) as usize * SIDE / SHOT as usize;
        let rows = self.photos[shot].chunks(2 * SIDE);
        rows.flat_map(|row| row[within..within + SIDE].to_vec()).collect()
    }

    /// Frames of a clip from `from` to `to`, one each `every` milliseconds, at a speed in percent.
    fn clip(&self, from: u32, to: u32, every: u32, speed: u32, keep: Keep, edit: Edit<'_>) -> Tracks {
        let mut tracker = Tracker::new(SIDE, SIDE, keep, 100_000);
        for here in (0..).step_by(every as usize) {
            let there = from + here * speed / 100;
            if there >= to {
                break;
            }
            let mut frame = self.frame(there);
            edit(&mut frame);
            tracker.push(&frame, here);
        }
        tracker.finish()
    }

    fn banked(&self) -> Tracks {
        self.clip(0, self.length(), 40, 100, Keep::Distinct, &|_| ())
    }
}

/// The best alignment of any of the tracks of both sides.
fn best(query: &Tracks, bank: &Tracks) -> Option<Alignment> {
    let each = query.each().map(Telling::from).flat_map(|query| {
        let on = move |bank| align(&query, &bank, &pairs(&query, &bank));
        bank.each().map(Telling::from).filter_map(on)
    });
    each.max_by_key(|it| (it.is_match(), it.frames))
}

fn mirror(frame: &mut [u8]) {
    frame.chunks_mut(SIDE).for_each(<[u8]>::reverse);
}

fn logo(frame: &mut [u8]) {
    for y in 8..24 {
        frame[y * SIDE + 94..y * SIDE + 120].fill(if y % 8 < 4 { 250 } else { 20 });
    }
}

/// Bars above and below, the picture three quarters as high.
fn letterbox(frame: &mut [u8]) {
    let rows = |y: usize| frame[y * SIDE..(y + 1) * SIDE].to_vec();
    let small: Vec<u8> = (0..SIDE).filter(|y| y % 4 != 3).flat_map(rows).collect();
    let bar = (SIDE - small.len() / SIDE) / 2 * SIDE;
    frame.fill(0);
    frame[bar..bar + small.len()].copy_from_slice(&small);
}

fn dim(frame: &mut [u8]) {
    for value in frame {
        *value = (u32::from(*value) * 7 / 10 + 10) as u8;
    }
}

#[test]
fn clips_of_five_seconds_are_found_with_their_times_whatever_was_done_to_them() {
    let edits: [(&str, Edit<'_>, u32); 7] = [
        ("none", &|_| (), 100),
        ("dim", &dim, 100),
        ("mirror", &mirror, 100),
        ("logo", &logo, 100),
        ("letterbox", &letterbox, 100),
        ("fast", &|_| (), 105),
        ("slow", &|_| (), 95),
    ];
    let (mut found, mut tried) = (0, 0);
    for seed in 1..7 {
        let film = Film::new(seed, 6);
        let bank = film.banked();
        for (name, edit, speed) in edits {
            for from in [1_300, 9_770] {
                let query = film.clip(from, from + 5_000, 1_000, speed, Keep::All, edit);
                tried += 1;
                let best = best(&query, &bank);
                let Some(hit) = best.filter(Alignment::is_match) else {
                    println!("missed: film {seed}, {name}, from {from}: {best:?}");
                    continue;
                };
                assert!(hit.bank.0.abs_diff(from) <= 1_000, "{name}: {hit:?}");
                assert!(hit.bank.1.abs_diff(from + 4_000) <= 1_500, "{name}: {hit:?}");
                assert_eq!(hit.mirrored, name == "mirror", "{name}: {hit:?}");
                found += 1;
            }
        }
    }
    assert!(100 * found >= 95 * tried, "{found} of {tried}");
}

#[test]
fn a_banked_clip_is_found_in_a_long_film_and_the_other_way_round() {
    let film = Film::new(9, 30);
    let clip = |keep, every| film.clip(50_500, 57_500, every, 100, keep, &|_| ());
    let whole = film.clip(0, film.length(), 1_000, 100, Keep::All, &|_| ());
    let hit = best(&whole, &clip(Keep::Distinct, 40)).expect("the clip");
    assert!(hit.is_match() && hit.query.0.abs_diff(50_500) <= 1_000, "{hit:?}");
    assert!(
        hit.query.1.abs_diff(57_500) <= 1_500 && hit.bank.0 <= 1_000,
        "{hit:?}"
    );
    let hit = best(&clip(Keep::All, 1_000), &film.banked()).expect("the film");
    assert!(hit.is_match() && hit.bank.0.abs_diff(50_500) <= 1_000, "{hit:?}");
}

#[test]
fn films_that_share_nothing_but_titles_and_black_are_no_match() {
    let title = testkit::photo(77, SIDE as u32, SIDE as u32).luma();
    let make = |film: &Film, every: u32, keep| {
        let mut tracker = Tracker::new(SIDE, SIDE, keep, 10_000);
        for time in (0..film.length() + 8_000).step_by(every as usize) {
            let frame = match time {
                0..3_000 => vec![0; SIDE * SIDE],
                // One picture that all of them hold for five seconds.
                3_000..8_000 => title.clone(),
                _ => film.frame(time - 8_000),
            };
            tracker.push(&frame, time);
        }
        tracker.finish()
    };
    let films = (20..54).map(|seed| Film::new(seed, 3));
    let tracks: Vec<(Tracks, Tracks)> = films
        .map(|film| (make(&film, 1_000, Keep::All), make(&film, 40, Keep::Distinct)))
        .collect();
    for (a, (query, _)) in tracks.iter().enumerate() {
        for (b, (_, bank)) in tracks.iter().enumerate() {
            let hit = best(query, bank).expect("the title at least");
            assert_eq!(hit.is_match(), a == b, "{a} {b} {hit:?}");
        }
    }
}

#[test]
fn nothing_aligns_with_nothing() {
    let empty = Telling::from(&Track::default());
    assert_eq!(align(&empty, &empty, &pairs(&empty, &empty)), None);
}
