//! Addresses with a scheme, and hosts with or without a path, in one form each.

use std::fmt::Write;
use std::ops::Range;

use super::cid;
use super::host::{self, Host};
use super::platforms;
use super::tables::Leads;
use super::{Finding, KeyKind, Kind, Note};

/// Schemes of the web and of file transfer, whose address has a host.
const WEB: &[&str] = &["https", "http", "ftps", "ftp", "wss", "ws"];
/// The longest address that is kept whole; what is longer is cut here (browsers stop far earlier).
const LONGEST: usize = 16 * 1024;

/// Bytes in which the host of an address must end.
const AUTHORITY: usize = 2048;

/// The scheme that ends at `colon`, if it is one we know, and where it begins.
pub(super) fn scheme(token: &str, floor: usize, colon: usize) -> Option<(&'static str, usize)> {
    let known = WEB.iter().chain(&["ipfs", "ipns", "magnet", "tg", "whatsapp"]);
    let before = &token.as_bytes()[floor..colon];
    known
        .filter(|scheme| {
            let at = before.len().checked_sub(scheme.len());
            at.is_some_and(|at| before[at..].eq_ignore_ascii_case(scheme.as_bytes()))
        })
        .max_by_key(|scheme| scheme.len())
        .map(|scheme| (*scheme, colon - scheme.len()))
}

/// What was read, and where it ends in the token.
pub(super) struct Read {
    pub(super) findings: Vec<Finding>,
    pub(super) end: usize,
}

/// Reads the address whose scheme begins at `start` and ends at `colon`. Spans are of the token.
pub(super) fn read(token: &str, start: usize, colon: usize, scheme: &str) -> Option<Read> {
    if !token[colon..].starts_with("://") {
        return (scheme == "magnet")
            .then(|| magnet(token, start, colon))
            .flatten();
    }
    let at = colon + 3;
    match scheme {
        "ipfs" | "ipns" => ipfs(token, start, at, scheme),
        "tg" | "whatsapp" => app(token, start, at, scheme),
        _ => web(token, start, at, scheme),
    }
}

/// Reads what begins with a host at `start`, without a scheme.
pub(super) fn bare(token: &str, start: usize) -> Option<Read> {
    web(token, start, start, "")
}

fn web(token: &str, start: usize, at: usize, scheme: &str) -> Option<Read> {
    let rest = &token[at..];
    // No host is longer, and a text without end must not be searched for every dot in it.
    let window = (0..=rest.len().min(AUTHORITY))
        .rev()
        .find(|at| rest.is_char_boundary(*at))
        .unwrap_or(0);
    let authority = rest[..window].find(['/', '?', '#']).unwrap_or(window);
    // The name of a user before the host is not part of what can be compared, and its usual purpose is to mislead.
    let user = rest[..authority]
        .rfind('@')
        .filter(|_| !scheme.is_empty())
        .map_or(0, |at| at + 1);
    let (host, mut end) = host_in(&rest[..authority], user)?;
    let mut port = "";
    if let Some(after) = rest[end..authority].strip_prefix(':') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=5).contains(&digits) {
            port = &after[..digits];
            end += 1 + digits;
        }
    }
    let standard = matches!(
        (scheme, port),
        ("http" | "", "80") | ("https" | "", "443") | ("ftp", "21")
    );
    if standard {
        port = "";
    }
    let has_tail = end == authority && rest[end..].starts_with(['/', '?', '#']);
    let tail = if has_tail {
        &rest[end..end + tail_end(&rest[end..])]
    } else {
        ""
    };
    let span = start..at + end + tail.len();
    let mut findings = vec![finding(span.clone(), scheme, &host, port, tail)];
    if findings[0].notes.contains(&Note::Mirror)
        && let Some(inner) = inner(token, at + end..span.end)
    {
        findings.extend(inner);
    }
    Some(Read {
        findings,
        end: span.end,
    })
}

/// The host that begins at `from`, and where it ends.
fn host_in(authority: &str, from: usize) -> Option<(Host, usize)> {
    let written = &authority[from..];
    if written.starts_with('[') {
        let end = written.find(']')? + 1;
        return Some((host::parse(&written[..end])?, from + end));
    }
    let mut end = written
        .find(|c| !host::host_char(c))
        .unwrap_or(written.len())
        .min(4 * host::LONGEST);
    while !written.is_char_boundary(end) {
        end -= 1;
    }
    let name = written[..end].trim_end_matches(['.', '-', '_']);
    if let Some(host) = host::parse(name) {
        return Some((host, from + name.len()));
    }
    // Arabic joined to a Latin name: the name ends where the script changes.
    let last = name.rfind('.')? + 1;
    let border = last + name[last..].find(|c: char| !c.is_ascii())?;
    (border > last).then_some(())?;
    Some((host::parse(&name[..border])?, from + border))
}

