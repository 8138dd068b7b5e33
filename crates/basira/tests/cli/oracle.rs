//! A submitter that nobody trusts learns nothing from the service about what is banked.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::encode;

use crate::pictures::{photo, png};
use crate::place::Place;
use crate::server::{Client, Server};

/// Requests of each kind.
const EACH: usize = 100;

/// How far two samples are shifted against each other, in standard deviations of chance: the rank-sum statistic of Mann
/// and Whitney (1947), which a few very slow requests do not disturb.
fn shift(a: &[Duration], b: &[Duration]) -> f64 {
    let mut all: Vec<(Duration, bool)> = a.iter().map(|time| (*time, true)).collect();
    all.extend(b.iter().map(|time| (*time, false)));
    all.sort_unstable();
    let ranks: f64 = (1..)
        .zip(&all)
        .filter(|(_, (_, ours))| *ours)
        .map(|(rank, _)| f64::from(rank))
        .sum();
    let (n, m) = (a.len() as f64, b.len() as f64);
    let u = ranks - n * (n + 1.0) / 2.0;
    (u - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[test]
fn a_shift_is_seen() {
    let mut number = 1_u64;
    let mut draw = || {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros(1_000 + (number >> 33) % 500)
    };
    let (a, b): (Vec<_>, Vec<_>) = (0..EACH).map(|_| (draw(), draw())).unzip();
    assert!(shift(&a, &b).abs() < 4.5, "{}", shift(&a, &b));
    let slower: Vec<_> = b.iter().map(|time| *time + Duration::from_micros(150)).collect();
    assert!(shift(&slower, &a) > 4.5, "{}", shift(&slower, &a));
}

/// An answer with all that must differ between any two items taken out of it.
fn shape(answer: &Value) -> Value {
    let mut shape = answer.clone();
    for field in ["item", "sha256", "bytes"] {
        assert!(shape.as_object_mut().unwrap().remove(field).is_some(), "{answer}");
    }
    shape
}

fn submit(client: &Client, bytes: &[u8]) -> (Duration, String, Value) {
    let begun = Instant::now();
    let answer = client.bytes("/v1/items", bytes);
    let passed = begun.elapsed();
    let length = answer.text.len().to_string();
    (passed, length, answer.expect(202))
}

#[test]
fn an_untrusted_submitter_cannot_tell_a_hit_from_a_miss() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    let bot = admin.with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit"], "trust": "low"}));
    // Each has bytes of its own, as every upload of a stranger has; all have one length.
    let (hit, miss) = (encode::jpeg(&photo(1), 80), encode::jpeg(&photo(2), 80));
    let length = hit.len().max(miss.len()) + 16;
    let varied = |picture: &[u8], number: usize| {
        let mut bytes = picture.to_vec();
        bytes.resize(length - 8, 0);
        bytes.extend(number.to_be_bytes());
        bytes
    };
    let (mut hits, mut misses, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = (String::new(), String::new());
    let mut random = 7_u64;
    for number in 0..EACH + 5 {
        // Which comes first follows no order: what one leaves behind must not always meet the other.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        for second in [false, true] {
            let is_hit = (random >> 40) % 2 == u64::from(second);
            let (time, size, answer) = submit(&bot, &varied(if is_hit { &hit } else { &miss }, number));
            shapes.push((size, shape(&answer)));
            let item = answer["item"].as_str().unwrap().to_owned();
            if is_hit {
                last.0 = item;
            } else {
                last.1 = item;
            }
            // The first few warm up.
            if number >= 5 {
                if is_hit { &mut hits } else { &mut misses }.push(time);
            }
        }
    }
    shapes.dedup();
    assert_eq!(shapes.len(), 1, "one form and one length for all: {shapes:?}");
    let shift = shift(&hits, &misses);
    println!("hits and misses are {shift:.2} apart");
    assert!(
        shift.abs() < 4.5,
        "hits and misses differ in time by {shift} standard deviations"
    );
    let verdict = |item: &str| admin.finished(item)["result"]["verdict"].clone();
    assert_eq!(
        (verdict(&last.0), verdict(&last.1)),
        (json!("match"), json!("no_match"))
    );
    // What it might ask instead tells it nothing either.
    for path in [
        "/v1/items".to_owned(),
        format!("/v1/items/{}", last.0),
        format!("/v1/lookup?type=md5&value={}", "0".repeat(32)),
    ] {
        bot.get(&path).problem(403, "not-allowed");
    }
    bot.bytes("/v1/scan", &hit).problem(403, "not-allowed");
    assert_eq!(server.stop(), Some(0));
}
