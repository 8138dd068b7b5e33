//! What in a text leads somewhere: links, hosts, invites, handles, e-mail and payment addresses, hashtags.
//!
//! Two nouns to know. A [`Finding`] is a span of the text with its [`Kind`], its normal form and the [`Key`]s under
//! which it can be banked. The *view* is the text as the finder reads it (see `view`): spans go back to the text given.
//!
//! ```
//! use basira_text::find::{find, Kind};
//!
//! let text = "للتواصل على التلغرام: @chess_league أو hxxps://example[.]com/join";
//! let found = find(text);
//! assert_eq!(found[0].kind, Kind::Contact);
//! assert_eq!(found[0].normal, "telegram:chess_league");
//! assert_eq!(found[1].normal, "https://example.com/join");
//! assert_eq!(&text[found[1].span.clone()], "hxxps://example[.]com/join");
//! ```
//!
//! Time is linear in the text. Nothing is fetched, and nothing follows a shortener.

mod bech32;
mod bip;
mod cid;
mod contact;
mod given;
mod host;
mod iban;
mod payment;
pub(crate) mod pieces;
pub(crate) mod platforms;
mod scan;
mod tables;
mod url;
pub(crate) mod view;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use given::key_of;

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An address of the web, of IPFS or another scheme.
    Url,
    /// A host without more.
    Host,
    /// A link that lets one join a group, a channel or a server.
    Invite,
    /// An account or channel, as a link or as `@name`.
    Handle,
    /// An e-mail address.
    Email,
    /// An address that takes money, with a checksum that is right.
    PaymentAddress,
    /// A link to a page that takes money for somebody.
    DonationLink,
    /// A word after `#`.
    Hashtag,
    /// An invitation to get in contact over a platform, with the account.
    Contact,
    /// Code that was cut out of a page: [`crate::page`] tells of it, [`find`] never does.
    Security,
}

impl Kind {
    /// The word that is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Url => "url",
            Kind::Host => "host",
            Kind::Invite => "invite",
            Kind::Handle => "handle",
            Kind::Email => "email",
            Kind::PaymentAddress => "payment_address",
            Kind::DonationLink => "donation_link",
            Kind::Hashtag => "hashtag",
            Kind::Contact => "contact",
            Kind::Security => "security",
        }
    }
}

/// A type of signal that a finding can be banked under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The whole address.
    Url,
    /// Its host.
    UrlHost,
    /// `platform:name`, or `@name` where the platform is not said.
    Handle,
    /// `currency:address`.
    PaymentAddress,
}

impl KeyKind {
    /// The name of the signal type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Url => "url",
            KeyKind::UrlHost => "url_host",
            KeyKind::Handle => "handle",
            KeyKind::PaymentAddress => "payment_address",
        }
    }
}

/// A value that a finding can be looked up or banked under. Two ways to write the same thing have the same key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The type of signal.
    pub kind: KeyKind,
    /// Its value.
    pub value: String,
}

/// What a person should know about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// It was written so that it cannot be clicked, or that software does not see it.
    Defanged,
    /// It leads elsewhere, and where is not known: it was not followed.
    Shortener,
    /// It shows a copy of another page, whose address is in it.
    Mirror,
    /// An onion service.
    Onion,
    /// Content of IPFS.
    Ipfs,
    /// A name with letters of two scripts, as look-alikes have.
    MixedScript,
    /// It has no checksum of its own; words beside it say what it is.
    Unchecked,
    /// It was read from a picture, and letters may have been taken for one another. It has keys only where a checksum says
    /// that it was read rightly.
    Guessed,
}

impl Note {
    /// The word that is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Note::Defanged => "defanged",
            Note::Shortener => "shortener",
            Note::Mirror => "mirror",
            Note::Onion => "onion",
            Note::Ipfs => "ipfs",
            Note::MixedScript => "mixed_script",
            Note::Unchecked => "unchecked",
            Note::Guessed => "guessed",
        }
    }
}

/// Something that was found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, in bytes of the text, always on borders of characters.
    pub span: Range<usize>,
    /// Its one form, whatever it was dressed in.
    pub normal: String,
    /// What it can be banked under; the most particular first.
    pub keys: Vec<Key>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

impl Finding {
    fn new(kind: Kind, span: Range<usize>, normal: impl Into<String>) -> Self {
        Finding {
            kind,
            span,
            normal: normal.into(),
            keys: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn with_key(mut self, kind: KeyKind, value: impl Into<String>) -> Self {
        let value = value.into();
        self.keys.push(Key { kind, value });
        self
    }

    fn with_note(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }
}

/// Finds all there is in a text, in the order of where it begins.
#[must_use]
pub fn find(text: &str) -> Vec<Finding> {
    let view = view::view(text);
    let mut found = scan::scan(&view);
    payment::scan(&view, &mut found);
    contact::scan(&view, &mut found);
    found.sort_by(|a, b| {
        let order = |f: &Finding| (f.span.start, std::cmp::Reverse(f.span.end), f.kind);
        order(a).cmp(&order(b))
    });
    within_contacts(&mut found);
    for finding in &mut found {
        if view.repaired(&finding.span) {
            finding.notes.push(Note::Defanged);
        }
        finding.span = view.span(&finding.span);
        finding.notes.sort_unstable();
        finding.notes.dedup();
    }
    found
}

/// A handle or hashtag inside of a contact is the contact.
fn within_contacts(found: &mut Vec<Finding>) {
    let mut until = 0;
    found.retain(|finding| {
        if finding.kind == Kind::Contact {
            // Two contacts that begin in the same sentence are both kept.
            until = finding.span.end;
            return true;
        }
        !(finding.kind == Kind::Handle && finding.span.end <= until && finding.normal.starts_with('@'))
    });
}

/// The keys that an address can be banked under, if it is one: for lists that come from elsewhere.
///
/// ```
/// let keys = basira_text::find::url_keys("HTTP://www.Example.com:80/a?utm_source=x#top").unwrap();
/// assert_eq!(keys[0].value, "https://example.com/a");
/// assert_eq!(keys[1].value, "example.com");
/// ```
#[must_use]
pub fn url_keys(address: &str) -> Option<Vec<Key>> {
    let finding = find(address.trim()).into_iter().next()?;
    let mut keys = finding.keys;
    keys.retain(|key| matches!(key.kind, KeyKind::Url | KeyKind::UrlHost));
    keys.sort_by_key(|key| key.kind);
    (!keys.is_empty()).then_some(keys)
}

/// An address as it can be shown without being clicked.
///
/// ```
/// assert_eq!(basira_text::find::defang("http://192.0.2.1/a.b"), "hxxp://192[.]0[.]2[.]1/a.b");
/// ```
#[must_use]
pub fn defang(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].replace('.', "[.]");
    let scheme = match scheme {
        "" => String::new(),
        "http" => "hxxp://".to_owned(),
        "https" => "hxxps://".to_owned(),
        other => format!("{other}[:]//"),
    };
    format!("{scheme}{host}{}", &rest[end..])
}
