//! The life of a policy, as people live it: by the API and by the command line, with a service and without.

use std::fs;

use serde_json::{Value, json};
use testkit::policies::{CLAUSES, GROUNDS, automatic, queueing};

use crate::pictures::png;
use crate::place::{Place, Run};
use crate::policies_explained::{by_the_api, by_the_command_line};
use crate::server::{Client, Server};

/// The keys of four people, and one that is nobody's.
pub(crate) struct People {
    pub(crate) amal: Client,
    pub(crate) badr: Client,
    pub(crate) dina: Client,
    machine: Client,
}

impl People {
    pub(crate) fn of(admin: &Client) -> Self {
        let scopes = ["write_policies", "approve_policies", "review", "submit"];
        let own = |name: &str| {
            admin.with_key(json!({"name": name, "person": name, "source": "forum", "scopes": scopes}))
        };
        Self {
            amal: own("amal"),
            badr: own("badr"),
            dina: own("dina"),
            machine: admin.with_key(json!({"name": "machine", "source": "forum", "scopes": scopes})),
        }
    }
}

fn files(files: &[(&str, &str)]) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|(name, text)| json!({"name": name, "text": text}))
        .collect();
    json!({ "files": files })
}

/// Puts the clauses and grounds into use.
pub(crate) fn publish_references(people: &People) {
    let references = files(&[("clauses.toml", CLAUSES), ("grounds.toml", GROUNDS)]);
    people.amal.post("/v1/policies", references).expect(201);
    for name in ["clauses.toml", "grounds.toml"] {
        people
            .badr
            .post(&format!("/v1/policies/{name}/approve"), json!({}))
            .expect(200);
        let step = json!({"to": "enforce"});
        people
            .amal
            .post(&format!("/v1/policies/{name}/deploy"), step)
            .expect(200);
    }
}

pub(crate) fn put(by: &Client, text: &str) -> Value {
    let made = by
        .post("/v1/policies", files(&[("policy.toml", text)]))
        .expect(201);
    made[0].clone()
}

pub(crate) fn deploy(by: &Client, policy: &str, to: &str) -> crate::server::Answer {
    let share = (to == "canary").then_some(999);
    let step = json!({"to": to, "per_mille": share, "reason": "a test"});
    by.post(&format!("/v1/policies/{policy}/deploy"), step)
}

pub(crate) fn approve(by: &Client, policy: &str) -> crate::server::Answer {
    by.post(&format!("/v1/policies/{policy}/approve"), json!({}))
}

/// A service with a bank whose one entry is the picture `png(1)`, confirmed by a person.
pub(crate) fn with_confirmed(place: &Place, more: &[&str]) -> (Server, Client) {
    let server = Server::start_with(place, more);
    let admin = server.administrator();
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let made = admin.bytes("/v1/banks/known/media", &png(1)).expect(201);
    let entry = made["entry"].as_i64().unwrap();
    admin
        .patch(&format!("/v1/entries/{entry}"), json!({"human_confirmed": true}))
        .expect(200);
    (server, admin)
}

fn decided(admin: &Client, bytes: &[u8], name: &str) -> Value {
    let taken = admin
        .bytes(&format!("/v1/items?external_id={name}"), bytes)
        .expect(202);
    let item = taken["item"].as_str().unwrap();
    admin.finished(item);
    let found = admin.get(&format!("/v1/items/{item}/decisions")).expect(200);
    found[0].clone()
}

fn actions(decision: &Value) -> Vec<&str> {
    let chosen = decision["outcome"]["chosen"].as_array();
    chosen
        .into_iter()
        .flatten()
        .map(|it| it["action"]["do"].as_str().unwrap())
        .collect()
}

