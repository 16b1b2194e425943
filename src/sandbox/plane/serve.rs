//! The plane on a socket: `http://127.0.0.1:PORT/<system>/...`.
//!
//! Flows in: a listener that is already bound. Flows out: HTTP/1.1, and on a fault what HTTP cannot say: a
//! connection that ends before the answer, or in the middle of it. Refuses bodies above 25 MB.
//! Bounded by the shutdown future.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use super::answer::PlaneAnswer;
use super::replies::refused;
use super::{MOST_BODY, Plane, PlaneError, lock};
use crate::sandbox::wire::Reply;

/// How often due webhooks are looked for.
const WEBHOOKS_EVERY: Duration = Duration::from_millis(500);
/// Into how many pieces a slow body is cut.
const SLOW_PIECES: usize = 20;

impl Plane {
    /// Serves until `shutdown` ends. Webhooks are delivered while it runs.
    ///
    /// # Errors
    /// The socket's own.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), PlaneError> {
        let address = listener.local_addr()?;
        *lock(&self.inner.base) = format!("http://{address}");
        let webhooks = self
            .inner
            .deliver
            .is_some()
            .then(|| tokio::spawn(deliver(self.clone())));
        let router = Router::new()
            .fallback(one)
            .with_state(self)
            .into_make_service_with_connect_info::<Cut>();
        let served = axum::serve(CuttableListener(listener), router)
            .with_graceful_shutdown(shutdown)
            .await;
        if let Some(task) = webhooks {
            task.abort();
        }
        Ok(served?)
    }
}

async fn deliver(plane: Plane) {
    loop {
        plane.deliver_due().await;
        tokio::time::sleep(WEBHOOKS_EVERY).await;
    }
}

async fn one(
    State(plane): State<Plane>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
) -> Result<Response, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BODY).await else {
        return Ok(respond(
            refused(
                http::StatusCode::PAYLOAD_TOO_LARGE,
                "the sandbox takes 25 MB",
            ),
            Body::from,
        ));
    };
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    let (answer, pace) = plane
        .answer(parts.method, &target, parts.headers, body)
        .await;
    Ok(match answer {
        PlaneAnswer::Reply(reply) => match pace {
            Some(pace) => respond(reply, |body| slowly(body, pace)),
            None => respond(reply, Body::from),
        },
        PlaneAnswer::Truncated(reply) => respond(reply, broken_off),
        PlaneAnswer::Dropped { .. } => {
            cut.0.store(true, Ordering::SeqCst);
            Response::new(Body::empty())
        }
    })
}

fn respond(reply: Reply, body: impl FnOnce(Bytes) -> Body) -> Response {
    let mut response = Response::new(body(reply.body));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}

/// What arrived, then an error: the connection ends short of its `content-length`.
fn broken_off(arrived: Bytes) -> Body {
    // The pause lets the part that arrives leave the buffer before the connection is torn down.
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(stream::once(async move { Ok(arrived) }).chain(end))
}

fn slowly(body: Bytes, all: Duration) -> Body {
    let size = body.len().div_ceil(SLOW_PIECES).max(1);
    let pause = all / u32::try_from(SLOW_PIECES).unwrap_or(1);
    let pieces: Vec<Bytes> = (0..body.len())
        .step_by(size)
        .map(|from| body.slice(from..(from + size).min(body.len())))
        .collect();
    Body::from_stream(stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(piece)
    }))
}

/// Set by a handler when its connection shall end without an answer.
#[derive(Clone, Default)]
struct Cut(Arc<AtomicBool>);

impl Connected<IncomingStream<'_, CuttableListener>> for Cut {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().cut.clone()
    }
}

struct CuttableListener(TcpListener);

impl Listener for CuttableListener {
    type Io = Cuttable;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (
            Cuttable {
                stream,
                cut: Cut::default(),
            },
            address,
        )
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A connection that answers nothing more once it is cut.
struct Cuttable {
    stream: TcpStream,
    cut: Cut,
}

impl Cuttable {
    fn alive(&self) -> io::Result<()> {
        if self.cut.0.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Cuttable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Cuttable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.alive()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
