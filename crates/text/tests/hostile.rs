//! Whatever the input: no panic, spans on borders, and time that grows with the length alone.

use std::time::Duration;

use basira_text::find::find;
use basira_text::known::TextPrint;
use basira_text::page::read;
use basira_text::report::Report;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

/// Pieces of which dangerous texts are made.
const PIECES: &[&str] = &[
    "http://",
    "https://",
    "hxxp",
    "[.]",
    "(dot)",
    " dot ",
    " نقطة ",
    "@",
    "#",
    ".",
    ":",
    "/",
    "?",
    "%3C",
    "%",
    "t.me/+",
    "example.com",
    "a",
    "ب",
    "\u{200f}",
    "\u{64b}",
    "😀",
    "<p>",
    "<a href='",
    "'>",
    "</a>",
    "<script>",
    "</script>",
    "<!--",
    "&amp;",
    "&#x41;",
    "&",
    "eval(",
    "document.",
    "function(){",
    "}",
    "\n",
    "\r\n",
    "الكاتب: ",
    "نشر في ",
    "19/7/2018",
    "رمضان 1439",
    "DE89 3704 ",
    "bc1q",
    "1A1z",
    "base64,",
    "تلغرام ",
    "راسلني ",
    "\0",
    "ـ",
    "“",
    "”",
    "٣",
];

fn check(text: &str) {
    for finding in find(text) {
        assert!(
            text.get(finding.span.clone())
                .is_some_and(|part| !part.is_empty()),
            "{finding:?} in {text:?}"
        );
    }
}

fn check_page(bytes: &[u8]) {
    let page = read(bytes);
    let text = std::str::from_utf8(bytes).ok();
    let right = |span: &std::ops::Range<usize>| match text {
        Some(text) => text.get(span.clone()).is_some(),
        None => span.start <= span.end && span.end <= bytes.len(),
    };
    let words = page
        .title
        .iter()
        .chain(&page.authors)
        .chain(&page.translators)
        .chain(&page.interviewed)
        .chain(&page.publisher)
        .chain(&page.source);
    for span in words
        .map(|words| &words.span)
        .chain(page.dates.iter().chain(&page.date).map(|date| &date.span))
        .chain(page.security.iter().map(|s| &s.span))
    {
        assert!(right(span), "{span:?} of {}", bytes.len());
    }
    for finding in page.findings() {
        assert!(right(&finding.span), "{finding:?}");
    }
    for range in page.body() {
        assert!(page.text().get(range.clone()).is_some());
        assert!(right(&page.span(range)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text);
        check_page(text.as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_page(&bytes);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60), html in any::<bool>()) {
        let text = format!("{}{}", if html { "<html>" } else { "" }, pieces.concat());
        check(&text);
        check_page(text.as_bytes());
    }

    #[test]
    fn any_wide_text(text in "\\PC{0,100}", mark in any::<bool>()) {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        check_page(&units.flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    }
}

/// Time of the processor that this thread took.
fn processor() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The better of two: what else the machine does only makes a run longer.
fn time(text: &str) -> Duration {
    let run = || {
        let start = processor();
        std::hint::black_box(find(text).len());
        let page = read(text.as_bytes());
        let print = TextPrint::of(&page, &page.mentions());
        std::hint::black_box(print.body.as_ref().map(|banked| banked.compare(&print.probe)));
        std::hint::black_box(Report::of(text.as_bytes()).findings.len());
        processor() - start
    };
    run().min(run())
}

#[test]
fn time_grows_with_the_length() {
    let pieces = PIECES.iter().map(|piece| (*piece).to_owned()).chain([
        "a.bc,".into(),
        "x.In/".into(),
        "a@b.".into(),
        "((((".into(),
        "http://a.com/http://".into(),
        "<div><b>".into(),
        "dm @a ".into(),
        "تلغرام @ab ".into(),
        "1.1.1.1/".into(),
        "a b\n".into(),
        "\"+\"".into(),
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed ".into(),
        "ش ط ر ن ج ".into(),
        "ش*ط*ر*ن*ج ".into(),
        "السطرٮح لعٮه ڡدٮمه ".into(),
        "سىى لعىه حدىده ".into(),
        "e\u{301}\u{301}".into(),
        "\"قال الرجل إن هذا كلام\" ".into(),
        "rook takes pawn and pawn takes rook ".into(),
    ]);
    for piece in pieces {
        for before in ["", "<html><p>", "function(){document.a("] {
            let text = |bytes: usize| format!("{before}{}", piece.repeat(bytes / piece.len()));
            let (short, long) = (text(8 << 10), text(8 * (8 << 10)));
            // Linear is 8 times as long, quadratic 64 times. A quarter of a millisecond is noise.
            let (short, long) = (time(&short).max(Duration::from_micros(250)), time(&long));
            assert!(
                long < short * 30,
                "{before}{piece:?}: {short:?}, and {long:?} for 8 times as much"
            );
        }
    }
}

/// Bytes of the longest text that is tried; `cargo xtask soak` sets 100 MB.
fn longest() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told how much it may take; the room is not"
    )]
    let told = std::env::var("BASIRA_LONGEST");
    told.ok().and_then(|told| told.parse().ok()).unwrap_or(200_000)
}

/// Numbers that are the same in every run, but where the soak says otherwise.
fn seed() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told its seed; the room is not"
    )]
    let told = std::env::var("BASIRA_SEED");
    told.ok().and_then(|told| told.parse().ok()).unwrap_or(1)
}

/// Whatever the length, in every encoding, whole and with bytes that do not belong there.
#[test]
fn spans_are_right_at_every_length() {
    let mut state = seed();
    let mut below = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let mut length = 1;
    while length <= longest() {
        // A few pieces again and again, and now and then another one: what is quadratic shows where something repeats.
        let few: Vec<&str> = (0..6).map(|_| PIECES[below(PIECES.len())]).collect();
        let mut text = String::with_capacity(length + 64);
        while text.len() < length {
            let piece = match below(50) {
                0 => PIECES[below(PIECES.len())],
                _ => few[below(few.len())],
            };
            text.push_str(piece);
        }
        text.truncate(text.floor_char_boundary(length));
        check(&text);
        check_page(text.as_bytes());
        let (windows, ..) = encoding_rs::WINDOWS_1256.encode(&text);
        check_page(&windows);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check_page(&wide);
        let mut broken = text.into_bytes();
        for _ in 0..=length / 1000 {
            let at = below(broken.len().max(1));
            if let Some(byte) = broken.get_mut(at) {
                *byte = below(256) as u8;
            }
        }
        check_page(&broken);
        length = length * 3 + 1;
    }
}

#[test]
fn great_things_are_read() {
    let million = format!("ا{}", "\u{64e}".repeat(1_000_000));
    check(&million);
    check_page(million.as_bytes());
    let deep = format!("<html>{}عميق https://example.com", "<div><b>".repeat(100_000));
    assert_eq!(read(deep.as_bytes()).findings().len(), 1);
}
