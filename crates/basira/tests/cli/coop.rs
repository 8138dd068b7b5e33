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
fn reports_are_kept_and_who_reports_is_not_shown() {
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
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["external_id"], "post/1");
    let url = format!(
        "{}/v1/reports/{}",
        server.native,
        made["reportId"].as_str().unwrap()
    );
    let found = server.send_with("GET", &url, &[("x-api-key", server.key.clone())], Vec::new());
    let found = found.is(200).json();
    assert_eq!(found["external_id"], "post/1");
    assert_eq!(found["words"], "it is not good");
    assert_eq!(found["category"], "other");
    assert!(!found.to_string().contains("nobody-knows-me"), "{found}");
    report("a", "yesterday").is(400);
}
