//! The contract of HMA's hasher and matcher.

use serde_json::json;
use testkit::encode;

use crate::hma_server::HmaServer;
use crate::pictures::{faint, nudged, photo, png};

const PDQ: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const MD5: &str = "d35c5dbde9b5ac8a0a5b5a4d2b1c8e33";

/// The hash that differs from [`PDQ`] in so many bits.
fn near(bits: usize) -> String {
    nudged(model::PdqHash::from_hex(PDQ).unwrap(), bits).to_string()
}

#[test]
fn files_are_hashed_by_the_type_of_their_content() {
    let server = HmaServer::new();
    let picture = png(1);
    let decoded = decode::decode(&picture, &decode::Request::new(model::HashMode::Exact));
    let hash = decoded.pictures[0].hashes[0].pdq.hash();
    server
        .upload("/h/hash", "photo", &picture, &[])
        .says(200, &format!(r#"{{"pdq":"{hash}"}}"#));
    let md5 = fingerprint::digest::Digests::of(b"a film").md5;
    server
        .upload("/h/hash?types=video_md5", "video", b"a film", &[])
        .says(200, &format!(r#"{{"video_md5":"{md5}"}}"#));
    // Without a file name it is a file too, by its name.
    server
        .send_parts("/h/hash", &[("name=\"video\"".to_owned(), b"a film")])
        .says(200, &format!(r#"{{"video_md5":"{md5}"}}"#));
    let low = encode::png(&faint());
    server
        .upload("/h/hash", "photo", &low, &[])
        .says(200, r#"{"pdq":""}"#);
}

#[test]
fn what_peers_read_of_a_file_is_its_hash() {
    // Peers do not turn a photo as its camera says.
    let server = HmaServer::new();
    let turned = testkit::special::jpeg_oriented(&photo(1), 90, 6);
    let decoded = decode::decode(&turned, &decode::Request::new(model::HashMode::Exact));
    let [canonical, compat] = &decoded.pictures[0].hashes[..] else {
        panic!("{decoded:?}")
    };
    assert_eq!(compat.variant, model::Variant::Compat);
    assert_ne!(canonical.pdq.hash(), compat.pdq.hash());
    server
        .upload("/h/hash", "photo", &turned, &[])
        .says(200, &format!(r#"{{"pdq":"{}"}}"#, compat.pdq.hash()));
}

#[test]
fn files_that_cannot_be_hashed_are_refused_and_never_answered_with_nothing() {
    let server = HmaServer::new();
    let refused = |path: &str, field: &str, bytes: &[u8], message: &str| {
        server.upload(path, field, bytes, &[]).fails(400, message);
    };
    let picture = png(1);
    refused("/h/hash", "audio", &picture, "no such content_type: 'audio'");
    refused(
        "/h/hash?types=,",
        "photo",
        &picture,
        "empty signal type selection",
    );
    for types in ["nope", "video_md5", "PDQ"] {
        let message = format!("signal type '{types}' doesn't exist or is disabled");
        refused(&format!("/h/hash?types={types}"), "photo", &picture, &message);
    }
    for route in ["/h/hash", "/m/lookup"] {
        refused(
            route,
            "photo",
            b"no picture",
            "the file is not a photo that can be decoded",
        );
        refused(route, "video", b"", "the file is empty");
        let cut = server
            .upload(route, "photo", &picture[..picture.len() / 2], &[])
            .is(400);
        assert!(cut.body.contains("the file cannot be decoded: "), "{cut:?}");
        server
            .post(route, &json!({}))
            .fails(400, "Missing multipart/form-data file upload");
        server
            .send_parts(route, &[("name=\"note\"".to_owned(), b"x")])
            .fails(400, "Missing multipart/form-data file upload");
        let two = [
            ("name=\"photo\"; filename=\"a\"".to_owned(), &picture[..]),
            ("name=\"photo\"; filename=\"b\"".to_owned(), &picture[..]),
        ];
        server
            .send_parts(route, &two)
            .fails(400, "Only one file allowed per request");
    }
    refused(
        "/m/lookup",
        "photo",
        &encode::png(&faint()),
        "invalid signal: invalid PDQ hash",
    );
}

#[test]
fn addresses_are_not_fetched() {
    let server = HmaServer::new();
    let message = "Invalid or unsafe URL provided";
    for path in [
        "/h/hash?url=https://example.org/a.jpg",
        "/h/hash?url=http://169.254.169.254/&content_type=photo&types=pdq",
        "/m/lookup?url=https://example.org/a.jpg",
        "/m/lookup?url=https://example.org/a.jpg&signal_type=pdq",
    ] {
        server.get(path).fails(400, message);
    }
    let answer = server.get("/h/hash?types=pdq").is(422);
    assert_eq!(
        answer.body,
        concat!(
            r#"[{"type":"missing","loc":["url"],"msg":"Field required","input":{"types":"pdq"},"#,
            r#""url":"https://errors.pydantic.dev/2.14/v/missing"}]"#
        )
    );
}

#[test]
fn a_single_hash_matches_at_once_and_up_to_31_bits() {
    let server = HmaServer::new();
    server
        .get(&format!("/m/lookup?signal={PDQ}&signal_type=pdq"))
        .says(200, "{}");
    let id = server.bank_with("BANK_A", PDQ);
    server
        .get(&format!("/m/lookup?signal={PDQ}&signal_type=pdq"))
        .says(
            200,
            &format!(r#"{{"BANK_A":[{{"bank_content_id":{id},"distance":"0"}}]}}"#),
        );
    assert_eq!(server.look_up(&near(31))["BANK_A"][0]["distance"], "31");
    assert_eq!(server.look_up(&near(32)), json!({}));
    assert_eq!(server.look_up(&PDQ.to_uppercase())["BANK_A"][0]["distance"], "0");
    for identical in 2..=9 {
        server.add("BANK_A", PDQ);
        assert_eq!(server.look_up(PDQ)["BANK_A"].as_array().unwrap().len(), identical);
    }
}

#[test]
fn raw_lookup_gives_ids_and_distances_of_what_is_still_there() {
    let server = HmaServer::new();
    let id = server.bank_with("BANK_A", PDQ);
    let other = server.bank_with("BANK_B", &near(2));
    let path = format!("/m/raw_lookup?signal={PDQ}&signal_type=pdq");
    server
        .get(&path)
        .says(200, &format!(r#"{{"matches":[{id},{other}]}}"#));
    server
        .get(&format!("{path}&include_distance=yes&banks=BANK_B,NONE"))
        .says(
            200,
            &format!(r#"{{"matches":[{{"bank_content_id":{other},"distance":"2"}}]}}"#),
        );
    // It does not look at what is switched off, nor at ratios.
    server
        .put(
            &format!("/c/bank/BANK_A/content/{id}"),
            &json!({ "disable_until_ts": 0 }),
        )
        .is(200);
    server.put("/c/bank/BANK_B", &json!({ "enabled": false })).is(200);
    server
        .get(&path)
        .says(200, &format!(r#"{{"matches":[{id},{other}]}}"#));
    server
        .delete(&format!("/c/bank/BANK_A/content/{id}"))
        .says(200, r#"{"deleted":1}"#);
    server
        .get(&path)
        .says(200, &format!(r#"{{"matches":[{other}]}}"#));
    let answer = server.get("/m/raw_lookup?include_distance=perhaps").is(422);
    let errors = answer.json();
    let found: Vec<_> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["type"].as_str().unwrap(), error["loc"][0].as_str().unwrap()))
        .collect();
    let want = [
        ("missing", "signal"),
        ("missing", "signal_type"),
        ("bool_parsing", "include_distance"),
    ];
    assert_eq!(found, want);
}

#[test]
fn wrong_signals_are_refused_in_the_words_of_hma() {
    let server = HmaServer::new();
    for route in ["/m/lookup", "/m/raw_lookup"] {
        let refused =
            |query: String, message: &str| server.get(&format!("{route}?{query}")).fails(400, message);
        refused(
            format!("signal={PDQ}&signal_type=nope"),
            "No such SignalType 'nope'",
        );
        refused(
            format!("signal={PDQ}%0A&signal_type=pdq"),
            "invalid signal: invalid PDQ hash",
        );
        refused(
            "signal=&signal_type=pdq".to_owned(),
            "invalid signal: invalid PDQ hash",
        );
        refused(
            "signal=ab&signal_type=video_md5".to_owned(),
            "invalid signal: invalid MD5 hash",
        );
    }
    server
        .get(&format!("/m/lookup?signal={PDQ}"))
        .fails(400, "Either url or both signal and signal_type are required");
    server
        .get(&format!(
            "/m/lookup?signal={PDQ}&signal_type=pdq&bypass_coinflip=x"
        ))
        .is(422);
}

#[test]
fn files_are_looked_up_by_their_signals() {
    let server = HmaServer::new();
    server
        .upload("/m/lookup", "photo", &png(1), &[])
        .says(200, r#"{"pdq":{}}"#);
    server.post("/c/banks", &json!({ "name": "BANK_A" })).is(201);
    let added = server
        .upload("/c/bank/BANK_A/content", "photo", &png(1), &[])
        .is(200)
        .json();
    let copy = encode::jpeg(&photo(1), 80);
    let found = server
        .upload("/m/lookup?banks=BANK_A&types=pdq", "photo", &copy, &[])
        .is(200)
        .json();
    assert_eq!(
        found["pdq"]["BANK_A"][0]["bank_content_id"], added["id"],
        "{found}"
    );
    server
        .upload("/m/lookup?banks=BANK_B", "photo", &copy, &[])
        .says(200, r#"{"pdq":{}}"#);
    let added = server
        .upload("/c/bank/BANK_A/content", "video", b"a film", &[])
        .is(200)
        .json();
    server.upload("/m/lookup", "video", b"a film", &[]).says(
        200,
        &format!(
            r#"{{"video_md5":{{"BANK_A":[{{"bank_content_id":{},"distance":"-"}}]}}}}"#,
            added["id"]
        ),
    );
}

/// The coins of the seeds 0 to 5 fall to 0.36169, 0.47825, 0.55585, 0.86775, 0.16001 and 0.35259.
#[test]
fn the_ratio_of_a_bank_is_asked_as_hma_asks_it() {
    let server = HmaServer::new();
    server.bank_with("BANK_A", PDQ);
    let path = format!("/m/lookup?signal={PDQ}&signal_type=pdq");
    let matches = |query: &str| server.get(&format!("{path}{query}")).is(200).json() != json!({});
    let set = |ratio: f64| {
        server
            .put("/c/bank/BANK_A", &json!({ "enabled_ratio": ratio }))
            .is(200);
    };
    set(0.5);
    let fallen: Vec<bool> = (0..6).map(|seed| matches(&format!("&seed={seed}"))).collect();
    assert_eq!(fallen, [true, true, false, false, true, true]);
    set(0.7720246314157545);
    assert!(matches("&seed=abc"), "a ratio that is the coin is enough");
    set(0.772024631415754);
    assert!(!matches("&seed=abc"));
    assert!(matches("&seed=abc&bypass_coinflip=true"), "GET knows it too");
    set(1e-12);
    assert!(!matches(""), "no seed is a coin by chance");
    set(0.0);
    assert!(!matches(""));
    let file = |query: &str| {
        let found = server
            .upload(&format!("/m/lookup?{query}"), "photo", &png(1), &[])
            .is(200);
        found.json()["pdq"] != json!({})
    };
    server
        .upload("/c/bank/BANK_A/content", "photo", &png(1), &[])
        .is(200);
    set(0.5);
    assert!(file("seed=0") && !file("seed=3") && file("seed=3&bypass_coinflip=true"));
    assert!(
        !file("seed=3&bypass_coinflip=True"),
        "that word in that case alone"
    );
}

#[test]
fn hashes_are_compared() {
    let server = HmaServer::new();
    let compare = |body| server.post("/m/compare", &body);
    compare(json!({ "pdq": [PDQ, near(2)] })).says(200, r#"{"pdq":[true,{"distance":2}]}"#);
    compare(json!({ "pdq": [PDQ, near(32)], "video_md5": [MD5, MD5] }))
        .says(200, r#"{"pdq":[false,{"distance":32}],"video_md5":[true,{}]}"#);
    compare(json!([])).fails(400, "Request input was not a dict");
    compare(json!({ "pdq": PDQ })).fails(400, "Comparison hashes for pdq was not a list");
    compare(json!({ "pdq": [PDQ] })).fails(400, "Comparison hash list length must be exactly 2");
    compare(json!({ "x": [PDQ, PDQ] })).fails(400, "No such SignalType 'x'");
    compare(json!({ "pdq": [PDQ, "f8"] })).fails(400, "Invalid pdq hash: invalid PDQ hash");
    let message =
        "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.";
    server
        .send("POST", "/m/compare", Some("text/plain"), b"{}".to_vec())
        .fails(415, message);
}

#[test]
fn indexes_are_always_there_and_new() {
    let server = HmaServer::new();
    server.get("/m/index/status").says(
        200,
        concat!(
            r#"{"pdq":{"built_to":-1,"present":true,"size":0},"#,
            r#""video_md5":{"built_to":-1,"present":true,"size":0}}"#
        ),
    );
    server.bank_with("BANK_A", PDQ);
    let status = server.get("/m/index/status?signal_type=pdq").is(200).json();
    assert_eq!(status["pdq"]["size"], 1, "{status}");
    assert!(
        status["pdq"]["built_to"].as_i64().unwrap() > 1_700_000_000,
        "{status}"
    );
    assert!(status["video_md5"].is_null(), "{status}");
    let built = &status["pdq"]["built_to"];
    server.get("/c/signal_type/index?signal_type=pdq").says(
        200,
        &format!(
            concat!(
                r#"{{"pdq":{{"db_size":1,"index_built_to":{0},"index_out_of_date":false,"#,
                r#""index_size":1,"newest_db_item":{0}}}}}"#
            ),
            built
        ),
    );
    for route in ["/m/index/status", "/c/signal_type/index"] {
        server
            .get(&format!("{route}?signal_type=x"))
            .fails(400, "No such signal type 'x'");
    }
}
