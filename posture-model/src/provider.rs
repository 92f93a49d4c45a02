//! What can be audited: clouds, clusters, hosts of containers and images.

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
    /// Container images, in archives and layouts.
    Image,
}

impl Provider {
    /// Every provider.
    pub const ALL: &'static [Self] =
        &[Self::Aws, Self::Azure, Self::Kubernetes, Self::Docker, Self::Image];

    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Kubernetes => "kubernetes",
            Self::Docker => "docker",
            Self::Image => "image",
        }
    }

    /// Whether the names of resources and the keys of tags are the same in letters of either case. Those of Azure
    /// [are](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources); those of Kubernetes and
    /// its labels [are not](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/), and neither are those of
    /// [Docker](https://docs.docker.com/engine/manage-resources/labels/) and of
    /// [images](https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md).
    pub fn ignores_case(self) -> bool {
        match self {
            Self::Aws | Self::Kubernetes | Self::Docker | Self::Image => false,
            Self::Azure => true,
        }
    }

    /// Where a setting is changed by hand: in a console, in the field of a manifest or of another file, or in the file that an image
    /// is built from.
    pub fn place_of_settings(self) -> &'static str {
        match self {
            Self::Aws | Self::Azure => "Console",
            Self::Kubernetes | Self::Docker => "Field",
            Self::Image => "Dockerfile",
        }
    }

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Kubernetes => "Kubernetes",
            Self::Docker => "Docker",
            Self::Image => "Images",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
