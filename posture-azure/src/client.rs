//! A single call to Azure: paced, limited, retried if that helps, stoppable; a response or the reason why there
//! is none.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::policies::Policy;
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{
    ClientOptions, Context, Method, Pipeline, PipelineSendOptions, Request, RetryOptions,
    StatusCode, Transport, Url,
};
use posture_collect::Observer;
use posture_collect::breaker::{Breaker, Unanswered, Way};
pub(crate) use posture_collect::gaps::CallError;
use posture_collect::gaps::Gaps;
use posture_collect::pace::{Pace, Rate, Tally};
use posture_collect::pages::{Endless, Trail};
use posture_collect::retries::{MOST_WAIT, Retries, is_passing};
use posture_collect::stop::Stop;
use posture_collect::text::clip;
use posture_model::gap::{Gap, Reason};
use posture_model::memory::{Full, Pool, Share, weight};
use posture_model::scope::Calls;
use posture_model::skew::Skew;
use posture_model::text::counted;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use crate::entry;
use crate::login::{Login, Renewable};
use crate::view::{Misfit, Read, View, field};
use crate::wire::holding;

/// Questions of one batch.
const BATCH: usize = 20;

/// Concurrent requests in one tenant.
const CONCURRENCY: usize = 32;

/// The services of a tenant, and how fast they may be called. All scopes of the tenant share it.
#[derive(Debug)]
pub(crate) struct Client {
    management: Service,
    graph: Service,
    credential: Arc<Renewable>,
    permits: Semaphore,
    pace: Pace<RateLimit>,
    /// Which of the services do not answer.
    breaker: Breaker,
    /// The times that the services reported.
    skew: Skew,
    retries: Retries,
    pauses: Pauses,
    memory: Memory,
}

/// Waits before a request is sent again.
#[derive(Debug, Default)]
struct Pauses {
    /// In tests that do not wait: for how long would have been waited.
    #[cfg(test)]
    noted: Option<std::sync::Mutex<Vec<Duration>>>,
}

impl Pauses {
    async fn wait(&self, time: Duration) {
        #[cfg(test)]
        if let Some(noted) = &self.noted {
            noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(time);
            return;
        }
        tokio::time::sleep(time).await;
    }
}

/// Where memory comes from.
#[derive(Debug)]
struct Memory {
    answers: Arc<Pool>,
    lists: Arc<Pool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { answers: Pool::answers(), lists: Pool::lists() }
    }
}

/// An audience, with separate tokens.
#[derive(Debug)]
struct Service {
    base: Url,
    pipeline: Pipeline,
}

/// Requests that a service counts together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RateLimit {
    /// [Reads of one subscription](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling):
    /// 250 at once, 25 a second. We leave room for others who live off the same quota.
    Subscription(String),
    /// Reads of the tenant, with the same limits.
    Tenant,
    /// [Queries of Resource Graph](https://learn.microsoft.com/en-us/azure/governance/resource-graph/concepts/guidance-for-throttled-requests):
    /// 15 in 5 seconds.
    ResourceGraph,
    /// [Reads of storage accounts](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/request-limits-and-throttling#storage-throttling)
    /// of a subscription in a region: 800 in 5 minutes.
    Storage(String, String),
    /// The directory, by Microsoft Graph.
    Directory,
    /// [Conditional access](https://learn.microsoft.com/en-us/graph/throttling-limits#conditional-access-service-limits):
    /// 1 a second, and no word on how long to wait.
    ConditionalAccess,
    /// [Reports](https://learn.microsoft.com/en-us/graph/throttling-limits#identity-and-access-reports-service-limits):
    /// 5 in 10 seconds.
    Reports,
}

impl RateLimit {
    fn rate(&self) -> Rate {
        match self {
            Self::Subscription(_) | Self::Tenant => Rate::every(1.0 / 20.0, 200),
            Self::ResourceGraph => Rate::every(5.0 / 12.0, 12),
            Self::Storage(..) => Rate::every(300.0 / 750.0, 700),
            Self::Directory => Rate::every(1.0 / 50.0, 50),
            Self::ConditionalAccess => Rate::every(1.0, 1),
            Self::Reports => Rate::every(10.0 / 4.0, 4),
        }
    }
}

impl Client {
    pub(crate) fn new(login: &Login, credential: &Arc<Renewable>, transport: &Transport) -> Self {
        let service = |base: &str| {
            let options = ClientOptions {
                transport: Some(transport.clone()),
                // We repeat requests ourselves: the pipeline would wait without bound, and know nothing of being
                // stopped.
                retry: RetryOptions::none(),
                ..ClientOptions::default()
            };
            let scope = format!("{base}.default");
            let credential: Arc<dyn TokenCredential> = credential.clone();
            let bearer: Arc<dyn Policy> =
                Arc::new(BearerTokenAuthorizationPolicy::new(credential, [scope]));
            let pipeline = Pipeline::new(
                option_env!("CARGO_PKG_NAME"),
                option_env!("CARGO_PKG_VERSION"),
                options,
                Vec::new(),
                vec![bearer],
                None,
            );
            #[expect(clippy::expect_used, reason = "the addresses are ours")]
            let base = Url::parse(base).expect("an address");
            Service { base, pipeline }
        };
        let pace = Pace::new(login.max_rate);
        // A simulator lives off no quota that others need.
        let unpaced = login.simulator.is_some() && login.unpaced;
        Self {
            management: service(login.cloud.management()),
            graph: service(login.cloud.graph()),
            credential: Arc::clone(credential),
            permits: Semaphore::new(match login.concurrency {
                0 => CONCURRENCY,
                some => some,
            }),
            pace: if unpaced { pace.unpaced() } else { pace },
            breaker: Breaker::default(),
            skew: Skew::default(),
            retries: login.retries(),
            pauses: Pauses::default(),
            memory: Memory::default(),
        }
    }

