//! Where browsers reach the service.

use std::str::FromStr;

use thiserror::Error;
use url::Url;

/// The address at which browsers reach the service: a scheme, a name and perhaps a port, without a path.
///
/// ```
/// let site: basira_web::Site = "https://basira.example".parse()?;
/// assert_eq!(site.origin(), "https://basira.example");
/// assert!("https://basira.example/here".parse::<basira_web::Site>().is_err());
/// # Ok::<_, basira_web::SiteError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    url: Url,
    origin: String,
}

/// Why a text is no such address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}; write https://NAME, or https://NAME:PORT")]
pub struct SiteError(String);

impl Site {
    /// As browsers write it in the header `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its name; `None` where it has a number instead.
    pub fn domain(&self) -> Option<&str> {
        self.url.domain()
    }

    /// The address of a page.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl FromStr for Site {
    type Err = SiteError;

    fn from_str(text: &str) -> Result<Self, SiteError> {
        let url: Url = text
            .parse()
            .map_err(|error: url::ParseError| SiteError(error.to_string()))?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let refuse = |why: &str| Err(SiteError(why.to_owned()));
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return refuse("browsers trust https only, but on the machine itself");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refuse("it has more than a name and a port");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it has a name of a user in it");
        }
        let origin = url.origin().ascii_serialization();
        Ok(Self { url, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_name_and_a_port() {
        let origin = |text: &str| text.parse::<Site>().map(|site| site.origin().to_owned());
        assert_eq!(
            origin("https://Basira.example:443/").unwrap(),
            "https://basira.example"
        );
        assert_eq!(origin("http://localhost:8080").unwrap(), "http://localhost:8080");
        assert_eq!(
            origin("https://بصيرة.example").unwrap(),
            "https://xn--ngbcxp9h.example"
        );
        for wrong in [
            "basira.example",
            "http://basira.example",
            "https://basira.example/console",
            "https://basira.example?a",
            "https://amal@basira.example",
            "",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
        assert_eq!("https://192.0.2.1".parse::<Site>().unwrap().domain(), None);
    }
}
