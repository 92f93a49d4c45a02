//! How a subject becomes another one, and at last may do everything.
//!
//! The moves are those of
//! [Good practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks), read on
//! 2026-11-30. A move is certain where RBAC alone decides it, and conditional where it needs something that RBAC does not show,
//! such as a pod that runs as the account. Admission, which may reject a pod or a binding, is not part of RBAC either.
//!
//! Not followed, so that a subject without a chain is not proven harmless: ways through a node (privileged pods, persistent volumes,
//! changed nodes), through what runs with more permissions (`kube-system`, operators, config maps that they read), and the narrower
//! forms of impersonation.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;

use super::held::{Held, limited};
use super::paths::Paths;
use super::{Grant, Rbac, Subject};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Workloads whose controller makes pods of their template: group and resource.
static WORKLOADS: Dated<(&str, &str)> = Dated::new(
    &["https://kubernetes.io/docs/concepts/workloads/"],
    "2026-11-30",
    &[
        ("", "pods"),
        ("", "replicationcontrollers"),
        ("apps", "daemonsets"),
        ("apps", "deployments"),
        ("apps", "replicasets"),
        ("apps", "statefulsets"),
        ("batch", "cronjobs"),
        ("batch", "jobs"),
    ],
);

/// A step of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The subject that makes it.
    pub from: Subject,
    /// What it is allowed, such as `create pods in namespace shop`.
    pub permission: String,
    /// The binding, the role and the rule that allow it, one for each part of the permission.
    pub through: Vec<String>,
    /// The subject that it becomes; none if it may do everything.
    pub to: Option<Subject>,
    /// What else it needs; none if RBAC alone decides.
    pub needs: Option<&'static str>,
}

/// The steps from a subject to one that may do everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The steps, the first one first.
    pub steps: Vec<Step>,
}

impl Chain {
    /// Whether RBAC alone decides every step.
    pub fn is_certain(&self) -> bool {
        self.steps.iter().all(|step| step.needs.is_none())
    }
}

impl Chain {
    /// In one line, as evidence.
    pub fn line(&self) -> String {
        self.to_string().trim_end().replace('\n', "; ")
    }
}

/// One line for each step.
impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for step in &self.steps {
            write!(f, "{} may {}", step.from, step.permission)?;
            match &step.to {
                Some(to) => write!(f, " and so becomes {to}")?,
                None => f.write_str(" and so may do everything")?,
            }
            if let Some(needs) = step.needs {
                write!(f, ", if {needs}")?;
            }
            writeln!(f, " ({})", step.through.join("; "))?;
        }
        Ok(())
    }
}

impl Rbac {
    /// The service accounts that bindings name, by namespace, and the account `default` that every namespace has.
    pub(super) fn accounts(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut add = |namespace: &str, name: &str| {
            let names = all.entry(namespace.to_owned()).or_default();
            names.insert("default".to_owned());
            names.insert(name.to_owned());
        };
        for binding in &self.bindings {
            if let Some(namespace) = &binding.namespace {
                add(namespace, "default");
            }
            for subject in &binding.subjects {
                match subject {
                    Subject::ServiceAccount { namespace, name } => add(namespace, name),
                    Subject::Group(name) => {
                        if let Some(namespace) = name.strip_prefix("system:serviceaccounts:") {
                            add(namespace, "default");
                        }
                    }
                    Subject::User(_) => {}
                }
            }
        }
        all
    }

    /// The shortest chain by which a subject may do everything; none if there is none. A certain chain comes before a shorter one
    /// that is conditional.
    pub fn chain(&self, subject: &Subject) -> Option<Chain> {
        Paths::new(self).of_subject(subject)
    }

