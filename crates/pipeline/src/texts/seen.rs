//! What is kept of the texts of an item for entries that come later: prints, from which no text can be read.

use decode::Decoded;
use text::known::TextPrint;

/// Texts of an item that are kept, and words of all together: of more, the beginning.
const MOST_TEXTS: usize = 64;
const MOST_WORDS: usize = 20_000;

/// The prints of an item's texts as bytes, each after its length in four bytes; empty if there are none.
pub(crate) fn seen(decoded: &Decoded) -> Vec<u8> {
    let (mut bytes, mut words) = (Vec::new(), MOST_WORDS);
    for (_, print) in super::prints(decoded).take(MOST_TEXTS) {
        let kept = print.beginning(words);
        words -= words.min(kept.probe.words() as usize);
        let kept = kept.to_bytes();
        // A print of so few words has far below 2³² bytes.
        bytes.extend((kept.len() as u32).to_le_bytes());
        bytes.extend(kept);
    }
    bytes
}

/// Reads what [`seen`] writes. What does not parse was written by a newer program, or the disk lies: it is not compared.
pub(crate) fn read_seen(mut bytes: &[u8]) -> Vec<TextPrint> {
    let mut prints = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let Some((print, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else {
            break;
        };
        prints.extend(TextPrint::from_bytes(print).ok());
        bytes = rest;
    }
    prints
}

#[cfg(test)]
mod tests {
    use decode::{Request, decode};
    use model::HashMode;
    use text::page;

    use super::*;

    #[test]
    fn prints_come_back_as_far_as_they_are_kept() {
        let text =
            "The rook league meets on Tuesday, see https://example.com/a and come to the old library.\n";
        let request = Request::new(HashMode::Fast).with_texts();
        let decoded = decode(text.as_bytes(), &request);
        let page = page::read(text.as_bytes());
        let print = TextPrint::of(&page, &page.mentions());
        assert_eq!(read_seen(&seen(&decoded)), [print.beginning(MOST_WORDS)]);

        let long = decode(text.repeat(5_000).as_bytes(), &request);
        let kept = read_seen(&seen(&long));
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].probe.words() as usize, MOST_WORDS);
        assert_eq!(read_seen(&[1, 2, 3]), []);
        assert_eq!(read_seen(&[9, 0, 0, 0, 1]), []);
    }
}
