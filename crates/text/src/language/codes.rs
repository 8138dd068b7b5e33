//! Codes of languages, and what short texts can be told by.

use super::Language;

/// The code of two letters, where ISO 639-1 has one.
pub(super) fn short(code: &'static str) -> &'static str {
    const SHORT: [(&str, &str); 40] = [
        ("ara", "ar"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("ind", "id"),
        ("ita", "it"),
        ("jpn", "ja"),
        ("kor", "ko"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("nld", "nl"),
        ("nob", "nb"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("slk", "sk"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
    ];
    SHORT
        .iter()
        .find(|(long, _)| *long == code)
        .map_or(code, |(_, short)| short)
}

/// English, where a short text has its words of grammar and nothing else tells.
pub(super) fn common_words(text: &str) -> Language {
    const ENGLISH: [&str; 20] = [
        "the", "and", "is", "of", "to", "in", "that", "this", "for", "with", "are", "was", "it", "you", "on",
        "not", "have", "from", "what", "they",
    ];
    let lower = text.to_lowercase();
    let (mut found, mut all) = (0, 0);
    for word in crate::words::words(&lower) {
        all += 1;
        found += usize::from(ENGLISH.contains(&&lower[word]));
    }
    if found >= 2 && found * 4 >= all {
        Language::Known("en")
    } else {
        Language::Unknown
    }
}
