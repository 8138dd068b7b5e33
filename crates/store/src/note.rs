//! Signed checkpoints of the log, as texts that can be kept elsewhere.
//!
//! The form is that of C2SP's [signed notes] and [checkpoints]: whose log, how many records, a digest that binds all of
//! them, and the signature (Ed25519, RFC 8032). The digest is the chain of the last record, not the root of a tree: it
//! takes the whole log to check it, which is what whoever has the log has. A further line says when it was signed.
//!
//! [signed notes]: https://c2sp.org/signed-note
//! [checkpoints]: https://c2sp.org/tlog-checkpoint

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{SIGNATURE_LENGTH, Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use model::Sha256;
use sha2::Digest;
use thiserror::Error;

use crate::{StoreError, folder};

/// C2SP's number of Ed25519 in keys and their digests.
const ED25519: u8 = 1;
const DASH: &str = "\u{2014} ";
const TIME: &str = "time ";

/// How far a log had come, and what it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is: the name of the key that signs it.
    pub origin: String,
    /// Records.
    pub size: i64,
    /// The chain of the last of them.
    pub chain: Sha256,
    /// When it was signed.
    pub at: Timestamp,
}

impl Checkpoint {
    fn body(&self) -> String {
        let Self {
            origin,
            size,
            chain,
            at,
        } = self;
        format!(
            "{origin}\n{size}\n{}\n{TIME}{at}\n",
            STANDARD.encode(chain.bytes())
        )
    }

    /// What a note says, whoever has signed it, if anybody has.
    ///
    /// # Errors
    /// [`NoteError::Form`].
    pub fn claimed(note: &str) -> Result<Self, NoteError> {
        let (body, _) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        Self::read(body).ok_or(NoteError::Form)
    }

    fn read(body: &str) -> Option<Self> {
        let mut lines = body.lines();
        let origin = lines.next().filter(|line| !line.is_empty())?.to_owned();
        let size = lines.next()?;
        let number: i64 = size.parse().ok()?;
        // One number has one form.
        if number < 1 || number.to_string() != size {
            return None;
        }
        let chain = STANDARD.decode(lines.next()?).ok()?;
        let at = lines.next()?.strip_prefix(TIME)?.parse().ok()?;
        Some(Self {
            origin,
            size: number,
            chain: Sha256::from_slice(&chain)?,
            at,
        })
    }
}

/// Why a text is no checkpoint by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// It has another form.
    #[error("it is no signed checkpoint: its lines are not those of one")]
    Form,
    /// The key has not signed it.
    #[error("it is signed by another key")]
    Stranger,
    /// It says that the key has signed it.
    #[error("its signature is not that of its text: one of them was altered")]
    Signature,
}

/// Who can check checkpoints: the name of a log and the public half of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// The name of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Four bytes by which a signature says whose it is.
    fn digest(&self) -> [u8; 4] {
        let mut digest = sha2::Sha256::new();
        digest.update(&self.name);
        digest.update([b'\n', ED25519]);
        digest.update(self.key.as_bytes());
        let digest: [u8; 32] = digest.finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// What a signed note says, if this key has signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let (body, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let body = format!("{body}\n");
        let checkpoint = Checkpoint::read(&body).ok_or(NoteError::Form)?;
        if signatures.is_empty() || !signatures.ends_with('\n') {
            return Err(NoteError::Form);
        }
        for line in signatures.lines() {
            let line = line.strip_prefix(DASH).ok_or(NoteError::Form)?;
            let (name, signature) = line.split_once(' ').ok_or(NoteError::Form)?;
            let bytes = STANDARD.decode(signature).map_err(|_| NoteError::Form)?;
            let (digest, signature) = bytes.split_first_chunk::<4>().ok_or(NoteError::Form)?;
            if name != self.name || *digest != self.digest() {
                continue;
            }
            let signature: [u8; SIGNATURE_LENGTH] = signature.try_into().map_err(|_| NoteError::Form)?;
            let signature = Signature::from_bytes(&signature);
            let sound = self.key.verify_strict(body.as_bytes(), &signature).is_ok();
            return if sound && checkpoint.origin == self.name {
                Ok(checkpoint)
            } else {
                Err(NoteError::Signature)
            };
        }
        Err(NoteError::Stranger)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}+", self.name)?;
        self.digest()
            .iter()
            .try_for_each(|byte| write!(out, "{byte:02x}"))?;
        let bytes = [&[ED25519], &self.key.as_bytes()[..]].concat();
        write!(out, "+{}", STANDARD.encode(bytes))
    }
}

/// Why a text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("it is no public key of a log: use what `basira verify` prints, of the form NAME+8 DIGITS+BASE64")]
pub struct PublicKeyError;

