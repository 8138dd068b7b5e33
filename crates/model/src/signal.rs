//! Signals: typed, validated fingerprints.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{HexError, Md5, PdqHash, Sha1, Sha256, TextDigest, TextTlsh};

/// What kind of fingerprint a signal is; the names are python-threatexchange's where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalType {
    /// Perceptual hash of a picture.
    Pdq,
    /// SHA-256 of the whole file.
    Sha256,
    /// SHA-1 of the whole file.
    Sha1,
    /// MD5 of the whole file.
    Md5,
    /// Perceptual hashes of the frames of a film, with their times.
    Vpdq,
    /// Perceptual fingerprints of a recording, with their times.
    Chromaprint,
    /// Digest of the words of a text.
    RawText,
    /// Locality-sensitive hash of a text.
    TextTlsh,
    /// Hashes of passages of a text, with their places.
    TextPassages,
    /// Digest of the one form of a link.
    Url,
    /// Digest of the host of a link.
    UrlHost,
    /// Digest of an account or a channel: `platform:name`, or `@name`.
    Handle,
    /// Digest of an address that takes money.
    PaymentAddress,
}

impl SignalType {
    /// Every signal type.
    pub const ALL: [Self; 13] = [
        Self::Pdq,
        Self::Sha256,
        Self::Sha1,
        Self::Md5,
        Self::Vpdq,
        Self::Chromaprint,
        Self::RawText,
        Self::TextTlsh,
        Self::TextPassages,
        Self::Url,
        Self::UrlHost,
        Self::Handle,
        Self::PaymentAddress,
    ];

    /// The name on every wire, screen and table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdq => "pdq",
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
            Self::Md5 => "md5",
            Self::Vpdq => "vpdq",
            Self::Chromaprint => "chromaprint",
            Self::RawText => "raw_text",
            Self::TextTlsh => "text_tlsh",
            Self::TextPassages => "text_passages",
            Self::Url => "url",
            Self::UrlHost => "url_host",
            Self::Handle => "handle",
            Self::PaymentAddress => "payment_address",
        }
    }

    /// Whether nearness (not only equality) means something for this type.
    pub const fn is_perceptual(self) -> bool {
        matches!(
            self,
            Self::Pdq | Self::Vpdq | Self::Chromaprint | Self::TextTlsh | Self::TextPassages
        )
    }

    /// Whether it is a link, a handle or an address that takes money: something that stands in a text.
    pub const fn is_in_text(self) -> bool {
        matches!(
            self,
            Self::Url | Self::UrlHost | Self::Handle | Self::PaymentAddress
        )
    }
}

impl fmt::Display for SignalType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for SignalType {
    type Err = SignalError;

    fn from_str(text: &str) -> Result<Self, SignalError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| SignalError::UnknownType {
                found: text.to_owned(),
            })
    }
}

/// Why a text is not a signal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignalError {
    /// No such signal type.
    #[error(
        "unknown signal type {found:?}; known are pdq, sha256, sha1, md5, vpdq, chromaprint, raw_text, \
         text_tlsh, text_passages, url, url_host, handle, payment_address"
    )]
    UnknownType {
        /// The text found.
        found: String,
    },
    /// The type is made from a film, a recording or a text and has no value that could be written by hand.
    #[error("a {kind} signal is made from a file: add the file")]
    Track {
        /// The signal type.
        kind: SignalType,
    },
    /// The value is not valid for its type.
    #[error("not a {kind} value: {why}")]
    Value {
        /// The signal type.
        kind: SignalType,
        /// What is wrong with it.
        why: HexError,
    },
}

/// A signal: a type and a value that is valid for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Perceptual hash of a picture.
    Pdq(PdqHash),
    /// SHA-256 of the whole file.
    Sha256(Sha256),
    /// SHA-1 of the whole file.
    Sha1(Sha1),
    /// MD5 of the whole file.
    Md5(Md5),
    /// Digest of the words of a text.
    RawText(TextDigest),
    /// Locality-sensitive hash of a text.
    TextTlsh(TextTlsh),
    /// Digest of a link.
    Url(TextDigest),
    /// Digest of a host.
    UrlHost(TextDigest),
    /// Digest of an account or a channel.
    Handle(TextDigest),
    /// Digest of an address that takes money.
    PaymentAddress(TextDigest),
}

