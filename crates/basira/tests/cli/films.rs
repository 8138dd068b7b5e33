//! Films, from the command line. Needs FFmpeg (`cargo xtask test` installs it).

use std::process::Command;

use serde_json::{Value, json};
use testkit::encode;

use crate::place::Place;
use crate::server::Server;

/// Seconds of a shot.
const SHOT: u64 = 4;

/// Has FFmpeg write `name` from words before it.
pub(crate) fn ffmpeg(place: &Place, words: &[&str], name: &str) {
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(words)
        .arg(name)
        .current_dir(place.files())
        .status()
        .expect("FFmpeg is not installed; cargo xtask test installs it");
    assert!(status.success(), "ffmpeg {words:?} {name}");
}

/// A film of shots, each a pan over a generated photograph.
pub(crate) fn film(place: &Place, name: &str, seeds: std::ops::Range<u64>) {
    let count = seeds.end - seeds.start;
    let mut words: Vec<String> = Vec::new();
    let mut graph = String::new();
    for (number, seed) in seeds.enumerate() {
        let photo = format!("shot-{seed}.png");
        place.write(&photo, encode::png(&testkit::photo(seed, 640, 360)));
        let shot = SHOT.to_string();
        words.extend(["-loop", "1", "-framerate", "25", "-t", &shot, "-i", &photo].map(str::to_owned));
        graph += &format!("[{number}]crop=320:180:x=70*t:y=20*t[v{number}];");
    }
    graph.extend((0..count).map(|number| format!("[v{number}]")));
    graph += &format!("concat=n={count}");
    words.extend(["-filter_complex", &graph, "-c:v", "libx264", "-g", "50"].map(str::to_owned));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    ffmpeg(place, &words, name);
}

/// A place with a bank of one film of 32 seconds, and the film beside it.
fn with_film() -> Place {
    let place = Place::with_bank();
    film(&place, "film.mp4", 100..108);
    place.add("known", &["film.mp4".to_owned()]);
    place
}

/// The best match of a file, which must be one of that type and part, from that second of what is banked on.
fn found<'a>(row: &'a Value, [kind, part]: [&str; 2], from: f64, within: f64) -> &'a Value {
    assert_eq!(row["verdict"], "match", "{row}");
    let found = &row["matches"][0];
    assert_eq!(
        (&found["type"], &found["part"]),
        (&kind.into(), &part.into()),
        "{row}"
    );
    let begin = found["segment"]["bank"][0].as_f64().unwrap();
    assert!((begin - from).abs() <= within, "{row}");
    found
}

#[test]
fn a_clip_of_a_banked_film_is_found_with_its_times_whatever_was_done_to_it() {
    let place = with_film();
    for (name, filter, quality) in [
        ("plain.mp4", "null", "40"),
        ("small.mp4", "scale=160:90", "30"),
        ("mirror.mp4", "hflip", "30"),
        ("boxed.mp4", "scale=320:136,pad=320:180:0:22", "30"),
        ("fast.mp4", "setpts=PTS/1.05", "30"),
        (
            "logo.mp4",
            "drawbox=x=260:y=10:w=40:h=24:color=white:t=fill",
            "30",
        ),
    ] {
        let words = [
            "-ss", "9.3", "-t", "7", "-i", "film.mp4", "-vf", filter, "-c:v", "libx264", "-crf", quality,
        ];
        ffmpeg(&place, &words, name);
        let row = place.look_up(name);
        let found = found(&row, ["vpdq", "film"], 9.3, 1.0);
        assert_eq!(found["mirrored"], name == "mirror.mp4", "{row}");
        let speed = found["speed"].as_f64().unwrap();
        assert!(
            (speed - if name == "fast.mp4" { 1.05 } else { 1.0 }).abs() <= 0.03,
            "{name}: {row}"
        );
    }
}

#[test]
fn a_banked_clip_is_found_in_a_compilation_and_another_film_is_not() {
    let place = Place::with_bank();
    film(&place, "clip.mp4", 120..122);
    film(&place, "other.mp4", 200..203);
    place.add("known", &["clip.mp4".to_owned()]);
    film(&place, "long.mkv", 110..130);
    let row = place.look_up("long.mkv");
    assert_eq!(row["verdict"], "match", "{row}");
    let query = row["matches"][0]["segment"]["query"].as_array().unwrap();
    assert!((query[0].as_f64().unwrap() - 40.0).abs() <= 1.0, "{row}");
    assert!((query[1].as_f64().unwrap() - 48.0).abs() <= 1.5, "{row}");
    let row = place.look_up("other.mp4");
    assert_eq!(
        (row["verdict"].as_str(), row["matches"].as_array().map(Vec::len)),
        (Some("no_match"), Some(0))
    );
}

