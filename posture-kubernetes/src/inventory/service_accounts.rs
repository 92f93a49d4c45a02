//! Service accounts: who binds them, who runs as them, and which tokens they have.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::provider::Provider;
use posture_model::resource::{FactId, ServiceAccount};
use serde_json::Value;

use super::access::Around;
use super::mounted::Mounted;
use super::objects::{Observed, id};
use super::{BINDINGS, Origin};
use crate::read::{Invalid, Object};
use crate::workload::{self, PodOf};

/// The facts that a list of service accounts fills.
pub(crate) const OF_ACCOUNTS: &[FactId] = &[
    ServiceAccount::AUTOMOUNTS_TOKEN,
    ServiceAccount::USED_BY,
    ServiceAccount::TOKEN_SECRETS,
    ServiceAccount::CLOUD_IDENTITY,
    ServiceAccount::TAGS,
    posture_model::resource::RoleBinding::MISSING,
];

/// The account of a pod that names none.
const DEFAULT: &str = "default";
/// The type of a Secret that holds a token, and the annotation that names its account.
/// <https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets>
const TOKEN: &str = "kubernetes.io/service-account-token";
const TOKEN_OF: &str = "kubernetes.io/service-account.name";
const MIRROR: &str = "kubernetes.io/config.mirror";

/// The annotations by which clouds give an identity to the pods of an account.
static IDENTITIES: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
        "https://learn.microsoft.com/en-us/azure/aks/workload-identity-overview#service-account-annotations",
        "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
    ],
    "2026-12-01",
    &[
        "eks.amazonaws.com/role-arn",
        "azure.workload.identity/client-id",
        "iam.gke.io/gcp-service-account",
    ],
);

/// A service account by namespace and name. The namespace is empty where a manifest does not name it.
type Key = (String, String);

#[derive(Debug)]
struct Account {
    resource: ServiceAccount,
    automount: Option<bool>,
    secrets: Vec<String>,
}

/// A workload that runs as an account.
#[derive(Debug)]
struct Use {
    /// The ID of the object, and of the controller that manages it.
    id: String,
    controller: Option<String>,
    /// Whether the pod mounts the token; none if the account decides.
    automount: Option<bool>,
}

/// The service accounts, and what uses them.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    all: BTreeMap<Key, Vec<Account>>,
    uses: BTreeMap<Key, Vec<Use>>,
    /// Secrets with a token, by account.
    tokens: BTreeMap<Key, BTreeSet<String>>,
    /// What mounts a Secret, by the namespace and the name of the Secret.
    mounted: BTreeMap<Key, Vec<Use>>,
    /// The controller that manages an object.
    managed: BTreeMap<String, String>,
}

fn key(of: &Observed<'_>, name: &str) -> Key {
    (of.namespace.clone().unwrap_or_default(), name.to_owned())
}

