//! A decoder that was taken over: every item of this suite is an attempt to get out of the worker, or to harm the
//! supervisor. Every one must fail, with all layers and with those that a default container leaves.
//!
//! Started by hand and not by the test harness, for the sandbox starts this program once more.
#![allow(
    clippy::unwrap_used,
    clippy::undocumented_unsafe_blocks,
    reason = "a test of what must not work"
)]

#[cfg(target_os = "linux")]
mod evil;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("there is a sandbox on Linux only");
}

#[cfg(target_os = "linux")]
fn main() {
    use basira_decode::sandbox::{Protection, serve_if_asked_with};

    serve_if_asked_with(evil::attempts::handler);
    if std::env::args().nth(1).as_deref() == Some(evil::IN_CONTAINER) {
        evil::container::enter();
        evil::suite(
            "as in a default container",
            &[Protection::Kernel, Protection::Filter],
        );
        evil::less_protection_than_required_is_refused();
        return;
    }
    evil::suite("with all layers", &[Protection::Full, Protection::Kernel]);
    evil::the_supervisor_goes_on_after_its_server_was_ended();
    let status = std::process::Command::new("/proc/self/exe")
        .arg(evil::IN_CONTAINER)
        .status()
        .unwrap();
    assert!(status.success());
}
