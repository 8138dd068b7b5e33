//! A load generator: requests over kept connections, as fast as answers come or at an offered rate, and how long they took.
//!
//! `load ADDRESS KEY KIND [--connections N] [--seconds S] [--rate R] [--file FILE]` prints one JSON object. KIND is `lookup`
//! (a random hash each), `empty` (the same request to a handler that does nothing), `submit` (FILE, with some bytes of its own
//! at the end of each, so that no two are the same; the time until all have their verdict is given too), or `added` (an
//! entry is added to the bank `known`, and looked for by the next request, which must find it).
//!
//! With a rate, a request's time counts from the moment when it was due, not from when it could be sent: a service that
//! stalls is not spared what would have come meanwhile.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that panics has failed, and says where"
)]

use std::time::{Duration, Instant};

use testkit::Prng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Clone)]
struct Options {
    address: String,
    key: String,
    kind: String,
    connections: u32,
    seconds: f64,
    rate: Option<f64>,
    file: Vec<u8>,
}

fn options() -> Options {
    let mut words = std::env::args().skip(1);
    let mut next = || words.next().unwrap();
    let mut options = Options {
        address: next().trim_start_matches("http://").to_owned(),
        key: next(),
        kind: next(),
        connections: 16,
        seconds: 5.0,
        rate: None,
        file: Vec::new(),
    };
    while let Some(word) = words.next() {
        let value = words.next().unwrap();
        match word.as_str() {
            "--connections" => options.connections = value.parse().unwrap(),
            "--seconds" => options.seconds = value.parse().unwrap(),
            "--rate" => options.rate = Some(value.parse().unwrap()),
            "--file" => options.file = std::fs::read(value).unwrap(),
            other => panic!("{other}"),
        }
    }
    options
}

/// Writes a request, and gives the one that must follow it.
fn request(options: &Options, random: &mut Prng, into: &mut Vec<u8>) -> Vec<u8> {
    into.clear();
    let head = |method: &str, path: &str, more: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{more}\r\n",
            options.address, options.key
        )
    };
    let query = format!(
        "?type=pdq&value={:016x}{:016x}{:016x}{:016x}",
        random.bits(),
        random.bits(),
        random.bits(),
        random.bits()
    );
    match options.kind.as_str() {
        "lookup" => into.extend(head("GET", &format!("/v1/lookup{query}"), "").bytes()),
        "empty" => into.extend(head("GET", &format!("/health/live{query}"), "").bytes()),
        "added" => {
            let value = &query["?type=pdq&value=".len()..];
            let body = format!("{{\"signals\":[{{\"type\":\"pdq\",\"value\":\"{value}\"}}]}}");
            let more = format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            );
            into.extend(head("POST", "/v1/banks/known/entries", &more).bytes());
            into.extend(body.bytes());
            return head("GET", &format!("/v1/lookup{query}"), "").into_bytes();
        }
        "submit" => {
            let own = format!("{:016x}", random.bits());
            let length = options.file.len() + own.len();
            let more = format!("Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n");
            into.extend(head("POST", "/v1/items", &more).bytes());
            into.extend(&options.file);
            into.extend(own.bytes());
        }
        other => panic!("{other}"),
    }
    Vec::new()
}

/// Reads one answer; its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the service closed the connection");
        let Some(end) = buffer.windows(4).position(|part| part == b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse::<usize>().unwrap());
        if buffer.len() >= end + 4 + length {
            return head[9..12].parse().unwrap();
        }
    }
}

async fn client(options: Options, number: u32, begun: Instant) -> (Vec<Duration>, u64) {
    let mut stream = TcpStream::connect(&options.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut random = Prng::new(u64::from(number), 7);
    let (mut out, mut buffer) = (Vec::new(), Vec::with_capacity(4096));
    let (mut times, mut errors) = (Vec::new(), 0);
    let pace = options
        .rate
        .map(|rate| Duration::from_secs_f64(f64::from(options.connections) / rate));
    let mut due = begun
        + pace
            .unwrap_or_default()
            .mul_f64(f64::from(number) / f64::from(options.connections));
    let end = begun + Duration::from_secs_f64(options.seconds);
    while Instant::now() < end {
        let then = request(&options, &mut random, &mut out);
        let from = match pace {
            Some(pace) => {
                tokio::time::sleep_until(due.into()).await;
                let from = due;
                due += pace;
                from
            }
            None => Instant::now(),
        };
        stream.write_all(&out).await.unwrap();
        let status = answer(&mut stream, &mut buffer).await;
        errors += u64::from(!(200..300).contains(&status));
        if !then.is_empty() {
            stream.write_all(&then).await.unwrap();
            answer(&mut stream, &mut buffer).await;
            errors += u64::from(!buffer.windows(8).any(|part| part == b"\"entry\":"));
        }
        times.push(from.elapsed());
    }
    (times, errors)
}

/// Waits until no item waits and none is worked on.
async fn drained(options: &Options) {
    let mut stream = TcpStream::connect(&options.address).await.unwrap();
    let mut buffer = Vec::new();
    let request = format!(
        "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        options.key
    );
    loop {
        stream.write_all(request.as_bytes()).await.unwrap();
        answer(&mut stream, &mut buffer).await;
        let text = String::from_utf8_lossy(&buffer);
        if text.contains("\nbasira_items_queued 0\n") && text.contains("\nbasira_items_working 0\n") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = options();
    let begun = Instant::now();
    let clients: Vec<_> = (0..options.connections)
        .map(|number| tokio::spawn(client(options.clone(), number, begun)))
        .collect();
    let (mut times, mut errors) = (Vec::new(), 0);
    for client in clients {
        let (own, failed) = client.await.unwrap();
        times.extend(own);
        errors += failed;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let verdicts = match options.kind.as_str() {
        "submit" => {
            drained(&options).await;
            Some(times.len() as f64 / begun.elapsed().as_secs_f64())
        }
        _ => None,
    };
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{}",
        serde_json::json!({
            "requests": times.len(), "errors": errors, "seconds": seconds,
            "rate": times.len() as f64 / seconds,
            "verdicts_per_second": verdicts,
            "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0),
        })
    );
}
