//! The key of a data folder, and sealing with it.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): its 192-bit nonces may be drawn at random without a count of
//! messages. The associated data name table, column and row, so that a ciphertext moved elsewhere does not open.
//! Not promised: that an old ciphertext put back into its own row is noticed.

use std::io;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::{StoreError, folder};

const NONCE: usize = 24;

/// A 256-bit key. It is kept outside of the data folder, so that a copy of the folder alone reveals no picture.
pub struct Key {
    cipher: XChaCha20Poly1305,
    /// What the words by which texts are searched are digested with.
    words: [u8; Self::LEN],
}

impl std::fmt::Debug for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Key(..)")
    }
}

impl Key {
    /// Number of bytes.
    pub const LEN: usize = 32;

    fn new(bytes: [u8; Self::LEN]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&bytes.into()),
            words: Sha256::digest([b"basira search\n", &bytes[..]].concat()).into(),
        }
    }

    /// The digest of a word, of which nobody without the key can tell the word.
    pub(crate) fn word(&self, word: &str) -> i64 {
        let digest: [u8; 32] = Sha256::digest([&self.words[..], word.as_bytes()].concat()).into();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(first)
    }

    /// Reads the key of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// [`StoreError::KeyMalformed`] when the file has not exactly 32 bytes, [`StoreError::Io`] when it cannot be read.
    pub fn load(path: &Path) -> Result<Option<Self>, StoreError> {
        Ok(folder::read_secret::<{ Self::LEN }>(path)?.map(Self::new))
    }

    /// Reads the key of a file, or makes the file (mode 0600, durable) with a new key when there is none. Of two
    /// processes that do so at once, both get the same key.
    ///
    /// # Errors
    /// As [`Key::load`]; [`StoreError::DiskFull`] or [`StoreError::Io`] when the file cannot be written.
    pub fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        folder::create_secret(path, Self::LEN)?;
        Self::load(path)?.ok_or_else(|| StoreError::io("read the key", path, io::ErrorKind::NotFound.into()))
    }

    /// The cipher, for what is sealed in pieces.
    pub(crate) const fn cipher(&self) -> &XChaCha20Poly1305 {
        &self.cipher
    }

    /// Encrypts: nonce, then ciphertext with its tag.
    pub(crate) fn seal(&self, place: &Place, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(StoreError::Random)?;
        let place = place.text();
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            // The cipher refuses only messages of 256 GiB and more.
            .unwrap_or_else(|_| unreachable!("a message under 256 GiB"));
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts what [`Key::seal`] made; `None` when it was altered, moved, or sealed with another key.
    pub(crate) fn open(&self, place: &Place, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let place = place.text();
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
    }
}

/// Where a ciphertext is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The table.
    pub(crate) table: &'static str,
    /// The column.
    pub(crate) column: &'static str,
    /// The row's key.
    pub(crate) row: i64,
}

impl Place {
    fn text(&self) -> String {
        format!("{}/{}/{}", self.table, self.column, self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place {
        table: "thumbnail",
        column: "sealed",
        row: 7,
    };

    #[test]
    fn what_was_sealed_opens_only_in_its_place_unaltered_and_with_its_key() {
        let key = Key::new([1; 32]);
        let sealed = key.seal(&HERE, b"a picture").unwrap();
        assert_eq!(key.open(&HERE, &sealed).as_deref(), Some(&b"a picture"[..]));
        assert_ne!(
            sealed,
            key.seal(&HERE, b"a picture").unwrap(),
            "each sealing draws its nonce"
        );
        assert_eq!(key.open(&Place { row: 8, ..HERE }, &sealed), None);
        assert_eq!(Key::new([2; 32]).open(&HERE, &sealed), None);
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(&HERE, &altered), None, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&HERE, &sealed[..length]), None, "length {length}");
        }
    }

    #[test]
    fn a_key_is_made_once_for_the_owner_only() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/key");
        assert!(Key::load(&path).unwrap().is_none());
        let sealed = Key::load_or_create(&path).unwrap().seal(&HERE, b"x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Key::load_or_create(&path).unwrap().open(&HERE, &sealed).is_some());
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no temporary file is left"
        );
        fs::write(&path, [0; 31]).unwrap();
        assert!(matches!(
            Key::load(&path),
            Err(StoreError::KeyMalformed { bytes: 31, .. })
        ));
    }
}
