//! Film and sound of an item: told by a probe, decoded by a tool, hashed by a worker. Nothing here reads a byte of media.

use std::fs::File;

use model::{Incomplete, IncompleteReason, Leaf};

use super::answer::Media;
use super::supervisor::Sandbox;
use crate::request::{Contents, Request};

/// Looks into one film or recording, and adds what was found.
pub(super) fn look(
    sandbox: &Sandbox,
    item: &File,
    media: &Media,
    request: &Request,
    contents: &mut Contents,
) {
    let _ = (sandbox, item, request, media.kind, &media.file);
    contents.incomplete.push(Incomplete {
        part: media.place.part(Leaf::File),
        reason: IncompleteReason::Missing {
            program: "ffmpeg".to_owned(),
        },
    });
}
