//! Which network addresses may be connected to: an address that a stranger, or a name server, chose must not lead into
//! the operator's own network (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Which network addresses may be connected to: public ones, and those of networks that the operator has named.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    networks: Vec<IpNet>,
}

impl Guard {
    /// A guard that lets through what is public or in one of these networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks }
    }

    /// Whether this address may be connected to.
    pub fn allows(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        is_public(address) || self.networks.iter().any(|network| network.contains(&canonical))
    }
}

/// Whether an address is one of the public internet, by the special-purpose registries of IANA (RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)          // this network, private, loopback
            | (100, 64..=127, _)      // shared by the customers of a provider (CGNAT)
            | (169, 254, _)           // link-local; there clouds keep their metadata
            | (172, 16..=31, _)       // private
            | (192, 0, 0 | 2)         // protocol assignments, documentation
            | (192, 88, 99)           // relays of 6to4
            | (192, 168, _)           // private
            | (198, 18..=19, _)       // benchmarks
            | (198, 51, 100)          // documentation
            | (203, 0, 113)           // documentation
            | (224.., _, _) // multicast, reserved, broadcast
    );
    // Public by its number, and yet the wire server of every virtual machine of Azure.
    let azure = (a, b, c, d) == (168, 63, 129, 16);
    !special && !azure
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, _, _, e, f, _, _] = address.segments();
    // Only 2000::/3 is given to the public. Outside of it lie loopback, the unspecified, private (fc00::/7), link-local
    // (fe80::/10), site-local and multicast addresses, and forms that hide one of version 4: compatible (::/96), mapped
    // (::ffff:0:0/96), NAT64 (64:ff9b::/96, 64:ff9b:1::/48).
    let global = a & 0xe000 == 0x2000;
    let special = matches!(
        (a, b),
        (0x2001, 0..=0x1ff)            // protocol assignments: Teredo, benchmarks, ORCHID
            | (0x2001, 0xdb8)          // documentation
            | (0x2002, _)              // 6to4, which hides an address of version 4
            | (0x3fff, 0..=0xfff) // documentation
    );
    // ISATAP hides one in any prefix.
    let isatap = e & !0x0200 == 0 && f == 0x5efe;
    global && !special && !isatap
}
