//! Signal types, their indexes, and types of content.

use std::sync::{Arc, PoisonError};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use model::SignalType;
use pipeline::curate::Edit;
use serde_json::{Map, Value, json};

use super::errors::{Error, told};
use super::input::{Fields, Path};
use super::kind::{Content, Kind};
use super::{Hma, fine, may_curate, may_look_up};
use crate::auth::Caller;

/// How large an index is, and of when its newest entry is.
struct Built {
    size: u64,
    to: i64,
}

fn built(hma: &Hma, kind: Kind) -> Result<Built, Error> {
    let size = match kind {
        Kind::Pdq => hma.app.banks.rows().0 as u64,
        Kind::VideoMd5 => digests(hma)?,
    };
    let newest = hma.store().newest_entry()?.filter(|_| size > 0);
    Ok(Built {
        size,
        to: newest.map_or(-1, Timestamp::as_second),
    })
}

/// Counting looks at every signal, and so is done once a change.
fn digests(hma: &Hma) -> Result<u64, Error> {
    let seq = hma.store().last_seq()?;
    // A number is whole whatever happens to its holder.
    let mut counted = hma.digests.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, count)) = counted.filter(|(at, _)| *at == seq) {
        return Ok(count);
    }
    let count = hma.store().count_signals(SignalType::Md5)?;
    *counted = Some((seq, count));
    Ok(count)
}

/// The signal types that a request asks about.
fn asked(query: &mut Fields) -> Result<Vec<Kind>, Error> {
    let name = query.text("signal_type");
    query.check()?;
    match name {
        None => Ok(Kind::ALL.to_vec()),
        Some(name) => Ok(vec![named(&name)?]),
    }
}

fn named(name: &str) -> Result<Kind, Error> {
    let shown = told(name);
    Kind::named(name).ok_or_else(|| Error::bad(format!("No such signal type '{shown}'")))
}

async fn of_each(
    hma: &Arc<Hma>,
    kinds: Vec<Kind>,
    view: impl Fn(Built) -> Value + Send + 'static,
) -> Result<Response, Error> {
    let views = hma.apart(move |hma| -> Result<Map<String, Value>, Error> {
        let one = |kind: &Kind| Ok((kind.name().to_owned(), view(built(hma, *kind)?)));
        kinds.iter().map(one).collect()
    });
    Ok(fine(&views.await?.into()))
}

/// The indexes as a matcher sees them: always there, and always new.
pub(super) async fn index_status(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
) -> Result<Response, Error> {
    may_look_up(&caller)?;
    let view = |built: Built| json!({ "built_to": built.to, "present": true, "size": built.size });
    of_each(&hma, asked(&mut query)?, view).await
}

/// The indexes as a curator sees them.
pub(super) async fn indexes(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    mut query: Fields,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let view = |built: Built| {
        json!({
            "db_size": built.size,
            "index_built_to": built.to,
            "index_out_of_date": false,
            "index_size": built.size,
            "newest_db_item": built.to,
        })
    };
    of_each(&hma, asked(&mut query)?, view).await
}

pub(super) async fn list(State(hma): State<Arc<Hma>>, caller: Caller) -> Result<Response, Error> {
    may_curate(&caller)?;
    let view = |kind: Kind| json!({ "enabled_ratio": hma.ratio(kind), "name": kind.name() });
    Ok(fine(&Kind::ALL.map(view).as_slice().into()))
}

/// Sets how often a signal type is used: 0 is never.
pub(super) async fn change(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let kind = named(&name)?;
    let mut body = Fields::of_body(request).await?;
    let ratio = body.required_number("enabled_ratio");
    body.check()?;
    if !(0.0..=1.0).contains(&ratio) {
        return Err(Error::bad("enabled_ratio must be between 0 and 1"));
    }
    hma.apart(move |hma| {
        let kind = kind.signal_type();
        hma.edit(&caller, &Edit::SetSignalRatio { kind, ratio })?;
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn content_types(caller: Caller) -> Result<Response, Error> {
    may_curate(&caller)?;
    let view = |content: Content| json!({ "enabled": true, "name": content.name() });
    Ok(fine(&Content::ALL.map(view).as_slice().into()))
}
