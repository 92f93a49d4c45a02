//! What can be audited: clouds, clusters and hosts of containers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cloud that can be audited, or another platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Amazon Web Services, in any partition.
    Aws,
    /// Microsoft Azure with Entra ID, in any cloud.
    Azure,
    /// Kubernetes: clusters, and the manifests that are applied to them.
    Kubernetes,
    /// Docker: the daemon, its containers, and Compose files.
    Docker,
}

impl Provider {
    /// Every provider.
    pub const ALL: &'static [Self] = &[Self::Aws, Self::Azure, Self::Kubernetes, Self::Docker];

    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Kubernetes => "kubernetes",
            Self::Docker => "docker",
        }
    }

    /// Whether the names of resources and the keys of tags are the same in letters of either case. Those of Azure
    /// [are](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources); those of Kubernetes and
    /// its labels [are not](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/), and neither are those of
    /// [Docker](https://docs.docker.com/engine/manage-resources/labels/).
    pub fn ignores_case(self) -> bool {
        match self {
            Self::Aws | Self::Kubernetes | Self::Docker => false,
            Self::Azure => true,
        }
    }

    /// Where a setting is changed by hand: in a console, or in the field of a manifest or of another file.
    pub fn place_of_settings(self) -> &'static str {
        match self {
            Self::Aws | Self::Azure => "Console",
            Self::Kubernetes | Self::Docker => "Field",
        }
    }

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Kubernetes => "Kubernetes",
            Self::Docker => "Docker",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