    /// Every step that a subject can make. Those that end a chain come without a subject to become.
    pub(super) fn moves(
        &self,
        subject: &Subject,
        accounts: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<Step> {
        if matches!(subject, Subject::Group(name) if name == "system:masters") {
            return vec![Step {
                from: subject.clone(),
                permission: "do everything".to_owned(),
                through: vec![
                    "the API server allows the group everything, without a binding".to_owned(),
                ],
                to: None,
                needs: None,
            }];
        }
        self.moves_by(subject, self.grants(subject), accounts)
    }

    /// The same, by some of its grants.
    pub(super) fn moves_by(
        &self,
        subject: &Subject,
        grants: Vec<Grant<'_>>,
        accounts: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<Step> {
        let held = Held::new(grants);
        let mut all = Moves { from: subject, steps: Vec::new() };
        self.to_everything(&held, &mut all);
        for (namespace, names) in accounts {
            in_namespace(&held, namespace, names, &mut all);
        }
        self.to_users(&held, &mut all);
        all.steps
    }

    fn to_everything(&self, held: &Held<'_>, all: &mut Moves<'_>) {
        let whole = |grant: &&Grant<'_>| grant.namespace.is_none() && grant.rule.is_everything();
        if let Some(grant) = held.grants.iter().find(whole) {
            all.end("do everything", &[grant], None);
        }
        if let (Some(escalate), Some(change)) = (
            held.find(&["escalate"], RBAC, "clusterroles", None),
            held.find(&["update", "patch"], RBAC, "clusterroles", None),
        ) {
            let named = !escalate.rule.names.is_empty() || !change.rule.names.is_empty();
            let needs = named.then_some("the ClusterRole that the rule names is bound to it");
            all.end("escalate and change ClusterRoles", &[escalate, change], needs);
        }
        if let (Some(bind), Some(create)) = (
            held.find(&["bind"], RBAC, "clusterroles", None),
            held.find(&["create"], RBAC, "clusterrolebindings", None),
        ) {
            let names = &bind.rule.names;
            let needs = (!names.is_empty() && !names.iter().any(|name| name == "cluster-admin"))
                .then_some("the ClusterRole that the rule names allows everything");
            all.end("bind ClusterRoles in the whole cluster", &[bind, create], needs);
        }
        let impersonate = |what: &str| held.find(&["impersonate"], "", what, None);
        if let (Some(users), Some(groups)) = (impersonate("users"), impersonate("groups")) {
            let names = &groups.rule.names;
            if names.is_empty() || names.iter().any(|name| name == "system:masters") {
                all.end("impersonate users and the group system:masters", &[users, groups], None);
            }
        }
        let hooks = ["mutatingwebhookconfigurations", "mutatingadmissionpolicies"];
        let write = |hook: &&str| {
            held.find(&["create", "update", "patch"], "admissionregistration.k8s.io", hook, None)
        };
        if let Some(grant) = hooks.iter().find_map(write) {
            let needs = Some("a subject with more permissions writes objects that it can change");
            all.end("change what others write, by mutating admission", &[grant], needs);
        }
    }

    fn to_users(&self, held: &Held<'_>, all: &mut Moves<'_>) {
        let users: Vec<&Grant<'_>> = held.all(&["impersonate"], "", "users", None).collect();
        let client = |grant: &&Grant<'_>| {
            let names = &grant.rule.names;
            let signs = |name: &String| {
                matches!(name.as_str(), "kubernetes.io/kube-apiserver-client" | "kubernetes.io/*")
            };
            names.is_empty() || names.iter().any(signs)
        };
        let approve = (
            held.find(
                &["update", "patch"],
                "certificates.k8s.io",
                "certificatesigningrequests/approval",
                None,
            ),
            held.all(&["approve"], "certificates.k8s.io", "signers", None).find(client),
        );
        for subject in self.subjects() {
            if let Subject::User(name) = subject {
                let of = |grant: &&&Grant<'_>| {
                    grant.rule.names.is_empty() || grant.rule.names.contains(name)
                };
                if let Some(grant) = users.iter().find(of) {
                    all.to("impersonate users", &[grant], subject.clone(), None);
                }
            }
            // A certificate cannot name system:masters, for which the server itself denies a signature.
            let named = match subject {
                Subject::User(_) => true,
                Subject::Group(name) => name != "system:masters" && !name.starts_with("system:"),
                Subject::ServiceAccount { .. } => false,
            };
            if let ((Some(update), Some(signer)), true) = (approve, named) {
                let needs = Some("it can request a certificate");
                all.to("approve client certificates", &[update, signer], subject.clone(), needs);
            }
        }
    }
}

