//! Telling the service manager how far the service is: the protocol of `sd_notify(3)`, where there is one that listens.

use std::os::unix::net::UnixDatagram;

/// Says that everything is served from now on.
pub(crate) fn ready() {
    say("READY=1\nSTATUS=serving");
}

/// Says that the service was asked to stop, and finishes what it has.
pub(crate) fn stopping() {
    say("STOPPING=1\nSTATUS=finishing what is at work");
}

fn say(state: &str) {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else {
        return;
    };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

fn send(socket: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    let own = UnixDatagram::unbound()?;
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::ffi::OsStrExt;
        // A name that begins with @ is no file.
        if let Some(name) = socket.as_bytes().strip_prefix(b"@") {
            let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
            return own.send_to_addr(state.as_bytes(), &address).map(drop);
        }
    }
    own.send_to(state.as_bytes(), socket).map(drop)
}
