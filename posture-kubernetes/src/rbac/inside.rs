//! The steps by which a subject becomes service accounts of a namespace.

use std::collections::BTreeSet;

use posture_model::dated::Dated;

use super::bindable::Gain;
use super::chains::Moves;
use super::held::{Held, limited};
use super::{Grant, RBAC, Rbac, Subject};

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

const CHANGE: &[&str] = &["update", "patch"];
const RUNS: Option<&str> = Some("a pod runs as the account");

/// A namespace with its accounts.
struct Place<'p> {
    namespace: &'p str,
    names: &'p BTreeSet<String>,
}

impl Place<'_> {
    /// All accounts become reachable.
    fn every(
        &self,
        all: &mut Moves<'_>,
        what: &str,
        grants: &[&Grant<'_>],
        needs: Option<&'static str>,
    ) {
        let names: Vec<&String> = self.names.iter().collect();
        self.some(all, what, grants, &names, needs);
    }

    fn some(
        &self,
        all: &mut Moves<'_>,
        what: &str,
        grants: &[&Grant<'_>],
        of: &[&String],
        needs: Option<&'static str>,
    ) {
        let what = format!("{what} in namespace {}", self.namespace);
        for name in of {
            all.to(&what, grants, Subject::account(self.namespace, name), needs);
        }
    }
}

impl Rbac {
    /// The steps by which a subject becomes accounts of a namespace.
    pub(super) fn in_namespace(
        &self,
        held: &Held<'_>,
        namespace: &str,
        names: &BTreeSet<String>,
        all: &mut Moves<'_>,
    ) {
        let (at, place) = (Place { namespace, names }, Some(namespace));
        self.by_pods(held, &at, all);
        for grant in held.all(&["create"], "", "serviceaccounts/token", place) {
            let of = limited(grant, names);
            at.some(all, "create tokens of service accounts", &[grant], &of, None);
        }
        for grant in held.all(&["impersonate"], "", "serviceaccounts", place) {
            at.some(all, "impersonate service accounts", &[grant], &limited(grant, names), None);
        }
        if let Some(read) = held.find(&["get", "list", "watch"], "", "secrets", place) {
            let create = held.find(&["create"], "", "secrets", place);
            match create.filter(|_| read.rule.names.is_empty()) {
                Some(create) => {
                    at.every(all, "create token secrets and read them", &[create, read], None);
                }
                None => {
                    let needs = Some("a secret holds a token of the account");
                    at.every(all, "read secrets", &[read], needs);
                }
            }
        }
        self.by_roles(held, &at, all);
    }

    fn by_pods(&self, held: &Held<'_>, at: &Place<'_>, all: &mut Moves<'_>) {
        let place = Some(at.namespace);
        let mut template = None;
        for (group, resource) in WORKLOADS.iter() {
            let change = || held.find(CHANGE, group, resource, place);
            if let Some(grant) = held.find(&["create"], group, resource, place) {
                template = template.or(Some((grant, format!("create {resource}"))));
                at.every(all, &format!("create {resource}"), &[grant], None);
            } else if let Some(grant) = change() {
                // Of what a pod runs as, an update may change the images alone; the other fields that it may change are deadlines,
                // tolerations and scheduling gates.
                // https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement, read on 2026-12-01.
                if *resource == "pods" {
                    at.every(all, "change the images of pods", &[grant], RUNS);
                } else {
                    let what = format!("change {resource}");
                    at.every(all, &what, &[grant], Some("there is one"));
                    template = template.or(Some((grant, what)));
                }
            }
        }
        // https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation, read on 2026-12-01.
        if let Some((grant, what)) = template
            && self.ground.lets_pods_reach_nodes(at.namespace)
        {
            let needs = Some("admission lets a pod reach its node, where a stronger account runs");
            all.end(&format!("{what} in namespace {}", at.namespace), &[grant], needs);
        }
        let mut here = held
            .grants
            .iter()
            .filter(|grant| grant.namespace.is_none_or(|own| own == at.namespace));
        if let Some(grant) = here.find(|grant| self.runs_commands(grant)) {
            at.every(all, "run commands in pods", &[grant], RUNS);
        }
        let node = ["get", "create", "update", "patch", "delete"];
        if let Some(grant) = held.find(&node, "", "nodes/proxy", None) {
            let what = "reach the API of the kubelets, which runs commands in pods,";
            at.every(all, what, &[grant], RUNS);
        }
    }

    fn by_roles(&self, held: &Held<'_>, at: &Place<'_>, all: &mut Moves<'_>) {
        let place = Some(at.namespace);
        if let (Some(escalate), Some(change)) = (
            held.find(&["escalate"], RBAC, "roles", place),
            held.find(CHANGE, RBAC, "roles", place),
        ) {
            let named = !escalate.rule.names.is_empty() || !change.rule.names.is_empty();
            let needs = named.then_some("the Role that the rule names is bound to it");
            at.every(all, "escalate and change Roles", &[escalate, change], needs);
        }
        if let Some((escalate, create)) = held.widens() {
            let holds = |grant: &&Grant<'_>| grant.namespace == place && grant.is_aggregated();
            if let Some(of) = held.grants.iter().find(holds) {
                at.every(all, "widen a ClusterRole that it has", &[escalate, create, of], None);
            }
        }
        for kind in ["clusterroles", "roles"] {
            for (verbs, what) in [(&["create"][..], "write bindings"), (CHANGE, "change bindings")]
            {
                let mut best: Option<(Gain, [&Grant<'_>; 2])> = None;
                for bind in held.all(&["bind"], RBAC, kind, place) {
                    for write in held.all(verbs, RBAC, "rolebindings", place) {
                        let gain = match verbs {
                            ["create"] => self.bound_anew(held, bind, kind, at.namespace),
                            _ => self.bound_already(bind, write, kind, at.namespace),
                        };
                        if best.as_ref().is_none_or(|(before, _)| *before < gain) {
                            best = Some((gain, [bind, write]));
                        }
                    }
                }
                let Some((gain, grants)) = best else { continue };
                let what = format!("bind {kind} and {what}");
                match gain {
                    Gain::Nothing => {}
                    Gain::Maybe(needs) => at.every(all, &what, &grants, Some(needs)),
                    Gain::Accounts => at.every(all, &what, &grants, None),
                }
            }
        }
    }
}
