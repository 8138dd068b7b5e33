//! Bytes to text, with the way back: which bytes of the file each byte of the text was read from.

use std::ops::Range;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1256};

use super::{Incomplete, binary};

/// Bytes in which a page says how it is encoded (HTML Living Standard, 13.2.3.2).
const HEAD: usize = 1024;
/// Bytes that are looked at to tell encodings apart.
const SAMPLE: usize = 64 * 1024;
/// Letters between two places that are remembered.
const STRIDE: usize = 64;
/// Bytes that are read. What is longer is said to be incomplete.
pub(crate) const LONGEST: usize = 256 << 20;

/// A file as text.
#[derive(Debug)]
pub(crate) struct Source {
    /// What was read.
    pub(crate) text: String,
    /// The encoding by its name in the Encoding Standard.
    pub(crate) encoding: &'static str,
    /// What could not be read.
    pub(crate) incomplete: Vec<Incomplete>,
    way: Way,
    length: usize,
}

/// How places in the text lead to places in the file.
#[derive(Debug)]
enum Way {
    /// As many bytes further on.
    Same(usize),
    /// Places where both are known, and the text stands byte for byte after each, until its end.
    Pieces(Vec<(usize, usize)>),
    /// Every so many letters a place where both are known; between them each letter has its own width in the file.
    Steps(Vec<(usize, usize)>, fn(char) -> usize),
    /// Each letter's place.
    Letters(Vec<(usize, usize)>),
}

impl Source {
    /// Reads a file.
    pub(crate) fn read(bytes: &[u8]) -> Source {
        let mut incomplete = Vec::new();
        let length = bytes.len();
        let bytes = if length > LONGEST {
            incomplete.push(Incomplete::TooLong);
            &bytes[..LONGEST]
        } else {
            bytes
        };
        let (mut told, skip, mut sure) = encoding(bytes);
        let wide = told == UTF_16LE || told == UTF_16BE;
        let unit: binary::Unit = if told == UTF_16LE {
            u16::from_le_bytes
        } else {
            u16::from_be_bytes
        };
        let texts = binary::texts(&bytes[skip..], wide.then_some(unit));
        let whole: usize = texts.iter().map(ExactSizeIterator::len).sum();
        if whole < bytes.len() - skip {
            incomplete.push(Incomplete::Binary);
            // What is no text says nothing of how the text is encoded.
            let longest = texts.iter().max_by_key(|text| text.len());
            if let Some(longest) = longest.filter(|_| !wide && skip == 0) {
                let (again, mark, is_sure) = encoding(&bytes[longest.clone()]);
                if mark == 0 && again != UTF_16LE && again != UTF_16BE {
                    (told, sure) = (again, is_sure);
                }
            }
        }
        let encoding = told;
        if !sure && whole > 0 {
            incomplete.push(Incomplete::Encoding);
        }
        // Letters of other encodings than UTF-8 may go on over the border of a block: they are read up to the first one.
        let body = &bytes[skip..skip
            + texts
                .first()
                .map_or(0, |first| if first.start == 0 { first.end } else { 0 })];
        let (text, way, broken) = if encoding == UTF_8 {
            utf_8(&bytes[skip..], &texts, skip)
        } else if wide {
            let (text, broken) = encoding.decode_without_bom_handling(body);
            let steps = steps(&text, skip, |letter| 2 * letter.len_utf16());
            (text.into_owned(), steps, broken)
        } else if encoding.is_single_byte() {
            let (text, broken) = encoding.decode_without_bom_handling(body);
            let steps = steps(&text, skip, |_| 1);
            (text.into_owned(), steps, broken)
        } else {
            letters(encoding, body, skip)
        };
        if broken && sure {
            incomplete.push(Incomplete::BrokenText);
        }
        Source {
            text,
            encoding: encoding.name(),
            incomplete,
            way,
            length,
        }
    }

    /// Bytes of the file from which the bytes of the text were read.
    pub(crate) fn span(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.place(span.start).min(self.length);
        start..self.place(span.end).min(self.length).max(start)
    }

