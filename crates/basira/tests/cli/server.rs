//! A running service, and a client of it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::place::Place;

/// `basira serve` on a port of its own; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it says on standard error: somebody has to take it.
    said: Option<JoinHandle<String>>,
    pub(crate) address: String,
    /// The administrator's key, where this was the first start.
    pub(crate) key: Option<String>,
    /// The one-time link of the console's first administrator, while nobody has come in.
    pub(crate) link: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
    /// `x-request-id`.
    pub(crate) request_id: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON of an answer with this status.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        if self.text.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The field that a problem is about.
    pub(crate) fn problem(&self, status: u16, kind: &str) -> Value {
        let body = self.expect(status);
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        assert_eq!(body["type"], format!("urn:basira:problem:{kind}"), "{self:?}");
        assert_eq!(body["status"], status);
        assert!(
            body["detail"].as_str().is_some_and(|detail| detail.len() > 10),
            "{self:?}"
        );
        body["field"].clone()
    }
}

impl Server {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, &[])
    }

    pub(crate) fn start_with(place: &Place, more: &[&str]) -> Self {
        let mut command = place.basira(["serve", "--listen", "127.0.0.1:0"]);
        command.args(more);
        Self::spawn(command)
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        // None where a test has it written elsewhere.
        let error = child.stderr.take();
        let said = std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut error) = error {
                let _ = error.read_to_end(&mut text);
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut key, mut link) = (None, None);
        let address = loop {
            let Some(line) = lines.next() else {
                panic!("the service did not start: {}", said.join().unwrap());
            };
            let line = line.unwrap();
            if let Some(secret) = line.trim().strip_prefix("basira_") {
                key = Some(format!("basira_{secret}"));
            }
            if line.contains("/console/invitation/") {
                link = Some(line.trim().to_owned());
            }
            if let Some(address) = line.strip_prefix("basira serves on ") {
                break address.to_owned();
            }
        };
        // What is printed later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            said: Some(said),
            address,
            key,
            link,
        }
    }

    /// A client with the administrator's key.
    pub(crate) fn administrator(&self) -> Client {
        self.client(self.key.clone().expect("the first start shows a key"))
    }

    pub(crate) fn client(&self, key: impl Into<String>) -> Client {
        Client {
            address: self.address.clone(),
            key: Some(key.into()),
        }
    }

    pub(crate) fn anonymous(&self) -> Client {
        Client {
            address: self.address.clone(),
            key: None,
        }
    }

    /// What it will have said on standard error, when it has ended.
    pub(crate) fn log(&mut self) -> JoinHandle<String> {
        self.said.take().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and gives its exit status.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let ended = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(ended.success());
        self.child.wait().unwrap().code()
    }

    /// Waits until it has ended by itself, and gives its exit status.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Ends it without a word.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client with or without a key.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) address: String,
    pub(crate) key: Option<String>,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Answer {
        self.json("POST", path, &body)
    }

    pub(crate) fn patch(&self, path: &str, body: Value) -> Answer {
        self.json("PATCH", path, &body)
    }

    pub(crate) fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.send(
            method,
            path,
            &[("content-type", "application/json")],
            Some(body.as_bytes()),
        )
    }

    pub(crate) fn bytes(&self, path: &str, bytes: &[u8]) -> Answer {
        self.send(
            "POST",
            path,
            &[("content-type", "application/octet-stream")],
            Some(bytes),
        )
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => agent.run(request.body(body).unwrap())?,
            None => agent.run(request.body(()).unwrap())?,
        };
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
        };
        let (kind, request_id) = (header("content-type"), header("x-request-id"));
        Ok(Answer {
            status: response.status().as_u16(),
            kind,
            request_id,
            text: response.body_mut().read_to_string()?,
        })
    }

    /// Makes a key and gives a client that uses it.
    pub(crate) fn with_key(&self, key: Value) -> Client {
        let made = self.post("/v1/keys", key).expect(201);
        Client {
            address: self.address.clone(),
            key: Some(made["secret"].as_str().unwrap().to_owned()),
        }
    }

    /// Waits until an item is finished, and gives it.
    pub(crate) fn finished(&self, item: &str) -> Value {
        let begun = Instant::now();
        loop {
            let found = self.get(&format!("/v1/items/{item}")).expect(200);
            if matches!(found["state"].as_str(), Some("done" | "aside")) {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{found}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
