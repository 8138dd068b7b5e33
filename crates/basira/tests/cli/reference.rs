//! The reference page, as a browser gets it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::place::Place;
use crate::server::Server;

#[test]
fn the_reference_page_opens_in_a_browser_with_a_key_as_password() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    let page = admin.get("/v1/reference");
    assert_eq!(
        (page.status, page.kind.as_str()),
        (200, "text/html; charset=utf-8")
    );
    assert!(
        page.text.contains("<code>/v1/items/{item}</code>"),
        "{}",
        page.text
    );

    let basic = |secret: &str, path: &str| {
        let value = format!("Basic {}", STANDARD.encode(format!("anybody:{secret}")));
        server
            .anonymous()
            .send("GET", path, &[("authorization", &value)], None)
            .status
    };
    let key = server.key.as_deref().unwrap();
    assert_eq!(basic(key, "/v1/reference"), 200);
    assert_eq!(basic("wrong", "/v1/reference"), 401);
    // What a browser remembers is good for nothing else.
    assert_eq!(basic(key, "/v1/banks"), 401);
    server.anonymous().get("/v1/reference").problem(401, "no-key");
}