    fn place(&self, at: usize) -> usize {
        let last = |places: &[(usize, usize)]| {
            let next = places.partition_point(|(text, _)| *text <= at);
            next.checked_sub(1).map_or((0, 0), |last| places[last])
        };
        match &self.way {
            Way::Same(skip) => at + skip,
            Way::Pieces(places) => {
                let (text, file) = last(places);
                // A sign that stands for broken bytes may be longer than they are.
                let next = places.get(places.partition_point(|(text, _)| *text <= at));
                (file + (at - text)).min(next.map_or(usize::MAX, |(_, file)| *file))
            }
            Way::Letters(places) => last(places).1,
            Way::Steps(places, width) => {
                let (text, file) = last(places);
                file + self.text[text..at].chars().map(width).sum::<usize>()
            }
        }
    }
}

/// The encoding, the bytes of its mark, and whether we believe it.
fn encoding(bytes: &[u8]) -> (&'static Encoding, usize, bool) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return (encoding, mark, true);
    }
    if let Some(wide) = wide(bytes) {
        return (wide, 0, true);
    }
    if std::str::from_utf8(bytes).is_ok() {
        // Text in another encoding is valid UTF-8 hardly ever, whatever it says of itself; but ISO-2022-JP is ASCII.
        return (
            declared(bytes)
                .filter(|e| !e.is_ascii_compatible())
                .unwrap_or(UTF_8),
            0,
            true,
        );
    }
    if let Some(declared) = declared(bytes).filter(|declared| *declared != UTF_8) {
        return (declared, 0, true);
    }
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes[..bytes.len().min(SAMPLE)].utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if good > bad {
        return (UTF_8, 0, true);
    }
    // Arabic from before Unicode: nearly all that is no ASCII must be Arabic letters, and enough of it.
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let high = sample.iter().filter(|byte| !byte.is_ascii()).count();
    let (text, _) = WINDOWS_1256.decode_without_bom_handling(sample);
    let arabic = text
        .chars()
        .filter(|c| ('\u{621}'..='\u{652}').contains(c))
        .count();
    if high >= 8 && arabic * 10 >= high * 8 {
        return (WINDOWS_1256, 0, true);
    }
    (UTF_8, 0, false)
}

/// Whether the beginning of a file is in UTF-16.
pub(crate) fn is_utf_16(bytes: &[u8]) -> bool {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    marked
        .or_else(|| wide(bytes))
        .is_some_and(|encoding| encoding == UTF_16LE || encoding == UTF_16BE)
}

/// What a page says of itself.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    let (_, after) = head
        .split_once("charset=")
        .or_else(|| head.split_once("encoding="))?;
    let after = after.trim_start_matches(['"', '\'']);
    let length = after
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
        .unwrap_or(after.len());
    let found = Encoding::for_label(&after.as_bytes()[..length])?;
    // Who can be read as ASCII so far is not UTF-16.
    Some(if found == UTF_16LE || found == UTF_16BE {
        UTF_8
    } else {
        found
    })
}

/// UTF-16 without a mark: one of two bytes is nearly always 0 (Latin) or 6 (Arabic).
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE) & !1];
    if sample.len() < 8 {
        return None;
    }
    let pairs = sample.len() / 2;
    let count = |side: usize| {
        sample
            .iter()
            .skip(side)
            .step_by(2)
            .filter(|byte| matches!(**byte, 0 | 6 | 0x20))
            .count()
    };
    let zeros = |side: usize| {
        sample
            .iter()
            .skip(side)
            .step_by(2)
            .filter(|byte| matches!(**byte, 0 | 6))
            .count()
    };
    let much = |side: usize| zeros(side) * 10 >= pairs * 8 && count(1 - side) * 2 < pairs;
    match (much(0), much(1)) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// The stretches of a file that are text, a line end between each two.
