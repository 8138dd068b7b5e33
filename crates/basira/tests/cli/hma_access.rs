//! Who may use the drop-in for HMA, and what it says of itself.

use serde_json::json;

use crate::hma_server::HmaServer;
use crate::place::Place;

const PDQ: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

#[test]
fn it_says_that_it_lives_and_which_routes_there_are() {
    let server = HmaServer::new();
    for path in ["/status", "/status/live"] {
        let answer = server.get(path).is(200);
        assert_eq!(
            (answer.body.as_str(), answer.header("content-type")),
            ("I-AM-ALIVE", "text/html; charset=utf-8")
        );
    }
    assert_eq!(server.get("/").is(302).header("location"), "/status");
    let nowhere = server.get("/c/nothing").is(404);
    assert!(nowhere.header("content-type").starts_with("text/html"));
    let other = server.delete("/c/banks").is(405);
    assert!(other.header("content-type").starts_with("text/html"));
    assert!(
        server.get("/openapi/openapi.json").is(200).json()["paths"]["/c/bank/{bank_name}"]["put"].is_object()
    );
    server.get("/openapi/").is(200);
    server.get("/openapi/swagger").is(200);
}

#[test]
fn every_route_but_the_status_needs_a_key() {
    let mut server = HmaServer::new();
    let rules = server.get("/site-map").is(200).json();
    let document = server.get("/openapi/openapi.json").is(200).json();
    server.with_key = false;
    let mut asked = 0;
    for rule in rules.as_array().unwrap() {
        let rule = rule.as_str().unwrap();
        let path = rule.replace("int:", "").replace('<', "{").replace('>', "}");
        for method in document["paths"][&path].as_object().unwrap().keys() {
            let anonymous = rule == "/" || rule.starts_with("/status");
            let answer = server.send(
                &method.to_uppercase(),
                &path.replace(['{', '}'], "1"),
                None,
                Vec::new(),
            );
            match anonymous {
                true => assert!(answer.status < 400, "{rule}"),
                false => {
                    assert_eq!(answer.status, 401, "{method} {rule}");
                    assert!(answer.json()["message"].is_string());
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 30, "{asked}");
    let wrong = [("x-api-key", "basira_0".to_owned())];
    let url = format!("{}/c/banks", server.hma);
    server.send_with("GET", &url, &wrong, Vec::new()).is(401);
    let right = [("x-api-key", server.key.clone())];
    server.send_with("GET", &url, &right, Vec::new()).is(200);
}

#[test]
fn a_key_does_what_its_scopes_and_its_trust_say() {
    let server = HmaServer::new();
    server.bank_with("BANK_A", PDQ);
    server.bank_with("BANK_B", PDQ);
    let key = |name: &str, more: serde_json::Value| {
        let mut body = json!({ "name": name, "source": "shop", "trust": "full" });
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let headers = [
            ("x-api-key", server.key.clone()),
            ("content-type", "application/json".to_owned()),
        ];
        let url = format!("{}/v1/keys", server.native);
        let made = server
            .send_with("POST", &url, &headers, body.to_string().into())
            .is(201)
            .json();
        let secret = crate::place::text(&made, "secret");
        [("x-api-key", secret.to_owned())]
    };
    let get = |path: &str, key: &[(&str, String)]| {
        server.send_with("GET", &format!("{}{path}", server.hma), key, Vec::new())
    };
    let lookup = format!("/m/lookup?signal={PDQ}&signal_type=pdq");
    let looker = key("looker", json!({ "scopes": ["look_up"] }));
    get(&lookup, &looker).is(200);
    get("/c/banks", &looker).is(403);
    let curator = key("curator", json!({ "scopes": ["curate"] }));
    get(&lookup, &curator).is(403);
    get("/c/banks", &curator).is(200);
    let middle = key("middle", json!({ "scopes": ["look_up"], "trust": "middle" }));
    get(&lookup, &middle).is(403);
    let one = key(
        "one",
        json!({ "scopes": ["look_up", "curate"], "banks": ["BANK_B"] }),
    );
    let found = get(&lookup, &one).is(200).json();
    assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["BANK_B"]);
    get("/c/bank/BANK_A", &one).fails(404, "bank 'BANK_A' not found");
    get("/c/banks", &one).says(200, r#"[{"matching_enabled_ratio":1.0,"name":"BANK_B"}]"#);
}

#[test]
fn a_trusted_network_needs_no_key_and_pages_in_it_do() {
    let server = HmaServer::trusted();
    server.bank_with("BANK_A", PDQ);
    assert_eq!(server.look_up(PDQ)["BANK_A"][0]["distance"], "0");
    let url = format!("{}/c/banks", server.hma);
    let from = |header: &'static str, value: &str| {
        server.send_with("GET", &url, &[(header, value.to_owned())], Vec::new())
    };
    from("origin", "https://example.org").is(403);
    from("sec-fetch-site", "cross-site").is(403);
    from("authorization", "Bearer basira_0").is(401);
    // The other listener needs a key all the same.
    server
        .send_with("GET", &format!("{}/v1/banks", server.native), &[], Vec::new())
        .is(401);
    let log = server.send_with(
        "GET",
        &format!("{}/v1/log", server.native),
        &[("x-api-key", server.key.clone())],
        Vec::new(),
    );
    let log = log.is(200).body;
    assert!(
        log.contains("bank_created") && log.contains("entry_added") && log.contains("hma"),
        "{log}"
    );
}

#[test]
fn what_can_be_reached_from_outside_is_not_trusted() {
    let place = Place::new();
    for address in ["0.0.0.0:0", "8.8.8.8:0", "[::]:0", "[::ffff:8.8.8.8]:0"] {
        // A server that runs after all is ended, which is another status.
        let line = format!("timeout 20 $basira serve --listen 127.0.0.1:0 --hma-trusted --hma {address}");
        place
            .shell(&line)
            .ends(2)
            .says("name a loopback or private address by --hma");
    }
    place.go("serve --hma-trusted").ends(2).says("--hma");
}

#[test]
fn it_is_off_by_default() {
    let server = HmaServer::new();
    let key = [("x-api-key", server.key.clone())];
    for path in ["/c/banks", "/m/lookup", "/status"] {
        server
            .send_with("GET", &format!("{}{path}", server.native), &key, Vec::new())
            .is(404);
    }
}
