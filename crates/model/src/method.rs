//! How a match was found, in a text from which a person can replay it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Dihedral, Region, Segment, SignalType, Variant};

/// Which view of the query picture was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueryView {
    /// The whole picture.
    Full,
    /// The picture without its uniform borders.
    Trim(Region),
    /// A panel between uniform bands: a picture under a caption, inside a screenshot.
    Panel(Region),
    /// A window at a fixed or refined place.
    Window(Region),
}

impl QueryView {
    /// The region that was hashed.
    pub const fn region(&self) -> Region {
        match self {
            Self::Full => Region::FULL,
            Self::Trim(region) | Self::Panel(region) | Self::Window(region) => *region,
        }
    }
}

/// How two PDQ hashes came to be compared. Text form, every part but the view and the distance optional:
///
/// ```text
/// pdq:VIEW[/compat][/DIHEDRAL][/turnDEGREES][~ENTRY-REGION][→refined]@DISTANCE
/// pdq:full@12    pdq:full/flipy@3    pdq:window[.12,0,.88,1]→refined@20    pdq:full~[0,0,.8,1]→refined@9
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PdqMethod {
    /// The view of the query picture.
    pub view: QueryView,
    /// The reading of the query file.
    pub variant: Variant,
    /// How the view was turned or mirrored before hashing.
    pub form: Dihedral,
    /// Small rotation of the query picture before the view was taken, in hundredths of a degree, clockwise.
    pub turn: i16,
    /// The region of the banked picture that was hashed; [`Region::FULL`] for the entry's own signal.
    pub entry_region: Region,
    /// Whether edges were moved to come nearer (coordinate descent).
    pub refined: bool,
    /// Bits that differ.
    pub distance: u32,
}

/// How a match was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Equal digests of the whole file.
    Equal(SignalType),
    /// Near PDQ hashes.
    Pdq(PdqMethod),
    /// Frames or sounds on one line in time.
    Track(TrackMethod),
    /// A text that is the same, alike, or the same in part.
    Text(TextMethod),
}

/// How a text was found. Text forms: `text:raw`, `text:tlsh@12`, and `text:passage 84%/4%`, of which the first share is that
/// of the banked text. The stretches themselves stand beside it, in the match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextMethod {
    /// The same words under K2.
    Raw,
    /// Alike, by the distance of their TLSH.
    Tlsh(u32),
    /// Passages of both are the same.
    Passage {
        /// Percent of the banked text that was found, 1 to 100.
        banked: u8,
        /// Percent of the text that was looked at, 1 to 100.
        text: u8,
    },
}

impl TextMethod {
    /// How far away it is: 0 for the same words, the distance of TLSH, or the percent that are missing of the text of which
    /// more was found.
    pub fn distance(self) -> u32 {
        match self {
            Self::Raw => 0,
            Self::Tlsh(distance) => distance,
            Self::Passage { banked, text } => 100 - u32::from(banked.max(text)).min(100),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let percent = |text: &str| {
            let number: u8 = text.strip_suffix('%')?.parse().ok()?;
            (1..=100).contains(&number).then_some(number)
        };
        let method = if text == "text:raw" {
            Self::Raw
        } else if let Some(distance) = text.strip_prefix("text:tlsh@") {
            Self::Tlsh(distance.parse().ok()?)
        } else {
            let (banked, text) = text.strip_prefix("text:passage ")?.split_once('/')?;
            Self::Passage {
                banked: percent(banked)?,
                text: percent(text)?,
            }
        };
        // One text for one method.
        (method.to_string() == text).then_some(method)
    }
}

impl fmt::Display for TextMethod {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw => out.write_str("text:raw"),
            Self::Tlsh(distance) => write!(out, "text:tlsh@{distance}"),
            Self::Passage { banked, text } => write!(out, "text:passage {banked}%/{text}%"),
        }
    }
}

/// How a stretch of a film or a recording was found. Text form `TYPE:track[…]xSPEED@DISTANCE`, see [`Segment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackMethod {
    /// Film or sound.
    pub kind: SignalType,
    /// The stretches.
    pub segment: Segment,
    /// Mean of the bits that differ.
    pub distance: u32,
}

impl Method {
    /// Bits that differ; 0 for equality; of texts [`TextMethod::distance`].
    pub fn distance(&self) -> u32 {
        match self {
            Self::Equal(_) => 0,
            Self::Pdq(method) => method.distance,
            Self::Track(method) => method.distance,
            Self::Text(method) => method.distance(),
        }
    }

