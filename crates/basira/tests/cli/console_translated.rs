//! Texts that a program of the machine translates for people: beside the original, and harmless whatever it writes.

use model::{Grant, Role};

use crate::browser::Browser;
use crate::console::{HOSTILE, first, is_harmless, person, submit, with_bank};
use crate::place::Place;
use crate::server::Server;

const STATEMENT: &str = "The rook league will meet on tuesday at noon in the old reading room of the town library, \
     and every member brings a board, a clock and a friend.";

#[test]
fn a_text_is_translated_beside_its_original_by_a_program_of_the_machine() {
    let place = Place::new();
    place
        .go("serve --listen 127.0.0.1:0 --review-translator nowhere/translate")
        .ends(2)
        .says("there is no program nowhere/translate");
    let program = place.files().join("translate");
    let script = |body: &str| {
        // By a process of its own: what is open for writing anywhere cannot be run.
        place.write("body", format!("#!/bin/sh\n{body}\n"));
        place.shell("cp body translate && chmod +x translate").ends(0);
    };
    script("echo \"into $1:\"; tr a-z A-Z");
    let server = Server::start_with(&place, &["--review-translator", program.to_str().unwrap()]);
    let key = server.administrator();
    with_bank(&key);
    key.bytes("/v1/banks/known/media", STATEMENT.as_bytes())
        .expect(201);
    let item = submit(&key, "", format!("They say: {STATEMENT}").as_bytes());
    let mut admin = first(&server);
    let mut rana = person(&server, &mut admin, "rana", Grant::whole(Role::SeniorReviewer));

    // Uncovered in its own words alone, until somebody asks for more.
    let reveal = |browser: &mut Browser, more: &[(&str, &str)]| {
        let fields = [&[("item", item.as_str())], more].concat();
        browser.post("/console/cases/1/reveal", &fields).is(200)
    };
    let page = reveal(&mut rana, &[]);
    assert!(page.text.contains("They say: The rook league"), "{}", page.text);
    assert!(!page.text.contains("THE ROOK LEAGUE"), "{}", page.text);
    assert!(
        page.text.contains("name=\"translate\" value=\"yes\""),
        "{}",
        page.text
    );
    let wish = [("translate", "yes")];
    let page = reveal(&mut rana, &wish);
    let (original, translated) = page.text.split_once("Translation by a program").unwrap();
    assert!(original.contains("They say: The rook league"), "{original}");
    assert!(
        translated.contains("into en:") && translated.contains("THEY SAY: THE ROOK LEAGUE"),
        "{translated}"
    );
    assert!(!page.text.contains("name=\"translate\""), "{}", page.text);
    rana.post("/console/language", &[("lang", "ar"), ("back", "/console")])
        .is(303);
    let page = reveal(&mut rana, &wish);
    assert!(page.text.contains("into ar:"), "{}", page.text);

    // What it writes is a stranger's, and what it cannot do is told beside the original.
    for hostile in HOSTILE {
        let path = place.write("hostile", hostile);
        script(&format!("cat '{}'", path.display()));
        is_harmless(&reveal(&mut rana, &wish));
    }
    script("exit 7");
    let page = reveal(&mut rana, &wish);
    assert!(
        page.text.contains("has failed (exit status: 7)") && page.text.contains("They say: The rook league"),
        "{}",
        page.text
    );
}
