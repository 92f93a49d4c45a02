//! What the simulated clouds have in common: a port on loopback, and the faults of a response.

use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::fault::Fault;

type Body = BoxBody<Bytes, std::io::Error>;

/// A cloud that is served.
pub(crate) trait Cloud: Send + Sync + 'static {
    /// Answers a request, and returns the fault of the response.
    fn answer(&self, head: Parts, body: Bytes) -> impl Future<Output = Answered> + Send;

    /// By how many seconds its clock is ahead of this machine's.
    fn clock_ahead(&self) -> i64;
}

/// A response, before any fault.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) response: Response<Vec<u8>>,
    pub(crate) fault: Option<Fault>,
    /// What is sent in place of a body that must make no sense.
    pub(crate) nonsense: &'static [u8],
}

/// A port of loopback that is served until this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Port {
    /// Uses the named port, or any that is free.
    pub(crate) async fn serve(cloud: Arc<impl Cloud>, port: Option<u16>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let _ = stream.set_nodelay(true);
                let cloud = Arc::clone(&cloud);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&cloud), request));
                    // An interrupted connection is what some faults are about.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self { address, task })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until it ends, which requires a stop.
    pub(crate) async fn join(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection that is closed without a word.
#[derive(Debug)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed on purpose")
    }
}

impl std::error::Error for Closed {}

async fn answer(
    cloud: Arc<impl Cloud>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Closed> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let Answered { mut response, fault, nonsense } = cloud.answer(head, body).await;
    if let Some(date) = date(cloud.clock_ahead()) {
        response.headers_mut().insert("date", date);
    }
    Ok(match fault {
        Some(Fault::Reset) => return Err(Closed),
        Some(Fault::Truncated) => truncated(response),
        Some(Fault::Malformed) => {
            *response.body_mut() = nonsense.to_vec();
            whole(response)
        }
        Some(Fault::Cut(tags)) => {
            let end = places(response.body()).nth(usize::try_from(tags).unwrap_or(0).max(1) - 1);
            response.body_mut().truncate(end.unwrap_or(usize::MAX));
            whole(response)
        }
        Some(Fault::Body(text)) => {
            *response.status_mut() = StatusCode::OK;
            *response.body_mut() = text.into_bytes();
            whole(response)
        }
        Some(Fault::NoContent) => {
            *response.status_mut() = StatusCode::NO_CONTENT;
            response.body_mut().clear();
            whole(response)
        }
        Some(Fault::Date(date)) => {
            if let Ok(date) = HeaderValue::from_bytes(date.as_bytes()) {
                response.headers_mut().insert("date", date);
            }
            whole(response)
        }
        Some(Fault::WrongType) => {
            let page = HeaderValue::from_static("text/html");
            response.headers_mut().insert("content-type", page);
            *response.body_mut() = b"<html><body>Sign in to the network</body></html>".to_vec();
            whole(response)
        }
        Some(Fault::Redirected(to)) => {
            let (mut head, body) = response.into_parts();
            head.status = StatusCode::TEMPORARY_REDIRECT;
            if let Ok(to) = HeaderValue::from_str(&to) {
                head.headers.insert("location", to);
            }
            whole(Response::from_parts(head, body))
        }
        Some(Fault::SlowStart(ms)) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            whole(response)
        }
        Some(Fault::SlowBody(ms)) => slow(response, Duration::from_millis(ms)),
        _ => whole(response),
    })
}

/// Where an answer may be cut: behind each tag, or behind each brace, bracket and comma of JSON.
pub(crate) fn places(body: &[u8]) -> impl Iterator<Item = usize> {
    let xml = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    let ends = move |byte: u8| if xml { byte == b'>' } else { b"{}[],".contains(&byte) };
    body.iter().enumerate().filter(move |(_, byte)| ends(**byte)).map(|(place, _)| place + 1)
}

/// The time of a clock that is off by so many seconds; none if it is not, as the server then sends the time anyway.
fn date(ahead: i64) -> Option<HeaderValue> {
    if ahead == 0 {
        return None;
    }
    let ahead = jiff::SignedDuration::from_secs(ahead);
    let theirs = jiff::Timestamp::now().checked_add(ahead).ok()?;
    let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&theirs);
    HeaderValue::from_str(&text.ok()?).ok()
}

fn whole(answer: Response<Vec<u8>>) -> Response<Body> {
    answer.map(|body| {
        Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {}).boxed()
    })
}

/// Announces the whole answer, sends half of it and closes the connection.
fn truncated(answer: Response<Vec<u8>>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    head.headers.insert("content-length", HeaderValue::from(body.len().max(2)));
    let body = Bytes::from(body);
    let half = body.slice(..body.len() / 2);
    let frames = [Ok(Frame::data(half)), Err(std::io::ErrorKind::ConnectionReset.into())];
    Response::from_parts(head, BodyExt::boxed(StreamBody::new(futures::stream::iter(frames))))
}

/// Sends the first half of the answer, and the second half after a time.
fn slow(answer: Response<Vec<u8>>, time: Duration) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    head.headers.insert("content-length", HeaderValue::from(body.len()));
    let body = Bytes::from(body);
    let (first, second) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
    let frames = futures::stream::unfold(Some((Some(first), second)), move |left| async move {
        match left? {
            (Some(first), second) => Some((Ok(Frame::data(first)), Some((None, second)))),
            (None, second) => {
                tokio::time::sleep(time).await;
                Some((Ok(Frame::data(second)), None))
            }
        }
    });
    Response::from_parts(head, BodyExt::boxed(StreamBody::new(Box::pin(frames))))
}
