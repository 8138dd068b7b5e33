//! What every page is told, and how it is answered.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html as Page, IntoResponse, Response};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use model::{PersonId, Queue, Right, Severity};
use pipeline::report::{Html, Lang};
use store::{Case, Incident, Person, Session, actor};

use super::choices::{Choices, Theme};
use super::words;
use crate::problem::Problem;

/// An answer to a page or a form.
pub(super) type Answer = Result<Response, Problem>;

/// Who reads a page.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub(super) session: Session,
    pub(super) person: Person,
    /// What a form of theirs must send back.
    pub(super) token: String,
}

/// What every page is told.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) lang: Lang,
    pub(super) nonce: String,
    pub(super) now: Timestamp,
    /// The address of the page, for the menu.
    pub(super) path: String,
    pub(super) reader: Option<Reader>,
    /// How they read.
    pub(super) choices: Choices,
    /// All queues.
    pub(super) queues: Arc<[Queue]>,
    /// What is told on every page: the incidents that are on.
    pub(super) incidents: Arc<[Incident]>,
}

impl Seen {
    pub(super) fn say(&self, id: &str) -> String {
        words::say(self.lang, id, &[])
    }

    /// A message with a number in it, in the right form.
    pub(super) fn count(&self, id: &str, number: impl Into<FluentValue<'static>>) -> String {
        self.digits(&words::say(self.lang, id, &[("n", number.into())]))
    }

    /// A text of ours with the digits that the reader has chosen.
    pub(super) fn digits(&self, text: &str) -> String {
        self.choices.digits(text)
    }

    /// A number, in groups of three digits.
    pub(super) fn number(&self, number: u64) -> Html {
        Html::code(&self.digits(&Html::grouped(number)))
    }

    /// The colours that the reader has chosen; the empty text where they are those of the device.
    pub(super) fn theme(&self) -> &'static str {
        match self.choices.theme {
            Theme::Device => "",
            theme => theme.name(),
        }
    }

    /// The word of an enum's value: the message `family-` and its name.
    pub(super) fn word(&self, family: &str, name: &str) -> String {
        self.say(&format!("{family}{name}"))
    }

    /// The message `family-` and a name, with a number in it.
    pub(super) fn count_word(
        &self,
        family: &str,
        name: &str,
        number: impl Into<FluentValue<'static>>,
    ) -> String {
        self.count(&format!("{family}{name}"), number)
    }

    pub(super) fn code(&self) -> &'static str {
        self.lang.code()
    }

    pub(super) fn direction(&self) -> &'static str {
        self.lang.direction()
    }

    /// The other language: its code and its own name.
    pub(super) fn other(&self) -> (&'static str, &'static str) {
        match self.lang {
            Lang::En => ("ar", "العربية"),
            Lang::Ar => ("en", "English"),
        }
    }

    pub(super) fn token(&self) -> &str {
        self.reader.as_ref().map_or("", |reader| &reader.token)
    }

    /// Whether the reader has a right somewhere.
    pub(super) fn may(&self, right: Right) -> bool {
        let mut grants = self.reader.iter().flat_map(|reader| &reader.person.grants);
        grants.any(|grant| grant.gives(right))
    }

    /// Whether the reader has a right in every queue, whatever the severity.
    pub(super) fn may_everywhere(&self, right: Right) -> bool {
        let mut grants = self.reader.iter().flat_map(|reader| &reader.person.grants);
        grants.any(|grant| grant.gives(right) && grant.queue.is_none() && grant.most == Severity::Critical)
    }

    /// Whether the reader has a right on a case.
    pub(super) fn may_on(&self, right: Right, case: &Case) -> bool {
        let mut grants = self.reader.iter().flat_map(|reader| &reader.person.grants);
        grants.any(|grant| grant.gives_on(right, case.queue, case.severity))
    }

    /// The queues of which the reader has a right on some cases, and on the most severe of which.
    pub(super) fn queues_of(&self, right: Right) -> Vec<(Queue, Severity)> {
        let grants: Vec<_> = self
            .reader
            .iter()
            .flat_map(|reader| &reader.person.grants)
            .collect();
        let most = |queue: &Queue| {
            let mut severities = Severity::ALL.iter().rev();
            severities
                .find(|severity| {
                    grants
                        .iter()
                        .any(|grant| grant.gives_on(right, *queue, **severity))
                })
                .map(|severity| (*queue, *severity))
        };
        self.queues.iter().filter_map(most).collect()
    }

    /// A queue in words: its own name, where a routing has made it.
    pub(super) fn queue(&self, queue: Queue) -> String {
        match queue {
            Queue::Named(name) => name.as_str().to_owned(),
            always => self.word("queue-", always.name()),
        }
    }

    /// The incidents that are on: what each is called, and when it ends.
    pub(super) fn banners(&self) -> Vec<(Html, Html)> {
        let incidents = self.incidents.iter();
        incidents
            .map(|it| (Html::foreign(&it.name), self.time(&it.ends_at)))
            .collect()
    }

    /// Who reads it. The gate has let nobody else through where it is asked for.
    pub(super) fn reader(&self) -> Result<&Reader, Problem> {
        self.reader
            .as_ref()
            .ok_or_else(|| Problem::forbidden("sign in first"))
    }

    pub(super) fn person(&self) -> Result<PersonId, Problem> {
        Ok(self.reader()?.person.id)
    }

    /// What the log calls the reader.
    pub(super) fn actor(&self) -> Result<String, Problem> {
        Ok(actor(self.person()?))
    }

    /// A time, and for machines the same.
    pub(super) fn time(&self, time: &Timestamp) -> Html {
        let mut text = time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        if let Some((year, month, day)) = self.choices.hijri(time) {
            let sign = self.say("hijri-sign");
            text = format!("{text} ({year:04}-{month:02}-{day:02} {sign})");
        }
        Html::code(&self.digits(&text))
    }

    /// How long ago something was, in words.
    pub(super) fn age(&self, since: &Timestamp) -> String {
        let minutes = self.now.duration_since(*since).as_mins().max(0);
        match minutes {
            0..=119 => self.count("age-minutes", minutes),
            120..=2_879 => self.count("age-hours", minutes / 60),
            _ => self.count("age-days", minutes / 1_440),
        }
    }
}

/// Answers with a page.
pub(super) fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// Answers with a page and a status.
pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let text = template.render().map_err(Problem::internal)?;
    Ok((status, Page(text)).into_response())
}

/// Sends the browser to another page, by GET.
pub(super) fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

/// The page of what went wrong.
#[derive(Template)]
#[template(path = "console/problem.html")]
pub(super) struct ProblemPage {
    pub(super) seen: Seen,
    pub(super) title: String,
    pub(super) status: u16,
    /// What happened and what to do, in English, as the program says it.
    pub(super) detail: Html,
}

impl ProblemPage {
    pub(super) fn new(seen: Seen, status: StatusCode, detail: &str) -> Self {
        let title = match status {
            StatusCode::FORBIDDEN => seen.say("problem-forbidden"),
            StatusCode::NOT_FOUND => seen.say("problem-missing"),
            StatusCode::CONFLICT => seen.say("problem-conflict"),
            StatusCode::TOO_MANY_REQUESTS => seen.say("problem-often"),
            status if status.is_client_error() => seen.say("problem-invalid"),
            _ => seen.say("problem-failed"),
        };
        Self {
            seen,
            title,
            status: status.as_u16(),
            detail: Html::foreign(detail),
        }
    }
}

/// That an answer shows pictures that are in the page itself: the gate allows them for it alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct InlinePictures;
