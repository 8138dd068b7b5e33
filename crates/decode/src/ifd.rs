//! The directories of a TIFF structure, as far as they are needed here: EXIF blocks are such structures too.
//!
//! Source: TIFF 6.0 section 2; BigTIFF differs in the widths of counts and offsets.

/// A TIFF structure in memory. Nothing in it is trusted: what leads outside is not there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Structure<'a> {
    bytes: &'a [u8],
    little: bool,
    big: bool,
}

/// Where a directory is, and where its entries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Directory {
    entries_at: usize,
    entries: usize,
    /// The offset of the next directory.
    pub(crate) next: Option<usize>,
}

const SHORT: u16 = 3;

impl<'a> Structure<'a> {
    /// Reads the header; also the offset of the first directory.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let (little, big) = match bytes.get(..4)? {
            b"II*\0" => (true, false),
            b"MM\0*" => (false, false),
            b"II+\0" => (true, true),
            b"MM\0+" => (false, true),
            _ => return None,
        };
        let structure = Self { bytes, little, big };
        let first = structure.offset(if big { 8 } else { 4 })?;
        Some((structure, first))
    }

    /// Whether numbers begin with their lowest byte.
    pub(crate) const fn is_little_endian(&self) -> bool {
        self.little
    }

    fn number(&self, at: usize, width: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(width)?)?;
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.little {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        })
    }

    fn offset(&self, at: usize) -> Option<usize> {
        self.number(at, if self.big { 8 } else { 4 })?.try_into().ok()
    }

    /// Reads the directory at that offset.
    pub(crate) fn directory(&self, at: usize) -> Option<Directory> {
        let (count, entry) = if self.big { (8, 20) } else { (2, 12) };
        let entries = usize::try_from(self.number(at, count)?).ok()?;
        let entries_at = at.checked_add(count)?;
        let end = entries.checked_mul(entry)?.checked_add(entries_at)?;
        let next = self.offset(end).filter(|next| *next != 0);
        Some(Directory {
            entries_at,
            entries,
            next,
        })
    }

    /// The value of a tag of one 16-bit number, and where it lies.
    pub(crate) fn short(&self, directory: Directory, tag: u16) -> Option<(u16, usize)> {
        let (entry, value) = if self.big { (20, 12) } else { (12, 8) };
        (0..directory.entries)
            .map_while(|i| directory.entries_at.checked_add(i.checked_mul(entry)?))
            .map_while(|at| Some((at, self.number(at, 2)?, self.number(at + 2, 2)?)))
            .find(|(_, found, kind)| *found == u64::from(tag) && *kind == u64::from(SHORT))
            .and_then(|(at, ..)| Some((self.number(at + value, 2)? as u16, at + value)))
    }
}

/// The directories of a file in order, at most `most`; a chain that bites its tail ends there.
pub(crate) fn chain(structure: Structure<'_>, first: usize, most: usize) -> Vec<Directory> {
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    let mut next = Some(first);
    while let Some(at) = next.filter(|at| found.len() < most && seen.insert(*at)) {
        let Some(directory) = structure.directory(at) else {
            break;
        };
        found.push(directory);
        next = directory.next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITTLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x1a\0\0\0\0\0\x08\0\0\0";

    #[test]
    fn shorts_are_found_and_chains_end() {
        let (structure, first) = Structure::open(LITTLE).unwrap();
        let directory = structure.directory(first).unwrap();
        assert_eq!(structure.short(directory, 0x112), Some((6, 18)));
        assert_eq!(structure.short(directory, 0x113), None);
        // The second directory is empty and leads back to the first.
        assert_eq!(chain(structure, first, 100).len(), 2);
        assert_eq!(chain(structure, first, 1).len(), 1);
    }

    #[test]
    fn nothing_is_found_outside() {
        for cut in 0..26 {
            if let Some((structure, first)) = Structure::open(&LITTLE[..cut]) {
                let found = structure.directory(first).and_then(|d| structure.short(d, 0x112));
                assert!(found.is_none() || cut >= 20);
            }
        }
        let (structure, first) = Structure::open(b"II+\0\x08\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff").unwrap();
        assert_eq!(structure.directory(first), None);
    }
}
