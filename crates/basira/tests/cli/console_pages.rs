//! The pages of the console about what goes on: totals and their files, care, items and search, second looks, banks, policies,
//! keys and what webhooks are told.

use model::{Grant, Role};
use serde_json::json;
use testkit::encode;
use testkit::policies::{CLAUSES, GROUNDS, queueing};

use crate::browser::Browser;
use crate::console::{first, group, person, submit, with_bank};
use crate::pictures::{photo, png};
use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::Server;

#[test]
fn totals_have_charts_with_tables_and_files_that_run_no_formula() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let bot = key.with_key(json!({"name": "bot", "source": "=1+1|'", "scopes": ["submit"]}));
    let taken = bot.bytes("/v1/items", &encode::jpeg(&photo(1), 80)).expect(202);
    bot.finished(taken["item"].as_str().unwrap());
    submit(&key, "", &encode::jpeg(&photo(2), 80)[..800]);
    let mut browser = first(&server);
    let page = browser.get("/console/overview").is(200);
    assert!(page.text.len() < 150_000, "{} bytes", page.text.len());
    assert!(!page.text.contains("style=") && page.text.contains("<svg class=\"chart\" role=\"img\""));
    let tables = page.text.matches("<table>").count();
    assert!(
        tables >= page.text.matches("<svg").count() && tables >= 5,
        "{tables}"
    );
    for table in [
        "hours", "found", "gaps", "decided", "reversed", "action", "sources", "state",
    ] {
        let file = browser.get(&format!("/console/overview/{table}.csv")).is(200);
        assert!(file.headers["content-type"].starts_with("text/csv"), "{table}");
        assert!(file.headers["content-disposition"].contains("attachment"));
        assert!(file.text.ends_with("\r\n"), "{table}: {}", file.text);
    }
    let found = browser.get("/console/overview/found.csv").text;
    assert!(found.contains("\"Match\",\"1\",\"1\""), "{found}");
    let hours = browser.get("/console/overview/hours.csv").text;
    assert_eq!(hours.lines().count(), 25);
    assert!(hours.contains(":00:00Z\""), "UTC: {hours}");
    let sources = browser.get("/console/overview/sources.csv").text;
    assert!(sources.contains("\"'=1+1|'\",\"1\",\"1\""), "{sources}");
    browser.get("/console/overview/found").is(404);
    browser.get("/console/overview/nothing.csv").is(404);
    for file in ["items", "queue", "banks", "log", "keys", "policies", "deliveries"] {
        let file = browser.get(&format!("/console/{file}.csv")).is(200);
        assert!(file.headers["content-type"].starts_with("text/csv"));
    }
}

#[test]
fn what_is_enough_is_enough_and_others_take_over() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    key.post("/v1/banks", json!({"name": "known"})).expect(201);
    key.bytes("/v1/banks/known/media?labels=graphic", &png(1))
        .expect(201);
    let item = submit(&key, "", &encode::jpeg(&photo(1), 80));
    let other = submit(&key, "", &encode::jpeg(&photo(2), 80)[..800]);
    let mut admin = first(&server);
    let mut browser = person(&server, &mut admin, "amal", Grant::whole(Role::Reviewer));
    let rules = [
        ("day_reveals", "2"),
        ("day_minutes", ""),
        ("break_after", "0"),
        ("break_minutes", "0"),
        ("sample", "0"),
    ];
    browser.post("/console/care/rules", &rules).is(403);
    let too_many = [("day_reveals", "9999")];
    admin.post("/console/care/rules", &too_many).is(400);
    admin.post("/console/care/rules", &rules).is(303);
    browser.post("/console/cases/1/take", &[]).is(303);
    for _ in 0..2 {
        browser
            .post("/console/cases/1/reveal", &[("item", &item)])
            .is(200);
    }
    let rest = browser
        .post("/console/cases/1/reveal", &[("item", &item)])
        .is(409);
    assert!(
        rest.text.contains("Enough for today") && !rest.text.contains("<img"),
        "{}",
        rest.text
    );
    let care = browser.get("/console/care").is(200);
    assert!(
        care.text.contains("You can uncover nothing more today"),
        "{}",
        care.text
    );
    let days = browser.get("/console/care/days.csv").is(200).text;
    assert!(days.lines().nth(1).unwrap().contains("\"2\""), "{days}");
    // The sums of all are for leads, and of five people at least.
    browser.get("/console/care/all.csv").is(404);
    let all = admin.get("/console/care/all.csv").is(200).text;
    assert_eq!(all.lines().count(), 1, "{all}");
    assert!(!admin.get("/console/care").text.contains("amal"));
    // The queue stays, and somebody else goes on with the case.
    browser.post("/console/care/hand-over", &[]).is(303);
    let mut next = person(&server, &mut admin, "badr", Grant::whole(Role::Reviewer));
    next.post("/console/cases/1/take", &[]).is(303);
    next.post("/console/cases/1/reveal", &[("item", &item)]).is(200);
    // Nobody sees what they have asked not to be shown; other cases stay.
    next.post("/console/care/opt-outs", &[("labels", "graphic\r\n")])
        .is(303);
    let queue = next.get("/console/queue").is(200).text;
    assert!(
        !queue.contains("/console/cases/1\"") && queue.contains("/console/cases/2\""),
        "{queue}"
    );
    next.post("/console/cases/1/reveal", &[("item", &item)]).is(409);
    next.post("/console/cases/2/reveal", &[("item", &other)]).is(200);
    next.post("/console/care/opt-outs", &[("labels", "a,b")]).is(400);
    let log = key.get("/v1/log?limit=1000").expect(200).to_string();
    assert!(log.contains("care_changed") && !log.contains("opt_out"), "{log}");
    assert_eq!(
        log.matches("media_revealed").count(),
        4,
        "what was refused was not shown"
    );
}

