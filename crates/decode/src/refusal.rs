//! Reasons to refuse a file, said the same way by every decoder.

use model::IncompleteReason;

use crate::request::Limits;

/// The decoder refused the content.
pub(crate) fn malformed(why: impl ToString) -> IncompleteReason {
    // A decoder's message can quote the file; what leaves the room is short and on one line.
    let why: String = why
        .to_string()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect();
    IncompleteReason::Malformed { why }
}

/// A known variant of a format that its decoder does not know.
pub(crate) fn unsupported(kind: impl Into<String>) -> IncompleteReason {
    IncompleteReason::Unsupported { kind: kind.into() }
}

/// Checks dimensions as a file declares them, before anything of that size is allocated.
pub(crate) fn check_pixels(width: u64, height: u64, limits: &Limits) -> Result<(), IncompleteReason> {
    if width == 0 || height == 0 {
        return Err(malformed("a side of 0 pixels"));
    }
    let found = width.saturating_mul(height);
    if found > limits.max_pixels {
        return Err(IncompleteReason::Pixels {
            found,
            limit: limits.max_pixels,
        });
    }
    Ok(())
}
