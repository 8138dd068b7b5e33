//! What can be a host: names by the Public Suffix List and UTS 46, numbers, onion services.

use sha3::{Digest, Sha3_256};

/// A host, in the form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// A domain name in ASCII (punycode), lower case, with a public suffix.
    Name(String),
    /// A version 3 onion service whose checksum is right.
    Onion(String),
    /// An address as a number, as written shortest.
    Ip(String),
}

impl Host {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Host::Name(name) | Host::Onion(name) | Host::Ip(name) => name,
        }
    }
}

/// Longest name (RFC 1035), with room for letters that punycode makes longer.
pub(super) const LONGEST: usize = 253;

/// Whether a character may stand in a host as people write it.
pub(super) fn host_char(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter, '-' | '.' | '_')
        || (!letter.is_ascii() && letter.is_alphanumeric())
        || ('\u{64b}'..='\u{65f}').contains(&letter)
}

/// Reads a host with a dot in it.
pub(super) fn parse(written: &str) -> Option<Host> {
    let written = written.trim_end_matches('.');
    if written.is_empty() || written.len() > 2 * LONGEST {
        return None;
    }
    if let Some(inside) = written.strip_prefix('[') {
        let address: std::net::Ipv6Addr = inside.strip_suffix(']')?.parse().ok()?;
        return Some(Host::Ip(format!("[{address}]")));
    }
    if written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let address: std::net::Ipv4Addr = written.parse().ok()?;
        return Some(Host::Ip(address.to_string()));
    }
    let lower = written.to_ascii_lowercase();
    let ascii = if lower.is_ascii() && !lower.contains("xn--") {
        lower
    } else {
        idna::domain_to_ascii(written).ok()?
    };
    let plain = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if ascii.len() > LONGEST || !ascii.contains('.') || !ascii.split('.').all(plain) {
        return None;
    }
    if let Some(name) = ascii.strip_suffix(".onion") {
        let service = name.rsplit('.').next().unwrap_or(name);
        return onion(service).then_some(Host::Onion(ascii));
    }
    // The list is of names in their own script.
    let known = |name: &str| psl::domain(name.as_bytes()).is_some_and(|domain| domain.suffix().is_known());
    let known = if ascii.contains("xn--") {
        known(&idna::domain_to_unicode(&ascii).0)
    } else {
        known(&ascii)
    };
    known.then_some(Host::Name(ascii))
}

/// Whether a label of 56 characters is a version 3 onion address (rend-spec-v3, 6).
fn onion(label: &str) -> bool {
    let Some(bytes) = (label.len() == 56).then(|| base32(label)).flatten() else {
        return false;
    };
    let [.., first, second, version] = bytes[..] else {
        return false;
    };
    let mut hash = Sha3_256::new();
    hash.update(b".onion checksum");
    hash.update(&bytes[..32]);
    hash.update([version]);
    let sum = hash.finalize();
    bytes.len() == 35 && version == 3 && [first, second] == sum[..2]
}

/// Base32 of RFC 4648 without padding, in lower or upper case; bits that are left over must be 0.
pub(super) fn base32(written: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(written.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0);
    for letter in written.bytes() {
        let value = match letter {
            b'a'..=b'z' => letter - b'a',
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0 && held < 5).then_some(bytes)
}

/// Whether a label mixes Latin letters with Greek, Cyrillic or Arabic ones: what a look-alike does (UTS 39, 5.1).
pub(super) fn mixed_script(host: &str) -> bool {
    let unicode = match (host.contains("xn--"), host.is_ascii()) {
        (true, _) => idna::domain_to_unicode(host).0,
        (false, true) => return false,
        (false, false) => host.to_owned(),
    };
    unicode.split('.').any(|label| {
        let latin = label
            .chars()
            .any(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
        let other = label
            .chars()
            .any(|c| ('\u{370}'..='\u{52f}').contains(&c) || ('\u{600}'..='\u{6ff}').contains(&c));
        latin && other
    })
}

#[cfg(test)]
mod tests {
    use super::{Host, base32, mixed_script, parse};

    #[test]
    fn hosts_of_all_kinds_are_read_and_the_rest_is_not() {
        let name = |name: &str| Some(Host::Name(name.to_owned()));
        assert_eq!(parse("Example.COM."), name("example.com"));
        assert_eq!(parse("sub.example.co.uk"), name("sub.example.co.uk"));
        assert_eq!(parse("bücher.example.com"), name("xn--bcher-kva.example.com"));
        assert_eq!(parse("مثال.مصر"), name("xn--mgbh0fb.xn--wgbh1c"));
        assert_eq!(parse("xn--mgbh0fb.xn--wgbh1c"), name("xn--mgbh0fb.xn--wgbh1c"));
        assert_eq!(parse("192.0.2.1"), Some(Host::Ip("192.0.2.1".into())));
        assert_eq!(parse("[2001:DB8:0::1]"), Some(Host::Ip("[2001:db8::1]".into())));
        // The onion service of the Tor Project.
        let onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";
        assert_eq!(parse(onion), Some(Host::Onion(onion.into())));
        assert_eq!(parse(&onion.replacen("2g", "3g", 1)), None, "a wrong checksum");
        for no in [
            "example",
            "co.uk",
            "com",
            "1.2.3",
            "300.1.1.1",
            "a..com",
            "-a.com",
            "file.unknowntld",
            "[::g]",
            "",
        ] {
            assert_eq!(parse(no), None, "{no}");
        }
        assert_eq!(base32("mzxw6"), Some(b"foo".to_vec()));
        assert!(mixed_script("раypal.com") && !mixed_script("paypal.com") && !mixed_script("مثال.com"));
    }
}
