//! A worker's answer on its channel: members that another program must decode, one by one as they are found, then what
//! was found. The supervisor's half believes no length and no name, and has no parser of media.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;

use model::{Leaf, PartName, Place};

use super::channel;
use crate::FileKind;
use crate::request::{Limits, MOST_MEDIA};

/// A member for another program follows.
const MEDIA: u8 = b'm';
/// The answer follows, and is the end.
const ANSWER: u8 = b'a';

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

/// All that came from a worker.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) media: Vec<Media>,
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

/// The worker's half: the answer.
pub(super) fn write(channel: impl AsFd, answer: &[u8]) -> io::Result<()> {
    let mut head = vec![ANSWER];
    head.extend((answer.len() as u32).to_le_bytes());
    channel::write_all(&channel, &head)?;
    channel::write_all(&channel, answer)
}

/// Fills a buffer from the worker, or says why not.
pub(super) type Fill<'a> = dyn FnMut(&mut [u8]) -> Result<(), NoAnswer> + 'a;

/// The supervisor's half. `most` is the length of the longest honest answer.
pub(super) fn read(fill: &mut Fill<'_>, limits: &Limits, most: usize) -> Result<Answer, NoAnswer> {
    let mut media = Vec::new();
    let mut left = limits.max_unpacked;
    loop {
        let mut head = [0; 5];
        fill(&mut head)?;
        let [tag, length @ ..] = head;
        let length = u32::from_le_bytes(length) as usize;
        match tag {
            ANSWER if length <= most => {
                let mut bytes = vec![0; length];
                fill(&mut bytes)?;
                return Ok(Answer { bytes, media });
            }
            MEDIA if length <= MOST_NAME && media.len() < MOST_MEDIA as usize => {
                media.push(read_media(fill, length, &mut left)?);
            }
            _ => return Err(NoAnswer::Lie),
        }
    }
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
    let mut file = tempfile::tempfile().map_err(|_| NoAnswer::NoRoom)?;
    let mut buffer = vec![0; PIECE];
    let mut rest = size;
    while rest > 0 {
        let piece = &mut buffer[..rest.min(PIECE as u64) as usize];
        fill(piece)?;
        file.write_all(piece).map_err(|_| NoAnswer::NoRoom)?;
        rest -= piece.len() as u64;
    }
    Ok(Media {
        place,
        kind,
        file: Some(file),
    })
}
