//! What the texts of a file are compared by, as it is printed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use decode::PrintPart;
use model::{PartName, Signal, SignalType};
use serde::Serialize;

/// What one text is compared by.
#[derive(Debug, Clone, Serialize)]
pub struct TextSignalsRow {
    /// Where the text is: the file, a member, the text of a document.
    pub part: PartName,
    /// The digest of its words and its TLSH, of a page those of its body; the passages of all of it; then each link, handle and address in it once, by place.
    pub signals: Vec<TextSignalRow>,
    /// Whether it has more links, handles and addresses than are compared.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A signal of a text, in a form in which it can be banked.
#[derive(Debug, Clone, Serialize)]
pub struct TextSignalRow {
    /// The signal type.
    #[serde(rename = "type")]
    pub kind: SignalType,
    /// `text_tlsh` as py-tlsh writes it, `text_passages` in hex digits, all others the hex digits of their digest.
    pub value: String,
    /// Of `text_passages`: words of the text that are compared, and shingles that are kept of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passages: Option<PassagesRow>,
    /// Where a link, a handle or an address stands for the first time, in bytes of the part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<(u64, u64)>,
}

/// How much passages are of.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PassagesRow {
    /// Words of the text, without numbers.
    pub words: u32,
    /// Shingles that are kept.
    pub kept: usize,
}

impl TextSignalsRow {
    /// The row of a text; none if it has nothing that is compared.
    pub(super) fn of(part: &PrintPart) -> Option<Self> {
        let print = &part.print;
        let plain = |signal: Signal| TextSignalRow {
            kind: signal.kind(),
            value: signal.to_string(),
            passages: None,
            span: None,
        };
        let raw = print.raw.iter().map(|digest| plain(Signal::RawText(*digest)));
        let tlsh = print.tlsh.iter().map(|tlsh| plain(Signal::TextTlsh(*tlsh)));
        // Those of its body are made for a bank alone.
        let passages = print.body.clone().or_else(|| print.probe.passages());
        let passages = passages.iter().map(|passages| TextSignalRow {
            kind: SignalType::TextPassages,
            value: hex(&passages.to_bytes()),
            passages: Some(PassagesRow {
                words: passages.words(),
                kept: passages.shingles(),
            }),
            span: None,
        });
        let mut known = BTreeSet::new();
        let leads = print.leads.iter().filter(|lead| known.insert(lead.signal));
        let leads = leads.map(|lead| TextSignalRow {
            span: Some((lead.span.start, lead.span.end)),
            ..plain(lead.signal)
        });
        let signals: Vec<TextSignalRow> = raw.chain(tlsh).chain(passages).chain(leads).collect();
        (!signals.is_empty()).then(|| Self {
            part: part.name.clone(),
            signals,
            more: print.more_leads,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a String does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
