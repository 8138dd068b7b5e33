//! Accepting connections: deadlines for handshakes and headers, limits on connections per address and in all, and an end in
//! peace.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::crowd::{Connected, Counted, Doing, Guest, Noted};
use crate::forwarded::{Networks, client};
use crate::problem::Problem;
use crate::tls::Tls;

/// What clients may take up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections in all.
    pub connections: usize,
    /// Connections of one address; behind a trusted proxy, requests at once of one client.
    pub per_address: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
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
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(10),
            header_bytes: 32 << 10,
            grace: Duration::from_secs(20),
        }
    }
}

/// How connections are taken.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// What clients may take up.
    pub limits: Limits,
    /// With it all connections are by TLS.
    pub tls: Option<Arc<Tls>>,
    /// Whose word about the client's address is believed. Their connections are counted in all only, their requests by
    /// client.
    pub proxies: Networks,
}

/// Says to one connection too many that it shall come again, without reading anything of it.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n\
    Content-Type: application/problem+json\r\nContent-Length: 131\r\n\r\n\
    {\"type\":\"urn:basira:problem:unavailable\",\"title\":\"Not available right now\",\"status\":503,\
    \"detail\":\"too many connections; try again\"}";

/// Serves until `stop` is done, and then lets requests end.
///
/// # Errors
/// None that is known: a connection that cannot be taken ends nothing.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    door: &Door,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let limits = door.limits.within_descriptors();
    // The address of a proxy stands for many clients.
    let of_proxies = Limits {
        per_address: limits.connections,
        ..limits
    };
    let router = behind_proxies(router, door);
    let connected = Arc::new(Connected::default());
    let farewells = Arc::new(Semaphore::new(match door.tls {
        None => FAREWELLS,
        Some(_) => FAREWELLS_BY_TLS,
    }));
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
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let address = peer.ip().to_canonical();
        let own = if door.proxies.contains(address) {
            &of_proxies
        } else {
            &limits
        };
        let Some(counted) = connected.enter(address, own) else {
            match &door.tls {
                None => refuse(stream, &farewells),
                Some(tls) => refuse_by_tls(stream, tls.acceptor(), &farewells),
            }
            continue;
        };
        // Answers are small and whole; waiting for more to send would only delay them.
        let _ = stream.set_nodelay(true);
        let service = WithPeer {
            router: router.clone(),
            peer,
            guest: Arc::clone(counted.guest()),
        };
        let (builder, watcher) = (builder.clone(), graceful.watcher());
        match &door.tls {
            None => drop(tokio::spawn(attend(stream, builder, watcher, service, counted))),
            Some(tls) => {
                let handshake = tls.acceptor().accept(stream);
                tokio::spawn(async move {
                    let shaken = tokio::select! {
                        shaken = tokio::time::timeout(limits.handshake, handshake) => shaken,
                        () = counted.given_up() => return,
                    };
                    // Who is too slow, or speaks no TLS, is gone with its count. That is no news.
                    if let Ok(Ok(stream)) = shaken {
                        attend(stream, builder, watcher, service, counted).await;
                    }
                });
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    Ok(())
}

/// Answers the requests of one connection.
async fn attend(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    builder: http1::Builder,
    watcher: Watcher,
    service: WithPeer,
    counted: Counted,
) {
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::select! {
        // A client that breaks off is no news.
        _ = watcher.watch(connection) => {}
        () = counted.given_up() => {}
    }
    drop(counted);
}

/// What is known about requests that come by a proxy.
#[derive(Debug, Clone)]
struct Proxied {
    proxies: Networks,
    /// Requests at work, by client.
    at_work: Arc<Connected>,
    limits: Limits,
}

/// Where there are trusted proxies: gives requests the address of their client, and limits the requests of one.
fn behind_proxies(router: Router, door: &Door) -> Router {
    if door.proxies.is_empty() {
        return router;
    }
    let proxied = Proxied {
        proxies: door.proxies.clone(),
        at_work: Arc::default(),
        limits: Limits {
            connections: usize::MAX,
            ..door.limits
        },
    };
    router.layer(from_fn_with_state(proxied, by_client))
}

async fn by_client(State(proxied): State<Proxied>, mut request: Request, next: Next) -> Response {
    let Some(peer) = request.extensions().get::<SocketAddr>().map(SocketAddr::ip) else {
        return next.run(request).await;
    };
    let peer = peer.to_canonical();
    if !proxied.proxies.contains(peer) {
        return next.run(request).await;
    }
    let client = client(request.headers(), peer, &proxied.proxies);
    let Some(_counted) = proxied.at_work.enter(client, &proxied.limits) else {
        return Problem::unavailable("too many requests at once of one address; try again").into_response();
    };
    // The port is the proxy's, and nobody asks for it.
    request.extensions_mut().insert(SocketAddr::new(client, 0));
    next.run(request).await
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

/// As [`FAREWELLS`], where each costs a handshake.
const FAREWELLS_BY_TLS: usize = 16;
/// How long one of them takes at least: so there are no more than a hundred handshakes a second for whoever is refused, some
/// hundredths of a core.
const PACE: Duration = Duration::from_millis(160);
/// How long one of them takes at most.
const LONGEST: Duration = Duration::from_secs(5);

/// As [`refuse`], after a handshake.
fn refuse_by_tls(stream: TcpStream, tls: TlsAcceptor, farewells: &Arc<Semaphore>) {
    let Ok(turn) = Arc::clone(farewells).try_acquire_owned() else {
        return;
    };
    tokio::spawn(async move {
        let pace = tokio::time::sleep(PACE);
        let telling = async {
            let mut stream = tls.accept(stream).await?;
            stream.write_all(REFUSAL).await?;
            stream.shutdown().await?;
            let mut piece = [0; 4_096];
            let mut left = 16;
            while left > 0 && stream.read(&mut piece).await? > 0 {
                left -= 1;
            }
            io::Result::Ok(())
        };
        // Whoever does not take it, or not in time, gets a closed connection.
        let _ = tokio::time::timeout(LONGEST, telling).await;
        pace.await;
        drop(turn);
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
