//! A worker's answer on its channel: what another program must look at, one by one as it is found, then what was found.
//! The supervisor's half believes no length and no name, and has no parser of media.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

use fingerprint::grey::GreyPicture;
use model::{Leaf, PartName, Place};

use super::{channel, wire};
use crate::request::{MOST_MEDIA, Request};
use crate::{FileKind, legible};

/// A member for another program follows.
const MEDIA: u8 = b'm';
/// A picture in which text is looked for follows.
const PICTURE: u8 = b'p';
/// A sign of life: members that were begun, or seconds that were seen.
const STEP: u8 = b's';
/// The answer follows, and is the end.
const ANSWER: u8 = b'a';

/// Signs of life that are honest: one in five seconds of the longest film that may be looked at.
const MOST_STEPS: u32 = 200_000;

/// Bytes of a member's name.
const MOST_NAME: usize = 4 << 10;
/// Bytes that are copied at a time.
const PIECE: usize = 64 << 10;

/// A film or a sound that another program must decode.
#[derive(Debug)]
pub(super) struct Media {
    /// Where it lies.
    pub(super) place: Place,
    /// What its content says that it is.
    pub(super) kind: &'static str,
    /// Its bytes, in a file without a name; `None` for the item itself.
    pub(super) file: Option<File>,
}

/// A picture in which text is looked for.
#[derive(Debug)]
pub(super) struct Legible {
    /// Which of the pictures of the answer it says that it is.
    pub(super) number: u32,
    /// Its pixels, in a file without a name, behind a header that no worker wrote.
    pub(super) file: File,
}

/// All that came from a worker.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) media: Vec<Media>,
    pub(super) legible: Vec<Legible>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// A deadline passed.
    Late,
    /// It announced what no honest answer can have.
    Lie,
    /// The channel was closed.
    Ended,
    /// There is no room for a member.
    NoRoom,
}

/// The worker's half: a member for another program; no bytes for the item itself.
pub(super) fn write_media(channel: impl AsFd, place: &Place, kind: &str, bytes: &[u8]) -> io::Result<()> {
    let name = format!("{kind}\n{}", place.part(Leaf::File));
    let name = name.as_bytes();
    let mut head = vec![MEDIA];
    head.extend((name.len() as u32).to_le_bytes());
    head.extend(name);
    head.extend((bytes.len() as u64).to_le_bytes());
    channel::write_all(&channel, &head)?;
    channel::write_all(&channel, bytes)
}

/// The worker's half: a picture in which text is looked for.
pub(super) fn write_picture(channel: impl AsFd, number: u32, grey: &GreyPicture) -> io::Result<()> {
    let mut head = vec![PICTURE];
    for value in [number, grey.width, grey.height] {
        head.extend(value.to_le_bytes());
    }
    channel::write_all(&channel, &head)?;
    channel::write_all(&channel, &grey.data)
}

/// The worker's half: a sign of life.
pub(super) fn write_step(channel: impl AsFd, value: u32) -> io::Result<()> {
    let mut head = vec![STEP];
    head.extend(value.to_le_bytes());
    channel::write_all(&channel, &head)
}

/// The worker's half: the answer.
pub(super) fn write(channel: impl AsFd, answer: &[u8]) -> io::Result<()> {
    // In one piece, for which the supervisor wakes up once.
    let mut all = Vec::with_capacity(5 + answer.len());
    all.push(ANSWER);
    all.extend((answer.len() as u32).to_le_bytes());
    all.extend(answer);
    channel::write_all(&channel, &all)
}

/// Fills a buffer from the worker, or says why not.
pub(super) type Fill<'a> = dyn FnMut(&mut [u8]) -> Result<(), NoAnswer> + 'a;

/// The supervisor's half. Signs of life are shown to `step`.
pub(super) fn read(
    fill: &mut Fill<'_>,
    request: &Request,
    step: &mut dyn FnMut(u32),
) -> Result<Answer, NoAnswer> {
    let (mut media, mut legible) = (Vec::new(), Vec::new());
    let mut steps = 0;
    let mut left = request.limits.max_unpacked;
    let most_pictures = if request.ocr {
        request.limits.max_ocr as usize
    } else {
        0
    };
    let most = wire::most(request);
    loop {
        let mut head = [0; 5];
        fill(&mut head)?;
        let [tag, length @ ..] = head;
        let value = u32::from_le_bytes(length);
        let length = value as usize;
        match tag {
            ANSWER if length <= most => {
                let mut bytes = vec![0; length];
                fill(&mut bytes)?;
                return Ok(Answer {
                    bytes,
                    media,
                    legible,
                });
            }
            MEDIA if length <= MOST_NAME && media.len() < MOST_MEDIA as usize => {
                media.push(read_media(fill, length, &mut left)?);
            }
            STEP if steps < MOST_STEPS => {
                steps += 1;
                step(value);
            }
            PICTURE if legible.len() < most_pictures => legible.push(read_picture(fill, value)?),
            _ => return Err(NoAnswer::Lie),
        }
    }
}

