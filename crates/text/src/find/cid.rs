//! Content identifiers of IPFS: version 0 (`Qm…`, base58) and version 1 in base32 (`bafy…`).

use super::bip;
use super::host::base32;

/// Whether a word is a content identifier.
pub(super) fn valid(word: &str) -> bool {
    if word.len() == 46 && word.starts_with("Qm") {
        return bip::decode(word).is_some_and(|bytes| bytes.len() == 34 && bytes[..2] == [0x12, 0x20]);
    }
    version_1(word)
}

/// Version 1: 1, a codec, and a multihash whose length is right. Only this is recognised where nothing else says "IPFS".
pub(super) fn version_1(word: &str) -> bool {
    let Some(data) = word
        .strip_prefix('b')
        .filter(|data| (20..=120).contains(&data.len()))
    else {
        return false;
    };
    let lower = data
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let Some(bytes) = lower.then(|| base32(data)).flatten() else {
        return false;
    };
    let Some(([1], rest)) = bytes.split_at_checked(1) else {
        return false;
    };
    let hash = varint(rest).and_then(|(codec, rest)| Some((codec, varint(rest)?)));
    let Some((codec, (function, rest))) = hash else {
        return false;
    };
    let Some((length, digest)) = varint(rest) else {
        return false;
    };
    // raw, dag-pb, dag-cbor, libp2p-key, dag-json; sha2-256, sha2-512, sha3-256 and -512, blake2b-256, blake3, identity.
    matches!(codec, 0x55 | 0x70 | 0x71 | 0x72 | 0x129)
        && matches!(function, 0x12 | 0x13 | 0x14 | 0x16 | 0xb220 | 0x1e | 0)
        && length as usize == digest.len()
        && digest.len() >= 16
}

fn varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0;
    for (at, byte) in bytes.iter().take(4).enumerate() {
        value |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

/// The identifier in the address of a gateway: `/ipfs/…`, or as the first label of the host.
pub(super) fn in_address<'a>(host: &'a str, path: &'a str) -> Option<&'a str> {
    let label = host.split_once(".ipfs.").map(|(label, _)| label);
    let part = || {
        let rest = path.strip_prefix("/ipfs/")?;
        rest.split(['/', '?', '#']).next()
    };
    label.or_else(part).filter(|cid| valid(cid))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn identifiers_are_checked_as_far_as_they_can_be() {
        assert!(valid("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBdG"));
        assert!(valid(
            "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
        ));
        assert!(!valid(
            "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzd"
        ));
        assert!(!valid("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPBd"));
        assert!(!valid(
            "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdI"
        ));
    }
}
