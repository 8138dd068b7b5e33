//! Messages with descriptors between supervisor, server and worker.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The server's word that a worker is ready; its descriptors come with it.
pub(super) const READY: u8 = b'r';
/// The supervisor's word that it took a worker.
pub(super) const TAKEN: u8 = b't';

/// Bytes that a job may have on the wire.
const MOST_JOB: usize = 8192;

/// Receives up to `buffer.len()` bytes with up to three descriptors.
pub(super) fn receive(from: BorrowedFd<'_>, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut rights = RecvAncillaryBuffer::new(&mut space);
    let message = loop {
        match recvmsg(
            from,
            &mut [IoSliceMut::new(buffer)],
            &mut rights,
            RecvFlags::CMSG_CLOEXEC,
        ) {
            Err(rustix::io::Errno::INTR) => {}
            result => break result?,
        }
    };
    let mut descriptors = Vec::new();
    for part in rights.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    Ok((message.bytes, descriptors))
}

/// Sends a job and its descriptors, at most three, to a worker or a tool.
pub(super) fn send_job(
    to: BorrowedFd<'_>,
    job: &impl Serialize,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = serde_json::to_vec(job)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    rights.push(SendAncillaryMessage::ScmRights(descriptors));
    let sent = sendmsg(to, &[IoSlice::new(&bytes)], &mut rights, SendFlags::NOSIGNAL)?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(io::ErrorKind::WriteZero.into())
    }
}

/// Receives a job and its descriptors; `None` where the other end is closed.
pub(super) fn receive_job<J: DeserializeOwned>(
    from: BorrowedFd<'_>,
) -> io::Result<Option<(J, Vec<OwnedFd>)>> {
    let mut buffer = [0; MOST_JOB];
    let (length, descriptors) = receive(from, &mut buffer)?;
    if descriptors.is_empty() {
        return Ok(None);
    }
    Ok(Some((serde_json::from_slice(&buffer[..length])?, descriptors)))
}

/// Writes everything.
pub(super) fn write_all(to: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&to, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
