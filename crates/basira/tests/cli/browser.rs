//! A browser without script, as far as the console needs one: cookies, redirects by hand, forms with their tokens.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::server::Server;

/// What a browser was shown.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The headers, by their names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Page {
    /// Where it leads.
    pub(crate) fn leads_to(&self) -> &str {
        self.headers.get("location").map_or("", String::as_str)
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// What stands after `before` and before the next `after`.
    pub(crate) fn between(&self, before: &str, after: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(before)?;
        Some(rest.split_once(after)?.0.to_owned())
    }
}

/// A browser on one machine.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    address: String,
    agent: ureq::Agent,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The token of the last page.
    pub(crate) token: String,
}

impl Browser {
    pub(crate) fn of(server: &Server) -> Self {
        Self::at(&server.address)
    }

    /// A browser for the service at an address.
    pub(crate) fn at(address: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // What is refused before its form was read ends its connection.
            .max_idle_connections(0)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Self {
            address: address.to_owned(),
            agent,
            cookies: BTreeMap::new(),
            token: String::new(),
        }
    }

    /// A browser whose owner has come in by a one-time link.
    pub(crate) fn invited(server: &Server, link: &str, password: &str) -> Self {
        let mut browser = Self::of(server);
        browser.come_in(link, password);
        browser
    }

    /// Comes in by a one-time link.
    pub(crate) fn come_in(&mut self, link: &str, password: &str) {
        let browser = self;
        let path = link
            .split_once("/console")
            .map(|(_, rest)| format!("/console{rest}"))
            .unwrap();
        browser.get(&path).is(200);
        let fields = [("password", password), ("again", password)];
        let page = browser.post(&path, &fields).is(303);
        assert_eq!(page.leads_to(), "/console");
        browser.get("/console/account").is(200);
    }

    /// Goes on with a service that was started anew, elsewhere.
    pub(crate) fn moves_to(&mut self, server: &Server) {
        self.address.clone_from(&server.address);
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], None)
    }

    /// Sends a form, as a page of the console does.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let origin = self.address.clone();
        let headers = [("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        let token = self.token.clone();
        let fields = [fields, &[("token", token.as_str())]].concat();
        self.send("POST", path, &headers, Some(&fields))
    }

    /// Sends a form with a file.
    pub(crate) fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
        const EDGE: &str = "edge-of-the-fields";
        let token = self.token.clone();
        let mut body = Vec::new();
        for (name, value) in [fields, &[("token", token.as_str())]].concat() {
            let field =
                format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(field.as_bytes());
        }
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\ncontent-type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let origin = self.address.clone();
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let headers = [
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", kind.as_str()),
        ];
        self.exchange("POST", path, &headers, Some(body))
    }

    /// Sends a request with these headers; the token is the caller's.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        fields: Option<&[(&str, &str)]>,
    ) -> Page {
        let Some(fields) = fields else {
            return self.exchange(method, path, headers, None);
        };
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.exchange(
            method,
            path,
            &[headers, &[kind]].concat(),
            Some(body.into_bytes()),
        )
    }

    fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Page {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("user-agent", "Browser <script>alert(1)</script>\u{22}");
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()).unwrap(),
            None => self.agent.run(request.body(()).unwrap()).unwrap(),
        };
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                value => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let page = Page {
            status: response.status().as_u16(),
            headers: headers.collect(),
            text: response.body_mut().read_to_string().unwrap(),
        };
        if let Some(token) = page.between("name=\"token\" value=\"", "\"") {
            self.token = token;
        }
        page
    }
}

/// A value of a form, with all but letters and digits as their bytes.
fn encoded(value: &str) -> String {
    let bytes = value.bytes();
    bytes
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
