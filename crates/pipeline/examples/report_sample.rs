//! Writes sample reports of generated pictures, in every language, to look at:
//! `cargo run -p basira-pipeline --example report_sample -- FOLDER`.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use basira_pipeline::report::{HtmlReport, Lang, ReportItem, Summary};
use fingerprint::grey::{self, GreyPicture};
use model::{
    EntryId, Incomplete, IncompleteReason, Match, PartName, Quality, Sha256, SignalType, SuppressedBy, Trust,
    Verdict,
};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: report_sample FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    for lang in Lang::ALL {
        let path = folder.join(format!("report-{}.html", lang.code()));
        let mut report = HtmlReport::begin(BufWriter::new(File::create(&path)?), lang, &summary()?)?;
        for item in items()? {
            report.item(&item)?;
        }
        report.finish()?;
        println!("{}", path.display());
    }
    Ok(())
}

fn summary() -> Result<Summary, Failure> {
    Ok(Summary {
        version: "0.1.0".to_owned(),
        started_at: "2026-03-04T09:12:07Z".parse()?,
        finished_at: "2026-03-04T09:14:39Z".parse()?,
        roots: vec![
            "/home/salma/uploads/2026-03".to_owned(),
            "/home/salma/صور واردة".to_owned(),
        ],
        tier: "standard".to_owned(),
        banks: vec![
            ("TVEC-2026".to_owned(), 104_220),
            ("شعارات".to_owned(), 318),
            ("allow-news".to_owned(), 57),
        ],
        files: 12_408,
        matched: 3,
        no_match: 12_402,
        incomplete: 3,
        bytes: 48_213_004_412,
    })
}

fn thumbnail(seed: u64, width: u32, height: u32) -> Option<GreyPicture> {
    let picture = testkit::photo(seed, width, height);
    Some(grey::shrink(
        &picture.luma(),
        width as usize,
        height as usize,
        160,
    ))
}

fn hit(bank: &str, entry: i64, method: &str, quality: u8) -> Result<Match, Failure> {
    let method: model::Method = method.parse()?;
    let (kind, part, quality) = match method {
        model::Method::Equal(kind) => (kind, PartName::file(), None),
        model::Method::Pdq(_) => (SignalType::Pdq, PartName::picture(), Some(Quality::new(quality)?)),
        model::Method::Track(track) => (track.kind, PartName::file(), None),
        model::Method::Text(_) => (SignalType::TextPassages, PartName::file(), None),
    };
    Ok(Match {
        segment: None,
        spans: Vec::new(),
        covered: None,
        bank: bank.parse()?,
        entry: EntryId(entry),
        kind,
        method,
        distance: method.distance(),
        quality,
        part,
        trust: Trust::Active,
        human_confirmed: false,
        suppressed_by: None,
    })
}

fn gap(part: PartName, reason: IncompleteReason) -> Incomplete {
    Incomplete { part, reason }
}

fn items() -> Result<Vec<ReportItem>, Failure> {
    let item = |path: &str, verdict, matches, incomplete, thumbnail| ReportItem {
        path: path.to_owned(),
        verdict,
        incomplete,
        matches,
        excerpts: Vec::new(),
        thumbnail,
        sha256: Some(Sha256::new(std::array::from_fn(|at| {
            (at * 37 + path.len()) as u8
        }))),
    };
    let mut exact = hit("TVEC-2026", 48_211, "sha256:equal@0", 0)?;
    exact.human_confirmed = true;
    let mut confirmed = hit("TVEC-2026", 48_211, "pdq:full@0", 100)?;
    confirmed.human_confirmed = true;
    let mut shadow = hit("شعارات", 12, "pdq:full/rotate90/compat@24", 71)?;
    shadow.trust = Trust::Shadow;
    let mut suppressed = hit("TVEC-2026", 7, "pdq:full@18", 88)?;
    suppressed.suppressed_by = Some(SuppressedBy {
        bank: "allow-news".parse()?,
        entry: EntryId(3),
        distance: 4,
    });
    let mut frame = hit("TVEC-2026", 99, "pdq:panel[.02,.21,.98,.95]/flipy@30", 64)?;
    frame.part = PartName::frame(3);
    Ok(vec![
        item(
            "/home/salma/uploads/2026-03/IMG_2041.jpg",
            Verdict::Match,
            vec![
                exact,
                confirmed,
                hit("TVEC-2026", 51_002, "pdq:full@9", 100)?,
                hit("TVEC-2026", 51_003, "pdq:full@29", 100)?,
            ],
            vec![],
            thumbnail(3, 1200, 800),
        ),
        item(
            "/home/salma/صور واردة/مسيرة 12/صورة من الهاتف.png",
            Verdict::Match,
            vec![
                hit("شعارات", 40, "pdq:window[.12,0,.88,1]→refined@12", 92)?,
                hit(
                    "TVEC-2026",
                    318,
                    "pdq:window[.1,.05,1,.875]/turn-2.5~[0,0,.8,1]→refined@20",
                    92,
                )?,
            ],
            vec![],
            thumbnail(8, 900, 1200),
        ),
        item(
            "/home/salma/uploads/2026-03/holiday_\u{202e}gpj.exe\u{200b} copy.gif",
            Verdict::Match,
            vec![frame, shadow.clone()],
            vec![gap(PartName::file(), IncompleteReason::Frames { limit: 32 })],
            thumbnail(11, 1000, 600),
        ),
        item(
            "/home/salma/uploads/2026-03/very-long-name-without-any-break-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.tiff",
            Verdict::Incomplete,
            vec![],
            vec![gap(
                PartName::picture(),
                IncompleteReason::Pixels {
                    found: 1_600_000_000,
                    limit: 268_435_456,
                },
            )],
            None,
        ),
        item(
            "/home/salma/uploads/2026-03/broken.png",
            Verdict::Incomplete,
            vec![],
            vec![gap(
                PartName::picture(),
                IncompleteReason::Malformed {
                    why: "IHDR: CRC mismatch <at byte 29>".to_owned(),
                },
            )],
            None,
        ),
        item(
            "/home/salma/uploads/2026-03/collage.webp",
            Verdict::Incomplete,
            vec![shadow],
            vec![gap(
                PartName::picture(),
                IncompleteReason::Refinement {
                    found: 212,
                    limit: 64,
                },
            )],
            thumbnail(21, 800, 800),
        ),
        item(
            "/home/salma/uploads/2026-03/front-page.jpg",
            Verdict::NoMatch,
            vec![suppressed],
            vec![],
            thumbnail(30, 640, 900),
        ),
    ])
}
