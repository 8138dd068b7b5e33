//! The room as a whole: golden diagnostics, the crate `cel` as an oracle, hostile files, invariants, the shipped set.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod golden;
mod hostile;
mod invariants;
mod oracle;
mod replay;
mod shipped;
mod support;
