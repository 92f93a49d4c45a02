//! The server: one scenario, one port of loopback.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use serde_json::{Value, json};

use super::arm::{self, Arm};
use super::graph;
use super::reply::Reply;
use super::scenario::Scenario;
use super::token::Tokens;
use crate::fault::{Custom, Fault, Faults, Subject};
use crate::pace::{Dice, Quotas};
use crate::serve::{Answered, Cloud, Port};
use crate::text::{decode, pairs};

/// A request as the client meant it: the host is that of the real service.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) get: bool,
    /// The name of its permission: for Microsoft Graph the path, with `{id}` for IDs. Empty if there is none.
    pub(crate) action: String,
    pub(crate) host: String,
    /// Decoded.
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Request {
    /// The subscription; empty if there is none.
    fn subscription(&self) -> String {
        let lower = self.path.to_ascii_lowercase();
        arm::subscription_of(&lower).unwrap_or_default().to_owned()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Subject for Request {
    fn action(&self) -> &str {
        &self.action
    }

    fn region(&self) -> &str {
        ""
    }

    /// Path and query contain the text, ignoring case.
    fn speaks_of(&self, words: &str) -> bool {
        let mut target = self.path.clone();
        for (place, (key, value)) in self.query.iter().enumerate() {
            target.push(if place == 0 { '?' } else { '&' });
            target.push_str(&format!("{key}={value}"));
        }
        target.to_ascii_lowercase().contains(&words.to_ascii_lowercase())
    }
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The host that was meant.
    pub host: String,
    /// The path.
    pub path: String,
    /// The name of the permission; empty if there is none.
    pub action: String,
    /// The status of the answer; nought where the connection was closed instead.
    pub status: u16,
}

/// A simulator that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    port: Port,
    state: Arc<Simulator>,
}

impl Server {
    /// Serves a scenario on a port of loopback: the one that is named, or any that is free.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn start(scenario: Scenario, port: Option<u16>) -> std::io::Result<Self> {
        let state = Arc::new(Simulator::new(scenario));
        Ok(Self { port: Port::serve(Arc::clone(&state), port).await?, state })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.port.url()
    }

    /// Every request that was answered so far, unless the scenario keeps no log.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the server ends, which requires a stop.
    pub async fn join(self) {
        self.port.join().await;
    }
}

#[derive(Debug)]
struct Simulator {
    scenario: Scenario,
    arm: Arm,
    tokens: Tokens,
    faults: Faults,
    quotas: Quotas,
    dice: Dice,
    recorded: Mutex<Vec<Recorded>>,
    requests: AtomicU64,
    /// When Conditional Access was last requested.
    conditional_access: Mutex<Option<Instant>>,
}

/// The hosts of a cloud: login, Resource Manager, Microsoft Graph.
fn hosts(cloud: &str) -> [&'static str; 3] {
    match cloud {
        "usgovernment" => {
            ["login.microsoftonline.us", "management.usgovcloudapi.net", "graph.microsoft.us"]
        }
        "china" => [
            "login.chinacloudapi.cn",
            "management.chinacloudapi.cn",
            "microsoftgraph.chinacloudapi.cn",
        ],
        _ => ["login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"],
    }
}

impl Simulator {
    fn new(scenario: Scenario) -> Self {
        let [_, management, _] = hosts(&scenario.cloud);
        Self {
            arm: Arm::new(&scenario, management),
            tokens: Tokens::default(),
            faults: Faults::new(&scenario.faults),
            quotas: Quotas::default(),
            dice: Dice::new(scenario.seed),
            recorded: Mutex::default(),
            requests: AtomicU64::new(0),
            conditional_access: Mutex::default(),
            scenario,
        }
    }

    fn reply(
        &self,
        request: &Request,
        authorization: Option<&str>,
        form: &[(String, String)],
    ) -> Reply {
        let [login, management, graph] = hosts(&self.scenario.cloud);
        if request.host == login {
            return self.tokens.issue(&self.scenario, &request.path, form);
        }
        if request.host != management && request.host != graph {
            return Reply::error(404, "HostNotFound", "No such host in this cloud.");
        }
        if let Some(refusal) = self.tokens.refusal(authorization, &request.host) {
            return refusal;
        }
        if request.host == graph {
            if let Some(refusal) = self.too_fast(&request.path) {
                return refusal;
            }
            graph::answer(&self.scenario, request, &|inner| self.inner_fault(inner))
        } else {
            self.arm.answer(&self.scenario, request)
        }
    }

    /// [Conditional access](https://learn.microsoft.com/en-us/graph/throttling-limits#conditional-access-service-limits)
    /// answers once a second, and does not return how long to wait. Requests that were sent a second apart may arrive a bit
    /// closer together.
    fn too_fast(&self, path: &str) -> Option<Reply> {
        const APART: Duration = Duration::from_millis(300);
        if self.scenario.impatient || !path.starts_with("/v1.0/identity/conditionalAccess/") {
            return None;
        }
        let now = Instant::now();
        let mut last = self.conditional_access.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.replace(now);
        let fast = before.is_some_and(|before| now.duration_since(before) < APART);
        fast.then(|| Reply::error(429, "TooManyRequests", "Too many requests."))
    }

    fn strike(&self, request: &Request) -> Option<&Fault> {
        self.faults.strike(request, &request.subscription(), &self.dice)
    }

