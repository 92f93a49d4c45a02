//! Reads a cluster into a scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;

use futures::future::join_all;
use posture_collect::gaps::CallError;
use posture_collect::text::clip;
use posture_collect::{Observer, observed};
use posture_model::gap::{Gap, Reason};
use posture_model::provider::Provider;
use posture_model::scope::{Calls, Scope};
use posture_model::text::hex;
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::client::{Client, Refused};
use super::list;
use super::login::{Access, Login, LoginError, Machine};
use super::places::Denied;
use crate::action::{Api, GROUPS, KubernetesAction, Request, VERSION, wanted_actions};
use crate::info::PARTITION;
use crate::inventory::{Inventory, Origin};
use crate::pod_security::{Version, Versions};

/// How a cluster is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Becomes true when reading is to end.
    pub stop: watch::Receiver<bool>,
}

/// A cluster that responds and accepts the credentials.
#[derive(Debug)]
pub struct Session {
    pub(super) client: Client,
    version: Result<String, CallError>,
    started: Time,
}

/// The namespace whose number identifies a cluster: it is created with the cluster, cannot be deleted, and every cluster has it.
const IDENTIFYING: &str = "kube-system";

impl Session {
    /// Signs in: reads the kubeconfig, makes the credentials, and requests the version of the server, which every user may read.
    ///
    /// # Errors
    /// If there is no cluster to read, it cannot be reached, or it does not accept the credentials.
    pub async fn login(
        login: &Login,
        options: &Options,
        observer: &Observer,
    ) -> Result<Self, LoginError> {
        let access = Access::of(login, &Machine::this())?;
        Self::of(Client::new(access, login, observer, options.stop.clone().into())).await
    }

    pub(super) async fn of(client: Client) -> Result<Self, LoginError> {
        let started = now();
        let version = match client.get(VERSION, "/version", &[]).await {
            Ok(held) => match held.value.get("gitVersion").and_then(Value::as_str) {
                Some(version) if !version.is_empty() => Ok(clip(version.to_owned())),
                _ => Err(CallError::senseless(VERSION, "", "gitVersion is missing")),
            },
            Err(Refused { login: Some(error), .. }) => return Err(*error),
            Err(refused) => Err(refused.error),
        };
        Ok(Self { client, version, started })
    }

    /// The name of the context.
    pub fn name(&self) -> &str {
        &self.client.access().name
    }

    /// The address of the server.
    pub fn server(&self) -> String {
        self.client.server()
    }

    /// The host by which a cloud knows the server, if its address has one that leads to this cluster alone; see
    /// [`api_server::host`](posture_model::api_server::host).
    pub fn host(&self) -> Option<String> {
        self.client.access().host()
    }

    /// The user as whom the cluster is read, by its name in the kubeconfig.
    pub fn identity(&self) -> Option<&str> {
        self.client.access().identity.as_deref()
    }

    /// Whether the server's certificate is not verified.
    pub fn is_insecure(&self) -> bool {
        self.client.access().insecure
    }

    /// What identifies the cluster where the number of its namespace `kube-system` cannot be read: its address.
    pub fn address_id(&self) -> String {
        address_id(&self.server())
    }

    /// How often each action was called so far.
    pub fn calls(&self) -> BTreeMap<String, Calls> {
        self.client.calls.calls()
    }

    pub(super) fn minor(&self) -> Option<u16> {
        self.version.as_ref().ok().and_then(|version| minor(version))
    }

    /// Reads the wanted facts. What cannot be read is a gap.
    pub async fn collect(&self, wanted: &Wanted, observer: &Observer) -> Scope {
        let versions = self.minor().map_or(Versions::ANY, |minor| Version::of_minor(minor).into());
        let mut inventory = Inventory::new(Origin::Cluster, versions);
        let root = inventory.another();
        let new = || root.another();
        let uid: Mutex<Option<String>> = Mutex::default();
        let names: Mutex<BTreeSet<String>> = Mutex::default();
        let see = |object: &Value| {
            let Some(name) = object.pointer("/metadata/name").and_then(Value::as_str) else {
                return;
            };
            names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
            if name != IDENTIFYING {
                return;
            }
            let found = object.pointer("/metadata/uid").and_then(Value::as_str);
            *uid.lock().unwrap_or_else(PoisonError::into_inner) = found.map(str::to_owned);
        };
        let lists = lists(wanted);
        let (client, minor, name) = (&self.client, self.minor(), self.name());
        let read = lists.iter().map(|(action, api)| {
            let work = list::read(client, (*action, api), None, minor, &new, |object| {
                if api.resource == "namespaces" {
                    see(object);
                }
            });
            observed(observer, name, api.resource, "", work)
        });
        // All of them side by side: the client limits how many calls are made at once.
        let parts: Vec<Result<Inventory, Gap>> = join_all(read).await;
        let mut denied: Vec<Denied> = Vec::new();
        for (part, (action, api)) in parts.into_iter().zip(&lists) {
            match part {
                Ok(part) => inventory.add(part),
                Err(gap) if api.namespaced => denied.push((*action, *api, gap)),
                Err(gap) => inventory.unread(action, gap),
            }
        }
        self.read_groups(&mut inventory, wanted).await;
        let names = names.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.read_by_namespace(&mut inventory, denied, &names, &new, observer).await;
        let uid = uid.into_inner().unwrap_or_else(PoisonError::into_inner);
        let id = uid.filter(|uid| is_plausible(uid)).unwrap_or_else(|| self.address_id());
        self.scope(id, inventory, wanted)
    }

