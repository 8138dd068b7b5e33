//! What a text is compared by, as one value with limits: it crosses from the sandbox, and holds no text.

use std::collections::BTreeSet;
use std::ops::Range;

use model::{Signal, SignalType, TextDigest, TextTlsh};
use thiserror::Error;

use super::one_pass::Words;
use super::{Passages, Probe, Tlsh, digest_of};
use crate::find::KeyKind;
use crate::page::{Mention, Page};

/// Links, handles and addresses of one text that are compared.
pub const MOST_LEADS: usize = 10_000;
/// Places of them that are told: each has one, and a host one with each link to it.
const MOST_PLACES: usize = 2 * MOST_LEADS;

/// A link, a handle or an address in a text, as it is banked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The signal.
    pub signal: Signal,
    /// Where it stands for the first time, in bytes of what was read.
    pub span: Range<u64>,
}

/// What a text is compared by.
///
/// ```
/// use basira_text::known::TextPrint;
/// use basira_text::page;
/// let page = page::read("ندعوكم إلى hxxps://example[.]com/club يوم الثلاثاء".as_bytes());
/// let print = TextPrint::of(&page, &page.mentions());
/// assert_eq!(print.leads.len(), 2, "the address and its host");
/// assert_eq!(TextPrint::from_bytes(&print.to_bytes()), Ok(print));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPrint {
    /// The digests of its words: of its body, and of all of it where that is more.
    pub raw: Vec<TextDigest>,
    /// The TLSH of its body.
    pub tlsh: Option<TextTlsh>,
    /// All of its shingles, and where its words stand.
    pub probe: Probe,
    /// What of it is banked: the passages of its body. Absent where nobody asked for it.
    pub body: Option<Passages>,
    /// Links, handles and addresses in it, by their place.
    pub leads: Vec<Lead>,
    /// Whether there were more of them.
    pub more_leads: bool,
}

