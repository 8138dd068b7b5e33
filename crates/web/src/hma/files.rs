//! Files that are sent to be hashed, looked up or banked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Multipart, Request};
use decode::{Decoded, Request as DecodeRequest};
use fingerprint::digest::Digests;
use model::{HashMode, IncompleteReason, Leaf, PartName, PdqHash, Place, Signal, Variant};
use pipeline::examine::is_picture;

use super::Hma;
use super::errors::{Error, told};
use super::kind::{Content, Kind};
use crate::body::Pieces;

/// Bytes of a field that is no file.
const FIELD_LIMIT: u64 = 1 << 20;
/// How long what is left of a refused form is taken.
const DRAIN: Duration = Duration::from_secs(5);

/// A file, and the fields beside it.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) content: Content,
    pub(super) bytes: Vec<u8>,
    pub(super) form: BTreeMap<String, String>,
}

/// Reads a form with one file, whose field is named after the type of its content.
pub(super) async fn upload(hma: &Arc<Hma>, request: Request) -> Result<Upload, Error> {
    let none = || Error::bad("Missing multipart/form-data file upload");
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| none())?;
    let read = read(hma, &mut multipart).await;
    if read.is_err() {
        drain(hma, &mut multipart).await;
    }
    let (file, form) = read?;
    let (content, bytes) = file.ok_or_else(none)?;
    Ok(Upload { content, bytes, form })
}

/// A file and the type of its content.
type File = (Content, Vec<u8>);