    /// The same with so much memory for lists.
    #[cfg(test)]
    pub(crate) fn set_lists(&mut self, lists: &Arc<Pool>) {
        self.memory.lists = Arc::clone(lists);
    }

    /// The times that the services reported.
    pub(crate) fn skew(&self) -> &Skew {
        &self.skew
    }

    /// Forgets the pace of a subscription that is done with.
    pub(crate) fn forget(&self, subscription: &str) {
        self.pace.forget(|lane| match lane {
            RateLimit::Subscription(of) | RateLimit::Storage(of, _) => of == subscription,
            _ => false,
        });
    }
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'q> {
    /// The name of the permission that it needs.
    pub(crate) action: &'static str,
    /// The native id of the resource that it is about; empty for the whole scope.
    pub(crate) target: &'q str,
    /// What it counts against.
    pub(crate) lane: &'q RateLimit,
    /// The address below the service's own.
    pub(crate) path: &'q str,
}

/// What an error shows about the requested object.
pub(crate) trait Absence {
    /// Whether the object does not exist, or was never configured. If its parent is not found either, this
    /// does not show that the object is absent.
    fn is_absent(&self) -> bool;

    /// Whether the subscription does not use the provider at all, so that there are no such resources.
    fn is_unregistered(&self) -> bool;
}

impl Absence for CallError {
    fn is_absent(&self) -> bool {
        // https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors
        const ABOVE: [&str; 4] = ["subscription", "tenant", "host", "parent"];
        let code = self.gap.code.as_deref().unwrap_or_default().to_ascii_lowercase();
        let above = ABOVE
            .iter()
            .any(|what| code.starts_with(what) || code.starts_with(&format!("invalid{what}")));
        self.status == 404 && self.gap.reason == Reason::Unsupported && !above
    }

    fn is_unregistered(&self) -> bool {
        const CODES: [&str; 3] = [
            "MissingSubscriptionRegistration",
            "SubscriptionNotRegistered",
            "Subscription Not Registered",
        ];
        let code = self.gap.code.as_deref().unwrap_or_default();
        matches!(self.status, 400 | 404 | 409)
            && CODES.iter().any(|known| known.eq_ignore_ascii_case(code))
    }
}

/// The client of one scope: its gaps, which are recorded through it, and its calls.
#[derive(Debug)]
pub(crate) struct ApiClient {
    client: Arc<Client>,
    gaps: Gaps,
    calls: Tally,
    stop: Stop,
}

impl Deref for ApiClient {
    type Target = Gaps;

    fn deref(&self) -> &Gaps {
        &self.gaps
    }
}

/// What a page of [Resource Graph](https://learn.microsoft.com/en-us/rest/api/azureresourcegraph/resourcegraph/resources/resources)
/// returns besides its rows. It always returns the number of rows.
struct Page {
    /// How many rows the page holds.
    count: u64,
    /// How many there are.
    total: u64,
    truncated: bool,
    token: Option<String>,
}

impl Page {
    fn read(answer: View<'_>) -> Read<Self> {
        let number = |name: &str| {
            let number = answer.need(name, View::integer)?;
            u64::try_from(number).map_err(|_| Misfit(name.to_owned()))
        };
        let token = answer.text("$skipToken")?.filter(|token| !token.is_empty());
        Ok(Self {
            count: number("count")?,
            total: number("totalRecords")?,
            truncated: answer.need("resultTruncated", View::flag)?,
            token: token.map(str::to_owned),
        })
    }
}

/// The items of a list, and why there may be more.
#[derive(Debug, Default)]
pub(crate) struct Items {
    pub(crate) items: Vec<Value>,
    pub(crate) refused: Option<CallError>,
}

impl ApiClient {
    pub(crate) fn new(client: &Arc<Client>, stop: watch::Receiver<bool>) -> Self {
        Self {
            client: Arc::clone(client),
            gaps: Gaps::default(),
            calls: Tally::default(),
            stop: stop.into(),
        }
    }

    /// The same, reporting each call to an observer.
    pub(crate) fn observed_by(self, observer: &Observer) -> Self {
        Self { calls: Tally::observed_by(observer), ..self }
    }

    /// Every gap and every call.
    pub(crate) fn into_parts(self) -> (Vec<Gap>, BTreeMap<String, Calls>) {
        (self.gaps.into_list(), self.calls.calls())
    }

    /// How often an action was called so far.
    pub(crate) fn operations(&self, action: &str) -> u64 {
        self.calls.operations(action)
    }

