//! The layer between all requests and the network: no signed request goes to a foreign address, no response is
//! unlimited or ends early unnoticed, and the times that responses report are recorded.
//!
//! It is below the SDK's clients, so that requests of credential providers pass it as well, which no interceptor sees.

use std::cell::Cell;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector,
    http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Limited};
use posture_model::memory::{self, Pool, Share};
use posture_model::skew::{self, Skew};
use posture_model::time::Time;

use crate::meter::{address_allowed, host_of};
use crate::whole::is_whole;

/// The most bytes of one answer.
const MOST_BYTES: usize = 64 << 20;

tokio::task_local! {
    /// About how much memory the last response of this task needs.
    static WEIGHT: Cell<usize>;
}

/// Runs a call, and reports about how much memory the response needs.
pub(crate) async fn weighed<T>(call: impl Future<Output = T>) -> (T, usize) {
    WEIGHT
        .scope(Cell::new(0), async {
            let answer = call.await;
            (answer, WEIGHT.with(Cell::get))
        })
        .await
}

/// Guards the requests of one login, and of the roles that are assumed with it.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// Hosts beyond AWS's own that signed requests may go to.
    allowed: Arc<[String]>,
    skew: Arc<Skew>,
    /// The host of the last request, as long as it has not responded.
    failed: Arc<Mutex<Option<String>>>,
    /// Where the memory for answers comes from.
    memory: Arc<Pool>,
}

impl Guard {
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self {
            allowed: allowed.into(),
            skew: Arc::default(),
            failed: Arc::default(),
            memory: Pool::answers(),
        }
    }

    /// The same with so much memory for answers.
    #[cfg(test)]
    pub(crate) fn with_memory(self, memory: &Arc<Pool>) -> Self {
        Self { memory: Arc::clone(memory), ..self }
    }

    pub(crate) fn allowed_hosts(&self) -> Arc<[String]> {
        Arc::clone(&self.allowed)
    }

    /// The host of the last request without a response: errors of connections do not name it.
    pub(crate) fn failed_host(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The times that the provider's services reported.
    pub(crate) fn skew(&self) -> &Skew {
        &self.skew
    }

    /// A client that sends by another, guarded.
    pub(crate) fn client(&self, inner: &SharedHttpClient) -> SharedHttpClient {
        let (guard, inner) = (self.clone(), inner.clone());
        http_client_fn(move |settings, components| {
            let inner = inner.http_connector(settings, components);
            SharedHttpConnector::new(Guarded { guard: guard.clone(), inner })
        })
    }
}

#[derive(Debug)]
struct Guarded {
    guard: Guard,
    inner: SharedHttpConnector,
}

impl HttpConnector for Guarded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if is_secret(&request)
            && let Err(why) = address_allowed(request.uri(), &self.guard.allowed)
        {
            return HttpConnectorFuture::ready(Err(ConnectorError::user(why.into())));
        }
        // What asks the machine for credentials is answered in words, and by a clock that is the machine's own.
        let of_a_service = is_secret(&request);
        let asked = Arc::clone(&self.guard.failed);
        let note = move |host| *asked.lock().unwrap_or_else(PoisonError::into_inner) = host;
        // Recorded before, as a waiting caller may give up.
        note(Some(host_of(request.uri())));
        let (answer, skew) = (self.inner.call(request), Arc::clone(&self.guard.skew));
        let mut share = self.guard.memory.share();
        HttpConnectorFuture::new(async move {
            let sent = now();
            let mut answer = answer.await?;
            note(None);
            time(&mut answer, |date| {
                if of_a_service {
                    skew.note(date, sent, now());
                }
            });
            let body = Limited::new(answer.take_body(), MOST_BYTES);
            if !of_a_service {
                *answer.body_mut() = SdkBody::from_body_1_x(body);
                return Ok(answer);
            }
            let binary = answer.headers().get("content-type").is_some_and(|of| of.contains("cbor"));
            match read(body, binary, &mut share).await {
                Ok(body) => put(&mut answer, Bytes::from_owner(Held { body, _share: share })),
                Err(error) => break_off(&mut answer, error),
            }
            Ok(answer)
        })
    }
}

