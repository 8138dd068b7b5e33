//! The contract of HMA's curator: banks and their content.

use serde_json::{Value, json};
use testkit::encode;

use crate::hma_server::HmaServer;
use crate::pictures::{faint, photo, png};

const PDQ: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const MD5: &str = "d35c5dbde9b5ac8a0a5b5a4d2b1c8e33";

#[test]
fn banks_are_made_changed_and_removed() {
    let server = HmaServer::new();
    server.get("/c/banks").says(200, "[]");
    let create = |body| server.post("/c/banks", &body);
    create(json!({ "name": "BANK_A", "unknown": 1 }))
        .says(201, r#"{"matching_enabled_ratio":1.0,"name":"BANK_A"}"#);
    create(json!({ "name": "_B2", "enabled_ratio": "0.25" }))
        .says(201, r#"{"matching_enabled_ratio":0.25,"name":"_B2"}"#);
    create(json!({ "name": "OFF", "enabled": false }))
        .says(201, r#"{"matching_enabled_ratio":0.0,"name":"OFF"}"#);
    create(json!({ "name": "BANK_A" })).fails(403, "Bank already exists");
    for name in ["bank", "2B", "A-B", "", "A\n", &"A".repeat(256)] {
        create(json!({ "name": name })).fails(400, "Bank names must be UPPER_WITH_UNDERSCORE");
    }
    create(json!({ "name": "X", "enabled_ratio": 7 })).fails(400, "enabled_ratio must be between 0 and 1");
    let errors = create(json!({ "name": 1, "enabled_ratio": "x", "enabled": [] })).is(422);
    assert_eq!(
        errors.body,
        concat!(
            r#"[{"type":"string_type","loc":["name"],"msg":"Input should be a valid string","input":1,"#,
            r#""url":"https://errors.pydantic.dev/2.14/v/string_type"},"#,
            r#"{"type":"float_parsing","loc":["enabled_ratio"],"#,
            r#""msg":"Input should be a valid number, unable to parse string as a number","input":"x","#,
            r#""url":"https://errors.pydantic.dev/2.14/v/float_parsing"},"#,
            r#"{"type":"bool_type","loc":["enabled"],"msg":"Input should be a valid boolean","input":[],"#,
            r#""url":"https://errors.pydantic.dev/2.14/v/bool_type"}]"#
        )
    );
    let missing = server.send("POST", "/c/banks", None, Vec::new()).is(422).json();
    assert_eq!(
        (&missing[0]["type"], &missing[0]["input"]),
        (&json!("missing"), &json!({}))
    );
    let names: Vec<Value> = server.get("/c/banks").is(200).json().as_array().unwrap().clone();
    let names: Vec<&str> = names.iter().map(|bank| bank["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["BANK_A", "OFF", "_B2"]);

    server
        .get("/c/bank/_B2")
        .says(200, r#"{"matching_enabled_ratio":0.25,"name":"_B2"}"#);
    server.get("/c/bank/NONE").fails(404, "bank 'NONE' not found");
    let change = |name: &str, body| server.put(&format!("/c/bank/{name}"), &body);
    change("_B2", json!({ "name": "C", "enabled_ratio": 0.5 }))
        .says(200, r#"{"matching_enabled_ratio":0.5,"name":"C"}"#);
    change("C", json!({})).says(200, r#"{"matching_enabled_ratio":0.5,"name":"C"}"#);
    let off = change("C", json!({ "enabled": false })).is(200).json();
    assert_eq!(off["matching_enabled_ratio"].as_f64(), Some(0.0));
    let on = change("C", json!({ "enabled": true })).is(200).json();
    assert_eq!(on["matching_enabled_ratio"].as_f64(), Some(1.0));
    change("_B2", json!({})).fails(404, "Bank not found");
    change("C", json!({ "name": "BANK_A" })).fails(403, "Bank name already exists");
    change("C", json!({ "name": "c" })).fails(400, "Bank names must be UPPER_WITH_UNDERSCORE");

    server.add("C", PDQ);
    for _ in 0..2 {
        server.delete("/c/bank/C").says(200, r#"{"message":"Done"}"#);
        assert_eq!(server.look_up(PDQ), json!({}));
    }
}

#[test]
fn a_bank_that_is_switched_off_is_matched_by_nobody() {
    let server = HmaServer::new();
    server.bank_with("BANK_A", PDQ);
    let native = |server: &HmaServer| {
        let url = format!("{}/v1/lookup?type=pdq&value={PDQ}", server.native);
        let key = [("x-api-key", server.key.clone())];
        let found = server.send_with("GET", &url, &key, Vec::new()).is(200).json();
        found["matches"].as_array().unwrap().len()
    };
    assert_eq!(native(&server), 1);
    server.put("/c/bank/BANK_A", &json!({ "enabled": false })).is(200);
    assert_eq!(native(&server), 0);
    let server = server.restarted();
    assert_eq!((native(&server), server.look_up(PDQ)), (0, json!({})));
    server
        .put("/c/bank/BANK_A", &json!({ "enabled_ratio": 0.001 }))
        .is(200);
    assert_eq!(native(&server), 1);
}

#[test]
fn content_is_added_by_its_signals() {
    let server = HmaServer::new();
    server.post("/c/banks", &json!({ "name": "BANK_A" })).is(201);
    let add = |body| server.post("/c/bank/BANK_A/signal", &body);
    let upper = MD5.to_uppercase();
    let id = add(json!({ "pdq": PDQ, "video_md5": format!(" {upper}\n"), "note": "hi" }))
        .is(200)
        .json()["id"]
        .clone();
    server
        .get(&format!("/c/bank/BANK_A/content/{id}?include_signals=TRUE"))
        .says(
            200,
            &format!(
                concat!(
                    r#"{{"bank":{{"matching_enabled_ratio":1.0,"name":"BANK_A"}},"disable_until_ts":1,"id":{},"#,
                    r#""note":"hi","original_media_uri":null,"signals":{{"pdq":"{}","video_md5":"{}"}}}}"#
                ),
                id, PDQ, MD5
            ),
        );
    server
        .get(&format!("/m/lookup?signal={MD5}&signal_type=video_md5"))
        .says(
            200,
            &format!(r#"{{"BANK_A":[{{"bank_content_id":{id},"distance":"-"}}]}}"#),
        );
    let next = id.as_i64().unwrap() + 1;
    add(json!({ "pdq": PDQ })).says(200, &format!(r#"{{"id":{next},"signals":{{"pdq":"{PDQ}"}}}}"#));

    add(json!({})).fails(400, "No signals given");
    add(json!({ "note": "hi" })).fails(400, "No signals given");
    add(json!({ "sha256": "ab" })).fails(400, "No such signal type sha256");
    for bad in [json!("ab"), json!(format!("{PDQ}\n")), json!("")] {
        add(json!({ "pdq": bad })).fails(400, "Invalid pdq signal: invalid PDQ hash");
    }
    add(json!({ "pdq": 1 })).fails(400, "Invalid pdq signal: it is not a string");
    add(json!({ "pdq": PDQ, "note": "é".repeat(256) })).fails(400, "note must be at most 255 characters");
    add(json!({ "pdq": PDQ, "note": "é".repeat(255) })).is(200);
    add(json!({ "pdq": PDQ, "note": 1 })).fails(400, "note should be a string");
    add(json!([PDQ])).is(400);
    server
        .post("/c/bank/NONE/signal", &json!({ "pdq": PDQ }))
        .fails(404, "bank 'NONE' not found");
    server
        .send("POST", "/c/bank/BANK_A/signal", None, b"{}".to_vec())
        .is(415);
}

#[test]
fn content_is_added_from_files() {
    let server = HmaServer::new();
    server.post("/c/banks", &json!({ "name": "BANK_A" })).is(201);
    let route = "/c/bank/BANK_A/content";
    let metadata = r#"{"content_id":"x","json":{"a":1},"collab":{"EX":["1"]}}"#;
    let turned = testkit::special::jpeg_oriented(&photo(1), 90, 6);
    let form = [("metadata", metadata), ("note", "hi")];
    let added = server.upload(route, "photo", &turned, &form).is(200).json();
    let hash = server.upload("/h/hash", "photo", &turned, &[]).is(200).json();
    assert_eq!(added["signals"], hash);
    let id = &added["id"];
    let shown = server
        .get(&format!("{route}/{id}?include_signals=true"))
        .is(200)
        .json();
    assert_eq!(
        shown,
        json!({
            "bank": { "matching_enabled_ratio": 1.0, "name": "BANK_A" },
            "disable_until_ts": 1,
            "id": id,
            "metadata": { "collab": null, "content_id": "x", "content_uri": null, "json": { "a": 1 } },
            "note": "hi",
            "original_media_uri": null,
            "signals": hash,
        })
    );
    let shown = server
        .get(&format!("{route}/{id}?include_metadata=false"))
        .is(200)
        .json();
    assert!(
        shown["metadata"].is_null() && shown["signals"].is_null(),
        "{shown}"
    );
    // The same photo turned upright is found too, as people see it.
    let upright = decode::decode(&turned, &decode::Request::new(model::HashMode::Exact));
    let canonical = upright.pictures[0].hashes[0].pdq.hash().to_string();
    assert_ne!(json!(canonical), hash["pdq"]);
    assert_eq!(server.look_up(&canonical)["BANK_A"][0]["bank_content_id"], *id);

    let film = server.upload(route, "video", b"a film", &[]).is(200).json();
    let path = format!("{route}/{}?include_signals=true", film["id"]);
    assert_eq!(server.get(&path).is(200).json()["signals"], film["signals"]);
    assert!(film["signals"]["video_md5"].is_string() && film["signals"]["pdq"].is_null());

    let refused = |form: &[(&str, &str)], message: &str| {
        server.upload(route, "photo", &png(1), form).fails(400, message);
    };
    refused(&[("metadata", "{")], "metadata form field must be valid JSON");
    refused(&[("metadata", "[]")], "metadata should be a json object");
    refused(
        &[("metadata", r#"{"x":1}"#)],
        "Invalid metadata: x: Extra inputs are not permitted",
    );
    refused(
        &[("metadata", r#"{"json":1}"#)],
        "Invalid metadata: json: Input is of another type",
    );
    refused(
        &[("note", &"x".repeat(256))],
        "note must be at most 255 characters",
    );
    server
        .upload(route, "photo", &encode::png(&faint()), &[])
        .fails(400, "Invalid pdq signal: invalid PDQ hash");
    server
        .upload(route, "photo", b"no picture", &[])
        .fails(400, "the file is not a photo that can be decoded");
    server
        .upload(route, "audio", b"x", &[])
        .fails(400, "no such content_type: 'audio'");
    let neither = "Neither `url` nor multipart file upload was received";
    server.post(route, &json!({})).fails(400, neither);
    server.send("POST", route, None, Vec::new()).fails(400, neither);
    server
        .post(
            &format!("{route}?url=https://example.org/a.jpg"),
            &json!({ "note": "x" }),
        )
        .fails(400, "Invalid or unsafe URL provided");
    server
        .post(
            &format!("{route}?url=https://example.org/a.jpg"),
            &json!({ "note": 1 }),
        )
        .fails(400, "note should be a string");
    server
        .upload("/c/bank/NONE/content", "photo", &png(1), &[])
        .fails(404, "bank 'NONE' not found");
}

#[test]
fn content_is_switched_off_and_on_at_once() {
    let server = HmaServer::new();
    let id = server.bank_with("BANK_A", PDQ);
    let path = format!("/c/bank/BANK_A/content/{id}");
    let put = |body| server.put(&path, &body);
    put(json!({ "disable_until_ts": 0, "note": "hi" })).says(
        200,
        &format!(
            concat!(
                r#"{{"bank":{{"matching_enabled_ratio":1.0,"name":"BANK_A"}},"collab_metadata":{{}},"#,
                r#""disable_until_ts":0,"id":{},"note":"hi","original_media_uri":null,"user_metadata":null}}"#
            ),
            id
        ),
    );
    assert_eq!(server.look_up(PDQ), json!({}));
    let far = jiff::Timestamp::now().as_second() + 86_400 * 365 * 4;
    assert_eq!(
        put(json!({ "disable_until_ts": far.to_string() })).is(200).json()["disable_until_ts"],
        far
    );
    assert_eq!(server.look_up(PDQ), json!({}));
    // Until a time that has passed.
    put(json!({ "disable_until_ts": 1000 })).is(200);
    assert_ne!(server.look_up(PDQ), json!({}));
    put(json!({ "disable_until_ts": 1, "note": null })).is(200);
    let shown = server.get(&path).is(200).json();
    assert_eq!((&shown["disable_until_ts"], shown.get("note")), (&json!(1), None));
    put(json!({ "disable_until_ts": -1 })).fails(400, "disable_until_ts must be a non-negative integer");
    put(json!({ "disable_until_ts": far + 86_400 * 366 }))
        .fails(400, "disable_until_ts must be less than 5 years in the future");
    put(json!({ "disable_until_ts": "zz" })).fails(400, "Invalid int: 'zz'");
    put(json!({ "note": 1 })).fails(400, "note should be a string");
    server.send("PUT", &path, None, b"{}".to_vec()).is(415);
    server
        .put("/c/bank/BANK_A/content/999", &json!({}))
        .fails(404, "content '999' not found");
}

#[test]
fn content_is_reached_through_its_own_bank_alone() {
    let server = HmaServer::new();
    let id = server.bank_with("BANK_A", PDQ);
    server.post("/c/banks", &json!({ "name": "BANK_B" })).is(201);
    let (own, other) = (
        format!("/c/bank/BANK_A/content/{id}"),
        format!("/c/bank/BANK_B/content/{id}"),
    );
    let message = format!("content '{id}' not found");
    server.get(&other).fails(404, &message);
    server
        .put(&other, &json!({ "disable_until_ts": 0 }))
        .fails(404, &message);
    server.delete(&other).fails(404, &message);
    assert_ne!(server.look_up(PDQ), json!({}));
    server.delete(&own).says(200, r#"{"deleted":1}"#);
    server.delete(&own).says(200, r#"{"deleted":0}"#);
    server.get(&own).fails(404, &message);
    server
        .delete("/c/bank/NONE/content/1")
        .fails(404, "bank 'NONE' not found");
    for id in ["x", "-1", "1.5", ""] {
        let answer = server.get(&format!("/c/bank/BANK_A/content/{id}")).is(404);
        assert!(
            answer.header("content-type").starts_with("text/html"),
            "{answer:?}"
        );
    }
    server
        .get("/c/bank/BANK_A/content/99999999999999999999999")
        .fails(404, "content '99999999999999999999999' not found");
}

#[test]
fn signal_types_are_switched() {
    let server = HmaServer::new();
    server.get("/c/content_type").says(
        200,
        r#"[{"enabled":true,"name":"photo"},{"enabled":true,"name":"video"}]"#,
    );
    let all = r#"[{"enabled_ratio":1.0,"name":"pdq"},{"enabled_ratio":1.0,"name":"video_md5"}]"#;
    server.get("/c/signal_type").says(200, all);
    server
        .put("/c/signal_type/pdq", &json!({ "enabled_ratio": 0 }))
        .is(204);
    let server = server.restarted();
    let off = r#"[{"enabled_ratio":0.0,"name":"pdq"},{"enabled_ratio":1.0,"name":"video_md5"}]"#;
    server.get("/c/signal_type").says(200, off);
    server
        .get(&format!("/m/lookup?signal={PDQ}&signal_type=pdq"))
        .fails(400, "SignalType 'pdq' is not enabled");
    server
        .upload("/h/hash?types=pdq", "photo", &png(1), &[])
        .fails(400, "signal type 'pdq' doesn't exist or is disabled");
    server
        .upload("/h/hash", "photo", &png(1), &[])
        .fails(500, "No signal types configured!");
    server
        .put("/c/signal_type/pdq", &json!({ "enabled_ratio": 1 }))
        .is(204);
    assert_eq!(server.look_up(PDQ), json!({}));
    server
        .put("/c/signal_type/pdq", &json!({ "enabled_ratio": 2 }))
        .fails(400, "enabled_ratio must be between 0 and 1");
    server.put("/c/signal_type/pdq", &json!({})).is(422);
    server
        .put("/c/signal_type/x", &json!({ "enabled_ratio": 1 }))
        .fails(400, "No such signal type 'x'");
}
