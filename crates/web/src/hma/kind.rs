//! The types of signals and of content that clients of HMA know, and ours for each.

use model::{Md5, PdqHash, Signal, SignalType};

/// A signal type of HMA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Our `pdq`.
    Pdq,
    /// Our `md5`, of films.
    VideoMd5,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Pdq, Self::VideoMd5];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pdq => "pdq",
            Self::VideoMd5 => "video_md5",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) const fn signal_type(self) -> SignalType {
        match self {
            Self::Pdq => SignalType::Pdq,
            Self::VideoMd5 => SignalType::Md5,
        }
    }

    /// Reads a signal, or says why it is none. White space belongs to no hash: a line break at its end, which HMA takes,
    /// stops its index for good. Of a digest HMA takes it away first.
    pub(crate) fn read(self, text: &str) -> Result<Signal, &'static str> {
        match self {
            Self::Pdq => PdqHash::from_hex(text)
                .map(Signal::Pdq)
                .map_err(|_| "invalid PDQ hash"),
            Self::VideoMd5 => Md5::from_hex(text.trim())
                .map(Signal::Md5)
                .map_err(|_| "invalid MD5 hash"),
        }
    }

    /// How HMA writes a distance: a digest has none.
    pub(crate) fn distance_text(self, distance: u32) -> String {
        match self {
            Self::Pdq => distance.to_string(),
            Self::VideoMd5 => "-".to_owned(),
        }
    }
}

/// A type of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Photo,
    Video,
}

impl Content {
    pub(crate) const ALL: [Self; 2] = [Self::Photo, Self::Video];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content| content.name() == name)
    }

    /// The signal types that such content has.
    pub(crate) const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Photo => &[Kind::Pdq],
            Self::Video => &[Kind::VideoMd5],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_is_refused_in_a_hash_and_taken_from_a_digest() {
        let pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
        assert!(Kind::Pdq.read(pdq).is_ok());
        assert!(Kind::Pdq.read(&pdq.to_uppercase()).is_ok());
        assert!(Kind::Pdq.read(&format!("{pdq}\n")).is_err());
        let md5 = "D41D8CD98F00B204E9800998ECF8427E";
        let read = Kind::VideoMd5.read(&format!(" {md5}\n")).unwrap();
        assert_eq!(read.to_string(), md5.to_lowercase());
    }
}
