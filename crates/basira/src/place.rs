//! Where the data folder and the key are, and opening them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use etcetera::BaseStrategy;
use model::BankKind;
use pipeline::banks::Banks;
use store::{Access, DatabaseUrl, LostKey, Options, Store, StoreError};

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

    /// The database of PostgreSQL; `None` is SQLite, in the data folder.
    pub(crate) fn database(&self) -> Result<Option<DatabaseUrl>> {
        // A variable that is set to nothing is as good as none.
        let given = self.postgres.as_ref().filter(|given| !given.0.is_empty());
        Ok(given.map(|given| given.0.parse()).transpose()?)
    }

    /// Opens the store.
    pub(crate) fn store(&self, access: Access) -> Result<Arc<Store>> {
        advised(self.open(access, LostKey::Refuse, None))
    }

    /// Opens the store for changes; what is encrypted with a lost key is deleted, and a new key is made.
    pub(crate) fn store_with_new_key(&self) -> Result<Arc<Store>> {
        self.open(Access::Writer, LostKey::GiveUp, None)
    }

    fn open(&self, access: Access, lost_key: LostKey, fatal: Option<fn(&StoreError)>) -> Result<Arc<Store>> {
        let (data, key) = self.resolve()?;
        ensure!(
            !data.exists() || data.is_dir(),
            "{} is a file, not a folder; choose another data folder by --data",
            data.display()
        );
        let mut options = Options::new(access, &key);
        options.lost_key = lost_key;
        options.fatal = fatal;
        options.database = self.database()?;
        Ok(Arc::new(Store::open(&data, options)?))
    }

    /// Opens the banks for matching, and says on standard error what a person should know about it.
    pub(crate) fn banks(&self, access: Access) -> Result<Banks> {
        opened(self.store(access)?)
    }

    /// Opens the banks for a service; `fatal` ends it.
    pub(crate) fn banks_to_serve(&self, fatal: fn(&StoreError)) -> Result<Banks> {
        opened(advised(self.open(Access::Writer, LostKey::Refuse, Some(fatal)))?)
    }

    /// Opens the banks to match files with them; a data folder in which nothing can match is often the wrong one.
    pub(crate) fn banks_to_match(&self) -> Result<Banks> {
        let banks = self.banks(Access::Reader)?;
        let known = banks.store().banks()?;
        if !known
            .iter()
            .any(|known| known.bank.is_matched() && known.bank.kind == BankKind::Known)
        {
            eprintln!(
                "basira: there is no bank to match with in {}; basira bank list shows what there is, basira bank \
                 create NAME makes one, --data FOLDER names another data folder",
                banks.store().folder().display()
            );
        }
        Ok(banks)
    }
}

/// Says what to do about a lost key.
fn advised(opened: Result<Arc<Store>>) -> Result<Arc<Store>> {
    opened.map_err(|error| match error.downcast_ref() {
        Some(StoreError::KeyMissing { .. } | StoreError::KeyDiffers { .. }) => {
            anyhow!("{error}, by basira give-up-encrypted")
        }
        _ => error,
    })
}

/// Opens the banks of a store, and says on standard error what a person should know about it.
pub(crate) fn opened(store: Arc<Store>) -> Result<Banks> {
    let banks = Banks::open(store)?;
    for note in banks.notes() {
        eprintln!("basira: {note}");
    }
    Ok(banks)
}
