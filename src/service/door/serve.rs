//! The door on a socket.
//!
//! Flows in: a listener that is already bound. Flows out: HTTP/1.1. Refuses bodies above [`MOST_BODY`](super::MOST_BODY), what does
//! not come within [`READ`], and more than [`AT_ONCE`] at the same time. Ends when it is asked to, with what is under way answered.

use super::{Door, DoorAnswer, MOST_BODY};
use crate::pipeline::ending::Ending;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Requests at the same time.
const AT_ONCE: usize = 64;
/// How long a body may take.
const READ: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Served {
    door: Arc<Door>,
    room: Arc<Semaphore>,
}

/// Serves until it is asked to end.
///
/// # Errors
/// The socket's own.
pub async fn serve(door: Door, listener: TcpListener, ending: Ending) -> std::io::Result<()> {
    let router = Router::new()
        .route("/hooks/{tenant}/{word}", post(hook))
        .route("/health", get(health))
        .fallback(nothing)
        .with_state(Served {
            door: Arc::new(door),
            room: Arc::new(Semaphore::new(AT_ONCE)),
        });
    let end = async move { ending.asked().await };
    axum::serve(listener, router)
        .with_graceful_shutdown(end)
        .await
}

async fn health() -> Response {
    respond(DoorAnswer::of(StatusCode::OK, json!({ "works": true })))
}

async fn nothing() -> Response {
    respond(DoorAnswer::nothing())
}

async fn hook(
    State(served): State<Served>,
    Path((tenant, word)): Path<(String, String)>,
    request: Request,
) -> Response {
    let Ok(_place) = served.room.try_acquire() else {
        return refused(
            StatusCode::SERVICE_UNAVAILABLE,
            "too much at the same time",
            "send it again later",
        );
    };
    let (parts, body) = request.into_parts();
    // Whoever does not know the address has nothing of what they send read.
    let opened = match served.door.opens(&tenant, &word, &parts.headers).await {
        Ok(opened) => opened,
        Err(refused) => return respond(refused),
    };
    let body = match tokio::time::timeout(READ, to_bytes(body, MOST_BODY)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            return refused(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body has more than 1 MiB, or did not come whole: nothing of it was accepted",
                "send fewer invoices at a time",
            );
        }
        Err(_) => {
            return refused(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not come within ten seconds: nothing of it was accepted",
                "send it again",
            );
        }
    };
    let answer = served.door.heard(&opened, &parts.headers, &body);
    respond(answer.await)
}

fn refused(status: StatusCode, what: &str, fix: &str) -> Response {
    respond(DoorAnswer::of(status, json!({ "what": what, "fix": fix })))
}

fn respond(answer: DoorAnswer) -> Response {
    let has_body = answer.body.is_some();
    let body = answer
        .body
        .map_or_else(Body::empty, |b| Body::from(b.to_string()));
    let mut response = Response::new(body);
    *response.status_mut() = answer.status;
    let headers = response.headers_mut();
    if has_body {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    if let Some((name, value)) = answer.echo
        && let Ok(value) = HeaderValue::from_str(&value)
    {
        headers.insert(name, value);
    }
    response
}
