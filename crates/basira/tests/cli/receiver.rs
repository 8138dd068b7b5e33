//! A receiver of webhooks, as a platform would write one: it believes only what is signed, recent and new.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }

    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Why a receiver does nothing for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    Signature,
    Late,
    Duplicate,
}

/// Checks requests by the secret of one webhook.
pub(crate) struct Checker {
    secret: Vec<u8>,
    seen: HashSet<String>,
}

impl Checker {
    pub(crate) fn new(secret: &str) -> Self {
        let secret = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(secret.len(), 32);
        Self {
            secret,
            seen: HashSet::new(),
        }
    }

    /// What whoever has the secret would send.
    pub(crate) fn sign(&self, id: &str, seconds: u64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).unwrap();
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    pub(crate) fn check(&mut self, request: &Request) -> Result<(), Rejected> {
        let (id, time) = (request.id(), request.header("webhook-timestamp"));
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).unwrap();
        mac.update(format!("{id}.{time}.").as_bytes());
        mac.update(&request.body);
        let signed = request
            .header("webhook-signature")
            .split(' ')
            .filter_map(|text| STANDARD.decode(text.strip_prefix("v1,")?).ok())
            .any(|signature| mac.clone().verify_slice(&signature).is_ok());
        if !signed {
            return Err(Rejected::Signature);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        if now.abs_diff(time.parse().unwrap()) > 300 {
            return Err(Rejected::Late);
        }
        if !self.seen.insert(id.to_owned()) {
            return Err(Rejected::Duplicate);
        }
        Ok(())
    }
}

type Answerer = Box<dyn Fn(usize, &Request) -> String + Send + Sync>;

/// Listens on loopback, keeps what comes, and answers each by its number, from 0.
pub(crate) struct Receiver {
    port: u16,
    got: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<usize>>,
}

/// An answer with this status and body.
pub(crate) fn answer(status: u16, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

impl Receiver {
    pub(crate) fn new(answerer: impl Fn(usize, &Request) -> String + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), Box::new(answerer))
    }

    /// One that says yes to everything.
    pub(crate) fn willing() -> Self {
        Self::new(|_, _| answer(204, ""))
    }

    pub(crate) fn on(listener: TcpListener, answerer: Answerer) -> Self {
        let receiver = Self {
            port: listener.local_addr().unwrap().port(),
            got: Arc::default(),
            connections: Arc::default(),
        };
        let (got, connections) = (Arc::clone(&receiver.got), Arc::clone(&receiver.connections));
        let answerer = Arc::new(answerer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                *connections.lock().unwrap() += 1;
                let (got, answerer) = (Arc::clone(&got), Arc::clone(&answerer));
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read(&mut stream) else { return };
                    let number = {
                        let mut got = got.lock().unwrap();
                        got.push(request.clone());
                        got.len() - 1
                    };
                    let _ = stream.write_all(answerer(number, &request).as_bytes());
                });
            }
        });
        receiver
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn got(&self) -> Vec<Request> {
        self.got.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Waits until `count` requests have come, and gives them.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Request> {
        let begun = Instant::now();
        loop {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(40),
                "{} of {count}",
                got.len()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        let mut piece = [0; 4_096];
        match stream.read(&mut piece).ok()? {
            0 => return None,
            count => bytes.extend_from_slice(&piece[..count]),
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let headers: Vec<(String, String)> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut request = Request {
        headers,
        body: bytes[end..].to_vec(),
        at: Instant::now(),
    };
    let length: usize = request.header("content-length").parse().unwrap();
    while request.body.len() < length {
        let mut piece = vec![0; length - request.body.len()];
        match stream.read(&mut piece).ok()? {
            0 => return None,
            count => request.body.extend_from_slice(&piece[..count]),
        }
    }
    Some(request)
}
