//! Signals in their text form, as they are given by hand or in a list.

use fingerprint::film::vpdq::{self, VpdqError};
use fingerprint::sound::{Shift, Shifted};
use model::{Signal, SignalError, SignalType};
use store::{EntryTrack, MAX_TEXT};
use text::find::{KeyKind, key_of};
use text::known::{Passages, PassagesError, TextPrint, Tlsh, TlshError, digest_of, signal_type};
use thiserror::Error;

/// A signal in its text form, as it is given by hand or in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Of a file, of a picture, or of a text that is not there.
    Signal(Signal),
    /// Of a film or a recording, or the passages of a text.
    Track(EntryTrack),
    /// Of a text, a link, a handle or an address that takes money.
    Text(GivenText),
}

/// A signal, and the text that it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenText {
    /// The signal.
    pub signal: Signal,
    /// Of a text that is long enough, its passages.
    pub passages: Option<EntryTrack>,
    /// The text; of a link, a handle or an address its one form.
    pub text: String,
}

/// Why a text is no signal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GivenError {
    /// No signal of a file or a picture.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// No vPDQ signal.
    #[error(transparent)]
    Vpdq(#[from] VpdqError),
    /// No list of words.
    #[error(
        "a chromaprint signal is a list of numbers below 4,294,967,296 with commas between them, as fpcalc -raw prints it"
    )]
    Chromaprint,
    /// No TLSH.
    #[error(transparent)]
    Tlsh(#[from] TlshError),
    /// No passages.
    #[error("a text_passages signal is in hex digits: {0}")]
    Passages(PassagesError),
    /// A text without words, or too long.
    #[error(
        "a raw_text signal is a text of 1 to {MAX_TEXT} bytes with a word in it; add a longer one as a file"
    )]
    RawText,
    /// No link, handle or address.
    #[error("not a {kind} value: write one alone, like {}, or the 64 hex digits of its digest", example(.kind))]
    Lead {
        /// The signal type.
        kind: SignalType,
    },
}

const fn example(kind: &SignalType) -> &'static str {
    match kind {
        SignalType::Url => "https://example.com/page",
        SignalType::UrlHost => "example.com",
        SignalType::Handle => "telegram:name, https://t.me/name or @name",
        _ => "bitcoin:address or an IBAN, with a checksum that is right",
    }
}

impl Given {
    /// Reads what `basira hash`, python-threatexchange (vPDQ, TLSH, texts and links) and `fpcalc -raw` (Chromaprint) write.
    /// Texts, links, handles and addresses can also be given by the hex digits of their digest.
    ///
    /// ```
    /// use basira_pipeline::entry::Given;
    /// use model::SignalType;
    /// assert!(Given::parse(SignalType::Chromaprint, "12,3456789").is_ok());
    /// assert!(Given::parse(SignalType::Chromaprint, "12,-1").is_err());
    /// assert!(Given::parse(SignalType::Url, "https://example.com/a").is_ok());
    /// assert!(Given::parse(SignalType::PaymentAddress, "DE00 0000 0000").is_err());
    /// ```
    ///
    /// # Errors
    /// [`GivenError`] says why it is none.
    pub fn parse(kind: SignalType, text: &str) -> Result<Self, GivenError> {
        let bytes = match kind {
            SignalType::Vpdq => vpdq::track(vpdq::read(text)?).to_bytes(),
            SignalType::Chromaprint => {
                let words = text.split(',').map(|word| word.trim().parse());
                let words = words.collect::<Result<Vec<u32>, _>>();
                Shifted {
                    shift: Shift::NONE,
                    words: words.map_err(|_| GivenError::Chromaprint)?,
                }
                .to_bytes()
            }
            SignalType::TextPassages => passages(text)?.to_bytes(),
            SignalType::RawText => return raw(text),
            SignalType::Url => return lead(KeyKind::Url, text),
            SignalType::UrlHost => return lead(KeyKind::UrlHost, text),
            SignalType::Handle => return lead(KeyKind::Handle, text),
            SignalType::PaymentAddress => return lead(KeyKind::PaymentAddress, text),
            SignalType::TextTlsh => {
                let hash: Tlsh = text.to_ascii_uppercase().parse()?;
                return Ok(Self::Signal(Signal::TextTlsh((&hash).into())));
            }
            _ => return Ok(Self::Signal(Signal::parse(kind, text)?)),
        };
        Ok(Self::Track(EntryTrack { kind, bytes }))
    }

    /// The signal that is looked up; none of what is compared as a whole track.
    pub const fn signal(&self) -> Option<Signal> {
        match self {
            Self::Signal(signal) => Some(*signal),
            Self::Text(given) => Some(given.signal),
            Self::Track(_) => None,
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn passages(text: &str) -> Result<Passages, GivenError> {
    let wrong = |why| GivenError::Passages(PassagesError { why });
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return Err(wrong("a digit is missing"));
    }
    let byte = |pair: &[u8]| {
        let digit = |digit: u8| (digit as char).to_digit(16);
        Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)
    };
    let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(byte).collect();
    Passages::from_bytes(&bytes.ok_or(wrong("not hex digits"))?).map_err(GivenError::Passages)
}

fn raw(text: &str) -> Result<Given, GivenError> {
    if is_digest(text) {
        return Ok(Given::Signal(Signal::parse(SignalType::RawText, text)?));
    }
    if text.len() > MAX_TEXT {
        return Err(GivenError::RawText);
    }
    let print = TextPrint::of_text(text, |span| span);
    let digest = *print.raw.first().ok_or(GivenError::RawText)?;
    let passages = print.body.map(|passages| EntryTrack {
        kind: SignalType::TextPassages,
        bytes: passages.to_bytes(),
    });
    Ok(Given::Text(GivenText {
        signal: Signal::RawText(digest),
        passages,
        // PostgreSQL keeps no NUL, and nobody sees one.
        text: text.replace('\0', "\u{fffd}"),
    }))
}

fn lead(key: KeyKind, text: &str) -> Result<Given, GivenError> {
    let kind = signal_type(key);
    if is_digest(text) {
        return Ok(Given::Signal(Signal::parse(kind, text)?));
    }
    let found = key_of(key, text).filter(|found| found.value.len() <= MAX_TEXT);
    let signal = found.and_then(|found| {
        let signal = Signal::of_digest(kind, digest_of(&found.value))?;
        Some(GivenText {
            signal,
            passages: None,
            text: found.value,
        })
    });
    signal.map(Given::Text).ok_or(GivenError::Lead { kind })
}
