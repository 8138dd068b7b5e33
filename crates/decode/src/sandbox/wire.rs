//! What crosses between the supervisor and a worker, as bytes. A worker's answer is read as if it were an upload: its
//! decoder may have been taken over.
//!
//! An answer is a JSON object with everything that has a name, then the bulk in the order of the parts: for each picture
//! 256 frequencies of each hash as little-endian 32-bit floats, then the grey thumbnail; then the texts, tracks, reports and prints.
//! Its length comes first.

use fingerprint::digest::Digests;
use fingerprint::film::{Track, Tracks};
use fingerprint::grey::GreyPicture;
use fingerprint::pdq::Pdq;
use fingerprint::sound::{Shifted, query_shifts};
use model::{HashMode, Incomplete, IncompleteReason, Md5, PartName, PdqHash, Quality, Sha1, Sha256, Variant};
use serde::{Deserialize, Serialize};

use super::lie::LieError;
use super::wire_reports::{NamedRead, most_prints, most_reports, prints, read_prints, read_reports, reports};
use crate::FileKind;
use crate::request::{
    Contents, FilmPart, Limits, MOST_GAPS, MemberPart, PictureHash, PicturePart, Request, SoundPart,
    TextPart, TextSource,
};

/// Bytes of JSON in an answer beside what its lists need.
const MOST_JSON: usize = 64 << 10;
/// Bytes of JSON that a picture, a text, a member or a gap may need: a name of [`MOST_NAME`] bytes in the worst
/// spelling is refused, none that occurs is.
const MOST_ROW: usize = 1 << 10;
/// Bytes of a part's name.
const MOST_NAME: usize = 4 << 10;
/// Characters of a reason's text.
const MOST_TEXT: usize = 400;
/// Bytes of one hash's frequencies.
const FREQUENCIES: usize = 4 * 256;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    kind: String,
    pictures: Vec<NamedPicture>,
    texts: Vec<NamedText>,
    members: Vec<NamedMember>,
    films: Vec<NamedFilm>,
    sounds: Vec<NamedSound>,
    reports: Vec<NamedRead>,
    prints: Vec<NamedRead>,
    incomplete: Vec<NamedGap>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPicture {
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
#[serde(deny_unknown_fields)]
struct NamedText {
    name: String,
    bytes: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedMember {
    name: String,
    kind: String,
    bytes: u64,
    sha256: Sha256,
    sha1: Sha1,
    md5: Md5,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedFilm {
    name: String,
    /// Bytes of the tracks.
    whole: u64,
    trimmed: Option<u64>,
    unmarked: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedSound {
    name: String,
    /// Bytes of each variant.
    variants: Vec<u64>,
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
    let picture = side * side + 2 * FREQUENCIES;
    let text = usize::try_from(limits.max_text).unwrap_or(usize::MAX);
    most_json(limits)
        .saturating_add(picture * limits.max_pictures as usize)
        .saturating_add(text)
        .saturating_add(3 * most_track(limits))
        .saturating_add(query_shifts().len() * most_sound(limits))
        .saturating_add(most_reports(request))
        .saturating_add(most_prints(request))
}

/// The most bytes that a track has.
const fn most_track(limits: &Limits) -> usize {
    (limits.max_film_frames as usize + 1) * 80
}

/// The most bytes that a variant of a sound has: nine words a second, at the lowest tempo.
const fn most_sound(limits: &Limits) -> usize {
    64 + 4 * 9 * limits.max_seconds as usize
}

fn most_json(limits: &Limits) -> usize {
    // Each member has at most one text, two reports and two prints.
    let rows = limits.max_pictures as usize + 6 * limits.max_members as usize + 1 + MOST_GAPS;
    MOST_JSON + MOST_ROW * rows
}

/// An answer as bytes, without the length that precedes it on the wire.
pub fn encode(contents: &Contents) -> Vec<u8> {
    let hash = |hash: &PictureHash| NamedHash {
        variant: hash.variant,
        mode: hash.mode,
        pdq: hash.pdq.hash().to_string(),
        quality: hash.pdq.quality(),
    };
    let picture = |part: &PicturePart| NamedPicture {
        name: part.name.as_str().to_owned(),
        width: part.width,
        height: part.height,
        grey: [part.grey.width, part.grey.height],
        hashes: part.hashes.iter().map(hash).collect(),
    };
    let text = |text: &TextPart| NamedText {
        name: text.name.as_str().to_owned(),
        bytes: text.text.len() as u64,
    };
    let member = |member: &MemberPart| NamedMember {
        name: member.name.as_str().to_owned(),
        kind: member.kind.name().to_owned(),
        bytes: member.bytes,
        sha256: member.digests.sha256,
        sha1: member.digests.sha1,
        md5: member.digests.md5,
    };
    let tracks: Vec<[Option<Vec<u8>>; 3]> = contents
        .films
        .iter()
        .map(|film| {
            let tracks = &film.tracks;
            [
                Some(tracks.whole.to_bytes()),
                tracks.trimmed.as_ref().map(Track::to_bytes),
                tracks.unmarked.as_ref().map(Track::to_bytes),
            ]
        })
        .collect();
    let film = |(film, [whole, trimmed, unmarked]): (&FilmPart, &[Option<Vec<u8>>; 3])| NamedFilm {
        name: film.name.as_str().to_owned(),
        whole: whole.as_ref().map_or(0, Vec::len) as u64,
        trimmed: trimmed.as_ref().map(|bytes| bytes.len() as u64),
        unmarked: unmarked.as_ref().map(|bytes| bytes.len() as u64),
    };
    let heard: Vec<Vec<Vec<u8>>> = contents
        .sounds
        .iter()
        .map(|sound| sound.variants.iter().map(Shifted::to_bytes).collect())
        .collect();
    let sound = |(sound, tracks): (&SoundPart, &Vec<Vec<u8>>)| NamedSound {
        name: sound.name.as_str().to_owned(),
        variants: tracks.iter().map(|bytes| bytes.len() as u64).collect(),
    };
    let reports = reports(&contents.reports);
    let (named_prints, printed) = prints(&contents.prints);
    let gap = |gap: &Incomplete| NamedGap {
        part: gap.part.as_str().to_owned(),
        reason: gap.reason.clone(),
    };
    let gaps = contents.incomplete.iter().chain(&reports.left);
    let named = Named {
        kind: contents.kind.name().to_owned(),
        pictures: contents.pictures.iter().map(picture).collect(),
        texts: contents.texts.iter().map(text).collect(),
        members: contents.members.iter().map(member).collect(),
        films: contents.films.iter().zip(&tracks).map(film).collect(),
        sounds: contents.sounds.iter().zip(&heard).map(sound).collect(),
        reports: reports.named,
        prints: named_prints,
        incomplete: gaps.take(MOST_GAPS).map(gap).collect(),
    };
    // Strings, numbers and lists of them always have a JSON form.
    let json = serde_json::to_vec(&named).unwrap_or_default();
    let pictures = contents
        .pictures
        .iter()
        .map(|part| FREQUENCIES * part.hashes.len() + part.grey.data.len());
    let texts = contents.texts.iter().map(|text| text.text.len());
    let mut out = Vec::with_capacity(4 + json.len() + pictures.chain(texts).sum::<usize>());
    out.extend((json.len() as u32).to_le_bytes());
    out.extend(json);
    for part in &contents.pictures {
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
    for text in &contents.texts {
        out.extend(text.text.as_bytes());
    }
    for bytes in tracks
        .iter()
        .flatten()
        .flatten()
        .chain(heard.iter().flatten())
        .chain(&reports.bulk)
        .chain(&printed)
    {
        out.extend(bytes);
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
        .filter(|_| length <= most_json(&request.limits))
        .ok_or(LieError::Length)?;
    let named: Named =
        serde_json::from_slice(json).map_err(|error| LieError::Json(short(&error.to_string())))?;
    let kind = FileKind::named(&named.kind).ok_or(LieError::Value("kind"))?;
    let limits = &request.limits;
    if named.pictures.len() > limits.max_pictures as usize {
        return Err(LieError::Value("number of pictures"));
    }
    if named.members.len() > limits.max_members as usize || named.texts.len() > named.members.len() + 1 {
        return Err(LieError::Value("number of members"));
    }
    if named.incomplete.len() > MOST_GAPS {
        return Err(LieError::Value("number of gaps"));
    }
    let pictures = named
        .pictures
        .iter()
        .map(|part| read_picture(part, &mut bulk, request))
        .collect::<Result<Vec<PicturePart>, LieError>>()?;
    let texts = named
        .texts
        .iter()
        .map(|text| read_text(text, &mut bulk))
        .collect::<Result<Vec<TextPart>, LieError>>()?;
    let members = named.members.iter().map(|member| read_member(member, limits));
    let members = members.collect::<Result<Vec<MemberPart>, LieError>>()?;
    // A worker that hashes frames has one film, and no other has any.
    if named.films.len() + named.sounds.len() > 1 {
        return Err(LieError::Value("number of films"));
    }
    let films = named
        .films
        .iter()
        .map(|film| read_film(film, &mut bulk, limits))
        .collect::<Result<Vec<FilmPart>, LieError>>()?;
    let sounds = named
        .sounds
        .iter()
        .map(|sound| read_sound(sound, &mut bulk, limits))
        .collect::<Result<Vec<SoundPart>, LieError>>()?;
    // At most one of each file, and of each text.
    let most_read = 2 * (named.members.len() + 1);
    let reports = read_reports(&named.reports, most_read, &mut bulk, request)?;
    let prints = read_prints(&named.prints, most_read, &mut bulk, request)?;
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
        pictures,
        texts,
        members,
        films,
        sounds,
        reports,
        prints,
        incomplete,
    })
}

pub(super) fn read_name(name: &str) -> Result<PartName, LieError> {
    let wrong = LieError::Value("name of a part");
    if name.len() > MOST_NAME {
        return Err(wrong);
    }
    PartName::parse(name).ok_or(wrong)
}

fn read_text(text: &NamedText, bulk: &mut &[u8]) -> Result<TextPart, LieError> {
    let length = usize::try_from(text.bytes).map_err(|_| LieError::Length)?;
    let bytes = take(bulk, length)?;
    Ok(TextPart {
        name: read_name(&text.name)?,
        text: String::from_utf8(bytes.to_vec()).map_err(|_| LieError::Value("text"))?,
        // No worker reads text in pictures.
        source: TextSource::Document,
    })
}

fn read_film(film: &NamedFilm, bulk: &mut &[u8], limits: &Limits) -> Result<FilmPart, LieError> {
    let mut track = |length: u64| {
        let length = usize::try_from(length).map_err(|_| LieError::Length)?;
        if length > most_track(limits) {
            return Err(LieError::Value("length of a track"));
        }
        Track::from_bytes(take(bulk, length)?).map_err(|_| LieError::Value("track"))
    };
    let whole = track(film.whole)?;
    let trimmed = film.trimmed.map(&mut track).transpose()?;
    let unmarked = film.unmarked.map(track).transpose()?;
    Ok(FilmPart {
        name: read_name(&film.name)?,
        tracks: Tracks {
            whole,
            trimmed,
            unmarked,
        },
    })
}

fn read_sound(sound: &NamedSound, bulk: &mut &[u8], limits: &Limits) -> Result<SoundPart, LieError> {
    if sound.variants.len() > query_shifts().len() {
        return Err(LieError::Value("number of variants"));
    }
    let mut variant = |length: &u64| {
        let length = usize::try_from(*length).map_err(|_| LieError::Length)?;
        if length > most_sound(limits) {
            return Err(LieError::Value("length of a variant"));
        }
        Shifted::from_bytes(take(bulk, length)?).map_err(|_| LieError::Value("variant"))
    };
    Ok(SoundPart {
        name: read_name(&sound.name)?,
        variants: sound
            .variants
            .iter()
            .map(&mut variant)
            .collect::<Result<_, _>>()?,
    })
}

fn read_member(member: &NamedMember, limits: &Limits) -> Result<MemberPart, LieError> {
    if member.bytes > limits.max_member {
        return Err(LieError::Value("size of a member"));
    }
    Ok(MemberPart {
        name: read_name(&member.name)?,
        kind: FileKind::named(&member.kind).ok_or(LieError::Value("kind"))?,
        bytes: member.bytes,
        digests: Digests {
            sha256: member.sha256,
            sha1: member.sha1,
            md5: member.md5,
        },
    })
}

fn read_picture(part: &NamedPicture, bulk: &mut &[u8], request: &Request) -> Result<PicturePart, LieError> {
    let name = read_name(&part.name)?;
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
    let part = read_name(&gap.part)?;
    let text = match &gap.reason {
        IncompleteReason::Malformed { why } | IncompleteReason::Unreadable { why } => why,
        IncompleteReason::Unsupported { kind } => kind,
        IncompleteReason::Missing { program } => program,
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
pub(super) fn take<'a>(bulk: &mut &'a [u8], length: usize) -> Result<&'a [u8], LieError> {
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
#[path = "wire_tests.rs"]
mod tests;
