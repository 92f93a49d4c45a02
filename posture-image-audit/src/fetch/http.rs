//! One file over HTTP: within bounds, with as many attempts as are allowed, from the host that was named and no other.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use posture_image::text;
use posture_registry::Pause;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, Response};
use tokio::time::timeout;
use url::{Host, Url};

use super::hash::{self, Hashes};

/// The redirects that are followed, all on the same host.
const REDIRECTS: usize = 3;

/// How long is waited, and how often is tried.
#[derive(Clone, Debug)]
pub struct Patience {
    /// How long a connection may take.
    pub connect: Duration,
    /// How long a response may take to begin, and how long a body may pause.
    pub idle: Duration,
    /// How long one file may take, with all attempts.
    pub file: Duration,
    /// Attempts for one file.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one.
    pub backoff: Duration,
    /// The longest wait that `Retry-After` may ask for. If it asks for more, the file is given up.
    pub longest_wait: Duration,
    /// How to wait between attempts.
    pub pause: Pause,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            file: Duration::from_secs(30 * 60),
            attempts: 4,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            pause: Pause::default(),
        }
    }
}

/// Why a file was not fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// There is none (404).
    Absent,
    /// Another time it may be there: too many requests, a failure of the server, a connection that broke.
    Passing(String, Option<Duration>),
    /// Anything else.
    Final(String),
}

impl fmt::Display for Why {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => to.write_str("the server does not have it (status 404)"),
            Self::Passing(words, _) | Self::Final(words) => to.write_str(words),
        }
    }
}

/// What is fetched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'u> {
    pub(super) url: &'u Url,
    /// The most bytes.
    pub(super) most: usize,
    /// Whether the server has to state a hash.
    pub(super) hashed: bool,
}

/// Whether a host is this machine by its name or address.
pub(super) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// The client for an address: over TLS, and without it on this machine only. Proxies are those of the environment, and authorities
/// those of the system, as for registries.
pub(super) fn client(of: &Url, patience: &Patience) -> Result<Client, Why> {
    let mut http = posture_registry::http_client(of, patience.connect);
    // What is meant for this machine does not leave it, whatever proxy the environment names.
    if is_local(of) {
        http = http.no_proxy();
    }
    http.build().map_err(|_| Why::Final("cannot set up the HTTP client".to_owned()))
}

/// Fetches a file, with as many attempts as are allowed.
pub(super) async fn get(
    client: &Client,
    ask: Ask<'_>,
    patience: &Patience,
) -> Result<Vec<u8>, Why> {
    let tries = async {
        let mut made = 0;
        loop {
            let why = match once(client, ask, patience).await {
                Err(why @ Why::Passing(..)) => why,
                done => return done,
            };
            made += 1;
            let Why::Passing(_, asked) = &why else { return Err(why) };
            let asked = asked.unwrap_or_default();
            if made >= patience.attempts || asked > patience.longest_wait {
                return Err(why);
            }
            let backoff = patience.backoff.saturating_mul(1 << (made - 1).min(6));
            patience.pause.wait(asked.max(backoff)).await;
        }
    };
    let seconds = patience.file.as_secs();
    let late = |_| Err(Why::Final(format!("it took longer than {seconds} seconds")));
    timeout(patience.file, tries).await.unwrap_or_else(late)
}

async fn once(client: &Client, ask: Ask<'_>, patience: &Patience) -> Result<Vec<u8>, Why> {
    let response = answer(client, ask.url, patience).await?;
    let headers = response.headers().clone();
    let encoded = header(&headers, "content-encoding").is_some_and(|one| one != "identity");
    if encoded {
        return Err(Why::Final("it has a content encoding that was not asked for".to_owned()));
    }
    let mut hashes = Hashes::new();
    let bytes = body(response, ask.most, patience, &mut hashes).await?;
    if ask.hashed {
        let stated = headers.get_all(HeaderName::from_static(hash::HEADER)).iter();
        let stated = stated.map(|value| value.to_str().unwrap_or("?"));
        hashes.check(stated).map_err(|why| Why::Final(why.to_owned()))?;
    }
    Ok(bytes)
}

/// The response of status 200, behind redirects on the same host.
async fn answer(client: &Client, from: &Url, patience: &Patience) -> Result<Response, Why> {
    let mut url = from.clone();
    for _ in 0..=REDIRECTS {
        let request = client.get(url.clone()).header("accept-encoding", "identity");
        let response = match timeout(patience.idle, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(broken(&error)),
            Err(_) => {
                let words = format!("no response within {} seconds", patience.idle.as_secs());
                return Err(Why::Passing(words, None));
            }
        };
        let status = response.status().as_u16();
        match status {
            200 => return Ok(response),
            301 | 302 | 303 | 307 | 308 => {}
            404 => return Err(Why::Absent),
            _ => return Err(refused(status, response.headers())),
        }
        let target = header(response.headers(), "location").and_then(|to| url.join(to).ok());
        let Some(target) = target else {
            return Err(Why::Final("a redirect that names no address".to_owned()));
        };
        if target.origin() != from.origin() {
            let host = text::clip(target.host_str().unwrap_or_default().as_bytes(), 100);
            let words = format!("it redirects to another host, {host}, which is not followed");
            return Err(Why::Final(words));
        }
        url = target;
    }
    Err(Why::Final(format!("more than {REDIRECTS} redirects in a row")))
}

fn refused(status: u16, headers: &HeaderMap) -> Why {
    let wait = header(headers, "retry-after").and_then(|text| text.trim().parse().ok());
    let wait = wait.map(Duration::from_secs);
    match status {
        429 => {
            let asks = wait.map_or_else(String::new, |wait| {
                format!("; it asks to wait {} seconds", wait.as_secs())
            });
            Why::Passing(format!("too many requests (status 429){asks}"), wait)
        }
        408 | 500.. => Why::Passing(format!("the server failed with status {status}"), wait),
        401 | 403 | 407 => Why::Final(format!("access is denied (status {status})")),
        _ => Why::Final(format!("unexpected status {status}")),
    }
}

/// The whole body, of at most so many bytes.
async fn body(
    mut response: Response,
    most: usize,
    patience: &Patience,
    hashes: &mut Hashes,
) -> Result<Vec<u8>, Why> {
    let large = || Why::Final(format!("it has more than {most} bytes"));
    let stated = response.content_length();
    if stated.is_some_and(|length| length > most as u64) {
        return Err(large());
    }
    let mut bytes = Vec::new();
    loop {
        let piece = match timeout(patience.idle, response.chunk()).await {
            Ok(Ok(Some(piece))) => piece,
            Ok(Ok(None)) => break,
            Ok(Err(_)) => {
                let words = format!("the connection ended after {} bytes", bytes.len());
                return Err(Why::Passing(words, None));
            }
            Err(_) => {
                let words = format!("the body paused for {} seconds", patience.idle.as_secs());
                return Err(Why::Passing(words, None));
            }
        };
        if bytes.len() + piece.len() > most {
            return Err(large());
        }
        hashes.update(&piece);
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn broken(error: &reqwest::Error) -> Why {
    let mut words = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = next {
        // The first names the address, which is part of the message already.
        if !one.is::<reqwest::Error>() {
            words.push(one.to_string());
        }
        next = one.source();
    }
    words.dedup();
    let words = text::clip(words.join(": ").as_bytes(), 300);
    Why::Passing(format!("it cannot be reached: {words}"), None)
}

fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(HeaderName::from_static(name))?.to_str().ok()
}
