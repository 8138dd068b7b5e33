//! Looks for payment addresses where there are none: `cargo run --release -p basira-text --example random -- MEGABYTES [FILE…]`
//!
//! Random base64, hexadecimal in both cases, letters of base58 and words of the files given, in lines of random length.
#![expect(
    clippy::disallowed_methods,
    reason = "an example, not the room: it takes paths and a clock"
)]

use std::time::Instant;

use basira_text::find::{Kind, find};

const ALPHABETS: [(&str, &[u8]); 5] = [
    (
        "base64",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    ),
    (
        "base64url",
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ),
    ("hex", b"0123456789abcdef"),
    ("HEX", b"0123456789ABCDEF"),
    (
        "base58",
        b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    ),
];
const BLOCK: usize = 4 << 20;

/// xorshift64*: the same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as usize
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let megabytes: usize = arguments
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(100);
    let files: String = arguments
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect();
    let words: Vec<&str> = files.split_whitespace().collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let kinds = ALPHABETS.len() + usize::from(!words.is_empty());
    for kind in 0..kinds {
        let (name, alphabet) = ALPHABETS.get(kind).copied().unwrap_or(("words", b""));
        let (mut read, mut addresses, mut others) = (0, 0, 0);
        let mut spent = std::time::Duration::ZERO;
        while read < (megabytes << 20) / kinds {
            let mut text = String::with_capacity(BLOCK + 200);
            while text.len() < BLOCK {
                if alphabet.is_empty() {
                    text.push_str(words[random.next() % words.len()]);
                    text.push(' ');
                } else {
                    let length = 8 + random.next() % 100;
                    text.extend((0..length).map(|_| char::from(alphabet[random.next() % alphabet.len()])));
                    text.push('\n');
                }
            }
            let start = Instant::now();
            let found = find(&text);
            spent += start.elapsed();
            read += text.len();
            for finding in found {
                if finding.kind == Kind::PaymentAddress {
                    addresses += 1;
                    println!("false: {} from {:?}", finding.normal, &text[finding.span.clone()]);
                } else {
                    others += 1;
                }
            }
        }
        let speed = read as f64 / 1e6 / spent.as_secs_f64();
        println!(
            "{name}: {} MB, {addresses} payment addresses, {others} other findings, {speed:.1} MB/s",
            read / 1_000_000
        );
    }
}