    /// The fault for a request inside a batch. It has no separate connection.
    fn inner_fault(&self, request: &Request) -> Option<Reply> {
        self.strike(request).and_then(|fault| refusal(fault, request))
    }

    /// The name of the permission that a request needs.
    fn action(&self, host: &str, path: &str) -> String {
        let [login, management, graph] = hosts(&self.scenario.cloud);
        if host == management {
            arm::action(path).unwrap_or_default()
        } else if host == graph {
            graph::action(path).unwrap_or_default()
        } else if host == login {
            "token".to_owned()
        } else {
            String::new()
        }
    }
}

impl Cloud for Simulator {
    fn clock_ahead(&self) -> i64 {
        self.scenario.clock_ahead
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answered {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let path = decode(head.uri.path(), false);
        let host =
            header("x-forwarded-host").or_else(|| header("host")).unwrap_or_default().to_owned();
        let request = Request {
            get: head.method == Method::GET,
            action: self.action(&host, &path),
            host,
            path,
            query: pairs(head.uri.query().unwrap_or_default()),
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        };
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let latency = self.scenario.latency.draw(&self.dice);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let fault = self.strike(&request);
        let within = || {
            let (quotas, subscription) = (&self.scenario.quotas, request.subscription());
            self.quotas.take(quotas, &request.action, &subscription, "")
        };
        let reply = match fault.and_then(|fault| refusal(fault, &request)) {
            Some(reply) => reply,
            None if !within() => too_many(Some(1)),
            None => {
                let form = pairs(&String::from_utf8_lossy(&body));
                let mut reply = self.reply(&request, header("authorization"), &form);
                lead_on(&mut reply, fault, &request, &head);
                reply
            }
        };
        let status = if fault == Some(&Fault::Reset) { 0 } else { reply.status };
        if !self.scenario.unlogged {
            self.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(Recorded {
                method: head.method.to_string(),
                host: request.host,
                path: request.path,
                action: request.action,
                status,
            });
        }
        let fault = fault.cloned();
        Answered { response: reply.into_response(number), fault, nonsense: b"{\"value\": [" }
    }
}

/// Changes where a list continues.
fn lead_on(reply: &mut Reply, fault: Option<&Fault>, request: &Request, head: &Parts) {
    let link = match fault {
        Some(Fault::NextPage(link)) => link.clone(),
        Some(Fault::EndlessPages) => {
            let target = head.uri.path_and_query().map_or("", |target| target.as_str());
            format!("https://{}{target}", request.host)
        }
        _ => return,
    };
    let Some(object) = reply.body.as_object_mut() else { return };
    if object.contains_key("data") {
        object.insert("$skipToken".to_owned(), json!("page-0"));
    } else if object.contains_key("@odata.context") {
        object.insert("@odata.nextLink".to_owned(), json!(link));
    } else if object.contains_key("value") {
        object.insert("nextLink".to_owned(), json!(link));
    }
}

fn too_many(retry_after: Option<u64>) -> Reply {
    let reply = Reply::error(429, "TooManyRequests", "Too many requests.");
    match retry_after {
        Some(seconds) => reply.with("retry-after", seconds),
        None => reply,
    }
}

/// The response of a fault; none if the fault only changes the response.
fn refusal(fault: &Fault, request: &Request) -> Option<Reply> {
    let graph = request.path.starts_with("/v1.0/");
    Some(match fault {
        Fault::Denied if graph => Reply::error(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
        Fault::Denied => Reply::error(
            403,
            "AuthorizationFailed",
            &format!(
                "The client does not have authorization to perform action '{}'.",
                request.action
            ),
        ),
        Fault::DeniedByOrganization => Reply::error(
            403,
            "RequestDisallowedByPolicy",
            "The request was disallowed by a policy of the organization.",
        ),
        Fault::DeniedByResource => Reply::error(
            403,
            "ForbiddenByFirewall",
            "Client address is not authorized and caller is not a trusted service.",
        ),
        Fault::Throttled(retry_after) => too_many(*retry_after),
        Fault::ServerError => {
            Reply::error(500, "InternalServerError", "The server encountered an error.")
        }
        Fault::Unavailable => {
            Reply::error(503, "ServiceUnavailable", "The service is not available.")
        }
        Fault::Expired => Reply::error(
            401,
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
        ),
        Fault::Skewed => {
            Reply::error(401, "InvalidAuthenticationToken", "The access token is not yet valid.")
        }
        Fault::Gone if graph => Reply::error(
            404,
            "Request_ResourceNotFound",
            "Resource does not exist or one of its queried reference-property objects are not present.",
        ),
        Fault::Gone => Reply::error(404, "ResourceNotFound", "The Resource was not found."),
        Fault::Answer(Custom { status, code, message, body }) => {
            Reply { raw: body.clone(), ..Reply::error(*status, code, message) }
        }
        Fault::Truncated
        | Fault::Malformed
        | Fault::WrongType
        | Fault::SlowStart(_)
        | Fault::SlowBody(_)
        | Fault::Reset
        | Fault::EndlessPages
        | Fault::NextPage(_)
        | Fault::Cut(_)
        | Fault::Body(_)
        | Fault::NoContent
        | Fault::Date(_)
        | Fault::Redirected(_) => return None,
    })
}
