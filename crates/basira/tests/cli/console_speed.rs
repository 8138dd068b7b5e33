//! How soon the pages of the console are there, whole and without script, when its store is large. The sizes are small here, and
//! those of the promise in `cargo xtask bench console`, which runs this test.

use std::time::Instant;

use rusqlite::Connection;
use serde_json::json;
use store::{Access, Options, Store};
use testkit::{Prng, encode};

use crate::browser::Page;
use crate::console::{first, submit};
use crate::fairness::number;
use crate::pictures::{long_list, photo, png};
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::Server;

/// Items of one case, and for each that many items that are in none.
const MEMBERS: u64 = 4;
const OTHERS: u64 = 6;
/// Contents of the largest case.
const CONTENTS: u64 = 400;
/// Words that stand in some texts, and words that stand in few.
const FREQUENT: i64 = 1_000;
const RARE: i64 = 20_000;

/// What was there before the store was filled: numbers go on from here.
struct Begun {
    items: i64,
    cases: i64,
}

/// Fills a store as years of work would have, from an item and a case that are real.
fn fill(place: &Place, database: &Connection, items: u64, begun: &Begun) {
    let cases = items / (MEMBERS + OTHERS);
    {
        let store = Store::open(&place.data(), Options::new(Access::Writer, &place.key())).unwrap();
        database
            .execute_batch("CREATE TEMP TABLE key (word INTEGER PRIMARY KEY, digest INTEGER) STRICT;")
            .unwrap();
        let mut put = database.prepare("INSERT INTO key VALUES (?1, ?2)").unwrap();
        for word in 0..FREQUENT + RARE {
            put.execute([word, store.search_key(&format!("word{word}"))])
                .unwrap();
        }
        for (word, name) in [(-1, "league"), (-2, "north"), (-3, "south")] {
            put.execute([word, store.search_key(name)]).unwrap();
        }
    }
    let Begun {
        items: item,
        cases: case,
    } = begun;
    database
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN;
             UPDATE entry SET external_id = 'e-' || id;
             CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {items})
                SELECT i, i % 10 AS part, i / 10 AS ten FROM n;
             INSERT INTO item (id, receipt, source, external_id, sha256, size, context, priority, received_at, state, fence, verdict,
                    result, finished_at)
                SELECT {item} + 1 + i, randomblob(16), CASE i % 3 WHEN 0 THEN 'forum' WHEN 1 THEN 'clips'
                    ELSE 'chat' END, 'post-' || i, randomblob(32), 1000 + i % 5000, like_it.context, 5,
                    like_it.received_at - ({items} - i) * 1000000, CASE WHEN i % 5000 = 7 THEN 'aside' ELSE 'done' END, 1,
                    CASE WHEN part < {MEMBERS} THEN 'match' WHEN i % 100 = 7 THEN 'incomplete' ELSE 'no_match' END,
                    like_it.result, like_it.finished_at - ({items} - i) * 1000000
                FROM n JOIN item AS like_it ON like_it.id = 1;
             INSERT INTO review_case (id, queue, state, entry, severity, reasons, members, opened_at, assignee, held_until,
                    held_for, due_at)
                SELECT {case} + 1 + ten, CASE WHEN ten % 10 < 7 THEN 'match' WHEN ten % 10 = 7 THEN 'incomplete'
                    WHEN ten % 10 = 8 THEN 'reported' ELSE 'policy' END, CASE ten % 2 WHEN 0 THEN 'open' ELSE 'decided' END,
                    1 + ten, ten % 4, 'near', {MEMBERS}, like_it.opened_at - ({cases} - ten) * 10000000,
                    CASE ten % 997 WHEN 2 THEN 1 END, CASE ten % 1009 WHEN 2 THEN 9000000000000000 END, 'the source answers',
                    CASE ten % 5003 WHEN 2 THEN 9000000000000000 END
                FROM n JOIN review_case AS like_it ON like_it.id = 1 WHERE part = 0;
             INSERT INTO case_decision (id, review_case, sha256, outcome, person, state, decided_at, settles_at, ended_at, action,
                    clause, confirms)
                SELECT {MEMBERS} * ten + 1 + part, {case} + 1 + ten, item.sha256, 'violating', 1, 'effective', received_at,
                    received_at, received_at, '{{\"do\":\"remove\",\"reason\":\"rules#tvec.known\"}}', 'rules#tvec.known',
                    CASE part WHEN 1 THEN {MEMBERS} * ten + 1 END
                FROM n JOIN item ON item.id = {item} + 1 + i WHERE ten % 2 = 1 AND part < 2;
             INSERT INTO case_member (item, review_case, sha256, joined, joined_at, decision, likeness, surroundings)
                SELECT item.id, {case} + 1 + ten, item.sha256, CASE part WHEN 0 THEN 'first' ELSE 'same_entry' END, received_at,
                    CASE ten % 2 WHEN 1 THEN {MEMBERS} * ten + 1 + min(part, 1) END, 'whole', ''
                FROM n JOIN item ON item.id = {item} + 1 + i WHERE part < {MEMBERS};
             INSERT INTO delivery (id, webhook, event, kind, source, receipt, body, state, attempts, begun_at, next_at, created_at,
                    delivered_at, confirmed_at, confirmed_by, decision, asks)
                SELECT {item} + 100 + i, 1, randomblob(16), 'item.decided', source, receipt, '{{}}', 'confirmed', 1, received_at,
                    received_at, received_at, received_at, received_at, 'answer', decision, 1
                FROM n JOIN item ON item.id = {item} + 1 + i JOIN case_member ON case_member.item = item.id
                WHERE decision IS NOT NULL;
             INSERT INTO item_match SELECT 1 + ten, {item} + 1 + i, 'match', 12, 0 FROM n WHERE part < {MEMBERS};
             INSERT INTO case_member (item, review_case, sha256, joined, joined_at, likeness, surroundings)
                SELECT item.id, {case} + 1, item.sha256, 'same_entry', received_at, 'whole', ''
                FROM n JOIN item ON item.id = {item} + 1 + i WHERE part = 6 AND ten < {CONTENTS};
             UPDATE review_case SET members = members + {CONTENTS} WHERE id = {case} + 1;
             CREATE TEMP TABLE text AS SELECT {item} + 1 + i AS item, i FROM n WHERE part = 5 OR part = 0;
             CREATE TEMP TABLE said AS SELECT item, i, (SELECT digest FROM key WHERE word = -1) AS word FROM text;
             INSERT INTO said SELECT item, i, (SELECT digest FROM key WHERE word = -2 - (i / 5) % 2) FROM text;
             INSERT OR IGNORE INTO item_word SELECT word, item FROM said;
             INSERT OR IGNORE INTO item_word SELECT digest, (SELECT min(item) FROM text) FROM key WHERE word < 0;
             CREATE TEMP TABLE pick AS WITH RECURSIVE place (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM place WHERE k < 8)
                SELECT item, CASE WHEN k < 7 THEN abs(random()) % {FREQUENT} ELSE {FREQUENT} + abs(random()) % {RARE} END AS word
                FROM text JOIN place;
             INSERT OR IGNORE INTO item_word SELECT digest, item FROM pick JOIN key ON key.word = pick.word;
             INSERT OR REPLACE INTO tally SELECT what, hour, name, 10 + hour % 7 FROM
                (SELECT CAST(strftime('%s', 'now') AS INTEGER) / 3600 - i AS hour FROM n WHERE i < 168)
                JOIN (SELECT 'arrived' AS what, 'forum' AS name UNION ALL SELECT 'arrived', 'clips' UNION ALL
                    SELECT 'finished', 'match' UNION ALL SELECT 'finished', 'no_match' UNION ALL SELECT 'gap', 'time' UNION ALL
                    SELECT 'settled', 'violating' UNION ALL SELECT 'settled', 'exempt' UNION ALL SELECT 'action_time', 'quarter');
             UPDATE counter SET last = {item} + 1 + {items} WHERE name = 'item';
             UPDATE counter SET last = {case} + 1 + {cases} WHERE name = 'review_case';
             UPDATE counter SET last = {MEMBERS} * {cases} + 8 WHERE name = 'case_decision';
             UPDATE counter SET last = {item} + 200 + {items} WHERE name = 'delivery';
             UPDATE item SET received_at = received_at - ({items} + 9) * 1000000 WHERE id <= {item};
             COMMIT; PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .unwrap();
}