impl Accounts {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { all, uses, tokens, mounted, managed } = other;
        for (key, accounts) in all {
            self.all.entry(key).or_default().extend(accounts);
        }
        for (key, used) in uses {
            self.uses.entry(key).or_default().extend(used);
        }
        for (key, names) in tokens {
            self.tokens.entry(key).or_default().extend(names);
        }
        for (key, used) in mounted {
            self.mounted.entry(key).or_default().extend(used);
        }
        self.managed.extend(managed);
    }

    /// Takes a service account.
    pub(super) fn account(&mut self, of: &Observed<'_>, unique: String) -> Result<(), Invalid> {
        let mut fields = Object::of(of.object, "")?;
        let automount = fields.boolean("automountServiceAccountToken")?;
        let mut secrets = Vec::new();
        for mut secret in fields.objects("secrets")? {
            secrets.extend(secret.text("name")?.map(str::to_owned));
        }
        let mut identity = None;
        if let Some(mut metadata) = fields.object("metadata")? {
            let annotations = metadata.map("annotations")?;
            let known = annotations.into_iter().find(|(key, value)| {
                IDENTITIES.items().contains(&key.as_str()) && !value.is_empty()
            });
            identity = known.map(|(_, value)| value);
        }
        let mut resource = new(unique, &of.name, of.namespace.as_deref());
        resource.cloud_identity = Known(identity);
        resource.tags = Known(of.labels.clone());
        resource.source = of.source.clone().map(Box::new);
        self.all.entry(key(of, &of.name)).or_default().push(Account {
            resource,
            automount,
            secrets,
        });
        Ok(())
    }

    /// Takes from a Secret of a manifest which account its token is of. Its data are not read here.
    pub(super) fn secret(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let mut fields = Object::of(of.object, "")?;
        if fields.text("type")? != Some(TOKEN) {
            return Ok(());
        }
        let Some(mut metadata) = fields.object("metadata")? else { return Ok(()) };
        for (name, value) in metadata.map("annotations")? {
            if name == TOKEN_OF {
                self.tokens.entry(key(of, &value)).or_default().insert(of.name.clone());
            }
        }
        Ok(())
    }

    /// Takes from an object with pods which account they run as.
    pub(super) fn pods(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let controller = of.controller.as_ref();
        let controller = controller.map(|(kind, name)| id(kind, of.namespace.as_deref(), name));
        if let Some(controller) = &controller {
            self.managed.insert(of.id(), controller.clone());
        }
        let Some(pod) = PodOf::find(of.object)? else { return Ok(()) };
        if pod.kind == "PodTemplate" || is_over(of.object, &pod) {
            return Ok(());
        }
        let mut fields = Object::of(pod.value, pod.path)?;
        let Some(mut spec) = fields.object("spec")? else { return Ok(()) };
        let name = spec.text("serviceAccountName")?.filter(|name| !name.is_empty());
        // The older name of the field. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
        let name = name.or(spec.text("serviceAccount")?.filter(|name| !name.is_empty()));
        let automount = spec.boolean("automountServiceAccountToken")?;
        let mounted = Mounted::read(&mut spec)?;
        for secret in mounted.secrets {
            let used = Use { id: of.id(), controller: controller.clone(), automount };
            self.mounted.entry(key(of, &secret)).or_default().push(used);
        }
        // A volume of the pod's own holds the token, whatever the server adds.
        let automount = if mounted.token { Some(true) } else { automount };
        let used = Use { id: of.id(), controller, automount };
        self.uses.entry(key(of, name.unwrap_or(DEFAULT))).or_default().push(used);
        Ok(())
    }

    /// Whether there is an account. Every namespace has the account `default`, which manifests leave out.
    pub(super) fn has(&self, origin: Origin, namespace: &str, name: &str) -> bool {
        (origin == Origin::Manifests && name == DEFAULT)
            || self.all.contains_key(&(namespace.to_owned(), name.to_owned()))
    }

    /// Why an account that is not among those that were read may exist; none if it does not.
    pub(super) fn lacks(&self, around: &Around<'_>, namespace: &str, name: &str) -> Option<GapId> {
        let unread = around.missing.of_in(["ServiceAccount"], namespace).first().copied();
        unread.or_else(|| {
            let target = id("ServiceAccount", Some(namespace), name);
            (around.origin == Origin::Manifests).then(|| outside(around, &target))
        })
    }

    /// The accounts. Those that manifests use or bind and do not declare are among them: nothing is known of their own settings.
    pub(super) fn finish(
        mut self,
        around: &Around<'_>,
        bound: &BTreeMap<Key, BTreeSet<String>>,
    ) -> Vec<ServiceAccount> {
        if around.origin == Origin::Manifests {
            let used: BTreeSet<Key> = self.uses.keys().chain(bound.keys()).cloned().collect();
            for (namespace, name) in used.into_iter().filter(|(_, name)| name == DEFAULT) {
                let place = Some(namespace.as_str()).filter(|place| !place.is_empty());
                let all = self.all.entry((namespace.clone(), name.clone())).or_default();
                if all.is_empty() {
                    let id = id("ServiceAccount", place, &name);
                    let mut resource = new(id.clone(), &name, place);
                    resource.automounts_token = Fact::Gap(outside(around, &id));
                    resource.cloud_identity = Fact::Gap(outside(around, &id));
                    resource.tags = Fact::Gap(outside(around, &id));
                    all.push(Account { resource, automount: None, secrets: Vec::new() });
                }
            }
        }
        let bindings = around.missing.of(BINDINGS).first().copied();
        let mut finished = Vec::new();
        for (key, accounts) in std::mem::take(&mut self.all) {
            for Account { resource, automount, secrets } in accounts {
                let given = bound.get(&key).into_iter().flatten().cloned().collect();
                // Pods run as accounts of their own namespace.
                let workloads = around.missing.of_in(workload::kinds(), &key.0).first().copied();
                let known = self.known_tokens(&key, &secrets);
                let used = self.used(&key, (automount, &known), &resource, workloads);
                let tokens = tokens(around, known);
                let automounts = match resource.automounts_token {
                    Fact::Gap(gap) if gap != GapId::NOT_COLLECTED => Fact::Gap(gap),
                    _ => Known(automount.unwrap_or(true)),
                };
                finished.push(
                    resource
                        .automounts_token(automounts)
                        .bindings(Entries::new(given, bindings).into_fact())
                        .used_by(used)
                        .token_secrets(tokens),
                );
            }
        }
        finished
    }

    /// The workloads that run as an account with its token.
    fn used(
        &self,
        key: &Key,
        (automount, tokens): (Option<bool>, &BTreeSet<String>),
        account: &ServiceAccount,
        mut open: Option<GapId>,
    ) -> Fact<Entries> {
        let mut users = BTreeSet::new();
        for one in self.uses.get(key).into_iter().flatten() {
            let mounts = match (one.automount, account.automounts_token.gap()) {
                (Some(mounts), _) => mounts,
                (None, Some(gap)) if gap != GapId::NOT_COLLECTED => {
                    open = open.or(Some(gap));
                    continue;
                }
                (None, _) => automount.unwrap_or(true),
            };
            if mounts {
                users.insert(self.top(one));
            }
        }
        for secret in tokens {
            let holders = self.mounted.get(&(key.0.clone(), secret.clone())).into_iter().flatten();
            users.extend(holders.map(|one| self.top(one)));
        }
        Entries::new(users.into_iter().collect(), open).into_fact()
    }

    /// The controller at the top of the owners.
    fn top(&self, one: &Use) -> String {
        let mut top = one.controller.as_ref().unwrap_or(&one.id);
        for _ in 0..self.managed.len() {
            match self.managed.get(top) {
                Some(owner) if owner != &one.id => top = owner,
                _ => break,
            }
        }
        top.clone()
    }

    /// The Secrets that are known to hold a token of an account.
    fn known_tokens(&self, key: &Key, listed: &[String]) -> BTreeSet<String> {
        // The name that the controller gave the Secret before 1.24. Others that an account lists may hold something else.
        // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#auto-generated-legacy-serviceaccount-token-clean-up
        let prefix = format!("{}-token-", key.1);
        let mut all: BTreeSet<String> =
            listed.iter().filter(|name| name.starts_with(&prefix)).cloned().collect();
        all.extend(self.tokens.get(key).into_iter().flatten().cloned());
        all
    }
}

