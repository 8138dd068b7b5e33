//! Prints, for every file named, one JSON line: what it is and how it hashes. For comparing with other tools.
//!
//! `cargo run --release -p basira-decode --example hash_files -- [--exact] FILE…`

use basira_decode::{Decoded, Request, decode};
use model::HashMode;

fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

fn line(path: &str, decoded: &Decoded) -> String {
    let parts: Vec<String> = decoded
        .pictures
        .iter()
        .map(|part| {
            let hashes: Vec<String> = part
                .hashes
                .iter()
                .map(|hash| {
                    format!(
                        r#"{{"variant":"{}","mode":"{}","hash":"{}","quality":{}}}"#,
                        format!("{:?}", hash.variant).to_lowercase(),
                        format!("{:?}", hash.mode).to_lowercase(),
                        hash.pdq.hash(),
                        hash.pdq.quality().get()
                    )
                })
                .collect();
            format!(
                r#"{{"name":{},"width":{},"height":{},"hashes":[{}]}}"#,
                quoted(part.name.as_str()),
                part.width,
                part.height,
                hashes.join(",")
            )
        })
        .collect();
    let incomplete: Vec<String> = decoded
        .incomplete
        .iter()
        .map(|it| {
            format!(
                r#"{{"part":{},"reason":{}}}"#,
                quoted(it.part.as_str()),
                quoted(&it.reason.to_string())
            )
        })
        .collect();
    format!(
        r#"{{"path":{},"kind":"{}","parts":[{}],"incomplete":[{}]}}"#,
        quoted(path),
        decoded.kind,
        parts.join(","),
        incomplete.join(",")
    )
}

fn main() -> std::io::Result<()> {
    let mut mode = HashMode::Fast;
    for argument in std::env::args().skip(1) {
        if argument == "--exact" {
            mode = HashMode::Exact;
            continue;
        }
        let bytes = std::fs::read(&argument)?;
        println!("{}", line(&argument, &decode(&bytes, &Request::new(mode))));
    }
    Ok(())
}
