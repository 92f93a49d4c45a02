//! The server: one scenario, one port of loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::arm::Arm;
use crate::fault::{self, Faults};
use crate::graph;
use crate::reply::Reply;
use crate::scenario::Scenario;
use crate::text::{decode, pairs};
use crate::token::Tokens;

/// A request as the client meant it: the host is that of the real service.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) get: bool,
    pub(crate) host: String,
    /// Decoded.
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Request {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
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
    /// The status of the answer.
    pub status: u16,
}

/// A simulator that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<Simulator>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves a scenario on a port of loopback: the one that is named, or any that is free.
    ///
    /// # Errors
    /// When the port cannot be taken.
    pub async fn start(scenario: Scenario, port: Option<u16>) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Simulator::new(scenario));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, state, task })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request that was answered so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the server ends, which it does not by itself.
    pub async fn join(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Simulator {
    scenario: Scenario,
    arm: Arm,
    tokens: Tokens,
    faults: Faults,
    recorded: Mutex<Vec<Recorded>>,
    requests: AtomicU64,
    /// When conditional access was last asked for.
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
            graph::answer(&self.scenario, request, &|inner| self.fault_of(inner))
        } else {
            self.arm.answer(&self.scenario, request)
        }
    }

    /// [Conditional access](https://learn.microsoft.com/en-us/graph/throttling-limits#conditional-access-service-limits)
    /// answers once a second, and does not say how long to wait. Requests that were sent a second apart may arrive a bit
    /// closer together.
    fn too_fast(&self, path: &str) -> Option<Reply> {
        const APART: Duration = Duration::from_millis(300);
        if !path.starts_with("/v1.0/identity/conditionalAccess/") {
            return None;
        }
        let now = Instant::now();
        let mut last = self.conditional_access.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.replace(now);
        let fast = before.is_some_and(|before| now.duration_since(before) < APART);
        fast.then(|| Reply::error(429, "TooManyRequests", "Too many requests."))
    }

    /// The answer of a fault to a request inside a batch.
    fn fault_of(&self, path: &str) -> Option<Reply> {
        self.faults.strike(path).as_ref().and_then(fault::answer)
    }
}

async fn answer(
    State(simulator): State<Arc<Simulator>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        get: method == Method::GET,
        host: header("x-forwarded-host").or_else(|| header("host")).unwrap_or_default().to_owned(),
        path: decode(uri.path(), false),
        query: pairs(uri.query().unwrap_or_default()),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    let number = simulator.requests.fetch_add(1, Ordering::Relaxed);
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let fault = simulator.faults.strike(&decode(target, false));
    if let Some(fault) = fault.as_ref().filter(|fault| fault.delay_ms > 0) {
        tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
    }
    let reply = match fault.as_ref().and_then(fault::answer) {
        Some(reply) => reply,
        None => {
            let form = pairs(&String::from_utf8_lossy(&body));
            let mut reply = simulator.reply(&request, header("authorization"), &form);
            if let Some(link) = fault.and_then(|fault| fault.next_link)
                && let Some(object) = reply.body.as_object_mut()
            {
                object.insert("nextLink".to_owned(), Value::String(link));
            }
            reply
        }
    };
    simulator.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(Recorded {
        method: method.to_string(),
        host: request.host,
        path: request.path,
        status: reply.status,
    });
    reply.into_response(number)
}