    /// Reads one object from Azure Resource Manager.
    pub(crate) async fn get(&self, question: Question<'_>) -> Result<Value, CallError> {
        let url = self.address(&self.client.management, question)?;
        self.send(&self.client.management, question, url, None).await
    }

    /// Reads a list from Azure Resource Manager, page by page.
    pub(crate) async fn list(&self, question: Question<'_>) -> Items {
        self.pages(&self.client.management, question, "nextLink").await
    }

    /// Reads one object from Microsoft Graph.
    pub(crate) async fn graph(&self, question: Question<'_>) -> Result<Value, CallError> {
        let url = self.address(&self.client.graph, question)?;
        self.send(&self.client.graph, question, url, None).await
    }

    /// Reads a collection from Microsoft Graph, page by page.
    pub(crate) async fn graph_list(&self, question: Question<'_>) -> Items {
        self.pages(&self.client.graph, question, "@odata.nextLink").await
    }

    /// Reads the rest of a collection of Microsoft Graph whose first page is there.
    pub(crate) async fn graph_rest(&self, question: Question<'_>, mut first: Value) -> Items {
        let Some(Value::Array(items)) = first.get_mut("value").map(Value::take) else {
            let refused = Some(malformed(question, "the response has no list"));
            return Items { refused, ..Items::default() };
        };
        let service = &self.client.graph;
        let next = match field(&first, "@odata.nextLink") {
            None | Some(Value::Null) => return Items { items, refused: None },
            Some(next) => next.as_str().and_then(|next| Url::parse(next).ok()),
        };
        let Some(next) = next.filter(|next| next.origin() == service.base.origin()) else {
            let refused = Some(malformed(question, "the next page is on another host"));
            return Items { items, refused };
        };
        let mut rest = self.pages_from(service, question, next, "@odata.nextLink").await;
        rest.items.splice(0..0, items);
        rest
    }

