//! Rectangles in a picture, independent of its size.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A rectangle in parts of ten thousand of a picture's width and height, so that it is exact, ordered and
/// prints the same everywhere.
///
/// ```
/// use basira_model::Region;
/// let region: Region = "[.12,0,.88,1]".parse()?;
/// assert_eq!(region.to_string(), "[.12,0,.88,1]");
/// assert!((region.width() - 0.76).abs() < 1e-9);
/// # Ok::<(), basira_model::RegionError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region {
    left: u16,
    top: u16,
    right: u16,
    bottom: u16,
}

/// Why four numbers are no region.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegionError {
    /// Left is not left of right, top not above bottom, or an edge lies outside the picture.
    #[error("region edges must satisfy 0 <= left < right <= 1 and 0 <= top < bottom <= 1")]
    Edges,
    /// Not of the form `[left,top,right,bottom]`.
    #[error("a region is written [left,top,right,bottom] with numbers from 0 to 1, not {0:?}")]
    Form(String),
}

impl Region {
    /// Parts in which an edge is counted.
    pub const SCALE: u16 = 10_000;

    /// The whole picture.
    pub const FULL: Self = Self {
        left: 0,
        top: 0,
        right: Self::SCALE,
        bottom: Self::SCALE,
    };

    /// Takes edges as fractions of width and height, rounded to 1/10,000.
    ///
    /// # Errors
    /// [`RegionError::Edges`] when the rectangle is empty or leaves the picture.
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Result<Self, RegionError> {
        let part = |edge: f64| -> Option<u16> {
            let scaled = (edge * f64::from(Self::SCALE)).round();
            (0.0..=f64::from(Self::SCALE))
                .contains(&scaled)
                .then_some(scaled as u16)
        };
        match (part(left), part(top), part(right), part(bottom)) {
            (Some(left), Some(top), Some(right), Some(bottom)) if left < right && top < bottom => Ok(Self {
                left,
                top,
                right,
                bottom,
            }),
            _ => Err(RegionError::Edges),
        }
    }

    /// Left, top, right and bottom edge as fractions, each 0 to 1.
    pub fn edges(&self) -> [f64; 4] {
        [self.left, self.top, self.right, self.bottom].map(|edge| f64::from(edge) / f64::from(Self::SCALE))
    }

    /// Width as a fraction of the picture's.
    pub fn width(&self) -> f64 {
        f64::from(self.right - self.left) / f64::from(Self::SCALE)
    }

    /// Height as a fraction of the picture's.
    pub fn height(&self) -> f64 {
        f64::from(self.bottom - self.top) / f64::from(Self::SCALE)
    }

    /// The share of the picture that it covers, 0 to 1.
    pub fn area(&self) -> f64 {
        self.width() * self.height()
    }

    /// Whether this is the whole picture.
    pub fn is_full(&self) -> bool {
        *self == Self::FULL
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |edge: u16| match edge {
            0 => "0".to_owned(),
            Self::SCALE => "1".to_owned(),
            edge => format!(".{edge:04}").trim_end_matches('0').to_owned(),
        };
        write!(
            out,
            "[{},{},{},{}]",
            text(self.left),
            text(self.top),
            text(self.right),
            text(self.bottom)
        )
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, RegionError> {
        let form = || RegionError::Form(text.to_owned());
        let inner = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .ok_or_else(form)?;
        let edges: Vec<f64> = inner
            .split(',')
            .map(|edge| edge.parse().map_err(|_| form()))
            .collect::<Result<_, _>>()?;
        match edges[..] {
            [left, top, right, bottom] => Self::new(left, top, right, bottom),
            _ => Err(form()),
        }
    }
}