#[test]
fn a_text_is_found_by_its_words_in_any_spelling_and_the_question_is_in_no_log() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let text = "أُقيمت المباراةُ الأولى في بطولة الشّطرنج بالمدرسة يوم الأحد";
    let item = submit(&key, "", text.as_bytes());
    submit(
        &key,
        "",
        "The second round of the chess league was played".as_bytes(),
    );
    let mut browser = first(&server);
    let asks = |browser: &mut Browser, question: &str| {
        let page = browser.post("/console/search", &[("question", question)]).is(200);
        page.text.contains(&format!("/console/items/{item}"))
    };
    browser.get("/console/search").is(200);
    for question in ["شطرنج", "الشطرنج بطوله", "مدرسه", "احد", "والمباراة الاولي"]
    {
        assert!(asks(&mut browser, question), "{question}");
    }
    for question in ["كرة", "chess", "شطرنج كرة", "", "'; DROP TABLE item --"] {
        assert!(!asks(&mut browser, question), "{question}");
    }
    let shown = browser.get(&format!("/console/items/{item}")).is(200);
    assert!(shown.text.contains(&item));
    browser
        .get("/console/items/00000000000000000000000000000000")
        .is(404);
    browser.get("/console/items?verdict=no_match").is(200);
    browser
        .get("/console/items?verdict=%22%3E&from=x&until=%00&before=y")
        .is(200);
    // What is in no case is only for those who see all queues.
    let mut few = person(
        &server,
        &mut browser,
        "a few",
        Grant {
            role: Role::Reviewer,
            queue: Some(model::Queue::Match),
            most: model::Severity::Low,
        },
    );
    assert!(!asks(&mut few, "شطرنج"));
    few.get(&format!("/console/items/{item}")).is(404);
    let log = key.get("/v1/log?limit=1000").expect(200).to_string();
    assert!(!log.contains("شطرنج"));
}

