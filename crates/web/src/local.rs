//! The local socket: a service has the data folder for itself, so the command line asks it for what changes there.
//!
//! The socket is a file of the data folder that only its owner may use, and whoever connects must be the same user or
//! root: whoever may open the data folder anyway. It serves the native API, for which nobody needs a key here, and one
//! route of its own, which takes the edits of the command line as they are.

use std::fs::{self, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use model::Scope;
use pipeline::curate::{Done, Edit};
use thiserror::Error;
use tokio::net::unix::UCred;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;

use crate::accept::Limits;
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract;
use crate::problem::Problem;
use crate::routes;

/// Who changes banks by the command line, for the log.
pub const ACTOR: &str = "local";
/// Name of the socket in the data folder.
const SOCKET: &str = "socket";
/// Name under which it is made.
const UNREADY: &str = "socket.new";
/// Where edits are sent.
const EDITS: &str = "/local/edits";
/// The longest path of a socket that the system takes, in bytes.
const LONGEST: usize = 107;
/// How long the command line waits for a service to say that it is there: a paused one takes connections too.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; who comes later waits.
const CONNECTIONS: usize = 64;

/// Why the service could not be asked.
#[derive(Debug, Error)]
pub enum LocalError {
    /// The service was there and is gone.
    #[error(
        "the service ended before it answered: whether the change was made is not known; look with basira bank show ({0})"
    )]
    Gone(String),
    /// It was asked and said no.
    #[error("{0}")]
    Refused(String),
    /// It speaks otherwise than this program.
    #[error(
        "the service that uses the data folder did not understand ({0}); use the program of the same version as the service"
    )]
    Foreign(String),
    /// The socket cannot be used.
    #[error(
        "cannot use the service's socket {path}: {why}; run the command as the user that the service runs as, while it is not paused",
        path = .path.display()
    )]
    Unusable {
        /// The socket.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
}

/// Does something with a file of the folder by a path that is short enough for a socket: where the whole path is not, by way
/// of the folder's descriptor.
fn near<T>(folder: &Path, name: &str, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = folder.join(name);
    if path.as_os_str().len() <= LONGEST {
        return act(&path);
    }
    let held = fs::File::open(folder)?;
    act(Path::new(&format!("/proc/self/fd/{}/{name}", held.as_raw_fd())))
}

/// The socket of a service; removed when it is dropped.
#[derive(Debug)]
pub struct LocalListener {
    listener: std::os::unix::net::UnixListener,
    path: PathBuf,
    owner: u32,
}

impl LocalListener {
    /// Makes the socket in place of one that a killed service has left. The caller has the data folder for itself, so that
    /// no living service loses its socket.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(folder: &Path) -> io::Result<Self> {
        let (unready, path) = (folder.join(UNREADY), folder.join(SOCKET));
        match fs::remove_file(&unready) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = near(folder, UNREADY, |path| {
            std::os::unix::net::UnixListener::bind(path)
        })?;
        listener.set_nonblocking(true)?;
        fs::set_permissions(&unready, Permissions::from_mode(0o600))?;
        let owner = fs::metadata(&unready)?.uid();
        // It gets its name when nobody else may connect any more.
        fs::rename(&unready, &path)?;
        Ok(Self {
            listener,
            path,
            owner,
        })
    }
}

impl Drop for LocalListener {
    fn drop(&mut self) {
        // One that stays is replaced by the next service, and until then nobody answers there.
        let _ = fs::remove_file(&self.path);
    }
}

/// All routes of the local socket.
fn router(app: &Arc<App>) -> Router {
    routes::keyed_routes()
        .route(EDITS, post(edit).layer(DefaultBodyLimit::disable()))
        .layer(from_fn_with_state(Arc::clone(app), recognise))
        .with_state(Arc::clone(app))
}

/// Nobody needs a key here; who sends one is whom it names, for what takes a person takes one here too.
async fn recognise(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let caller = if auth::sends_key(request.headers()) {
        match auth::identify(&app, &request) {
            Ok(caller) => caller,
            Err(problem) => return problem.into_response(),
        }
    } else {
        Caller::trusted(ACTOR, Scope::ALL.to_vec())
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Makes an edit; what the store says against it goes to the command line word by word.
async fn edit(
    State(app): State<Arc<App>>,
    extract::Json(edit): extract::Json<Edit>,
) -> Result<Json<Result<Done, String>>, Problem> {
    let made = app.apart(move |app| -> Result<_, Problem> {
        Ok(app.edit(ACTOR, &edit).map_err(|error| error.to_string()))
    });
    Ok(Json(made.await?))
}

/// Serves the command line until `stop` is done.
///
/// # Errors
/// When the socket cannot be listened at.
pub async fn serve_local(
    socket: LocalListener,
    app: &Arc<App>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let listener = UnixListener::from_std(socket.listener.try_clone()?)?;
    let (router, owner) = (router(app), socket.owner);
    let limits = Limits::default();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers);
    let mut stop = std::pin::pin!(stop);
    loop {
        let place = Arc::clone(&room).acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            () = &mut stop => break,
        };
        let (place, Ok((stream, _))) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        // The same user, or root; the mode of the socket keeps others out already.
        let is_friend = |peer: UCred| peer.uid() == owner || peer.uid() == 0;
        if !stream.peer_cred().is_ok_and(is_friend) {
            continue;
        }
        let service = TowerToHyperService::new(router.clone());
        let watched = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A client that breaks off is no news.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(socket);
    let _ = tokio::time::timeout(limits.grace, graceful.shutdown()).await;
    Ok(())
}

/// Whether somebody answers at a socket; an error when nobody does for [`PATIENCE`].
fn answers(mut stream: &std::os::unix::net::UnixStream) -> io::Result<bool> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let asked =
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    match asked.and_then(|()| stream.read(&mut [0; 16])) {
        Ok(read) => Ok(read > 0),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Err(
            io::Error::new(io::ErrorKind::TimedOut, "the service does not answer"),
        ),
        Err(_) => Ok(false),
    }
}

