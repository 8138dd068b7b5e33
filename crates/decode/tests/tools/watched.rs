//! What programs do with files that want other files opened, watched from outside by strace: every successful opening in
//! a tool's process is of the fixed list or of the item, and no socket is made. That the watching sees anything is shown
//! by FFmpeg without a sandbox, which opens what it is told to.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use basira_decode::FileKind;
use basira_decode::sandbox::{Sandbox, Settings};

use crate::ocr::draw;
use crate::{Test, look, make, request};

/// The argument under which this program looks at files and does nothing else.
pub(crate) const LOOK: &str = "look-at";

pub(crate) const TESTS: &[(&str, Test)] = &[(
    "hostile_files_open_nothing_and_connect_to_nothing",
    hostile_files_open_nothing_and_connect_to_nothing,
)];

/// What a tool may open: folders, when they end with a slash, and files. Said here once more, so that a longer list in
/// the sandbox is noticed.
const MAY_OPEN: [&str; 18] = [
    "/usr/lib/",
    "/usr/lib64/",
    "/usr/lib32/",
    "/usr/local/lib/",
    "/lib/",
    "/lib64/",
    "/etc/ld.so.cache",
    "/etc/alternatives/",
    "/dev/null",
    "/dev/urandom",
    "/usr/bin/ffmpeg",
    "/usr/bin/ffprobe",
    "/usr/bin/tesseract",
    "/usr/share/tesseract-ocr/",
    "/usr/share/tesseract/tessdata/",
    "/usr/share/tessdata/",
    "/usr/local/share/tessdata/",
    // The item.
    "/proc/self/fd/0",
];

/// Looks at files, as the program that strace watches.
pub(crate) fn look_at(files: &[String]) {
    let sandbox = Sandbox::start(Settings::default()).unwrap();
    let mut request = request();
    request.ocr = true;
    for file in files {
        let found = look(&sandbox, Path::new(file), &request);
        println!("{file}: {:?}", found.incomplete);
    }
}

/// A system call that succeeded.
#[derive(Debug)]
struct Call {
    name: String,
    /// Its first text.
    text: String,
    whole: String,
}

/// What one process did that succeeded, in order.
fn calls(log: &str) -> Vec<Call> {
    let lines = log.lines().filter_map(|line| {
        let (call, result) = line.rsplit_once(" = ")?;
        let (name, arguments) = call.split_once('(')?;
        let result = result.split_whitespace().next()?;
        let text = arguments.split('"').nth(1).unwrap_or_default();
        // Failures begin with a minus; what never came back is a question mark.
        result
            .starts_with(|first: char| first.is_ascii_digit())
            .then(|| Call {
                name: name.to_owned(),
                text: text.to_owned(),
                whole: line.to_owned(),
            })
    });
    lines.collect()
}

fn opens(call: &Call) -> bool {
    call.name.starts_with("open") || call.name == "creat"
}

/// Whether a call of a tool is one that it must not succeed with.
fn is_forbidden(call: &Call) -> bool {
    const FORBIDDEN: [&str; 17] = [
        "socket",
        "socketpair",
        "connect",
        "bind",
        "listen",
        "sendto",
        "unlink",
        "unlinkat",
        "mkdir",
        "mkdirat",
        "rename",
        "renameat2",
        "link",
        "symlink",
        "chmod",
        "truncate",
        "chdir",
    ];
    let may_open = || {
        let place = MAY_OPEN.iter().any(|place| match place.ends_with('/') {
            // The folder itself too.
            true => format!("{}/", call.text).starts_with(place),
            false => call.text == *place,
        });
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"]
            .iter()
            .any(|flag| call.whole.contains(flag));
        place && !call.text.contains("/../") && !writes
    };
    FORBIDDEN.contains(&call.name.as_str()) || opens(call) && !may_open()
}

/// Runs a command under strace; what each of its processes did.
fn watch(folder: &Path, command: &[&str]) -> Vec<Vec<Call>> {
    let logs = folder.join("strace");
    std::fs::create_dir(&logs).unwrap();
    let status = Command::new("timeout")
        .args([
            "--kill-after=5",
            "120",
            "strace",
            "-f",
            "-ff",
            "-qq",
            "-s",
            "4096",
            "-e",
            "trace=%file,%network",
        ])
        .arg("-o")
        .arg(logs.join("log"))
        .args(command)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    // FFmpeg without a sandbox may refuse what it opened.
    assert!(status.code().is_some_and(|code| code != 124), "{status}");
    let found = std::fs::read_dir(&logs).unwrap().map(|log| {
        let bytes = std::fs::read(log.unwrap().path()).unwrap();
        calls(&String::from_utf8_lossy(&bytes))
    });
    let found = found.collect();
    std::fs::remove_dir_all(&logs).unwrap();
    found
}

