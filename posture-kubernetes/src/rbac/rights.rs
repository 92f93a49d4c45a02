//! The permissions that lead further, each with what grants it: one table and one check.

use posture_model::dated::Dated;

use super::{Grant, RBAC};

const CERTIFICATES: &str = "certificates.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

const READ: &[&str] = &["get", "list", "watch"];
const CREATE: &[&str] = &["create"];
const CREATE_OR_CHANGE: &[&str] = &["create", "update", "patch"];
const CHANGE: &[&str] = &["update", "patch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];
/// The verbs that the API server makes of requests for a subresource that connects.
const ANY: &[&str] = &["get", "create", "update", "patch", "delete"];

/// What grants a permission: any of these verbs on any of these resources.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) verbs: &'static [&'static str],
    pub(super) group: &'static str,
    pub(super) resources: &'static [&'static str],
    /// Whether only a ClusterRoleBinding grants it, as the objects are in no namespace.
    pub(super) cluster: bool,
    /// The minor version of Kubernetes from which it is not enough.
    pub(super) until: Option<u16>,
}

const fn cell(
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
) -> Cell {
    Cell { verbs, group, resources, cluster: false, until: None }
}

const fn in_cluster(cell: Cell) -> Cell {
    Cell { cluster: true, ..cell }
}

/// A permission that leads further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Getting, listing or watching Secrets. Lists and watches return the contents, too.
    SecretReads,
    /// Creating pods, or what creates pods by a template, and changing them.
    PodCreation,
    /// escalate, bind and impersonate.
    EscalationVerbs,
    /// Creating tokens of service accounts.
    TokenCreation,
    /// The API of the kubelet through the API server, with any verb.
    NodeProxy,
    /// Creating persistent volumes.
    VolumeCreation,
    /// Changing what admission does to objects.
    WebhookWrites,
    /// Running commands in containers.
    PodExec,
    /// Changing namespaces, and so their labels.
    NamespaceChanges,
    /// Approving certificate signing requests; see [`Right::ClientSigners`].
    CertificateApproval,
    /// Approving for a signer of client certificates, which an approval requires as well.
    ClientSigners,
    /// Impersonating users or service accounts, without which no group can be impersonated.
    UserImpersonation,
    /// Impersonating groups.
    GroupImpersonation,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::SecretReads,
        Self::PodCreation,
        Self::EscalationVerbs,
        Self::TokenCreation,
        Self::NodeProxy,
        Self::VolumeCreation,
        Self::WebhookWrites,
        Self::PodExec,
        Self::NamespaceChanges,
        Self::CertificateApproval,
        Self::ClientSigners,
        Self::UserImpersonation,
        Self::GroupImpersonation,
    ];
}

