//! A proxy in front of the local server, one for each simulated account: it says which account is meant, notes every
//! call, and lets calls fail.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::complete::{complete, defaults, in_report, page_of_buckets};
use crate::fault::{Fault, Rule};
use crate::wire::Call;

type Body = BoxBody<Bytes, std::io::Error>;

/// Runs every proxy of the process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

/// The key by whose owner the proxied account is meant. Credentials of an assumed role name their account themselves.
pub(crate) const KEY: &str = "AKIAPOSTURETESTS0000";

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    upstream: u16,
    account: String,
    rules: Mutex<Vec<Rule>>,
    calls: Mutex<Vec<Call>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Proxy {
    pub(crate) fn start(upstream: u16, account: &str) -> Self {
        let state = Arc::new(State {
            upstream,
            account: account.to_owned(),
            rules: Mutex::new(defaults()),
            calls: Mutex::default(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let listener = RUNTIME.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Arc::clone(&state);
        RUNTIME.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&serving);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&state), request));
                    // An interrupted connection is what some tests are about.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { address, state }
    }

    /// From now on, this applies to calls; the newest rule that matches a call wins.
    pub(crate) fn rule(&self, rule: Rule) {
        self.state.rules.lock().unwrap().push(rule);
    }

    pub(crate) fn unrule(&self) {
        self.state.rules.lock().unwrap().pop();
    }

    pub(crate) fn retain(&self, keep: impl Fn(&Rule) -> bool) {
        self.state.rules.lock().unwrap().retain(keep);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.state.calls.lock().unwrap().clear();
    }
}

async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Body>, Break> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Break)?.to_bytes();
    let call = Call::of(&head, &body);
    let request = Request::from_parts(head, body);
    let Some(call) = call else { return Ok(whole(forward(&state, None, request).await?)) };
    state.calls.lock().unwrap().push(call.clone());
    let fault = {
        let mut rules = state.rules.lock().unwrap();
        let rule = rules.iter_mut().rev().find(|rule| rule.applies_to(&call));
        rule.map(|rule| {
            if let Some(times) = &mut rule.times {
                *times -= 1;
            }
            rule.fault.clone()
        })
    };
    let answer = match fault {
        Some(Fault::Deny(words)) => whole(call.error(StatusCode::FORBIDDEN, call.denied(), &words)),
        Some(Fault::Throttle) => {
            let (status, code) = call.throttled();
            whole(call.error(status, code, "Rate exceeded"))
        }
        Some(Fault::ServerError) => whole(call.error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            "We encountered an internal error.",
        )),
        Some(Fault::Error(status, code)) => {
            whole(call.error(StatusCode::from_u16(status).unwrap(), code, "Not found"))
        }
        Some(Fault::Redirect(to)) => {
            let answer = Response::builder().status(StatusCode::TEMPORARY_REDIRECT);
            whole(answer.header("location", to).body(Bytes::new()).unwrap())
        }
        Some(Fault::Garbage) => {
            whole(Response::new(Bytes::from_static(b"<html>Sign in to the network")))
        }
        Some(Fault::Drop) => return Err(Break),
        Some(Fault::Answer(text)) => {
            let kind =
                if text.starts_with('<') { "text/xml" } else { "application/x-amz-json-1.1" };
            whole(Response::builder().header("content-type", kind).body(text.into()).unwrap())
        }
        Some(Fault::Replace(from, to)) => {
            let answer = forward(&state, Some(&call), request).await?;
            whole(answer.map(|body| {
                let text = String::from_utf8(body.into()).unwrap();
                assert!(text.contains(from), "nothing to replace in {text}");
                text.replace(from, to).into()
            }))
        }
        Some(Fault::Edit(edit)) => {
            let answer = forward(&state, Some(&call), request).await?;
            whole(answer.map(|body| {
                let text = String::from_utf8(body.into()).unwrap();
                let is_report = call.action == "iam:GetCredentialReport";
                if is_report { in_report(&text, edit) } else { edit(text) }.into()
            }))
        }
        Some(Fault::Slow(time)) => {
            tokio::time::sleep(time).await;
            whole(forward(&state, Some(&call), request).await?)
        }
        Some(Fault::Truncate) => truncated(forward(&state, Some(&call), request).await?),
        Some(Fault::Page(size)) => {
            let text = forward(&state, Some(&call), request).await?;
            whole(
                text.map(|text| {
                    page_of_buckets(&call, &String::from_utf8_lossy(&text), size).into()
                }),
            )
        }
        None => whole(forward(&state, Some(&call), request).await?),
    };
    Ok(answer)
}

/// A connection that is closed without a word.
#[derive(Debug)]
struct Break;

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("broken off")
    }
}

impl std::error::Error for Break {}

async fn forward(
    state: &State,
    call: Option<&Call>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Break> {
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = format!("http://127.0.0.1:{}{path}", state.upstream).parse().map_err(|_| Break)?;
    if call.is_none_or(|call| call.key == KEY) {
        let account = HeaderValue::from_str(&state.account).map_err(|_| Break)?;
        head.headers.insert("x-moto-account-id", account);
    }
    let answer = state
        .client
        .request(Request::from_parts(head, Full::new(body)))
        .await
        .map_err(|_| Break)?;
    let (mut head, body) = answer.into_parts();
    let body = body.collect().await.map_err(|_| Break)?.to_bytes();
    let body = match call {
        Some(call) if head.status.is_success() => complete(call, body.to_vec()).into(),
        _ => body,
    };
    head.headers.remove("content-length");
    head.headers.remove("transfer-encoding");
    head.headers.remove("connection");
    Ok(Response::from_parts(head, body))
}

fn whole(answer: Response<Bytes>) -> Response<Body> {
    answer.map(|body| Full::new(body).map_err(|never: Infallible| match never {}).boxed())
}

/// Announces the whole answer, sends half of it and closes the connection.
fn truncated(answer: Response<Bytes>) -> Response<Body> {
    let (mut head, body) = answer.into_parts();
    head.headers.insert("content-length", HeaderValue::from(body.len().max(2)));
    let half = body.slice(..body.len() / 2);
    let frames = [Ok(Frame::data(half)), Err(std::io::ErrorKind::ConnectionReset.into())];
    Response::from_parts(head, BodyExt::boxed(StreamBody::new(futures::stream::iter(frames))))
}
