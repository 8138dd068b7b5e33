//! Passwords of people: Argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane).

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// The fewest characters of a password (NIST SP 800-63B-4 asks for 15 where it is alone, 8 with a second factor).
pub(crate) const FEWEST: usize = 12;
/// The most bytes of one.
const MOST: usize = 1024;

/// Hashes that are computed at once: each takes 19 MiB for a few hundredths of a second, and who has no account can ask for
/// one too.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What a name that nobody has is held against, so that it takes as long as one that somebody has.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody's password").ok());

/// Refuses what is too short or too long to be a password.
pub(crate) fn check(password: &str) -> Result<(), Problem> {
    match password.chars().count() < FEWEST || password.len() > MOST {
        true => Err(Problem::field(
            "password",
            format!("a password has at least {FEWEST} characters, and at most {MOST} bytes"),
        )),
        false => Ok(()),
    }
}

fn hash_now(password: &str) -> Result<String, Problem> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(Problem::internal)?.to_string())
}

/// The hash of a password with a salt of its own, as a PHC string.
pub(crate) async fn hash(password: String) -> Result<String, Problem> {
    apart(move || hash_now(&password)).await?
}

/// Whether a password is that of a hash. `None` is the hash of nobody, and takes as long.
pub(crate) async fn fits(password: String, hash: Option<String>) -> Result<bool, Problem> {
    if password.len() > MOST {
        return Ok(false);
    }
    apart(move || {
        let known = hash.is_some();
        let Some(hash) = hash.or_else(|| NOBODY.clone()) else {
            return false;
        };
        let Ok(hash) = PasswordHash::new(&hash) else {
            return false;
        };
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
            && known
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _turn = AT_ONCE.acquire().await.map_err(Problem::internal)?;
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_hash_and_nothing_fits_nobodys() {
        let password = "pawns do not move back".to_owned();
        let hash = hash(password.clone()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(fits(password.clone(), Some(hash.clone())).await.unwrap());
        assert!(!fits("another".to_owned(), Some(hash)).await.unwrap());
        assert!(!fits("nobody's password".to_owned(), None).await.unwrap());
        assert!(!fits(password, Some("altered".to_owned())).await.unwrap());
    }

    #[test]
    fn a_password_is_counted_in_characters() {
        assert!(check("كلمةسر قصيرة").is_ok());
        assert!(check("elevenchars").is_err());
        assert!(check(&"x".repeat(MOST + 1)).is_err());
    }
}
