//! One scene, made in the real server and in the simulator: the reports are equal, except for differences that are listed with their
//! reasons.

use std::collections::{BTreeMap, BTreeSet};

use posture_sim::kubernetes::World;
use serde_json::Value;

use super::server::Real;
use super::{objects, simulated};

/// What a report says: by control and resource, the outcome with what decided it.
fn outcomes_of(report: &Value) -> BTreeMap<(String, String), String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let resource = &finding["resource"];
            // The cluster is named by a number of its own.
            let id = match finding["kind"] == "cluster" {
                true => "cluster".to_owned(),
                false => text(&resource["id"]),
            };
            let gap = &finding["gap"];
            let what = format!(
                "{} {} {} {} {}",
                text(&finding["outcome"]),
                finding["evidence"],
                text(&finding["reason"]),
                text(&gap["action"]),
                text(&gap["detail"]),
            );
            ((text(&finding["control"]), id), what)
        })
        .collect()
}

/// How two reports may differ.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Difference {
    /// The simulator does not have the resource, and it does not fail in the real server.
    OnlyReal,
    /// The outcome is the same, and what the evidence names differs.
    Evidence,
    Outcome,
}

use Difference::{Evidence, OnlyReal, Outcome};

/// The differences from a server of 1.20 and their reasons: the beginnings of the control and of the resource.
const DIFFERENCES: &[(&str, &str, Difference)] = &[
    // The simulator leaves out the bindings of most controllers.
    ("", "ClusterRoleBinding/system:", OnlyReal),
    ("", "RoleBinding/kube-public/system:", OnlyReal),
    ("", "RoleBinding/kube-system/system:", OnlyReal),
    ("", "ServiceAccount/kube-system/", OnlyReal),
    // Before 1.26 two of them read secrets for a storage that Kubernetes does not have any more. Only the newer rules count as its own.
    ("identity.secret-readers", "ServiceAccount/kube-system/expand-controller", Outcome),
    ("identity.secret-readers", "ServiceAccount/kube-system/persistent-volume-binder", Outcome),
    (
        "identity.subject-privilege-escalation",
        "ServiceAccount/kube-system/expand-controller",
        Outcome,
    ),
    (
        "identity.subject-privilege-escalation",
        "ServiceAccount/kube-system/persistent-volume-binder",
        Outcome,
    ),
    // Every account gets a secret with a token that does not expire, before 1.24.
    ("identity.long-lived-tokens", "ServiceAccount/", Outcome),
    // The roles `view` and `edit` have other rules, and `edit` does not create tokens yet.
    ("identity.pod-creators", "", Evidence),
    ("identity.secret-readers", "", Evidence),
    ("identity.subject-privilege-escalation", "", Evidence),
    ("identity.token-minters", "ServiceAccount/experiments/default", Outcome),
    ("identity.token-minters", "ServiceAccount/shop/default", Outcome),
    // Fields that the server drops, because they came later or are not enabled: of AppArmor, /proc, Windows, and ephemeral containers.
    ("workloads.apparmor-profile", "Deployment/legacy/profiles", Outcome),
    ("workloads.proc-mount", "Deployment/legacy/proc-mount", Outcome),
    ("workloads.windows-host-process", "Deployment/legacy/windows", Outcome),
    ("workloads.writable-root-filesystem", "Deployment/legacy/windows", Outcome),
    ("workloads.", "Pod/default/debug", Evidence),
    // The server sets host ports in templates too: newer ones do so in pods only, which the evidence names.
    ("workloads.host-ports", "", Evidence),
];

/// The places of a difference among those that have a reason.
fn named(key: &(String, String), theirs: Option<&String>, ours: Option<&String>) -> Vec<usize> {
    let outcome = |finding: Option<&String>| {
        finding.and_then(|finding| finding.split(' ').next()).unwrap_or_default().to_owned()
    };
    let is_it = |(control, resource, difference): &(&str, &str, Difference)| {
        let of = key.0.starts_with(control) && key.1.starts_with(resource);
        let fails = || ["fail", "unknown"].contains(&outcome(theirs).as_str());
        of && match difference {
            OnlyReal => ours.is_none() && !fails(),
            Evidence => outcome(theirs) == outcome(ours),
            Outcome => true,
        }
    };
    let all = DIFFERENCES.iter().enumerate();
    all.filter(|(_, row)| is_it(row)).map(|(place, _)| place).collect()
}