/// How long requests of one kind took, and how large the largest answer was.
struct Measured {
    name: &'static str,
    seconds: Vec<f64>,
    bytes: usize,
}

impl Measured {
    fn of(name: &'static str, requests: u64, mut ask: impl FnMut(u64) -> Page) -> Self {
        let mut seconds = Vec::new();
        let mut bytes = 0;
        for number in 0..requests {
            let begun = Instant::now();
            let page = ask(number).is(200);
            seconds.push(begun.elapsed().as_secs_f64());
            bytes = bytes.max(page.text.len());
            // What is shown first is all of it: no script has anything to fetch.
            assert!(
                page.text.contains("<main") && page.text.trim_end().ends_with("</html>"),
                "{name}"
            );
        }
        let mut slowest: Vec<(usize, f64)> = seconds.iter().copied().enumerate().collect();
        slowest.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let slowest = slowest.iter().take(12);
        let slowest: Vec<String> = slowest
            .map(|(number, it)| format!("{:.1} ({number})", 1e3 * it))
            .collect();
        eprintln!(
            "{name}: the slowest in ms, and which requests they were: {}",
            slowest.join(", ")
        );
        seconds.sort_by(f64::total_cmp);
        Self { name, seconds, bytes }
    }

    /// Milliseconds within which such a share of them was answered.
    fn within(&self, share: f64) -> f64 {
        let last = self.seconds.len() - 1;
        1e3 * self.seconds[(share * last as f64).ceil() as usize]
    }
}

