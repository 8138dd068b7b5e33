//! Passkeys, as WebAuthn level 3 describes them (<https://www.w3.org/TR/webauthn-3/>): what a browser is asked, and whether
//! its answer holds.
//!
//! A passkey knows its person and asks for a gesture that shows who holds the device, so it stands for password and second
//! factor at once. What was asked is kept for five minutes, and is good for one answer.

use std::sync::{Mutex, PoisonError};

use model::PersonId;
use store::{NewPasskey, PasskeyProof};
use thiserror::Error;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialUserEntity, RegistrationVerificationOptions, UserHandle16, Username,
};
use webauthn_rp::request::{AsciiDomain, FixedCapHashSet, InsertResult, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::auth::ser_relaxed::DiscoverableAuthenticationRelaxed16;
use webauthn_rp::response::register::ser_relaxed::RegistrationRelaxed;
use webauthn_rp::response::register::{DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, RegistrationServerState,
};

use super::Site;

/// What is asked at once at most; what was asked and not answered goes after five minutes.
const MOST: usize = 4_096;

/// Why an answer of a browser does not hold.
#[derive(Debug, Error)]
pub(crate) enum PasskeyError {
    /// Passkeys belong to a name.
    #[error(
        "passkeys belong to the name of a site, and this service knows none of its own; set console.url to the address at \
         which browsers reach it, with a name and not a number"
    )]
    NoSite,
    /// Too much was asked at once.
    #[error("too many sign in at once; try again in a minute")]
    Busy,
    /// It is no answer, or to nothing that was asked, or long ago.
    #[error("the answer of the browser belongs to no question of the last five minutes; begin again")]
    Unasked,
    /// The answer is wrong.
    #[error("the answer of the browser does not hold: {0}; begin again")]
    Wrong(String),
}

/// What was asked and not answered yet.
#[derive(Debug)]
pub(crate) struct Passkeys {
    registrations: Mutex<FixedCapHashSet<RegistrationServerState<16>>>,
    uses: Mutex<FixedCapHashSet<DiscoverableAuthenticationServerState>>,
}

impl Default for Passkeys {
    fn default() -> Self {
        Self {
            registrations: Mutex::new(FixedCapHashSet::new(MOST)),
            uses: Mutex::new(FixedCapHashSet::new(MOST)),
        }
    }
}

/// The name that passkeys of a site belong to.
fn party(site: Option<&Site>) -> Result<(RpId, &str), PasskeyError> {
    let site = site.ok_or(PasskeyError::NoSite)?;
    let domain = site.domain().ok_or(PasskeyError::NoSite)?;
    let domain = AsciiDomain::try_from(domain.to_owned()).map_err(|_| PasskeyError::NoSite)?;
    Ok((RpId::Domain(domain), site.origin()))
}

/// What a device calls a person: their number, which says nothing outside of this service.
fn handle(person: PersonId) -> UserHandle16 {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&person.0.to_be_bytes());
    // Any sixteen bytes are one.
    UserHandle16::decode(bytes).unwrap_or_default()
}

fn wrong(error: impl std::fmt::Display) -> PasskeyError {
    PasskeyError::Wrong(error.to_string())
}

