//! Thousands of clients that are slow on purpose, floods, and requests out of all proportion: good clients are answered.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::place::Place;
use crate::server::{Client, Server};

/// Addresses that slow connections come from.
const ADDRESSES: usize = 100;

/// Connections that are kept open without a whole request: in CI some more than there is room for, in
/// `cargo xtask soak` ten thousand, with times.
fn slow_ones() -> (usize, bool) {
    match std::env::var("BASIRA_SLOW") {
        Ok(text) => (text.parse().unwrap(), true),
        Err(_) => (900, false),
    }
}

/// A connection from another loopback address.
pub(crate) fn connect_from(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    bind(&socket, &SocketAddrV4::new(from, 0))?;
    connect(&socket, &to)?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    Ok(stream)
}

fn loopback(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 1 + (number / 250) as u8, 1 + (number % 250) as u8)
}

/// A request whose headers, or whose body, never end.
const HALF: [&[u8]; 2] = [
    b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST /v1/items HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nAuthorization: Bearer ",
];

fn half(number: usize, to: SocketAddr, key: &str) -> std::io::Result<TcpStream> {
    let mut stream = connect_from(loopback(number % ADDRESSES), to)?;
    match number % 2 {
        0 => stream.write_all(HALF[0])?,
        _ => stream.write_all(&[HALF[1], key.as_bytes(), b"\r\n\r\nsome"].concat())?,
    }
    Ok(stream)
}

fn address(server: &Server) -> SocketAddr {
    server.address.strip_prefix("http://").unwrap().parse().unwrap()
}

/// Resident memory of a process in KiB.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn good(client: &Client, round: usize) {
    let path = format!("/v1/items?external_id=good-{round}");
    client
        .bytes(&path, format!("a good game, {round}").as_bytes())
        .expect(202);
    client
        .get(&format!("/v1/lookup?type=md5&value={}", "0".repeat(32)))
        .expect(200);
}

/// The time below which 99 of 100 lookups are answered, of a client that waits four times as long as it is served.
fn p99(client: &Client, lookups: usize) -> Duration {
    let mut times: Vec<Duration> = (0..lookups)
        .map(|_| {
            let begun = Instant::now();
            let path = format!("/v1/lookup?type=md5&value={}", "0".repeat(32));
            client.get(&path).expect(200);
            let passed = begun.elapsed();
            std::thread::sleep(4 * passed);
            passed
        })
        .collect();
    times.sort_unstable();
    times[lookups * 99 / 100]
}

/// Keeps so many slow connections open until it is told to stop: those that the service closes are replaced, the oldest
/// first. Gives how many there were at once.
fn besiege(slow: usize, to: SocketAddr, key: &str, standing: &AtomicUsize, stop: &AtomicBool) {
    let mut held = VecDeque::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        if held.len() == slow {
            held.pop_front();
            std::thread::sleep(Duration::from_micros(200));
        }
        if let Ok(stream) = half(number, to, key) {
            held.push_back(stream);
        }
        standing.store(held.len(), Ordering::Relaxed);
    }
}

