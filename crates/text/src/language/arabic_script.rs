//! Arabic, Persian, Urdu, Kurdish and Pashto, by letters that only one of them has and by words of grammar.

use super::Language;
use crate::words::words;

const ARABIC: [&str; 40] = [
    "في", "من", "على", "إلى", "الى", "عن", "أن", "ان", "إن", "ما", "لا", "هذا", "هذه", "التي", "الذي", "كان",
    "قد", "مع", "ولا", "هو", "هي", "بعد", "كل", "لم", "لن", "مش", "شو", "ايش", "يا", "انا", "أنا", "انت",
    "احنا", "اللي", "دي", "ده", "علي", "او", "أو", "ثم",
];
const PERSIAN: [&str; 36] = [
    "است",
    "این",
    "که",
    "را",
    "از",
    "به",
    "با",
    "برای",
    "در",
    "هم",
    "می",
    "شد",
    "شدند",
    "بود",
    "هر",
    "آن",
    "یک",
    "های",
    "کند",
    "تا",
    "اند",
    "دارد",
    "دارند",
    "شود",
    "باید",
    "نمی",
    "همه",
    "نیز",
    "باشد",
    "داشته",
    "کردن",
    "شده",
    "ها",
    "خواهد",
    "بدون",
    "مورد",
];
const URDU: [&str; 32] = [
    "ہے", "کے", "میں", "کی", "اور", "سے", "کا", "کو", "ہیں", "نے", "پر", "یہ", "نہیں", "ہر", "جو", "بھی",
    "ایک", "تھا", "کسی", "اپنی", "اپنے", "اپنا", "اس", "جائے", "ہو", "گا", "ہوں", "تو", "وہ", "لئے", "لیے",
    "ہوگا",
];
const KURDISH: [&str; 7] = ["لە", "بە", "کە", "بۆ", "ئەم", "لەگەڵ", "هەر"];
const PASHTO: [&str; 7] = ["د", "په", "چې", "او", "دي", "کې", "ته"];

/// Letters are worth one, words of grammar four: a text of a few words is told by either.
pub(super) fn identify(text: &str) -> Language {
    let [mut arabic, mut persian, mut urdu, mut kurdish, mut pashto] = [0_usize; 5];
    let (mut letters, mut shared) = (0, 0);
    for c in text.chars() {
        letters += usize::from(c.is_alphabetic());
        match c {
            'ة' | 'ى' | 'ي' | 'ك' | 'أ' | 'إ' | 'ؤ' => arabic += 1,
            // Shared; Urdu and Kurdish have letters of their own beside them.
            'پ' | 'چ' | 'گ' => shared += 2,
            'ژ' => shared += 3,
            'ی' | 'ک' => shared += 1,
            'ٹ' | 'ڈ' | 'ڑ' | 'ے' | 'ں' | 'ہ' | 'ھ' => urdu += 3,
            'ێ' | 'ۆ' | 'ڕ' | 'ڵ' | 'ە' => kurdish += 3,
            'ښ' | 'ځ' | 'څ' | 'ې' | 'ۍ' | 'ډ' | 'ړ' | 'ڼ' | 'ټ' => pashto += 4,
            _ => {}
        }
    }
    let mut count = 0;
    for word in words(text) {
        let word = &text[word];
        count += 1;
        let has = |list: &[&str]| if list.contains(&word) { 4 } else { 0 };
        arabic += has(&ARABIC);
        persian += has(&PERSIAN);
        urdu += has(&URDU);
        kurdish += has(&KURDISH);
        pashto += has(&PASHTO);
        // The article, alone or joined, is Arabic; Persian and Urdu borrow few such words.
        if ["ال", "وال", "بال", "لل", "فال", "كال"].iter().any(|article| {
            word.strip_prefix(article)
                .is_some_and(|rest| rest.chars().count() >= 2)
        }) {
            arabic += 3;
        }
    }
    persian += shared;
    for other in [&mut urdu, &mut kurdish] {
        if *other > 0 {
            *other += shared;
        }
    }
    let mut scores = [
        (arabic, "ar"),
        (persian, "fa"),
        (urdu, "ur"),
        (kurdish, "ckb"),
        (pashto, "ps"),
    ];
    scores.sort_unstable_by(|one, other| other.cmp(one));
    let [(best, code), (second, _), ..] = scores;
    let own = persian + urdu + kurdish + pashto == 0;
    if best > second && best >= 2 {
        Language::Known(code)
    } else if own && letters >= 8 && count >= 2 {
        // Nothing but letters that all share: most of what is written in this script is Arabic.
        Language::Known("ar")
    } else {
        Language::Unknown
    }
}
