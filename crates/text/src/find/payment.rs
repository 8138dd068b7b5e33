//! Addresses that take money. Each is known by its checksum, so that random letters are none.

use std::ops::Range;

use sha3::{Digest, Keccak256};

use super::pieces::Derived;
use super::{Finding, KeyKind, Kind, Note, bech32, bip, cid, iban};
use crate::keys::folded_word;

/// Words beside an Ethereum address that is written in one case and so has no checksum.
const CUES: &[&str] = &[
    "eth",
    "ethereum",
    "ether",
    "erc20",
    "bep20",
    "bsc",
    "usdt",
    "usdc",
    "polygon",
    "matic",
    "metamask",
    "wallet",
    "donate",
    "donation",
    "donations",
    "address",
    "crypto",
    "ايثيريوم",
    "اثيريوم",
    "ايثريوم",
    "الايثيريوم",
    "اثريوم",
    "محفظه",
    "المحفظه",
    "محفظتنا",
    "تبرع",
    "تبرعوا",
    "للتبرع",
    "تبرعات",
    "التبرع",
    "عنوان",
    "العنوان",
    "للدعم",
    "تيثر",
];
/// Words beside an account number.
const ACCOUNT: &[&str] = &[
    "iban",
    "account",
    "bank",
    "transfer",
    "donate",
    "ايبان",
    "الايبان",
    "آيبان",
    "حساب",
    "الحساب",
    "حسابنا",
    "بنك",
    "البنك",
    "تحويل",
];

/// Finds payment addresses, and identifiers of IPFS that stand alone. Spans are of the view.
pub(super) fn scan(view: &Derived, found: &mut Vec<Finding>) {
    let text = view.text.as_str();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let length = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let run = at..at + length;
        at = run.end;
        if length < 4 {
            continue;
        }
        if let Some(number) = account(text, &run) {
            at = number.span.end;
            found.push(number);
            continue;
        }
        if !(14..=106).contains(&length) {
            continue;
        }
        let word = &text[run.clone()];
        let (address, unchecked) = match (currency(word), word.len()) {
            (Some(normal), _) => (normal, false),
            (None, 42) if one_case(word) && cued(text, run.start, CUES) => {
                let body = word[2..].to_ascii_lowercase();
                (format!("ethereum:{}", checksummed(&body)), true)
            }
            _ => {
                // What stands in a link is found with it.
                let free = run.start == 0 || !matches!(bytes[run.start - 1], b'/' | b'.');
                if length > 50 && free && cid::version_1(word) {
                    let address = format!("ipfs://{word}");
                    found.push(
                        Finding::new(Kind::Url, run, &address)
                            .with_key(KeyKind::Url, address)
                            .with_note(Note::Ipfs),
                    );
                }
                continue;
            }
        };
        let mut finding =
            Finding::new(Kind::PaymentAddress, run, &address).with_key(KeyKind::PaymentAddress, address);
        if unchecked {
            finding = finding.with_note(Note::Unchecked);
        }
        found.push(finding);
    }
}

/// The currency and the normal form of a word, if it is an address whose checksum is right.
fn currency(word: &str) -> Option<String> {
    let length = word.len();
    let lower = || word.to_ascii_lowercase();
    match word.as_bytes() {
        [b'b' | b'B', b'c' | b'C', b'1', ..] if bech32::segwit(word, "bc") => {
            Some(format!("bitcoin:{}", lower()))
        }
        [b'l' | b'L', b't' | b'T', b'c' | b'C', b'1', ..] if bech32::segwit(word, "ltc") => {
            Some(format!("litecoin:{}", lower()))
        }
        [b't' | b'T', b'b' | b'B', b'1', ..] if bech32::segwit(word, "tb") => {
            Some(format!("bitcoin-test:{}", lower()))
        }
        [b'0', b'x', ..] if length == 42 && mixed_case(word) => {
            let body = &word[2..];
            (checksummed(&body.to_ascii_lowercase())[2..] == *body).then(|| format!("ethereum:{word}"))
        }
        [b'1' | b'3' | b'L' | b'M' | b'T', ..] if (26..=35).contains(&length) => {
            let bytes = bip::check(word).filter(|bytes| bytes.len() == 21)?;
            // Version 5 was Litecoin's too, and nobody can tell the two apart.
            let name = match bytes[0] {
                0x00 | 0x05 => "bitcoin",
                0x30 | 0x32 => "litecoin",
                0x41 => "tron",
                _ => return None,
            };
            Some(format!("{name}:{word}"))
        }
        [b'4' | b'8', ..] if matches!(length, 95 | 106) => {
            let bytes = bip::monero(word)?;
            let right = match bytes[0] {
                18 | 42 => bytes.len() == 65,
                19 => bytes.len() == 73,
                _ => false,
            };
            right.then(|| format!("monero:{word}"))
        }
        _ => None,
    }
}

