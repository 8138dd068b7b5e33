//! What a bank keeps of the texts of a file.

use decode::{Decoded, TextSource};
use model::{EntrySignal, Leaf, PartName, Signal, SignalType};
use store::{EntryText, EntryTrack, MAX_SIGNALS, MAX_TEXT, MAX_TRACKS};
use text::known::{SHORTEST, TextPrint};

use super::Warning;

/// Adds what the texts of a file are compared by, and gives the texts themselves as far as they are kept.
pub(super) fn bank(
    decoded: &Decoded,
    signals: &mut Vec<EntrySignal>,
    tracks: &mut Vec<EntryTrack>,
    warnings: &mut Vec<Warning>,
) -> Vec<EntryText> {
    let (mut texts, mut banked) = (Vec::new(), 0);
    let mut short = false;
    let guessed: Vec<(PartName, TextPrint)> = guessed(decoded);
    let prints = decoded.prints.iter().map(|part| (&part.name, &part.print));
    for (name, print) in prints.chain(guessed.iter().map(|(name, print)| (name, print))) {
        let Some(passages) = print.body.as_ref() else {
            short |= print.probe.words() > 0 && print.probe.words() < SHORTEST as u32;
            continue;
        };
        if signals.len() + 2 > MAX_SIGNALS || tracks.len() >= MAX_TRACKS {
            warnings.push(Warning::ManyTexts { kept: banked });
            break;
        }
        banked += 1;
        tracks.push(EntryTrack {
            kind: SignalType::TextPassages,
            bytes: passages.to_bytes(),
        });
        let digest = print.raw.first().map(|digest| Signal::RawText(*digest));
        if let Some(ordinal) = digest.and_then(|digest| push(signals, digest)) {
            texts.extend(text_of(decoded, name).map(|text| EntryText { ordinal, text }));
        }
        if let Some(tlsh) = print.tlsh {
            push(signals, Signal::TextTlsh(tlsh));
        }
    }
    // Of a picture with a word or two nobody expects more.
    if short && banked == 0 && decoded.pictures.is_empty() {
        warnings.push(Warning::ShortText);
    }
    texts
}

/// Adds a signal that is not there yet, and gives its place.
fn push(signals: &mut Vec<EntrySignal>, signal: Signal) -> Option<u8> {
    if signals.iter().any(|held| held.signal == signal) {
        return None;
    }
    let quality = None;
    signals.push(EntrySignal { signal, quality });
    // There are at most `MAX_SIGNALS`.
    u8::try_from(signals.len() - 1).ok()
}

/// What was guessed from pictures, for comparisons that forgive.
fn guessed(decoded: &Decoded) -> Vec<(PartName, TextPrint)> {
    let guessed = decoded.texts.iter().filter(|text| text.source == TextSource::Ocr);
    let print = |text: &decode::TextPart| {
        let print = TextPrint {
            raw: Vec::new(),
            ..TextPrint::of_text(&text.text, |span| span)
        };
        (text.name.clone(), print)
    };
    guessed.map(print).collect()
}

/// The beginning of the text of a part, as far as it is kept.
fn text_of(decoded: &Decoded, name: &PartName) -> Option<String> {
    let (place, _) = name.split();
    let name = place.part(Leaf::Text);
    let part = decoded.texts.iter().find(|text| text.name == name)?;
    let mut text = part.text.replace('\0', " ");
    text.truncate(text.floor_char_boundary(MAX_TEXT));
    Some(text)
}
