//! What a file is, told by its first bytes and never by its name.

use std::fmt;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// JPEG (ISO 10918).
    Jpeg,
    /// PNG, still or animated.
    Png,
    /// WebP, still or animated.
    WebP,
    /// GIF, still or animated.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF, also BigTIFF.
    Tiff,
    /// A known kind of media, or a container that can carry media, that this build cannot decode.
    Undecoded(&'static str),
    /// No media: a text, or bytes of an unknown kind. Only its digests are taken.
    Plain,
}

impl FileKind {
    /// The word for it in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Undecoded(name) => name,
            Self::Plain => "plain",
        }
    }

    /// The kind with that [`Self::name`].
    pub(crate) fn named(name: &str) -> Option<Self> {
        let decoded = [
            Self::Jpeg,
            Self::Png,
            Self::WebP,
            Self::Gif,
            Self::Bmp,
            Self::Tiff,
            Self::Plain,
        ];
        decoded
            .into_iter()
            .chain(UNDECODED.iter().copied().map(Undecoded))
            .find(|kind| kind.name() == name)
    }

    /// Tells the kind of a file from its content.
    ///
    /// ```
    /// use basira_decode::FileKind;
    /// assert_eq!(FileKind::of(b"\xff\xd8\xff\xe0 and so on"), FileKind::Jpeg);
    /// assert_eq!(FileKind::of(b"just a text"), FileKind::Plain);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        if let Some((_, _, kind)) = MAGIC
            .iter()
            .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        {
            return *kind;
        }
        iso_media(bytes)
            .or_else(|| riff(bytes))
            .or_else(|| guarded(bytes))
            .unwrap_or(Self::Plain)
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

use FileKind::Undecoded;

/// The names of all kinds that are not decoded; the last one is for a file whose decoder did not live to tell.
const UNDECODED: &[&str] = &[
    "7z",
    "aiff",
    "amr",
    "asf",
    "avi",
    "avif",
    "bzip2",
    "cab",
    "caf",
    "dds",
    "djvu",
    "flac",
    "flash",
    "flv",
    "gzip",
    "heic",
    "ico",
    "iso9660",
    "jpeg-2000",
    "jpeg-xl",
    "lz4",
    "matroska",
    "midi",
    "mng",
    "mp3",
    "mp4",
    "mpeg",
    "mpeg-ts",
    "ogg",
    "ole",
    "openexr",
    "pdf",
    "postscript",
    "psd",
    "qoi",
    "quicktime",
    "radiance",
    "rar",
    "realmedia",
    "riff",
    "rtf",
    "svg",
    "tar",
    "wav",
    "xcf",
    "xz",
    "zip",
    "zstd",
    "unknown",
];

/// Offset, bytes there, kind: marks that are long or odd enough to stand alone.
const MAGIC: &[(usize, &[u8], FileKind)] = &[
    (0, b"\xff\xd8\xff", FileKind::Jpeg),
    (0, b"\x89PNG\r\n\x1a\n", FileKind::Png),
    (0, b"GIF87a", FileKind::Gif),
    (0, b"GIF89a", FileKind::Gif),
    (0, b"II*\0", FileKind::Tiff),
    (0, b"MM\0*", FileKind::Tiff),
    (0, b"II+\0\x08\0\0\0", FileKind::Tiff),
    (0, b"MM\0+\0\x08\0\0", FileKind::Tiff),
    (0, b"\xff\x0a", Undecoded("jpeg-xl")),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Undecoded("jpeg-xl")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Undecoded("jpeg-2000")),
    (0, b"\xff\x4f\xff\x51", Undecoded("jpeg-2000")),
    (0, b"8BPS", Undecoded("psd")),
    (0, b"gimp xcf ", Undecoded("xcf")),
    (0, b"\x8aMNG\r\n\x1a\n", Undecoded("mng")),
    (0, b"qoif", Undecoded("qoi")),
    (0, b"DDS \x7c\0\0\0", Undecoded("dds")),
    (0, b"v/1\x01", Undecoded("openexr")),
    (0, b"#?RADIANCE", Undecoded("radiance")),
    (0, b"\x1aE\xdf\xa3", Undecoded("matroska")),
    (0, b"FLV\x01", Undecoded("flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Undecoded("asf")),
    (0, b"\0\0\x01\xba", Undecoded("mpeg")),
    (0, b"\0\0\x01\xb3", Undecoded("mpeg")),
    (0, b".RMF", Undecoded("realmedia")),
    (0, b"OggS\0", Undecoded("ogg")),
    (0, b"fLaC", Undecoded("flac")),
    (0, b"ID3", Undecoded("mp3")),
    (0, b"#!AMR", Undecoded("amr")),
    (0, b"caff\0", Undecoded("caf")),
    (0, b"MThd\0\0\0\x06", Undecoded("midi")),
    (0, b"%PDF-", Undecoded("pdf")),
    (0, b"%!PS", Undecoded("postscript")),
    (0, b"\xc5\xd0\xd3\xc6", Undecoded("postscript")),
    (0, b"AT&TFORM", Undecoded("djvu")),
    (0, b"PK\x03\x04", Undecoded("zip")),
    (0, b"PK\x05\x06", Undecoded("zip")),
    (0, b"PK\x07\x08", Undecoded("zip")),
    (0, b"Rar!\x1a\x07", Undecoded("rar")),
    (0, b"7z\xbc\xaf\x27\x1c", Undecoded("7z")),
    (0, b"\x1f\x8b\x08", Undecoded("gzip")),
    (0, b"\xfd7zXZ\0", Undecoded("xz")),
    (0, b"\x28\xb5\x2f\xfd", Undecoded("zstd")),
    (0, b"\x04\x22\x4d\x18", Undecoded("lz4")),
    (0, b"MSCF\0\0\0\0", Undecoded("cab")),
    (257, b"ustar", Undecoded("tar")),
    (32769, b"CD001", Undecoded("iso9660")),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Undecoded("ole")),
    (0, b"{\\rtf", Undecoded("rtf")),
    (0, b"CWS", Undecoded("flash")),
    (0, b"FWS", Undecoded("flash")),
    (0, b"ZWS", Undecoded("flash")),
];

