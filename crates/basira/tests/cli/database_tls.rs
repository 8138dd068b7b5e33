//! Banks in a PostgreSQL that is reached by TLS alone.

use std::net::TcpListener;

use crate::place::{Place, Run};
use crate::postgres::Postgres;

/// A port that nobody has.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn a_database_is_spoken_to_by_tls_as_its_url_says() {
    let place = Place::new();
    if place.only_sqlite("it starts a PostgreSQL of its own") {
        return;
    }
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let port = port();
    let _server = Postgres::start_with_tls(port, &made.cert.pem(), &made.signing_key.serialize_pem());
    place.write("roots.pem", made.cert.pem());
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    place.write("stranger.pem", stranger.cert.pem());
    let banks = |host: &str, options: &str| -> Run {
        let url = format!("postgres://tester:hush@{host}:{port}/postgres?{options}");
        let run = Run::of(
            place
                .basira(["bank", "list", "--json"])
                .env("BASIRA_POSTGRES", url),
        );
        assert!(!run.err.contains("hush"), "{run:?}");
        run
    };
    // Channel binding: the password opens nothing for somebody in between.
    let full = "sslmode=verify-full&sslrootcert=roots.pem&channel_binding=require";
    let url = format!("postgres://tester:hush@localhost:{port}/postgres?{full}");
    Run::of(
        place
            .basira(["bank", "create", "known"])
            .env("BASIRA_POSTGRES", &url),
    )
    .ends(0);
    // Who asks for no TLS is not let in; and who asks for a name lets no other server be this one.
    banks("localhost", "sslmode=disable")
        .ends(2)
        .says("no encryption");
    banks("localhost", "").ends(2).says("no encryption");
    banks("localhost", "sslmode=verify-full")
        .ends(2)
        .says("UnknownIssuer");
    banks("localhost", "sslmode=verify-full&sslrootcert=stranger.pem")
        .ends(2)
        .says("certificate");
    banks("127.0.0.1", "sslmode=verify-full&sslrootcert=roots.pem")
        .ends(2)
        .says("not valid for name");
    banks("localhost", "sslmode=verify-ca")
        .ends(2)
        .says("verify-full");
    for mode in [full, "sslmode=prefer", "sslmode=require"] {
        assert!(banks("localhost", mode).ends(0).out.contains("known"), "{mode}");
    }
    let wrong = Run::of(
        place
            .basira(["bank", "list"])
            .env("BASIRA_POSTGRES", url.replace("hush", "hash")),
    );
    wrong.ends(2).says("password");
    let own = url.clone();
    // The database of an HMA too; this one is none, which is seen when it was let in.
    let import = |options: &str| {
        let url = format!("postgresql+psycopg2://tester:hush@localhost:{port}/postgres?{options}");
        let arguments = ["import", "hma", "--dry-run", "--database", &url];
        Run::of(place.basira(arguments).env("BASIRA_POSTGRES", &own)).ends(2)
    };
    import("sslmode=require").says("cannot read the database");
    import("sslmode=disable").says("cannot connect");
}
