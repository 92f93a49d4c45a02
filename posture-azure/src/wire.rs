//! What requests travel over: one client for everything, bounded in time and size.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::{HeaderName, HeaderValue};
use azure_core::http::{AsyncRawResponse, HttpClient, Request, Transport, Url};
use futures::StreamExt;
use posture_collect::retries::Retries;
use posture_model::memory::{self, Full, Pool, Share};

use crate::trouble::{causes, is_unconnected, may_pass};

/// The most bytes of one answer.
const MOST_BYTES: usize = 64 << 20;

/// How often a connection is tried at most as long as nothing has answered.
const FIRST_ATTEMPTS: u32 = 3;

/// No connection was established, and nothing has responded so far. It was retried if that may help, so that the caller need
/// not: something is wrong with the network, and the user who waits for the first response should see what.
#[derive(Debug, thiserror::Error)]
#[error("no connection came about")]
struct Unreached(#[source] Error);

/// Whether an error is final, although one of its kind passes by.
pub(crate) fn is_final(error: &(dyn std::error::Error + 'static)) -> bool {
    final_cause(error).is_some()
}

/// The depth at which a final error has its cause: those before are the SDK's, and have no information.
pub(crate) fn final_cause(error: &(dyn std::error::Error + 'static)) -> Option<usize> {
    causes(error).position(|error| error.is::<Unreached>())
}

tokio::task_local! {
    /// The share of the memory for responses, for code that holds one for longer than it takes to read it.
    static SHARE: Mutex<Option<Share>>;
}

/// Sends a request; the memory of the response is taken from the share, and has to be held as long as the response.
pub(crate) async fn holding<T>(share: Share, sent: impl Future<Output = T>) -> (T, Option<Share>) {
    let work = async {
        let answer = sent.await;
        (answer, SHARE.with(taken))
    };
    SHARE.scope(Mutex::new(Some(share)), work).await
}

fn taken(slot: &Mutex<Option<Share>>) -> Option<Share> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The client of everything that is sent, with one pool of connections.
#[derive(Debug)]
pub(crate) struct Wire {
    client: Arc<dyn HttpClient>,
    /// Where bytes go instead: a simulator on loopback.
    simulator: Option<Url>,
    /// How a connection is tried again as long as nothing has answered.
    retries: Retries,
    answered: AtomicBool,
}

impl Wire {
    /// A custom client.
    pub(crate) fn given(
        client: Arc<dyn HttpClient>,
        simulator: Option<Url>,
        retries: Retries,
    ) -> Self {
        let retries = Retries { attempts: retries.attempts.min(FIRST_ATTEMPTS), ..retries };
        Self { client, simulator, retries, answered: AtomicBool::new(false) }
    }

    /// `timeout` is how long one attempt may take.
    pub(crate) fn new(
        timeout: Duration,
        simulator: Option<Url>,
        retries: Retries,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder();
        // What is meant for this machine does not leave it, whatever proxy the environment names.
        let client = if simulator.is_some() { client.no_proxy() } else { client };
        let client = client
            .connect_timeout(Duration::from_secs(5))
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .https_only(simulator.is_none())
            .build()?;
        Ok(Self::given(Arc::new(client), simulator, retries))
    }

    /// Sends a request. Once anything has responded, the caller decides what is repeated.
    async fn send(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.client.execute_request(request).await {
                Ok(answer) => {
                    self.answered.store(true, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if self.answered.load(Ordering::Relaxed) || !is_unconnected(&error) {
                return Err(error);
            }
            if !may_pass(&error) || !self.retries.allow(attempts) {
                // The SDK repeats errors of the network for a minute, and none of this kind.
                return Err(Error::new(ErrorKind::Other, Unreached(error)));
            }
            tokio::time::sleep(self.retries.backoff(attempts)).await;
        }
    }

    pub(crate) fn transport(self) -> Transport {
        Transport::new(Arc::new(self))
    }
}

#[async_trait]
impl HttpClient for Wire {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let answer = match &self.simulator {
            None => self.send(request).await?,
            Some(simulator) => {
                // The policies before saw the real address, and refuse to send a token anywhere else.
                let mut request = request.clone();
                let mut url = simulator.clone();
                url.set_path(request.url().path());
                url.set_query(request.url().query());
                let host = request.url().host_str().unwrap_or_default().to_owned();
                let name = HeaderName::from_static("x-forwarded-host");
                request.insert_header(name, HeaderValue::from(host));
                *request.url_mut() = url;
                self.send(&request).await?
            }
        };
        let (status, headers, mut body) = answer.deconstruct();
        let held = SHARE.try_with(taken).ok().flatten();
        let mut share = held.unwrap_or_else(|| Pool::answers().share());
        let full = |why: Full| Error::new(ErrorKind::DataConversion, why);
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk?;
            share.grow(chunk.len()).await.map_err(full)?;
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MOST_BYTES {
                let what = format!("the response is larger than {MOST_BYTES} bytes");
                return Err(Error::with_message(ErrorKind::DataConversion, what));
            }
        }
        // It is going to be read.
        share.grow(memory::weight(&bytes) - bytes.len()).await.map_err(full)?;
        let _ = SHARE.try_with(|slot| {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(share);
        });
        Ok(AsyncRawResponse::from_bytes(status, headers, bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use azure_core::http::Method;

    use super::*;

    /// A server that answers every connection in one way, and counts them.
    fn served(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (Url, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let met = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&met);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 8192]);
                answer(&mut stream);
            }
        });
        (url, met)
    }

    async fn ask(simulator: Url) -> azure_core::Result<AsyncRawResponse> {
        let wire = Wire::new(Duration::from_secs(20), Some(simulator), Retries::default()).unwrap();
        wire.execute_request(&request()).await
    }

    fn request() -> Request {
        let url = Url::parse("https://management.azure.com/subscriptions").unwrap();
        let mut request = Request::new(url, Method::Get);
        request.insert_header("authorization", "Bearer canary");
        request
    }

    /// The result of each request in turn: a response, or an error.
    #[derive(Debug)]
    struct InTurn(Mutex<Vec<Option<&'static str>>>);

    impl InTurn {
        fn left(&self) -> usize {
            self.0.lock().unwrap().len()
        }
    }

    #[async_trait]
    impl HttpClient for InTurn {
        async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
            let error = match self.0.lock().unwrap().remove(0) {
                None => {
                    let headers = azure_core::http::headers::Headers::new();
                    return Ok(AsyncRawResponse::from_bytes(200.into(), headers, "{}"));
                }
                Some("refused") => std::io::Error::from(std::io::ErrorKind::ConnectionRefused),
                Some("reset") => std::io::Error::from(std::io::ErrorKind::ConnectionReset),
                Some(words) => std::io::Error::other(words),
            };
            Err(Error::new(ErrorKind::Connection, error))
        }
    }

    /// How requests end, and how many of the turns are left.
    async fn ends(turns: &[Option<&'static str>], requests: usize) -> (Vec<&'static str>, usize) {
        let client = Arc::new(InTurn(Mutex::new(turns.to_vec())));
        let retries = Retries { attempts: 5, pause: Duration::ZERO };
        let wire = Wire::given(client.clone(), None, retries);
        let mut ends = Vec::new();
        for _ in 0..requests {
            ends.push(match wire.execute_request(&request()).await {
                Ok(_) => "answered",
                Err(error) if is_final(&error) => {
                    // The SDK repeats what is of these kinds.
                    assert!(!matches!(error.kind(), ErrorKind::Io | ErrorKind::Connection));
                    assert!(is_unconnected(&error), "{error}");
                    "final"
                }
                Err(_) => "failed",
            });
        }
        (ends, client.left())
    }

    #[tokio::test]
    async fn a_connection_that_never_came_about_is_tried_only_a_moment() {
        const REFUSED: Option<&str> = Some("refused");
        assert_eq!(ends(&[REFUSED; 9], 1).await, (vec!["final"], 6));
        assert_eq!(ends(&[REFUSED, REFUSED, None], 1).await, (vec!["answered"], 0));
        // What does not change is not tried again.
        for lasting in [
            "dns error: failed to lookup address information: Name or service not known",
            "invalid peer certificate: UnknownIssuer",
            "invalid peer certificate: Expired",
            "invalid peer certificate: BadSignature",
        ] {
            assert_eq!(ends(&[Some(lasting); 9], 1).await, (vec!["final"], 8), "{lasting}");
        }
        let passing = "failed to lookup address information: Temporary failure in name resolution";
        assert_eq!(ends(&[Some(passing); 9], 1).await, (vec!["final"], 6));
        // The caller repeats what broke on the way, and everything once there was a response.
        assert_eq!(ends(&[Some("reset"); 9], 1).await, (vec!["failed"], 8));
        let after = ends(&[None, REFUSED, REFUSED], 3).await;
        assert_eq!(after, (vec!["answered", "failed", "failed"], 0));
    }

    #[tokio::test]
    async fn a_name_without_an_address_is_found_to_be_one() {
        // The system rejects it, as no part of a name may be so long.
        let url = format!("http://{}.invalid/", "a".repeat(64));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let error = client.get(url).send().await.unwrap_err();
        assert_eq!(crate::trouble::diagnose(&error), crate::trouble::Cause::Dns, "{error:?}");
        assert!(!may_pass(&error));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (elsewhere, met) = served(|_| {});
        for status in [301_u16, 302, 303, 307, 308] {
            let to = elsewhere.clone();
            let (simulator, _) = served(move |stream| {
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
            });
            assert_eq!(u16::from(ask(simulator).await.unwrap().status()), status);
        }
        assert_eq!(met.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn answers_at_once_share_their_memory() {
        let (simulator, _) = served(|stream| {
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\n[{},{}]",
            );
        });
        let weight = memory::weight(b"[{},{}]");
        let memory = Pool::new(weight);
        let ask = || holding(memory.share(), ask(simulator.clone()));
        let (one, held) = ask().await;
        assert_eq!((one.is_ok(), memory.used()), (true, weight));
        // The next waits until the first is done with.
        let ((two, _), ()) = tokio::join!(ask(), async { drop(held) });
        two.unwrap();
        assert_eq!(memory.used(), 0);
        let memory = Pool::new(weight - 1);
        let error = holding(memory.share(), super::tests::ask(simulator)).await.0.unwrap_err();
        assert!(error.to_string().contains("memory limit"), "{error}");
        assert_eq!(memory.used(), 0);
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_given_up() {
        let (simulator, _) = served(|stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
            let zeros = vec![b'0'; 1 << 20];
            // Ends when the reader hangs up.
            while stream.write_all(&zeros).is_ok() {}
        });
        let error = ask(simulator).await.unwrap_err();
        assert!(error.to_string().contains("larger than"), "{error}");
    }
}