/// The bytes of a response, which hold their share as long as any of them is there.
struct Held {
    body: Vec<u8>,
    _share: Share,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// Reads a body as far as there is memory for it, and for what it becomes.
async fn read(
    body: impl Body<Data = Bytes, Error = BoxError>,
    binary: bool,
    share: &mut Share,
) -> Result<Vec<u8>, BoxError> {
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            share.grow(data.len()).await?;
            bytes.extend_from_slice(&data);
        }
    }
    let weight = if binary { memory::weight_of_binary(&bytes) } else { memory::weight(&bytes) };
    share.grow(weight.saturating_sub(share.bytes())).await?;
    let _ = WEIGHT.try_with(|last| last.set(weight));
    Ok(bytes)
}

fn now() -> Time {
    jiff::Timestamp::now().into()
}

/// The whole body of a response, for code that needs it later.
#[derive(Clone, Debug)]
pub(crate) struct Whole(pub(crate) Bytes);

/// Gives a response its body, if that is complete. Of an incomplete error the status still counts: it goes without a
/// body, so that no code of it can be taken for an answer.
fn put(answer: &mut HttpResponse, body: Bytes) {
    // The decompressed body has another length.
    let packed = answer.headers().get("content-encoding").is_some();
    let announced = answer.headers().get("content-length").filter(|_| !packed);
    let short = announced.is_some_and(|length| length.trim().parse() != Ok(body.len()));
    let flaw = if short {
        Some("the length of the response differs from its Content-Length".into())
    } else {
        is_whole(&body).err().map(BoxError::from)
    };
    match flaw {
        None => {
            answer.add_extension(Whole(body.clone()));
            *answer.body_mut() = SdkBody::from(body);
        }
        Some(flaw) if answer.status().is_success() => break_off(answer, flaw),
        Some(_) => *answer.body_mut() = SdkBody::empty(),
    }
}

/// Makes the reading of a response end in an error, so that it is requested again, and does not count in the end.
fn break_off(answer: &mut HttpResponse, why: BoxError) {
    *answer.body_mut() = SdkBody::from_body_1_x(Broken(Some(why)));
}

/// A body that cannot be read.
#[derive(Debug)]
struct Broken(Option<BoxError>);

impl Body for Broken {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(self.get_mut().0.take().map(Err))
    }
}

/// The times that the SDK may see, in seconds since 1970: from the year 2000 to 2100. It signs by the reported
/// time, and ends the process if a year has five digits then.
const BEARABLE: std::ops::Range<i64> = 946_684_800..4_102_444_800;

/// Records the time of a response, and removes it if the SDK could not handle it.
fn time(answer: &mut HttpResponse, mut note: impl FnMut(&str)) {
    let mut bearable = true;
    for date in answer.headers().get_all("date") {
        note(date);
        bearable &= skew::read(date).is_some_and(|time| BEARABLE.contains(&time.unix()));
    }
    if !bearable {
        answer.headers_mut().remove("date");
    }
}

