//! Film and sound.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use basira_decode::sandbox::{Protection, Sandbox, Settings};
use basira_decode::{Contents, Frames, Request, Step};
use model::IncompleteReason;

use crate::{Test, container, look, make, request};

pub(crate) const TESTS: &[(&str, Test)] = &[
    (
        "films_are_hashed_in_every_container",
        films_are_hashed_in_every_container,
    ),
    (
        "keyframes_stand_for_a_frame_a_second_where_they_lie_close",
        keyframes_stand_for_a_frame_a_second_where_they_lie_close,
    ),
    (
        "two_frames_far_apart_are_no_flood",
        two_frames_far_apart_are_no_flood,
    ),
    (
        "what_takes_long_gives_signs_of_life",
        what_takes_long_gives_signs_of_life,
    ),
    ("playlists_open_nothing", playlists_open_nothing),
    ("cut_films_are_incomplete", cut_films_are_incomplete),
    (
        "no_program_is_started_that_could_read_every_file",
        no_program_is_started_that_could_read_every_file,
    ),
    ("nothing_is_left_running", nothing_is_left_running),
];

fn times(contents: &Contents) -> Vec<u32> {
    let frames = &contents.films[0].tracks.whole.frames;
    frames.iter().map(|frame| frame.time).collect()
}

const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=6";
const TONE: &str = "-f lavfi -i sine=440:d=6";

fn films_are_hashed_in_every_container(sandbox: &Sandbox, folder: &Path) {
    for (name, codecs) in [
        ("a.mp4", "-c:v libx264 -c:a aac"),
        ("a.mkv", "-c:v libx264 -c:a libopus"),
        ("a.webm", "-c:v libvpx -b:v 300k -c:a libopus"),
        ("a.avi", "-c:v mpeg4 -c:a mp3"),
        ("a.ts", "-c:v libx264 -c:a aac"),
        ("a.flv", "-c:v flv1 -c:a mp3 -ar 44100"),
        ("a.mov", "-c:v mpeg4 -c:a aac"),
        ("a.mpg", "-c:v mpeg2video -c:a mp2"),
    ] {
        let path = folder.join(name);
        make(&path, &format!("{PICTURE} {TONE} {codecs} -shortest"));
        let found = look(sandbox, &path, &request());
        assert_eq!(found.incomplete, [], "{name}");
        let times = times(&found);
        assert!((5..=7).contains(&times.len()), "{name}: {times:?}");
        for pair in times.windows(2) {
            assert!((500..=1250).contains(&(pair[1] - pair[0])), "{name}: {times:?}");
        }
    }
    let dense = look(
        sandbox,
        &folder.join("a.mp4"),
        &Request {
            frames: Frames::Distinct,
            ..request()
        },
    );
    assert_eq!(dense.incomplete, []);
    assert_eq!(dense.films[0].tracks.whole.seen, 150);
    assert!(dense.films[0].tracks.whole.frames.len() > 20);
}

fn keyframes_stand_for_a_frame_a_second_where_they_lie_close(sandbox: &Sandbox, folder: &Path) {
    // Frames between two keyframes, and the milliseconds between two frames that are seen.
    for (between, apart) in [(15, 600), (30, 1200), (32, 1000), (250, 1000)] {
        let path = folder.join(format!("key-{between}.mp4"));
        make(
            &path,
            &format!("{PICTURE} -c:v libx264 -g {between} -keyint_min {between} -sc_threshold 0"),
        );
        let found = look(sandbox, &path, &request());
        assert_eq!(found.incomplete, []);
        let expected: Vec<u32> = (0..6_000).step_by(apart).collect();
        assert_eq!(times(&found), expected, "{between}");
    }
    // The last keyframe may lie far from the end.
    let path = folder.join("key-end.mp4");
    make(
        &path,
        &format!("{PICTURE} -c:v libx264 -g 250 -force_key_frames 0,1,2,3"),
    );
    assert_eq!(
        times(&look(sandbox, &path, &request())),
        [0, 1000, 2000, 3000, 4000, 5000]
    );
}

fn two_frames_far_apart_are_no_flood(sandbox: &Sandbox, folder: &Path) {
    let path = folder.join("apart.mkv");
    make(
        &path,
        "-f lavfi -i testsrc2=s=64x64:r=1/100000:d=200000 -c:v ffv1",
    );
    let found = look(sandbox, &path, &request());
    assert!(found.films[0].tracks.whole.seen <= 2, "{found:?}");
    let reasons: Vec<&IncompleteReason> = found.incomplete.iter().map(|gap| &gap.reason).collect();
    assert!(
        matches!(reasons[..], [IncompleteReason::Duration { .. }, ..]),
        "{found:?}"
    );
}

