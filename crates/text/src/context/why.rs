//! The sentence that says why, in Arabic and in English.

use std::collections::BTreeMap;

use super::{Contra, Cue, Family, Label, TOO_SHORT};

/// Why a context was judged as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// In Arabic.
    pub ar: String,
    /// In English.
    pub en: String,
}

const fn family(kind: Family) -> (&'static str, &'static str) {
    match kind {
        Family::AttributionVerb => ("أفعال الإسناد", "verbs of attribution"),
        Family::AttributionFrame => ("مصادر مذكورة", "named sources"),
        Family::Distancing => ("عبارات التحفظ", "words that keep a distance"),
        Family::Frame => (
            "مفردات القضاء والأمن والبحث",
            "words of law, security and research",
        ),
        Family::Document => (
            "بنية وثيقة (كاتب أو ناشر أو تاريخ أو حوار)",
            "parts of a document (author, publisher, date, interview)",
        ),
        Family::Quotation => ("اقتباسات لها قائل", "quotations with a speaker"),
        Family::Stance => ("موقف من الجهة المذكورة", "a stance towards the actor"),
    }
}

const fn contra(kind: Contra) -> (&'static str, &'static str) {
    match kind {
        Contra::Alignment => ("صيغة المتكلم إلى جانب الجهة", "the first person beside the actor"),
        Contra::Call => (
            "دعوة إلى القارئ مع وسيلة لتلبيتها",
            "a call to the reader with a way to follow it",
        ),
        Contra::Invite => ("رابط دعوة", "an invitation link"),
        Contra::Donation => (
            "طلب مال أو عنوان دفع",
            "a request for money or an address for payments",
        ),
        Contra::Praise => ("مديح", "praise"),
        Contra::Severe => (
            "عبارة تستدعي مراجعة بشرية دائما",
            "a term that always asks for a person",
        ),
        Contra::QuotationOnly => ("اقتباس لا يكاد يحيط به شيء", "hardly anything but quotation"),
    }
}

/// Kinds with their numbers, in words of both languages.
fn list<K: Copy + Ord>(
    cues: &[Cue<K>],
    words: impl Fn(K) -> (&'static str, &'static str),
) -> (String, String) {
    let mut counts: BTreeMap<K, usize> = BTreeMap::new();
    for cue in cues {
        *counts.entry(cue.kind).or_default() += 1;
    }
    let (ar, en): (Vec<String>, Vec<String>) = counts
        .into_iter()
        .map(|(kind, count)| {
            let (ar, en) = words(kind);
            (format!("{ar} ({count})"), format!("{en} ({count})"))
        })
        .unzip();
    (ar.join("، "), en.join(", "))
}

/// A number of words in Arabic, which counts with four forms here: one and two have no number, up to ten is a plural.
fn words_ar(words: usize) -> String {
    match words {
        // Zero takes the singular, as in the rules for plurals of CLDR.
        0 => "صفر كلمة".to_owned(),
        1 => "كلمة واحدة".to_owned(),
        2 => "كلمتان".to_owned(),
        _ if (3..=10).contains(&(words % 100)) => format!("{words} كلمات"),
        _ => format!("{words} كلمة"),
    }
}

fn words_en(words: usize) -> String {
    match words {
        1 => "1 word is".to_owned(),
        _ => format!("{words} words are"),
    }
}

pub(super) fn why(label: Label, words: usize, cues: &[Cue<Family>], against: &[Cue<Contra>]) -> Why {
    let (found_ar, found) = list(cues, family);
    let (against_ar, against) = list(against, contra);
    let (ar, en) = match label {
        Label::Reporting => (
            format!("يُقرأ النص تقريرا أو تحليلا: {found_ar}؛ ولا شيء يعارض ذلك."),
            format!("Reads as reporting: {found}; nothing speaks against it."),
        ),
        Label::Mixed => (
            format!(
                "يُقرأ النص تقريرا ({found_ar})، لكن فيه ما يعارض ذلك: {against_ar}. يلزم أن ينظر فيه شخص."
            ),
            format!(
                "Reads as reporting ({found}), but something speaks against it: {against}. A person should look."
            ),
        ),
        Label::Unclear if words < TOO_SHORT => (
            format!("غير واضح: في النص {}، وهذا أقل من أن يُحكم به.", words_ar(words)),
            format!("Unclear: {} too few to tell.", words_en(words)),
        ),
        Label::Unclear => {
            let nothing = |found: &str, none: &str| {
                if found.is_empty() {
                    none.to_owned()
                } else {
                    found.to_owned()
                }
            };
            let (found_ar, found) = (nothing(&found_ar, "لا شيء"), nothing(&found, "nothing"));
            let mut ar = format!("غير واضح: ما يدل على تقرير قليل ({found_ar}).");
            let mut en = format!("Unclear: too little shows a report ({found}).");
            if !against.is_empty() {
                ar.push_str(&format!(" وفيه: {against_ar}."));
                en.push_str(&format!(" It also has: {against}."));
            }
            (ar, en)
        }
    };
    Why { ar, en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_words_are_grammatical() {
        let said = |words| why(Label::Unclear, words, &[], &[]);
        for (words, ar, en) in [
            (0, "في النص صفر كلمة،", "0 words are too few"),
            (1, "في النص كلمة واحدة،", "1 word is too few"),
            (2, "في النص كلمتان،", "2 words are too few"),
            (3, "في النص 3 كلمات،", "3 words are too few"),
            (10, "في النص 10 كلمات،", "10 words are too few"),
            (11, "في النص 11 كلمة،", "11 words are too few"),
            (15, "في النص 15 كلمة،", "15 words are too few"),
        ] {
            let why = said(words);
            assert!(why.ar.contains(ar), "{}", why.ar);
            assert!(why.en.contains(en), "{}", why.en);
        }
    }
}
