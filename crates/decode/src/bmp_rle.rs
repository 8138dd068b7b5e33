//! Run-length coding of bitmaps with a palette (Microsoft's "Bitmap Compression").

/// The indices, from the upper row down, of pixels stored from the lower row up in runs of 8 or 4 bits. What the
/// file leaves out is index 0, as it is in most viewers; `None` if the data end before an end mark or the last pixel.
pub(crate) fn indices(stored: &[u8], depth: u8, width: usize, height: usize) -> Option<Vec<u8>> {
    let mut out = Page {
        pixels: vec![0; width * height],
        width,
        x: 0,
        row: height,
    };
    // The row is counted from below: `row` rows are still free, the one being filled among them.
    let mut rest = stored;
    while let [count, value, tail @ ..] = rest {
        rest = tail;
        match (*count, *value) {
            (0, 0) => out.next_row(1),
            (0, 1) => return Some(out.pixels),
            (0, 2) => {
                let [right, up, tail @ ..] = rest else { break };
                rest = tail;
                out.x += usize::from(*right);
                out.next_row_keeping(usize::from(*up));
            }
            (0, literal) => {
                let literal = usize::from(literal);
                let bytes = if depth == 4 { literal.div_ceil(2) } else { literal };
                let run = &rest[..bytes.min(rest.len())];
                for i in 0..literal {
                    let Some(byte) = run.get(if depth == 4 { i / 2 } else { i }) else {
                        break;
                    };
                    out.put(nibble(*byte, depth, i));
                }
                // Literal runs are padded to whole words.
                rest = rest.get(bytes + bytes % 2..).unwrap_or_default();
            }
            (count, value) => (0..usize::from(count)).for_each(|i| out.put(nibble(value, depth, i))),
        }
        if out.row == 0 {
            break;
        }
    }
    out.is_full().then_some(out.pixels)
}

fn nibble(byte: u8, depth: u8, i: usize) -> u8 {
    match (depth, i % 2) {
        (4, 0) => byte >> 4,
        (4, _) => byte & 15,
        _ => byte,
    }
}

struct Page {
    pixels: Vec<u8>,
    width: usize,
    x: usize,
    row: usize,
}

impl Page {
    fn put(&mut self, index: u8) {
        if self.x < self.width && self.row > 0 {
            self.pixels[(self.row - 1) * self.width + self.x] = index;
        }
        self.x += 1;
    }

    fn is_full(&self) -> bool {
        self.row == 0 || self.row == 1 && self.x >= self.width
    }

    fn next_row(&mut self, rows: usize) {
        self.x = 0;
        self.next_row_keeping(rows);
    }

    fn next_row_keeping(&mut self, rows: usize) {
        self.row = self.row.saturating_sub(rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_literals_jumps_and_ends() {
        // Lower row: two of 7, literal 1 2 3 (padded); upper row after a jump of 1: one 9.
        let stored = [2, 7, 0, 3, 1, 2, 3, 0, 0, 0, 0, 2, 1, 0, 1, 9, 0, 1, 5, 5];
        assert_eq!(indices(&stored, 8, 5, 2).unwrap(), [0, 9, 0, 0, 0, 7, 7, 1, 2, 3]);
        assert_eq!(indices(&stored[..16], 8, 5, 2), None);
        let literal = [3, 0x12, 0, 3, 0x34, 0x50];
        assert_eq!(indices(&literal, 4, 6, 1).unwrap(), [1, 2, 1, 3, 4, 5]);
        assert_eq!(indices(&[255, 1, 0, 1], 8, 2, 2).unwrap(), [0, 0, 1, 1]);
        assert_eq!(indices(&[0, 2, 255, 255, 1, 1], 8, 2, 2).unwrap(), [0; 4]);
    }
}
