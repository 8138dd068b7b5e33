//! Which engine a data folder belongs to, and with PostgreSQL, which schema: blobs lie in the folder and their rows do not,
//! so that a folder that was opened with another database would seem to be full of blobs that nobody needs.

use std::fs;
use std::io;
use std::path::Path;

use crate::db::{Optional, Session, params};
use crate::{StoreError, folder};

/// Refuses a folder that was made with the other engine.
pub(crate) fn refuse_other_engine(folder: &Path, postgres: bool) -> Result<(), StoreError> {
    let (other, keeps) = match postgres {
        true => (folder::DATABASE, "in SQLite, in the folder itself"),
        false => (folder::STORE_ID, "in PostgreSQL"),
    };
    if folder.join(other).exists() {
        return Err(elsewhere(folder, keeps));
    }
    Ok(())
}

fn elsewhere(folder: &Path, keeps: &'static str) -> StoreError {
    StoreError::OtherDatabase {
        folder: folder.to_owned(),
        keeps,
    }
}

/// Gives a new schema the number by which folders know it. The caller has the schema for itself.
pub(crate) fn number(session: &mut Session) -> Result<(), StoreError> {
    let id = format!("{}{}", folder::random_suffix()?, folder::random_suffix()?);
    session.write(|transaction| {
        transaction.execute(
            "-- number_store\nINSERT INTO meta (name, value) VALUES ('store_id', $1) ON CONFLICT (name) DO NOTHING",
            params![id.as_bytes()],
        )?;
        Ok(())
    })
}

/// Binds a new folder to a schema, and refuses one that is bound to another.
pub(crate) fn bind(folder: &Path, session: &mut Session) -> Result<(), StoreError> {
    let id = session.read(|connection| {
        let sql = "-- store_id\nSELECT value FROM meta WHERE name = 'store_id'";
        let found = connection.query_row(sql, params![], |row| row.get::<Vec<u8>>(0));
        Ok(found.optional()?.unwrap_or_default())
    })?;
    let path = folder.join(folder::STORE_ID);
    match fs::read(&path) {
        Ok(found) if found == id => Ok(()),
        Ok(_) => Err(elsewhere(folder, "in another schema or database of PostgreSQL")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let temporary = folder.join(format!(".new-{}", folder::random_suffix()?));
            folder::write_new(&temporary, &id)?;
            fs::rename(&temporary, &path).map_err(|source| StoreError::io("place", &path, source))?;
            folder::sync(folder)
        }
        Err(error) => Err(StoreError::io("read", &path, error)),
    }
}
