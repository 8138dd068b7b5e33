//! What a file is, told by its content and never by its name.

use std::fmt;

use crate::magic;

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
    /// A drawing as XML.
    Svg,
    /// Members, or one compressed member.
    Archive(Archive),
    /// Text, pages and embedded media.
    Document(Document),
    /// Film or sound, or both; what FFmpeg decodes.
    Media(&'static str),
    /// A known kind of media, or a container that can carry media, that this build cannot decode.
    Undecoded(&'static str),
    /// No media: a text, or bytes of an unknown kind. Only its digests are taken.
    Plain,
}

/// Kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Archive {
    /// PKWARE zip.
    Zip,
    /// POSIX and GNU tar.
    Tar,
    /// One compressed member (RFC 1952).
    Gzip,
    /// One compressed member.
    Bzip2,
    /// One compressed member.
    Xz,
    /// One compressed member (RFC 8878).
    Zstd,
    /// 7-Zip.
    SevenZip,
}

/// Kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Document {
    /// ISO 32000.
    Pdf,
    /// Word, Excel or PowerPoint since 2007 (ECMA-376).
    OfficeOpenXml,
    /// ISO 26300.
    OpenDocument,
    /// An e-book.
    Epub,
    /// A web page.
    Html,
    /// A message (RFC 5322) with its parts.
    Mail,
}

/// Every kind that has one name.
const KINDS: &[FileKind] = &[
    FileKind::Jpeg,
    FileKind::Png,
    FileKind::WebP,
    FileKind::Gif,
    FileKind::Bmp,
    FileKind::Tiff,
    FileKind::Svg,
    FileKind::Archive(Archive::Zip),
    FileKind::Archive(Archive::Tar),
    FileKind::Archive(Archive::Gzip),
    FileKind::Archive(Archive::Bzip2),
    FileKind::Archive(Archive::Xz),
    FileKind::Archive(Archive::Zstd),
    FileKind::Archive(Archive::SevenZip),
    FileKind::Document(Document::Pdf),
    FileKind::Document(Document::OfficeOpenXml),
    FileKind::Document(Document::OpenDocument),
    FileKind::Document(Document::Epub),
    FileKind::Document(Document::Html),
    FileKind::Document(Document::Mail),
    FileKind::Plain,
    // For a file whose decoder did not live to tell.
    FileKind::UNKNOWN,
];

impl FileKind {
    /// The kind of a file whose decoder did not live to tell.
    pub(crate) const UNKNOWN: Self = Self::Undecoded("unknown");

    /// The word for it in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Svg => "svg",
            Self::Archive(Archive::Zip) => "zip",
            Self::Archive(Archive::Tar) => "tar",
            Self::Archive(Archive::Gzip) => "gzip",
            Self::Archive(Archive::Bzip2) => "bzip2",
            Self::Archive(Archive::Xz) => "xz",
            Self::Archive(Archive::Zstd) => "zstd",
            Self::Archive(Archive::SevenZip) => "7z",
            Self::Document(Document::Pdf) => "pdf",
            Self::Document(Document::OfficeOpenXml) => "ooxml",
            Self::Document(Document::OpenDocument) => "opendocument",
            Self::Document(Document::Epub) => "epub",
            Self::Document(Document::Html) => "html",
            Self::Document(Document::Mail) => "mail",
            Self::Media(name) | Self::Undecoded(name) => name,
            Self::Plain => "plain",
        }
    }

    /// The kind with that [`Self::name`].
    pub(crate) fn named(name: &str) -> Option<Self> {
        let marked = magic::kinds();
        KINDS
            .iter()
            .copied()
            .chain(marked)
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
        magic::first(bytes)
    }

    /// Every plausible reading of a file, the likeliest first: programs disagree on what a polyglot is, and so whoever
    /// makes one hopes that it is looked at in one way only.
    pub(crate) fn readings(bytes: &[u8]) -> Vec<Self> {
        let mut readings = vec![Self::of(bytes)];
        for other in magic::others(bytes) {
            // A document that is an archive is opened as one.
            if !readings.contains(&other) {
                readings.push(other);
            }
        }
        // A text around something else is no reading of its own.
        if readings.len() > 1 {
            readings.retain(|kind| *kind != Self::Plain);
        }
        readings
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in magic::kinds().chain(KINDS.iter().copied()) {
            assert_eq!(FileKind::named(kind.name()), Some(kind), "{kind}");
        }
        assert_eq!(FileKind::named("film"), None);
    }
}
