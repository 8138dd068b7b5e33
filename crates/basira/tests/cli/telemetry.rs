//! Traces, as a collector of OpenTelemetry gets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use crate::place::Place;
use crate::server::Server;

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const TRACE: [u8; 16] = *b"trace-of-client!";

/// Takes what is posted, until the other side has ended; gives each body.
fn collect(listener: &TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = listener.accept().unwrap();
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(stream.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.get_mut().write_all(answer).unwrap();
    (head, body)
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_collector_gets_a_span_of_each_request_without_what_it_is_about() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = Server::start_with(&place, &["--telemetry-endpoint", &endpoint]);
    let admin = server.administrator();
    let hex: String = TRACE.iter().map(|byte| format!("{byte:02x}")).collect();
    let parent = format!("00-{hex}-0102030405060708-01");
    let path = format!("/v1/lookup?type=pdq&value={HASH}");
    admin
        .send("GET", &path, &[("traceparent", &parent)], None)
        .expect(200);
    // What waits is sent when the service ends.
    let stopped = std::thread::spawn(|| server.stop());
    let (head, body) = collect(&listener);
    assert_eq!(stopped.join().unwrap(), Some(0));
    assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
    for part in ["GET /v1/lookup", "http.route", "basira.key", "service.name"] {
        assert!(
            holds(&body, part.as_bytes()),
            "{part} is not in {}",
            String::from_utf8_lossy(&body)
        );
    }
    assert!(holds(&body, &TRACE), "the client's trace goes on");
    assert!(!holds(&body, HASH.as_bytes()));
}

#[test]
fn a_collector_that_is_not_there_keeps_nothing_from_being_served() {
    let place = Place::new();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = Server::start_with(&place, &["--telemetry-endpoint", &format!("http://{gone}")]);
    let log = server.log();
    server.administrator().get("/v1/banks").expect(200);
    assert_eq!(server.stop(), Some(0));
    let log = log.join().unwrap();
    assert!(log.contains("traces could not be sent"), "{log}");
    place
        .go("serve --telemetry-endpoint nowhere")
        .ends(2)
        .says("http://");
    place.go("serve --telemetry-sample 2").ends(2).says("from 0 to 1");
}
