//! The marks by which kinds of files are told.

use crate::kind::{Archive, Document, FileKind};

use FileKind::{Archive as Packed, Document as Paper, Media, Undecoded};

/// The likeliest kind.
pub(crate) fn first(bytes: &[u8]) -> FileKind {
    let marked = MAGIC
        .iter()
        .find(|(at, magic, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((_, _, kind)) = marked {
        return *kind;
    }
    iso_media(bytes)
        .or_else(|| riff(bytes))
        .or_else(|| guarded(bytes))
        .unwrap_or(FileKind::Plain)
}

/// Kinds that are told by more than a mark at one place, beside those with one.
const OTHERS: &[FileKind] = &[
    Media("aiff"),
    Media("avi"),
    Undecoded("avif"),
    Undecoded("heic"),
    Undecoded("ico"),
    Media("mp4"),
    Media("mpeg-ts"),
    Media("quicktime"),
    Undecoded("riff"),
    Media("wav"),
];

/// Every kind that can be told.
pub(crate) fn kinds() -> impl Iterator<Item = FileKind> {
    MAGIC
        .iter()
        .map(|(_, _, kind)| *kind)
        .chain(OTHERS.iter().copied())
}

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
    (0, b"\x1aE\xdf\xa3", Media("matroska")),
    (0, b"FLV\x01", Media("flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Media("asf")),
    (0, b"\0\0\x01\xba", Media("mpeg")),
    (0, b"\0\0\x01\xb3", Media("mpeg")),
    (0, b".RMF", Undecoded("realmedia")),
    (0, b"OggS\0", Media("ogg")),
    (0, b"fLaC", Media("flac")),
    (0, b"ID3", Media("mp3")),
    (0, b"#!AMR", Media("amr")),
    (0, b"caff\0", Media("caf")),
    (0, b"MThd\0\0\0\x06", Undecoded("midi")),
    (0, b"%PDF-", Paper(Document::Pdf)),
    (0, b"%!PS", Undecoded("postscript")),
    (0, b"\xc5\xd0\xd3\xc6", Undecoded("postscript")),
    (0, b"AT&TFORM", Undecoded("djvu")),
    (0, b"PK\x03\x04", Packed(Archive::Zip)),
    (0, b"PK\x05\x06", Packed(Archive::Zip)),
    (0, b"PK\x07\x08", Packed(Archive::Zip)),
    (0, b"Rar!\x1a\x07", Undecoded("rar")),
    (0, b"7z\xbc\xaf\x27\x1c", Packed(Archive::SevenZip)),
    (0, b"\x1f\x8b\x08", Packed(Archive::Gzip)),
    (0, b"\xfd7zXZ\0", Packed(Archive::Xz)),
    (0, b"\x28\xb5\x2f\xfd", Packed(Archive::Zstd)),
    (0, b"\x04\x22\x4d\x18", Undecoded("lz4")),
    (0, b"MSCF\0\0\0\0", Undecoded("cab")),
    (257, b"ustar", Packed(Archive::Tar)),
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
        return (old && bytes[..2] == [0, 0]).then_some(Media("quicktime"));
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
        Media("quicktime")
    } else {
        Media("mp4")
    })
}

fn riff(bytes: &[u8]) -> Option<FileKind> {
    let form = bytes.get(8..12)?;
    match &bytes[..4] {
        b"RIFF" | b"RIFX" => match form {
            b"WEBP" => Some(FileKind::WebP),
            b"AVI " => Some(Media("avi")),
            b"WAVE" => Some(Media("wav")),
            _ => Some(Undecoded("riff")),
        },
        b"FORM" if [&b"AIFF"[..], b"AIFC"].contains(&form) => Some(Media("aiff")),
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
    // Archives older than POSIX have no mark; their first header has a sum of its bytes.
    let is_old_tar = || {
        let (header, field) = (bytes.get(..512)?, 148..156);
        let digits = std::str::from_utf8(&header[field.clone()]).ok()?;
        let told = u32::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok()?;
        let all = header
            .iter()
            .enumerate()
            .map(|(at, byte)| match field.contains(&at) {
                true => u32::from(b' '),
                false => u32::from(*byte),
            });
        Some(header[0] != 0 && all.sum::<u32>() == told)
    };
    if is_bmp() {
        Some(FileKind::Bmp)
    } else if is_icon().unwrap_or(false) {
        Some(Undecoded("ico"))
    } else if is_old_tar().unwrap_or(false) {
        Some(Packed(Archive::Tar))
    } else if is_bzip2() {
        Some(Packed(Archive::Bzip2))
    } else if is_ts() {
        Some(Media("mpeg-ts"))
    } else if is_mpeg_audio(bytes) {
        Some(Media("mp3"))
    } else if is_svg(bytes) {
        Some(FileKind::Svg)
    } else if is_html(bytes) {
        Some(Paper(Document::Html))
    } else if is_mail(bytes) {
        Some(Paper(Document::Mail))
    } else {
        None
    }
}

/// What programs that look elsewhere than at the beginning take a file for.
pub(crate) fn others(bytes: &[u8]) -> impl Iterator<Item = FileKind> {
    let zip = ends_like_zip(bytes).then_some(Packed(Archive::Zip));
    zip.into_iter()
        .chain(has_pdf(bytes).then_some(Paper(Document::Pdf)))
}

/// Bytes from the end within which a zip's directory ends: a record of 22 with a remark of 65,535 at most.
const ZIP_END: usize = 22 + 0xffff;

/// Whether a sound end of a zip's directory (PKWARE's note, 4.3.16) is where zip programs look for it.
fn ends_like_zip(bytes: &[u8]) -> bool {
    let tail = bytes.len().saturating_sub(ZIP_END);
    let number = |at: usize, length: usize| {
        let bytes = bytes.get(at..at + length)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |all, byte| all << 8 | usize::from(*byte)),
        )
    };
    let is_end = |at: usize| {
        let (entries, size) = (number(at + 10, 2)?, number(at + 12, 4)?);
        let directory = at.checked_sub(size)?;
        Some(match entries {
            // The record of a larger directory stands before it.
            0xffff => at >= 76,
            0 => size == 0,
            _ => bytes.get(directory..directory + 4)? == b"PK\x01\x02",
        })
    };
    let ends = (tail..bytes.len().saturating_sub(21)).rev();
    ends.filter(|at| bytes[*at] == b'P' && bytes[*at..].starts_with(b"PK\x05\x06"))
        .any(|at| is_end(at).unwrap_or(false))
}

