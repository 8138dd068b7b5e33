//! Signing, as Standard Webhooks 1.0 has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use model::EventId;
use sha2::Sha256;

/// A secret as it is shown to whoever will check signatures.
pub fn shown(secret: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(secret))
}

/// The header `webhook-signature`: over id, time in seconds, and body, so that none of them can be altered, and what was
/// sent once cannot be sent again later.
pub(super) fn signature(secret: &[u8], event: &EventId, seconds: i64, body: &str) -> Option<String> {
    sign(secret, &event.to_string(), seconds, body)
}

fn sign(secret: &[u8], id: &str, seconds: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by Python: `base64.b64encode(hmac.digest(secret, b"evt_1.1731705121.{}", "sha256"))`.
    #[test]
    fn a_signature_is_what_another_program_computes() {
        let secret: Vec<u8> = (0..32).collect();
        let signature = sign(&secret, "evt_1", 1_731_705_121, "{}");
        assert_eq!(
            signature.as_deref(),
            Some("v1,qZ/ZHZB/n3jMiYtGjA/ha9MNISqFeTI2bGLwUoFaKL8=")
        );
        assert_eq!(
            shown(&secret),
            "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
        );
        for (id, seconds, body) in [
            ("evt_2", 1_731_705_121, "{}"),
            ("evt_1", 1_731_705_122, "{}"),
            ("evt_1", 1_731_705_121, "{ }"),
        ] {
            assert_ne!(sign(&secret, id, seconds, body), signature);
        }
    }
}
