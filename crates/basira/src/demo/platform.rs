//! The platform of the demonstration: it is told what was decided, and says that it has done it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// What it says to everything.
const DONE: &str = "{\"confirmed\":true}";
/// The longest body that it reads.
const MOST: usize = 1 << 20;

/// Begins to listen, until the program ends; gives its address.
pub(super) fn start() -> Result<String> {
    let listener =
        TcpListener::bind("127.0.0.1:0").context("the platform of the demonstration has no port")?;
    let address = format!("http://{}/told", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever goes away was not told; the service tries again.
            let _ = answer(stream);
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    reader.read_exact(&mut vec![0; usize::min(length, MOST)])?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
    write!(stream, "{head} {}\r\n\r\n{DONE}", DONE.len())
}