/// ISO base media: the brand tells still pictures from films.
fn iso_media(bytes: &[u8]) -> Option<FileKind> {
    let box_type = bytes.get(4..8)?;
    if box_type != b"ftyp" {
        // QuickTime films of old begin with any of these.
        let old = [&b"moov"[..], b"mdat", b"wide", b"skip"].contains(&box_type);
        return (old && bytes[..2] == [0, 0]).then_some(Undecoded("quicktime"));
    }
    // The major brand, then (after a version) the compatible ones.
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let end = length.clamp(8, bytes.len().min(256));
    let brands = || {
        bytes[8..end]
            .chunks_exact(4)
            .enumerate()
            .filter(|(i, _)| *i != 1)
            .map(|(_, b)| b)
    };
    let any = |wanted: &[&[u8]]| brands().any(|brand| wanted.contains(&brand));
    Some(if any(&[b"avif", b"avis"]) {
        Undecoded("avif")
    } else if any(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ]) {
        Undecoded("heic")
    } else if any(&[b"qt  "]) {
        Undecoded("quicktime")
    } else {
        Undecoded("mp4")
    })
}

fn riff(bytes: &[u8]) -> Option<FileKind> {
    let form = bytes.get(8..12)?;
    match &bytes[..4] {
        b"RIFF" | b"RIFX" => match form {
            b"WEBP" => Some(FileKind::WebP),
            b"AVI " => Some(Undecoded("avi")),
            b"WAVE" => Some(Undecoded("wav")),
            _ => Some(Undecoded("riff")),
        },
        b"FORM" if [&b"AIFF"[..], b"AIFC"].contains(&form) => Some(Undecoded("aiff")),
        _ => None,
    }
}

/// Kinds whose mark is so short that more must fit before it is believed.
fn guarded(bytes: &[u8]) -> Option<FileKind> {
    let two = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let is_bmp =
        || bytes.starts_with(b"BM") && matches!(four(14), Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124));
    let is_icon = || {
        let start = [&[0, 0, 1, 0][..], &[0, 0, 2, 0]];
        let count = usize::from(two(4)?);
        let (size, offset) = (four(14)? as usize, four(18)? as usize);
        let fits = count > 0 && offset >= 6 + 16 * count && size > 0 && offset < bytes.len();
        Some(start.iter().any(|magic| bytes.starts_with(magic)) && bytes.get(9) == Some(&0) && fits)
    };
    let is_ts = || {
        let every = |packet: usize| {
            (0..3).all(|i| bytes.get(packet * i + packet - 188) == Some(&0x47)) && bytes.len() >= 3 * packet
        };
        every(188) || every(192)
    };
    let is_bzip2 = || bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY");
    if is_bmp() {
        Some(FileKind::Bmp)
    } else if is_icon().unwrap_or(false) {
        Some(Undecoded("ico"))
    } else if is_bzip2() {
        Some(Undecoded("bzip2"))
    } else if is_ts() {
        Some(Undecoded("mpeg-ts"))
    } else if is_mpeg_audio(bytes) {
        Some(Undecoded("mp3"))
    } else if is_svg(bytes) {
        Some(Undecoded("svg"))
    } else {
        None
    }
}