/// Whether PDF's header is within the first 1,024 bytes, where its readers look for it.
fn has_pdf(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024 + 8)];
    head.windows(7)
        .position(|window| window == b"%PDF-1." || window == b"%PDF-2.")
        .is_some_and(|at| !begins_first_member(bytes, at))
}

/// Whether the content of an archive's first member begins there, as it is: then it is looked at as that member.
fn begins_first_member(bytes: &[u8], at: usize) -> bool {
    let two = |at: usize| {
        bytes
            .get(at..at + 2)
            .map_or(0, |two| usize::from(two[0]) | usize::from(two[1]) << 8)
    };
    let is_tar = at == 512 && bytes.get(257..).is_some_and(|rest| rest.starts_with(b"ustar"));
    // Method 0, and the lengths of name and extra field (PKWARE's note, 4.3.7).
    let is_stored = bytes.starts_with(b"PK\x03\x04") && two(8) == 0;
    is_tar || is_stored && at == 30 + two(26) + two(28)
}

/// A web page: begins with one of its elements, or names its type.
fn is_html(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let mut head = head.trim_start_matches('\u{feff}').trim_start();
    // A page may say first that it is XML, and have remarks.
    for (open, close) in [("<?xml", "?>"), ("<!--", "-->")] {
        if head.starts_with(open) {
            head = head.split_once(close).map_or("", |(_, rest)| rest.trim_start());
        }
    }
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|mark| {
        head.strip_prefix(mark)
            .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// A message: it begins with header lines, three of which only messages have.
fn is_mail(bytes: &[u8]) -> bool {
    const FIELDS: [&str; 10] = [
        "from",
        "to",
        "subject",
        "date",
        "received",
        "return-path",
        "message-id",
        "mime-version",
        "delivered-to",
        "cc",
    ];
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]);
    let mut known = 0;
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((field, _)) = line.split_once(':') else {
            break;
        };
        if field.is_empty() || !field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            break;
        }
        known += usize::from(FIELDS.contains(&&*field.to_ascii_lowercase()));
    }
    known >= 3
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
    fn pictures_films_and_containers_are_told_apart() {
        let cases: [(&[u8], &str); 17] = [
            (b"\xff\xd8\xff\xdb", "jpeg"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
            (b"RIFF\x10\0\0\0AVI LIST", "avi"),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "avif"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "avif"),
            (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "heic"),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "mp4"),
            (b"\0\0\0\x08wide\0\0\0\0mdat", "quicktime"),
            (b"<?xml version='1.0'?>\n<!-- x --><svg xmlns='a'>", "svg"),
            (b"<html><p>svg is not <svgx></html>", "html"),
            (b"From: you\nTo: me\nThis is a play", "plain"),
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