async fn read(
    hma: &Hma,
    multipart: &mut Multipart,
) -> Result<(Option<File>, BTreeMap<String, String>), Error> {
    let (mut file, mut form) = (None, BTreeMap::new());
    loop {
        let field = multipart.next_field().await;
        let Some(field) = field.map_err(|error| Error::bad(error.body_text()))? else {
            return Ok((file, form));
        };
        let name = field.name().unwrap_or_default().to_owned();
        let is_file = field.file_name().is_some() || Content::named(&name).is_some();
        match is_file {
            true if file.is_some() => return Err(Error::bad("Only one file allowed per request")),
            true => {
                let content = content_named(&name)?;
                let bytes = Pieces::of_field(field, hma.app.settings.max_item).all().await?;
                file = Some((content, bytes));
            }
            false => {
                let bytes = Pieces::of_field(field, FIELD_LIMIT).all().await?;
                form.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
}

/// Takes what is left of a form that is refused, within its limits: clients that still send would not read why it is.
async fn drain(hma: &Hma, multipart: &mut Multipart) {
    let all = async {
        while let Ok(Some(field)) = multipart.next_field().await {
            let mut pieces = Pieces::of_field(field, hma.app.settings.max_item);
            while let Ok(Some(_)) = pieces.next().await {}
        }
    };
    // Who takes longer is cut off.
    let _ = tokio::time::timeout(DRAIN, all).await;
}

/// The same of a whole body.
pub(super) async fn drain_body(hma: &Hma, request: Request) {
    let mut pieces = Pieces::new(request.into_body(), hma.app.settings.max_item);
    let all = async { while let Ok(Some(_)) = pieces.next().await {} };
    // As above.
    let _ = tokio::time::timeout(DRAIN, all).await;
}

/// Whether a request carries a form with files.
pub(super) fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(axum::http::header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
}

fn content_named(name: &str) -> Result<Content, Error> {
    let shown = told(name);
    Content::named(name).ok_or_else(|| Error::bad(format!("no such content_type: '{shown}'")))
}

/// The signal types that are asked for, of those that such content has.
pub(super) fn wanted(hma: &Hma, content: Content, types: Option<&str>) -> Result<Vec<Kind>, Error> {
    let used: Vec<Kind> = content
        .kinds()
        .iter()
        .copied()
        .filter(|kind| hma.uses(*kind))
        .collect();
    let Some(types) = types else {
        return match used.is_empty() {
            true => Err(Error::new(
                axum::http::StatusCode::INTERNAL_SERVER_ERROR,
                "No signal types configured!",
            )),
            false => Ok(used),
        };
    };
    let mut wanted = Vec::new();
    for name in types.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let kind = Kind::named(name)
            .filter(|kind| used.contains(kind))
            .ok_or_else(|| {
                let shown = told(name);
                Error::bad(format!("signal type '{shown}' doesn't exist or is disabled"))
            })?;
        if !wanted.contains(&kind) {
            wanted.push(kind);
        }
    }
    match wanted.is_empty() {
        true => Err(Error::bad("empty signal type selection")),
        false => Ok(wanted),
    }
}

/// A signal type and the signal of a file; `None` where its picture has too little structure for one.
pub(super) type Hashed = (Kind, Option<Signal>);

/// The signals of a file.
pub(super) fn hash(hma: &Hma, upload: &Upload, kinds: &[Kind]) -> Result<Vec<Hashed>, Error> {
    let mut hashed = Vec::new();
    for &kind in kinds {
        hashed.push((
            kind,
            match kind {
                Kind::Pdq => photo(hma, &upload.bytes, hma.app.settings.request)?
                    .1
                    .map(Signal::Pdq),
                Kind::VideoMd5 => Some(digest(&upload.bytes)?),
            },
        ));
    }
    Ok(hashed)
}

/// The digest of a film. All empty files are equal, which says nothing about what was in them.
pub(super) fn digest(bytes: &[u8]) -> Result<Signal, Error> {
    match bytes.is_empty() {
        true => Err(Error::bad("the file is empty")),
        false => Ok(Signal::Md5(Digests::of(bytes).md5)),
    }
}

/// Decodes a file and gives the hash of its picture as HMA reads it; `None` where that has too little structure.
pub(super) fn photo(
    hma: &Hma,
    bytes: &[u8],
    request: DecodeRequest,
) -> Result<(Decoded, Option<PdqHash>), Error> {
    let decoded = decode(hma, bytes, request)?;
    let name = Place::item().part(Leaf::Picture);
    let ours = |part: &PartName| *part == name || *part == PartName::file();
    let gap = decoded.incomplete.iter().find(|gap| ours(&gap.part));
    let picture = decoded.pictures.iter().find(|picture| picture.name == name);
    let Some(picture) = picture.filter(|_| is_picture(decoded.kind)) else {
        return Err(gap.map_or_else(
            || Error::bad("the file is not a photo that can be decoded"),
            |gap| not_decoded(&gap.reason),
        ));
    };
    // What was left out beside the picture is not asked for here; what is wrong with the picture is.
    let harms = |reason: &IncompleteReason| {
        use IncompleteReason::{Crashed, Malformed, Memory, Time, Truncated};
        matches!(reason, Crashed | Malformed { .. } | Memory | Time | Truncated)
    };
    if let Some(gap) = gap.filter(|gap| harms(&gap.reason)) {
        return Err(not_decoded(&gap.reason));
    }
    let of = |variant| picture.hashes.iter().find(|hash| hash.variant == variant);
    let hash = of(Variant::Compat)
        .or_else(|| of(Variant::Canonical))
        .filter(|hash| hash.pdq.quality().is_usable())
        .map(|hash| hash.pdq.hash());
    Ok((decoded, hash))
}

/// Decodes a file as peers hash it. That it cannot be done here and now is no fault of the file.
pub(super) fn decode(hma: &Hma, bytes: &[u8], request: DecodeRequest) -> Result<Decoded, Error> {
    let exact = DecodeRequest {
        mode: HashMode::Exact,
        ..request
    };
    hma.app
        .decode(bytes, &exact)
        .map_err(|_| Error::unavailable("files cannot be decoded right now; try again"))
}

fn not_decoded(reason: &IncompleteReason) -> Error {
    use IncompleteReason::{Crashed, Missing, Time, Unreadable};
    match reason {
        Crashed | Missing { .. } | Time | Unreadable { .. } => {
            Error::unavailable(format!("the file was not decoded: {reason}"))
        }
        _ => Error::bad(format!("the file cannot be decoded: {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    #[test]
    fn who_is_at_fault_is_told() {
        let status = |reason| match not_decoded(&reason) {
            Error::Message { status, .. } => status,
            other => panic!("{other:?}"),
        };
        let (file, ours) = (StatusCode::BAD_REQUEST, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(status(IncompleteReason::Empty), file);
        assert_eq!(status(IncompleteReason::Truncated), file);
        assert_eq!(status(IncompleteReason::Memory), file);
        assert_eq!(status(IncompleteReason::Time), ours);
        assert_eq!(status(IncompleteReason::Crashed), ours);
    }
}
