//! What no page leads to: attachments, pictures that no page shows, and texts that stand beside the pages.
//!
//! All objects of the file are gone through, whatever refers to them: what a new version of a document took away still
//! lies in it.

use std::collections::BTreeMap;
use std::io::Cursor;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::object::dict::keys::{
    BITS_PER_COMPONENT, COLORSPACE, EF, F, HEIGHT, IMAGE, SUBTYPE, TYPE, UF, WIDTH,
};
use hayro::hayro_syntax::object::stream::{ImageColorSpace, ImageDecodeParams};
use hayro::hayro_syntax::object::{self, Array, Dict, MaybeRef, Name, Object, Stream};
use hayro::hayro_syntax::{Filter, Pdf};
use model::IncompleteReason;

use super::pictures::{self, Taken};
use crate::opening::Opening;
use crate::raster::Raster;
use crate::refusal::{check_pixels, malformed, unsupported};

/// Entries of dictionaries whose text people see, or are led by: title and subject of the document, names in its outline,
/// notes, values of fields, addresses of links.
const SHOWN: [&[u8]; 8] = [
    b"Title",
    b"Subject",
    b"Keywords",
    b"Contents",
    b"V",
    b"URI",
    b"TU",
    b"Alt",
];
/// Arrays and dictionaries within each other that are looked into.
const DEEP: u32 = 64;

/// Looks at all that the pages did not lead to.
pub(super) fn read(pdf: &Pdf, opening: &mut Opening<'_>, taken: &mut Taken) {
    let mut beside = Beside::default();
    for object in pdf.objects() {
        beside.look(&object, 0);
    }
    if beside.is_deep {
        opening.gap(malformed(format!("more than {DEEP} objects within objects")));
    }
    for text in std::mem::take(&mut beside.texts) {
        opening.text(&text);
    }
    for object in pdf.objects() {
        let Object::Stream(stream) = object else {
            continue;
        };
        let number = stream.obj_id().obj_number;
        let kind = |key: &[u8], wanted: &[u8]| {
            stream
                .dict()
                .get::<Name<'_>>(key)
                .is_some_and(|name| &*name == wanted)
        };
        if let Some(name) = beside.files.get(&number) {
            attachment(name, &stream, opening);
        } else if kind(TYPE, b"EmbeddedFile") {
            attachment(&format!("attachment {number}"), &stream, opening);
        } else if kind(SUBTYPE, IMAGE)
            && let Some(name) = taken.begin(&stream)
            && let Err(reason) = unshown(&name, &stream, opening)
        {
            opening.member_gap(&name, reason);
        }
    }
}

/// What stands beside the pages.
#[derive(Debug, Default)]
struct Beside {
    /// Names of attachments, by the number of the object with their content (7.11).
    files: BTreeMap<u32, String>,
    texts: Vec<String>,
    /// Whether anything lies deeper than was looked.
    is_deep: bool,
}

