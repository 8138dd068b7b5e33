//! `basira import hma`: from the database of an HMA.

use serde_json::{Value, json};

use crate::hma_server::HmaServer;
use crate::pictures::{pdq, png};
use crate::place::Place;
use crate::postgres::Postgres;

/// The tables of an HMA that are read, and one that is not.
const TABLES: &str = "
CREATE TABLE exchange (id SERIAL PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE, api_cls VARCHAR(255) NOT NULL,
    retain_api_data BOOLEAN NOT NULL, fetching_enabled BOOLEAN NOT NULL,
    retain_data_with_unknown_signal_types BOOLEAN NOT NULL, typed_config JSON NOT NULL);
CREATE TABLE bank (id SERIAL PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE, enabled_ratio DOUBLE PRECISION NOT NULL,
    import_from_exchange_id INTEGER UNIQUE REFERENCES exchange (id) ON DELETE CASCADE);
CREATE TABLE exchange_data (id SERIAL PRIMARY KEY, collab_id INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE,
    fetch_id TEXT NOT NULL, pickled_fetch_signal_metadata BYTEA, fetched_metadata_summary JSON NOT NULL,
    matched BOOLEAN NOT NULL, verification_result BOOLEAN, UNIQUE (collab_id, fetch_id));
CREATE TABLE bank_content (id SERIAL PRIMARY KEY, bank_id INTEGER NOT NULL REFERENCES bank (id) ON DELETE CASCADE,
    imported_from_id INTEGER UNIQUE REFERENCES exchange_data (id) ON DELETE CASCADE, disable_until_ts INTEGER NOT NULL,
    original_content_uri VARCHAR, bank_content_metadata JSON, note VARCHAR(255));
CREATE TABLE content_signal (content_id INTEGER NOT NULL REFERENCES bank_content (id) ON DELETE CASCADE,
    signal_type VARCHAR NOT NULL, signal_val TEXT NOT NULL, create_time TIMESTAMPTZ DEFAULT now() NOT NULL,
    PRIMARY KEY (content_id, signal_type));
CREATE TABLE signal_type_override (id SERIAL PRIMARY KEY, name VARCHAR(255) UNIQUE, enabled_ratio DOUBLE PRECISION);
CREATE TABLE exchange_api_config (id SERIAL PRIMARY KEY, api VARCHAR(255) UNIQUE, default_credentials_json JSON);
";

const MD5: &str = "900150983cd24fb0d6963f7d28e17f72";

/// An HMA with two banks of its own, one of an exchange, and content of every kind.
fn hma(pdq: &str) -> Postgres {
    let there = Postgres::start();
    there.run(TABLES);
    there.run(&format!(
        r#"
INSERT INTO exchange VALUES (3, 'LEAGUE_LISTS', 'fb_threatexchange', false, false, false,
    '{{"name": "LEAGUE_LISTS", "api": "fb_threatexchange", "enabled": false, "privacy_group": 42}}');
INSERT INTO exchange_api_config VALUES (1, 'fb_threatexchange', '{{"api_token": "secret-token"}}');
INSERT INTO signal_type_override VALUES (1, 'video_md5', 0), (2, 'trend_query', 0.5);
INSERT INTO bank VALUES (1, 'CHESS', 1.0, NULL), (2, 'HALF', 0.5, NULL), (5, 'LEAGUE_LISTS', 1.0, 3);
INSERT INTO exchange_data VALUES (8, 3, '1234', '\x80', '[]', false, NULL);
INSERT INTO bank_content VALUES
    (7, 1, NULL, 1, NULL, '{{"content_id": "post-7", "content_uri": "https://example.com/7", "json": {{"a": 1}}}}', 'seen in May'),
    (40, 1, NULL, 0, NULL, 'null', NULL),
    (41, 2, NULL, 1900000000, NULL, NULL, NULL),
    (1001, 5, 8, 1, NULL, NULL, NULL),
    (1002, 1, NULL, 1, NULL, NULL, NULL),
    (1003, 1, NULL, 1, NULL, NULL, NULL);
INSERT INTO content_signal VALUES
    (7, 'pdq', '{pdq}', '2025-05-01T10:00:00Z'), (7, 'trend_query', 'a word', now()),
    (40, 'pdq', '{pdq}', now()), (41, 'pdq', '{pdq}', now()),
    (1001, 'video_md5', '{MD5}', now()), (1002, 'trend_query', 'only words', now()), (1003, 'pdq', 'no hash', now());
"#
    ));
    there
}