/// The simplest of all pictures (PGM, `P5` of Netpbm), whose header is written here: whatever a worker says are pixels.
fn read_picture(fill: &mut Fill<'_>, number: u32) -> Result<Legible, NoAnswer> {
    let mut sides = [[0; 4]; 2];
    for side in &mut sides {
        fill(side)?;
    }
    let [width, height] = sides.map(u32::from_le_bytes);
    let most_side = legible::MOST_SIDE as u32;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > legible::MOST_BYTES as u64 || width.max(height) > most_side {
        return Err(NoAnswer::Lie);
    }
    let header = format!("P5 {width} {height} 255\n");
    let file = read_file(fill, header.as_bytes(), pixels)?;
    Ok(Legible { number, file })
}

fn read_media(fill: &mut Fill<'_>, name_length: usize, left: &mut u64) -> Result<Media, NoAnswer> {
    let mut name = vec![0; name_length];
    fill(&mut name)?;
    let name = String::from_utf8(name).map_err(|_| NoAnswer::Lie)?;
    let (kind, name) = name.split_once('\n').ok_or(NoAnswer::Lie)?;
    let Some(FileKind::Media(kind)) = FileKind::named(kind) else {
        return Err(NoAnswer::Lie);
    };
    let (place, leaf) = PartName::parse(name).ok_or(NoAnswer::Lie)?.split();
    if leaf != Leaf::File {
        return Err(NoAnswer::Lie);
    }
    let mut size = [0; 8];
    fill(&mut size)?;
    let size = u64::from_le_bytes(size);
    *left = left.checked_sub(size).ok_or(NoAnswer::Lie)?;
    if place.depth() == 0 {
        return match size {
            0 => Ok(Media {
                place,
                kind,
                file: None,
            }),
            _ => Err(NoAnswer::Lie),
        };
    }
    Ok(Media {
        place,
        kind,
        file: Some(read_file(fill, b"", size)?),
    })
}

/// So many bytes from the worker into a file without a name, after some of our own.
fn read_file(fill: &mut Fill<'_>, header: &[u8], size: u64) -> Result<File, NoAnswer> {
    let no_room = |_| NoAnswer::NoRoom;
    let mut file = tempfile::tempfile().map_err(no_room)?;
    file.write_all(header).map_err(no_room)?;
    let mut buffer = vec![0; PIECE];
    let mut rest = size;
    while rest > 0 {
        let piece = &mut buffer[..rest.min(PIECE as u64) as usize];
        fill(piece)?;
        file.write_all(piece).map_err(no_room)?;
        rest -= piece.len() as u64;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, SeekFrom};

    use model::HashMode;

    use super::*;

    /// What the supervisor makes of a worker's bytes, in a request for at most two texts of pictures.
    fn read_bytes(mut bytes: &[u8], ocr: bool) -> Result<Answer, NoAnswer> {
        let mut request = Request::new(HashMode::Fast);
        request.ocr = ocr;
        request.limits.max_ocr = 2;
        let mut fill = |buffer: &mut [u8]| bytes.read_exact(buffer).map_err(|_| NoAnswer::Ended);
        read(&mut fill, &request, &mut |_| ())
    }

    fn picture(number: u32, width: u32, height: u32, data: &[u8]) -> Vec<u8> {
        let head = [number, width, height].map(u32::to_le_bytes).concat();
        [&[PICTURE][..], &head, data].concat()
    }

    const END: [u8; 5] = [ANSWER, 0, 0, 0, 0];

    #[test]
    fn pictures_get_a_header_of_ours() {
        let bytes = [picture(7, 3, 2, b"\x89PNG\r\n"), END.to_vec()].concat();
        let mut answer = read_bytes(&bytes, true).unwrap();
        let [legible] = &mut answer.legible[..] else {
            panic!("{answer:?}");
        };
        assert_eq!(legible.number, 7);
        let mut file = Vec::new();
        legible.file.seek(SeekFrom::Start(0)).unwrap();
        legible.file.read_to_end(&mut file).unwrap();
        assert_eq!(file, b"P5 3 2 255\n\x89PNG\r\n");
    }

    #[test]
    fn pictures_that_no_honest_worker_sends_are_lies() {
        let one = picture(0, 1, 1, b"a");
        let refused = |bytes: &[u8], ocr: bool| {
            let bytes = [bytes, &END].concat();
            matches!(read_bytes(&bytes, ocr), Err(NoAnswer::Lie))
        };
        assert!(!refused(&[one.clone(), one.clone()].concat(), true));
        assert!(refused(&[one.clone(), one.clone(), one.clone()].concat(), true));
        assert!(refused(&one, false), "nobody asked");
        let most = legible::MOST_SIDE as u32;
        for [width, height] in [
            [0, 1],
            [1, 0],
            [most + 1, 1],
            [1, most + 1],
            [most, most],
            [u32::MAX, u32::MAX],
        ] {
            assert!(
                refused(&picture(0, width, height, b""), true),
                "{width} × {height}"
            );
        }
        assert!(matches!(
            read_bytes(&picture(0, 9, 9, b"short"), true),
            Err(NoAnswer::Ended)
        ));
    }
}
