//! Policies of other kinds, which are not modeled.

use posture_model::dated::Dated;
pub use posture_model::network::PolicyEffect as Effect;

use crate::open::Open;

/// A policy that may act on pods, and whose rules are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The namespace on whose pods it may act; none for all. Empty if its manifest does not name one.
    pub namespace: Option<String>,
    /// Its kind with its namespace and name, or what could not be read.
    pub what: String,
    /// Why its rules are not known.
    pub because: String,
    /// What it may do.
    pub effect: Effect,
}

/// A kind of policy that acts on connections beside NetworkPolicy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherKind {
    /// The group of its API.
    pub group: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// Whether it acts on the pods of its namespace only.
    pub namespaced: bool,
    /// What it may do.
    pub effect: Effect,
}

const fn kind(
    group: &'static str,
    kind: &'static str,
    namespaced: bool,
    effect: Effect,
) -> OtherKind {
    OtherKind { group, kind, namespaced, effect }
}

/// The kinds of policy that act on connections and are not modeled. A connection on whose pods one may act is undecided.
static KINDS: Dated<OtherKind> = Dated::new(
    &[
        "https://network-policy-api.sigs.k8s.io/api-overview/",
        "https://docs.cilium.io/en/stable/network/kubernetes/policy/",
        "https://docs.tigera.io/calico/latest/reference/resources/",
        "https://antrea.io/docs/main/docs/antrea-network-policy/",
        "https://docs.aws.amazon.com/eks/latest/userguide/security-groups-for-pods.html",
        "https://istio.io/latest/docs/reference/config/security/authorization-policy/",
        "https://linkerd.io/2-edge/reference/authorization-policy/",
        "https://ovn-kubernetes.io/features/network-security-controls/",
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
        "https://cloud.google.com/kubernetes-engine/docs/how-to/fqdn-network-policies",
        "https://linkerd.io/2-edge/reference/authorization-policy/#server",
    ],
    "2026-12-01",
    &[
        kind("policy.networking.k8s.io", "ClusterNetworkPolicy", false, Effect::Decides),
        kind("policy.networking.k8s.io", "AdminNetworkPolicy", false, Effect::Decides),
        kind("policy.networking.k8s.io", "BaselineAdminNetworkPolicy", false, Effect::Denies),
        kind("cilium.io", "CiliumNetworkPolicy", true, Effect::Decides),
        kind("cilium.io", "CiliumClusterwideNetworkPolicy", false, Effect::Decides),
        kind("crd.projectcalico.org", "NetworkPolicy", true, Effect::Decides),
        kind("crd.projectcalico.org", "GlobalNetworkPolicy", false, Effect::Decides),
        kind("projectcalico.org", "NetworkPolicy", true, Effect::Decides),
        kind("projectcalico.org", "GlobalNetworkPolicy", false, Effect::Decides),
        kind("crd.antrea.io", "NetworkPolicy", true, Effect::Decides),
        kind("crd.antrea.io", "ClusterNetworkPolicy", false, Effect::Decides),
        kind("vpcresources.k8s.aws", "SecurityGroupPolicy", true, Effect::Decides),
        kind("security.istio.io", "AuthorizationPolicy", true, Effect::Denies),
        kind("policy.linkerd.io", "AuthorizationPolicy", true, Effect::Denies),
        kind("policy.linkerd.io", "Server", true, Effect::Denies),
        kind("k8s.ovn.org", "EgressFirewall", true, Effect::Denies),
        kind("network.openshift.io", "EgressNetworkPolicy", true, Effect::Denies),
        kind("networking.k8s.aws", "ClusterNetworkPolicy", false, Effect::Decides),
        kind("networking.k8s.aws", "ApplicationNetworkPolicy", true, Effect::Decides),
        kind("networking.gke.io", "FQDNNetworkPolicy", true, Effect::Decides),
    ],
);

impl OtherKind {
    /// The kind of an `apiVersion` and a `kind`, in whatever version; nothing if it is not a kind of policy that is known to act on
    /// connections.
    pub fn of(api_version: &str, kind: &str) -> Option<&'static Self> {
        let (group, _) = api_version.split_once('/')?;
        KINDS.items().iter().find(|one| one.group == group && one.kind == kind)
    }

    /// An object of this kind.
    pub fn object(&self, namespace: &str, name: &str) -> Other {
        // The policies that Istio has in its root namespace act on all, and which namespace that is, is a setting.
        let everywhere = !self.namespaced || self.group == "security.istio.io";
        let place = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
        Other {
            namespace: (!everywhere).then(|| namespace.to_owned()),
            what: format!("{} {place}{name} of {}", self.kind, self.group),
            because: "posture does not evaluate this kind".to_owned(),
            effect: self.effect,
        }
    }
}

impl Other {
    pub(crate) fn open(&self) -> Open {
        Open::Policy { what: self.what.clone(), because: self.because.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_recognized_by_its_group_in_any_version() {
        let of = |version, kind| OtherKind::of(version, kind).map(|kind| kind.effect);
        assert_eq!(of("cilium.io/v2", "CiliumNetworkPolicy"), Some(Effect::Decides));
        assert_eq!(of("cilium.io/v3", "CiliumNetworkPolicy"), Some(Effect::Decides));
        assert_eq!(of("projectcalico.org/v3", "NetworkPolicy"), Some(Effect::Decides));
        assert_eq!(of("networking.k8s.io/v1", "NetworkPolicy"), None);
        assert_eq!(of("v1", "NetworkPolicy"), None);
        // Staged policies of Calico are not enforced.
        assert_eq!(of("projectcalico.org/v3", "StagedNetworkPolicy"), None);
        let object =
            OtherKind::of("cilium.io/v2", "CiliumNetworkPolicy").unwrap().object("shop", "web");
        assert_eq!(object.namespace.as_deref(), Some("shop"));
        assert_eq!(
            object.open().to_string(),
            "CiliumNetworkPolicy shop/web of cilium.io may decide otherwise: posture does not evaluate this kind"
        );
        let everywhere = OtherKind::of("security.istio.io/v1", "AuthorizationPolicy").unwrap();
        assert_eq!(everywhere.object("istio-system", "x").namespace, None);
    }
}
