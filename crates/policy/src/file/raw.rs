//! Where the characters of a TOML string stand in its file, so that what is wrong in a condition can be shown there.

use std::ops::Range;

/// The text of a string and, for each of its bytes and its end, the byte of the file.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    pub(crate) text: String,
    map: Vec<u32>,
}

impl Located {
    /// Takes a string as TOML gives it and as it stands in the file. Where the two cannot be laid beside each other, every
    /// place in the text is shown as the whole string.
    pub(crate) fn new(text: &str, file: &str, at: Range<usize>) -> Self {
        let raw = file.get(at.clone()).unwrap_or_default();
        let map = decode(raw, at.start)
            .filter(|(decoded, _)| decoded == text)
            .map(|(_, map)| map);
        Self {
            text: text.to_owned(),
            map: map.unwrap_or_else(|| {
                let mut map = vec![at.start as u32; text.len()];
                map.push(at.end as u32);
                map
            }),
        }
    }

    /// Bytes of the text as bytes of the file.
    pub(crate) fn place(&self, at: Range<usize>) -> Range<usize> {
        let find = |byte: usize| {
            self.map
                .get(byte)
                .or(self.map.last())
                .map_or(0, |place| *place as usize)
        };
        let (start, end) = (find(at.start), find(at.end));
        start..end.max(start)
    }
}

fn decode(raw: &str, offset: usize) -> Option<(String, Vec<u32>)> {
    let quote = raw.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let length = if raw.starts_with(&triple) && raw.len() >= 6 {
        3
    } else {
        1
    };
    let mut at = length;
    if length == 3 {
        at += usize::from(raw[at..].starts_with('\r'));
        at += usize::from(raw[at..].starts_with('\n'));
    }
    let end = raw.len().checked_sub(length).filter(|end| *end >= at)?;
    let mut text = String::with_capacity(raw.len());
    let mut map = Vec::with_capacity(raw.len() + 1);
    while at < end {
        let c = raw[at..].chars().next()?;
        let mut next = at + c.len_utf8();
        if c == '\\' && quote == '"' {
            let kind = raw[next..].chars().next()?;
            next += kind.len_utf8();
            let digits = match kind {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            let value = match kind {
                'b' => Some('\u{8}'),
                't' => Some('\t'),
                'n' => Some('\n'),
                'f' => Some('\u{c}'),
                'r' => Some('\r'),
                'e' => Some('\u{1b}'),
                '"' | '\\' => Some(kind),
                'x' | 'u' | 'U' => {
                    let code = u32::from_str_radix(raw.get(next..next + digits)?, 16).ok()?;
                    next += digits;
                    Some(char::from_u32(code)?)
                }
                // The end of a line: it and the white space after it go.
                _ if kind.is_whitespace() => {
                    next += raw[next..].len() - raw[next..].trim_start().len();
                    None
                }
                _ => return None,
            };
            if let Some(value) = value {
                text.push(value);
                map.resize(text.len(), (offset + at) as u32);
            }
        } else {
            text.push(c);
            for byte in 0..c.len_utf8() {
                map.push((offset + at + byte) as u32);
            }
        }
        at = next;
    }
    map.push((offset + end) as u32);
    Some((text, map))
}
