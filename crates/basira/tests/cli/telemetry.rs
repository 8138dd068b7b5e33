//! Traces, as a collector of OpenTelemetry gets them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use serde_json::json;

use crate::place::Place;
use crate::receiver::Receiver;
use crate::server::Server;

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const TRACE: [u8; 16] = *b"trace-of-client!";

/// What was posted.
struct Posted {
    head: String,
    body: Vec<u8>,
}

/// Takes whatever is posted, and hands it out before it is answered.
fn collect(listener: TcpListener) -> mpsc::Receiver<Posted> {
    let (hand_out, posted) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
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
            if hand_out.send(Posted { head, body }).is_err() {
                return;
            }
            let answer =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
        }
    });
    posted
}

fn holds(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_collector_gets_a_span_of_each_request_without_what_it_is_about() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let posted = collect(listener);
    let server = Server::start_with(&place, &["--telemetry-endpoint", &endpoint]);
    let admin = server.administrator();
    let hex: String = TRACE.iter().map(|byte| format!("{byte:02x}")).collect();
    let parent = format!("00-{hex}-0102030405060708-01");
    let path = format!("/v1/lookup?type=pdq&value={HASH}");
    admin
        .send("GET", &path, &[("traceparent", &parent)], None)
        .expect(200);
    // What waits is sent when the service ends.
    assert_eq!(server.stop(), Some(0));
    let Posted { head, body } = posted.try_recv().unwrap();
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

fn count(body: &[u8], part: &[u8]) -> usize {
    body.windows(part.len()).filter(|window| *window == part).count()
}

/// One trace from a client's upload to the platform's webhook.
#[test]
fn the_work_on_an_item_and_its_webhook_belong_to_the_trace_of_its_request() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let posted = collect(listener);
    let options = [
        "--telemetry-endpoint",
        &endpoint,
        "--webhook-network",
        "127.0.0.0/8",
    ];
    let server = Server::start_with(&place, &options);
    let admin = server.administrator();
    let receiver = Receiver::willing();
    let hook = json!({"url": receiver.url(), "events": ["item.incomplete", "item.no_match"]});
    admin.post("/v1/webhooks", hook).expect(201);
    let hex: String = TRACE.iter().map(|byte| format!("{byte:02x}")).collect();
    let parent = format!("00-{hex}-0102030405060708-01");
    let headers = [("traceparent", &*parent), ("content-type", "text/plain")];
    let taken = admin.send("POST", "/v1/items", &headers, Some(b"a game of chess"));
    let item = taken.expect(202)["item"].as_str().unwrap().to_owned();
    let told = receiver.wait_for(1).remove(0);
    let header = told.header("traceparent");
    assert!(
        header.starts_with(&format!("00-{hex}-")) && header.ends_with("-01"),
        "{header}"
    );
    // The receiver has it before the sender has noted so.
    while admin.get("/v1/deliveries").expect(200)["items"][0]["state"] != "delivered" {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(server.stop(), Some(0));
    let body: Vec<u8> = posted.try_iter().flat_map(|posted| posted.body).collect();
    for part in [
        "POST /v1/items",
        "work on an item",
        "tell a webhook",
        "basira.webhook",
    ] {
        assert!(
            holds(&body, part.as_bytes()),
            "{part} is not in {}",
            String::from_utf8_lossy(&body)
        );
    }
    assert_eq!(
        count(&body, &TRACE),
        3,
        "the request, the work on its item, and the webhook"
    );
    assert!(!holds(&body, item.as_bytes()));
    assert!(!holds(&body, receiver.url().as_bytes()));
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
