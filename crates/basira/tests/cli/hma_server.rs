//! A server of the drop-in for HMA, over real sockets, and what its clients send.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

use crate::place::{Place, Run};

/// A running server, which ends with the test.
pub(crate) struct HmaServer {
    child: Child,
    place: Place,
    agent: Agent,
    /// The address of the native API.
    pub(crate) native: String,
    /// The address for clients of HMA.
    pub(crate) hma: String,
    /// The administrator's key.
    pub(crate) key: String,
    /// Whether requests carry it.
    pub(crate) with_key: bool,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// Checks the status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Checks the status and the whole body: compact JSON with its names in order, and a line break.
    #[track_caller]
    pub(crate) fn says(self, status: u16, body: &str) -> Self {
        let answer = self.is(status);
        assert_eq!(answer.body, format!("{body}\n"));
        assert_eq!(answer.header("content-type"), "application/json");
        answer
    }

    /// Checks an error, `{"message":…}`.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, message: &str) {
        let want = serde_json::json!({ "message": message });
        self.says(status, &want.to_string());
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl HmaServer {
    pub(crate) fn new() -> Self {
        Self::with([])
    }

    /// A server that asks for no key.
    pub(crate) fn trusted() -> Self {
        let mut server = Self::with(["--hma-trusted"]);
        server.with_key = false;
        server
    }

    pub(crate) fn with<const N: usize>(options: [&str; N]) -> Self {
        let place = Place::new();
        let (child, lines) = start(&place, &options);
        let address = |prefix: &str| -> String {
            let line = lines.iter().find_map(|line| line.strip_prefix(prefix));
            line.unwrap().split(',').next().unwrap().to_owned()
        };
        let key = lines.iter().find_map(|line| line.trim().strip_prefix("basira_"));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build();
        Self {
            child,
            agent: Agent::new_with_config(config),
            native: address("basira serves on "),
            hma: address("basira serves clients of HMA on "),
            key: format!("basira_{}", key.unwrap()),
            with_key: true,
            place,
        }
    }

    /// Ends it in peace and starts it again in the same place.
    pub(crate) fn restarted(mut self) -> Self {
        self.end();
        let (child, lines) = start(&self.place, &[]);
        let find = |prefix: &str| lines.iter().find_map(|line| line.strip_prefix(prefix)).unwrap();
        self.hma = find("basira serves clients of HMA on ").to_owned();
        self.native = find("basira serves on ").to_owned();
        self.child = child;
        self
    }

    fn end(&mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").arg(&id).status().unwrap();
        assert!(self.child.wait().unwrap().success());
    }

    /// Where it runs.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Runs a program that speaks to it.
    pub(crate) fn shows(&self, program: &str, arguments: &[&str]) -> Run {
        Run::of(self.place.command(program).args(arguments)).ends(0)
    }

    /// All bytes of the database and its log.
    pub(crate) fn stored(&self) -> Vec<u8> {
        ["basira.db", "basira.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(self.place.data().join(name)).unwrap_or_default())
            .collect()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, Vec::new())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, Vec::new())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json"), body.to_string().into())
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some("application/json"), body.to_string().into())
    }

    /// Sends a form with a file, and fields beside it.
    pub(crate) fn upload(&self, path: &str, field: &str, bytes: &[u8], form: &[(&str, &str)]) -> Answer {
        let mut parts: Vec<(String, &[u8])> = form
            .iter()
            .map(|(name, value)| (format!("name=\"{name}\""), value.as_bytes()))
            .collect();
        parts.push((format!("name=\"{field}\"; filename=\"a\""), bytes));
        self.send_parts(path, &parts)
    }

    /// Sends a form; each part with what its disposition says.
    pub(crate) fn send_parts(&self, path: &str, parts: &[(String, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (says, bytes) in parts {
            body.extend(format!("--line\r\nContent-Disposition: form-data; {says}\r\n\r\n").bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--line--\r\n");
        self.send("POST", path, Some("multipart/form-data; boundary=line"), body)
    }

    pub(crate) fn send(&self, method: &str, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
        let mut headers = Vec::new();
        headers.extend(kind.map(|kind| ("content-type", kind.to_owned())));
        if self.with_key {
            headers.push(("authorization", format!("Bearer {}", self.key)));
        }
        self.send_with(method, &format!("{}{path}", self.hma), &headers, body)
    }

    pub(crate) fn send_with(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = match method {
            "GET" | "DELETE" => self.agent.run(request.body(()).unwrap()),
            _ => self.agent.run(request.body(body).unwrap()),
        };
        let mut response = response.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string().unwrap(),
        }
    }

    /// A bank with one hash; the id of its content.
    pub(crate) fn bank_with(&self, name: &str, pdq: &str) -> i64 {
        self.post("/c/banks", &serde_json::json!({ "name": name }))
            .is(201);
        self.add(name, pdq)
    }

    /// Adds a hash to a bank; the id of its content.
    pub(crate) fn add(&self, name: &str, pdq: &str) -> i64 {
        let body = serde_json::json!({ "pdq": pdq });
        let added = self.post(&format!("/c/bank/{name}/signal"), &body).is(200);
        added.json()["id"].as_i64().unwrap()
    }

    /// What is near a hash.
    pub(crate) fn look_up(&self, pdq: &str) -> Value {
        self.get(&format!("/m/lookup?signal={pdq}&signal_type=pdq"))
            .is(200)
            .json()
    }
}

fn start(place: &Place, options: &[&str]) -> (Child, Vec<String>) {
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0", "--hma", "127.0.0.1:0"];
    arguments.extend(options);
    let mut command = place.basira(arguments);
    command.stderr(std::process::Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for line in out.lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().starts_with("basira serves clients of HMA") {
            break;
        }
    }
    (child, lines)
}

impl Drop for HmaServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
