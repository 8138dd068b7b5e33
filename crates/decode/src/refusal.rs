//! Reasons to refuse a file, said the same way by every decoder.

use model::IncompleteReason;

use crate::request::Limits;

/// The decoder refused the content.
pub(crate) fn malformed(why: impl ToString) -> IncompleteReason {
    IncompleteReason::Malformed {
        why: short(&why.to_string()),
    }
}

/// A known variant of a format that its decoder does not know.
pub(crate) fn unsupported(kind: impl Into<String>) -> IncompleteReason {
    IncompleteReason::Unsupported {
        kind: short(&kind.into()),
    }
}

/// A decoder's message can quote the file; what leaves the room is short and on one line.
pub(crate) fn short(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(200).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_of_a_file_is_short_and_on_one_line() {
        let long = "nine\nlines ".repeat(100);
        let said = [malformed(&long), unsupported(long)].map(|reason| reason.to_string());
        for text in said {
            assert!(text.len() < 230 && !text.contains('\n'), "{text}");
        }
    }
}
