//! A cloud for tests: answers that were written down, by action, through the SDK's own client.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use tokio::sync::watch;

use crate::ask::ApiClient;
use crate::collect::{Observer, Options, collect};
use crate::session::Session;

/// Answers by action. An action is called as the protocol calls it: `GetAccountSummary` where it is a parameter or a
/// header, `GET /path?query` if the path identifies the operation.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    answers: HashMap<String, VecDeque<Answer>>,
    seen: Vec<Request>,
    hosts: Vec<String>,
}

/// The request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) action: String,
    pub(crate) body: String,
    /// The region and the service that it was signed for, as `REGION/SERVICE`.
    pub(crate) signed: String,
    /// The names of the headers that were signed.
    pub(crate) headers: Vec<String>,
}

#[derive(Clone)]
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    /// One more answer to an action; the last one is given again and again.
    pub(crate) fn answer(self, action: &str, status: u16, body: impl Into<Vec<u8>>) -> Self {
        let answer = Answer { status, body: body.into() };
        self.state.lock().unwrap().answers.entry(action.to_owned()).or_default().push_back(answer);
        self
    }

    /// Success, in the format of the query protocol, which IAM uses.
    pub(crate) fn xml(self, action: &str, result: &str) -> Self {
        let body = format!(
            r#"<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"#
        );
        self.answer(action, 200, body)
    }

    /// An error, in the form of the query protocol.
    pub(crate) fn xml_error(self, action: &str, status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            r#"<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"#
        );
        self.answer(action, status, body)
    }

    /// An error, in the form of the JSON protocols.
    pub(crate) fn json_error(self, action: &str, status: u16, code: &str, message: &str) -> Self {
        self.answer(action, status, format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
    }

    /// Success, in the form of the query protocol of the Simple Notification Service.
    pub(crate) fn sns(self, action: &str, result: &str) -> Self {
        let body = format!(
            r#"<{action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"#
        );
        self.answer(action, 200, body)
    }

    /// The requests so far, in order.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.state.lock().unwrap().seen.clone()
    }

    /// The hosts of the requests so far, in order.
    pub(crate) fn hosts(&self) -> Vec<String> {
        self.state.lock().unwrap().hosts.clone()
    }

    /// How often an action was called, with its retries.
    pub(crate) fn count(&self, action: &str) -> usize {
        self.seen().iter().filter(|request| request.action == action).count()
    }

    pub(crate) fn session(&self) -> Session {
        Session::fake(self.client())
    }

    /// Reads what is wanted.
    pub(crate) async fn collect(&self, wanted: &Wanted) -> Scope {
        let options = Options { regions: vec!["eu-central-1".to_owned()], ..Options::default() };
        let observer: Observer = Arc::new(|_| ());
        let (_go, stop) = watch::channel(false);
        collect(&self.session(), wanted, &options, &observer, stop).await.unwrap()
    }

    pub(crate) fn client(&self) -> SharedHttpClient {
        let fake = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(fake.clone()))
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().unwrap_or_default();
        let body = String::from_utf8_lossy(body).into_owned();
        let action = action(&request, &body);
        let mut state = self.state.lock().unwrap();
        let answers = state.answers.entry(action.clone()).or_default();
        let answer = match answers.len() {
            0 => Answer { status: 501, body: Vec::new() },
            1 => answers[0].clone(),
            _ => answers.pop_front().unwrap(),
        };
        state.hosts.push(crate::meter::host_of(request.uri()));
        let (signed, headers) = (signed(&request), signed_headers(&request));
        state.seen.push(Request { action, body, signed, headers });
        let status = answer.status.try_into().unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer.body))))
    }
}

/// What a request was signed for: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn signed(request: &HttpRequest) -> String {
    let signature = request.headers().get("authorization").unwrap_or_default();
    let parts: Vec<&str> = signature.split(',').next().unwrap_or_default().split('/').collect();
    parts.get(2..4).map(|scope| scope.join("/")).unwrap_or_default()
}

/// The headers of `SignedHeaders=a;b;c`.
fn signed_headers(request: &HttpRequest) -> Vec<String> {
    let signature = request.headers().get("authorization").unwrap_or_default();
    let named = signature.split(", ").find_map(|part| part.strip_prefix("SignedHeaders="));
    named.unwrap_or_default().split(';').map(str::to_owned).collect()
}

fn action(request: &HttpRequest, body: &str) -> String {
    if let Some(target) = request.headers().get("x-amz-target") {
        return target.rsplit('.').next().unwrap_or_default().to_owned();
    }
    if let Some(rest) = body.strip_prefix("Action=") {
        return rest.split('&').next().unwrap_or_default().to_owned();
    }
    let uri = request.uri();
    let path = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let path = path.find('/').map_or("/", |at| &path[at..]);
    format!("{} {path}", request.method())
}

/// An asker without an account, to note gaps.
pub(crate) fn asker() -> ApiClient {
    // No handle is left to stop it.
    let (_, stop) = watch::channel(false);
    ApiClient::new(1, None, stop)
}

/// The CPU time of this thread. Other work of the machine does not count, so that a test that limits it shows
/// the same on a busy one.
pub(crate) fn worked() -> std::time::Duration {
    static BEGUN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    let of_thread = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok().map(std::time::Duration::from_nanos)
    };
    // Only Linux distinguishes it from the time that passed.
    of_thread().unwrap_or_else(|| BEGUN.elapsed())
}
