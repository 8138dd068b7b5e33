//! Two thousand bad files through the sandbox. Started by hand and not by the test harness, for the sandbox starts this
//! program once more. To see one of them: `cargo xtask bad --from N --files 1 --write FOLDER`.
#![allow(clippy::unwrap_used, reason = "a test")]

#[cfg(target_os = "linux")]
#[path = "../examples/support/bad.rs"]
mod bad;
#[cfg(target_os = "linux")]
#[path = "../examples/support/clips.rs"]
mod clips;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("there is a sandbox on Linux only");
}

#[cfg(target_os = "linux")]
fn main() {
    basira_decode::sandbox::serve_if_asked();
    let seen = bad::run(0..2_000, &[]).unwrap();
    println!(
        "{} files, {} good ones between them, {} clips of FFmpeg; the slowest {:?}\nmemory {:?} kB, descriptors {:?}\n{}",
        seen.files,
        seen.neighbours,
        seen.clips,
        seen.slowest,
        seen.memory_kb,
        seen.descriptors,
        seen.table()
    );
    assert!(seen.wrong.is_empty(), "{:#?}", seen.wrong);
    assert_eq!((seen.files, seen.neighbours), (2_000, 40));
    assert!(seen.growth_kb() < 16 << 10, "{} kB more", seen.growth_kb());
    assert_eq!(seen.descriptors[0], seen.descriptors[1]);
}