#[test]
fn pages_are_there_at_once_however_much_there_is() {
    let place = Place::new();
    if place.only_sqlite("a store is filled by statements of SQLite's; the plans of the other are its own") {
        return;
    }
    let items = number("BASIRA_CONSOLE_ITEMS", 60_000);
    let requests = number("BASIRA_CONSOLE_REQUESTS", 12);
    let options = ["--webhook-network", "127.0.0.0/8"];
    let server = Server::start_with(&place, &options);
    let admin = server.administrator();
    let receiver = Receiver::willing();
    admin
        .post("/v1/webhooks", json!({"url": receiver.url()}))
        .expect(201);
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    submit(
        &admin,
        "?external_id=one&url=https%3A%2F%2Fchess.example%2Fpost%2F1",
        &encode::jpeg(&photo(1), 80),
    );
    let mut browser = first(&server);
    assert_eq!(server.stop(), Some(0));
    place.write("list.csv", long_list(items as usize, 5));
    place.go("bank import known list.csv --trust active").ends(0);
    let database = Connection::open(place.data().join("basira.db")).unwrap();
    fill(&place, &database, items, &Begun { items: 1, cases: 1 });
    drop(database);

    let begun = Instant::now();
    let server = Server::start_with(&place, &options);
    let ready = begun.elapsed();
    browser.moves_to(&server);
    browser.get("/console/account").is(200);
    let cases = items / (MEMBERS + OTHERS);
    let mut prng = Prng::new(11, 0);
    let mut below = move |limit: u64| prng.bits() % limit;
    let receipts: Vec<String> = {
        let page = browser.get("/console/items?verdict=match").is(200);
        let rest = page.text.split("href=\"/console/items/").skip(1);
        rest.map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    };
    let mut measured = Vec::new();
    for (name, paths) in [
        (
            "queue",
            &[
                "/console/queue",
                "/console/queue?least=critical",
                "/console/queue?whose=mine",
                "/console/queue?state=put_off",
                "/console/queue?state=decided",
                "/console/queue?state=decided&queue=reported",
                "/console/queue?state=decided&least=critical&whose=mine",
            ][..],
        ),
        (
            "items",
            &[
                "/console/items",
                "/console/items?verdict=incomplete",
                "/console/items?verdict=match&state=aside",
                "/console/items?verdict=no_match&state=queued",
                "/console/items?state=aside",
                "/console/items?verdict=match&until=2020-01-01",
                "/console/items?before=5000",
            ],
        ),
        ("overview", &["/console/overview"]),
        ("policies", &["/console/policies"]),
        (
            "deliveries",
            &[
                "/console/deliveries",
                "/console/deliveries?state=red",
                "/console/deliveries?state=aside",
            ],
        ),
    ] {
        measured.push(Measured::of(name, requests, |number| {
            browser.get(paths[number as usize % paths.len()])
        }));
    }
    measured.push(Measured::of("case", requests, |_| {
        browser.get(&format!("/console/cases/{}", 3 + below(cases - 1)))
    }));
    measured.push(Measured::of("case of 400 contents", requests, |_| {
        browser.get("/console/cases/2")
    }));
    measured.push(Measured::of("item", requests, |number| {
        let receipt = &receipts[number as usize % receipts.len()];
        browser.get(&format!("/console/items/{receipt}"))
    }));
    measured.push(Measured::of("entries", requests, |number| match number % 3 {
        0 => browser.get(&format!("/console/banks/known?question=e-{}", 1 + below(items))),
        1 => browser.get(&format!("/console/banks/known?question={}", 1 + below(items))),
        _ => browser.get(&format!("/console/banks/known?after={}", below(items))),
    }));
    measured.push(Measured::of("entry", requests, |_| {
        browser.get(&format!("/console/entries/{}", 1 + below(items)))
    }));
    let questions = [
        "league".to_owned(),
        "league north".to_owned(),
        "north south".to_owned(),
        "nothing".to_owned(),
    ];
    measured.push(Measured::of("search", requests, |number| {
        let asked = match number % 8 {
            at @ 0..4 => questions[at as usize].clone(),
            4 | 5 => format!("word{} word{}", below(FREQUENT as u64), below(FREQUENT as u64)),
            6 => format!("word{} league", FREQUENT as u64 + below(RARE as u64)),
            _ => format!("word{}", below(FREQUENT as u64)),
        };
        browser.post("/console/search", &[("question", &asked)])
    }));
    for it in &measured {
        let line = json!({
            "page": it.name, "requests": it.seconds.len(), "p50_ms": it.within(0.5), "p99_ms": it.within(0.99),
            "kb": it.bytes as f64 / 1e3,
        });
        println!("{line}");
    }
    println!(
        "{}",
        json!({"items": items, "cases": cases, "entries": items, "ready_s": ready.as_secs_f64()})
    );
    for it in &measured {
        assert!(it.bytes <= 150_000, "{}: {} bytes", it.name, it.bytes);
        // What goes through a table takes far longer at the size of the promise; here only what is very slow is seen.
        assert!(it.within(0.99) < 2_000.0, "{}: {} ms", it.name, it.within(0.99));
    }

    // Two words that are frequent and never together but in the oldest text: it is found by going on.
    let mut fields = vec![("question", "north south".to_owned())];
    let found = (0..200).find_map(|_| {
        let asked: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let page = browser.post("/console/search", &asked).is(200);
        fields.truncate(1);
        match page.between("name=\"before\" value=\"", "\"") {
            _ if page.text.contains("href=\"/console/items/") => Some(true),
            Some(before) => {
                fields.push(("before", before));
                None
            }
            None => Some(false),
        }
    });
    assert_eq!(found, Some(true));
}