impl FromStr for PublicKey {
    type Err = PublicKeyError;
    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        // Base64 may have a plus itself.
        let mut parts = text.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or(PublicKeyError);
        let (name, digest, key) = (part()?, part()?, part()?);
        let key = STANDARD.decode(key).map_err(|_| PublicKeyError)?;
        let key: [u8; 33] = key.try_into().map_err(|_| PublicKeyError)?;
        let (kind, bytes) = key.split_first_chunk::<1>().ok_or(PublicKeyError)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| PublicKeyError)?;
        let key = Self {
            name: name.to_owned(),
            key: VerifyingKey::from_bytes(&bytes).map_err(|_| PublicKeyError)?,
        };
        // The digest tells a name or a key that was mistyped.
        let wanted: String = key.digest().iter().map(|byte| format!("{byte:02x}")).collect();
        if *kind != [ED25519] || wanted != digest || name.is_empty() {
            return Err(PublicKeyError);
        }
        Ok(key)
    }
}

/// The key that signs checkpoints. It lies beside the key of the data folder, outside of the folder: whoever can alter the
/// folder alone cannot sign.
pub struct Signer {
    key: SigningKey,
    public: PublicKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Signer({})", self.public.name)
    }
}

impl Signer {
    fn new(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key();
        let digest: [u8; 32] = sha2::Sha256::digest(public.as_bytes()).into();
        // Two logs have two names, and nobody has to think of one.
        let short: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            public: PublicKey {
                name: format!("basira/log/{short}"),
                key: public,
            },
            key,
        }
    }

    /// Where it lies, by the path of the data folder's key.
    pub(crate) fn path(key: &Path) -> PathBuf {
        let mut name = key.file_name().unwrap_or_default().to_owned();
        name.push(".signing");
        key.with_file_name(name)
    }

    /// Reads it; `None` when there is none (yet).
    pub(crate) fn load(path: &Path) -> Result<Option<Self>, StoreError> {
        Ok(folder::read_secret(path)?.map(|seed| Self::new(&seed)))
    }

    /// Reads it, or makes it, durably, when there is none.
    pub(crate) fn load_or_create(path: &Path) -> Result<Self, StoreError> {
        folder::create_secret(path, 32)?;
        Self::load(path)?.ok_or_else(|| StoreError::io("read the key", path, io::ErrorKind::NotFound.into()))
    }

    /// Who can check what it signs.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The signed note of a log of so many records.
    pub(crate) fn sign(&self, size: i64, chain: Sha256, at: Timestamp) -> String {
        let checkpoint = Checkpoint {
            origin: self.public.name.clone(),
            size,
            chain,
            at,
        };
        let body = checkpoint.body();
        let signature = self.key.sign(body.as_bytes()).to_bytes();
        let signed = STANDARD.encode([&self.public.digest()[..], &signature].concat());
        format!("{body}\n{DASH}{} {signed}\n", self.public.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (Signer, String) {
        let signer = Signer::new(&[7; 32]);
        let note = signer.sign(12, Sha256::new([9; 32]), "2026-11-25T12:00:00Z".parse().unwrap());
        (signer, note)
    }

    #[test]
    fn a_note_says_what_was_signed_and_any_other_does_not() {
        let (signer, note) = signed();
        let public: PublicKey = signer.public().to_string().parse().unwrap();
        assert_eq!(&public, signer.public());
        let checkpoint = public.open(&note).unwrap();
        assert_eq!((checkpoint.size, checkpoint.chain), (12, Sha256::new([9; 32])));
        assert_eq!(checkpoint.origin, public.name());
        for at in 0..note.len() {
            let mut altered = note.clone().into_bytes();
            altered[at] ^= 1;
            if let Ok(altered) = String::from_utf8(altered) {
                assert!(public.open(&altered).is_err(), "{altered}");
            }
            if note.is_char_boundary(at) {
                assert!(public.open(&note[..at]).is_err(), "{at}");
            }
        }
        let other = Signer::new(&[8; 32]);
        assert_eq!(other.public().open(&note), Err(NoteError::Stranger));
    }

    /// Signatures of witnesses may stand beside that of the log.
    #[test]
    fn other_signatures_are_passed_over() {
        let (signer, note) = signed();
        let more = format!("{note}{DASH}witness {}\n", STANDARD.encode([1; 68]));
        assert!(signer.public().open(&more).is_ok());
    }

    /// The form that others read: made by hand from the two specifications.
    #[test]
    fn the_form_is_that_of_the_specification() {
        let (signer, note) = signed();
        let lines: Vec<&str> = note.split('\n').collect();
        assert_eq!(lines.len(), 7);
        assert_eq!(
            &lines[1..5],
            [
                "12",
                "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=",
                "time 2026-11-25T12:00:00Z",
                ""
            ]
        );
        assert!(lines[5].starts_with(&format!("\u{2014} {} ", lines[0])));
        let key = signer.public().to_string();
        let (_, rest) = key.split_once('+').unwrap();
        let (digest, key) = rest.split_once('+').unwrap();
        let key = STANDARD.decode(key).unwrap();
        assert_eq!((digest.len(), key.len(), key[0]), (8, 33, 1));
        let hashed = sha2::Sha256::digest([lines[0].as_bytes(), b"\n", &key].concat());
        assert_eq!(
            digest,
            hashed[..4]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        );
        for wrong in ["", "a+b", "a+00000000+AA==", &signer.public().to_string()[1..]] {
            assert!(wrong.parse::<PublicKey>().is_err(), "{wrong}");
        }
    }
}
