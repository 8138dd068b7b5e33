//! What needs two people, as they do it: a purge and a share, asked for by one, wanted by another, and then done.

use std::time::{Duration, Instant};

use model::{Grant, Role};
use testkit::encode;

use crate::browser::Browser;
use crate::console::{first, group, person, submit, with_bank};
use crate::pictures::photo;
use crate::place::Place;
use crate::server::Server;

/// Waits until a page says something.
fn waits_for(browser: &mut Browser, path: &str, words: &str) {
    let begun = Instant::now();
    loop {
        let page = browser.get(path).is(200);
        if page.text.contains(words) {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{words}: {}",
            page.text
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_purge_and_a_share_need_two_people() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--review-undo", "1"]);
    let key = server.administrator();
    with_bank(&key);
    let item = submit(&key, "", &encode::jpeg(&photo(1), 80));
    let mut admin = first(&server);
    let mut lead = person(&server, &mut admin, "lead", Grant::whole(Role::PolicyLead));
    let mut senior = person(&server, &mut admin, "senior", Grant::whole(Role::SeniorReviewer));
    let mut reviewer = person(&server, &mut admin, "reviewer", Grant::whole(Role::Reviewer));
    let why = [("reason", "a court has ordered it <b>now</b>")];
    // Not while it is undecided.
    let page = lead.get("/console/cases/1").is(200);
    assert!(page.text.contains("not all of it is decided"), "{}", page.text);
    lead.post("/console/cases/1/purge", &why).is(409);
    let sha256 = group(&page);
    lead.post("/console/cases/1/take", &[]).is(303);
    lead.post(
        "/console/cases/1/decide",
        &[("outcome", "not_violating"), ("sha256", &sha256)],
    )
    .is(303);
    waits_for(&mut lead, "/console/cases/1", "Ask for a purge");
    // Only who has the right, and not alone.
    assert!(!reviewer.get("/console/cases/1").text.contains("Ask for a purge"));
    reviewer.post("/console/cases/1/purge", &why).is(403);
    reviewer.get("/console/purges").is(403);
    lead.post("/console/cases/1/purge", &[]).is(400);
    lead.post("/console/cases/1/purge", &why).is(303);
    lead.post("/console/cases/1/purge", &why).is(409);
    let page = lead.get("/console/purges").is(200);
    assert!(page.text.contains("waits for a second person") && !page.text.contains("<b>now"));
    assert!(
        !page.text.contains("/console/purges/1/second"),
        "not by who has asked"
    );
    lead.post("/console/purges/1/second", &[]).is(409);
    reviewer.post("/console/purges/1/second", &[]).is(403);
    senior.post("/console/shares/1/second", &[]).is(404);
    let page = senior.get("/console/purges").is(200);
    assert!(page.text.contains("/console/purges/1/second"), "{}", page.text);
    senior.post("/console/purges/1/second", &[]).is(303);
    waits_for(&mut senior, "/console/purges", ">done<");
    let page = lead.post("/console/cases/1/reveal", &[("item", &item)]).is(200);
    assert!(
        !page.text.contains("data:image"),
        "there is nothing to see any more"
    );
    lead.get("/console/cases/1").is(200);
    lead.post("/console/purges/1/withdraw", &[]).is(409);
    assert!(admin.get("/console/log.csv").text.contains("content_purged"));

    // An entry goes further than its marking by two curators.
    let page = lead.get("/console/entries/1").is(200);
    assert!(page.text.contains("Ask for it to be shared"), "{}", page.text);
    let green = [("tlp", "green"), why[0]];
    reviewer.post("/console/entries/1/share", &green).is(403);
    lead.post("/console/entries/1/share", &[("tlp", "red"), why[0]])
        .is(409);
    lead.post("/console/entries/1/share", &green).is(303);
    lead.post("/console/shares/2/second", &[]).is(409);
    senior.post("/console/shares/2/second", &[]).is(303);
    waits_for(&mut admin, "/console/log.csv", "entry_shared");
    let page = senior.get("/console/entries/1").is(200);
    assert!(
        page.text.contains("<bdi dir=\"ltr\">green</bdi>"),
        "{}",
        page.text
    );
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}
