//! The programs of the host that decode what no decoder of ours can.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A program of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Program {
    /// Decodes film and sound.
    Ffmpeg,
    /// Tells what is in a film or a recording; comes with FFmpeg.
    Ffprobe,
    /// Reads text in pictures.
    Tesseract,
}

/// Where programs are looked for: never in a folder that a user can write to.
const FOLDERS: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/bin"];

/// Where Tesseract's languages lie: Debian's folders of its versions 5 and 4, Fedora's, Arch's and Alpine's, its own.
const TESSDATA: [&str; 5] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
];

/// The languages in which text in pictures is read, by Tesseract's names: Arabic and English.
const OCR_LANGUAGES: [&str; 2] = ["ara", "eng"];

impl Program {
    /// Every program.
    pub const ALL: [Self; 3] = [Self::Ffmpeg, Self::Ffprobe, Self::Tesseract];

    /// Its name in the file system and in every message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
            Self::Tesseract => "tesseract",
        }
    }

    /// Folders of data that it reads, where they are, beside what every program reads.
    #[cfg(target_os = "linux")]
    pub(crate) const fn data(self) -> &'static [&'static str] {
        match self {
            Self::Ffmpeg | Self::Ffprobe => &[],
            Self::Tesseract => &TESSDATA,
        }
    }

    /// Where it is, if it is installed.
    pub fn find(self) -> Option<PathBuf> {
        FOLDERS
            .iter()
            .map(|folder| Path::new(folder).join(self.name()))
            .find(|path| path.is_file())
    }
}

/// The folder of Tesseract's languages, and those of [`OCR_LANGUAGES`] that are in it.
pub(crate) fn tessdata() -> Option<(&'static str, Vec<&'static str>)> {
    TESSDATA.into_iter().find_map(|folder| {
        let file = |language: &&str| Path::new(folder).join(format!("{language}.traineddata"));
        let there: Vec<&str> = OCR_LANGUAGES
            .into_iter()
            .filter(|language| file(language).is_file())
            .collect();
        (!there.is_empty()).then_some((folder, there))
    })
}

/// What this host lacks to read text in pictures: the program and its languages. Empty where nothing is lacking.
pub fn lacking_for_ocr() -> Vec<String> {
    let there = tessdata().map(|(_, there)| there).unwrap_or_default();
    let program = Program::Tesseract
        .find()
        .is_none()
        .then(|| "tesseract".to_owned());
    let languages = OCR_LANGUAGES
        .into_iter()
        .filter(|language| !there.contains(language));
    program
        .into_iter()
        .chain(languages.map(|language| format!("tesseract's language {language}")))
        .collect()
}

/// How much a program may spend on one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSettings {
    /// Bytes of memory that it may map.
    pub memory: u64,
    /// CPU time; whole seconds, at least one.
    pub cpu: Duration,
    /// Time that all passes over all films and sounds of an item may take.
    pub wall: Duration,
}

impl Default for ToolSettings {
    /// Two hours of 720p film take some seven minutes of CPU time.
    fn default() -> Self {
        Self {
            memory: 3 << 29,
            cpu: Duration::from_mins(10),
            wall: Duration::from_mins(20),
        }
    }
}