impl Signal {
    /// Reads the text form of a signal of a known type: hex digits; of a TLSH, `T1` may stand before them.
    ///
    /// # Errors
    /// [`SignalError::Value`] when the text is not exactly the hex form of such a fingerprint.
    pub fn parse(kind: SignalType, text: &str) -> Result<Self, SignalError> {
        let wrong = |why| SignalError::Value { kind, why };
        match kind {
            SignalType::Pdq => PdqHash::from_hex(text).map(Self::Pdq).map_err(wrong),
            SignalType::Sha256 => Sha256::from_hex(text).map(Self::Sha256).map_err(wrong),
            SignalType::Sha1 => Sha1::from_hex(text).map(Self::Sha1).map_err(wrong),
            SignalType::Md5 => Md5::from_hex(text).map(Self::Md5).map_err(wrong),
            SignalType::TextTlsh => TextTlsh::from_hex(text.strip_prefix("T1").unwrap_or(text))
                .map(Self::TextTlsh)
                .map_err(wrong),
            SignalType::RawText
            | SignalType::Url
            | SignalType::UrlHost
            | SignalType::Handle
            | SignalType::PaymentAddress => {
                let digest = TextDigest::from_hex(text).map_err(wrong)?;
                Self::of_digest(kind, digest).ok_or(SignalError::Track { kind })
            }
            SignalType::Vpdq | SignalType::Chromaprint | SignalType::TextPassages => {
                Err(SignalError::Track { kind })
            }
        }
    }

    /// Takes the stored bytes of a signal, `None` when there are too few or too many for its type.
    pub fn from_bytes(kind: SignalType, bytes: &[u8]) -> Option<Self> {
        match kind {
            SignalType::Pdq => PdqHash::from_slice(bytes).map(Self::Pdq),
            SignalType::Sha256 => Sha256::from_slice(bytes).map(Self::Sha256),
            SignalType::Sha1 => Sha1::from_slice(bytes).map(Self::Sha1),
            SignalType::Md5 => Md5::from_slice(bytes).map(Self::Md5),
            SignalType::TextTlsh => TextTlsh::from_slice(bytes).map(Self::TextTlsh),
            SignalType::RawText
            | SignalType::Url
            | SignalType::UrlHost
            | SignalType::Handle
            | SignalType::PaymentAddress => Self::of_digest(kind, TextDigest::from_slice(bytes)?),
            SignalType::Vpdq | SignalType::Chromaprint | SignalType::TextPassages => None,
        }
    }

    /// The signal of a text, a link, a handle or an address by its digest; `None` for other types.
    pub const fn of_digest(kind: SignalType, digest: TextDigest) -> Option<Self> {
        Some(match kind {
            SignalType::RawText => Self::RawText(digest),
            SignalType::Url => Self::Url(digest),
            SignalType::UrlHost => Self::UrlHost(digest),
            SignalType::Handle => Self::Handle(digest),
            SignalType::PaymentAddress => Self::PaymentAddress(digest),
            _ => return None,
        })
    }

    /// The signal type.
    pub const fn kind(&self) -> SignalType {
        match self {
            Self::Pdq(_) => SignalType::Pdq,
            Self::Sha256(_) => SignalType::Sha256,
            Self::Sha1(_) => SignalType::Sha1,
            Self::Md5(_) => SignalType::Md5,
            Self::RawText(_) => SignalType::RawText,
            Self::TextTlsh(_) => SignalType::TextTlsh,
            Self::Url(_) => SignalType::Url,
            Self::UrlHost(_) => SignalType::UrlHost,
            Self::Handle(_) => SignalType::Handle,
            Self::PaymentAddress(_) => SignalType::PaymentAddress,
        }
    }