    /// Whether the whole canonical picture, as it is, was compared with the entry's own signal.
    pub fn is_whole_picture(&self) -> bool {
        match self {
            Self::Equal(_) => true,
            Self::Track(_) | Self::Text(_) => false,
            Self::Pdq(method) => {
                method.view == QueryView::Full
                    && method.entry_region.is_full()
                    && method.turn == 0
                    && !method.refined
            }
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = match self {
            Self::Equal(kind) => return write!(out, "{kind}:equal@0"),
            Self::Text(method) => return method.fmt(out),
            Self::Pdq(method) => method,
            Self::Track(method) => {
                let TrackMethod {
                    kind,
                    segment,
                    distance,
                } = method;
                return write!(out, "{kind}:track{segment}@{distance}");
            }
        };
        match method.view {
            QueryView::Full => write!(out, "pdq:full")?,
            QueryView::Trim(region) => write!(out, "pdq:trim{region}")?,
            QueryView::Panel(region) => write!(out, "pdq:panel{region}")?,
            QueryView::Window(region) => write!(out, "pdq:window{region}")?,
        }
        if method.variant == Variant::Compat {
            write!(out, "/compat")?;
        }
        if method.form != Dihedral::Original {
            write!(out, "/{}", method.form.name())?;
        }
        if method.turn != 0 {
            write!(out, "/turn{}", f64::from(method.turn) / 100.0)?;
        }
        if !method.entry_region.is_full() {
            write!(out, "~{}", method.entry_region)?;
        }
        if method.refined {
            write!(out, "→refined")?;
        }
        write!(out, "@{}", method.distance)
    }
}

/// Why a text is not a method.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("not a method: {0:?}; a method looks like pdq:full@12 or pdq:window[.12,0,.88,1]→refined@20")]
pub struct MethodParseError(pub String);

impl FromStr for Method {
    type Err = MethodParseError;

    fn from_str(text: &str) -> Result<Self, MethodParseError> {
        let wrong = || MethodParseError(text.to_owned());
        if text.starts_with("text:") {
            return TextMethod::parse(text).map(Self::Text).ok_or_else(wrong);
        }
        let (head, distance) = text.rsplit_once('@').ok_or_else(wrong)?;
        let distance: u32 = distance.parse().map_err(|_| wrong())?;
        let (kind, rest) = head.split_once(':').ok_or_else(wrong)?;
        let kind: SignalType = kind.parse().map_err(|_| wrong())?;
        if rest == "equal" && distance == 0 && !kind.is_perceptual() && kind != SignalType::RawText {
            return Ok(Self::Equal(kind));
        }
        if let (SignalType::Vpdq | SignalType::Chromaprint, Some(segment)) =
            (kind, rest.strip_prefix("track"))
        {
            return Ok(Self::Track(TrackMethod {
                kind,
                segment: segment.parse().map_err(|_| wrong())?,
                distance,
            }));
        }
        if kind != SignalType::Pdq || distance > crate::PdqHash::BITS {
            return Err(wrong());
        }
        let (rest, refined) = rest
            .strip_suffix("→refined")
            .map_or((rest, false), |rest| (rest, true));
        let (rest, entry_region) = match rest.split_once('~') {
            Some((rest, region)) => (rest, region.parse().map_err(|_| wrong())?),
            None => (rest, Region::FULL),
        };
        let mut parts = rest.split('/');
        let view = parse_view(parts.next().unwrap_or_default()).ok_or_else(wrong)?;
        let mut method = PdqMethod {
            view,
            variant: Variant::Canonical,
            form: Dihedral::Original,
            turn: 0,
            entry_region,
            refined,
            distance,
        };
        for part in parts {
            if part == "compat" {
                method.variant = Variant::Compat;
            } else if let Some(degrees) = part.strip_prefix("turn") {
                let degrees: f64 = degrees.parse().map_err(|_| wrong())?;
                method.turn = (degrees * 100.0).round() as i16;
            } else {
                method.form = Dihedral::from_name(part).ok_or_else(wrong)?;
            }
        }
        Ok(Self::Pdq(method))
    }
}

fn parse_view(text: &str) -> Option<QueryView> {
    let region = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.parse().ok());
    if text == "full" {
        Some(QueryView::Full)
    } else if let Some(region) = region("trim") {
        Some(QueryView::Trim(region))
    } else if let Some(region) = region("panel") {
        Some(QueryView::Panel(region))
    } else {
        region("window").map(QueryView::Window)
    }
}

impl Serialize for Method {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_print_and_parse() {
        for text in [
            "pdq:full@12",
            "pdq:full/compat@0",
            "pdq:full/flipy@31",
            "pdq:trim[.1,.1,.9,.9]@8",
            "pdq:window[.12,0,.88,1]→refined@20",
            "pdq:window[.12,0,.88,1]/compat/rotate90/turn-2.5~[0,0,.8,1]→refined@20",
            "sha256:equal@0",
            "vpdq:track[41000-72000~0-31000]x105/flipy@14",
            "url:equal@0",
            "payment_address:equal@0",
            "text:raw",
            "text:tlsh@30",
            "text:passage 84%/4%",
            "text:passage 1%/100%",
        ] {
            assert_eq!(text.parse::<Method>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "pdq",
            "pdq:full",
            "pdq:full@300",
            "pdq:equal@0",
            "raw_text:equal@0",
            "text_tlsh:equal@0",
            "text:raw@0",
            "text:tlsh@",
            "text:tlsh@+3",
            "text:passage 84%",
            "text:passage 0%/4%",
            "text:passage 101%/4%",
            "text:passage 04%/4%",
            "md5:full@1",
            "pdq:window[1,0,0,1]@2",
        ] {
            assert!(text.parse::<Method>().is_err(), "{text}");
        }
    }
}
