//! The store's suite. `banks`, `entries`, `feed`, `pictures` and `scans` know nothing of the engine: a second engine
//! runs them by another [`place::Place`]. `opening`, `damage`, `full`, `killed` and `shelf` are about files.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod banks;
mod damage;
mod drop_in;
mod entries;
mod feed;
mod full;
mod intake;
mod killed;
mod opening;
mod oracle;
mod pictures;
mod place;
mod scans;
mod service;
mod shelf;
mod tracks;
mod webhooks;
