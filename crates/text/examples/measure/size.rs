//! Any input of any size: how long it is read, how much memory that takes, and whether every span is right.

use basira_text::Reading;
use basira_text::known::{Passages, Probe, Tlsh, raw_text};
use basira_text::report::{Report, Span};
use serde_json::json;

use crate::obfuscate::{Numbers, Vocabulary};
use crate::{Failure, Options, peak_kb, timed};

/// Makes so many bytes of a shape, or a few more.
fn make(shape: &str, bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut numbers = Numbers(bytes as u64);
    let repeat = |piece: &str| piece.repeat(bytes / piece.len() + 1);
    let vocabulary = Vocabulary::new(&mut numbers);
    let mut invented = |separator: &str, length: usize| {
        let mut text = String::with_capacity(length + 64);
        while text.len() < length {
            text.push_str(vocabulary.word(&mut numbers));
            text.push_str(separator);
        }
        text
    };
    let text = match shape {
        "one line" => invented(" ", bytes),
        "lines" => invented("\n", bytes),
        "no space" => invented("", bytes),
        "marks on one letter" => format!("ا{}", repeat("\u{64e}")),
        "accents on one letter" => format!("e{}", repeat("\u{301}")),
        "links" => {
            let mut text = String::with_capacity(bytes + 64);
            while text.len() < bytes {
                text.push_str(&format!("https://a{}.example.com/b\n", numbers.below(1 << 24)));
            }
            text
        }
        "links among sentences" => repeat(
            "اجتمع أعضاء النادي أمس في القاعة\nhttps://example.com/a/b?c=d and more at www.example.org\n",
        ),
        "links in one line" => repeat("x.example.com,https://t.me/+AbCdEfGh;a@b.example "),
        "clickable" => format!(
            "<html>{}",
            repeat("<a href='https://example.com/a?b=c'>اضغط</a> ")
        ),
        "deep html" => format!("<html>{}", repeat("<div><b>شطرنج ")),
        "unclosed html" => format!("<html><p title='{}", repeat("شطرنج ")),
        "code" => repeat("eval(atob('aHR0cHM6Ly9leGFtcGxlLmNvbQ=='));function(){}"),
        "pulled apart" => repeat("ش ط ر ن ج "),
        "without dots" => repeat("السطرٮح لعٮه ڡدٮمه "),
        "quotes" => repeat("\"قال الرجل إن هذا كلام\" "),
        "broken UTF-8" => {
            let mut text = invented(" ", bytes).into_bytes();
            text.iter_mut().step_by(17).for_each(|byte| *byte = 0xff);
            return Ok(text);
        }
        "windows-1256" => {
            let text = invented(" ", bytes * 2);
            return Ok(encoding_rs::WINDOWS_1256.encode(&text).0.into_owned());
        }
        "UTF-16" => {
            let text = invented(" ", bytes);
            return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        }
        "random bytes" => return Ok((0..bytes).map(|_| numbers.below(256) as u8).collect()),
        other => return Err(format!("no shape {other:?}").into()),
    };
    let mut text = text;
    text.truncate(text.floor_char_boundary(bytes));
    Ok(text.into_bytes())
}

pub(crate) fn measure(options: &Options) -> Result<(), Failure> {
    let shape = options.find("--shape").unwrap_or("one line");
    let bytes = make(shape, options.number("--bytes", 1 << 20)?)?;
    let before = peak_kb();
    let (report, seconds) = timed(|| Report::of(&bytes));
    let peak = peak_kb();
    let text = std::str::from_utf8(&bytes).ok();
    let right = |span: &Span| match text {
        Some(text) => text.get(span.0..span.1).is_some(),
        None => span.0 <= span.1 && span.1 <= bytes.len(),
    };
    let structure = &report.structure;
    let quotes = [&structure.title, &structure.publisher, &structure.source]
        .into_iter()
        .flatten()
        .chain(&structure.authors)
        .chain(&structure.translators)
        .chain(&structure.interviewed);
    let spans = report
        .findings
        .iter()
        .map(|found| &found.span)
        .chain(report.context.families.iter().flat_map(|cues| &cues.spans))
        .chain(report.context.contra.iter().flat_map(|cues| &cues.spans))
        .chain(structure.body.iter())
        .chain(quotes.map(|quote| &quote.span));
    let all = spans.clone().count();
    let wrong = spans.filter(|span| !right(span)).count();
    let (findings, incomplete) = (report.findings.len(), report.incomplete.len());
    let possible = report.is_possible(bytes.len() as u64);
    // What comes now is measured by itself, and not beside all that a report holds.
    drop(report);
    let known = text.map(|text| {
        timed(|| {
            let reading = Reading::of(text).ok()?;
            Some((
                raw_text(&reading).is_some(),
                Tlsh::of(text).is_some(),
                Passages::of(&reading).map(|passages| passages.compare(&Probe::of(&reading)).is_some()),
            ))
        })
        .1
    });
    println!(
        "{}",
        json!({"shape": shape, "bytes": bytes.len(), "seconds": seconds, "known_seconds": known, "spans": all,
            "wrong": wrong, "possible": possible, "findings": findings,
            "incomplete": incomplete, "kb": peak - before, "peak_kb": peak})
    );
    Ok(())
}
