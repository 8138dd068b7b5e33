//! The sixteen classifiers of Chromaprint's algorithm "test2" (its default): a box filter over the last sixteen rows
//! of the chroma image, and three thresholds, so two bits each. The numbers are those that Chromaprint learned; a
//! fingerprint is comparable only with them.

/// Notes of an octave.
pub(super) const NOTES: usize = 12;
/// Rows of the chroma image that a word is made of.
pub(super) const ROWS: usize = 16;

/// How a filter divides its box, of which the one part is measured against the other.
#[derive(Clone, Copy)]
enum Split {
    /// All of it, against nothing.
    All,
    /// The upper notes against the lower.
    Notes,
    /// The later half against the earlier.
    Time,
    /// Two opposite quarters against the others.
    Quarters,
    /// The middle third of the notes against the others.
    MiddleNotes,
    /// The middle third of the time against the others.
    MiddleTime,
}

struct Classifier {
    split: Split,
    /// Lowest note of the box.
    low: usize,
    /// Notes in the box.
    notes: usize,
    /// Rows in the box, from the first.
    rows: usize,
    thresholds: [f64; 3],
}

const fn c(split: Split, low: usize, notes: usize, rows: usize, thresholds: [f64; 3]) -> Classifier {
    Classifier {
        split,
        low,
        notes,
        rows,
        thresholds,
    }
}

const CLASSIFIERS: [Classifier; 16] = [
    c(Split::All, 4, 3, 15, [1.98215, 2.35817, 2.63523]),
    c(Split::MiddleNotes, 4, 6, 15, [-1.03809, -0.651211, -0.282167]),
    c(Split::Notes, 0, 4, 16, [-0.298702, 0.119262, 0.558497]),
    c(Split::Quarters, 8, 2, 12, [-0.105439, 0.0153946, 0.135898]),
    c(Split::Quarters, 4, 4, 8, [-0.142891, 0.0258736, 0.200632]),
    c(Split::MiddleNotes, 0, 3, 5, [-0.826319, -0.590612, -0.368214]),
    c(Split::Notes, 2, 2, 9, [-0.557409, -0.233035, 0.0534525]),
    c(Split::Time, 7, 3, 4, [-0.0646826, 0.00620476, 0.0784847]),
    c(Split::Time, 6, 2, 16, [-0.192387, -0.029699, 0.215855]),
    c(Split::Time, 1, 3, 2, [-0.0397818, -0.00568076, 0.0292026]),
    c(Split::MiddleTime, 10, 1, 15, [-0.53823, -0.369934, -0.190235]),
    c(Split::Quarters, 6, 2, 10, [-0.124877, 0.0296483, 0.139239]),
    c(Split::Time, 1, 1, 14, [-0.101475, 0.0225617, 0.231971]),
    c(Split::Quarters, 5, 6, 4, [-0.0799915, -0.00729616, 0.063262]),
    c(Split::Notes, 9, 2, 12, [-0.272556, 0.019424, 0.302559]),
    c(Split::Quarters, 4, 2, 14, [-0.164292, -0.0321188, 0.0846339]),
];

/// Sums over boxes of sixteen rows by their corners (summed area table, Crow 1984).
struct Sums([[f64; NOTES + 1]; ROWS + 1]);

impl Sums {
    fn area(&self, rows: [usize; 2], notes: [usize; 2]) -> f64 {
        let at = |r: usize, n: usize| self.0[r][n];
        at(rows[1], notes[1]) - at(rows[0], notes[1]) - at(rows[1], notes[0]) + at(rows[0], notes[0])
    }
}

impl Classifier {
    fn value(&self, sums: &Sums) -> f64 {
        let (low, high, end) = (self.low, self.low + self.notes, self.rows);
        let whole = sums.area([0, end], [low, high]);
        let part = match self.split {
            Split::All => whole,
            Split::Notes => sums.area([0, end], [low + self.notes / 2, high]),
            Split::Time => sums.area([end / 2, end], [low, high]),
            Split::Quarters => {
                let (time, note) = (end / 2, low + self.notes / 2);
                sums.area([0, time], [note, high]) + sums.area([time, end], [low, note])
            }
            Split::MiddleNotes => {
                let third = self.notes / 3;
                sums.area([0, end], [low + third, low + 2 * third])
            }
            Split::MiddleTime => {
                let third = end / 3;
                sums.area([third, 2 * third], [low, high])
            }
        };
        (1.0 + part).ln() - (1.0 + (whole - part)).ln()
    }
}

/// The word of sixteen rows of normalised chroma, the earliest first. The first classifier has the highest bits, each
/// as a Gray code, so that neighbouring classes differ in one bit.
pub(super) fn word(rows: [&[f64; NOTES]; ROWS]) -> u32 {
    let mut sums = Sums([[0.0; NOTES + 1]; ROWS + 1]);
    for (r, row) in rows.into_iter().enumerate() {
        let mut line = 0.0;
        for (n, value) in row.iter().enumerate() {
            line += value;
            sums.0[r + 1][n + 1] = sums.0[r][n + 1] + line;
        }
    }
    CLASSIFIERS.iter().fold(0, |bits, classifier| {
        let value = classifier.value(&sums);
        let class = classifier.thresholds.iter().filter(|&&t| value >= t).count();
        bits << 2 | [0b00, 0b01, 0b11, 0b10][class]
    })
}
