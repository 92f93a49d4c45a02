//! The tokens that a pod mounts by volumes of its own.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::dated::Dated;

use crate::read::{Invalid, Object};

/// The tokens that containers of a pod mount by volumes of its own.
#[derive(Debug, Default)]
pub(super) struct Mounted {
    /// Whether one is a token of the pod's account for the API.
    pub(super) token: bool,
    /// The Secrets, which may hold tokens of any account.
    pub(super) secrets: BTreeSet<String>,
}

impl Mounted {
    /// What the volumes hold that a container mounts. A token without an audience is one for the API.
    /// [Source](https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken), read on 2026-12-01.
    pub(super) fn read(spec: &mut Object<'_>) -> Result<Self, Invalid> {
        let mut found = Self::default();
        let mut held: BTreeMap<&str, Self> = BTreeMap::new();
        for mut volume in spec.objects("volumes")? {
            let name = volume.text("name")?.unwrap_or_default();
            let mut holds = Self::default();
            if let Some(mut secret) = volume.object("secret")? {
                holds.secrets.extend(secret.text("secretName")?.map(str::to_owned));
            }
            if let Some(mut projected) = volume.object("projected")? {
                for mut source in projected.objects("sources")? {
                    if let Some(mut token) = source.object("serviceAccountToken")? {
                        holds.token |= is_of_api(token.text("audience")?.unwrap_or_default());
                    }
                    if let Some(mut secret) = source.object("secret")? {
                        holds.secrets.extend(secret.text("name")?.map(str::to_owned));
                    }
                }
            }
            if holds.token || !holds.secrets.is_empty() {
                held.insert(name, holds);
            }
        }
        if held.is_empty() {
            return Ok(found);
        }
        for kind in ["initContainers", "containers", "ephemeralContainers"] {
            for mut container in spec.objects(kind)? {
                for mut mount in container.objects("volumeMounts")? {
                    if let Some(holds) = held.remove(mount.text("name")?.unwrap_or_default()) {
                        found.token |= holds.token;
                        found.secrets.extend(holds.secrets);
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The audiences of API servers beside those of the service `kubernetes`, which installers set: the beginning of the issuer of managed
/// clusters, and the programs of small distributions.
static AUDIENCES: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/en-us/azure/aks/use-oidc-issuer",
        "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
        "https://github.com/k3s-io/k3s/blob/master/pkg/daemons/control/server.go",
    ],
    "2026-12-01",
    &["https://container.googleapis.com/v1/projects/", "k3s", "rke2"],
);

/// The domain of the issuers of Azure Kubernetes Service, below which each region has a host.
const OF_AKS: &str = "oic.prod-aks.azure.com";

/// Whether a token with an audience is one for the API: no audience is that of the API server, and these names are what installers
/// set for it. Without `--api-audiences`, it is
/// [the issuer](https://github.com/kubernetes/kubernetes/blob/master/pkg/kubeapiserver/options/authentication.go), as the default of
/// `APIAudiences` there shows (read on 2026-12-01). An issuer of another form is not known here.
fn is_of_api(audience: &str) -> bool {
    const API: &str = "kubernetes.default.svc";
    let rest = audience.strip_prefix("https://");
    let host = rest.unwrap_or(audience);
    let of_aks = rest.and_then(|rest| rest.split('/').next());
    let known =
        |of: &&str| if of.ends_with('/') { audience.starts_with(*of) } else { audience == *of };
    audience.is_empty()
        || host == API
        || host.strip_prefix(API).is_some_and(|rest| rest.starts_with(['.', '/']))
        || of_aks.and_then(|host| host.strip_suffix(OF_AKS)).is_some_and(|rest| rest.ends_with('.'))
        || AUDIENCES.iter().any(known)
}

#[cfg(test)]
mod tests {
    use super::is_of_api;

    #[test]
    fn the_audiences_of_api_servers_are_known_and_those_of_others_are_not() {
        for audience in [
            "",
            "https://kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "https://kubernetes.default.svc/",
            "k3s",
            "https://eastus.oic.prod-aks.azure.com/tenant/cluster/",
            "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
        ] {
            assert!(is_of_api(audience), "{audience}");
        }
        for audience in [
            "sts.amazonaws.com",
            "api://AzureADTokenExchange",
            "vault",
            "https://kubernetes.default.svcx",
            "https://xoic.prod-aks.azure.com/",
            "https://example.com/?eastus.oic.prod-aks.azure.com",
            "k3s-other",
        ] {
            assert!(!is_of_api(audience), "{audience}");
        }
    }
}