/// Whether strace may watch processes here, as it may not in every container.
fn can_watch() -> bool {
    let status = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status()
        .expect("strace is not installed; cargo xtask test installs it");
    status.success()
}

fn hostile_files_open_nothing_and_connect_to_nothing(sandbox: &Sandbox, folder: &Path) {
    if !can_watch() {
        println!("NOT RUN: strace may not watch processes here");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let guests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&guests);
    // Ends with the program. Whoever comes is shown out.
    std::thread::spawn(move || {
        for guest in listener.incoming() {
            drop(guest);
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    let secret = folder.join("secret.ts");
    make(
        &secret,
        "-f lavfi -i testsrc2=s=64x64:d=1 -c:v mpeg2video -f mpegts",
    );
    let mut files = hostile(folder, &secret, port);

    // The control.
    let names: BTreeMap<&str, &Path> = files.iter().map(|(name, path)| (*name, path.as_path())).collect();
    let free = |words: &[&str], name: &str| {
        let mut command = vec!["ffmpeg", "-nostdin"];
        command.extend(words);
        command.extend(["-i", names[name].to_str().unwrap(), "-f", "null", "-"]);
        watch(folder, &command)
            .into_iter()
            .flatten()
            .collect::<Vec<Call>>()
    };
    let secret = secret.to_str().unwrap();
    let took = |calls: &[Call], what: &dyn Fn(&Call) -> bool| {
        calls.iter().any(|call| is_forbidden(call) && what(call))
    };
    let words = [
        "-protocol_whitelist",
        "file,http,tcp",
        "-allowed_extensions",
        "ALL",
    ];
    let playlist = free(&words, "playlist that begins like a recording");
    assert!(took(&playlist, &|call| call.text.ends_with(secret)));
    assert!(took(&playlist, &|call| call.name == "socket"));
    assert!(guests.swap(0, Ordering::SeqCst) > 0, "the control connects");
    let film = free(
        &["-enable_drefs", "1", "-use_absolute_path", "1"],
        "film whose pictures lie elsewhere",
    );
    assert!(took(&film, &|call| call.text.ends_with(secret)));

    // What must not be, with honest files beside it, of which the programs open all that they need.
    make(
        &folder.join("honest.mp4"),
        "-f lavfi -i testsrc2=s=64x64:d=1 -c:v libx264",
    );
    files.push(("honest film", folder.join("honest.mp4")));
    files.push((
        "honest picture",
        draw(folder, "honest.png", "The Marble Rook League", 32),
    ));
    let own = std::env::current_exe().unwrap();
    let mut command = vec![own.to_str().unwrap(), LOOK];
    command.extend(files.iter().map(|(_, path)| path.to_str().unwrap()));
    let seen = watch(folder, &command);
    // This program itself, and its fork servers.
    let ours = |calls: &[Call]| {
        let starts = |call: &Call| {
            call.name == "execve" && (call.whole.contains(LOOK) || call.whole.contains("decode-server"))
        };
        calls.iter().any(starts)
    };
    let theirs: Vec<&Vec<Call>> = seen.iter().filter(|calls| !ours(calls)).collect();
    assert!(theirs.len() < seen.len());
    let forbidden: Vec<&Call> = theirs
        .iter()
        .flat_map(|calls| calls.iter())
        .filter(|call| is_forbidden(call))
        .collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    assert_eq!(guests.load(Ordering::SeqCst), 0);

    // The programs did run, each hostile file of media met one, and what they opened was seen.
    let runs = |program: &str| {
        let all = theirs.iter().flat_map(|calls| calls.iter());
        all.filter(|call| call.name == "execve" && call.text.ends_with(program))
            .count()
    };
    let media = files.iter().filter(|(_, path)| is_media(path)).count();
    assert!(media >= 6, "{media}");
    assert_eq!(runs("/ffprobe"), media);
    assert!(runs("/ffmpeg") >= 1);
    assert_eq!(runs("/tesseract"), 1);
    for must in ["/proc/self/fd/0", "eng.traineddata", "/etc/ld.so.cache"] {
        let opened = |call: &Call| opens(call) && call.text.ends_with(must);
        assert!(theirs.iter().any(|calls| calls.iter().any(opened)), "{must}");
    }
    let level = sandbox.posture().protection();
    println!(
        "{} files, {} processes, {level}: nothing was opened",
        files.len(),
        theirs.len()
    );
}

fn is_media(path: &Path) -> bool {
    let file = std::fs::read(path).unwrap();
    matches!(FileKind::of(&file), FileKind::Media(_))
}

/// Files that name others. FFmpeg tells a kind from what follows an empty ID3 tag, and so takes a text behind one for
/// what it is; we take it for a recording, and give it to FFmpeg.
fn hostile(folder: &Path, secret: &Path, port: u16) -> Vec<(&'static str, PathBuf)> {
    const TAG: &str = "ID3\u{3}\0\0\0\0\0\0";
    let here = secret.display();
    let there = format!("http://127.0.0.1:{port}/a.ts");
    let playlist = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile://{here}\n#EXTINF:6,\n{there}\n#EXT-X-ENDLIST\n"
    );
    let list = format!("ffconcat version 1.0\nfile '{here}'\nfile '/etc/passwd'\nfile '{there}'\n");
    let manifest = format!(
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\" mediaPresentationDuration=\"PT6S\"><Period>\
         <AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>{there}</BaseURL>\
         <SegmentBase/></Representation></AdaptationSet></Period></MPD>"
    );
    let session = format!(
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video {port} RTP/AVP 96\r\n\
         a=rtpmap:96 H264/90000\r\n"
    );
    let mut files = Vec::new();
    let mut add = |name: &'static str, file: &str, bytes: &[u8]| {
        let path = folder.join(file);
        std::fs::write(&path, bytes).unwrap();
        files.push((name, path));
    };
    for (name, behind, text) in [
        ("playlist", "playlist that begins like a recording", &playlist),
        (
            "list of files",
            "list of files that begins like a recording",
            &list,
        ),
        ("manifest", "manifest that begins like a recording", &manifest),
        ("session", "session that begins like a recording", &session),
    ] {
        add(name, &format!("{}.txt", name.replace(' ', "-")), text.as_bytes());
        add(
            behind,
            &format!("{}.mp3", name.replace(' ', "-")),
            format!("{TAG}{text}").as_bytes(),
        );
    }
    let film = folder.join("plain.mov");
    make(&film, "-f lavfi -i testsrc2=s=64x64:d=1 -c:v mpeg4");
    let elsewhere = with_alias(&std::fs::read(&film).unwrap(), &secret.display().to_string());
    add("film whose pictures lie elsewhere", "alias.mov", &elsewhere);
    add(
        "film that stands for another",
        "reference.mov",
        &reference(&there),
    );
    files
}

/// A box of QuickTime: its size, its name, its content.
fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = content.len() as u32 + 8;
    [&size.to_be_bytes()[..], name, content].concat()
}