/// Why bytes are not the print of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("these are not the print of a text: {0}")]
pub struct PrintError(pub &'static str);

/// The signal type that a key is banked under.
pub const fn signal_type(kind: KeyKind) -> SignalType {
    match kind {
        KeyKind::Url => SignalType::Url,
        KeyKind::UrlHost => SignalType::UrlHost,
        KeyKind::Handle => SignalType::Handle,
        KeyKind::PaymentAddress => SignalType::PaymentAddress,
    }
}

impl TextPrint {
    /// Of a page or a text, and what was found in it. Time and memory are linear in its length.
    pub fn of(page: &Page, found: &[Mention]) -> Self {
        let body = crate::report::body_of(page);
        let mut print = Self::of_text(page.text(), |span| page.span(&span));
        // Of a text without markup nothing stands around a body.
        if page.html
            && body != page.text()
            && let Ok(words) = Words::of(&body)
        {
            print.raw.extend(words.digest());
            print.raw.dedup();
            print.raw.reverse();
            print.tlsh = Tlsh::of(body.trim()).as_ref().map(TextTlsh::from);
            print.body = Probe::of_words(words).passages();
        }
        let (mut known, mut different) = (BTreeSet::new(), BTreeSet::new());
        for mention in found {
            let keys = mention.finding.keys.iter();
            let signals: Vec<Signal> = keys
                .filter_map(|key| Signal::of_digest(signal_type(key.kind), digest_of(&key.value)))
                .collect();
            let link = signals.iter().find(|signal| signal.kind() == SignalType::Url);
            for signal in &signals {
                // Whether a host may be linked to depends on the link.
                let link = link.filter(|_| signal.kind() == SignalType::UrlHost);
                if !known.insert((*signal, link.copied())) {
                    continue;
                }
                different.insert(*signal);
                if different.len() > MOST_LEADS {
                    print.more_leads = true;
                    return print;
                }
                let span = &mention.finding.span;
                print.leads.push(Lead {
                    signal: *signal,
                    span: span.start as u64..span.end as u64,
                });
            }
        }
        print
    }

    /// Of a text alone, without the links in it. None of what is longer than can be read.
    pub fn of_text(text: &str, place: impl Fn(Range<usize>) -> Range<usize>) -> Self {
        // Nothing that is read is longer; if it were, nothing would be found in it, as in an empty one.
        let words = Words::of(text).unwrap_or_default();
        let raw = words.digest();
        let probe = Probe::of_words(words.placed(place));
        Self {
            raw: raw.into_iter().collect(),
            tlsh: Tlsh::of(text.trim()).as_ref().map(TextTlsh::from),
            body: probe.passages(),
            probe,
            leads: Vec::new(),
            more_leads: false,
        }
    }

    /// What is kept of it for entries that come later: all but what a bank would keep, with its first words only where there are
    /// more.
    #[must_use]
    pub fn beginning(&self, words: usize) -> Self {
        let spans = self.probe.spans();
        let beginning = spans.get(..words).and_then(|spans| {
            let hashes = self.probe.hashes().get(..Probe::hashes_of(words))?;
            Probe::from_parts(hashes.to_vec(), spans.to_vec())
        });
        Self {
            raw: self.raw.clone(),
            tlsh: self.tlsh,
            probe: beginning.unwrap_or_else(|| self.probe.clone()),
            body: None,
            leads: self.leads.clone(),
            more_leads: self.more_leads,
        }
    }

    /// Whether it could be that of so many bytes: what comes from a sandbox may be a lie.
    pub fn is_possible(&self, bytes: u64) -> bool {
        self.probe.spans().iter().all(|span| u64::from(span.end) <= bytes)
            && self.leads.iter().all(|lead| lead.span.end <= bytes)
    }

    /// About how many bytes of memory it takes, and at most how many as bytes.
    pub fn size(&self) -> usize {
        let each = if self.body.is_some() { 24 } else { 16 };
        each * self.probe.spans().len() + 96 * self.leads.len() + 256
    }

    /// As bytes. Numbers are little-endian base 128 (LEB128); places of words are told from those before.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out(Vec::with_capacity(self.size()));
        out.number(self.raw.len() as u64);
        self.raw.iter().for_each(|digest| out.0.extend(digest.bytes()));
        out.number(u64::from(self.tlsh.is_some()));
        out.0
            .extend(self.tlsh.iter().flat_map(|tlsh| tlsh.bytes()).copied());
        let body = self.body.as_ref().map(Passages::to_bytes).unwrap_or_default();
        out.number(body.len() as u64);
        out.0.extend(body);
        out.number(u64::from(self.more_leads));
        out.number(self.leads.len() as u64);
        for lead in &self.leads {
            let kind = LEADS.iter().position(|kind| *kind == lead.signal.kind());
            // Leads are made of these types alone.
            out.0.push(kind.unwrap_or(LEADS.len()) as u8);
            out.0.extend(lead.signal.bytes());
            out.number(lead.span.start);
            out.number(lead.span.end.wrapping_sub(lead.span.start));
        }
        out.number(self.probe.spans().len() as u64);
        let mut before = 0;
        for span in self.probe.spans() {
            // A page can tell its words in another order than they stand in: the sign is the lowest bit.
            let step = i64::from(span.start) - before;
            out.number(((step << 1) ^ (step >> 63)).cast_unsigned());
            out.number(u64::from(span.end.saturating_sub(span.start)));
            before = i64::from(span.start);
        }
        for hash in self.probe.hashes() {
            out.0.extend(&hash.to_le_bytes()[..6]);
        }
        out.0
    }

    /// Reads what [`Self::to_bytes`] writes.
    ///
    /// # Errors
    /// [`PrintError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrintError> {
        let mut from = In(bytes);
        let raw = (0..from.count(2)?)
            .map(|_| TextDigest::from_slice(from.take(TextDigest::LEN)?).ok_or(PrintError("a digest")))
            .collect::<Result<_, _>>()?;
        let tlsh = match from.count(1)? {
            0 => None,
            _ => TextTlsh::from_slice(from.take(TextTlsh::LEN)?),
        };
        let body = match from.count(bytes.len())? {
            0 => None,
            length => {
                let passages = Passages::from_bytes(from.take(length)?);
                Some(passages.map_err(|_| PrintError("passages"))?)
            }
        };
        let more_leads = from.count(1)? == 1;
        let leads = (0..from.count(MOST_PLACES)?)
            .map(|_| from.lead())
            .collect::<Result<_, _>>()?;
        // Each word has two bytes at least.
        let words = from.count(bytes.len() / 2)?;
        let mut spans = Vec::with_capacity(words);
        let mut before = 0;
        for _ in 0..words {
            let step = from.number()?;
            let step = (step >> 1).cast_signed() ^ -(step & 1).cast_signed();
            let start: i64 = i64::checked_add(before, step).ok_or(PrintError("a place"))?;
            let end = u64::try_from(start)
                .ok()
                .and_then(|start| start.checked_add(from.number().ok()?));
            let start_and_end = u32::try_from(start)
                .ok()
                .zip(end.and_then(|end| u32::try_from(end).ok()));
            let (begins, ends) = start_and_end.ok_or(PrintError("a place"))?;
            spans.push(begins..ends);
            before = start;
        }
        let hashes = from.0.chunks(6).map(|row| {
            let mut hash = [0; 8];
            let whole = hash.get_mut(..row.len()).filter(|_| row.len() == 6)?;
            whole.copy_from_slice(row);
            Some(u64::from_le_bytes(hash))
        });
        let hashes = hashes.collect::<Option<Vec<u64>>>().ok_or(PrintError("a hash"))?;
        Ok(Self {
            raw,
            tlsh,
            probe: Probe::from_parts(hashes, spans).ok_or(PrintError("hashes"))?,
            body,
            leads,
            more_leads,
        })
    }
}

