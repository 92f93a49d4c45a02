//! Requests: authorized, redirected within bounds, repeated where that may help, with an error that names what was answered.

use std::sync::atomic::Ordering;
use std::time::Duration;

use posture_image::text;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::body;
use crate::challenge::{self, Challenge};
use crate::error::Why;
use crate::net::Forbidden;
use crate::options::Options;
use crate::site::{Held, Site};

/// The redirects that are followed.
const MOST_REDIRECTS: usize = 5;

/// The ways to sign in that are read of one response.
const MOST_CHALLENGES: usize = 16;

/// The most bytes of the body of an error.
const MOST_WORDS: u64 = 64 << 10;

/// What is requested.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// For which the request is authorized.
    pub(crate) repository: String,
    pub(crate) accept: String,
    /// The first byte that is wanted.
    pub(crate) from: u64,
}

/// Attempts of one request.
#[derive(Debug)]
pub(crate) struct Tries<'a> {
    options: &'a Options,
    made: u32,
}

impl<'a> Tries<'a> {
    pub(crate) const fn new(options: &'a Options) -> Self {
        Self { options, made: 0 }
    }

    /// Waits before the next attempt; an error if there is none.
    pub(crate) async fn again(&mut self, site: &Site, why: Why) -> Result<(), Why> {
        self.made += 1;
        if !why.passes() {
            return Err(why);
        }
        if self.made >= self.options.attempts {
            site.give_up(&why);
            return Err(why);
        }
        let asked = match &why {
            Why::Throttled { wait: Some(wait), .. } => *wait,
            _ => Duration::ZERO,
        };
        if asked > self.options.longest_wait {
            return Err(why);
        }
        let backoff = self.options.backoff.saturating_mul(1 << (self.made - 1).min(6));
        self.options.pause.wait(asked.max(backoff)).await;
        Ok(())
    }
}

/// One attempt: signs in if that is required. The status is that of success.
pub(crate) async fn send(site: &Site, options: &Options, ask: &Ask) -> Result<Response, Why> {
    let held = site.held(&ask.repository);
    let (mut response, mut away) = follow(site, options, ask, held.as_ref()).await?;
    // Once: a registry that is not content with a new token is not content with the next one.
    if response.status() == StatusCode::UNAUTHORIZED && away.is_none() {
        let challenges = challenges(&response);
        drop(response);
        let held = site.sign_in(options, &ask.repository, &challenges, held.as_ref()).await?;
        (response, away) = follow(site, options, ask, Some(&held)).await?;
    }
    // Some registries show what is public to everyone, and hide the rest instead of asking for credentials.
    if matches!(response.status().as_u16(), 403 | 404)
        && away.is_none()
        && held.is_none()
        && site.held(&ask.repository).is_none()
        && site.may_have_login(options)
    {
        let challenges = site.greeting.get_or_init(|| greet(site, options)).await;
        let signed_in = match challenges.as_slice() {
            [] => None,
            _ => site.sign_in(options, &ask.repository, challenges, None).await.ok(),
        };
        if signed_in.is_some() {
            (response, away) = follow(site, options, ask, signed_in.as_ref()).await?;
        }
    }
    let status = response.status();
    let expected = if ask.from > 0 { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    if status == expected {
        return Ok(response);
    }
    if status == StatusCode::OK {
        let detail = ", although only the rest was requested".to_owned();
        return Err(Why::Unexpected { status: 200, detail });
    }
    Err(refused(site, options, response, away.as_ref()).await)
}

/// The ways to sign in that a response names.
fn challenges(response: &Response) -> Vec<Challenge> {
    let values = response.headers().get_all("www-authenticate").iter();
    let values = values.filter_map(|value| value.to_str().ok());
    values.flat_map(challenge::parse).take(MOST_CHALLENGES).collect()
}

/// How the registry wants to be signed in to by the answer of its root; in no way if that needs no credentials.
async fn greet(site: &Site, options: &Options) -> Vec<Challenge> {
    let mut url = site.base.clone();
    url.set_path("v2/");
    match answered(site.http.get(url).header("accept-encoding", "identity"), options).await {
        Ok(response) if response.status() == StatusCode::UNAUTHORIZED => challenges(&response),
        _ => Vec::new(),
    }
}

/// Sends a request, and follows redirects. If another host answered, it is returned.
async fn follow(
    site: &Site,
    options: &Options,
    ask: &Ask,
    held: Option<&Held>,
) -> Result<(Response, Option<String>), Why> {
    let mut url = ask.url.clone();
    let mut authorization = match held {
        None => None,
        Some(held) => Some(held.header().ok_or_else(|| {
            Why::Malformed("a token with characters that no token has".to_owned())
        })?),
    };
    let mut away = None;
    for _ in 0..=MOST_REDIRECTS {
        let mut request = site.http.request(ask.method.clone(), url.clone());
        request = request.header("accept", &ask.accept).header("accept-encoding", "identity");
        if ask.from > 0 {
            request = request.header("range", format!("bytes={}-", ask.from));
        }
        if let Some(value) = &authorization {
            request = request.header("authorization", value.clone());
        }
        let response = answered(request, options).await.map_err(|why| match (why, &away) {
            (Why::Redirect(why), Some(host)) => Why::Redirect(format!("to {host}: {why}")),
            (Why::Redirect(_), None) => {
                let why = "its name leads to an address that no such registry can have";
                Why::NotRequested(why.to_owned())
            }
            (Why::Unreachable(why), Some(host)) => {
                Why::Unreachable(format!("{host}, to which it redirects: {why}"))
            }
            (why, _) => why,
        })?;
        site.answered.store(true, Ordering::Release);
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok((response, away));
        }
        let target = header(response.headers(), "location");
        let target = target.and_then(|target| url.join(target).ok());
        let target = target.ok_or_else(|| Why::Redirect("it names no address".to_owned()))?;
        let host = text::clip(target.host_str().unwrap_or_default().as_bytes(), 100);
        site.check(&target).map_err(|why| Why::Redirect(format!("to {host}: {why}")))?;
        if !site.is_home(&target) {
            // For good: what a redirect leads back to, the other host has chosen.
            authorization = None;
            away = Some(host);
        }
        url = target;
    }
    Err(Why::Redirect(format!("more than {MOST_REDIRECTS} in a row")))
}

