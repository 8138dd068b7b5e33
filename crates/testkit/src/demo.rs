//! The demonstration: a bank of an invented chess league's pictures, and a folder of copies and other things.

use crate::draw::{hsv, ink_on, star};
use crate::edits::text_block;
use crate::encode::{self, Format};
use crate::font::{Style, text_width};
use crate::negatives::{self, Board, draw_board};
use crate::photo::{Subject, photo_of};
use crate::picture::{BLACK, Picture, Rgb, WHITE};
use crate::prng::{Prng, derive};
use crate::{Edit, photo, special};

/// What scanning a file of the demonstration against its bank must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The picture of the bank with this name, after this edit; without one it is a plain copy.
    Match {
        /// Name in the bank.
        picture: &'static str,
        /// What was done to it before it was saved.
        edit: Option<Edit>,
    },
    /// Nothing of the bank.
    NoMatch,
    /// It cannot be read in full.
    Incomplete,
}

/// One file of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFile {
    /// Path within the folder, parts separated by `/`.
    pub path: String,
    /// Contents.
    pub bytes: Vec<u8>,
    /// The truth about it.
    pub expect: Expect,
}

/// How a picture of the bank is made.
enum Make {
    /// A board under or beside the league's name and a slogan, over a photograph.
    Poster(&'static str),
    /// The same, wider than high.
    WidePoster(&'static str),
    /// Coloured fields with names and points.
    Card,
    /// The league's sign.
    Emblem,
    /// A photograph with the league's sign in a corner.
    Photo(Subject),
}

const PICTURES: [(&str, Make); 12] = [
    ("opening-night", Make::Poster("ROUND ONE")),
    ("grand-final", Make::Poster("THE FINAL")),
    ("league-table", Make::Card),
    ("knight-emblem", Make::Emblem),
    ("champion-portrait", Make::Photo(Subject::People)),
    ("tournament-hall", Make::Photo(Subject::Hall)),
    ("crowd-at-the-final", Make::Photo(Subject::Crowd)),
    ("night-of-bishops", Make::Poster("BISHOPS BY NIGHT")),
    ("endgame-lesson", Make::WidePoster("THE ENDGAME")),
    ("prize-table", Make::Photo(Subject::Things)),
    ("city-match", Make::Photo(Subject::Town)),
    ("season-card", Make::Card),
];

/// The bank: twelve pictures of the Knight League, which does not exist.
pub fn demo_bank(seed: u64) -> Vec<(&'static str, Picture)> {
    PICTURES
        .iter()
        .enumerate()
        .map(|(k, (name, make))| {
            let seed = derive(seed, 0xba_0000 + k as u64);
            let picture = match make {
                Make::Poster(slogan) => poster(seed, slogan, 480, 640),
                Make::WidePoster(slogan) => poster(seed, slogan, 640, 480),
                Make::Card => card(seed),
                Make::Emblem => emblem(seed),
                Make::Photo(subject) => branded(seed, *subject),
            };
            (*name, picture)
        })
        .collect()
}

/// A line in heavy letters about column `x`, `width` pixels wide.
fn title(page: &mut Picture, text: &str, x: f32, top: f32, width: f32, colour: Rgb) {
    let size = width / text_width(text, 1.0);
    page.text_centred(text, x, top, Style::new(size, colour).bold());
}

fn poster(seed: u64, slogan: &str, width: u32, height: u32) -> Picture {
    let mut prng = Prng::new(seed, 1);
    let mut page = photo(seed, width, height);
    let (w, h) = (width as f32, height as f32);
    let tint = hsv(prng.unit(), 0.8, 0.3);
    page.veil(0, 0, width as i32, height as i32, tint, 0.45);
    let board = Board::new(&mut prng);
    let wide = width > height;
    let side = w.min(h)
        * if wide {
            prng.range(0.76, 0.84)
        } else {
            prng.range(0.55, 0.76)
        };
    let (left, top) = if wide {
        (w * 0.03, (h - side) / 2.0)
    } else {
        ((w - side) / 2.0, h * 0.24)
    };
    let edge = side as i32 + 12;
    page.fill_rect(left as i32 - 6, top as i32 - 6, edge, edge, [240, 225, 190]);
    draw_board(&mut page, &board, (left, top), side);
    // The column that the lettering has to itself.
    let (start, room) = if wide {
        (left + side, w - left - side)
    } else {
        (0.0, w)
    };
    let middle = start + room / 2.0;
    let gold = [255, 220, 120];
    if wide {
        title(&mut page, "KNIGHT", middle, h * 0.12, room * 0.8, WHITE);
        title(&mut page, "LEAGUE", middle, h * 0.24, room * 0.8, WHITE);
        title(&mut page, slogan, middle, h * 0.42, room * 0.7, gold);
    } else {
        title(&mut page, "KNIGHT LEAGUE", middle, h * 0.06, room * 0.84, WHITE);
        title(&mut page, slogan, middle, h * 0.16, room * 0.4, gold);
    }
    let foot = (start as i32, (h * 0.87) as i32, room as i32, (h * 0.1) as i32);
    text_block(&mut page, &mut prng, foot, WHITE);
    page
}

fn card(seed: u64) -> Picture {
    let mut prng = Prng::new(seed, 2);
    let ground = hsv(prng.unit(), 0.7, 0.35);
    let mut page = photo(seed, 600, 450);
    page.veil(0, 0, 600, 450, ground, 0.6);
    title(&mut page, "KNIGHT LEAGUE", 300.0, 22.0, 360.0, WHITE);
    for row in 0..6u16 {
        let y = 90.0 + 56.0 * f32::from(row);
        let field = hsv(prng.unit(), 0.5, 0.85);
        let length = prng.range(240.0, 490.0);
        page.rounded((30.0, y), (length, 44.0), 10.0, field);
        page.polygon(
            &star((58.0, y + 22.0), 16.0, prng.int(4, 8), 0.5, 0.0),
            ink_on(field),
        );
        page.latin_line(
            &mut prng,
            (90.0, y + 13.0),
            length - 130.0,
            Style::new(18.0, ink_on(field)).bold(),
        );
        let points = prng.int(10, 99).to_string();
        page.text(&points, (545.0, y + 12.0), Style::new(20.0, WHITE).bold());
    }
    page
}

/// A rider's head within rings of stars, on a ground with a pattern.
fn emblem(seed: u64) -> Picture {
    let mut prng = Prng::new(seed, 3);
    let mut page = photo(seed, 512, 512);
    let colour = hsv(prng.unit(), 0.8, 0.55);
    page.veil(0, 0, 512, 512, WHITE, 0.35);
    page.disc((256.0, 240.0), 190.0, colour);
    page.ring((256.0, 240.0), 165.0, 10.0, WHITE);
    let head = [
        (190.0, 350.0),
        (205.0, 280.0),
        (160.0, 262.0),
        (172.0, 210.0),
        (232.0, 168.0),
        (250.0, 112.0),
        (276.0, 150.0),
        (330.0, 210.0),
        (345.0, 350.0),
    ];
    page.polygon(&head, WHITE);
    page.disc((232.0, 205.0), 8.0, colour);
    for k in 0..12u16 {
        let angle = f32::from(k) * std::f32::consts::TAU / 12.0;
        let place = (
            256.0 + 215.0 * crate::math::sin(angle),
            240.0 - 215.0 * crate::math::cos(angle),
        );
        page.polygon(&star(place, 14.0, 5, 0.45, 0.0), [250, 200, 60]);
    }
    page.fill_rect(0, 456, 512, 56, BLACK);
    title(&mut page, "KNIGHT LEAGUE", 256.0, 472.0, 307.0, WHITE);
    page
}

fn branded(seed: u64, subject: Subject) -> Picture {
    let mut prng = Prng::new(seed, 4);
    let (width, height) = if prng.chance(0.3) { (480, 640) } else { (640, 480) };
    let mut page = photo_of(subject, seed, width, height);
    let ground = hsv(prng.unit(), 0.8, 0.5);
    let y = page.height as f32 - 46.0;
    page.rounded((14.0, y), (150.0, 32.0), 8.0, ground);
    page.text("KNIGHT LEAGUE", (24.0, y + 10.0), Style::new(12.0, WHITE).bold());
    page
}

/// The folder: 64 files with the truth about each.
pub fn demo_folder(seed: u64) -> Vec<DemoFile> {
    let bank = demo_bank(seed);
    let mut prng = Prng::new(seed, 0xde_0000);
    let mut files = Vec::new();
    let mut push =
        |path: String, bytes: Vec<u8>, expect: Expect| files.push(DemoFile { path, bytes, expect });
    let mut kinds = Format::ALL.iter().cycle();
    let mut format = || *kinds.next().unwrap_or(&Format::Png);
    for (k, (name, picture)) in bank.iter().enumerate().filter(|(k, _)| k % 3 == 0) {
        let format = format();
        let path = format!("copies/saved-{k:02}.{}", format.extension());
        push(
            path,
            format.encode(picture),
            Expect::Match {
                picture: name,
                edit: None,
            },
        );
    }
    let edits = Edit::ALL_HARD.iter().chain(&Edit::PLAIN);
    let posts = ["posts/img", "posts/2026/share", "downloads/file", "chat/photo"];
    for (k, &edit) in edits.enumerate() {
        let (name, picture) = &bank[(5 * k + 1) % bank.len()];
        let edited = edit.apply(picture, derive(seed, k as u64));
        let path = format!("{}-{}", prng.pick(&posts), prng.int(1000, 9999));
        let (bytes, extension) = match edit {
            Edit::Jpeg30 => (encode::jpeg(picture, 30), "jpg"),
            Edit::Jpeg75 => (encode::jpeg(picture, 75), "jpg"),
            _ if k % 3 == 2 => (encode::png(&edited), "png"),
            _ => (encode::jpeg(&edited, prng.int(70, 92) as u8), "jpg"),
        };
        let expect = Expect::Match {
            picture: name,
            edit: Some(edit),
        };
        push(format!("{path}-{}.{extension}", edit.name()), bytes, expect);
    }
    let (name, picture) = &bank[4];
    push(
        "copies/turned-by-its-camera.jpg".to_owned(),
        special::jpeg_oriented(picture, 88, 6),
        Expect::Match {
            picture: name,
            edit: None,
        },
    );
    for (k, (kind, make)) in negatives::ALL.iter().enumerate() {
        let picture = make(derive(seed, 0xa0_0000 + k as u64), 560, 420);
        let (bytes, extension) = if k % 2 == 0 {
            (encode::png(&picture), "png")
        } else {
            (encode::jpeg(&picture, 85), "jpg")
        };
        push(format!("other/{kind}.{extension}"), bytes, Expect::NoMatch);
    }
    for k in 0..10u64 {
        let picture = photo(derive(seed, 0xf0_0000 + k), 640, 480);
        push(
            format!("holiday/dsc{:04}.jpg", 112 + 3 * k),
            encode::jpeg(&picture, 88),
            Expect::NoMatch,
        );
    }
    let whole = encode::jpeg(&photo(derive(seed, 0xc0_0000), 640, 480), 85);
    push(
        "downloads/cut-off.jpg".to_owned(),
        special::truncated(&whole, 0.4),
        Expect::Incomplete,
    );
    push("downloads/empty.png".to_owned(), Vec::new(), Expect::Incomplete);
    let text = "The Knight League does not exist. Its players meet on Thursdays.\n";
    push("notes.txt".to_owned(), text.as_bytes().to_vec(), Expect::NoMatch);
    push(
        "downloads/very-large.png".to_owned(),
        special::huge(Format::Png),
        Expect::Incomplete,
    );
    files
}
