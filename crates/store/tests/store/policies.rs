//! Policies: texts, approvals, stages, emergencies, and the way back.

use basira_store::{Listed, NewPolicy, NewWebhook, Personal, PolicyFile, Rates, Step, Store, StoreError};
use jiff::SignedDuration;
use model::{EventKind, KeyId, LifeError, Sha256, Share, Stage};

use crate::place::{Place, now};

pub(crate) fn person(name: &str) -> Personal {
    Personal {
        person: name.parse().unwrap(),
        key: KeyId(name.len() as i64),
    }
}

fn text(number: u32) -> NewPolicy {
    NewPolicy {
        policy: "chess.exact".to_owned(),
        text: format!("id = 'chess.exact' # {number}"),
        automatic: false,
        mild: false,
    }
}

fn put(store: &Store, new: &NewPolicy, by: &str) -> PolicyFile {
    store.put_policy(new, &person(by), now()).unwrap()
}

fn approve(store: &Store, file: &PolicyFile, by: &str) -> Result<(), StoreError> {
    store.approve_policy(&file.hash, &person(by), now()).map(drop)
}

fn deploy(store: &Store, file: &PolicyFile, to: Stage) -> Result<(), StoreError> {
    let share = (to == Stage::Canary).then(|| Share::try_from(100).unwrap());
    store
        .deploy_policy(&file.hash, Step::To(to, share), None, &person("amal"), now())
        .map(drop)
}

fn refused(outcome: Result<(), StoreError>) -> &'static str {
    match outcome.unwrap_err() {
        StoreError::Life(error) => error.code(),
        other => panic!("{other}"),
    }
}

/// Texts in use and their stages.
fn in_use(store: &Store) -> Vec<(Sha256, Stage)> {
    let deployed = store.deployed_policies().unwrap();
    deployed.texts.iter().map(|it| (it.file.hash, it.stage)).collect()
}

#[test]
fn a_text_goes_from_stage_to_stage_with_the_approval_of_another() {
    let place = Place::new();
    let store = place.writer();
    let first = put(&store, &text(1), "amal");
    assert_eq!(refused(deploy(&store, &first, Stage::Canary)), "stage-skipped");
    assert_eq!(refused(deploy(&store, &first, Stage::Enforce)), "stage-skipped");
    deploy(&store, &first, Stage::Shadow).unwrap();
    assert_eq!(refused(deploy(&store, &first, Stage::Enforce)), "stage-skipped");
    assert_eq!(refused(deploy(&store, &first, Stage::Canary)), "approval-missing");
    assert_eq!(refused(approve(&store, &first, "amal")), "self-approval");
    let before = store.policy_revision().unwrap();
    approve(&store, &first, "badr").unwrap();
    approve(&store, &first, "badr").unwrap();
    assert!(store.policy_revision().unwrap() > before);
    deploy(&store, &first, Stage::Canary).unwrap();
    deploy(&store, &first, Stage::Enforce).unwrap();
    assert_eq!(in_use(&store), [(first.hash, Stage::Enforce)]);

    // An edit is another text, and has no approval.
    let second = put(&store, &text(2), "badr");
    deploy(&store, &second, Stage::Shadow).unwrap();
    assert_eq!(refused(deploy(&store, &second, Stage::Canary)), "stale-approval");
    assert_eq!(refused(approve(&store, &first, "dina")), "stale-approval");
    assert_eq!(refused(approve(&store, &second, "badr")), "self-approval");
    approve(&store, &second, "amal").unwrap();
    deploy(&store, &second, Stage::Canary).unwrap();
    let both = [(first.hash, Stage::Enforce), (second.hash, Stage::Canary)];
    assert_eq!(in_use(&store), both);
    deploy(&store, &second, Stage::Enforce).unwrap();
    assert_eq!(in_use(&store), [(second.hash, Stage::Enforce)]);

    // Back, and back again: the approvals of a text stay with it.
    let back = |reason| store.roll_back_policy("chess.exact", Some(reason), &person("dina"), now());
    assert_eq!(back("too wide").unwrap().file.hash, first.hash);
    assert_eq!(in_use(&store), [(first.hash, Stage::Enforce)]);
    let steps = store.policy_deployments("chess.exact").unwrap();
    assert_eq!((steps[0].hash, steps[0].stage), (first.hash, Stage::Enforce));
    assert_eq!(steps[0].reason.as_deref(), Some("too wide"));
    assert_eq!((steps[1].hash, steps[1].stage), (second.hash, Stage::Retired));
    let summaries = store.policies(Some("chess.exact")).unwrap();
    assert_eq!(summaries.len(), 2);
    assert!(summaries[0].newest && summaries[0].file == second);
    assert_eq!(summaries[1].approvals, [person("badr").person]);
    let nothing = store.roll_back_policy("chess.other", None, &person("dina"), now());
    assert_eq!(refused(nothing.map(drop)), "nothing-before");
    assert_eq!(store.policies(None).unwrap(), summaries);
    assert!(store.policies(Some("other")).unwrap().is_empty());
}

#[test]
fn what_acts_by_itself_takes_two_and_who_has_handed_it_in_is_an_author() {
    let place = Place::new();
    let store = place.writer();
    let new = NewPolicy {
        automatic: true,
        ..text(1)
    };
    let file = put(&store, &new, "amal");
    deploy(&store, &file, Stage::Shadow).unwrap();
    approve(&store, &file, "badr").unwrap();
    assert_eq!(refused(deploy(&store, &file, Stage::Canary)), "approval-missing");
    // The same text again, by who approved it.
    put(&store, &new, "badr");
    approve(&store, &file, "dina").unwrap();
    assert_eq!(refused(deploy(&store, &file, Stage::Canary)), "approval-missing");
    approve(&store, &file, "edo").unwrap();
    deploy(&store, &file, Stage::Canary).unwrap();
    let placed = store.deployed_policies().unwrap().texts.remove(0);
    assert_eq!(placed.approvals, [person("dina").person, person("edo").person]);
    assert_eq!(placed.share, Some(Share::try_from(100).unwrap()));
}

