//! What was found in a text, with a little of what stands around it.

/// Bytes around what was found, on each side.
const AROUND: usize = 120;
/// Bytes of what was found.
const MOST: usize = 800;

/// A stretch of a text. White space is one space, and what is too long is cut where `…` stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before it.
    pub before: String,
    /// What was found.
    pub found: String,
    /// What stands after it.
    pub after: String,
}

impl Excerpt {
    /// Of a text in UTF-8 and a span of its bytes; none of another text.
    ///
    /// ```
    /// use basira_pipeline::report::Excerpt;
    /// let excerpt = Excerpt::of("The league meets\nat noon.".as_bytes(), (4, 10)).unwrap();
    /// assert_eq!((&*excerpt.before, &*excerpt.found, &*excerpt.after), ("The ", "league", " meets at noon."));
    /// assert_eq!(Excerpt::of(b"\xff\xfe", (0, 2)), None);
    /// ```
    pub fn of(text: &[u8], span: (u64, u64)) -> Option<Self> {
        let (from, to) = (usize::try_from(span.0).ok()?, usize::try_from(span.1).ok()?);
        let found = std::str::from_utf8(text.get(from..to)?).ok()?;
        let found = match found.len() > MOST {
            true => format!("{}…", line(&found[..found.floor_char_boundary(MOST)])),
            false => line(found),
        };
        let start = from.saturating_sub(AROUND);
        let before = valid(&text[start..from]);
        let after = valid(&text[to..text.len().min(to + AROUND)]);
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        Some(Self {
            before: format!("{}{}", cut(start > 0), line(&before)),
            after: format!("{}{}", line(&after), cut(to + AROUND < text.len())),
            found,
        })
    }

    /// Whether most of its letters are written from right to left: a link in an Arabic sentence does not turn it around.
    pub(super) fn runs_left(&self) -> bool {
        let texts = [&self.before, &self.found, &self.after];
        let letters = texts.into_iter().flat_map(|text| text.chars());
        let (mut left, mut right) = (0_usize, 0_usize);
        for letter in letters.filter(|letter| letter.is_alphabetic()) {
            match letter {
                '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => left += 1,
                _ => right += 1,
            }
        }
        left > right
    }
}

/// What of bytes is text: a letter may be cut at either end.
fn valid(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

/// A text on one line; white space at its ends stays a space.
fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_whitespace() {
            true if line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(c),
        }
    }
    line
}