    /// The bytes of the value, as many as its type has: 16 to 35.
    pub const fn bytes(&self) -> &[u8] {
        match self {
            Self::Pdq(value) => value.bytes(),
            Self::Sha256(value) => value.bytes(),
            Self::Sha1(value) => value.bytes(),
            Self::Md5(value) => value.bytes(),
            Self::TextTlsh(value) => value.bytes(),
            Self::RawText(value)
            | Self::Url(value)
            | Self::UrlHost(value)
            | Self::Handle(value)
            | Self::PaymentAddress(value) => value.bytes(),
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pdq(value) => value.fmt(out),
            Self::Sha256(value) => value.fmt(out),
            Self::Sha1(value) => value.fmt(out),
            Self::Md5(value) => value.fmt(out),
            // As `tlsh.hash` of py-tlsh writes it, which python-threatexchange exchanges.
            Self::TextTlsh(value) => {
                out.write_str("T1")?;
                let mut digits = value.bytes().iter();
                digits.try_for_each(|byte| write!(out, "{byte:02X}"))
            }
            Self::RawText(value)
            | Self::Url(value)
            | Self::UrlHost(value)
            | Self::Handle(value)
            | Self::PaymentAddress(value) => value.fmt(out),
        }
    }
}

/// PDQ's measure of how much structure a picture has, 0 to 100; below [`Quality::USABLE`] its hash is noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Quality(u8);

/// A number over 100 is no quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("quality is 0 to 100, not {0}")]
pub struct QualityError(pub u8);

impl Quality {
    /// The lowest quality at which a hash may be compared (the PDQ paper: discard 49 and below).
    pub const USABLE: Self = Self(50);

    /// Takes a number from 0 to 100.
    ///
    /// # Errors
    /// [`QualityError`] over 100.
    pub const fn new(value: u8) -> Result<Self, QualityError> {
        if value <= 100 {
            Ok(Self(value))
        } else {
            Err(QualityError(value))
        }
    }

    /// Takes any number; over 100 counts as 100, as PDQ defines it.
    pub const fn saturating(value: u32) -> Self {
        Self(if value > 100 { 100 } else { value as u8 })
    }

    /// The number, 0 to 100.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether a hash of this quality may be compared at all.
    pub const fn is_usable(self) -> bool {
        self.0 >= Self::USABLE.0
    }
}

impl TryFrom<u8> for Quality {
    type Error = QualityError;
    fn try_from(value: u8) -> Result<Self, QualityError> {
        Self::new(value)
    }
}

impl From<Quality> for u8 {
    fn from(quality: Quality) -> Self {
        quality.0
    }
}

/// Which reading of a picture a hash was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// As a person sees it: orientation applied, colours converted, transparency flattened.
    Canonical,
    /// As python-threatexchange and HMA read the file, where that differs.
    Compat,
}

/// How a PDQ hash was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HashMode {
    /// Bit-equal to the reference on the same pixels.
    Exact,
    /// Luma straight from the decoder: at most a few bits from exact.
    Fast,
}

/// The eight ways to turn and mirror a picture; the order is the reference implementation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dihedral {
    /// As it is.
    Original,
    /// Turned by 90°.
    Rotate90,
    /// Turned by 180°.
    Rotate180,
    /// Turned by 270°.
    Rotate270,
    /// Upside down (mirrored at the horizontal axis).
    FlipX,
    /// Mirrored left to right (at the vertical axis).
    FlipY,
    /// Mirrored at the main diagonal.
    FlipPlus1,
    /// Mirrored at the other diagonal.
    FlipMinus1,
}

impl Dihedral {
    /// All eight, in the order of the reference implementation.
    pub const ALL: [Self; 8] = [
        Self::Original,
        Self::Rotate90,
        Self::Rotate180,
        Self::Rotate270,
        Self::FlipX,
        Self::FlipY,
        Self::FlipPlus1,
        Self::FlipMinus1,
    ];

    /// The name in methods and on screens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Rotate90 => "rotate90",
            Self::Rotate180 => "rotate180",
            Self::Rotate270 => "rotate270",
            Self::FlipX => "flipx",
            Self::FlipY => "flipy",
            Self::FlipPlus1 => "flipplus1",
            Self::FlipMinus1 => "flipminus1",
        }
    }

    /// Reads [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}