/// Waits until the controllers made what the objects ask for.
fn settle(real: &Real) {
    let items = |path: &str| real.get(path)["items"].as_array().unwrap().clone();
    real.wait_until("the accounts of the namespaces", || {
        let accounts = items("/api/v1/serviceaccounts");
        items("/api/v1/namespaces").iter().all(|namespace| {
            let own = |one: &Value| one["metadata"]["namespace"] == namespace["metadata"]["name"];
            accounts.iter().any(|one| one["metadata"]["name"] == "default" && own(one))
        })
    });
    for (kind, wanted, made) in [
        ("deployments", "/spec/replicas", "/status/replicas"),
        ("replicasets", "/spec/replicas", "/status/replicas"),
        ("statefulsets", "/spec/replicas", "/status/replicas"),
        ("daemonsets", "/status/desiredNumberScheduled", "/status/currentNumberScheduled"),
    ] {
        let path = format!("/apis/apps/v1/{kind}");
        // A StatefulSet waits for its first pod to be ready, which it never is here.
        let is_made = |one: &Value| {
            let (made, wanted) = (one.pointer(made), one.pointer(wanted));
            one["status"]["observedGeneration"] == one["metadata"]["generation"]
                && (made == wanted
                    || (kind == "statefulsets" && made.is_some_and(|made| *made == 1)))
        };
        real.wait_until(kind, || items(&path).iter().all(is_made));
    }
    let role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin";
    real.wait_until("the rules of aggregated roles", || {
        real.get(role)["rules"].as_array().is_some_and(|rules| !rules.is_empty())
    });
}

#[test]
fn a_scene_has_the_same_report_in_both() {
    let (mut differences, mut used) = (Vec::new(), BTreeSet::new());
    for name in
        ["../examples/cluster.yaml", "worlds/kubernetes-good.yaml", "worlds/kubernetes-bad.yaml"]
    {
        let Some(real) = Real::start() else { return };
        assert!(real.controllers, "kube-controller-manager is not beside the API server");
        let text =
            std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let minor = real.get("/version")["minor"].as_str().unwrap().parse().unwrap();
        let mut all = objects(&text, minor);
        all.retain(|object| real.list_of(object).is_some());
        real.apply(&all);
        let made = all.len();
        let simulated = simulated(&real, |world: &mut World| world.objects = all);
        settle(&real);
        let (theirs, ours) = (real.audit("admin", &[]), simulated.audit(&[]));
        let (theirs, ours) = (outcomes_of(&theirs.json()), outcomes_of(&ours.json()));
        let keys: BTreeSet<_> = theirs.keys().chain(ours.keys()).collect();
        let (before, mut with_reason, mut only_real) = (differences.len(), 0, 0);
        for key in &keys {
            let (theirs, ours) = (theirs.get(key), ours.get(key));
            if theirs == ours {
                continue;
            }
            let reasons = named(key, theirs, ours);
            if reasons.is_empty() {
                differences.push(format!("{key:?}\n  real: {theirs:?}\n  simulated: {ours:?}"));
            }
            with_reason += usize::from(!reasons.is_empty() && ours.is_some());
            only_real += usize::from(!reasons.is_empty() && ours.is_none());
            used.extend(reasons);
        }
        let more = differences.len() - before;
        let all = keys.len();
        println!(
            "{name}: {made} objects, {all} findings, {only_real} in the real server only, {with_reason} differ with a reason and {more} without"
        );
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let is_used = |(place, _): &(usize, _)| used.contains(place);
    let unused: Vec<_> = DIFFERENCES.iter().enumerate().filter(|row| !is_used(row)).collect();
    assert!(unused.is_empty(), "there is no such difference any more: {unused:?}");
}
