use super::*;

fn tag(text: &str) -> &'static str {
    Language::of(&Reading::of(text).unwrap()).tag()
}

#[test]
fn languages_are_told() {
    for (text, expected) in [
        ("يجتمع النادي كل يوم ثلاثاء في قاعة المطالعة", "ar"),
        ("شو عم تعمل هون يا زلمة", "ar"),
        ("یجتمع النادی کل یوم ثلاثاء فی قاعة المطالعة", "ar"),
        ("باشگاه هر سه‌شنبه در کتابخانه جمع می‌شود", "fa"),
        ("کلب ہر منگل کو لائبریری میں جمع ہوتا ہے", "ur"),
        ("یانەکە هەموو سێشەممەیەک لە کتێبخانە کۆ دەبێتەوە", "ckb"),
        ("کلب هره سه‌شنبه په کتابتون کې راټولېږي", "ps"),
        (
            "The club meets every Tuesday in the reading room of the library",
            "en",
        ),
        (
            "Le club se réunit chaque mardi dans la salle de lecture de la bibliothèque",
            "fr",
        ),
        ("Клуб собирается каждый вторник в читальном зале библиотеки", "ru"),
        ("ana mesh 3aref leh el match da", "ar-Latn"),
        ("yalla habibi 7antegma3 yom el talat", "ar-Latn"),
        ("", "und"),
        ("!!! 12:30 🙂", "und"),
        ("xq", "und"),
    ] {
        assert_eq!(tag(text), expected, "{text}");
    }
}

#[test]
fn english_is_no_arabizi() {
    for text in [
        "I bought an mp3 player and a ps5 for the b2b fair at 4pm",
        "The 2nd and 3rd pawn were taken in the 5th game",
        "we use h264 and ipv6 on web3",
        "eh bas, the fe and fi of el paso",
    ] {
        assert_ne!(tag(text), "ar-Latn", "{text}");
    }
}

#[test]
fn a_text_in_two_languages_has_two_segments() {
    let text = "يجتمع النادي كل يوم ثلاثاء في قاعة المطالعة القديمة.\nThe club meets every Tuesday in the old reading room of the library.";
    let reading = Reading::of(text).unwrap();
    let found: Vec<(&str, &str)> = segments(&reading)
        .into_iter()
        .map(|segment| (segment.language.tag(), &text[segment.span]))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0, found[1].0), ("ar", "en"));
    assert!(found[1].1.starts_with("The club") && found[0].1.starts_with("يجتمع"));
    // A name in another script is no segment.
    let reading = Reading::of("وصلت شركة Nokia إلى المدينة القديمة أمس").unwrap();
    assert_eq!(segments(&reading).len(), 1);
}

#[test]
fn the_longest_of_many_stretches_tell() {
    let line = "يجتمع النادي كل يوم ثلاثاء في قاعة المطالعة القديمة\nhttps www example com a b\n";
    let text = line.repeat(2000);
    let reading = Reading::of(&text).unwrap();
    assert_eq!(Language::of(&reading).tag(), "ar");
    let told = segments(&reading);
    let told = told
        .iter()
        .filter(|segment| segment.language != Language::Unknown);
    assert_eq!(told.count(), 512);
}