impl Passkeys {
    /// What a browser is asked to make a passkey of somebody, as JSON (`PublicKeyCredentialCreationOptionsJSON`); `known`
    /// are the credentials that they have.
    pub(crate) fn ask_to_make(
        &self,
        site: Option<&Site>,
        person: PersonId,
        name: &str,
        known: Vec<Vec<u8>>,
    ) -> Result<String, PasskeyError> {
        let (party, _) = party(site)?;
        let id = handle(person);
        let known = known.into_iter().map(|id| {
            Ok(PublicKeyCredentialDescriptor {
                id: CredentialId::<Vec<u8>>::decode(id).map_err(wrong)?,
                transports: AuthTransports::decode(0).map_err(wrong)?,
            })
        });
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(name.to_owned()).map_err(wrong)?,
            id: &id,
            display_name: None,
        };
        let mut options =
            PublicKeyCredentialCreationOptions::passkey(&party, user, known.collect::<Result<_, _>>()?);
        // Each use must show who holds the device anyway, and many devices do not know this extension.
        options.extensions.cred_protect = CredProtect::None;
        let (asked, question) = options.start_ceremony().map_err(wrong)?;
        let question = serde_json::to_string(&question).map_err(wrong)?;
        let mut asking = self.registrations.lock().unwrap_or_else(PoisonError::into_inner);
        match asking.insert_or_replace_all_expired(asked) {
            InsertResult::Success => Ok(question),
            _ => Err(PasskeyError::Busy),
        }
    }

    /// The passkey that a browser has made for somebody, from its `RegistrationResponseJSON`.
    pub(crate) fn made(
        &self,
        site: Option<&Site>,
        person: PersonId,
        answer: &str,
        name: String,
    ) -> Result<NewPasskey, PasskeyError> {
        let (party, origin) = party(site)?;
        let RegistrationRelaxed(answer) = serde_json::from_str(answer).map_err(wrong)?;
        let challenge = answer.challenge_relaxed().map_err(wrong)?;
        let asked = {
            let mut asking = self.registrations.lock().unwrap_or_else(PoisonError::into_inner);
            asking.take(&challenge).ok_or(PasskeyError::Unasked)?
        };
        let origins = [origin.to_owned()];
        let options = RegistrationVerificationOptions::<'_, '_, String, String> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..RegistrationVerificationOptions::default()
        };
        let made = asked.verify(&party, &answer, &options).map_err(wrong)?;
        if *made.user_id() != handle(person) {
            return Err(PasskeyError::Unasked);
        }
        Ok(NewPasskey {
            credential: made.id().as_ref().to_vec(),
            fixed: made.static_state().encode().map_err(wrong)?,
            moving: made.dynamic_state().encode().map_err(wrong)?.to_vec(),
            name,
        })
    }

    /// What a browser is asked to show a passkey, as JSON (`PublicKeyCredentialRequestOptionsJSON`).
    pub(crate) fn ask_to_show(&self, site: Option<&Site>) -> Result<String, PasskeyError> {
        let (party, _) = party(site)?;
        let options = DiscoverableCredentialRequestOptions::passkey(&party);
        let (asked, question) = options.start_ceremony().map_err(wrong)?;
        let question = serde_json::to_string(&question).map_err(wrong)?;
        let mut asking = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        match asking.insert_or_replace_all_expired(asked) {
            InsertResult::Success => Ok(question),
            _ => Err(PasskeyError::Busy),
        }
    }

    /// Reads what a browser has shown, an `AuthenticationResponseJSON`.
    pub(crate) fn read(answer: &str) -> Result<Shown, PasskeyError> {
        let read: DiscoverableAuthenticationRelaxed16 = serde_json::from_str(answer).map_err(wrong)?;
        Ok(Shown(read.0))
    }

    /// Whether what was shown holds against what is known of the credential; gives what is known of it from then on.
    pub(crate) fn holds(
        &self,
        site: Option<&Site>,
        shown: &Shown,
        known: &PasskeyProof,
    ) -> Result<Vec<u8>, PasskeyError> {
        let (party, origin) = party(site)?;
        let challenge = shown.0.challenge_relaxed().map_err(wrong)?;
        let asked = {
            let mut asking = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
            asking.take(&challenge).ok_or(PasskeyError::Unasked)?
        };
        let user = handle(known.person);
        let moving = <[u8; 7]>::try_from(&known.moving[..]).map_err(wrong)?;
        let mut credential = AuthenticatedCredential::new(
            shown.0.raw_id(),
            &user,
            StaticState::decode(&known.fixed[..]).map_err(wrong)?,
            DynamicState::decode(moving).map_err(wrong)?,
        )
        .map_err(wrong)?;
        let origins = [origin.to_owned()];
        let options = AuthenticationVerificationOptions::<'_, '_, String, String> {
            allowed_origins: &origins,
            error_on_unsolicited_extensions: false,
            ..AuthenticationVerificationOptions::default()
        };
        asked
            .verify(&party, &shown.0, &mut credential, &options)
            .map_err(wrong)?;
        Ok(credential.dynamic_state().encode().map_err(wrong)?.to_vec())
    }
}

/// What a browser has shown.
#[derive(Debug)]
pub(crate) struct Shown(DiscoverableAuthentication16);

impl Shown {
    /// Which credential it says that it is of.
    pub(crate) fn credential(&self) -> &[u8] {
        self.0.raw_id().into_inner()
    }
}
