//! Events out: what the store's outbox holds for webhooks, sent until it has come through.
//!
//! Three nouns to know. A [`Target`] is the address of a webhook, checked. The [`Guard`] says which network addresses may
//! be connected to. The [`Deliverer`] takes from the outbox what is due, signs it, posts it, and notes what became of it.
//!
//! What is sent has the form of Standard Webhooks (standardwebhooks.com): the headers `webhook-id`, `webhook-timestamp`
//! and `webhook-signature`, and a secret that begins with `whsec_`.

mod client;
mod deliverer;
mod guard;
mod pace;
mod sign;
mod target;

pub use deliverer::{Deliverer, Outbox};
pub use guard::{Guard, is_public};
pub use ipnet::IpNet as Network;
pub use sign::shown;
pub use target::{Target, TargetError};
