//! Files in: digested piece by piece, and decoded in a sandbox that is given a descriptor of them. Without a sandbox they
//! are read whole where they may be decoded, and no file takes more memory than the limit of a decoded one.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;

use decode::sandbox::{Pending, Posture, Sandbox};
use decode::{Contents, Decoded, Decoder, FileKind, Request, Watch, decode};
use fingerprint::digest::{Digester, Digests};
use model::{Incomplete, IncompleteReason, PartName};

/// Bytes of a file too large to be decoded that are in memory at a time; enough to tell every kind of file.
const PIECE: usize = 64 << 10;

/// Reads and decodes a file, and gives its size in bytes; `buffer` is reused from file to file, and `watch` is shown how
/// far it has come where that takes long.
///
/// # Errors
/// What the system says, and for folders and devices what to do instead; that the sandbox does not work.
pub fn decode_file(
    path: &Path,
    buffer: &mut Vec<u8>,
    decoder: &Decoder,
    request: &Request,
    watch: &mut Watch<'_>,
) -> io::Result<(Decoded, u64)> {
    decode_open(File::open(path)?, buffer, decoder, request, watch)
}

/// As [`decode_file`], of a file that is open at its beginning.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_open(
    file: File,
    buffer: &mut Vec<u8>,
    decoder: &Decoder,
    request: &Request,
    watch: &mut Watch<'_>,
) -> io::Result<(Decoded, u64)> {
    let metadata = file.metadata()?;
    refuse(&metadata)?;
    match decoder {
        Decoder::Sandboxed(sandbox) if metadata.is_file() => {
            decode_apart(&file, metadata.len(), sandbox, request, watch)
        }
        Decoder::Sandboxed(sandbox) => decode_stream(&file, sandbox, request, watch),
        Decoder::InProcess => decode_here(file, metadata.len(), buffer, request),
    }
}

/// A worker decodes the file while its digests are taken here, where no decoder can change them.
fn decode_apart(
    file: &File,
    size: u64,
    sandbox: &Sandbox,
    request: &Request,
    watch: &mut Watch<'_>,
) -> io::Result<(Decoded, u64)> {
    let pending = sandbox.begin(file, size, request).map_err(io::Error::other)?;
    let (digests, found) = digest(&[], file, |_| Ok(()))?;
    Ok((finished(digests, pending, sandbox, watch), found))
}

/// What has no beginning to go back to is written into a file without a name first, as far as it may be decoded.
fn decode_stream(
    stream: &File,
    sandbox: &Sandbox,
    request: &Request,
    watch: &mut Watch<'_>,
) -> io::Result<(Decoded, u64)> {
    let mut spool = tempfile::tempfile()?;
    let mut spooled = 0;
    let (digests, size) = digest(&[], stream, |piece| {
        if spooled > request.limits.max_bytes {
            return Ok(());
        }
        spooled += piece.len() as u64;
        spool.write_all(piece)
    })?;
    let pending = sandbox.begin(&spool, size, request).map_err(io::Error::other)?;
    Ok((finished(digests, pending, sandbox, watch), size))
}

/// Waits for a worker, and puts its word beside what was taken here.
fn finished(digests: Digests, pending: Pending<'_>, sandbox: &Sandbox, watch: &mut Watch<'_>) -> Decoded {
    Decoded {
        digests,
        contents: pending.finish_watched(watch),
        posture: sandbox.posture(),
    }
}

fn decode_here(
    mut file: File,
    size: u64,
    buffer: &mut Vec<u8>,
    request: &Request,
) -> io::Result<(Decoded, u64)> {
    const KEEP: usize = 64 << 20;
    buffer.clear();
    buffer.shrink_to(KEEP);
    // One byte more than may be decoded tells a larger file; a pipe does not say how large it is.
    let most = match size <= request.limits.max_bytes {
        true => request.limits.max_bytes.saturating_add(1),
        false => PIECE as u64,
    };
    Read::by_ref(&mut file).take(most).read_to_end(buffer)?;
    if (buffer.len() as u64) < most {
        return Ok((decode(buffer, request), buffer.len() as u64));
    }
    let kind = FileKind::of(buffer);
    let (digests, found) = digest(buffer, &file, |_| Ok(()))?;
    let limit = request.limits.max_bytes;
    let gap = Incomplete {
        part: PartName::file(),
        reason: IncompleteReason::Bytes { found, limit },
    };
    let mut contents = Contents::nothing(kind);
    contents
        .incomplete
        .extend((kind != FileKind::Plain || request.read).then_some(gap));
    let posture = Posture::NONE;
    let decoded = Decoded {
        digests,
        contents,
        posture,
    };
    Ok((decoded, found))
}

/// Digests `beginning` and the rest of the file, and shows each piece to `each`; the digests and the bytes.
fn digest(
    beginning: &[u8],
    mut rest: &File,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<(Digests, u64)> {
    let mut digester = Digester::default();
    digester.update(beginning);
    let mut bytes = beginning.len() as u64;
    let mut buffer = vec![0; PIECE];
    loop {
        let piece = match rest.read(&mut buffer) {
            Ok(0) => return Ok((digester.finish(), bytes)),
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        digester.update(piece);
        each(piece)?;
        bytes += piece.len() as u64;
    }
}

/// Refuses what has no content, or no end.
fn refuse(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder; use basira scan for folders",
        ));
    }
    if is_device(metadata) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a device; name a file",
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device() || metadata.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::HashMode;

    fn decoded(bytes: &[u8], max_bytes: u64) -> (Decoded, Decoded) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        let mut request = Request::new(HashMode::Fast);
        request.limits.max_bytes = max_bytes;
        let (found, size) =
            decode_file(&path, &mut Vec::new(), &Decoder::InProcess, &request, &mut |_| ()).unwrap();
        assert_eq!(size, bytes.len() as u64);
        (found, decode(bytes, &request))
    }

    /// Whatever the size of a file and the limit, what is found is what decoding the whole file gives.
    #[test]
    fn large_files_are_as_if_they_were_read_whole() {
        let picture = testkit::encode::bmp(&testkit::photo(1, 320, 240));
        assert!(picture.len() > 3 * PIECE);
        let text = vec![b'x'; 2 * PIECE];
        for bytes in [&picture[..], &text, b"", b"x"] {
            let size = bytes.len() as u64;
            for limit in [
                0,
                1,
                100,
                PIECE as u64,
                size.saturating_sub(1),
                size,
                size + 1,
                u64::MAX,
            ] {
                let (found, want) = decoded(bytes, limit);
                assert_eq!(found, want, "{size} bytes, limit {limit}");
            }
        }
    }

    #[test]
    fn folders_and_devices_are_refused() {
        let request = Request::new(HashMode::Fast);
        let refusal = |path: &str| {
            decode_file(
                Path::new(path),
                &mut Vec::new(),
                &Decoder::InProcess,
                &request,
                &mut |_| (),
            )
            .unwrap_err()
            .to_string()
        };
        assert!(refusal("/").contains("basira scan"));
        assert!(refusal("/dev/zero").contains("device"));
    }
}