/// The steps by which a subject becomes accounts of a namespace.
fn in_namespace(held: &Held<'_>, namespace: &str, names: &BTreeSet<String>, all: &mut Moves<'_>) {
    const RUNS: Option<&str> = Some("a pod runs as the account");
    let place = Some(namespace);
    let here = |what: &str| format!("{what} in namespace {namespace}");
    let every: Vec<&String> = names.iter().collect();
    let become_all =
        |all: &mut Moves<'_>, what: &str, grants: &[&Grant<'_>], of: &[&String], needs| {
            for name in of {
                all.to(&here(what), grants, Subject::account(namespace, name), needs);
            }
        };
    for (group, resource) in WORKLOADS.iter() {
        if let Some(grant) = held.find(&["create"], group, resource, place) {
            become_all(all, &format!("create {resource}"), &[grant], &every, None);
        } else if *resource != "pods"
            && let Some(grant) = held.find(&["update", "patch"], group, resource, place)
        {
            let needs = Some("there is one");
            become_all(all, &format!("change {resource}"), &[grant], &every, needs);
        }
    }
    for grant in held.all(&["create"], "", "serviceaccounts/token", place) {
        become_all(
            all,
            "create tokens of service accounts",
            &[grant],
            &limited(grant, names),
            None,
        );
    }
    for grant in held.all(&["impersonate"], "", "serviceaccounts", place) {
        become_all(all, "impersonate service accounts", &[grant], &limited(grant, names), None);
    }
    let read = held.find(&["get", "list", "watch"], "", "secrets", place);
    if let Some(read) = read {
        match held.find(&["create"], "", "secrets", place).filter(|_| read.rule.names.is_empty()) {
            Some(create) => {
                become_all(
                    all,
                    "create token secrets and read them",
                    &[create, read],
                    &every,
                    None,
                );
            }
            None => {
                let needs = Some("a secret holds a token of the account");
                become_all(all, "read secrets", &[read], &every, needs);
            }
        }
    }
    let exec = held
        .find(&["create"], "", "pods/exec", place)
        .or_else(|| held.find(&["create"], "", "pods/attach", place))
        .or_else(|| held.find(&["update", "patch"], "", "pods/ephemeralcontainers", place));
    if let Some(grant) = exec {
        become_all(all, "run commands in pods", &[grant], &every, RUNS);
    }
    let node = ["get", "create", "update", "patch", "delete"];
    if let Some(grant) = held.find(&node, "", "nodes/proxy", None) {
        become_all(
            all,
            "reach the API of the kubelets, which runs commands in pods,",
            &[grant],
            &every,
            RUNS,
        );
    }
    let roles = (
        held.find(&["escalate"], RBAC, "roles", place),
        held.find(&["update", "patch"], RBAC, "roles", place),
    );
    if let (Some(escalate), Some(change)) = roles {
        let named = !escalate.rule.names.is_empty() || !change.rule.names.is_empty();
        let needs = named.then_some("the Role that the rule names is bound to it");
        become_all(all, "escalate and change Roles", &[escalate, change], &every, needs);
    }
    let bind = held.find(&["bind"], RBAC, "clusterroles", place);
    if let (Some(bind), Some(create)) = (bind, held.find(&["create"], RBAC, "rolebindings", place))
    {
        let enough = |name: &String| matches!(name.as_str(), "cluster-admin" | "admin" | "edit");
        let names = &bind.rule.names;
        let needs = (!names.is_empty() && !names.iter().any(enough))
            .then_some("the ClusterRole that the rule names controls pods");
        become_all(all, "bind ClusterRoles", &[bind, create], &every, needs);
    }
}

/// The steps of one subject.
struct Moves<'m> {
    from: &'m Subject,
    steps: Vec<Step>,
}

impl Moves<'_> {
    fn add(
        &mut self,
        permission: &str,
        grants: &[&Grant<'_>],
        to: Option<Subject>,
        needs: Option<&'static str>,
    ) {
        let mut through: Vec<String> = grants.iter().map(ToString::to_string).collect();
        through.dedup();
        let from = self.from.clone();
        self.steps.push(Step { from, permission: permission.to_owned(), through, to, needs });
    }

    fn end(&mut self, permission: &str, grants: &[&Grant<'_>], needs: Option<&'static str>) {
        self.add(permission, grants, None, needs);
    }

    fn to(
        &mut self,
        permission: &str,
        grants: &[&Grant<'_>],
        to: Subject,
        needs: Option<&'static str>,
    ) {
        self.add(permission, grants, Some(to), needs);
    }
}
