//! The one scan of a plain baseline JPEG with its tables (ITU-T T.81, annex B), for those who read its bits.

use crate::jpeg_bits::Huffman;
use crate::jpeg_header::{Component, HUFFMAN, Header, QUANTISATION, RESTART, SCAN, segment};

/// A component as the scan has it.
#[derive(Debug)]
pub(crate) struct ScanComponent {
    /// Horizontal and vertical sampling, 1 to 4.
    pub(crate) sampling: (usize, usize),
    /// In the order of the file.
    pub(crate) quantisers: [u16; 64],
    pub(crate) dc: Huffman,
    pub(crate) ac: Huffman,
}

/// A scan of all components.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Units between restart marks.
    pub(crate) restart: Option<usize>,
    /// Luma first.
    pub(crate) components: Vec<ScanComponent>,
    /// Everything after the scan's header.
    pub(crate) coded: &'a [u8],
}

/// The tables that a file has defined so far.
#[derive(Default)]
struct Tables {
    quantisers: [Option<[u16; 64]>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    restart: Option<usize>,
}

impl<'a> Scan<'a> {
    /// Reads the tables and the scan's header; `None` where the file is not plain baseline with everything in one
    /// scan.
    pub(crate) fn find(bytes: &'a [u8], header: &Header) -> Option<Self> {
        if !header.sequential {
            return None;
        }
        let mut tables = Tables::default();
        let mut at = 2;
        loop {
            let ((marker, _, body), next) = segment(bytes, at).ok()?;
            match marker {
                QUANTISATION => tables.quantisers(body)?,
                HUFFMAN => tables.huffman(body)?,
                RESTART => {
                    let units = u16::from_be_bytes(*body.first_chunk()?);
                    tables.restart = (units > 0).then_some(usize::from(units));
                }
                SCAN => {
                    return Some(Self {
                        width: header.width.into(),
                        height: header.height.into(),
                        components: tables.components(body, &header.components)?,
                        restart: tables.restart,
                        coded: &bytes[next..],
                    });
                }
                _ => {}
            }
            at = next;
        }
    }
}

impl Tables {
    fn quantisers(&mut self, mut body: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let place = self.quantisers.get_mut(usize::from(kind & 15))?;
            let (table, after) = match kind >> 4 {
                0 => {
                    let (table, after) = rest.split_first_chunk::<64>()?;
                    (table.map(u16::from), after)
                }
                1 => {
                    let (table, after) = rest.split_first_chunk::<128>()?;
                    let pairs = table.as_chunks::<2>().0;
                    (std::array::from_fn(|i| u16::from_be_bytes(pairs[i])), after)
                }
                _ => return None,
            };
            *place = Some(table);
            body = after;
        }
        Some(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let [kind, rest @ ..] = body {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, after) = rest.split_at_checked(symbols)?;
            let tables = match kind >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return None,
            };
            *tables.get_mut(usize::from(kind & 15))? = Some(Huffman::new(counts, symbols)?);
            body = after;
        }
        Some(())
    }

    fn components(&self, scan: &[u8], frame: &[Component]) -> Option<Vec<ScanComponent>> {
        let [number, rest @ ..] = scan else { return None };
        let (chosen, rest) = rest.split_at_checked(2 * frame.len())?;
        // All frequencies at full precision: what sequential means.
        if usize::from(*number) != frame.len() || rest != [0, 63, 0] {
            return None;
        }
        let each = chosen.as_chunks::<2>().0.iter().zip(frame);
        each.map(|([id, tables], component)| {
            let sides = [component.sampling.0, component.sampling.1].map(usize::from);
            let known = *id == component.id && sides.iter().all(|side| (1..=4).contains(side));
            known.then_some(ScanComponent {
                sampling: (sides[0], sides[1]),
                quantisers: (*self.quantisers.get(usize::from(component.table))?)?,
                dc: self.dc.get(usize::from(tables >> 4))?.clone()?,
                ac: self.ac.get(usize::from(tables & 15))?.clone()?,
            })
        })
        .collect()
    }
}