#[test]
fn a_film_in_an_archive_is_found_with_its_place_and_times() {
    let place = with_film();
    ffmpeg(
        &place,
        &[
            "-ss", "5", "-t", "8", "-i", "film.mp4", "-c:v", "libx264", "-crf", "35",
        ],
        "clip.mp4",
    );
    let clip = std::fs::read(place.files().join("clip.mp4")).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["notes.txt", "clips/clip.mp4"] {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        std::io::Write::write_all(&mut writer, if name == "notes.txt" { b"a text" } else { &clip }).unwrap();
    }
    place.write("album.zip", writer.finish().unwrap().into_inner());
    let row = place.look_up("album.zip");
    assert_eq!(row["verdict"], "match", "{row}");
    assert_eq!(row["matches"][0]["part"], "clips/clip.mp4 › film", "{row}");
    let run = place.go("match album.zip").ends(1);
    assert!(run.out.contains("clips/clip.mp4 › 00:00–00:0"), "{}", run.out);
}

#[test]
fn a_sound_is_found_in_a_recording_and_behind_a_film_and_faster() {
    let place = Place::with_bank();
    // A siren of changing notes over a beat: no picture, no words.
    let tune = |seed: u32| {
        format!(
            "aevalsrc='0.4*sin(2*PI*t*(220+{seed}*10+80*floor(mod(t*{0},7))))+0.3*sin(2*PI*t*(330+50*floor(mod(t*1.7,{seed}))))':d=40:s=44100",
            1.3 + f64::from(seed) / 10.0
        )
    };
    for (name, seed) in [("tune.wav", 5), ("other.wav", 8)] {
        ffmpeg(&place, &["-f", "lavfi", "-i", &tune(seed)], name);
    }
    place.add("known", &["tune.wav".to_owned()]);
    ffmpeg(
        &place,
        &["-ss", "12", "-t", "14", "-i", "tune.wav", "-b:a", "48k"],
        "clip.mp3",
    );
    ffmpeg(
        &place,
        &[
            "-ss",
            "12",
            "-t",
            "14",
            "-i",
            "tune.wav",
            "-af",
            "asetrate=46305,aresample=44100",
        ],
        "fast.ogg",
    );
    let film = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=160x90:r=10:d=14",
        "-ss",
        "12",
        "-t",
        "14",
        "-i",
        "tune.wav",
        "-c:a",
        "aac",
        "-shortest",
    ];
    ffmpeg(&place, &film, "behind.mp4");
    for (name, speed) in [("clip.mp3", 1.0), ("fast.ogg", 1.05), ("behind.mp4", 1.0)] {
        let row = place.look_up(name);
        let found = found(&row, ["chromaprint", "sound"], 12.0, 1.5);
        assert!((found["speed"].as_f64().unwrap() - speed).abs() <= 0.02, "{row}");
    }
    assert_eq!(place.verdict("other.wav"), "no_match");
}

#[test]
fn a_partners_signal_of_one_frame_a_second_is_banked_and_found_whatever_the_phase() {
    let place = Place::with_bank();
    film(&place, "film.mp4", 100..106);
    let row = &place.run(["hash", "--json", "film.mp4"]).rows()[0];
    let signal = row["tracks"][0]["value"].as_str().unwrap();
    assert_eq!(row["tracks"][0]["type"], "vpdq");
    place.add("known", ["--signal".to_owned(), format!("vpdq={signal}")]);
    // Half a second off: of a frame a second none meets its like.
    ffmpeg(&place, &["-ss", "6.5", "-t", "8", "-i", "film.mp4"], "clip.mp4");
    let row = place.look_up("clip.mp4");
    found(&row, ["vpdq", "film"], 7.0, 1.5);
    // A list of them, with one that is none.
    let line = |value: &str| serde_json::json!({"type": "vpdq", "value": value}).to_string();
    place.write("list.ndjson", format!("{}\n{}\n", line(signal), line("[\"0\"]")));
    place.go("bank create partner").ends(0);
    let totals = &place
        .run(["bank", "import", "--json", "partner", "list.ndjson"])
        .ends(2)
        .rows();
    assert_eq!(totals.last().unwrap()["added"], 1, "{totals:?}");
}

/// What comes over the network lies in memory only, where a tool is given it without a path.
#[test]
fn films_are_banked_and_found_through_the_service() {
    let place = Place::new();
    film(&place, "film.mp4", 100..104);
    let small = ["-i", "film.mp4", "-vf", "scale=240:136", "-crf", "30"];
    ffmpeg(&place, &small, "copy.mp4");
    let bytes = |name: &str| std::fs::read(place.files().join(name)).unwrap();
    let server = Server::start(&place);
    let key = server.administrator();
    key.post("/v1/banks", json!({"name": "known"})).expect(201);
    key.bytes("/v1/banks/known/media", &bytes("film.mp4")).expect(201);
    let taken = key.bytes("/v1/items", &bytes("copy.mp4")).expect(202);
    let done = key.finished(taken["item"].as_str().unwrap());
    assert_eq!(done["result"]["incomplete"], json!([]), "{done}");
    found(&done["result"], ["vpdq", "film"], 0.0, 2.0);
}
