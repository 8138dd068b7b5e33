//! Payment addresses where there are none: random letters and ordinary words; and valid ones among them, all of which must
//! be found.

use basira_text::find::{Kind, find};
use serde_json::json;

use crate::{Failure, Options, corpus, timed};

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
/// Vectors of the specifications: Bitcoin's genesis block and own tests, BIP 173, BIP 350, EIP-55, the documentation of Monero,
/// TRON and Litecoin, and the examples of ISO 13616's registry.
const VALID: [(&str, &str); 12] = [
    ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    (
        "bitcoin",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ),
    ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
    ("ethereum", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    (
        "monero",
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
    ),
    ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
    ("litecoin", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"),
    ("iban", "GB29NWBK60161331926819"),
    ("iban", "DE89370400440532013000"),
    ("iban", "SA0380000000608010167519"),
];

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

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let megabytes = options.number("--megabytes", 1024)?;
    let texts = corpus::texts(&options.path("--texts")?, None)?;
    let words: Vec<&str> = texts
        .iter()
        .flat_map(|text| &text.paragraphs)
        .flat_map(|paragraph| paragraph.split_whitespace())
        .collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for kind in 0..=ALPHABETS.len() {
        let (name, alphabet) = ALPHABETS
            .get(kind)
            .copied()
            .unwrap_or(("words of 23 languages", b""));
        let (mut read, mut seconds, mut others) = (0, 0.0, 0);
        let (mut planted, mut found) = (0, 0);
        let mut wrong: Vec<String> = Vec::new();
        while read < (megabytes << 20) / (ALPHABETS.len() + 1) {
            let mut text = String::with_capacity(BLOCK + 200);
            let mut valid: Vec<(usize, &str)> = Vec::new();
            while text.len() < BLOCK {
                if alphabet.is_empty() {
                    text.push_str(words[random.next() % words.len()]);
                    text.push(' ');
                } else {
                    let length = 8 + random.next() % 100;
                    text.extend((0..length).map(|_| char::from(alphabet[random.next() % alphabet.len()])));
                    text.push('\n');
                }
                if random.next().is_multiple_of(20_000) {
                    let (_, address) = VALID[random.next() % VALID.len()];
                    text.push_str("\naccount: ");
                    valid.push((text.len(), address));
                    text.push_str(address);
                    text.push('\n');
                }
            }
            let (findings, took) = timed(|| find(&text));
            seconds += took;
            read += text.len();
            planted += valid.len();
            for finding in findings {
                if finding.kind != Kind::PaymentAddress {
                    others += 1;
                } else if let Ok(at) = valid.binary_search_by_key(&finding.span.start, |(at, _)| *at)
                    && text[finding.span.clone()] == *valid[at].1
                {
                    found += 1;
                } else {
                    wrong.push(text[finding.span.clone()].to_owned());
                }
            }
        }
        let count = wrong.len();
        wrong.truncate(12);
        println!(
            "{}",
            json!({"text": name, "bytes": read, "planted": planted, "found": found, "wrong": count, "shown": wrong,
                "others": others, "mb_s": read as f64 / 1e6 / seconds})
        );
    }
    for (kind, address) in VALID {
        let found = find(&format!("account: {address}"));
        let right = found.iter().any(|finding| {
            finding.kind == Kind::PaymentAddress && finding.normal.starts_with(&format!("{kind}:"))
        });
        // One letter changed for another of the same alphabet.
        let broken: usize = (address.len() / 2..address.len())
            .filter(|at| {
                let old = address.as_bytes()[*at];
                let new = if old == b'2' { '3' } else { '2' };
                let text = format!("account: {}{new}{}", &address[..*at], &address[at + 1..]);
                find(&text)
                    .iter()
                    .any(|finding| finding.kind == Kind::PaymentAddress)
            })
            .count();
        println!(
            "{}",
            json!({"vector": address, "kind": kind, "found": right, "broken_found": broken, "broken": address.len() - address.len() / 2})
        );
    }
    Ok(())
}
