//! Where the data folder and the key are, and opening them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use etcetera::BaseStrategy;
use pipeline::banks::Banks;
use store::{Access, Options, Store};

use crate::args::PlaceArguments;

impl PlaceArguments {
    /// The data folder and the key file.
    pub(crate) fn resolve(&self) -> Result<(PathBuf, PathBuf)> {
        if let (Some(data), Some(key)) = (&self.data, &self.key) {
            return Ok((data.clone(), key.clone()));
        }
        let platform = etcetera::choose_base_strategy()
            .context("there is no home folder; name a data folder by --data and a key file by --key")?;
        let data = self
            .data
            .clone()
            .unwrap_or_else(|| platform.data_dir().join("basira"));
        let key = self
            .key
            .clone()
            .unwrap_or_else(|| platform.config_dir().join("basira").join("key"));
        Ok((data, key))
    }

    /// Opens the store.
    pub(crate) fn store(&self, access: Access) -> Result<Arc<Store>> {
        let (data, key) = self.resolve()?;
        Ok(Arc::new(Store::open(&data, Options::new(access, &key))?))
    }

    /// Opens the banks for matching, and says on standard error what a person should know about it.
    pub(crate) fn banks(&self, access: Access) -> Result<Banks> {
        let banks = Banks::open(self.store(access)?)?;
        for note in banks.notes() {
            eprintln!("basira: {note}");
        }
        Ok(banks)
    }
}
