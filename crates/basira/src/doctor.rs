//! `basira doctor`: what this machine gives to protect decoding, in words, and what could be changed.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::Result;
use decode::Decoder;
use decode::sandbox::{Posture, Program, Protection, lacking_for_ocr};
use serde::Serialize;

use crate::args::{DoctorOptions, INSTALL_OCR};
use crate::exit::Outcome;
use crate::print;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    /// Whether files can be decoded with the level asked for.
    ready: bool,
    /// The level that this machine gives.
    sandbox: Protection,
    /// The level asked for.
    required: Protection,
    /// The layers.
    posture: Posture,
    /// Why there is no sandbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
    /// Programs of the host that are used, and whether they are installed.
    programs: BTreeMap<&'static str, bool>,
    /// What is not installed of what `--ocr` needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacking_for_ocr: Vec<String>,
    /// What could be changed.
    advice: Vec<&'static str>,
}

pub(crate) fn run(options: &DoctorOptions) -> Result<Outcome> {
    let required = options.decoding.sandbox;
    // What there is, also where it is less than what is asked for.
    let (posture, broken) = match options.decoding.any_sandbox(1) {
        Ok(sandbox) => (sandbox.posture(), None),
        Err(error) => (Decoder::InProcess.posture(), Some(print::explain(&error.into()))),
    };
    let report = Report {
        ready: posture.protection() >= required,
        sandbox: posture.protection(),
        required,
        posture,
        broken,
        programs: Program::ALL
            .map(|program| (program.name(), program.find().is_some()))
            .into(),
        lacking_for_ocr: lacking_for_ocr(),
        advice: advice(&posture),
    };
    let mut out = print::out();
    if options.json {
        print::json_line(&mut out, &report)?;
    } else {
        text(&mut out, &report)?;
    }
    Ok(if report.ready {
        Outcome::Clean
    } else {
        Outcome::Incomplete
    })
}

fn text(out: &mut impl Write, report: &Report) -> Result<()> {
    writeln!(out, "Sandbox: {} ({})", report.sandbox, meaning(report.sandbox))?;
    for (layer, there) in report.posture.layers() {
        let mark = if there { "yes" } else { "NO " };
        writeln!(out, "  {mark}  {layer}")?;
    }
    if let Some(version) = report.posture.landlock {
        writeln!(out, "       Landlock's interface has version {version}")?;
    }
    for program in Program::ALL {
        let mark = if program.find().is_some() { "yes" } else { "NO " };
        writeln!(out, "  {mark}  {}, {}", program.name(), purpose(program))?;
    }
    for lacking in &report.lacking_for_ocr {
        writeln!(out, "       --ocr lacks {lacking}")?;
    }
    if let Some(why) = &report.broken {
        writeln!(out, "\n{why}")?;
    }
    for advice in &report.advice {
        writeln!(out, "\n{advice}")?;
    }
    if report.ready {
        writeln!(out, "\nFiles are decoded: {} is required.", report.required)?;
    } else {
        writeln!(
            out,
            "\nNo file is decoded: {} is required, by --sandbox or BASIRA_SANDBOX.",
            report.required
        )?;
    }
    Ok(())
}

const fn purpose(program: Program) -> &'static str {
    match program {
        Program::Ffmpeg | Program::Ffprobe => "for films and sounds",
        Program::Tesseract => "for text in pictures, with --ocr",
    }
}

const fn meaning(level: Protection) -> &'static str {
    match level {
        Protection::None => "a fault of a decoder can do whatever this program can",
        Protection::Filter => "a process for each file, which may only compute",
        Protection::Kernel => {
            "a process for each file, which may only compute and is denied files and network twice"
        }
        Protection::Full => {
            "a process for each file, which may only compute and sees no file, network or process"
        }
    }
}

/// What to change on this machine, most useful first.
fn advice(posture: &Posture) -> Vec<&'static str> {
    let mut advice = Vec::new();
    if !cfg!(target_os = "linux") {
        advice.push(
            "There is a sandbox on Linux only. Elsewhere run Basira in a Linux machine or container, or decode \
             without protection by --sandbox none, for files that you trust.",
        );
        return advice;
    }
    if [Program::Ffmpeg, Program::Ffprobe]
        .iter()
        .any(|program| program.find().is_none())
    {
        advice.push(
            "Films and sounds are incomplete without FFmpeg. Install it with the packages of your system.",
        );
    }
    if !lacking_for_ocr().is_empty() {
        advice.push(INSTALL_OCR);
    }
    if !posture.seccomp {
        advice.push("The kernel lacks seccomp filters (CONFIG_SECCOMP_FILTER). Use one that has them.");
    }
    if posture.landlock.is_none() {
        advice.push(
            "Landlock is off: Linux 5.13 or newer has it; it may have to be named in the boot option lsm=landlock,….",
        );
    }
    if !(posture.user && posture.pid && posture.mount && posture.net) {
        advice.push(
            "Namespaces are missing, as in a default container. Outside of containers allow them to users \
             (sysctl user.max_user_namespaces above 0; on Debian kernel.unprivileged_userns_clone=1; on Ubuntu \
             kernel.apparmor_restrict_unprivileged_userns=0 or a profile for this program). In a container a seccomp \
             profile that allows unshare, clone and mount gives them; the other layers hold without.",
        );
    }
    advice
}