/// A film that is nothing but a reference (`rmra` of the QuickTime File Format).
fn reference(to: &str) -> Vec<u8> {
    let url = [
        &[0; 4],
        &b"url "[..],
        &(to.len() as u32 + 1).to_be_bytes(),
        to.as_bytes(),
        &[0],
    ]
    .concat();
    let movie = boxed(b"rmra", &boxed(b"rmda", &boxed(b"rdrf", &url)));
    [boxed(b"ftyp", b"qt  \0\0\0\0qt  "), boxed(b"moov", &movie)].concat()
}

/// The film with an alias of another file in place of "the data are in this one" (`dref` of the QuickTime File Format,
/// with a Macintosh alias record). What is about the film lies behind its data, so that nothing there moves.
fn with_alias(film: &[u8], to: &str) -> Vec<u8> {
    let mut record = vec![0; 150];
    let path = to.replace('/', ":");
    // The kind of text that is an absolute path, and the end of the record.
    record.extend(2u16.to_be_bytes());
    record.extend((path.len() as u16).to_be_bytes());
    record.extend(path.as_bytes());
    record.resize(record.len() + path.len() % 2, 0);
    record.extend([0xff, 0xff, 0, 0]);
    let alias = boxed(b"alis", &[&[0; 4], &record[..]].concat());
    let new = boxed(b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1], &alias[..]].concat());
    let find = |name: &[u8; 4]| film.windows(4).position(|at| at == name).unwrap() - 4;
    let size = |at: usize| u32::from_be_bytes(film[at..at + 4].try_into().unwrap());
    let old = find(b"dref");
    let mut out = film.to_vec();
    for outer in [b"moov", b"trak", b"mdia", b"minf", b"dinf"] {
        let at = find(outer);
        let larger = size(at) + new.len() as u32 - size(old);
        out[at..at + 4].copy_from_slice(&larger.to_be_bytes());
    }
    out.splice(old..old + size(old) as usize, new);
    out
}