/// The types of leads, by the number that stands for them.
const LEADS: [SignalType; 4] = [
    SignalType::Url,
    SignalType::UrlHost,
    SignalType::Handle,
    SignalType::PaymentAddress,
];

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number > 127 {
            self.0.push(number as u8 & 127 | 128);
            number >>= 7;
        }
        self.0.push(number as u8);
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], PrintError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(PrintError("cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, PrintError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err(PrintError("a number"))
    }

    fn count(&mut self, most: usize) -> Result<usize, PrintError> {
        let number = usize::try_from(self.number()?).ok();
        number
            .filter(|number| *number <= most)
            .ok_or(PrintError("a count"))
    }

    fn lead(&mut self) -> Result<Lead, PrintError> {
        let kind = LEADS.get(usize::from(self.take(1)?[0]));
        let digest = TextDigest::from_slice(self.take(TextDigest::LEN)?);
        let signal = kind
            .zip(digest)
            .and_then(|(kind, digest)| Signal::of_digest(*kind, digest));
        let start = self.number()?;
        let end = start.checked_add(self.number()?);
        let (signal, end) = signal.zip(end).ok_or(PrintError("a lead"))?;
        Ok(Lead {
            signal,
            span: start..end,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::page;

    #[test]
    fn a_page_is_known_by_its_body_and_by_all_of_it() {
        let statement = "The rook league will meet on Tuesday at noon in the old reading room of the town library, and all \
                         who like the game are welcome to bring a board and a friend along with them.";
        let html =
            format!("<html><nav><a href='/'>Home</a></nav><article><p>{statement}</p></article></html>");
        let print = |text: &str| {
            let page = page::read(text.as_bytes());
            TextPrint::of(&page, &page.mentions())
        };
        let (plain, html) = (print(statement), print(&html));
        assert!(html.probe.words() > plain.probe.words());
        let banked = plain.body.unwrap();
        assert_eq!(banked.compare(&html.probe).unwrap().of_banked(), 1.0);
    }

    proptest! {
        #[test]
        fn prints_are_read_back(text in ".{0,300}") {
            let page = page::read(text.as_bytes());
            let print = TextPrint::of(&page, &page.mentions());
            prop_assert!(print.is_possible(text.len() as u64));
            prop_assert!(print.to_bytes().len() <= print.size());
            prop_assert_eq!(TextPrint::from_bytes(&print.to_bytes()), Ok(print));
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = TextPrint::from_bytes(&bytes);
        }

        #[test]
        fn changed_bytes_are_survived(at in 0_usize..10_000, byte: u8) {
            let page = page::read("see https://example.com/a and come on tuesday at noon to the old library".as_bytes());
            let mut bytes = TextPrint::of(&page, &page.mentions()).to_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            if let Ok(print) = TextPrint::from_bytes(&bytes) {
                prop_assert_eq!(TextPrint::from_bytes(&print.to_bytes()), Ok(print));
            }
        }
    }
}
