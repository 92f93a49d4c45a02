//! Requests to a cluster: paced, limited, repeated and counted, with an error as the gap that it makes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use posture_collect::Observer;
use posture_collect::breaker::{Breaker, Unanswered, Way};
use posture_collect::gaps::CallError;
use posture_collect::pace::{Pace, Rate, Tally};
use posture_collect::retries::{MOST_WAIT, Retries, is_passing};
use posture_collect::stop::Stop;
use posture_collect::text::clip;
use posture_model::gap::{Gap, Reason};
use posture_model::memory::{Pool, Share};
use posture_model::skew::Skew;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::connection::{Answer, Connection, Failed};
use super::login::{Access, Login, LoginError};
use super::trouble::{chain, diagnose, is_unconnected, may_pass};

/// Concurrent requests to one cluster. A page of pods takes some of the server's memory.
const CONCURRENCY: usize = 8;

/// Requests a second, and as many at once: those of
/// [`kubectl`](https://github.com/kubernetes/kubernetes/pull/105520), which gets by with the fairness of the API server.
const RATE: u32 = 50;

/// How long an attempt may take, unless the caller sets a time.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How often a connection is tried at most as long as nothing has answered: the user who waits for the first response should see
/// what is wrong.
const FIRST_ATTEMPTS: u32 = 3;

/// The client of one cluster.
#[derive(Debug)]
pub(super) struct Client {
    connection: Connection,
    permits: Semaphore,
    pace: Pace<()>,
    breaker: Breaker,
    retries: Retries,
    answered: AtomicBool,
    /// The times that the server reported.
    pub(super) skew: Skew,
    pub(super) calls: Tally,
    stop: Stop,
    /// In tests that do not wait: for how long would have been waited.
    #[cfg(test)]
    pub(super) pauses: Option<std::sync::Mutex<Vec<Duration>>>,
}

/// Why there is no response that can be used.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: CallError,
    /// The token by which an expired list can be continued as it is now.
    pub(super) offered: Option<String>,
    /// The same, where it shows that the cluster cannot be read at all.
    pub(super) login: Option<Box<LoginError>>,
}

impl Refused {
    fn new(error: CallError) -> Self {
        Self { error, offered: None, login: None }
    }
}

/// A response, with the share of the memory that has to be held as long.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) value: Value,
    _share: Share,
}

impl Client {
    pub(super) fn new(access: Access, login: &Login, observer: &Observer, stop: Stop) -> Self {
        let pace = Pace::new(login.max_rate);
        let unpaced = login.unpaced && access.is_local();
        Self {
            connection: Connection::new(access, login.timeout.unwrap_or(TIMEOUT)),
            permits: Semaphore::new(match login.concurrency {
                0 => CONCURRENCY,
                some => some.min(CONCURRENCY),
            }),
            pace: if unpaced { pace.unpaced() } else { pace },
            breaker: Breaker::default(),
            retries: match login.attempts {
                Some((attempts, pause)) => Retries { attempts, pause },
                None => Retries::default(),
            },
            answered: AtomicBool::new(false),
            skew: Skew::default(),
            calls: Tally::observed_by(observer),
            stop,
            #[cfg(test)]
            pauses: None,
        }
    }

    pub(super) fn access(&self) -> &Access {
        self.connection.access()
    }

    pub(super) fn server(&self) -> String {
        self.connection.server()
    }

