//! Forms for whoever has no account: to report content, to appeal against a decision, to ask what has become of either. They
//! are there where the operator wants them.
//!
//! They know nobody: no cookie is set and none is read, so that a form that another site sends can do nothing that this site
//! could not do itself; it is refused all the same. How often an address may send one is limited. The language follows from
//! `?lang=` or the browser. What a code is good for is asked by a form too, so that no address has a code in it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{Extensions, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use jiff::Timestamp;
use pipeline::report::{Html, Lang};

use super::choices::Choices;
use super::fields::{Fields, LIMIT};
use super::gate::{hex, is_of_this_origin, preferred, with_headers};
use super::page::{ProblemPage, Seen, page_with};
use super::table::{ConsoleRoute, Need};
use super::{hosted_appeal, hosted_report};
use crate::app::App;
use crate::problem::Problem;

type Row = (&'static str, MethodRouter<Arc<App>>, &'static str);

/// The rows: a path, what answers, by which method.
fn rows() -> Vec<Row> {
    vec![
        ("/report", get(hosted_report::show), "GET"),
        ("/report", post(hosted_report::send), "POST"),
        ("/report/status", get(hosted_report::ask), "GET"),
        ("/report/status", post(hosted_report::tell), "POST"),
        ("/appeal", get(hosted_appeal::show), "GET"),
        ("/appeal", post(hosted_appeal::send), "POST"),
    ]
}

/// Every form that needs no account.
pub fn hosted_routes() -> Vec<ConsoleRoute> {
    let rows = rows().into_iter();
    rows.map(|(path, _, method)| ConsoleRoute {
        method,
        path,
        need: Need::Anybody,
    })
    .collect()
}

/// The forms, if the operator wants them.
pub(crate) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    if !app.settings.forms {
        return Router::new();
    }
    let rows = rows().into_iter();
    rows.fold(Router::new(), |router, (path, answers, _)| {
        router.route(path, answers.layer(from_fn_with_state(Arc::clone(app), door)))
    })
}

/// A code that somebody has to keep.
#[derive(Template)]
#[template(path = "console/hosted_code.html")]
pub(super) struct CodePage {
    pub(super) seen: Seen,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) code: String,
}

/// The page of what went wrong.
#[derive(Template)]
#[template(path = "console/hosted_problem.html")]
struct HostedProblem {
    seen: Seen,
    title: String,
    status: u16,
    detail: Html,
}

/// What stands in front of every form.
async fn door(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let seen = match see(&request) {
        Ok(seen) => seen,
        Err(problem) => return problem.into_response(),
    };
    let response = match pass(&app, &seen, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    finish(response, seen)
}

fn see(request: &Request) -> Result<Seen, Problem> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    let query = request.uri().query().unwrap_or_default();
    let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang="));
    let chosen: Option<Lang> = chosen.and_then(|lang| lang.parse().ok());
    Ok(Seen {
        lang: chosen.unwrap_or_else(|| preferred(request.headers())),
        nonce: hex(&random),
        now: Timestamp::now(),
        path: request.uri().path().to_owned(),
        reader: None,
        choices: Choices::default(),
        queues: Arc::default(),
        // Nothing of the service is told to whoever has no account.
        incidents: Arc::default(),
    })
}

/// Whether a request may pass; it has been given what its page is told then.
async fn pass(app: &App, seen: &Seen, request: Request) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(seen.clone());
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return Ok(Request::from_parts(parts, body));
    }
    if !is_of_this_origin(&parts.headers, &parts.uri) {
        return Err(Problem::forbidden(
            "the form was sent from another site, or by a browser that does not say from where; open the form itself",
        ));
    }
    app.console
        .forms
        .take(address(&parts.extensions))
        .map_err(Problem::too_many)?;
    let form = Request::from_parts(
        parts.clone(),
        axum::body::Body::new(http_body_util::Limited::new(body, LIMIT)),
    );
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(form, &())
        .await
        .map_err(|error| Problem::bad_request(error.body_text()))?;
    parts.extensions.insert(Fields(fields));
    Ok(Request::from_parts(parts, axum::body::Body::empty()))
}

/// The address whose forms are counted. Of IPv6 everybody has a whole network.
fn address(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<SocketAddr>();
    match peer.map(|peer| peer.ip().to_canonical()) {
        Some(IpAddr::V6(ip)) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        Some(ip) => ip,
        None => IpAddr::from([0; 4]),
    }
}

/// Puts what went wrong into a page, and gives every answer its headers.
fn finish(response: Response, seen: Seen) -> Response {
    let (nonce, lang) = (seen.nonce.clone(), seen.lang);
    let response = match response.extensions().get::<Problem>().cloned() {
        Some(problem) => {
            let wait = response.headers().get(header::RETRY_AFTER).cloned();
            let ProblemPage {
                seen,
                title,
                status,
                detail,
            } = ProblemPage::new(seen, problem.status(), problem.detail());
            let page = HostedProblem {
                seen,
                title,
                status,
                detail,
            };
            let mut page = page_with(problem.status(), &page).unwrap_or_else(IntoResponse::into_response);
            if let Some(value) = wait {
                page.headers_mut().insert(header::RETRY_AFTER, value);
            }
            page
        }
        None => response,
    };
    with_headers(response, &nonce, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_address_and_of_ipv4_each() {
        let of = |text: &str| {
            let mut extensions = Extensions::new();
            extensions.insert(text.parse::<SocketAddr>().unwrap());
            address(&extensions)
        };
        assert_eq!(of("[2001:db8::1]:1"), of("[2001:db8::ffff:1:2]:9"));
        assert_ne!(of("[2001:db8::1]:1"), of("[2001:db8:0:1::1]:1"));
        assert_ne!(of("192.0.2.1:1"), of("192.0.2.2:1"));
        assert_eq!(of("192.0.2.1:1"), of("[::ffff:192.0.2.1]:2"));
    }
}