/// Where a path with query and fragment ends.
fn tail_end(tail: &str) -> usize {
    let mut end = tail.len();
    let mut before = ' ';
    let mut own_script = true;
    for (at, letter) in tail.char_indices() {
        let joined = before.is_ascii_alphanumeric() && own_script;
        let arabic = matches!(letter, '\u{600}'..='\u{6ff}') && letter.is_alphabetic();
        let next =
            (letter == 'h' || letter == 'H') && !matches!(before, '/' | '=' | '?' | '&' | ':' | ' ') && {
                let head = &tail.as_bytes()[at..];
                head.len() > 7
                    && (head[..7].eq_ignore_ascii_case(b"http://")
                        || head[..8].eq_ignore_ascii_case(b"https://"))
            };
        if (joined && arabic) || next || at >= LONGEST {
            end = at;
            break;
        }
        own_script &= letter.is_ascii();
        before = letter;
    }
    trimmed(&tail[..end])
}

/// Without the punctuation of the sentence that the address stands in.
fn trimmed(tail: &str) -> usize {
    let count = |sign: char| tail.matches(sign).count();
    let mut round = count(')').saturating_sub(count('('));
    let mut square = count(']').saturating_sub(count('['));
    let mut end = tail.len();
    for (at, sign) in tail.char_indices().rev() {
        let drop = match sign {
            ')' if round > 0 => {
                round -= 1;
                true
            }
            ']' if square > 0 => {
                square -= 1;
                true
            }
            '.' | ',' | ';' | ':' | '!' | '?' | '*' | '~' | '…' | '،' | '؛' | '؟' | '(' | '[' => true,
            _ => false,
        };
        if !drop {
            break;
        }
        end = at;
    }
    end
}

fn finding(span: Range<usize>, scheme: &str, host: &Host, port: &str, tail: &str) -> Finding {
    let name = host.as_str();
    let port = if port.is_empty() {
        String::new()
    } else {
        format!(":{port}")
    };
    let tail = escaped(tail);
    let (before, fragment) = tail.split_once('#').map_or((&*tail, None), |(a, b)| (a, Some(b)));
    let path = if before == "/" { "" } else { before };
    let mut normal = match scheme {
        "" => format!("https://{name}{port}{path}"),
        _ => format!("{scheme}://{name}{port}{path}"),
    };
    if let Some(fragment) = fragment.filter(|_| platforms::keeps_fragment(name)) {
        let _ = write!(normal, "#{fragment}");
    }
    let bare = scheme.is_empty() && path.is_empty() && port.is_empty() && fragment.is_none();
    let kept = if platforms::keeps_fragment(name) {
        &*tail
    } else {
        path
    };
    let key = key(scheme, name, &port, kept);
    let link = platforms::link(name, if kept.is_empty() { "/" } else { kept });
    let mut finding = match &link {
        Some((platform, leads, who)) => {
            let kind = if *leads == Leads::Invite {
                Kind::Invite
            } else {
                Kind::Handle
            };
            let who = format!("{platform}:{who}");
            Finding::new(kind, span, &who)
                .with_key(KeyKind::Handle, who)
                .with_key(KeyKind::Url, key)
        }
        None if platforms::donation(name, path) => {
            Finding::new(Kind::DonationLink, span, normal).with_key(KeyKind::Url, key)
        }
        None if bare => Finding::new(Kind::Host, span, name),
        None => Finding::new(Kind::Url, span, normal).with_key(KeyKind::Url, key),
    };
    finding = finding.with_key(KeyKind::UrlHost, name.strip_prefix("www.").unwrap_or(name));
    if let Some(cid) = cid::in_address(name, path) {
        finding = finding
            .with_key(KeyKind::Url, format!("ipfs://{cid}"))
            .with_note(Note::Ipfs);
    }
    for (note, holds) in [
        (Note::Onion, matches!(host, Host::Onion(_))),
        (Note::Shortener, platforms::shortener(name)),
        (Note::Mirror, platforms::mirror(name)),
        (Note::MixedScript, host::mixed_script(name)),
    ] {
        if holds {
            finding = finding.with_note(note);
        }
    }
    finding
}