    /// Reads many objects from Microsoft Graph, [twenty in one call](https://learn.microsoft.com/en-us/graph/json-batching).
    /// Each can fail separately, also by throttling. The responses are in the order of the requests.
    pub(crate) async fn graph_batch(
        &self,
        questions: &[Question<'_>],
    ) -> Vec<Result<Value, CallError>> {
        let mut answers = Vec::with_capacity(questions.len());
        let mut kept = self.client.memory.lists.share();
        for questions in questions.chunks(BATCH) {
            answers.extend(self.one_batch(questions, &mut kept).await);
        }
        answers
    }

    async fn one_batch(
        &self,
        questions: &[Question<'_>],
        kept: &mut Share,
    ) -> Vec<Result<Value, CallError>> {
        let mut answers: Vec<Option<Result<Value, CallError>>> = vec![None; questions.len()];
        let mut attempt = 0;
        loop {
            attempt += 1;
            let open: Vec<(usize, &Question<'_>)> =
                questions.iter().enumerate().filter(|(n, _)| answers[*n].is_none()).collect();
            let requests: Vec<Value> = open
                .iter()
                .map(|(n, question)| {
                    json!({ "id": n.to_string(), "method": "GET", "url": question.path })
                })
                .collect();
            let batch = Question {
                action: entry::BATCH,
                target: "",
                lane: &RateLimit::Directory,
                path: "v1.0/$batch",
            };
            let service = &self.client.graph;
            let answer = match self.address(service, batch) {
                Ok(url) => {
                    let body = json!({ "requests": requests });
                    self.send_page(service, batch, url, Some(&body), kept).await
                }
                Err(refused) => Err(refused),
            };
            let responses = match answer {
                Ok(answer) => answer.get("responses").and_then(Value::as_array).cloned(),
                Err(refused) => {
                    for (n, question) in open {
                        // What was asked for is of more use than how.
                        let gap = Gap {
                            action: question.action.to_owned(),
                            target: question.target.to_owned(),
                            ..refused.gap.clone()
                        };
                        // The batch was refused, and none of what was asked for: a 404 says nothing of that.
                        answers[n] = Some(Err(CallError::unanswered(gap)));
                    }
                    break;
                }
            };
            let mut wait = self.client.retries.backoff(attempt);
            for (n, question) in open {
                let id = n.to_string();
                let response = responses.iter().flatten().find(|response| {
                    response.get("id").and_then(Value::as_str) == Some(id.as_str())
                });
                let status = response.and_then(|response| response.get("status")?.as_u64());
                let status = status.and_then(|status| u16::try_from(status).ok());
                let (Some(response), Some(status)) = (response, status) else {
                    answers[n] = Some(Err(malformed(*question, "the batch has no response")));
                    continue;
                };
                let body = response.get("body").cloned().unwrap_or(Value::Null);
                if (200..300).contains(&status) {
                    answers[n] = Some(Ok(body));
                    continue;
                }
                let headers = headers(response.get("headers"));
                let asked = retry_after(&headers).unwrap_or_default();
                if is_passing(status) && self.client.retries.allow(attempt) && asked <= MOST_WAIT {
                    wait = wait.max(asked);
                    continue;
                }
                let bytes = body.to_string();
                answers[n] = Some(Err(refusal(*question, status, &headers, bytes.as_bytes())));
            }
            if answers.iter().all(Option::is_some) {
                break;
            }
            // Being stopped shows with the next call.
            self.stop.pause(wait).await;
        }
        let missing = |(n, answer): (usize, Option<Result<Value, CallError>>)| {
            answer.unwrap_or_else(|| Err(malformed(questions[n], "the batch has no response")))
        };
        answers.into_iter().enumerate().map(missing).collect()
    }

    /// Queries Resource Graph, page by page.
    pub(crate) async fn query(&self, subscriptions: &[String], query: &str) -> Items {
        let question = Question {
            action: entry::RESOURCE_GRAPH,
            target: "",
            lane: &RateLimit::ResourceGraph,
            path: "providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01",
        };
        let mut all = Items::default();
        let mut kept = self.client.memory.lists.share();
        let mut next: Option<String> = None;
        let mut trail = Trail::default();
        loop {
            let mut options = json!({ "$top": 1000, "resultFormat": "objectArray" });
            if let Some(token) = &next {
                options["$skipToken"] = json!(token);
            }
            let body =
                json!({ "subscriptions": subscriptions, "query": query, "options": options });
            let service = &self.client.management;
            let answer = match self.address(service, question) {
                Ok(url) => self.send_page(service, question, url, Some(&body), &mut kept).await,
                Err(refused) => Err(refused),
            };
            let mut answer = match answer {
                Ok(answer) => answer,
                Err(refused) => return Items { refused: Some(refused), ..all },
            };
            let Some(Value::Array(rows)) = answer.get_mut("data").map(Value::take) else {
                all.refused = Some(malformed(question, "the response has no rows"));
                return all;
            };
            let page = match Page::read(View(&answer)) {
                Ok(page) => page,
                Err(Misfit(path)) => {
                    all.items.extend(rows);
                    all.refused =
                        Some(malformed(question, &format!("`{path}` has an unexpected type")));
                    return all;
                }
            };
            let came = rows.len() as u64;
            all.items.extend(rows);
            let incomplete = |what: String| {
                let mut gap = Gap::new(question.action, "", Reason::Incomplete);
                gap.detail = Some(what);
                Some(CallError { gap, status: 200 })
            };
            if came < page.count {
                all.refused = incomplete(format!(
                    "a page of {} contains {came}",
                    counted(page.count, "row", "rows")
                ));
                return all;
            }
            let Some(token) = page.token else {
                let came = all.items.len() as u64;
                if page.truncated {
                    all.refused =
                        incomplete("the rows were cut off without a continuation".to_owned());
                } else if came < page.total {
                    all.refused = incomplete(format!(
                        "{} expected, {came} received",
                        counted(page.total, "row", "rows")
                    ));
                }
                return all;
            };
            if let Err(endless) = trail.follow(&token) {
                all.refused = Some(malformed(
                    question,
                    match endless {
                        Endless::Repeats => "the continuation token is repeated",
                        Endless::TooLong => "the list does not end",
                    },
                ));
                return all;
            }
            next = Some(token);
        }
    }

    fn address(&self, service: &Service, question: Question<'_>) -> Result<Url, CallError> {
        // An id from the cloud must not lead out of the service.
        let url = service.base.join(question.path.trim_start_matches('/'));
        match url {
            Ok(url) if url.origin() == service.base.origin() => Ok(url),
            _ => Err(malformed(question, "the id makes no address")),
        }
    }

    async fn pages(&self, service: &Service, question: Question<'_>, link: &str) -> Items {
        match self.address(service, question) {
            Ok(url) => self.pages_from(service, question, url, link).await,
            Err(refused) => Items { refused: Some(refused), ..Items::default() },
        }
    }

    async fn pages_from(
        &self,
        service: &Service,
        question: Question<'_>,
        mut url: Url,
        link: &str,
    ) -> Items {
        let mut all = Items::default();
        let mut kept = self.client.memory.lists.share();
        let mut trail = Trail::from(url.as_str());
        loop {
            let answer = self.send_page(service, question, url.clone(), None, &mut kept).await;
            let mut answer = match answer {
                Ok(answer) => answer,
                Err(refused) => return Items { refused: Some(refused), ..all },
            };
            let Some(Value::Array(items)) = answer.get_mut("value").map(Value::take) else {
                all.refused = Some(malformed(question, "the response has no list"));
                return all;
            };
            all.items.extend(items);
            let next = match field(&answer, link) {
                None | Some(Value::Null) => return all,
                Some(Value::String(next)) if next.is_empty() => return all,
                Some(Value::String(next)) => Url::parse(next).ok(),
                Some(_) => None,
            };
            // The next page gets our token, so that it must be the same service's.
            let Some(next) = next.filter(|next| next.origin() == service.base.origin()) else {
                all.refused = Some(malformed(question, "the next page is on another host"));
                return all;
            };
            if let Err(endless) = trail.follow(next.as_str()) {
                all.refused = Some(malformed(
                    question,
                    match endless {
                        Endless::Repeats => "the list returns to an earlier page",
                        Endless::TooLong => "the list does not end",
                    },
                ));
                return all;
            }
            url = next;
        }
    }

    /// Requests a page, and takes the memory to keep it.
    async fn send_page(
        &self,
        service: &Service,
        question: Question<'_>,
        url: Url,
        body: Option<&Value>,
        kept: &mut Share,
    ) -> Result<Value, CallError> {
        let (answer, weight) = self.send_weighed(service, question, url, body).await?;
        match kept.grow(weight).await {
            Ok(()) => Ok(answer),
            Err(Full) => {
                let mut gap = gap(question, Reason::Incomplete);
                gap.detail = Some(format!("the list is too long: {Full}"));
                Err(CallError { gap, status: 200 })
            }
        }
    }

    /// Sends a request until it is answered, or it is clear that it will not be.
    async fn send(
        &self,
        service: &Service,
        question: Question<'_>,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        self.send_weighed(service, question, url, body).await.map(|(answer, _)| answer)
    }

    /// The same with about how much memory the response needs.
    async fn send_weighed(
        &self,
        service: &Service,
        question: Question<'_>,
        url: Url,
        body: Option<&Value>,
    ) -> Result<(Value, usize), CallError> {
        self.calls.count(question.action, |calls| calls.operations += 1);
        let answer = self.stop.or(self.repeat(service, question, url, body)).await;
        answer.unwrap_or_else(|| Err(CallError::unanswered(gap(question, Reason::Canceled))))
    }

    async fn repeat(
        &self,
        service: &Service,
        question: Question<'_>,
        url: Url,
        body: Option<&Value>,
    ) -> Result<(Value, usize), CallError> {
        let mut renewals = 0;
        let mut attempt = 0;
        let way = Way { service: service.base.host_str().unwrap_or_default(), place: "" };
        let given_up = || {
            let (reason, why) = self.client.breaker.given_up(way, question.action)?;
            let mut gap = gap(question, reason);
            gap.detail = Some(clip(why));
            Some(CallError::unanswered(gap))
        };
        loop {
            attempt += 1;
            if let Some(refused) = given_up() {
                return Err(refused);
            }
            self.client.pace.turn(question.lane.clone(), RateLimit::rate).await;
            let permit = self.client.permits.acquire().await;
            // Those that were asked meanwhile may have shown it.
            if let Some(refused) = given_up() {
                return Err(refused);
            }
            let generation = self.client.credential.generation();
            let sent = jiff::Timestamp::now().into();
            let share = self.client.memory.answers.share();
            let (answer, _held) = holding(share, once(service, &url, body)).await;
            drop(permit);
            let throttled =
                matches!(&answer, Ok((status, ..)) if *status == StatusCode::TooManyRequests);
            self.calls.count(question.action, |calls| {
                calls.attempts += 1;
                calls.throttled += u64::from(throttled);
            });
            let (status, headers, bytes) = match answer {
                Ok(answer) => {
                    let date = answer.1.get_optional_str(&HeaderName::from_static("date"));
                    if let Some(date) = date {
                        self.client.skew.note(date, sent, jiff::Timestamp::now().into());
                    }
                    self.client.breaker.answered(way, question.action);
                    answer
                }
                Err(error) => {
                    let reason = failure(&error);
                    let again = matches!(reason, Reason::TimedOut | Reason::Unreachable);
                    if again && !crate::wire::is_final(&error) && self.client.retries.allow(attempt)
                    {
                        self.client.pauses.wait(self.client.retries.backoff(attempt)).await;
                        continue;
                    }
                    let detail =
                        Some(crate::trouble::chain(&error, self.client.credential.secrets()));
                    if again {
                        let unconnected = crate::trouble::is_unconnected(&error);
                        let how = Unanswered { reason, unconnected, detail: detail.clone() };
                        let now = Instant::now();
                        self.client.breaker.unanswered(way, question.action, &how, now);
                    }
                    let mut gap = gap(question, reason);
                    gap.detail = detail;
                    return Err(CallError::unanswered(gap));
                }
            };
            if status.is_success() {
                return serde_json::from_slice(&bytes)
                    .map(|answer| (answer, weight(&bytes)))
                    .map_err(|error| malformed(question, &format!("no JSON: {error}")));
            }
            let number = u16::from(status);
            let mut refused = refusal(question, number, &headers, &bytes);
            // A token may end between its making and its use. A second refusal is meant, but for a token that ended in
            // its turn.
            if number == 401 {
                renewals += 1;
                let ended = refused.gap.code.as_deref() == Some("ExpiredAuthenticationToken");
                if renewals <= if ended { self.client.retries.attempts } else { 1 } {
                    self.client.credential.forget(generation);
                    continue;
                }
            }
            if !is_passing(number) || !self.client.retries.allow(attempt) {
                return Err(refused);
            }
            let asked = retry_after(&headers).unwrap_or_default();
            if asked > MOST_WAIT {
                let what = format!("asked to wait {} seconds", asked.as_secs());
                refused.gap.detail = Some(what);
                return Err(refused);
            }
            self.client.pauses.wait(asked.max(self.client.retries.backoff(attempt))).await;
        }
    }
}

async fn once(
    service: &Service,
    url: &Url,
    body: Option<&Value>,
) -> azure_core::Result<(StatusCode, Headers, Vec<u8>)> {
    let method = if body.is_some() { Method::Post } else { Method::Get };
    let mut request = Request::new(url.clone(), method);
    request.insert_header("accept", "application/json");
    if let Some(body) = body {
        request.insert_header("content-type", "application/json");
        request.set_body(body.to_string());
    }
    // The pipeline's own reading of errors loses codes; see `refusal`.
    let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
    let answer = service.pipeline.send(&Context::new(), &mut request, Some(options)).await?;
    let (status, headers, body) = answer.deconstruct();
    Ok((status, headers, body.to_vec()))
}

/// The headers of an answer in a batch.
fn headers(value: Option<&Value>) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        headers.insert(name.to_ascii_lowercase(), text);
    }
    headers
}

fn retry_after(headers: &Headers) -> Option<Duration> {
    let header = |name: &'static str| {
        headers.get_optional_str(&HeaderName::from_static(name)).map(str::trim)
    };
    for name in ["x-ms-retry-after-ms", "retry-after-ms"] {
        if let Some(wait) = header(name).and_then(|text| text.parse().ok()) {
            return Some(Duration::from_millis(wait));
        }
    }
    let text = header("retry-after")?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let wait = until.duration_since(jiff::Timestamp::now());
    Some(wait.try_into().unwrap_or_default())
}

