//! `/c/banks`, `/c/bank`: banks of known content. Those of content that only looks like it have no place in HMA.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{Bank, BankId, BankKind, BankName};
use pipeline::banks::BanksError;
use pipeline::curate::Edit;
use serde_json::{Value, json};
use store::StoreError;

use super::errors::{Error, told};
use super::input::{Fields, Path};
use super::{Hma, answer, fine, may_curate};
use crate::auth::Caller;

/// A bank as HMA shows it.
pub(super) fn view(bank: &Bank) -> Value {
    let ratio = match bank.enabled {
        true => bank.enabled_ratio,
        false => 0.0,
    };
    json!({ "matching_enabled_ratio": ratio, "name": bank.name.as_str() })
}

/// A bank that the caller may see; `None` where there is none, or none for it.
pub(super) fn find(hma: &Hma, caller: &Caller, name: &str) -> Result<Option<Bank>, Error> {
    let Ok(name) = name.parse::<BankName>() else {
        return Ok(None);
    };
    match hma.store().bank(&name) {
        Ok(bank) => {
            Ok(Some(bank).filter(|bank| bank.kind == BankKind::Known && caller.sees_bank(&bank.name)))
        }
        Err(StoreError::NoBank(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// As [`find`], with HMA's answer where there is none.
pub(super) fn must_find(hma: &Hma, caller: &Caller, name: &str) -> Result<Bank, Error> {
    let shown = told(name);
    find(hma, caller, name)?.ok_or_else(|| Error::missing(format!("bank '{shown}' not found")))
}

/// A name as HMA wants it.
pub(super) fn bank_name(text: &str) -> Result<BankName, Error> {
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    let good = text.bytes().next().is_some_and(letter)
        && text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| good)
        .ok_or_else(|| Error::bad("Bank names must be UPPER_WITH_UNDERSCORE"))
}

/// In which part of lookups a bank is matched.
fn ratio(enabled: Option<bool>, ratio: Option<f64>) -> Result<Option<f64>, Error> {
    match (enabled, ratio) {
        (_, Some(ratio)) if !(0.0..=1.0).contains(&ratio) => {
            Err(Error::bad("enabled_ratio must be between 0 and 1"))
        }
        (Some(false), _) => Ok(Some(0.0)),
        (Some(true), None) => Ok(Some(1.0)),
        (_, ratio) => Ok(ratio),
    }
}

pub(super) async fn list(State(hma): State<Arc<Hma>>, caller: Caller) -> Result<Response, Error> {
    may_curate(&caller)?;
    let banks = hma.apart(|hma| Ok(hma.store().banks()?)).await?;
    let views: Vec<Value> = banks
        .iter()
        .map(|known| &known.bank)
        .filter(|bank| bank.kind == BankKind::Known && caller.sees_bank(&bank.name))
        .map(view)
        .collect();
    Ok(fine(&views.into()))
}

pub(super) async fn create(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let mut body = Fields::of_body(request).await?;
    let name = body.required_text("name");
    let enabled_ratio = body.number("enabled_ratio");
    let enabled = body.flag("enabled");
    body.check()?;
    let name = bank_name(&name)?;
    let ratio = ratio(enabled, enabled_ratio)?.unwrap_or(1.0);
    may_name(&caller, &name)?;
    let bank = hma.apart(move |hma| -> Result<Bank, Error> {
        let edit = Edit::CreateBank {
            name,
            kind: BankKind::Known,
            enabled_ratio: ratio,
        };
        let done = hma
            .edit(&caller, &edit)
            .map_err(|error| taken(error, "Bank already exists"))?;
        changed(hma, done.bank)
    });
    Ok(answer(StatusCode::CREATED, &view(&bank.await?)))
}

pub(super) fn may_name(caller: &Caller, name: &BankName) -> Result<(), Error> {
    match caller.sees_bank(name) {
        true => Ok(()),
        false => Err(Error::forbidden("the key is for other banks")),
    }
}

/// That a name is taken, in HMA's words.
pub(super) fn taken(error: BanksError, message: &str) -> Error {
    match error {
        BanksError::Store(StoreError::BankExists(_)) => Error::forbidden(message),
        other => other.into(),
    }
}

/// A bank as it is after an edit of it.
fn changed(hma: &Hma, bank: Option<BankId>) -> Result<Bank, Error> {
    bank.and_then(|bank| hma.app.banks.bank(bank))
        // Another caller may be faster.
        .ok_or_else(|| Error::missing("the bank was removed meanwhile"))
}

pub(super) async fn get(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let bank = hma.apart(move |hma| must_find(hma, &caller, &name)).await?;
    Ok(fine(&view(&bank)))
}

pub(super) async fn change(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    let mut body = Fields::of_body(request).await?;
    let new_name = body.text("name");
    let enabled = body.flag("enabled");
    let enabled_ratio = body.number("enabled_ratio");
    body.check()?;
    let bank = hma.apart(move |hma| -> Result<Bank, Error> {
        let bank = find(hma, &caller, &name)?.ok_or_else(|| Error::missing("Bank not found"))?;
        let name = new_name.as_deref().map(bank_name).transpose()?;
        if let Some(name) = &name {
            may_name(&caller, name)?;
        }
        let edit = Edit::ChangeBank {
            bank: bank.id,
            name,
            enabled_ratio: ratio(enabled, enabled_ratio)?,
        };
        hma.edit(&caller, &edit)
            .map_err(|error| taken(error, "Bank name already exists"))?;
        changed(hma, Some(bank.id))
    });
    Ok(fine(&view(&bank.await?)))
}

pub(super) async fn remove(
    State(hma): State<Arc<Hma>>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    may_curate(&caller)?;
    hma.apart(move |hma| match find(hma, &caller, &name)? {
        Some(bank) => remove_bank(hma, &caller, &bank),
        None => Ok(()),
    })
    .await?;
    Ok(fine(&json!({ "message": "Done" })))
}

/// Removes a bank with all that is in it.
pub(super) fn remove_bank(hma: &Hma, caller: &Caller, bank: &Bank) -> Result<(), Error> {
    hma.edit(caller, &Edit::RemoveBank { bank: bank.id })?;
    Ok(())
}
