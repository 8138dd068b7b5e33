//! Accepting connections: a deadline for headers, limits on connections per address and in all, and an end in peace.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};

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

/// Who is connected, by address.
#[derive(Debug, Default)]
struct Connected {
    by_address: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// A connection that is counted until it is dropped.
struct Counted {
    connected: Arc<Connected>,
    address: IpAddr,
}

impl Connected {
    /// Counts a connection in, unless there are too many.
    fn enter(self: &Arc<Self>, address: IpAddr, limits: &Limits) -> Option<Counted> {
        // Counting leaves the table whole.
        let mut guard = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, by_address) = &mut *guard;
        let own = by_address.entry(address).or_default();
        if *all >= limits.connections || *own >= limits.per_address {
            if *own == 0 {
                by_address.remove(&address);
            }
            return None;
        }
        *own += 1;
        *all += 1;
        Some(Counted {
            connected: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut guard = self
            .connected
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (all, by_address) = &mut *guard;
        *all -= 1;
        if let Some(own) = by_address.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                by_address.remove(&self.address);
            }
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
    let connected = Arc::new(Connected::default());
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
            refuse(&stream);
            continue;
        };
        // Answers are small and whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(WithPeer {
            router: router.clone(),
            peer,
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is no news.
            let _ = watched.await;
            drop(counted);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    Ok(())
}

fn refuse(stream: &TcpStream) {
    // Whoever does not take it, or not at once, gets a closed connection.
    let _ = stream.try_write(REFUSAL);
}

/// The router, told who is at the other end.
#[derive(Clone)]
struct WithPeer {
    router: Router,
    peer: SocketAddr,
}

impl tower_service::Service<axum::http::Request<hyper::body::Incoming>> for WithPeer {
    type Response = axum::response::Response;
    type Error = std::convert::Infallible;
    type Future = axum::routing::future::RouteFuture<std::convert::Infallible>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: axum::http::Request<hyper::body::Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        tower_service::Service::call(&mut self.router, request.map(axum::body::Body::new))
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

    #[test]
    fn connections_are_counted_in_and_out() {
        let limits = Limits {
            connections: 3,
            per_address: 2,
            ..Limits::default()
        };
        let connected = Arc::new(Connected::default());
        let (a, b) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let first = connected.enter(a, &limits).unwrap();
        let second = connected.enter(a, &limits).unwrap();
        assert!(connected.enter(a, &limits).is_none(), "two of one address");
        let third = connected.enter(b, &limits).unwrap();
        assert!(connected.enter(b, &limits).is_none(), "three in all");
        drop(first);
        assert!(connected.enter(b, &limits).is_some());
        drop((second, third));
        assert!(connected.by_address.lock().unwrap().1.is_empty());
    }
}
