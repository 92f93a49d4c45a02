//! The steps that need no namespace: by which a subject may do everything at once, or becomes another user or group.

use posture_model::dated::Dated;

use super::bindable::Bind;
use super::chains::Moves;
use super::held::Held;
use super::rights::Right;
use super::{Grant, RBAC, Rbac, Subject};
use crate::platform::Platform;

const CHANGE: &[&str] = &["update", "patch"];
const WRITE: &[&str] = &["create", "update", "patch"];

/// A permission by which a subject may do everything if something else is the case.
struct If {
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
    what: &'static str,
    needs: &'static str,
}

/// The permissions on objects of the whole cluster that lead further by way of someone else.
static IFS: Dated<If> = Dated::new(
    &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/",
        "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion",
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    ],
    "2026-12-01",
    &[
        If {
            verbs: WRITE,
            group: "admissionregistration.k8s.io",
            resources: &[
                "mutatingwebhookconfigurations",
                "mutatingadmissionpolicies",
                "mutatingadmissionpolicybindings",
            ],
            what: "change what others write, by mutating admission",
            needs: "a subject with more permissions writes objects that it can change",
        },
        If {
            verbs: WRITE,
            group: "admissionregistration.k8s.io",
            resources: &["validatingwebhookconfigurations"],
            what: "read what others write, by validating admission",
            needs: "a subject with more permissions writes a Secret with a token",
        },
        If {
            verbs: WRITE,
            group: "apiregistration.k8s.io",
            resources: &["apiservices"],
            what: "answer requests in the name of the API",
            needs: "a subject with more permissions acts on the answers",
        },
        If {
            verbs: CHANGE,
            group: "apiextensions.k8s.io",
            resources: &["customresourcedefinitions"],
            what: "change custom resources, by a conversion webhook",
            needs: "an operator with more permissions acts on them",
        },
        If {
            verbs: CHANGE,
            group: "",
            resources: &["nodes", "nodes/status"],
            what: "change nodes",
            needs: "it controls a node, to which it moves pods of stronger accounts",
        },
        If {
            verbs: &["delete"],
            group: "",
            resources: &["nodes"],
            what: "delete nodes",
            needs: "it controls a node, to which the pods of stronger accounts move",
        },
        If {
            verbs: &["create"],
            group: "",
            resources: &["persistentvolumes"],
            what: "create persistent volumes, which may be paths of a node,",
            needs: "a pod that it controls mounts one, on a node with a stronger account",
        },
    ],
);

/// The verb and the resource of impersonation for some actions only, which also require `impersonate-on:MODE:VERB`.
static CONSTRAINED: Dated<(&str, &str)> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation/mode.go",
    ],
    "2026-12-01",
    &[
        ("impersonate:user-info", "users"),
        ("impersonate:serviceaccount", "serviceaccounts"),
        ("impersonate:arbitrary-node", "nodes"),
    ],
);
/// The minor version in which it came.
const CONSTRAINED_SINCE: u16 = 35;

/// Every pair of two kinds of grants.
fn pairs<'g, I: Iterator<Item = &'g Grant<'g>>>(
    ones: impl Iterator<Item = &'g Grant<'g>>,
    others: impl Fn() -> I,
) -> impl Iterator<Item = (&'g Grant<'g>, &'g Grant<'g>)> {
    ones.flat_map(move |one| others().map(move |other| (one, other)))
}

