//! Hears how near a picture came to what is banked, also where that is no match.

use std::cell::RefCell;
use std::collections::HashMap;

use model::{EntryId, PdqHash};

use crate::robust::{EntryPicture, Gates, Near, PictureBanks};

/// Banks that note what the search finds anyway: the least distance at which each entry was met.
pub(crate) struct Overheard<'a, B> {
    banks: B,
    nearest: &'a RefCell<HashMap<EntryId, u32>>,
}

impl<'a, B: PictureBanks> Overheard<'a, B> {
    pub(crate) const fn new(banks: B, nearest: &'a RefCell<HashMap<EntryId, u32>>) -> Self {
        Self { banks, nearest }
    }
}

impl<B: PictureBanks> PictureBanks for Overheard<'_, B> {
    type Error = B::Error;

    fn near(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, B::Error> {
        let near = self.banks.near(queries, radius)?;
        let mut nearest = self.nearest.borrow_mut();
        for met in &near {
            let known = nearest.entry(met.entry).or_insert(met.distance);
            *known = met.distance.min(*known);
        }
        Ok(near)
    }

    fn near_windows(&self, queries: &[PdqHash], radius: u32) -> Result<Vec<Near>, B::Error> {
        self.banks.near_windows(queries, radius)
    }

    fn gates(&self) -> Gates {
        self.banks.gates()
    }

    fn counts(&self, entry: EntryId) -> Result<bool, B::Error> {
        self.banks.counts(entry)
    }

    fn picture(&self, entry: EntryId) -> Result<Option<EntryPicture>, B::Error> {
        self.banks.picture(entry)
    }
}
