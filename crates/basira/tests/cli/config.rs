//! Settings: from options, the environment, the file, defaults, in this order.

use std::fs;

use serde_json::json;

use crate::place::{Place, Run};
use crate::server::Server;

#[test]
fn an_option_overrides_the_environment_which_overrides_the_file() {
    let place = Place::new();
    let file = place.write(
        "mine.toml",
        "tier = \"plain\"\nthreads = 3\nkey = \"keys/key\"\n\n[limit]\nconnections = 5\n",
    );
    let shown = |environment: &[(&str, &str)], more: &[&str]| {
        let mut command = place.basira(["config", "show", "--json", "--config", "mine.toml"]);
        command.env_remove("BASIRA_KEY");
        Run::of(command.args(more).envs(environment.iter().copied()))
            .ends(0)
            .rows()
            .remove(0)
    };
    let all = shown(&[], &[]);
    let from_file = |line: usize| format!("mine.toml, line {line}");
    assert_eq!(all["tier"], json!({"value": "plain", "from": from_file(1)}));
    assert_eq!(all["threads"], json!({"value": 3, "from": from_file(2)}));
    assert_eq!(
        all["key"],
        json!({"value": "keys/key", "from": from_file(3)}),
        "beside the file"
    );
    assert_eq!(
        all["limit.connections"],
        json!({"value": 5, "from": from_file(6)})
    );
    assert_eq!(all["log.level"], json!({"value": "info", "from": "default"}));
    assert_eq!(all["hma"], json!({"value": null, "from": "default"}));
    assert_eq!(all["data"]["from"], "BASIRA_DATA");

    let environment = [
        ("BASIRA_TIER", "full"),
        ("BASIRA_LIMIT_CONNECTIONS", "6"),
        ("BASIRA_EXACT", "yes"),
    ];
    let endpoint = (
        "BASIRA_TELEMETRY_ENDPOINT",
        "http://me:secret@127.0.0.1:4318/v1/traces",
    );
    let all = shown(&[endpoint], &[]);
    let hidden =
        json!({"value": "http://me:***@127.0.0.1:4318/v1/traces", "from": "BASIRA_TELEMETRY_ENDPOINT"});
    assert_eq!(all["telemetry.endpoint"], hidden);
    let all = shown(&environment, &["--limit-connections", "7"]);
    assert_eq!(all["tier"], json!({"value": "full", "from": "BASIRA_TIER"}));
    assert_eq!(all["exact"], json!({"value": true, "from": "BASIRA_EXACT"}));
    assert_eq!(
        all["limit.connections"],
        json!({"value": 7, "from": "--limit-connections"})
    );
    assert_eq!(all["threads"]["value"], 3);
    // For people.
    place
        .go("config show --config mine.toml")
        .ends(0)
        .prints("limit.connections");
    assert!(file.exists());
}

#[test]
fn a_wrong_file_is_named_line_by_line_and_nothing_starts_with_it() {
    let place = Place::new();
    place.write(
        "bad.toml",
        "listen = \"127.0.0.1:0\"\n[limit]\nconections = 5\nheader_seconds = \"x\"\n",
    );
    let lines = [
        "bad.toml: line 3: limit.conections: there is no such setting; limit.connections is the nearest that there is",
        "bad.toml: line 4: limit.header_seconds: is of the type string, and has to be a whole number",
    ];
    let checked = place.go("config check bad.toml").ends(2);
    assert_eq!(checked.out.lines().collect::<Vec<_>>(), lines);
    for line in lines {
        place.go("serve --config bad.toml").ends(2).says(line);
        // It uses nothing but the place of the data.
        place.go("bank list --config bad.toml").ends(0);
    }
    place.write("half.toml", "[tls]\ncert = \"cert.pem\"\n");
    place.go("config check half.toml").ends(2);
    place.write("open.toml", "hma = \"0.0.0.0:0\"\nhma_trusted = true\n");
    let open = place.go("config check open.toml").ends(2);
    assert!(open.out.contains("can be reached from outside"), "{open:?}");
    place.write("good.toml", "threads = 1\n");
    let good = place.go("config check good.toml").ends(0);
    assert_eq!(good.out, "good.toml: nothing wrong; settings: 1\n");
    place.go("config check missing.toml").ends(2).says("missing.toml");
    place.go("config check").ends(2).says("basira.toml");
}

#[test]
fn a_file_in_the_data_folder_is_found_and_served_by() {
    let place = Place::new();
    place.go("bank list").ends(0);
    let found = place.data().join("basira.toml");
    fs::write(
        &found,
        "listen = \"127.0.0.1:0\"\nthreads = 1\n[max]\nmebibytes = 1\n",
    )
    .unwrap();
    let server = Server::spawn(place.basira(["serve"]));
    let admin = server.administrator();
    admin
        .bytes("/v1/items", &vec![0; 2 << 20])
        .problem(413, "too-large");
    assert_eq!(server.stop(), Some(0));
    place.go("config check").ends(0);
    // The folder that it was found by, it cannot change.
    fs::write(&found, "data = \"elsewhere\"\n").unwrap();
    place.go("serve").ends(2).says("line 1: data:");
}

#[test]
fn the_place_of_the_data_is_the_same_for_every_command() {
    let place = Place::new();
    place.write("etc/basira.toml", "data = \"../there\"\nkey = \"../key-there\"\n");
    let run = |line: &str| {
        let mut command = place.basira(line.split(' '));
        command
            .env_remove("BASIRA_DATA")
            .env_remove("BASIRA_KEY")
            .env("BASIRA_CONFIG", "etc/basira.toml");
        Run::of(&mut command).ends(0)
    };
    run("bank create known");
    assert!(run("bank list").out.contains("known"));
    assert!(place.files().join("there").is_dir() && place.files().join("key-there").is_file());
    assert!(!place.data().exists());
}

#[test]
fn the_example_is_a_file_that_changes_nothing() {
    let place = Place::new();
    let example = place.go("config example").ends(0);
    place.write("all.toml", &example.out);
    let checked = place.go("config check all.toml").ends(0);
    assert_eq!(checked.out, "all.toml: nothing wrong; settings: 0\n");
}
