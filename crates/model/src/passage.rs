//! Where in a text a match stands, and how much of both texts it covers.

use serde::{Deserialize, Serialize};

/// A stretch of a text that matched. Everything is counted from 0; ends are beyond the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextSpan {
    /// Bytes from and to: of the file where the part is a text or a page, else of the part's clean text.
    pub span: (u64, u64),
    /// Words from and to in the banked text; absent for a link, a handle or an address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub banked_words: Option<(u32, u32)>,
}

/// How many words of both texts a match covers. 84 % of a banked statement with nothing around it is a re-post; 4 % of it
/// in an article is a quotation.
///
/// ```
/// use basira_model::{Covered, Words};
/// let covered = Covered { banked: Words { of: 200, covered: 168 }, text: Words { of: 4_000, covered: 170 } };
/// assert_eq!((covered.banked.percent(), covered.text.percent()), (84, 4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Covered {
    /// Of the banked text.
    pub banked: Words,
    /// Of the text that was looked at.
    pub text: Words,
}

/// Words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Words {
    /// Those that a match covers.
    pub covered: u32,
    /// All.
    pub of: u32,
}

impl Words {
    /// The share in percent, rounded down, but for a text of which anything is covered at least 1.
    pub const fn percent(self) -> u8 {
        if self.of == 0 || self.covered == 0 {
            return 0;
        }
        let share = self.covered as u64 * 100 / self.of as u64;
        // At most 100.
        if share == 0 {
            1
        } else if share > 100 {
            100
        } else {
            share as u8
        }
    }
}