impl Beside {
    /// Looks into an object, and into what lies in it; not into what it refers to, which is an object itself.
    fn look(&mut self, object: &Object<'_>, depth: u32) {
        if depth > DEEP {
            self.is_deep = true;
            return;
        }
        match object {
            Object::Dict(dict) => self.entries(dict, depth),
            Object::Stream(stream) => self.entries(stream.dict(), depth),
            Object::Array(array) => {
                for item in direct(array) {
                    self.look(&item, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn entries(&mut self, dict: &Dict<'_>, depth: u32) {
        if let Some(files) = dict.get::<Dict<'_>>(EF) {
            let name = [UF, F, b"DOS", b"Unix", b"Mac"]
                .into_iter()
                .find_map(|key| dict.get::<object::String<'_>>(key));
            let name = name.map_or_else(|| "attachment".to_owned(), |name| text_of(&name));
            for (_, content) in files.entries() {
                if let MaybeRef::Ref(content) = content {
                    self.files.insert(content.obj_number, name.clone());
                }
            }
        }
        // What is called its contents is a signature (12.8.1), which is no text.
        let is_signature = dict.contains_key(b"ByteRange");
        let mut entries: Vec<_> = dict.entries().collect();
        // They come in no order.
        entries.sort_by(|(a, _), (b, _)| a[..].cmp(&b[..]));
        for (key, value) in entries {
            let MaybeRef::NotRef(value) = value else {
                continue;
            };
            match value {
                Object::String(text) if SHOWN.contains(&&*key) && !is_signature => {
                    self.texts.push(text_of(&text))
                }
                value => self.look(&value, depth + 1),
            }
        }
    }
}

/// What stands in an array itself.
fn direct<'a>(array: &Array<'a>) -> impl Iterator<Item = Object<'a>> {
    array.raw_iter().filter_map(|item| match item {
        MaybeRef::NotRef(object) => Some(object),
        MaybeRef::Ref(_) => None,
    })
}

/// A text string (7.9.2.2): Unicode where it says so, else the encoding of PDF, which is Latin-1 for most of it.
fn text_of(text: &[u8]) -> String {
    let (unicode, beginning) = match text {
        [0xfe, 0xff, ..] => (UTF_16BE, 2),
        [0xff, 0xfe, ..] => (UTF_16LE, 2),
        [0xef, 0xbb, 0xbf, ..] => (UTF_8, 3),
        _ => return text.iter().copied().map(char::from).collect(),
    };
    let (text, _) = unicode.decode_without_bom_handling(&text[beginning..]);
    text.into_owned()
}

/// Opens an attachment, unpacked as far as it may be.
fn attachment(name: &str, stream: &Stream<'_>, opening: &mut Opening<'_>) {
    let raw = stream.raw_data();
    match stream.filters()[..] {
        [] => opening.member(name, &raw[..]),
        [Filter::FlateDecode] => opening.member(name, ZlibDecoder::new(&raw[..])),
        // Their size was checked.
        _ => match stream.decoded_data() {
            Ok(content) => opening.member(name, &content[..]),
            Err(_) => opening.member_gap(name, malformed("the attachment cannot be unpacked")),
        },
    }
}

/// Looks at a picture that no page shows. What is needed to show it is only known in part: its colours are taken where
/// they are grey, red, green and blue, or a palette of these.
fn unshown(name: &str, stream: &Stream<'_>, opening: &mut Opening<'_>) -> Result<(), IncompleteReason> {
    if pictures::is_file(stream) {
        opening.member(name, Cursor::new(stream.raw_data()));
        return Ok(());
    }
    let dict = stream.dict();
    let side = |key| dict.get::<u32>(key).unwrap_or(0);
    let (width, height) = (side(WIDTH), side(HEIGHT));
    check_pixels(width.into(), height.into(), &opening.request().limits)?;
    let palette = palette(dict);
    let params = ImageDecodeParams {
        is_indexed: palette.is_some(),
        bpc: dict.get::<u8>(BITS_PER_COMPONENT),
        num_components: None,
        target_dimension: None,
        width,
        height,
    };
    let decoded = stream
        .decoded_image(&params)
        .map_err(|_| malformed("the picture cannot be decoded"))?;
    let (width, height) = decoded
        .image_data
        .as_ref()
        .map_or((width, height), |image| (image.width, image.height));
    check_pixels(width.into(), height.into(), &opening.request().limits)?;
    let (width, height) = (width as usize, height as usize);
    let bits = decoded.image_data.as_ref().map(|image| image.bits_per_component);
    let bits = bits.or(params.bpc).unwrap_or(1);
    let channels = match decoded.image_data.as_ref().and_then(|image| image.color_space) {
        _ if palette.is_some() => 1,
        Some(ImageColorSpace::Gray) => 1,
        Some(ImageColorSpace::Rgb) => 3,
        Some(_) => 0,
        None => channels(dict.get::<Object<'_>>(COLORSPACE)),
    };
    if channels == 0 {
        return Err(unsupported("pdf, colours of a picture that no page shows"));
    }
    let length = (width * channels * usize::from(bits)).div_ceil(8) * height;
    if decoded.data.len() < length {
        return Err(IncompleteReason::Truncated);
    }
    let samples = samples(&decoded.data, width * channels, height, bits, palette.is_some())
        .ok_or_else(|| unsupported("pdf, depth of a picture that no page shows"))?;
    let raster = match (palette, channels) {
        (Some(palette), _) => {
            let colour = |index: u8| palette.get(usize::from(index)).copied().unwrap_or_default();
            let colours = samples.into_iter().flat_map(colour);
            Raster::rgb(width, height, colours.collect())
        }
        (None, 1) => Raster::grey(width, height, samples),
        (None, _) => Raster::rgb(width, height, samples),
    };
    opening.embedded(name, &pictures::reading(raster));
    Ok(())
}

/// Channels of a colour space, 0 where it is another than grey or red, green and blue (8.6).
fn channels(space: Option<Object<'_>>) -> usize {
    let named = |name: &[u8]| match name {
        b"DeviceGray" | b"CalGray" | b"G" => 1,
        b"DeviceRGB" | b"CalRGB" | b"RGB" => 3,
        _ => 0,
    };
    match space {
        // A stencil has none.
        None => 1,
        Some(Object::Name(name)) => named(&name),
        Some(Object::Array(array)) => {
            let mut items = array.flex_iter();
            match items.next::<Name<'_>>().as_deref() {
                Some(b"ICCBased") => {
                    let profile = items.next::<Stream<'_>>();
                    match profile.and_then(|profile| profile.dict().get::<u8>(b"N")) {
                        Some(1) => 1,
                        Some(3) => 3,
                        _ => 0,
                    }
                }
                Some(name) => named(name),
                None => 0,
            }
        }
        Some(_) => 0,
    }
}

/// The colours of a palette (8.6.6.3).
fn palette(dict: &Dict<'_>) -> Option<Vec<[u8; 3]>> {
    let mut items = dict.get::<Array<'_>>(COLORSPACE)?.flex_iter();
    if !matches!(&*items.next::<Name<'_>>()?, b"Indexed" | b"I") {
        return None;
    }
    let base = channels(Some(items.next::<Object<'_>>()?));
    items.next::<u8>()?;
    let table = match items.next::<Object<'_>>()? {
        Object::String(table) => table.to_vec(),
        Object::Stream(table) => table.decoded_data().ok()?.into_owned(),
        _ => return None,
    };
    match base {
        1 => Some(table.into_iter().map(|grey| [grey; 3]).collect()),
        3 => Some(table.as_chunks().0.to_vec()),
        _ => None,
    }
}

/// A byte for each sample; rows begin at a byte.
fn samples(data: &[u8], across: usize, rows: usize, bits: u8, are_indices: bool) -> Option<Vec<u8>> {
    let stride = (across * usize::from(bits)).div_ceil(8);
    let mut out = Vec::with_capacity(across * rows);
    for row in 0..rows {
        let row = data.get(row * stride..).unwrap_or_default();
        let byte = |at: usize| row.get(at).copied().unwrap_or(0);
        match bits {
            8 => out.extend((0..across).map(byte)),
            16 => out.extend((0..across).map(|at| byte(2 * at))),
            1 | 2 | 4 => {
                let (bits, most) = (usize::from(bits), u8::MAX >> (8 - bits));
                let scale = if are_indices { 1 } else { u8::MAX / most };
                let sample = |at: usize| byte(at * bits / 8) >> (8 - bits - at * bits % 8) & most;
                out.extend((0..across).map(|at| sample(at) * scale));
            }
            _ => return None,
        }
    }
    Some(out)
}
