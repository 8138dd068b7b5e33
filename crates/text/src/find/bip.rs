//! Base58 in its three dialects: Bitcoin's with four bytes of double SHA-256 (as in TRON and Litecoin), IPFS's without a
//! checksum, and Monero's in blocks with four bytes of Keccak-256.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Monero: characters that stand for a number of bytes.
const BLOCKS: [(usize, usize); 8] = [(2, 1), (3, 2), (5, 3), (6, 4), (7, 5), (9, 6), (10, 7), (11, 8)];

fn value(letter: u8) -> Option<u32> {
    // The alphabet has 58 letters.
    ALPHABET
        .iter()
        .position(|known| *known == letter)
        .map(|at| at as u32)
}

/// Decodes base58; `written` is short, since time grows with its square.
pub(super) fn decode(written: &str) -> Option<Vec<u8>> {
    if written.len() > 128 {
        return None;
    }
    let mut number: Vec<u8> = Vec::with_capacity(written.len());
    for letter in written.bytes() {
        let mut carry = value(letter)?;
        for byte in number.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            number.insert(0, (carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let zeros = written.bytes().take_while(|letter| *letter == b'1').count();
    let mut bytes = vec![0; zeros];
    bytes.extend(number);
    Some(bytes)
}

/// Decodes base58check: version and payload without the checksum.
pub(super) fn check(written: &str) -> Option<Vec<u8>> {
    let mut bytes = decode(written)?;
    let length = bytes.len().checked_sub(4)?;
    let sum = Sha256::digest(Sha256::digest(&bytes[..length]));
    (sum[..4] == bytes[length..]).then(|| {
        bytes.truncate(length);
        bytes
    })
}

/// Decodes an address of Monero: network byte and keys without the checksum.
pub(super) fn monero(written: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(80);
    for block in written.as_bytes().chunks(11) {
        let (_, size) = BLOCKS.iter().find(|(letters, _)| *letters == block.len())?;
        let mut number = 0_u128;
        for letter in block {
            number = number * 58 + u128::from(value(*letter)?);
        }
        if number >> (8 * size) != 0 {
            return None;
        }
        bytes.extend_from_slice(&number.to_be_bytes()[16 - size..]);
    }
    let length = bytes.len().checked_sub(4)?;
    (Keccak256::digest(&bytes[..length])[..4] == bytes[length..]).then(|| {
        bytes.truncate(length);
        bytes
    })
}

#[cfg(test)]
mod tests {
    use super::{check, decode};

    #[test]
    fn base58_is_read_as_in_its_draft() {
        // draft-msporny-base58, 5.
        assert_eq!(decode("2NEpo7TZRRrLZSi2U"), Some(b"Hello World!".to_vec()));
        assert_eq!(decode("11233QC4"), Some(vec![0, 0, 0x28, 0x7f, 0xb4, 0xcd]));
        assert_eq!(decode("0"), None);
        assert_eq!(check("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), None);
    }
}
