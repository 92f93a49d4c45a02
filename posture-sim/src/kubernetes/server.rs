//! The server: one cluster, one port of loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};

use super::cluster;
use super::discovery;
use super::lists::{Paging, Store};
use super::rbac::{Authority, Permission};
use super::request::{Form, Request};
use super::resources::Resources;
use super::status::Reply;
use super::world::{Identity, World};
use crate::declared::Error;
use crate::fault::{Custom, Fault, Faults};
use crate::pace::{Dice, Quotas};
use crate::serve::{Answered, Cloud, Port, places};

/// What no audit may do, whether it was allowed or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// Any method but GET, reviews of access included: they are created.
    Writes,
    /// A watch.
    Watches,
    /// The contents of secrets. Their metadata alone is not one.
    ReadsSecrets,
    /// A subresource, such as `pods/log`, `pods/exec` or `nodes/proxy`.
    UsesSubresource,
    /// A request in the name of another user.
    Impersonates,
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The user; empty where the token is not known.
    pub user: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The verb and the resource, such as `list deployments.apps`, or the verb and the path: `get /version`.
    pub action: String,
    /// The namespace; empty for what is not in one, and for a list over all.
    pub namespace: String,
    /// Whether only the metadata of objects was asked for.
    pub metadata_only: bool,
    /// The status of the answer; nought where the connection was closed instead.
    pub status: u16,
    /// After how many of its braces, brackets and commas the answer could be [cut](Fault::Cut).
    pub places: u64,
    /// Why an audit may not make it, if so.
    pub violation: Option<Violation>,
}

/// A simulator that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    port: Port,
    state: Arc<Simulator>,
}

impl Server {
    /// Serves a world on a port of loopback: the one that is named, or any that is free.
    ///
    /// # Errors
    /// If the port is in use, or, as [`std::io::ErrorKind::InvalidInput`], if the objects of the world cannot be served.
    pub async fn start(world: World, port: Option<u16>) -> std::io::Result<Self> {
        let state = Simulator::new(world)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
        let state = Arc::new(state);
        Ok(Self { port: Port::serve(Arc::clone(&state), port).await?, state })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.port.url()
    }

    /// A kubeconfig with one context, named after the world, for the identity of a token. It is JSON, which is YAML as well.
    pub fn kubeconfig(&self, token: &str) -> String {
        let name = &self.state.world.name;
        json!({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{ "name": name, "cluster": { "server": self.url() } }],
            "users": [{ "name": name, "user": { "token": token } }],
            "contexts": [{ "name": name, "context": { "cluster": name, "user": name } }],
        })
        .to_string()
    }

    /// Every request that was answered so far, unless the world keeps no log.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests were answered of each action, such as `list pods`, whether the world keeps a log or not.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.state.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests in the log that no audit may make.
    pub fn violations(&self) -> Vec<Recorded> {
        self.requests().into_iter().filter(|request| request.violation.is_some()).collect()
    }

    /// Waits until the server ends, which requires a stop.
    pub async fn join(self) {
        self.port.join().await;
    }
}

#[derive(Debug)]
pub(crate) struct Simulator {
    world: World,
    minor: u16,
    resources: Resources,
    store: Store,
    authority: Authority,
    faults: Faults,
    quotas: Quotas,
    dice: Dice,
    recorded: Mutex<Vec<Recorded>>,
    calls: Mutex<BTreeMap<String, u64>>,
}

impl Simulator {
    pub(crate) fn new(mut world: World) -> Result<Self, Error> {
        let cluster = cluster::complete(&world)?;
        // They are in the store from here on.
        world.objects = Vec::new();
        Ok(Self {
            minor: world.minor()?,
            authority: Authority::over(&cluster.objects),
            store: Store::of(cluster.objects, &cluster.resources),
            resources: cluster.resources,
            faults: Faults::new(&world.faults),
            quotas: Quotas::default(),
            dice: Dice::new(world.seed),
            recorded: Mutex::default(),
            calls: Mutex::default(),
            world,
        })
    }

