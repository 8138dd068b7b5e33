use proptest::prelude::*;

use super::*;

fn k1(text: &str) -> String {
    Reading::of(text).unwrap().clean().text().to_owned()
}

fn k2(text: &str) -> String {
    Reading::of(text).unwrap().folded().text().to_owned()
}

fn k3(text: &str) -> String {
    Reading::of(text).unwrap().repaired().text().to_owned()
}

#[test]
fn clean_takes_out_what_nobody_sees() {
    for (text, clean) in [
        ("شِطْرَنْجٌ", "شطرنج"),
        ("شـــطـرنج", "شطرنج"),
        ("قلعة ـ بيدق", "قلعة - بيدق"),
        ("ـ", "-"),
        ("قل\u{200C}عة\u{200F}", "قلعة"),
        ("ق\u{00AD}ل\u{034F}ع\u{2066}ة\u{FE0F}", "قلعة"),
        ("ق\u{6D6}لع\u{6ED}ة", "قلعة"),
        ("ﺷﻄﺮﻧﺞ ﻻ", "شطرنج لا"),
        ("ﹸقلعة", "قلعة"),
        ("١٢٣ ۴۵۶ १२ 𝟗 １", "123 456 12 9 1"),
        ("١٬٢٣٤٫٥٪", "1234.5%"),
        ("أول٬ ثان", "أول, ثان"),
        ("«شطرنج» ”قلعة“", "\"شطرنج\" \"قلعة\""),
        (
            "ا\u{654} ى\u{654} ی\u{654} و\u{64E}\u{654} ا\u{655} ا\u{653}",
            "أ ئ ئ ؤ إ آ",
        ),
        ("قَ\u{336}لعة\u{489}", "قلعة"),
        ("ﷺ ﷽", "صلى الله عليه وسلم بسم الله الرحمن الرحيم"),
        ("e\u{301}t\u{e9}", "été"),
        ("½ ① ﬁ", "1⁄2 1 fi"),
        ("a\u{a0}b\u{2003}c\u{2028}d", "a b c\nd"),
        ("\u{0}a\u{7}b\u{9f}", "ab"),
        ("ㄱㅏ \u{FF76}\u{FF9E}", "가 ガ"),
        ("ᄀـ\u{653}ᅡ", "ᄀ"),
    ] {
        assert_eq!(k1(text), clean, "{text:?}");
    }
}

#[test]
fn fold_takes_for_one_what_is_searched_as_one() {
    for (text, folded) in [
        ("أإآٱ ؤ ئ ة ى", "اااا و ي ه ي"),
        ("کتاب ہ ھ ے ې", "كتاب ه ه ي ي"),
        ("پ چ ژ گ ڤ", "پ چ ژ گ ڤ"),
        (
            "École Straße ŒUVRE İzmir Łódź Ωμέγα Σοφός",
            "ecole strasse oeuvre izmir lodz ωμεγα σοφοσ",
        ),
        ("Ёлка Йод", "ёлка йод"),
    ] {
        assert_eq!(k2(text), folded, "{text:?}");
    }
}

#[test]
fn repair_puts_words_together() {
    for (text, repaired) in [
        // Words pulled apart.
        ("لعبة ش ط ر ن ج جميلة", "لعبه شطرنج جميله"),
        ("لعبة ش.ط.ر.ن.ج جميلة", "لعبه شطرنج جميله"),
        ("و ش*ط*ر*ن*ج", "و شطرنج"),
        ("ش🙂ط🎉ر🙂ن🙂ج", "شطرنج"),
        ("ش - ط - ر - ن - ج", "شطرنج"),
        ("شط*رنج", "شطرنج"),
        ("c h e s s club", "chess club"),
        // Look-alikes and digits.
        ("المدlرس", "المدارس"),
        ("oندسة", "هندسه"),
        ("الم7كمة وم7مد", "المحكمه ومحمد"),
        ("1لقلعة", "القلعه"),
        ("сhеss рawn", "chess pawn"),
        ("ch3ss", "chess"),
        // Repeats and borrowed letters.
        ("شطرررنج جمييييل", "شطرنج جميل"),
        ("چس گل پ", "جس كل ب"),
    ] {
        assert_eq!(k3(text), repaired, "{text:?}");
    }
}