    /// Reads which versions of APIs the server serves. Where that is not known, it counts as if it served all that it can.
    async fn read_groups(&self, inventory: &mut Inventory, wanted: &Wanted) {
        let groups = wanted_actions(wanted).into_iter().find(|action| action.name == GROUPS);
        let Some(Request::Path(path)) = groups.map(|action| action.own) else { return };
        match self.client.get(GROUPS, path, &[]).await {
            Ok(held) => match served(&held.value) {
                Some(versions) => inventory.served(versions),
                None => {
                    let what = "not a list of groups with their versions";
                    inventory.unserved(CallError::senseless(GROUPS, "", what).into_gap());
                }
            },
            Err(refused) => inventory.unserved(refused.error.gap),
        }
    }

    fn scope(&self, id: String, mut inventory: Inventory, wanted: &Wanted) -> Scope {
        let name = self.name();
        let mut scope = Scope::unread(Provider::Kubernetes, id.as_str(), PARTITION, self.started);
        scope.name = Some(name.to_owned());
        scope.account.name = name.to_owned();
        scope.identity = self.identity().map(str::to_owned);
        inventory.server(match &self.version {
            Ok(version) => Ok(version.clone()),
            Err(refused) => Err(refused.gap.clone()),
        });
        inventory.hosts(self.host().into_iter().chain(self.client.access().issuer.clone()));
        inventory.fill(wanted, &mut scope);
        scope.calls = self.calls();
        scope.finished = now();
        scope.correct_clock(&self.client.skew);
        scope.canonicalise();
        scope
    }

    /// The scope of a cluster of which nothing can be read, for one reason.
    pub fn refused(login: &Login, error: &LoginError) -> Option<Scope> {
        let access = Access::of(login, &Machine::this()).ok()?;
        let server = super::login::shown(&access.server);
        let reason = match error {
            LoginError::Unreachable { cause: super::Cause::TimedOut, .. } => Reason::TimedOut,
            LoginError::Unreachable { .. } => Reason::Unreachable,
            LoginError::Interrupted => Reason::Canceled,
            _ => Reason::Credentials,
        };
        let gap = Gap { detail: Some(clip(error.to_string())), ..Gap::new(VERSION, "", reason) };
        let id = address_id(&server);
        let mut scope = Scope::refused(Provider::Kubernetes, id, PARTITION, now(), gap);
        scope.level = Origin::Cluster.level();
        scope.name = Some(access.name.clone());
        scope.account.name = access.name;
        Some(scope)
    }
}

/// The versions in an [`APIGroupList`](https://kubernetes.io/docs/reference/using-api/api-concepts/#unaggregated-discovery); nothing if it
/// is none. An extension whose server does not answer is in it as well.
fn served(list: &Value) -> Option<BTreeSet<String>> {
    if list.get("kind")?.as_str()? != "APIGroupList" {
        return None;
    }
    let mut all = BTreeSet::new();
    for group in list.get("groups")?.as_array()? {
        for version in group.get("versions")?.as_array()? {
            all.insert(version.get("groupVersion")?.as_str()?.to_owned());
        }
    }
    // Every server has some.
    (!all.is_empty()).then_some(all)
}

/// The lists that are read for what is wanted.
pub(super) fn lists(wanted: &Wanted) -> Vec<(&'static KubernetesAction, Api)> {
    let list = |action: &'static KubernetesAction| match action.own {
        Request::List(api) => Some((action, api)),
        Request::Path(_) => None,
    };
    wanted_actions(wanted).into_iter().filter_map(list).collect()
}

fn now() -> Time {
    jiff::Timestamp::now().into()
}

/// The number of an object is a UUID. What is not like one could collide with the number of another cluster.
fn is_plausible(uid: &str) -> bool {
    uid.len() == 36 && uid.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

fn address_id(server: &str) -> String {
    let hash = hex(Sha256::digest(server.as_bytes()));
    format!("server-{}", hash.get(..16).unwrap_or(&hash))
}

/// The minor version in a version such as `v1.33.4-eks-0a1b2c3`.
fn minor(version: &str) -> Option<u16> {
    version.strip_prefix("v1.")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
#[path = "collect/tests.rs"]
mod tests;
