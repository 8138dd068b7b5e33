//! The native API, `/v1`: one file a noun.

pub(crate) mod appeals;
pub(crate) mod banks;
pub(crate) mod deliveries;
pub(crate) mod entries;
pub(crate) mod hash;
pub(crate) mod items;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod lookup;
pub(crate) mod policies;
pub(crate) mod reports;
pub(crate) mod reversals;
pub(crate) mod routing;
pub(crate) mod scan;
pub(crate) mod submission;
pub(crate) mod view;
pub(crate) mod webhooks;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use crate::problem::Problem;

/// What any route may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by utoipa alone")]
pub(crate) enum Refusals {
    /// The request cannot be taken: `detail` says why, `field` where.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// There is no key, or it is not valid.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// The key may not do this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// The body came too slowly.
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(Problem),
    /// It is there already.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is of another type.
    #[response(status = 415, content_type = "application/problem+json")]
    Unsupported(Problem),
    /// Policies that were given do not pass the check: `detail` says which, where, and what to do.
    #[response(status = 422, content_type = "application/problem+json")]
    Unchecked(Problem),
    /// The key asks too often; `Retry-After` says how long to wait.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// Nothing can be done right now; `Retry-After` says how long to wait.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
    /// The disk is full.
    #[response(status = 507, content_type = "application/problem+json")]
    NoRoom(Problem),
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// `next` of the page before; the first page without it.
    pub(crate) cursor: Option<String>,
    /// How many at most: 1 to 1000.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    pub(crate) limit: u32,
}

const fn default_limit() -> u32 {
    100
}

impl PageQuery {
    /// The limit, if it is one.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            1..=1000 => Ok(self.limit),
            other => Err(Problem::field(
                "limit",
                format!("{other} is not between 1 and 1000"),
            )),
        }
    }

    /// The cursor as a number.
    pub(crate) fn after(&self) -> Result<Option<i64>, Problem> {
        self.cursor
            .as_deref()
            .map(|text| {
                text.parse()
                    .ok()
                    .filter(|number| *number >= 0)
                    .ok_or_else(|| Problem::field("cursor", "it is no cursor: use `next` of the page before"))
            })
            .transpose()
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// What is on the page.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// A page of up to `limit`; the next begins after the last of a full one.
    pub(crate) fn of(items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let full = items.len() as u64 >= u64::from(limit);
        let next = items.last().filter(|_| full).map(cursor);
        Self { items, next }
    }
}

/// Words in one parameter, separated by commas.
pub(crate) fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
}
