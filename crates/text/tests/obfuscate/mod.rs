//! Benign words written as people write them who do not want software to read them: the classes that public tests have.

#![allow(dead_code, reason = "each test and the example use a part of it")]

use unicode_normalization::UnicodeNormalization;

/// Numbers that are the same in every run (Knuth's MMIX generator).
pub(crate) struct Numbers(pub u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// An invented language with the letters of Arabic and, like every language, a few words that are everywhere.
pub(crate) struct Vocabulary(Vec<String>);

impl Vocabulary {
    pub(crate) fn new(numbers: &mut Numbers) -> Self {
        let letters: Vec<char> = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةى".chars().collect();
        let word = |numbers: &mut Numbers| {
            (0..2 + numbers.below(6))
                .map(|_| letters[numbers.below(letters.len())])
                .collect()
        };
        Self((0..4000).map(|_| word(numbers)).collect())
    }

    /// A word, by Zipf's law.
    pub(crate) fn word(&self, numbers: &mut Numbers) -> &str {
        let rank = (4000_f64.powf(numbers.below(1 << 20) as f64 / f64::from(1 << 20))) as usize - 1;
        &self.0[rank.min(3999)]
    }

    pub(crate) fn text(&self, words: usize, numbers: &mut Numbers) -> Vec<String> {
        (0..words).map(|_| self.word(numbers).to_owned()).collect()
    }
}

/// A class: its name, the share that must be found, and what it does to a word; none if it cannot be done to it.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    pub(crate) target: f64,
    pub(crate) dress: fn(&str, &mut Numbers) -> Option<String>,
}

const LOSSLESS: f64 = 0.99;
const LOSSY: f64 = 0.95;

pub(crate) const CLASSES: [Class; 20] = [
    Class {
        name: "tatweel",
        target: LOSSLESS,
        dress: |word, n| between(word, n, &["ـ", "ـــ"]),
    },
    Class {
        name: "harakat",
        target: LOSSLESS,
        dress: |word, n| between(word, n, &["\u{64E}", "\u{651}\u{650}", "\u{652}"]),
    },
    Class {
        name: "qur'anic marks",
        target: LOSSLESS,
        dress: |word, n| between(word, n, &["\u{6D6}", "\u{6DF}", "\u{6ED}"]),
    },
    Class {
        name: "invisible",
        target: LOSSLESS,
        dress: |word, n| between(word, n, &["\u{200C}", "\u{200B}", "\u{200F}", "\u{2068}"]),
    },
    Class {
        name: "ignorable",
        target: LOSSLESS,
        dress: |word, n| between(word, n, &["\u{AD}", "\u{34F}", "\u{FE0F}"]),
    },
    Class {
        name: "presentation forms",
        target: LOSSLESS,
        dress: |word, _| changed(word, presentation),
    },
    Class {
        name: "persian letters",
        target: LOSSLESS,
        dress: |word, n| {
            let kind = n.below(2);
            changed(word, move |c| persian(c, kind))
        },
    },
    Class {
        name: "hamza dropped, ة to ه",
        target: LOSSLESS,
        dress: |word, _| changed(word, |c| swap(c, "أإآة", "اااه")),
    },
    Class {
        name: "ى and ي",
        target: LOSSLESS,
        dress: |word, _| changed(word, |c| swap(c, "ىي", "يى")),
    },
    Class {
        name: "hamza seat",
        target: LOSSLESS,
        dress: |word, _| changed(word, |c| swap(c, "ؤئ", "وي")),
    },
    Class {
        name: "spaces",
        target: LOSSY,
        dress: |word, _| apart(word, " "),
    },
    Class {
        name: "dots",
        target: LOSSY,
        dress: |word, _| apart(word, "."),
    },
    Class {
        name: "stars",
        target: LOSSY,
        dress: |word, _| apart(word, "*"),
    },
    Class {
        name: "emoji",
        target: LOSSY,
        dress: |word, n| {
            let sign = n.one(&["🙂", "🔥", "❤️"]);
            apart(word, sign)
        },
    },
    Class {
        name: "latin look-alikes",
        target: LOSSY,
        dress: |word, n| {
            let alef = n.one(&['l', 'I']);
            changed(word, move |c| match c {
                'ا' => Some(alef),
                'ه' | 'ة' => Some('o'),
                _ => None,
            })
        },
    },
    Class {
        name: "overlays",
        target: LOSSY,
        dress: |word, n| between(word, n, &["\u{336}", "\u{20DD}"]),
    },
    Class {
        name: "arabizi digits",
        target: 0.60,
        dress: |word, _| changed(word, |c| swap(c, "عخحق", "3578")),
    },
    Class {
        name: "repeats",
        target: LOSSY,
        dress: |word, n| repeated(word, n),
    },
    Class {
        name: "one symbol",
        target: LOSSY,
        dress: |word, n| {
            let at = 2 + n.below(word.chars().count().saturating_sub(3).max(1));
            (word.chars().count() >= 4).then(|| insert(word, at, "*"))
        },
    },
    Class {
        name: "dotless, archaic letters",
        target: LOSSLESS,
        dress: |word, _| changed(word, dotless).filter(|word| word.contains(['ٮ', 'ڡ', 'ں', 'ٯ'])),
    },
];