#[test]
fn repair_leaves_ordinary_writing_alone() {
    for text in [
        "(ا ف ب) د ب ا",
        "ك و ن ا",
        "عدد الله مهم",
        "و7ماي من 5 عناصر",
        "73ر35 درجه",
        "وnokia وصلت",
        "نوفمبر2015 كوفيد19",
        "ههههه www iii",
        "نهايه.عمليات جديده",
        "u.s.a and e.g. this",
        "h264 mp3 b2b",
        "привет мир",
        "و30 يوما",
        "حمله-من-اجل",
        "s%s%s%s a=b=c=d",
        "a.b.c.d ا-ب-ج-د",
    ] {
        assert_eq!(k3(text), text, "{text:?}");
        assert!(!Reading::of(text).unwrap().is_repaired(), "{text:?}");
    }
    // Letters without their dots, and abbreviations.
    assert!(!Reading::of("ىىىىه اسىىٮٮٮل").unwrap().is_repaired());
    assert!(!Reading::of("IEEE PPPoE").unwrap().is_repaired());
}

/// Where a text has no dots, a word may end in three letters that have lost theirs; elsewhere they are one that was repeated.
#[test]
fn letters_without_dots_are_not_repeated() {
    let word = "اىىىى";
    assert_eq!(k3(word), "اي");
    let text = format!("كل واحد مهم حىدا سالم عمر حسام مالك واحد وواحد مع {word}");
    let reading = Reading::of(&text).unwrap();
    assert!(!reading.dotless().is_empty());
    assert!(!reading.is_repaired(), "{}", reading.repaired().text());
}

/// Letters that only K2 makes equal are not repeated.
#[test]
fn folding_makes_no_repeats() {
    assert_eq!(k3("البيئيين"), "البيييين");
    assert_eq!(k3("البيـييين"), "البين");
    assert!(Reading::of("البيئيين").unwrap().repairs().is_empty());
}

#[test]
fn repairs_are_named_with_their_places() {
    let reading = Reading::of("لعبة ش ط ر ن ج في المدlرس جمييييل").unwrap();
    let found: Vec<_> = reading
        .repairs()
        .iter()
        .map(|repair| (repair.kind.name(), &reading.original()[repair.span.clone()]))
        .collect();
    assert_eq!(
        found,
        [
            ("separators", "ش ط ر ن ج"),
            ("look_alikes", "المدlرس"),
            ("repeats", "جمييييل")
        ]
    );
}

#[test]
fn a_highlight_is_the_original_word() {
    let text = "قال: شِـطْـرَنْـجٌ، وﷺ e\u{301}té";
    let reading = Reading::of(text).unwrap();
    for key in [reading.clean(), reading.folded(), reading.repaired()] {
        let at = key.text().find("شطرنج").unwrap();
        assert_eq!(&text[key.source(at..at + 10)], "شِـطْـرَنْـجٌ");
        // One word of a ligature stands for all of it.
        let at = key.text().find("الله").unwrap();
        assert_eq!(&text[key.source(at..at + 8)], "ﷺ");
    }
    let at = reading.folded().text().find("ete").unwrap();
    assert_eq!(&text[reading.folded().source(at..at + 1)], "e\u{301}");
}

#[test]
fn dots_are_dropped_only_where_a_text_has_none() {
    let dotted = "اجتمع اعضاء نادي القلعة في قاعة المطالعة القديمة بعد الظهر وتحدثوا عن البطولة";
    let bare: String = k2(dotted).chars().map(rasm).collect();
    assert!(Reading::of(dotted).unwrap().dotless().is_empty());
    let reading = Reading::of(&bare).unwrap();
    assert_eq!(reading.dotless(), std::slice::from_ref(&(0..bare.len())));
    assert_eq!(reading.rasm().unwrap().text(), bare);
    // Without its archaic letters, over forty letters.
    let modern = bare.replace('ٮ', "ى").replace('ڡ', "و");
    assert_eq!(Reading::of(&modern).unwrap().dotless().len(), 1);
    let short = "ىطوله السطرىح";
    assert!(
        Reading::of(short).unwrap().dotless().is_empty(),
        "too short to tell"
    );
    let word = "لعبة السطرٮح جميلة";
    let reading = Reading::of(word).unwrap();
    assert_eq!(&word[reading.dotless()[0].clone()], "السطرٮح");
    assert!(
        Reading::of("میں ہوں").unwrap().dotless().is_empty(),
        "Urdu has ں of its own"
    );
}

/// Every character there is, alone and between letters: cleaning and folding twice changes nothing.
#[test]
fn every_character_is_settled_at_once() {
    // Beyond are Han, private use and nothing.
    for c in ('\0'..='\u{1FFFF}').chain('\u{E0000}'..='\u{E0FFF}') {
        for text in [format!("a{c}"), format!("ب{c}ب")] {
            let (clean, folded) = (k1(&text), k2(&text));
            assert_eq!(k1(&clean), clean, "K1 of {c:?} in {text:?}");
            assert_eq!(k2(&folded), folded, "K2 of {c:?} in {text:?}");
            assert!(clean.len() <= 18 * text.len().max(2), "{c:?}");
        }
    }
}