/// Waits for the response to a request.
pub(crate) async fn answered(
    request: reqwest::RequestBuilder,
    options: &Options,
) -> Result<Response, Why> {
    match timeout(options.idle_time, request.send()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(unanswered(error)),
        Err(_) => Err(Why::TimedOut(format!(
            "no response within {} seconds",
            options.idle_time.as_secs()
        ))),
    }
}

fn unanswered(error: reqwest::Error) -> Why {
    // The address may hold a signature.
    let error = error.without_url();
    let mut words = Vec::new();
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = next {
        if one.is::<Forbidden>() {
            return Why::Redirect("it has no public address".to_owned());
        }
        words.push(one.to_string());
        next = one.source();
    }
    words.dedup();
    let words = text::clip(words.join(": ").as_bytes(), 300);
    if error.is_timeout() {
        Why::TimedOut("the connection took too long".to_owned())
    } else if error.is_connect() {
        Why::Unreachable(words)
    } else {
        Why::Interrupted(words)
    }
}

/// The error that a status means.
async fn refused(site: &Site, options: &Options, response: Response, away: Option<&String>) -> Why {
    let status = response.status().as_u16();
    let wait = retry_after(response.headers());
    let words = body::whole(response, MOST_WORDS, options).await.unwrap_or_default();
    let words = words_of(&words).map(|words| format!(" ({})", site.clean(&words)));
    let words = words.unwrap_or_default();
    let known = site.known();
    let detail = match away {
        Some(host) => format!(", by {host}, to which it redirects{words}"),
        None if matches!(status, 401 | 403 | 404) => format!("{words}{}", known.shown()),
        None => words,
    };
    match status {
        401 if away.is_some() => Why::Denied(detail),
        401 if known.login.is_some() => Why::SignIn(format!("it rejects the credentials{detail}")),
        401 => Why::SignIn(format!("it requires credentials, and there are none{detail}")),
        403 => Why::Denied(detail),
        404 => Why::Absent(detail),
        408 => Why::TimedOut(format!("the registry gave up{detail}")),
        429 => Why::Throttled { wait, detail },
        503 if wait.is_some() => Why::Throttled { wait, detail },
        500.. => Why::Server { status, detail },
        _ => Why::Unexpected { status, detail },
    }
}

/// What the [body of an error](https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes) says.
pub(crate) fn words_of(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = value.get("errors").and_then(|errors| errors.get(0)).unwrap_or(&value);
    let field =
        |name: &str| error.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (field("code"), field("message").or_else(|| field("details"))) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// What [`Retry-After`](https://www.rfc-editor.org/rfc/rfc9110#name-retry-after) asks for. A date counts from the response's own date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = header(headers, "retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp());
    let wait = date(text)?.duration_since(date(header(headers, "date")?)?);
    Some(wait.try_into().unwrap_or_default())
}

pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(HeaderName::from_static(name))?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_in_seconds_or_until_a_date() {
        let wait = |headers: &[(&'static str, &str)]| {
            let headers = headers.iter();
            let headers = headers
                .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
            retry_after(&headers.collect()).map(|wait| wait.as_secs())
        };
        let date = ("date", "Tue, 01 Dec 2026 12:00:00 GMT");
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[("retry-after", "Tue, 01 Dec 2026 12:01:00 GMT"), date]), Some(60));
        assert_eq!(wait(&[("retry-after", "Tue, 01 Dec 2026 11:00:00 GMT"), date]), Some(0));
        assert_eq!(wait(&[("retry-after", "Tue, 01 Dec 2026 12:01:00 GMT")]), None);
        assert_eq!(wait(&[("retry-after", "soon"), date]), None);
        assert_eq!(wait(&[date]), None);
    }

    #[test]
    fn errors_are_read_in_the_form_of_the_protocol() {
        let words = |body: &str| words_of(body.as_bytes());
        let body = r#"{"errors":[{"code":"DENIED","message":"no","detail":{"x":1}}]}"#;
        assert_eq!(words(body).as_deref(), Some("DENIED: no"));
        assert_eq!(
            words(r#"{"details":"incorrect username"}"#).as_deref(),
            Some("incorrect username")
        );
        assert_eq!(words(r#"{"errors":[]}"#), None);
        assert_eq!(words("<html>"), None);
    }
}
