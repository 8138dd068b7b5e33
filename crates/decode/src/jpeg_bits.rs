//! The entropy-coded bits of a baseline JPEG (ITU-T T.81, annexes C, D.1 and F.2): stuffing taken out, Huffman codes
//! looked up.
//!
//! Nothing is repaired here. Whatever is not exactly as the standard has it is `None`, and the file goes to the
//! general decoder, which says what is wrong with it.

/// Zero bytes that may be read after a segment: up to eight bytes are held beyond what was used.
const PADDING: usize = 16;

/// The coded bytes between restart marks. They are read where they lie: a fresh process pays for each page of a copy.
#[derive(Debug)]
pub(crate) struct Segments<'a> {
    coded: &'a [u8],
    /// Where each begins, and where its mark stands.
    ranges: Vec<(usize, usize)>,
}

impl<'a> Segments<'a> {
    /// Reads from the first coded byte to the end mark; `None` where another mark stands, or none.
    pub(crate) fn split(coded: &'a [u8]) -> Option<Self> {
        let (mut ranges, mut start, mut at) = (Vec::new(), 0, 0);
        loop {
            at += coded.get(at..)?.iter().position(|byte| *byte == 0xff)?;
            let mark = *coded.get(at + 1)?;
            at += 2;
            if mark == 0 {
                continue;
            }
            ranges.push((start, at - 2));
            start = at;
            match mark {
                0xd9 => return Some(Self { coded, ranges }),
                // Restart marks count from 0 to 7 and begin again.
                0xd0..=0xd7 if usize::from(mark - 0xd0) == (ranges.len() - 1) % 8 => {}
                _ => return None,
            }
        }
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.ranges.len()
    }

    /// The bits of one of them.
    pub(crate) fn bits(&self, segment: usize) -> Bits<'a> {
        let (start, end) = self.ranges[segment];
        Bits {
            // With the mark, whose first byte ends what is read at once, as stuffing does.
            bytes: &self.coded[start..end + 2],
            next: 0,
            held: 0,
            count: 0,
            padded: 0,
        }
    }
}

/// Bits of a segment, the highest first.
#[derive(Debug)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to be taken.
    next: usize,
    /// The coming bits, from the top.
    held: u64,
    /// How many of them are counted for; at least 56 after a refill.
    count: u32,
    /// Bytes of zeros among all that were taken.
    padded: usize,
}

impl Bits<'_> {
    /// At least 56 bits; `None` far beyond the end.
    #[inline(always)]
    fn refill(&mut self) -> Option<()> {
        if let Some(eight) = self.bytes.get(self.next..).and_then(|rest| rest.first_chunk()) {
            let eight = u64::from_be_bytes(*eight);
            // Whether a byte is 0xff: one less than a byte of 0 borrows from the bit above it.
            let inverse = !eight;
            if inverse.wrapping_sub(LOW_BITS) & !inverse & HIGH_BITS == 0 {
                self.held |= eight >> self.count;
                self.next += (63 - self.count) as usize / 8;
                self.count |= 56;
                return Some(());
            }
        }
        self.refill_slowly()
    }

    /// Byte by byte, where one of them is stuffed or the end is near.
    #[inline(never)]
    fn refill_slowly(&mut self) -> Option<()> {
        let end = self.bytes.len() - 2;
        while self.count < 56 {
            let byte = if self.next < end {
                let byte = self.bytes[self.next];
                self.next += if byte == 0xff { 2 } else { 1 };
                byte
            } else {
                self.padded += 1;
                0
            };
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        (self.padded <= PADDING).then_some(())
    }

    #[inline(always)]
    fn skip(&mut self, bits: u32) {
        self.held <<= bits;
        self.count -= bits;
    }

    /// Whether the segment was read to its last byte and no further; at most 7 bits fill that byte up.
    pub(crate) fn is_at_end(&self) -> bool {
        let unread = (self.count as usize).checked_sub(8 * self.padded);
        self.next >= self.bytes.len() - 2 && unread.is_some_and(|unread| unread < 8)
    }
}

