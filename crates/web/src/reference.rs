//! The reference page: the OpenAPI document as one HTML page, which needs no script, no network and nothing else.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// How the page looks.
const STYLE: &str = include_str!("../templates/reference.css");

/// The methods of an address, in the order of the page.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// A piece of text: plain, code, or a link to a shape on the same page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    is_code: bool,
    link: Option<String>,
}

/// A name with its type: a parameter, a field, a body, an answer.
#[derive(Debug)]
struct Row {
    name: String,
    /// Where it stands, or that it is required.
    remark: String,
    kind: Vec<Piece>,
    about: Vec<Piece>,
}

#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: Vec<Piece>,
    about: Vec<Piece>,
    needs_key: bool,
    parameters: Vec<Row>,
    bodies: Vec<Row>,
    answers: Vec<Row>,
}

#[derive(Debug)]
struct Shape {
    id: String,
    name: String,
    about: Vec<Piece>,
    /// What it is, where it is no object.
    kind: Vec<Piece>,
    fields: Vec<Row>,
}

#[derive(Template)]
#[template(path = "reference.html")]
struct Page {
    title: String,
    version: String,
    about: Vec<Piece>,
    style: &'static str,
    groups: BTreeMap<String, Vec<Operation>>,
    shapes: Vec<Shape>,
}

/// The page, made once from a document.
///
/// # Errors
/// None that is known: writing into memory does not fail.
pub(crate) fn page(document: &utoipa::openapi::OpenApi) -> Result<String, askama::Error> {
    // A document made from the code has a JSON form; without one the page says so by being empty.
    let document = serde_json::to_value(document).unwrap_or_default();
    Page {
        title: text(&document["info"]["title"]),
        version: text(&document["info"]["version"]),
        about: prose(&text(&document["info"]["description"])),
        style: STYLE,
        groups: operations(&document),
        shapes: entries(&document["components"]["schemas"]).map(shape).collect(),
    }
    .render()
}

/// The page as an answer. Nothing but its own style may be used by it, and nothing may hold it in a frame.
pub(crate) fn answer(page: String) -> Response {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(page).into_response();
    // Base64 and words are always a value.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn operations(document: &Value) -> BTreeMap<String, Vec<Operation>> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in entries(&document["paths"]) {
        for method in METHODS {
            let Some(found) = item.get(method) else { continue };
            let tag = found["tags"][0].as_str().unwrap_or("other");
            groups
                .entry(tag.to_owned())
                .or_default()
                .push(operation(path, method, found));
        }
    }
    groups
}

fn operation(path: &str, method: &str, found: &Value) -> Operation {
    let parameters = list(&found["parameters"]).map(|parameter| Row {
        name: text(&parameter["name"]),
        remark: format!("{}{}", text(&parameter["in"]), required(&parameter["required"])),
        kind: kind(&parameter["schema"]),
        about: prose(&text(&parameter["description"])),
    });
    let answers = entries(&found["responses"]).map(|(code, answer)| {
        let mut content = entries(&answer["content"]);
        let (media, body) = content.next().unzip();
        Row {
            name: code.clone(),
            remark: media.cloned().unwrap_or_default(),
            kind: body.map(|body| kind(&body["schema"])).unwrap_or_default(),
            about: prose(&text(&answer["description"])),
        }
    });
    let bodies = entries(&found["requestBody"]["content"]).map(|(media, body)| Row {
        name: media.clone(),
        remark: required(&found["requestBody"]["required"])
            .trim_start_matches(", ")
            .to_owned(),
        kind: kind(&body["schema"]),
        about: prose(&text(&found["requestBody"]["description"])),
    });
    // Where security is stated and empty, nobody needs a key.
    let is_open = list(&found["security"]).any(|way| way.as_object().is_some_and(Map::is_empty));
    Operation {
        id: anchor(&format!("{method} {path}")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: prose(&text(&found["summary"])),
        about: prose(&text(&found["description"])),
        needs_key: !is_open,
        parameters: parameters.collect(),
        bodies: bodies.collect(),
        answers: answers.collect(),
    }
}

fn shape((name, schema): (&String, &Value)) -> Shape {
    let needed: Vec<_> = list(&schema["required"]).filter_map(Value::as_str).collect();
    let fields = entries(&schema["properties"]).map(|(field, schema)| Row {
        name: field.clone(),
        remark: match needed.contains(&field.as_str()) {
            true => String::new(),
            false => "optional".to_owned(),
        },
        kind: kind(schema),
        about: prose(&text(&schema["description"])),
    });
    let fields: Vec<_> = fields.collect();
    Shape {
        id: anchor(&format!("shape {name}")),
        name: name.clone(),
        about: prose(&text(&schema["description"])),
        kind: if fields.is_empty() {
            kind(schema)
        } else {
            Vec::new()
        },
        fields,
    }
}

/// What values a schema allows, in words.
fn kind(schema: &Value) -> Vec<Piece> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return vec![Piece {
            text: name.to_owned(),
            is_code: true,
            link: Some(anchor(&format!("shape {name}"))),
        }];
    }
    for (several, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        let all: Vec<_> = list(&schema[several])
            .map(kind)
            .filter(|kind| !kind.is_empty())
            .collect();
        if !all.is_empty() {
            return all.join(&plain(between)[..]);
        }
    }
    let values: Vec<_> = list(&schema["enum"])
        .map(|value| code(&value_text(value)))
        .collect();
    if !values.is_empty() {
        return values.join(&plain(", ")[..]);
    }
    let types = match &schema["type"] {
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>(),
        other => vec![text(other)],
    };
    let mut said = Vec::new();
    for name in types.iter().filter(|name| !name.is_empty()) {
        if !said.is_empty() {
            said.extend(plain(" or "));
        }
        match name.as_str() {
            "array" => {
                said.extend(plain("list of "));
                said.extend(kind(&schema["items"]));
            }
            other => said.extend(plain(other)),
        }
    }
    for (key, word) in [
        ("format", ""),
        ("minimum", "from "),
        ("maximum", "to "),
        ("default", "default "),
    ] {
        if let Some(value) = schema.get(key) {
            said.extend(plain(&format!(", {word}{}", value_text(value))));
        }
    }
    said
}