fn check(text: &str) {
    let reading = Reading::of(text).unwrap();
    let keys = [
        Some(reading.clean()),
        Some(reading.folded()),
        Some(reading.repaired()),
        reading.rasm(),
    ];
    for key in keys.into_iter().flatten() {
        let borders: Vec<usize> = (0..=key.text().len())
            .filter(|at| key.text().is_char_boundary(*at))
            .collect();
        let mut last = 0;
        for pair in borders.windows(2) {
            let span = key.source(pair[0]..pair[1]);
            assert!(span.start <= span.end && span.end <= text.len());
            assert!(
                text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
                "{text:?} {span:?}"
            );
            assert!(span.start >= last, "places go on");
            assert!(
                !span.is_empty(),
                "{text:?}: a character of a key comes from somewhere"
            );
            last = span.start;
        }
        // Whatever is asked for.
        for (start, end) in [(0, usize::MAX), (1, 0), (1, 2), (usize::MAX, 3)] {
            let span = key.source(start..end);
            assert!(text.get(span).is_some());
        }
        let borders = (0..=key.text().len()).find(|at| *at > 0).unwrap_or(0);
        assert!(text.get(key.source(0..borders)).is_some());
    }
    for repair in reading.repairs() {
        assert!(text.get(repair.span.clone()).is_some_and(|word| !word.is_empty()));
    }
    for span in reading.dotless() {
        assert!(text.get(span.clone()).is_some_and(|word| !word.is_empty()));
    }
    let clean = reading.clean().text();
    assert_eq!(k1(clean), clean, "{text:?}");
    let folded = reading.folded().text();
    assert_eq!(k2(folded), folded, "{text:?}");
}

/// Letters, marks and signs that meet in attacks, and anything else.
fn hostile() -> impl Strategy<Value = String> {
    let some = prop::sample::select(vec![
        'ا', 'ل', 'ب', 'ى', 'ی', 'ة', 'ہ', 'ء', 'و', 'ڡ', 'ٮ', 'ں', 'گ', '\u{640}', '\u{64B}', '\u{651}',
        '\u{653}', '\u{654}', '\u{655}', '\u{200C}', '\u{202E}', '\u{FE0F}', '\u{301}', '\u{336}', '\u{345}',
        ' ', '.', '*', '-', '🙂', 'l', 'o', 'I', 'e', 'é', 'ß', 'İ', 'ﷺ', 'ﻻ', 'ﷲ', '٣', '7', '5', '1',
        '\u{66B}', '\u{66C}', '\u{2028}', 'а', 'е', 'σ', 'ς', '\u{1100}', '\u{1161}', '\u{11A8}', '\u{FF9E}',
        '\u{FF76}', '字', 'ก', '\0', '\n', '\u{B4}',
    ]);
    prop::collection::vec(prop_oneof![6 => some, 1 => any::<char>()], 0..60)
        .prop_map(|c| c.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn places_are_on_borders_and_keys_are_settled(text in hostile()) {
        check(&text);
    }

    #[test]
    fn what_is_copied_at_once_is_what_would_be_copied(text in hostile()) {
        prop_assert_eq!(clean::clean_by(&text, true), clean::clean_by(&text, false));
    }

    #[test]
    fn a_word_alone_has_the_same_k2(text in hostile(), word in "[ -~ء-ي\\u{64b}-\\u{655}ـٱ-ۓ٠-٩۰-۹]{0,12}") {
        for word in text.split(' ').chain([word.as_str()]) {
            prop_assert_eq!(folded_word(word), k2(word), "{:?}", word);
        }
    }
}

/// What would take hours if anything were quadratic: a million of each, on one line.
#[test]
fn nothing_is_quadratic() {
    let million = 1_000_000;
    for (unit, before) in [
        ("\u{301}", "e"),
        ("\u{64B}", "ا"),
        ("\u{654}", "ا"),
        ("\u{640}", ""),
        ("\u{200B}", "ب"),
        ("\u{1161}", "\u{1100}"),
        ("ا ", ""),
        ("ا.", ""),
        ("ا*ب", ""),
        ("ب", ""),
        ("ٮ", ""),
        ("l7ا", ""),
        ("ﷺ", ""),
        ("аb ", ""),
        ("\u{344}", "a"),
    ] {
        let text = format!("{before}{}", unit.repeat(million / unit.len()));
        let reading = Reading::of(&text).unwrap();
        assert!(reading.folded().text().len() <= 18 * text.len(), "{unit:?}");
    }
}