fn gap(question: Question<'_>, reason: Reason) -> Gap {
    Gap::new(question.action, question.target, reason)
}

fn malformed(question: Question<'_>, what: &str) -> CallError {
    CallError::senseless(question.action, question.target, what)
}

/// What an error without an answer means.
fn failure(error: &azure_core::Error) -> Reason {
    match error.kind() {
        ErrorKind::Credential => Reason::Credentials,
        ErrorKind::DataConversion => Reason::Malformed,
        _ if is_timeout(error) => Reason::TimedOut,
        _ => Reason::Unreachable,
    }
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let own = error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout);
        if own || error.to_string().ends_with("timed out") {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Reads the body of an error. Its text is owned, as the escapes that are common in it cannot be borrowed.
fn refusal(question: Question<'_>, status: u16, headers: &Headers, bytes: &[u8]) -> CallError {
    let body: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let error = body.get("error").or_else(|| body.get("odata.error")).unwrap_or(&body);
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| error.get(*name)?.as_str());
        found.filter(|text| !text.is_empty()).map(|text| clip(text.to_owned()))
    };
    let (code, message) = (text(["code", "Code"]), text(["message", "Message"]));
    let word = message.as_deref().unwrap_or_default();
    let mut why = reason(status, code.as_deref().unwrap_or_default(), word);
    // A vault says only in the inner error what it was that refused.
    let inner = error.get("innererror").and_then(|inner| inner.get("code")?.as_str());
    if let (Reason::Denied, Some(inner)) = (why, inner) {
        why = reason(status, inner, word);
    }
    let mut gap = gap(question, why);
    gap.code = code;
    gap.detail = message;
    gap.request_id = ["x-ms-request-id", "request-id"]
        .iter()
        .find_map(|name| headers.get_optional_str(&HeaderName::from_static(name)))
        .map(|id| clip(id.to_owned()));
    CallError { gap, status }
}

