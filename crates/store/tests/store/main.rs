//! The store's suite: on SQLite, and on PostgreSQL where `BASIRA_TEST_DATABASE` names a server (`postgres://USER@HOST/DATABASE`,
//! without options). Each data folder has a schema of its own there. What is about SQLite's file alone says so and is not run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod actions;
mod appeals;
mod banks;
mod care;
mod cases;
mod copies;
mod damage;
mod decisions;
mod drop_in;
mod ending;
mod entries;
mod feed;
mod full;
mod intake;
mod killed;
mod lanes;
mod opening;
mod oracle;
mod people;
mod pictures;
mod place;
mod policies;
mod reports;
mod rulings;
mod scans;
mod server;
mod service;
mod shelf;
mod tracks;
mod two;
mod webhooks;
