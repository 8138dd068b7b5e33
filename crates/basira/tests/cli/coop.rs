//! Items and reports as Coop's clients send them.

use serde_json::{Value, json};

use crate::hma_server::{Answer, HmaServer};
use crate::pictures::sha256;

fn post(server: &HmaServer, path: &str, body: &Value) -> Answer {
    let headers = [
        ("x-api-key", server.key.clone()),
        ("content-type", "application/json".to_owned()),
    ];
    let url = format!("{}{path}", server.native);
    server.send_with("POST", &url, &headers, body.to_string().into())
}

fn items(server: &HmaServer) -> Vec<Value> {
    let url = format!("{}/v1/items", server.native);
    let answer = server.send_with("GET", &url, &[("x-api-key", server.key.clone())], Vec::new());
    answer.is(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn items_become_items_of_the_intake_once() {
    let server = HmaServer::new();
    let body = json!({ "items": [
        { "id": "1", "typeId": "post", "data": { "b": "text", "a": 1 }, "typeVersion": "x" },
        { "id": "2", "typeId": "post", "data": {} },
    ]});
    for _ in 0..2 {
        post(&server, "/api/v1/items/async/", &body).is(202);
    }
    let items = items(&server);
    let names: Vec<&str> = items
        .iter()
        .map(|item| item["external_id"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["post/2", "post/1"]);
    assert_eq!(items[1]["sha256"], sha256(br#"{"a":1,"b":"text"}"#));
    let bad = json!({ "items": [{ "id": "1", "typeId": "post" }] });
    let refused = post(&server, "/api/v1/items/async/", &bad).is(400).json();
    assert_eq!(refused["errors"][0]["status"], 400, "{refused}");
    let url = format!("{}/api/v1/items/async/", server.native);
    server.send_with("POST", &url, &[], Vec::new()).is(401);
}

#[test]
fn reports_are_kept_and_who_reports_is_not() {
    let server = HmaServer::new();
    let report = |reporter: &str, at: &str| {
        let body = json!({
            "reporter": { "kind": "user", "typeId": "user", "id": reporter },
            "reportedAt": at,
            "reportedItem": { "id": "1", "typeId": "post", "data": { "text": "x" } },
            "reportedForReason": { "reason": "it is not good" },
        });
        post(&server, "/api/v1/report", &body)
    };
    let made = report("nobody-knows-me", "2026-11-25T00:00:00Z").is(201).json();
    let items = items(&server);
    assert_eq!(items.len(), 2, "{items:?}");
    assert_eq!(items[0]["item"], made["reportId"]);
    assert_eq!(items[1]["external_id"], "post/1");
    let mut whole = Vec::new();
    for text in ["administrator", "user", "nobody-knows-me"] {
        whole.extend((text.len() as u64).to_be_bytes());
        whole.extend(text.bytes());
    }
    let kept = json!({
        "item": "post/1",
        "policy": null,
        "reason": "it is not good",
        "reported_at": "2026-11-25T00:00:00Z",
        "reporter": sha256(&whole)[..32],
    });
    assert_eq!(items[0]["sha256"], sha256(kept.to_string().as_bytes()));
    report("a", "yesterday").is(400);
}
