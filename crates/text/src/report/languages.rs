//! Texts in more than one language.

use serde::{Deserialize, Serialize};

use super::body::Body;
use super::{MOST_PLACES, Span};
use crate::language::{Language, Segment};
use crate::page::Page;

/// A stretch in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InLanguage {
    /// Its tag (BCP 47); `und` where it cannot be told.
    pub language: String,
    /// Where it stands.
    pub span: Span,
}

/// The stretches in one language each, where there are two languages at least.
pub(super) fn in_languages(page: &Page, body: &Body, segments: &[Segment]) -> Vec<InLanguage> {
    let known = |segment: &&Segment| segment.language != Language::Unknown;
    let first = segments.iter().find(known).map(|segment| segment.language);
    let mixed = segments
        .iter()
        .filter(known)
        .any(|segment| Some(segment.language) != first);
    let told = |segment: &Segment| InLanguage {
        language: segment.language.tag().to_owned(),
        span: page.span(&body.range(&segment.span)).into(),
    };
    let all = if mixed { segments } else { &[] };
    all.iter().take(MOST_PLACES).map(told).collect()
}