impl Rbac {
    pub(super) fn to_everything(&self, held: &Held<'_>, all: &mut Moves<'_>) {
        let whole = |grant: &&Grant<'_>| grant.namespace.is_none() && grant.rule.is_everything();
        if let Some(grant) = held.grants.iter().find(whole) {
            all.end("do everything", &[grant], None);
        }
        let escalates = held.all(&["escalate"], RBAC, "clusterroles", None);
        let changes = || held.all(CHANGE, RBAC, "clusterroles", None);
        for (escalate, change) in pairs(escalates, changes) {
            let named = !escalate.rule.names.is_empty() || !change.rule.names.is_empty();
            let holds = |grant: &Grant<'_>| {
                let name = &grant.role.name;
                grant.namespace.is_none()
                    && grant.role.namespace.is_none()
                    && escalate.rule.names_hold(name)
                    && change.rule.names_hold(name)
            };
            let needs = (named && !held.grants.iter().any(holds))
                .then_some("the ClusterRole that the rule names is bound to it");
            all.end("escalate and change ClusterRoles", &[escalate, change], needs);
        }
        if let Some((escalate, create)) = held.widens() {
            let holds =
                held.grants.iter().any(|grant| grant.namespace.is_none() && grant.is_aggregated());
            let needs = (!holds)
                .then_some("it is, or acts with, a subject whose ClusterRole aggregates others");
            all.end("escalate and create ClusterRoles", &[escalate, create], needs);
        }
        self.bind_everything(held, all);
        for one in IFS.iter() {
            let find = |resource: &&str| held.find(one.verbs, one.group, resource, None);
            if let Some(grant) = one.resources.iter().find_map(find) {
                all.end(one.what, &[grant], Some(one.needs));
            }
        }
        // https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html, read on 2026-12-01.
        if matches!(self.ground.platform, None | Some(Platform::Eks)) {
            let place = Some("kube-system");
            let mut changes = held.all(CHANGE, "", "configmaps", place);
            let change = changes.find(|grant| grant.rule.names_hold("aws-auth"));
            if let Some(grant) = change.or_else(|| held.find(&["create"], "", "configmaps", place))
            {
                let needs =
                    Some("Amazon EKS maps identities of AWS to groups by the ConfigMap aws-auth");
                all.end("write ConfigMaps in namespace kube-system", &[grant], needs);
            }
        }
        if self.ground.newest >= CONSTRAINED_SINCE {
            let find = |(verb, resource): &(&str, &str)| {
                let is = |grant: &&Grant<'_>| grant.holds(verb, "authentication.k8s.io", resource);
                held.grants.iter().find(is)
            };
            if let Some(grant) = CONSTRAINED.iter().find_map(find) {
                let needs = Some("the actions that it may impersonate others for suffice");
                all.end("impersonate others for some actions", &[grant], needs);
            }
        }
    }

    /// Who may bind a ClusterRole writes itself a ClusterRoleBinding of it, or adds itself to one that exists.
    /// [Source](https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/rbac/clusterrolebinding/policybased/storage.go), read
    /// on 2026-12-01: an update is checked as a creation is.
    fn bind_everything(&self, held: &Held<'_>, all: &mut Moves<'_>) {
        let binds = || held.all(&["bind"], RBAC, "clusterroles", None);
        let creates = || held.all(&["create"], RBAC, "clusterrolebindings", None);
        for (bind, create) in pairs(binds(), creates) {
            let names = &bind.rule.names;
            let full = names.is_empty() || names.iter().any(|name| self.is_full(name));
            let needs = (!full).then_some("the ClusterRole that the rule names allows everything");
            all.end("bind ClusterRoles in the whole cluster", &[bind, create], needs);
        }
        let changes = || held.all(CHANGE, RBAC, "clusterrolebindings", None);
        for (bind, change) in pairs(binds(), changes) {
            let is_full = |(name, role): (&str, Bind<'_>)| {
                let role = role.name("clusterroles");
                role.is_some_and(|role| self.is_full(role) && bind.rule.names_hold(role))
                    && change.rule.names_hold(name)
            };
            let needs = (!self.existing(None).any(is_full))
                .then_some("a ClusterRoleBinding that it may change allows everything");
            all.end("bind ClusterRoles and change ClusterRoleBindings", &[bind, change], needs);
        }
    }

    /// The users, accounts and groups that it becomes by impersonation, and by certificates.
    pub(super) fn to_others(&self, held: &Held<'_>, all: &mut Moves<'_>) {
        let users: Vec<&Grant<'_>> = held.all(&["impersonate"], "", "users", None).collect();
        // A group is impersonated together with a user or an account, of whatever name.
        // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation, read on 2026-12-01.
        let of_account = |grant: &&Grant<'_>| grant.holds("impersonate", "", "serviceaccounts");
        let with = users.first().copied().or_else(|| held.grants.iter().find(of_account));
        let groups: Vec<&Grant<'_>> = held.all(&["impersonate"], "", "groups", None).collect();
        let group = |name: &str| groups.iter().find(|grant| grant.rule.names_hold(name));
        if let (Some(with), Some(groups)) = (with, group("system:masters")) {
            all.end("impersonate the group system:masters", &[with, groups], None);
        }
        let approve = (
            held.find(CHANGE, "certificates.k8s.io", "certificatesigningrequests/approval", None),
            held.all(&["approve"], "certificates.k8s.io", "signers", None).find(|grant| {
                let names = &grant.rule.names;
                let signs = |name: &String| {
                    matches!(
                        name.as_str(),
                        "kubernetes.io/kube-apiserver-client" | "kubernetes.io/*"
                    )
                };
                names.is_empty() || names.iter().any(signs)
            }),
        );
        for subject in self.subjects() {
            match subject {
                Subject::User(name) => {
                    if let Some(grant) = users.iter().find(|grant| grant.rule.names_hold(name)) {
                        all.to("impersonate users", &[grant], subject.clone(), None);
                    }
                }
                Subject::Group(name) => {
                    if let (Some(with), Some(grant)) = (with, group(name)) {
                        all.to("impersonate groups", &[with, grant], subject.clone(), None);
                    }
                }
                Subject::ServiceAccount { .. } => {}
            }
            // A certificate names a user, which may be an account, and its groups. For system:masters alone the server itself denies a
            // signature. https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
            let named = !matches!(subject, Subject::Group(name) if name == "system:masters");
            if let ((Some(update), Some(signer)), true) = (approve, named) {
                let needs = Some("it can request a certificate");
                all.to("approve client certificates", &[update, signer], subject.clone(), needs);
            }
        }
        // Every cluster binds this user to a role that creates tokens of all accounts, which manifests do not show.
        let manager = "system:kube-controller-manager";
        if let Some(grant) = users.iter().find(|grant| grant.rule.names_hold(manager)) {
            all.to("impersonate users", &[grant], Subject::user(manager), None);
        }
    }

    /// Whether a grant runs commands in pods, on the oldest server that this can be.
    pub(super) fn runs_commands(&self, grant: &Grant<'_>) -> bool {
        grant.gives(Right::PodExec, self.ground.oldest)
    }
}