    /// Who makes a request.
    fn identity(&self, authorization: Option<&str>) -> Option<Identity> {
        let Some(header) = authorization else {
            return self.world.anonymous.then(Identity::anonymous);
        };
        let (scheme, token) = header.split_once(' ')?;
        let known = |one: &&Identity| !one.token.is_empty() && one.token == token.trim();
        let found = self.world.identities.iter().find(known)?;
        scheme.eq_ignore_ascii_case("bearer").then(|| found.clone())
    }

    fn authorize(&self, who: &Identity, request: &Request) -> Result<(), Reply> {
        let resource = match request.subresource.as_str() {
            "" => request.resource.clone(),
            subresource => format!("{}/{subresource}", request.resource),
        };
        let asked = match request.is_resource {
            false => Permission::Path { verb: &request.verb, path: &request.path },
            true => Permission::Resource {
                verb: &request.verb,
                group: &request.group,
                resource: &resource,
                namespace: &request.namespace,
                name: &request.name,
            },
        };
        let denied =
            |why: String| Reply::forbidden(&request.target(), &who.user, &request.verb, &why);
        self.authority.decide(who, &asked).map_err(denied)
    }

    /// The response to a request of a caller who may make it.
    fn answer_allowed(&self, request: &Request, address: &str, fault: Option<&Fault>) -> Reply {
        if request.method != http::Method::GET || request.verb == "watch" {
            return match request.is_resource && self.find(request).is_none() {
                true => self.not_found(request),
                false => Reply::not_allowed(&request.target(), &request.verb),
            };
        }
        let Some(form) = request.form() else { return Reply::not_acceptable() };
        if !request.is_resource {
            return match request.path.trim_end_matches('/') {
                "/version" => Reply::json(self.version().to_string()),
                "/healthz" | "/livez" | "/readyz" => Reply::text(200, "ok"),
                path => discovery::answer(&self.resources, path, form, address)
                    .unwrap_or_else(|| self.not_found(request)),
            };
        }
        if self.resources.is_unavailable(&request.group, &request.version) {
            return Reply::unavailable();
        }
        let Some(resource) = self.find(request) else { return self.not_found(request) };
        let by_namespace = !request.namespace.is_empty() && resource.plural != "namespaces";
        let placed =
            resource.namespaced == by_namespace || (resource.namespaced && request.verb == "list");
        if !placed || !request.subresource.is_empty() {
            // What subresources return, no audit reads.
            return self.not_found(request);
        }
        if !resource.verbs.contains(&request.verb.as_str()) {
            return Reply::not_allowed(&request.target(), &request.verb);
        }
        if request.verb == "get" {
            return self.store.get(resource, request, form);
        }
        let paging = Paging {
            most: self.world.page_size,
            endless: fault == Some(&Fault::EndlessPages),
            compacted: fault == Some(&Fault::Gone),
        };
        self.store.list(resource, request, form, paging)
    }

    /// What a request is answered with that leads to nothing. The handlers of the server's own groups and of extensions differ.
    fn not_found(&self, request: &Request) -> Reply {
        let parts: Vec<&str> = request.path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            ["api", _, ..] => Reply::no_resource(),
            ["apis", group, ..] if self.resources.is_built_in(group) => Reply::no_resource(),
            _ => Reply::no_page(),
        }
    }

    fn find(&self, request: &Request) -> Option<&super::resources::Resource> {
        self.resources.find(&request.group, &request.version, &request.resource)
    }

    fn version(&self) -> Value {
        json!({
            "major": "1", "minor": self.minor.to_string(), "gitVersion": self.world.version,
            "gitCommit": "0000000000000000000000000000000000000000", "gitTreeState": "clean",
            "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.25.0", "compiler": "gc", "platform": "linux/amd64",
        })
    }

    /// The last request that was answered.
    #[cfg(test)]
    pub(crate) fn last(&self) -> Recorded {
        self.recorded.lock().unwrap().last().unwrap().clone()
    }

    fn record(&self, recorded: Recorded) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(recorded.action.clone()).or_default() += 1;
        drop(calls);
        if !self.world.unlogged {
            self.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
        }
    }
}

