//! End to end: the real program, as its user runs it. Each test has a data folder, a key and a folder of files of its
//! own.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is wanted"
)]

mod bad_input;
mod bank;
mod bank_edit;
mod bank_warnings;
mod browser;
mod clock;
mod concurrency;
mod config;
mod console;
mod console_pages;
mod coop;
mod crash;
mod crowds;
mod data_folder;
mod database_tls;
mod demo;
mod disk;
mod dist;
mod documents;
mod fairness;
mod faults;
mod films;
mod full_disk;
mod hash;
mod hma_access;
mod hma_client;
mod hma_curate;
mod hma_exchanges;
mod hma_match;
mod hma_server;
mod import;
mod import_hma;
mod keep;
mod known_texts;
mod local;
mod logs;
mod matching;
mod matching_banks;
mod ocr;
mod oracle;
mod pictures;
mod place;
mod planted;
mod policies;
mod policies_acted;
mod policy;
mod postgres;
mod power_loss;
mod read;
mod receiver;
mod recording;
mod reference;
mod reports;
mod resume;
mod review;
mod revoked;
mod routing;
mod sandbox;
mod scan;
mod serve;
mod server;
mod telemetry;
mod tls;
mod two;
mod upgrade;
mod webhooks;
