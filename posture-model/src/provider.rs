//! The clouds that can be audited.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A cloud that can be audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Amazon Web Services, in any partition.
    Aws,
    /// Microsoft Azure with Entra ID, in any cloud.
    Azure,
}

impl Provider {
    /// Every provider.
    pub const ALL: &'static [Self] = &[Self::Aws, Self::Azure];

    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
        }
    }

    /// Whether the names of resources and the keys of tags are the same in letters of either case. Those of Azure
    /// [are](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources).
    pub fn ignores_case(self) -> bool {
        match self {
            Self::Aws => false,
            Self::Azure => true,
        }
    }

    /// The display name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