#[test]
fn the_api_refuses_what_stands_against_a_policy_and_says_what() {
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    let people = People::of(&admin);
    let references = files(&[("clauses.toml", CLAUSES), ("grounds.toml", GROUNDS)]);
    people
        .machine
        .post("/v1/policies", references.clone())
        .problem(403, "not-personal");
    admin
        .post("/v1/policies", references)
        .problem(403, "not-personal");
    publish_references(&people);

    let untested = queueing("first").replace("expect = [\"enqueue\"]", "expect = []");
    let untested = files(&[("policy.toml", &untested)]);
    people
        .amal
        .post("/v1/policies", untested)
        .problem(422, "policy-check");
    let first = put(&people.amal, &queueing("first"));
    assert_eq!((&first["stage"], &first["needs"]), (&json!("draft"), &json!(1)));
    approve(&people.amal, "chess.copy").problem(403, "self-approval");
    approve(&people.machine, "chess.copy").problem(403, "not-personal");
    approve(&people.badr, "chess.other").problem(404, "not-found");
    for to in ["canary", "enforce"] {
        deploy(&people.amal, "chess.copy", to).problem(409, "stage-skipped");
    }
    deploy(&people.amal, "chess.copy", "shadow").expect(200);
    deploy(&people.amal, "chess.copy", "canary").problem(409, "approval-missing");
    approve(&people.badr, "chess.copy").expect(200);
    deploy(&people.amal, "chess.copy", "enforce").problem(409, "stage-skipped");
    // An edit voids what was approved.
    let second = put(&people.amal, &queueing("second"));
    let old = json!({"text": first["text"]});
    people
        .dina
        .post("/v1/policies/chess.copy/approve", old)
        .problem(409, "stale-approval");
    deploy(&people.amal, "chess.copy", "shadow").expect(200);
    deploy(&people.amal, "chess.copy", "canary").problem(409, "stale-approval");
    let unshared = json!({"to": "canary"});
    people
        .amal
        .post("/v1/policies/chess.copy/deploy", unshared)
        .problem(400, "share-wanted");
    people
        .amal
        .post("/v1/policies/chess.copy/rollback", json!({}))
        .problem(409, "nothing-before");
    approve(&people.dina, "chess.copy").expect(200);
    deploy(&people.amal, "chess.copy", "canary").expect(200);
    let enforced = deploy(&people.amal, "chess.copy", "enforce").expect(200);
    assert_eq!(
        (&enforced["text"], &enforced["stage"]),
        (&second["text"], &json!("enforce"))
    );

    // Two approve what acts by itself.
    put(&people.amal, &automatic("first"));
    deploy(&people.amal, "chess.automatic", "shadow").expect(200);
    approve(&people.badr, "chess.automatic").expect(200);
    deploy(&people.amal, "chess.automatic", "canary").problem(409, "approval-missing");

    let whole = admin.get("/v1/policies/chess.copy").expect(200);
    assert_eq!(whole["texts"].as_array().unwrap().len(), 2);
    assert_eq!(whole["source"], queueing("second"));
    assert_eq!(whole["steps"][0]["stage"], "enforce");
    assert_eq!(admin.get("/v1/policies").expect(200).as_array().unwrap().len(), 5);
    let plain = admin.with_key(json!({"name": "bot", "source": "forum", "scopes": ["submit"]}));
    plain.get("/v1/policies").problem(403, "not-allowed");
    assert_eq!(server.stop(), Some(0));
    place.go("verify").ends(0);
}

#[test]
fn an_emergency_by_the_api_is_mild_short_and_once() {
    let place = Place::new();
    let server = Server::start(&place);
    let people = People::of(&server.administrator());
    publish_references(&people);
    put(&people.amal, &queueing("first"));
    let emergency = |hours: i64| {
        let until = jiff_after(hours);
        people.amal.post(
            "/v1/policies/chess.copy/deploy",
            json!({"emergency_until": until}),
        )
    };
    emergency(25).problem(409, "emergency-too-long");
    emergency(-1).problem(409, "emergency-too-long");
    let begun = emergency(1).expect(200);
    assert!(begun["until"].is_string(), "{begun}");
    put(&people.amal, &queueing("second"));
    emergency(1).problem(409, "emergency-expired");
    let strong = queueing("strong")
        .replace("chess.copy", "chess.strong")
        .replace(
            "[[then]]\n",
            "[[then]]\ndo = \"preserve\"\nfor = \"30 days\"\n[[then]]\n",
        )
        .replace("expect = [\"enqueue\"]", "expect = [\"preserve\", \"enqueue\"]");
    // What is unknown enqueues alone.
    let strong = match strong.rsplit_once("expect = [\"preserve\", \"enqueue\"]") {
        Some((head, tail)) => format!("{head}expect = [\"enqueue\"]{tail}"),
        None => panic!("{strong}"),
    };
    put(&people.amal, &strong);
    let step = json!({"emergency_until": jiff_after(1)});
    people
        .amal
        .post("/v1/policies/chess.strong/deploy", step)
        .problem(409, "emergency-too-strong");
}

