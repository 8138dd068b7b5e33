//! What the shipped policies do to reports that quote, and to copies of what was confirmed, with automation switched on by
//! two people: the real program, over HTTP. The environment makes it larger; `cargo xtask bench fairness` does.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use policy::PolicySet;
use serde_json::{Value, json};
use testkit::encode;
use testkit::reporting::{STATEMENTS, report};

use crate::place::Place;
use crate::server::{Client, Server};

/// A number that the environment may set.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// Hours since 1970.
fn hour_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs() / 3_600
}

/// The five articles where they lie beside the project: they are never in it.
fn articles() -> Vec<Vec<u8>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/articles");
    let folder = std::env::var_os("BASIRA_ARTICLES").map_or_else(beside, PathBuf::from);
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let texts = files.map(|file| file.unwrap().path());
    let mut texts: Vec<PathBuf> = texts
        .filter(|path| path.extension().is_some_and(|it| it == "txt"))
        .collect();
    texts.sort();
    texts.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Takes the whole shipped set to the stage in which it acts, with the approvals of two who did not write it. A policy acts
/// on a hundredth of the items of an hour at most; where there are not so many items, `share` is another part of them.
fn switch_on(admin: &Client, share: Option<&str>) {
    let own = |name: &str| {
        let scopes = ["write_policies", "approve_policies", "review"];
        admin.with_key(json!({"name": name, "person": name, "scopes": scopes}))
    };
    let (amal, badr, dina) = (own("amal"), own("badr"), own("dina"));
    let files: Vec<Value> = PolicySet::shipped_files()
        .into_iter()
        .map(|file| {
            let text = match share {
                Some(share) => file
                    .text
                    .replace("of_traffic = 0.01", &format!("of_traffic = {share}")),
                None => file.text,
            };
            json!({"name": file.name, "text": text})
        })
        .collect();
    let put = amal.post("/v1/policies", json!({"files": files})).expect(201);
    for view in put.as_array().unwrap() {
        let policy = view["policy"].as_str().unwrap();
        let deploy = |to: &str| {
            let share = (to == "canary").then_some(999);
            let step = json!({"to": to, "per_mille": share});
            amal.post(&format!("/v1/policies/{policy}/deploy"), step)
                .expect(200);
        };
        let is_reference = policy.ends_with(".toml");
        if !is_reference {
            deploy("shadow");
        }
        for by in [&badr, &dina] {
            by.post(&format!("/v1/policies/{policy}/approve"), json!({}))
                .expect(200);
        }
        if !is_reference {
            deploy("canary");
        }
        deploy("enforce");
    }
}

/// Submits what is given, waits until all of it is finished, and gives the items.
fn finished(admin: &Client, all: impl Iterator<Item = Vec<u8>>) -> Vec<Value> {
    let items: Vec<String> = all
        .map(|bytes| {
            let taken = admin.bytes("/v1/items", &bytes).expect(202);
            taken["item"].as_str().unwrap().to_owned()
        })
        .collect();
    items.iter().map(|item| admin.finished(item)).collect()
}

fn does(item: &Value, wanted: &[&str]) -> bool {
    let actions = item["actions"].as_array();
    let mut actions = actions.into_iter().flatten();
    actions.any(|it| wanted.contains(&it["action"]["do"].as_str().unwrap()))
}

const RESTRICTIVE: [&str; 3] = ["label", "restrict", "remove"];

fn matched(item: &Value, entries: &[Value]) -> bool {
    let matches = item["result"]["matches"].as_array();
    matches
        .into_iter()
        .flatten()
        .any(|found| entries.contains(&found["entry"]))
}

#[test]
fn reports_that_quote_are_shown_and_never_restricted_and_confirmed_copies_are_acted_on() {
    let (texts, copies) = (
        number("BASIRA_FAIRNESS_TEXTS", 60),
        number("BASIRA_FAIRNESS_COPIES", 20),
    );
    let others = number("BASIRA_FAIRNESS_OTHERS", 0);
    let place = Place::new();
    let server = Server::start(&place);
    let admin = server.administrator();
    switch_on(&admin, (others == 0).then_some("1.0"));
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    let confirm = |made: &Value| {
        let path = format!("/v1/entries/{}", made["entry"]);
        admin.patch(&path, json!({"human_confirmed": true})).expect(200);
        made["entry"].clone()
    };
    let picture = |seed: u64| encode::png(&testkit::photo(seed, 96, 72));
    for seed in 0..copies {
        confirm(&admin.bytes("/v1/banks/known/media", &picture(seed)).expect(201));
    }
    let statements: Vec<Value> = STATEMENTS
        .iter()
        .map(|statement| {
            let signals = json!({"signals": [{"type": "raw_text", "value": statement}]});
            confirm(&admin.post("/v1/banks/known/entries", signals).expect(201))
        })
        .collect();
    let articles = articles();
    let given = articles.len();
    let reports = (0..texts).map(|it| report(it, it < copies).into_bytes());
    let items = finished(&admin, articles.into_iter().chain(reports));
    let restricted: Vec<&Value> = items.iter().filter(|item| does(item, &RESTRICTIVE)).collect();
    assert!(restricted.is_empty(), "{restricted:#?}");
    let quoting = &items[given..given + copies as usize];
    let found = quoting.iter().filter(|item| matched(item, &statements)).count();
    let shown = quoting.iter().filter(|item| does(item, &["enqueue"])).count();
    let waiting = place.number("SELECT COUNT(*) FROM case_member WHERE decision IS NULL");

    // Ordinary items, so that copies are a small part of the hour's; all of one hour, or the caps count anew.
    loop {
        let hour = hour_now();
        finished(&admin, (0..others).map(|it| format!("no file {it}").into_bytes()));
        if hour == hour_now() {
            break;
        }
    }
    let copied = finished(&admin, (0..copies).map(picture));
    let acted = copied.iter().filter(|item| does(item, &["remove"])).count();
    let line = json!({
        "articles": given, "reports": texts, "restricted": restricted.len(), "copies": copies, "acted_on": acted,
        "quoting": quoting.len(), "matched": found, "shown": shown,
    });
    println!("{line}");
    let first = |items: &[Value], is: &dyn Fn(&Value) -> bool| items.iter().find(|item| !is(item)).cloned();
    assert_eq!(
        acted as u64,
        copies,
        "{:#?}",
        first(&copied, &|item| does(item, &["remove"]))
    );
    assert_eq!(
        (found as u64, shown as u64),
        (copies, copies),
        "{:#?}",
        first(quoting, &|item| matched(item, &statements)
            && does(item, &["enqueue"]))
    );
    assert!(waiting >= copies.cast_signed(), "{waiting} wait for people");
    assert_eq!(server.stop(), Some(0));
    let again = place.go("policy replay --all --json").ends(0).rows().remove(0);
    assert_eq!(again["different"], 0, "{again}");
}