/// The service that has a data folder, for the command line.
#[derive(Debug)]
pub struct LocalClient {
    folder: PathBuf,
    runtime: tokio::runtime::Runtime,
}

impl LocalClient {
    /// Finds the service; `None` where none answers.
    ///
    /// # Errors
    /// [`LocalError::Unusable`] when there is one that this user may not ask.
    pub fn find(folder: &Path) -> Result<Option<Self>, LocalError> {
        let unusable = |why| LocalError::Unusable {
            path: folder.join(SOCKET),
            why,
        };
        match near(folder, SOCKET, |path| {
            std::os::unix::net::UnixStream::connect(path)
        }) {
            Ok(stream) if answers(&stream).map_err(unusable)? => {}
            // It is ending: whoever opens the store is told whether it has gone.
            Ok(_) => return Ok(None),
            Err(error) => match error.kind() {
                // A killed service leaves a socket at which nobody answers.
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::ConnectionRefused => {
                    return Ok(None);
                }
                _ => return Err(unusable(error)),
            },
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Some(Self {
            folder: folder.to_owned(),
            runtime: runtime.map_err(unusable)?,
        }))
    }

    /// Has the service make an edit. When this returns it is durable, and the service's next look-up sees it.
    ///
    /// # Errors
    /// [`LocalError`].
    pub fn apply(&self, edit: &Edit) -> Result<Done, LocalError> {
        let foreign = |error: &dyn std::fmt::Display| LocalError::Foreign(error.to_string());
        let body = serde_json::to_vec(edit).map_err(|error| foreign(&error))?;
        let (status, answer) = self
            .runtime
            .block_on(self.send(hyper::Method::POST, EDITS, None, body))?;
        let text = || {
            String::from_utf8_lossy(&answer)
                .chars()
                .take(300)
                .collect::<String>()
        };
        if status != hyper::StatusCode::OK {
            return Err(foreign(&text()));
        }
        let made: Result<Done, String> = serde_json::from_slice(&answer).map_err(|error| foreign(&error))?;
        made.map_err(LocalError::Refused)
    }

    /// Asks a route of the native API, as whom a key names; gives the JSON of its answer.
    ///
    /// # Errors
    /// [`LocalError::Refused`] with what the service says against it.
    pub fn ask(
        &self,
        path: &str,
        key: Option<&str>,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, LocalError> {
        let foreign = |error: &dyn std::fmt::Display| LocalError::Foreign(error.to_string());
        let body = serde_json::to_vec(body).map_err(|error| foreign(&error))?;
        let asked = self.send(hyper::Method::POST, path, key, body);
        let (status, answer) = self.runtime.block_on(asked)?;
        let answer: serde_json::Value = serde_json::from_slice(&answer).map_err(|error| foreign(&error))?;
        if status.is_success() {
            return Ok(answer);
        }
        match (answer["detail"].as_str(), answer["type"].as_str()) {
            (Some(detail), Some(kind)) => {
                let code = kind.rsplit(':').next().unwrap_or_default();
                Err(LocalError::Refused(format!("{detail} ({code})")))
            }
            _ => Err(foreign(&status)),
        }
    }

    /// Each request has a connection of its own: between two a file may be decoded for minutes.
    async fn send(
        &self,
        method: hyper::Method,
        path: &str,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<(hyper::StatusCode, Vec<u8>), LocalError> {
        let gone = |error: &dyn std::fmt::Display| LocalError::Gone(error.to_string());
        let stream = near(&self.folder, SOCKET, |path| {
            let stream = std::os::unix::net::UnixStream::connect(path)?;
            stream.set_nonblocking(true)?;
            UnixStream::from_std(stream)
        })
        .map_err(|error| gone(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| gone(&error))?;
        tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header(hyper::header::HOST, "localhost")
            .header(hyper::header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header(hyper::header::AUTHORIZATION, format!("Bearer {key}"));
        }
        let request = request.body(Body::from(body)).map_err(|error| gone(&error))?;
        let answer = sender.send_request(request).await.map_err(|error| gone(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| gone(&error))?;
        Ok((status, body.to_bytes().to_vec()))
    }
}
