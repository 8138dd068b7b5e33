//! Allow entries of texts and links: each suppresses what is weaker, and hides nothing.
//!
//! As with pictures the whole must be nearer to the allow entry than to the other. A text is that of an allow entry if it has
//! the same words, or if passages of it cover nearly all of the text: an article that was allowed and quotes a statement is not
//! held for the quotation, and the statement alone, or with more around it, still is. A link that was allowed suppresses its
//! host where nothing else leads there. Equality is never suppressed: not the same words, and no link by itself.

use model::{EntryId, Method, SignalType, SuppressedBy, TextMethod, Trust};

use super::Hit;
use crate::banks::Known;

/// Percent of a text that passages of an allow entry must cover, for it to be that text.
const WHOLE: u8 = 90;

/// The distance of TLSH within which a text may be that of an allow entry. Between two texts on one subject in one house's style
/// it is 40 and more; a third of what python-threatexchange takes for a match.
pub(crate) const ALIKE: u32 = 10;

/// What allow entries say of one text.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// The entry whose text it is, nearest by the share that is not of it.
    whole: Option<SuppressedBy>,
    /// The entry that it is alike, nearest by TLSH.
    alike: Option<SuppressedBy>,
    /// The places of links that are allowed.
    links: Vec<((u64, u64), SuppressedBy)>,
}

impl Allowed {
    /// Notes that an entry of an allow bank was found. One that is not active says nothing.
    pub(super) fn note(&mut self, entry: EntryId, known: Known, hit: &Hit) {
        if known.entry.trust != Trust::Active {
            return;
        }
        let by = |distance| SuppressedBy {
            bank: known.bank.name.clone(),
            entry,
            distance,
        };
        let nearest = |held: &mut Option<SuppressedBy>, distance| {
            if held.as_ref().is_none_or(|held| distance < held.distance) {
                *held = Some(by(distance));
            }
        };
        match hit.method {
            Method::Text(TextMethod::Raw) => nearest(&mut self.whole, 0),
            Method::Text(TextMethod::Passage { text, .. }) if text >= WHOLE => {
                nearest(&mut self.whole, u32::from(100 - text.min(100)));
            }
            Method::Text(TextMethod::Tlsh(distance)) if distance <= ALIKE => {
                nearest(&mut self.alike, distance);
            }
            Method::Equal(SignalType::Url) => {
                self.links.extend(hit.leads.iter().map(|place| (*place, by(0))));
            }
            _ => {}
        }
    }

    /// The allow entry that is nearer than what was found, if one is.
    pub(super) fn nearer_than(&self, hit: &Hit) -> Option<&SuppressedBy> {
        let whole = self.whole.as_ref();
        match hit.method {
            Method::Text(TextMethod::Passage { text, .. }) => {
                whole.filter(|allow| allow.distance < u32::from(100 - text.min(100)))
            }
            // The same words and passages say more than likeness does.
            Method::Text(TextMethod::Tlsh(distance)) => whole.or_else(|| {
                let alike = self.alike.as_ref();
                alike.filter(|allow| allow.distance < distance)
            }),
            Method::Equal(SignalType::UrlHost) => {
                let allowed = |place: &(u64, u64)| self.links.iter().find(|(link, _)| link == place);
                let first = hit.leads.first().and_then(allowed)?;
                let all = hit.leads.iter().all(|place| allowed(place).is_some());
                all.then_some(&first.1)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(distance: u32) -> SuppressedBy {
        SuppressedBy {
            bank: "ours".parse().unwrap(),
            entry: EntryId(1),
            distance,
        }
    }

    fn passage(text: u8) -> Hit {
        Hit::of(
            SignalType::TextPassages,
            TextMethod::Passage { banked: 100, text },
        )
    }

    #[test]
    fn only_what_is_weaker_is_suppressed() {
        let allowed = Allowed {
            whole: Some(by(5)),
            alike: Some(by(4)),
            links: Vec::new(),
        };
        let is = |hit: &Hit| allowed.nearer_than(hit).is_some();
        assert!(is(&passage(40)) && is(&passage(94)));
        assert!(!is(&passage(95)) && !is(&passage(100)), "as near, and nearer");
        assert!(is(&Hit::of(SignalType::TextTlsh, TextMethod::Tlsh(0))));
        assert!(!is(&Hit::of(SignalType::RawText, TextMethod::Raw)));
        let alike = Allowed {
            whole: None,
            ..allowed
        };
        let tlsh = |distance| Hit::of(SignalType::TextTlsh, TextMethod::Tlsh(distance));
        assert!(alike.nearer_than(&tlsh(5)).is_some() && alike.nearer_than(&tlsh(4)).is_none());
        assert!(alike.nearer_than(&passage(1)).is_none());
    }

    #[test]
    fn a_host_is_suppressed_only_where_every_link_to_it_is_allowed() {
        let allowed = Allowed {
            links: vec![((0, 9), by(0)), ((20, 29), by(0))],
            ..Allowed::default()
        };
        let host = |leads: &[(u64, u64)]| Hit {
            method: Method::Equal(SignalType::UrlHost),
            leads: leads.to_vec(),
            ..Hit::of(SignalType::UrlHost, TextMethod::Raw)
        };
        assert!(allowed.nearer_than(&host(&[(0, 9), (20, 29)])).is_some());
        assert!(allowed.nearer_than(&host(&[(0, 9), (40, 49)])).is_none());
        let link = Hit {
            method: Method::Equal(SignalType::Url),
            ..host(&[(0, 9)])
        };
        assert!(
            allowed.nearer_than(&link).is_none(),
            "a link that is banked itself"
        );
    }
}
