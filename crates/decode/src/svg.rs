//! SVG: drawn without anything that it refers to.

use model::IncompleteReason;

use crate::opening::Opening;
use crate::refusal::unsupported;

/// Draws the picture.
pub(crate) fn read(_bytes: &[u8], _opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    Err(unsupported("svg"))
}
