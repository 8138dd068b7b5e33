//! The contract of HMA's exchanges, whose configuration is kept.

use serde_json::json;

use crate::hma_server::HmaServer;

#[test]
fn apis_say_what_they_must_be_told() {
    let server = HmaServer::new();
    server
        .get("/c/exchanges/apis")
        .says(200, r#"["sample","fb_threatexchange","ncmec","stop_ncii","tat"]"#);
    server.get("/c/exchanges/api/sample/schema").says(
        200,
        r#"{"config_schema":{"fields":[]},"credentials_schema":null}"#,
    );
    let schema = server.get("/c/exchanges/api/ncmec/schema").is(200).json();
    let fields = &schema["config_schema"]["fields"];
    assert_eq!(
        (&fields[0]["name"], &fields[0]["type"]),
        (&json!("environment"), &json!("enum"))
    );
    assert_eq!(fields[0]["choices"].as_array().unwrap().len(), 14);
    assert_eq!(
        fields[1],
        json!({
            "choices": null, "default": [], "help": "only entries of these members",
            "name": "only_esp_ids", "required": false, "type": "set_of_number",
        })
    );
    assert_eq!(schema["credentials_schema"]["fields"][0]["name"], "user");
    server
        .get("/c/exchanges/api/x/schema")
        .fails(404, "Exchange API 'x' not found");
}

#[test]
fn credentials_are_written_and_never_read() {
    let server = HmaServer::new();
    let path = "/c/exchanges/api/ncmec";
    let says =
        |set: bool| format!(r#"{{"has_set_authentification":{set},"supports_authentification":true}}"#);
    server.get(path).says(200, &says(false));
    let secret = "a-secret-that-nobody-guesses";
    let set = json!({ "credential_json": { "user": "u", "password": secret } });
    server.post(path, &set).says(200, &says(true));
    server.post(path, &json!({})).says(200, &says(true));
    server.get(path).says(200, &says(true));
    assert!(!server.stores(secret));
    let wrong = json!({ "credential_json": { "user": "u", "key": "x" } });
    server
        .post(path, &wrong)
        .fails(400, "Failed to parse `credential_json` - unexpected field 'key'");
    let message = "this endpoint expects a json object payload";
    server.post(path, &json!([])).fails(400, message);
    server
        .post(path, &json!({ "credential_json": 1 }))
        .fails(400, message);
    let server = server.restarted();
    server.get(path).says(200, &says(true));
    server
        .post(path, &json!({ "credential_json": {} }))
        .says(200, &says(false));
    server.get("/c/exchanges/api/sample").says(
        200,
        r#"{"has_set_authentification":false,"supports_authentification":false}"#,
    );
    server
        .post("/c/exchanges/api/sample", &set)
        .fails(400, "sample takes no credentials");
    server
        .get("/c/exchanges/api/x")
        .fails(400, "no such Exchange API 'x'");
    server
        .post("/c/exchanges/api/x", &set)
        .fails(400, "no such Exchange API 'x'");
}

#[test]
fn exchanges_are_configured_and_nothing_is_fetched() {
    let server = HmaServer::new();
    server.get("/c/exchanges").says(200, "[]");
    let create = |body| server.post("/c/exchanges", &body);
    let npo = "https://hashsharing.ncmec.org/npo";
    let settings = json!({ "environment": npo, "only_esp_ids": [1, 2] });
    create(json!({ "bank": "NC", "api": "ncmec", "api_json": settings }))
        .says(201, r#"{"message":"Created successfully"}"#);
    create(json!({ "bank": "SAMPLE", "api": "sample" })).is(201);
    server.get("/c/exchanges").says(200, r#"["NC","SAMPLE"]"#);
    server.get("/c/bank/NC").is(200);
    let printed = |enabled: bool| {
        [
            "{",
            &format!("  \"environment\": \"{npo}\","),
            "  \"name\": \"NC\",",
            "  \"api\": \"ncmec\",",
            &format!("  \"enabled\": {enabled},"),
            "  \"only_esp_ids\": [\n    1,\n    2\n  ]",
            "}",
        ]
        .join("\n")
    };
    assert_eq!(server.get("/c/exchange/NC").is(200).body, printed(true));
    assert_eq!(
        server.put("/c/exchange/NC", &json!({})).is(200).body,
        printed(true)
    );
    assert_eq!(
        server
            .put("/c/exchange/NC", &json!({ "enabled": false }))
            .is(200)
            .body,
        printed(false)
    );
    assert_eq!(server.get("/c/exchange/NC").is(200).body, printed(false));
    server.get("/c/exchange/NC/status").says(
        200,
        concat!(
            r#"{"checkpoint_ts":null,"fetched_items":0,"last_fetch_complete_ts":null,"last_fetch_succeeded":null,"#,
            r#""message":"the configuration is kept; this version does not fetch from exchanges yet","#,
            r#""running_fetch_start_ts":null,"up_to_date":false}"#
        ),
    );
    for path in ["/c/exchange/NONE", "/c/exchange/NONE/status"] {
        server.get(path).fails(404, "Exchange 'NONE' not found");
    }
    server
        .put("/c/exchange/NONE", &json!({}))
        .fails(404, "Exchange 'NONE' not found");

    create(json!({ "api": "sample" })).fails(400, "bank is required");
    create(json!({ "bank": "a", "api": "sample" })).fails(400, "Field `bank` must match /^[A-Z0-9_]+$/");
    create(json!({ "bank": "A", "api": "sample", "api_json": [] }))
        .fails(400, "Field `api_json` must be object");
    create(json!({ "bank": "A" })).fails(400, "Field `api_type` is required");
    create(json!({ "bank": "A", "api": "x" })).fails(400, "No such exchange type 'x'");
    create(json!({ "bank": "A", "api": "ncmec" }))
        .fails(400, "Failed to parse `api_json` - missing field 'environment'");
    create(json!({ "bank": "A", "api": "ncmec", "api_json": { "environment": "x" } })).fails(
        400,
        "Failed to parse `api_json` - field 'environment' is of another type",
    );
    create(json!({ "bank": "2A", "api": "sample" })).fails(400, "Bank names must be UPPER_WITH_UNDERSCORE");
    let taken = "Exchange or bank of this name already exists";
    create(json!({ "bank": "NC", "api": "sample" })).fails(403, taken);
    server.post("/c/banks", &json!({ "name": "OWN" })).is(201);
    create(json!({ "bank": "OWN", "api": "sample" })).fails(403, taken);

    for _ in 0..2 {
        server
            .delete("/c/exchange/NC")
            .says(200, r#"{"message":"Exchange deleted"}"#);
        server.get("/c/bank/NC").is(404);
    }
    // With its bank an exchange goes too.
    server.delete("/c/bank/SAMPLE").is(200);
    server.get("/c/exchanges").says(200, "[]");
}
