//! Where something lies within an item: a path of members, and what was looked at in the last of them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What stands between two steps of a path. No member's name contains it.
const ARROW: &str = " › ";

/// The name of a part within its item: `picture`, `frame:3`, `album.zip › clip.mp4 › film`.
///
/// Members of archives, attachments and embedded media are steps with their own names; the last step says what was
/// looked at. A name is data that a stranger chose: it is cleaned, cut and shown, and never a path to anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PartName(String);

/// What was looked at in a file or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Leaf {
    /// All of its bytes.
    File,
    /// Its only or first picture.
    Picture,
    /// A later frame of an animation, counted from 0.
    Frame(u32),
    /// A page of a document as a picture, counted from 1.
    Page(u32),
    /// Its track of pictures.
    Film,
    /// Its track of sound.
    Sound,
    /// Its text.
    Text,
}

impl Leaf {
    fn parse(text: &str) -> Option<Self> {
        let number = |prefix: &str| text.strip_prefix(prefix)?.parse().ok();
        let leaf = match text {
            "file" => Self::File,
            "picture" => Self::Picture,
            "film" => Self::Film,
            "sound" => Self::Sound,
            "text" => Self::Text,
            _ => number("frame:")
                .map(Self::Frame)
                .or_else(|| number("page:").map(Self::Page))?,
        };
        // One text for one number: no sign, no leading zero.
        (leaf.to_string() == text).then_some(leaf)
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => out.write_str("file"),
            Self::Picture => out.write_str("picture"),
            Self::Frame(number) => write!(out, "frame:{number}"),
            Self::Page(number) => write!(out, "page:{number}"),
            Self::Film => out.write_str("film"),
            Self::Sound => out.write_str("sound"),
            Self::Text => out.write_str("text"),
        }
    }
}

/// A file or a member of one: the place of parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place(Vec<String>);

impl Place {
    /// Members within members that a place can have.
    pub const MOST_STEPS: usize = 16;
    /// Characters of a member's name that are kept.
    pub const MOST_NAME: usize = 120;

    /// The item itself.
    pub const fn item() -> Self {
        Self(Vec::new())
    }

    /// How many members within members.
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// The place of a member with that name; `None` beyond [`Self::MOST_STEPS`]. The name is cleaned: controls and
    /// characters that turn the direction of writing become `�`, too long a name loses its middle.
    ///
    /// ```
    /// use basira_model::{Leaf, Place};
    /// let zip = Place::item();
    /// let clip = zip.member("../a\u{202e}gpj.exe").unwrap();
    /// assert_eq!(clip.part(Leaf::File).as_str(), "../a\u{fffd}gpj.exe");
    /// // A name that looks like something else is marked as a name.
    /// assert_eq!(zip.member("picture").unwrap().part(Leaf::Picture).as_str(), "./picture › picture");
    /// ```
    pub fn member(&self, name: &str) -> Option<Self> {
        if self.0.len() >= Self::MOST_STEPS {
            return None;
        }
        let mut steps = self.0.clone();
        steps.push(clean(name));
        Some(Self(steps))
    }

    /// The name of what was looked at in this place.
    pub fn part(&self, leaf: Leaf) -> PartName {
        let mut text = self.0.join(ARROW);
        if text.is_empty() || leaf != Leaf::File {
            if !text.is_empty() {
                text.push_str(ARROW);
            }
            text.push_str(&leaf.to_string());
        }
        PartName(text)
    }
}

/// A member's name as a step.
fn clean(name: &str) -> String {
    let clean: Vec<char> = name
        .chars()
        .map(|c| {
            if is_plain(c) {
                c
            } else {
                char::REPLACEMENT_CHARACTER
            }
        })
        .collect();
    let trimmed = match clean.len() <= Place::MOST_NAME {
        true => clean.iter().collect::<String>(),
        false => {
            let half = (Place::MOST_NAME - 1) / 2;
            let ends = [&clean[..half], &['…'], &clean[clean.len() - half..]];
            ends.into_iter().flatten().collect()
        }
    };
    let trimmed = trimmed.trim();
    if trimmed.is_empty() {
        return "(no name)".to_owned();
    }
    match Leaf::parse(trimmed) {
        Some(_) => format!("./{trimmed}"),
        None => trimmed.to_owned(),
    }
}

/// Whether a character of a name is shown as it is.
fn is_plain(c: char) -> bool {
    let turns =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // The arrow's own character would forge a step; line separators are controls in all but name.
    !(c.is_control() || turns || matches!(c, '›' | '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

impl PartName {
    /// The whole file.
    pub fn file() -> Self {
        Place::item().part(Leaf::File)
    }

    /// The only or first picture of the file.
    pub fn picture() -> Self {
        Place::item().part(Leaf::Picture)
    }

    /// A later frame of an animation, counted from 0.
    pub fn frame(number: u32) -> Self {
        Place::item().part(Leaf::Frame(number))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that came from outside; `None` for what is no name of a part.
    ///
    /// ```
    /// use basira_model::PartName;
    /// assert_eq!(PartName::parse("frame:3"), Some(PartName::frame(3)));
    /// assert_eq!(PartName::parse("a\nb"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (place, leaf) = split(text)?;
        let name = place.part(leaf);
        (name.0 == text).then_some(name)
    }

    /// Where the part lies, and what was looked at there.
    pub fn split(&self) -> (Place, Leaf) {
        // Every name was made by `Place::part`, or compared with what that makes.
        split(&self.0).unwrap_or((Place::item(), Leaf::File))
    }
}

fn split(text: &str) -> Option<(Place, Leaf)> {
    let mut steps: Vec<&str> = text.split(ARROW).collect();
    let leaf = match steps.last().copied().and_then(Leaf::parse) {
        Some(leaf) => {
            steps.pop();
            leaf
        }
        None => Leaf::File,
    };
    let mut place = Place::item();
    for step in steps {
        place = place.member(step)?;
    }
    Some((place, leaf))
}

impl<'de> Deserialize<'de> for PartName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the name of a part"))
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_whatever_members_are_called() {
        let long = "x".repeat(500);
        let names = [
            "a.jpg",
            "picture",
            "frame:3",
            "./file",
            "",
            "  ",
            "a › b",
            "›",
            "\u{202e}",
            "a\0b",
            &long,
            "page:x",
            "صورة.jpg",
            "film",
            " text ",
        ];
        let leaves = [
            Leaf::File,
            Leaf::Picture,
            Leaf::Frame(7),
            Leaf::Page(1),
            Leaf::Film,
            Leaf::Sound,
            Leaf::Text,
        ];
        for outer in names {
            for inner in names {
                for leaf in leaves {
                    let place = Place::item().member(outer).unwrap().member(inner).unwrap();
                    for place in [place, Place::item().member(inner).unwrap(), Place::item()] {
                        let name = place.part(leaf);
                        assert_eq!(PartName::parse(name.as_str()), Some(name.clone()), "{name}");
                        assert_eq!(name.split(), (place, leaf), "{name}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_name_forges_a_step_or_a_leaf() {
        let name = Place::item().member("a › film").unwrap().part(Leaf::File);
        assert_eq!(name.as_str(), "a \u{fffd} film");
        for text in ["", " a", "a\u{7}", "a › ", " › film", "frame:03\n"] {
            assert_eq!(PartName::parse(text), None, "{text:?}");
        }
    }
}
