//! Arabic in Latin letters and digits: 2 ء, 3 ع, 5 خ, 7 ح, 8 ق, 9 ص.

use crate::words::{Kind, kind};

/// Words of grammar and greeting of several dialects that are no English words.
const WORDS: [&str; 66] = [
    "ana",
    "enta",
    "enti",
    "inta",
    "inti",
    "ento",
    "e7na",
    "ehna",
    "homa",
    "howa",
    "heya",
    "mesh",
    "mish",
    "msh",
    "mosh",
    "ya3ni",
    "yaani",
    "yani",
    "keda",
    "kda",
    "shu",
    "shou",
    "sho",
    "leish",
    "leh",
    "lesh",
    "eh",
    "eih",
    "wallah",
    "walla",
    "wallahi",
    "habibi",
    "7abibi",
    "habibti",
    "inshallah",
    "nshallah",
    "mashallah",
    "hamdulillah",
    "el7amdulillah",
    "yalla",
    "bas",
    "kman",
    "kaman",
    "kteer",
    "awi",
    "awy",
    "3ala",
    "3an",
    "ma3",
    "fi",
    "fe",
    "el",
    "elly",
    "elli",
    "wel",
    "bel",
    "w",
    "ya",
    "salam",
    "ahlan",
    "akhi",
    "khalas",
    "5alas",
    "lissa",
    "lessa",
    "dah",
];

/// Whether a text in Latin letters is Arabizi: digits that stand for letters within words, or words of grammar, and more
/// of them than chance.
pub(super) fn is_arabizi(text: &str) -> bool {
    let lower = text.to_lowercase();
    let (mut all, mut listed, mut strong, mut digits) = (0_usize, 0_usize, 0_usize, 0_usize);
    for word in lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if word.chars().all(|c| kind(c) == Some(Kind::Digits)) {
            continue;
        }
        all += 1;
        let known = WORDS.contains(&word);
        listed += usize::from(known);
        strong += usize::from(known && word.len() >= 3);
        digits += usize::from(has_letter_digit(word));
    }
    let hits = listed + digits;
    match all {
        0 => false,
        1..=3 => digits >= 1 && (strong >= 1 || digits >= 2 || all == 1) || strong >= 2,
        _ => hits * 5 >= all && (digits >= 2 || (digits >= 1 && listed >= 1) || strong >= 2),
    }
}

/// A digit that is a letter: a single one beside letters, in a word that is mostly letters. Not `mp3`, `h264`, `4th`.
fn has_letter_digit(word: &str) -> bool {
    const NAMES: [&str; 14] = [
        "mp3", "mp4", "h2o", "co2", "b2b", "b2c", "p2p", "w3c", "s3", "f2f", "k8s", "web3", "ps5", "i18n",
    ];
    let bytes = word.as_bytes();
    if !word.is_ascii() || NAMES.contains(&word) {
        return false;
    }
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let digits = bytes.len() - letters;
    let ordinal = [
        "nd", "rd", "th", "st", "am", "pm", "k", "m", "g", "d", "x", "s", "km", "kg", "mm", "gb", "mb",
    ];
    if letters < 2
        || digits > letters
        || ordinal
            .iter()
            .any(|unit| word.trim_start_matches(|c: char| c.is_ascii_digit()) == *unit)
    {
        return false;
    }
    bytes.iter().enumerate().any(|(index, byte)| {
        let letter = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphabetic)
        };
        let (before, after) = (letter(index.checked_sub(1)), letter(Some(index + 1)));
        let alone = !index
            .checked_sub(1)
            .and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
            && !bytes.get(index + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'3' | b'7' => alone && (after || before),
            b'2' | b'5' | b'6' | b'8' | b'9' => {
                alone && ((before && after) || (after && index == 0 && letters >= 3))
            }
            _ => false,
        }
    })
}
