//! Reads files and prints what was read of each: `cargo run -p basira-text --example pages -- FILE…`
#![expect(
    clippy::disallowed_methods,
    reason = "an example, not the room: it takes paths and reads them"
)]

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else {
            eprintln!("{path}: cannot be read");
            continue;
        };
        let page = basira_text::page::read(&bytes);
        let words = |words: &basira_text::page::Words| words.text.clone();
        println!(
            "{path} ({}, {})",
            page.encoding,
            if page.html { "HTML" } else { "plain" }
        );
        println!("  title       {:?}", page.title.as_ref().map(words));
        println!(
            "  authors     {:?}",
            page.authors.iter().map(words).collect::<Vec<_>>()
        );
        println!(
            "  translators {:?}",
            page.translators.iter().map(words).collect::<Vec<_>>()
        );
        println!(
            "  interviewed {:?}",
            page.interviewed.iter().map(words).collect::<Vec<_>>()
        );
        println!("  publisher   {:?}", page.publisher.as_ref().map(words));
        println!(
            "  date        {:?}",
            page.date.as_ref().map(|date| (&date.iso, &date.words))
        );
        println!(
            "  dates       {:?}",
            page.dates
                .iter()
                .map(|date| (&date.iso, &date.words))
                .collect::<Vec<_>>()
        );
        println!("  source      {:?}", page.source.as_ref().map(words));
        println!(
            "  text        {} bytes, body {:?}",
            page.text().len(),
            page.body().iter().map(ExactSizeIterator::len).sum::<usize>()
        );
        if let (Some(first), Some(last)) = (page.body().first(), page.body().last()) {
            let head: String = page.text()[first.clone()].chars().take(60).collect();
            let tail: Vec<char> = page.text()[last.clone()].chars().rev().take(60).collect();
            println!(
                "  body        {head:?} … {:?}",
                tail.into_iter().rev().collect::<String>()
            );
        }
        for finding in page.findings() {
            println!(
                "  {} {} {:?} {:?}",
                finding.kind.as_str(),
                finding.normal,
                finding.span,
                finding.notes
            );
        }
        for finding in &page.security {
            println!(
                "  security {} {:?} by {:?} of {:?}",
                finding.indicator(),
                finding.span,
                finding.steps,
                finding.addresses
            );
        }
        for reason in &page.incomplete {
            println!("  incomplete: {reason}");
        }
    }
}
