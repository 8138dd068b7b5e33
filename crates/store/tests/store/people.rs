//! People: invited by links that are good once, signed in by secrets that are not kept, and never all gone.

use basira_store::{MOST_PASSKEYS, NewPasskey, ReviewError, actor, secret_digest};
use jiff::SignedDuration;
use model::{Grant, PersonName, Queue, Role, SessionId, Severity};

use crate::cases::refused;
use crate::place::{Place, now};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn name(text: &str) -> PersonName {
    text.parse().unwrap()
}

#[test]
fn a_link_is_good_once_until_it_ends_or_is_replaced() {
    let place = Place::new();
    let store = place.writer();
    let grants = [Grant::whole(Role::Administrator)];
    let (amal, first) = store
        .create_person(&name("أمل"), &grants, "test", now(), now() + HOUR)
        .unwrap();
    assert!(!amal.has_password && store.proof(&name("أمل")).unwrap().is_none());
    let exists = refused(store.create_person(&name("أمل"), &grants, "test", now(), now() + HOUR));
    assert_eq!(exists, ReviewError::PersonExists(name("أمل")));
    let second = store.invite(amal.id, "test", now(), now() + HOUR).unwrap();
    let good = |secret: &str, at| store.invitation(secret, at).unwrap().is_some();
    assert!(!good(first.reveal(), now()), "a newer one replaces it");
    assert!(good(second.reveal(), now()) && !good(second.reveal(), now() + HOUR));
    assert!(
        store
            .accept_invitation(second.reveal(), "$hash", now())
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .accept_invitation(second.reveal(), "$other", now())
            .unwrap()
            .is_none()
    );
    let known = store.proof(&name("أمل")).unwrap().unwrap();
    assert_eq!((known.password.as_str(), known.totp), ("$hash", None));
    assert_eq!(known.person.grants, grants);
    // Neither name nor secret stands in the log.
    for record in store.log(0, 100).unwrap() {
        assert!(
            !record.body.contains("أمل") && !record.body.contains("hash"),
            "{}",
            record.body
        );
    }
}

#[test]
fn a_second_factor_is_sealed_and_each_code_is_good_once() {
    let place = Place::new();
    let store = place.writer();
    let (amal, link) = store
        .create_person(&name("amal"), &[], "test", now(), now() + HOUR)
        .unwrap();
    store.accept_invitation(link.reveal(), "$hash", now()).unwrap();
    let codes = ["one", "two"].map(secret_digest);
    store
        .set_totp(amal.id, Some((&[7; 20], 100, codes.to_vec())), now())
        .unwrap();
    assert_eq!(
        store.proof(&name("amal")).unwrap().unwrap().totp,
        Some(vec![7; 20])
    );
    let stored = place.raw().bytes("SELECT totp FROM person");
    assert!(stored.len() > 20 && !stored.windows(20).any(|it| it == [7; 20]));
    let step = |step| store.use_totp_step(amal.id, step).unwrap();
    assert_eq!(
        [step(100), step(101), step(101), step(99)],
        [false, true, false, false]
    );
    let code = |text: &str| store.use_recovery_code(amal.id, &secret_digest(text)).unwrap();
    assert_eq!([code("one"), code("one"), code("three")], [true, false, false]);
    assert_eq!(store.recovery_codes_left(amal.id).unwrap(), 1);
    // A link for whoever lost all of it takes it away.
    let link = store.invite(amal.id, "test", now(), now() + HOUR).unwrap();
    store.accept_invitation(link.reveal(), "$new", now()).unwrap();
    let known = store.proof(&name("amal")).unwrap().unwrap();
    assert_eq!(
        (known.totp, store.recovery_codes_left(amal.id).unwrap()),
        (None, 0)
    );
}

#[test]
fn a_session_ends_by_itself_by_its_owner_and_with_the_account() {
    let place = Place::new();
    let store = place.writer();
    let admin = [Grant::whole(Role::Administrator)];
    let (boss, _) = store
        .create_person(&name("boss"), &admin, "test", now(), now() + HOUR)
        .unwrap();
    let (amal, _) = store
        .create_person(&name("amal"), &[], "test", now(), now() + HOUR)
        .unwrap();
    let begin = || {
        store
            .begin_session(amal.id, "Browser \u{202e}", now(), now() + HOUR * 12)
            .unwrap()
    };
    let (one, two, three) = (begin(), begin(), begin());
    let good = |secret: &str, at| store.session(secret, at, at - HOUR).unwrap().is_some();
    assert!(good(one.reveal(), now()) && !good("another", now()));
    assert!(!good(one.reveal(), now() + HOUR * 2), "not used for an hour");
    let halfway = now() + HOUR / 2;
    assert!(
        good(one.reveal(), halfway) && good(one.reveal(), halfway + HOUR / 2),
        "used meanwhile"
    );
    assert!(!good(one.reveal(), now() + HOUR * 12), "at its end");
    let of = |secret: &str| store.session(secret, now(), now() - HOUR).unwrap().unwrap().0.id;
    let id = of(two.reveal());
    let wrong = refused(store.end_session(id, Some(boss.id), &actor(boss.id), now()));
    assert_eq!(wrong, ReviewError::NoSession(id), "another's is none");
    store
        .end_session(id, Some(amal.id), &actor(amal.id), now())
        .unwrap();
    assert!(!good(two.reveal(), now()));
    assert_eq!(
        refused(store.end_session(id, None, "x", now())),
        ReviewError::NoSession(id)
    );
    assert_eq!(
        refused(store.end_session(SessionId(99), None, "x", now())),
        ReviewError::NoSession(SessionId(99))
    );
    store
        .set_password(amal.id, "$new", of(three.reveal()), now())
        .unwrap();
    assert!(!good(one.reveal(), now()) && good(three.reveal(), now()));
    store.disable_person(amal.id, &actor(boss.id), now()).unwrap();
    assert!(!good(three.reveal(), now()));
    let gone = refused(store.invite(amal.id, "test", now(), now() + HOUR));
    assert_eq!(gone, ReviewError::NoPerson(amal.id));
    assert_eq!(store.sessions(Some(amal.id)).unwrap().len(), 3);
}

