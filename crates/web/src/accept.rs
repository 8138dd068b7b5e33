//! Accepting connections: a deadline for headers, limits on connections per address and in all, and an end in peace.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::crowd::{Connected, Doing, Guest, Noted};

/// What clients may take up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections of one address.
    pub per_address: usize,
    /// How long the headers of a request may take.
    pub headers: Duration,
    /// Bytes of a request's headers.
    pub header_bytes: usize,
    /// How long requests may go on after the service was told to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2_048,
            per_address: 256,
            headers: Duration::from_secs(10),
            header_bytes: 32 << 10,
            grace: Duration::from_secs(20),
        }
    }
}

/// Says to one connection too many that it shall come again, without reading anything of it.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\
    Content-Type: application/problem+json\r\nContent-Length: 131\r\n\r\n\
    {\"type\":\"urn:basira:problem:unavailable\",\"title\":\"Not available right now\",\"status\":503,\
    \"detail\":\"too many connections; try again\"}";

/// Serves until `stop` is done, and then lets requests end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = limits.within_descriptors();
    let connected = Arc::new(Connected::default());
    let farewells = Arc::new(Semaphore::new(FAREWELLS));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(limits.header_bytes.max(8 << 10))
        .pipeline_flush(true);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or a connection that was gone before it was taken: neither ends the service.
                eprintln!("basira: a connection could not be taken: {error}");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(counted) = connected.enter(peer.ip().to_canonical(), &limits) else {
            refuse(stream, &farewells);
            continue;
        };
        // Answers are small and whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(WithPeer {
            router: router.clone(),
            peer,
            guest: Arc::clone(counted.guest()),
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                // A client that breaks off is no news.
                _ = watched => {}
                () = counted.given_up() => {}
            }
            drop(counted);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    Ok(())
}

/// Connections that are told at once at most why they are refused; others are closed.
const FAREWELLS: usize = 64;

/// What is on its way while a connection is closed would have the system take the refusal back: it is read and dropped for
/// a moment.
fn refuse(stream: TcpStream, farewells: &Arc<Semaphore>) {
    let Ok(turn) = Arc::clone(farewells).try_acquire_owned() else {
        return;
    };
    // Whoever does not take it, or not at once, gets a closed connection.
    if stream.try_write(REFUSAL).is_err() {
        return;
    }
    // It is told that there is nothing more to come; where that fails, it is gone already.
    let _ = rustix::net::shutdown(&stream, rustix::net::Shutdown::Write);
    tokio::spawn(async move {
        let reading = async {
            let mut left = 16;
            let mut piece = [0; 4_096];
            while left > 0 && stream.readable().await.is_ok() {
                match stream.try_read(&mut piece) {
                    Ok(0) => break,
                    Ok(_) => left -= 1,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
        };
        let _ = tokio::time::timeout(Duration::from_secs(1), reading).await;
        drop((stream, turn));
    });
}

/// The router, told who is at the other end.
#[derive(Clone)]
struct WithPeer {
    router: Router,
    peer: SocketAddr,
    guest: Arc<Guest>,
}

impl tower_service::Service<axum::http::Request<hyper::body::Incoming>> for WithPeer {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: axum::http::Request<hyper::body::Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        let guest = Arc::clone(&self.guest);
        let noted = request.map(|body| axum::body::Body::new(Noted::new(body, Arc::clone(&guest))));
        let answering = tower_service::Service::call(&mut self.router, noted);
        Box::pin(async move {
            let answer = answering.await;
            guest.does(Doing::Waits);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_says_its_own_length() {
        let text = std::str::from_utf8(REFUSAL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("Content-Length: {}\r\n", body.len()))
                || head.ends_with(&format!("Content-Length: {}", body.len())),
            "{}",
            body.len()
        );
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    }
}