fn hexadecimal(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn mixed_case(word: &str) -> bool {
    let body = &word[2..];
    hexadecimal(body)
        && body.bytes().any(|b| b.is_ascii_lowercase())
        && body.bytes().any(|b| b.is_ascii_uppercase())
}

fn one_case(word: &str) -> bool {
    word.starts_with("0x") && hexadecimal(&word[2..]) && !mixed_case(word)
}

/// The address with its checksum in the case of its letters (EIP-55). `body` is 40 small hexadecimal digits.
fn checksummed(body: &str) -> String {
    let hash = Keccak256::digest(body.as_bytes());
    let digits = body.bytes().enumerate().map(|(at, digit)| {
        let nibble = (hash[at / 2] >> (4 * (1 - at % 2))) & 0xf;
        char::from(if nibble >= 8 {
            digit.to_ascii_uppercase()
        } else {
            digit
        })
    });
    "0x".chars().chain(digits).collect()
}

/// An account number that begins with this run: in one piece, or in groups of four.
fn account(text: &str, run: &Range<usize>) -> Option<Finding> {
    let word = &text[run.clone()];
    let bytes = word.as_bytes();
    if !(bytes[0].is_ascii_uppercase()
        && bytes[1].is_ascii_uppercase()
        && bytes[2].is_ascii_digit()
        && bytes[3].is_ascii_digit())
    {
        return None;
    }
    let length = iban::length(&word[..2])?;
    let (mut number, mut end) = (word.to_owned(), run.end);
    let grouped = word.len() == 4;
    while grouped && number.len() < length {
        // One space, of any width, or a hyphen.
        let rest = &text[end..];
        let gap = rest
            .chars()
            .next()
            .filter(|c| matches!(c, ' ' | '\u{a0}' | '-'))?
            .len_utf8();
        let group = rest[gap..]
            .bytes()
            .take(5)
            .take_while(u8::is_ascii_alphanumeric)
            .count();
        let expected = (length - number.len()).min(4);
        if group != expected {
            return None;
        }
        number.push_str(&rest[gap..gap + group]);
        end += gap + group;
    }
    if number.len() != length || text[end..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let told = grouped || cued(text, run.start, ACCOUNT);
    if !iban::valid(&number, told) {
        return None;
    }
    let normal = format!("iban:{number}");
    Some(
        Finding::new(Kind::PaymentAddress, run.start..end, &normal).with_key(KeyKind::PaymentAddress, normal),
    )
}

/// Whether one of the few words before says what this is.
fn cued(text: &str, at: usize, cues: &[&str]) -> bool {
    let low = (at.saturating_sub(96)..=at)
        .find(|low| text.is_char_boundary(*low))
        .unwrap_or(at);
    let words = text[low..at]
        .split(|c: char| !c.is_alphanumeric())
        .rev()
        .filter(|word| !word.is_empty());
    words
        .take(8)
        .any(|word| cues.contains(&folded_word(word).as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::{Note, find};

    fn addresses(text: &str) -> Vec<String> {
        let found = find(text).into_iter();
        found
            .filter(|f| f.kind == super::Kind::PaymentAddress)
            .map(|f| f.normal)
            .collect()
    }

    /// From Bitcoin's own tests, BIP-173, BIP-350, EIP-55, Monero's and TRON's documentation, and addresses of Litecoin.
    const VALID: &[(&str, &str)] = &[
        ("bitcoin", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("bitcoin", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ("bitcoin", "1111111111111111111114oLvT2"),
        ("bitcoin", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        ("bitcoin", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (
            "bitcoin",
            "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
        ),
        (
            "bitcoin",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
        ("ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("ethereum", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
        ("ethereum", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"),
        ("ethereum", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"),
        ("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("tron", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        (
            "monero",
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        ),
        (
            "monero",
            "888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvkRxbANsAnjyPbb3iQ1YBRk1UXcdRsiKc9dhwMVgN5S9cQUiyoogDavup3H",
        ),
        ("litecoin", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"),
        ("litecoin", "MGxNPPB7eBoWPUaprtX9v9CXJZoD2465zN"),
    ];

    #[test]
    fn addresses_of_every_kind_are_found_in_running_text() {
        for (currency, address) in VALID {
            for text in [
                format!("أرسل إلى {address}، شكرا"),
                format!("{currency}:{address}?amount=1"),
                format!("العنوان:{address}."),
            ] {
                assert_eq!(addresses(&text), [format!("{currency}:{address}")], "{text}");
            }
        }
        assert_eq!(
            addresses("GB29 NWBK 6016 1331 9268 19 and"),
            ["iban:GB29NWBK60161331926819"]
        );
        assert_eq!(
            addresses("(DE89370400440532013000)"),
            ["iban:DE89370400440532013000"]
        );
        assert_eq!(
            addresses("QR IBAN: CH93-0076-2011-6238-5295-7"),
            ["iban:CH9300762011623852957"]
        );
    }

    #[test]
    fn one_wrong_letter_is_noticed() {
        for (_, address) in VALID {
            let at = address.len() - 3;
            for other in ['2', '3', 'e', 'E', 'q'] {
                if !address[at..].starts_with(other) {
                    let wrong = format!("{}{other}{}", &address[..at], &address[at + 1..]);
                    assert_eq!(addresses(&wrong), Vec::<String>::new(), "{wrong}");
                }
            }
        }
    }

    #[test]
    fn without_a_checksum_a_word_must_say_what_it_is() {
        let address = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
        assert_eq!(addresses(address), Vec::<String>::new());
        let told = find(&format!("USDT (ERC20): {address}"));
        assert_eq!(
            told[0].normal,
            "ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
        );
        assert_eq!(told[0].notes, [Note::Unchecked]);
    }
}