fn jiff_after(hours: i64) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let at = i64::try_from(now).unwrap() + 3_600 * hours;
    jiff::Timestamp::from_second(at).unwrap().to_string()
}

/// A person at the command line.
pub(crate) fn by(place: &Place, key: &str, line: &str) -> Run {
    let mut command = place.basira(line.split(' '));
    Run::of(command.env("BASIRA_PERSONAL_KEY", key))
}

/// Lives the life of a policy at the command line, whoever has the data folder.
fn live_at_the_command_line(place: &Place, amal: &str, badr: &str, machine: &str) {
    let go = |key: &str, line: &str| by(place, key, line);
    place.go("policy put set").ends(2).says("not-personal");
    go(machine, "policy put set").ends(2).says("(not-personal)");
    go(amal, "policy put set").ends(0).prints("chess.copy");
    for name in ["clauses.toml", "grounds.toml"] {
        go(badr, &format!("policy approve {name}")).ends(0);
        go(amal, &format!("policy deploy {name} --to enforce")).ends(0);
    }
    go(amal, "policy approve chess.copy")
        .ends(2)
        .says("(self-approval)");
    go(machine, "policy approve chess.copy")
        .ends(2)
        .says("(not-personal)");
    go(amal, "policy deploy chess.copy --to enforce")
        .ends(2)
        .says("(stage-skipped)");
    go(amal, "policy deploy chess.copy --to shadow").ends(0);
    go(amal, "policy deploy chess.copy --to canary --per-mille 100")
        .ends(2)
        .says("(approval-missing)");
    go(badr, "policy approve chess.copy")
        .ends(0)
        .prints("approved by badr");
    go(amal, "policy deploy chess.copy --to canary")
        .ends(2)
        .says("(share-wanted)");
    place.write("edited.toml", queueing("edited"));
    go(amal, "policy deploy edited.toml --to shadow").ends(0);
    go(amal, "policy deploy chess.copy --to canary --per-mille 100")
        .ends(2)
        .says("(stale-approval)");
    go(amal, "policy deploy chess.copy --emergency 1")
        .ends(0)
        .prints("emergency until");
    go(amal, "policy deploy chess.copy --emergency 1")
        .ends(2)
        .says("(emergency-expired)");
    go(amal, "policy deploy chess.copy --to shadow").ends(0);
    go(badr, "policy approve chess.copy").ends(0);
    go(amal, "policy deploy chess.copy --to canary --per-mille 100")
        .ends(0)
        .prints("100");
    go(amal, "policy rollback chess.copy --reason narrow")
        .ends(0)
        .prints("shadow");
    go(amal, "policy rollback chess.copy")
        .ends(2)
        .says("(nothing-before)");
    let rows = place.go("policy list --json").ends(0).rows();
    assert_eq!(rows.len(), 4);
    place.go("policy list").ends(0).prints("chess.copy");
    place
        .go("policy show chess.copy")
        .ends(0)
        .prints("narrow")
        .prints("schema = 1");
    place
        .go("policy show chess.other")
        .ends(2)
        .says("no policy chess.other");
    place.go("verify").ends(0);
}

fn write_set(place: &Place) {
    place.write("set/clauses.toml", CLAUSES);
    place.write("set/grounds.toml", GROUNDS);
    place.write("set/chess/copy.toml", queueing("first"));
}

#[test]
fn the_command_line_takes_a_personal_key_beside_a_service_and_without_one() {
    for beside in [true, false] {
        let place = Place::new();
        write_set(&place);
        let server = Server::start(&place);
        let people = People::of(&server.administrator());
        let key = |client: &Client| client.key.clone().unwrap();
        let (amal, badr, machine) = (key(&people.amal), key(&people.badr), key(&people.machine));
        let server = match beside {
            true => Some(server),
            false => {
                assert_eq!(server.stop(), Some(0));
                None
            }
        };
        live_at_the_command_line(&place, &amal, &badr, &machine);
        // A file is as good as the variable, and a key that is revoked is none.
        place.write("mine", format!("{amal}\n"));
        place
            .go("policy approve clauses.toml --personal-key mine")
            .ends(2)
            .says("(self-approval)");
        by(&place, "basira_0000", "policy approve clauses.toml")
            .ends(2)
            .says("key is not valid");
        drop(server);
    }
}

