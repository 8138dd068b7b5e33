//! Bad files by number: valid ones that were damaged, files that lie about themselves, bombs, and several formats in one
//! file. All of generated benign content.
//!
//! Three nouns to know. [`BadFiles`] makes a [`BadFile`] from its number, the same one each time; its [`Family`] says what
//! it is meant to upset.

mod archives;
mod bombs;
mod damage;
mod deflate;
mod documents;
mod films;
mod pdf;
mod polyglots;

use crate::special::valid_files;
use crate::{Prng, encode, photo};

pub use archives::valid_archives;
pub use documents::valid_documents;
pub use films::{valid_films, wav};
pub use pdf::valid_pdfs;

/// What a bad file is meant to upset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Readers of pictures.
    Pictures,
    /// Readers of archives.
    Archives,
    /// Readers of documents, PDF apart.
    Documents,
    /// Readers of PDF.
    Pdfs,
    /// Whoever believes that a file is one thing.
    Polyglots,
    /// Readers of films and sounds. They work in processes of their own, and such a file takes long: there are few.
    Films,
    /// Limits: a small file that asks for much.
    Bombs,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Pictures,
        Self::Archives,
        Self::Documents,
        Self::Pdfs,
        Self::Polyglots,
        Self::Films,
        Self::Bombs,
    ];

    /// The word for it in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Archives => "archives",
            Self::Documents => "documents",
            Self::Pdfs => "pdfs",
            Self::Polyglots => "polyglots",
            Self::Films => "films",
            Self::Bombs => "bombs",
        }
    }

    /// The family of that number: one in forty is a bomb, one in forty a film.
    const fn of(number: u64) -> Self {
        match number % 40 {
            0 => Self::Bombs,
            20 => Self::Films,
            1..=14 => Self::Pictures,
            15..=19 | 21..=25 => Self::Archives,
            26..=31 => Self::Documents,
            32..=35 => Self::Pdfs,
            _ => Self::Polyglots,
        }
    }
}

/// A bad file and how it was made.
#[derive(Debug, Clone)]
pub struct BadFile {
    /// What it is meant to upset.
    pub family: Family,
    /// How it was made, in a few words.
    pub how: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A file of a family, made in a way that stands in a few words before it.
type Made = (&'static str, Vec<u8>);

/// Makes bad files, the same for the same number each time.
#[derive(Debug)]
pub struct BadFiles {
    pictures: Vec<Vec<u8>>,
    archives: Vec<Vec<u8>>,
    /// Archives that lie about themselves.
    forged: Vec<Made>,
    documents: Vec<Vec<u8>>,
    /// Documents that are strangely built.
    strange: Vec<Made>,
    pdfs: Vec<Vec<u8>>,
    /// PDFs that lead nowhere.
    loops: Vec<Made>,
    films: Vec<Vec<u8>>,
    /// Films that lie about their time or size.
    timeless: Vec<Made>,
    bombs: Vec<Made>,
}

impl Default for BadFiles {
    fn default() -> Self {
        Self::with_films(Vec::new())
    }
}

impl BadFiles {
    /// With valid films and sounds to be damaged too, made by a program that is not among the crates: a file of the family
    /// [`Family::Films`] is the same for the same number and the same films.
    pub fn with_films(mut films: Vec<Vec<u8>>) -> Self {
        films.extend(valid_films());
        let picture = encode::png(&photo(4, 40, 30));
        Self {
            pictures: valid_files(),
            archives: valid_archives(&picture),
            forged: archives::forged(&picture),
            documents: valid_documents(&picture),
            strange: documents::strange(),
            pdfs: valid_pdfs(),
            loops: pdf::loops(),
            timeless: films::timeless(),
            films,
            bombs: bombs::all(),
        }
    }

    /// The bad file of that number.
    pub fn get(&self, number: u64) -> BadFile {
        let family = Family::of(number);
        let mut random = Prng::new(number, 0x0062_6164);
        let (how, bytes) = match family {
            Family::Pictures => damage::damaged(&self.pictures, &mut random),
            Family::Archives => either(&self.archives, &self.forged, &mut random),
            Family::Documents => either(&self.documents, &self.strange, &mut random),
            Family::Pdfs => either(&self.pdfs, &self.loops, &mut random),
            Family::Films => either(&self.films, &self.timeless, &mut random),
            Family::Polyglots => polyglots::polyglot(
                [&self.pictures, &self.archives, &self.documents, &self.pdfs],
                &mut random,
            ),
            Family::Bombs => self.bombs[(number / 40) as usize % self.bombs.len()].clone(),
        };
        BadFile { family, how, bytes }
    }
}

/// A valid file that was damaged; one time in four one that was badly made, as it is or damaged as well.
fn either(valid: &[Vec<u8>], bad: &[Made], random: &mut Prng) -> Made {
    if random.chance(0.75) {
        return damage::damaged(valid, random);
    }
    let (how, bytes) = random.pick(bad).clone();
    match random.chance(0.5) {
        true => (how, bytes),
        false => damage::damage(bytes, valid, random),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn a_file_is_a_function_of_its_number() {
        let (one, other) = (BadFiles::default(), BadFiles::default());
        let mut families: BTreeMap<Family, HashSet<Vec<u8>>> = BTreeMap::new();
        for number in 0..400 {
            let file = one.get(number);
            assert_eq!(file.bytes, other.get(number).bytes, "{number}");
            families.entry(file.family).or_default().insert(file.bytes);
        }
        for family in Family::ALL {
            let different = families[&family].len();
            assert!(different > 4, "{different} different {}", family.name());
        }
    }
}
