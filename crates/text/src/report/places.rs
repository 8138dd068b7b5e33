//! Where addresses and cues stand.

use std::collections::BTreeMap;

use super::body::Body;
use super::{MOST_PLACES, Shown};
use crate::context::{Address, AddressKind, Cue};
use crate::find::Kind;
use crate::page::{Mention, Page};

/// The addresses of the body, for the context.
pub(super) fn addresses(body: &Body, found: &[Mention]) -> Vec<Address> {
    let address = |mention: &Mention| {
        let kind = match mention.finding.kind {
            Kind::Url | Kind::Host => AddressKind::Link,
            Kind::Invite => AddressKind::Invite,
            Kind::Handle | Kind::Email | Kind::Contact => AddressKind::Contact,
            Kind::PaymentAddress | Kind::DonationLink => AddressKind::Payment,
            Kind::Hashtag | Kind::Security => return None,
        };
        let span = body.place(&mention.text)?;
        Some(Address { span, kind })
    };
    let mut addresses: Vec<Address> = found.iter().filter_map(address).collect();
    addresses.sort_by_key(|address| (address.span.start, address.span.end));
    addresses
}

/// Cues by kind, with their places in the file.
pub(super) fn shown<K: Copy + Ord>(page: &Page, body: &Body, cues: &[Cue<K>]) -> Vec<Shown<K>> {
    let mut kinds: BTreeMap<K, Shown<K>> = BTreeMap::new();
    for cue in cues {
        let shown = kinds.entry(cue.kind).or_insert_with(|| Shown {
            kind: cue.kind,
            count: 0,
            spans: Vec::new(),
        });
        shown.count += 1;
        if shown.spans.len() < MOST_PLACES {
            shown.spans.push(page.span(&body.range(&cue.span)).into());
        }
    }
    kinds.into_values().collect()
}