/// Whether a request carries something that no other host may get: a signature, a token of single sign-on, a token for which
/// a role is issued. A request to the machine for its own credentials does not.
fn is_secret(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key("authorization")
        || headers.contains_key("x-amz-sso_bearer_token")
        || request.body().bytes().is_some_and(|body| body.starts_with(b"Action=AssumeRole"))
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;

    use super::*;
    use crate::fake::{Fake, asker};
    use crate::meter::Meter;

    /// What becomes of an answer to the account's summary.
    async fn summary(status: u16, body: &str) -> Result<(), posture_model::gap::Gap> {
        let cloud = Fake::default().answer("GetAccountSummary", status, body);
        let (meter, ask) = (Meter::default(), asker());
        let client = cloud.session().iam("us-east-1", &meter);
        let call = client.get_account_summary().send();
        let answer = ask.ask("iam:GetAccountSummary", "", "", call).await;
        answer.map(|_| ()).map_err(crate::ask::CallError::into_gap)
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_behind_a_tag_is_refused() {
        let whole = "<GetAccountSummaryResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
            <GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>1</value></entry></SummaryMap>\
            </GetAccountSummaryResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
            </GetAccountSummaryResponse>";
        assert!(summary(200, whole).await.is_ok());
        for (end, _) in whole.match_indices('>').map(|(at, tag)| (at + 1, tag)) {
            if end < whole.len() {
                let gap = summary(200, &whole[..end]).await.unwrap_err();
                assert_eq!(gap.reason, Reason::Malformed, "{}", &whole[..end]);
                assert!(gap.detail.unwrap_or_default().contains("incomplete"));
            }
        }
    }

    #[tokio::test]
    async fn an_empty_answer_is_refused() {
        for (status, body) in
            [(200, ""), (204, ""), (200, "{}"), (200, "null"), (200, "[]"), (200, "<a/>")]
        {
            let gap = summary(status, body).await.unwrap_err();
            assert_eq!(gap.reason, Reason::Malformed, "{status} {body}");
        }
    }

    const ANSWER: &str = r#"{"a":[{},{}]}"#;

    /// A connector that gives every request the same body, in parts.
    #[derive(Clone, Debug)]
    struct Served(&'static str);

    impl HttpConnector for Served {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let status = 200.try_into().unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(self.0))))
        }
    }

    async fn body_with(memory: &Arc<Pool>, body: &'static str) -> Result<HttpResponse, String> {
        let guard = Guard::new(&[]).with_memory(memory);
        let guarded = Guarded { guard, inner: SharedHttpConnector::new(Served(body)) };
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri("https://iam.amazonaws.com/").unwrap();
        request.headers_mut().insert("authorization", "x");
        let mut answer = guarded.call(request).await.unwrap();
        let body = std::mem::replace(answer.body_mut(), SdkBody::empty());
        let whole = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        *answer.body_mut() = SdkBody::from(whole);
        Ok(answer)
    }

    #[tokio::test]
    async fn answers_at_once_share_their_memory() {
        let memory = Pool::new(1200);
        let one = body_with(&memory, ANSWER).await.unwrap();
        assert_eq!(memory.used(), memory::weight(ANSWER.as_bytes()));
        // The next waits until the first is done with.
        let (second, ()) = tokio::join!(body_with(&memory, ANSWER), async { drop(one) });
        drop(second.unwrap());
        assert_eq!(memory.used(), 0);
        // A single response that is too large does not count, by its bytes or by its size once parsed.
        for large in [r#"{"a":[{},{},{},{}]}"#, Box::leak("x".repeat(1201).into_boxed_str())] {
            let refused = body_with(&memory, large).await.unwrap_err();
            assert!(refused.contains("memory limit"), "{refused}");
            assert_eq!(memory.used(), 0);
        }
    }

    #[tokio::test]
    async fn what_an_answer_takes_is_reported_to_its_keeper() {
        let memory = Pool::new(1 << 20);
        let (_, weight) = weighed(body_with(&memory, ANSWER)).await;
        assert_eq!(weight, memory::weight(ANSWER.as_bytes()));
    }

    /// The code of an error may mean that something is not configured, but not if the rest of its text is unknown.
    #[tokio::test]
    async fn an_error_that_breaks_off_has_no_code() {
        let error = "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>";
        assert_eq!(summary(404, error).await.unwrap_err().code.as_deref(), Some("NoSuchEntity"));
        let gap = summary(404, &error[..error.len() - 16]).await.unwrap_err();
        assert_eq!((gap.code, gap.reason), (None, Reason::Malformed));
        // The meaning of the status alone remains.
        assert_eq!(summary(403, "<html><br></html>").await.unwrap_err().reason, Reason::Denied);
    }

    #[test]
    fn a_date_that_the_sdk_cannot_parse_is_removed() {
        for (date, kept) in [
            ("Thu, 21 Oct 2027 07:28:00 GMT", true),
            ("Fri, 31 Dec 9999 23:59:59 GMT", false),
            ("Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("yesterday", false),
            ("", false),
        ] {
            let status = 200.try_into().unwrap();
            let mut answer = HttpResponse::new(status, SdkBody::empty());
            answer.headers_mut().insert("date", date);
            let mut noted = Vec::new();
            time(&mut answer, |date| noted.push(date.to_owned()));
            assert_eq!(noted, [date]);
            assert_eq!(answer.headers().get("date").is_some(), kept, "{date}");
        }
    }

    #[tokio::test]
    async fn an_answer_without_measure_is_refused() {
        let cloud = Fake::default().answer("GetAccountSummary", 200, " ".repeat(MOST_BYTES + 1));
        let (meter, ask) = (Meter::default(), asker());
        let client = cloud.session().iam("us-east-1", &meter);
        let call = client.get_account_summary().send();
        let answer = ask.ask("iam:GetAccountSummary", "", "", call).await;
        let gap = answer.map(|_| ()).unwrap_err().into_gap();
        assert_eq!(gap.reason, Reason::Malformed);
        // It was the length and not the content.
        assert!(gap.detail.as_deref().unwrap_or_default().contains("length limit"), "{gap:?}");
    }
}