const LOW_BITS: u64 = u64::from_ne_bytes([1; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([128; 8]);

/// Bits of a code that are looked up at once.
const LOOK: u32 = 10;

/// A Huffman symbol: how many zeros come before a coefficient, and how many bits of it follow.
///
/// One word, so that it is loaded at once: bits of the code (0 where it is longer than [`LOOK`]), bits of code and
/// coefficient, zeros, bits of the coefficient; a byte each.
#[derive(Debug, Clone, Copy, Default)]
struct Symbol(u32);

impl Symbol {
    fn new(byte: u8, length: u32) -> Self {
        let (run, size) = (u32::from(byte >> 4), u32::from(byte & 15));
        Self(length | (length + size) << 8 | run << 16 | size << 24)
    }

    #[inline(always)]
    const fn code(self) -> u32 {
        self.0 & 0xff
    }

    #[inline(always)]
    const fn both(self) -> u32 {
        self.0 >> 8 & 0xff
    }

    #[inline(always)]
    const fn run(self) -> u32 {
        self.0 >> 16 & 0xff
    }

    #[inline(always)]
    const fn size(self) -> u32 {
        self.0 >> 24
    }
}

/// A Huffman table.
#[derive(Debug, Clone)]
pub(crate) struct Huffman {
    look: Box<[Symbol; 1 << LOOK]>,
    /// For each length: one past its last code, aligned to 16 bits, and what to add to a code for its place.
    ends: [(u32, i32); 17],
    symbols: Vec<u8>,
}

/// What a coefficient's place holds next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing more in this block.
    End,
    /// 16 zeros.
    Zeros,
    /// So many zeros, then this.
    Value(usize, i32),
}

impl Huffman {
    /// A table from the number of codes of each length and their symbols; `None` where the codes do not fit.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            look: Box::new([Symbol::default(); 1 << LOOK]),
            ends: [(0, 0); 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0u32, 0usize);
        for (length, count) in (1u32..).zip(counts) {
            let first = code;
            for _ in 0..*count {
                if code >= 1 << length {
                    return None;
                }
                let symbol = Symbol::new(*symbols.get(place)?, length);
                if length <= LOOK {
                    let at = (code << (LOOK - length)) as usize;
                    table.look[at..at + (1 << (LOOK - length))].fill(symbol);
                }
                (code, place) = (code + 1, place + 1);
            }
            // A code of this length is at most 16 bits, and places at most 256.
            table.ends[length as usize] = (code << (16 - length), place as i32 - code as i32);
            if first == code {
                table.ends[length as usize].0 = 0;
            }
            code <<= 1;
        }
        Some(table)
    }

    #[inline(always)]
    fn symbol(&self, bits: &mut Bits<'_>) -> Option<Symbol> {
        if bits.count < 32 {
            bits.refill()?;
        }
        let found = self.look[(bits.held >> (64 - LOOK)) as usize];
        if found.0 == 0 {
            self.long(bits.held)
        } else {
            Some(found)
        }
    }

    /// A code longer than [`LOOK`].
    #[cold]
    fn long(&self, held: u64) -> Option<Symbol> {
        let coming = (held >> 48) as u32;
        let length = (LOOK + 1..=16).find(|length| coming < self.ends[*length as usize].0)?;
        let place = (coming >> (16 - length)) as i32 + self.ends[length as usize].1;
        let byte = self.symbols.get(usize::try_from(place).ok()?)?;
        Some(Symbol::new(*byte, length))
    }

    /// The difference of a block's mean from the one before.
    #[inline(always)]
    pub(crate) fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let symbol = self.symbol(bits)?;
        let size = symbol.run() << 4 | symbol.size();
        if size > 11 {
            return None;
        }
        Some(value(bits, symbol))
    }

    /// The next of a block's other coefficients.
    #[inline(always)]
    pub(crate) fn next(&self, bits: &mut Bits<'_>) -> Option<Next> {
        let symbol = self.symbol(bits)?;
        if symbol.size() == 0 {
            bits.skip(symbol.code());
            return match symbol.run() {
                0 => Some(Next::End),
                15 => Some(Next::Zeros),
                _ => None,
            };
        }
        Some(Next::Value(symbol.run() as usize, value(bits, symbol)))
    }

    /// Passes over a block's other coefficients.
    #[inline(always)]
    pub(crate) fn skip_block(&self, bits: &mut Bits<'_>) -> Option<()> {
        let mut place = 1;
        while place < 64 {
            let symbol = self.symbol(bits)?;
            bits.skip(symbol.both());
            if symbol.size() == 0 {
                match symbol.run() {
                    0 => return Some(()),
                    15 => {}
                    _ => return None,
                }
            }
            place += symbol.run() as usize + 1;
        }
        (place == 64).then_some(())
    }
}

/// Takes a code and the coefficient after it (T.81, F.2.2.1, EXTEND).
#[inline(always)]
fn value(bits: &mut Bits<'_>, symbol: Symbol) -> i32 {
    let size = symbol.size();
    // Shifted in two steps, since a size of 0 would shift by 64.
    let raw = ((bits.held << symbol.code()) >> 1 >> (63 - size)) as i32;
    bits.skip(symbol.both());
    // The upper half of the values is positive as it stands, the lower half lies below zero.
    let negative = raw < 1 << size >> 1;
    raw - if negative { (1 << size) - 1 } else { 0 }
}