fn utf_8(body: &[u8], texts: &[Range<usize>], skip: usize) -> (String, Way, bool) {
    if let [only] = texts
        && *only == (0..body.len())
        && let Ok(text) = std::str::from_utf8(body)
    {
        return (text.to_owned(), Way::Same(skip), false);
    }
    let mut text = String::with_capacity(body.len());
    let mut places = vec![(0, skip)];
    let mut broken = false;
    for stretch in texts {
        if stretch.start > 0 {
            // It stands for all that was left out.
            text.push('\n');
            places.push((text.len(), skip + stretch.start));
        }
        let mut file = skip + stretch.start;
        for chunk in body[stretch.clone()].utf8_chunks() {
            text.push_str(chunk.valid());
            file += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                broken = true;
                places.push((text.len(), file));
                text.push('\u{fffd}');
                file += chunk.invalid().len();
                places.push((text.len(), file));
            }
        }
        places.push((text.len(), file));
    }
    (text, Way::Pieces(places), broken)
}

fn steps(text: &str, skip: usize, width: fn(char) -> usize) -> Way {
    let mut file = skip;
    let mut places = Vec::with_capacity(text.len() / STRIDE + 1);
    for (number, (at, letter)) in text.char_indices().enumerate() {
        if number % STRIDE == 0 {
            places.push((at, file));
        }
        file += width(letter);
    }
    if places.is_empty() {
        places.push((0, skip));
    }
    Way::Steps(places, width)
}

/// Encodings with letters of several widths: byte by byte, so that every letter's place is known.
fn letters(encoding: &'static Encoding, body: &[u8], skip: usize) -> (String, Way, bool) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(body.len());
    let mut places = vec![(0, skip)];
    let (mut broken, mut from, mut at) = (false, 0, 0);
    while at <= body.len() {
        let last = at == body.len();
        let piece = if last { &[][..] } else { &body[at..=at] };
        let before = text.len();
        let mut rest = piece;
        loop {
            text.reserve(16);
            let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, last);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::Malformed(..) => {
                    broken = true;
                    text.push('\u{fffd}');
                }
                DecoderResult::OutputFull => {}
            }
        }
        at += 1;
        if text.len() > before {
            places.push((before, skip + from));
            from = at.min(body.len());
        }
    }
    places.push((text.len(), skip + body.len()));
    places.dedup();
    (text, Way::Letters(places), broken)
}

#[cfg(test)]
mod tests {
    use super::Source;
    use crate::page::Incomplete;

    #[test]
    fn every_encoding_is_read_and_leads_back() {
        let text = "نادي الشطرنج يعلن عن بطولة جديدة 2024";
        let (windows, ..) = encoding_rs::WINDOWS_1256.encode(text);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xfe, 0xff]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
            .collect();
        let at = text.find("2024").unwrap();
        for (bytes, name, from) in [
            (text.as_bytes(), "UTF-8", at),
            (&windows[..], "windows-1256", windows.len() - 4),
            (&wide[..], "UTF-16LE", wide.len() - 8),
            (&marked[..], "UTF-16BE", marked.len() - 8),
        ] {
            let source = Source::read(bytes);
            assert_eq!((source.text.as_str(), source.encoding), (text, name));
            assert_eq!(source.span(&(at..text.len())), from..bytes.len(), "{name}");
            assert!(source.incomplete.is_empty());
        }
    }

    #[test]
    fn broken_text_is_read_as_far_as_it_goes_and_said_to_be_broken() {
        let mut bytes = "نادي ".as_bytes().to_vec();
        bytes.push(0xff);
        bytes.extend("الشطرنج".as_bytes());
        let source = Source::read(&bytes);
        assert_eq!(source.text, "نادي \u{fffd}الشطرنج");
        assert_eq!(source.incomplete, [Incomplete::BrokenText]);
        let at = source.text.find("الشطرنج").unwrap();
        assert_eq!(source.span(&(at..source.text.len())), 10..bytes.len());
        assert_eq!(source.span(&(9..12)), 9..10);
        assert_eq!(
            Source::read(&[0xff, 0x80, 0xfe, 0x90]).incomplete,
            [Incomplete::Encoding]
        );
    }

    #[test]
    fn letters_of_several_widths_lead_back() {
        let page = b"<meta charset=shift_jis>\x83`\x83F\x83X end";
        let source = Source::read(page);
        assert_eq!(source.encoding, "Shift_JIS");
        let at = source.text.find('チ').unwrap();
        assert_eq!(source.span(&(at..at + 9)), 24..30);
        let end = source.text.find("end").unwrap();
        assert_eq!(source.span(&(end..end + 3)), 31..34);
    }
}