fn lines(place: &Place, options: &[&str]) -> (Vec<Value>, Value) {
    let mut rows = place
        .run(["import", "hma", "--json"].iter().chain(options))
        .ends(2)
        .rows();
    let totals = rows.pop().unwrap();
    (rows, totals)
}

fn counts(totals: &Value, what: &str) -> [u64; 4] {
    ["brought", "changed", "there", "left_out"].map(|name| totals[what][name].as_u64().unwrap())
}

#[test]
fn banks_content_and_exchanges_come_over_and_keep_their_ids() {
    let hash = pdq(&png(1)).0.to_string();
    let there = hma(&hash);
    // Beside a running service, which HMA's clients ask.
    let server = HmaServer::trusted();
    let place = server.place();
    let url = there.url();
    let all = ["--database", url.as_str(), "--by", "amal"];

    let (_, would) = lines(place, &[&all[..], &["--dry-run"]].concat());
    assert_eq!(counts(&would, "contents"), [4, 0, 0, 2]);
    assert_eq!(would["dry_run"], true);
    server.get("/c/banks").says(200, "[]");

    let (left_out, totals) = lines(place, &all);
    assert_eq!(counts(&totals, "contents"), [4, 0, 0, 2]);
    assert_eq!(counts(&totals, "banks"), [3, 0, 0, 0]);
    assert_eq!(counts(&totals, "exchanges"), [1, 0, 0, 0]);
    assert_eq!(counts(&totals, "signal_types"), [1, 0, 0, 1]);
    // The service that runs knows it, though it has not been started again.
    let used = server.get("/c/signal_type").is(200).json();
    let ratio = |name: &str| {
        let all = used.as_array().unwrap().iter();
        all.clone().find(|it| it["name"] == name).unwrap()["enabled_ratio"].clone()
    };
    assert_eq!((ratio("video_md5"), ratio("pdq")), (json!(0.0), json!(1.0)));
    assert_eq!(totals["signals_left_out"], 1);
    assert_eq!(counts(&totals, "credentials"), [1, 0, 0, 0]);
    server.get("/c/exchanges/api/fb_threatexchange").says(
        200,
        r#"{"has_set_authentification":true,"supports_authentification":true}"#,
    );
    let named: Vec<&str> = left_out
        .iter()
        .map(|line| line["left_out"].as_str().unwrap())
        .collect();
    assert_eq!(
        named,
        [
            "signal type trend_query",
            "content 7",
            "content 1002",
            "content 1003"
        ]
    );
    assert!(left_out[2]["error"].as_str().unwrap().contains("trend_query"));
    assert!(
        left_out
            .iter()
            .all(|line| !line.to_string().contains("only words"))
    );

    server.get("/c/banks").says(
        200,
        r#"[{"matching_enabled_ratio":1.0,"name":"CHESS"},{"matching_enabled_ratio":0.5,"name":"HALF"},{"matching_enabled_ratio":1.0,"name":"LEAGUE_LISTS"}]"#,
    );
    let content = server
        .get("/c/bank/CHESS/content/7?include_signals=true")
        .is(200)
        .json();
    let said = json!({"collab": null, "content_id": "post-7", "content_uri": "https://example.com/7", "json": {"a": 1}});
    assert_eq!(
        (&content["metadata"], &content["note"]),
        (&said, &json!("seen in May"))
    );
    assert_eq!(
        (&content["signals"], &content["disable_until_ts"]),
        (&json!({"pdq": hash}), &json!(1))
    );
    let until = |path: &str| server.get(path).is(200).json()["disable_until_ts"].clone();
    assert_eq!(until("/c/bank/CHESS/content/40"), 0);
    assert_eq!(until("/c/bank/HALF/content/41"), 1_900_000_000);
    let fetched = server
        .get("/c/bank/LEAGUE_LISTS/content/1001?include_signals=true")
        .is(200)
        .json();
    assert_eq!(fetched["signals"], json!({"video_md5": MD5}));
    assert_eq!(fetched["metadata"]["collab"], json!({"LEAGUE_LISTS": ["1234"]}));
    // Who knows the ids finds them in matches; what is switched off is not matched.
    let found = server.get(&format!(
        "/m/lookup?signal_type=pdq&signal={hash}&bypass_coinflip=true"
    ));
    assert_eq!(
        found.is(200).json(),
        json!({"CHESS": [{"bank_content_id": 7, "distance": "0"}]})
    );
    let exchange = server.get("/c/exchange/LEAGUE_LISTS").is(200).json();
    let want =
        json!({"privacy_group": 42, "name": "LEAGUE_LISTS", "api": "fb_threatexchange", "enabled": false});
    assert_eq!(exchange, want);
    let shown = place.go("bank show CHESS --json").ends(0).rows();
    assert_eq!(
        (&shown[0]["added_at"], &shown[0]["added_by"]),
        (&json!("2025-05-01T10:00:00Z"), &json!("amal"))
    );
    assert!(!server.stores("secret-token"));
}

