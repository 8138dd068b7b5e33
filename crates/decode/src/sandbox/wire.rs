//! What crosses between the supervisor and a worker, as bytes. A worker's answer is read as if it were an upload: its
//! decoder may have been taken over.
//!
//! An answer is a small JSON object with everything that has a name, then the bulk in the order of the parts: 256
//! frequencies of each hash as little-endian 32-bit floats, then the grey thumbnail. Two lengths come first.

use fingerprint::grey::GreyPicture;
use fingerprint::pdq::Pdq;
use model::{HashMode, Incomplete, IncompleteReason, PartName, PdqHash, Quality, Variant};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::FileKind;
use crate::request::{Contents, Limits, PictureHash, PicturePart, Request};

/// Bytes of JSON in an answer; names and reasons need a few hundred.
const MOST_JSON: usize = 64 << 10;
/// Gaps that an answer may list; decoders report one.
const MOST_GAPS: usize = 16;
/// Characters of a reason's text.
const MOST_TEXT: usize = 400;
/// Bytes of one hash's frequencies.
const FREQUENCIES: usize = 4 * 256;

/// Why an answer was refused. What it said otherwise is not used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LieError {
    /// It is longer than an honest one can be.
    #[error("an answer of {found} bytes, over {limit}")]
    Size {
        /// Bytes announced.
        found: usize,
        /// The most that the request allows.
        limit: usize,
    },
    /// It ends before its announced length, or goes on after it.
    #[error("the lengths in the answer do not agree")]
    Length,
    /// Its named part is not what is expected.
    #[error("the answer is no such object: {0}")]
    Json(String),
    /// A value is outside what the request allows.
    #[error("impossible {0} in the answer")]
    Value(&'static str),
}

/// What a worker is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) mode: HashMode,
    pub(crate) max_pixels: u64,
    pub(crate) max_bytes: u64,
    pub(crate) max_frames: u32,
    pub(crate) thumb_side: u32,
    /// Bytes of the item; the worker is given no more than it may read of them.
    pub(crate) size: u64,
}

impl Job {
    pub(crate) fn of(request: &Request, size: u64) -> Self {
        let Limits {
            max_pixels,
            max_bytes,
            max_frames,
            thumb_side,
        } = request.limits;
        Self {
            mode: request.mode,
            max_pixels,
            max_bytes,
            max_frames,
            thumb_side,
            size,
        }
    }