    /// Requests a path until it is answered, or it is clear that it will not be.
    pub(super) async fn get(
        &self,
        action: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Held, Refused> {
        self.calls.count(action, |calls| calls.operations += 1);
        let answer = self.stop.or(self.repeat(action, path, query)).await;
        answer.unwrap_or_else(|| {
            let gap = Gap::new(action, "", Reason::Canceled);
            let login = Some(Box::new(LoginError::Interrupted));
            Err(Refused { login, ..Refused::new(CallError::unanswered(gap)) })
        })
    }

    async fn repeat(
        &self,
        action: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Held, Refused> {
        let server = self.server();
        let way = Way { service: &server, place: "" };
        let given_up = || {
            let (reason, why) = self.breaker.given_up(way, action)?;
            let gap = Gap { detail: Some(clip(why)), ..Gap::new(action, "", reason) };
            Some(Refused::new(CallError::unanswered(gap)))
        };
        let (mut attempt, mut renewed) = (0, false);
        loop {
            attempt += 1;
            self.pace.turn((), |()| Rate::per_second(RATE)).await;
            let permit = self.permits.acquire().await;
            if let Some(refused) = given_up() {
                return Err(refused);
            }
            let sent = jiff::Timestamp::now().into();
            let mut share = Pool::answers().share();
            let answer = self.connection.get(path, query, &mut share).await;
            drop(permit);
            let throttled = answer.as_ref().is_ok_and(|answer| answer.status == 429);
            self.calls.count(action, |calls| {
                calls.attempts += 1;
                calls.throttled += u64::from(throttled);
            });
            let answer = match answer {
                Ok(answer) => answer,
                Err(failed) => {
                    let refused = match self.failed(action, way, attempt, failed) {
                        Ok(pause) => {
                            self.wait(pause).await;
                            continue;
                        }
                        Err(refused) => refused,
                    };
                    return Err(*refused);
                }
            };
            self.answered.store(true, Ordering::Relaxed);
            self.breaker.answered(way, action);
            if let Some(date) = &answer.date {
                self.skew.note(date, sent, jiff::Timestamp::now().into());
            }
            if answer.status == 200 {
                return match serde_json::from_slice(&answer.body) {
                    Ok(value) => Ok(Held { value, _share: share }),
                    Err(error) => {
                        let what = format!("no JSON: {error}");
                        Err(Refused::new(CallError::senseless(action, "", what)))
                    }
                };
            }
            // A token may end between its making and its use.
            if answer.status == 401 && !renewed && self.connection.renew(answer.generation).await {
                renewed = true;
                continue;
            }
            let mut refused = self.refused(action, &answer);
            if !is_passing(answer.status) || !self.retries.allow(attempt) {
                return Err(refused);
            }
            let asked = retry_after(answer.retry_after.as_deref()).unwrap_or_default();
            if asked > MOST_WAIT {
                let what = format!("asked to wait {} seconds", asked.as_secs());
                refused.error.gap.detail = Some(what);
                return Err(refused);
            }
            self.wait(asked.max(self.retries.backoff(attempt))).await;
        }
    }

    /// For how long to wait before the next attempt, or why there is none.
    fn failed(
        &self,
        action: &'static str,
        way: Way<'_>,
        attempt: u32,
        failed: Failed,
    ) -> Result<Duration, Box<Refused>> {
        let refused = |reason, detail: String, login: Option<LoginError>| {
            let login = login.map(Box::new);
            let gap = Gap { detail: Some(clip(detail)), ..Gap::new(action, "", reason) };
            Err(Box::new(Refused { login, ..Refused::new(CallError::unanswered(gap)) }))
        };
        let unread = |why: &dyn std::fmt::Display| format!("the response is not read: {why}");
        match failed {
            Failed::Login(error) => refused(Reason::Credentials, error.to_string(), Some(error)),
            Failed::TooLarge(why) => refused(Reason::Incomplete, unread(&why), None),
            // The others are done with theirs by then.
            Failed::Full(_) if self.retries.allow(attempt) => Ok(self.retries.backoff(attempt)),
            Failed::Full(why) => refused(Reason::Incomplete, unread(&why), None),
            Failed::Sent(error) => {
                let first = !self.answered.load(Ordering::Relaxed);
                let attempts = if first { FIRST_ATTEMPTS } else { u32::MAX };
                let may_pass = !is_unconnected(&error) || may_pass(&error);
                if may_pass && attempt < attempts && self.retries.allow(attempt) {
                    return Ok(self.retries.backoff(attempt));
                }
                let reason =
                    if error.is_timeout() { Reason::TimedOut } else { Reason::Unreachable };
                let detail = chain(&error);
                let unconnected = is_unconnected(&error);
                let how = Unanswered { reason, unconnected, detail: Some(detail.clone()) };
                self.breaker.unanswered(way, action, &how, Instant::now());
                let login = first.then(|| LoginError::Unreachable {
                    context: self.access().name.clone(),
                    server: self.server(),
                    cause: diagnose(&error),
                    detail: detail.clone(),
                });
                refused(reason, detail, login)
            }
        }
    }

    async fn wait(&self, time: Duration) {
        #[cfg(test)]
        if let Some(noted) = &self.pauses {
            noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(time);
            return;
        }
        tokio::time::sleep(time).await;
    }

    /// Reads a response that is an error: a [`Status`](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/),
    /// or the words of whatever is in front of the server.
    fn refused(&self, action: &str, answer: &Answer) -> Refused {
        let status = answer.status;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let is_status = body.get("kind").and_then(Value::as_str) == Some("Status");
        let text = |name: &str| {
            let text = body.get(name).filter(|_| is_status)?.as_str()?;
            Some(answer.clean(text)).filter(|text| !text.is_empty())
        };
        let mut gap = Gap::new(action, "", reason(status));
        gap.code = text("reason").or_else(|| Some(status.to_string()));
        gap.detail = text("message").or_else(|| {
            let words = String::from_utf8_lossy(answer.body.get(..1024).unwrap_or(&answer.body));
            let words = words.trim();
            let is_plain = !words.is_empty() && !words.starts_with(['<', '{', '[']);
            is_plain.then(|| answer.clean(words))
        });
        let offered = body.pointer("/metadata/continue").and_then(Value::as_str);
        let offered = offered.filter(|token| is_status && !token.is_empty()).map(str::to_owned);
        let login = (status == 401).then(|| {
            Box::new(LoginError::Credentials {
                context: self.access().name.clone(),
                server: self.server(),
                detail: gap.detail.clone().unwrap_or_default(),
            })
        });
        Refused { error: CallError { gap, status }, offered, login }
    }
}

fn reason(status: u16) -> Reason {
    match status {
        // Success without content.
        200..300 => Reason::Malformed,
        401 => Reason::Credentials,
        403 => Reason::Denied,
        408 | 504 => Reason::TimedOut,
        410 => Reason::Incomplete,
        429 => Reason::Throttled,
        500.. => Reason::ServerError,
        _ => Reason::Unsupported,
    }
}

/// [Seconds or a date](https://www.rfc-editor.org/rfc/rfc9110#name-retry-after).
fn retry_after(text: Option<&str>) -> Option<Duration> {
    let text = text?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = until.duration_since(jiff::Timestamp::now());
    Some(wait.try_into().unwrap_or_default())
}