#[test]
fn who_looks_a_second_time_is_not_told_and_what_they_say_counts() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--review-undo", "0"]);
    let key = server.administrator();
    with_bank(&key);
    submit(&key, "", &encode::jpeg(&photo(1), 80));
    let mut admin = first(&server);
    admin.post("/console/care/rules", &[("sample", "1000")]).is(303);
    let page = admin.get("/console/cases/1").is(200);
    let sha256 = group(&page);
    let fields = [
        ("sha256", sha256.as_str()),
        ("outcome", "violating"),
        ("action", "remove"),
        ("clause", "rules#tvec.known"),
        ("note", "seen before"),
    ];
    admin.post("/console/cases/1/decide", &fields).is(303);
    let mut browser = person(&server, &mut admin, "amal", Grant::whole(Role::Reviewer));
    let begun = std::time::Instant::now();
    while !browser
        .get("/console/second")
        .is(200)
        .text
        .contains("/console/second/1")
    {
        assert!(begun.elapsed().as_secs() < 20, "it was drawn");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let page = browser.get("/console/second/1").is(200);
    assert!(
        !page.text.contains("administrator") && !page.text.contains("seen before"),
        "{}",
        page.text
    );
    assert!(!page.text.contains(" checked"), "nothing is chosen for anybody");
    admin.get("/console/second").is(200);
    admin
        .post("/console/second/1", &[("outcome", "violating")])
        .is(403);
    browser
        .post("/console/second/1", &[("outcome", "duplicate_of")])
        .is(400);
    browser
        .post("/console/second/1", &[("outcome", "not_violating")])
        .is(303);
    browser
        .post("/console/second/1", &[("outcome", "not_violating")])
        .is(409);
    browser.get("/console/second/99").is(404);
    let quality = admin.get("/console/quality").is(200).text;
    assert!(
        quality.contains("/console/cases/1\"") && quality.contains("looked at twice"),
        "{quality}"
    );
    assert!(!quality.contains("amal"), "nobody is named");
    assert!(
        !browser
            .get("/console/quality")
            .is(200)
            .text
            .contains("/console/cases/1\"")
    );
    // A golden one is asked of everybody else.
    browser.post("/console/decisions/1/golden", &[]).is(403);
    admin.post("/console/decisions/1/golden", &[]).is(303);
    let golden = browser.get("/console/second").is(200);
    let look = golden.between("href=\"/console/second/", "\"").unwrap();
    browser
        .post(&format!("/console/second/{look}"), &[("outcome", "violating")])
        .is(303);
    let golden = admin.get("/console/quality/golden.csv").is(200).text;
    assert!(golden.contains("\"1\",\"1\",\"1\""), "{golden}");
}

#[test]
fn an_entry_is_added_from_a_file_found_and_taken_out_of_use() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    with_bank(&key);
    let mut admin = first(&server);
    let mut curator = person(&server, &mut admin, "amal", Grant::whole(Role::Curator));
    curator.get("/console/banks/known").is(200);
    curator.get("/console/banks/nothing").is(404);
    let path = "/console/banks/known/media";
    let fields = [("label", "league"), ("trust", "active")];
    let token = curator.token.clone();
    curator.token = "another".to_owned();
    curator.upload(path, &fields, &png(2)).is(403);
    curator.token = token;
    let mut auditor = person(&server, &mut admin, "cyrus", Grant::whole(Role::Auditor));
    auditor.upload(path, &fields, &png(2)).is(403);
    curator.upload(path, &fields, &[]).is(400);
    curator.upload(path, &fields, &png(2)[..100]).is(400);
    let added = curator.upload(path, &fields, &png(2)).is(200);
    let entry = added.between("href=\"/console/entries/", "\"").unwrap();
    let item = submit(&key, "", &encode::jpeg(&photo(2), 80));
    assert_eq!(key.finished(&item)["result"]["verdict"], "match");
    let page = curator
        .get(&format!("/console/banks/known?question={entry}"))
        .is(200);
    assert_eq!(page.text.matches("href=\"/console/entries/").count(), 1);
    let page = curator.get(&format!("/console/entries/{entry}")).is(200);
    assert!(
        page.text.contains("league") && !page.text.contains(&item),
        "a curator sees no items"
    );
    let mut lead = person(&server, &mut admin, "badr", Grant::whole(Role::PolicyLead));
    assert!(
        lead.get(&format!("/console/entries/{entry}"))
            .is(200)
            .text
            .contains(&item)
    );
    auditor
        .post(
            &format!("/console/entries/{entry}/trust"),
            &[("trust", "revoked")],
        )
        .is(403);
    curator
        .post(
            &format!("/console/entries/{entry}/trust"),
            &[("trust", "revoked")],
        )
        .is(303);
    let again = submit(&key, "", &encode::jpeg(&photo(2), 70));
    assert_eq!(key.finished(&again)["result"]["verdict"], "no_match");
}