/// One key for all the ways in which an address is passed on.
fn key(scheme: &str, host: &str, port: &str, tail: &str) -> String {
    let (path, fragment) = tail.split_once('#').map_or((tail, ""), |(a, b)| (a, b));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let scheme = if matches!(scheme, "" | "http") {
        "https"
    } else {
        scheme
    };
    let host = platforms::same_host(host);
    let mut key = format!("{scheme}://{host}{port}{}", path.trim_end_matches('/'));
    let mut first = true;
    for parameter in query
        .split('&')
        .filter(|p| !p.is_empty() && !platforms::tracker(p))
    {
        key.push(if first { '?' } else { '&' });
        key.push_str(parameter);
        first = false;
    }
    if !fragment.is_empty() {
        let _ = write!(key, "#{fragment}");
    }
    key
}

/// Percent-encoded, with capital digits, and with nothing encoded that need not be (RFC 3986, 6.2.2).
fn escaped(tail: &str) -> String {
    let bytes = tail.as_bytes();
    let mut out = String::with_capacity(tail.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| byte == b'%');
        let value = digits.and_then(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok());
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        let (value, length) = value.map_or((byte, 1), |value| (value, 3));
        if (length == 3 && !unreserved(value)) || !value.is_ascii() {
            let _ = write!(out, "%{value:02X}");
        } else {
            out.push(char::from(value));
        }
        at += length;
    }
    out
}

/// The address that a mirror shows a copy of.
fn inner(token: &str, tail: Range<usize>) -> Option<Vec<Finding>> {
    let part = &token[tail.clone()];
    let colon = part.find("://")?;
    let (scheme, start) = scheme(part, 0, colon)?;
    let rest = &part[start..];
    let authority = &rest[colon - start + 3..];
    let length = authority.find(['/', '?', '#']).unwrap_or(authority.len());
    let (host, end) = host_in(&authority[..length], 0)?;
    let path = if end == length { &authority[end..] } else { "" };
    let span = tail.start + start..tail.start + colon + 3 + end + path.len();
    Some(vec![finding(span, scheme, &host, "", path)])
}

fn ipfs(token: &str, start: usize, at: usize, scheme: &str) -> Option<Read> {
    let rest = &token[at..];
    let length = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-')
        .unwrap_or(rest.len());
    let name = rest[..length].trim_end_matches('.');
    if name.is_empty() || (scheme == "ipfs" && !cid::valid(name)) {
        return None;
    }
    let tail = if name.len() == length {
        &rest[length..length + tail_end(&rest[length..])]
    } else {
        ""
    };
    let address = format!("{scheme}://{name}{}", escaped(tail));
    let end = at + name.len() + tail.len();
    let finding = Finding::new(Kind::Url, start..end, &address)
        .with_key(KeyKind::Url, address)
        .with_note(Note::Ipfs);
    Some(Read {
        findings: vec![finding],
        end,
    })
}

/// Addresses that open an app: the same as its links.
fn app(token: &str, start: usize, at: usize, scheme: &str) -> Option<Read> {
    let tail = &token[at..at + tail_end(&token[at..])];
    let end = at + tail.len();
    let value = |name: &str| {
        let (_, value) = tail.split_once(name)?;
        let value = value.split(['&', '#']).next().unwrap_or_default();
        (!value.is_empty()).then_some(value)
    };
    let (host, path) = match scheme {
        "tg" => match (value("domain="), value("invite=")) {
            (Some(name), _) => ("t.me", format!("/{name}")),
            (_, Some(code)) => ("t.me", format!("/+{code}")),
            _ => return None,
        },
        _ => ("wa.me", format!("/{}", value("phone=")?)),
    };
    let mut finding = finding(start..end, "https", &Host::Name(host.to_owned()), "", &path);
    if finding.kind == Kind::Url {
        finding.kind = Kind::Handle;
    }
    Some(Read {
        findings: vec![finding],
        end,
    })
}

/// A magnet link is known by the hash of what it leads to (BEP 9).
fn magnet(token: &str, start: usize, colon: usize) -> Option<Read> {
    let tail = &token[colon + 1..colon + 1 + tail_end(&token[colon + 1..])];
    let end = colon + 1 + tail.len();
    let (_, hash) = tail.split_once("xt=urn:bt")?;
    let hash = hash.strip_prefix("ih:").or_else(|| hash.strip_prefix("mh:"))?;
    let hash = hash.split('&').next().unwrap_or_default().to_ascii_lowercase();
    if !matches!(hash.len(), 32 | 40 | 68) || !hash.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let address = format!("magnet:?xt=urn:btih:{hash}");
    let finding = Finding::new(Kind::Url, start..end, &address).with_key(KeyKind::Url, address);
    Some(Read {
        findings: vec![finding],
        end,
    })
}