#[test]
fn another_run_brings_what_has_changed_and_nothing_twice() {
    let hash = pdq(&png(1)).0.to_string();
    let there = hma(&hash);
    let place = Place::new();
    let url = there.url();
    let all = ["--database", url.as_str()];
    lines(&place, &all);
    let (_, again) = lines(&place, &all);
    assert_eq!(counts(&again, "contents"), [0, 0, 4, 2]);
    assert_eq!(counts(&again, "banks"), [0, 0, 3, 0]);
    assert_eq!(counts(&again, "exchanges"), [0, 0, 1, 0]);
    assert_eq!(counts(&again, "signal_types"), [0, 0, 1, 1]);

    place.go("bank remove HALF 41").ends(0);
    there.run(&format!(
        "UPDATE bank SET enabled_ratio = 7 WHERE name = 'HALF';
         UPDATE bank_content SET disable_until_ts = 0 WHERE id = 7;
         INSERT INTO bank_content VALUES (1004, 1, NULL, 1, NULL, NULL, NULL);
         INSERT INTO content_signal VALUES (1004, 'pdq', '{hash}', now());"
    ));
    let (_, later) = lines(&place, &all);
    // What was removed here stays removed.
    assert_eq!(counts(&later, "contents"), [1, 1, 3, 2]);
    assert_eq!(counts(&later, "banks"), [0, 1, 2, 0]);
    assert_eq!(place.go("bank show HALF --json").ends(0).rows().len(), 0);
    // New entries come after all that have an id from there.
    place.go("bank create own").ends(0);
    assert_eq!(
        place.add("own", ["--signal", "md5=900150983cd24fb0d6963f7d28e17f72"]),
        1005
    );
    there.run(&format!(
        "INSERT INTO bank_content VALUES (1005, 1, NULL, 1, NULL, NULL, NULL);
         INSERT INTO content_signal VALUES (1005, 'pdq', '{hash}', now());"
    ));
    let (left_out, _) = lines(&place, &all);
    let taken = left_out
        .iter()
        .find(|line| line["left_out"] == "content 1005")
        .unwrap();
    assert!(
        taken["error"]
            .as_str()
            .unwrap()
            .contains("another entry here has its id")
    );
    place.go("verify").ends(0);

    let text = place.run(["import", "hma", "--database", &url]).ends(2);
    text.prints("banks: 0 brought, 0 changed, 3 here already, 0 left out")
        .prints("credentials of APIs: 0 brought, 0 changed, 1 here already, 0 left out")
        .says("content 1003: not brought: its signal of the type \"pdq\"");
    drop(there);
    let gone = place.run(["import", "hma", "--database", &url]).ends(2);
    gone.says("cannot connect to the database")
        .says("postgresql://USER:PASSWORD@HOST/DATABASE");
}

#[test]
fn another_database_is_told_apart() {
    let place = Place::new();
    let there = Postgres::start();
    place
        .run(["import", "hma", "--database", &there.url()])
        .ends(2)
        .says("is it that of an HMA");
    place
        .run(["import", "hma", "--database", "nonsense"])
        .ends(2)
        .says("postgresql://");
}