/// MPEG-1/2 layer III or ADTS AAC without a tag: two frame headers that agree, one frame apart.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    const RATES: [u32; 3] = [44_100, 48_000, 32_000];
    const LOW: [u32; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    const HIGH: [u32; 16] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
    ];
    let Some([0xff, second, third, fourth, fifth, sixth]) = bytes.first_chunk::<6>().copied() else {
        return false;
    };
    let frame = if second & 0xf6 == 0xf0 {
        (usize::from(fourth & 3) << 11) | (usize::from(fifth) << 3) | usize::from(sixth >> 5)
    } else {
        let (version, rate) = (second >> 3 & 3, usize::from(third >> 2 & 3));
        let kilobits = if version == 3 { HIGH } else { LOW }[usize::from(third >> 4)];
        if second & 0xe6 != 0xe2 || version == 1 || rate == 3 || kilobits == 0 {
            return false;
        }
        let (samples, shift) = match version {
            3 => (144, 0),
            2 => (72, 1),
            _ => (72, 2),
        };
        (samples * 1000 * kilobits / (RATES[rate] >> shift)) as usize + usize::from(third >> 1 & 1)
    };
    frame > 7
        && bytes
            .get(frame..frame + 2)
            .is_some_and(|next| next[0] == 0xff && next[1] == second)
}

/// SVG: an `<svg` element near the beginning of what looks like XML.
fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    text.starts_with(b"<")
        && text.windows(5).any(|window| {
            window[..4].eq_ignore_ascii_case(b"<svg")
                && matches!(window[4], b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for name in UNDECODED {
            assert_eq!(FileKind::named(name), Some(Undecoded(name)));
        }
        for (_, _, kind) in MAGIC {
            assert_eq!(FileKind::named(kind.name()), Some(*kind), "{kind}");
        }
        assert_eq!(FileKind::named("plain"), Some(FileKind::Plain));
        assert_eq!(FileKind::named("film"), None);
    }

    #[test]
    fn pictures_films_and_containers_are_told_apart() {
        let cases: [(&[u8], &str); 16] = [
            (b"\xff\xd8\xff\xdb", "jpeg"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (b"RIFF\x10\0\0\0AVI LIST", "avi"),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "avif"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "avif"),
            (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "heic"),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "mp4"),
            (b"\0\0\0\x08wide\0\0\0\0mdat", "quicktime"),
            (b"<?xml version='1.0'?>\n<!-- x --><svg xmlns='a'>", "svg"),
            (b"<html><p>svg is not <svgx></html>", "plain"),
            (b"BMW drivers, and other texts in English", "plain"),
            (b"%PDF-1.7", "pdf"),
            (b"PK\x03\x04\x14\0", "zip"),
            (b"", "plain"),
            (b"knight of the league", "plain"),
            (&[0xff; 400], "plain"),
        ];
        for (bytes, name) in cases {
            assert_eq!(
                FileKind::of(bytes).name(),
                name,
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn short_marks_need_more_to_be_believed() {
        let mut bmp = b"BM".to_vec();
        bmp.resize(14, 0);
        bmp.extend(40u32.to_le_bytes());
        assert_eq!(FileKind::of(&bmp), FileKind::Bmp);
        let mut icon = vec![
            0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0,
        ];
        assert_eq!(FileKind::of(&icon), FileKind::Plain);
        icon.extend([1, 2, 3, 4]);
        assert_eq!(FileKind::of(&icon).name(), "ico");
        let packets: Vec<u8> = (0..564).map(|i| if i % 188 == 0 { 0x47 } else { 1 }).collect();
        assert_eq!(FileKind::of(&packets).name(), "mpeg-ts");
        let mut mp3 = vec![0xff, 0xfb, 0x90, 0, 0, 0];
        mp3.resize(417, 0);
        assert_eq!(FileKind::of(&mp3), FileKind::Plain);
        mp3.extend([0xff, 0xfb, 0x90, 0]);
        assert_eq!(FileKind::of(&mp3).name(), "mp3");
    }
}
