//! `/c/exchange`, `/c/exchanges`: what is configured is kept, and nothing is fetched yet, which the status says.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use pipeline::curate::{Credentials, Edit};
use serde_json::{Value, json};
use store::{Exchange, NewExchange};

use super::banks::{bank_name, may_name, remove_bank, taken};
use super::errors::{Error, told};
use super::exchange_api::{Api, Configuration, read};
use super::input::{Fields, Path, json_body, json_object};
use super::{Hma, answer, fine, may_curate};
use crate::auth::Caller;

/// What the status says beside HMA's own fields.
const NOT_FETCHED: &str = "the configuration is kept; this version does not fetch from exchanges yet";

pub(super) async fn apis(caller: Caller) -> Result<Response, Error> {
    may_curate(&caller)?;
    let names: Vec<&str> = Api::all().iter().map(|api| api.name).collect();
    Ok(fine(&json!(names)))
}

fn api_named(name: &str) -> Result<&'static Api, Error> {
    Api::named(name).ok_or_else(|| Error::bad(format!("no such Exchange API '{}'", told(name))))
}

/// Whether there are credentials: never which.
fn authentication(hma: &Hma, api: &Api) -> Result<Value, Error> {
    Ok(json!({
        "has_set_authentification": hma.store().has_credentials(api.name)?,
        "supports_authentification": api.credentials.is_some(),
    }))
}

pub(super) async fn api(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let api = api_named(&name)?;
    Ok(fine(&hma.apart(move |hma| authentication(hma, api)).await?))
}

pub(super) async fn set_credentials(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let api = api_named(&name)?;
    const NO_OBJECT: &str = "this endpoint expects a json object payload";
    let mut body = json_object(request, NO_OBJECT).await?;
    let given = match body.remove("credential_json") {
        None | Some(Value::Null) => None,
        Some(Value::Object(given)) => Some(given),
        Some(_) => return Err(Error::bad(NO_OBJECT)),
    };
    let given = given
        .map(|given| match api.credentials {
            _ if given.is_empty() => Ok(None),
            Some(fields) => read(fields, &given)
                .map(|read| Some(Value::Object(read).to_string()))
                .map_err(|why| Error::bad(format!("Failed to parse `credential_json` - {why}"))),
            None => Err(Error::bad(format!("{} takes no credentials", api.name))),
        })
        .transpose()?;
    let view = hma.apart(move |hma| -> Result<Value, Error> {
        if let Some(credentials) = given {
            let edit = Edit::SetCredentials {
                api: api.name.to_owned(),
                credentials: credentials.map(Credentials),
            };
            hma.edit(&caller, &edit)?;
        }
        authentication(hma, api)
    });
    Ok(fine(&view.await?))
}

pub(super) async fn schema(caller: Caller, Path(name): Path<String>) -> Result<Response, Error> {
    may_curate(&caller)?;
    let api = Api::named(&name);
    let api = api.ok_or_else(|| Error::missing(format!("Exchange API '{}' not found", told(&name))))?;
    Ok(fine(&api.schema()))
}

/// A new exchange, checked in the order in which HMA does it.
fn new_exchange(body: &Value) -> Result<NewExchange, Error> {
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let bank = text("bank").ok_or_else(|| Error::bad("bank is required"))?;
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !bank.bytes().all(letter) {
        return Err(Error::bad("Field `bank` must match /^[A-Z0-9_]+$/"));
    }
    let no_settings = Value::Object(serde_json::Map::new());
    let settings = body.get("api_json").unwrap_or(&no_settings);
    let settings = settings
        .as_object()
        .ok_or_else(|| Error::bad("Field `api_json` must be object"))?;
    let api = text("api").ok_or_else(|| Error::bad("Field `api_type` is required"))?;
    let api = Api::named(api).ok_or_else(|| Error::bad(format!("No such exchange type '{}'", told(api))))?;
    let settings = read(api.settings, settings)
        .map_err(|why| Error::bad(format!("Failed to parse `api_json` - {why}")))?;
    Ok(NewExchange {
        name: bank_name(bank)?,
        api: api.name.to_owned(),
        settings: Value::Object(settings).to_string(),
    })
}