fn swap(c: char, from: &str, to: &str) -> Option<char> {
    from.chars()
        .zip(to.chars())
        .find(|(letter, _)| *letter == c)
        .map(|(_, with)| with)
}

fn changed(word: &str, with: impl Fn(char) -> Option<char>) -> Option<String> {
    let dressed: String = word.chars().map(|c| with(c).unwrap_or(c)).collect();
    (dressed != word).then_some(dressed)
}

fn between(word: &str, numbers: &mut Numbers, signs: &[&str]) -> Option<String> {
    let mut out = String::new();
    for c in word.chars() {
        out.push(c);
        out.push_str(numbers.one(signs));
    }
    Some(out)
}

fn apart(word: &str, sign: &str) -> Option<String> {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    (letters.len() >= 4).then(|| letters.join(sign))
}

fn insert(word: &str, at: usize, sign: &str) -> String {
    word.chars()
        .enumerate()
        .map(|(index, c)| {
            if index == at {
                format!("{sign}{c}")
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn repeated(word: &str, numbers: &mut Numbers) -> Option<String> {
    let at = numbers.below(word.chars().count());
    Some(
        word.chars()
            .enumerate()
            .map(|(index, c)| String::from(c).repeat(if index == at { 4 } else { 1 }))
            .collect(),
    )
}

fn presentation(c: char) -> Option<char> {
    ('\u{FE80}'..='\u{FEF4}').find(|form| form.nfkc().eq([c]))
}

fn persian(c: char, kind: usize) -> Option<char> {
    match (c, kind) {
        ('ي' | 'ى', 0) => Some('ی'),
        ('ي' | 'ى', _) => Some('ے'),
        ('ك', _) => Some('ک'),
        ('ه', 0) => Some('ہ'),
        ('ه', _) => Some('ھ'),
        _ => None,
    }
}

/// As public converters write it.
pub(crate) fn dotless(c: char) -> Option<char> {
    swap(c, "بتثنيىئجخذزشضظغفقةأإآؤ", "ٮٮٮںىىىححدرسصطعڡٯهاااو")
}

/// The same without letters that only old manuscripts have; ف and ق have no other then, and keep their dots.
pub(crate) fn dotless_modern(c: char) -> Option<char> {
    swap(c, "بتثنيئجخذزشضظغةأإآؤ", "ىىىىىىححدرسصطعهاااو")
}

/// Wilson's interval of a share at 95 %.
pub(crate) fn interval(right: usize, all: usize) -> (f64, f64) {
    let (n, p, z) = (all as f64, right as f64 / all.max(1) as f64, 1.96_f64);
    let middle = p + z * z / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (
        (middle - half) / (1.0 + z * z / n),
        (middle + half) / (1.0 + z * z / n),
    )
}
