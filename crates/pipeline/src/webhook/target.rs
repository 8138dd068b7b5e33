//! The address of a webhook, checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;
use ureq::http::Uri;

use super::guard::Guard;

/// The longest address in bytes.
const LONGEST: usize = 2_048;

/// The address of a webhook: http or https, a host in its one usual form, and no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    uri: Uri,
    /// The host, where it is no name.
    literal: Option<IpAddr>,
}

/// Why a text is no address of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TargetError {
    #[error("it has {0} bytes, over the limit of {LONGEST}")]
    Long(usize),
    #[error(
        "it has a character that no address has; write it in percent-encoding, and the host in its ASCII form"
    )]
    Character,
    #[error("it is no address: {0}")]
    Malformed(String),
    #[error("it begins neither with http:// nor with https://")]
    Scheme,
    #[error("it has a user or password in it; the signature says who speaks")]
    Credentials,
    #[error("it has a fragment, which is never sent")]
    Fragment,
    #[error("its host is neither a name nor a network address in its usual form")]
    Host,
    #[error("its port is none")]
    Port,
    #[error("{0} is no public address; name its network by `basira serve --webhook-network` to allow it")]
    Private(IpAddr),
}

impl Target {
    /// Refuses a network address that the guard does not let through. What a name leads to is seen when it is resolved.
    ///
    /// # Errors
    /// [`TargetError::Private`].
    pub fn check(&self, guard: &Guard) -> Result<(), TargetError> {
        match self.literal {
            Some(address) if !guard.allows(address) => Err(TargetError::Private(address)),
            _ => Ok(()),
        }
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        if text.len() > LONGEST {
            return Err(TargetError::Long(text.len()));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(TargetError::Character);
        }
        if text.contains('#') {
            return Err(TargetError::Fragment);
        }
        let uri: Uri = text
            .parse()
            .map_err(|error: ureq::http::uri::InvalidUri| TargetError::Malformed(error.to_string()))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(TargetError::Scheme);
        }
        let authority = uri.authority().ok_or(TargetError::Host)?.as_str();
        if authority.contains('@') {
            return Err(TargetError::Credentials);
        }
        let host = uri.host().ok_or(TargetError::Host)?;
        // A port that is no number would be read as none at all.
        match authority.get(host.len()..).ok_or(TargetError::Host)? {
            "" => {}
            port => {
                let digits = port.strip_prefix(':').filter(|digits| {
                    // What parses has more forms than addresses have: `+80`.
                    digits.bytes().all(|byte| byte.is_ascii_digit())
                });
                let number = digits.and_then(|digits| digits.parse::<u16>().ok());
                number.filter(|number| *number != 0).ok_or(TargetError::Port)?;
            }
        }
        let literal = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => Some(IpAddr::V6(
                inner.parse::<Ipv6Addr>().map_err(|_| TargetError::Host)?,
            )),
            None => match host.parse::<Ipv4Addr>() {
                Ok(address) => Some(IpAddr::V4(address)),
                Err(_) if is_name(host) => None,
                Err(_) => return Err(TargetError::Host),
            },
        };
        Ok(Self { uri, literal })
    }
}

/// Whether it is a name as the name system has them. Numbers in odd forms (`0x7f.1`, `2130706433`), which some resolvers
/// take for addresses, are none.
fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let number = |label: &str| {
        let hex = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
        label.bytes().all(|byte| byte.is_ascii_digit())
            || hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253 && host.split('.').all(label) && !number(last)
}
