//! Prints and matches of generated sounds.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

use basira_fingerprint::sound::{
    ENOUGH, HOP, Printer, RATE, Shift, Shifted, SoundIndex, Unfit, bank_shifts, query_shifts,
};
use proptest::prelude::*;
use testkit::sound::{Sound, SoundEdit, pcm};

fn prints(samples: &[i16], shifts: &[Shift]) -> Vec<Shifted> {
    let mut printer = Printer::new(shifts);
    printer.push(samples);
    printer.finish()
}

fn banked(sounds: &[(u64, Vec<f32>)]) -> SoundIndex {
    let mut index = SoundIndex::new();
    for (key, sound) in sounds {
        index.insert(*key, &prints(&pcm(sound), &bank_shifts())).unwrap();
    }
    index
}

/// Equal to `fpcalc -raw` 1.5.1 on the same samples; `examples/sound_peer.rs` compares many more.
#[test]
fn words_are_those_of_chromaprint() {
    let chant = [
        969275772, 965736828, 965736812, 965736812, 965728623, 970836334, 970803582, 998070654,
    ];
    let band = [
        562317255, 566612423, 562409943, 562344182, 566530166, 1908708446, 1896126542, 1359477070,
    ];
    for (kind, seed, expected) in [(Sound::Chant, 1, chant), (Sound::Band, 3, band)] {
        let words = &prints(&pcm(&kind.make(seed, 60.0)), &[Shift::NONE])[0].words;
        assert_eq!(words.len(), 463);
        assert_eq!(words[455..], expected, "{kind:?}");
    }
}

#[test]
fn a_clip_in_a_long_query_is_found_where_it_is() {
    let recording = Sound::Chant.make(1, 40.0);
    let index = banked(&[(1, recording.clone()), (2, Sound::Chant.make(2, 40.0))]);
    let (from, to) = (12 * RATE as usize, 22 * RATE as usize);
    for edit in [
        SoundEdit::Echo,
        SoundEdit::Speed(0.95),
        SoundEdit::Pitch(1.05),
        SoundEdit::Tempo(1.05),
    ] {
        let mut query = Sound::Speech.make(5, 25.0);
        query.extend(edit.apply(&recording[from..to], 1));
        query.extend(Sound::Band.make(6, 25.0));
        let found = index.find(&prints(&pcm(&query), &query_shifts()), ENOUGH);
        let [one] = found.matches[..] else {
            panic!("{edit:?}: {found:?}")
        };
        let long = 10.0 / f64::from(edit.tempo());
        assert_eq!(one.key, 1);
        for (seen, expected) in [
            (one.query.start, 25.0),
            (one.query.end, 25.0 + long),
            (one.bank.start, 12.0),
            (one.bank.end, 22.0),
        ] {
            assert!((seen - expected).abs() < 1.5, "{edit:?}: {one:?}");
        }
        assert!(
            (one.tempo - f64::from(edit.tempo())).abs() < 0.03,
            "{edit:?}: {one:?}"
        );
    }
}

#[test]
fn a_short_query_is_found_in_a_long_recording() {
    let recording = Sound::Speech.make(9, 120.0);
    let index = banked(&[(4, recording.clone())]);
    let clip = &recording[70 * RATE as usize..80 * RATE as usize];
    let found = index.find(&prints(&pcm(clip), &query_shifts()), ENOUGH);
    assert_eq!(found.matches.len(), 1, "{found:?}");
    assert!((found.matches[0].bank.start - 70.0).abs() < 1.0, "{found:?}");
}

#[test]
fn silence_and_tones_are_refused_and_match_nothing() {
    let second = RATE as usize;
    let silence = vec![0.0f32; 30 * second];
    let tone: Vec<f32> = (0..30 * second).map(|i| 0.5 * (i as f32 * 0.25).sin()).collect();
    let hum: Vec<f32> = (0..30 * second)
        .map(|i| 0.3 * (i as f32 * 0.0285).sin() + 0.2 * (i as f32 * 0.057).sin())
        .collect();
    let mut index = banked(&[(
        1,
        [silence.clone(), Sound::Band.make(1, 20.0), tone.clone()].concat(),
    )]);
    for (key, sound) in [&silence, &tone, &hum].into_iter().enumerate() {
        let variants = prints(&pcm(sound), &bank_shifts());
        let refused = index.insert(10 + key as u64, &variants);
        assert!(
            matches!(refused, Err(Unfit::Monotonous { .. })),
            "{key}: {refused:?}"
        );
        let found = index.find(&prints(&pcm(sound), &query_shifts()), 0.0);
        assert!(found.matches.is_empty(), "{key}: {found:?}");
        assert!(found.monotonous * 10 > found.words * 9, "{key}: {found:?}");
    }
    assert_eq!(index.len(), 1);
}

