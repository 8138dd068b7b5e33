//! The three digests of a whole file, in one pass.

use md5::Md5 as Md5State;
use model::{Md5, Sha1, Sha256, Signal};
use sha1::Sha1 as Sha1State;
use sha2::{Digest, Sha256 as Sha256State};

/// SHA-256, SHA-1 and MD5 of the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// SHA-256: the identity of the blob.
    pub sha256: Sha256,
    /// SHA-1.
    pub sha1: Sha1,
    /// MD5.
    pub md5: Md5,
}

impl Digests {
    /// The digests of bytes that are all in memory.
    pub fn of(bytes: &[u8]) -> Self {
        let mut digester = Digester::default();
        digester.update(bytes);
        digester.finish()
    }

    /// The three as signals.
    pub const fn signals(&self) -> [Signal; 3] {
        [
            Signal::Sha256(self.sha256),
            Signal::Sha1(self.sha1),
            Signal::Md5(self.md5),
        ]
    }
}

/// Digests bytes that come in pieces.
///
/// ```
/// use basira_fingerprint::digest::{Digester, Digests};
/// let mut digester = Digester::default();
/// digester.update(b"knight ");
/// digester.update(b"league");
/// assert_eq!(digester.finish(), Digests::of(b"knight league"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Digester {
    sha256: Sha256State,
    sha1: Sha1State,
    md5: Md5State,
}

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        // Pieces that stay in the first-level cache, so that three digests read memory once.
        for piece in bytes.chunks(16 << 10) {
            self.sha256.update(piece);
            self.sha1.update(piece);
            self.md5.update(piece);
        }
    }

    /// The digests of all pieces.
    pub fn finish(self) -> Digests {
        Digests {
            sha256: Sha256::new(self.sha256.finalize().into()),
            sha1: Sha1::new(self.sha1.finalize().into()),
            md5: Md5::new(self.md5.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        let empty = Digests::of(b"");
        assert_eq!(
            empty.sha256.to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(empty.sha1.to_string(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(empty.md5.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(
            Digests::of(b"abc").md5.to_string(),
            "900150983cd24fb0d6963f7d28e17f72"
        );
    }
}