fn what_takes_long_gives_signs_of_life(sandbox: &Sandbox, folder: &Path) {
    let steps = |path: &Path| {
        let file = File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        let mut steps = Vec::new();
        let pending = sandbox.begin(&file, size, &request()).unwrap();
        let found = pending.finish_watched(&mut |step| steps.push(step));
        assert_eq!(found.incomplete, []);
        steps
    };
    let film = folder.join("long.mp4");
    make(
        &film,
        "-f lavfi -i testsrc2=s=64x64:r=5:d=12 -c:v libx264 -g 5 -keyint_min 5 -sc_threshold 0",
    );
    let seconds = |at| Step::Seconds { at, of: Some(12) };
    assert_eq!(steps(&film), [seconds(5), seconds(10)]);
    let archive = folder.join("many.tar");
    let mut tar = tar::Builder::new(File::create(&archive).unwrap());
    for number in 0..250 {
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        header.set_mode(0o644);
        tar.append_data(&mut header, format!("{number}.txt"), &b"move"[..])
            .unwrap();
    }
    tar.finish().unwrap();
    assert_eq!(steps(&archive), [Step::Members(100), Step::Members(200)]);
}

/// The word for [`look_without_protection`].
pub(crate) const OPEN: &str = "open";

/// As on an old kernel in a default container: neither namespaces nor Landlock.
pub(crate) fn look_without_protection(path: &Path) {
    container::enter();
    container::refuse(
        vec![(libc::SYS_landlock_create_ruleset, Vec::new())],
        libc::ENOSYS,
    );
    let settings = Settings {
        required: Protection::Filter,
        ..Settings::default()
    };
    let sandbox = Sandbox::start(settings).unwrap();
    let found = look(&sandbox, path, &request());
    assert!(found.films.is_empty());
    let [gap] = &found.incomplete[..] else {
        panic!("{found:?}")
    };
    assert!(gap.reason.to_string().contains("neither Landlock"), "{gap:?}");
}

fn no_program_is_started_that_could_read_every_file(_: &Sandbox, folder: &Path) {
    let own = std::env::current_exe().unwrap();
    let status = Command::new(own).arg(OPEN).arg(folder.join("a.mp4")).status();
    assert!(status.unwrap().success());
}

/// A file whose bytes are a list of other files, whatever it is called, is never opened as one.
fn playlists_open_nothing(sandbox: &Sandbox, folder: &Path) {
    let secret = folder.join("secret.mp4");
    make(&secret, &format!("{PICTURE} -c:v libx264"));
    let list = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile://{}\n#EXT-X-ENDLIST\n",
        secret.display()
    );
    let concat = format!("ffconcat version 1.0\nfile '{}'\n", secret.display());
    for (name, text) in [("evil.mp4", &list), ("evil2.mp4", &concat)] {
        let path = folder.join(name);
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        let found = look(sandbox, &path, &request());
        assert!(found.films.is_empty(), "{found:?}");
    }
}

fn cut_films_are_incomplete(sandbox: &Sandbox, folder: &Path) {
    let path = folder.join("cut.mkv");
    let whole = std::fs::read(folder.join("a.mp4")).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let found = look(sandbox, &path, &request());
    assert!(!found.incomplete.is_empty(), "{found:?}");
}

/// Processes of which this one is the parent.
fn children() -> usize {
    let own = std::process::id();
    let all = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
    all.split_whitespace().count()
}

/// A program that used tools ends, and with it all that it started, also what only waited for work.
fn nothing_is_left_running(_: &Sandbox, folder: &Path) {
    // SAFETY: it changes whose children the orphans are, and nothing else.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) }, 0);
    let before = children();
    let own = std::env::current_exe().unwrap();
    let mut command = Command::new(own);
    let status = command.args([crate::watched::LOOK.as_ref(), folder.join("a.mp4").as_os_str()]);
    assert!(status.stdout(Stdio::null()).status().unwrap().success());
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        // SAFETY: null is allowed; orphans that ended are waited for, and none of our own children ends.
        unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
        if children() == before {
            break;
        }
        assert!(Instant::now() < until, "{} are left", children() - before);
        std::thread::sleep(Duration::from_millis(20));
    }
}
