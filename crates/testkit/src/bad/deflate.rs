//! Deflate streams (RFC 1951) that were never compressed from anything.

/// Zlib data that inflate to so many zeros: blocks of a fixed code, 258 zeros in two bytes or so.
pub(super) fn zeros(length: usize) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x9c];
    bytes.extend(raw_zeros(length));
    // The checksum of nothing in particular; readers that stop at their limit never come to it.
    bytes.extend([0; 4]);
    bytes
}

/// The same without the header and the checksum of zlib.
pub(super) fn raw_zeros(length: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    // The last block, fixed codes; a literal zero, then copies of length 258 at distance 1.
    bits.low(0b011, 3);
    bits.high(0b0011_0000, 8);
    for _ in 0..length / 258 {
        // Length 258 is code 285, 8 bits: 11000101; distance 1 is code 0, 5 bits.
        bits.high(0b1100_0101, 8);
        bits.high(0, 5);
    }
    bits.high(0, 7);
    bits.finish()
}

/// Bits of a deflate stream.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u8,
    count: u8,
}

impl Bits {
    fn bit(&mut self, bit: bool) {
        self.held |= u8::from(bit) << self.count;
        self.count += 1;
        if self.count == 8 {
            self.bytes.push(self.held);
            (self.held, self.count) = (0, 0);
        }
    }

    /// The lowest bit first.
    fn low(&mut self, value: u32, count: u32) {
        (0..count).for_each(|k| self.bit(value >> k & 1 == 1));
    }

    /// The highest bit first, as codes are.
    fn high(&mut self, value: u32, count: u32) {
        (0..count).rev().for_each(|k| self.bit(value >> k & 1 == 1));
    }

    fn finish(mut self) -> Vec<u8> {
        while self.count != 0 {
            self.bit(false);
        }
        self.bytes
    }
}