#[test]
fn there_is_always_an_administrator() {
    let place = Place::new();
    let store = place.writer();
    let admin = [Grant::whole(Role::Administrator)];
    let limited = [Grant {
        role: Role::Reviewer,
        queue: Some(Queue::Match),
        most: Severity::High,
    }];
    let (boss, _) = store
        .create_person(&name("boss"), &admin, "test", now(), now() + HOUR)
        .unwrap();
    assert_eq!(
        refused(store.set_grants(boss.id, &limited, "x", now())),
        ReviewError::LastAdministrator
    );
    assert_eq!(
        refused(store.disable_person(boss.id, "x", now())),
        ReviewError::LastAdministrator
    );
    assert_eq!(
        store.person(boss.id).unwrap().grants,
        admin,
        "what was refused left nothing"
    );
    store
        .create_person(&name("other"), &admin, "test", now(), now() + HOUR)
        .unwrap();
    store.set_grants(boss.id, &limited, "x", now()).unwrap();
    assert_eq!(store.person(boss.id).unwrap().grants, limited);
    store.set_lang(boss.id, "ar").unwrap();
    assert_eq!(store.people().unwrap()[0].lang.as_deref(), Some("ar"));
}

#[test]
fn passkeys_and_identities_are_one_persons_and_go_with_a_new_beginning() {
    let place = Place::new();
    let store = place.writer();
    let person = |text: &str, role| {
        let grants = [Grant::whole(role)];
        store
            .create_person(&name(text), &grants, "test", now(), now() + HOUR)
            .unwrap()
            .0
            .id
    };
    let (amal, badr) = (
        person("amal", Role::Administrator),
        person("badr", Role::Reviewer),
    );
    let new = |credential: &[u8]| NewPasskey {
        credential: credential.to_vec(),
        fixed: b"key".to_vec(),
        moving: b"0".to_vec(),
        name: "laptop".to_owned(),
    };
    let id = store.add_passkey(amal, &new(b"one"), now()).unwrap();
    let taken = refused(store.add_passkey(badr, &new(b"one"), now()));
    assert_eq!(taken, ReviewError::PasskeyExists);
    let proof = store.passkey_proof(b"one").unwrap().unwrap();
    assert_eq!((proof.id, proof.person, &proof.moving[..]), (id, amal, &b"0"[..]));
    // Of two uses at once, one is the first.
    assert!(store.use_passkey(id, b"0", b"1", now()).unwrap());
    assert!(!store.use_passkey(id, b"0", b"1", now()).unwrap());
    assert_eq!(store.passkeys(amal).unwrap()[0].used_at, Some(now()));
    assert!(!store.remove_passkey(badr, id, now()).unwrap());
    for number in 1..MOST_PASSKEYS {
        store
            .add_passkey(amal, &new(&number.to_be_bytes()), now())
            .unwrap();
    }
    let many = refused(store.add_passkey(amal, &new(b"more"), now()));
    assert_eq!(many, ReviewError::ManyPasskeys);
    assert!(store.remove_passkey(amal, id, now()).unwrap());
    assert_eq!(store.passkey_proof(b"one").unwrap(), None);

    let issuer = "https://id.example";
    store.link_identity(amal, issuer, "a", now()).unwrap();
    let taken = refused(store.link_identity(badr, issuer, "a", now()));
    assert_eq!(taken, ReviewError::IdentityTaken);
    store.link_identity(amal, issuer, "b", now()).unwrap();
    assert_eq!(store.person_of_identity(issuer, "a").unwrap(), None);
    assert_eq!(store.person_of_identity(issuer, "b").unwrap(), Some(amal));
    assert_eq!(
        store.person_of_identity("https://other.example", "b").unwrap(),
        None
    );
    assert!(store.has_identity(amal, issuer).unwrap() && !store.has_identity(badr, issuer).unwrap());
    assert!(!store.unlink_identity(badr, issuer, now()).unwrap());

    // Whoever is invited anew has lost their devices, or somebody has taken them.
    let link = store.invite(amal, "test", now(), now() + HOUR).unwrap();
    store
        .accept_invitation(link.reveal(), "$hash", now())
        .unwrap()
        .unwrap();
    assert!(store.passkeys(amal).unwrap().is_empty());
    assert_eq!(store.person_of_identity(issuer, "b").unwrap(), None);

    store.add_passkey(badr, &new(b"two"), now()).unwrap();
    store.link_identity(badr, issuer, "c", now()).unwrap();
    store.disable_person(badr, "test", now()).unwrap();
    assert_eq!(store.passkey_proof(b"two").unwrap(), None);
    assert_eq!(store.person_of_identity(issuer, "c").unwrap(), None);
}