/// What grants each of them.
static CELLS: Dated<(Right, Cell)> = Dated::new(
    &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
        "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation",
        "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization",
    ],
    "2026-11-30",
    &[
        (Right::SecretReads, cell(READ, "", &["secrets"])),
        (Right::PodCreation, cell(CREATE_OR_CHANGE, "", &["pods", "replicationcontrollers"])),
        (
            Right::PodCreation,
            cell(
                CREATE_OR_CHANGE,
                "apps",
                &["daemonsets", "deployments", "replicasets", "statefulsets"],
            ),
        ),
        (Right::PodCreation, cell(CREATE_OR_CHANGE, "batch", &["cronjobs", "jobs"])),
        // A ClusterRole is bound in a namespace by a RoleBinding, so that permission there suffices.
        (Right::EscalationVerbs, cell(&["bind"], RBAC, &["roles", "clusterroles"])),
        (Right::EscalationVerbs, cell(&["escalate"], RBAC, &["roles"])),
        (Right::EscalationVerbs, in_cluster(cell(&["escalate"], RBAC, &["clusterroles"]))),
        (Right::EscalationVerbs, cell(&["impersonate"], "", &["serviceaccounts"])),
        (Right::EscalationVerbs, in_cluster(cell(&["impersonate"], "", &["users", "groups"]))),
        (
            Right::EscalationVerbs,
            in_cluster(cell(&["impersonate"], "authentication.k8s.io", &["uids"])),
        ),
        (Right::TokenCreation, cell(CREATE, "", &["serviceaccounts/token"])),
        (Right::NodeProxy, in_cluster(cell(ANY, "", &["nodes/proxy"]))),
        (Right::VolumeCreation, in_cluster(cell(CREATE, "", &["persistentvolumes"]))),
        (
            Right::WebhookWrites,
            in_cluster(cell(
                WRITE,
                ADMISSION,
                &[
                    "validatingwebhookconfigurations",
                    "mutatingwebhookconfigurations",
                    "mutatingadmissionpolicies",
                    "mutatingadmissionpolicybindings",
                ],
            )),
        ),
        (Right::PodExec, cell(CREATE, "", &["pods/exec", "pods/attach"])),
        // A WebSocket begins with GET. https://github.com/kubernetes/kubernetes/pull/134577
        (
            Right::PodExec,
            Cell { until: Some(35), ..cell(&["get"], "", &["pods/exec", "pods/attach"]) },
        ),
        (Right::PodExec, cell(CHANGE, "", &["pods/ephemeralcontainers"])),
        // The namespace of a request for a namespace is itself, so that a RoleBinding in it grants the change.
        (Right::NamespaceChanges, cell(CHANGE, "", &["namespaces"])),
        (
            Right::CertificateApproval,
            in_cluster(cell(CHANGE, CERTIFICATES, &["certificatesigningrequests/approval"])),
        ),
        (Right::ClientSigners, in_cluster(cell(&["approve"], CERTIFICATES, &["signers"]))),
        (Right::UserImpersonation, in_cluster(cell(&["impersonate"], "", &["users"]))),
        (Right::UserImpersonation, cell(&["impersonate"], "", &["serviceaccounts"])),
        (Right::GroupImpersonation, in_cluster(cell(&["impersonate"], "", &["groups"]))),
    ],
);

/// The signers whose certificates the API server accepts as a sign-in, as a user or as a node.
static CLIENT_SIGNERS: Dated<&str> = Dated::new(
    &[
        "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers",
    ],
    "2026-11-30",
    &[
        "kubernetes.io/kube-apiserver-client",
        "kubernetes.io/kube-apiserver-client-kubelet",
        "kubernetes.io/legacy-unknown",
        "kubernetes.io/*",
    ],
);

/// The cells of a permission.
pub(super) fn cells(right: Right) -> impl Iterator<Item = &'static Cell> {
    CELLS.iter().filter(move |(of, _)| *of == right).map(|(_, cell)| cell)
}

impl Grant<'_> {
    /// Whether it grants a permission, to whatever objects, in a cluster of a minor version of Kubernetes.
    pub fn gives(&self, right: Right, minor: u16) -> bool {
        let of_cell = |cell: &Cell| {
            cell.until.is_none_or(|until| minor < until)
                && (!cell.cluster || self.namespace.is_none())
                && cell.verbs.iter().any(|verb| {
                    cell.resources.iter().any(|resource| self.holds(verb, cell.group, resource))
                })
        };
        cells(right).any(of_cell)
            && match right {
                Right::ClientSigners => self.is_of(&CLIENT_SIGNERS),
                Right::GroupImpersonation => self.is_of(&["system:masters"]),
                _ => true,
            }
    }

    /// Whether its rule is limited to no names, or to one of these among others.
    fn is_of(&self, names: &[&str]) -> bool {
        let own = &self.rule.names;
        own.is_empty() || own.iter().any(|name| names.contains(&name.as_str()))
    }

    /// Whether it has `*` as verb, as API group or as resource.
    pub fn has_wildcard(&self) -> bool {
        let rule = self.rule;
        [&rule.verbs, &rule.groups, &rule.resources]
            .into_iter()
            .any(|all| all.iter().any(|one| one == "*"))
    }
}