#[test]
fn items_are_decided_by_what_is_in_use_and_the_same_comes_out_again() {
    let place = Place::new();
    let (server, admin) = with_confirmed(&place, &[]);
    let people = People::of(&admin);
    let nothing = decided(&admin, &png(1), "before");
    assert_eq!(
        (&nothing["outcome"], &nothing["again"]),
        (&Value::Null, &json!("nothing"))
    );
    publish_references(&people);
    put(&people.amal, &automatic("first"));
    deploy(&people.amal, "chess.automatic", "shadow").expect(200);
    let shadow = decided(&admin, &png(1), "shadow");
    assert_eq!(
        (&shadow["outcome"], &shadow["again"]),
        (&Value::Null, &json!("same"))
    );
    assert_eq!(shadow["shadow"]["results"][0]["when"], "true", "{shadow}");
    assert_eq!(
        shadow["given"]["snapshot"]["signals"]["seen.same_content.hour"]["value"],
        2
    );

    for by in [&people.badr, &people.dina] {
        approve(by, "chess.automatic").expect(200);
    }
    for stage in ["canary", "enforce"] {
        deploy(&people.amal, "chess.automatic", stage).expect(200);
    }
    let copy = decided(&admin, &png(1), "copy");
    assert!(actions(&copy).contains(&"restrict"), "{copy}");
    assert_eq!(
        (&copy["again"], &copy["actor"]),
        (&json!("same"), &json!("policy"))
    );
    let other = decided(&admin, &png(2), "other");
    assert_eq!(actions(&other), Vec::<&str>::new(), "{other}");
    // An edited copy is no exact one.
    let near = testkit::encode::jpeg(&crate::pictures::photo(1), 80);
    let near = decided(&admin, &near, "near");
    assert!(!actions(&near).contains(&"restrict"), "{near}");
    let receipt = copy["given"]["snapshot"]["subject"]["item"].as_str().unwrap();
    by_the_api(&admin, &nothing, &copy, receipt);
    let taken = admin.get("/v1/items?limit=1").expect(200);
    let item = taken["items"][0]["item"].as_str().unwrap();
    let ruling = json!({"outcome": "not_violating"});
    admin
        .post(&format!("/v1/items/{item}/decisions"), ruling)
        .problem(403, "not-personal");
    for outcome in ["threat_to_life", "suspected_child_abuse", "duplicate_of"] {
        people
            .badr
            .post(
                &format!("/v1/items/{item}/decisions"),
                json!({"outcome": outcome}),
            )
            .problem(400, "invalid-field");
    }

    assert_eq!(server.stop(), Some(0));
    let again = place.go("policy replay --all --json").ends(0).rows().remove(0);
    assert_eq!(
        (&again["decisions"], &again["different"]),
        (&json!(5), &json!(0)),
        "{again}"
    );
    assert_eq!(again["same"], 4);
    place.go("policy replay --sample 3").ends(0).prints("0 different");

    // What would a draft have done, that asks a person about what is banked?
    let tried = automatic("tried").replace("m.exact)'", "m.exact || m.distance <= 31)'");
    place.write("tried.toml", &tried);
    let found = place
        .go("policy backtest tried.toml --json")
        .ends(0)
        .rows()
        .remove(0);
    assert_eq!(
        (&found["items"], &found["acted"]),
        (&json!(5), &json!(4)),
        "{found}"
    );
    assert_eq!(
        (&found["compared"]["added"], &found["compared"]["both"]),
        (&json!(3), &json!(1))
    );
    place
        .go("policy backtest tried.toml")
        .ends(0)
        .prints("coverage 100.0 %");
    place.write("set/clauses.toml", CLAUSES);
    place.write("set/grounds.toml", GROUNDS);
    place.write("set/tried.toml", &tried);
    by_the_command_line(&place, &copy, receipt);
    let found = place.go("policy diff live set --json").ends(0).rows().remove(0);
    assert_eq!(
        (&found["compared"]["added"], &found["compared"]["both"]),
        (&json!(1), &json!(3))
    );

    // One byte of a record.
    let changed = place
        .alter("UPDATE decision_record SET outcome = replace(outcome, 'reach', 'reacg') WHERE decision = 3");
    assert_eq!(changed, 1);
    place.go("policy replay --all").ends(2).says("come out otherwise");
    place
        .go("verify")
        .ends(2)
        .says("decision 3 is not what was written");
    fs::remove_file(place.files().join("tried.toml")).unwrap();
}