/// Text with `code` in it.
fn prose(text: &str) -> Vec<Piece> {
    let pieces = text.split('`').enumerate().filter(|(_, text)| !text.is_empty());
    pieces
        .map(|(number, text)| Piece {
            text: text.to_owned(),
            is_code: number % 2 == 1,
            link: None,
        })
        .collect()
}

fn plain(text: &str) -> Vec<Piece> {
    vec![Piece {
        text: text.to_owned(),
        is_code: false,
        link: None,
    }]
}

fn code(text: &str) -> Vec<Piece> {
    let mut pieces = plain(text);
    pieces.iter_mut().for_each(|piece| piece.is_code = true);
    pieces
}

fn required(value: &Value) -> &'static str {
    match value.as_bool() {
        Some(true) => ", required",
        _ => "",
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A name that an address on the page can end with.
fn anchor(text: &str) -> String {
    let mut anchor: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    while anchor.contains("--") {
        anchor = anchor.replace("--", "-");
    }
    anchor.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::openapi;

    #[test]
    fn every_operation_and_every_shape_is_on_the_page() {
        let document = openapi();
        let page = page(&document).unwrap();
        let document = serde_json::to_value(document).unwrap();
        let mut operations = 0;
        for (path, item) in entries(&document["paths"]) {
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let id = format!("id=\"{}\"", anchor(&format!("{method} {path}")));
                assert_eq!(page.matches(&id).count(), 1, "{id}");
                assert!(page.contains(path.as_str()));
                operations += 1;
            }
        }
        assert!(operations > 20);
        let links = page.split("href=\"#").skip(1);
        for link in links.map(|rest| rest.split('"').next().unwrap()) {
            assert_eq!(
                page.matches(&format!("id=\"{link}\"")).count(),
                1,
                "{link} leads nowhere"
            );
        }
    }

    #[test]
    fn the_page_needs_nothing_else_and_says_so() {
        let page = page(&openapi()).unwrap();
        for outside in [
            "<script", "http://", "https://", "<img", "<link", "@import", "url(",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(
            page.contains(&format!("<style>{STYLE}</style>")),
            "or its hash is another"
        );
        let response = answer(page);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
    }

    #[test]
    fn what_is_written_in_the_document_is_text_on_the_page() {
        let found = serde_json::json!({"summary": "<b>`a<b`</b>", "responses": {}});
        let operation = operation("/<x>", "get", &found);
        let page = Page {
            title: "t".to_owned(),
            version: "1".to_owned(),
            about: Vec::new(),
            style: STYLE,
            groups: BTreeMap::from([("tag".to_owned(), vec![operation])]),
            shapes: Vec::new(),
        };
        let page = page.render().unwrap();
        assert!(!page.contains("<b>") && !page.contains("/<x>"), "{page}");
    }

    #[test]
    fn kinds_are_said_in_words() {
        let said = |schema: Value| -> String { kind(&schema).into_iter().map(|piece| piece.text).collect() };
        for (schema, words) in [
            (serde_json::json!({"type": "string"}), "string"),
            (serde_json::json!({"type": ["string", "null"]}), "string or null"),
            (
                serde_json::json!({"type": "array", "items": {"$ref": "#/components/schemas/Item"}}),
                "list of Item",
            ),
            (serde_json::json!({"enum": ["a", "b"]}), "a, b"),
            (
                serde_json::json!({"oneOf": [{"type": "null"}, {"$ref": "#/a/B"}]}),
                "null or B",
            ),
            (
                serde_json::json!({"type": "integer", "minimum": 1, "default": 100}),
                "integer, from 1, default 100",
            ),
        ] {
            assert_eq!(said(schema), words);
        }
    }
}