#[test]
fn a_policy_is_approved_by_another_who_has_signed_in() {
    let place = Place::new();
    let server = Server::start(&place);
    let key = server.administrator();
    let own = json!({"name": "amal", "person": "amal", "source": "forum", "scopes": ["write_policies"]});
    let amal = key.with_key(own);
    let text = queueing("chess.copy");
    let files = json!({"files": [
        {"name": "clauses.toml", "text": CLAUSES},
        {"name": "grounds.toml", "text": GROUNDS},
        {"name": "chess.copy.toml", "text": text},
    ]});
    amal.post("/v1/policies", files).expect(201);
    let mut admin = first(&server);
    admin.get("/console/policies").is(200);
    let mut author = person(&server, &mut admin, "amal", Grant::whole(Role::PolicyLead));
    let mut lead = person(&server, &mut admin, "badr", Grant::whole(Role::PolicyLead));
    let mut auditor = person(&server, &mut admin, "chen", Grant::whole(Role::Auditor));
    let path = "/console/policies/chess.copy";
    let page = lead.get(path).is(200);
    let hash = page
        .between("name=\"text\" value=\"", "\"")
        .expect("it can be approved");
    assert!(
        !author.get(path).is(200).text.contains("Approve this text"),
        "not by who has written it"
    );
    author.post(path, &[("text", &hash)]).is(403);
    auditor.post(path, &[("text", &hash)]).is(403);
    lead.post(path, &[("text", "abc")]).is(400);
    lead.post(path, &[("text", &hash)]).is(303);
    assert!(lead.get(path).text.contains("<bdi>badr</bdi>"));
    lead.get("/console/policies/nothing").is(404);
    let log = key.get("/v1/log?limit=1000").expect(200).to_string();
    assert!(log.contains("policy_approved"));
}

#[test]
fn keys_are_revoked_and_what_was_given_up_is_sent_again() {
    let place = Place::new();
    let server = Server::start_with(&place, &["--webhook-network", "127.0.0.0/8"]);
    let key = server.administrator();
    let receiver = Receiver::willing();
    let events = json!(["item.match", "item.no_match", "item.incomplete"]);
    key.post("/v1/webhooks", json!({"url": receiver.url(), "events": events}))
        .expect(201);
    with_bank(&key);
    submit(&key, "", &encode::jpeg(&photo(1), 80));
    receiver.wait_for(1);
    let mut admin = first(&server);
    let begun = std::time::Instant::now();
    let event = loop {
        let page = admin.get("/console/deliveries?state=red").is(200);
        if let Some(event) = page.between("action=\"/console/deliveries/", "/replay\"") {
            break event;
        }
        assert!(begun.elapsed().as_secs() < 20, "{}", page.text);
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    admin
        .post(&format!("/console/deliveries/{event}/replay"), &[])
        .is(303);
    receiver.wait_for(2);
    let bot = key.with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit"]}));
    bot.bytes("/v1/items", &png(3)).expect(202);
    let page = admin.get("/console/keys").is(200).text;
    let last = page.rsplit("action=\"/console/keys/").next().unwrap();
    let number = last.split('/').next().unwrap();
    admin.post(&format!("/console/keys/{number}/revoke"), &[]).is(303);
    assert_eq!(bot.bytes("/v1/items", &png(4)).status, 401);
}

#[test]
fn everybody_reads_as_they_like() {
    let place = Place::new();
    let server = Server::start(&place);
    let mut browser = first(&server);
    let choices = [
        ("digits", "arabic"),
        ("calendar", "hijri"),
        ("theme", "dark"),
        ("KeyT", "w"),
    ];
    browser.post("/console/reading", &choices).is(303);
    let page = browser.get("/console/log").is(200);
    assert!(page.text.contains("data-theme=\"dark\""));
    assert!(
        page.text.contains("<meta name=\"keys\" content=\"KeyW=KeyT\">"),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("AH)") && page.text.contains("٢٠"),
        "{}",
        page.text
    );
    assert!(page.text.contains("<kbd>W</kbd>"));
    // A file is for machines.
    let file = browser.get("/console/log.csv").is(200);
    assert!(
        file.text.contains("Z\"") && !file.text.contains('٢'),
        "{}",
        file.text
    );
    browser.post("/console/reading", &[("KeyT", "r")]).is(400);
    browser.post("/console/reading", &[("KeyT", "<")]).is(400);
    browser.post("/console/reading", &[("digits", "roman")]).is(400);
    browser.post("/console/reading", &[]).is(303);
    let page = browser.get("/console/log").is(200);
    assert!(!page.text.contains("data-theme") && !page.text.contains("AH)"));
}
