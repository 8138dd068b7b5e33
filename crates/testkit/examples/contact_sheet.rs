//! Draws what the kit can make onto one sheet, so that people can look at it.
//!
//! `cargo run --release -p basira-testkit --example contact_sheet -- FILE.png [photos|negatives|edits|demo]`

use basira_testkit::font::Style;
use basira_testkit::{BLACK, Edit, Picture, WHITE, demo_bank, encode, negatives, photo};

const CELL: u32 = 240;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: contact_sheet FILE.png [photos|negatives|edits|demo] [FIRST SEED]");
        std::process::exit(2);
    };
    let which = arguments.next().unwrap_or_default();
    let first: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut cells: Vec<(String, Picture)> = Vec::new();
    if which.is_empty() || which == "photos" {
        cells.extend((first..first + 42).map(|seed| (format!("photo {seed}"), photo(seed, 320, 220))));
    }
    if which.is_empty() || which == "edits" {
        for (k, edit) in Edit::ALL_HARD.iter().chain(&Edit::PLAIN).enumerate() {
            let original = photo(first + 100 + k as u64 / 2, 400, 300);
            cells.push((edit.name().to_owned(), edit.apply(&original, k as u64)));
        }
    }
    if which.is_empty() || which == "negatives" {
        for (name, make) in negatives::ALL {
            let tall = matches!(
                name,
                "chat" | "feed" | "settings" | "page-latin" | "page-arabic" | "form"
            );
            let (width, height) = if tall { (300, 420) } else { (420, 300) };
            cells
                .extend((first..first + 2).map(|seed| (format!("{name} {seed}"), make(seed, width, height))));
        }
    }
    if which.is_empty() || which == "demo" {
        cells.extend(
            demo_bank(first)
                .into_iter()
                .map(|(name, picture)| (name.to_owned(), picture)),
        );
    }
    let columns = 7;
    let rows = (cells.len() as u32).div_ceil(columns);
    let mut sheet = Picture::filled(columns * (CELL + 6), rows * (CELL + 16), WHITE);
    for (k, (name, picture)) in cells.iter().enumerate() {
        let (x, y) = (k as u32 % columns * (CELL + 6), k as u32 / columns * (CELL + 16));
        let factor = (CELL as f32 / picture.width as f32).min(CELL as f32 / picture.height as f32);
        sheet.paste(&picture.scale(factor), x as i32 + 3, y as i32 + 13);
        sheet.text(name, (x as f32 + 3.0, y as f32 + 3.0), Style::new(7.0, BLACK));
    }
    if let Err(error) = std::fs::write(&path, encode::png(&sheet)) {
        eprintln!("{path}: {error}");
        std::process::exit(1);
    }
}