#[test]
fn what_was_removed_is_not_found_and_the_rest_is() {
    let sounds: Vec<_> = (0..8).map(|k| (k, Sound::Melody.make(k, 15.0))).collect();
    let mut index = banked(&sounds);
    assert!(!index.remove(99));
    for gone in 0..6 {
        assert!(index.remove(gone));
        for (key, sound) in &sounds {
            let found = index.find(&prints(&pcm(sound), &[Shift::NONE]), ENOUGH);
            let keys: Vec<u64> = found.matches.iter().map(|one| one.key).collect();
            assert_eq!(keys.contains(key), *key > gone, "{key} after {gone}");
        }
    }
    // Under the same key another recording takes the place.
    index
        .insert(7, &prints(&pcm(&sounds[0].1), &bank_shifts()))
        .unwrap();
    assert_eq!(index.len(), 2);
    let found = index.find(&prints(&pcm(&sounds[7].1), &[Shift::NONE]), ENOUGH);
    assert!(found.matches.is_empty(), "{found:?}");
}

#[test]
fn shifted_prints_are_near_those_of_the_shifted_sound() {
    let sound = Sound::Band.make(4, 20.0);
    let by = 1.05;
    let shifted = &prints(&pcm(&sound), &[Shift::new(by, by).unwrap()])[0].words;
    let really = &prints(
        &pcm(&SoundEdit::Speed(by as f32).apply(&sound, 1)),
        &[Shift::NONE],
    )[0]
    .words;
    let bits: u32 = shifted
        .iter()
        .zip(really)
        .map(|(a, b)| (a ^ b).count_ones())
        .sum();
    let error = f64::from(bits) / (32 * really.len()) as f64;
    assert!(error < 0.1, "{error}");
    assert!(shifted.len().abs_diff(really.len()) <= 1);
    assert!(Shift::new(0.4, 1.0).is_err() && Shift::new(1.0, f64::NAN).is_err());
}

fn words() -> impl Strategy<Value = Vec<u32>> {
    // Few values, so that words repeat, and runs of one.
    let word = prop_oneof![0u32..4, any::<u32>(), Just(u32::MAX)];
    prop::collection::vec((word, 1usize..30), 0..40).prop_map(|runs| {
        let run = |(word, times)| std::iter::repeat_n(word, times);
        runs.into_iter().flat_map(run).collect()
    })
}

fn shift() -> impl Strategy<Value = Shift> {
    (0.5f64..=2.0, 0.5f64..=2.0).prop_map(|(pitch, tempo)| Shift::new(pitch, tempo).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_make_no_difference(
        samples in prop::collection::vec(any::<i16>(), 0..60_000),
        piece in 1usize..9_000,
        shift in shift(),
    ) {
        let shifts = [Shift::NONE, shift, query_shifts()[2]];
        let mut printer = Printer::new(&shifts);
        for piece in samples.chunks(piece) {
            printer.push(piece);
        }
        let variants = printer.finish();
        prop_assert_eq!(&variants, &prints(&samples, &shifts));
        for variant in variants {
            let span = 19.0 * HOP * variant.shift.tempo() + 4096.0;
            let more = (samples.len() as f64 - span) / (HOP * variant.shift.tempo());
            let expected = if more < 0.0 { 0 } else { more as usize + 1 };
            prop_assert!(variant.words.len().abs_diff(expected) <= 1);
        }
    }

    #[test]
    fn any_words_can_be_banked_and_looked_up(
        bank in prop::collection::vec((words(), shift()), 1..4),
        query in prop::collection::vec((words(), shift()), 0..3),
    ) {
        let variants = |list: &[(Vec<u32>, Shift)]| -> Vec<Shifted> {
            list.iter().map(|(words, shift)| Shifted { words: words.clone(), shift: *shift }).collect()
        };
        let mut index = SoundIndex::new();
        for key in 0..bank.len() as u64 {
            let _ = index.insert(key, &variants(&bank));
        }
        for one in index.find(&variants(&query), f64::NEG_INFINITY).matches {
            prop_assert!(one.query.start < one.query.end && one.bank.start < one.bank.end);
            prop_assert!((0.0..=1.0).contains(&one.error) && one.tempo.is_finite());
        }
        for key in 0..bank.len() as u64 {
            index.remove(key);
        }
        prop_assert!(index.is_empty());
        prop_assert!(index.find(&variants(&query), f64::NEG_INFINITY).matches.is_empty());
    }

    /// With a bank of one recording, a query that is a part of it is found at that part, and nowhere else first.
    #[test]
    fn a_part_of_random_words_is_found_exactly(seed in any::<u64>(), from in 0usize..200, len in 40usize..100) {
        let mut prng = testkit::Prng::new(seed, 1);
        let all: Vec<u32> = (0..300).map(|_| prng.bits() as u32).collect();
        let variant = |words: &[u32]| [Shifted { shift: Shift::NONE, words: words.to_vec() }];
        let mut index = SoundIndex::new();
        index.insert(5, &variant(&all)).unwrap();
        let found = index.find(&variant(&all[from..from + len]), ENOUGH);
        prop_assert_eq!(found.matches.len(), 1);
        let one = found.matches[0];
        prop_assert_eq!((one.error, one.words), (0.0, len));
        let seconds = from as f64 * HOP / f64::from(RATE);
        prop_assert!((one.bank.start - one.query.start - seconds).abs() < 1e-9);
    }
}
