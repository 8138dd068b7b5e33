//! TLS, spoken to by curl; and what proxies say about addresses.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::place::{Place, Run};
use crate::server::Server;

/// Makes a certificate for 127.0.0.1 that signs itself; gives the paths of it and of its key.
fn certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), name.to_owned()]).unwrap();
    let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    fs::write(&cert, made.cert.pem()).unwrap();
    (cert, key)
}

fn curl(place: &Place, arguments: &[&str]) -> Run {
    Run::of(
        place
            .command("curl")
            .args(["-sS", "--noproxy", "*", "--max-time", "20"])
            .args(arguments),
    )
}

fn with_tls(place: &Place, more: &[&str]) -> Server {
    let (cert, key) = certificate(&place.files(), "one.example");
    let tls = [
        "--tls-cert",
        cert.to_str().unwrap(),
        "--tls-key",
        key.to_str().unwrap(),
    ];
    Server::start_with(place, &[&tls, more].concat())
}

#[test]
fn clients_speak_tls_1_2_and_1_3_and_nothing_else() {
    let place = Place::new();
    let server = with_tls(&place, &[]);
    assert!(
        server.address.starts_with("https://127.0.0.1:"),
        "{}",
        server.address
    );
    let health = format!("{}/health/live", server.address);
    for version in ["--tlsv1.2", "--tlsv1.3"] {
        let max = version.trim_start_matches("--tlsv");
        let told = curl(
            &place,
            &["--cacert", "cert.pem", version, "--tls-max", max, &health],
        )
        .ends(0);
        assert_eq!(told.out, "{\"status\":\"ok\"}");
    }
    // Who does not know the certificate gets no further, nor who speaks plainly.
    assert_eq!(curl(&place, &[&health]).status, Some(60));
    let plain = health.replace("https", "http");
    assert_ne!(curl(&place, &[&plain]).status, Some(0));
    let old = curl(
        &place,
        &[
            "--cacert",
            "cert.pem",
            "--tls-max",
            "1.1",
            "--tlsv1.0",
            "--ciphers",
            "ALL",
            &health,
        ],
    );
    assert_ne!(old.status, Some(0), "{old:?}");
    let key = format!("Authorization: Bearer {}", server.key.as_deref().unwrap());
    let banks = format!("{}/v1/banks", server.address);
    curl(&place, &["--cacert", "cert.pem", "-f", "-H", &key, &banks]).ends(0);
    assert_eq!(server.stop(), Some(0));
}

fn hang_up(server: &Server) {
    let pid = server.pid().to_string();
    let told = Command::new("kill").args(["-HUP", &pid]).status().unwrap();
    assert!(told.success());
}

#[test]
fn a_new_certificate_is_taken_up_and_a_broken_one_is_not() {
    let place = Place::new();
    let mut server = with_tls(&place, &[]);
    let log = server.log();
    let health = format!("{}/health/live", server.address);
    let trusted = |file: &str| curl(&place, &["--cacert", file, &health]).status == Some(0);
    assert!(trusted("cert.pem"));
    fs::copy(place.files().join("cert.pem"), place.files().join("old.pem")).unwrap();
    certificate(&place.files(), "two.example");
    hang_up(&server);
    let begun = Instant::now();
    while !trusted("cert.pem") {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "the new one is not taken up"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!trusted("old.pem"));
    fs::copy(place.files().join("cert.pem"), place.files().join("good.pem")).unwrap();
    place.write("cert.pem", "broken");
    hang_up(&server);
    std::thread::sleep(Duration::from_millis(100));
    assert!(trusted("good.pem"), "the one before stays");
    assert_eq!(server.stop(), Some(0));
    let log = log.join().unwrap();
    assert!(log.contains("the one before stays in use"), "{log}");
}

#[test]
fn without_tls_a_hang_up_ends_nothing() {
    let place = Place::new();
    let server = Server::start(&place);
    hang_up(&server);
    std::thread::sleep(Duration::from_millis(50));
    server.anonymous().get("/health/live").expect(200);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_slow_handshake_is_counted_and_ended() {
    let place = Place::new();
    let server = with_tls(
        &place,
        &[
            "--limit-handshake-seconds",
            "2",
            "--limit-connections-per-address",
            "3",
        ],
    );
    let address = server.address.trim_start_matches("https://").to_owned();
    let health = format!("{}/health/live", server.address);
    // The beginning of a handshake, and no more.
    let mut slow: Vec<TcpStream> = (0..3)
        .map(|_| {
            let mut stream = TcpStream::connect(&address).unwrap();
            stream.write_all(&[22, 3, 1]).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(100));
    let ask = || curl(&place, &["--cacert", "cert.pem", "-i", &health]);
    let refused = ask().ends(0);
    let head = refused.out.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 503 "), "all places are taken: {head}");
    assert!(head.contains("\r\nretry-after: 5\r\n"), "{head}");
    // For whoever is refused there are handshakes too, but few of them.
    let refused: Vec<TcpStream> = (0..16).map(|_| TcpStream::connect(&address).unwrap()).collect();
    assert_ne!(ask().status, Some(0));
    drop(refused);
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut rest = Vec::new();
        // Ended by the other side, not by the clock of this one.
        let ended = stream.read_to_end(&mut rest);
        assert!(!ended.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
    curl(&place, &["--cacert", "cert.pem", &health]).ends(0);
}

#[test]
fn an_address_is_believed_of_a_trusted_proxy_only() {
    let place = Place::new();
    let here =
        json!({"name": "here", "source": "here", "scopes": ["curate"], "addresses": ["198.51.100.0/24"]});
    let asks = |server: &Server, key: &str, from: &[(&str, &str)]| {
        server.client(key).send("GET", "/v1/banks", from, None).status
    };
    let server = Server::start(&place);
    let key = server.administrator().with_key(here).key.unwrap();
    assert_eq!(
        asks(&server, &key, &[("x-forwarded-for", "198.51.100.7")]),
        401,
        "anybody could say so"
    );
    assert_eq!(server.stop(), Some(0));

    let server = Server::start_with(&place, &["--trusted-proxies", "127.0.0.1"]);
    assert_eq!(asks(&server, &key, &[("x-forwarded-for", "198.51.100.7")]), 200);
    assert_eq!(
        asks(
            &server,
            &key,
            &[("forwarded", "for=\"198.51.100.7:81\";proto=https")]
        ),
        200
    );
    assert_eq!(
        asks(&server, &key, &[("x-forwarded-for", "198.51.100.7, 203.0.113.1")]),
        401
    );
    assert_eq!(asks(&server, &key, &[]), 401);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn behind_a_proxy_each_client_has_its_own_limit() {
    let place = Place::new();
    let proxied = [
        "--trusted-proxies",
        "127.0.0.1",
        "--limit-connections-per-address",
        "2",
    ];
    let server = Server::start_with(&place, &proxied);
    let address = server.address.trim_start_matches("http://").to_owned();
    let key = server.key.clone().unwrap();
    // Requests whose bodies never come to their end.
    let begin = |client: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let head = format!(
            "POST /v1/items HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nX-Forwarded-For: {client}\r\nContent-Length: \
             9\r\n\r\nx"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let health = |client: &str| {
        let from = [("x-forwarded-for", client)];
        server.anonymous().send("GET", "/health/live", &from, None).status
    };
    let begun = Instant::now();
    let mut held = Vec::new();
    while health("198.51.100.1") != 503 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the third is let in");
        // One that comes beside the last question may be refused itself.
        held.push(begin("198.51.100.1"));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(health("198.51.100.2"), 200, "another client of the same proxy");
}
