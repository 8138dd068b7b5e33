//! The headers of a JPEG file, read before its decoder is: how large the picture is, and whether the decoder reads
//! such a file right.
//!
//! Checked against libjpeg-turbo over 270 files of odd samplings and scans, zune-jpeg 0.5.15 gives other pictures, and
//! no error, where luma is coarser than colour, and where a sequential file with subsampled colour comes in several
//! scans. Both are one lossless `jpegtran` away from any JPEG, and browsers show them: they must not pass as another
//! picture.

use model::IncompleteReason;

use crate::refusal::{malformed, unsupported};

/// One colour component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Horizontal and vertical sampling.
    pub(crate) sampling: (u8, u8),
    /// Its quantisers.
    pub(crate) table: u8,
}

/// What the headers up to the first scan say.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) components: Vec<Component>,
    /// Coded in one pass, not progressively.
    pub(crate) sequential: bool,
    /// Where the first scan's header is.
    scan: usize,
    /// Components in the first scan.
    scan_components: usize,
}

/// How a file can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// As it is.
    Whole,
    /// By its luma, which has a scan of its own.
    LumaScan,
}

/// A segment: its marker, where its body begins, and its body.
pub(crate) type Segment<'a> = (u8, usize, &'a [u8]);

/// The next segment at or after `at`, and where to go on. Marks that stand alone are passed over.
pub(crate) fn segment(bytes: &[u8], mut at: usize) -> Result<(Segment<'_>, usize), IncompleteReason> {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let skip = rest
            .windows(2)
            .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))
            .ok_or(IncompleteReason::Truncated)?;
        let marker = rest[skip + 1];
        at += skip + 2;
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            continue;
        }
        if marker == 0xd9 {
            return Ok(((marker, at, &[]), at));
        }
        let length = bytes.get(at..at + 2).ok_or(IncompleteReason::Truncated)?;
        let end = at + usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
        let body = bytes.get(at + 2..end).ok_or(IncompleteReason::Truncated)?;
        return Ok(((marker, at + 2, body), end));
    }
}

pub(crate) const SCAN: u8 = 0xda;
const END: u8 = 0xd9;
pub(crate) const QUANTISATION: u8 = 0xdb;
pub(crate) const HUFFMAN: u8 = 0xc4;
pub(crate) const RESTART: u8 = 0xdd;

impl Header {
    /// Walks the segments up to the first scan.
    pub(crate) fn find(bytes: &[u8]) -> Result<Self, IncompleteReason> {
        let mut found: Option<Self> = None;
        let mut at = 2;
        loop {
            let ((marker, body_at, body), next) = segment(bytes, at)?;
            match (marker, found) {
                (SCAN, Some(header)) => {
                    return Ok(Self {
                        scan: body_at,
                        scan_components: usize::from(body.first().copied().unwrap_or(0)),
                        ..header
                    });
                }
                (SCAN | END, _) => return Err(malformed("ends before its picture")),
                (0xc0..=0xcf, before) if !matches!(marker, HUFFMAN | 0xc8 | 0xcc) => {
                    if before.is_some() {
                        return Err(malformed("two frame headers"));
                    }
                    found = Some(Self::read(marker, body)?);
                }
                (_, before) => found = before,
            }
            at = next;
        }
    }

    fn read(marker: u8, body: &[u8]) -> Result<Self, IncompleteReason> {
        let kind = match marker {
            0xc0..=0xc2 => None,
            0xc3 => Some("lossless"),
            0xc9..=0xcb | 0xcd..=0xcf => Some("arithmetic coding"),
            _ => Some("hierarchical"),
        };
        if let Some(kind) = kind {
            return Err(unsupported(format!("jpeg ({kind})")));
        }
        let [precision, a, b, c, d, _, components @ ..] = body else {
            return Err(malformed("short frame header"));
        };
        if *precision != 8 {
            return Err(unsupported(format!("jpeg ({precision} bits)")));
        }
        let component = |[id, sampling, table]: &[u8; 3]| Component {
            id: *id,
            sampling: (sampling >> 4, sampling & 15),
            table: *table,
        };
        Ok(Self {
            height: u16::from_be_bytes([*a, *b]),
            width: u16::from_be_bytes([*c, *d]),
            components: components.as_chunks().0.iter().map(component).collect(),
            sequential: marker != 0xc2,
            scan: 0,
            scan_components: 0,
        })
    }

    /// How the decoder reads this file right.
    ///
    /// # Errors
    /// Unsupported, if in no way.
    pub(crate) fn reading(&self) -> Result<Reads, IncompleteReason> {
        let Some((first, others)) = self.components.split_first() else {
            return Err(malformed("no components"));
        };
        if others.is_empty() {
            return Ok(Reads::Whole);
        }
        let (across, down) = first.sampling;
        let finest = others
            .iter()
            .all(|other| other.sampling.0 <= across && other.sampling.1 <= down);
        if !finest
            || self
                .components
                .iter()
                .any(|it| [it.sampling.0, it.sampling.1].contains(&3))
        {
            return Err(unsupported("jpeg (sampling)"));
        }
        let even = others.iter().all(|other| other.sampling == first.sampling) && first.sampling == (1, 1);
        if !self.sequential || even || self.scan_components == self.components.len() {
            Ok(Reads::Whole)
        } else if self.components.len() == 3 {
            Ok(Reads::LumaScan)
        } else {
            Err(unsupported("jpeg (several scans)"))
        }
    }

    /// Whether the decoder reads the luma plane alone right; with other samplings it is decoded to colours.
    pub(crate) fn luma_decodes_alone(&self) -> bool {
        let samplings: Vec<(u8, u8)> = self.components.iter().map(|it| it.sampling).collect();
        matches!(samplings[..], [(1, 1) | (2, 1) | (2, 2), (1, 1), (1, 1)])
    }

    /// Whether there is an end mark after the first scan began.
    pub(crate) fn has_end(&self, bytes: &[u8]) -> bool {
        bytes[self.scan..].windows(2).any(|pair| pair == [0xff, END])
    }

    /// A grey JPEG of the scan that holds luma alone: its blocks lie in it as they would in a grey file.
    pub(crate) fn luma_scan(&self, bytes: &[u8]) -> Result<Vec<u8>, IncompleteReason> {
        let luma = self.components[0];
        let mut grey = vec![0xff, 0xd8];
        let mut at = 2;
        loop {
            let ((marker, _, body), next) = segment(bytes, at)?;
            match (marker, body) {
                (QUANTISATION | HUFFMAN | RESTART, _) => push(&mut grey, marker, body),
                (SCAN, [1, id, tables, ..]) if *id == luma.id => {
                    let [high, low] = self.height.to_be_bytes();
                    let [left, right] = self.width.to_be_bytes();
                    push(
                        &mut grey,
                        0xc1,
                        &[8, high, low, left, right, 1, 1, 0x11, luma.table],
                    );
                    push(&mut grey, SCAN, &[1, 1, *tables, 0, 63, 0]);
                    let coded = &bytes[next..];
                    let end = coded
                        .windows(2)
                        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff))
                        .ok_or(IncompleteReason::Truncated)?;
                    grey.extend_from_slice(&coded[..end]);
                    grey.extend_from_slice(&[0xff, END]);
                    return Ok(grey);
                }
                (END, _) => return Err(unsupported("jpeg (several scans)")),
                _ => {}
            }
            at = next;
        }
    }
}

fn push(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    out.extend_from_slice(&[0xff, marker]);
    // A body is at most 65,533 bytes long: it was read by its own 16-bit length.
    out.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(body);
}
