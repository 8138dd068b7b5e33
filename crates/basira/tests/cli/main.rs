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
mod concurrency;
mod coop;
mod crash;
mod data_folder;
mod demo;
mod documents;
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
mod local;
mod matching;
mod matching_banks;
mod ocr;
mod pictures;
mod place;
mod postgres;
mod receiver;
mod resume;
mod sandbox;
mod scan;
mod serve;
mod server;
mod webhooks;
