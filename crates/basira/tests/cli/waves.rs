//! One picture or film four hundred times: one case, one look, one decision. The real program over real sockets.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::{Grant, Role};
use serde_json::json;

use crate::browser::Browser;
use crate::console::{first, person};
use crate::films::{ffmpeg, film};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::{Receiver, Request, answer};
use crate::review::{ACTED, deliveries, open_group, removal, until, values};
use crate::server::{Client, Server};

/// What comes in one day from three sources: each content under as many names.
struct Wave {
    what: &'static str,
    banked: Vec<u8>,
    copies: (Vec<Vec<u8>>, usize),
    /// Other contents in which it stands, by what they stand among.
    reports: Vec<(Vec<Vec<u8>>, usize)>,
}

/// A page of news with a file in it.
fn news(number: usize, address: &str) -> Vec<u8> {
    format!(
        "<!doctype html><title>Chess</title><p>Our reporter writes, for the {number}. time: the league has spread this \
         again, the association says, and members condemn it.</p>{address}"
    )
    .into_bytes()
}

/// Posts a content under so many names, from three sources by turns.
fn post(sources: &[Client], name: &str, bytes: &[u8], times: usize) -> Vec<(Client, String)> {
    let posted = (0..times).map(|copy| {
        let source = &sources[copy % sources.len()];
        let path = format!("/v1/items?external_id={name}-{copy}");
        let taken = source.bytes(&path, bytes).expect(202);
        (source.clone(), taken["item"].as_str().unwrap().to_owned())
    });
    posted.collect()
}

/// Confirms a decision for all copies that its case lists; gives how many groups these are.
fn confirm_all(browser: &mut Browser, decision: usize) -> usize {
    let page = browser.get("/console/cases/1").is(200);
    let copies = values(&page, "copy");
    let mut fields: Vec<(&str, &str)> = copies.iter().map(|copy| ("copy", copy.as_str())).collect();
    let path = format!("/console/decisions/{decision}/copies");
    browser.post(&path, &fields).is(400);
    fields.push(("sure", "yes"));
    browser.post(&path, &fields).is(303);
    copies.len()
}

impl Wave {
    fn plays_out(&self) {
        let place = Place::new();
        let server = Server::start_with(
            &place,
            &["--webhook-network", "127.0.0.0/8", "--review-undo", "1"],
        );
        let admin = server.administrator();
        let platform = Receiver::new(|_, _| answer(200, ACTED));
        let hook = json!({"url": platform.url(), "events": ["item.decided"]});
        admin.post("/v1/webhooks", hook).expect(201);
        admin.post("/v1/banks", json!({"name": "known"})).expect(201);
        admin.bytes("/v1/banks/known/media", &self.banked).expect(201);
        let sources: Vec<Client> = ["forum", "clips", "chat"]
            .iter()
            .map(|source| admin.with_key(json!({"name": source, "source": source, "scopes": ["submit"]})))
            .collect();
        let (copies, times) = (&self.copies.0, self.copies.1);
        let mut items = Vec::new();
        for (number, copy) in copies.iter().enumerate() {
            items.extend(post(&sources, &format!("copy-{number}"), copy, times));
        }
        let acted = items.len();
        let mut reported = 0;
        for (kind, (reports, times)) in self.reports.iter().enumerate() {
            for (number, report) in reports.iter().enumerate() {
                let posted = post(&sources, &format!("report-{kind}-{number}"), report, *times);
                reported += posted.len();
                items.extend(posted);
            }
        }
        for (source, item) in &items {
            let found = source.finished(item);
            assert_eq!(found["result"]["verdict"], "match", "{found}");
        }

        // One case, one look.
        let mut amal = first(&server);
        let mut badr = person(&server, &mut amal, "badr", Grant::whole(Role::SeniorReviewer));
        let queue = amal.get("/console/queue").is(200);
        let listed = queue.text.matches("href=\"/console/cases/").count();
        assert_eq!(listed, 1, "{}", queue.text);
        let page = amal.get("/console/cases/1").is(200);
        assert!(page.text.len() < 150_000, "{} bytes", page.text.len());
        let item = page.between("name=\"item\" value=\"", "\"").unwrap();
        amal.post("/console/cases/1/reveal", &[("item", &item)]).is(200);

        // One decision, and its confirmation by two. Reports are not among what is confirmed.
        amal.post("/console/cases/1/decide", &removal(&open_group(&page)))
            .is(303);
        assert_eq!(confirm_all(&mut amal, 1), copies.len() - 1);
        amal.post("/console/decisions/2/second", &[]).is(409);
        until("the first group is told", || platform.got().len() == times);
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(
            platform.got().len(),
            times,
            "many at once wait for a second person"
        );
        badr.get("/console/cases/1").is(200);
        badr.post("/console/decisions/2/second", &[]).is(303);
        until("every copy is acted on", || platform.got().len() >= acted);

        // The reports are groups of their own: one of each kind is looked at, and nothing is done.
        let mut decision = 3;
        for (reports, _) in &self.reports {
            let page = badr.get("/console/cases/1").is(200);
            let report = open_group(&page);
            let exempt = [
                ("sha256", report.as_str()),
                ("outcome", "exempt"),
                ("exemption", "news"),
            ];
            badr.post("/console/cases/1/decide", &exempt).is(303);
            assert_eq!(confirm_all(&mut badr, decision), reports.len() - 1);
            decision += 2;
        }
        let empty = badr.get("/console/queue").is(200);
        assert!(!empty.text.contains("href=\"/console/cases/"), "{}", empty.text);
        until("every report is told", || platform.got().len() >= items.len());
        until("all is confirmed", || {
            deliveries(&admin)
                .iter()
                .all(|delivery| delivery["state"] == "confirmed")
        });

        let told = platform.got();
        let of = |kind: &str| -> Vec<&Request> {
            told.iter()
                .filter(|it| it.json()["data"]["outcome"] == kind)
                .collect()
        };
        let actions: HashSet<String> = of("violating")
            .iter()
            .filter(|it| it.json()["data"]["action"]["do"] == "remove")
            .map(|it| it.json()["data"]["item"].as_str().unwrap().to_owned())
            .collect();
        let exempt = of("exempt");
        assert!(
            exempt.iter().all(|it| it.json()["data"]["action"].is_null()),
            "no action for a report"
        );
        let log = admin.get("/v1/log?limit=1000").expect(200);
        let count = |kind: &str| {
            let records = log["items"].as_array().unwrap().iter();
            records.filter(|it| it["kind"] == kind).count()
        };
        let counts = [
            "case_opened",
            "media_revealed",
            "case_decided",
            "group_confirmed",
            "decision_seconded",
        ]
        .map(count);
        println!(
            "{acted} copies of a {} ({} contents, 3 sources) and {reported} reports in {} kinds: {} case, {} look, 1 decision with \
             1 confirmation by two, {} confirmed actions; reports: 0 actions",
            self.what,
            copies.len(),
            self.reports.len(),
            counts[0],
            counts[1],
            actions.len(),
        );
        assert_eq!((actions.len(), exempt.len()), (acted, reported));
        let kinds = self.reports.len();
        assert_eq!(counts, [1, 1, 1 + kinds, 1 + kinds, 1]);
        let page = amal.get("/console/decisions/2/deliveries").is(200);
        assert!(page.text.contains("confirmed by the platform"), "{}", page.text);
        assert!(!page.text.contains("class=\"red\""), "{}", page.text);
        assert_eq!(server.stop(), Some(0));
        place.go("verify").ends(0);
    }
}