/// The Secrets with a token. Whether there are others only Secrets show, which an audit does not list.
fn tokens(around: &Around<'_>, known: BTreeSet<String>) -> Fact<Entries> {
    let gap = around.gaps.note(Gap::undetermined(
        "",
        "",
        "a Secret may hold a token of a service account, and Secrets are not listed",
    ));
    Entries::new(known.into_iter().collect(), Some(gap)).into_fact()
}

fn new(id: String, name: &str, namespace: Option<&str>) -> ServiceAccount {
    ServiceAccount::unread_on(Provider::Kubernetes, id, name, namespace)
}

fn outside(around: &Around<'_>, target: &str) -> GapId {
    let detail = "it is not among the manifests";
    around.gaps.note(Gap::undetermined(crate::manifests::ACTION, target, detail))
}

/// Whether what an object describes runs no more: a pod that ended, a mirror of a static pod, which has no account, a replica set of an
/// earlier revision.
fn is_over(object: &Value, pod: &PodOf<'_>) -> bool {
    let phase = object.pointer("/status/phase").and_then(Value::as_str);
    let mirror = object
        .pointer("/metadata/annotations")
        .and_then(Value::as_object)
        .is_some_and(|all| all.contains_key(MIRROR));
    // The server rejects one that names an account.
    // https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
    let named = object.pointer("/spec/serviceAccountName").and_then(Value::as_str);
    let mirror = mirror && named.unwrap_or_default().is_empty();
    let none = object.pointer("/spec/replicas").and_then(Value::as_i64) == Some(0);
    (pod.is_pod() && (mirror || matches!(phase, Some("Succeeded" | "Failed"))))
        || (pod.kind == "ReplicaSet" && none)
}