    pub(crate) fn request(&self) -> Request {
        Request {
            mode: self.mode,
            limits: Limits {
                max_pixels: self.max_pixels,
                max_bytes: self.max_bytes,
                max_frames: self.max_frames,
                thumb_side: self.thumb_side,
            },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    kind: String,
    parts: Vec<NamedPart>,
    incomplete: Vec<NamedGap>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPart {
    name: String,
    width: u32,
    height: u32,
    grey: [u32; 2],
    hashes: Vec<NamedHash>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedHash {
    variant: Variant,
    mode: HashMode,
    pdq: String,
    quality: Quality,
}

#[derive(Serialize, Deserialize)]
struct NamedGap {
    part: String,
    reason: IncompleteReason,
}

/// The most bytes that an honest answer to a request has.
pub fn most(request: &Request) -> usize {
    let limits = &request.limits;
    let side = limits.thumb_side.max(1) as usize;
    let part = side * side + 2 * FREQUENCIES;
    MOST_JSON + part * (limits.max_frames.max(1) as usize + 1)
}

/// An answer as bytes, without the length that precedes it on the wire.
pub fn encode(contents: &Contents) -> Vec<u8> {
    let hash = |hash: &PictureHash| NamedHash {
        variant: hash.variant,
        mode: hash.mode,
        pdq: hash.pdq.hash().to_string(),
        quality: hash.pdq.quality(),
    };
    let part = |part: &PicturePart| NamedPart {
        name: part.name.as_str().to_owned(),
        width: part.width,
        height: part.height,
        grey: [part.grey.width, part.grey.height],
        hashes: part.hashes.iter().map(hash).collect(),
    };
    let gap = |gap: &Incomplete| NamedGap {
        part: gap.part.as_str().to_owned(),
        reason: gap.reason.clone(),
    };
    let named = Named {
        kind: contents.kind.name().to_owned(),
        parts: contents.parts.iter().map(part).collect(),
        incomplete: contents.incomplete.iter().map(gap).collect(),
    };
    // Strings, numbers and lists of them always have a JSON form.
    let json = serde_json::to_vec(&named).unwrap_or_default();
    let bulk = contents
        .parts
        .iter()
        .map(|part| FREQUENCIES * part.hashes.len() + part.grey.data.len());
    let mut out = Vec::with_capacity(4 + json.len() + bulk.sum::<usize>());
    out.extend((json.len() as u32).to_le_bytes());
    out.extend(json);
    for part in &contents.parts {
        for hash in &part.hashes {
            out.extend(
                hash.pdq
                    .frequencies()
                    .iter()
                    .flat_map(|value| value.to_le_bytes()),
            );
        }
        out.extend(&part.grey.data);
    }
    out
}

/// Reads an answer to `request`, and refuses everything that an honest worker would not have said.
///
/// # Errors
/// [`LieError`]; the item is incomplete then.
pub fn read(bytes: &[u8], request: &Request) -> Result<Contents, LieError> {
    let limit = most(request);
    if bytes.len() > limit {
        return Err(LieError::Size {
            found: bytes.len(),
            limit,
        });
    }
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(LieError::Length)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (json, mut bulk) = rest
        .split_at_checked(length)
        .filter(|_| length <= MOST_JSON)
        .ok_or(LieError::Length)?;
    let named: Named =
        serde_json::from_slice(json).map_err(|error| LieError::Json(short(&error.to_string())))?;
    let kind = FileKind::named(&named.kind).ok_or(LieError::Value("kind"))?;
    if named.parts.len() > request.limits.max_frames.max(1) as usize {
        return Err(LieError::Value("number of parts"));
    }
    if named.incomplete.len() > MOST_GAPS {
        return Err(LieError::Value("number of gaps"));
    }
    let parts = named
        .parts
        .iter()
        .map(|part| read_part(part, &mut bulk, request))
        .collect::<Result<Vec<PicturePart>, LieError>>()?;
    if !bulk.is_empty() {
        return Err(LieError::Length);
    }
    let incomplete = named
        .incomplete
        .into_iter()
        .map(read_gap)
        .collect::<Result<_, _>>()?;
    Ok(Contents {
        kind,
        parts,
        incomplete,
    })
}

fn read_part(part: &NamedPart, bulk: &mut &[u8], request: &Request) -> Result<PicturePart, LieError> {
    let name = PartName::parse(&part.name).ok_or(LieError::Value("name of a part"))?;
    let pixels = u64::from(part.width) * u64::from(part.height);
    if pixels == 0 || pixels > request.limits.max_pixels {
        return Err(LieError::Value("size of a picture"));
    }
    let variants: Vec<Variant> = part.hashes.iter().map(|hash| hash.variant).collect();
    if !matches!(
        variants[..],
        [Variant::Canonical] | [Variant::Canonical, Variant::Compat]
    ) {
        return Err(LieError::Value("list of hashes"));
    }
    let hashes = part
        .hashes
        .iter()
        .map(|hash| read_hash(hash, take(bulk, FREQUENCIES)?, request))
        .collect::<Result<_, _>>()?;
    let [width, height] = part.grey;
    let side = request.limits.thumb_side.max(1);
    if width > side || height > side {
        return Err(LieError::Value("size of a thumbnail"));
    }
    let data = take(bulk, width as usize * height as usize)?.to_vec();
    Ok(PicturePart {
        name,
        width: part.width,
        height: part.height,
        hashes,
        grey: GreyPicture { width, height, data },
    })
}

fn read_hash(hash: &NamedHash, bytes: &[u8], request: &Request) -> Result<PictureHash, LieError> {
    if hash.mode != request.mode {
        return Err(LieError::Value("mode"));
    }
    let value = PdqHash::from_hex(&hash.pdq).map_err(|_| LieError::Value("hash"))?;
    let mut frequencies = Box::new([0f32; 256]);
    for (value, bytes) in frequencies.iter_mut().zip(bytes.as_chunks().0) {
        *value = f32::from_le_bytes(*bytes);
        if !value.is_finite() {
            return Err(LieError::Value("frequency"));
        }
    }
    Ok(PictureHash {
        variant: hash.variant,
        mode: hash.mode,
        pdq: Pdq::from_parts(value, hash.quality, frequencies),
    })
}

fn read_gap(gap: NamedGap) -> Result<Incomplete, LieError> {
    let part = PartName::parse(&gap.part).ok_or(LieError::Value("name of a part"))?;
    let text = match &gap.reason {
        IncompleteReason::Malformed { why } | IncompleteReason::Unreadable { why } => why,
        IncompleteReason::Unsupported { kind } => kind,
        _ => "",
    };
    if text.chars().count() > MOST_TEXT || text.chars().any(char::is_control) {
        return Err(LieError::Value("text of a reason"));
    }
    Ok(Incomplete {
        part,
        reason: gap.reason,
    })
}

/// The next bytes of the bulk.
fn take<'a>(bulk: &mut &'a [u8], length: usize) -> Result<&'a [u8], LieError> {
    let (taken, rest) = bulk.split_at_checked(length).ok_or(LieError::Length)?;
    *bulk = rest;
    Ok(taken)
}

/// The beginning of a text that quotes an answer, on one line.
fn short(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(120)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answers() -> Vec<(Request, Contents)> {
        let picture = testkit::photo(3, 90, 60);
        let files = [
            testkit::encode::png(&picture),
            testkit::encode::jpeg(&picture, 80),
            testkit::encode::bmp(&picture)[..400].to_vec(),
            b"a text".to_vec(),
            b"%PDF-1.7".to_vec(),
            Vec::new(),
        ];
        let mut answers = Vec::new();
        for mode in [HashMode::Fast, HashMode::Exact] {
            let request = Request::new(mode);
            for file in &files {
                answers.push((request, crate::contents(file, file.len() as u64, &request)));
            }
        }
        answers
    }

    #[test]
    fn what_a_worker_says_is_read_back() {
        for (request, contents) in answers() {
            let bytes = encode(&contents);
            assert!(bytes.len() <= most(&request));
            assert_eq!(read(&bytes, &request), Ok(contents));
        }
    }

    #[test]
    fn values_beyond_the_request_are_refused() {
        let (request, contents) = answers().remove(0);
        let changed = |change: &dyn Fn(&mut Contents)| {
            let mut changed = contents.clone();
            change(&mut changed);
            read(&encode(&changed), &request)
        };
        let refused = |change: &dyn Fn(&mut Contents)| assert!(changed(change).is_err());
        assert!(changed(&|_| ()).is_ok());
        refused(&|it| it.parts[0].width = u32::MAX);
        refused(&|it| it.parts[0].height = 0);
        refused(&|it| it.parts[0].grey.width += 1);
        refused(&|it| it.parts[0].grey.data.push(0));
        refused(&|it| it.parts[0].hashes.clear());
        refused(&|it| it.parts[0].hashes[0].variant = Variant::Compat);
        refused(&|it| it.parts[0].hashes[0].mode = HashMode::Exact);
        refused(&|it| it.parts = vec![it.parts[0].clone(); 9]);
        refused(&|it| {
            let gap = |why: &str| Incomplete {
                part: PartName::file(),
                reason: IncompleteReason::Malformed { why: why.into() },
            };
            it.incomplete = vec![gap("two\nlines")];
        });
        let nan = {
            let pdq = Pdq::from_parts(PdqHash::new([0; 32]), Quality::USABLE, Box::new([f32::NAN; 256]));
            move |it: &mut Contents| it.parts[0].hashes[0].pdq = pdq.clone()
        };
        refused(&nan);
    }

    #[test]
    fn no_flipped_bit_and_no_cut_is_taken_for_more_than_it_is() {
        for (request, contents) in answers() {
            let bytes = encode(&contents);
            for cut in 0..bytes.len().min(600) {
                assert!(read(&bytes[..cut], &request).is_err());
            }
            for at in 0..bytes.len().min(600) {
                for bit in 0..8 {
                    let mut lie = bytes.clone();
                    lie[at] ^= 1 << bit;
                    // It may be read as something else; it may never break the reader.
                    let _ = read(&lie, &request);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let request = Request::new(HashMode::Fast);
            let _ = read(&bytes, &request);
            let mut framed = (bytes.len() as u32 / 2).to_le_bytes().to_vec();
            framed.extend(&bytes);
            let _ = read(&framed, &request);
        }
    }
}
