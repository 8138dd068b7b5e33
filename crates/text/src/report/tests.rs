use super::*;

fn reported(kind: Kind, report: &Report) -> Vec<&Found> {
    report
        .findings
        .iter()
        .filter(|found| found.kind == kind)
        .collect()
}

#[test]
fn spans_are_of_the_bytes_that_were_read() {
    let page = "<html><body><h1>دوري الشطرنج في المدارس</h1><p>19 تموز 2018</p>\
                <p>قال المدير إن الدوري بدأ، بحسب https://example.com/a الرسمي.</p>\
                <p><a href='https://t.me/+AbCdEfGhIjKlMnOp'>للانضمام</a> اضغط هنا من فضلك</p></body></html>";
    let report = Report::of(page.as_bytes());
    assert!(report.is_possible(page.len() as u64));
    for found in &report.findings {
        assert_eq!(&page[found.span.0..found.span.1], found.value, "{found:?}");
    }
    let title = report.structure.title.as_ref().unwrap();
    assert_eq!(&page[title.span.0..title.span.1], title.text);
    assert_eq!(report.language, "ar");
    // What can be clicked speaks as what can be read.
    let [invite] = reported(Kind::Invite, &report)[..] else {
        panic!("{:?}", report.findings)
    };
    let contra = &report.context.contra[0];
    assert_eq!(contra.kind, Contra::Invite);
    assert!(contra.spans[0].0 >= invite.span.0 && contra.spans[0].0 < page.len());
}

#[test]
fn names_are_counted_and_words_of_reports_are_not() {
    let text = "The court said that the terrorist group was beaten. التنظيم \
                الإرهابي, said the judge, according to the paper.";
    assert_eq!(Report::of(text.as_bytes()).context.terms, 2);
    assert_eq!(
        Report::of(b"The judge said so, according to the paper.")
            .context
            .terms,
        0
    );
}

#[test]
fn a_text_in_two_languages_says_which_stands_where() {
    let english =
        "The members of the club met in the reading room of the library and talked about the next season.";
    let arabic = "اجتمع أعضاء النادي في قاعة المطالعة وتحدثوا عن الموسم القادم وعن مواعيد المباريات في المدينة القديمة.";
    let text = format!("{english}\n{arabic}");
    let report = Report::of(text.as_bytes());
    let told: Vec<(&str, &str)> = report
        .languages
        .iter()
        .map(|stretch| {
            (
                stretch.language.as_str(),
                text[stretch.span.0..stretch.span.1].trim_matches(['\n', '.']),
            )
        })
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].0 == "en" && told[1].0 == "ar", "{told:?}");
    assert!(told[0].1.starts_with("The members") && told[1].1.ends_with("القديمة"));
    assert!(report.is_possible(text.len() as u64));
    assert_eq!(Report::of(english.as_bytes()).languages, []);
}

#[test]
fn findings_have_a_limit_and_code_comes_before_it() {
    let mut page: String = (0..MOST_FINDINGS + 5)
        .map(|number| format!("https://example.com/{number} and\n"))
        .collect();
    let report = Report::of(page.as_bytes());
    assert_eq!(report.findings.len(), MOST_FINDINGS);
    assert_eq!(report.incomplete, [Gap::Findings]);
    page.push_str("<script>eval(atob('d2luZG93LmxvY2F0aW9uPSdodHRwczovL2V4YW1wbGUuY29tL3gn'))</script>");
    let report = Report::of(page.as_bytes());
    let [code] = reported(Kind::Security, &report)[..] else {
        panic!("no code was found")
    };
    assert_eq!(code.value, "hxxps://example[.]com/x");
    assert_eq!(report.findings.len(), MOST_FINDINGS);
    assert!(report.is_possible(page.len() as u64));
}

#[test]
fn what_no_reading_could_have_said_is_told() {
    let page = b"By Dana Rook\n19 July 2018\nhttps://example.com/a";
    let report = Report::of(page);
    let changed = |change: &dyn Fn(&mut Report)| {
        let mut changed = report.clone();
        change(&mut changed);
        changed.is_possible(page.len() as u64)
    };
    assert!(changed(&|_| ()));
    assert!(!changed(&|it| it.findings[0].span.1 = 1000));
    assert!(!changed(&|it| it.findings[0].span = Span(5, 4)));
    assert!(!changed(&|it| it.findings[0].value = "x".repeat(3000)));
    assert!(!changed(&|it| it.findings[0].normal = "x".repeat(30_000)));
    assert!(!changed(
        &|it| it.findings = vec![it.findings[0].clone(); MOST_FINDINGS + 1]
    ));
    assert!(!changed(&|it| it.context.terms = 1000));
    assert!(!changed(&|it| it.language = "\u{1b}[31m".into()));
    assert!(!changed(&|it| it.structure.body = Some(Span(0, 1000))));
}

#[test]
fn what_was_guessed_has_no_keys_but_those_that_check_themselves() {
    let text = "بحسب خبراء في المركز قال المتحدث باسم الدوري أمس إن البطولة بدأت في المدينة، وأكد مدير النادي ذلك في تصريح صحفي، \
                وذكر تقرير الصحيفة أن المحكمة حكمت في القضية يوم الأحد الماضي. \
                https://example.com/a 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa @chess_league";
    let (read, guessed) = (Report::of(text.as_bytes()), Report::of_guess(text));
    assert_eq!(read.findings.len(), guessed.findings.len());
    for found in &guessed.findings {
        assert!(found.notes.contains(&Note::Guessed), "{found:?}");
        assert_eq!(
            found.keys.is_empty(),
            found.kind != Kind::PaymentAddress,
            "{found:?}"
        );
    }
    assert_ne!(read.context.label, Label::Unclear);
    assert_eq!(guessed.context.label, Label::Unclear);
    assert_eq!(guessed.context.families, read.context.families);
    assert!(guessed.is_possible(text.len() as u64));
}
