//! Who changes banks: this process, or a service that has the data folder.

use std::sync::Arc;

use anyhow::Result;
use jiff::Timestamp;
use pipeline::curate::{Done, Edit, apply};
use store::{Access, Store, StoreError};
use web::LocalClient;

use crate::args::PlaceArguments;

/// Makes edits. Files are read, decoded and listed by this process in any case: what is relative, what is printed and what
/// an interrupt ends are the same with a service as without.
#[derive(Debug)]
pub(crate) struct Curator {
    store: Arc<Store>,
    service: Option<LocalClient>,
}

impl Curator {
    /// One that shall change nothing.
    pub(crate) fn reading(store: Arc<Store>) -> Self {
        Self { store, service: None }
    }

    /// The store, to read from.
    pub(crate) fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// How many entries are to be added in one edit: beside a service, that shall not hold up what it does.
    pub(crate) fn batch(&self) -> usize {
        match &self.service {
            Some(_) => 1_000,
            None => 10_000,
        }
    }

    /// Makes an edit. When this returns it is durable, and the next search sees it.
    pub(crate) fn make(&self, edit: &Edit) -> Result<Done> {
        Ok(match &self.service {
            Some(service) => service.apply(edit)?,
            None => apply(&self.store, edit, web::ACTOR, Timestamp::now())?,
        })
    }
}

impl PlaceArguments {
    /// Whoever may change banks here: the service that has the data folder, where there is one.
    pub(crate) fn curator(&self) -> Result<Curator> {
        let (data, _) = self.resolve()?;
        if let Some(service) = LocalClient::find(&data)? {
            return self.beside(service);
        }
        match self.store(Access::Writer) {
            Ok(store) => Ok(Curator { store, service: None }),
            // A service may have started in the meantime.
            Err(error) if matches!(error.downcast_ref(), Some(StoreError::InUse { .. })) => {
                match LocalClient::find(&data)? {
                    Some(service) => self.beside(service),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    fn beside(&self, service: LocalClient) -> Result<Curator> {
        Ok(Curator {
            store: self.store(Access::Reader)?,
            service: Some(service),
        })
    }
}
