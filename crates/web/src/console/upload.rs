//! A file that a form has sent. The gate reads it, as it reads every form, so that no page sees what is forged.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::fields::{Fields, LIMIT};
use crate::body::Pieces;
use crate::problem::Problem;

/// The field of a form that is a file.
const FILE: &str = "file";

/// The bytes of a file that a form has sent; none where it has sent none.
#[derive(Debug, Clone, Default)]
pub(super) struct Upload(pub(super) Arc<Vec<u8>>);

impl<S: Sync> FromRequestParts<S> for Upload {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Whether a form says that it has files.
pub(super) fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| {
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("multipart/form-data")
    })
}

/// Reads a form with a file of at most `most` bytes. Its other fields come before the file.
pub(super) async fn read(request: Request, most: u64) -> Result<(Fields, Upload), Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| Problem::bad_request(error.body_text());
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::bad_request(error.body_text()))?;
    let (mut fields, mut size, mut file) = (Vec::new(), 0, Vec::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == FILE {
            file = Pieces::of_field(field, most).all().await?;
            break;
        }
        let left = (LIMIT - size) as u64;
        let value = Pieces::of_field(field, left).all().await?;
        size += value.len() + name.len();
        if size > LIMIT {
            return Err(Problem::too_large(LIMIT as u64));
        }
        let value =
            String::from_utf8(value).map_err(|_| Problem::field(name.clone(), "it is no text in UTF-8"))?;
        fields.push((name, value));
    }
    Ok((Fields(fields), Upload(Arc::new(file))))
}