pub(super) async fn create(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let new = new_exchange(&json_body(request).await?)?;
    may_name(&caller, &new.name)?;
    let edit = Edit::CreateExchange {
        name: new.name,
        api: new.api,
        settings: new.settings,
        enabled: true,
    };
    hma.apart(move |hma| {
        hma.edit(&caller, &edit)
            .map_err(|error| taken(error, "Exchange or bank of this name already exists"))
    })
    .await?;
    Ok(answer(
        StatusCode::CREATED,
        &json!({ "message": "Created successfully" }),
    ))
}

/// The exchanges whose banks the caller may see.
fn seen(hma: &Hma, caller: &Caller) -> Result<Vec<Exchange>, Error> {
    let exchanges = hma.store().exchanges()?;
    let banks = hma.store().banks()?;
    let sees = |exchange: &Exchange| {
        let bank = banks.iter().find(|known| known.bank.id == exchange.bank);
        bank.is_some_and(|known| caller.sees_bank(&known.bank.name))
    };
    Ok(exchanges.into_iter().filter(sees).collect())
}

fn find(hma: &Hma, caller: &Caller, name: &str) -> Result<Exchange, Error> {
    seen(hma, caller)?
        .into_iter()
        .find(|exchange| exchange.name == name)
        .ok_or_else(|| Error::missing(format!("Exchange '{}' not found", told(name))))
}

pub(super) async fn list(State(hma): State<Arc<Hma>>, caller: Caller) -> Result<Response, Error> {
    may_curate(&caller)?;
    let exchanges = hma.apart(move |hma| seen(hma, &caller)).await?;
    let names: Vec<String> = exchanges.into_iter().map(|exchange| exchange.name).collect();
    Ok(fine(&names.into()))
}

/// A configuration as HMA prints it: indented, in the order of its fields, without a line break at its end.
fn configuration(exchange: &Exchange) -> Response {
    // Texts, numbers and lists of them always have a JSON form.
    let body = serde_json::to_string_pretty(&Configuration::of(exchange)).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub(super) async fn get(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let exchange = hma.apart(move |hma| find(hma, &caller, &name)).await?;
    Ok(configuration(&exchange))
}

pub(super) async fn change(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let mut body = Fields::of_body(request).await?;
    let enabled = body.flag("enabled");
    body.check()?;
    let exchange = hma.apart(move |hma| -> Result<Exchange, Error> {
        let exchange = find(hma, &caller, &name)?;
        if let Some(enabled) = enabled {
            let edit = Edit::SwitchExchange {
                name: exchange.name,
                bank: exchange.bank,
                enabled,
            };
            hma.edit(&caller, &edit)?;
        }
        find(hma, &caller, &name)
    });
    Ok(configuration(&exchange.await?))
}

pub(super) async fn status(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    hma.apart(move |hma| find(hma, &caller, &name)).await?;
    Ok(fine(&json!({
        "checkpoint_ts": null,
        "fetched_items": 0,
        "last_fetch_complete_ts": null,
        "last_fetch_succeeded": null,
        "message": NOT_FETCHED,
        "running_fetch_start_ts": null,
        "up_to_date": false,
    })))
}

/// Removes an exchange with its bank and all that is in it.
pub(super) async fn remove(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    hma.apart(move |hma| {
        let Some(exchange) = seen(hma, &caller)?
            .into_iter()
            .find(|exchange| exchange.name == name)
        else {
            return Ok(());
        };
        match hma.app.banks.bank(exchange.bank) {
            Some(bank) => remove_bank(hma, &caller, &bank),
            None => Ok(()),
        }
    })
    .await?;
    Ok(fine(&json!({ "message": "Exchange deleted" })))
}