fn violation(request: &Request, metadata_only: bool) -> Option<Violation> {
    let secrets = request.group.is_empty() && request.resource == "secrets";
    match () {
        () if request.impersonates.is_some() => Some(Violation::Impersonates),
        () if request.method != http::Method::GET => Some(Violation::Writes),
        () if request.verb == "watch" => Some(Violation::Watches),
        () if !request.subresource.is_empty() => Some(Violation::UsesSubresource),
        () if secrets && !metadata_only => Some(Violation::ReadsSecrets),
        () => None,
    }
}

/// The response of a fault; none if the fault only changes the response.
fn refusal(fault: &Fault, request: &Request, user: &str) -> Option<Reply> {
    let denied = |why: &str| Reply::forbidden(&request.target(), user, &request.verb, why);
    Some(match fault {
        Fault::Denied => denied(""),
        Fault::DeniedByOrganization => denied("no access by the policy of the organization"),
        Fault::DeniedByResource => denied("no access by the policy of the resource"),
        Fault::Throttled(retry_after) => Reply::too_many(*retry_after),
        Fault::ServerError => Reply::internal("etcdserver: request timed out"),
        Fault::Unavailable => Reply::unavailable(),
        Fault::Expired | Fault::Skewed => Reply::unauthorized(),
        Fault::Gone if request.verb == "get" => Reply::no_object(&request.target()),
        Fault::Answer(Custom { status, code, message, body }) => {
            let reply = Reply::failure(*status, code, message, Value::Null);
            match body {
                Some(body) => reply.with_body(body),
                None => reply,
            }
        }
        // Lists that are continued have expired.
        Fault::Gone
        | Fault::Truncated
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

impl Cloud for Simulator {
    fn clock_ahead(&self) -> i64 {
        self.world.clock_ahead
    }

    async fn answer(&self, head: Parts, _: Bytes) -> Answered {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let request = Request::of(&head);
        let latency = self.world.latency.draw(&self.dice);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let who = self.identity(header("authorization"));
        let user = who.as_ref().map(|who| who.user.clone()).unwrap_or_default();
        let fault = who.as_ref().and_then(|_| self.faults.strike(&request, &user, &self.dice));
        let within = || self.quotas.take(&self.world.quotas, &request.action, &user, "");
        let reply = match (&who, fault.and_then(|fault| refusal(fault, &request, &user))) {
            (None, _) => Reply::unauthorized(),
            (_, Some(reply)) => reply,
            (Some(_), None) if !within() => Reply::too_many(Some(1)),
            (Some(who), None) => match (&request.impersonates, self.authorize(who, &request)) {
                (Some(_), _) => Reply::failure(
                    403,
                    "Forbidden",
                    "the simulator does not impersonate",
                    Value::Null,
                ),
                (None, Err(denied)) => denied,
                (None, Ok(())) => {
                    self.answer_allowed(&request, header("host").unwrap_or_default(), fault)
                }
            },
        };
        let status = if fault == Some(&Fault::Reset) { 0 } else { reply.status };
        let metadata_only = matches!(request.form(), Some(Form::Metadata | Form::MetadataList));
        self.record(Recorded {
            user,
            method: request.method.to_string(),
            violation: violation(&request, metadata_only),
            path: request.path,
            query: request.query,
            action: request.action,
            namespace: request.namespace,
            metadata_only,
            status,
            places: places(reply.body.as_bytes()).count() as u64,
        });
        let fault = fault.cloned();
        let nonsense = b"{\"kind\":\"List\",\"items\":[";
        Answered { response: reply.into_response(), fault, nonsense }
    }
}