#[test]
fn an_emergency_is_one_persons_mild_and_once() {
    let place = Place::new();
    let store = place.writer();
    let until = now() + SignedDuration::from_hours(24);
    let emergency = |file: &PolicyFile, until, at| {
        store
            .deploy_policy(
                &file.hash,
                Step::Emergency(until),
                Some("a wave"),
                &person("amal"),
                at,
            )
            .map(drop)
    };
    let strong = put(&store, &text(1), "amal");
    assert_eq!(refused(emergency(&strong, until, now())), "emergency-too-strong");
    let mild = NewPolicy {
        mild: true,
        ..text(2)
    };
    let file = put(&store, &mild, "amal");
    let long = until + SignedDuration::from_secs(1);
    assert_eq!(refused(emergency(&file, long, now())), "emergency-too-long");
    emergency(&file, until, now()).unwrap();
    let placed = store.deployed_policies().unwrap().texts.remove(0);
    assert_eq!(
        (placed.until, placed.person),
        (Some(until), person("amal").person)
    );
    // It is over, and not prolonged, whatever is changed in its text.
    let later = until + SignedDuration::from_hours(1);
    let again = later + SignedDuration::from_hours(2);
    assert_eq!(refused(emergency(&file, again, later)), "emergency-expired");
    let edited = NewPolicy {
        mild: true,
        ..text(3)
    };
    let edited = put(&store, &edited, "amal");
    assert_eq!(refused(emergency(&edited, again, later)), "emergency-expired");
    // The regular way is open, from its beginning.
    assert_eq!(refused(deploy(&store, &file, Stage::Canary)), "stage-skipped");
    deploy(&store, &edited, Stage::Shadow).unwrap();
    approve(&store, &edited, "badr").unwrap();
    deploy(&store, &edited, Stage::Canary).unwrap();
    let third = put(
        &store,
        &NewPolicy {
            mild: true,
            ..text(4)
        },
        "amal",
    );
    assert_eq!(refused(emergency(&third, again, later)), "emergency-replaces");
    let log = store.log(0, 100).unwrap();
    let kinds: Vec<&str> = log.iter().map(|record| &*record.kind).collect();
    assert!(
        kinds.contains(&"policy_emergency") && kinds.contains(&"policy_approved"),
        "{kinds:?}"
    );
}

#[test]
fn what_goes_wild_goes_on_in_the_shadow_and_an_altered_text_is_named() {
    let place = Place::new();
    let store = place.writer();
    let file = put(&store, &text(1), "amal");
    assert!(!store.demote_policy(&file.hash, "quiet", now()).unwrap());
    deploy(&store, &file, Stage::Shadow).unwrap();
    approve(&store, &file, "badr").unwrap();
    deploy(&store, &file, Stage::Canary).unwrap();
    for source in [None, Some("forum")] {
        let new = NewWebhook {
            source: source.map(|source| source.parse().unwrap()),
            url: "https://team.example/hook".to_owned(),
            events: vec![EventKind::AlertPolicy],
        };
        store
            .create_webhook(&new, "amal", now(), |_| String::new())
            .unwrap();
    }
    assert_eq!(store.demoted_policies().unwrap(), 0);
    assert!(store.demote_policy(&file.hash, "it went quiet", now()).unwrap());
    // The team is told, and no source.
    let told = store.deliveries(Listed::All, None, 10).unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].kind == EventKind::AlertPolicy && told[0].body.contains("it went quiet"));
    assert_eq!(store.demoted_policies().unwrap(), 1);
    assert_eq!(in_use(&store), [(file.hash, Stage::Shadow)]);
    let last = store.log(0, 100).unwrap().pop().unwrap();
    assert!(last.body.contains("it went quiet"), "{}", last.body);

    let rates = Rates {
        items: 2,
        matched: 1,
        ..Rates::default()
    };
    for hours in [0, 0, 3] {
        let at = now() + SignedDuration::from_hours(hours);
        store.count_policies(vec![(file.hash, rates)], at).unwrap();
    }
    let hours = store.policy_hours(now()).unwrap();
    assert_eq!(hours.len(), 2);
    assert_eq!((hours[0].rates.items, hours[0].rates.matched), (4, 2));
    assert_eq!(hours[1].hour - hours[0].hour, 3);
    assert_eq!(
        store
            .policy_hours(now() + SignedDuration::from_hours(1))
            .unwrap()
            .len(),
        1
    );

    let set = store.keep_policy_set("{}", now()).unwrap();
    assert_eq!(store.keep_policy_set("{}", now()).unwrap(), set);
    assert_eq!(store.policy_set(&set).unwrap().as_deref(), Some("{}"));
    place
        .raw()
        .run("UPDATE policy_set SET body = '{ }'; UPDATE policy_file SET text = 'other'");
    assert!(matches!(
        store.policy_set(&set),
        Err(StoreError::PolicyAltered { .. })
    ));
    assert!(matches!(
        store.policy_file(&file.hash),
        Err(StoreError::PolicyAltered { .. })
    ));
    let unknown = Sha256::new([1; 32]);
    assert!(matches!(
        store.approve_policy(&unknown, &person("badr"), now()),
        Err(StoreError::NoPolicy(_))
    ));
    assert!(LifeError::NotPersonal.to_string().contains("personal key"));
}
