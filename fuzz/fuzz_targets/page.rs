//! Pages and texts: whatever the bytes, spans lie within them, and what is reported is possible.
#![no_main]

use libfuzzer_sys::fuzz_target;
use text::find::find;
use text::page;
use text::report::Report;

fuzz_target!(
    init: basira_fuzz::plant(|| {
        [
            "<html><head><title>Open day</title></head><body><h1>Open day</h1><p>By Dana Rook</p><p>19 July 2018</p>\
             <script>eval(atob('bG9jYXRpb249J2h0dHBzOi8vZXhhbXBsZS5jb20vJw=='))</script></body></html>",
            "\u{642}\u{627}\u{644} \u{627}\u{644}\u{645}\u{62f}\u{64a}\u{631}: hxxps://example[.]com @chess_league t.me/+AbCdEfGhIjKl",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 press@example.com #chess",
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
    }),
    |bytes: &[u8]| {
        let report = Report::of(bytes);
        assert!(report.is_possible(bytes.len() as u64));
        let page = page::read(bytes);
        for range in page.body() {
            assert!(page.text().get(range.clone()).is_some());
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            for finding in find(text) {
                assert!(text.get(finding.span).is_some_and(|written| !written.is_empty()));
            }
        }
    }
);
