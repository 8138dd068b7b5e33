//! One's own account: password and second factor.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use super::fields::Fields;
use super::page::{Answer, Reader, Seen, page, page_with, see_other};
use crate::app::App;
use crate::auth::{password, totp};
use crate::problem::Problem;
use model::Right;
use pipeline::report::Html;

#[derive(Template)]
#[template(path = "console/account.html")]
struct AccountPage {
    seen: Seen,
    title: String,
    has_factor: bool,
    codes_left: String,
    fewest: usize,
    /// Whether passkeys are possible.
    has_site: bool,
    passkeys: Vec<PasskeyRow>,
    /// What the provider is called, where there is one.
    provider: Option<String>,
    /// Whether the account there is linked.
    is_linked: bool,
    wrong: Option<String>,
}

struct PasskeyRow {
    id: i64,
    name: Html,
    /// The name for readers of the screen.
    plain: String,
    made: Html,
    used: String,
}

#[derive(Template)]
#[template(path = "console/factor.html")]
struct FactorPage {
    seen: Seen,
    title: String,
    /// In base32, as apps take it.
    secret: String,
    /// The same as an address that apps open.
    address: String,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "console/codes.html")]
struct CodesPage {
    seen: Seen,
    title: String,
    codes: Vec<String>,
}

async fn account(app: &Arc<App>, seen: Seen, wrong: Option<String>) -> Result<AccountPage, Problem> {
    let person = seen.reader()?.person.id;
    let (left, passkeys, is_linked) = app
        .apart(move |app| {
            let store = app.intake.store();
            let is_linked = match &app.oidc {
                Some(oidc) => store.has_identity(person, oidc.issuer())?,
                None => false,
            };
            let left = store.recovery_codes_left(person)?;
            Ok::<_, store::StoreError>((left, store.passkeys(person)?, is_linked))
        })
        .await?;
    let passkeys = passkeys.into_iter().map(|passkey| PasskeyRow {
        id: passkey.id.0,
        name: Html::foreign(&passkey.name),
        made: seen.time(&passkey.made_at),
        used: match passkey.used_at {
            Some(at) => format!("{} {}", seen.say("passkey-used"), seen.age(&at)),
            None => seen.say("passkey-unused"),
        },
        plain: passkey.name,
    });
    let passkeys = passkeys.collect();
    let site = app.settings.site.as_ref();
    Ok(AccountPage {
        title: seen.say("account"),
        has_factor: seen.reader()?.person.has_totp,
        codes_left: seen.count("codes-left", left),
        seen,
        fewest: password::FEWEST,
        has_site: site.is_some_and(|site| site.domain().is_some()),
        passkeys,
        provider: site.and(app.oidc.as_ref()).map(|oidc| oidc.name().to_owned()),
        is_linked,
        wrong,
    })
}

pub(super) async fn show(State(app): State<Arc<App>>, seen: Seen) -> Answer {
    page(&account(&app, seen, None).await?)
}

/// Whether the reader has typed their own password; not to be tried again and again.
pub(super) async fn is_own_password(app: &Arc<App>, reader: &Reader, typed: String) -> Result<bool, Problem> {
    let name = reader.person.name.clone();
    app.console
        .names
        .take(name.to_string())
        .map_err(Problem::too_many)?;
    let known = app.apart(move |app| app.intake.store().proof(&name)).await?;
    let fits = password::fits(typed, known.map(|known| known.password)).await?;
    if fits {
        app.console.names.forget(&reader.person.name.to_string());
    }
    Ok(fits)
}

/// Changes the password; every other session ends.
pub(super) async fn change_password(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let reader = seen.reader()?.clone();
    let chosen = fields.get("password").to_owned();
    let wrong = if !is_own_password(&app, &reader, fields.get("current").to_owned()).await? {
        Some(seen.say("password-wrong"))
    } else if password::check(&chosen).is_err() {
        Some(seen.count("password-short", password::FEWEST as u64))
    } else if chosen != fields.get("again") {
        Some(seen.say("password-differs"))
    } else {
        None
    };
    if wrong.is_some() {
        return page_with(StatusCode::BAD_REQUEST, &account(&app, seen, wrong).await?);
    }
    let hash = password::hash(chosen).await?;
    let now = seen.now;
    app.apart(move |app| {
        app.intake
            .store()
            .set_password(reader.person.id, &hash, reader.session.id, now)
    })
    .await?;
    Ok(see_other("/console/account"))
}

fn factor(seen: Seen, secret: &[u8], wrong: Option<String>) -> Result<FactorPage, Problem> {
    let secret = totp::base32(secret);
    let name: String = seen.reader()?.person.id.0.to_string();
    Ok(FactorPage {
        title: seen.say("factor"),
        address: format!("otpauth://totp/Basira:person-{name}?secret={secret}&issuer=Basira"),
        seen,
        secret,
        wrong,
    })
}

/// Shows a new secret. It is the reader's when they have shown that their app has it.
pub(super) async fn begin_factor(seen: Seen) -> Answer {
    page(&factor(seen, &totp::new_secret()?, None)?)
}

/// Takes the first code of a new secret, and shows the recovery codes.
pub(super) async fn confirm_factor(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let secret = totp::from_base32(fields.get("secret"));
    let secret =
        secret.ok_or_else(|| Problem::field("secret", "it is no secret of this page; begin again"))?;
    let reader = seen.reader()?.clone();
    let step = totp::step_of(&secret, fields.get("code"), seen.now);
    let is_own = is_own_password(&app, &reader, fields.get("password").to_owned()).await?;
    let Some(step) = step.filter(|_| is_own) else {
        let wrong = seen.say("factor-wrong");
        return page_with(StatusCode::BAD_REQUEST, &factor(seen, &secret, Some(wrong))?);
    };
    let codes = totp::recovery_codes()?;
    let digests = codes.iter().map(|code| totp::recovery_digest(code)).collect();
    let now = seen.now;
    app.apart(move |app| {
        let factor = Some((&secret[..], step, digests));
        app.intake.store().set_totp(reader.person.id, factor, now)
    })
    .await?;
    page(&CodesPage {
        title: seen.say("codes"),
        seen,
        codes,
    })
}

/// Takes the second factor away.
pub(super) async fn remove_factor(State(app): State<Arc<App>>, seen: Seen, fields: Fields) -> Answer {
    let reader = seen.reader()?.clone();
    if !is_own_password(&app, &reader, fields.get("password").to_owned()).await? {
        let wrong = Some(seen.say("password-wrong"));
        return page_with(StatusCode::BAD_REQUEST, &account(&app, seen, wrong).await?);
    }
    let now = seen.now;
    app.apart(move |app| app.intake.store().set_totp(reader.person.id, None, now))
        .await?;
    Ok(see_other("/console/account"))
}