#[test]
fn slow_clients_keep_nobody_out_and_take_no_memory() {
    let (slow, timed) = slow_ones();
    let place = Place::new();
    // In CI the service has fewer descriptors than there are slow clients, otherwise as many as the system gives.
    let limit = if timed { "unlimited" } else { "1112" };
    let server = Server::spawn({
        let mut command = place.command("sh");
        command
            .env("BASIRA_DATA", place.data())
            .env("BASIRA_KEY", place.key())
            .args([
                "-c",
                "ulimit -n $1 2>/dev/null; exec \"$0\" serve --listen 127.0.0.1:0",
            ])
            .args([env!("CARGO_BIN_EXE_basira"), limit]);
        command
    });
    let (admin, to) = (server.administrator(), address(&server));
    admin.post("/v1/banks", json!({"name": "known"})).expect(201);
    (0..20).for_each(|round| good(&admin, round));
    let before = memory(server.pid());
    let lookups = if timed { 1_000 } else { 50 };
    let idle = p99(&admin, lookups);
    let (standing, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let key = admin.key.as_ref().unwrap();
        scope.spawn(|| besiege(slow, to, key, &standing, &stop));
        let begun = Instant::now();
        while standing.load(Ordering::Relaxed) < slow && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let held = standing.load(Ordering::Relaxed);
        // Whoever comes anew is answered, whatever stands before the door.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            (0..20).for_each(|round| good(&admin, 1_000 + round));
            let busy = p99(&admin, lookups);
            println!("{held} of {slow} slow connections: p99 {busy:?}, without them {idle:?}");
            let after = memory(server.pid());
            assert!(
                after < before + 64 * 1_024,
                "{before} KiB before, {after} KiB with {held} slow ones"
            );
            let most = (2 * idle).max(idle + Duration::from_millis(20));
            assert!(!timed || busy <= most, "{busy:?} is over {most:?}");
        }));
        stop.store(true, Ordering::Relaxed);
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
    good(&admin, 2_000);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn a_flood_from_one_address_is_told_to_come_again_and_others_are_answered() {
    let place = Place::new();
    let server = Server::start(&place);
    let (admin, to) = (server.administrator(), address(&server));
    let from = Ipv4Addr::new(127, 0, 9, 9);
    let held: Vec<TcpStream> = (0..256).map(|_| connect_from(from, to).unwrap()).collect();
    // The system takes connections before the service does: each is there once it has been answered.
    let mut told = 0;
    for _ in 0..50 {
        let mut answer = String::new();
        let mut stream = connect_from(from, to).unwrap();
        if stream.read_to_string(&mut answer).is_ok() && !answer.is_empty() {
            assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
            assert!(answer.contains("Retry-After: 5\r\n"), "{answer}");
            told += 1;
        }
        good(&admin, told);
    }
    assert_eq!(told, 50);
    drop(held);

    // One key that asks too often.
    let eager = admin.with_key(json!({"name": "eager", "source": "eager", "scopes": ["look_up"], "rate": 5}));
    let refused = AtomicUsize::new(0);
    for _ in 0..40 {
        let path = format!("/v1/lookup?type=md5&value={}", "0".repeat(32));
        let answer = eager.get(&path);
        match answer.status {
            200 => {}
            429 => {
                refused.fetch_add(1, Ordering::Relaxed);
            }
            _ => panic!("{answer:?}"),
        }
    }
    assert!(refused.into_inner() > 0);
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn headers_of_a_megabyte_and_other_excess_are_refused_without_being_kept() {
    let place = Place::new();
    let server = Server::start(&place);
    let (admin, to) = (server.administrator(), address(&server));
    good(&admin, 0);
    let before = memory(server.pid());
    let mut large = b"GET /v1/banks HTTP/1.1\r\nHost: x\r\nX-Large: ".to_vec();
    large.resize(large.len() + (1 << 20), b'x');
    let mut many = b"GET /v1/banks HTTP/1.1\r\nHost: x\r\n".to_vec();
    (0..20_000).for_each(|number| many.extend(format!("X-{number}: y\r\n").bytes()));
    let mut long = b"GET /".to_vec();
    long.resize(long.len() + (1 << 20), b'y');
    for request in [large, many, long] {
        for number in 0..8 {
            let mut stream = connect_from(loopback(number), to).unwrap();
            let _ = stream.write_all(&request);
            let _ = stream.write_all(b"\r\n\r\n");
            let mut answer = Vec::new();
            // The connection may be reset while there is still something to send.
            let _ = stream.read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer);
            let refused =
                ["431 ", "414 ", "400 "].map(|status| answer.starts_with(&format!("HTTP/1.1 {status}")));
            assert!(answer.is_empty() || refused.contains(&true), "{answer}");
        }
        good(&admin, 1);
    }
    let after = memory(server.pid());
    assert!(
        after < before + 16 * 1_024,
        "{before} KiB before, {after} KiB after"
    );
    assert_eq!(server.stop(), Some(0));
}
