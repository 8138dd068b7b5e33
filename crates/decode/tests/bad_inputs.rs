//! Two thousand bad files through the sandbox. Started by hand and not by the test harness, for the sandbox starts this
//! program once more. To see one of them: the example `bad_inputs` with `--from N --files 1 --write FOLDER`.
#![allow(clippy::unwrap_used, reason = "a test")]

#[cfg(target_os = "linux")]
#[path = "../examples/support/bad.rs"]
mod bad;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("there is a sandbox on Linux only");
}

#[cfg(target_os = "linux")]
fn main() {
    basira_decode::sandbox::serve_if_asked();
    let seen = bad::run(0..2_000).unwrap();
    println!("{seen:#?}");
    assert!(seen.wrong.is_empty(), "{:#?}", seen.wrong);
    assert_eq!(seen.files, 2_000);
    assert!(seen.growth_kb < 16 << 10, "{} kB more", seen.growth_kb);
}
