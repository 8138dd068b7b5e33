//! A client of HMA in Python, which knows nothing of us. Needs Python 3, with no package.

use crate::hma_server::HmaServer;
use crate::pictures::png;
use crate::place::Place;

#[test]
fn a_client_of_hma_works_unchanged() {
    let server = HmaServer::trusted();
    let files = Place::new();
    let picture = files.write("picture.png", png(1));
    let client = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/hma_client.py");
    server
        .shows("python3", &[client, &server.hma, picture.to_str().unwrap()])
        .prints("all as with HMA");
}
