//! The client's address behind proxies: `Forwarded` (RFC 7239) and `X-Forwarded-For`, believed of named networks only.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use crate::auth::network;

const COMMON: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Arc<[IpNet]>);

impl Networks {
    /// Reads networks as `10.1.0.0/16`, or single addresses.
    ///
    /// # Errors
    /// The text that is neither.
    pub fn parse(texts: &[String]) -> Result<Self, String> {
        let read = |text: &String| network(text.trim()).ok_or_else(|| text.clone());
        Ok(Self(texts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is in one of them.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The client's address: the other end of the connection, or whom trusted proxies name in its place.
///
/// Each proxy adds the address of its own client at the end. So the list is read from its end, and the first address that
/// is no trusted proxy's is the client's; what stands before it could have been written by anybody. Where both headers
/// are there and name different clients, the proxy has passed one of them on from a stranger, and neither is believed.
pub(crate) fn client(headers: &HeaderMap, peer: IpAddr, trusted: &Networks) -> IpAddr {
    if !trusted.contains(peer) {
        return peer;
    }
    let named = |name: HeaderName, read: fn(&str) -> Option<IpAddr>| {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        (!values.is_empty()).then(|| {
            // What is no text has no address, and ends the list like every hop that cannot be read.
            let texts = values
                .iter()
                .rev()
                .map(|value| value.to_str().unwrap_or_default());
            nearest(texts.flat_map(|text| text.rsplit(',')).map(read), peer, trusted)
        })
    };
    match (named(header::FORWARDED, element), named(COMMON, address)) {
        (None, None) => peer,
        (Some(client), None) | (None, Some(client)) => client,
        (Some(one), Some(other)) if one == other => one,
        (Some(_), Some(_)) => peer,
    }
}

/// The first address, from the end, that is no proxy's; the last proxy before one that cannot be read.
fn nearest(hops: impl Iterator<Item = Option<IpAddr>>, peer: IpAddr, trusted: &Networks) -> IpAddr {
    let mut believed = peer;
    for hop in hops {
        let Some(address) = hop else { break };
        believed = address;
        if !trusted.contains(address) {
            break;
        }
    }
    believed
}

/// The address in an element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https`. Commas within quotes do not occur in
/// what a proxy writes; in what a stranger writes they must not hide what the proxy has added.
fn element(text: &str) -> Option<IpAddr> {
    let mut pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(value.trim().trim_matches('"'))
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        // One colon comes before a port, several are in an address.
        None => match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => host,
            _ => text,
        },
    };
    bare.parse().ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(peer: &str, headers: &[(HeaderName, &'static str)]) -> String {
        let trusted = Networks::parse(&["10.0.0.0/8".to_owned(), "fd00::1".to_owned()]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        client(&map, peer.parse().unwrap(), &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_who_he_is() {
        for name in [header::FORWARDED, COMMON] {
            assert_eq!(seen("192.0.2.1", &[(name, "for=198.51.100.1")]), "192.0.2.1");
        }
    }

    #[test]
    fn a_proxy_says_for_whom_it_asks() {
        for (value, client) in [
            ("198.51.100.1", "198.51.100.1"),
            ("198.51.100.1:99", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
            ("203.0.113.9, 198.51.100.1, 10.1.1.1", "198.51.100.1"),
            ("2001:db8::1, 10.1.1.1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            ("10.3.3.3, 10.2.2.2", "10.3.3.3"),
            ("198.51.100.1, nonsense, 10.2.2.2", "10.2.2.2"),
            ("nonsense", "10.9.9.9"),
            ("", "10.9.9.9"),
        ] {
            assert_eq!(seen("10.9.9.9", &[(COMMON, value)]), client, "{value:?}");
        }
        for (value, client) in [
            ("for=198.51.100.1;proto=https", "198.51.100.1"),
            ("proto=https; For=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=\", for=198.51.100.1", "198.51.100.1"),
            ("for=203.0.113.9, for=198.51.100.1, for=10.1.1.1", "198.51.100.1"),
            ("for=unknown", "10.9.9.9"),
            ("for=_hidden, for=10.1.1.1", "10.1.1.1"),
        ] {
            assert_eq!(
                seen("10.9.9.9", &[(header::FORWARDED, value)]),
                client,
                "{value:?}"
            );
        }
        let lines = [(COMMON, "198.51.100.1"), (COMMON, "198.51.100.2, 10.1.1.1")];
        assert_eq!(
            seen("fd00::1", &lines),
            "198.51.100.2",
            "the last line is the nearest"
        );
    }

    #[test]
    fn of_two_headers_that_differ_neither_is_believed() {
        let both = |one, other| seen("10.9.9.9", &[(header::FORWARDED, one), (COMMON, other)]);
        assert_eq!(both("for=198.51.100.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(both("for=198.51.100.1", "198.51.100.2"), "10.9.9.9");
    }

    #[test]
    fn what_is_no_network_is_named() {
        let refused = Networks::parse(&["10.0.0.0/8".to_owned(), "10.0.0.0/33".to_owned()]);
        assert_eq!(refused, Err("10.0.0.0/33".to_owned()));
    }
}
