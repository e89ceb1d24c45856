//! The operators' endpoints: `/metrics`, `/livez`, `/readyz`, `/version`.
//!
//! They share the process with the delivery and must not hurt it: a connection serves one request and has a deadline, the oldest one
//! gives way when there are too many (so that a probe gets through a flood), and the metrics page is made at most ten times a second.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};

use super::health::Health;
use super::metrics::{self, Metrics};
use super::{REVISION, VERSION};
use crate::event::schema::SCHEMA_VERSION;

/// More connections than this at once close the oldest.
const CONNECTIONS_MAX: usize = 64;
/// From accepting a connection to the end of its answer.
const CONNECTION_DEADLINE: Duration = Duration::from_secs(5);
/// A request's line and headers.
const REQUEST_BYTES_MAX: usize = 16 * 1024;
/// A metrics page is served again while it is younger than this.
const PAGE_AGE_MAX: Duration = Duration::from_millis(100);

const INDEX: &str = "exdate: /metrics /livez /readyz /version\n";

/// The address of `http.listen` cannot be bound.
#[derive(Debug, thiserror::Error)]
#[error("http.listen: cannot listen on {address}: {source}; set another address, or port 0 for a free one")]
pub struct BindFault {
    /// As configured.
    pub address: SocketAddr,
    /// What the system says.
    pub source: io::Error,
}

/// A bound socket that does not serve yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// The bound address: the real port, where port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Binds the address, so that a taken port is known before anything else starts.
///
/// # Errors
///
/// The port is taken or may not be used.
pub fn bind(address: SocketAddr) -> Result<Listener, BindFault> {
    let bound = TcpListener::bind(address).and_then(|socket| {
        socket.set_nonblocking(true)?;
        Ok(Listener { address: socket.local_addr()?, socket })
    });
    bound.map_err(|source| BindFault { address, source })
}

/// Serves until `shutdown` is done, on the current tokio runtime. Requests under way end with it.
///
/// # Errors
///
/// The socket cannot be handed to the runtime.
pub async fn serve(
    listener: Listener,
    metrics: Metrics,
    health: Health,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let socket = tokio::net::TcpListener::from_std(listener.socket)?;
    let router = router(metrics, health);
    let mut connections = Connections::default();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => return Ok(()),
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => connections.add(stream, router.clone()),
            Err(error) => {
                // Out of file descriptors, most likely: the socket stays ready, and asking again at once would spin.
                tracing::warn!(%error, "an HTTP connection was not accepted");
                tokio::time::sleep(PAGE_AGE_MAX).await;
            }
        }
    }
}

/// The connections that are being served, oldest first. Dropping them closes them.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    handles: VecDeque<AbortHandle>,
}

impl Connections {
    fn add(&mut self, stream: TcpStream, router: Router) {
        while self.tasks.try_join_next().is_some() {}
        self.handles.retain(|handle| !handle.is_finished());
        if self.handles.len() >= CONNECTIONS_MAX
            && let Some(oldest) = self.handles.pop_front()
        {
            oldest.abort();
        }
        self.handles.push_back(self.tasks.spawn(serve_connection(stream, router)));
    }
}

/// Serves one request. A client that breaks off, or is too slow, is its own loss: nothing to log.
async fn serve_connection(stream: TcpStream, router: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        // A client that has asked may close its side and read on.
        .half_close(true)
        .max_buf_size(REQUEST_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    drop(tokio::time::timeout(CONNECTION_DEADLINE, connection).await);
}

fn router(metrics: Metrics, health: Health) -> Router {
    let page = Arc::new(Page { metrics, latest: Mutex::new(None) });
    let live = health.clone();
    Router::new()
        .route("/", get(|| async { INDEX }))
        .route("/metrics", get(serve_metrics).with_state(page))
        .route("/livez", get(|| async move { answer(live.liveness()) }))
        .route("/readyz", get(|| async move { answer(health.readiness()) }))
        .route("/version", get(version))
        .fallback(|| async { (StatusCode::NOT_FOUND, INDEX) })
}

fn answer(verdict: Result<(), String>) -> (StatusCode, String) {
    match verdict {
        Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
        Err(reasons) => (StatusCode::SERVICE_UNAVAILABLE, reasons),
    }
}

async fn version() -> impl IntoResponse {
    let version = serde_json::json!({
        "name": "exdate", "version": VERSION, "revision": REVISION, "schema_version": SCHEMA_VERSION,
    });
    ([(CONTENT_TYPE, "application/json")], format!("{version}\n"))
}

/// The metrics page, kept for a moment: making one holds up the counting of batches.
struct Page {
    metrics: Metrics,
    latest: Mutex<Option<(Instant, Bytes)>>,
}

impl Page {
    fn text(&self) -> Bytes {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((made, text)) = &*latest
            && made.elapsed() < PAGE_AGE_MAX
        {
            return text.clone();
        }
        let text = Bytes::from(self.metrics.render());
        *latest = Some((Instant::now(), text.clone()));
        text
    }
}

async fn serve_metrics(State(page): State<Arc<Page>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], page.text())
}