fn reason(status: u16, code: &str, message: &str) -> Reason {
    let code = code.to_ascii_lowercase();
    let message = message.to_ascii_lowercase();
    match status {
        _ if code.contains("nonpremiumtenant")
            || code.contains("premiumlicenserequired")
            || message.contains("premium license")
            || message.contains("does not have a license")
            || message.contains("not licensed for this feature") =>
        {
            Reason::LicenseMissing
        }
        _ if code == "requestdisallowedbypolicy" => Reason::DeniedByOrganizationPolicy,
        // Vaults, whose firewall or access policy may refuse:
        // https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes
        403 if code.contains("firewall")
            || matches!(code.as_str(), "forbiddenbypolicy" | "forbiddenbyconnection")
            || message.contains("client address is not authorized")
            || message.contains("public network access is disabled")
            || message.contains("permission on key vault") =>
        {
            Reason::DeniedByResourcePolicy
        }
        403 => Reason::Denied,
        401 => Reason::Credentials,
        429 => Reason::Throttled,
        408 | 504 => Reason::TimedOut,
        500.. => Reason::ServerError,
        // The body of an error that has no code could not be read.
        _ if code.is_empty() => Reason::Malformed,
        _ => Reason::Unsupported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client of a simulated tenant of so many subscriptions, of which one page holds one.
    async fn client(subscriptions: usize) -> (posture_sim::azure::Server, Client) {
        use crate::login::{ClientSecret, Session, Source};
        let scenario = posture_sim::azure::Scenario {
            page_size: 1,
            ..posture_sim::azure::generate(subscriptions, 0)
        };
        let server = posture_sim::azure::Server::start(scenario.clone(), None).await.unwrap();
        let login = Login {
            tenant: Some(scenario.tenant.clone()),
            source: Some(Source::Environment),
            client_id: Some(scenario.client.id.clone()),
            client_secret: Some(ClientSecret(scenario.client.secret.clone())),
            simulator: Some(server.url()),
            unpaced: true,
            ..Login::default()
        };
        let session = Session::login(&login).await.unwrap();
        (server, Arc::try_unwrap(session.client).unwrap())
    }

    #[tokio::test]
    async fn a_list_takes_no_more_memory_than_there_is() {
        let (_server, mut client) = client(4).await;
        let question = Question {
            action: entry::SUBSCRIPTIONS,
            target: "",
            lane: &RateLimit::Tenant,
            path: "subscriptions?api-version=2022-12-01",
        };
        let (_tell, stop) = watch::channel(false);
        let one = {
            let ask = ApiClient::new(&Arc::new(client), stop.clone());
            let all = ask.list(question).await;
            assert_eq!((all.items.len(), all.refused.is_none()), (4, true));
            let url = ask.address(&ask.client.management, question).unwrap();
            let (_, one) =
                ask.send_weighed(&ask.client.management, question, url, None).await.unwrap();
            client = Arc::try_unwrap(ask.client).unwrap();
            one
        };
        // What came before is kept, and the list is not complete.
        let lists = Pool::new(one * 5 / 2);
        client.set_lists(&lists);
        let ask = ApiClient::new(&Arc::new(client), stop);
        let Items { items, refused } = ask.list(question).await;
        assert_eq!(items.len(), 2);
        let gap = refused.unwrap().gap;
        assert_eq!(gap.reason, Reason::Incomplete);
        assert!(gap.detail.unwrap().contains("memory limit"));
        assert_eq!(lists.used(), 0);
    }

    #[test]
    fn refusals_are_distinguished() {
        for (status, code, message, expected) in [
            (403, "AuthorizationFailed", "", Reason::Denied),
            (403, "Authorization_RequestDenied", "", Reason::Denied),
            (
                403,
                "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                "",
                Reason::LicenseMissing,
            ),
            (400, "AadPremiumLicenseRequired", "", Reason::LicenseMissing),
            (
                403,
                "AccessDenied",
                "Your tenant is not licensed for this feature.",
                Reason::LicenseMissing,
            ),
            (403, "ForbiddenByFirewall", "", Reason::DeniedByResourcePolicy),
            (403, "ForbiddenByPolicy", "", Reason::DeniedByResourcePolicy),
            (403, "ForbiddenByRbac", "", Reason::Denied),
            (
                403,
                "Forbidden",
                "Public network access is disabled.",
                Reason::DeniedByResourcePolicy,
            ),
            (401, "InvalidAuthenticationTokenTenant", "", Reason::Credentials),
            (404, "ResourceNotFound", "", Reason::Unsupported),
            (409, "MissingSubscriptionRegistration", "", Reason::Unsupported),
            (404, "", "", Reason::Malformed),
            (429, "TooManyRequests", "", Reason::Throttled),
            (500, "", "", Reason::ServerError),
        ] {
            assert_eq!(reason(status, code, message), expected, "{status} {code}");
        }
    }

    /// Never answers; counts the requests by host.
    #[derive(Debug, Default)]
    struct Silent(std::sync::Mutex<BTreeMap<String, usize>>);

    #[async_trait::async_trait]
    impl azure_core::http::HttpClient for Silent {
        async fn execute_request(
            &self,
            request: &Request,
        ) -> azure_core::Result<azure_core::http::AsyncRawResponse> {
            let host = request.headers().get_optional_str(&HeaderName::from_static("host"));
            let host = host.or(request.url().host_str()).unwrap_or_default().to_owned();
            *self.0.lock().unwrap().entry(host).or_default() += 1;
            // Others have their turn meanwhile, as with a network.
            tokio::task::yield_now().await;
            let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            Err(azure_core::Error::new(ErrorKind::Io, refused))
        }
    }

    #[tokio::test]
    async fn a_service_that_does_not_answer_is_given_up_early() {
        let silent = Arc::new(Silent::default());
        let mut session = crate::collect::answers::session_over(silent.clone()).await;
        Arc::get_mut(&mut session.client).unwrap().breaker = Breaker::impatient();
        let (_tell, stop) = watch::channel(false);
        let ask = ApiClient::new(&session.client, stop);
        let asked = || silent.0.lock().unwrap().values().sum::<usize>();
        let question = Question {
            action: "Microsoft.Storage/x/read",
            target: "",
            lane: &RateLimit::Tenant,
            path: "x",
        };
        let answers = futures::future::join_all((0..400).map(|_| ask.get(question))).await;
        // Those that were under way when it showed.
        assert!(asked() <= CONCURRENCY + 3, "{}", asked());
        for answer in answers {
            let gap = answer.unwrap_err().gap;
            assert_eq!((gap.reason, &*gap.action), (Reason::Unreachable, question.action));
        }
        // Everything else of that service is given up with it, and no other service is.
        let before = asked();
        let other = Question { action: "Microsoft.KeyVault/x/read", ..question };
        let gap = ask.get(other).await.unwrap_err().gap;
        assert!(gap.detail.unwrap().starts_with("not called"));
        assert_eq!(asked(), before);
        let graph = Question {
            action: "/users",
            lane: &RateLimit::Directory,
            path: "v1.0/users",
            ..question
        };
        ask.graph(graph).await.unwrap_err();
        assert_eq!(asked(), before + 1);
    }

    /// Responses with these statuses in turn, each with the seconds to wait.
    #[derive(Debug)]
    struct Busy(std::sync::Mutex<Vec<(u16, &'static str)>>);

    #[async_trait::async_trait]
    impl azure_core::http::HttpClient for Busy {
        async fn execute_request(
            &self,
            _: &Request,
        ) -> azure_core::Result<azure_core::http::AsyncRawResponse> {
            let (status, wait) = self.0.lock().unwrap().remove(0);
            let mut headers = Headers::new();
            headers.insert("retry-after", wait);
            Ok(azure_core::http::AsyncRawResponse::from_bytes(status.into(), headers, "{}"))
        }
    }

    #[tokio::test]
    async fn who_is_throttled_waits_as_long_as_was_asked() {
        let question = Question {
            action: "Microsoft.Storage/x/read",
            target: "",
            lane: &RateLimit::Tenant,
            path: "x",
        };
        let asked = async |turns: &[(u16, &'static str)]| {
            let busy = Arc::new(Busy(std::sync::Mutex::new(turns.to_vec())));
            let mut session = crate::collect::answers::session_over(busy).await;
            let client = Arc::get_mut(&mut session.client).unwrap();
            client.retries = Retries { attempts: 5, pause: Duration::from_millis(500) };
            client.pauses.noted = Some(std::sync::Mutex::default());
            let (_tell, stop) = watch::channel(false);
            let ask = ApiClient::new(&session.client, stop);
            let answer = ask.get(question).await.is_ok();
            let calls = ask.into_parts().1.remove(question.action).unwrap();
            let noted = session.client.pauses.noted.as_ref().unwrap().lock().unwrap().clone();
            (answer, (calls.operations, calls.attempts, calls.throttled), noted)
        };
        let two = Duration::from_secs(2);
        assert_eq!(asked(&[(429, "2"), (200, "")]).await, (true, (1, 2, 1), vec![two]));
        // Not less than would be waited without being asked.
        let (answer, calls, noted) = asked(&[(429, "0"), (503, "7"), (200, "")]).await;
        assert_eq!((answer, calls, noted[1]), (true, (1, 3, 1), Duration::from_secs(7)));
        assert!(noted[0] >= Duration::from_millis(500), "{noted:?}");
        // Nor for so long that it would hold up the audit.
        assert_eq!(asked(&[(429, "3600")]).await, (false, (1, 1, 1), vec![]));
        assert_eq!(asked(&[(429, "1"); 5]).await.1, (1, 5, 5));
    }

    #[test]
    fn no_refusal_shows_a_secret() {
        const KEY: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1abcdEFGH12==";
        const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJjYW5hcnktMDEyMzQ1Njc4OSIsImEiOjF9.c2lnbmF0dXJlLWNhbmFyeS0wMTIzNDU2Nzg5QUJD";
        let question = Question {
            action: "Microsoft.Storage/x/read",
            target: "t",
            lane: &RateLimit::Tenant,
            path: "p",
        };
        for (text, secret) in [
            (
                format!(
                    "The MAC signature found is not the same: AccountKey={KEY};EndpointSuffix=x"
                ),
                KEY,
            ),
            ("https://a.blob.core.windows.net/c?sv=2024&sig=hunter2%3D&se=1".to_owned(), "hunter2"),
            (format!("Authorization: Bearer {TOKEN}"), "eyJ"),
            ("CompactToken parsing failed: eyJhbGciOiJub25lIn0.eyJhIjoxfQ.".to_owned(), "eyJ"),
            ("SharedAccessKey=hunter2;EntityPath=x".to_owned(), "hunter2"),
            (r#"{"clientSecret": "hunter2"}"#.to_owned(), "hunter2"),
        ] {
            for body in [
                json!({ "error": { "code": "Forbidden", "message": text } }),
                json!({ "error": { "code": text, "message": "x" } }),
                json!({ "odata.error": { "Code": "x", "Message": text } }),
                json!({ "code": "x", "message": text }),
            ] {
                for status in [400, 401, 403, 404, 429, 500] {
                    let mut headers = Headers::new();
                    headers.insert("x-ms-request-id", text.clone());
                    let bytes = body.to_string();
                    let CallError { gap, .. } =
                        refusal(question, status, &headers, bytes.as_bytes());
                    let shown = format!("{gap:?}");
                    assert!(!shown.contains(secret), "{shown}");
                }
            }
        }
        // Who refuses what stays readable.
        let message = "The client 'posture' with object id '11111111-2222-3333-4444-555555555555' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/Main/providers/Microsoft.Storage/storageAccounts/records01'";
        let body =
            json!({ "error": { "code": "AuthorizationFailed", "message": message } }).to_string();
        let CallError { gap, .. } = refusal(question, 403, &Headers::new(), body.as_bytes());
        let shown = gap.detail.unwrap();
        let whole: String = message.chars().take(300).collect();
        assert_eq!(shown.trim_end_matches('…'), whole);
    }

    #[test]
    fn the_time_to_wait_is_read_in_each_of_its_forms() {
        let wait = |name: &'static str, value: &'static str| {
            let mut headers = Headers::new();
            headers.insert(name, value);
            retry_after(&headers)
        };
        assert_eq!(wait("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("x-ms-retry-after-ms", "250"), Some(Duration::from_millis(250)));
        // A time that has passed asks for no wait.
        assert_eq!(wait("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("retry-after", "soon"), None);
    }
}