#[test]
fn four_hundred_copies_of_a_picture_are_one_case_one_look_and_four_hundred_confirmed_actions() {
    let address = format!("<img src=\"data:image/png;base64,{}\">", STANDARD.encode(png(1)));
    let copies = (60..70).map(|quality| testkit::encode::jpeg(&photo(1), quality));
    let wave = Wave {
        what: "picture",
        banked: png(1),
        copies: (copies.collect(), 40),
        reports: vec![((0..4).map(|number| news(number, &address)).collect(), 5)],
    };
    wave.plays_out();
}

/// Needs FFmpeg.
#[test]
fn four_hundred_copies_of_a_film_are_one_case_one_look_and_four_hundred_confirmed_actions() {
    let place = Place::new();
    film(&place, "film.mp4", 100..103);
    film(&place, "before.mp4", 110..112);
    film(&place, "after.mp4", 112..114);
    let bytes = |name: &str| std::fs::read(place.files().join(name)).unwrap();
    let copies = (0..20).map(|number| {
        let scale = format!("scale={}:-2", [256, 240, 224, 208][number % 4]);
        let quality = (34 + number / 4).to_string();
        let words = [
            "-i",
            "film.mp4",
            "-vf",
            &scale,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            &quality,
        ];
        ffmpeg(&place, &words, "copy.mp4");
        bytes("copy.mp4")
    });
    let copies = copies.collect();
    // Reports: pages with the film in them, and films that show it between other things.
    let address = format!(
        "<video src=\"data:video/mp4;base64,{}\"></video>",
        STANDARD.encode(bytes("copy.mp4"))
    );
    let pages = (0..20).map(|number| news(number, &address)).collect();
    let broadcasts = (0..4).map(|number: usize| {
        let graph = "[0:v]scale=320:180[a];[1:v]scale=320:180[b];[2:v]scale=320:180[c];[a][b][c]concat=n=3";
        let quality = (34 + number).to_string();
        let words = [
            "-i",
            "before.mp4",
            "-i",
            "film.mp4",
            "-i",
            "after.mp4",
            "-filter_complex",
            graph,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            &quality,
        ];
        ffmpeg(&place, &words, "broadcast.mp4");
        bytes("broadcast.mp4")
    });
    let wave = Wave {
        what: "film",
        banked: bytes("film.mp4"),
        copies: (copies, 20),
        reports: vec![(pages, 1), (broadcasts.collect(), 1)],
    };
    wave.plays_out();
}
