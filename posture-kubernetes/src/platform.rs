//! Who manages the control plane of a cluster.

use posture_model::dated::Dated;

/// Who manages the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Amazon EKS.
    Eks,
    /// Azure Kubernetes Service.
    Aks,
    /// Google Kubernetes Engine.
    Gke,
    /// Everyone else, who may run the control plane.
    Other,
}

/// A cloud whose machines the nodes may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cloud {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Another one, or none.
    Other,
}

impl Cloud {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Other => "another cloud",
        }
    }

    /// The cloud that the `spec.providerID` of a node names, as the cloud's controller writes it: `aws:///eu-central-1a/i-0a1b`.
    /// [Source](https://kubernetes.io/docs/concepts/architecture/cloud-controller/), read on 2026-12-01.
    pub fn of_provider_id(id: &str) -> Option<Self> {
        let (scheme, _) = id.split_once("://")?;
        Some(match scheme {
            "aws" => Self::Aws,
            "azure" => Self::Azure,
            _ => Self::Other,
        })
    }
}

/// The labels that only the nodes of a platform have.
static LABELS: Dated<(&str, Platform)> = Dated::new(
    &[
        "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
        "https://learn.microsoft.com/azure/aks/use-labels",
        "https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools",
    ],
    "2026-11-30",
    &[
        ("eks.amazonaws.com/nodegroup", Platform::Eks),
        ("eks.amazonaws.com/compute-type", Platform::Eks),
        ("kubernetes.azure.com/cluster", Platform::Aks),
        ("cloud.google.com/gke-nodepool", Platform::Gke),
    ],
);

/// The ends of the hosts of API servers of a platform.
static HOSTS: Dated<(&str, Platform)> = Dated::new(
    &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://learn.microsoft.com/en-us/azure/aks/outbound-rules-control-egress",
        "https://learn.microsoft.com/en-us/azure/aks/private-clusters",
    ],
    "2026-12-01",
    &[
        (".eks.amazonaws.com", Platform::Eks),
        (".eks.amazonaws.com.cn", Platform::Eks),
        (".api.aws", Platform::Eks),
        (".azmk8s.io", Platform::Aks),
        (".azk8s.cn", Platform::Aks),
        (".aks.containerservice.azure.us", Platform::Aks),
    ],
);

impl Platform {
    /// Its name in facts.
    pub fn id(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::Aks => "aks",
            Self::Gke => "gke",
            Self::Other => "other",
        }
    }

    /// The cloud in which its nodes are; nothing if they may be anywhere.
    pub fn cloud(self) -> Option<Cloud> {
        match self {
            Self::Eks => Some(Cloud::Aws),
            Self::Aks => Some(Cloud::Azure),
            Self::Gke => Some(Cloud::Other),
            Self::Other => None,
        }
    }

    /// The platform that a version names: `v1.33.4-eks-1a2b3c4`, `v1.33.5-gke.1080000`. Azure Kubernetes Service names none.
    pub fn of_version(version: &str) -> Option<Self> {
        let of = [("-eks-", Self::Eks), ("-gke.", Self::Gke)];
        of.into_iter().find(|(mark, _)| version.contains(mark)).map(|(_, platform)| platform)
    }

    /// The platform that the host of an API server names: `a0dc.gr7.eu-central-1.eks.amazonaws.com`.
    pub fn of_host(host: &str) -> Option<Self> {
        HOSTS.iter().find(|(end, _)| host.ends_with(end)).map(|(_, platform)| *platform)
    }

    /// The platform that a label of a node names.
    pub fn of_label(key: &str) -> Option<Self> {
        LABELS.iter().find(|(label, _)| *label == key).map(|(_, platform)| *platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_labels_name_platforms() {
        for (version, platform) in [
            ("v1.33.4-eks-1a2b3c4", Some(Platform::Eks)),
            ("v1.33.5-gke.1080000", Some(Platform::Gke)),
            ("v1.33.5", None),
            ("v1.33.5+k3s1", None),
        ] {
            assert_eq!(Platform::of_version(version), platform, "{version}");
        }
        for (host, platform) in [
            ("a0dc.gr7.eu-central-1.eks.amazonaws.com", Some(Platform::Eks)),
            ("a0dc.gr7.eks-cluster.eu-central-1.api.aws", Some(Platform::Eks)),
            ("shop-1.hcp.westeurope.azmk8s.io", Some(Platform::Aks)),
            ("shop-1.privatelink.westeurope.azmk8s.io", Some(Platform::Aks)),
            ("azmk8s.io.example.com", None),
            ("shop-1.hcp.westeurope.azmk8s.io:8443", None),
            ("10.0.0.1", None),
        ] {
            assert_eq!(Platform::of_host(host), platform, "{host}");
        }
        assert_eq!(Platform::of_label("kubernetes.azure.com/cluster"), Some(Platform::Aks));
        assert_eq!(Platform::of_label("kubernetes.io/os"), None);
    }
}
